//! The same states of the same objects, by pages, events and reads in whatever order and however
//! often: one projection and one chain of versions.
//!
//! A state is seen at a second in which it held. Of two states of one second nothing tells which
//! was the later: whoever reads knows that, and asks again.

use std::collections::BTreeSet;

use bytes::Bytes;
use objects::Kind;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::fixture::{Book, NOW, customer, invoice, line, list, raws, subscription, with};
use crate::{CursorWrite, EventOutcome, NewEvent, Road, Source};

/// What happened to an object: how long each state held, in seconds, and what it was.
type Life = Vec<(i64, u8)>;

/// The road on which a state was seen.
#[derive(Debug, Clone, Copy)]
enum By {
    /// With everything else, on a page.
    Page,
    /// In an event, as of its beginning.
    Event,
    /// Alone.
    Read,
}

/// A look at an object, or at all of them, at so many seconds after the beginning.
#[derive(Debug, Clone, Copy)]
struct Look {
    object: usize,
    at: i64,
    by: By,
}

#[derive(Debug, Clone)]
struct Case {
    lives: [Life; 3],
    /// The customer is deleted in the end.
    deleted: bool,
    looks: Vec<Look>,
    /// The tables are built before this look.
    settled: usize,
}

/// When everything has happened.
const END: i64 = 1_000;
const OBJECTS: [(Kind, &str); 3] = [
    (Kind::Customer, "cus_1"),
    (Kind::Subscription, "sub_1"),
    (Kind::Invoice, "in_1"),
];
/// What has a chain of versions.
const CHAINS: [(Kind, &str); 5] = [
    (Kind::Customer, "cus_1"),
    (Kind::Subscription, "sub_1"),
    (Kind::SubscriptionItems, "sub_1"),
    (Kind::Invoice, "in_1"),
    (Kind::InvoiceLines, "in_1"),
];

impl Case {
    /// What an object is at a moment, and since when; the customer may be gone.
    fn state(&self, object: usize, at: i64) -> (Value, i64) {
        let mut since = 0;
        let life = &self.lives[object];
        let mut value = life[0].1;
        for ((held, _), (_, next)) in life.iter().zip(&life[1..]) {
            if since + held > at {
                break;
            }
            since += held;
            value = *next;
        }
        let gone = END - 1;
        if object == 0 && self.deleted && at >= gone {
            let stub = json!({"id": "cus_1", "object": "customer", "deleted": true});
            return (stub, gone);
        }
        (shape(object, i64::from(value)), since)
    }

    /// Each chain's states, newest first: no state of it comes back.
    fn is_without_return(&self) -> bool {
        self.lives.iter().all(|life| {
            let values: BTreeSet<u8> = life.iter().map(|(_, value)| *value).collect();
            values.len() == life.len()
        })
    }
}

/// One of four states of an object.
fn shape(object: usize, value: i64) -> Value {
    match object {
        0 => customer(
            "cus_1",
            ["Acme", "Acme Ltd", "Acme Group", "Zenith"][index(value)],
        ),
        1 => subscription("sub_1", "cus_1", "price_pro", value + 1),
        _ => {
            let status = ["draft", "open", "paid", "void"][index(value)];
            let lines = (0..=value).map(|n| line(&format!("il_{n}"), "in_1", 100));
            let lines = list("/v1/invoices/in_1/lines", lines.collect());
            let changes = json!({"status": status, "lines": lines});
            with(invoice("in_1", "cus_1", 1, 10_000), changes)
        }
    }
}

fn index(value: i64) -> usize {
    usize::try_from(value).expect("one of four")
}

async fn look(book: &Book, case: &Case, look: Look) {
    let Look { object, at, by } = look;
    let one = |object: usize| (OBJECTS[object].0, case.state(object, at).0);
    let gone = |state: &(Kind, Value)| state.1["deleted"] == json!(true);
    let (states, source, seen_at) = match by {
        By::Page => {
            let mut all: Vec<_> = (0..OBJECTS.len()).map(one).collect();
            // What is gone is not listed.
            all.retain(|state| !gone(state));
            (all, Source::Backfill, at)
        }
        By::Event => (vec![one(object)], Source::Event, case.state(object, at).1),
        By::Read => (vec![one(object)], Source::Event, at),
    };
    let mut effects = Vec::new();
    if let By::Event = by {
        let id = format!("evt_{object}_{seen_at}");
        let event = json!({"id": id, "object": "event", "type": "thing.updated",
            "created": NOW + seen_at, "data": {"object": states[0].1}});
        let body = Bytes::from(event.to_string());
        let event = NewEvent::read(body, Road::Poll, true, NOW).expect("an event");
        book.books
            .queue_events(&[event], &[])
            .await
            .expect("queued");
        let waiting = book.books.waiting_events(i64::MAX, 0, 10).await;
        effects.push(CursorWrite::EventsDone {
            nums: waiting
                .expect("read")
                .iter()
                .map(|event| event.num)
                .collect(),
            outcome: EventOutcome::Payload,
            at: NOW,
            problem: None,
        });
    }
    let prepared = book.books.prepare(raws(&states)).as_of(NOW + seen_at);
    assert!(prepared.failed.is_empty(), "{:?}", prepared.failed);
    let applied = book
        .books
        .apply(prepared, source, NOW + END, &effects)
        .await;
    applied.expect("applied");
}

/// What the books come to: their tables, each chain of versions, and how the chains end.
async fn books_of(case: &Case, looks: &[Look]) -> (Vec<String>, Vec<Vec<Vec<u8>>>) {
    let book = Book::new().await;
    for (place, one) in looks.iter().enumerate() {
        if place == case.settled {
            book.settle().await;
        }
        look(&book, case, *one).await;
    }
    book.settle().await;
    let (mut chains, mut ends) = (Vec::new(), Vec::new());
    for chain in CHAINS {
        let versions = book.books.versions(&[chain], 100).await.expect("read");
        // Whatever came between, the newest state is the one that held last.
        let last = versions.iter().find(|it| !it.deleted);
        ends.extend(last.map(|it| it.canonical.clone()));
        let mut states: Vec<Vec<u8>> = versions.into_iter().map(|it| it.canonical).collect();
        if !case.is_without_return() {
            states.sort_unstable();
            states.dedup();
        }
        chains.push(states);
    }
    chains.push(ends);
    assert_eq!(book.books.waiting_event_count().await.expect("a count"), 0);
    (book.dump().await, chains)
}

fn life() -> impl Strategy<Value = Life> {
    let any = vec((2_i64..60, 0_u8..4), 1..5);
    let without_return = Just(vec![0_u8, 1, 2, 3]).prop_shuffle();
    let without_return = (without_return, vec(2_i64..60, 1..5));
    prop_oneof![
        any,
        without_return.prop_map(|(values, held)| held.into_iter().zip(values).collect()),
    ]
}

fn any_look() -> impl Strategy<Value = Look> {
    let by = prop_oneof![Just(By::Page), Just(By::Event), Just(By::Read)];
    (0..OBJECTS.len(), 0..300_i64, by).prop_map(|(object, at, by)| Look { object, at, by })
}

fn case() -> impl Strategy<Value = Case> {
    let lives = [life(), life(), life()];
    // Everything is looked at in the end, by one road or another, once or more.
    let last = vec(any_look(), 3..6).prop_map(|mut looks| {
        for (place, look) in looks.iter_mut().enumerate() {
            look.object = place % OBJECTS.len();
            look.at = END;
            // A page does not list what is gone, and an event is as of the change.
            look.by = By::Read;
        }
        looks
    });
    let looks = (vec(any_look(), 0..14), last).prop_map(|(some, last)| [some, last].concat());
    let looks = looks.prop_shuffle();
    (lives, any::<bool>(), looks, 0..20_usize).prop_map(|(lives, deleted, looks, settled)| Case {
        lives,
        deleted,
        looks,
        settled,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    #[test]
    fn any_interleaving_ends_in_the_same_books(case in case()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let (one, other) = runtime.expect("a runtime").block_on(async {
            let mut in_order = case.looks.clone();
            in_order.sort_by_key(|look| look.at);
            (books_of(&case, &in_order).await, books_of(&case, &case.looks).await)
        });
        prop_assert_eq!(one.0, other.0, "the tables");
        prop_assert_eq!(one.1, other.1, "the versions");
    }
}

/// What was known of something deleted is the state that held last, in whatever order its states
/// arrive: here each as (second, name), `-` for the deletion.
#[tokio::test]
async fn what_is_known_of_something_deleted_held_last() {
    type Seen = [(i64, &'static str)];
    let cases: [(&str, &Seen, &str); 8] = [
        (
            "it returned",
            &[(1, "A"), (2, "B"), (3, "A"), (9, "-")],
            "A",
        ),
        (
            "late between two sightings",
            &[(1, "A"), (5, "A"), (3, "B"), (9, "-")],
            "A",
        ),
        (
            "late, after the deletion",
            &[(1, "A"), (5, "A"), (9, "-"), (3, "B")],
            "A",
        ),
        (
            "late, and the last",
            &[(1, "A"), (5, "A"), (9, "-"), (6, "B")],
            "B",
        ),
        ("backwards", &[(9, "-"), (5, "A"), (3, "B"), (1, "A")], "A"),
        (
            "mixed, after the deletion",
            &[(9, "-"), (3, "B"), (1, "A"), (5, "A"), (4, "C")],
            "A",
        ),
        (
            "one late state after another",
            &[(1, "A"), (7, "A"), (3, "B"), (5, "C"), (4, "B"), (9, "-")],
            "A",
        ),
        (
            "it was gone for a while",
            &[(1, "A"), (2, "-"), (4, "B"), (6, "-"), (5, "A"), (3, "C")],
            "A",
        ),
    ];
    for (words, seen, last) in cases {
        let book = Book::new().await;
        for (at, name) in seen {
            let state = match *name {
                "-" => json!({"id": "cus_1", "object": "customer", "deleted": true}),
                name => customer("cus_1", name),
            };
            book.apply(&[(Kind::Customer, state)], *at).await;
        }
        let versions = book.books.versions(&[OBJECTS[0]], 50).await.expect("read");
        assert!(versions[0].deleted, "{words}");
        let before = versions.iter().find(|it| !it.deleted);
        let held = before.map(|it| String::from_utf8_lossy(&it.canonical).into_owned());
        let shown = book.dump().await;
        let shown = shown.iter().find(|row| row.starts_with("customer: cus_1"));
        let quoted = (format!("'{last}'"), format!("\"{last}\""));
        assert!(
            shown.is_some_and(|row| row.contains(&quoted.0)),
            "{words}: {shown:?}"
        );
        assert!(
            held.is_some_and(|it| it.contains(&quoted.1)),
            "{words}: the history"
        );
    }
}

/// A late state does not pass for the one that holds.
#[tokio::test]
async fn a_state_that_arrives_late_stands_before_the_one_that_was_seen_since() {
    let book = Book::new().await;
    for (at, name) in [(1, "A"), (5, "A"), (3, "B")] {
        book.apply(&[(Kind::Customer, customer("cus_1", name))], at)
            .await;
    }
    let versions = book.books.versions(&[OBJECTS[0]], 10).await.expect("read");
    let times: Vec<i64> = versions.iter().map(|it| it.seen_at).collect();
    assert_eq!(times, [5, 3, 1], "A, B, and A again");
    assert_eq!(versions[0].hash, versions[2].hash);
}
