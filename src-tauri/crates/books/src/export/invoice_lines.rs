//! Invoice lines for an export, by their invoice's accounting date and in Stripe's order.

use futures::future::BoxFuture;
use serde::Deserialize;
use sqlx::{QueryBuilder, SqliteConnection};

use super::invoices::Walk;
use super::{ExportReader, Source, columns, flag, json_rows};
use crate::books::Books;
use crate::error::Result;
use crate::tables::InvoiceFilter;

/// Invoices whose lines make a batch.
const INVOICES: i64 = 300;

/// One invoice line. Amounts are minor units of `currency`, times UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct InvoiceLineExport {
    num: i64,
    accounted_at: i64,
    pub invoice: String,
    pub invoice_number: Option<String>,
    pub invoice_status: Option<String>,
    pub invoice_finalized_at: Option<i64>,
    pub invoice_created: i64,
    pub customer: Option<String>,
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
}

const COLUMNS: [&str; 31] = [
    "i.num",
    "i.accounted_at",
    "i.id",
    "i.number",
    "i.status",
    "i.status_transitions_finalized_at",
    "i.created",
    "(SELECT id FROM object WHERE num = i.customer_num)",
    "coalesce(t.name, i.customer_name)",
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
];

struct Reader {
    walk: Walk,
}

impl Source<InvoiceLineExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<InvoiceLineExport>>> {
        Box::pin(self.batch(connection))
    }
}

impl Reader {
    async fn batch(&mut self, connection: &mut SqliteConnection) -> Result<Vec<InvoiceLineExport>> {
        loop {
            let mut query = QueryBuilder::new(format!(
                "SELECT json_group_array(json_array({}) \
                 ORDER BY n.accounted_at, n.num, l.n)",
                columns(&COLUMNS),
            ));
            self.walk.push_next(&mut query, INVOICES);
            query.push(
                " CROSS JOIN invoice i ON i.num = n.num \
                 LEFT JOIN invoice_line l ON l.parent = i.num \
                 LEFT JOIN tenant t ON t.num = i.customer_num \
                 LEFT JOIN word w ON w.num = l.product \
                 LEFT JOIN object o ON o.kind = 2 AND o.id = w.text \
                 LEFT JOIN product p ON p.num = o.num",
            );
            let mut rows: Vec<InvoiceLineExport> = json_rows(connection, query).await?;
            let Some(last) = rows.last() else {
                return Ok(rows);
            };
            self.walk.went_to(last.accounted_at, last.num);
            // An invoice without lines was read only to go on behind it.
            rows.retain(|row| row.id.is_some());
            if !rows.is_empty() {
                return Ok(rows);
            }
        }
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
        let (mut transaction, state, search) = self.export_snapshot().await?;
        let walk = Walk::new(filter, now, search);
        let totals = crate::tables::totals(&mut transaction, &walk.listing()).await?;
        let total = super::total(&mut transaction, &walk.listing()).await?;
        let source = Box::new(Reader { walk });
        Ok(ExportReader {
            transaction,
            source,
            total,
            totals,
            state,
            ended: false,
        })
    }
}
