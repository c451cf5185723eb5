//! The read budget: what was read, what for, and what Stripe allows.
//!
//! Stripe allows an account 500 reads for each of its transactions over a rolling 30 days, and at
//! least 10,000 (Stripe's documentation of rate limits, read allocations). A *transaction* is
//! counted here as a charge that had not failed when it was first seen, on the day of its
//! `created`: what Stripe does not define is taken so that it errs on the side of fewer reads.

use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::proof::Month;

/// Reads that every account may make in 30 days.
pub const READ_FLOOR: u64 = 10_000;
/// Reads that each transaction allows.
pub const READS_PER_TRANSACTION: u64 = 500;
const DAY_S: i64 = 86_400;
/// The days of the rolling window, today included.
const WINDOW_DAYS: i64 = 30;

/// What reads are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadPurpose {
    /// A load of whole lists.
    Load,
    /// Looking for events.
    Poll,
    /// Reading again what an event says has changed.
    Refetch,
    /// The completeness check.
    Proof,
    /// Everything else: checking a key, a person's look.
    Other,
}

impl ReadPurpose {
    fn code(self) -> i64 {
        match self {
            Self::Load => 1,
            Self::Poll => 2,
            Self::Refetch => 3,
            Self::Proof => 4,
            Self::Other => 5,
        }
    }
}

/// Reads of the day that is under way, UTC.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReadsToday {
    /// For whatever reason.
    pub all: u64,
    /// Looking for events.
    pub polls: u64,
    /// For the completeness check.
    pub proofs: u64,
}

/// What was read and what may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBudget {
    /// The month that is under way: `2026-11`.
    pub month: String,
    /// Reads in it.
    pub used_month: u64,
    /// Reads in the last 30 days, today included.
    pub used_30d: u64,
    /// Reads that every account may make.
    pub floor: u64,
    /// Transactions of the last 30 days.
    pub transactions: u64,
    /// Reads that this account may make in 30 days: the floor, or more by its transactions.
    pub allocation: u64,
    /// What is left of them.
    pub left: u64,
    /// Today's reads.
    pub today: ReadsToday,
    /// Seconds until the next day begins, UTC.
    pub day_left_s: u64,
}

impl ReadBudget {
    /// A budget of these figures, as of `now`.
    #[must_use]
    pub fn new(
        now: i64,
        used_month: u64,
        used_30d: u64,
        transactions: u64,
        today: ReadsToday,
    ) -> Self {
        let allocation = READ_FLOOR.max(transactions.saturating_mul(READS_PER_TRANSACTION));
        Self {
            month: Month::of(now).to_string(),
            used_month,
            used_30d,
            floor: READ_FLOOR,
            transactions,
            allocation,
            left: allocation.saturating_sub(used_30d),
            today,
            day_left_s: u64::try_from(DAY_S - now.rem_euclid(DAY_S)).unwrap_or(0),
        }
    }
}

impl Books {
    /// Counts reads that were made at `now`, UTC seconds.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn count_reads(&self, now: i64, purpose: ReadPurpose, count: u64) -> Result<()> {
        let requests = i64::try_from(count)
            .map_err(|_| BooksError::invalid("more reads than a month holds"))?;
        let mut writer = self.writer().await?;
        let mut transaction = writer.bulk_transaction().await?;
        sqlx::query(
            "INSERT INTO reads (month, requests) VALUES (?1, ?2) \
             ON CONFLICT (month) DO UPDATE SET requests = requests + excluded.requests",
        )
        .bind(Month::of(now).to_string())
        .bind(requests)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO read_day (day, purpose, requests) VALUES (?1, ?2, ?3) \
             ON CONFLICT (day, purpose) DO UPDATE SET requests = requests + excluded.requests",
        )
        .bind(now.div_euclid(DAY_S))
        .bind(purpose.code())
        .bind(requests)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// What was read and what may be, as of `now`, UTC seconds.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn read_budget(&self, now: i64) -> Result<ReadBudget> {
        let mut reader = self.snapshot().await?;
        let today = now.div_euclid(DAY_S);
        let rows: Vec<(i64, i64, i64)> =
            sqlx::query_as("SELECT day, purpose, requests FROM read_day WHERE day > ?1")
                .bind(today - WINDOW_DAYS)
                .fetch_all(&mut *reader)
                .await?;
        let transactions: i64 = sqlx::query_scalar(
            "SELECT coalesce(sum(transactions), 0) FROM transaction_day \
             WHERE day > ?1 AND day <= ?2",
        )
        .bind(today - WINDOW_DAYS)
        .bind(today)
        .fetch_one(&mut *reader)
        .await?;
        let used_month: Option<i64> =
            sqlx::query_scalar("SELECT requests FROM reads WHERE month = ?1")
                .bind(Month::of(now).to_string())
                .fetch_optional(&mut *reader)
                .await?;
        let sum = |wanted: &dyn Fn(i64, i64) -> bool| {
            let requests = rows
                .iter()
                .filter(|(day, purpose, _)| wanted(*day, *purpose));
            let sum: i64 = requests.map(|(.., requests)| *requests).sum();
            u64::try_from(sum).unwrap_or(0)
        };
        let of_today =
            |purpose: ReadPurpose| sum(&|day, code| day == today && code == purpose.code());
        let reads = ReadsToday {
            all: sum(&|day, _| day == today),
            polls: of_today(ReadPurpose::Poll),
            proofs: of_today(ReadPurpose::Proof),
        };
        let count = |count: i64| u64::try_from(count).unwrap_or(0);
        Ok(ReadBudget::new(
            now,
            count(used_month.unwrap_or(0)),
            sum(&|_, _| true),
            count(transactions),
            reads,
        ))
    }
}
