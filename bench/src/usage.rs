//! A file of usage, imported and by `sqlite3 .import` into a plain table with the same unique key.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use desk::answers::Count;
use desk::{Desk, DeskConfig, Keyring};
use secrecy::SecretString;
use serde_json::Value;

use crate::account::{Account, PASSPHRASE, Programs};
use crate::figures::{Report, at, grouped, megabytes, milliseconds, per_second, say};
use crate::load::{count, peak, processor};
use crate::process::run;

/// Rows for each customer of a usual account: ten million for twenty thousand.
const ROWS_EACH: u64 = 500;
/// Customers whose usage it is.
const CUSTOMERS: u32 = 2_000;
/// The most memory that an import may take, in bytes, however many rows.
const MEMORY: u64 = 400_000_000;
/// Seconds over which the rows are spread: 18 months.
const SPAN: u64 = 47_000_000;
/// How often a tenant's usage is asked for.
const TIMES: usize = 200;

/// Measures the import of a large file, and what is read of usage before and after it.
///
/// # Errors
/// When a program fails, or does not hold what the file says.
pub fn a_file(programs: &Programs, customers: u32, report: &mut Report) -> Result<()> {
    let rows = u64::from(customers) * ROWS_EACH;
    say(&format!("\n==> Usage: a file of {} rows", grouped(rows)));
    let account = Account::serve(CUSTOMERS.min(customers), None)?;
    programs.connect("usage", &account)?;
    programs.sync("usage", "unlimited")?;
    drop(account);
    let tenants = tenants(programs)?;
    let (few, many) = (
        programs.work.join("few.csv"),
        programs.work.join("many.csv"),
    );
    write(&few, "few", rows / 100, &tenants)?;
    write(&many, "many", rows, &tenants)?;
    import(programs, &few)?;
    let before = asked(programs, &tenants)?;

    let mut command = programs.cli_on("usage");
    command.args(["usage", "import", "--apply"]).arg(&many);
    let finished = run(&mut command)?;
    let said: Value = serde_json::from_str(finished.stdout.trim())?;
    ensure!(
        count(&said, "records")? == rows,
        "not every row became a record"
    );
    let (rate, words) = per_second(rows, finished.seconds);
    report.note(
        &format!("usage, import of {} rows, rows a second", grouped(rows)),
        words,
    );
    report.note("usage import, processor seconds", processor(&finished));
    let met = finished.peak_bytes.map(|bytes| bytes < MEMORY);
    report.add(
        "peak memory of the usage import",
        peak(&finished),
        "under 400 MB",
        met,
    );
    report.note(
        "the file of usage",
        megabytes(std::fs::metadata(&many)?.len()),
    );
    match sqlite_rate(&many, &programs.work, rows)? {
        Some((plain, words)) => {
            report.note("sqlite3 .import, rows a second", words);
            let ratio = rate / plain;
            report.add(
                "usage import against sqlite3 .import",
                format!("{ratio:.2}"),
                "at least 0.50",
                Some(ratio >= 0.5),
            );
        }
        None => say("    sqlite3 is not installed: no comparison"),
    }
    let after = asked(programs, &tenants)?;
    report.note(
        "a month of usage, p50, before",
        milliseconds(at(&before, 50)),
    );
    let (before, after) = (at(&before, 50), at(&after, 50));
    report.add(
        "a month of usage, p50, over a hundred times the rows",
        milliseconds(after),
        "as before, or under 10 ms",
        Some(after <= before * 3 / 2 || after < Duration::from_millis(10)),
    );
    for file in [few, many] {
        std::fs::remove_file(file)?;
    }
    std::fs::remove_dir_all(programs.books("usage"))?;
    Ok(())
}

fn import(programs: &Programs, file: &Path) -> Result<()> {
    let mut command = programs.cli_on("usage");
    run(command.args(["usage", "import", "--apply"]).arg(file)).map(drop)
}

/// Stripe's ids of the account's customers.
fn tenants(programs: &Programs) -> Result<Vec<String>> {
    let mut tenants = Vec::new();
    loop {
        let mut command = programs.cli_on("usage");
        let first = tenants.len().to_string();
        command.args(["tenants", "--count", "500", "--first", &first]);
        let said: Value = serde_json::from_str(run(&mut command)?.stdout.trim())?;
        let rows = said["rows"].as_array().context("no rows")?;
        let ids = rows.iter().filter_map(|row| row["id"].as_str());
        let before = tenants.len();
        tenants.extend(ids.map(str::to_owned));
        if tenants.len() == before {
            return Ok(tenants);
        }
    }
}

/// Rows in the order of their time, with keys as programs make them: in no order at all.
fn write(path: &Path, name: &str, rows: u64, tenants: &[String]) -> Result<()> {
    let end = u64::try_from(chrono::Utc::now().timestamp())? - 3_600;
    let mut out = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(out, "id,customer,credits,time")?;
    let salt = name.len() as u64;
    for row in 0..rows {
        let (a, b) = (mix(row ^ (salt << 40)), mix(row + 0x5EED_0000));
        let tenant = usize::try_from(b % tenants.len() as u64)?;
        let at = end - SPAN + row * SPAN / rows.max(1);
        let time = chrono::DateTime::from_timestamp(i64::try_from(at)?, 0).context("a time")?;
        let (whole, part) = (b / 7_919 % 20, b / 104_729 % 100);
        let (tenant, time) = (&tenants[tenant], time.format("%Y-%m-%dT%H:%M:%SZ"));
        writeln!(out, "{a:016x}{b:016x},{tenant},{whole}.{part:02},{time}")?;
    }
    Ok(out.flush()?)
}

/// A well-mixed number of `x`.
fn mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Rows a second of `sqlite3 .import`; none where there is no sqlite3.
fn sqlite_rate(csv: &Path, work: &Path, rows: u64) -> Result<Option<(f64, String)>> {
    let database = work.join("plain-usage.sqlite");
    let table = "CREATE TABLE usage (id TEXT NOT NULL UNIQUE, customer TEXT NOT NULL, \
         credits NUMERIC NOT NULL, time TEXT NOT NULL)";
    let started = Instant::now();
    let made = Command::new("sqlite3")
        .arg(&database)
        .args([
            table,
            &format!(".import --csv --skip 1 \"{}\" usage", csv.display()),
        ])
        .stdin(Stdio::null())
        .status();
    let Ok(made) = made else { return Ok(None) };
    let seconds = started.elapsed().as_secs_f64();
    ensure!(made.success(), "sqlite3 could not read the file");
    let held = Command::new("sqlite3")
        .arg(&database)
        .arg("SELECT count(*) FROM usage")
        .output()?;
    let held: u64 = String::from_utf8_lossy(&held.stdout)
        .trim()
        .parse()
        .context("no count")?;
    ensure!(held == rows, "the plain table holds {held} rows of {rows}");
    std::fs::remove_file(database)?;
    Ok(Some(per_second(rows, seconds)))
}

/// How long a tenant's month takes, sorted.
fn asked(programs: &Programs, tenants: &[String]) -> Result<Vec<Duration>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut config = DeskConfig::new(programs.books("usage"));
        config.keyring = Keyring::Off;
        config.passphrase = Some(SecretString::from(PASSPHRASE));
        let desk = Desk::new(config)?;
        let state = desk.app_state().await?;
        ensure!(state.current.is_some(), "the books did not open");
        let mut times = Vec::with_capacity(TIMES);
        for tenant in tenants.iter().cycle().take(TIMES) {
            let started = Instant::now();
            desk.usage_days(tenant.clone(), "ai_credit".into(), Count(30))
                .await?;
            times.push(started.elapsed());
        }
        desk.close().await?;
        times.sort_unstable();
        Ok(times)
    })
}
