//! `meterdesk.payments`: one row a payment attempt.

use super::{Field, Layout, yes_no};
use crate::cell::Cell;
use crate::rows::Payment;

/// One row a payment attempt, in Meterdesk's own profile.
pub static PAYMENTS: Layout<Payment> = Layout {
    name: "meterdesk.payments.v1",
    sheet: "Payments",
    buckets: [
        "payments",
        "failed and canceled attempts, apart",
        "pending ones, left out",
    ],
    date_basis: "Payments count by their own day, in the company's zone: the filter's days are \
        theirs, the rest of it is about the invoice that they are for.",
    sums: &[
        ("amount", |row| row.amount),
        ("refunded", |row| row.amount_refunded),
    ],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("payment_id", |row, _| Cell::str(&row.id)),
        Field::One("source", |row, _| Cell::str(&row.source)),
        Field::One("payment_intent_id", |row, _| {
            Cell::text(&row.payment_intent)
        }),
        Field::One("accounting_date", |row, _| Cell::Day(row.created)),
        Field::One("status", |row, _| Cell::str(&row.status)),
        Field::One("invoice_id", |row, _| Cell::text(&row.invoice)),
        Field::One("invoice_number", |row, _| Cell::text(&row.invoice_number)),
        Field::One("customer_id", |row, _| Cell::text(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("failure_code", |row, _| Cell::text(&row.failure_code)),
        Field::One("failure_message", |row, _| Cell::text(&row.failure_message)),
        Field::One("decline_code", |row, _| Cell::text(&row.decline_code)),
        Field::One("method", |row, _| Cell::text(&row.method)),
        Field::One("card_brand", |row, _| Cell::text(&row.card_brand)),
        Field::One("card_last4", |row, _| Cell::text(&row.card_last4)),
        Field::One("description", |row, _| Cell::text(&row.description)),
        Field::One("fully_refunded", |row, _| yes_no(row.refunded)),
        Field::One("disputed", |row, _| yes_no(row.disputed)),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("amount", |row| row.amount),
        Field::Money("refunded", |row| row.amount_refunded),
        Field::Time("created", |row| Some(row.created)),
    ],
};
