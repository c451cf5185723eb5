//! Totals of what is filtered, per currency: drafts left out, void apart.

use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use super::invoices::{InvoiceFilter, InvoiceSort, Invoices};
use super::listing::Listing as _;
use super::names::{currency_order, currency_place};
use super::tenants::minute;
use crate::books::Books;
use crate::error::Result;

/// Totals of one currency. Amounts are minor units; they are never added over currencies.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct InvoiceTotals {
    /// Three letters in lower case.
    pub currency: String,
    /// Invoices that count: neither draft nor void.
    pub invoices: i64,
    /// Their total.
    pub total: i64,
    /// Of it, paid.
    pub paid: i64,
    /// Of it, still to pay.
    pub remaining: i64,
    /// Of what is still to pay, that of invoices that are marked uncollectible.
    pub written_off: i64,
    /// Void ones, apart.
    pub void_invoices: i64,
    /// Their total, apart.
    pub void_total: i64,
    /// Drafts, no documents yet.
    pub drafts: i64,
}

impl Books {
    /// Totals of the invoices that pass `filter`, the company's main currency first
    /// (as [`Books::currencies`]).
    ///
    /// # Errors
    /// When the books cannot be read, or a sum leaves 64 bits.
    pub async fn invoice_totals(
        &self,
        filter: &InvoiceFilter,
        now: i64,
    ) -> Result<Vec<InvoiceTotals>> {
        let (mut snapshot, state) = self.stated().await?;
        let sort = InvoiceSort::Finalized;
        let invoices = Invoices {
            filter: filter.clone(),
            sort,
            now: minute(now),
            search: state.search(),
        };
        totals(&mut snapshot, &invoices).await
    }
}

pub(crate) async fn totals(
    connection: &mut SqliteConnection,
    invoices: &Invoices,
) -> Result<Vec<InvoiceTotals>> {
    let mut query = totals_query(invoices);
    let mut totals: Vec<InvoiceTotals> = query.build_query_as().fetch_all(&mut *connection).await?;
    let order = currency_order(connection).await?;
    totals.sort_by_key(|total| currency_place(&order, &total.currency));
    Ok(totals)
}

pub(crate) fn totals_query(invoices: &Invoices) -> QueryBuilder<Sqlite> {
    const COUNTS: &str = "coalesce(i.status, '') NOT IN ('draft', 'void')";
    let mut query = QueryBuilder::new(format!(
        "SELECT i.currency, count(*) FILTER (WHERE {COUNTS}) AS invoices, \
         coalesce(sum(i.total) FILTER (WHERE {COUNTS}), 0) AS total, \
         coalesce(sum(i.amount_paid) FILTER (WHERE {COUNTS}), 0) AS paid, \
         coalesce(sum(i.amount_remaining) FILTER (WHERE {COUNTS}), 0) AS remaining, \
         coalesce(sum(i.amount_remaining) FILTER (WHERE i.status = 'uncollectible'), 0) \
         AS written_off, \
         count(*) FILTER (WHERE i.status = 'void') AS void_invoices, \
         coalesce(sum(i.total) FILTER (WHERE i.status = 'void'), 0) AS void_total, \
         count(*) FILTER (WHERE i.status = 'draft') AS drafts "
    ));
    invoices.push_from(&mut query);
    invoices.push_where(&mut query);
    query.push(" GROUP BY i.currency");
    query
}
