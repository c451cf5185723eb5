//! `meterdesk.payouts`: one row a payout to the company's bank.

use books::PayoutExport;

use super::{Field, Layout};
use crate::cell::Cell;
use crate::rows::Record;
use crate::sums::Bucket;

/// One row a payout, in Meterdesk's own profile.
pub static PAYOUTS: Layout<PayoutExport> = Layout {
    name: "meterdesk.payouts.v1",
    sheet: "Payouts",
    buckets: [
        "payouts that arrived",
        "failed and canceled ones, apart",
        "those on their way, left out",
    ],
    date_basis: "Payouts count by the day on which they arrive at the bank (the day of creation \
        where Stripe names none), in the company's zone: the filter's days are theirs.",
    sums: &[("amount", |row| row.amount), ("fees", |row| row.fees)],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("payout_id", |row, _| Cell::str(&row.id)),
        Field::One("status", |row, _| Cell::str(&row.status)),
        Field::One("accounting_date", |row, _| Cell::Day(row.arrives_at)),
        Field::One("automatic", |row, _| Cell::Bool(row.automatic)),
        Field::One("method", |row, _| Cell::text(&row.method)),
        Field::One("destination_type", |row, _| Cell::text(&row.destination)),
        Field::One("balance_transaction_id", |row, _| {
            Cell::text(&row.balance_transaction)
        }),
        Field::One("failure_code", |row, _| Cell::text(&row.failure_code)),
        Field::One("failure_message", |row, _| Cell::text(&row.failure_message)),
        Field::One("original_payout_id", |row, _| {
            Cell::text(&row.original_payout)
        }),
        Field::One("reversed_by_id", |row, _| Cell::text(&row.reversed_by)),
        Field::One("description", |row, _| Cell::text(&row.description)),
        Field::One("statement_descriptor", |row, _| {
            Cell::text(&row.statement_descriptor)
        }),
        Field::One("entries", |row, _| Cell::Integer(row.entries)),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::Money("amount", |row| row.amount),
        Field::Money("fees", |row| row.fees),
        Field::Time("created", |row| Some(row.created)),
        Field::Time("arrives", |row| Some(row.arrives_at)),
    ],
};

impl Record for PayoutExport {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        match self.status.as_str() {
            "paid" => Bucket::Counted,
            "failed" | "canceled" => Bucket::Apart,
            _ => Bucket::LeftOut,
        }
    }
}
