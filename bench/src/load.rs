//! The first load: against the yardstick in the same run, and with ten times the data.

use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::account::{Account, Programs, bytes_below};
use crate::figures::{Report, grouped, megabytes, per_second, say};
use crate::process::{Finished, run};

/// The most memory that a load may take, in bytes.
const MEMORY: u64 = 150_000_000;

/// Books that were loaded.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The name of their folder.
    pub name: &'static str,
    /// The most memory that the load took.
    pub peak_bytes: Option<u64>,
}

/// Loads the same account with the yardstick and with Meterdesk.
///
/// # Errors
/// When either fails.
pub fn against_the_yardstick(
    programs: &Programs,
    customers: u32,
    report: &mut Report,
) -> Result<Loaded> {
    say("\n==> Load: the yardstick, then Meterdesk");
    let account = Account::serve(customers, None)?;
    let file = programs.work.join("yardstick.sqlite");
    let mut node = Command::new("node");
    node.arg(programs.yardstick.join("load.mjs"))
        .arg(&account.base_url)
        .arg(&file);
    let yardstick = run(node.env("STRIPE_API_KEY", &account.key))?;
    let said: Value = serde_json::from_str(yardstick.stdout.trim())?;
    let objects = count(&said, "objects")?;
    let raw_bytes = count(&said, "rawBytes")?;
    let (yardstick_rate, words) = per_second(objects, yardstick.seconds);
    report.note("yardstick, objects a second", words);
    report.note("yardstick, peak memory", peak(&yardstick));
    report.note("yardstick, processor seconds", processor(&yardstick));
    report.note("yardstick, file", megabytes(bytes_below_file(&file)?));
    std::fs::remove_file(&file)?;

    let before = account.running.cpu_seconds().unwrap_or_default();
    let (loaded, finished) = ours(programs, "once", &account, objects, report)?;
    let served = account.running.cpu_seconds().unwrap_or_default() - before;
    let (rate, words) = per_second(objects, finished.seconds);
    report.note("Meterdesk, objects a second", words);
    report.note("Meterdesk, processor seconds", processor(&finished));
    let ratio = rate / yardstick_rate;
    let met = Some(ratio >= 4.0);
    report.add(
        "times the yardstick",
        format!("{ratio:.1}"),
        "at least 4.0",
        met,
    );
    let bytes = bytes_below(&programs.books("once"))?;
    let (share, words) = ratio_of(bytes, raw_bytes);
    report.note("raw JSON", megabytes(raw_bytes));
    report.note("books' file", megabytes(bytes));
    report.add(
        "file, share of the raw JSON",
        words,
        "at most 0.200",
        Some(share <= 0.2),
    );
    memory(&finished, "peak memory of the load", report);
    if let Some(own) = finished.cpu_seconds {
        let share = served / (own + served);
        let words = format!("{:.0} %", share * 100.0);
        let met = Some(share < 1.0 / 3.0);
        report.add(
            "the simulated account's share of the processor",
            words,
            "under 33 %",
            met,
        );
    }
    Ok(loaded)
}

/// Loads ten times the data into books of their own.
///
/// # Errors
/// When the load fails.
pub fn tenfold(
    programs: &Programs,
    customers: u32,
    once: Option<&Loaded>,
    report: &mut Report,
) -> Result<Loaded> {
    say("\n==> Memory: ten times the data");
    let first = match once {
        Some(first) => first.clone(),
        None => {
            let account = Account::serve(customers, None)?;
            let (loaded, finished) = ours(programs, "once", &account, 0, report)?;
            memory(&finished, "peak memory of the load", report);
            loaded
        }
    };
    std::fs::remove_dir_all(programs.books(first.name))?;
    let account = Account::serve(customers * 10, None)?;
    let (loaded, finished) = ours(programs, "tenfold", &account, 0, report)?;
    memory(&finished, "peak memory, ten times the data", report);
    if let (Some(one), Some(ten)) = (first.peak_bytes, loaded.peak_bytes) {
        let (ratio, words) = ratio_of(ten, one);
        let met = Some(ratio <= 1.2);
        report.add(
            "memory, ten times against once",
            words,
            "at most 1.200",
            met,
        );
    }
    Ok(loaded)
}

/// Loads the account with Meterdesk; fails where it did not get every object (0: any number).
fn ours(
    programs: &Programs,
    name: &'static str,
    account: &Account,
    objects: u64,
    report: &mut Report,
) -> Result<(Loaded, Finished)> {
    programs.connect(name, account)?;
    let (finished, said) = programs.sync(name, "unlimited")?;
    let got = count(&said, "objects")?;
    anyhow::ensure!(
        objects == 0 || got == objects,
        "Meterdesk loaded {got} objects where the yardstick loaded {objects}"
    );
    if objects == 0 {
        let (_, words) = per_second(got, finished.seconds);
        report.note(
            &format!("{} objects, objects a second", grouped(got)),
            words,
        );
    }
    Ok((
        Loaded {
            name,
            peak_bytes: finished.peak_bytes,
        },
        finished,
    ))
}

fn memory(finished: &Finished, name: &str, report: &mut Report) {
    let met = finished.peak_bytes.map(|bytes| bytes < MEMORY);
    report.add(name, peak(finished), "under 150 MB", met);
}

/// The high mark in words.
pub fn peak(finished: &Finished) -> String {
    finished
        .peak_bytes
        .map_or_else(|| "not measured here".to_owned(), megabytes)
}

/// Processor time in words.
pub fn processor(finished: &Finished) -> String {
    let words = finished
        .cpu_seconds
        .map(|seconds| format!("{seconds:.1} s"));
    words.unwrap_or_else(|| "not measured here".to_owned())
}

/// A count out of a JSON answer.
///
/// # Errors
/// When it is not there.
pub fn count(said: &Value, name: &str) -> Result<u64> {
    said[name]
        .as_u64()
        .with_context(|| format!("the answer has no {name}"))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio for people")]
fn ratio_of(part: u64, whole: u64) -> (f64, String) {
    let ratio = part as f64 / whole.max(1) as f64;
    (ratio, format!("{ratio:.3}"))
}

fn bytes_below_file(file: &std::path::Path) -> Result<u64> {
    Ok(std::fs::metadata(file)?.len())
}
