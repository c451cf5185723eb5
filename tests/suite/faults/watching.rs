//! Following an account through pauses, sleeps and a network that comes and goes, by a clock that
//! the test moves.

use books::{NewEvent, Road};
use bytes::Bytes;
use simulator::{Running, TruthKind};
use stripe::{ApiBase, ApiKey, Gateway, GatewayOptions, RetryPolicy};
use sync::{ProofRequest, SyncError, WatchControl, WatchState, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::{DAY, HOUR, MINUTE, proven};
use crate::events::Followed;
use crate::load_company::{faults, options, patience};

/// A watch under way.
struct Watched {
    followed: Followed,
    control: WatchControl,
    cancel: CancellationToken,
    ended: JoinHandle<Result<(), SyncError>>,
}

impl Watched {
    async fn begin(seed: u64) -> Self {
        let watched = Self::of(Followed::of(options(20, seed)).await);
        watched
            .until("it polls at once", |state| state.last_poll.is_some())
            .await;
        watched
    }

    fn of(followed: Followed) -> Self {
        let (control, cancel) = (WatchControl::default(), CancellationToken::new());
        let ended = tokio::spawn({
            let (gateway, books) = (soon_tired(&followed.sim), followed.books.clone());
            let (clock, control, cancel) = (followed.clock(), control.clone(), cancel.clone());
            async move { watch(&gateway, &books, clock, &control, &cancel).await }
        });
        Self {
            followed,
            control,
            cancel,
            ended,
        }
    }

    /// Waits until the watch says so, however long that takes on this machine.
    async fn until(&self, _what: &str, said: impl Fn(&WatchState) -> bool) -> WatchState {
        let mut states = self.control.subscribe();
        let state = states.wait_for(|state| said(state)).await;
        state.expect("the watch goes on").clone()
    }

    /// The clock goes on, and then the window is looked at.
    async fn wake_after(&self, seconds: u32) -> WatchState {
        let before = self.control.state().last_poll_at;
        self.followed.sim.advance(seconds);
        self.control.activity(self.followed.sim.now());
        self.until("it polls", |state| state.last_poll_at > before)
            .await
    }

    async fn end(self) -> Followed {
        self.cancel.cancel();
        self.ended.await.expect("no panic").expect("it ends well");
        assert!(!self.control.state().running);
        self.followed
    }
}

/// A gateway that gives up after a few attempts: what comes then is the watch's own patience.
fn soon_tired(sim: &Running) -> Gateway {
    let key = secrecy::SecretString::from(sim.restricted_key.clone());
    let key = ApiKey::parse(&key).expect("a key");
    let base = ApiBase::parse(&sim.base_url).expect("loopback");
    let (retry, timeouts) = patience();
    let options = GatewayOptions {
        retry: RetryPolicy {
            attempts_max: 3,
            ..retry
        },
        timeouts,
        jitter_seed: 1,
        ..GatewayOptions::new(base, key)
    };
    Gateway::new(options).expect("a gateway")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_watch_asks_nothing_and_goes_on_where_it_was() {
    let watched = Watched::begin(91).await;
    watched.control.set_paused(true);
    watched
        .until("it rests", |state| {
            state.paused && state.next_poll_at.is_none()
        })
        .await;
    let before = watched.followed.sim.requests();
    watched.followed.sim.mutate(20, 1);
    watched.followed.sim.advance(2 * HOUR);
    for focused in [true, false, true] {
        watched.control.set_focus(focused);
        watched.control.poke();
        watched
            .until("it looks", |state| state.focused == focused)
            .await;
    }
    assert_eq!(watched.followed.sim.requests(), before, "nothing was asked");
    watched.control.set_paused(false);
    watched
        .until("it resumes", |state| {
            state.last_poll.as_ref().is_some_and(|poll| poll.events > 0)
        })
        .await;
    watched.end().await.assert_whole("after a pause").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_slept_for_an_hour_comes_back_right() {
    let watched = Watched::begin(92).await;
    watched.followed.sim.mutate(30, 1);
    let state = watched.wake_after(HOUR).await;
    assert!(state.last_poll.is_some_and(|poll| poll.events > 0));
    // What happened just before is applied once the overlap has passed.
    watched.wake_after(16 * MINUTE).await;
    watched.end().await.assert_whole("after an hour").await;
}

/// Nobody nudges it: it sees by itself that its clock went on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_machine_that_slept_for_five_weeks_says_that_everything_is_to_be_proven() {
    let watched = Watched::begin(93).await;
    watched.followed.sim.mutate(30, 1);
    watched.followed.sim.advance(35 * DAY);
    watched
        .until("it wakes", |state| {
            state
                .last_poll
                .as_ref()
                .is_some_and(|poll| poll.needs_full.is_some())
        })
        .await;
    let outcome = proven(&watched.followed, ProofRequest::All).await;
    assert_eq!(outcome.open, 0, "{outcome:?}");
    let state = watched.wake_after(16 * MINUTE).await;
    assert_eq!(state.last_poll.and_then(|poll| poll.needs_full), None);
    watched.end().await.assert_whole("after five weeks").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_that_is_gone_is_waited_for_with_growing_patience() {
    let watched = Watched::begin(94).await;
    watched.followed.sim.set_faults(faults("reset-before=100%"));
    watched.followed.sim.mutate(20, 1);
    for wait in [5, 10, 20, 40, 60] {
        watched.control.poll_now();
        let words = format!("tried again in {wait} s");
        let state = watched
            .until("it fails", |state| {
                let problem = state.last_problem.as_deref();
                problem.is_some_and(|problem| problem.contains(&words))
            })
            .await;
        let problem = state.last_problem.expect("it says so");
        assert!(problem.contains("Stripe could not be reached"), "{problem}");
    }
    watched.followed.sim.set_faults(faults("latency=0ms"));
    watched.followed.sim.advance(HOUR);
    watched.control.poll_now();
    watched
        .until("it is back", |state| state.last_problem.is_none())
        .await;
    watched.wake_after(16 * MINUTE).await;
    watched
        .end()
        .await
        .assert_whole("with the network back")
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_revoked_ends_the_watch_and_the_state_says_why() {
    let watched = Watched::begin(95).await;
    watched.followed.sim.set_revoked(true);
    watched.control.poll_now();
    let ended = watched.ended.await.expect("no panic");
    let Err(SyncError::Gateway(error)) = ended else {
        panic!("a refused key does not pass by itself: {ended:?}");
    };
    assert!(error.is_key_refused());
    let state = watched.control.state();
    assert!(!state.running && state.next_poll_at.is_none());
    assert!(
        state
            .last_problem
            .is_some_and(|why| why.contains("Expired API Key"))
    );
    let asked = watched.followed.sim.requests();
    watched.followed.sim.set_revoked(false);
    assert_eq!(
        watched.followed.sim.requests(),
        asked,
        "nobody asks any more"
    );
    watched.followed.poll().await;
    watched.followed.assert_whole("with a key again").await;
}

/// Webhooks are all that such a key hears of, also of what arrived before it was followed, or in
/// the moment of a poll in vain.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_webhooks_bring_is_applied_for_a_key_that_may_not_list_events() {
    let followed = Followed::of(options(20, 97)).await;
    let (sim, books) = (followed.sim.clone(), followed.books.clone());
    sim.set_permission("rak_event_read", false);
    let bring = |seed| {
        sim.mutate(5, seed);
        let told = sim.truth();
        let told = told.objects(TruthKind::Event).map(|json| {
            NewEvent::read(Bytes::from(json), Road::Webhook, true, sim.now()).expect("an event")
        });
        told.collect::<Vec<_>>()
    };
    books.queue_events(&bring(1), &[]).await.expect("queued");
    let watched = Watched::of(followed);
    watched
        .until("it applies what waited", |state| {
            state.last_problem.is_some() && state.rounds > 0 && state.waiting_events == 0
        })
        .await;
    let rounds = watched.control.state().rounds;
    books.queue_events(&bring(2), &[]).await.expect("queued");
    watched.control.poll_now();
    watched.control.poke();
    watched
        .until("it applies what came with a poll", |state| {
            state.rounds > rounds && state.waiting_events == 0
        })
        .await;
    assert!(watched.control.state().last_problem.is_some(), "it is said");
    watched.end().await;
    assert_eq!(books.waiting_event_count().await.expect("a count"), 0);
}
