//! Accounts, keys and the lock.

use desk::{
    ConnectRequest, Desk, Result,
    answers::{AccountDetails, AccountSummary, AppState, Connected, KeyCheck},
};
use tauri::{State, ipc::Channel};

use crate::{idle::LockState, jobs::Jobs};

/// What the window needs for its first screen.
#[tauri::command]
#[specta::specta]
pub async fn app_state(desk: State<'_, Desk>) -> Result<AppState> {
    desk.app_state().await
}

/// Opens the sample company; its first load is told by `watch_status`.
#[tauri::command]
#[specta::specta]
pub async fn open_sample(desk: State<'_, Desk>) -> Result<AccountSummary> {
    desk.open_sample().await
}

/// What a key is and may do.
#[tauri::command]
#[specta::specta]
pub async fn check_key(
    desk: State<'_, Desk>,
    key: String,
    api_base: Option<String>,
) -> Result<KeyCheck> {
    desk.check_key(key.into(), api_base.or_else(given_api_base))
        .await
}

/// Connects an account. The recovery key in the answer is shown once.
#[tauri::command]
#[specta::specta]
pub async fn connect(
    desk: State<'_, Desk>,
    key: String,
    name: Option<String>,
    api_base: Option<String>,
    entity_name: Option<String>,
    passphrase: Option<String>,
) -> Result<Connected> {
    desk.connect(ConnectRequest {
        key: key.into(),
        name,
        api_base: api_base.or_else(given_api_base),
        entity_name,
        passphrase: passphrase.map(Into::into),
    })
    .await
}

/// Replaces a rotated key; it must be of the same account and mode.
#[tauri::command]
#[specta::specta]
pub async fn replace_key(
    desk: State<'_, Desk>,
    name: String,
    key: String,
) -> Result<AccountDetails> {
    desk.replace_key(name, key.into()).await
}

/// Sets, changes or removes the passphrase that opening an account needs on this machine.
#[tauri::command]
#[specta::specta]
pub async fn set_lock_passphrase(
    desk: State<'_, Desk>,
    name: String,
    current: Option<String>,
    passphrase: Option<String>,
) -> Result<AccountDetails> {
    desk.set_lock_passphrase(name, current.map(Into::into), passphrase.map(Into::into))
        .await
}

/// Forgets an account's key; with `delete_data`, its books too.
#[tauri::command]
#[specta::specta]
pub async fn disconnect(desk: State<'_, Desk>, name: String, delete_data: bool) -> Result<()> {
    desk.disconnect(name, delete_data).await
}

/// Closes the open account and opens that one.
#[tauri::command]
#[specta::specta]
pub async fn switch_account(desk: State<'_, Desk>, name: String) -> Result<AccountSummary> {
    desk.switch_account(name).await
}

/// One account, as the settings show it.
#[tauri::command]
#[specta::specta]
pub async fn account_details(desk: State<'_, Desk>, name: String) -> Result<AccountDetails> {
    desk.account_details(name).await
}

/// Opens the current account again: from the keyring, or by its passphrase.
#[tauri::command]
#[specta::specta]
pub async fn unlock(desk: State<'_, Desk>, passphrase: Option<String>) -> Result<AppState> {
    desk.unlock(passphrase.map(Into::into)).await
}

/// Opens an account by its recovery key and keeps its secrets anew.
#[tauri::command]
#[specta::specta]
pub async fn open_with_recovery_key(
    desk: State<'_, Desk>,
    name: String,
    recovery_key: String,
    passphrase: Option<String>,
) -> Result<AccountSummary> {
    desk.open_with_recovery_key(name, recovery_key.into(), passphrase.map(Into::into))
        .await
}

/// Drops the keys and closes the books.
#[tauri::command]
#[specta::specta]
pub async fn lock(desk: State<'_, Desk>) -> Result<()> {
    desk.lock().await
}

/// The person did something: the idle time starts anew.
#[tauri::command]
#[specta::specta]
pub fn touch(desk: State<'_, Desk>) {
    desk.touch();
}

/// Tells the page when the books were locked after idle. A later call takes an earlier one's place.
#[tauri::command]
#[specta::specta]
pub async fn watch_lock(
    jobs: State<'_, Jobs>,
    lock: State<'_, LockState>,
    changed: Channel<bool>,
) -> Result<()> {
    let job = jobs.start("watch_lock")?;
    let mut locked = lock.subscribe();
    tauri::async_runtime::spawn(async move {
        let token = job.token();
        while let Some(Ok(())) = token.run_until_cancelled(locked.changed()).await {
            let now = *locked.borrow_and_update();
            if changed.send(now).is_err() {
                break;
            }
        }
    });
    Ok(())
}

/// The address that a test or a demonstration gives in place of Stripe's. The desk refuses all but
/// loopback.
fn given_api_base() -> Option<String> {
    std::env::var("METERDESK_API_BASE")
        .ok()
        .filter(|address| !address.is_empty())
}
