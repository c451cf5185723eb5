//! Loads of the real program that are broken off at random instants: killed as by a power cut,
//! stopped as by Ctrl-C, with the network gone for a while. Gone on with, they end in the same
//! books as an uninterrupted load.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::Duration;

use books::{Books, BooksKey, ExportReader, InvoiceFilter, KindCount, TenantFilter};
use futures::stream::{self, StreamExt as _};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use secrecy::SecretString;
use simulator::{Faults, Options, Running};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::moment;
use crate::load_company::{
    NOW, Shelf, assert_holds_truth, company, faults, gateway, load, load_with, open_with, options,
    small_steps,
};
use crate::program;

/// Seeds that are tried side by side: most of their time is waiting.
const AT_ONCE: usize = 6;
/// The exit code after Ctrl-C.
const STOPPED: i32 = 130;

/// What a seed stands for.
#[derive(Debug)]
struct Case {
    customers: u32,
    company_seed: u64,
    months: u32,
    faults: String,
    interruptions: Vec<Interruption>,
    drop: Option<Drop>,
}

/// The network goes away in the middle of a load.
#[derive(Debug, Clone, Copy)]
struct Drop {
    /// When so many percent of an uninterrupted load's requests have been made.
    percent: u64,
    /// For so many attempts.
    attempts: u64,
}

/// The end of a load before its time.
#[derive(Debug)]
struct Interruption {
    how: How,
    /// When so many percent of an uninterrupted load's requests have been made.
    percent: u64,
    /// So much later: in the middle of a request, of a write, of the tables' building.
    later: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// The process is killed.
    Kill,
    /// The person presses Ctrl-C.
    Stop,
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let interruptions = (0..random.random_range(1..=4))
            .map(|_| Interruption {
                how: match random.random_range(0..10) {
                    0..7 => How::Kill,
                    _ => How::Stop,
                },
                percent: random.random_range(1..=100),
                later: Duration::from_micros(random.random_range(0..300_000)),
            })
            .collect();
        let faults = match random.random_range(0..4) {
            0 => "429=2%,500=1%,reset-before=2%,truncate=1%,",
            1 => "503=1%,reset-after=2%,",
            _ => "",
        };
        // Pages come slowly, so that what is stored every second is a part of the whole.
        let latency: u32 = random.random_range(60..300);
        Self {
            customers: random.random_range(10..140),
            company_seed: random.random(),
            months: random.random_range(6..19),
            faults: format!("{faults}latency={latency}ms,seed={seed}"),
            interruptions,
            drop: random.random_bool(0.3).then(|| Drop {
                percent: random.random_range(0..90),
                attempts: random.random_range(3..40),
            }),
        }
    }
}

/// A person's data folder with the account connected.
struct Desk {
    data: TempDir,
    key: BooksKey,
}

impl Desk {
    async fn connect(sim: &Running, hint: &str) -> Self {
        let data = tempfile::tempdir().expect("a folder");
        let mut connect = program::command(data.path());
        connect.env("STRIPE_API_KEY", &sim.restricted_key);
        connect.args(["--json", "connect", "--name", "acme", "--api-base"]);
        connect.arg(&sim.base_url);
        let connected = program::document(connect, hint).await;
        let recovery = connected["recoveryKey"].as_str().expect("it is shown once");
        let key = BooksKey::from_recovery_key(&SecretString::from(recovery.to_owned()));
        Self {
            data,
            key: key.expect("a key"),
        }
    }

    fn path(&self) -> PathBuf {
        self.data.path().join("accounts/acme/books.db")
    }

    async fn books(&self) -> Books {
        open_with(&self.path(), &self.key).await
    }

    fn sync(&self) -> Child {
        program::command(self.data.path())
            .args(["--json", "sync", "--pace", "unlimited"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
    }

    /// Begins a load and ends it before its time.
    async fn interrupted(&self, sim: &Running, requests: u64, at: &Interruption, hint: &str) {
        let before = sim.requests();
        let mut child = self.sync();
        let due = before + requests * at.percent / 100;
        while sim.requests() < due && !over(&mut child) {
            moment().await;
        }
        tokio::time::sleep(at.later).await;
        match at.how {
            How::Kill => child.kill().expect("it is killed"),
            How::Stop => program::interrupt(&child),
        }
        while !over(&mut child) {
            moment().await;
        }
        let output = child.wait_with_output().expect("it has ended");
        let code = output.status.code();
        // No code: it was killed, or stopped before it listened.
        assert!(
            code.is_none() || code == Some(0) || (at.how, code) == (How::Stop, Some(STOPPED)),
            "{hint}: ended with {code:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// What stands in the books between two loads: the file is whole, and they hold at most what
    /// the account has.
    async fn between(&self, whole: u64, hint: &str) -> Halfway {
        let books = self.books().await;
        let words = books.check_file().await.expect("the file is read");
        assert!(words.is_empty(), "{hint}: the file is whole: {words:?}");
        let stored = objects(&books.counts().await.expect("counts"));
        books.close().await.expect("closed");
        assert!(stored <= whole, "{hint}: {stored} of {whole} objects");
        match stored {
            0 => Halfway::Nothing,
            stored if stored == whole => Halfway::Everything,
            _ => Halfway::Part,
        }
    }

    /// A load during which the network goes away; it may outlast that, or say that it is offline.
    async fn load_with_drop(&self, sim: &Running, requests: u64, drop: Drop, case: &Case) -> bool {
        let mut child = self.sync();
        let begin = sim.requests() + requests * drop.percent / 100;
        for (due, faults) in [
            (begin, "reset-before=100%"),
            (begin + drop.attempts, &case.faults),
        ] {
            while sim.requests() < due && !over(&mut child) {
                moment().await;
            }
            sim.set_faults(self::faults(faults));
        }
        self.to_its_end(child, |words| words.contains("\"offline\""))
            .await
    }

    /// Waits for a load; true where it succeeded. Only the `expected` may make it fail.
    async fn to_its_end(&self, mut child: Child, expected: impl Fn(&str) -> bool) -> bool {
        while !over(&mut child) {
            moment().await;
        }
        let output = child.wait_with_output().expect("it has ended");
        let words = String::from_utf8_lossy(&output.stderr);
        let succeeded = output.status.success();
        assert!(succeeded || expected(&words), "a load ended by {words}");
        succeeded
    }
}

/// How far a load was when it was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Halfway {
    Nothing,
    Part,
    Everything,
}

fn over(child: &mut Child) -> bool {
    child.try_wait().is_ok_and(|ended| ended.is_some())
}

fn objects(counts: &[KindCount]) -> u64 {
    counts.iter().map(|count| count.objects).sum()
}

/// What an uninterrupted load brings: the account's requests for it, its states by kind, and
/// every row that the exports read.
struct Expected {
    requests: u64,
    counts: Vec<KindCount>,
    rows: Vec<String>,
}

impl Expected {
    async fn of(sim: &Running, hint: &str) -> Self {
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let before = sim.requests();
        let loaded = load(&gateway(&sim.base_url, &sim.restricted_key), &books).await;
        loaded.unwrap_or_else(|error| panic!("{hint}: an uninterrupted load: {error}"));
        Self {
            requests: sim.requests() - before,
            counts: books.counts().await.expect("counts"),
            rows: rows(&books).await,
        }
    }
}

/// Every row of every export, as sorted text.
async fn rows(books: &Books) -> Vec<String> {
    let (invoices, tenants) = (InvoiceFilter::default(), TenantFilter::default());
    let mut rows = Vec::new();
    every_row(
        books.export_invoices_with_charge(&invoices, NOW).await,
        &mut rows,
    )
    .await;
    every_row(books.export_invoice_lines(&invoices, NOW).await, &mut rows).await;
    every_row(books.export_payments(&invoices, NOW).await, &mut rows).await;
    every_row(books.export_credit_notes(&invoices, NOW).await, &mut rows).await;
    every_row(books.export_customers(&tenants, NOW).await, &mut rows).await;
    every_row(
        books.export_subscription_items(&tenants, NOW).await,
        &mut rows,
    )
    .await;
    rows.sort_unstable();
    rows
}

async fn every_row<T: std::fmt::Debug>(
    reader: books::Result<ExportReader<T>>,
    rows: &mut Vec<String>,
) {
    let mut reader = reader.expect("an export");
    while let Some(batch) = reader.next().await.expect("rows") {
        rows.extend(batch.iter().map(|row| without_number(&format!("{row:?}"))));
    }
}

/// The books number objects in the order in which they came, which says nothing about them.
fn without_number(row: &str) -> String {
    let parts = row.split("num: ");
    let parts = parts.map(|part| part.trim_start_matches(|letter: char| letter.is_ascii_digit()));
    parts.collect::<Vec<_>>().join("num: ")
}

/// How far each load was when it was ended.
async fn hold(seed: u64) -> Vec<Halfway> {
    let case = Case::of(seed);
    let hint = format!("seed {seed}");
    // On the terminal at once: a run that hangs is to say where.
    let _ = writeln!(std::io::stderr(), "soak load, seed {seed}: {case:?}");
    let sim = company(Options {
        history_months: case.months,
        ..options(case.customers, case.company_seed)
    })
    .await;
    let expected = Expected::of(&sim, &hint).await;
    let desk = Desk::connect(&sim, &hint).await;
    sim.set_faults(faults(&case.faults));
    let mut halfway = Vec::new();
    for interruption in &case.interruptions {
        desk.interrupted(&sim, expected.requests, interruption, &hint)
            .await;
        halfway.push(desk.between(objects(&expected.counts), &hint).await);
    }
    if let Some(drop) = case.drop {
        let requests = expected.requests;
        let outlasted = desk.load_with_drop(&sim, requests, drop, &case).await;
        let _ = writeln!(std::io::stderr(), "{hint}: outlasted the drop: {outlasted}");
    }
    desk.to_its_end(desk.sync(), |_| false).await;
    sim.set_faults(Faults::none());
    assert_same_books(&desk.books().await, &sim, &expected, &hint).await;
    sim.shutdown().await;
    halfway
}

/// Object by object what the account holds, state by state and row by row what an uninterrupted
/// load brings; and a second load changes nothing.
async fn assert_same_books(books: &Books, sim: &Running, expected: &Expected, hint: &str) {
    assert_holds_truth(books, &sim.truth(), hint).await;
    let counts = books.counts().await.expect("counts");
    assert_eq!(counts, expected.counts, "{hint}: objects and their states");
    let rows = rows(books).await;
    assert_eq!(rows.len(), expected.rows.len(), "{hint}: rows");
    for (row, expected) in rows.iter().zip(&expected.rows) {
        assert_eq!(row, expected, "{hint}: a row of an export");
    }
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let second = load_with(&gateway, books, small_steps(), CancellationToken::new()).await;
    let second = second.unwrap_or_else(|error| panic!("{hint}: a second load: {error}"));
    assert_eq!(
        second.new_versions, 0,
        "{hint}: a second load changes nothing"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeds_that_ever_failed() {
    for seed in super::old_seeds("load") {
        hold(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_seeds() {
    let ended: Vec<Vec<Halfway>> = stream::iter(super::fresh_seeds("load"))
        .map(hold)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let ended = ended.concat();
    let of = |halfway| ended.iter().filter(|found| **found == halfway).count();
    let halfway = of(Halfway::Part);
    let _ = writeln!(
        std::io::stderr(),
        "soak load: {} loads were ended before their time, {halfway} of them halfway, {} before \
         anything was stored, {} after everything was",
        ended.len(),
        of(Halfway::Nothing),
        of(Halfway::Everything)
    );
    assert!(
        ended.len() < 40 || halfway * 5 > ended.len(),
        "interruptions come in the middle of loads: {halfway} of {}",
        ended.len()
    );
}
