//! Invoice lines for an export, by their invoice's accounting date and in Stripe's order.

use futures::future::BoxFuture;
use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::batches::{Batches, Key, Keyed, Rows};
use super::invoices::by_accounting_date;
use super::{ExportReader, Source, columns, push_next};
use crate::books::Books;
use crate::error::Result;
use crate::tables::InvoiceFilter;
use crate::tables::invoices::Invoices;
use crate::tables::rows::flag;

/// Invoices whose lines make a batch.
const INVOICES: i64 = if cfg!(test) { 2 } else { 300 };

/// One invoice line. Amounts are minor units of `currency`, times UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct InvoiceLineExport {
    pub invoice: String,
    pub invoice_number: Option<String>,
    pub invoice_status: Option<String>,
    pub invoice_finalized_at: Option<i64>,
    pub invoice_created: i64,
    pub customer: Option<String>,
    /// The name on the invoice, else the tenant's.
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    /// None where the invoice has no line.
    pub id: Option<String>,
    pub amount: Option<i64>,
    pub subtotal: Option<i64>,
    pub currency: String,
    pub description: Option<String>,
    pub quantity: Option<i64>,
    pub quantity_decimal: Option<String>,
    pub period_start: Option<i64>,
    pub period_end: Option<i64>,
    pub price: Option<String>,
    pub product: Option<String>,
    pub product_name: Option<String>,
    /// What one unit of the product is called.
    pub unit_label: Option<String>,
    pub unit_amount_decimal: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub proration: bool,
    pub subscription: Option<String>,
    pub subscription_item: Option<String>,
    pub invoice_item: Option<String>,
    /// JSON as Stripe has it.
    pub discount_amounts: Option<String>,
    /// JSON as Stripe has it.
    pub taxes: Option<String>,
    pub metadata: Option<String>,
    accounted_at: i64,
    num: i64,
}

impl Keyed for InvoiceLineExport {
    fn key(&self) -> Key {
        (self.accounted_at, self.num)
    }
}

const COLUMNS: [&str; 31] = [
    "i.id",
    "i.number",
    "i.status",
    "i.status_transitions_finalized_at",
    "i.created",
    "k.id",
    "coalesce(i.customer_name, t.name)",
    "t.tenant_id",
    "l.id",
    "l.amount",
    "l.subtotal",
    "i.currency",
    "(SELECT text FROM word WHERE num = l.description)",
    "l.quantity",
    "l.quantity_decimal",
    "l.period_start",
    "l.period_end",
    "(SELECT text FROM word WHERE num = l.price)",
    "w.text",
    "p.name",
    "p.unit_label",
    "l.unit_amount_decimal",
    "l.proration",
    "(SELECT text FROM word WHERE num = l.subscription)",
    "(SELECT text FROM word WHERE num = l.subscription_item)",
    "l.invoice_item",
    "l.discount_amounts",
    "l.taxes",
    "l.metadata",
    "n.at",
    "n.num",
];

/// Lines of invoices in the order of their accounting date.
struct Batch {
    listing: Invoices,
}

impl Batches for Batch {
    type Row = InvoiceLineExport;

    fn query(&self, after: Option<Key>) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({}))",
            columns(&COLUMNS),
        ));
        push_next(&mut query, &self.listing, after, INVOICES);
        query.push(
            " CROSS JOIN invoice i ON i.num = n.num \
             LEFT JOIN invoice_line l ON l.parent = i.num \
             LEFT JOIN tenant t ON t.num = i.customer_num \
             LEFT JOIN object k ON k.num = i.customer_num \
             LEFT JOIN word w ON w.num = l.product \
             LEFT JOIN object o ON o.kind = 2 AND o.id = w.text \
             LEFT JOIN product p ON p.num = o.num",
        );
        query
    }
}

struct Reader {
    rows: Rows<Batch>,
}

impl Source<InvoiceLineExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<InvoiceLineExport>>> {
        Box::pin(async move {
            loop {
                let mut rows = self.rows.next(connection).await?;
                let ended = rows.is_empty();
                // An invoice without lines was read only to go on behind it.
                rows.retain(|row| row.id.is_some());
                if ended || !rows.is_empty() {
                    return Ok(rows);
                }
            }
        })
    }
}

impl Books {
    /// Reads the lines of the invoices that pass `filter`.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_invoice_lines(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<InvoiceLineExport>> {
        let source = |listing| Reader {
            rows: Rows::new(Batch { listing }),
        };
        self.export_listed(by_accounting_date(filter, now), source)
            .await
    }
}
