//! A filtered and sorted table, and the statements that read it by rank.
//!
//! Few rows are sorted once and their numbers kept: then whatever index finds them serves. Many
//! rows are read along the index of the sort, which conditions must not lead away from: near
//! either end from that end; further in, one pass over the index notes the key of every 256th
//! row, and a read starts at the nearest noted key.

use std::collections::HashSet;

use sqlx::{QueryBuilder, Row as _, Sqlite, SqliteConnection};

use super::rows::json_rows;
use crate::error::Result;
use crate::record::{Cell, cell_at};

/// Rows between two noted keys.
const STRIDE: u64 = 256;

/// A filtered and sorted table.
pub(crate) trait Listing: Send + Sync + 'static {
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

/// The values by which a row is sorted, its number last.
pub(crate) type Key = Vec<Cell>;

/// How many rows there are.
pub(crate) async fn count(connection: &mut SqliteConnection, listing: &dyn Listing) -> Result<u64> {
    let mut query = count_query(listing);
    let total: i64 = query.build_query_scalar().fetch_one(connection).await?;
    Ok(u64::try_from(total).unwrap_or(0))
}

pub(crate) fn count_query(listing: &dyn Listing) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT count(*) ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    query
}

/// The numbers of all rows in their order. The plus signs keep the sort from choosing the index:
/// the conditions do.
pub(super) async fn whole(
    connection: &mut SqliteConnection,
    listing: &dyn Listing,
) -> Result<Vec<i64>> {
    let mut query = QueryBuilder::new("SELECT ");
    query.push(listing.num()).push(" ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    query.push(" ORDER BY ");
    for key in listing.keys() {
        query.push("+").push(*key).push(", ");
    }
    query.push("+").push(listing.num());
    Ok(query.build_query_scalar().fetch_all(connection).await?)
}

/// Those of `nums` that still pass, in their order.
pub(super) async fn passing(
    connection: &mut SqliteConnection,
    listing: &dyn Listing,
    nums: Vec<i64>,
) -> Result<Vec<i64>> {
    let mut query = QueryBuilder::new("SELECT ");
    query.push(listing.num()).push(" ");
    listing.push_from(&mut query);
    listing.push_where_in_order(&mut query);
    query.push(" AND ").push(listing.num());
    query.push(" IN (SELECT value FROM json_each(");
    query
        .push_bind(serde_json::json!(nums).to_string())
        .push("))");
    let found: Vec<i64> = query.build_query_scalar().fetch_all(connection).await?;
    let found: HashSet<i64> = found.into_iter().collect();
    Ok(nums.into_iter().filter(|num| found.contains(num)).collect())
}

fn push_order(query: &mut QueryBuilder<Sqlite>, listing: &dyn Listing, down: bool) {
    query.push(" ORDER BY ");
    let direction = if down { " DESC" } else { "" };
    for key in listing.keys() {
        query.push(*key).push(direction).push(", ");
    }
    query.push(listing.num()).push(direction);
}

pub(super) async fn from_end(
    connection: &mut SqliteConnection,
    listing: &dyn Listing,
    down: bool,
    skip: u64,
    count: u64,
) -> Result<Vec<i64>> {
    json_rows(connection, end_query(listing, down, skip, count)).await
}

pub(crate) fn end_query(
    listing: &dyn Listing,
    down: bool,
    skip: u64,
    count: u64,
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT json_group_array(num) FROM (SELECT ");
    query.push(listing.num()).push(" AS num ");
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
    query.push(")");
}

/// The keys of the rows with ranks 0, 256, 512, …: one pass in SQL, which hands out only those.
pub(super) async fn anchors(
    connection: &mut SqliteConnection,
    listing: &dyn Listing,
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

pub(crate) fn anchors_query(listing: &dyn Listing) -> QueryBuilder<Sqlite> {
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

pub(super) async fn from_anchor(
    connection: &mut SqliteConnection,
    listing: &dyn Listing,
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
    json_rows(connection, anchor_query(listing, anchor, skip, high - low)).await
}

pub(crate) fn anchor_query(
    listing: &dyn Listing,
    anchor: &[Cell],
    skip: u64,
    count: u64,
) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new("SELECT json_group_array(num) FROM (SELECT ");
    query.push(listing.num()).push(" AS num ");
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
