-- Balance transactions that wait to become available: looked through at every poll, and few.
CREATE INDEX balance_transaction_pending ON balance_transaction (available_on)
WHERE status = 'pending';
