//! An invoice's page.

use objects::Kind;
use objects::rows::{InvoiceLineRow, InvoiceRow as Stripe};
use sqlx::{Row as _, SqliteConnection};

use super::number;
use super::payments::{self, CreditNote, Payment};
use super::tenant::seen_at;
use crate::books::Books;
use crate::bulk::json_list;
use crate::error::Result;
use crate::history::kind_code;
use crate::lines::{of_invoices, products};
use crate::projection::selected;
use crate::record::{Record as _, read};
use crate::tables::InvoiceRow;
use crate::tables::invoices;

/// A line of an invoice with what its product is called.
#[derive(Debug, Clone)]
pub struct LineDetail {
    /// The line itself.
    pub row: InvoiceLineRow,
    /// The product's name, where it is known.
    pub product_name: Option<String>,
    /// What one unit of the product is called.
    pub unit_label: Option<String>,
    /// Whether its quantity counts seats: of a licensed price that recurs.
    pub seats: bool,
}

/// Everything of one invoice. Amounts are minor units of its currency.
#[derive(Debug, Clone)]
pub struct InvoiceDetail {
    /// The same figures as in the table.
    pub row: InvoiceRow,
    /// The invoice itself.
    pub invoice: Stripe,
    /// Its lines, in Stripe's order.
    pub lines: Vec<LineDetail>,
    /// Tax on top of the amounts.
    pub tax_exclusive: i64,
    /// Tax within the amounts.
    pub tax_inclusive: i64,
    /// All discounts.
    pub discount_total: i64,
    /// Payment attempts, newest first, at most 200.
    pub payments: Vec<Payment>,
    /// Credit notes, newest first, at most 200.
    pub credit_notes: Vec<CreditNote>,
    /// The invoice before it of the same subscription, Stripe's id.
    pub previous: Option<String>,
    /// When the invoice was last seen at Stripe, UTC seconds.
    pub seen_at: Option<i64>,
}

impl Books {
    /// One invoice by Stripe's id; none where the books do not hold it.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn invoice(&self, id: &str, now: i64) -> Result<Option<InvoiceDetail>> {
        let mut snapshot = self.snapshot().await?;
        let Some(num) = number(&mut snapshot, kind_code(Kind::Invoice), id).await? else {
            return Ok(None);
        };
        let columns = selected::<Stripe>("i");
        let sql = format!(
            "SELECT {columns}, i.customer_num, i.accounted_at, i.tax_exclusive, i.tax_inclusive, \
             i.discount_total FROM invoice i WHERE i.num = ?1"
        );
        let stored = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(num)
            .fetch_optional(&mut *snapshot)
            .await?;
        let row = invoices::rows(&mut snapshot, &[num], now).await?.pop();
        let (Some(stored), Some(row)) = (stored, row) else {
            return Ok(None);
        };
        let invoice: Stripe = read(&stored, 0)?;
        let after = Stripe::COLUMNS.len();
        let (customer, accounted_at) = (stored.try_get(after)?, stored.try_get(after + 1)?);
        let lines = of_invoices(self, &mut snapshot, &[num]).await?.remove(&num);
        let lines = lines.unwrap_or_default();
        let subscription = invoice.parent_subscription_details_subscription.as_deref();
        Ok(Some(InvoiceDetail {
            row,
            lines: detailed(&mut snapshot, lines).await?,
            tax_exclusive: stored.try_get::<Option<i64>, _>(after + 2)?.unwrap_or(0),
            tax_inclusive: stored.try_get::<Option<i64>, _>(after + 3)?.unwrap_or(0),
            discount_total: stored.try_get::<Option<i64>, _>(after + 4)?.unwrap_or(0),
            payments: payments::of_invoice(&mut snapshot, num).await?,
            credit_notes: payments::notes_of_invoice(&mut snapshot, num).await?,
            previous: previous(&mut snapshot, customer, subscription, accounted_at).await?,
            seen_at: seen_at(&mut snapshot, num).await?,
            invoice,
        }))
    }
}

async fn detailed(
    connection: &mut SqliteConnection,
    lines: Vec<InvoiceLineRow>,
) -> Result<Vec<LineDetail>> {
    let products = products(connection, lines.iter()).await?;
    let prices: Vec<&str> = lines.iter().filter_map(|l| l.price.as_deref()).collect();
    let licensed: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT o.id FROM json_each(?1) j \
         CROSS JOIN object o ON o.kind = 3 AND o.id = j.value \
         JOIN price p ON p.num = o.num WHERE p.recurring_usage_type = 'licensed'",
    )
    .bind(json_list(&prices))
    .fetch_all(connection)
    .await?;
    let detail = |row: InvoiceLineRow| {
        let product = row.product.as_ref().and_then(|id| products.get(id));
        LineDetail {
            product_name: product.and_then(|product| product.name.clone()),
            unit_label: product.and_then(|product| product.unit_label.clone()),
            seats: row.price.as_ref().is_some_and(|id| licensed.contains(id)),
            row,
        }
    };
    Ok(lines.into_iter().map(detail).collect())
}

/// The document before it of the same subscription.
async fn previous(
    connection: &mut SqliteConnection,
    customer: Option<i64>,
    subscription: Option<&str>,
    accounted_at: i64,
) -> Result<Option<String>> {
    let (Some(customer), Some(subscription)) = (customer, subscription) else {
        return Ok(None);
    };
    Ok(sqlx::query_scalar(
        "SELECT id FROM invoice WHERE customer_num = ?1 AND accounted_at < ?2 \
         AND subscription_num = (SELECT num FROM object WHERE kind = 7 AND id = ?3) \
         AND deleted = 0 \
         AND status NOT IN ('draft', 'void') ORDER BY accounted_at DESC, num DESC LIMIT 1",
    )
    .bind(customer)
    .bind(accounted_at)
    .bind(subscription)
    .fetch_optional(connection)
    .await?)
}
