//! Proofs that are broken off at random points, by dropping them, stopping them, and killing the
//! process they run in, after faults that no event tells of. Gone on with, they leave the account's
//! own truth, and a further proof finds nothing.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use simulator::{Options, Running, TruthKind};
use sync::{ProofOutcome, ProofProgress, ProofRequest, SyncError, prove_with};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::load_company::{
    NOW, Shelf, assert_holds_truth, company, faults, gateway, load, open, options, small_steps,
};

/// Tells a process of this program that it is the one to be killed: address, key and books.
const VICTIM: &str = "METERDESK_SOAK_PROOF";
/// What may vanish at Stripe without a word.
const VANISHING: [TruthKind; 3] = [TruthKind::Customer, TruthKind::Invoice, TruthKind::Charge];

async fn prove_at(
    address: &str,
    key: &str,
    path: &Path,
    cancel: CancellationToken,
) -> Result<ProofOutcome, SyncError> {
    let books = open(path).await;
    let gateway = gateway(address, key);
    let (sender, _) = watch::channel(ProofProgress::default());
    let (all, steps) = (ProofRequest::All, small_steps());
    prove_with(
        &gateway,
        &books,
        Arc::new(|| NOW),
        all,
        sender,
        cancel,
        steps,
    )
    .await
}

/// Waits until the account was asked so many times more, or it is over.
async fn asked(sim: &Running, before: u64, times: u64, mut over: impl FnMut() -> bool) {
    while sim.requests() < before + times && !over() {
        super::moment().await;
    }
}

async fn kill(sim: &Running, path: &Path, times: u64) {
    let before = sim.requests();
    let program = std::env::current_exe().expect("this program");
    let mut child = Command::new(program)
        .args([
            "--exact",
            "soak::proofs::a_process_that_is_killed",
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
    let over = || child.try_wait().is_ok_and(|ended| ended.is_some());
    asked(sim, before, times, over).await;
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
    let proof = runtime.spawn(async move {
        let ended = prove_at(&address, &key, &path, CancellationToken::new()).await;
        drop(ended);
    });
    asked(sim, before, times, || proof.is_finished()).await;
    runtime.shutdown_background();
}

async fn cancel(sim: &Running, path: &Path, times: u64) {
    let before = sim.requests();
    let token = CancellationToken::new();
    let (address, key) = (sim.base_url.clone(), sim.restricted_key.clone());
    let path = path.to_path_buf();
    let stopped = token.clone();
    let proof = tokio::spawn(async move { prove_at(&address, &key, &path, stopped).await });
    asked(sim, before, times, || proof.is_finished()).await;
    token.cancel();
    let ended = proof.await.expect("no panic");
    let expected = matches!(ended, Ok(_) | Err(SyncError::Cancelled));
    assert!(expected, "a stop is the only reason to end: {ended:?}");
}

async fn hold(seed: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let _ = writeln!(std::io::stderr(), "soak proofs, seed {seed}");
    let sim = company(Options {
        history_months: random.random_range(3..14),
        ..options(random.random_range(3..30), random.random())
    })
    .await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let whole = gateway(&sim.base_url, &sim.restricted_key);
    load(&whole, &books).await.expect("a load");
    drop(books);
    sim.set_faults(faults(match random.random_range(0..3) {
        0 => "429=3%,429-bare=2%,500=2%,reset-before=2%,truncate=2%,seed=3",
        _ => "latency=1ms",
    }));
    for _ in 0..random.random_range(1..=4) {
        sim.mutate_silently(random.random_range(0..20), random.random());
        let kind = VANISHING[random.random_range(0..VANISHING.len())];
        sim.delete_silently(kind, random.random_range(0..3), random.random());
        let times = random.random_range(1..90);
        match random.random_range(0..10) {
            0..5 => kill(&sim, &shelf.path(), times).await,
            5..8 => drop_runtime(&sim, &shelf.path(), times).await,
            _ => cancel(&sim, &shelf.path(), times).await,
        }
    }
    // What befell an object after the first of these proofs had passed it is the second's to find.
    for _ in 0..2 {
        let last = CancellationToken::new();
        let ended = prove_at(&sim.base_url, &sim.restricted_key, &shelf.path(), last).await;
        let outcome = ended.unwrap_or_else(|error| panic!("seed {seed}: it ends well: {error}"));
        assert_eq!(outcome.open, 0, "seed {seed}: {outcome:?}");
    }
    let last = CancellationToken::new();
    let ended = prove_at(&sim.base_url, &sim.restricted_key, &shelf.path(), last).await;
    let outcome = ended.expect("it ends well");
    assert_eq!(outcome.differences, 0, "seed {seed}: {outcome:?}");
    let books = shelf.open().await;
    assert_holds_truth(&books, &sim.truth(), &format!("seed {seed}")).await;
    sim.shutdown().await;
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
    let _ = prove_at(&address, &key, Path::new(&path), CancellationToken::new()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeds_that_ever_failed() {
    for seed in super::old_seeds("proofs") {
        hold(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_seeds() {
    for seed in super::fresh_seeds("proofs") {
        hold(seed).await;
    }
}
