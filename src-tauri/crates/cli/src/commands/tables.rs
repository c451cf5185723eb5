//! The tables: tenants, and invoices with their totals.

use desk::answers::{
    Count, Direction, InvoicePage, InvoiceSort, InvoiceTotals, TenantPage, TenantSort,
};
use desk::{Desk, Error, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{current, filters};
use crate::arguments::Listing;
use crate::output::{Output, Table, amount, day};

pub async fn tenants(desk: &Desk, listing: Listing, output: &Output) -> Result<()> {
    let filter = filters::tenants(&listing.filters)?;
    let sort: TenantSort = column(listing.sort.as_deref())?;
    let (first, count) = (Count(listing.window.first), Count(listing.window.count));
    current(desk).await?;
    let page = desk
        .tenants(filter, sort, direction(listing.descending), first, count)
        .await?;
    output.answer(&page, tenants_text);
    Ok(())
}

fn tenants_text(page: &TenantPage) -> String {
    let mut table = Table::new(&[
        "Id",
        "Tenant",
        "Plan",
        ">Seats",
        "Status",
        ">MRR",
        ">Past due",
        "Created",
    ]);
    for row in &page.rows {
        table.row(vec![
            row.id.clone(),
            row.name.clone(),
            row.plan.clone().unwrap_or_default(),
            row.seats
                .map(|seats| seats.0.to_string())
                .unwrap_or_default(),
            row.status.clone().unwrap_or_default(),
            row.mrr.as_ref().map(amount).unwrap_or_default(),
            row.past_due.as_ref().map(amount).unwrap_or_default(),
            day(Some(row.created)),
        ]);
    }
    format!(
        "{}\n{}",
        table.text(),
        shown(page.first, page.rows.len(), page.total)
    )
}

/// What `invoices --json` prints: the page's document and the totals of everything filtered.
#[derive(Debug, Serialize)]
struct Invoices {
    #[serde(flatten)]
    page: InvoicePage,
    totals: Vec<InvoiceTotals>,
}

pub async fn invoices(desk: &Desk, listing: Listing, output: &Output) -> Result<()> {
    let filter = filters::invoices(&listing.filters)?;
    let sort: InvoiceSort = column(listing.sort.as_deref())?;
    let (first, count) = (Count(listing.window.first), Count(listing.window.count));
    current(desk).await?;
    let totals = desk.invoice_totals(filter.clone()).await?;
    let page = desk
        .invoices(filter, sort, direction(listing.descending), first, count)
        .await?;
    output.answer(&Invoices { page, totals }, invoices_text);
    Ok(())
}

fn invoices_text(invoices: &Invoices) -> String {
    let page = &invoices.page;
    let mut table = Table::new(&[
        "Id",
        "Number",
        "Tenant",
        "Status",
        ">Total",
        ">Remaining",
        "Finalised",
        "Due",
    ]);
    for row in &page.rows {
        table.row(vec![
            row.id.clone(),
            row.number.clone().unwrap_or_default(),
            row.tenant.clone(),
            if row.past_due {
                "past due".into()
            } else {
                row.status.clone()
            },
            amount(&row.total),
            amount(&row.remaining),
            day(row.finalized_at),
            day(row.due_at),
        ]);
    }
    let mut sums = Table::new(&[
        "Currency",
        ">Invoices",
        ">Total",
        ">Paid",
        ">Remaining",
        ">Void apart",
        ">Drafts",
    ]);
    for sum in &invoices.totals {
        sums.row(vec![
            sum.currency.clone(),
            sum.invoices.0.to_string(),
            amount(&sum.total),
            amount(&sum.paid),
            amount(&sum.remaining),
            amount(&sum.void_total),
            sum.drafts.0.to_string(),
        ]);
    }
    let shown = shown(page.first, page.rows.len(), page.total);
    format!("{}\n{shown}\n\n{}", table.text(), sums.text())
}

pub(super) fn shown(first: Count, rows: usize, total: Count) -> String {
    if rows == 0 {
        return format!("No rows from {} on; {} in all.", first.0 + 1, total.0);
    }
    let last = first.0 + u64::try_from(rows).unwrap_or_default();
    format!("{} to {last} of {}", first.0 + 1, total.0)
}

fn direction(descending: bool) -> Direction {
    if descending {
        Direction::Descending
    } else {
        Direction::Ascending
    }
}

/// A column by its stable name: the same as in `--json` documents and in the window.
pub(super) fn column<T: DeserializeOwned + Default>(given: Option<&str>) -> Result<T> {
    let Some(given) = given else {
        return Ok(T::default());
    };
    let name = given.replace('-', "_");
    serde_json::from_value(serde_json::Value::from(name)).map_err(|error| {
        let why = error.to_string();
        Error::invalid(
            "sort",
            format!("There is no column “{given}” to sort by"),
            why,
        )
        .then("Choose one of those")
    })
}
