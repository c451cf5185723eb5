//! Rank to rows: any position of a million rows is a short read away.
//!
//! How many rows a filter and sort has, and the keys noted along its order, are kept until the
//! books change. Settled books answer as they are. While a first load changes the books several
//! times a second, a read does not wait for them to be taken anew: it takes the last ones, whose
//! ranks may be a few rows off, and one task at a time renews what was looked at. The rows
//! themselves are always those of the books as they are.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use sqlx::SqliteConnection;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

use super::filter::Search;
use super::listing::{Key, Listing, anchors, count, from_anchor, from_end, passing, whole};
use super::{Direction, MAX_PAGE_ROWS};
use crate::books::Books;
use crate::error::Result;
use crate::readers::{Reader, Readers};

/// Up to this rank a read counts from the end of the table, without noted keys.
const NEAR: u64 = 512;
/// Up to this many rows the order is kept as a whole: 64 KB.
const FEW: u64 = if cfg!(test) { 16 } else { 8_192 };
/// Filters and sorts that are kept.
const KEPT: usize = 24;
/// What was taken is renewed after so many times as long as that took, and no earlier or later
/// than these.
const REST: u32 = if cfg!(test) { 0 } else { 10 };
const REST_AT_LEAST: Duration = Duration::from_millis(if cfg!(test) { 0 } else { 250 });
const REST_AT_MOST: Duration = Duration::from_secs(5);

/// What the cache needs to know of the books' state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    pub(crate) data_version: u64,
    pub(crate) settled: bool,
}

impl State {
    pub(crate) fn search(self) -> Search {
        if self.settled {
            Search::Built
        } else {
            Search::NotYet
        }
    }
}

/// What is kept of a listing, as of one state of the books.
#[derive(Clone)]
struct Taken {
    data_version: u64,
    total: u64,
    anchors: Option<Arc<Vec<Key>>>,
    /// The numbers of all rows in their order, where they are few or no index holds the order.
    whole: Option<Arc<Vec<i64>>>,
    at: Instant,
    cost: Duration,
}

#[derive(Default)]
struct Entry {
    taken: Option<Taken>,
    /// Somebody read where noted keys are of use.
    deep: bool,
    renewal: Option<JoinHandle<()>>,
}

type Shared = Arc<tokio::sync::Mutex<Entry>>;

/// The listings that were looked at last.
pub(crate) struct RankCache {
    entries: Mutex<VecDeque<(String, Shared)>>,
    /// Renewals go one at a time: reads come first.
    turn: Arc<Semaphore>,
}

impl Default for RankCache {
    fn default() -> Self {
        Self {
            entries: Mutex::default(),
            turn: Arc::new(Semaphore::new(1)),
        }
    }
}

impl RankCache {
    fn entries(&self) -> MutexGuard<'_, VecDeque<(String, Shared)>> {
        // A panic elsewhere leaves a list that is whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn entry(&self, key: String) -> Shared {
        let mut entries = self.entries();
        if let Some(position) = entries.iter().position(|(known, _)| *known == key)
            && let Some(found) = entries.remove(position)
        {
            let entry = Arc::clone(&found.1);
            entries.push_front(found);
            return entry;
        }
        let entry = Shared::default();
        entries.push_front((key, Arc::clone(&entry)));
        entries.truncate(KEPT);
        entry
    }

    /// Of orders that are kept as a whole, one at most is large: 8 MB for a million rows.
    fn drop_large(&self, but: &Shared) {
        let entries = self.entries();
        for (_, entry) in entries.iter().filter(|(_, entry)| !Arc::ptr_eq(entry, but)) {
            if let Ok(mut entry) = entry.try_lock()
                && entry.taken.as_ref().is_some_and(Taken::is_large)
            {
                entry.taken = None;
            }
        }
    }

    /// Waits until nothing is being renewed.
    #[cfg(test)]
    pub(crate) async fn renewed(&self) {
        let entries: Vec<Shared> = self.entries().iter().map(|(_, e)| Arc::clone(e)).collect();
        for entry in entries {
            let renewal = entry.lock().await.renewal.take();
            if let Some(renewal) = renewal {
                renewal.await.expect("a renewal ends");
            }
        }
    }
}

impl Taken {
    async fn take(
        connection: &mut SqliteConnection,
        listing: &dyn Listing,
        data_version: u64,
        deep: bool,
    ) -> Result<Self> {
        let since = Instant::now();
        let counted = match listing.has_order() {
            true => Some(count(connection, listing).await?),
            false => None,
        };
        let order = match counted {
            Some(total) if total > FEW => None,
            _ => Some(Arc::new(whole(connection, listing).await?)),
        };
        let total = match &order {
            Some(order) => order.len() as u64,
            None => counted.unwrap_or(0),
        };
        let anchors = match deep && order.is_none() {
            true => Some(Arc::new(anchors(connection, listing).await?)),
            false => None,
        };
        Ok(Self {
            data_version,
            total,
            anchors,
            whole: order,
            at: Instant::now(),
            cost: since.elapsed(),
        })
    }

    fn is_large(&self) -> bool {
        let whole = self.whole.as_ref();
        whole.is_some_and(|whole| whole.len() as u64 > FEW)
    }

    fn is_due(&self) -> bool {
        self.at.elapsed() >= (self.cost * REST).clamp(REST_AT_LEAST, REST_AT_MOST)
    }
}

/// What a read by rank needs beside its connection.
struct Ranks<'a> {
    cache: &'a RankCache,
    readers: &'a Arc<Readers>,
    state: State,
    listing: Arc<dyn Listing>,
}

impl Ranks<'_> {
    /// What is kept of the listing; taken now where nothing is, or where the books are settled
    /// and it is of an earlier state.
    async fn taken(&self, connection: &mut SqliteConnection, shared: &Shared) -> Result<Taken> {
        let mut entry = shared.lock().await;
        if let Some(taken) = entry.taken.clone() {
            if taken.data_version == self.state.data_version {
                return Ok(taken);
            }
            if !self.state.settled {
                if taken.is_due() {
                    self.renew(shared, &mut entry);
                }
                return Ok(taken);
            }
        }
        let version = self.state.data_version;
        let taken = Taken::take(connection, &*self.listing, version, false).await?;
        if taken.is_large() {
            self.cache.drop_large(shared);
        }
        entry.taken = Some(taken.clone());
        Ok(taken)
    }

    /// Somebody reads far from both ends: keys are noted for the next time.
    async fn note_keys(&self, shared: &Shared) {
        let mut entry = shared.lock().await;
        entry.deep = true;
        if entry.taken.as_ref().is_some_and(|t| t.anchors.is_none()) {
            self.renew(shared, &mut entry);
        }
    }

    /// Takes everything anew behind the reader's back, on a connection of its own.
    fn renew(&self, shared: &Shared, entry: &mut Entry) {
        if entry
            .renewal
            .as_ref()
            .is_some_and(|task| !task.is_finished())
        {
            return;
        }
        let (readers, turn) = (Arc::clone(self.readers), Arc::clone(&self.cache.turn));
        let (listing, shared) = (Arc::clone(&self.listing), Arc::clone(shared));
        entry.renewal = Some(tokio::spawn(async move {
            let renewed = async {
                let _turn = turn.acquire().await;
                let deep = shared.lock().await.deep;
                let mut snapshot = readers.snapshot().await?;
                let version = crate::meta::data_version(&mut snapshot).await?;
                Taken::take(&mut snapshot, &*listing, version, deep).await
            };
            match renewed.await {
                Ok(taken) => shared.lock().await.taken = Some(taken),
                // The next read tries again, and says it where it cannot read either.
                Err(error) => tracing::debug!(%error, "a table was not counted anew"),
            }
        }));
    }

    /// How many rows pass, and the numbers of those with ranks `first..first + count`.
    async fn page(
        &self,
        connection: &mut SqliteConnection,
        direction: Direction,
        first: u64,
        count: u64,
    ) -> Result<(u64, Vec<i64>)> {
        let listing = &*self.listing;
        let shared = self.cache.entry(listing.cache_key());
        let taken = self.taken(connection, &shared).await?;
        let total = taken.total;
        let (from, to) = (first.min(total), first.saturating_add(count).min(total));
        let (low, high) = match direction {
            Direction::Ascending => (from, to),
            Direction::Descending => (total - to, total - from),
        };
        if low >= high {
            return Ok((total, Vec::new()));
        }
        let mut nums = if let Some(whole) = &taken.whole {
            let nums = part(whole, low, high);
            match taken.data_version == self.state.data_version {
                true => nums,
                false => passing(connection, listing, nums).await?,
            }
        } else {
            let far = low >= NEAR && total - high >= NEAR;
            if far && taken.anchors.is_none() {
                self.note_keys(&shared).await;
            }
            match taken.anchors {
                Some(anchors) if far => {
                    from_anchor(connection, listing, &anchors, low, high).await?
                }
                _ if low < total - high => {
                    from_end(connection, listing, false, low, high - low).await?
                }
                _ => {
                    let skip = total - high;
                    let mut nums = from_end(connection, listing, true, skip, high - low).await?;
                    nums.reverse();
                    nums
                }
            }
        };
        if direction == Direction::Descending {
            nums.reverse();
        }
        Ok((total, nums))
    }
}

/// Ranks `low..high` of an order.
fn part(whole: &[i64], low: u64, high: u64) -> Vec<i64> {
    let place = |rank: u64| usize::try_from(rank).map_or(whole.len(), |n| n.min(whole.len()));
    whole
        .get(place(low)..place(high))
        .unwrap_or_default()
        .to_vec()
}

/// A part of a listing, and the snapshot that it was read in.
pub(super) struct Part {
    pub(super) snapshot: Reader,
    /// All rows that pass.
    pub(super) total: u64,
    /// The rows' numbers, in their order.
    pub(super) nums: Vec<i64>,
}

impl Books {
    /// The rows with ranks `first..first + count` of the listing that `listing` makes for the
    /// text search that there is. Dropping the future stops a pass that runs.
    pub(super) async fn part<L: Listing>(
        &self,
        listing: impl FnOnce(Search) -> L,
        direction: Direction,
        first: u64,
        count: u32,
    ) -> Result<Part> {
        let (mut snapshot, state) = self.stated().await?;
        let ranks = Ranks {
            cache: self.ranks(),
            readers: self.readers(),
            state,
            listing: Arc::new(listing(state.search())),
        };
        let count = u64::from(count.min(MAX_PAGE_ROWS));
        let (total, nums) = ranks.page(&mut snapshot, direction, first, count).await?;
        Ok(Part {
            snapshot,
            total,
            nums,
        })
    }

    /// A snapshot of the books, and what the tables' cache needs to know of it.
    pub(crate) async fn stated(&self) -> Result<(Reader, State)> {
        let (snapshot, (data_version, settled)): (_, (i64, bool)) = self
            .readers()
            .snapshot_with(
                "BEGIN; SELECT \
                 coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'data_version'), 0), \
                 coalesce((SELECT value = '1' FROM meta WHERE name = 'settled'), 0)",
            )
            .await?;
        let state = State {
            data_version: u64::try_from(data_version).unwrap_or(0),
            settled,
        };
        Ok((snapshot, state))
    }
}
