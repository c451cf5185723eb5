//! Rank to key: a sparse index over a filtered and sorted table, so that any position of a
//! million rows is a short read away.
//!
//! Few rows are sorted once and their numbers kept: then whatever index finds them serves. Many
//! rows are read along the index of the sort, which conditions must not lead away from: near
//! either end from that end; further in, one pass over the index notes the key of every 256th
//! row, and a read starts at the nearest noted key. What was noted is kept per filter and sort
//! until the books change.

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
/// Up to this many rows the order is kept as a whole: 64 KB.
const FEW: u64 = if cfg!(test) { 16 } else { 8_192 };
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
    /// The same for a read along the index of the sort: no condition offers another index.
    fn push_where_in_order(&self, query: &mut QueryBuilder<Sqlite>) {
        self.push_where(query);
    }
    /// Whether an index holds the order. Else all rows are sorted once and the order is kept.
    fn has_order(&self) -> bool {
        true
    }
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
    /// The numbers of all rows in their order, where they are few or no index holds the order.
    whole: Option<Arc<Vec<i64>>>,
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

    /// Of orders that are kept as a whole, one at most is large: 8 MB for a million rows.
    fn drop_large(&self, but: &Entry) {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, entry) in entries.iter().filter(|(_, entry)| !Arc::ptr_eq(entry, but)) {
            if let Ok(mut counted) = entry.try_lock()
                && counted
                    .whole
                    .as_ref()
                    .is_some_and(|whole| whole.len() as u64 > FEW)
            {
                counted.whole = None;
            }
        }
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
        if total <= FEW || !listing.has_order() {
            let whole = whole(connection, &mut counted, listing).await?;
            cache.drop_large(&entry);
            return Ok((total, part(&whole, low, high, direction)));
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

/// The numbers of all rows in their order. The plus signs keep the sort from choosing the index:
/// the conditions do.
async fn whole(
    connection: &mut SqliteConnection,
    counted: &mut Counted,
    listing: &(dyn Listing + Send + Sync),
) -> Result<Arc<Vec<i64>>> {
    if let Some(whole) = &counted.whole {
        return Ok(Arc::clone(whole));
    }
    let since = Instant::now();
    let mut query = QueryBuilder::new("SELECT ");
    query.push(listing.num()).push(" ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    query.push(" ORDER BY ");
    for key in listing.keys() {
        query.push("+").push(*key).push(", ");
    }
    query.push("+").push(listing.num());
    let whole: Arc<Vec<i64>> = Arc::new(query.build_query_scalar().fetch_all(connection).await?);
    counted.whole = Some(Arc::clone(&whole));
    counted.spent(since);
    Ok(whole)
}

/// Ranks `low..high` of an order.
fn part(whole: &[i64], low: u64, high: u64, direction: Direction) -> Vec<i64> {
    let place = |rank: u64| usize::try_from(rank).map_or(whole.len(), |n| n.min(whole.len()));
    let mut nums = whole
        .get(place(low)..place(high))
        .unwrap_or_default()
        .to_vec();
    if direction == Direction::Descending {
        nums.reverse();
    }
    nums
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
    let mut query = end_query(listing, down, skip, count);
    Ok(query.build_query_scalar().fetch_all(connection).await?)
}

pub(crate) fn end_query(
    listing: &(dyn Listing + Send + Sync),
    down: bool,
    skip: u64,
    count: u64,
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT ");
    query.push(listing.num()).push(" ");
    listing.push_from(&mut query);
    listing.push_where_in_order(&mut query);
    push_order(&mut query, listing, down);
    push_window(&mut query, skip, count);
    query
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
    let rows = anchors_query(listing).build().fetch_all(connection).await?;
    let mut anchors = rows
        .iter()
        .map(|row| {
            let key = (1..row.len())
                .map(|n| Ok(cell_at(row, n)?))
                .collect::<Result<Key>>()?;
            Ok((row.try_get::<i64, _>(0)?, key))
        })
        .collect::<Result<Vec<_>>>()?;
    anchors.sort_unstable_by_key(|(rank, _)| *rank);
    Ok(anchors.into_iter().map(|(_, key)| key).collect())
}

pub(crate) fn anchors_query(listing: &(dyn Listing + Send + Sync)) -> QueryBuilder<Sqlite> {
    let keys = listing.keys();
    let mut query = QueryBuilder::new("SELECT rank, ");
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
    listing.push_where_in_order(&mut query);
    query.push(format!(") WHERE rank % {STRIDE} = 1"));
    query
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
    let mut query = anchor_query(listing, anchor, skip, high - low);
    Ok(query.build_query_scalar().fetch_all(connection).await?)
}

pub(crate) fn anchor_query(
    listing: &(dyn Listing + Send + Sync),
    anchor: &[Cell],
    skip: u64,
    count: u64,
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT ");
    query.push(listing.num()).push(" ");
    listing.push_from(&mut query);
    listing.push_where_in_order(&mut query);
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
    push_window(&mut query, skip, count);
    query
}

fn push_cell(query: &mut QueryBuilder<Sqlite>, cell: &Cell) {
    match cell {
        Cell::Null => query.push("NULL"),
        Cell::Int(value) => query.push_bind(*value),
        Cell::Text(value) => query.push_bind(value.clone()),
    };
}
