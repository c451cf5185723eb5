//! Usage against plans: the table, charts, what comes in, what prices stand for.

use desk::{
    Desk, Result,
    answers::{
        Chart, ChartForm, Count, Decided, Direction, Plans, PriceMapping, TenantUsage,
        UsageBatchView, UsageFile, UsageFilter, UsageImportProgress, UsageImportRequest,
        UsageImported, UsageOverviewAnswer, UsagePage, UsageReversed, UsageSort,
    },
};
use tauri::{State, ipc::Channel};
use tokio_util::sync::CancellationToken;

use super::forward;
use crate::{jobs::Jobs, picks::Picks};

/// A window of the table of use against allowances: at most 500 rows from rank `first`.
#[tauri::command]
#[specta::specta]
pub async fn usage_tenants(
    desk: State<'_, Desk>,
    filter: UsageFilter,
    sort: UsageSort,
    direction: Direction,
    first: Count,
    count: Count,
) -> Result<UsagePage> {
    desk.usage_tenants(filter, sort, direction, first, count)
        .await
}

/// How a tenant's use of a type stands in the period that runs, and why.
#[tauri::command]
#[specta::specta]
pub async fn usage_tenant(
    desk: State<'_, Desk>,
    id: String,
    usage_type: String,
) -> Result<TenantUsage> {
    desk.usage_tenant(id, usage_type, None).await
}

/// The chart of a tenant's AI credits in the period that runs.
#[tauri::command]
#[specta::specta]
pub async fn usage_chart(desk: State<'_, Desk>, id: String, form: ChartForm) -> Result<Chart> {
    desk.usage_chart(id, form).await
}

/// All tenants' AI credits: figures and four charts.
#[tauri::command]
#[specta::specta]
pub async fn usage_overview(desk: State<'_, Desk>, form: ChartForm) -> Result<UsageOverviewAnswer> {
    desk.usage_overview(form).await
}

/// A file of usage that was picked: its columns, its first rows, which column is what.
#[tauri::command]
#[specta::specta]
pub async fn usage_open(
    desk: State<'_, Desk>,
    picks: State<'_, Picks>,
    path: String,
    source: Option<String>,
) -> Result<UsageFile> {
    desk.usage_open(picks.picked(&path)?, source).await
}

/// Imports a file of usage, or says what would come of it. `job` is a name of the page's own;
/// `cancel_job` takes it.
#[tauri::command]
#[specta::specta]
pub async fn usage_import(
    desk: State<'_, Desk>,
    jobs: State<'_, Jobs>,
    picks: State<'_, Picks>,
    path: String,
    request: UsageImportRequest,
    job: String,
    progress: Channel<UsageImportProgress>,
) -> Result<UsageImported> {
    let path = picks.picked(&path)?;
    let job = jobs.start(&job)?;
    desk.usage_import(path, request, forward(progress), job.token())
        .await
}

/// Batches of usage that came in before that one, newest first, at most 500.
#[tauri::command]
#[specta::specta]
pub async fn usage_batches(
    desk: State<'_, Desk>,
    before: Option<Count>,
    count: Count,
) -> Result<Vec<UsageBatchView>> {
    desk.usage_batches(before, count).await
}

/// Reverses a batch whole.
#[tauri::command]
#[specta::specta]
pub async fn usage_reverse(desk: State<'_, Desk>, batch: Count) -> Result<UsageReversed> {
    desk.usage_reverse(batch, CancellationToken::new()).await
}

/// The catalogue of plans, what prices stand for, the tenants' own allowances.
#[tauri::command]
#[specta::specta]
pub async fn plans(desk: State<'_, Desk>) -> Result<Plans> {
    desk.plans().await
}

/// Confirms what prices stand for; without `write` it only says what would come of it.
#[tauri::command]
#[specta::specta]
pub async fn map_prices(
    desk: State<'_, Desk>,
    mapping: PriceMapping,
    write: bool,
) -> Result<Decided> {
    desk.map_prices(mapping, write).await
}
