//! Requests that fail: for a while, for good, for one list.

use std::sync::Arc;
use std::time::Duration;

use simulator::Options;
use stripe::{ApiBase, ApiKey, Gateway, GatewayOptions, List, Pace};
use sync::{Freshness, ProofRequest, SyncError};
use tokio_util::sync::CancellationToken;

use super::{DAY, HOUR, MINUTE, completeness, proven};
use crate::events::Followed;
use crate::load_company::{
    Shelf, assert_holds_truth, company, faults, gateway, load, load_with, objects_in, options,
    patience, small_steps,
};

/// Three of ten requests fail, in every way that the simulated account knows, and its limits are
/// enforced.
const A_THIRD: &str = "429=3%,429-global=3%,429-concurrency=3%,429-bare=3%,500=4%,503=4%,\
                       reset-before=4%,reset-after=3%,truncate=3%,slow=0.5%,slow-by=20ms,\
                       limit=25/endpoint,limit=100/all";

/// A gateway that keeps to Stripe's limits, as for an account that is not on this machine.
fn polite(base_url: &str, key: &str) -> Gateway {
    let key = secrecy::SecretString::from(key.to_owned());
    let key = ApiKey::parse(&key).expect("a key");
    let base = ApiBase::parse(base_url).expect("loopback");
    let (retry, timeouts) = patience();
    let options = GatewayOptions {
        pace: Pace::live().with_share_percent(100),
        retry,
        timeouts,
        jitter_seed: 1,
        ..GatewayOptions::new(base, key)
    };
    Gateway::new(options).expect("a gateway")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_a_third_of_all_requests_failing_the_books_end_as_the_account_is() {
    let sim = Arc::new(company(options(12, 81)).await);
    sim.set_faults(faults(A_THIRD));
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = polite(&sim.base_url, &sim.restricted_key);
    let usual = gateway.stats();
    let over = CancellationToken::new();
    // It rises again as soon as it may, so that it is looked at all the while.
    let looking = async {
        let mut slower = false;
        while !slower && !over.is_cancelled() {
            let now = gateway.stats();
            slower = now.rate_per_s < usual.rate_per_s || now.concurrency < usual.concurrency;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        slower
    };
    let loading = async {
        let never = CancellationToken::new();
        let loaded = load_with(&gateway, &books, small_steps(), never).await;
        over.cancel();
        loaded
    };
    let (loaded, adapted) = tokio::join!(loading, looking);
    let loaded = loaded.expect("a load survives that");
    assert!(adapted, "the rate adapts");
    assert_eq!(loaded.objects, objects_in(&sim.truth()));
    assert_holds_truth(&books, &sim.truth(), "the first load").await;
    let stats = gateway.stats();
    let failed = stats.repeats * 100 / stats.requests;
    assert!((15..60).contains(&failed), "{failed} % were tried again");
    assert!(stats.throttled > 0);
    let followed = Followed::with(sim, gateway, books, shelf);
    for (round, pause) in [(1, MINUTE), (2, 20 * MINUTE), (3, 3 * DAY)] {
        followed.sim.mutate(12, round);
        followed.sim.advance(pause);
        followed.poll().await;
        followed.assert_whole(&format!("poll {round}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_during_a_load_ends_it_and_says_so() {
    let sim = company(options(40, 82)).await;
    sim.set_faults(faults("latency=2ms"));
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let revoking = async {
        while sim.requests() < 40 {
            tokio::task::yield_now().await;
        }
        sim.set_revoked(true);
    };
    let never = CancellationToken::new();
    let loading = load_with(&gateway, &books, small_steps(), never);
    let (ended, ()) = tokio::join!(loading, revoking);
    assert_refused(ended.map(drop));
    let before = sim.requests();
    assert_refused(load(&gateway, &books).await.map(drop));
    assert!(
        sim.requests() - before < 60,
        "a refused key is not tried again and again"
    );
    sim.set_revoked(false);
    let resumed = load(&gateway, &books).await.expect("it goes on");
    assert!(resumed.resumed && resumed.objects < objects_in(&sim.truth()));
    assert_holds_truth(&books, &sim.truth(), "with the key back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_revoked_between_polls_and_proofs_loses_nothing() {
    let followed = Followed::of(options(25, 83)).await;
    for (round, at) in (1..).zip([0, 1, 2, 4, 8]) {
        followed.sim.mutate(15, round);
        followed.sim.advance(20 * MINUTE);
        let before = followed.sim.requests();
        let over = CancellationToken::new();
        let revoking = async {
            while followed.sim.requests() < before + at && !over.is_cancelled() {
                tokio::task::yield_now().await;
            }
            followed.sim.set_revoked(true);
        };
        let polling = async {
            let ended = followed.try_poll(Freshness::Watched).await;
            over.cancel();
            ended
        };
        let (ended, ()) = tokio::join!(polling, revoking);
        if ended.is_err() {
            assert_refused(ended.map(drop));
        }
        assert_refused(followed.try_poll(Freshness::Watched).await.map(drop));
        followed.sim.set_revoked(false);
        followed.poll().await;
        followed
            .assert_whole(&format!("revoked at request {at}"))
            .await;
    }
}

/// An error that says what happened, and leaves what to do to whoever shows it.
fn assert_refused(ended: Result<(), SyncError>) {
    let Err(SyncError::Gateway(error)) = ended else {
        panic!("the key is refused: {ended:?}");
    };
    assert!(error.is_key_refused(), "{error}");
    let shown = desk::Error::from(SyncError::Gateway(error));
    assert_eq!(shown.code, desk::Code::KeyRefused);
    assert!(shown.why.contains("Expired API Key"), "{}", shown.why);
    assert!(shown.next.contains("replace"), "what to do: {}", shown.next);
}

/// Of each list alone: the others go on, the permission is named, and asking ends.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permission_taken_away_degrades_its_list_alone() {
    for (list, slug) in [
        (List::CreditNotes, "rak_credit_note_read"),
        (List::InvoiceItems, "rak_invoice_item_read"),
        (List::Charges, "rak_charge_read"),
        (List::Customers, "rak_customer_read"),
    ] {
        let words = list.as_str();
        // In a shape of old, an event carries no state: everything is read again.
        let event_api_version = "2022-11-15".to_owned();
        let old = Options {
            event_api_version,
            ..options(25, 84)
        };
        let followed = Followed::of(old).await;
        followed.sim.set_permission(slug, false);
        followed.sim.mutate(60, 1);
        followed.sim.advance(HOUR);
        let polled = followed.poll().await;
        let named: Vec<_> = polled.drain.refused.iter().map(|(list, _)| *list).collect();
        assert!(named.contains(&words), "{words}: {named:?}");
        assert!(
            polled
                .drain
                .refused
                .iter()
                .all(|(_, missing)| missing == slug),
            "{words}: {:?}",
            polled.drain.refused
        );
        let objects = polled.drain.refetched + polled.drain.payloads + polled.drain.failed;
        assert!(
            polled.reads <= 3 * objects,
            "{words}: {} reads",
            polled.reads
        );
        // Whatever is left undone is not asked for again and again.
        for _ in 0..3 {
            followed.sim.advance(MINUTE);
            let idle = followed.poll().await;
            assert!(
                idle.reads <= 2,
                "{words}: {} reads of an idle poll",
                idle.reads
            );
        }
        let whole = completeness(&followed).await;
        let state = |name: &str| {
            let lists = whole.lists.iter();
            lists
                .clone()
                .find(|it| it.list.name == name)
                .expect("there")
        };
        assert_eq!(state(words).refused.as_deref(), Some(slug), "{words}");
        let others = ["subscriptions", "products", "payouts"];
        assert!(
            others.iter().all(|name| state(name).refused.is_none()),
            "{words}"
        );
        followed.sim.set_permission(slug, true);
        let outcome = proven(&followed, ProofRequest::All).await;
        assert_eq!((outcome.open, outcome.refused.len()), (0, 0), "{words}");
        followed.sim.advance(16 * MINUTE);
        followed.poll().await;
        followed.assert_whole(words).await;
    }
}

/// A key that may not read events ends a poll at its first request, and names what is missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_may_not_read_events_polls_nothing_and_says_why() {
    let followed = Followed::of(options(15, 85)).await;
    followed.sim.set_permission("rak_event_read", false);
    followed.sim.mutate(10, 1);
    let before = followed.sim.requests();
    let ended = followed.try_poll(Freshness::Watched).await;
    let Err(SyncError::Gateway(error)) = ended else {
        panic!("it may not: {ended:?}");
    };
    assert_eq!(
        error.missing_permissions(),
        Some(["rak_event_read".to_owned()].as_slice())
    );
    assert_eq!(followed.sim.requests() - before, 1);
    proven(&followed, ProofRequest::All).await;
    assert_holds_truth(
        &followed.books,
        &followed.sim.truth(),
        "a proof needs no events",
    )
    .await;
}
