//! The days of tenants, made of records: kept with every batch, and built again from the records
//! where a batch is reversed, the projections are rebuilt or the company's zone changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use billing::period::Zone;
use billing::usage::{Measure, Quantity};
use sqlx::SqliteConnection;

use super::local_days::LocalDays;
use super::{UsageEntry, UsageType};
use crate::bulk::{Rows, Statement};
use crate::error::{BooksError, Result};
use crate::meta;

const COLUMNS: usize = 7;
const INTO: &str = "INSERT INTO usage_day \
     (customer, type, day, quantity, unbillable, records, last_at) VALUES";

static FLOWS: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        INTO,
        COLUMNS,
        "ON CONFLICT (customer, type, day) DO UPDATE SET quantity = quantity + excluded.quantity, \
         unbillable = unbillable + excluded.unbillable, records = records + excluded.records, \
         last_at = max(last_at, excluded.last_at)",
    )
});

/// The later value stands; of values of one second the larger, billed or not.
static LEVELS: LazyLock<Statement> = LazyLock::new(|| {
    const LATER: &str = "(excluded.last_at, excluded.quantity + excluded.unbillable, \
         excluded.quantity) > (last_at, quantity + unbillable, quantity)";
    Statement::new(
        INTO,
        COLUMNS,
        &format!(
            "ON CONFLICT (customer, type, day) DO UPDATE SET \
             quantity = iif({LATER}, excluded.quantity, quantity), \
             unbillable = iif({LATER}, excluded.unbillable, unbillable), \
             records = records + excluded.records, last_at = max(last_at, excluded.last_at)"
        ),
    )
});

/// A tenant's day of a type: customer, type, day.
type Place = (i64, i64, i64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Value {
    last_at: i64,
    all: i64,
    quantity: i64,
    unbillable: i64,
}

/// What the records of a chunk add to days.
pub(super) struct Days<'a> {
    types: &'a [UsageType],
    local: &'a LocalDays,
    sums: BTreeMap<Place, (Value, i64)>,
}

impl<'a> Days<'a> {
    pub(super) fn new(types: &'a [UsageType], local: &'a LocalDays) -> Self {
        Self {
            types,
            local,
            sums: BTreeMap::new(),
        }
    }

    fn measure(&self, kind: i64) -> Measure {
        self.types
            .iter()
            .find(|held| held.num == kind)
            .map_or(Measure::Flow, |held| held.measure)
    }

    /// Adds a record that is new.
    pub(super) fn add(&mut self, customer: i64, kind: i64, row: &UsageEntry) -> Result<()> {
        let measure = self.measure(kind);
        let all = row.quantity.millionths();
        let (quantity, unbillable) = match row.unbillable {
            None => (all, 0),
            Some(_) => (0, all),
        };
        let value = Value {
            last_at: row.at,
            all,
            quantity,
            unbillable,
        };
        let place = (customer, kind, self.local.day(row.at));
        let Some((held, records)) = self.sums.get_mut(&place) else {
            self.sums.insert(place, (value, 1));
            return Ok(());
        };
        *records += 1;
        match measure {
            Measure::Level => *held = value.max(*held),
            Measure::Flow => {
                held.last_at = held.last_at.max(value.last_at);
                held.quantity = sum(held.quantity, value.quantity)?;
                held.unbillable = sum(held.unbillable, value.unbillable)?;
            }
        }
        Ok(())
    }

    /// Writes what was added, in the order of the table; says whose days these are.
    pub(super) async fn write(
        self,
        connection: &mut SqliteConnection,
        customers: &mut BTreeSet<i64>,
    ) -> Result<()> {
        let (mut flows, mut levels) = (Rows::new(&FLOWS), Rows::new(&LEVELS));
        for ((customer, kind, day), (value, records)) in &self.sums {
            customers.insert(*customer);
            let rows = match self.measure(*kind) {
                Measure::Flow => &mut flows,
                Measure::Level => &mut levels,
            };
            for cell in [*customer, *kind, *day, value.quantity, value.unbillable] {
                rows.int(cell);
            }
            rows.int(*records);
            rows.int(value.last_at);
            rows.end_row(connection).await?;
        }
        flows.finish(connection).await?;
        levels.finish(connection).await
    }
}

fn sum(a: i64, b: i64) -> Result<i64> {
    Quantity::from_millionths(a)
        .checked_add(Quantity::from_millionths(b))
        .map(Quantity::millionths)
        .map_err(|error| BooksError::invalid(format!("usage of one day: {error}")))
}

/// The rows of usage_day that the records of some places make. The places stand in the common
/// table `place (customer, type, day)`.
macro_rules! days_of_places {
    ($places:literal) => {
        concat!(
            "WITH place (customer, type, day) AS (",
            $places,
            "), record AS ( \
                 SELECT p.customer, p.type, p.day, t.level, r.at, r.quantity AS every, \
                     iif(r.unbillable IS NULL, r.quantity, 0) AS quantity, \
                     iif(r.unbillable IS NULL, 0, r.quantity) AS unbillable \
                 FROM place p CROSS JOIN usage_record r ON r.day = p.day \
                     AND r.customer = p.customer AND r.type = p.type \
                 JOIN usage_type t ON t.num = p.type) \
             INSERT INTO usage_day (customer, type, day, quantity, unbillable, records, last_at) \
             SELECT customer, type, day, sum(quantity), sum(unbillable), count(*), max(at) \
             FROM record WHERE level = 0 GROUP BY customer, type, day \
             UNION ALL \
             SELECT customer, type, day, quantity, unbillable, records, at FROM ( \
                 SELECT *, count(*) OVER (PARTITION BY customer, type, day) AS records, \
                     row_number() OVER (PARTITION BY customer, type, day \
                         ORDER BY at DESC, every DESC, quantity DESC) AS place \
                 FROM record WHERE level = 1) WHERE place = 1"
        )
    };
}

/// Builds the days again that stand in the temporary table `usage_touched`.
pub(super) async fn rebuild_touched(connection: &mut SqliteConnection) -> Result<()> {
    for sql in [
        "DELETE FROM usage_day WHERE (customer, type, day) IN \
         (SELECT customer, type, day FROM usage_touched)",
        days_of_places!("SELECT customer, type, day FROM usage_touched"),
    ] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Builds every day again from the records, one day at a time, so that memory does not grow with
/// their number.
pub(crate) async fn rebuild(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query("DELETE FROM usage_day")
        .execute(&mut *connection)
        .await?;
    let mut after = i64::MIN;
    loop {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT min(day) FROM usage_record WHERE day > ?1")
                .bind(after)
                .fetch_one(&mut *connection)
                .await?;
        let Some(day) = next else { break };
        sqlx::query(days_of_places!(
            "SELECT DISTINCT customer, type, day FROM usage_record WHERE day = ?1"
        ))
        .bind(day)
        .execute(&mut *connection)
        .await?;
        after = day;
    }
    let customers: Vec<i64> = sqlx::query_scalar("SELECT DISTINCT customer FROM usage_day")
        .fetch_all(&mut *connection)
        .await?;
    touched(connection, &customers).await
}

/// Tells what is made of days that those of these customers changed.
pub(super) async fn touched(connection: &mut SqliteConnection, customers: &[i64]) -> Result<()> {
    crate::usage_state::touched(connection, customers).await
}

/// The zone by whose days records are counted.
const USAGE_ZONE: &str = "usage_zone";

/// Counts the records into the days of another zone, where they are not counted so already.
pub(crate) async fn recount(connection: &mut SqliteConnection, zone: Zone) -> Result<()> {
    let held = meta::get(connection, USAGE_ZONE).await?;
    if held.as_deref() == Some(zone.name()) {
        return Ok(());
    }
    meta::put(connection, USAGE_ZONE, zone.name()).await?;
    let any: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM usage_record)")
        .fetch_one(&mut *connection)
        .await?;
    if !any {
        return Ok(());
    }
    let local = LocalDays::of(zone);
    for sql in [
        "DROP TABLE IF EXISTS temp.usage_offset",
        "CREATE TEMP TABLE usage_offset (since INTEGER PRIMARY KEY, seconds INTEGER NOT NULL)",
    ] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    for (since, seconds) in local.offsets() {
        sqlx::query("INSERT INTO temp.usage_offset (since, seconds) VALUES (?1, ?2)")
            .bind(since)
            .bind(seconds)
            .execute(&mut *connection)
            .await?;
    }
    // Times are after 1970 by far, so that the division needs no care below zero.
    sqlx::query(
        "UPDATE usage_record SET day = (at + (SELECT seconds FROM temp.usage_offset \
         WHERE since <= at ORDER BY since DESC LIMIT 1)) / 86400",
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query("DROP TABLE temp.usage_offset")
        .execute(&mut *connection)
        .await?;
    rebuild(connection).await
}
