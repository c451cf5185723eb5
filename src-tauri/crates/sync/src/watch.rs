//! Following an account while its books are open: polls at a pace that attention and the read
//! budget set, drains at once what a webhook brought, and comes back right from a pause, from a
//! network that was gone, and from any sleep of the machine.

use std::time::Duration;

use books::Books;
use stripe::Gateway;
use tokio::sync::watch;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::backfill::Clock;
use crate::error::SyncError;
use crate::events::{Freshness, PollOutcome, drain_queue, poll_once};
use crate::read_budget::{Attention, interval_for};

/// The wall clock is looked at so often: a machine that slept has its polls overdue when it wakes,
/// whatever its timers say.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// What arrives together is applied together.
const COALESCE: Duration = Duration::from_millis(250);
/// An action or an event counts as activity for so long.
const ACTIVE_S: i64 = 5 * 60;
/// The first wait after a failure; it doubles, up to the longest.
const FAILED_S: i64 = 5;
const FAILED_MAX_S: i64 = 60;
/// The wait while the key may not read the events.
const REFUSED_S: i64 = 15 * 60;
/// However many pages a poll had to read, the next one does not wait longer than this.
const BURST_MAX_S: i64 = 15 * 60;

/// What is wished of a watch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Wishes {
    focused: bool,
    paused: bool,
    /// When something was last done, UTC seconds.
    active_at: Option<i64>,
    /// How often a poll was asked for.
    polls: u64,
    /// How often something was queued.
    arrivals: u64,
}

/// How a watch goes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WatchState {
    /// Somebody follows the account.
    pub running: bool,
    /// A person stopped it for now.
    pub paused: bool,
    /// The window has the focus.
    pub focused: bool,
    /// Seconds between two polls at present.
    pub poll_seconds: u64,
    /// When Stripe was last asked for events with success, UTC seconds.
    pub last_poll_at: Option<i64>,
    /// When it is asked again, UTC seconds; none while paused.
    pub next_poll_at: Option<i64>,
    /// What went wrong last; none once it went right again.
    pub last_problem: Option<String>,
    /// Events that wait to be applied.
    pub waiting_events: u64,
    /// What the last poll did.
    pub last_poll: Option<PollOutcome>,
    /// Polls that went right, and drains of what a webhook brought, since it is followed.
    pub rounds: u64,
    /// States new to the history that these rounds brought.
    pub changed: u64,
}

/// Steers a watch, and tells how it goes; clones steer the same one.
#[derive(Debug, Clone)]
pub struct WatchControl {
    wishes: watch::Sender<Wishes>,
    state: watch::Sender<WatchState>,
}

impl Default for WatchControl {
    fn default() -> Self {
        Self {
            wishes: watch::Sender::new(Wishes::default()),
            state: watch::Sender::new(WatchState::default()),
        }
    }
}

impl WatchControl {
    /// Says whether the window has the focus.
    pub fn set_focus(&self, focused: bool) {
        self.wish(|wishes| wishes.focused = focused);
    }

    /// Stops asking Stripe for events until it is taken back.
    pub fn set_paused(&self, paused: bool) {
        self.wish(|wishes| wishes.paused = paused);
        self.state.send_if_modified(|state| {
            let changed = state.paused != paused;
            state.paused = paused;
            changed
        });
    }

    /// Something was done at `now` that events will tell of.
    pub fn activity(&self, now: i64) {
        self.wish(|wishes| wishes.active_at = Some(now));
    }

    /// Asks for a poll now.
    pub fn poll_now(&self) {
        self.wish(|wishes| wishes.polls += 1);
    }

    /// Says that events were queued: they are applied at once.
    pub fn poke(&self) {
        self.wish(|wishes| wishes.arrivals += 1);
    }

    /// Notes why nobody follows the account any more.
    pub fn failed(&self, why: String) {
        self.state.send_modify(|state| {
            state.running = false;
            state.last_problem = Some(why);
        });
    }

    /// How the watch goes.
    #[must_use]
    pub fn state(&self) -> WatchState {
        self.state.borrow().clone()
    }

    /// Follows [`Self::state`].
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<WatchState> {
        self.state.subscribe()
    }

    fn wish(&self, change: impl FnOnce(&mut Wishes)) {
        self.wishes.send_if_modified(|wishes| {
            let before = *wishes;
            change(wishes);
            *wishes != before
        });
    }
}

/// Follows an account until `cancel`led.
///
/// Without a network it goes on trying, says so in the state, and says when it is back. Books that
/// need every list proven are left to the caller, who sees it in the last poll.
///
/// # Errors
/// [`SyncError`] for what does not pass by itself: a key that is refused or belongs elsewhere,
/// books that cannot be written.
pub async fn watch(
    gateway: &Gateway,
    books: &Books,
    clock: Clock,
    control: &WatchControl,
    cancel: &CancellationToken,
) -> Result<(), SyncError> {
    let mut watch = Watch {
        gateway,
        books,
        clock,
        control,
        seen: Wishes::default(),
        asked_at: None,
        failures: 0,
        wait_s: 0,
        burst: 1,
    };
    let ended = tokio::select! {
        biased;
        () = cancel.cancelled() => Ok(()),
        ended = watch.run() => ended,
    };
    control.state.send_modify(|state| {
        state.running = false;
        state.next_poll_at = None;
        if let Err(error) = &ended {
            state.last_problem = Some(error.to_string());
        }
    });
    ended
}

struct Watch<'a> {
    gateway: &'a Gateway,
    books: &'a Books,
    clock: Clock,
    control: &'a WatchControl,
    /// What was wished when it was last looked at.
    seen: Wishes,
    /// When Stripe was last asked, with success or without, UTC seconds.
    asked_at: Option<i64>,
    /// Failures in a row.
    failures: u32,
    /// Seconds from then to the next poll.
    wait_s: i64,
    /// Pages of the last poll: after a burst the overlap is read again, so it is read less often.
    burst: u64,
}

impl Watch<'_> {
    async fn run(&mut self) -> Result<(), SyncError> {
        let mut wishes = self.control.wishes.subscribe();
        self.control.state.send_modify(|state| {
            state.running = true;
            state.last_problem = None;
        });
        loop {
            let wished = *wishes.borrow_and_update();
            if wished.paused {
                self.show(wished, None).await?;
                self.seen = wished;
                if wishes.changed().await.is_err() {
                    return Ok(());
                }
                continue;
            }
            if self.is_due(wished).await? {
                self.poll(wished).await?;
            } else if wished.arrivals != self.seen.arrivals {
                sleep(COALESCE).await;
                let wished = *wishes.borrow_and_update();
                self.drain(wished).await?;
            }
            self.seen = wished;
            let next = self.asked_at.map(|asked| asked.saturating_add(self.wait_s));
            self.show(wished, next).await?;
            let left = next.map_or(0, |next| next.saturating_sub((self.clock)()));
            let left = Duration::from_secs(u64::try_from(left).unwrap_or(0));
            tokio::select! {
                changed = wishes.changed() => if changed.is_err() { return Ok(()) },
                () = sleep(left.clamp(Duration::from_millis(20), LOOK_EVERY)) => {}
            }
        }
    }

    /// Is it time to ask Stripe? A clock that was set back makes no poll wait longer.
    async fn is_due(&mut self, wished: Wishes) -> Result<bool, SyncError> {
        let now = (self.clock)();
        let Some(asked_at) = self.asked_at else {
            return Ok(true);
        };
        let resumed = self.seen.paused && !wished.paused;
        if wished.polls != self.seen.polls || resumed || now < asked_at {
            return Ok(true);
        }
        if self.failures == 0 {
            self.wait_s = self.usual_wait(wished, now).await?;
        }
        Ok(now >= asked_at.saturating_add(self.wait_s))
    }

    async fn usual_wait(&self, wished: Wishes, now: i64) -> Result<i64, SyncError> {
        let budget = self.books.read_budget(now).await?;
        let attention = Attention {
            focused: wished.focused,
            active: wished.active_at.is_some_and(|at| now - at < ACTIVE_S),
        };
        let usual = i64::try_from(interval_for(&budget, attention).as_secs()).unwrap_or(i64::MAX);
        let pages = i64::try_from(self.burst).unwrap_or(i64::MAX);
        Ok(usual.saturating_mul(pages).min(BURST_MAX_S.max(usual)))
    }

    async fn poll(&mut self, wished: Wishes) -> Result<(), SyncError> {
        let polled = poll_once(self.gateway, self.books, &self.clock, freshness(wished)).await;
        let now = (self.clock)();
        self.asked_at = Some(now);
        match polled {
            Ok(outcome) => {
                if outcome.events > 0 && wished.focused {
                    self.control.activity(now);
                }
                self.burst = outcome.pages.max(1);
                self.went_right(outcome.drain.changed, |state| {
                    state.last_poll_at = Some(now);
                    state.last_poll = Some(outcome);
                });
                Ok(())
            }
            Err(error) => {
                let is_refusal = matches!(&error, SyncError::Gateway(error)
                    if error.missing_permissions().is_some());
                self.went_wrong(error)?;
                match is_refusal {
                    // The key may not list events: webhooks alone bring them, also those that
                    // arrived before it is followed.
                    true => self.drain(wished).await,
                    false => Ok(()),
                }
            }
        }
    }

    async fn drain(&mut self, wished: Wishes) -> Result<(), SyncError> {
        self.seen.arrivals = wished.arrivals;
        match drain_queue(self.gateway, self.books, &self.clock, Freshness::Watched).await {
            Ok(outcome) => {
                self.count(outcome.changed, |_| {});
                Ok(())
            }
            Err(error) => {
                self.asked_at.get_or_insert((self.clock)());
                self.went_wrong(error)
            }
        }
    }

    /// A poll went right, and brought so many new states.
    fn went_right(&mut self, changed: u64, change: impl FnOnce(&mut WatchState)) {
        if self.failures > 0 {
            tracing::info!(failures = self.failures, "Stripe answers again");
        }
        self.failures = 0;
        self.count(changed, |state| {
            state.last_problem = None;
            change(state);
        });
    }

    /// Counts a round that brought so many new states; what it changes in the state is seen at
    /// once.
    fn count(&self, changed: u64, change: impl FnOnce(&mut WatchState)) {
        self.control.state.send_modify(|state| {
            state.rounds += 1;
            state.changed += changed;
            change(state);
        });
    }

    /// What passes by itself is waited for; what does not ends the watch.
    fn went_wrong(&mut self, error: SyncError) -> Result<(), SyncError> {
        let SyncError::Gateway(gateway) = &error else {
            return Err(error);
        };
        let is_refusal = gateway.missing_permissions().is_some();
        let passes = match gateway {
            stripe::Error::Api(api) => api.status == 429 || api.status >= 500 || is_refusal,
            stripe::Error::Offline { .. } | stripe::Error::Broken { .. } => true,
            _ => false,
        };
        if !passes {
            return Err(error);
        }
        self.wait_s = match is_refusal {
            true => REFUSED_S,
            false => (FAILED_S << self.failures.min(10)).min(FAILED_MAX_S),
        };
        if self.failures == 0 {
            tracing::warn!(%error, "Stripe could not be asked for events; it is tried again");
        }
        self.failures = self.failures.saturating_add(1);
        let words = format!("{error}; it is tried again in {} s", self.wait_s);
        self.control
            .state
            .send_modify(|state| state.last_problem = Some(words));
        Ok(())
    }

    /// Tells how it goes.
    async fn show(&self, wished: Wishes, next: Option<i64>) -> Result<(), SyncError> {
        let waiting = self.books.waiting_event_count().await?;
        self.control.state.send_if_modified(|state| {
            let before = state.clone();
            state.paused = wished.paused;
            state.focused = wished.focused;
            state.next_poll_at = next;
            state.poll_seconds = u64::try_from(self.wait_s).unwrap_or(0);
            state.waiting_events = waiting;
            *state != before
        });
        Ok(())
    }
}

/// What a person looks at is read again at once.
fn freshness(wished: Wishes) -> Freshness {
    match wished.focused {
        true => Freshness::Watched,
        false => Freshness::Unwatched,
    }
}
