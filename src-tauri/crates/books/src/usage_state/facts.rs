//! What states are told from: the company's zone, plans and mapping; the tenants' own allowances
//! and days of usage.

use std::collections::BTreeMap;

use billing::Currency;
use billing::period::Zone;
use billing::usage::{Catalogue, Extra, Measure, Override, Quantity};
use chrono::NaiveDate;
use sqlx::{FromRow, SqliteConnection};

use super::{date_of, day_number};
use crate::error::{BooksError, Result};
use crate::{meta, plans};

/// What holds for all tenants.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) zone: Zone,
    pub(crate) catalogue: Catalogue,
    /// What prices stand for, by their ids; none: no plan.
    pub(crate) prices: BTreeMap<String, Option<String>>,
    pub(crate) types: Vec<Type>,
}

/// A type of usage.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    pub(crate) num: i64,
    pub(crate) name: String,
    pub(crate) measure: Measure,
    /// The first day of which anything is known, of any tenant.
    pub(crate) known_from: Option<NaiveDate>,
    /// The last day of which anything is known, of any tenant.
    pub(crate) known_to: Option<NaiveDate>,
}

#[derive(FromRow)]
struct StoredType {
    num: i64,
    name: String,
    level: bool,
    first: Option<i64>,
    last: Option<i64>,
}

impl StoredType {
    fn read(self) -> Type {
        Type {
            num: self.num,
            name: self.name,
            measure: match self.level {
                true => Measure::Level,
                false => Measure::Flow,
            },
            known_from: self.first.map(date_of),
            known_to: self.last.map(date_of),
        }
    }
}

impl Setting {
    pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<Self> {
        let types: Vec<StoredType> = sqlx::query_as(
            "SELECT y.num, y.name, y.level, \
             (SELECT min(d.day) FROM usage_total_day d WHERE d.type = y.num) AS first, \
             (SELECT max(d.day) FROM usage_total_day d WHERE d.type = y.num) AS last \
             FROM usage_type y ORDER BY y.num",
        )
        .fetch_all(&mut *connection)
        .await?;
        Ok(Self {
            zone: meta::zone(connection).await?,
            catalogue: plans::catalogue(connection).await?,
            prices: plans::price_plans(connection).await?,
            types: types.into_iter().map(StoredType::read).collect(),
        })
    }
}

/// A tenant's own allowances of a type.
#[derive(Debug, Clone, Default)]
pub(super) struct Own {
    pub(super) overrides: Vec<Override>,
    pub(super) extras: Vec<Extra>,
}

#[derive(FromRow)]
struct Change {
    num: i64,
    kind: String,
    customer: i64,
    #[sqlx(rename = "type")]
    usage_type: i64,
    from_day: i64,
    to_day: Option<i64>,
    quantity: Option<i64>,
}

/// The customers' own allowances, by customer and type.
pub(super) async fn own(
    connection: &mut SqliteConnection,
    customers: &[i64],
) -> Result<BTreeMap<(i64, i64), Own>> {
    let rows: Vec<Change> = sqlx::query_as(
        "SELECT a.num, a.kind, a.customer, a.type, a.from_day, a.to_day, a.quantity \
         FROM json_each(?1) j CROSS JOIN allowance_change a ON a.customer = j.value",
    )
    .bind(serde_json::json!(customers).to_string())
    .fetch_all(connection)
    .await?;
    let mut own: BTreeMap<(i64, i64), Own> = BTreeMap::new();
    for row in rows {
        let (from, to) = (date_of(row.from_day), row.to_day.map(date_of));
        // Ended on its first day: it never held.
        if to.is_some_and(|to| to <= from) {
            continue;
        }
        let held = own.entry((row.customer, row.usage_type)).or_default();
        let quantity = row.quantity.map(Quantity::from_millionths);
        if row.kind == plans::ChangeKind::Override.name() {
            held.overrides.push(Override {
                num: row.num,
                from,
                to,
                quantity,
            });
        } else {
            held.extras.push(Extra {
                num: row.num,
                from,
                to,
                quantity: quantity.unwrap_or_default(),
            });
        }
    }
    Ok(own)
}

/// A day of a tenant's usage: what is billable, what is not, and the time of the last record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) day: NaiveDate,
    pub(super) quantity: Quantity,
    pub(super) unbillable: Quantity,
    pub(super) last_at: i64,
}

/// The customers' days from `since` to `until` (exclusive), by customer and type, oldest first.
pub(super) async fn days(
    connection: &mut SqliteConnection,
    customers: &[i64],
    since: NaiveDate,
    until: NaiveDate,
) -> Result<BTreeMap<(i64, i64), Vec<Day>>> {
    // As one text: a row each would cost more than all the rest (see `tables/rows.rs`).
    let text: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(d.customer, d.type, d.day, d.quantity, \
         d.unbillable, d.last_at)) \
         FROM json_each(?1) j CROSS JOIN usage_type y CROSS JOIN usage_day d \
         ON d.customer = j.value AND d.type = y.num AND d.day >= ?2 AND d.day < ?3",
    )
    .bind(serde_json::json!(customers).to_string())
    .bind(day_number(since))
    .bind(day_number(until))
    .fetch_one(connection)
    .await?;
    let mut rows: Vec<(i64, i64, i64, i64, i64, i64)> =
        serde_json::from_str(&text).map_err(|error| BooksError::Damaged {
            detail: format!("days of usage: {error}"),
        })?;
    rows.sort_unstable();
    let mut days: BTreeMap<(i64, i64), Vec<Day>> = BTreeMap::new();
    for (customer, usage_type, day, quantity, unbillable, last_at) in rows {
        days.entry((customer, usage_type)).or_default().push(Day {
            day: date_of(day),
            quantity: Quantity::from_millionths(quantity),
            unbillable: Quantity::from_millionths(unbillable),
            last_at,
        });
    }
    Ok(days)
}

/// The latest value of each level by a day, by customer and type.
pub(super) async fn levels(
    connection: &mut SqliteConnection,
    customers: &[i64],
    day: NaiveDate,
) -> Result<BTreeMap<(i64, i64), Day>> {
    let rows: Vec<(i64, i64, i64, i64, i64, i64)> = sqlx::query_as(
        "SELECT d.customer, d.type, d.day, d.quantity, d.unbillable, d.last_at \
         FROM json_each(?1) j CROSS JOIN usage_type y ON y.level \
         CROSS JOIN usage_day d ON d.customer = j.value AND d.type = y.num \
             AND d.day = (SELECT max(e.day) FROM usage_day e \
                 WHERE e.customer = j.value AND e.type = y.num AND e.day <= ?2)",
    )
    .bind(serde_json::json!(customers).to_string())
    .bind(day_number(day))
    .fetch_all(connection)
    .await?;
    let day = |row: (i64, i64, i64, i64, i64, i64)| {
        let (customer, usage_type, day, quantity, unbillable, last_at) = row;
        let day = Day {
            day: date_of(day),
            quantity: Quantity::from_millionths(quantity),
            unbillable: Quantity::from_millionths(unbillable),
            last_at,
        };
        ((customer, usage_type), day)
    };
    Ok(rows.into_iter().map(day).collect())
}

/// The customers' own currencies, where they are said.
pub(super) async fn currencies(
    connection: &mut SqliteConnection,
    customers: &[i64],
) -> Result<BTreeMap<i64, Currency>> {
    let rows: Vec<(i64, Option<String>)> = sqlx::query_as(
        "SELECT c.num, c.currency FROM json_each(?1) j CROSS JOIN customer c ON c.num = j.value",
    )
    .bind(serde_json::json!(customers).to_string())
    .fetch_all(connection)
    .await?;
    let known = |(num, code): (i64, Option<String>)| Some((num, Currency::parse(&code?).ok()?));
    Ok(rows.into_iter().filter_map(known).collect())
}
