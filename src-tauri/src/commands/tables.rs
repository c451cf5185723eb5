//! Reading: the overview, the tables and the pages behind their rows.

use desk::{
    Desk, Result,
    answers::{
        Count, Direction, FilterChoices, Hit, Invoice, InvoiceFilter, InvoiceMoney, InvoicePage,
        InvoiceSort, InvoiceTotals, MovementView, Overview, Tenant, TenantFilter, TenantPage,
        TenantSort,
    },
};
use tauri::State;

/// The first screen.
#[tauri::command]
#[specta::specta]
pub async fn overview(desk: State<'_, Desk>) -> Result<Overview> {
    desk.overview().await
}

/// A window of the tenants' table: at most 500 rows from rank `first`.
#[tauri::command]
#[specta::specta]
pub async fn tenants(
    desk: State<'_, Desk>,
    filter: TenantFilter,
    sort: TenantSort,
    direction: Direction,
    first: Count,
    count: Count,
) -> Result<TenantPage> {
    desk.tenants(filter, sort, direction, first, count).await
}

/// A tenant's page, by Stripe's customer id.
#[tauri::command]
#[specta::specta]
pub async fn tenant(desk: State<'_, Desk>, id: String) -> Result<Tenant> {
    desk.tenant(id).await
}

/// Refunds, disputes, balance, credits and codes of a tenant, newest first, at most 200.
#[tauri::command]
#[specta::specta]
pub async fn tenant_movements(desk: State<'_, Desk>, id: String) -> Result<Vec<MovementView>> {
    desk.tenant_movements(id).await
}

/// A window of the invoices' table: at most 500 rows from rank `first`.
#[tauri::command]
#[specta::specta]
pub async fn invoices(
    desk: State<'_, Desk>,
    filter: InvoiceFilter,
    sort: InvoiceSort,
    direction: Direction,
    first: Count,
    count: Count,
) -> Result<InvoicePage> {
    desk.invoices(filter, sort, direction, first, count).await
}

/// Totals per currency of what is filtered.
#[tauri::command]
#[specta::specta]
pub async fn invoice_totals(
    desk: State<'_, Desk>,
    filter: InvoiceFilter,
) -> Result<Vec<InvoiceTotals>> {
    desk.invoice_totals(filter).await
}

/// An invoice's page, by Stripe's id.
#[tauri::command]
#[specta::specta]
pub async fn invoice(desk: State<'_, Desk>, id: String) -> Result<Invoice> {
    desk.invoice(id).await
}

/// What moved for an invoice, and its money's way to the bank.
#[tauri::command]
#[specta::specta]
pub async fn invoice_movements(desk: State<'_, Desk>, id: String) -> Result<InvoiceMoney> {
    desk.invoice_movements(id).await
}

/// What the tables can be filtered by.
#[tauri::command]
#[specta::specta]
pub async fn filter_choices(desk: State<'_, Desk>) -> Result<FilterChoices> {
    desk.filter_choices().await
}

/// Tenants and invoices that hold these words, at most 20.
#[tauri::command]
#[specta::specta]
pub async fn search(desk: State<'_, Desk>, text: String) -> Result<Vec<Hit>> {
    desk.search(text).await
}
