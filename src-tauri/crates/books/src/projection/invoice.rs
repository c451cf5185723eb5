//! The table `invoice`, and what the lines of an invoice say together.

use std::collections::HashMap;
use std::sync::LazyLock;

use objects::rows::InvoiceRow;
use sqlx::SqliteConnection;

use super::Projection;
use super::storage::{Layout, Words};
use crate::bulk::{Rows, Statement};
use crate::error::Result;
use crate::prepare::Facts;

static INVOICES: LazyLock<Layout> = LazyLock::new(|| {
    Layout::new::<InvoiceRow>(
        &["num"],
        &[
            "customer_num",
            "subscription_num",
            "accounted_at",
            "tax_exclusive",
            "tax_inclusive",
            "discount_total",
        ],
    )
});

static DIGESTS: LazyLock<Statement> = LazyLock::new(|| {
    Statement::replacing(
        "invoice_digest",
        &["num", "product_set", "period_min", "period_max", "lines"],
    )
});

pub(super) struct Writer {
    invoices: Rows<'static>,
    digests: Rows<'static>,
    product_sets: HashMap<String, i64>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            invoices: Rows::new(&INVOICES.statement),
            digests: Rows::new(&DIGESTS),
            product_sets: HashMap::new(),
        }
    }

    pub(super) async fn put(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: InvoiceRow,
        facts: Facts,
        words: &Words,
    ) -> Result<()> {
        // The accounting date; a draft is no document yet and stands at its creation.
        let accounted_at = row.status_transitions_finalized_at.unwrap_or(row.created);
        let (tax_exclusive, tax_inclusive, discount) = match facts {
            Facts::Invoice {
                tax_exclusive,
                tax_inclusive,
                discount,
            } => (tax_exclusive, tax_inclusive, discount),
            _ => (0, 0, 0),
        };
        self.invoices.int(at.num);
        INVOICES.record(&mut self.invoices, words, row);
        self.invoices.maybe_int(at.refers[0]);
        self.invoices.maybe_int(at.refers[1]);
        self.invoices.int(accounted_at);
        self.invoices.int(tax_exclusive);
        self.invoices.int(tax_inclusive);
        self.invoices.int(discount);
        self.invoices.end_row(connection).await
    }

    pub(super) async fn digest(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        facts: Facts,
    ) -> Result<()> {
        let Facts::Lines {
            count,
            products,
            period_min,
            period_max,
        } = facts
        else {
            return Ok(());
        };
        let product_set = self.product_set(connection, products).await?;
        self.digests.int(at.num);
        self.digests.int(product_set);
        self.digests.maybe_int(period_min);
        self.digests.maybe_int(period_max);
        self.digests.int(i64::try_from(count).unwrap_or(i64::MAX));
        self.digests.end_row(connection).await
    }

    async fn product_set(
        &mut self,
        connection: &mut SqliteConnection,
        products: String,
    ) -> Result<i64> {
        if let Some(num) = self.product_sets.get(&products) {
            return Ok(*num);
        }
        sqlx::query("INSERT OR IGNORE INTO product_set (products) VALUES (?1)")
            .bind(&products)
            .execute(&mut *connection)
            .await?;
        let num: i64 = sqlx::query_scalar("SELECT num FROM product_set WHERE products = ?1")
            .bind(&products)
            .fetch_one(connection)
            .await?;
        self.product_sets.insert(products, num);
        Ok(num)
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.invoices.finish(connection).await?;
        self.digests.finish(connection).await
    }
}
