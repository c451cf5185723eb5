//! Credit notes for an export, by their effective date.

use futures::future::BoxFuture;
use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::payments::push_of_invoices;
use super::{BATCH, ExportReader, Source, columns, json_rows};
use crate::books::Books;
use crate::error::Result;
use crate::tables::InvoiceFilter;
use crate::tables::filter::Search;

/// One credit note. Amounts are minor units of `currency`, times UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct CreditNoteExport {
    num: i64,
    /// Effective date: the accounting date.
    pub effective_at: i64,
    pub id: String,
    pub number: String,
    pub invoice: Option<String>,
    pub invoice_number: Option<String>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub status: String,
    /// `pre_payment`, `post_payment` or `mixed`.
    pub kind: String,
    pub reason: Option<String>,
    pub currency: String,
    pub amount: Option<i64>,
    pub total: Option<i64>,
    pub subtotal: Option<i64>,
    pub total_excluding_tax: Option<i64>,
    pub pre_payment_amount: Option<i64>,
    pub post_payment_amount: Option<i64>,
    pub out_of_band_amount: Option<i64>,
    pub customer_balance_transaction: Option<String>,
    pub memo: Option<String>,
    pub created: i64,
    pub voided_at: Option<i64>,
}

const COLUMNS: [&str; 24] = [
    "c.num",
    "n.at",
    "c.id",
    "c.number",
    "c.invoice",
    "v.number",
    "c.customer",
    "t.name",
    "t.tenant_id",
    "c.status",
    "c.type",
    "c.reason",
    "c.currency",
    "c.amount",
    "c.total",
    "c.subtotal",
    "c.total_excluding_tax",
    "c.pre_payment_amount",
    "c.post_payment_amount",
    "c.out_of_band_amount",
    "c.customer_balance_transaction",
    "c.memo",
    "c.created",
    "c.voided_at",
];

struct Reader {
    filter: InvoiceFilter,
    now: i64,
    search: Search,
    last: Option<(i64, i64)>,
}

impl Reader {
    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(" FROM credit_note c WHERE 1");
        if let Some(from) = self.filter.finalized_from {
            query
                .push(" AND coalesce(c.effective_at, c.created) >= ")
                .push_bind(from);
        }
        if let Some(before) = self.filter.finalized_before {
            query
                .push(" AND coalesce(c.effective_at, c.created) < ")
                .push_bind(before);
        }
        push_of_invoices(query, "c.invoice_num", &self.filter, self.now, self.search);
    }

    async fn batch(&mut self, connection: &mut SqliteConnection) -> Result<Vec<CreditNoteExport>> {
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({}) ORDER BY n.at, n.num) \
             FROM (SELECT c.num, coalesce(c.effective_at, c.created) AS at",
            columns(&COLUMNS),
        ));
        self.push_where(&mut query);
        if let Some((at, num)) = self.last {
            query
                .push(" AND (coalesce(c.effective_at, c.created), c.num) > (")
                .push_bind(at);
            query.push(", ").push_bind(num).push(")");
        }
        query.push(" ORDER BY 2, 1 LIMIT ").push_bind(BATCH);
        query.push(
            ") n CROSS JOIN credit_note c ON c.num = n.num \
             LEFT JOIN tenant t ON t.num = c.customer_num \
             LEFT JOIN invoice v ON v.num = c.invoice_num",
        );
        let rows: Vec<CreditNoteExport> = json_rows(connection, query).await?;
        if let Some(last) = rows.last() {
            self.last = Some((last.effective_at, last.num));
        }
        Ok(rows)
    }
}

impl Source<CreditNoteExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<CreditNoteExport>>> {
        Box::pin(self.batch(connection))
    }
}

impl Books {
    /// Reads credit notes by their effective date. The filter's dates are theirs; the rest of it
    /// is about the invoice that they correct.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_credit_notes(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<CreditNoteExport>> {
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
