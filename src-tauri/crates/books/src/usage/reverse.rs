//! Reversing a batch: its records go, and the days are as if it had never come.

use serde_json::json;
use sqlx::SqliteConnection;
use tokio_util::sync::CancellationToken;

use super::days;
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::interrupt;
use crate::ledger::{Entry, append_within};
use crate::meta;

/// What a reversal took away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageReversed {
    /// The batch.
    pub batch: i64,
    /// Records that went.
    pub records: u64,
    /// Rows that were kept aside and went.
    pub aside: u64,
    /// Tenants whose usage changed.
    pub tenants: u64,
    /// Live batches of which rows were left out because the books held them already. If those were
    /// of the reversed batch, importing the files again brings them.
    pub left_out_elsewhere: Vec<i64>,
}

impl Books {
    /// Reverses a batch whole, in one transaction with its entry in the ledger.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`]; [`BooksError::Invalid`] where it is reversed already or records
    /// of another batch correct records of it; [`BooksError::Cancelled`]. Nothing is changed then.
    pub async fn reverse_usage_batch(
        &self,
        batch: i64,
        (author, now): (&str, i64),
        cancel: &CancellationToken,
    ) -> Result<UsageReversed> {
        let mut writer = self.writer().await?;
        interrupt::listen(&mut writer.durable, cancel).await?;
        let reversed = async {
            let mut transaction = writer.durable_transaction().await?;
            let reversed = reverse(&mut transaction, batch, now).await?;
            let payload = json!({
                "batch": batch,
                "records": reversed.records,
                "aside": reversed.aside,
            });
            let entry = Entry::new(now, author, "usage.reversed", payload);
            append_within(&mut transaction, self.origin(), &entry).await?;
            let data_version = meta::bump_data_version(&mut transaction).await?;
            transaction.commit().await?;
            self.publish(data_version);
            Ok(reversed)
        }
        .await;
        interrupt::forget(&mut writer.durable).await?;
        reversed
    }
}

async fn reverse(connection: &mut SqliteConnection, batch: i64, now: i64) -> Result<UsageReversed> {
    check(connection, batch).await?;
    for sql in [
        "DROP TABLE IF EXISTS temp.usage_touched",
        "CREATE TEMP TABLE usage_touched (customer INTEGER, type INTEGER, day INTEGER, \
         PRIMARY KEY (customer, type, day)) WITHOUT ROWID",
    ] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    sqlx::query(
        "INSERT OR IGNORE INTO temp.usage_touched (customer, type, day) \
         SELECT customer, type, day FROM usage_record WHERE batch = ?1",
    )
    .bind(batch)
    .execute(&mut *connection)
    .await?;
    let records = sqlx::query("DELETE FROM usage_record WHERE batch = ?1")
        .bind(batch)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    let aside = sqlx::query("DELETE FROM usage_aside WHERE batch = ?1")
        .bind(batch)
        .execute(&mut *connection)
        .await?
        .rows_affected();
    days::rebuild_touched(connection).await?;
    let customers: Vec<i64> = sqlx::query_scalar("SELECT DISTINCT customer FROM usage_touched")
        .fetch_all(&mut *connection)
        .await?;
    days::touched(connection, &customers).await?;
    sqlx::query("DROP TABLE temp.usage_touched")
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE usage_batch SET reversed_at = ?2 WHERE num = ?1")
        .bind(batch)
        .bind(now)
        .execute(&mut *connection)
        .await?;
    let left_out_elsewhere = sqlx::query_scalar(
        "SELECT num FROM usage_batch WHERE num > ?1 AND repeated > 0 AND reversed_at IS NULL \
         ORDER BY num LIMIT 100",
    )
    .bind(batch)
    .fetch_all(&mut *connection)
    .await?;
    Ok(UsageReversed {
        batch,
        records,
        aside,
        tenants: customers.len() as u64,
        left_out_elsewhere,
    })
}

async fn check(connection: &mut SqliteConnection, batch: i64) -> Result<()> {
    let reversed_at: Option<Option<i64>> =
        sqlx::query_scalar("SELECT reversed_at FROM usage_batch WHERE num = ?1")
            .bind(batch)
            .fetch_optional(&mut *connection)
            .await?;
    match reversed_at {
        None => {
            return Err(BooksError::UnknownId {
                id: batch.to_string(),
            });
        }
        Some(Some(_)) => {
            return Err(BooksError::invalid(format!(
                "batch {batch} is reversed already"
            )));
        }
        Some(None) => {}
    }
    let correcting: Option<i64> = sqlx::query_scalar(
        "SELECT c.batch FROM usage_record c JOIN usage_record r ON r.key_hash = c.corrects \
         WHERE c.corrects IS NOT NULL AND r.batch = ?1 AND c.batch <> ?1 \
         ORDER BY c.batch LIMIT 1",
    )
    .bind(batch)
    .fetch_optional(connection)
    .await?;
    match correcting {
        None => Ok(()),
        Some(other) => Err(BooksError::invalid(format!(
            "batch {other} corrects records of batch {batch}; reverse batch {other} first"
        ))),
    }
}
