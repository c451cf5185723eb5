//! The first load against the simulated account: whole, exact, repeatable, and polite.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use simulator::{Options, Shape};
use stripe::{Grant, List, Mode};
use sync::{LoadProgress, Phase, SyncError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::load_company::{
    NOW, Shelf, assert_holds_truth, company, faults, gateway, load, load_with, objects_in, options,
    small_steps,
};

/// The most requests that are on their way side by side.
const AT_ONCE: u64 = 32;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_brings_every_object_and_a_second_one_changes_nothing() {
    let sim = company(options(60, 11)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let first = load(&gateway, &books).await.expect("the first load");
    let truth = sim.truth();
    assert_eq!(
        first.objects,
        objects_in(&truth),
        "each object is read once"
    );
    assert_eq!((first.undecodable, first.resumed), (0, false));
    assert_eq!(first.refused, vec![], "the key may read everything");
    assert_holds_truth(&books, &truth, "first load").await;
    let event = books
        .event_cursor()
        .await
        .expect("readable")
        .expect("stored");
    assert!(
        event.id.is_some_and(|id| id.starts_with("evt_")),
        "the newest event is known"
    );
    for state in books.lists().await.expect("lists") {
        assert_eq!(state.complete_as_of, Some(first.as_of), "{}", state.list);
    }
    let version = books.data_version();
    let second = load(&gateway, &books).await.expect("the second load");
    assert_eq!((second.new_versions, second.objects), (0, first.objects));
    assert_eq!(books.data_version(), version, "no table changed");
    assert_holds_truth(&books, &truth, "second load").await;
    let month = chrono::DateTime::from_timestamp(NOW, 0)
        .expect("a time")
        .format("%Y-%m");
    let counted = books.reads(&month.to_string()).await.expect("reads");
    assert_eq!(counted, first.reads + second.reads, "every read is counted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_child_lists_are_read_to_their_ends() {
    let shape = Shape::Uniform {
        invoices_per_customer: 2,
        lines: 230,
    };
    let sim = company(Options {
        shape,
        ..options(5, 3)
    })
    .await;
    let books = Shelf::new();
    let books = books.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    assert_holds_truth(&books, &sim.truth(), "230 lines an invoice").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_change_nothing_in_the_books() {
    for (seed, text) in [
        (1, "429=6%,429-bare=3%,429-global=2%"),
        (2, "500=5%,503=5%"),
        (3, "reset-before=5%,reset-after=5%,truncate=5%"),
        (4, "429-concurrency=4%,slow=2%,slow-by=50ms"),
        (
            5,
            "429=2%,429-bare=2%,500=2%,503=2%,reset-before=2%,reset-after=2%,truncate=2%",
        ),
    ] {
        let faults = faults(&format!("{text},seed={seed}"));
        let sim = company(Options {
            faults,
            ..options(40, seed)
        })
        .await;
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let gateway = gateway(&sim.base_url, &sim.restricted_key);
        let outcome = load_with(&gateway, &books, small_steps(), CancellationToken::new()).await;
        let outcome = outcome.unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(outcome.objects, objects_in(&sim.truth()), "{text}");
        assert_holds_truth(&books, &sim.truth(), text).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_list_degrades_itself_alone() {
    let without = vec![
        "rak_credit_note_read".to_owned(),
        "rak_charge_read".to_owned(),
    ];
    let sim = company(Options {
        restricted_without: without,
        ..options(30, 5)
    })
    .await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let restricted = gateway(&sim.base_url, &sim.restricted_key);
    let report = restricted.key_check().await.expect("a report");
    let missing: BTreeSet<_> = report
        .lists
        .iter()
        .filter(|grant| grant.grant != Grant::Granted)
        .map(|grant| grant.list)
        .collect();
    // Refunds are read by the charges' permission.
    assert_eq!(
        missing,
        BTreeSet::from([List::Charges, List::CreditNotes, List::Refunds])
    );
    let before = sim.requests();
    let outcome = load(&restricted, &books).await.expect("the others load");
    assert_eq!(
        outcome.refused,
        [
            (List::Charges, "rak_charge_read".to_owned()),
            (List::CreditNotes, "rak_credit_note_read".to_owned()),
            (List::Refunds, "rak_charge_read".to_owned()),
        ]
    );
    assert!(
        sim.requests() - before < outcome.requests + 3,
        "a refusal is taken for an answer"
    );
    let states = books.lists().await.expect("lists");
    let charges = states
        .iter()
        .find(|state| state.list == "charges")
        .expect("charges");
    assert_eq!(
        charges.complete_as_of, None,
        "what was never read is known to be missing"
    );
    let invoices = states
        .iter()
        .find(|state| state.list == "invoices")
        .expect("invoices");
    assert!(invoices.complete_as_of.is_some());
    let whole = gateway(&sim.base_url, &sim.secret_key);
    let outcome = load(&whole, &books)
        .await
        .expect("with a better key all is read");
    assert_eq!(outcome.refused, vec![], "the refusal is forgotten");
    assert_holds_truth(&books, &sim.truth(), "after the second key").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_list_is_asked_for_again_when_the_load_goes_on() {
    let without = vec!["rak_charge_read".to_owned()];
    let sim = company(Options {
        restricted_without: without,
        ..options(60, 13)
    })
    .await;
    sim.set_faults(faults("latency=10ms"));
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let cancel = CancellationToken::new();
    let stop = async {
        let refused = async || {
            let states = books.lists().await.expect("lists");
            states.iter().any(|state| state.refused.is_some())
        };
        while !refused().await {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cancel.cancel();
    };
    let restricted = gateway(&sim.base_url, &sim.restricted_key);
    let loading = load_with(&restricted, &books, small_steps(), cancel.clone());
    let (ended, ()) = tokio::join!(loading, stop);
    assert!(matches!(ended, Err(SyncError::Cancelled)), "{ended:?}");
    let whole = gateway(&sim.base_url, &sim.secret_key);
    let outcome = load(&whole, &books)
        .await
        .expect("with a better key it goes on");
    assert_eq!((outcome.resumed, outcome.refused), (true, vec![]));
    assert_holds_truth(&books, &sim.truth(), "refused, stopped, granted").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_revoked_midway_stops_cleanly() {
    let sim = company(options(60, 6)).await;
    sim.set_faults(faults("latency=5ms"));
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let revoke = async {
        while sim.requests() < 25 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        sim.set_revoked(true);
    };
    let loading = load_with(&gateway, &books, small_steps(), CancellationToken::new());
    let (outcome, ()) = tokio::join!(loading, revoke);
    let error = outcome.expect_err("the key is refused");
    assert!(
        matches!(&error, SyncError::Gateway(error) if error.is_key_refused()),
        "{error}"
    );
    let after = sim.requests();
    sim.set_revoked(false);
    let resumed = load(&gateway, &books)
        .await
        .expect("with the key back it goes on");
    assert!(resumed.resumed, "where it was");
    assert!(sim.requests() > after);
    assert_holds_truth(&books, &sim.truth(), "after a revoked key").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_that_is_stopped_asks_no_further_and_goes_on_where_it_was() {
    let sim = company(options(80, 7)).await;
    sim.set_faults(faults("latency=20ms"));
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let cancel = CancellationToken::new();
    let stop = async {
        while sim.requests() < 60 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cancel.cancel();
        sim.requests()
    };
    let loading = load_with(&gateway, &books, small_steps(), cancel.clone());
    let (ended, asked) = tokio::join!(loading, stop);
    assert!(matches!(ended, Err(SyncError::Cancelled)), "{ended:?}");
    let further = sim.requests() - asked;
    assert!(further <= AT_ONCE, "{further} requests after the stop");
    let resumed = load(&gateway, &books).await.expect("it goes on");
    assert!(resumed.resumed);
    assert!(
        resumed.objects < objects_in(&sim.truth()),
        "what was stored is not read again"
    );
    assert_holds_truth(&books, &sim.truth(), "after a stop").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_account_or_mode_is_refused_before_anything_is_written() {
    let sim = company(options(10, 8)).await;
    let other = company(options(10, 9)).await;
    let live = company(Options {
        livemode: true,
        ..options(10, 8)
    })
    .await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    load(&gateway(&sim.base_url, &sim.restricted_key), &books)
        .await
        .expect("a load");
    let version = books.data_version();
    let error = load(&gateway(&other.base_url, &other.restricted_key), &books).await;
    assert!(
        matches!(error, Err(SyncError::OtherAccount { .. })),
        "{error:?}"
    );
    let error = load(&gateway(&live.base_url, &live.restricted_key), &books).await;
    let refused = matches!(
        error,
        Err(SyncError::Mode {
            expected: Mode::Test,
            found: Mode::Live
        })
    );
    assert!(refused, "{error:?}");
    assert_eq!(books.data_version(), version, "nothing was written");
    assert_holds_truth(&books, &sim.truth(), "the books are as they were").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn progress_is_told_at_most_twenty_times_a_second_and_ends_at_the_end() {
    let sim = company(options(40, 10)).await;
    sim.set_faults(faults("latency=5ms"));
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let (sender, mut receiver) = watch::channel(LoadProgress::default());
    let started = Instant::now();
    let watching = tokio::spawn(async move {
        let mut told = 0_u32;
        while receiver.changed().await.is_ok() {
            told += 1;
        }
        let last = receiver.borrow().clone();
        (told, last)
    });
    let clock = Arc::new(|| NOW);
    let outcome = sync::backfill_with(
        &gateway,
        &books,
        clock,
        sender,
        CancellationToken::new(),
        small_steps(),
    )
    .await
    .expect("a load");
    let (told, last) = watching.await.expect("it watches");
    let most = 20 * (started.elapsed().as_secs() as u32 + 1) + 6;
    assert!(
        (2..=most).contains(&told),
        "told {told} times of at most {most}"
    );
    assert_eq!((last.phase, last.objects), (Phase::Done, outcome.objects));
    assert_eq!(last.lists.len(), List::LOADED.len());
    assert!(last.lists.iter().all(|list| list.done), "{:?}", last.lists);
    let sum: u64 = last.lists.iter().map(|list| list.objects).sum();
    assert_eq!(sum, outcome.objects);
    assert_eq!(last.seconds_left, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_enforced_limit_is_kept_to() {
    let sim = company(options(30, 12)).await;
    sim.set_faults(faults("limit=25/endpoint,limit=100/all,latency=20ms"));
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let key = secrecy::SecretString::from(sim.restricted_key.clone());
    let base = stripe::ApiBase::parse(&sim.base_url).expect("loopback");
    let key = stripe::ApiKey::parse(&key).expect("a key");
    let pace = stripe::Pace::live().with_share_percent(100);
    let options = stripe::GatewayOptions {
        pace,
        ..stripe::GatewayOptions::new(base, key)
    };
    let gateway = stripe::Gateway::new(options).expect("a gateway");
    let outcome = load_with(&gateway, &books, small_steps(), CancellationToken::new()).await;
    let outcome = outcome.expect("a load");
    let allowed = outcome.requests / 50 + 1;
    assert!(
        outcome.throttled <= allowed,
        "{} of {}",
        outcome.throttled,
        outcome.requests
    );
    assert_holds_truth(&books, &sim.truth(), "at Stripe's pace").await;
}
