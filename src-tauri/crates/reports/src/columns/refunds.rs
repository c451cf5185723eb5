//! `meterdesk.refunds`: one row a refund.

use books::RefundExport;

use super::{Field, Layout};
use crate::cell::Cell;
use crate::rows::Record;
use crate::sums::Bucket;

/// One row a refund, in Meterdesk's own profile.
pub static REFUNDS: Layout<RefundExport> = Layout {
    name: "meterdesk.refunds.v1",
    sheet: "Refunds",
    buckets: [
        "refunds",
        "failed and canceled refunds, apart",
        "pending ones, left out",
    ],
    date_basis: "Refunds count by their own day, in the company's zone: the filter's days are \
        theirs, the rest of it is about the invoice whose payment they give back.",
    sums: &[("amount", |row| row.amount)],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("refund_id", |row, _| Cell::str(&row.id)),
        Field::One("status", |row, _| Cell::text(&row.status)),
        Field::One("accounting_date", |row, _| Cell::Day(row.created)),
        Field::One("charge_id", |row, _| Cell::text(&row.charge)),
        Field::One("payment_intent_id", |row, _| {
            Cell::text(&row.payment_intent)
        }),
        Field::One("invoice_id", |row, _| Cell::text(&row.invoice)),
        Field::One("invoice_number", |row, _| Cell::text(&row.invoice_number)),
        Field::One("customer_id", |row, _| Cell::text(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("reason", |row, _| Cell::text(&row.reason)),
        Field::One("failure_reason", |row, _| Cell::text(&row.failure_reason)),
        Field::One("receipt_number", |row, _| Cell::text(&row.receipt_number)),
        Field::One("description", |row, _| Cell::text(&row.description)),
        Field::One("balance_transaction_id", |row, _| {
            Cell::text(&row.balance_transaction)
        }),
        Field::One("failure_balance_transaction_id", |row, _| {
            Cell::text(&row.failure_balance_transaction)
        }),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("amount", |row| row.amount),
        Field::Time("created", |row| Some(row.created)),
    ],
};

impl Record for RefundExport {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        match self.status.as_deref() {
            Some("succeeded") => Bucket::Counted,
            Some("failed" | "canceled") => Bucket::Apart,
            _ => Bucket::LeftOut,
        }
    }
}
