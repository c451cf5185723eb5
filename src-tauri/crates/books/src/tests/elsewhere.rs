//! Changes made elsewhere: which events tell of them, and who explained them; refused webhooks.

use bytes::Bytes;
use objects::Kind;
use serde_json::{Value, json};

use super::fixture::{Book, NOW, account, customer};
use crate::{EventFilter, NewEvent, Road};

fn told(event_type: &str, previous: Value, request: Value) -> NewEvent {
    let event = json!({
        "id": "evt_1", "object": "event", "created": NOW, "type": event_type, "livemode": false,
        "data": {
            "object": {"id": "x_1", "object": "thing", "customer": "cus_1"},
            "previous_attributes": previous,
        },
        "request": request,
    });
    NewEvent::read(Bytes::from(event.to_string()), Road::Poll, true, NOW).expect("an event")
}

#[test]
fn only_decisions_that_none_of_our_requests_made_are_elsewhere() {
    let theirs = json!({"id": "req_1", "idempotency_key": "5b1a"});
    let none = json!({});
    for (event_type, previous, expected) in [
        ("refund.created", &none, true),
        ("credit_note.created", &none, true),
        ("credit_note.voided", &none, true),
        ("billing.credit_grant.created", &none, true),
        (
            "billing.credit_grant.updated",
            &json!({"voided_at": null}),
            true,
        ),
        (
            "billing.credit_grant.updated",
            &json!({"metadata": {}}),
            false,
        ),
        ("invoice.voided", &none, true),
        ("invoice.marked_uncollectible", &none, true),
        ("invoice.paid", &none, false),
        ("customer.updated", &json!({"balance": -500}), true),
        ("customer.updated", &json!({"email": "a@b.c"}), false),
        ("customer.subscription.updated", &json!({"items": {}}), true),
        (
            "customer.subscription.updated",
            &json!({"quantity": 5}),
            true,
        ),
        (
            "customer.subscription.updated",
            &json!({"metadata": {}}),
            false,
        ),
        ("customer.subscription.deleted", &none, true),
    ] {
        let event = told(event_type, previous.clone(), theirs.clone());
        assert_eq!(event.elsewhere, expected, "{event_type} {previous}");
    }
    for (request, words) in [
        (json!({"id": "req_1", "idempotency_key": "md_7"}), "ours"),
        (
            json!({"id": null, "idempotency_key": null}),
            "Stripe itself",
        ),
        (Value::Null, "Stripe itself"),
    ] {
        assert!(
            !told("refund.created", none.clone(), request).elsewhere,
            "{words}"
        );
    }
    let old = told("refund.created", none, json!("req_1"));
    assert!(
        old.elsewhere,
        "old versions name the request by its id alone"
    );
}

#[tokio::test]
async fn a_change_is_explained_in_the_ledger_and_its_words_can_be_erased() {
    let book = Book::new().await;
    book.apply(&account(), NOW).await;
    book.settle().await;
    let request = json!({"id": "req_1", "idempotency_key": null});
    let events = [told("refund.created", json!({}), request)];
    book.books.queue_events(&events, &[]).await.expect("queued");
    assert_eq!(book.books.unexplained().await.expect("read"), 1);
    let (rows, explained) = book.books.elsewhere(Some(NOW), None).await.expect("read");
    assert_eq!(rows.len(), 1);
    assert!(explained.is_empty());
    let (later, _) = book
        .books
        .elsewhere(Some(NOW + 1), None)
        .await
        .expect("read");
    assert!(later.is_empty(), "it happened before");

    for words in ["A typing error", "Agreed with Ada"] {
        (book.books)
            .explain_elsewhere("evt_1", "mia", words, NOW + 5)
            .await
            .expect("explained");
    }
    assert_eq!(book.books.unexplained().await.expect("read"), 0);
    let (_, explained) = book.books.elsewhere(None, None).await.expect("read");
    let last = &explained["evt_1"];
    assert_eq!(
        (last.author.as_str(), last.words.as_deref(), last.at),
        ("mia", Some("Agreed with Ada"), NOW + 5)
    );

    book.books
        .erase_customer("cus_1", "mia", "asked to", NOW + 9)
        .await
        .expect("erased");
    let erased = book
        .books
        .explanation("evt_1")
        .await
        .expect("read")
        .expect("one");
    assert_eq!(erased.words, None, "the words were about a person");
    assert_eq!(erased.author, "mia", "that it was signed off stays");
    let unknown = (book.books)
        .explain_elsewhere("evt_9", "mia", "?", NOW)
        .await;
    assert!(unknown.is_err(), "there is no such event");
}

#[tokio::test]
async fn the_log_is_searched_by_the_tenants_name_too() {
    let book = Book::new().await;
    book.apply(&[(Kind::Customer, customer("cus_1", "Ünlü Ltd"))], NOW)
        .await;
    book.settle().await;
    let events = [told("refund.created", json!({}), json!({"id": "req_1"}))];
    book.books.queue_events(&events, &[]).await.expect("queued");
    for (text, elsewhere_only, found) in [
        ("ünlü", false, 1),
        ("ünlü", true, 1),
        ("refund", false, 1),
        ("req_1", false, 1),
        ("somebody", false, 0),
    ] {
        let filter = EventFilter {
            text: Some(text.into()),
            elsewhere_only,
            ..EventFilter::default()
        };
        let page = book.books.events(&filter, 0, 10).await.expect("read");
        assert_eq!(page.total, found, "{text}");
        for row in page.rows {
            assert_eq!(row.tenant.as_deref(), Some("Ünlü Ltd"));
        }
    }
}

#[tokio::test]
async fn refusals_of_one_second_are_one_row_and_a_thousand_rows_are_kept() {
    let book = Book::new().await;
    for bytes in [10, 30, 20] {
        (book.books)
            .note_webhook_refusal(NOW, "forged", bytes)
            .await
            .expect("noted");
    }
    let kept = book.books.webhook_refusals(10).await.expect("read");
    assert_eq!(kept.len(), 1);
    assert_eq!((kept[0].times, kept[0].bytes), (3, 30));
    for at in 1..=1_005 {
        (book.books)
            .note_webhook_refusal(NOW + at, "forged", 1)
            .await
            .expect("noted");
    }
    let kept = book.books.webhook_refusals(5_000).await.expect("read");
    assert_eq!(kept.len(), 1_000);
    assert_eq!(kept[0].at, NOW + 1_005, "the newest are kept");
}
