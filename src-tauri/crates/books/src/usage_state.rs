//! How each tenant's use stands to its allowance: told from the subscriptions' history, the
//! confirmed plans, the tenant's own allowances and the days of usage, and kept for the period
//! that runs, so that tables sort and filter by it.
//!
//! A write that may change a state marks its customers ([`touched`]) in its own transaction. What
//! is marked, and what stands in a period that is over, is told anew before it is read
//! ([`Books::bring_usage_up_to_date`]), so no write waits for it and no read shows an old one.

mod facts;
mod holdings;
mod judge;
mod reads;
mod stored;

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use sqlx::SqliteConnection;

use crate::books::Books;
use crate::error::Result;
use crate::meta;

pub use judge::{Extra, PeriodState, RegisterLine};
pub use reads::{DayOfUse, MAX_PERIODS_READ, UsageCheck, UsageStory, day_of_number};
pub(crate) use stored::state_of;

use facts::Setting;
use stored::store;

/// Customers whose states are told together.
const BATCH: usize = 500;

/// The first day of all numbers of days.
fn epoch() -> NaiveDate {
    NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default()
}

/// Days since 1970-01-01.
pub(crate) fn day_number(day: NaiveDate) -> i64 {
    (day - epoch()).num_days()
}

/// The day of that number; out of range, the nearest one that can be held.
pub(crate) fn date_of(day: i64) -> NaiveDate {
    let days = Days::new(day.unsigned_abs());
    let (found, beyond) = if day < 0 {
        (epoch().checked_sub_days(days), NaiveDate::MIN)
    } else {
        (epoch().checked_add_days(days), NaiveDate::MAX)
    };
    found.unwrap_or(beyond)
}

/// Marks customers whose states have to be told anew.
pub(crate) async fn touched(connection: &mut SqliteConnection, customers: &[i64]) -> Result<()> {
    sqlx::query("INSERT OR IGNORE INTO usage_due (customer) SELECT value FROM json_each(?1)")
        .bind(serde_json::json!(customers).to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// Marks all customers, and those whose state is kept.
pub(crate) async fn touched_all(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query(
        "INSERT OR IGNORE INTO usage_due (customer) \
         SELECT num FROM customer UNION SELECT customer FROM usage_state",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether anything was decided or used at all. Without it, no subscription has a state.
async fn in_use(connection: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM plan_price) OR EXISTS (SELECT 1 FROM usage_day) \
         OR EXISTS (SELECT 1 FROM allowance_change)",
    )
    .fetch_one(connection)
    .await?)
}

/// What a write of Stripe's objects changes: the states of these customers, once there are any.
pub(crate) async fn follow(
    connection: &mut SqliteConnection,
    customers: &BTreeSet<i64>,
) -> Result<()> {
    if customers.is_empty() || !in_use(connection).await? {
        return Ok(());
    }
    let customers: Vec<i64> = customers.iter().copied().collect();
    touched(connection, &customers).await
}

/// The same for a first load that is through.
pub(crate) async fn follow_all(connection: &mut SqliteConnection) -> Result<()> {
    if in_use(connection).await? {
        touched_all(connection).await?;
    }
    Ok(())
}

impl Books {
    /// Tells anew what is marked, and what stands in a period that `today` is no longer in. Quick
    /// when nothing is. Books that are open for reading show what was told last.
    ///
    /// # Errors
    /// When the books cannot be read or written.
    pub async fn bring_usage_up_to_date(&self, today: NaiveDate) -> Result<()> {
        if self.access() == crate::Access::ReadOnly || !self.usage_is_due(today).await? {
            return Ok(());
        }
        let mut changed = false;
        loop {
            let mut writer = self.writer().await?;
            let mut transaction = writer.bulk_transaction().await?;
            sqlx::query(
                "INSERT OR IGNORE INTO usage_due (customer) \
                 SELECT customer FROM usage_state WHERE holds_until <= ?1 OR period_start > ?1",
            )
            .bind(day_number(today))
            .execute(&mut *transaction)
            .await?;
            let customers: Vec<i64> =
                sqlx::query_scalar("SELECT customer FROM usage_due ORDER BY customer LIMIT ?1")
                    .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
                    .fetch_all(&mut *transaction)
                    .await?;
            if customers.is_empty() {
                break;
            }
            let setting = Setting::read(&mut transaction).await?;
            let states =
                judge::current(self, &mut transaction, &setting, &customers, today).await?;
            changed |= store(&mut transaction, &customers, &states).await?;
            transaction.commit().await?;
        }
        if changed {
            let mut writer = self.writer().await?;
            let mut transaction = writer.bulk_transaction().await?;
            let data_version = meta::bump_data_version(&mut transaction).await?;
            transaction.commit().await?;
            drop(writer);
            self.publish(data_version);
        }
        Ok(())
    }

    async fn usage_is_due(&self, today: NaiveDate) -> Result<bool> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM usage_due) \
             OR EXISTS (SELECT 1 FROM usage_state WHERE holds_until <= ?1)",
        )
        .bind(day_number(today))
        .fetch_one(&mut *reader)
        .await?)
    }
}
