//! `meterdesk.credit-notes`: one row a credit note.

use super::{Field, Layout};
use crate::cell::Cell;
use crate::rows::CreditNote;

/// One row a credit note, in Meterdesk's own profile.
pub static CREDIT_NOTES: Layout<CreditNote> = Layout {
    name: "meterdesk.credit-notes.v1",
    sheet: "Credit notes",
    buckets: ["credit notes", "void credit notes, apart", "left out"],
    date_basis: "Credit notes count by their effective day (the day of creation where Stripe \
        names none), in the company's zone: the filter's days are theirs, the rest of it is \
        about the invoice that they credit.",
    sums: &[
        ("total", |row| row.total),
        ("pre_payment", |row| row.pre_payment_amount),
        ("post_payment", |row| row.post_payment_amount),
    ],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("credit_note_id", |row, _| Cell::str(&row.id)),
        Field::One("number", |row, _| Cell::text(&row.number)),
        Field::One("status", |row, _| Cell::str(&row.status)),
        Field::One("accounting_date", |row, _| Cell::Day(effective(row))),
        Field::One("invoice_id", |row, _| Cell::text(&row.invoice)),
        Field::One("invoice_number", |row, _| Cell::text(&row.invoice_number)),
        Field::One("customer_id", |row, _| Cell::text(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("type", |row, _| Cell::text(&row.kind)),
        Field::One("reason", |row, _| Cell::text(&row.reason)),
        Field::One("memo", |row, _| Cell::text(&row.memo)),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("subtotal", |row| row.subtotal),
        Field::Money("total", |row| row.total),
        Field::Money("pre_payment", |row| row.pre_payment_amount),
        Field::Money("post_payment", |row| row.post_payment_amount),
        Field::Money("out_of_band", |row| row.out_of_band_amount),
        Field::Time("created", |row| Some(row.created)),
        Field::Time("effective", |row| Some(effective(row))),
        Field::Time("voided", |row| row.voided_at),
    ],
};

fn effective(row: &CreditNote) -> i64 {
    row.effective_at.unwrap_or(row.created)
}
