//! Documents that leave: exports and statements, to files that the person picked.

use desk::{
    Desk, Result,
    answers::{ExportProgress, ExportRequest, Exported, StatementFormat},
};
use tauri::{State, ipc::Channel};

use super::forward;
use crate::{jobs::Jobs, picks::Picks};

/// Writes an export and its control sheet. `job` is a name of the page's own; `cancel_job` takes it.
#[tauri::command]
#[specta::specta]
pub async fn export(
    desk: State<'_, Desk>,
    jobs: State<'_, Jobs>,
    picks: State<'_, Picks>,
    request: ExportRequest,
    path: String,
    job: String,
    progress: Channel<ExportProgress>,
) -> Result<Exported> {
    let path = picks.picked(&path)?;
    let job = jobs.start(&job)?;
    desk.export(request, path, forward(progress), job.token())
        .await
}

/// Writes a tenant's statement of account and its control sheet.
#[tauri::command]
#[specta::specta]
pub async fn statement(
    desk: State<'_, Desk>,
    picks: State<'_, Picks>,
    customer: String,
    format: StatementFormat,
    path: String,
) -> Result<Exported> {
    desk.statement(customer, format, picks.picked(&path)?).await
}
