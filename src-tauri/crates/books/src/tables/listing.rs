//! Rank to key: a sparse index over a filtered and sorted table, so that any position of a
//! million rows is a short read away.
//!
//! Near either end rows are read from that end. Further in, one pass over the sorted table notes
//! the key of every 256th row; a read starts at the nearest noted key. What was noted is kept per
//! filter and sort until the books change.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::Direction;
use crate::error::Result;
use crate::record::{Cell, cell_at};

/// Rows between two noted keys.
const STRIDE: u64 = 256;
/// Up to this rank a read counts from the end of the table, without an index.
const NEAR: u64 = 2_048;
/// Filters and sorts whose index is kept.
const KEPT: usize = 24;
/// While a first load changes the books several times a second, an index is used for up to ten
/// times as long as it took to build, and never longer than this.
const STALE_AT_MOST: Duration = Duration::from_secs(5);

/// A filtered and sorted table.
pub(crate) trait Listing {
    /// What tells this filter and sort from every other, for the cache.
    fn cache_key(&self) -> String;
    /// `FROM …`, without a WHERE.
    fn push_from(&self, query: &mut QueryBuilder<Sqlite>);
    /// ` WHERE …`, always with at least one condition.
    fn push_where(&self, query: &mut QueryBuilder<Sqlite>);
    /// The expressions by which it is sorted, without the row's number.
    fn keys(&self) -> &'static [&'static str];
    /// The expression of the row's number.
    fn num(&self) -> &'static str;
}

type Key = Vec<Cell>;

#[derive(Default)]
struct Counted {
    data_version: u64,
    total: Option<u64>,
    anchors: Option<Arc<Vec<Key>>>,
    at: Option<Instant>,
    cost: Duration,
}

type Entry = Arc<tokio::sync::Mutex<Counted>>;

/// The indexes of the tables that were looked at last.
#[derive(Default)]
pub(crate) struct RankCache {
    entries: Mutex<VecDeque<(String, Entry)>>,
}

impl RankCache {
    fn entry(&self, key: String) -> Entry {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(position) = entries.iter().position(|(known, _)| *known == key)
            && let Some(found) = entries.remove(position)
        {
            let entry = Arc::clone(&found.1);
            entries.push_front(found);
            return entry;
        }
        let entry = Entry::default();
        entries.push_front((key, Arc::clone(&entry)));
        entries.truncate(KEPT);
        entry
    }
}

impl Counted {
    /// Forgets what no longer holds.
    fn refresh(&mut self, data_version: u64, may_be_stale: bool) {
        let young = self
            .at
            .is_some_and(|at| at.elapsed() < (self.cost * 10).min(STALE_AT_MOST));
        if self.data_version != data_version && !(may_be_stale && young) {
            *self = Self {
                data_version,
                ..Self::default()
            };
        }
    }

    fn spent(&mut self, since: Instant) {
        self.cost += since.elapsed();
        self.at = Some(Instant::now());
    }
}

/// What the cache needs to know of the books' state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct State {
    pub(crate) data_version: u64,
    pub(crate) settled: bool,
}

/// The number of rows that pass.
pub(crate) async fn count(
    connection: &mut SqliteConnection,
    cache: &RankCache,
    state: State,
    listing: &(dyn Listing + Send + Sync),
) -> Result<u64> {
    let entry = cache.entry(listing.cache_key());
    let mut counted = entry.lock().await;
    counted.refresh(state.data_version, !state.settled);
    total(connection, &mut counted, listing).await
}

async fn total(
    connection: &mut SqliteConnection,
    counted: &mut Counted,
    listing: &(dyn Listing + Send + Sync),
) -> Result<u64> {
    if let Some(total) = counted.total {
        return Ok(total);
    }
    let since = Instant::now();
    let mut query = QueryBuilder::new("SELECT count(*) ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    let total: i64 = query.build_query_scalar().fetch_one(connection).await?;
    let total = u64::try_from(total).unwrap_or(0);
    counted.total = Some(total);
    counted.spent(since);
    Ok(total)
}

/// The numbers of the rows with ranks `first..first + count`, and how many rows there are.
/// Dropping the future stops a pass that runs.
pub(crate) async fn page(
    connection: &mut SqliteConnection,
    cache: &RankCache,
    state: State,
    listing: &(dyn Listing + Send + Sync),
    direction: Direction,
    first: u64,
    count: u64,
) -> Result<(u64, Vec<i64>)> {
    let entry = cache.entry(listing.cache_key());
    let (total, anchors, low, high) = {
        let mut counted = entry.lock().await;
        counted.refresh(state.data_version, !state.settled);
        let total = total(connection, &mut counted, listing).await?;
        let (from, to) = (first.min(total), first.saturating_add(count).min(total));
        let (low, high) = match direction {
            Direction::Ascending => (from, to),
            Direction::Descending => (total - to, total - from),
        };
        if low >= high {
            return Ok((total, Vec::new()));
        }
        let deep = low >= NEAR && total - high >= NEAR;
        if deep && counted.anchors.is_none() {
            let since = Instant::now();
            counted.anchors = Some(Arc::new(anchors(connection, listing).await?));
            counted.spent(since);
        }
        (
            total,
            deep.then(|| counted.anchors.clone()).flatten(),
            low,
            high,
        )
    };
    let mut nums = match anchors {
        Some(anchors) => from_anchor(connection, listing, &anchors, low, high).await?,
        None if low < NEAR => from_end(connection, listing, false, low, high - low).await?,
        None => {
            let mut nums = from_end(connection, listing, true, total - high, high - low).await?;
            nums.reverse();
            nums
        }
    };
    if direction == Direction::Descending {
        nums.reverse();
    }
    Ok((total, nums))
}

fn push_order(query: &mut QueryBuilder<Sqlite>, listing: &(dyn Listing + Send + Sync), down: bool) {
    query.push(" ORDER BY ");
    let direction = if down { " DESC" } else { "" };
    for key in listing.keys() {
        query.push(*key).push(direction).push(", ");
    }
    query.push(listing.num()).push(direction);
}

async fn from_end(
    connection: &mut SqliteConnection,
    listing: &(dyn Listing + Send + Sync),
    down: bool,
    skip: u64,
    count: u64,
) -> Result<Vec<i64>> {
    let mut query = QueryBuilder::new("SELECT ");
    query.push(listing.num()).push(" ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    push_order(&mut query, listing, down);
    push_window(&mut query, skip, count);
    Ok(query.build_query_scalar().fetch_all(connection).await?)
}

fn push_window(query: &mut QueryBuilder<Sqlite>, skip: u64, count: u64) {
    query
        .push(" LIMIT ")
        .push_bind(i64::try_from(count).unwrap_or(i64::MAX));
    query
        .push(" OFFSET ")
        .push_bind(i64::try_from(skip).unwrap_or(i64::MAX));
}

/// The keys of the rows with ranks 0, 256, 512, …: one pass in SQL, which hands out only those.
async fn anchors(
    connection: &mut SqliteConnection,
    listing: &(dyn Listing + Send + Sync),
) -> Result<Vec<Key>> {
    let keys = listing.keys();
    let mut query = QueryBuilder::new("SELECT ");
    for n in 0..keys.len() {
        query.push(format!("k{n}, "));
    }
    query.push("num FROM (SELECT ");
    for (n, key) in keys.iter().enumerate() {
        query.push(*key).push(format!(" AS k{n}, "));
    }
    query
        .push(listing.num())
        .push(" AS num, row_number() OVER (");
    push_order(&mut query, listing, false);
    query.push(") AS rank ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    query.push(format!(") WHERE rank % {STRIDE} = 1 ORDER BY rank"));
    let rows = query.build().fetch_all(connection).await?;
    rows.iter()
        .map(|row| {
            (0..row.len())
                .map(|n| Ok(cell_at(row, n)?))
                .collect::<Result<Key>>()
        })
        .collect()
}

async fn from_anchor(
    connection: &mut SqliteConnection,
    listing: &(dyn Listing + Send + Sync),
    anchors: &[Key],
    low: u64,
    high: u64,
) -> Result<Vec<i64>> {
    let nearest = usize::try_from(low / STRIDE).unwrap_or(usize::MAX);
    let nearest = nearest.min(anchors.len().saturating_sub(1));
    let Some(anchor) = anchors.get(nearest) else {
        return from_end(connection, listing, false, low, high - low).await;
    };
    let skip = low - (nearest as u64) * STRIDE;
    let mut query = QueryBuilder::new("SELECT ");
    query.push(listing.num()).push(" ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    // The first key alone finds the place in the index; all together are exact.
    if let (Some(key), Some(value)) = (listing.keys().first(), anchor.first()) {
        query.push(" AND ").push(*key).push(" >= ");
        push_cell(&mut query, value);
    }
    query.push(" AND (");
    for key in listing.keys() {
        query.push(*key).push(", ");
    }
    query.push(listing.num()).push(") >= (");
    for (n, value) in anchor.iter().enumerate() {
        if n > 0 {
            query.push(", ");
        }
        push_cell(&mut query, value);
    }
    query.push(")");
    push_order(&mut query, listing, false);
    push_window(&mut query, skip, high - low);
    Ok(query.build_query_scalar().fetch_all(connection).await?)
}

fn push_cell(query: &mut QueryBuilder<Sqlite>, cell: &Cell) {
    match cell {
        Cell::Null => query.push("NULL"),
        Cell::Int(value) => query.push_bind(*value),
        Cell::Text(value) => query.push_bind(value.clone()),
    };
}
