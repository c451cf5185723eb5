//! The completeness check, its schedule, and the read budget.

use desk::{
    Desk, Result,
    answers::{Completeness, Count, ProofAge, ProofProgress, ProveRequest, Proven, ReadBudget},
};
use tauri::{State, ipc::Channel};

use super::forward;

/// How whole the books are, and how that is known.
#[tauri::command]
#[specta::specta]
pub async fn completeness(desk: State<'_, Desk>) -> Result<Completeness> {
    desk.completeness().await
}

/// Reads that a proof takes, about: to be shown before it is begun.
#[tauri::command]
#[specta::specta]
pub async fn prove_cost(desk: State<'_, Desk>, request: ProveRequest) -> Result<Count> {
    desk.prove_cost(request).await
}

/// Compares what is asked for with Stripe, object by object, and mends what differs.
#[tauri::command]
#[specta::specta]
pub async fn prove(
    desk: State<'_, Desk>,
    request: ProveRequest,
    progress: Channel<ProofProgress>,
) -> Result<Proven> {
    desk.prove(request, forward(progress)).await
}

/// Stops the running proof; the next one goes on where it was.
#[tauri::command]
#[specta::specta]
pub fn prove_stop(desk: State<'_, Desk>) {
    desk.prove_stop();
}

/// How old the proof of each list may grow.
#[tauri::command]
#[specta::specta]
pub async fn proof_schedule(desk: State<'_, Desk>) -> Result<Vec<ProofAge>> {
    desk.proof_schedule().await
}

/// Chooses how old a list's proof may grow; none: as usual.
#[tauri::command]
#[specta::specta]
pub async fn set_proof_age(
    desk: State<'_, Desk>,
    list: String,
    max_age_seconds: Option<Count>,
) -> Result<Vec<ProofAge>> {
    desk.set_proof_age(list, max_age_seconds).await
}

/// What was read at Stripe, and what may be.
#[tauri::command]
#[specta::specta]
pub async fn read_budget(desk: State<'_, Desk>) -> Result<ReadBudget> {
    desk.read_budget().await
}
