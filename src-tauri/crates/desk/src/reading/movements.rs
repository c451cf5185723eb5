//! What moved beside invoices and payment attempts, and the way of an invoice's money to the bank.

use std::sync::Arc;

use super::words::sentence_case;
use super::{amount, not_found};
use crate::answers::{BalanceEntryView, InvoiceMoney, MovementView, PayoutView, UnixSeconds};
use crate::context::Inner;
use crate::{Error, Result};

impl Inner {
    pub async fn tenant_movements(self: &Arc<Self>, id: &str) -> Result<Vec<MovementView>> {
        let open = self.open().await?;
        let moved = open.books.movements_of_tenant(id).await.map_err(unknown)?;
        Ok(moved.into_iter().map(view).collect())
    }

    pub async fn invoice_movements(self: &Arc<Self>, id: &str) -> Result<InvoiceMoney> {
        let open = self.open().await?;
        let money = open.books.movements_of_invoice(id).await.map_err(unknown)?;
        Ok(InvoiceMoney {
            movements: money.movements.into_iter().map(view).collect(),
            entries: money.entries.into_iter().map(entry).collect(),
        })
    }
}

fn unknown(error: books::BooksError) -> Error {
    match error {
        books::BooksError::UnknownId { id } => not_found(&id),
        error => Error::from(error),
    }
}

fn view(moved: books::Movement) -> MovementView {
    // Stripe's own words become a sentence's; names and codes stay as they were written.
    let is_code = matches!(moved.kind.as_str(), "refund" | "dispute");
    MovementView {
        amount: moved
            .amount
            .map(|minor| amount(minor, moved.currency.as_deref().unwrap_or_default())),
        words: match moved.words {
            Some(code) if is_code => Some(sentence_case(&code)),
            words => words,
        },
        id: moved.id,
        kind: moved.kind,
        status: moved.status,
        at: UnixSeconds(moved.at),
        refers: moved.refers,
        until: moved.until.map(UnixSeconds),
        answered: moved.answered,
        invoice: moved.invoice,
        invoice_number: moved.invoice_number,
    }
}

fn entry(entry: books::BalanceEntry) -> BalanceEntryView {
    let money = |minor| amount(minor, &entry.currency);
    let is_pending = entry.status.as_deref() == Some("pending");
    BalanceEntryView {
        amount: money(entry.amount),
        fee: money(entry.fee),
        net: money(entry.net),
        payout: entry.payout.map(|id| PayoutView {
            id,
            status: entry.payout_status.unwrap_or_default(),
            at: UnixSeconds(entry.payout_at.unwrap_or(entry.created)),
            amount: amount(entry.payout_amount.unwrap_or_default(), &entry.currency),
        }),
        available_on: entry.available_on.filter(|_| is_pending).map(UnixSeconds),
        id: entry.id,
        entry_type: entry.entry_type,
        source: entry.source,
        at: UnixSeconds(entry.created),
        exchange_rate: entry.exchange_rate,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_becomes_a_sentence_and_a_name_stays_as_it_was_written() {
        for (kind, words, shown) in [
            ("refund", "requested_by_customer", "Requested by customer"),
            ("dispute", "product_not_received", "Product not received"),
            ("credit_grant", "spring_gift", "spring_gift"),
            ("promotion_code", "WELCOME_20", "WELCOME_20"),
        ] {
            let moved = books::Movement {
                id: "x_1".into(),
                kind: kind.into(),
                status: None,
                at: 7,
                amount: Some(-700),
                currency: Some("usd".into()),
                words: Some(words.into()),
                refers: None,
                until: None,
                answered: None,
                invoice: None,
                invoice_number: None,
            };
            assert_eq!(view(moved).words.as_deref(), Some(shown), "{kind}");
        }
    }
}
