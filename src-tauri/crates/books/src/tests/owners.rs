//! Proofs of what Stripe lists for one customer alone: entries of balances and payment methods.

use objects::Kind;
use serde_json::{Value, json};

use super::fixture::{DAY, NOW, with};
use super::proofs::{begin, bring, end, loaded, page};
use crate::{BALANCE_ENTRIES, CursorWrite, PAYMENT_METHODS, ProofEnd, ProofPage};

fn entry(description: &str) -> (Kind, Value) {
    let entry = json!({"id": "cbtxn_1", "object": "customer_balance_transaction",
        "customer": "cus_1", "amount": -500, "currency": "usd", "ending_balance": -500,
        "type": "adjustment", "created": NOW - DAY, "description": description,
        "livemode": false});
    (Kind::CustomerBalanceTransaction, entry)
}

fn method(id: &str, customer: &str) -> (Kind, Value) {
    let method = json!({"id": id, "object": "payment_method", "customer": customer,
        "type": "card", "created": NOW - DAY, "livemode": false,
        "card": {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030}});
    (Kind::PaymentMethod, method)
}

#[tokio::test]
async fn entries_of_a_balance_are_found_missing_or_altered_like_any_object() {
    let book = loaded().await;
    for (at, words, what) in [
        (NOW + DAY, "First", (0, 1)),
        (NOW + 2 * DAY, "Other", (1, 0)),
    ] {
        let run = begin(&book, BALANCE_ENTRIES, at).await;
        let read = vec![entry(words)];
        let page = page(&book, &run, &read, at).await;
        assert_eq!(bring(&book, &page, &read, at).await, 1, "{words}");
        assert_eq!(book.books.note_unlisted(&run, at).await.expect("noted"), 0);
        let ended = end(&book, &run, at).await;
        assert_eq!((ended.altered, ended.missing), what, "{words}");
        let whole = book.books.completeness(at).await.expect("answered");
        let mut lists = whole.lists.iter();
        let list = lists.find(|it| it.list.name == BALANCE_ENTRIES);
        let month = &list.expect("it is proven").months[0];
        let counted = (month.differences, month.mended, month.proven_at);
        assert_eq!(counted, (1, 1, at), "{words}");
        assert_eq!((month.objects, month.reads), (1, 1), "a read a customer");
    }
    // What was taken in meanwhile is newer, and nothing reads an entry alone.
    let at = NOW + 3 * DAY;
    let run = begin(&book, BALANCE_ENTRIES, at).await;
    let read = vec![entry("Old")];
    let page = page(&book, &run, &read, at).await;
    book.apply(&[entry("New")], at).await;
    assert_eq!(bring(&book, &page, &read, at).await, 0);
    assert_eq!(end(&book, &run, at).await, ProofEnd::default());
}

#[tokio::test]
async fn payment_methods_are_missed_only_where_somebody_asked_for_them() {
    let book = loaded().await;
    book.apply(&[method("pm_1", "cus_1"), method("pm_2", "cus_2")], NOW)
        .await;
    let read = CursorWrite::MethodsRead {
        customer: "cus_1".to_owned(),
        as_of: NOW,
    };
    book.books.write_cursors(&[read]).await.expect("stored");
    let held = async |customer| book.books.are_methods_held(customer).await;
    assert!(held("cus_1").await.expect("answered"));
    assert!(!held("cus_2").await.expect("answered"));
    assert_eq!(
        book.books.customers_with_methods().await.expect("read"),
        ["cus_1"]
    );
    let at = NOW + DAY;
    let run = begin(&book, PAYMENT_METHODS, at).await;
    assert_eq!(book.books.note_unlisted(&run, at).await.expect("noted"), 1);
    let open = book.books.to_clear_up(run.num, 0, 10).await.expect("open");
    assert_eq!(open[0].id, "pm_1");
    let detached = vec![(
        Kind::PaymentMethod,
        with(method("pm_1", "cus_1").1, json!({"customer": null})),
    )];
    let page = ProofPage {
        clears: Some(open[0].num),
        ..page(&book, &run, &detached, at).await
    };
    assert_eq!(bring(&book, &page, &detached, at).await, 1);
    assert_eq!(book.books.note_unlisted(&run, at).await.expect("noted"), 0);
    let ended = end(&book, &run, at).await;
    assert_eq!((ended.altered, ended.open), (1, 0));
}
