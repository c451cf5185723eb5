//! Catching up by Stripe's events, against a script that reads the same events.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;

use crate::account::{Account, Programs};
use crate::figures::{Report, grouped, say};
use crate::load::{count, processor};
use crate::process::{Finished, run};

/// Customers that change, each once; half of a usual account's.
const CHANGED: u32 = 10_000;
/// Reads that catching up may cost: a page for each hundred events, and five.
const READS_MAX: u64 = 105;
/// Between what happens and the look at it, in seconds: longer than events may be late.
const HOUR: u32 = 3_600;
/// What an account that was opened years ago writes its events in.
const OLD_VERSION: &str = "2022-11-15";

/// Measures events of the pinned API version, an idle look, and events of an old version.
///
/// # Errors
/// When a program fails, or does not bring what changed.
pub fn by_events(programs: &Programs, customers: u32, report: &mut Report) -> Result<()> {
    say("\n==> Events: what changed, by the script and by Meterdesk");
    let changed = CHANGED.min(customers / 2);
    let mut account = Account::serve(customers, None)?;
    let since = quiet_hour(&mut account)?;
    let file = programs.work.join("yardstick.sqlite");
    let mut load = script(programs, "load.mjs", &account);
    run(load.arg(&file))?;
    load_ours(programs, "events", &account)?;
    change(&mut account, changed)?;

    let by_script = by_script(programs, &account, &file, since, changed)?;
    std::fs::remove_file(&file)?;
    report.note("the yardstick run again", seconds(by_script.again));
    report.note(
        "a script that reads the events",
        seconds(by_script.by_events),
    );

    let (ours, asked) = catch_up_ours(programs, "events", &mut account, changed, "payload")?;
    let words = format!("{} objects by events", grouped(changed.into()));
    report.note(&words, seconds(ours.seconds));
    report.note("by events, processor seconds", processor(&ours));
    let ratio = by_script.again / ours.seconds;
    report.add(
        "by events, times the yardstick",
        format!("{ratio:.1}"),
        "at least 3.0",
        Some(ratio >= 3.0),
    );
    let ratio = by_script.by_events / ours.seconds;
    report.note(
        "by events, times the script that reads the events",
        format!("{ratio:.2}"),
    );
    let met = Some(asked.all <= READS_MAX);
    report.add("by events, reads", asked.words(), "at most 105", met);

    let (_, idle) = sync(programs, "events", &mut account)?;
    let met = Some(idle.all == 1);
    report.add("an idle look, reads", idle.words(), "1", met);
    std::fs::remove_dir_all(programs.books("events"))?;
    drop(account);
    of_an_old_version(programs, customers, changed, report)
}

/// How many seconds scripts take to catch up.
struct Scripts {
    /// The yardstick, which knows only how to list everything again.
    again: f64,
    /// One that reads the events and writes the objects in them.
    by_events: f64,
}

fn by_script(
    programs: &Programs,
    account: &Account,
    file: &Path,
    since: u64,
    changed: u32,
) -> Result<Scripts> {
    let mut by_events = script(programs, "events.mjs", account);
    let by_events = run(by_events.arg(file).arg(since.to_string()))?;
    let said: Value = serde_json::from_str(by_events.stdout.trim())?;
    let written = count(&said, "objects")?;
    ensure!(
        written == u64::from(changed),
        "the script wrote {written} objects of {changed} that changed"
    );
    let again = run(script(programs, "load.mjs", account).arg(file))?;
    Ok(Scripts {
        again: again.seconds,
        by_events: by_events.seconds,
    })
}

fn seconds(seconds: f64) -> String {
    format!("{seconds:.2} s")
}

/// The same changes where the events' objects cannot be taken for the state.
fn of_an_old_version(
    programs: &Programs,
    customers: u32,
    changed: u32,
    report: &mut Report,
) -> Result<()> {
    let mut account = Account::serve_with_events_of(customers, OLD_VERSION)?;
    quiet_hour(&mut account)?;
    load_ours(programs, "old-events", &account)?;
    change(&mut account, changed)?;
    let (_, asked) = catch_up_ours(programs, "old-events", &mut account, changed, "refetched")?;
    report.add(
        &format!(
            "{} objects by events of {OLD_VERSION}, reads",
            grouped(changed.into())
        ),
        asked.words(),
        "fewer than objects",
        Some(asked.all < u64::from(changed)),
    );
    std::fs::remove_dir_all(programs.books("old-events"))?;
    Ok(())
}

/// Something happened before, as in every account; answers the hour after it, in UTC seconds.
fn quiet_hour(account: &mut Account) -> Result<u64> {
    account.tell("touch 1")?;
    later(account)
}

fn change(account: &mut Account, count: u32) -> Result<()> {
    later(account)?;
    let touched = account.tell(&format!("touch {count}"))?;
    ensure!(touched == count, "{touched} of {count} customers changed");
    later(account).map(drop)
}

fn later(account: &mut Account) -> Result<u64> {
    let now = account.tell(&format!("advance {HOUR}"))?;
    now.as_u64()
        .ok_or_else(|| anyhow::anyhow!("the account did not say its present"))
}

fn script(programs: &Programs, name: &str, account: &Account) -> Command {
    let mut node = Command::new("node");
    node.arg(programs.yardstick.join(name))
        .arg(&account.base_url)
        .env("STRIPE_API_KEY", &account.key);
    node
}

fn load_ours(programs: &Programs, name: &str, account: &Account) -> Result<()> {
    programs.connect(name, account)?;
    programs.sync(name, "unlimited").map(drop)
}

/// Catches up, and makes sure that so many events came to `outcome`.
fn catch_up_ours(
    programs: &Programs,
    name: &str,
    account: &mut Account,
    changed: u32,
    outcome: &str,
) -> Result<(Finished, Asked)> {
    let caught_up = sync(programs, name, account)?;
    let mut list = programs.cli_on(name);
    list.args(["events", "list", "--outcome", outcome, "--count", "1"]);
    let said: Value = serde_json::from_str(run(&mut list)?.stdout.trim())?;
    let events = count(&said, "total")?;
    ensure!(
        events == u64::from(changed),
        "{events} of {changed} events came to {outcome}"
    );
    Ok(caught_up)
}

/// Runs `sync`, and says what it asked the account for.
fn sync(programs: &Programs, name: &str, account: &mut Account) -> Result<(Finished, Asked)> {
    let before = requests(account)?;
    let (finished, _) = programs.sync(name, "unlimited")?;
    let mut by_endpoint = requests(account)?;
    for (endpoint, count) in &mut by_endpoint {
        *count -= before.get(endpoint).copied().unwrap_or(0);
    }
    by_endpoint.retain(|_, count| *count > 0);
    let all = by_endpoint.values().sum();
    Ok((finished, Asked { all, by_endpoint }))
}

fn requests(account: &mut Account) -> Result<BTreeMap<String, u64>> {
    Ok(serde_json::from_value(account.tell("requests")?)?)
}

/// Requests that the account was sent.
struct Asked {
    all: u64,
    by_endpoint: BTreeMap<String, u64>,
}

impl Asked {
    fn words(&self) -> String {
        let parts =
            (self.by_endpoint.iter()).map(|(endpoint, count)| format!("{endpoint} {count}"));
        let parts: Vec<String> = parts.collect();
        format!("{} ({})", grouped(self.all), parts.join(", "))
    }
}
