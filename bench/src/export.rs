//! An export of every invoice, against `sqlite3 -csv` on a plain table of the same columns.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::account::Programs;
use crate::figures::{Report, grouped, megabytes, per_second, say};
use crate::load::{Loaded, count, peak, processor};
use crate::process::run;

/// The most memory that an export may take, in bytes.
const MEMORY: u64 = 100_000_000;

/// Exports all invoices of the books, then reads the same columns out of a plain table.
///
/// # Errors
/// When the export fails.
pub fn every_invoice(programs: &Programs, loaded: &Loaded, report: &mut Report) -> Result<()> {
    say("\n==> Export: every invoice");
    let file = programs.work.join("invoices.csv");
    let mut command = programs.cli_on(loaded.name);
    command.args(["export", "invoices", "--out"]).arg(&file);
    let finished = run(&mut command)?;
    let said: Value = serde_json::from_str(finished.stdout.trim())?;
    let rows = count(&said, "rows")?;
    let (rate, words) = per_second(rows, finished.seconds);
    report.note(
        &format!("export of {} invoices, rows a second", grouped(rows)),
        words,
    );
    report.note("export, processor seconds", processor(&finished));
    report.note("the file", megabytes(count(&said, "bytes")?));
    let met = finished.peak_bytes.map(|bytes| bytes < MEMORY);
    report.add(
        "peak memory of the export",
        peak(&finished),
        "under 100 MB",
        met,
    );
    match sqlite_rate(&file, &programs.work, rows)? {
        Some((plain, words)) => {
            report.note("sqlite3 -csv, rows a second", words);
            let ratio = rate / plain;
            let met = Some(ratio >= 0.5);
            report.add(
                "export against sqlite3 -csv",
                format!("{ratio:.2}"),
                "at least 0.50",
                met,
            );
        }
        None => say("    sqlite3 is not installed: no comparison"),
    }
    Ok(())
}

/// Rows a second of `sqlite3 -csv` on a plain table; none where there is no sqlite3.
fn sqlite_rate(csv: &Path, work: &Path, rows: u64) -> Result<Option<(f64, String)>> {
    let database = work.join("plain.sqlite");
    let import = format!(".import --csv \"{}\" invoices", csv.display());
    let made = Command::new("sqlite3").arg(&database).arg(import).status();
    let Ok(made) = made else { return Ok(None) };
    ensure!(made.success(), "sqlite3 could not read the exported file");
    let plain = work.join("plain.csv");
    let started = Instant::now();
    let read = Command::new("sqlite3")
        .args(["-csv", "-header"])
        .arg(&database)
        .arg("SELECT * FROM invoices")
        .stdin(Stdio::null())
        .stdout(File::create(&plain)?)
        .status()?;
    let seconds = started.elapsed().as_secs_f64();
    ensure!(read.success(), "sqlite3 could not export");
    let count = Command::new("sqlite3")
        .arg(&database)
        .arg("SELECT count(*) FROM invoices")
        .output()?;
    let count: u64 = String::from_utf8_lossy(&count.stdout)
        .trim()
        .parse()
        .context("no count")?;
    ensure!(
        count == rows,
        "the plain table holds {count} rows, the export {rows}"
    );
    Ok(Some(per_second(rows, seconds)))
}
