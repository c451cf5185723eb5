//! Invoices for an export, by accounting date.

use std::collections::{BTreeSet, HashMap};

use futures::future::BoxFuture;
use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::batches::{Batches, Key, Keyed, Rows};
use super::{BATCH, ExportReader, Source, columns, push_next};
use crate::books::Books;
use crate::error::Result;
use crate::subscriptions::{DiscountDetail, by_id};
use crate::tables::filter::{Search, past_due};
use crate::tables::invoices::Invoices;
use crate::tables::names::ProductNames;
use crate::tables::rows::flag;
use crate::tables::{InvoiceFilter, InvoiceSort};

/// One invoice. Amounts are minor units of `currency`, times UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(
    missing_docs,
    reason = "the fields are Stripe's, named as in objects::rows"
)]
pub struct InvoiceExport {
    pub id: String,
    pub number: Option<String>,
    pub customer: Option<String>,
    /// The name on the invoice, else the tenant's.
    pub customer_name: Option<String>,
    /// The address on the invoice, else the tenant's.
    pub customer_email: Option<String>,
    /// The product's own id of the tenant.
    pub tenant_id: Option<String>,
    pub description: Option<String>,
    pub status: Option<String>,
    /// Open, and past its due date or with a failed payment.
    #[serde(deserialize_with = "flag")]
    pub past_due: bool,
    pub billing_reason: Option<String>,
    pub collection_method: String,
    pub currency: String,
    pub subscription: Option<String>,
    pub subtotal: Option<i64>,
    pub subtotal_excluding_tax: Option<i64>,
    pub total: Option<i64>,
    pub total_excluding_tax: Option<i64>,
    /// Tax on top of the amounts.
    pub tax_exclusive: Option<i64>,
    /// Tax within the amounts.
    pub tax_inclusive: Option<i64>,
    /// All discounts.
    pub discount_total: Option<i64>,
    pub amount_due: Option<i64>,
    pub amount_paid: Option<i64>,
    pub amount_paid_off_stripe: Option<i64>,
    pub amount_remaining: Option<i64>,
    pub amount_overpaid: Option<i64>,
    pub starting_balance: Option<i64>,
    pub ending_balance: Option<i64>,
    /// Credited before payment.
    pub pre_payment_credit_notes_amount: Option<i64>,
    /// Credited after payment.
    pub post_payment_credit_notes_amount: Option<i64>,
    pub attempt_count: Option<i64>,
    #[serde(deserialize_with = "flag")]
    pub attempted: bool,
    pub next_payment_attempt: Option<i64>,
    pub created: i64,
    pub due_date: Option<i64>,
    pub effective_at: Option<i64>,
    pub period_start: Option<i64>,
    pub period_end: Option<i64>,
    /// The earliest start of a line's period.
    pub line_period_min: Option<i64>,
    /// The latest end of a line's period.
    pub line_period_max: Option<i64>,
    /// How many lines it has.
    pub lines: Option<i64>,
    pub finalized_at: Option<i64>,
    pub paid_at: Option<i64>,
    pub voided_at: Option<i64>,
    pub marked_uncollectible_at: Option<i64>,
    /// Names of the products on its lines, joined by ", ".
    pub plan: Option<String>,
    /// Ids of its coupons (of discounts that the books do not know, the discount's), joined
    /// by ", ".
    pub coupons: Option<String>,
    /// The charge that paid it, or was last tried for it; only where it was asked for.
    pub charge: Option<String>,
    accounted_at: i64,
    num: i64,
}

impl Keyed for InvoiceExport {
    fn key(&self) -> Key {
        (self.accounted_at, self.num)
    }
}

/// Columns before the one that says whether it is past due.
const COLUMNS: [&str; 8] = [
    "i.id",
    "i.number",
    "k.id",
    "coalesce(i.customer_name, t.name)",
    "coalesce(i.customer_email, t.email)",
    "t.tenant_id",
    "i.description",
    "i.status",
];
/// Columns behind it.
const MORE_COLUMNS: [&str; 35] = [
    "r.text",
    "m.text",
    "i.currency",
    "u.id",
    "i.subtotal",
    "i.subtotal_excluding_tax",
    "i.total",
    "i.total_excluding_tax",
    "i.tax_exclusive",
    "i.tax_inclusive",
    "i.discount_total",
    "i.amount_due",
    "i.amount_paid",
    "i.amount_paid_off_stripe",
    "i.amount_remaining",
    "i.amount_overpaid",
    "i.starting_balance",
    "i.ending_balance",
    "i.pre_payment_credit_notes_amount",
    "i.post_payment_credit_notes_amount",
    "i.attempt_count",
    "i.attempted",
    "i.next_payment_attempt",
    "i.created",
    "i.due_date",
    "i.effective_at",
    "i.period_start",
    "i.period_end",
    "d.period_min",
    "d.period_max",
    "d.lines",
    "i.status_transitions_finalized_at",
    "i.status_transitions_paid_at",
    "i.status_transitions_voided_at",
    "i.status_transitions_marked_uncollectible_at",
];
/// Two more, which are turned into words after the read.
const SETS: &str = "s.products, i.discounts";
/// The charge behind the invoice payment that was paid, else the default one, else the first.
const CHARGE: &str = "(SELECT coalesce(p.payment_charge, q.latest_charge) \
     FROM invoice_payment p LEFT JOIN payment_intent q ON q.num = p.payment_intent_num \
     WHERE p.invoice_num = i.num ORDER BY p.status = 'paid' DESC, p.is_default DESC, p.num \
     LIMIT 1)";

/// Invoices in the order of their accounting date.
struct Batch {
    listing: Invoices,
    with_charge: bool,
}

impl Batches for Batch {
    type Row = InvoiceExport;

    fn query(&self, after: Option<Key>) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(format!(
            "SELECT json_group_array(json_array({}, {}, {}, {SETS}, {}, n.at, n.num))",
            columns(&COLUMNS),
            past_due("i", "moment.now"),
            columns(&MORE_COLUMNS),
            if self.with_charge { CHARGE } else { "NULL" },
        ));
        push_next(&mut query, &self.listing, after, BATCH);
        query
            .push(" CROSS JOIN (SELECT ")
            .push_bind(self.listing.now)
            .push(
                " AS now) moment CROSS JOIN invoice i ON i.num = n.num \
                 LEFT JOIN tenant t ON t.num = i.customer_num \
                 LEFT JOIN object k ON k.num = i.customer_num \
                 LEFT JOIN object u ON u.num = i.subscription_num \
                 LEFT JOIN word r ON r.num = i.billing_reason \
                 LEFT JOIN word m ON m.num = i.collection_method \
                 LEFT JOIN invoice_digest d ON d.num = i.num \
                 LEFT JOIN product_set s ON s.num = d.product_set",
            );
        query
    }
}

struct Reader {
    rows: Rows<Batch>,
    names: ProductNames,
}

impl Source<InvoiceExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<InvoiceExport>>> {
        Box::pin(self.batch(connection))
    }
}

impl Reader {
    async fn batch(&mut self, connection: &mut SqliteConnection) -> Result<Vec<InvoiceExport>> {
        let mut rows = self.rows.next(connection).await?;
        let sets = rows.iter().filter_map(|row| row.plan.as_deref());
        self.names.learn(connection, sets).await?;
        let discounts = discounts(connection, &rows).await?;
        for row in &mut rows {
            row.plan = row.plan.as_deref().and_then(|set| self.names.plan(set));
            row.coupons = row
                .coupons
                .as_deref()
                .and_then(|ids| coupons(ids, &discounts));
        }
        Ok(rows)
    }
}

/// What a filter selects, in the order of its accounting date.
pub(super) fn by_accounting_date(
    filter: &InvoiceFilter,
    now: i64,
) -> impl FnOnce(Search) -> Invoices {
    let filter = filter.clone();
    move |search| Invoices {
        filter,
        sort: InvoiceSort::Finalized,
        now,
        search,
    }
}

fn ids(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap_or_default()
}

async fn discounts(
    connection: &mut SqliteConnection,
    rows: &[InvoiceExport],
) -> Result<HashMap<String, DiscountDetail>> {
    let wanted: BTreeSet<String> = rows
        .iter()
        .filter_map(|row| row.coupons.as_deref())
        .flat_map(ids)
        .collect();
    by_id(connection, &wanted.into_iter().collect::<Vec<_>>()).await
}

fn coupons(json: &str, discounts: &HashMap<String, DiscountDetail>) -> Option<String> {
    let names: Vec<String> = ids(json)
        .into_iter()
        .map(|id| {
            let coupon = discounts.get(&id).and_then(|d| d.row.source_coupon.clone());
            coupon.unwrap_or(id)
        })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

impl Books {
    /// Reads the invoices that pass `filter`, by accounting date, without their charges.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_invoices(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<InvoiceExport>> {
        self.invoice_reader(filter, now, false).await
    }

    /// The same with [`InvoiceExport::charge`], which costs a look at two more tables a row.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_invoices_with_charge(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<ExportReader<InvoiceExport>> {
        self.invoice_reader(filter, now, true).await
    }

    async fn invoice_reader(
        &self,
        filter: &InvoiceFilter,
        now: i64,
        with_charge: bool,
    ) -> Result<ExportReader<InvoiceExport>> {
        let source = |listing| Reader {
            rows: Rows::new(Batch {
                listing,
                with_charge,
            }),
            names: ProductNames::default(),
        };
        self.export_listed(by_accounting_date(filter, now), source)
            .await
    }
}

/// The statement that finds the next invoices of an export which has begun.
#[cfg(test)]
pub(crate) fn walk_query(filter: &InvoiceFilter, now: i64) -> QueryBuilder<Sqlite> {
    let listing = by_accounting_date(filter, now)(Search::Built);
    let mut query = QueryBuilder::new("SELECT n.num");
    push_next(&mut query, &listing, Some((0, 0)), BATCH);
    query
}
