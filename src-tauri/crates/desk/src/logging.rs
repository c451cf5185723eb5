//! The log file in the data folder. Secrets never reach it: they are types that cannot be printed.

use std::path::Path;

use tracing::Level;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::{Code, Error, Result};

/// Days of logs that are kept.
const KEPT_FILES: usize = 7;
/// The variable that sets how much our own rooms log: `error`, `warn`, `info`, `debug`, `trace`.
const LEVEL: &str = "METERDESK_LOG";
/// Our own rooms. Nothing that is secret is printable in them.
const ROOMS: [&str; 8] = [
    "desk",
    "books",
    "sync",
    "stripe",
    "objects",
    "reports",
    "simulator",
    "meterdesk_shell",
];

/// Libraries say warnings and worse, whatever is asked for: below that they repeat whole requests
/// and statements. The database library says nothing: its statements hold keys.
fn filter(level: Option<&str>) -> EnvFilter {
    let level = level
        .and_then(|level| level.trim().parse::<Level>().ok())
        .unwrap_or(Level::INFO);
    let rooms = ROOMS.map(|room| format!("{room}={level}")).join(",");
    EnvFilter::new(format!("warn,sqlx=off,{rooms}"))
}

/// Writes the log as long as it lives; dropping it writes what is left.
#[derive(Debug)]
pub struct LogGuard {
    _worker: WorkerGuard,
}

/// Starts the log of this process in `<data>/logs`, one file a day, seven kept.
///
/// # Errors
/// `Failed` where the folder cannot be written, or a log runs already.
pub fn start_logging(data_dir: &Path) -> Result<LogGuard> {
    let failed = |why: String| Error::new(Code::Failed, "The log could not be started", why, "");
    let folder = data_dir.join("logs");
    crate::accounts::make_private_dir(&folder)?;
    let appender = tracing_appender::rolling::Builder::new()
        .rotation(tracing_appender::rolling::Rotation::DAILY)
        .filename_prefix("meterdesk")
        .filename_suffix("log")
        .max_log_files(KEPT_FILES)
        .build(&folder)
        .map_err(|error| failed(error.to_string()))?;
    let (writer, worker) = tracing_appender::non_blocking(appender);
    let filter = filter(std::env::var(LEVEL).ok().as_deref());
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .with_ansi(false);
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .try_init()
        .map_err(|error| failed(error.to_string()))?;
    Ok(LogGuard { _worker: worker })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_level_lets_the_database_library_speak() {
        for level in [
            None,
            Some("trace"),
            Some("sqlx=trace"),
            Some("sqlx::query=debug,trace"),
        ] {
            let directives = filter(level).to_string();
            assert!(directives.contains("sqlx=off"), "{level:?}: {directives}");
            assert!(
                !directives.contains("sqlx::query"),
                "{level:?}: {directives}"
            );
        }
        assert!(filter(Some("debug")).to_string().contains("books=debug"));
    }
}
