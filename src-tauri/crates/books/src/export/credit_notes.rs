//! Credit notes for an export, by their effective date.

use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite};

use super::batches::{Batches, Key, Keyed, Rows};
use super::payments::{push_dates, push_of_invoices};
use super::{BATCH, ExportReader, columns, push_after};
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
    /// Effective date: the accounting date.
    pub effective_at: i64,
    num: i64,
}

impl Keyed for CreditNoteExport {
    fn key(&self) -> Key {
        (self.effective_at, self.num)
    }
}

const COLUMNS: [&str; 24] = [
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
    "n.at",
    "c.num",
];

/// When it takes effect.
const AT: &str = "coalesce(c.effective_at, c.created)";

struct Batch {
    filter: InvoiceFilter,
    now: i64,
    search: Search,
}

impl Batch {
    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(" FROM credit_note c WHERE 1");
        push_dates(query, AT, &self.filter);
        push_of_invoices(query, "c.invoice_num", &self.filter, self.now, self.search);
    }
}

impl Batches for Batch {
    type Row = CreditNoteExport;

    fn query(&self, after: Option<Key>) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({})) FROM (SELECT c.num, {AT} AS at",
            columns(&COLUMNS),
        ));
        self.push_where(&mut query);
        push_after(&mut query, AT, "c.num", after);
        query.push(" ORDER BY 2, 1 LIMIT ").push_bind(BATCH);
        query.push(
            ") n CROSS JOIN credit_note c ON c.num = n.num \
             LEFT JOIN tenant t ON t.num = c.customer_num \
             LEFT JOIN invoice v ON v.num = c.invoice_num",
        );
        query
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
        let batch = Batch {
            filter: filter.clone(),
            now,
            search,
        };
        let mut query = QueryBuilder::new("SELECT count(*)");
        batch.push_where(&mut query);
        let total: i64 = query
            .build_query_scalar()
            .fetch_one(&mut *transaction)
            .await?;
        let source = Box::new(Rows::new(batch));
        let total = u64::try_from(total).unwrap_or(0);
        Ok(ExportReader::new(transaction, source, total, state))
    }
}
