//! `stripe.invoices`: the headings of Stripe's own invoice export, for tools that read it.
//!
//! Amounts are in major units, times in UTC. docs/exports.md says what stands in each column and
//! which stay empty because Stripe's API no longer has the datum.

use super::invoices::{SUMS, tax};
use super::{Field, Layout};
use crate::cell::Cell;
use crate::rows::Invoice;

/// One row an invoice, under Stripe's headings.
pub static STRIPE_INVOICES: Layout<Invoice> = Layout {
    name: "stripe.invoices.v1",
    sheet: "Invoices",
    buckets: ["invoices", "void invoices, apart", "drafts, left out"],
    date_basis: "Filtered by the day of finalisation, in the company's zone; the column \
        Date (UTC) is the day of creation, as in Stripe's export.",
    sums: SUMS,
    fields: &[
        Field::One("id", |row, _| Cell::str(&row.id)),
        Field::One("Customer", |row, _| Cell::text(&row.customer)),
        Field::One("Customer Name", |row, _| Cell::text(&row.customer_name)),
        Field::One("Number", |row, _| Cell::text(&row.number)),
        Field::One("Description", |row, _| Cell::text(&row.description)),
        Field::One("Status", |row, _| Cell::str(&row.status)),
        Field::One("Currency", |row, _| Cell::str(&row.currency)),
        Field::One("Billing", |row, _| Cell::text(&row.collection_method)),
        Field::One("Charge", |row, _| Cell::text(&row.charge)),
        Field::One("Closed", |_, _| Cell::Empty),
        Field::One("Paid", |row, _| Cell::Bool(row.status == "paid")),
        Field::One("Forgiven", |_, _| Cell::Empty),
        Field::One("Subscription", |row, _| Cell::text(&row.subscription)),
        Field::Major("Subtotal", |row| row.subtotal),
        Field::Major("Tax", tax),
        Field::One("Tax Percent", |_, _| Cell::Empty),
        Field::Major("Exclusive Tax Amount", |row| row.tax_exclusive),
        Field::Major("Inclusive Tax Amount", |row| row.tax_inclusive),
        Field::Major("Total", |row| row.total),
        Field::Major("Total Discount Amount", |row| row.discount),
        Field::One("Applied Coupons", |row, _| Cell::text(&row.coupons)),
        Field::Major("Amount Due", |row| row.amount_due),
        Field::Major("Amount Paid", |row| row.amount_paid),
        Field::Major("Starting Balance", |row| row.starting_balance),
        Field::Major("Ending Balance", |row| row.ending_balance),
        Field::One("Date (UTC)", |row, _| Cell::Plain(row.created)),
        Field::One("Due Date (UTC)", |row, _| {
            Cell::time(row.due_date, Cell::Plain)
        }),
        Field::One("Period Start (UTC)", |row, _| {
            Cell::time(row.period_start, Cell::Plain)
        }),
        Field::One("Period End (UTC)", |row, _| {
            Cell::time(row.period_end, Cell::Plain)
        }),
        Field::One("Minimum Line Item Period Start (UTC)", |row, _| {
            Cell::time(row.line_period_start, Cell::Plain)
        }),
        Field::One("Maximum Line Item Period End (UTC)", |row, _| {
            Cell::time(row.line_period_end, Cell::Plain)
        }),
        Field::One("Finalized At (UTC)", |row, _| {
            Cell::time(row.finalized_at, Cell::Plain)
        }),
        Field::One("Paid At (UTC)", |row, _| {
            Cell::time(row.paid_at, Cell::Plain)
        }),
        Field::One("Voided At (UTC)", |row, _| {
            Cell::time(row.voided_at, Cell::Plain)
        }),
        Field::One("Marked Uncollectible At (UTC)", |row, _| {
            Cell::time(row.marked_uncollectible_at, Cell::Plain)
        }),
    ],
};
