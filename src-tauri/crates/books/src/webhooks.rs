//! What the webhook listener refused, and how much it took in.

use sqlx::FromRow;

use crate::books::Books;
use crate::error::Result;

/// Refusals that are kept: the newest.
const KEPT_REFUSALS: i64 = 1_000;

/// Requests that were refused for one reason within one second.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct WebhookRefusal {
    /// UTC seconds.
    pub at: i64,
    /// Why, in words, without anything of what was sent.
    pub reason: String,
    /// How many.
    pub times: i64,
    /// Bytes of the largest body, as far as it was read.
    pub bytes: i64,
}

/// What came in by webhooks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct WebhookCounts {
    /// Events that came first by a webhook.
    pub arrived: u64,
    /// Those of them that still wait to be applied.
    pub waiting: u64,
    /// When the last one arrived, UTC seconds.
    pub last_at: Option<i64>,
}

impl Books {
    /// Notes that a request of `bytes` was refused.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn note_webhook_refusal(&self, at: i64, reason: &str, bytes: u64) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.bulk_transaction().await?;
        sqlx::query(
            "INSERT INTO webhook_refusal (at, reason, times, bytes) VALUES (?1, ?2, 1, ?3) \
             ON CONFLICT (at, reason) DO UPDATE \
             SET times = times + 1, bytes = max(bytes, excluded.bytes)",
        )
        .bind(at)
        .bind(reason)
        .bind(i64::try_from(bytes).unwrap_or(i64::MAX))
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "DELETE FROM webhook_refusal WHERE (at, reason) <= \
             (SELECT at, reason FROM webhook_refusal ORDER BY at DESC, reason DESC \
              LIMIT 1 OFFSET ?1)",
        )
        .bind(KEPT_REFUSALS)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The newest refusals, at most `count` (1,000 are kept).
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn webhook_refusals(&self, count: u32) -> Result<Vec<WebhookRefusal>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_as(
            "SELECT at, reason, times, bytes FROM webhook_refusal \
             ORDER BY at DESC, reason DESC LIMIT ?1",
        )
        .bind(count)
        .fetch_all(&mut *reader)
        .await?)
    }

    /// What came in by webhooks so far.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn webhook_counts(&self) -> Result<WebhookCounts> {
        let mut reader = self.reader().await?;
        let (arrived, waiting, last_at): (i64, i64, Option<i64>) = sqlx::query_as(
            "SELECT count(*), coalesce(sum(outcome = 0), 0), max(received_at) \
             FROM event WHERE road = 2",
        )
        .fetch_one(&mut *reader)
        .await?;
        Ok(WebhookCounts {
            arrived: u64::try_from(arrived).unwrap_or_default(),
            waiting: u64::try_from(waiting).unwrap_or_default(),
            last_at,
        })
    }
}
