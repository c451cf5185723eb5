//! Payment attempts for an export, by their own time: charges, then what was paid outside Stripe.

use futures::future::BoxFuture;
use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::batches::{Batches, Key, Keyed, Rows};
use super::{BATCH, ExportReader, Source, columns, push_after};
use crate::books::Books;
use crate::error::Result;
use crate::tables::filter::Search;
use crate::tables::invoices::Invoices;
use crate::tables::listing::Listing as _;
use crate::tables::rows::flag;
use crate::tables::{InvoiceFilter, InvoiceSort};

/// One payment attempt. Amounts are minor units of `currency`, times UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct PaymentExport {
    pub id: String,
    /// `charge`, or `invoice_payment` for what was paid outside Stripe.
    pub source: String,
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
    pub created: i64,
    num: i64,
}

impl Keyed for PaymentExport {
    fn key(&self) -> Key {
        (self.created, self.num)
    }
}

/// A charge that was only authorised collected nothing: its money may still come, or was freed.
const STATUS: &str = "CASE WHEN c.status <> 'succeeded' OR coalesce(c.captured, 1) THEN c.status \
     WHEN c.refunded THEN 'canceled' ELSE 'pending' END";
/// What a charge collected, which may be less than was authorised; else what was asked for.
pub(crate) const COLLECTED: &str = "CASE WHEN c.status = 'succeeded' AND coalesce(c.captured, 1) \
     THEN coalesce(c.amount_captured, c.amount) ELSE c.amount END";
/// What was given back of it. Stripe counts what was authorised and not collected among the
/// refunds of a charge: that was never the company's.
const REFUNDED: &str = "CASE WHEN NOT coalesce(c.captured, 1) THEN 0 \
     WHEN c.amount_refunded >= c.amount - coalesce(c.amount_captured, c.amount) \
     AND c.status = 'succeeded' \
     THEN c.amount_refunded - (c.amount - coalesce(c.amount_captured, c.amount)) \
     ELSE coalesce(c.amount_refunded, 0) END";
const CHARGE: [&str; 23] = [
    "c.id",
    "'charge'",
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
    "c.created",
    "c.num",
];
/// The same of an invoice payment outside Stripe.
const OUTSIDE: [&str; 23] = [
    "c.id",
    "'invoice_payment'",
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
    "c.created",
    "c.num",
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
        filter,
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

/// The filter's dates as those of `expression`.
pub(super) fn push_dates(
    query: &mut QueryBuilder<Sqlite>,
    expression: &str,
    filter: &InvoiceFilter,
) {
    for (sign, moment) in [
        (" >= ", filter.finalized_from),
        (" < ", filter.finalized_before),
    ] {
        if let Some(moment) = moment {
            query.push(" AND ").push(expression).push(sign);
            query.push_bind(moment);
        }
    }
}

/// What is read: charges first, then what was paid outside Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Charges,
    Outside,
}

struct Batch {
    filter: InvoiceFilter,
    now: i64,
    search: Search,
    part: Part,
}

impl Batch {
    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(match self.part {
            Part::Charges => " FROM charge c WHERE 1",
            // An intent's payment is its charges; the others have no row there.
            Part::Outside => " FROM invoice_payment c WHERE ",
        });
        if self.part == Part::Outside {
            query.push(OUTSIDE_STRIPE);
        }
        push_dates(query, "c.created", &self.filter);
        let invoice = self.part.invoice();
        push_of_invoices(query, invoice, &self.filter, self.now, self.search);
    }
}

impl Batches for Batch {
    type Row = PaymentExport;

    fn query(&self, after: Option<Key>) -> QueryBuilder<Sqlite> {
        let (columns, table, customer) = match self.part {
            Part::Charges => (columns(&CHARGE), "charge", "c.customer_num"),
            Part::Outside => (columns(&OUTSIDE), "invoice_payment", "v.customer_num"),
        };
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({columns})) \
             FROM (SELECT c.num, c.created, {} AS invoice_num",
            self.part.invoice(),
        ));
        self.push_where(&mut query);
        push_after(&mut query, "c.created", "c.num", after);
        query
            .push(" ORDER BY c.created, c.num LIMIT ")
            .push_bind(BATCH);
        query.push(format!(
            ") n CROSS JOIN {table} c ON c.num = n.num \
             LEFT JOIN invoice v ON v.num = n.invoice_num \
             LEFT JOIN tenant t ON t.num = {customer} \
             LEFT JOIN object k ON k.num = {customer}"
        ));
        query
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

struct Reader {
    charges: Rows<Batch>,
    outside: Rows<Batch>,
}

impl Source<PaymentExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<PaymentExport>>> {
        Box::pin(async move {
            let charges = self.charges.next(connection).await?;
            if charges.is_empty() {
                self.outside.next(connection).await
            } else {
                Ok(charges)
            }
        })
    }
}

impl Books {
    /// Reads payment attempts by their own time: charges, then what was paid outside Stripe. The
    /// filter's dates are theirs; the rest of it is about the invoice that they are for.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_payments(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<PaymentExport>> {
        let (mut transaction, state, search) = self.export_snapshot().await?;
        let [charges, outside] = [Part::Charges, Part::Outside].map(|part| Batch {
            filter: filter.clone(),
            now,
            search,
            part,
        });
        let mut total = 0;
        for batch in [&charges, &outside] {
            let mut query = QueryBuilder::new("SELECT count(*)");
            batch.push_where(&mut query);
            total += query
                .build_query_scalar::<i64>()
                .fetch_one(&mut *transaction)
                .await?;
        }
        let source = Box::new(Reader {
            charges: Rows::new(charges),
            outside: Rows::new(outside),
        });
        let total = u64::try_from(total).unwrap_or(0);
        Ok(ExportReader::new(transaction, source, total, state))
    }
}
