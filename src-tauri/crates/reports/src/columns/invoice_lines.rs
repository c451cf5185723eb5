//! `meterdesk.invoice-lines`: one row a line of an invoice.

use super::{Field, Layout, price, yes_no};
use crate::cell::Cell;
use crate::rows::InvoiceLine;

/// One row a line of an invoice, in Meterdesk's own profile.
pub static INVOICE_LINES: Layout<InvoiceLine> = Layout {
    name: "meterdesk.invoice-lines.v1",
    sheet: "Invoice lines",
    buckets: [
        "lines",
        "lines of void invoices, apart",
        "lines of drafts, left out",
    ],
    date_basis: "Lines count with their invoice, by the day it was finalised, in the company's \
        zone.",
    sums: &[
        ("amount", |row| row.amount),
        ("discount", |row| row.discount),
        ("tax", |row| row.tax),
    ],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("line_id", |row, _| Cell::str(&row.id)),
        Field::One("invoice_id", |row, _| Cell::str(&row.invoice)),
        Field::One("position", |row, _| Cell::Integer(row.position)),
        Field::One("invoice_number", |row, _| Cell::text(&row.invoice_number)),
        Field::One("invoice_status", |row, _| Cell::str(&row.invoice_status)),
        Field::One("accounting_date", |row, _| {
            Cell::time(row.finalized_at, Cell::Day)
        }),
        Field::One("customer_id", |row, _| Cell::text(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("subscription_id", |row, _| Cell::text(&row.subscription)),
        Field::One("subscription_item_id", |row, _| {
            Cell::text(&row.subscription_item)
        }),
        Field::One("invoice_item_id", |row, _| Cell::text(&row.invoice_item)),
        Field::One("price_id", |row, _| Cell::text(&row.price)),
        Field::One("product_id", |row, _| Cell::text(&row.product)),
        Field::One("product_name", |row, _| Cell::text(&row.product_name)),
        Field::One("description", |row, _| Cell::text(&row.description)),
        Field::One("proration", |row, _| yes_no(row.proration)),
        Field::One("quantity", |row, _| match &row.quantity {
            Some(quantity) => Cell::Exact(quantity),
            None => Cell::Empty,
        }),
        Field::One("unit_price", |row, _| {
            price(&row.unit_amount_decimal, &row.currency)
        }),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("subtotal", |row| row.subtotal),
        Field::Money("discount", |row| row.discount),
        Field::Money("tax", |row| row.tax),
        Field::Money("amount", |row| row.amount),
        Field::Time("period_start", |row| row.period_start),
        Field::Time("period_end", |row| row.period_end),
        Field::Time("finalized", |row| row.finalized_at),
    ],
};
