//! Usage: a process that imports files and reverses batches is killed at random instants. What is
//! in the books then is what some whole number of its steps made, days and ledger included.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use billing::period::Zone;
use books::{Books, Ledger as _, Raw, Source, UsageExportFilter, UsageImportMode};
use bytes::Bytes;
use objects::Kind;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use usage::ImportRequest;

use crate::load_company::{NOW, Shelf, open};

/// Tells a process of this program that it is the one to be killed: the seed, and the path of the
/// books, beside which the files lie.
const VICTIM: &str = "METERDESK_SOAK_USAGE_VICTIM";
/// What the process says after each step.
const DONE: &str = "step ";
const TENANTS: u64 = 20;
const FILES: u64 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The file of that number comes in; its batch has that number.
    Import {
        file: u64,
    },
    Reverse {
        batch: i64,
    },
}

#[derive(Debug)]
struct Case {
    steps: Vec<Step>,
    rows: u64,
    /// After how many more steps the process is killed, and how much later.
    kills: Vec<(usize, Duration)>,
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut live: Vec<(u64, i64)> = Vec::new();
        let (mut steps, mut batches) = (Vec::new(), 0);
        for _ in 0..random.random_range(6..14) {
            let file = random.random_range(0..FILES);
            match live.iter().position(|(held, _)| *held == file) {
                Some(place) => {
                    let (_, batch) = live.remove(place);
                    steps.push(Step::Reverse { batch });
                }
                None => {
                    batches += 1;
                    live.push((file, batches));
                    steps.push(Step::Import { file });
                }
            }
        }
        Self {
            steps,
            rows: random.random_range(200..1_500),
            kills: (0..random.random_range(2..=5))
                .map(|_| {
                    let later = Duration::from_micros(random.random_range(0..60_000));
                    (random.random_range(0..4), later)
                })
                .collect(),
        }
    }

    /// The files whose batches are live after so many steps.
    fn live(&self, steps: usize) -> Vec<u64> {
        let (mut batches, mut live) = (0, Vec::new());
        for step in &self.steps[..steps] {
            match step {
                Step::Import { file } => {
                    batches += 1;
                    live.push((*file, batches));
                }
                Step::Reverse { batch } => live.retain(|(_, held)| held != batch),
            }
        }
        live.into_iter().map(|(file, _)| file).collect()
    }
}

fn file(books: &Path, number: u64) -> PathBuf {
    books.with_file_name(format!("usage-{number}.csv"))
}

/// Row `row` of a file uses one more than its number.
fn write_file(path: &Path, number: u64, rows: u64) {
    let mut text = String::from("id,customer,credits,time\n");
    for row in 0..rows {
        let tenant = (row * 7 + number) % TENANTS;
        let at = NOW - i64::try_from(row * 601).expect("small") % (40 * 86_400) - 60;
        text.push_str(&format!("{number}-{row},cus_{tenant},{}.5,{at}\n", row));
    }
    std::fs::write(path, text).expect("written");
}

async fn fill(books: &Books) {
    let customers = (0..TENANTS).map(|tenant| Raw::Object {
        kind: Kind::Customer,
        json: Bytes::from(
            json!({ "id": format!("cus_{tenant}"), "object": "customer", "created": NOW,
                "livemode": false, "name": "Some company", "metadata": {} })
            .to_string(),
        ),
    });
    let prepared = books.prepare(customers.collect());
    let applied = books.apply(prepared, Source::Backfill, NOW, &[]).await;
    applied.expect("applied");
}

async fn done(books: &Books) -> usize {
    let verified = books.ledger().verify().await.expect("the ledger is read");
    assert!(verified.broken.is_none(), "{:?}", verified.broken);
    usize::try_from(verified.entries).expect("few")
}

async fn run(path: &Path, case: &Case) {
    let never = CancellationToken::new();
    let books = open(path).await;
    for (place, step) in case.steps.iter().enumerate().skip(done(&books).await) {
        match step {
            Step::Import { file: number } => {
                let source = books.usage_source("files", "file").await.expect("a source");
                let file = file(path, *number);
                let opened = usage::open(&books, &file).await.expect("opened");
                let request = ImportRequest {
                    path: file,
                    source,
                    mapping: opened.proposed,
                    mode: UsageImportMode::Whole,
                    first_rows: None,
                    zone: Zone::parse("Europe/Berlin").expect("a zone"),
                    now: NOW,
                    author: "kim".into(),
                };
                let imported = usage::import(&books, request, &|_| {}, &never).await;
                let imported = imported.expect("imported");
                assert_eq!(imported.taken.records, case.rows, "{:?}", imported.taken);
            }
            Step::Reverse { batch } => {
                let reversed = books
                    .reverse_usage_batch(*batch, ("kim", NOW), &never)
                    .await;
                assert_eq!(reversed.expect("reversed").records, case.rows);
            }
        }
        let _ = writeln!(std::io::stdout(), "{DONE}{place}");
    }
    books.close().await.expect("closed");
}

/// Kills a process after so many steps of its.
fn kill(path: &Path, seed: u64, after: usize, later: Duration) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "soak::usage::a_process_that_is_killed",
            "--nocapture",
        ])
        .env(VICTIM, format!("{seed} {}", path.display()))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let said = BufReader::new(child.stdout.take().expect("its output"));
    let steps = said.lines().map_while(Result::ok);
    let steps = steps.filter(|line| line.starts_with(DONE));
    let _ = steps.take(after).count();
    std::thread::sleep(later);
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
}

/// Everything in the file tells of the same steps.
async fn assert_agree(books: &Books, case: &Case, hint: &str) -> usize {
    let words = books.check_file().await.expect("the file is read");
    assert!(words.is_empty(), "{hint}: the file is whole: {words:?}");
    let steps = done(books).await;
    let live = case.live(steps);
    let compared = books.compare_usage(&UsageExportFilter::default()).await;
    let compared = compared.expect("compared");
    let records = live.len() as u64 * case.rows;
    match compared.as_slice() {
        [] => assert_eq!(records, 0, "{hint}: after step {steps}"),
        [one] => {
            assert_eq!(one.records, one.days, "{hint}: days are what records say");
            assert_eq!(one.records.0, records, "{hint}: records after step {steps}");
            let of_a_file = case.rows * (case.rows - 1) / 2 * 2 + case.rows;
            let halves = live.len() as u64 * of_a_file;
            let millionths = i64::try_from(halves * 500_000).expect("small");
            assert_eq!(one.records.1.millionths(), millionths, "{hint}: their sum");
        }
        more => panic!("{hint}: one type: {more:?}"),
    }
    let batches = books.usage_batches(None, 500).await.expect("batches");
    let held = batches.iter().filter(|batch| batch.reversed_at.is_none());
    assert_eq!(held.count(), live.len(), "{hint}: live batches");
    steps
}

/// How often the process was killed with some steps done and some not.
async fn hold(seed: u64) -> (usize, usize) {
    let case = Case::of(seed);
    let hint = format!("seed {seed}");
    let _ = writeln!(std::io::stderr(), "soak usage, seed {seed}: {case:?}");
    let shelf = Shelf::new();
    let books = shelf.open().await;
    fill(&books).await;
    books.close().await.expect("closed");
    for number in 0..FILES {
        write_file(&file(&shelf.path(), number), number, case.rows);
    }
    let mut halfway = 0;
    for (after, later) in &case.kills {
        kill(&shelf.path(), seed, *after, *later);
        let books = shelf.open().await;
        let steps = assert_agree(&books, &case, &hint).await;
        halfway += usize::from((1..case.steps.len()).contains(&steps));
        books.close().await.expect("closed");
    }
    run(&shelf.path(), &case).await;
    let books = shelf.open().await;
    let steps = assert_agree(&books, &case, &hint).await;
    assert_eq!(
        steps,
        case.steps.len(),
        "{hint}: the last run does the rest"
    );
    (case.kills.len(), halfway)
}

/// Not a test of its own: the process that [`kill`] starts, and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed() {
    let Ok(victim) = std::env::var(VICTIM) else {
        return;
    };
    let (seed, path) = victim.split_once(' ').expect("a seed and a path");
    let case = Case::of(seed.parse().expect("a number"));
    run(Path::new(path), &case).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeds_that_ever_failed() {
    for seed in super::old_seeds("usage") {
        hold(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_seeds() {
    let (mut kills, mut halfway) = (0, 0);
    for seed in super::fresh_seeds("usage") {
        let (of_seed, halfway_of_seed) = hold(seed).await;
        kills += of_seed;
        halfway += halfway_of_seed;
    }
    let _ = writeln!(
        std::io::stderr(),
        "soak usage: killed {kills} times, {halfway} of them with some steps done"
    );
}
