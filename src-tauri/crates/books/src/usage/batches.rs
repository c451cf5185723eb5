//! The batches that came in, newest first.

use sqlx::FromRow;

use crate::books::Books;
use crate::error::Result;

/// Batches of a read, at most.
const MOST: u32 = 500;

/// One batch.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UsageBatch {
    /// Its number.
    pub num: i64,
    /// Its source's name.
    pub source: String,
    /// How that is read: `file`, `http`, `meters`, `postgres`.
    pub kind: String,
    /// What people know it by: a file's name, a day.
    pub name: String,
    /// UTC seconds.
    pub imported_at: i64,
    /// Rows that were read.
    pub rows: i64,
    /// Records that it brought.
    pub records: i64,
    /// Rows that repeated what was held.
    pub repeated: i64,
    /// Rows that are kept aside.
    pub aside: i64,
    /// Rows that were refused.
    pub refused: i64,
    /// UTC seconds of its first record.
    pub first_at: Option<i64>,
    /// UTC seconds of its last record.
    pub last_at: Option<i64>,
    /// UTC seconds at which it was reversed.
    pub reversed_at: Option<i64>,
}

impl Books {
    /// At most 500 batches before the one of that number, newest first; none: the newest.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_batches(&self, before: Option<i64>, count: u32) -> Result<Vec<UsageBatch>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_as(
            "SELECT b.num, s.name AS source, s.kind, b.name, b.imported_at, b.rows, b.records, \
             b.repeated, b.aside, b.refused, b.first_at, b.last_at, b.reversed_at \
             FROM usage_batch b JOIN usage_source s ON s.num = b.source \
             WHERE b.num < ?1 ORDER BY b.num DESC LIMIT ?2",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(count.min(MOST))
        .fetch_all(&mut *reader)
        .await?)
    }
}
