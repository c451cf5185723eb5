//! Loads that are broken off at random points, by dropping them, by stopping them, and by killing
//! the process they run in. Gone on with, they end in the same books as an uninterrupted one.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use simulator::{Options, Running};
use sync::{LoadOutcome, SyncError};
use tokio_util::sync::CancellationToken;

use crate::load_company::{
    Shelf, assert_holds_truth, company, faults, gateway, load_with, open, options, small_steps,
};

/// Tells a process of this program that it is the one to be killed: address, key and books.
const VICTIM: &str = "METERDESK_SOAK_VICTIM";

/// What a seed stands for.
#[derive(Debug)]
struct Case {
    customers: u32,
    company_seed: u64,
    months: u32,
    faults: String,
    /// After how many requests each interruption comes, and which it is.
    interruptions: Vec<(u64, Interruption)>,
}

#[derive(Debug, Clone, Copy)]
enum Interruption {
    /// The process is killed, as by a power cut.
    Kill,
    /// The runtime goes away with everything under way.
    Drop,
    /// The person stops it.
    Cancel,
}

impl Case {
    fn of(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let interruptions = (0..random.random_range(1..=4))
            .map(|_| {
                let kind = match random.random_range(0..10) {
                    0..5 => Interruption::Kill,
                    5..8 => Interruption::Drop,
                    _ => Interruption::Cancel,
                };
                (random.random_range(1..70), kind)
            })
            .collect();
        let faults = match random.random_range(0..4) {
            0 => "429=3%,429-bare=2%,500=2%,reset-before=2%,truncate=2%",
            1 => "503=3%,reset-after=3%,latency=3ms",
            _ => "latency=1ms",
        };
        Self {
            customers: random.random_range(3..30),
            company_seed: random.random(),
            months: random.random_range(3..19),
            faults: format!("{faults},seed={seed}"),
            interruptions,
        }
    }
}

/// Waits until the account was asked so many times more, or the load is over.
async fn asked(sim: &Running, before: u64, times: u64, mut over: impl FnMut() -> bool) {
    while sim.requests() < before + times && !over() {
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
}

async fn load_at(address: &str, key: &str, path: &Path) -> Result<LoadOutcome, SyncError> {
    let books = open(path).await;
    let gateway = gateway(address, key);
    load_with(&gateway, &books, small_steps(), CancellationToken::new()).await
}

async fn kill(sim: &Running, path: &Path, times: u64) {
    let before = sim.requests();
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args([
            "--exact",
            "soak::load::a_process_that_is_killed",
            "--nocapture",
        ])
        .env(
            VICTIM,
            format!("{} {} {}", sim.base_url, sim.restricted_key, path.display()),
        )
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    asked(sim, before, times, || {
        child.try_wait().is_ok_and(|ended| ended.is_some())
    })
    .await;
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
}

async fn drop_runtime(sim: &Running, path: &Path, times: u64) {
    let before = sim.requests();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (address, key) = (sim.base_url.clone(), sim.restricted_key.clone());
    let path = path.to_path_buf();
    let load = runtime.spawn(async move { load_at(&address, &key, &path).await.map(|_| ()) });
    asked(sim, before, times, || load.is_finished()).await;
    runtime.shutdown_background();
}

async fn cancel(sim: &Running, path: &Path, times: u64) {
    let before = sim.requests();
    let books = open(path).await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let token = CancellationToken::new();
    let load = load_with(&gateway, &books, small_steps(), token.clone());
    let stop = async {
        asked(sim, before, times, || token.is_cancelled()).await;
        token.cancel();
    };
    // The load may be over before it was asked so often: the stop waits for no more then.
    let ended = tokio::select! {
        ended = load => ended,
        () = async { stop.await; std::future::pending().await } => unreachable!("never over"),
    };
    let expected = matches!(
        ended,
        Ok(_) | Err(SyncError::Cancelled) | Err(SyncError::Books(books::BooksError::Cancelled))
    );
    assert!(expected, "a stop is the only reason to end: {ended:?}");
}

/// True: the last load went on with what an interrupted one had stored.
async fn hold(seed: u64) -> bool {
    let case = Case::of(seed);
    // On the terminal at once: a run that hangs is to say where.
    let _ = writeln!(std::io::stderr(), "soak load, seed {seed}: {case:?}");
    let sim = company(Options {
        faults: faults(&case.faults),
        history_months: case.months,
        ..options(case.customers, case.company_seed)
    })
    .await;
    let shelf = Shelf::new();
    drop(shelf.open().await);
    for (times, interruption) in &case.interruptions {
        match interruption {
            Interruption::Kill => kill(&sim, &shelf.path(), *times).await,
            Interruption::Drop => drop_runtime(&sim, &shelf.path(), *times).await,
            Interruption::Cancel => cancel(&sim, &shelf.path(), *times).await,
        }
    }
    let outcome = load_at(&sim.base_url, &sim.restricted_key, &shelf.path()).await;
    let outcome =
        outcome.unwrap_or_else(|error| panic!("seed {seed}: the last load ends well: {error}"));
    let books = shelf.open().await;
    assert_holds_truth(&books, &sim.truth(), &format!("seed {seed}")).await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let second = load_with(&gateway, &books, small_steps(), CancellationToken::new()).await;
    let second = second.unwrap_or_else(|error| panic!("seed {seed}: a second load: {error}"));
    assert_eq!(
        second.new_versions, 0,
        "seed {seed}: a second load changes nothing"
    );
    sim.shutdown().await;
    outcome.resumed
}

/// Not a test of its own: the process that [`kill`] starts, and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed() {
    let Ok(victim) = std::env::var(VICTIM) else {
        return;
    };
    let mut parts = victim.splitn(3, ' ');
    let mut part = || parts.next().expect("address, key and path").to_owned();
    let (address, key, path) = (part(), part(), part());
    let _ = load_at(&address, &key, Path::new(&path)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeds_that_ever_failed() {
    for seed in super::old_seeds("load") {
        hold(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_seeds() {
    let (mut tried, mut resumed) = (0_u32, 0_u32);
    for seed in super::fresh_seeds() {
        tried += 1;
        resumed += u32::from(hold(seed).await);
    }
    let _ = writeln!(
        std::io::stderr(),
        "soak load: {resumed} of {tried} loads were gone on with"
    );
    assert!(
        tried < 20 || resumed * 4 > tried,
        "interruptions come in the middle of loads"
    );
}
