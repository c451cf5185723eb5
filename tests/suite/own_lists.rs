//! What Stripe lists for one customer alone: entries of balances, and how customers pay. Events keep
//! it fresh, and proofs find and count what no event told of.

use std::collections::BTreeSet;

use books::{BALANCE_ENTRIES, Ledger as _, MonthProof, PAYMENT_METHODS, Raw, Source};
use bytes::Bytes;
use objects::Kind;
use simulator::TruthKind;
use sync::{ProofOutcome, ProofRequest, refresh_payment_methods};

use crate::events::Followed;
use crate::load_company::options;
use crate::proofs::prove;

const HOUR: u32 = 3_600;

async fn proven(followed: &Followed, list: &str) -> ProofOutcome {
    let request = ProofRequest::List(list.to_owned());
    asked(followed, request).await
}

async fn asked(followed: &Followed, request: ProofRequest) -> ProofOutcome {
    let (sim, gateway, books) = (&followed.sim, &followed.gateway, &followed.books);
    let cost = sync::proof_cost(books, &request, sim.now()).await;
    let (steps, cancel) = Default::default();
    let outcome = prove(sim, gateway, books, request, steps, cancel).await;
    let outcome = outcome.expect("a proof");
    // What is found on the way, and events of meanwhile, take a few reads more.
    let (said, found) = (
        cost.expect("a price"),
        outcome.differences + outcome.explained,
    );
    assert!(
        outcome.reads <= said + found + 10,
        "{said} were said: {outcome:?}"
    );
    outcome
}

async fn known(followed: &Followed, list: &str) -> MonthProof {
    let whole = followed.books.completeness(followed.sim.now()).await;
    let lists = whole.expect("answered").lists;
    let list = lists.into_iter().find(|it| it.list.name == list);
    list.expect("a list that is proven").months.remove(0)
}

/// Every customer who has a payment method.
fn payers(followed: &Followed) -> BTreeSet<String> {
    let truth = followed.sim.truth();
    let owner = |json: Vec<u8>| {
        let method: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        method["customer"].as_str().expect("an owner").to_owned()
    };
    truth.objects(TruthKind::PaymentMethod).map(owner).collect()
}

async fn ask(followed: &Followed, customer: &str) -> u64 {
    let (gateway, books) = (&followed.gateway, &followed.books);
    let read = refresh_payment_methods(gateway, books, &followed.clock(), customer).await;
    read.expect("payment methods")
}

/// Payment methods at Stripe that the books hold in another state, or not.
async fn differing(followed: &Followed) -> u64 {
    let raws: Vec<Raw> = (followed.sim.truth().objects(TruthKind::PaymentMethod))
        .map(|json| Raw::Object {
            kind: Kind::PaymentMethod,
            json: Bytes::from(json),
        })
        .collect();
    let prepared = followed.books.prepare(raws);
    let (now, source) = (followed.sim.now(), Source::Backfill);
    let applied = followed.books.apply(prepared, source, now, &[]).await;
    applied.expect("applied").new_versions
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn entries_of_balances_that_were_missed_count_as_differences() {
    let followed = Followed::of(options(150, 23)).await;
    followed.sim.advance(HOUR);
    followed.poll().await;
    let moved = followed.sim.move_balances_silently(700) as u64;
    assert!(moved > 0, "some have a balance");
    // Later than an event about them could come.
    followed.sim.advance(HOUR);
    let outcome = proven(&followed, BALANCE_ENTRIES).await;
    let found = (outcome.differences, outcome.mended, outcome.open);
    assert_eq!(found, (2 * moved, 2 * moved, 0), "there and back, of each");
    let month = known(&followed, BALANCE_ENTRIES).await;
    assert_eq!((month.differences, month.mended), (2 * moved, 2 * moved));
    let rows = followed.books.ledger().rows(None, 1).await.expect("rows");
    assert_eq!(rows[0].kind, "proof.mended", "it says what it mended");
    assert_eq!(rows[0].payload["lists"][0], BALANCE_ENTRIES);
    assert_eq!(proven(&followed, BALANCE_ENTRIES).await.differences, 0);
    let all = asked(&followed, ProofRequest::All).await;
    assert_eq!(all.differences, 0, "{all:?}");
    followed.assert_whole("moved and moved back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_methods_of_nobody_asked_for_are_not_kept_and_cost_no_read() {
    let followed = Followed::of(options(30, 91)).await;
    for round in 1..=3 {
        followed.sim.mutate(60, round);
        followed.sim.advance(HOUR);
        followed.poll().await;
    }
    let kind = Kind::PaymentMethod;
    for id in followed.sim.truth().ids(TruthKind::PaymentMethod) {
        let held = followed.books.versions(&[(kind, &id)], 1).await;
        assert_eq!(held.expect("read"), [], "{id}");
    }
    let outcome = proven(&followed, PAYMENT_METHODS).await;
    assert_eq!((outcome.differences, outcome.open), (0, 0));
    assert!(outcome.reads <= 3, "events and the clock: {outcome:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_methods_that_were_asked_for_are_kept_by_events_and_by_proofs() {
    let followed = Followed::of(options(30, 92)).await;
    for customer in payers(&followed) {
        assert!(ask(&followed, &customer).await > 0, "{customer}");
        assert_eq!(ask(&followed, &customer).await, 0, "once");
    }
    let asked_for = payers(&followed);
    for round in 1..=3 {
        followed.sim.mutate(60, round);
        followed.sim.advance(HOUR);
        followed.poll().await;
    }
    for customer in payers(&followed).difference(&asked_for) {
        ask(&followed, customer).await;
    }
    let kept = proven(&followed, PAYMENT_METHODS).await;
    assert_eq!((kept.differences, kept.open), (0, 0), "by events: {kept:?}");
    assert_eq!(differing(&followed).await, 0, "by events");
    followed.sim.mutate_silently(80, 9);
    followed.sim.advance(HOUR);
    let found = proven(&followed, PAYMENT_METHODS).await;
    assert!(found.differences > 0, "{found:?}");
    assert_eq!((found.mended, found.open), (found.differences, 0));
    assert_eq!(
        known(&followed, PAYMENT_METHODS).await.differences,
        found.differences
    );
    assert_eq!(proven(&followed, PAYMENT_METHODS).await.differences, 0);
    // Nobody has asked for those of customers who are new.
    for customer in payers(&followed).difference(&asked_for) {
        ask(&followed, customer).await;
    }
    assert_eq!(differing(&followed).await, 0, "mended");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_that_may_not_be_read_are_out_of_scope_alone() {
    const SLUG: &str = "rak_payment_method_read";
    let old = simulator::Options {
        // In a shape of old, an event carries no state: it is read again.
        event_api_version: "2022-11-15".to_owned(),
        ..options(30, 93)
    };
    let followed = Followed::of(old).await;
    for customer in payers(&followed) {
        ask(&followed, &customer).await;
    }
    followed.sim.set_permission(SLUG, false);
    followed.sim.mutate(80, 1);
    followed.sim.advance(HOUR);
    let polled = followed.poll().await;
    assert_eq!(
        polled.drain.refused,
        [(PAYMENT_METHODS, SLUG.to_owned())],
        "{polled:?}"
    );
    for _ in 0..3 {
        followed.sim.advance(60);
        let idle = followed.poll().await;
        assert!(idle.reads <= 2, "it is not asked for again: {idle:?}");
    }
    let outcome = asked(&followed, ProofRequest::All).await;
    assert_eq!(outcome.refused, [(PAYMENT_METHODS, SLUG.to_owned())]);
    assert_eq!(outcome.open, 0, "{outcome:?}");
    let whole = followed.books.completeness(followed.sim.now()).await;
    let whole = whole.expect("answered");
    assert_eq!(whole.state, books::ProofState::Green, "{:?}", whole.reasons);
    followed.sim.set_permission(SLUG, true);
    let outcome = asked(&followed, ProofRequest::All).await;
    assert_eq!((outcome.open, outcome.refused.len()), (0, 0), "{outcome:?}");
    let customers: Vec<String> = payers(&followed).into_iter().collect();
    for customer in customers {
        ask(&followed, &customer).await;
    }
    assert_eq!(differing(&followed).await, 0);
}
