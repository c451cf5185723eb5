//! What the status line costs when the books hold a million invoices.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use desk::{Desk, DeskConfig, Keyring};
use secrecy::SecretString;

use crate::account::{PASSPHRASE, Programs};
use crate::figures::{Report, at, milliseconds, say};
use crate::load::Loaded;
use crate::process::run;

/// The longest that a status may take.
const LONGEST: Duration = Duration::from_millis(10);
/// How often it is asked for.
const TIMES: usize = 1_000;

/// Asks for the status of open books, and once for that of books which are opened for it.
///
/// # Errors
/// When the books cannot be read.
pub fn of_a_million(programs: &Programs, loaded: &Loaded, report: &mut Report) -> Result<()> {
    say("\n==> Status: of the tenfold books");
    let mut command = programs.cli_on(loaded.name);
    let finished = run(command.arg("status"))?;
    report.note(
        "status as a program of its own, unlocking included",
        milliseconds(Duration::from_secs_f64(finished.seconds)),
    );
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let (first, rest) = runtime.block_on(asked(programs, loaded))?;
    report.add(
        "status of open books, the first time",
        milliseconds(first),
        "within 10 ms",
        Some(first <= LONGEST),
    );
    report.note("status, p50", milliseconds(at(&rest, 50)));
    let last = at(&rest, 99);
    let met = Some(last <= LONGEST);
    report.add("status, p99", milliseconds(last), "within 10 ms", met);
    Ok(())
}

async fn asked(programs: &Programs, loaded: &Loaded) -> Result<(Duration, Vec<Duration>)> {
    let mut config = DeskConfig::new(programs.books(loaded.name));
    config.keyring = Keyring::Off;
    config.passphrase = Some(SecretString::from(PASSPHRASE));
    let desk = Desk::new(config)?;
    let state = desk.app_state().await?;
    ensure!(state.current.is_some(), "the books did not open");
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        let started = Instant::now();
        desk.status_report().await?;
        times.push(started.elapsed());
    }
    desk.close().await?;
    let first = times.first().copied().unwrap_or_default();
    times.sort_unstable();
    Ok((first, times))
}
