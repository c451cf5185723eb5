//! `meterdesk.invoices`: one row an invoice.

use super::{Field, Layout, Sum, integer};
use crate::cell::Cell;
use crate::rows::Invoice;

/// One row an invoice, in Meterdesk's own profile.
pub static INVOICES: Layout<Invoice> = Layout {
    name: "meterdesk.invoices.v1",
    sheet: "Invoices",
    buckets: ["invoices", "void invoices, apart", "drafts, left out"],
    date_basis: "Invoices count by the day they were finalised, in the company's zone. \
        Drafts are no documents yet; void invoices are shown apart.",
    sums: SUMS,
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("invoice_id", |row, _| Cell::str(&row.id)),
        Field::One("number", |row, _| Cell::text(&row.number)),
        Field::One("status", |row, _| Cell::str(&row.status)),
        Field::One("accounting_date", |row, _| {
            Cell::time(row.finalized_at, Cell::Day)
        }),
        Field::One("customer_id", |row, _| Cell::text(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("customer_email", |row, _| Cell::text(&row.customer_email)),
        Field::One("subscription_id", |row, _| Cell::text(&row.subscription)),
        Field::One("plan", |row, _| Cell::text(&row.plan)),
        Field::One("description", |row, _| Cell::text(&row.description)),
        Field::One("billing_reason", |row, _| Cell::text(&row.billing_reason)),
        Field::One("collection_method", |row, _| {
            Cell::text(&row.collection_method)
        }),
        Field::One("attempt_count", |row, _| integer(row.attempt_count)),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("subtotal", |row| row.subtotal),
        Field::Money("discount", |row| row.discount),
        Field::Money("tax", tax),
        Field::Money("total", |row| row.total),
        Field::Money("starting_balance", |row| row.starting_balance),
        Field::Money("ending_balance", |row| row.ending_balance),
        Field::Money("amount_due", |row| row.amount_due),
        Field::Money("amount_paid", |row| row.amount_paid),
        Field::Money("amount_paid_off_stripe", |row| row.amount_paid_off_stripe),
        Field::Money("amount_remaining", |row| row.amount_remaining),
        Field::Money("credited", |row| row.credited),
        Field::Time("created", |row| Some(row.created)),
        Field::Time("finalized", |row| row.finalized_at),
        Field::Time("due", |row| row.due_date),
        Field::Time("paid", |row| row.paid_at),
        Field::Time("voided", |row| row.voided_at),
        Field::Time("marked_uncollectible", |row| row.marked_uncollectible_at),
        Field::Time("period_start", |row| row.period_start),
        Field::Time("period_end", |row| row.period_end),
        Field::Time("next_payment_attempt", |row| row.next_payment_attempt),
    ],
};

/// What the control sheet sums of invoices, whatever the profile.
pub(super) const SUMS: &[Sum<Invoice>] = &[
    ("total", |row| row.total),
    ("tax", tax),
    ("amount_due", |row| row.amount_due),
    ("amount_paid", |row| row.amount_paid),
    ("amount_remaining", |row| row.amount_remaining),
    // Part of amount_remaining: what nobody expects any more.
    ("written_off", |row| match row.status.as_str() {
        "uncollectible" => row.amount_remaining,
        _ => Some(0),
    }),
    ("credited", |row| row.credited),
];

/// Taxes on top of the prices and inside them.
pub(super) fn tax(row: &Invoice) -> Option<i64> {
    match (row.tax_exclusive, row.tax_inclusive) {
        (Some(exclusive), Some(inclusive)) => exclusive.checked_add(inclusive),
        (exclusive, inclusive) => exclusive.or(inclusive),
    }
}
