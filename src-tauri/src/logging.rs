//! The shell's part of the log, which the desk writes: unexpected ends are in it too.

use std::path::Path;

use anyhow::{Context, Result};
use desk::LogGuard;

/// Starts the log in the data folder. It ends when the guard is dropped.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn start(data_dir: &Path) -> Result<LogGuard> {
    let guard = desk::start_logging(data_dir)
        .with_context(|| format!("no log could be opened in {}", data_dir.display()))?;
    log_panics();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "Meterdesk starts");
    Ok(guard)
}

/// A panic's place goes to the log. Its message does not: it may hold a value.
fn log_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "a part of the program ended unexpectedly");
        before(panic);
    }));
}
