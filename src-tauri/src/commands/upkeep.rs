//! Settings, the ledger, and the upkeep of the books.

use desk::{
    Desk, Result,
    answers::{
        BackupFile, Count, DoctorReport, Erased, LedgerCheck, LedgerRow, RebuildProgress, Restored,
        Settings,
    },
};
use tauri::{State, ipc::Channel};

use super::forward;
use crate::picks::Picks;

/// The person's choices, and the open account's.
#[tauri::command]
#[specta::specta]
pub async fn settings(desk: State<'_, Desk>) -> Result<Settings> {
    desk.settings().await
}

/// Keeps them; answers what was kept.
#[tauri::command]
#[specta::specta]
pub async fn set_settings(desk: State<'_, Desk>, settings: Settings) -> Result<Settings> {
    desk.set_settings(settings).await
}

/// Checks the whole hash chain.
#[tauri::command]
#[specta::specta]
pub async fn ledger_verify(desk: State<'_, Desk>) -> Result<LedgerCheck> {
    desk.ledger_verify().await
}

/// Entries of the ledger, newest first: at most 500, skipping `first`.
#[tauri::command]
#[specta::specta]
pub async fn ledger_rows(
    desk: State<'_, Desk>,
    first: Count,
    count: Count,
) -> Result<Vec<LedgerRow>> {
    desk.ledger_rows(first, count).await
}

/// Writes the open account's books to a file under a passphrase.
#[tauri::command]
#[specta::specta]
pub async fn backup(
    desk: State<'_, Desk>,
    picks: State<'_, Picks>,
    path: String,
    passphrase: String,
) -> Result<BackupFile> {
    desk.backup(picks.picked(&path)?, passphrase.into()).await
}

/// Makes an account from a backup. The recovery key in the answer is shown once.
#[tauri::command]
#[specta::specta]
pub async fn restore(
    desk: State<'_, Desk>,
    picks: State<'_, Picks>,
    path: String,
    passphrase: String,
    name: Option<String>,
    own_passphrase: Option<String>,
) -> Result<Restored> {
    let path = picks.picked(&path)?;
    desk.restore(
        path,
        passphrase.into(),
        name,
        own_passphrase.map(Into::into),
    )
    .await
}

/// Removes a customer's personal data from history and tables; hashes stay.
#[tauri::command]
#[specta::specta]
pub async fn erase_customer(desk: State<'_, Desk>, id: String, reason: String) -> Result<Erased> {
    desk.erase_customer(id, reason).await
}

/// Looks at the file, the history and the ledger; changes nothing.
#[tauri::command]
#[specta::specta]
pub async fn doctor(desk: State<'_, Desk>) -> Result<DoctorReport> {
    desk.doctor().await
}

/// Rebuilds every table from the history, without a request.
#[tauri::command]
#[specta::specta]
pub async fn doctor_rebuild(
    desk: State<'_, Desk>,
    progress: Channel<RebuildProgress>,
) -> Result<DoctorReport> {
    desk.doctor_rebuild(forward(progress)).await
}

/// Writes a file for support, without names and without secrets.
#[tauri::command]
#[specta::specta]
pub async fn diagnostics(
    desk: State<'_, Desk>,
    picks: State<'_, Picks>,
    path: String,
) -> Result<String> {
    desk.diagnostics(picks.picked(&path)?).await
}
