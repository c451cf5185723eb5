//! Erasing a customer's personal data from history and projections; hashes stay and say so.

use objects::Kind;
use sqlx::{FromRow, SqliteConnection};

use crate::apply::compress_plain;
use crate::books::Books;
use crate::detail::number;
use crate::error::{BooksError, Result};
use crate::history::{kind_code, redact};
use crate::ledger::{Entry, append_within};
use crate::meta;
use crate::projection::{Touched, keep_settled, reproject};

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Objects from whose versions personal data was taken: the customer, its invoices, ….
    pub objects: u64,
    /// Versions that were rewritten; their hashes are as they were.
    pub versions: u64,
    /// The ledger's entry that says so.
    pub sequence: i64,
}

#[derive(FromRow)]
struct Stored {
    num: i64,
    object: i64,
    length: i64,
    dictionary: Option<i64>,
    body: Vec<u8>,
}

/// Versions that may hold personal data of a customer, and were not erased before.
const PERSONAL: &str = "SELECT v.num, v.object, v.length, v.dictionary, v.body \
     FROM version v WHERE v.erased_at IS NULL AND v.object IN ( \
         SELECT ?1 \
         UNION ALL SELECT num FROM subscription WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM invoice WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM payment_intent WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM charge WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM credit_note WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM customer_balance_transaction WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM credit_grant WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM promotion_code WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM subscription_schedule WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM invoice_item WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM payment_method WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM payment_source WHERE customer_num = ?1 \
         UNION ALL SELECT num FROM refund WHERE charge_num IN \
             (SELECT num FROM charge WHERE customer_num = ?1) \
         UNION ALL SELECT num FROM dispute WHERE charge_num IN \
             (SELECT num FROM charge WHERE customer_num = ?1)) \
     AND v.num > ?2 ORDER BY v.num LIMIT 500";

impl Books {
    /// Takes a customer's personal data (names, addresses, e-mail, phone, tax ids) and what
    /// people wrote freely (descriptions, memos, metadata other than `tenantId`) out of every
    /// version and every table, lines included, and records it in the ledger.
    /// Amounts, dates and ids stay; what arrives later is stored without personal data too.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`]; nothing is changed then.
    pub async fn erase_customer(
        &self,
        id: &str,
        author: &str,
        reason: &str,
        at: i64,
    ) -> Result<Erased> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        let customer = number(&mut transaction, kind_code(Kind::Customer), id)
            .await?
            .ok_or_else(|| BooksError::UnknownId { id: id.to_owned() })?;
        sqlx::query("INSERT OR IGNORE INTO erasure (object, erased_at) VALUES (?1, ?2)")
            .bind(customer)
            .bind(at)
            .execute(&mut *transaction)
            .await?;
        let (objects, versions) = self.rewrite(&mut transaction, customer, at).await?;
        crate::events::erase_events(self, &mut transaction, customer, at).await?;
        sqlx::query(
            "UPDATE ledger_personal SET body = NULL, salt = NULL, erased_at = ?2 \
             WHERE subject = ?1 AND erased_at IS NULL",
        )
        .bind(id)
        .bind(at)
        .execute(&mut *transaction)
        .await?;
        let mut touched = Touched::default();
        reproject(self, &mut transaction, &objects, &mut touched).await?;
        if meta::is_settled(&mut transaction).await? {
            keep_settled(&mut transaction, &touched).await?;
        }
        // Deleted words stay in the search's segments until they are merged.
        for sql in [
            "INSERT INTO tenant_search (tenant_search) VALUES ('optimize')",
            "INSERT INTO invoice_search (invoice_search) VALUES ('optimize')",
        ] {
            sqlx::query(sql).execute(&mut *transaction).await?;
        }
        let payload = serde_json::json!({
            "customer": id,
            "objects": objects.len(),
            "versions": versions,
            "reason": reason,
        });
        let entry = Entry::new(at, author, "customer.erased", payload);
        let head = append_within(&mut transaction, self.origin(), &entry).await?;
        let data_version = meta::bump_data_version(&mut transaction).await?;
        transaction.commit().await?;
        // Freed pages and the log still hold what was there: overwrite them.
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .execute(&mut writer.durable)
            .await?;
        drop(writer);
        self.publish(data_version);
        Ok(Erased {
            objects: objects.len() as u64,
            versions,
            sequence: head.sequence,
        })
    }

    async fn rewrite(
        &self,
        connection: &mut SqliteConnection,
        customer: i64,
        at: i64,
    ) -> Result<(Vec<i64>, u64)> {
        let (mut objects, mut versions, mut last) = (Vec::new(), 0, 0);
        loop {
            let batch: Vec<Stored> = sqlx::query_as(PERSONAL)
                .bind(customer)
                .bind(last)
                .fetch_all(&mut *connection)
                .await?;
            let Some(newest) = batch.last() else {
                break;
            };
            last = newest.num;
            for stored in batch {
                let form = self
                    .dictionaries()
                    .open(connection, &stored.body, stored.length, stored.dictionary)
                    .await?;
                let form = redact(&form)?;
                sqlx::query(
                    "UPDATE version SET body = ?2, length = ?3, dictionary = NULL, \
                     erased_at = ?4 WHERE num = ?1",
                )
                .bind(stored.num)
                .bind(compress_plain(&form)?)
                .bind(i64::try_from(form.len()).unwrap_or(i64::MAX))
                .bind(at)
                .execute(&mut *connection)
                .await?;
                objects.push(stored.object);
                versions += 1;
            }
        }
        objects.sort_unstable();
        objects.dedup();
        Ok((objects, versions))
    }
}
