//! Payment attempts for an export, by their own time.

use futures::future::BoxFuture;
use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::{BATCH, ExportReader, Source, columns, flag, json_rows};
use crate::books::Books;
use crate::error::Result;
use crate::tables::filter::Search;
use crate::tables::invoices::Invoices;
use crate::tables::listing::Listing as _;
use crate::tables::{InvoiceFilter, InvoiceSort};

/// One payment attempt. Amounts are minor units of `currency`, times UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct PaymentExport {
    num: i64,
    pub id: String,
    pub created: i64,
    /// `succeeded`, `failed`, `pending`.
    pub status: String,
    pub amount: Option<i64>,
    pub amount_refunded: Option<i64>,
    pub currency: String,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub payment_intent: Option<String>,
    pub invoice: Option<String>,
    pub invoice_number: Option<String>,
    pub payment_method_type: Option<String>,
    pub card_brand: Option<String>,
    pub card_last4: Option<String>,
    pub failure_code: Option<String>,
    /// The bank's reason.
    pub decline_code: Option<String>,
    pub failure_message: Option<String>,
    #[serde(deserialize_with = "flag")]
    pub refunded: bool,
    #[serde(deserialize_with = "flag")]
    pub disputed: bool,
    pub description: Option<String>,
}

const COLUMNS: [&str; 22] = [
    "c.num",
    "c.id",
    "c.created",
    "c.status",
    "c.amount",
    "c.amount_refunded",
    "c.currency",
    "c.customer",
    "t.name",
    "t.tenant_id",
    "c.payment_intent",
    "v.id",
    "v.number",
    "c.payment_method_details_type",
    "c.payment_method_details_card_brand",
    "c.payment_method_details_card_last4",
    "c.failure_code",
    "CASE c.status WHEN 'failed' THEN c.outcome_reason END",
    "c.failure_message",
    "c.refunded",
    "c.disputed",
    "c.description",
];
/// The invoice that a charge's intent settles.
const INVOICE: &str = "(SELECT q.invoice_num FROM invoice_payment q \
     WHERE q.payment_intent_num = c.payment_intent_num ORDER BY q.num LIMIT 1)";

/// What of a filter speaks of invoices: all but its dates, which speak of the document itself.
pub(super) fn of_invoice(filter: &InvoiceFilter) -> Option<InvoiceFilter> {
    let rest = InvoiceFilter {
        finalized_from: None,
        finalized_before: None,
        ..filter.clone()
    };
    (rest != InvoiceFilter::default()).then_some(rest)
}

/// ` AND expression IN (invoices that pass)`.
pub(super) fn push_of_invoices(
    query: &mut QueryBuilder<Sqlite>,
    expression: &str,
    filter: &InvoiceFilter,
    now: i64,
    search: Search,
) {
    let Some(filter) = of_invoice(filter) else {
        return;
    };
    let invoices = Invoices {
        filter: &filter,
        sort: InvoiceSort::Finalized,
        now,
        search,
    };
    query
        .push(" AND ")
        .push(expression)
        .push(" IN (SELECT i.num ");
    invoices.push_from(query);
    invoices.push_where(query);
    query.push(")");
}

struct Reader {
    filter: InvoiceFilter,
    now: i64,
    search: Search,
    last: Option<(i64, i64)>,
}

impl Reader {
    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(" FROM charge c WHERE 1");
        if let Some(from) = self.filter.finalized_from {
            query.push(" AND c.created >= ").push_bind(from);
        }
        if let Some(before) = self.filter.finalized_before {
            query.push(" AND c.created < ").push_bind(before);
        }
        push_of_invoices(query, INVOICE, &self.filter, self.now, self.search);
    }

    async fn batch(&mut self, connection: &mut SqliteConnection) -> Result<Vec<PaymentExport>> {
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({}) ORDER BY n.created, n.num) \
             FROM (SELECT c.num, c.created, {INVOICE} AS invoice_num",
            columns(&COLUMNS),
        ));
        self.push_where(&mut query);
        if let Some((created, num)) = self.last {
            query.push(" AND (c.created, c.num) > (").push_bind(created);
            query.push(", ").push_bind(num).push(")");
        }
        query
            .push(" ORDER BY c.created, c.num LIMIT ")
            .push_bind(BATCH);
        query.push(
            ") n CROSS JOIN charge c ON c.num = n.num \
             LEFT JOIN tenant t ON t.num = c.customer_num \
             LEFT JOIN invoice v ON v.num = n.invoice_num",
        );
        let rows: Vec<PaymentExport> = json_rows(connection, query).await?;
        if let Some(last) = rows.last() {
            self.last = Some((last.created, last.num));
        }
        Ok(rows)
    }
}

impl Source<PaymentExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<PaymentExport>>> {
        Box::pin(self.batch(connection))
    }
}

impl Books {
    /// Reads payment attempts (charges) by their own time. The filter's dates are theirs; the
    /// rest of it is about the invoice that they are for.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_payments(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<PaymentExport>> {
        let (mut transaction, state, search) = self.export_snapshot().await?;
        let reader = Reader {
            filter: filter.clone(),
            now,
            search,
            last: None,
        };
        let mut query = QueryBuilder::new("SELECT count(*)");
        reader.push_where(&mut query);
        let total: i64 = query
            .build_query_scalar()
            .fetch_one(&mut *transaction)
            .await?;
        Ok(ExportReader {
            transaction,
            source: Box::new(reader),
            total: u64::try_from(total).unwrap_or(0),
            totals: Vec::new(),
            state,
            ended: false,
        })
    }
}
