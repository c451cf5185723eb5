//! Faults of the event stream and of the account itself, each alone and all together.

use std::collections::{BTreeMap, BTreeSet};

use books::{Month, PROVEN_LISTS, ProofState, Reason};
use simulator::{StreamFaults, TruthKind};
use sync::ProofRequest;

use super::{DAY, HOUR, MINUTE, completeness, proven};
use crate::events::Followed;
use crate::load_company::options;

/// What goes wrong with four of ten events.
const OFTEN: u32 = 400;

fn dropped() -> StreamFaults {
    StreamFaults {
        drop: OFTEN,
        ..StreamFaults::default()
    }
}

/// Later than the polls look back: nothing reads such an event any more.
fn too_late() -> StreamFaults {
    StreamFaults {
        delay: OFTEN,
        delay_seconds: 2 * DAY,
        ..StreamFaults::default()
    }
}

fn late() -> StreamFaults {
    StreamFaults {
        delay: OFTEN,
        delay_seconds: 14 * MINUTE,
        ..StreamFaults::default()
    }
}

fn twice() -> StreamFaults {
    StreamFaults {
        duplicate: OFTEN,
        ..StreamFaults::default()
    }
}

/// In another order, all within one second: which was first is not known.
fn out_of_order() -> StreamFaults {
    StreamFaults {
        reorder: OFTEN,
        ..StreamFaults::default()
    }
}

fn late_and_twice_and_out_of_order() -> StreamFaults {
    StreamFaults {
        duplicate: OFTEN,
        reorder: OFTEN,
        ..late()
    }
}

/// Polls are enough as long as every event shows within the overlap.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_repeated_and_reordered_events_need_no_proof() {
    for (words, faults) in [
        ("late", late()),
        ("twice", twice()),
        ("out of order", out_of_order()),
        ("together", late_and_twice_and_out_of_order()),
    ] {
        let followed = Followed::of(options(30, 71)).await;
        followed.sim.set_stream_faults(faults);
        for (round, pause) in [(1, 0), (2, MINUTE), (3, HOUR), (4, 3 * DAY)] {
            followed.sim.mutate(25, round);
            followed.sim.advance(pause);
            followed.poll().await;
        }
        let log = followed.sim.stream_log();
        assert!(
            log.delayed + log.duplicated + log.reordered > 20,
            "{words}: {log:?}"
        );
        // What is late has shown by then.
        followed.sim.advance(15 * MINUTE);
        followed.poll().await;
        followed.assert_whole(words).await;
        completeness(&followed).await;
    }
}

/// A fault beside the stream.
#[derive(Clone, Copy, PartialEq)]
enum Silent {
    Nothing,
    Altered,
    Deleted,
    Both,
}

fn befall(followed: &Followed, silent: Silent, round: u64) {
    if matches!(silent, Silent::Altered | Silent::Both) {
        followed.sim.mutate_silently(10, round);
    }
    if matches!(silent, Silent::Deleted | Silent::Both) {
        for kind in [TruthKind::Customer, TruthKind::Invoice, TruthKind::Charge] {
            followed.sim.delete_silently(kind, 1, round);
        }
    }
}

/// For five weeks things go wrong; then everything is due to be proven by its age.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_befalls_events_and_objects_the_due_proof_leaves_the_truth() {
    let moved = StreamFaults {
        reorder: OFTEN,
        reorder_seconds: 90,
        ..StreamFaults::default()
    };
    let altered = StreamFaults {
        alter: OFTEN,
        ..StreamFaults::default()
    };
    let all = StreamFaults {
        delay: 300,
        delay_seconds: 2 * DAY,
        duplicate: 300,
        drop: 200,
        alter: 200,
        ..moved.clone()
    };
    for (words, faults, silent) in [
        ("dropped", dropped(), Silent::Nothing),
        ("too late", too_late(), Silent::Nothing),
        ("misdated", moved, Silent::Nothing),
        ("altered on their way", altered, Silent::Nothing),
        ("altered", StreamFaults::default(), Silent::Altered),
        ("deleted", StreamFaults::default(), Silent::Deleted),
        ("together", all, Silent::Both),
    ] {
        let followed = Followed::of(options(25, 72)).await;
        followed.sim.set_stream_faults(faults);
        for round in 1..=6 {
            followed.sim.mutate(15, round);
            befall(&followed, silent, round);
            followed.sim.advance(6 * DAY);
            followed.poll().await;
            completeness(&followed).await;
        }
        let before = completeness(&followed).await;
        assert_ne!(before.state, ProofState::Green, "{words}: proofs are due");
        let outcome = proven(&followed, ProofRequest::Due { reads: 100_000 }).await;
        assert!(outcome.differences > 0, "{words}: {outcome:?}");
        assert_eq!(
            (outcome.open, outcome.mended),
            (0, outcome.differences),
            "{words}"
        );
        followed.poll().await;
        followed.assert_whole(words).await;
        let after = completeness(&followed).await;
        assert_eq!(
            after.state,
            ProofState::Green,
            "{words}: {:?}",
            after.reasons
        );
    }
}

/// What an object is, by its list, month and id.
type Objects = BTreeMap<(&'static str, Month, String), Vec<u8>>;

fn objects(followed: &Followed) -> Objects {
    let truth = followed.sim.truth();
    let mut objects = Objects::new();
    for (kind, list) in [
        (TruthKind::Customer, "customers"),
        (TruthKind::Invoice, "invoices"),
        (TruthKind::InvoicePayment, "invoice_payments"),
        (TruthKind::PaymentIntent, "payment_intents"),
        (TruthKind::Charge, "charges"),
        (TruthKind::CreditNote, "credit_notes"),
        (TruthKind::Refund, "refunds"),
        (TruthKind::Subscription, "subscriptions"),
    ] {
        let by_month = PROVEN_LISTS.iter().any(|it| it.name == list && it.by_month);
        for json in truth.objects(kind) {
            let object: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
            let created = object["created"].as_i64().expect("a time");
            let month = match by_month {
                true => Month::of(created),
                false => Month::WHOLE,
            };
            let id = object["id"].as_str().expect("an id").to_owned();
            objects.insert((list, month, id), json);
        }
    }
    objects
}

/// The lists and months in which something is otherwise.
fn differing(before: &Objects, after: &Objects) -> BTreeSet<(&'static str, Month)> {
    let ids: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    ids.into_iter()
        .filter(|id| before.get(*id) != after.get(*id))
        .map(|(list, month, _)| (*list, *month))
        .collect()
}

/// The bound, for every long list and every fault that leaves no trace in the stream: the next
/// proof of its month finds it, and only that one is needed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_trackless_fault_is_found_by_the_next_proof_of_its_month() {
    for (words, faults, silent) in [
        (
            "never told",
            StreamFaults {
                drop: 1_000,
                ..dropped()
            },
            Silent::Nothing,
        ),
        ("altered", StreamFaults::default(), Silent::Altered),
        ("deleted", StreamFaults::default(), Silent::Deleted),
    ] {
        let followed = Followed::of(options(25, 73)).await;
        let before = objects(&followed);
        followed.sim.advance(HOUR);
        followed.poll().await;
        assert!(
            differing(&before, &objects(&followed)).is_empty(),
            "{words}: a quiet hour"
        );
        followed.sim.set_stream_faults(faults);
        if silent == Silent::Nothing {
            followed.sim.mutate(12, 5);
        }
        befall(&followed, silent, 5);
        // Of what was made just before a proof began, an event may still be on its way.
        followed.sim.advance(16 * MINUTE);
        followed.poll().await;
        let after = objects(&followed);
        let expected = differing(&before, &after);
        assert!(expected.len() > 3, "{words}: {expected:?}");
        let places: BTreeSet<_> = before
            .keys()
            .chain(after.keys())
            .map(|(list, month, _)| (*list, *month))
            .collect();
        for (list, month) in places {
            let name = list.to_owned();
            let request = match month == Month::WHOLE {
                true => ProofRequest::List(name),
                false => ProofRequest::Month {
                    list: Some(name),
                    month,
                },
            };
            let outcome = proven(&followed, request).await;
            assert_eq!(
                outcome.differences > 0,
                expected.contains(&(list, month)),
                "{words}: {list} {month}: {outcome:?}"
            );
            assert_eq!(outcome.open, 0, "{words}: {list} {month}");
            completeness(&followed).await;
        }
        // What hangs on them (lines, balances) is whole by then; the rest has its own turn.
        proven(&followed, ProofRequest::All).await;
        followed.assert_whole(words).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_that_is_gone_costs_a_longer_walk_and_nothing_else() {
    let followed = Followed::of(options(30, 74)).await;
    followed.sim.mutate(30, 1);
    followed.sim.advance(20 * MINUTE);
    followed.poll().await;
    let at = followed.sim.now();
    let gone = books::EventCursor {
        id: Some("evt_gone".into()),
        at,
    };
    let gone = books::CursorWrite::Event(gone);
    followed
        .books
        .write_cursors(&[gone])
        .await
        .expect("written");
    followed.sim.mutate(30, 2);
    followed.sim.advance(5 * DAY);
    let polled = followed.poll().await;
    assert_eq!(polled.needs_full, None, "every event is still listed");
    followed.assert_whole("after a walk back").await;
}

/// Beyond 29 days Stripe's list of events may have lost something: everything is listed again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_that_were_away_too_long_are_proven_whole() {
    for away in [28 * DAY, 29 * DAY + HOUR, 80 * DAY] {
        let words = format!("away for {} days", away / DAY);
        let followed = Followed::of(options(25, 75)).await;
        followed.sim.mutate(20, 1);
        followed.sim.advance(away);
        let polled = followed.poll().await;
        let is_lost = away > 29 * DAY;
        assert_eq!(polled.needs_full.is_some(), is_lost, "{words}");
        if is_lost {
            let whole = completeness(&followed).await;
            let is_said = |reason: &Reason| matches!(reason, Reason::FullNeeded { .. });
            assert!(whole.reasons.iter().any(is_said), "{:?}", whole.reasons);
            assert_eq!(whole.state, ProofState::Red, "{words}: it says so");
            let again = followed.poll().await;
            assert!(again.needs_full.is_some(), "{words}: until it is proven");
            let outcome = proven(&followed, ProofRequest::All).await;
            assert_eq!(outcome.open, 0, "{words}: {outcome:?}");
        }
        followed.poll().await;
        followed.assert_whole(&words).await;
    }
}

/// What the key may not read is out of scope; it does not hold up what the rest was proven for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_that_were_away_too_long_are_whole_again_without_a_list_that_is_refused() {
    let followed = Followed::of(options(20, 76)).await;
    followed.sim.set_permission("rak_credit_note_read", false);
    followed.sim.mutate(20, 1);
    followed.sim.advance(35 * DAY);
    assert!(followed.poll().await.needs_full.is_some());
    let outcome = proven(&followed, ProofRequest::All).await;
    assert_eq!((outcome.open, outcome.refused.len()), (0, 1), "{outcome:?}");
    let polled = followed.poll().await;
    assert_eq!(
        polled.needs_full, None,
        "it is proven once, not again and again"
    );
    let whole = completeness(&followed).await;
    let is_full = |reason: &Reason| matches!(reason, Reason::FullNeeded { .. });
    assert!(!whole.reasons.iter().any(is_full), "{:?}", whole.reasons);
}
