//! Refunds, disputes and payouts for an export, by their own dates.

use std::marker::PhantomData;

use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite};

use super::batches::{Batches, Key, Keyed, Rows};
use super::payments::{push_dates, push_of_invoices};
use super::{BATCH, ExportReader, columns, push_after};
use crate::books::Books;
use crate::error::Result;
use crate::tables::InvoiceFilter;
use crate::tables::filter::Search;
use crate::tables::rows::flag;

/// One refund. The amount is minor units of `currency`, times are UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct RefundExport {
    pub id: String,
    /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
    pub status: Option<String>,
    pub amount: Option<i64>,
    pub currency: String,
    pub charge: Option<String>,
    pub payment_intent: Option<String>,
    pub invoice: Option<String>,
    pub invoice_number: Option<String>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub reason: Option<String>,
    pub failure_reason: Option<String>,
    pub receipt_number: Option<String>,
    pub balance_transaction: Option<String>,
    pub failure_balance_transaction: Option<String>,
    pub description: Option<String>,
    pub created: i64,
    num: i64,
}

/// One dispute. The amount is minor units of `currency`, times are UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct DisputeExport {
    pub id: String,
    /// Stripe's word: `needs_response`, `under_review`, `won`, `lost`, `warning_…`.
    pub status: String,
    pub amount: Option<i64>,
    pub currency: String,
    pub charge: Option<String>,
    pub payment_intent: Option<String>,
    pub invoice: Option<String>,
    pub invoice_number: Option<String>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub reason: Option<String>,
    pub evidence_due_by: Option<i64>,
    /// How often evidence was sent.
    pub evidence_submissions: Option<i64>,
    pub created: i64,
    num: i64,
}

/// One payout. Amounts are minor units of `currency`, times are UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct PayoutExport {
    pub id: String,
    /// `paid`, `pending`, `in_transit`, `canceled` or `failed`.
    pub status: String,
    pub amount: Option<i64>,
    pub currency: String,
    /// Entries of the company's balance at Stripe that it is made of; 0 where Stripe does not say.
    pub entries: i64,
    /// What Stripe took from these entries; none where it does not say which they are.
    pub fees: Option<i64>,
    #[serde(deserialize_with = "flag")]
    pub automatic: bool,
    pub method: Option<String>,
    /// `bank_account` or `card`.
    pub destination: Option<String>,
    pub balance_transaction: Option<String>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    pub original_payout: Option<String>,
    pub reversed_by: Option<String>,
    pub description: Option<String>,
    pub statement_descriptor: Option<String>,
    pub created: i64,
    /// At the bank on; where Stripe names no day, when it was made.
    pub arrives_at: i64,
    num: i64,
}

impl Keyed for RefundExport {
    fn key(&self) -> Key {
        (self.created, self.num)
    }
}

impl Keyed for DisputeExport {
    fn key(&self) -> Key {
        (self.created, self.num)
    }
}

impl Keyed for PayoutExport {
    fn key(&self) -> Key {
        (self.arrives_at, self.num)
    }
}

/// Where the rows of one export stand, and how they come out.
struct Table {
    /// The table, as `m`.
    name: &'static str,
    /// What each belongs to, beside its columns.
    joins: &'static str,
    /// When it counts.
    at: &'static str,
    /// The number of the invoice whose money it is.
    invoice: &'static str,
    columns: &'static [&'static str],
}

/// The charge whose money it is.
const CHARGE: &str = " LEFT JOIN charge c ON c.num = m.charge_num";
/// The invoice that the charge settled.
const INVOICE: &str = "CASE WHEN coalesce(m.payment_intent_num, c.payment_intent_num) IS NULL \
     THEN (SELECT q.invoice_num FROM invoice_payment q \
         WHERE q.payment_charge = m.charge ORDER BY q.num LIMIT 1) \
     ELSE (SELECT q.invoice_num FROM invoice_payment q \
         WHERE q.payment_intent_num = coalesce(m.payment_intent_num, c.payment_intent_num) \
         ORDER BY q.num LIMIT 1) END";

const REFUNDS: Table = Table {
    name: "refund",
    joins: CHARGE,
    at: "m.created",
    invoice: INVOICE,
    columns: &[
        "m.id",
        "m.status",
        "m.amount",
        "m.currency",
        "m.charge",
        "coalesce(m.payment_intent, c.payment_intent)",
        "v.id",
        "v.number",
        "k.id",
        "t.name",
        "t.tenant_id",
        "m.reason",
        "m.failure_reason",
        "m.receipt_number",
        "m.balance_transaction",
        "m.failure_balance_transaction",
        "m.description",
        "n.at",
        "m.num",
    ],
};

const DISPUTES: Table = Table {
    name: "dispute",
    joins: CHARGE,
    at: "m.created",
    invoice: INVOICE,
    columns: &[
        "m.id",
        "m.status",
        "m.amount",
        "m.currency",
        "m.charge",
        "coalesce(m.payment_intent, c.payment_intent)",
        "v.id",
        "v.number",
        "k.id",
        "t.name",
        "t.tenant_id",
        "m.reason",
        "m.evidence_details_due_by",
        "m.evidence_details_submission_count",
        "n.at",
        "m.num",
    ],
};

const PAYOUTS: Table = Table {
    name: "payout",
    // A payout is of many customers.
    joins: " LEFT JOIN charge c ON 0",
    at: "coalesce(m.arrival_date, m.created)",
    invoice: "NULL",
    columns: &[
        "m.id",
        "m.status",
        "m.amount",
        "m.currency",
        "(SELECT count(*) FROM payout_transaction p WHERE p.parent = m.num)",
        "(SELECT sum(b.fee) FROM payout_transaction p \
             CROSS JOIN object o ON o.kind = (SELECT num FROM kind \
                 WHERE name = 'balance_transaction') AND o.id = p.id \
             CROSS JOIN balance_transaction b ON b.num = o.num WHERE p.parent = m.num)",
        "m.automatic",
        "m.method",
        "m.type",
        "m.balance_transaction",
        "m.failure_code",
        "m.failure_message",
        "m.original_payout",
        "m.reversed_by",
        "m.description",
        "m.statement_descriptor",
        "m.created",
        "n.at",
        "m.num",
    ],
};

struct Batch<R> {
    table: &'static Table,
    filter: InvoiceFilter,
    now: i64,
    search: Search,
    row: PhantomData<fn() -> R>,
}

impl<R> Batch<R> {
    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        let Table {
            name,
            joins,
            at,
            invoice,
            ..
        } = self.table;
        query.push(format!(" FROM {name} m{joins} WHERE 1"));
        push_dates(query, at, &self.filter);
        push_of_invoices(query, invoice, &self.filter, self.now, self.search);
    }
}

impl<R: Keyed> Batches for Batch<R> {
    type Row = R;

    fn query(&self, after: Option<Key>) -> QueryBuilder<Sqlite> {
        let Table {
            name,
            joins,
            at,
            invoice,
            columns: wanted,
        } = self.table;
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({})) \
             FROM (SELECT m.num, {at} AS at, {invoice} AS invoice_num",
            columns(wanted),
        ));
        self.push_where(&mut query);
        push_after(&mut query, at, "m.num", after);
        query.push(" ORDER BY 2, 1 LIMIT ").push_bind(BATCH);
        query.push(format!(
            ") n CROSS JOIN {name} m ON m.num = n.num{joins} \
             LEFT JOIN invoice v ON v.num = n.invoice_num \
             LEFT JOIN tenant t ON t.num = coalesce(c.customer_num, v.customer_num) \
             LEFT JOIN object k ON k.num = coalesce(c.customer_num, v.customer_num)"
        ));
        query
    }
}

impl Books {
    /// Reads refunds by their own time. The filter's dates are theirs; the rest of it is about
    /// the invoice whose money is given back.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_refunds(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<RefundExport>> {
        self.export_money(&REFUNDS, filter, now).await
    }

    /// Reads disputes by the time at which they arose. The filter's dates are theirs; the rest of
    /// it is about the invoice whose payment is disputed.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_disputes(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<DisputeExport>> {
        self.export_money(&DISPUTES, filter, now).await
    }

    /// Reads payouts by the day on which they arrive at the bank. The filter's dates are theirs;
    /// one that asks for anything else of invoices passes none, because a payout is of many.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_payouts(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<PayoutExport>> {
        self.export_money(&PAYOUTS, filter, now).await
    }

    async fn export_money<R: Keyed + 'static>(
        &self,
        table: &'static Table,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<R>> {
        let (mut transaction, state, search) = self.export_snapshot().await?;
        let batch = Batch {
            table,
            filter: filter.clone(),
            now,
            search,
            row: PhantomData,
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
