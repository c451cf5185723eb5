//! Usage for an export: record by record, or day by day, in the order of their days.

use std::ops::Range;

use billing::usage::Quantity;
use chrono::NaiveDate;
use futures::future::BoxFuture;
use sqlx::{FromRow, SqliteConnection};

use super::{BATCH, ExportReader, Source};
use crate::books::Books;
use crate::error::Result;
use crate::usage::day_number;

/// Which usage is exported.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageFilter {
    /// Days in the company's zone; none: all.
    pub days: Option<Range<NaiveDate>>,
    /// Stripe's id of one customer; none: all.
    pub customer: Option<String>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    missing_docs,
    reason = "the names are those of the columns; what differs is said"
)]
pub struct UsageRecordExport {
    pub num: i64,
    pub customer_num: i64,
    pub type_num: i64,
    /// Days since 1970-01-01 of the date in the company's zone.
    pub day: i64,
    /// UTC seconds.
    pub at: i64,
    /// Stripe's customer id.
    pub customer: String,
    pub customer_name: Option<String>,
    /// The product's own id.
    pub tenant_id: Option<String>,
    pub usage_type: String,
    /// The latest value counts; else it is summed.
    pub level: bool,
    /// Millionths.
    pub quantity: i64,
    /// Why it is not billed; none: it is.
    pub unbillable: Option<String>,
    /// The record corrects another.
    pub corrects: bool,
    pub batch: i64,
    pub source: String,
}

/// One tenant's day.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
#[expect(
    missing_docs,
    reason = "the names are those of the columns; what differs is said"
)]
pub struct UsageDayExport {
    pub customer_num: i64,
    pub type_num: i64,
    /// Days since 1970-01-01 of the date in the company's zone.
    pub day: i64,
    /// Stripe's customer id.
    pub customer: String,
    pub customer_name: Option<String>,
    /// The product's own id.
    pub tenant_id: Option<String>,
    pub usage_type: String,
    /// The latest value counts; else it is summed.
    pub level: bool,
    /// Millionths that are billed.
    pub quantity: i64,
    /// Millionths that are not.
    pub unbillable: i64,
    pub records: i64,
    /// UTC seconds of the last record.
    pub last_at: i64,
}

/// What records and days of a flow come to, each added up by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageComparison {
    /// The type's name.
    pub usage_type: String,
    /// Records, and what they sum to: billed, and not billed.
    pub records: (u64, Quantity, Quantity),
    /// Records that the days count, and what the days sum to: billed, and not billed.
    pub days: (u64, Quantity, Quantity),
}

/// The filter as the statements take it.
struct Chosen {
    from: i64,
    before: i64,
    /// All, or one; 0 is nobody's number.
    customer: Option<i64>,
}

impl Chosen {
    async fn of(connection: &mut SqliteConnection, filter: &UsageFilter) -> Result<Self> {
        let customer: Option<i64> = match &filter.customer {
            None => None,
            Some(id) => Some(
                sqlx::query_scalar("SELECT num FROM object WHERE kind = 1 AND id = ?1")
                    .bind(id)
                    .fetch_optional(connection)
                    .await?
                    .unwrap_or(0),
            ),
        };
        let days = filter.days.as_ref();
        Ok(Self {
            from: days.map_or(i64::MIN, |days| day_number(days.start)),
            before: days.map_or(i64::MAX, |days| day_number(days.end)),
            customer,
        })
    }
}

struct Records {
    chosen: Chosen,
    after: (i64, i64, i64, i64),
}

impl Source<UsageRecordExport> for Records {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<UsageRecordExport>>> {
        Box::pin(async move {
            let (day, customer, kind, num) = self.after;
            let rows: Vec<UsageRecordExport> = sqlx::query_as(
                "SELECT r.num, r.customer AS customer_num, r.type AS type_num, r.day, r.at, \
                 o.id AS customer, t.name AS customer_name, t.tenant_id, k.name AS usage_type, \
                 k.level, r.quantity, r.unbillable, r.corrects IS NOT NULL AS corrects, r.batch, \
                 s.name AS source \
                 FROM usage_record r INDEXED BY usage_record_by_day \
                 CROSS JOIN usage_type k ON k.num = r.type \
                 CROSS JOIN usage_batch b ON b.num = r.batch \
                 CROSS JOIN usage_source s ON s.num = b.source \
                 CROSS JOIN object o ON o.num = r.customer \
                 LEFT JOIN tenant t ON t.num = r.customer \
                 WHERE r.day >= ?1 AND r.day < ?2 AND (?3 IS NULL OR r.customer = ?3) \
                 AND (r.day, r.customer, r.type, r.num) > (?4, ?5, ?6, ?7) \
                 ORDER BY r.day, r.customer, r.type, r.num LIMIT ?8",
            )
            .bind(self.chosen.from.max(day))
            .bind(self.chosen.before)
            .bind(self.chosen.customer)
            .bind(day)
            .bind(customer)
            .bind(kind)
            .bind(num)
            .bind(BATCH)
            .fetch_all(connection)
            .await?;
            if let Some(last) = rows.last() {
                self.after = (last.day, last.customer_num, last.type_num, last.num);
            }
            Ok(rows)
        })
    }
}

struct Days {
    chosen: Chosen,
    after: (i64, i64, i64),
}

impl Source<UsageDayExport> for Days {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<UsageDayExport>>> {
        Box::pin(async move {
            let (customer, kind, day) = self.after;
            let rows: Vec<UsageDayExport> = sqlx::query_as(
                "SELECT d.customer AS customer_num, d.type AS type_num, d.day, o.id AS customer, \
                 t.name AS customer_name, t.tenant_id, k.name AS usage_type, k.level, d.quantity, \
                 d.unbillable, d.records, d.last_at \
                 FROM usage_day d CROSS JOIN usage_type k ON k.num = d.type \
                 CROSS JOIN object o ON o.num = d.customer \
                 LEFT JOIN tenant t ON t.num = d.customer \
                 WHERE d.day >= ?1 AND d.day < ?2 AND (?3 IS NULL OR d.customer = ?3) \
                 AND (d.customer, d.type, d.day) > (?4, ?5, ?6) \
                 ORDER BY d.customer, d.type, d.day LIMIT ?7",
            )
            .bind(self.chosen.from)
            .bind(self.chosen.before)
            .bind(self.chosen.customer)
            .bind(customer)
            .bind(kind)
            .bind(day)
            .bind(BATCH)
            .fetch_all(connection)
            .await?;
            if let Some(last) = rows.last() {
                self.after = (last.customer_num, last.type_num, last.day);
            }
            Ok(rows)
        })
    }
}

impl Books {
    /// Reads records of usage by day, tenant and type.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_usage_records(
        &self,
        filter: &UsageFilter,
    ) -> Result<ExportReader<UsageRecordExport>> {
        let (mut snapshot, state, _) = self.export_snapshot().await?;
        let chosen = Chosen::of(&mut snapshot, filter).await?;
        let total: i64 = sqlx::query_scalar(
            "SELECT coalesce(sum(records), 0) FROM usage_day \
             WHERE day >= ?1 AND day < ?2 AND (?3 IS NULL OR customer = ?3)",
        )
        .bind(chosen.from)
        .bind(chosen.before)
        .bind(chosen.customer)
        .fetch_one(&mut *snapshot)
        .await?;
        let after = (i64::MIN, 0, 0, 0);
        let source = Box::new(Records { chosen, after });
        let total = u64::try_from(total).unwrap_or(0);
        Ok(ExportReader::new(snapshot, source, total, state))
    }

    /// Reads the days of usage by tenant and type.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_usage_days(
        &self,
        filter: &UsageFilter,
    ) -> Result<ExportReader<UsageDayExport>> {
        let (mut snapshot, state, _) = self.export_snapshot().await?;
        let chosen = Chosen::of(&mut snapshot, filter).await?;
        let total: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM usage_day \
             WHERE day >= ?1 AND day < ?2 AND (?3 IS NULL OR customer = ?3)",
        )
        .bind(chosen.from)
        .bind(chosen.before)
        .bind(chosen.customer)
        .fetch_one(&mut *snapshot)
        .await?;
        let after = (0, 0, i64::MIN);
        let source = Box::new(Days { chosen, after });
        let total = u64::try_from(total).unwrap_or(0);
        Ok(ExportReader::new(snapshot, source, total, state))
    }

    /// Adds up the records and the days of each flow by themselves, of one state of the books.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn compare_usage(&self, filter: &UsageFilter) -> Result<Vec<UsageComparison>> {
        type Sums = (String, i64, i64, i64);
        let mut snapshot = self.snapshot().await?;
        let chosen = Chosen::of(&mut snapshot, filter).await?;
        let mut both: [Vec<Sums>; 2] = Default::default();
        for (place, sql) in both.iter_mut().zip([
            "SELECT k.name, count(*), coalesce(sum(iif(r.unbillable IS NULL, r.quantity, 0)), 0), \
             coalesce(sum(iif(r.unbillable IS NULL, 0, r.quantity)), 0) \
             FROM usage_record r JOIN usage_type k ON k.num = r.type \
             WHERE k.level = 0 AND r.day >= ?1 AND r.day < ?2 \
             AND (?3 IS NULL OR r.customer = ?3) GROUP BY k.name ORDER BY k.name",
            "SELECT k.name, coalesce(sum(d.records), 0), coalesce(sum(d.quantity), 0), \
             coalesce(sum(d.unbillable), 0) \
             FROM usage_day d JOIN usage_type k ON k.num = d.type \
             WHERE k.level = 0 AND d.day >= ?1 AND d.day < ?2 \
             AND (?3 IS NULL OR d.customer = ?3) GROUP BY k.name ORDER BY k.name",
        ]) {
            *place = sqlx::query_as(sql)
                .bind(chosen.from)
                .bind(chosen.before)
                .bind(chosen.customer)
                .fetch_all(&mut *snapshot)
                .await?;
        }
        let [records, days] = both;
        let sums = |(_, count, billed, unbilled): &Sums| {
            let quantity = Quantity::from_millionths;
            (
                u64::try_from(*count).unwrap_or(0),
                quantity(*billed),
                quantity(*unbilled),
            )
        };
        let nothing = (0, Quantity::ZERO, Quantity::ZERO);
        let mut names: Vec<&String> = records.iter().chain(&days).map(|row| &row.0).collect();
        names.sort_unstable();
        names.dedup();
        let find = |rows: &[Sums], name: &String| {
            rows.iter().find(|row| row.0 == *name).map_or(nothing, sums)
        };
        Ok(names
            .into_iter()
            .map(|name| UsageComparison {
                usage_type: name.clone(),
                records: find(&records, name),
                days: find(&days, name),
            })
            .collect())
    }
}
