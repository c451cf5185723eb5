//! The log of events, what was changed elsewhere, and the webhook listener.

use desk::{
    Desk, Result, WebhookChange,
    answers::{
        Count, Elsewhere, EventDetail, EventFilter, EventPage, EventsImported, WebhookState,
    },
};
use tauri::State;

use crate::picks::Picks;

/// A window of the log of events, newest first: at most 500 rows from rank `first`.
#[tauri::command]
#[specta::specta]
pub async fn events(
    desk: State<'_, Desk>,
    filter: EventFilter,
    first: Count,
    count: Count,
) -> Result<EventPage> {
    desk.events(filter, first, count).await
}

/// One event, opened, by Stripe's id.
#[tauri::command]
#[specta::specta]
pub async fn event(desk: State<'_, Desk>, id: String) -> Result<EventDetail> {
    desk.event(id).await
}

/// What requests that are not ours changed, by day (`2026-11-01`, in the company's zone).
#[tauri::command]
#[specta::specta]
pub async fn elsewhere(
    desk: State<'_, Desk>,
    from: Option<String>,
    to: Option<String>,
) -> Result<Elsewhere> {
    desk.elsewhere(from, to).await
}

/// Signs such a change off with an explanation.
#[tauri::command]
#[specta::specta]
pub async fn explain_elsewhere(
    desk: State<'_, Desk>,
    event: String,
    explanation: String,
) -> Result<EventDetail> {
    desk.explain_elsewhere(event, explanation).await
}

/// Takes in a file of events that the person picked.
#[tauri::command]
#[specta::specta]
pub async fn import_events(
    desk: State<'_, Desk>,
    picks: State<'_, Picks>,
    path: String,
) -> Result<EventsImported> {
    desk.import_events(picks.picked(&path)?).await
}

/// The webhook listener: whether it listens, what came and what was refused.
#[tauri::command]
#[specta::specta]
pub async fn webhook_state(desk: State<'_, Desk>) -> Result<WebhookState> {
    desk.webhook_state().await
}

/// Switches the webhook listener on or off; `secret` is a new signing secret.
#[tauri::command]
#[specta::specta]
pub async fn set_webhook(
    desk: State<'_, Desk>,
    enabled: bool,
    port: u16,
    secret: Option<String>,
) -> Result<WebhookState> {
    desk.set_webhook(WebhookChange {
        enabled,
        port,
        secret: secret.map(Into::into),
    })
    .await
}
