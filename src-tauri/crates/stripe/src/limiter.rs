//! Keeps to the pace: one lane an endpoint, one for the account, and a gate on how many requests
//! are under way.
//!
//! A lane spaces requests evenly, so that a quiet time never becomes a burst. An answer 429
//! lowers its rate by a factor, and time raises it again by steps. The gate opens from 8 up to 32
//! while answers are slow and succeed, and halves when Stripe says that too many are under way.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep_until};

use crate::pace::Pace;

/// Requests under way at the start.
const CONCURRENCY_START: usize = 8;
/// Requests under way at most.
pub(crate) const CONCURRENCY_MAX: usize = 32;
/// Answers quicker than this gain nothing from more requests under way.
const SLOW_ANSWER: Duration = Duration::from_millis(50);
/// The share of a limit that is used, so that the network's jitter breaks no limit.
const HEADROOM: f64 = 0.99;
/// Requests that a lane may make up for when it was late: a moment's delay is not lost for good.
const MADE_UP_FOR: f64 = 2.0;
/// What an answer 429 makes of a rate.
const LOWERED_TO: f64 = 0.7;
/// Answers 429 within this time count as one.
const ONE_LOWERING: Duration = Duration::from_secs(1);
/// The part of its ceiling by which a rate rises each second.
const RISE_PER_S: f64 = 0.05;
/// From here on a lane without a limit is free again, in requests a second.
const FREE_PER_S: f64 = 2_000.0;
/// No rate falls below this share of its ceiling.
const FLOOR_SHARE: f64 = 0.04;

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Why the other side asked for less.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Throttle {
    /// This endpoint takes fewer requests a second.
    EndpointRate,
    /// The account takes fewer requests a second.
    GlobalRate,
    /// Too many requests are under way.
    Concurrency,
    /// No reason was given: either rate may be meant.
    Unknown,
    /// One object is busy; other requests are not concerned.
    Resource,
}

impl Throttle {
    /// Reads `Stripe-Rate-Limited-Reason` and, in its absence, the error's code.
    pub(crate) fn read(reason: Option<&str>, code: Option<&str>) -> Self {
        match reason {
            Some("endpoint-rate") => Self::EndpointRate,
            Some("global-rate") => Self::GlobalRate,
            Some(reason) if reason.ends_with("-concurrency") => Self::Concurrency,
            Some("resource-specific") => Self::Resource,
            Some(_) => Self::Unknown,
            None if code == Some("lock_timeout") => Self::Resource,
            None => Self::Unknown,
        }
    }
}

/// What the log calls the account as a whole.
const ALL: &str = "the account";

/// The rate of one endpoint, or of the account.
struct Rate {
    ceiling_per_s: f64,
    per_s: f64,
    next: Instant,
    updated: Instant,
    lowered: Option<Instant>,
    /// Requests since `counted_from`, and the rate of the period before.
    count: u32,
    counted_from: Instant,
    seen_per_s: f64,
}

impl Rate {
    fn new(limit_per_s: f64, now: Instant) -> Self {
        let ceiling_per_s = limit_per_s * HEADROOM;
        Self {
            ceiling_per_s,
            per_s: ceiling_per_s,
            next: now,
            updated: now,
            lowered: None,
            count: 0,
            counted_from: now,
            seen_per_s: 0.0,
        }
    }

    /// The ceiling that rises and falls are measured by.
    fn measure(&self) -> f64 {
        if self.ceiling_per_s.is_finite() {
            self.ceiling_per_s
        } else {
            FREE_PER_S
        }
    }

    fn rise(&mut self, now: Instant) {
        let passed_s = now.saturating_duration_since(self.updated).as_secs_f64();
        self.updated = now;
        if self.per_s >= self.ceiling_per_s {
            return;
        }
        self.per_s += self.measure() * RISE_PER_S * passed_s;
        if self.per_s >= self.measure() {
            self.per_s = self.ceiling_per_s;
        }
    }

    /// When the next request may leave.
    fn ready_at(&mut self, now: Instant) -> Instant {
        self.rise(now);
        self.next
    }

    /// A request leaves now.
    fn leave(&mut self, now: Instant) {
        self.count += 1;
        let counted_s = now
            .saturating_duration_since(self.counted_from)
            .as_secs_f64();
        if counted_s >= 1.0 {
            self.seen_per_s = f64::from(self.count) / counted_s;
            self.count = 0;
            self.counted_from = now;
        }
        if self.per_s.is_finite() {
            let between = Duration::from_secs_f64(1.0 / self.per_s);
            let earliest = now.checked_sub(between.mul_f64(MADE_UP_FOR)).unwrap_or(now);
            // Longer silences are not made up for: that would be a burst.
            self.next = self.next.max(earliest) + between;
        }
    }

    /// The other side asked for less: the new rate, unless it was lowered a moment ago.
    fn lower(&mut self, now: Instant) -> Option<f64> {
        self.rise(now);
        if self
            .lowered
            .is_some_and(|at| now.saturating_duration_since(at) < ONE_LOWERING)
        {
            return None;
        }
        self.lowered = Some(now);
        let counted_s = now
            .saturating_duration_since(self.counted_from)
            .as_secs_f64();
        let current = if self.per_s.is_finite() {
            self.per_s
        } else {
            // Nothing limited it so far: what was really sent is what was too much.
            let recent = f64::from(self.count) / counted_s.max(0.25);
            recent.max(self.seen_per_s).min(FREE_PER_S)
        };
        self.per_s = (current * LOWERED_TO).max(self.measure() * FLOOR_SHARE);
        Some(self.per_s)
    }
}

/// Requests of one lane leave one after another.
struct Lane {
    turn: tokio::sync::Mutex<()>,
    rate: Mutex<Rate>,
}

impl Lane {
    fn new(limit_per_s: f64) -> Self {
        let rate = Rate::new(limit_per_s, Instant::now());
        Self {
            turn: tokio::sync::Mutex::new(()),
            rate: Mutex::new(rate),
        }
    }

    async fn ready(&self) {
        let at = locked(&self.rate).ready_at(Instant::now());
        if at > Instant::now() {
            sleep_until(at).await;
        }
    }

    fn leave(&self) {
        locked(&self.rate).leave(Instant::now());
    }

    /// Lowers the rate, and says so in the log.
    fn lower(&self, of: &str) {
        if let Some(per_s) = locked(&self.rate).lower(Instant::now()) {
            tracing::info!(of, per_s, "Stripe asked for fewer requests a second");
        }
    }

    fn per_s(&self) -> f64 {
        locked(&self.rate).per_s
    }
}

/// How many requests may be under way.
struct Gate {
    semaphore: Arc<Semaphore>,
    state: Mutex<GateState>,
    waiting: AtomicUsize,
}

struct GateState {
    limit: usize,
    /// Permits that are taken back when they return.
    owed: usize,
    successes: usize,
    halved: Option<Instant>,
}

impl Gate {
    fn new() -> Self {
        let state = GateState {
            limit: CONCURRENCY_START,
            owed: 0,
            successes: 0,
            halved: None,
        };
        Self {
            semaphore: Arc::new(Semaphore::new(CONCURRENCY_START)),
            state: Mutex::new(state),
            waiting: AtomicUsize::new(0),
        }
    }

    async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let _waiting = Waiting(&self.waiting);
        Arc::clone(&self.semaphore).acquire_owned().await.ok()
    }

    fn exit(&self, permit: OwnedSemaphorePermit) {
        let mut state = locked(&self.state);
        if state.owed > 0 {
            state.owed -= 1;
            permit.forget();
        }
    }

    /// A slow answer while others wait: after half a round of them, one more may be under way.
    fn succeeded(&self) {
        let mut state = locked(&self.state);
        state.successes += 1;
        if state.successes < state.limit / 2 || state.limit >= CONCURRENCY_MAX {
            return;
        }
        state.successes = 0;
        state.limit += 1;
        if state.owed > 0 {
            state.owed -= 1;
        } else {
            self.semaphore.add_permits(1);
        }
    }

    fn halve(&self, now: Instant) {
        let mut state = locked(&self.state);
        if state
            .halved
            .is_some_and(|at| now.saturating_duration_since(at) < ONE_LOWERING)
        {
            return;
        }
        state.halved = Some(now);
        state.successes = 0;
        let limit = (state.limit / 2).max(1);
        let surplus = state.limit - limit;
        state.limit = limit;
        let taken = self.semaphore.forget_permits(surplus);
        state.owed += surplus - taken;
        tracing::info!(at_once = limit, "Stripe asked for fewer requests at once");
    }
}

/// One request under way; its place is free again when this is dropped.
pub(crate) struct Permit {
    permit: Option<OwnedSemaphorePermit>,
    limiter: Arc<Limiter>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.limiter.gate.exit(permit);
        }
    }
}

/// The pace of one account.
pub(crate) struct Limiter {
    pace: Pace,
    endpoints: Mutex<HashMap<String, Arc<Lane>>>,
    all: Lane,
    gate: Gate,
    /// How long answers take of late, in microseconds; 0 before the first.
    answer_us: AtomicU64,
}

impl Limiter {
    pub(crate) fn new(pace: Pace) -> Arc<Self> {
        Arc::new(Self {
            pace,
            endpoints: Mutex::new(HashMap::new()),
            all: Lane::new(pace.all_rate()),
            gate: Gate::new(),
            answer_us: AtomicU64::new(0),
        })
    }

    fn lane(&self, endpoint: &str) -> Arc<Lane> {
        let mut endpoints = locked(&self.endpoints);
        if let Some(lane) = endpoints.get(endpoint) {
            return Arc::clone(lane);
        }
        let lane = Arc::new(Lane::new(self.pace.endpoint_rate()));
        endpoints.insert(endpoint.to_owned(), Arc::clone(&lane));
        lane
    }

    /// Waits until a request of this endpoint may leave, and counts it as left.
    pub(crate) async fn leave(self: &Arc<Self>, endpoint: &str) -> Permit {
        let lane = self.lane(endpoint);
        // The order (endpoint, place, account) keeps a busy endpoint from holding places that
        // others could use: its requests wait in their own lane.
        let _turn = lane.turn.lock().await;
        lane.ready().await;
        let permit = self.gate.enter().await;
        let permit = Permit {
            permit,
            limiter: Arc::clone(self),
        };
        let _all_turn = self.all.turn.lock().await;
        self.all.ready().await;
        lane.leave();
        self.all.leave();
        permit
    }

    /// An answer came, after `took`, that was no 429.
    pub(crate) fn answered(&self, took: Duration) {
        let took_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let known_us = self.answer_us.load(Ordering::Relaxed);
        let mean_us = if known_us == 0 {
            took_us
        } else {
            known_us / 8 * 7 + took_us / 8
        };
        self.answer_us.store(mean_us, Ordering::Relaxed);
        if took >= SLOW_ANSWER && self.gate.waiting.load(Ordering::Relaxed) > 0 {
            self.gate.succeeded();
        }
    }

    /// The other side asked for less.
    pub(crate) fn throttled(&self, endpoint: &str, throttle: Throttle) {
        match throttle {
            Throttle::Resource => {}
            Throttle::EndpointRate => self.lane(endpoint).lower(endpoint),
            Throttle::GlobalRate => self.all.lower(ALL),
            Throttle::Unknown => {
                self.lane(endpoint).lower(endpoint);
                self.all.lower(ALL);
            }
            Throttle::Concurrency => self.gate.halve(Instant::now()),
        }
    }

    /// Requests that may be under way now.
    pub(crate) fn concurrency(&self) -> usize {
        locked(&self.gate.state).limit
    }

    /// Is there a limit to begin with?
    pub(crate) fn is_paced(&self) -> bool {
        self.pace.endpoint_rate().is_finite()
    }

    /// Requests of one endpoint under way that its rate can keep busy, while answers take as long
    /// as they do of late; more would only wait in their lane.
    pub(crate) fn useful_per_endpoint(&self) -> usize {
        let rate = self.pace.endpoint_rate();
        if rate.is_infinite() {
            return CONCURRENCY_MAX;
        }
        let answer = Duration::from_micros(self.answer_us.load(Ordering::Relaxed));
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number of requests"
        )]
        let busy = (rate * answer.as_secs_f64() * 1.25).ceil() as usize;
        (busy + 1).min(CONCURRENCY_MAX)
    }

    /// Requests a second in all; infinite while nothing limits them.
    pub(crate) fn all_per_s(&self) -> f64 {
        self.all.per_s()
    }
}

/// Counts one waiting request until it is dropped.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
#[path = "limiter_test.rs"]
mod tests;
