//! The log: a file a day in the data folder, kept for a week, without colours and without secrets.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use tracing_appender::{
    non_blocking::WorkerGuard,
    rolling::{RollingFileAppender, Rotation},
};
use tracing_subscriber::EnvFilter;

/// Days of log that are kept.
const DAYS_KEPT: usize = 7;

/// Starts the log in `data_dir/logs`. It ends when the guard is dropped. `METERDESK_LOG` takes a
/// filter such as `debug` or `sync=debug`.
///
/// # Errors
/// When the folder cannot be made or written.
pub fn start(data_dir: &Path) -> Result<WorkerGuard> {
    let folder = data_dir.join("logs");
    fs::create_dir_all(&folder)
        .with_context(|| format!("the log folder {} could not be made", folder.display()))?;
    let files = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("meterdesk")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(&folder)
        .with_context(|| format!("no log could be opened in {}", folder.display()))?;
    let (writer, guard) = tracing_appender::non_blocking(files);
    let filter =
        EnvFilter::try_from_env("METERDESK_LOG").unwrap_or_else(|_unset| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer)
        .try_init()
        .map_err(anyhow::Error::msg)
        .context("the log was started twice")?;
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
