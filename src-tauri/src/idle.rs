//! Lock after idle: asks the desk every few seconds and tells the page when it locked.

use std::time::Duration;

use desk::Desk;
use tauri::{AppHandle, Manager, Runtime};
use tokio::sync::watch;

/// How often the desk is asked. A lock comes at most this much late.
const EVERY: Duration = Duration::from_secs(5);

/// Whether the books were locked after idle.
#[derive(Debug)]
pub struct LockState(watch::Sender<bool>);

impl Default for LockState {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl LockState {
    /// Every change.
    pub fn subscribe(&self) -> watch::Receiver<bool> {
        self.0.subscribe()
    }

    /// Says it to whoever listens, when it is news.
    fn set(&self, locked: bool) {
        self.0
            .send_if_modified(|known| std::mem::replace(known, locked) != locked);
    }
}

/// Asks the desk until the app ends.
pub fn watch<R: Runtime>(app: &AppHandle<R>) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let desk = app.state::<Desk>().inner().clone();
        let mut ticks = tokio::time::interval(EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            match desk.lock_if_idle().await {
                Ok(locked) => app.state::<LockState>().set(locked),
                Err(error) => {
                    tracing::warn!(code = ?error.code, %error, "locking after idle failed");
                }
            }
        }
    });
}
