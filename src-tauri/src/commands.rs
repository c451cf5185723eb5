//! What the page can ask for: one thin command a function of the desk, plus dialogs and the
//! browser. `src-tauri/commands.in` lists them.

pub mod accounts;
pub mod desktop;
pub mod documents;
pub mod events;
pub mod proofs;
pub mod sync;
pub mod tables;
pub mod upkeep;
pub mod usage;

use std::sync::Arc;

use desk::OnProgress;
use tauri::ipc::{Channel, IpcResponse};

/// Forwards progress to the page; the desk calls at most 20 times a second. A page that is gone
/// hears nothing.
fn forward<T: IpcResponse + Clone + Send + Sync + 'static>(channel: Channel<T>) -> OnProgress<T> {
    Arc::new(move |progress| {
        if let Err(error) = channel.send(progress) {
            tracing::debug!(%error, "the page no longer listens");
        }
    })
}
