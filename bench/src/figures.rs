//! The figures and their targets, as a table for the terminal and as Markdown.

use std::fmt::Write as _;
use std::time::Duration;

use crate::machine;

/// Prints a line for the person at the terminal.
#[expect(
    clippy::print_stdout,
    reason = "the one place where this program talks"
)]
pub fn say(line: &str) {
    println!("{line}");
}

/// One figure.
#[derive(Debug, Clone)]
struct Figure {
    name: String,
    value: String,
    target: String,
    /// None where there is no target, or where it could not be measured here.
    met: Option<bool>,
}

/// All figures of a run.
#[derive(Debug)]
pub struct Report {
    customers: u32,
    figures: Vec<Figure>,
}

impl Report {
    /// An empty report of a run with so many customers.
    #[must_use]
    pub fn new(customers: u32) -> Self {
        Self {
            customers,
            figures: Vec::new(),
        }
    }

    /// Adds a figure without a target.
    pub fn note(&mut self, name: &str, value: String) {
        self.add(name, value, "", None);
    }

    /// Adds a figure with its target in words and whether it is met.
    pub fn add(&mut self, name: &str, value: String, target: &str, met: Option<bool>) {
        let mark = match met {
            Some(true) => "met",
            Some(false) => "MISSED",
            None => "",
        };
        say(&format!("    {name}: {value} {mark}"));
        self.figures.push(Figure {
            name: name.to_owned(),
            value,
            target: target.to_owned(),
            met,
        });
    }

    /// Is every target met that could be measured?
    #[must_use]
    pub fn all_met(&self) -> bool {
        self.figures.iter().all(|figure| figure.met != Some(false))
    }

    /// The table for the terminal.
    #[must_use]
    pub fn table(&self) -> String {
        let mut out = String::from("\n");
        let width = |pick: fn(&Figure) -> &str| {
            self.figures
                .iter()
                .map(|figure| pick(figure).chars().count())
                .max()
                .unwrap_or(0)
        };
        let (names, values, targets) = (
            width(|f| &f.name),
            width(|f| &f.value),
            width(|f| &f.target),
        );
        for figure in &self.figures {
            // Writing to a string cannot fail.
            let _ = writeln!(
                out,
                "{:<names$}  {:>values$}  {:<targets$}  {}",
                figure.name,
                figure.value,
                figure.target,
                mark(figure.met)
            );
        }
        out
    }

    /// The same as Markdown, with the machine and the day.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = format!(
            "# Benchmarks\n\nMade by `cargo xtask bench` on {}.\n{}.\n\nOne account: {} customers, \
             {} subscriptions, {} invoices of three lines, all alike, served by the simulated \
             account in a process of its own\non the same machine. Encryption and history are on. \
             Shared cores: only the ratios hold elsewhere.\n\n| figure | measured | target | |\n\
             |---|--:|---|---|\n",
            machine::today(),
            machine::words(),
            grouped(self.customers.into()),
            grouped(self.customers.into()),
            grouped(u64::from(self.customers) * 5),
        );
        for Figure {
            name,
            value,
            target,
            met,
        } in &self.figures
        {
            let _ = writeln!(out, "| {name} | {value} | {target} | {} |", mark(*met));
        }
        out.push_str(NOTES);
        out
    }
}

const NOTES: &str = "
How each is measured:

* **The yardstick** (`bench/yardstick`) is what a developer would write in an afternoon: Stripe's
  own Node SDK pages every list, better-sqlite3 keeps the raw JSON and the columns, a transaction
  a thousand objects. It keeps no history and no encryption.
* **Objects a second** count from the start of the process to its end: unlocking the books, reading
  every list, building indexes and search. Ours is `meterdesk-cli sync`, without a limit of its own.
* **The raw JSON** is what the account sends, without white space.
* **Peak memory** is the high mark of the process's resident memory, as Linux says it.
* **At Stripe's pace** every answer takes 200 ms and more than 25 requests a second to an endpoint,
  or 100 in all, are refused. What the limits allow is the pages of the longest list at 25 a
  second, or all pages at 100 a second, whichever takes longer.
* **The export** is `meterdesk-cli export invoices` in Meterdesk's own profile, control sheet and
  unlocking included, against `sqlite3 -csv` on an unencrypted table that holds the same columns.
* **By events**: half of the customers change, each once, and an hour passes; nobody watches. The
  yardstick knows only how to list everything again; a second script (`events.mjs`) reads the same
  events and writes the objects in them, without keeping the events. Ours is `meterdesk-cli sync`
  from the start of the process to its end. Reads are counted by the account. An idle look is the
  next `sync`. Events of an old version carry objects that cannot be taken for the state.
* **The proof** is `meterdesk-cli prove --all` right after the first load, against that load: both
  from the start of the process to its end, peak memory of each.
* **Usage**: a file of CSV in the order of its time whose keys are in no order, as programs make
  them. Ours is `meterdesk-cli usage import --apply`, from the start of the process to its end, with
  the file read twice (its hash first); sqlite3 imports the same file into a plain table with a
  unique key. A month of usage is what the desk is asked for a tenant's last 30 days.
* **The status** is what `meterdesk-cli status` and the window ask the desk for, in one process,
  from the question to the answer, over the tenfold books; the first time nothing is cached.
* **Table reads** ask the desk for 100 rows at a random rank of the invoices' or the tenants' table,
  through the same functions as the window, in the process that loads.
";

fn mark(met: Option<bool>) -> &'static str {
    match met {
        Some(true) => "met",
        Some(false) => "missed",
        None => "",
    }
}

/// 1,234,567.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A whole number of things a second.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a rate for people"
)]
pub fn per_second(things: u64, seconds: f64) -> (f64, String) {
    let rate = things as f64 / seconds.max(0.001);
    (rate, grouped(rate.round() as u64))
}

/// Megabytes with one decimal.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a size for people")]
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// The time below which so many percent of the sorted times lie.
#[must_use]
pub fn at(sorted: &[Duration], percent: usize) -> Duration {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).copied().unwrap_or_default()
}

/// Milliseconds with two decimals.
#[must_use]
pub fn milliseconds(duration: Duration) -> String {
    format!("{:.2} ms", duration.as_secs_f64() * 1e3)
}
