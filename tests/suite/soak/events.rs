//! Accounts that are followed by polls, by a watch and by webhooks, all of which end at random
//! instants: dropped, stopped, their process killed. Events fare badly meanwhile, and so do
//! requests. In the end the books are the account's own truth, and no event was applied twice.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use books::{NewEvent, Road};
use bytes::Bytes;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use simulator::{Delivery, Options, Running, StreamFaults, TruthKind};
use stripe::WebhookSecret;
use sync::{
    Clock, Freshness, LoadOptions, ProofRequest, SyncError, WEBHOOK_PATH, WatchControl,
    WebhookDoor, WebhookSecrets, drain_queue, listen, poll_once, watch,
};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::load_company::{
    Shelf, assert_holds_truth, company, faults, gateway, load, open, options,
};
use crate::proofs::prove;

/// Tells a process of this program that it is the one to be killed, and what it is to do.
const VICTIM: &str = "METERDESK_SOAK_EVENTS";
/// What the process says once it listens.
const LISTENS: &str = "listens ";
/// Nobody is waited for longer: a watch that has nothing to do asks nothing more.
const LIFE_MAX: Duration = Duration::from_millis(300);
const MINUTE: u32 = 60;
const DAY: u32 = 86_400;

/// What whoever follows the account does beside listening for webhooks.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
enum Role {
    Watch { focused: bool },
    Poll { watched: bool },
    Drain,
}

/// Whoever follows the account for a while.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Follower {
    address: String,
    key: String,
    secret: String,
    path: PathBuf,
    /// The account's time, which stands still meanwhile.
    now: i64,
    role: Role,
}

impl Follower {
    /// Follows the account; says where it listens.
    async fn follow(
        self,
        cancel: CancellationToken,
        listens: impl FnOnce(u16),
    ) -> Result<(), SyncError> {
        let books = open(&self.path).await;
        let gateway = gateway(&self.address, &self.key);
        let now = self.now;
        let clock: Clock = Arc::new(move || now);
        let control = WatchControl::default();
        let secrets = WebhookSecrets::default();
        let secret = secrecy::SecretString::from(self.secret);
        secrets.set(vec![WebhookSecret::parse(&secret).expect("a secret")]);
        let poked = control.clone();
        let door = WebhookDoor {
            books: books.clone(),
            secrets,
            clock: Arc::clone(&clock),
            queued: Arc::new(move || poked.poke()),
        };
        let listening = listen(door, 0).await.expect("a port");
        listens(listening.address().port());
        let work = async {
            match self.role {
                Role::Watch { focused } => {
                    control.set_focus(focused);
                    watch(&gateway, &books, clock, &control, &cancel).await
                }
                Role::Poll { watched } => {
                    let polled = poll_once(&gateway, &books, &clock, freshness(watched));
                    polled.await.map(drop)
                }
                Role::Drain => {
                    let drained = drain_queue(&gateway, &books, &clock, Freshness::Watched);
                    drained.await.map(drop)
                }
            }
        };
        let ended = tokio::select! {
            () = cancel.cancelled() => Ok(()),
            ended = work => ended,
        };
        listening.stop().await;
        ended
    }
}

fn freshness(watched: bool) -> Freshness {
    match watched {
        true => Freshness::Watched,
        false => Freshness::Unwatched,
    }
}

/// Waits until the account was asked so many times more, or long enough.
async fn asked(sim: &Running, before: u64, times: u64) {
    let often = async {
        while sim.requests() < before + times {
            super::moment().await;
        }
    };
    let _ = tokio::time::timeout(LIFE_MAX, often).await;
}

/// Delivers what happened to whoever listens at `port`: the events that it answered for.
async fn deliver(sim: &Running, port: u16, delivery: &Delivery) -> Vec<String> {
    let url = format!("http://127.0.0.1:{port}{WEBHOOK_PATH}");
    let attempts = sim.deliver_webhooks(&url, delivery).await;
    let attempts = attempts.expect("an address of this machine").into_iter();
    attempts
        .filter(|attempt| attempt.status == Some(200))
        .map(|attempt| attempt.event)
        .collect()
}

async fn kill(sim: &Running, it: Follower, times: u64, delivery: &Delivery) -> Vec<String> {
    let before = sim.requests();
    let mut child = tokio::process::Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", "soak::events::a_process_that_is_killed"])
        .arg("--nocapture")
        .env(VICTIM, serde_json::json!(it).to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("a process");
    let mut said = BufReader::new(child.stdout.take().expect("its output")).lines();
    let port = loop {
        let line = said.next_line().await.expect("its output");
        let line = line.expect("it listens before anything ends it");
        if let Some(port) = line.strip_prefix(LISTENS) {
            break port.parse().expect("a port");
        }
    };
    let killing = async {
        asked(sim, before, times).await;
        child.kill().await.expect("it is killed");
    };
    tokio::join!(deliver(sim, port, delivery), killing).0
}

async fn drop_runtime(sim: &Running, it: Follower, times: u64, delivery: &Delivery) -> Vec<String> {
    let before = sim.requests();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let (listens, port) = oneshot::channel();
    runtime.spawn(async move {
        let told = |port| listens.send(port).expect("somebody waits for it");
        drop(it.follow(CancellationToken::new(), told).await);
    });
    let port = port.await.expect("it listens");
    let dropping = async {
        asked(sim, before, times).await;
        runtime.shutdown_background();
    };
    tokio::join!(deliver(sim, port, delivery), dropping).0
}

async fn cancel(sim: &Running, it: Follower, times: u64, delivery: &Delivery) -> Vec<String> {
    let before = sim.requests();
    let token = CancellationToken::new();
    let (listens, port) = oneshot::channel();
    let stopped = token.clone();
    let following = tokio::spawn(async move {
        let told = |port| listens.send(port).expect("somebody waits for it");
        it.follow(stopped, told).await
    });
    let port = port.await.expect("it listens");
    let stopping = async {
        asked(sim, before, times).await;
        token.cancel();
    };
    let (taken, ()) = tokio::join!(deliver(sim, port, delivery), stopping);
    let ended = following.await.expect("no panic");
    ended.expect("a stop is the only reason to end");
    taken
}

/// What a seed came to.
struct Case {
    random: ChaCha8Rng,
    sim: Running,
    shelf: Shelf,
    /// Events that a listener answered for.
    taken: Vec<String>,
    /// Nothing happened that keeps an event out of the log for good.
    is_told: bool,
}

impl Case {
    async fn of(seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let versions = [simulator::API_VERSION, simulator::API_VERSION, "2022-11-15"];
        let sim = company(Options {
            history_months: random.random_range(2..8),
            event_api_version: versions[random.random_range(0..3)].to_owned(),
            ..options(random.random_range(3..16), random.random())
        })
        .await;
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let whole = gateway(&sim.base_url, &sim.restricted_key);
        load(&whole, &books).await.expect("a load");
        drop(books);
        sim.skip_webhooks();
        Self {
            random,
            sim,
            shelf,
            taken: Vec::new(),
            is_told: true,
        }
    }

    fn begin_faults(&mut self) {
        let random = &mut self.random;
        let mut chance = |most: u32| match random.random_bool(0.5) {
            true => random.random_range(0..most),
            false => 0,
        };
        let stream = StreamFaults {
            drop: chance(300),
            delay: chance(400),
            delay_seconds: 14 * MINUTE,
            duplicate: chance(400),
            reorder: chance(400),
            reorder_seconds: chance(30),
            seed: 5,
            only: String::new(),
            alter: 0,
        };
        self.sim.set_stream_faults(stream);
        self.sim.set_faults(faults(match random.random_range(0..3) {
            0 => "429=3%,429-bare=2%,500=2%,reset-before=2%,reset-after=1%,truncate=2%,seed=3",
            1 => "latency=1ms",
            _ => "latency=0ms",
        }));
    }

    /// Something happens, and somebody follows it for a while.
    async fn round(&mut self) {
        let random = &mut self.random;
        self.sim.mutate(random.random_range(0..25), random.random());
        if random.random_bool(0.3) {
            self.sim
                .mutate_silently(random.random_range(0..6), random.random());
            let kind = [TruthKind::Customer, TruthKind::Invoice][random.random_range(0..2)];
            self.sim
                .delete_silently(kind, random.random_range(0..2), random.random());
        }
        let pauses = [0, 1, 20, 20 * MINUTE, 5 * DAY, 31 * DAY];
        let pause = pauses[random.random_range(0..pauses.len())];
        self.is_told &= pause < 29 * DAY;
        self.sim.advance(pause);
        let role = match random.random_range(0..10) {
            0..5 => Role::Watch {
                focused: random.random(),
            },
            5..9 => Role::Poll {
                watched: random.random(),
            },
            _ => Role::Drain,
        };
        let delivery = Delivery {
            retries: 0,
            retry_after: Duration::ZERO,
            seed: random.random(),
            late: 200,
            twice: 200,
            shuffled: random.random(),
            forged: 50,
            stale: 50,
            truncated: 50,
            ..Delivery::default()
        };
        let follower = Follower {
            address: self.sim.base_url.clone(),
            key: self.sim.restricted_key.clone(),
            secret: self.sim.webhook_secret.clone(),
            path: self.shelf.path(),
            now: self.sim.now(),
            role,
        };
        let (times, way) = (random.random_range(0..40), random.random_range(0..10));
        let taken = match way {
            0..5 => kill(&self.sim, follower, times, &delivery).await,
            5..8 => drop_runtime(&self.sim, follower, times, &delivery).await,
            _ => cancel(&self.sim, follower, times, &delivery).await,
        };
        self.taken.extend(taken);
    }

    /// In peace the books become whole, and stay as they are whatever is told once more.
    async fn end(self, hint: &str) {
        let sim = self.sim;
        sim.set_faults(faults("latency=0ms"));
        sim.set_stream_faults(StreamFaults::default());
        // What is late has shown by then.
        sim.advance(16 * MINUTE);
        let books = self.shelf.open().await;
        let gateway = gateway(&sim.base_url, &sim.restricted_key);
        let now = sim.now();
        let clock: Clock = Arc::new(move || now);
        let poll = || poll_once(&gateway, &books, &clock, Freshness::Watched);
        poll()
            .await
            .unwrap_or_else(|error| panic!("{hint}: {error}"));
        let mut found = 0;
        for _ in 0..3 {
            let (steps, never) = (LoadOptions::default(), CancellationToken::new());
            let proven = prove(&sim, &gateway, &books, ProofRequest::All, steps, never).await;
            let outcome = proven.unwrap_or_else(|error| panic!("{hint}: {error}"));
            assert_eq!(outcome.open, 0, "{hint}: {outcome:?}");
            found = outcome.differences;
        }
        assert_eq!(
            found, 0,
            "{hint}: one proof is enough, and a second where one ran into it"
        );
        poll().await.expect("a poll");
        assert_holds_truth(&books, &sim.truth(), hint).await;
        assert_eq!(
            books.waiting_event_count().await.expect("a count"),
            0,
            "{hint}"
        );
        for event in &self.taken {
            let held = books.event(event).await;
            assert!(
                held.is_ok(),
                "{hint}: {event} was answered for and is not in the log"
            );
        }
        let before = (books.data_version(), books.counts().await.expect("counts"));
        let read = |json| NewEvent::read(Bytes::from(json), Road::File, false, now);
        let told = sim.truth();
        let told = told.objects(TruthKind::Event).map(read);
        let told: Vec<NewEvent> = told.map(|event| event.expect("an event")).collect();
        let again = books.queue_events(&told, &[]).await.expect("queued");
        if self.is_told {
            assert_eq!(
                again.new, 0,
                "{hint}: every event that Stripe lists is in the log"
            );
        }
        drain_queue(&gateway, &books, &clock, Freshness::Watched)
            .await
            .expect("drained");
        let after = (books.data_version(), books.counts().await.expect("counts"));
        assert_eq!(
            after, before,
            "{hint}: what is told once more changes nothing"
        );
        let words = books.check_file().await.expect("the file is read");
        assert!(words.is_empty(), "{hint}: the file is whole: {words:?}");
        sim.shutdown().await;
    }
}

async fn hold(seed: u64) {
    let _ = writeln!(std::io::stderr(), "soak events, seed {seed}");
    let mut case = Case::of(seed).await;
    case.begin_faults();
    for _ in 0..case.random.random_range(1..=4) {
        case.round().await;
    }
    case.end(&format!("seed {seed}")).await;
}

/// Not a test of its own: the process that [`kill`] starts, and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_killed() {
    let Ok(victim) = std::env::var(VICTIM) else {
        return;
    };
    let follower: Follower = serde_json::from_str(&victim).expect("what it is to do");
    let listens = |port| {
        let _ = writeln!(std::io::stdout(), "\n{LISTENS}{port}");
    };
    let _ = follower.follow(CancellationToken::new(), listens).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seeds_that_ever_failed() {
    for seed in super::old_seeds("events") {
        hold(seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fresh_seeds() {
    for seed in super::fresh_seeds("events") {
        hold(seed).await;
    }
}
