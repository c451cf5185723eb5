//! Payment attempts for an export, by their own time: charges, then what was paid outside Stripe.

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
    /// `charge`, or `invoice_payment` for what was paid outside Stripe.
    pub source: String,
    pub created: i64,
    /// `succeeded`: it was collected; `failed`; `pending`: not decided yet, or authorised and
    /// not collected; `canceled`: an authorisation that was given back, too.
    pub status: String,
    /// What was collected; of the other attempts, what was asked for.
    pub amount: Option<i64>,
    /// Of what was collected, given back since.
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

/// A charge that was only authorised collected nothing: its money may still come, or was freed.
const STATUS: &str = "CASE WHEN c.status <> 'succeeded' OR coalesce(c.captured, 1) THEN c.status \
     WHEN c.refunded THEN 'canceled' ELSE 'pending' END";
/// What a charge collected, which may be less than was authorised; else what was asked for.
pub(crate) const COLLECTED: &str = "CASE WHEN c.status = 'succeeded' AND coalesce(c.captured, 1) \
     THEN coalesce(c.amount_captured, c.amount) ELSE c.amount END";
/// What was given back of it. Stripe counts what was authorised and not collected among the
/// refunds of a charge: that was never the company's.
pub(crate) const REFUNDED: &str = "CASE WHEN NOT coalesce(c.captured, 1) THEN 0 \
     WHEN c.amount_refunded >= c.amount - coalesce(c.amount_captured, c.amount) \
     AND c.status = 'succeeded' \
     THEN c.amount_refunded - (c.amount - coalesce(c.amount_captured, c.amount)) \
     ELSE coalesce(c.amount_refunded, 0) END";
const CHARGE: [&str; 23] = [
    "c.num",
    "c.id",
    "'charge'",
    "c.created",
    STATUS,
    COLLECTED,
    REFUNDED,
    "c.currency",
    "k.id",
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
/// The same of an invoice payment outside Stripe.
const OUTSIDE: [&str; 23] = [
    "c.num",
    "c.id",
    "'invoice_payment'",
    "c.created",
    "CASE c.status WHEN 'paid' THEN 'succeeded' WHEN 'open' THEN 'pending' ELSE c.status END",
    "coalesce(c.amount_paid, c.amount_requested)",
    "0",
    "c.currency",
    "k.id",
    "t.name",
    "t.tenant_id",
    "NULL",
    "v.id",
    "v.number",
    "coalesce(c.payment_type, 'payment_record')",
    "NULL",
    "NULL",
    "NULL",
    "NULL",
    "NULL",
    "0",
    "0",
    "NULL",
];
/// The invoice that a charge's intent settles, or the charge itself where it has none.
const INVOICE: &str = "CASE WHEN c.payment_intent_num IS NULL \
     THEN (SELECT q.invoice_num FROM invoice_payment q \
         WHERE q.payment_charge = c.id ORDER BY q.num LIMIT 1) \
     ELSE (SELECT q.invoice_num FROM invoice_payment q \
         WHERE q.payment_intent_num = c.payment_intent_num ORDER BY q.num LIMIT 1) END";
/// Invoice payments without an intent and a charge: they were made outside Stripe.
pub(crate) const OUTSIDE_STRIPE: &str = "c.payment_intent_num IS NULL AND c.payment_charge IS NULL";

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

/// What is read: charges first, then what was paid outside Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Charges,
    Outside,
}

struct Reader {
    filter: InvoiceFilter,
    now: i64,
    search: Search,
    part: Part,
    last: Option<(i64, i64)>,
}

impl Reader {
    fn push_where(&self, query: &mut QueryBuilder<Sqlite>, part: Part) {
        query.push(match part {
            Part::Charges => " FROM charge c WHERE 1",
            // An intent's payment is its charges; the others have no row there.
            Part::Outside => " FROM invoice_payment c WHERE ",
        });
        if part == Part::Outside {
            query.push(OUTSIDE_STRIPE);
        }
        if let Some(from) = self.filter.finalized_from {
            query.push(" AND c.created >= ").push_bind(from);
        }
        if let Some(before) = self.filter.finalized_before {
            query.push(" AND c.created < ").push_bind(before);
        }
        push_of_invoices(query, part.invoice(), &self.filter, self.now, self.search);
    }

    async fn batch(&mut self, connection: &mut SqliteConnection) -> Result<Vec<PaymentExport>> {
        loop {
            let rows = self.batch_of(connection, self.part).await?;
            if let Some(last) = rows.last() {
                self.last = Some((last.created, last.num));
                return Ok(rows);
            }
            if self.part == Part::Outside {
                return Ok(rows);
            }
            (self.part, self.last) = (Part::Outside, None);
        }
    }

    async fn batch_of(
        &self,
        connection: &mut SqliteConnection,
        part: Part,
    ) -> Result<Vec<PaymentExport>> {
        let (columns, table) = match part {
            Part::Charges => (columns(&CHARGE), "charge c ON c.num = n.num"),
            Part::Outside => (columns(&OUTSIDE), "invoice_payment c ON c.num = n.num"),
        };
        let customer = match part {
            Part::Charges => "c.customer_num",
            Part::Outside => "v.customer_num",
        };
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({columns}) ORDER BY n.created, n.num) \
             FROM (SELECT c.num, c.created, {} AS invoice_num",
            part.invoice(),
        ));
        self.push_where(&mut query, part);
        if let Some((created, num)) = self.last {
            query.push(" AND (c.created, c.num) > (").push_bind(created);
            query.push(", ").push_bind(num).push(")");
        }
        query
            .push(" ORDER BY c.created, c.num LIMIT ")
            .push_bind(BATCH);
        query.push(format!(
            ") n CROSS JOIN {table} LEFT JOIN invoice v ON v.num = n.invoice_num \
             LEFT JOIN tenant t ON t.num = {customer} \
             LEFT JOIN object k ON k.num = {customer}"
        ));
        json_rows(connection, query).await
    }
}

impl Part {
    /// The invoice that is paid, by number.
    fn invoice(self) -> &'static str {
        match self {
            Self::Charges => INVOICE,
            // The plus sign: rows are found in the order of their time.
            Self::Outside => "+c.invoice_num",
        }
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
    /// Reads payment attempts by their own time: charges, then what was paid outside Stripe. The filter's dates are theirs; the
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
        let part = Part::Charges;
        let reader = Reader {
            filter: filter.clone(),
            now,
            search,
            part,
            last: None,
        };
        let mut total = 0;
        for part in [Part::Charges, Part::Outside] {
            let mut query = QueryBuilder::new("SELECT count(*)");
            reader.push_where(&mut query, part);
            total += query
                .build_query_scalar::<i64>()
                .fetch_one(&mut *transaction)
                .await?;
        }
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
