//! The books alone: a process that writes batches is killed at random instants. The file opens, is
//! whole, and its history, its cursor, its tables and its ledger tell of the same batches.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use books::{
    Books, Cursor, CursorWrite, Direction, Entry, Ledger as _, Raw, Source, TenantFilter,
    TenantSort,
};
use bytes::Bytes;
use objects::Kind;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::load_company::{NOW, Shelf, open};

/// Tells a process of this program that it is the one to be killed: how many batches, after how
/// many the tables are built, and the path of the books.
const VICTIM: &str = "METERDESK_SOAK_VICTIM";
/// What the process says after each batch that it has committed.
const WRITTEN: &str = "batch ";
/// New customers in a batch; one more customer changes with every batch.
const NEW: u64 = 20;
/// After every so many batches something is decided.
const DECISION_EVERY: u64 = 5;

#[derive(Debug)]
struct Case {
    batches: u64,
    /// The tables are built once so many batches are in.
    settled_after: u64,
    /// After how many more batches the process is killed, and how much later.
    kills: Vec<(u64, Duration)>,
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let batches = random.random_range(30..120);
        Self {
            batches,
            settled_after: random.random_range(0..batches),
            kills: (0..random.random_range(2..=6))
                .map(|_| {
                    let later = Duration::from_micros(random.random_range(0..15_000));
                    (random.random_range(0..25), later)
                })
                .collect(),
        }
    }
}

fn customer(id: &str, name: &str) -> Raw {
    let json = json!({ "id": id, "object": "customer", "created": NOW, "livemode": false,
        "name": name, "email": format!("{id}@example.com"), "metadata": {} });
    Raw::Object {
        kind: Kind::Customer,
        json: Bytes::from(json.to_string()),
    }
}

/// Batch number `batch`, counted from 1, and the cursor behind it.
async fn write(books: &Books, batch: u64) {
    let new = (0..NEW).map(|place| customer(&format!("cus_{batch}x{place}"), "Some company"));
    let changing = customer("cus_changing", &format!("Renamed {batch} times"));
    let prepared = books.prepare(new.chain([changing]).collect());
    let cursor = CursorWrite::Put(Cursor {
        list: "customers".into(),
        slice: 0,
        created_from: None,
        created_to: None,
        after_id: Some(format!("cus_{batch}x{}", NEW - 1)),
        pages: number(batch),
        objects: number(batch * NEW),
        done: false,
    });
    let applied = books
        .apply(prepared, Source::Backfill, NOW, &[cursor])
        .await;
    assert_eq!(applied.expect("applied").new_versions, NEW + 1);
    if batch.is_multiple_of(DECISION_EVERY) {
        let entry = Entry::new(NOW, "kim", "settings.changed", json!({ "batch": batch }));
        books.ledger().append(entry).await.expect("appended");
    }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).expect("few")
}

/// The last batch that the cursor tells of.
async fn written(books: &Books) -> u64 {
    let cursors = books.cursors().await.expect("cursors");
    cursors.first().map_or(0, |cursor| {
        u64::try_from(cursor.pages).expect("no fewer than none")
    })
}

async fn write_all(path: &Path, batches: u64, settled_after: u64) {
    let books = open(path).await;
    for batch in written(&books).await + 1..=batches {
        write(&books, batch).await;
        let _ = writeln!(std::io::stdout(), "{WRITTEN}{batch}");
        if batch >= settled_after {
            settle(&books).await;
        }
    }
    books.close().await.expect("closed");
}

async fn settle(books: &Books) {
    let never = CancellationToken::new();
    books.settle(&|_| {}, &never).await.expect("settled");
}

/// Kills a process after so many batches of its; gives the last one that it had committed.
fn kill(path: &Path, case: &Case, after: u64, later: Duration) -> Option<u64> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "soak::books::a_process_that_is_killed"])
        .arg("--nocapture")
        .env(
            VICTIM,
            format!("{} {} {}", case.batches, case.settled_after, path.display()),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let said = BufReader::new(child.stdout.take().expect("its output"));
    let batches = said
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix(WRITTEN)?.parse().ok());
    let mut batches = batches.fuse();
    let mut last = batches
        .by_ref()
        .take(usize::try_from(after).expect("few"))
        .last();
    std::thread::sleep(later);
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
    // What it said between the last look and its end.
    last = batches.last().or(last);
    last
}

/// Everything in the file tells of the same batches.
async fn assert_agree(books: &Books, committed: u64, kills: u64, hint: &str) -> u64 {
    let words = books.check_file().await.expect("the file is read");
    assert!(words.is_empty(), "{hint}: the file is whole: {words:?}");
    let batch = written(books).await;
    assert!(
        batch >= committed,
        "{hint}: batch {committed} was committed"
    );
    let counts = books.counts().await.expect("counts");
    let held = counts.first().map_or((0, 0), |c| (c.objects, c.versions));
    let changing = u64::from(batch > 0);
    assert_eq!(
        held,
        (batch * NEW + changing, batch * (NEW + 1)),
        "{hint}: objects and states after batch {batch}"
    );
    let filter = TenantFilter::default();
    let (sort, direction) = (TenantSort::Created, Direction::Ascending);
    let page = books.tenants(&filter, sort, direction, 0, 1, NOW).await;
    let tenants = page.expect("a table").total;
    assert_eq!(tenants, held.0, "{hint}: rows of the table");
    let verified = books.ledger().verify().await.expect("the ledger is read");
    assert!(verified.broken.is_none(), "{hint}: {:?}", verified.broken);
    // The decision after a batch is a write of its own: each kill may have come right before one.
    let decided = batch / DECISION_EVERY;
    assert!(
        (decided.saturating_sub(kills)..=decided).contains(&verified.entries),
        "{hint}: {} entries after batch {batch}",
        verified.entries
    );
    batch
}

/// How often the process was killed with some batches written and some not.
async fn hold(seed: u64) -> (usize, usize) {
    let case = Case::of(seed);
    let hint = format!("seed {seed}");
    let _ = writeln!(std::io::stderr(), "soak books, seed {seed}: {case:?}");
    let shelf = Shelf::new();
    shelf.open().await.close().await.expect("closed");
    let mut halfway = 0;
    for (kills, (after, later)) in (1..).zip(&case.kills) {
        let committed = kill(&shelf.path(), &case, *after, *later);
        let books = shelf.open().await;
        let batch = assert_agree(&books, committed.unwrap_or(0), kills, &hint).await;
        halfway += usize::from((1..case.batches).contains(&batch));
        books.close().await.expect("closed");
    }
    write_all(&shelf.path(), case.batches, case.settled_after).await;
    let books = shelf.open().await;
    let kills = case.kills.len() as u64;
    let batch = assert_agree(&books, case.batches, kills, &hint).await;
    assert_eq!(batch, case.batches, "{hint}: the last run writes the rest");
    (case.kills.len(), halfway)
}

/// Not a test of its own: the process that [`kill`] starts, and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed() {
    let Ok(victim) = std::env::var(VICTIM) else {
        return;
    };
    let mut parts = victim.splitn(3, ' ');
    let mut part = || parts.next().expect("two numbers and a path");
    let mut batches = || part().parse().expect("a number");
    let (batches, settled_after) = (batches(), batches());
    write_all(Path::new(part()), batches, settled_after).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeds_that_ever_failed() {
    for seed in super::old_seeds("books") {
        hold(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_seeds() {
    let (mut kills, mut halfway) = (0, 0);
    for seed in super::fresh_seeds("books") {
        let (of_seed, halfway_of_seed) = hold(seed).await;
        kills += of_seed;
        halfway += halfway_of_seed;
    }
    let _ = writeln!(
        std::io::stderr(),
        "soak books: killed {kills} times, {halfway} of them with some batches written"
    );
    assert!(
        kills < 40 || halfway * 4 > kills,
        "kills come between batches: {halfway} of {kills}"
    );
}
