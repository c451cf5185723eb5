//! Invoice lines for an export, by their invoice's accounting date and in Stripe's order.

use futures::future::BoxFuture;
use objects::rows::InvoiceLineRow;
use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::batches::{Batches, Key, Keyed, Rows};
use super::invoices::by_accounting_date;
use super::{ExportReader, Source, columns, push_next};
use crate::books::Books;
use crate::error::Result;
use crate::lines::{Product, of_invoices, products};
use crate::tables::InvoiceFilter;
use crate::tables::invoices::Invoices;

/// Invoices whose lines make a batch.
const INVOICES: i64 = if cfg!(test) { 2 } else { 300 };

/// One invoice line. Amounts are minor units of `currency`, times UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    pub id: String,
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

/// What its lines say of an invoice.
#[derive(Deserialize)]
struct Invoice {
    id: String,
    number: Option<String>,
    status: Option<String>,
    finalized_at: Option<i64>,
    created: i64,
    customer: Option<String>,
    customer_name: Option<String>,
    tenant_id: Option<String>,
    currency: String,
    accounted_at: i64,
    num: i64,
}

impl Keyed for Invoice {
    fn key(&self) -> Key {
        (self.accounted_at, self.num)
    }
}

const COLUMNS: [&str; 11] = [
    "i.id",
    "i.number",
    "i.status",
    "i.status_transitions_finalized_at",
    "i.created",
    "k.id",
    "coalesce(i.customer_name, t.name)",
    "t.tenant_id",
    "i.currency",
    "n.at",
    "n.num",
];

/// Invoices in the order of their accounting date.
struct Batch {
    listing: Invoices,
}

impl Batches for Batch {
    type Row = Invoice;

    fn query(&self, after: Option<Key>) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({}))",
            columns(&COLUMNS),
        ));
        push_next(&mut query, &self.listing, after, INVOICES);
        query.push(
            " CROSS JOIN invoice i ON i.num = n.num \
             LEFT JOIN tenant t ON t.num = i.customer_num \
             LEFT JOIN object k ON k.num = i.customer_num",
        );
        query
    }
}

struct Reader {
    invoices: Rows<Batch>,
    books: Books,
}

impl Source<InvoiceLineExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<InvoiceLineExport>>> {
        Box::pin(async move {
            loop {
                let invoices = self.invoices.next(connection).await?;
                let ended = invoices.is_empty();
                let rows = rows(&self.books, connection, invoices).await?;
                // A batch of invoices without lines was read only to go on behind it.
                if ended || !rows.is_empty() {
                    return Ok(rows);
                }
            }
        })
    }
}

async fn rows(
    books: &Books,
    connection: &mut SqliteConnection,
    invoices: Vec<Invoice>,
) -> Result<Vec<InvoiceLineExport>> {
    let nums: Vec<i64> = invoices.iter().map(|invoice| invoice.num).collect();
    let mut lines = of_invoices(books, connection, &nums).await?;
    let products = products(connection, lines.values().flatten()).await?;
    let mut rows = Vec::with_capacity(lines.values().map(Vec::len).sum());
    for invoice in invoices {
        for line in lines.remove(&invoice.num).unwrap_or_default() {
            let product = line.product.as_ref().and_then(|id| products.get(id));
            rows.push(row(&invoice, line, product));
        }
    }
    Ok(rows)
}

fn row(invoice: &Invoice, line: InvoiceLineRow, product: Option<&Product>) -> InvoiceLineExport {
    InvoiceLineExport {
        invoice: invoice.id.clone(),
        invoice_number: invoice.number.clone(),
        invoice_status: invoice.status.clone(),
        invoice_finalized_at: invoice.finalized_at,
        invoice_created: invoice.created,
        customer: invoice.customer.clone(),
        customer_name: invoice.customer_name.clone(),
        tenant_id: invoice.tenant_id.clone(),
        id: line.id,
        amount: line.amount,
        subtotal: line.subtotal,
        currency: invoice.currency.clone(),
        description: line.description,
        quantity: line.quantity,
        quantity_decimal: line.quantity_decimal,
        period_start: line.period_start,
        period_end: line.period_end,
        price: line.price,
        product_name: product.and_then(|product| product.name.clone()),
        unit_label: product.and_then(|product| product.unit_label.clone()),
        product: line.product,
        unit_amount_decimal: line.unit_amount_decimal,
        proration: line.proration,
        subscription: line.subscription,
        subscription_item: line.subscription_item,
        invoice_item: line.invoice_item,
        discount_amounts: line.discount_amounts,
        taxes: line.taxes,
        metadata: line.metadata,
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
            invoices: Rows::new(Batch { listing }),
            books: self.clone(),
        };
        self.export_listed(by_accounting_date(filter, now), source)
            .await
    }
}
