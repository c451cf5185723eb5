//! `meterdesk.disputes`: one row a dispute.

use books::DisputeExport;

use super::{Field, Layout, integer};
use crate::cell::Cell;
use crate::rows::Record;
use crate::sums::Bucket;

/// One row a dispute, in Meterdesk's own profile.
pub static DISPUTES: Layout<DisputeExport> = Layout {
    name: "meterdesk.disputes.v1",
    sheet: "Disputes",
    buckets: [
        "disputes that are open or lost",
        "won ones, apart",
        "inquiries, left out",
    ],
    date_basis: "Disputes count by the day on which they arose, in the company's zone: the \
        filter's days are theirs, the rest of it is about the invoice whose payment is disputed.",
    sums: &[("amount", |row| row.amount)],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("dispute_id", |row, _| Cell::str(&row.id)),
        Field::One("status", |row, _| Cell::str(&row.status)),
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
        Field::One("evidence_submissions", |row, _| {
            integer(row.evidence_submissions)
        }),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("amount", |row| row.amount),
        Field::Time("created", |row| Some(row.created)),
        Field::Time("evidence_due", |row| row.evidence_due_by),
    ],
};

impl Record for DisputeExport {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    /// Of an inquiry and of a dispute that was prevented no money was taken.
    fn bucket(&self) -> Bucket {
        match self.status.as_str() {
            "needs_response" | "under_review" | "lost" => Bucket::Counted,
            "won" => Bucket::Apart,
            _ => Bucket::LeftOut,
        }
    }
}
