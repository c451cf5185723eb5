//! Reading usage: days from what is kept of them, records of a day by pages.

use std::ops::Range;

use billing::usage::Quantity;
use chrono::NaiveDate;
use sqlx::FromRow;

use super::local_days::{date, day_number};
use crate::books::Books;
use crate::error::Result;

/// Records of a read, at most.
pub const MAX_USAGE_ROWS: u32 = 500;
/// Days of a read, at most: more than twenty years.
const MOST_DAYS: i64 = 8_000;

/// A tenant's use of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageDay {
    /// The day in the company's zone.
    pub day: NaiveDate,
    /// What is billed: a flow's sum, a level's last value.
    pub quantity: Quantity,
    /// What is not billed, and stands beside it.
    pub unbillable: Quantity,
    /// Records.
    pub records: u64,
    /// UTC seconds of the last.
    pub last_at: i64,
}

/// All tenants' use of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UsageTotalDay {
    /// The day in the company's zone.
    pub day: NaiveDate,
    /// What is billed; of a level the sum of the tenants' last values.
    pub quantity: Quantity,
    /// What is not billed, and stands beside it.
    pub unbillable: Quantity,
    /// Records.
    pub records: u64,
    /// Tenants with a record.
    pub tenants: u64,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageRecord {
    /// Its number: the place to go on from.
    pub num: i64,
    /// The batch that brought it.
    pub batch: i64,
    /// UTC seconds.
    pub at: i64,
    /// How much.
    pub quantity: Quantity,
    /// Why it is not billed; none: it is.
    pub unbillable: Option<String>,
    /// Whether it corrects another.
    pub corrects: bool,
}

#[derive(FromRow)]
struct DayRow {
    day: i64,
    quantity: i64,
    unbillable: i64,
    records: i64,
    last_at: i64,
}

#[derive(FromRow)]
struct TotalRow {
    day: i64,
    quantity: i64,
    unbillable: i64,
    records: i64,
    tenants: i64,
}

#[derive(FromRow)]
struct RecordRow {
    num: i64,
    batch: i64,
    at: i64,
    quantity: i64,
    unbillable: Option<String>,
    corrects: bool,
}

impl Books {
    /// The days of a customer and a type on which there are records, oldest first; at most 8,000.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_days(
        &self,
        customer: i64,
        kind: i64,
        days: Range<NaiveDate>,
    ) -> Result<Vec<UsageDay>> {
        let mut reader = self.reader().await?;
        let rows: Vec<DayRow> = sqlx::query_as(
            "SELECT day, quantity, unbillable, records, last_at FROM usage_day \
             WHERE customer = ?1 AND type = ?2 AND day >= ?3 AND day < ?4 ORDER BY day LIMIT ?5",
        )
        .bind(customer)
        .bind(kind)
        .bind(day_number(days.start))
        .bind(day_number(days.end))
        .bind(MOST_DAYS)
        .fetch_all(&mut *reader)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| UsageDay {
                day: date(row.day),
                quantity: Quantity::from_millionths(row.quantity),
                unbillable: Quantity::from_millionths(row.unbillable),
                records: u64::try_from(row.records).unwrap_or(0),
                last_at: row.last_at,
            })
            .collect())
    }

    /// The days of a type over all tenants, oldest first; at most 8,000.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_total_days(
        &self,
        kind: i64,
        days: Range<NaiveDate>,
    ) -> Result<Vec<UsageTotalDay>> {
        let mut reader = self.reader().await?;
        let rows: Vec<TotalRow> = sqlx::query_as(
            "SELECT day, quantity, unbillable, records, tenants FROM usage_total_day \
             WHERE type = ?1 AND day >= ?2 AND day < ?3 ORDER BY day LIMIT ?4",
        )
        .bind(kind)
        .bind(day_number(days.start))
        .bind(day_number(days.end))
        .bind(MOST_DAYS)
        .fetch_all(&mut *reader)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| UsageTotalDay {
                day: date(row.day),
                quantity: Quantity::from_millionths(row.quantity),
                unbillable: Quantity::from_millionths(row.unbillable),
                records: u64::try_from(row.records).unwrap_or(0),
                tenants: u64::try_from(row.tenants).unwrap_or(0),
            })
            .collect())
    }

    /// The records of a customer's day, in the order of their time, at most 500 of them; `after`
    /// is the time and the number of the one before.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_records(
        &self,
        (customer, kind, day): (i64, i64, NaiveDate),
        after: Option<(i64, i64)>,
        count: u32,
    ) -> Result<Vec<UsageRecord>> {
        let mut reader = self.reader().await?;
        let (after_at, after_num) = after.unwrap_or((i64::MIN, 0));
        let rows: Vec<RecordRow> = sqlx::query_as(
            "SELECT num, batch, at, quantity, unbillable, corrects IS NOT NULL AS corrects \
             FROM usage_record WHERE day = ?1 AND customer = ?2 AND type = ?3 \
             AND (at, num) > (?4, ?5) ORDER BY at, num LIMIT ?6",
        )
        .bind(day_number(day))
        .bind(customer)
        .bind(kind)
        .bind(after_at)
        .bind(after_num)
        .bind(count.min(MAX_USAGE_ROWS))
        .fetch_all(&mut *reader)
        .await?;
        Ok(rows
            .into_iter()
            .map(|row| UsageRecord {
                num: row.num,
                batch: row.batch,
                at: row.at,
                quantity: Quantity::from_millionths(row.quantity),
                unbillable: row.unbillable,
                corrects: row.corrects,
            })
            .collect())
    }
}
