//! The sync and the status line.

use std::time::Duration;

use desk::{
    Desk, Result,
    answers::{Count, Status, Watch},
};
use tauri::{State, ipc::Channel};
use tokio_util::sync::CancellationToken;

use crate::jobs::Jobs;

/// Between two messages to the page: at most 20 a second.
const SPACING: Duration = Duration::from_millis(50);

/// The status is read again this often when no sync says anything: other things change it too.
const QUIET: Duration = Duration::from_secs(2);

/// Starts a sync and returns; `full` lists again what is complete.
#[tauri::command]
#[specta::specta]
pub async fn sync_start(desk: State<'_, Desk>, full: bool) -> Result<()> {
    desk.sync_start(full).await
}

/// Stops the running sync; what is whole stays.
#[tauri::command]
#[specta::specta]
pub async fn sync_cancel(desk: State<'_, Desk>) -> Result<()> {
    desk.sync_cancel().await
}

/// What the status line shows.
#[tauri::command]
#[specta::specta]
pub async fn status(desk: State<'_, Desk>) -> Result<Status> {
    desk.status().await
}

/// How the account is followed in the background.
#[tauri::command]
#[specta::specta]
pub async fn watch_state(desk: State<'_, Desk>) -> Result<Watch> {
    desk.watch_state().await
}

/// Stops following the account for now, or goes on.
#[tauri::command]
#[specta::specta]
pub async fn set_watch(desk: State<'_, Desk>, paused: bool) -> Result<Watch> {
    desk.set_watch(paused).await
}

/// Says whether the window has the focus: what is looked at is kept fresher.
#[tauri::command]
#[specta::specta]
pub async fn set_focus(desk: State<'_, Desk>, focused: bool) -> Result<()> {
    desk.set_focus(focused).await
}

/// Tells the page every change of the status. A later call takes an earlier one's place.
#[tauri::command]
#[specta::specta]
pub async fn watch_status(
    desk: State<'_, Desk>,
    jobs: State<'_, Jobs>,
    changed: Channel<Status>,
) -> Result<()> {
    let job = jobs.start("watch_status")?;
    let desk = desk.inner().clone();
    tauri::async_runtime::spawn(async move {
        let token = job.token();
        tell(&desk, &changed, &token).await;
    });
    Ok(())
}

async fn tell(desk: &Desk, changed: &Channel<Status>, stop: &CancellationToken) {
    let mut progress = desk.subscribe_progress();
    let mut told = None;
    while !stop.is_cancelled() {
        // A desk that is locked or has no account open has no status to tell.
        let status = desk.status().await.ok();
        let version = status.as_ref().map(|status| status.data_version);
        if let Some(status) = status {
            let words = serde_json::to_string(&status).ok();
            if words != told {
                if changed.send(status).is_err() {
                    return;
                }
                told = words;
            }
        }
        tokio::time::sleep(SPACING).await;
        tokio::select! {
            () = stop.cancelled() => return,
            still_there = progress.changed() => if still_there.is_err() { return },
            () = data_changed(desk, version) => {}
            () = tokio::time::sleep(QUIET) => {}
        }
    }
}

/// Waits for a change of what the tables show; for ever where there is nothing to change.
async fn data_changed(desk: &Desk, version: Option<Count>) {
    match version {
        Some(version) if desk.data_changed(version).await.is_ok() => {}
        _ => std::future::pending().await,
    }
}
