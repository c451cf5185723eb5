//! The tenants' and the invoices' table: windows by rank, totals, what can be chosen.

use std::sync::Arc;

use super::{MOST_ROWS, amount, direction, invoice_filter, tenant_filter};
use crate::Result;
use crate::answers::{
    Count, Direction, FilterChoices, InvoiceFilter, InvoicePage, InvoiceRow, InvoiceSort,
    InvoiceTotals, TenantFilter, TenantPage, TenantRow, TenantSort, UnixSeconds,
};
use crate::context::Inner;

impl Inner {
    pub async fn tenants(
        self: &Arc<Self>,
        filter: &TenantFilter,
        sort: TenantSort,
        turned: Direction,
        first: u64,
        count: u64,
    ) -> Result<TenantPage> {
        let open = self.open().await?;
        let filter = tenant_filter(filter)?;
        let (sort, turned) = (tenant_sort(sort), direction(turned));
        let page = open
            .books
            .tenants(&filter, sort, turned, first, at_most(count), self.now())
            .await?;
        Ok(TenantPage {
            total: Count(page.total),
            first: Count(page.first),
            rows: page.rows.into_iter().map(tenant_row).collect(),
        })
    }

    pub async fn invoices(
        self: &Arc<Self>,
        filter: &InvoiceFilter,
        sort: InvoiceSort,
        turned: Direction,
        first: u64,
        count: u64,
    ) -> Result<InvoicePage> {
        let open = self.open().await?;
        let filter = invoice_filter(filter, open.zone())?;
        let (sort, turned) = (invoice_sort(sort), direction(turned));
        let page = open
            .books
            .invoices(&filter, sort, turned, first, at_most(count), self.now())
            .await?;
        Ok(InvoicePage {
            total: Count(page.total),
            first: Count(page.first),
            rows: page.rows.into_iter().map(invoice_row).collect(),
        })
    }

    pub async fn invoice_totals(
        self: &Arc<Self>,
        filter: &InvoiceFilter,
    ) -> Result<Vec<InvoiceTotals>> {
        let open = self.open().await?;
        let filter = invoice_filter(filter, open.zone())?;
        let mut totals = open.books.invoice_totals(&filter, self.now()).await?;
        let order = open.books.currencies().await?;
        totals.sort_by_key(|totals| place(&order, &totals.currency));
        Ok(totals.into_iter().map(totals_row).collect())
    }

    pub async fn filter_choices(self: &Arc<Self>) -> Result<FilterChoices> {
        let open = self.open().await?;
        let plans = open.books.plan_names().await?;
        let currencies = open.books.currencies().await?;
        Ok(FilterChoices {
            tenant_plans: plans.clone(),
            invoice_plans: plans,
            currencies: currencies
                .iter()
                .map(|code| code.to_ascii_uppercase())
                .collect(),
        })
    }
}

/// A currency's place in the one order that every screen has.
pub(crate) fn place(order: &[String], currency: &str) -> usize {
    order
        .iter()
        .position(|known| known == currency)
        .unwrap_or(usize::MAX)
}

fn at_most(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(MOST_ROWS).min(MOST_ROWS)
}

pub(crate) fn count(number: i64) -> Count {
    Count(u64::try_from(number).unwrap_or_default())
}

pub(crate) fn tenant_row(row: books::TenantRow) -> TenantRow {
    let money = |minor: i64, currency: &Option<String>| {
        currency.as_deref().map(|currency| amount(minor, currency))
    };
    TenantRow {
        mrr: row.mrr.and_then(|mrr| money(mrr, &row.currency)),
        balance: money(row.balance, &row.balance_currency),
        past_due: money(row.past_due, &row.past_due_currency),
        past_due_other_currencies: count(row.past_due_others),
        id: row.id,
        name: row.name,
        tenant_id: row.tenant_id,
        email: row.email,
        plan: row.plan,
        seats: row.seats.map(count),
        status: row.status,
        created: UnixSeconds(row.created),
        deleted: row.deleted,
    }
}

pub(crate) fn invoice_row(row: books::InvoiceRow) -> InvoiceRow {
    InvoiceRow {
        total: amount(row.total, &row.currency),
        remaining: amount(row.amount_remaining, &row.currency),
        id: row.id,
        number: row.number,
        customer: row.customer,
        tenant: row.tenant,
        status: row.status,
        past_due: row.past_due,
        plan: row.plan,
        created: UnixSeconds(row.created),
        finalized_at: row.finalized_at.map(UnixSeconds),
        due_at: row.due_date.map(UnixSeconds),
        paid_at: row.paid_at.map(UnixSeconds),
    }
}

fn totals_row(totals: books::InvoiceTotals) -> InvoiceTotals {
    let money = |minor: i64| amount(minor, &totals.currency);
    InvoiceTotals {
        invoices: count(totals.invoices),
        total: money(totals.total),
        paid: money(totals.paid),
        remaining: money(totals.remaining),
        written_off: money(totals.written_off),
        void_invoices: count(totals.void_invoices),
        void_total: money(totals.void_total),
        drafts: count(totals.drafts),
        currency: totals.currency.to_ascii_uppercase(),
    }
}

fn tenant_sort(sort: TenantSort) -> books::TenantSort {
    match sort {
        TenantSort::Name => books::TenantSort::Name,
        TenantSort::Plan => books::TenantSort::Plan,
        TenantSort::Seats => books::TenantSort::Seats,
        TenantSort::Mrr => books::TenantSort::Mrr,
        TenantSort::Balance => books::TenantSort::Balance,
        TenantSort::PastDue => books::TenantSort::PastDue,
        TenantSort::Created => books::TenantSort::Created,
    }
}

fn invoice_sort(sort: InvoiceSort) -> books::InvoiceSort {
    match sort {
        InvoiceSort::Finalized => books::InvoiceSort::Finalized,
        InvoiceSort::Created => books::InvoiceSort::Created,
        InvoiceSort::Number => books::InvoiceSort::Number,
        InvoiceSort::Tenant => books::InvoiceSort::Tenant,
        InvoiceSort::Total => books::InvoiceSort::Total,
        InvoiceSort::Remaining => books::InvoiceSort::Remaining,
        InvoiceSort::Due => books::InvoiceSort::Due,
        InvoiceSort::Status => books::InvoiceSort::Status,
    }
}
