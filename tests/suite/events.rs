//! Following an account by its events: whatever happens to it and however its events fare, the
//! books end as the account is, object by object.

use std::sync::Arc;

use books::Books;
use simulator::{Options, Running};
use stripe::Gateway;
use sync::{Clock, Freshness, PollOutcome, SyncError};

use crate::load_company::{Shelf, assert_holds_truth, company, gateway, load, options};

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
