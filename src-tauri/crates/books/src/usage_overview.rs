//! The use of all tenants together, for a screen and a chart: how many used how much of their
//! allowance, who is nearest the limit, what each plan leaves unused, and the months.

use billing::usage::Quantity;
use chrono::{Datelike, NaiveDate};
use sqlx::{FromRow, SqliteConnection};

use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::usage_state::{date_of, day_number};

/// Tenants in the list of those nearest the limit, at most.
const NEAREST: i64 = 10;

/// How all tenants stand in the periods that run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageOverview {
    /// Tenants by tenths of their allowance that they used: 0 to under 10 %, …, 90 to under 100 %,
    /// 100 % and more.
    pub tenths: [u64; 11],
    /// Tenants by state: within, near, reached, over.
    pub states: [u64; 4],
    /// Tenants whose allowance or use is not known.
    pub unknown: u64,
    /// Tenants without a limit.
    pub unlimited: u64,
    /// What is used in the periods that run.
    pub used: Quantity,
    /// What of it is beyond allowances.
    pub overage: Quantity,
    /// Those that used the largest share, the largest first.
    pub nearest: Vec<NearestTenant>,
    /// By plan, by its key.
    pub plans: Vec<PlanOfTenants>,
    /// Days of all tenants by months, oldest first: the first day, what was used.
    pub months: Vec<(NaiveDate, Quantity)>,
}

/// A tenant that used a large share of its allowance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearestTenant {
    /// Stripe's customer id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Used.
    pub used: Quantity,
    /// Allowed.
    pub allowance: Quantity,
}

/// What the tenants of a plan leave unused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanOfTenants {
    /// Its key.
    pub plan: String,
    /// Tenants whose use and allowance are known.
    pub tenants: u64,
    /// Allowed to them together.
    pub allowance: Quantity,
    /// What each left of its own, together.
    pub unused: Quantity,
}

impl Books {
    /// How all tenants stand with a type of usage, with its months from that of `from` on. Call
    /// [`Books::bring_usage_up_to_date`] before.
    ///
    /// # Errors
    /// When the books cannot be read, or a sum leaves the range of a quantity.
    pub async fn usage_overview(&self, usage_type: i64, from: NaiveDate) -> Result<UsageOverview> {
        let mut snapshot = self.snapshot().await?;
        let mut overview = UsageOverview::default();
        counts(&mut snapshot, usage_type, &mut overview).await?;
        overview.nearest = nearest(&mut snapshot, usage_type).await?;
        overview.plans = plans(&mut snapshot, usage_type).await?;
        overview.months = months(&mut snapshot, usage_type, from).await?;
        Ok(overview)
    }
}

/// Tenants of one state and one tenth.
#[derive(FromRow)]
struct Counted {
    state: Option<i64>,
    tenth: Option<i64>,
    unlimited: bool,
    tenants: i64,
    used: i64,
    overage: i64,
}

/// What the tenants' table counts, deleted ones left out as there.
async fn counts(
    connection: &mut SqliteConnection,
    usage_type: i64,
    overview: &mut UsageOverview,
) -> Result<()> {
    let rows: Vec<Counted> = sqlx::query_as(
        "SELECT s.state, min(max(s.percent / 1000, 0), 10) AS tenth, s.unlimited, \
         count(*) AS tenants, coalesce(sum(s.used), 0) AS used, \
         coalesce(sum(s.overage), 0) AS overage \
         FROM usage_state s JOIN tenant t ON t.num = s.customer \
         WHERE s.type = ?1 AND t.deleted = 0 GROUP BY 1, 2, 3",
    )
    .bind(usage_type)
    .fetch_all(connection)
    .await?;
    for row in rows {
        let tenants = u64::try_from(row.tenants).unwrap_or(0);
        let slot = |place: i64| usize::try_from(place).ok();
        if let Some(place) = row
            .state
            .and_then(slot)
            .and_then(|n| overview.states.get_mut(n))
        {
            *place += tenants;
        }
        match row
            .tenth
            .and_then(slot)
            .and_then(|n| overview.tenths.get_mut(n))
        {
            Some(place) => *place += tenants,
            None if row.unlimited => overview.unlimited += tenants,
            None => overview.unknown += tenants,
        }
        overview.used = added(overview.used, row.used)?;
        overview.overage = added(overview.overage, row.overage)?;
    }
    Ok(())
}

async fn nearest(connection: &mut SqliteConnection, usage_type: i64) -> Result<Vec<NearestTenant>> {
    let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
        "SELECT t.id, t.name, s.used, s.allowance \
         FROM usage_state s JOIN tenant t ON t.num = s.customer \
         WHERE s.type = ?1 AND t.deleted = 0 AND s.percent > 0 AND s.used IS NOT NULL \
         AND s.allowance IS NOT NULL ORDER BY s.percent DESC, t.name_key, t.num LIMIT ?2",
    )
    .bind(usage_type)
    .bind(NEAREST)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, used, allowance)| NearestTenant {
            id,
            name,
            used: Quantity::from_millionths(used),
            allowance: Quantity::from_millionths(allowance),
        })
        .collect())
}

async fn plans(connection: &mut SqliteConnection, usage_type: i64) -> Result<Vec<PlanOfTenants>> {
    let rows: Vec<(String, i64, i64, i64)> = sqlx::query_as(
        "SELECT s.plan, count(*), sum(s.allowance), sum(max(s.allowance - max(s.used, 0), 0)) \
         FROM usage_state s JOIN tenant t ON t.num = s.customer \
         WHERE s.type = ?1 AND t.deleted = 0 AND s.plan <> '' AND s.allowance IS NOT NULL \
         AND s.used IS NOT NULL GROUP BY s.plan ORDER BY 3, 1",
    )
    .bind(usage_type)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|(plan, tenants, allowance, unused)| PlanOfTenants {
            plan,
            tenants: u64::try_from(tenants).unwrap_or(0),
            allowance: Quantity::from_millionths(allowance),
            unused: Quantity::from_millionths(unused),
        })
        .collect())
}

/// A month without any use between others is a month of nothing.
async fn months(
    connection: &mut SqliteConnection,
    usage_type: i64,
    from: NaiveDate,
) -> Result<Vec<(NaiveDate, Quantity)>> {
    let from = from.with_day(1).unwrap_or(from);
    let days: Vec<(i64, i64)> = sqlx::query_as(
        "SELECT day, quantity FROM usage_total_day WHERE type = ?1 AND day >= ?2 ORDER BY day",
    )
    .bind(usage_type)
    .bind(day_number(from))
    .fetch_all(connection)
    .await?;
    let mut months: Vec<(NaiveDate, Quantity)> = Vec::new();
    for (day, quantity) in days {
        let day = date_of(day);
        let month = day.with_day(1).unwrap_or(day);
        while let Some((last, _)) = months.last().copied()
            && last < month
            && let Some(next) = last.checked_add_months(chrono::Months::new(1))
        {
            months.push((next, Quantity::ZERO));
        }
        if months.is_empty() {
            months.push((month, Quantity::ZERO));
        }
        if let Some((_, sum)) = months.last_mut() {
            *sum = added(*sum, quantity)?;
        }
    }
    Ok(months)
}

fn added(sum: Quantity, millionths: i64) -> Result<Quantity> {
    sum.checked_add(Quantity::from_millionths(millionths))
        .map_err(|error| BooksError::invalid(error.to_string()))
}
