-- Customers whose invoices began or ended with a balance are asked for its entries: they are found
-- without reading the invoices of all others.
CREATE INDEX invoice_with_balance ON invoice (customer_num)
WHERE starting_balance <> 0 OR ending_balance <> 0;
