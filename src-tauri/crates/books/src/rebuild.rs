//! Building every projection again from the history, without a request.

use sqlx::Connection as _;
use tokio_util::sync::CancellationToken;

use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::meta;
use crate::projection::rebuild_all;
use crate::settle::{resettle, unsettle};

/// How far [`Books::rebuild_projections`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RebuildProgress {
    /// Objects done.
    pub done: u64,
    /// Objects in all.
    pub of: u64,
}

/// Who is told how far it is.
pub type RebuildListener<'a> = &'a (dyn Fn(RebuildProgress) + Send + Sync);

/// What is emptied before it is filled again.
const EMPTIED: [&str; 38] = [
    "DELETE FROM customer",
    "DELETE FROM product",
    "DELETE FROM price",
    "DELETE FROM price_tiers",
    "DELETE FROM coupon",
    "DELETE FROM coupon_terms",
    "DELETE FROM discount",
    "DELETE FROM tax_rate",
    "DELETE FROM subscription",
    "DELETE FROM subscription_item",
    "DELETE FROM invoice",
    "DELETE FROM invoice_digest",
    "DELETE FROM product_set",
    "DELETE FROM word",
    "DELETE FROM invoice_payment",
    "DELETE FROM payment_intent",
    "DELETE FROM charge",
    "DELETE FROM credit_note",
    "DELETE FROM credit_note_line",
    "DELETE FROM payout_transaction",
    "DELETE FROM refund",
    "DELETE FROM dispute",
    "DELETE FROM customer_balance_transaction",
    "DELETE FROM credit_grant",
    "DELETE FROM credit_balance_transaction",
    "DELETE FROM credit_balance_summary",
    "DELETE FROM meter",
    "DELETE FROM promotion_code",
    "DELETE FROM subscription_schedule",
    "DELETE FROM invoice_item",
    "DELETE FROM payment_method",
    "DELETE FROM payment_source",
    "DELETE FROM balance_transaction",
    "DELETE FROM payout",
    "DELETE FROM test_clock",
    "DELETE FROM tenant",
    "DELETE FROM tenant_mrr",
    "INSERT INTO tenant_search (tenant_search) VALUES ('delete-all')",
];

impl Books {
    /// Builds every projection, figure and index again from the history: all or nothing.
    /// Readers see the old ones until it is done.
    ///
    /// # Errors
    /// [`BooksError::Cancelled`], [`BooksError::Damaged`] for a version that cannot be read;
    /// nothing is changed then.
    pub async fn rebuild_projections(
        &self,
        listener: RebuildListener<'_>,
        cancel: &CancellationToken,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        writer.lend(cancel).await?;
        let mut transaction = writer.bulk.begin_with("BEGIN IMMEDIATE").await?;
        let settled = meta::is_settled(&mut transaction).await?;
        unsettle(&mut transaction).await?;
        for sql in EMPTIED {
            sqlx::query(sql).execute(&mut *transaction).await?;
        }
        let of: i64 = sqlx::query_scalar("SELECT coalesce(max(num), 0) FROM object")
            .fetch_one(&mut *transaction)
            .await?;
        let of = u64::try_from(of).unwrap_or(0);
        rebuild_all(self, &mut transaction, |done| {
            listener(RebuildProgress { done, of });
            if cancel.is_cancelled() {
                Err(BooksError::Cancelled)
            } else {
                Ok(())
            }
        })
        .await?;
        crate::usage::rebuild(&mut transaction).await?;
        crate::plans::rebuild(&mut transaction).await?;
        if settled {
            resettle(&mut transaction).await?;
        }
        let data_version = meta::bump_data_version(&mut transaction).await?;
        transaction.commit().await?;
        writer.take_back().await?;
        self.publish(data_version);
        Ok(())
    }
}
