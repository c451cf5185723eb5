//! Following an account by its events: whatever happens to it and however its events fare, the
//! books end as the account is, object by object.

use std::sync::Arc;

use books::{Books, EventOutcome};
use simulator::{Options, Running, TruthKind};
use stripe::Gateway;
use sync::{Clock, Freshness, PollOutcome, SyncError};
use tokio_util::sync::CancellationToken;

use crate::load_company::{
    Shelf, assert_holds_truth, company, faults, gateway, load, load_with, options, small_steps,
};

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// An account, and books that were loaded from it.
pub struct Followed {
    pub sim: Arc<Running>,
    pub gateway: Gateway,
    pub books: Books,
    _shelf: Shelf,
}

impl Followed {
    pub async fn of(options: Options) -> Self {
        let sim = Arc::new(company(options).await);
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let gateway = gateway(&sim.base_url, &sim.restricted_key);
        load(&gateway, &books).await.expect("the first load");
        Self::with(sim, gateway, books, shelf)
    }

    /// What was made and loaded elsewhere.
    pub fn with(sim: Arc<Running>, gateway: Gateway, books: Books, shelf: Shelf) -> Self {
        Self {
            sim,
            gateway,
            books,
            _shelf: shelf,
        }
    }

    /// The account's own time.
    pub fn clock(&self) -> Clock {
        let sim = Arc::clone(&self.sim);
        Arc::new(move || sim.now())
    }

    pub async fn try_poll(&self, freshness: Freshness) -> Result<PollOutcome, SyncError> {
        sync::poll_once(&self.gateway, &self.books, &self.clock(), freshness).await
    }

    pub async fn poll(&self) -> PollOutcome {
        let polled = self.try_poll(Freshness::Watched).await;
        polled.expect("a poll")
    }

    pub async fn assert_whole(&self, hint: &str) {
        assert_holds_truth(&self.books, &self.sim.truth(), hint).await;
        let waiting = self.books.waiting_event_count().await.expect("a count");
        assert_eq!(waiting, 0, "{hint}: no event waits");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_books_follow_an_account_by_its_events() {
    let followed = Followed::of(options(60, 21)).await;
    for (round, pause) in [(1, MINUTE), (2, 20 * MINUTE), (3, 2 * DAY), (4, 20 * DAY)] {
        followed.sim.mutate(40, round);
        followed.sim.advance(pause);
        let polled = followed.poll().await;
        assert!(polled.events > 0, "round {round}: something happened");
        followed.assert_whole(&format!("round {round}")).await;
    }
}

/// What happened before the first load is in the log, for a read a hundred events and none
/// besides; nobody is asked to explain it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_begins_with_what_stripe_still_tells_of_the_time_before() {
    let sim = Arc::new(company(options(40, 23)).await);
    sim.mutate(60, 1);
    sim.advance(2 * HOUR);
    let told = sim.truth().ids(TruthKind::Event);
    assert!(told.len() > 100, "more than a page: {}", told.len());
    let shelf = Shelf::new();
    let (books, gateway) = (
        shelf.open().await,
        gateway(&sim.base_url, &sim.restricted_key),
    );
    load(&gateway, &books).await.expect("the first load");
    let held = books.counts().await.expect("counts");
    let followed = Followed::with(sim, gateway, books, shelf);
    let polled = followed.poll().await;
    assert_eq!(polled.events + polled.history, told.len() as u64);
    let (pages, others) = (told.len().div_ceil(100) as u64, polled.pages);
    assert!(
        polled.reads <= pages + others,
        "a read a page and no other: {polled:?}"
    );
    assert_eq!(followed.books.counts().await.expect("counts"), held);
    for id in &told {
        let row = followed.books.event(id).await.expect("in the log").row;
        assert_eq!(row.outcome, EventOutcome::Held, "{id}");
    }
    assert_eq!(followed.books.unexplained().await.expect("a count"), 0);
    let idle = followed.poll().await;
    assert_eq!((idle.history, idle.reads), (0, 1), "once and for all");
    followed.sim.mutate(40, 2);
    followed.sim.advance(HOUR);
    assert!(followed.poll().await.events > 0);
    let unexplained = followed.books.unexplained().await.expect("a count");
    assert!(unexplained > 0, "what is done from now on is asked for");
    followed.assert_whole("after the first load").await;
}

/// What comes in the second in which the load begins may be missing from what it reads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_as_the_first_load_begins_is_no_history() {
    let sim = Arc::new(company(options(30, 24)).await);
    sim.set_faults(faults("latency=1ms"));
    let shelf = Shelf::new();
    let (books, gateway) = (
        shelf.open().await,
        gateway(&sim.base_url, &sim.restricted_key),
    );
    let over = CancellationToken::new();
    let changing = async {
        let mut seen = sim.requests();
        while !over.is_cancelled() {
            if sim.requests() >= seen + 8 {
                seen = sim.requests();
                sim.mutate(6, seen);
            }
            tokio::task::yield_now().await;
        }
    };
    let loading = async {
        let never = CancellationToken::new();
        let loaded = load_with(&gateway, &books, small_steps(), never).await;
        over.cancel();
        loaded
    };
    let (loaded, ()) = tokio::join!(loading, changing);
    loaded.expect("the first load");
    let followed = Followed::with(sim, gateway, books, shelf);
    followed.poll().await;
    followed
        .assert_whole("what happened while it was read")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_poll_costs_one_read_and_changes_nothing() {
    let followed = Followed::of(options(20, 22)).await;
    followed.sim.advance(HOUR);
    followed.poll().await;
    let version = followed.books.data_version();
    for _ in 0..3 {
        let polled = followed.poll().await;
        assert_eq!((polled.events, polled.pages, polled.reads), (0, 1, 1));
    }
    assert_eq!(followed.books.data_version(), version, "no table changed");
}
