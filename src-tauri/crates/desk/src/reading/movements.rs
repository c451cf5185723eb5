//! What moved beside invoices and payment attempts, in words.

use std::sync::Arc;

use super::words::sentence_case;
use super::{amount, not_found};
use crate::answers::{MovementView, UnixSeconds};
use crate::context::Inner;
use crate::{Error, Result};

impl Inner {
    pub async fn tenant_movements(self: &Arc<Self>, id: &str) -> Result<Vec<MovementView>> {
        let open = self.open().await?;
        views(open.books.movements_of_tenant(id).await)
    }

    pub async fn invoice_movements(self: &Arc<Self>, id: &str) -> Result<Vec<MovementView>> {
        let open = self.open().await?;
        views(open.books.movements_of_invoice(id).await)
    }
}

fn views(read: books::Result<Vec<books::Movement>>) -> Result<Vec<MovementView>> {
    match read {
        Ok(moved) => Ok(moved.into_iter().map(view).collect()),
        Err(books::BooksError::UnknownId { id }) => Err(not_found(&id)),
        Err(error) => Err(Error::from(error)),
    }
}

fn view(moved: books::Movement) -> MovementView {
    let what = match moved.kind.as_str() {
        "refund" => "Refund",
        "dispute" => "Dispute",
        "balance" => "Account balance",
        "credit_grant" => "Credit granted",
        "credit_use" => "Credit",
        "promotion_code" => "Promotion code",
        "fee" => "Stripe's fee",
        _ => "Payout",
    };
    let status = moved
        .status
        .as_deref()
        .map(|status| status.replace('_', " "));
    MovementView {
        title: match status {
            Some(status) => format!("{what}, {status}"),
            None => what.to_owned(),
        },
        amount: moved
            .amount
            .map(|minor| amount(minor, moved.currency.as_deref().unwrap_or_default())),
        words: moved
            .words
            .as_deref()
            .map(|words| match moved.kind.as_str() {
                // Stripe's own words; names and codes stay as they were written.
                "refund" | "dispute" => sentence_case(words),
                _ => words.to_owned(),
            }),
        id: moved.id,
        kind: moved.kind,
        at: UnixSeconds(moved.at),
        refers: moved.refers,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_movement_says_what_it_is_and_keeps_names_as_they_were_written() {
        let moved = |kind: &str, status: &str, words: &str| books::Movement {
            id: "x_1".into(),
            kind: kind.into(),
            status: Some(status.into()),
            at: 7,
            amount: Some(-700),
            currency: Some("usd".into()),
            words: Some(words.into()),
            refers: None,
        };
        for (kind, status, words, title, shown) in [
            (
                "refund",
                "succeeded",
                "requested_by_customer",
                "Refund, succeeded",
                "Requested by customer",
            ),
            (
                "credit_use",
                "credits_applied",
                "spring_gift",
                "Credit, credits applied",
                "spring_gift",
            ),
            (
                "payout",
                "in_transit",
                "ACME INC",
                "Payout, in transit",
                "ACME INC",
            ),
        ] {
            let view = view(moved(kind, status, words));
            assert_eq!(
                (view.title.as_str(), view.words.as_deref()),
                (title, Some(shown))
            );
        }
    }
}
