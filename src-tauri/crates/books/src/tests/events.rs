//! The log of events: taken in once, applied with their effects, searched, erased.

use bytes::Bytes;
use objects::Kind;
use serde_json::{Value, json};

use super::fixture::{Book, NOW, account, customer, raws};
use crate::{
    BooksError, CursorWrite, EventCursor, EventFilter, EventOutcome, FullNeeded, NewEvent, Queued,
    Road, Source,
};

fn event(id: &str, event_type: &str, object: Value) -> Value {
    json!({
        "id": id, "object": "event", "api_version": "2026-09-30.endive", "created": NOW,
        "data": {"object": object}, "livemode": false, "pending_webhooks": 0,
        "request": {"id": "req_1", "idempotency_key": "md_1"}, "type": event_type,
    })
}

fn renamed(id: &str, name: &str) -> Value {
    event(id, "customer.updated", customer("cus_1", name))
}

fn read(event: &Value, road: Road) -> NewEvent {
    let body = Bytes::from(event.to_string());
    NewEvent::read(body, road, road != Road::File, NOW + 5).expect("an event")
}

fn done(nums: Vec<i64>, outcome: EventOutcome) -> CursorWrite {
    CursorWrite::EventsDone {
        nums,
        outcome,
        at: NOW + 9,
        problem: None,
    }
}

#[tokio::test]
async fn an_event_is_stored_once_by_whatever_road() {
    let book = Book::new().await;
    let (one, two) = (renamed("evt_1", "One"), renamed("evt_2", "Two"));
    let first = [read(&one, Road::Poll), read(&two, Road::Poll)];
    let cursor = EventCursor {
        id: Some("evt_1".into()),
        at: NOW,
    };
    let queued = book
        .books
        .queue_events(&first, &[CursorWrite::Event(cursor.clone())])
        .await
        .expect("queued");
    assert_eq!(queued, Queued { new: 2, known: 0 });
    let again = [
        read(&two, Road::Webhook),
        read(&renamed("evt_3", "Three"), Road::Webhook),
        read(&renamed("evt_3", "Three"), Road::Webhook),
    ];
    let queued = book.books.queue_events(&again, &[]).await.expect("queued");
    assert_eq!(queued, Queued { new: 1, known: 2 });
    assert_eq!(book.books.event_cursor().await.expect("read"), Some(cursor));
    let waiting = book.books.waiting_events(NOW, 0, 10).await.expect("read");
    let ids: Vec<&str> = waiting.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(ids, ["evt_1", "evt_2", "evt_3"], "in the order of arrival");
    assert_eq!(waiting[1].road, Road::Poll, "the road of the first arrival");
    assert_eq!(waiting[0].customer.as_deref(), Some("cus_1"));
    let bodies = book
        .books
        .event_bodies(&[waiting[0].num])
        .await
        .expect("read");
    assert_eq!(bodies, [(waiting[0].num, Bytes::from(one.to_string()))]);
}

#[tokio::test]
async fn history_is_in_the_log_and_nothing_of_it_waits() {
    let book = Book::new().await;
    let mut refund = event(
        "evt_1",
        "refund.created",
        json!({"id": "re_1", "object": "refund"}),
    );
    refund["request"]["idempotency_key"] = json!("of-somebody");
    let now = read(&refund, Road::Poll);
    assert!(now.elsewhere, "somebody is asked for it");
    let queued = book.books.queue_events(&[now.as_history()], &[]).await;
    assert_eq!(queued.expect("queued").new, 1);
    let row = book.books.event("evt_1").await.expect("read").row;
    assert_eq!(
        (row.outcome, row.applied_at, row.elsewhere),
        (EventOutcome::Held, Some(NOW + 5), false)
    );
    assert_eq!(book.books.waiting_event_count().await.expect("read"), 0);
    assert_eq!(book.books.unexplained().await.expect("read"), 0);
    let again = [read(&refund, Road::Webhook)];
    let again = book.books.queue_events(&again, &[]).await.expect("queued");
    assert_eq!(again.known, 1, "delivered once more it is still history");
}

#[tokio::test]
async fn an_outcome_is_written_with_its_effect_or_not_at_all() {
    let book = Book::new().await;
    book.books.set_livemode(false).await.expect("set");
    let events = [read(&renamed("evt_1", "One"), Road::Poll)];
    book.books.queue_events(&events, &[]).await.expect("queued");
    let effect = [done(vec![1], EventOutcome::Payload)];
    let mut stranger = customer("cus_1", "One");
    stranger["livemode"] = json!(true);
    let refused = book.books.prepare(raws(&[(Kind::Customer, stranger)]));
    let refused = book.books.apply(refused, Source::Event, NOW, &effect).await;
    assert!(matches!(refused, Err(BooksError::WrongMode { .. })));
    assert_eq!(book.books.waiting_event_count().await.expect("read"), 1);

    let object = [(Kind::Customer, customer("cus_1", "One"))];
    let prepared = book.books.prepare(raws(&object));
    book.books
        .apply(prepared, Source::Event, NOW, &effect)
        .await
        .expect("applied");
    let stored = book.books.event("evt_1").await.expect("read").row;
    assert_eq!(
        (stored.outcome, stored.applied_at),
        (EventOutcome::Payload, Some(NOW + 9))
    );
    let held = [done(vec![1], EventOutcome::Held)];
    book.books.write_cursors(&held).await.expect("written");
    let stored = book.books.event("evt_1").await.expect("read").row;
    assert_eq!(stored.outcome, EventOutcome::Payload, "applied once");
}

#[tokio::test]
async fn what_could_not_be_applied_is_tried_again_when_it_is_due() {
    let book = Book::new().await;
    let events = [
        read(&renamed("evt_1", "One"), Road::Poll),
        read(&renamed("evt_2", "Two"), Road::Poll),
    ];
    book.books.queue_events(&events, &[]).await.expect("queued");
    let later = |nums, problem: Option<&str>| CursorWrite::EventsLater {
        nums,
        retry_at: NOW + 60,
        problem: problem.map(str::to_owned),
    };
    let writes = [
        later(vec![1], Some("it is not there")),
        later(vec![2], None),
    ];
    book.books.write_cursors(&writes).await.expect("written");
    let waiting = book.books.waiting_events(NOW, 0, 10).await.expect("read");
    assert!(waiting.is_empty(), "not due yet");
    let waiting = book.books.waiting_events(NOW + 60, 0, 10).await;
    let attempts: Vec<i64> = (waiting.expect("read").iter())
        .map(|event| event.attempts)
        .collect();
    assert_eq!(attempts, [1, 0], "waiting alone is no attempt");
    let row = book.books.event("evt_1").await.expect("read").row;
    assert_eq!(row.problem.as_deref(), Some("it is not there"));
}

#[tokio::test]
async fn the_log_is_searched() {
    let book = Book::new().await;
    let mut paid = event(
        "evt_2",
        "invoice.paid",
        json!({"id": "in_1", "object": "invoice",
        "customer": "cus_2"}),
    );
    paid["created"] = json!(NOW + 10);
    let unknown = json!({"id": "evt_3", "type": "a.type.of.tomorrow", "created": NOW - 10,
        "request": "req_old", "data": {"object": {"object": "thing"}}});
    let events = [
        read(&renamed("evt_1", "One"), Road::Poll),
        read(&paid, Road::Webhook),
        read(&unknown, Road::File),
    ];
    book.books.queue_events(&events, &[]).await.expect("queued");
    let writes = [done(vec![3], EventOutcome::Nothing)];
    book.books.write_cursors(&writes).await.expect("written");
    let filter = |change: &dyn Fn(&mut EventFilter)| {
        let mut filter = EventFilter::default();
        change(&mut filter);
        filter
    };
    for (filter, found) in [
        (filter(&|_| {}), &["evt_2", "evt_1", "evt_3"][..]),
        (filter(&|f| f.text = Some("in_1".into())), &["evt_2"]),
        (filter(&|f| f.text = Some("req_old".into())), &["evt_3"]),
        (
            filter(&|f| f.type_prefix = Some("customer.".into())),
            &["evt_1"],
        ),
        (filter(&|f| f.customer = Some("cus_2".into())), &["evt_2"]),
        (filter(&|f| f.object = Some("cus_1".into())), &["evt_1"]),
        (filter(&|f| f.from = Some(NOW)), &["evt_2", "evt_1"]),
        (filter(&|f| f.to = Some(NOW)), &["evt_3"]),
        (
            filter(&|f| f.outcome = Some(EventOutcome::Nothing)),
            &["evt_3"],
        ),
    ] {
        let page = book.books.events(&filter, 0, 10).await.expect("read");
        let ids: Vec<&str> = page.rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!(
            (page.total, &ids[..]),
            (found.len() as u64, found),
            "{filter:?}"
        );
    }
    let page = book.books.events(&EventFilter::default(), 1, 1).await;
    let page = page.expect("read");
    assert_eq!((page.total, page.first, page.rows.len()), (3, 1, 1));
}

#[tokio::test]
async fn an_erased_customer_stands_in_no_event() {
    let book = Book::new().await;
    book.apply(&account(), NOW).await;
    let named = |id: &str| renamed(id, "Zebra Zwicky");
    let before = [read(&named("evt_1"), Road::Poll)];
    book.books.queue_events(&before, &[]).await.expect("queued");
    book.books
        .erase_customer("cus_1", "A Person", "asked to", NOW)
        .await
        .expect("erased");
    let after = [read(&named("evt_2"), Road::Poll)];
    book.books.queue_events(&after, &[]).await.expect("queued");
    for id in ["evt_1", "evt_2"] {
        let event = book.books.event(id).await.expect("read");
        let text = String::from_utf8_lossy(&event.body).into_owned();
        assert!(!text.contains("Zebra"), "{id}: {text}");
        assert!(
            event.row.erased_at.is_some() && text.contains("cus_1"),
            "{id}"
        );
    }
}

#[tokio::test]
async fn events_of_the_other_mode_are_refused_whole() {
    let book = Book::new().await;
    book.books.set_livemode(true).await.expect("set");
    let events = [read(&renamed("evt_1", "One"), Road::Webhook)];
    let refused = book.books.queue_events(&events, &[]).await;
    assert!(matches!(refused, Err(BooksError::WrongMode { .. })));
    assert_eq!(book.books.waiting_event_count().await.expect("read"), 0);
}

#[tokio::test]
async fn a_full_proof_that_is_needed_is_remembered_until_it_was_made() {
    let book = Book::new().await;
    let needed = FullNeeded {
        since: NOW,
        why: "the books were away for 35 days".into(),
    };
    for state in [Some(needed), None] {
        let write = [CursorWrite::FullNeeded(state.clone())];
        book.books.write_cursors(&write).await.expect("written");
        assert_eq!(book.books.full_needed().await.expect("read"), state);
    }
}

#[test]
fn what_is_no_event_is_refused_without_its_contents() {
    for body in [
        "",
        "{}",
        "[1]",
        r#"{"id":"evt_1","object":"customer","type":"secret","created":1,"data":{"object":{}}}"#,
        r#"{"id":"","type":"secret","created":1,"data":{"object":{}}}"#,
        r#"{"id":"evt_1","type":"x","created":"secret","data":{"object":{}}}"#,
        r#"{"id":"evt_1","type":"secret","created":1}"#,
    ] {
        let error = NewEvent::read(Bytes::from_static(body.as_bytes()), Road::File, false, 0);
        let error = error.expect_err(body).to_string();
        assert!(!error.contains("secret"), "{error}");
    }
}

#[tokio::test]
async fn what_is_as_of_another_second_than_its_batch_keeps_it() {
    let book = Book::new().await;
    let state = |name: &str, seen_at: i64| {
        let object = [(Kind::Customer, customer("cus_1", name))];
        book.books.prepare(raws(&object)).as_of(seen_at)
    };
    let apply = async |prepared| {
        let applied = book.books.apply(prepared, Source::Event, NOW, &[]).await;
        applied.expect("applied")
    };
    let mut both = state("Younger", NOW - 10);
    both.merge(state("Older", NOW - 20));
    assert_eq!(
        apply(both).await.stale,
        1,
        "the batch's time counts for none"
    );
    let seen = "SELECT version_seen_at FROM object WHERE id = 'cus_1'";
    assert_eq!(book.number(seen).await, NOW - 10);
    let again = apply(state("Younger", NOW - 5)).await;
    assert_eq!((again.unchanged, book.number(seen).await), (1, NOW - 5));
    assert_eq!(apply(state("Older", NOW - 6)).await.stale, 1);
}
