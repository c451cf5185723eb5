//! The log file in the data folder. Secrets never reach it: they are types that cannot be printed.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::{Code, Error, Result};

/// Days of logs that are kept.
const KEPT_FILES: usize = 7;
/// What is logged unless `METERDESK_LOG` says otherwise. HTTP and database libraries stay quiet:
/// their debug lines repeat whole requests.
const USUAL: &str = "info,sqlx=warn,hyper=warn,hyper_util=warn,reqwest=warn,rustls=warn,h2=warn";

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
    let filter = std::env::var("METERDESK_LOG")
        .ok()
        .and_then(|given| EnvFilter::try_new(given).ok())
        .unwrap_or_else(|| EnvFilter::new(USUAL));
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
