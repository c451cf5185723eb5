//! What is built once a load is through, and kept by every write from then on: late indexes, the
//! tenants' figures, the text search. Building them at the end is what makes a load fast.

use std::collections::BTreeSet;

use sqlx::SqliteConnection;
use tokio_util::sync::CancellationToken;

use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::figures;
use crate::meta;
use crate::projection::Touched;

/// How far [`Books::settle`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettleProgress {
    /// What is being built: `indexes`, `figures`, `search`.
    pub step: &'static str,
    /// Steps done.
    pub done: u32,
    /// Steps in all.
    pub of: u32,
}

/// Invoices whose table stays in the page cache of 40 MB, at less than 300 bytes each.
const CACHED_INVOICES: i64 = 120_000;

/// Who is told how far it is.
pub type SettleListener<'a> = &'a (dyn Fn(SettleProgress) + Send + Sync);

/// Indexes beside those of the schema, which a first load needs too, that the tables' sorts, the
/// pages and the exports read by. Name and text.
const INDEXES: [(&str, &str); 37] = [
    (
        "invoice_by_customer",
        "ON invoice (customer_num, accounted_at)",
    ),
    (
        "invoice_by_created",
        "ON invoice (created) WHERE deleted = 0",
    ),
    (
        "invoice_by_number",
        "ON invoice (coalesce(number, '')) WHERE deleted = 0",
    ),
    (
        "invoice_by_total",
        "ON invoice (currency, coalesce(total, 0)) WHERE deleted = 0",
    ),
    (
        "invoice_by_remaining",
        "ON invoice (currency, coalesce(amount_remaining, 0)) WHERE deleted = 0",
    ),
    (
        "invoice_by_due",
        "ON invoice (coalesce(due_date, 0)) WHERE deleted = 0",
    ),
    (
        "invoice_by_status",
        "ON invoice (coalesce(status, ''), accounted_at) WHERE deleted = 0",
    ),
    // What the totals of any filter by currency, status and date read, without the wide rows.
    (
        "invoice_totals",
        "ON invoice (currency, status, accounted_at, status_transitions_finalized_at, total, \
         amount_paid, amount_remaining) WHERE deleted = 0",
    ),
    (
        "invoice_digest_by_products",
        "ON invoice_digest (product_set)",
    ),
    ("subscription_by_customer", "ON subscription (customer_num)"),
    ("subscription_item_by_price", "ON subscription_item (price)"),
    ("price_by_product", "ON price (product)"),
    ("discount_by_customer", "ON discount (customer_num)"),
    ("discount_by_coupon", "ON discount (source_coupon)"),
    (
        "invoice_payment_by_intent",
        "ON invoice_payment (payment_intent_num)",
    ),
    (
        "invoice_payment_by_invoice",
        "ON invoice_payment (invoice_num)",
    ),
    (
        "invoice_payment_by_charge",
        "ON invoice_payment (payment_charge) WHERE payment_charge IS NOT NULL",
    ),
    (
        "invoice_payment_outside",
        "ON invoice_payment (created) WHERE payment_intent_num IS NULL AND payment_charge IS NULL",
    ),
    ("charge_by_customer", "ON charge (customer_num, created)"),
    ("charge_by_intent", "ON charge (payment_intent_num)"),
    ("charge_by_created", "ON charge (created)"),
    (
        "credit_note_by_date",
        "ON credit_note (coalesce(effective_at, created))",
    ),
    ("credit_note_by_customer", "ON credit_note (customer_num)"),
    ("credit_note_by_invoice", "ON credit_note (invoice_num)"),
    ("refund_by_charge", "ON refund (charge_num)"),
    ("refund_by_created", "ON refund (created)"),
    ("dispute_by_charge", "ON dispute (charge_num)"),
    (
        "customer_balance_transaction_by_customer",
        "ON customer_balance_transaction (customer_num, created)",
    ),
    ("credit_grant_by_customer", "ON credit_grant (customer_num)"),
    (
        "credit_balance_transaction_by_grant",
        "ON credit_balance_transaction (credit_grant_num)",
    ),
    (
        "promotion_code_by_customer",
        "ON promotion_code (customer_num) WHERE customer_num IS NOT NULL",
    ),
    (
        "subscription_schedule_by_customer",
        "ON subscription_schedule (customer_num)",
    ),
    ("invoice_item_by_customer", "ON invoice_item (customer_num)"),
    (
        "payment_method_by_customer",
        "ON payment_method (customer_num)",
    ),
    (
        "payment_source_by_customer",
        "ON payment_source (customer_num)",
    ),
    (
        "balance_transaction_by_source",
        "ON balance_transaction (source)",
    ),
    ("payout_transaction_by_id", "ON payout_transaction (id)"),
];

/// Indexes of the tenants' figures: built behind these, so that no figure is put in its place by
/// itself.
const FIGURE_INDEXES: [(&str, &str); 3] = [
    ("tenant_by_plan", "ON tenant (plan, name_key)"),
    ("tenant_by_mrr", "ON tenant (currency, mrr)"),
    ("tenant_by_created", "ON tenant (created)"),
];

/// Indexes that a first load fills backwards, as Stripe lists the newest first: their pages are left
/// half empty.
const FILLED_BACKWARDS: [&str; 3] = [
    "object_by_id",
    "version_is_distinct",
    "invoice_by_accounted",
];

/// Objects of which an index is built anew to fill its pages: sorting more would take more memory
/// than a load may.
const SORTED_OBJECTS: i64 = 500_000;

impl Books {
    /// Builds what the tables need after a load: indexes, figures, search. Quick when nothing is
    /// to be done; from then on every write keeps them.
    ///
    /// # Errors
    /// [`BooksError::Cancelled`] when `cancel` fires; indexes that were built stay.
    pub async fn settle(
        &self,
        listener: SettleListener<'_>,
        cancel: &CancellationToken,
    ) -> Result<()> {
        if self.is_settled().await? {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        writer.lend(cancel).await?;
        // Every index reads the whole table of the invoices. One that stays in the page cache is
        // read and decrypted once for all of them; a longer one never does, and sorting its
        // indexes happens in memory: it gets the cache's share.
        let invoices: i64 = sqlx::query_scalar("SELECT count(*) FROM invoice_digest")
            .fetch_one(&mut writer.bulk)
            .await?;
        if invoices > CACHED_INVOICES {
            sqlx::query("PRAGMA cache_size = -8192")
                .execute(&mut writer.bulk)
                .await?;
        }
        sqlx::query("PRAGMA shrink_memory")
            .execute(&mut writer.bulk)
            .await?;
        let built = self.build(&mut writer.bulk, listener, cancel).await;
        writer.take_back().await?;
        let data_version = built?;
        drop(writer);
        self.publish(data_version);
        Ok(())
    }

    /// Fills the pages of what a first load left half empty, once. Takes no time from then on.
    ///
    /// # Errors
    /// [`BooksError::Cancelled`] when `cancel` fires; then it is done by the next load.
    pub async fn compact(&self, cancel: &CancellationToken) -> Result<()> {
        let mut reader = self.reader().await?;
        let is_compact = meta::get(&mut reader, meta::COMPACT).await?.is_some();
        let objects: i64 = sqlx::query_scalar("SELECT coalesce(max(num), 0) FROM object")
            .fetch_one(&mut *reader)
            .await?;
        drop(reader);
        if is_compact || objects > SORTED_OBJECTS {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        writer.lend(cancel).await?;
        let filled = fill_pages(&mut writer.bulk, cancel).await;
        writer.take_back().await?;
        filled
    }

    async fn build(
        &self,
        connection: &mut SqliteConnection,
        listener: SettleListener<'_>,
        cancel: &CancellationToken,
    ) -> Result<u64> {
        let of = u32::try_from(INDEXES.len()).unwrap_or(0) + 2;
        let mut done = 0;
        for (name, text) in INDEXES {
            check(cancel)?;
            listener(SettleProgress {
                step: "indexes",
                done,
                of,
            });
            create_index(connection, name, text).await?;
            done += 1;
        }
        check(cancel)?;
        use sqlx::Connection as _;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
        listener(SettleProgress {
            step: "figures",
            done,
            of,
        });
        figures::all(&mut transaction).await?;
        for (name, text) in FIGURE_INDEXES {
            create_index(&mut transaction, name, text).await?;
        }
        check(cancel)?;
        listener(SettleProgress {
            step: "search",
            done: done + 1,
            of,
        });
        fill_search(&mut transaction).await?;
        crate::usage_state::follow_all(&mut transaction).await?;
        statistics(&mut transaction).await?;
        meta::put(&mut transaction, meta::SETTLED, "1").await?;
        let data_version = meta::bump_data_version(&mut transaction).await?;
        transaction.commit().await?;
        listener(SettleProgress {
            step: "search",
            done: of,
            of,
        });
        Ok(data_version)
    }
}

fn check(cancel: &CancellationToken) -> Result<()> {
    if cancel.is_cancelled() {
        Err(BooksError::Cancelled)
    } else {
        Ok(())
    }
}

async fn create_index(connection: &mut SqliteConnection, name: &str, text: &str) -> Result<()> {
    // Both come from the list above.
    let sql = format!("CREATE INDEX IF NOT EXISTS {name} {text}");
    sqlx::query(sqlx::AssertSqlSafe(sql))
        .persistent(false)
        .execute(connection)
        .await?;
    Ok(())
}

async fn fill_pages(connection: &mut SqliteConnection, cancel: &CancellationToken) -> Result<()> {
    for name in FILLED_BACKWARDS {
        check(cancel)?;
        let sql = format!("REINDEX {name}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    meta::put(connection, meta::COMPACT, "1").await
}

/// Everything that `settle` built is taken back, before all rows are written anew.
pub(crate) async fn unsettle(connection: &mut SqliteConnection) -> Result<()> {
    for (name, _) in INDEXES.into_iter().chain(FIGURE_INDEXES) {
        let sql = format!("DROP INDEX IF EXISTS {name}");
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    meta::put(connection, meta::SETTLED, "0").await
}

/// Builds what `settle` builds within the caller's transaction.
pub(crate) async fn resettle(connection: &mut SqliteConnection) -> Result<()> {
    for (name, text) in INDEXES {
        create_index(connection, name, text).await?;
    }
    figures::all(connection).await?;
    for (name, text) in FIGURE_INDEXES {
        create_index(connection, name, text).await?;
    }
    fill_search(connection).await?;
    statistics(connection).await?;
    meta::put(connection, meta::SETTLED, "1").await
}

/// Tells the planner how many rows stand behind an index: without it, it takes a million rows for
/// a few. A few hundred entries of each index are looked at.
async fn statistics(connection: &mut SqliteConnection) -> Result<()> {
    for sql in ["PRAGMA analysis_limit = 400", "ANALYZE"] {
        sqlx::query(sql)
            .persistent(false)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn fill_search(connection: &mut SqliteConnection) -> Result<()> {
    for sql in [
        "INSERT INTO tenant_search (tenant_search) VALUES ('delete-all')",
        "INSERT INTO tenant_search (rowid, name, email, tenant_id, description) \
         SELECT t.num, t.name, t.email, t.tenant_id, c.description \
         FROM tenant t JOIN customer c ON c.num = t.num",
        "INSERT INTO invoice_search (invoice_search) VALUES ('delete-all')",
        "INSERT INTO invoice_search (rowid, number, description) \
         SELECT num, number, description FROM invoice",
    ] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Lets figures and search follow a write.
pub(crate) async fn follow(connection: &mut SqliteConnection, touched: &Touched) -> Result<()> {
    let mut customers: BTreeSet<i64> = touched.customers.clone();
    customers.extend(figures::owners(connection, touched).await?);
    figures::of(connection, &customers).await?;
    crate::usage_state::follow(connection, &customers).await?;
    let tenants = serde_json::json!(touched.customers).to_string();
    if !touched.customers.is_empty() {
        for sql in [
            "DELETE FROM tenant_search WHERE rowid IN (SELECT value FROM json_each(?1))",
            "INSERT INTO tenant_search (rowid, name, email, tenant_id, description) \
             SELECT t.num, t.name, t.email, t.tenant_id, c.description \
             FROM json_each(?1) j CROSS JOIN tenant t ON t.num = j.value \
             JOIN customer c ON c.num = t.num",
        ] {
            sqlx::query(sql)
                .bind(&tenants)
                .execute(&mut *connection)
                .await?;
        }
    }
    if !touched.invoices.is_empty() {
        let invoices = serde_json::json!(touched.invoices).to_string();
        for sql in [
            "DELETE FROM invoice_search WHERE rowid IN (SELECT value FROM json_each(?1))",
            "INSERT INTO invoice_search (rowid, number, description) \
             SELECT i.num, i.number, i.description \
             FROM json_each(?1) j CROSS JOIN invoice i ON i.num = j.value",
        ] {
            sqlx::query(sql)
                .bind(&invoices)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
