//! Following the open account, in the background of a window or for a terminal: events, and proofs
//! that are due.

use std::sync::Arc;
use std::time::Duration;

use stripe::Gateway;
use sync::{Freshness, LoadOptions, PollOutcome, ProofRequest, SyncError, WatchState, daily_share};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::answers::{Count, Followed, Proven, UnixSeconds, Watch};
use crate::context::{Inner, Open};
use crate::{OnProgress, Result};

/// So often it is looked whether the first load has ended.
const LOADED_EVERY: Duration = Duration::from_secs(2);
/// Proofs that are due are begun at most so often.
const PROOFS_EVERY_S: i64 = 30 * 60;
/// Events that are told of one by one, at most.
const SHOWN_EVENTS: u32 = 20;

/// Hears of a proof that was due and has ended.
type OnProven<'a> = dyn Fn(Proven) + Send + Sync + 'a;

impl Inner {
    /// Begins to follow an account that was opened, where the desk serves a window.
    pub fn start_watching(self: &Arc<Self>, open: &Arc<Open>) {
        if !self.config.background || open.read_only {
            return;
        }
        let (inner, open) = (Arc::clone(self), Arc::clone(open));
        tokio::spawn(async move {
            let cancel = open.cancel.clone();
            let ended = inner.follow(&open, &cancel, &|_| {}).await;
            if let Err(error) = ended {
                tracing::error!(what = %error.what, why = %error.why, "the account is not followed");
                open.watching.failed(error.why.clone());
            }
        });
    }

    /// Follows an account until `cancel`; `proven` hears of each proof that was due.
    async fn follow(
        self: &Arc<Self>,
        open: &Arc<Open>,
        cancel: &CancellationToken,
        proven: &OnProven<'_>,
    ) -> Result<()> {
        let following = async {
            self.start_webhooks(open).await;
            while !self.loaded(open).await? {
                tokio::time::sleep(LOADED_EVERY).await;
            }
            let given = self.access(open).await?;
            let share = open.file().live_share_percent;
            let gateway = self.gateway(given.base, given.key, share)?;
            let (clock, watching) = (self.sync_clock(), &open.watching);
            let arrivals = async {
                loop {
                    open.arrived.notified().await;
                    watching.poke();
                }
            };
            tokio::select! {
                watched = sync::watch(&gateway, &open.books, clock, watching, cancel) => {
                    Ok(watched?)
                }
                ended = self.prove_when_due(open, &gateway, cancel, proven) => ended,
                () = arrivals => Ok(()),
            }
        };
        tokio::select! {
            biased;
            () = cancel.cancelled() => Ok(()),
            ended = following => ended,
        }
    }

    /// Proves what events alone cannot bring up to date, and what is due by its age.
    async fn prove_when_due(
        self: &Arc<Self>,
        open: &Arc<Open>,
        gateway: &Gateway,
        cancel: &CancellationToken,
        told: &OnProven<'_>,
    ) -> Result<()> {
        let mut states = open.watching.subscribe();
        let (mut polled_at, mut proven_at) = (None, None::<i64>);
        while states.changed().await.is_ok() {
            let WatchState {
                last_poll,
                last_poll_at,
                ..
            } = states.borrow_and_update().clone();
            let Some(last_poll) = last_poll.filter(|_| last_poll_at != polled_at) else {
                continue;
            };
            polled_at = last_poll_at;
            open.set_online(true);
            let now = self.now();
            let request = if last_poll.needs_full.is_some() {
                ProofRequest::All
            } else {
                let reads = daily_share(&open.books.read_budget(now).await?);
                let is_soon = proven_at.is_some_and(|at| now - at < PROOFS_EVERY_S);
                if reads == 0 || is_soon || open.books.due_proofs(now).await?.is_empty() {
                    continue;
                }
                ProofRequest::Due { reads }
            };
            proven_at = Some(now);
            let clock = self.sync_clock();
            match self
                .prove_beside(open, gateway, clock, request, cancel.clone())
                .await
            {
                Ok(proven) => {
                    told(proven);
                    open.watching.poll_now();
                }
                Err(SyncError::Cancelled) => return Ok(()),
                Err(error) => tracing::warn!(%error, "a proof was broken off; it goes on later"),
            }
        }
        Ok(())
    }

    /// The desk's clock as the sync takes it.
    pub fn sync_clock(&self) -> sync::Clock {
        let clock = self.config.clock.clone();
        Arc::new(move || clock.now())
    }

    /// Brings books that were loaded up to date: events, lists that are still missing, and, where
    /// events alone cannot, every list.
    pub async fn catch_up(
        self: &Arc<Self>,
        open: &Open,
        gateway: &Gateway,
        progress: watch::Sender<sync::LoadProgress>,
        cancel: CancellationToken,
    ) -> std::result::Result<(), SyncError> {
        let (books, clock) = (&open.books, self.sync_clock());
        let polled = self.poll(open, gateway, &cancel).await?;
        let (events, reads) = (polled.events, polled.reads);
        tracing::info!(
            events,
            reads,
            changed = polled.drain.changed,
            "caught up by events"
        );
        if polled.needs_full.is_some() {
            let all = ProofRequest::All;
            self.prove_beside(open, gateway, Arc::clone(&clock), all, cancel.clone())
                .await?;
            self.poll(open, gateway, &cancel).await?;
        }
        if !sync::missing_lists(books).await?.is_empty() {
            let options = LoadOptions {
                missing_only: true,
                ..LoadOptions::default()
            };
            sync::backfill_with(gateway, books, clock, progress, cancel, options).await?;
        }
        Ok(())
    }

    /// Takes in what Stripe's events tell of; after a first load that is what happened while it
    /// read, and, for the log alone, in the weeks before.
    pub async fn poll(
        &self,
        open: &Open,
        gateway: &Gateway,
        cancel: &CancellationToken,
    ) -> std::result::Result<PollOutcome, SyncError> {
        let clock = self.sync_clock();
        tokio::select! {
            biased;
            () = cancel.cancelled() => Err(SyncError::Cancelled),
            polled = sync::poll_once(gateway, &open.books, &clock, Freshness::Watched) => polled,
        }
    }

    pub async fn watch_state(self: &Arc<Self>) -> Result<Watch> {
        Ok(shown(self.open().await?.watching.state()))
    }

    pub async fn set_watch(self: &Arc<Self>, paused: bool) -> Result<Watch> {
        let open = self.open().await?;
        open.watching.set_paused(paused);
        Ok(shown(open.watching.state()))
    }

    pub async fn set_focus(self: &Arc<Self>, focused: bool) -> Result<()> {
        self.open().await?.watching.set_focus(focused);
        Ok(())
    }

    /// Follows the open account until `cancel`, for a process without a window; `told` hears of
    /// every look at Stripe, of proofs, and of a network that goes and comes back.
    pub async fn watch_here(
        self: &Arc<Self>,
        told: OnProgress<Followed>,
        cancel: CancellationToken,
    ) -> Result<()> {
        let open = self.open().await?;
        open.writable("The account is not followed")?;
        // Somebody looks at what a terminal prints.
        open.watching.set_focus(true);
        let quiet = self.quiet().await?;
        let of_a_proof = |proven| {
            told(Followed {
                at: UnixSeconds(self.now()),
                proven: Some(proven),
                ..quiet.clone()
            });
        };
        tokio::select! {
            ended = self.follow(&open, &cancel, &of_a_proof) => ended,
            ended = self.tell_of_rounds(&open, &told) => ended,
        }
    }

    /// Tells of each round of the watch, and of a network that goes; ends with the watch.
    async fn tell_of_rounds(
        self: &Arc<Self>,
        open: &Open,
        told: &OnProgress<Followed>,
    ) -> Result<()> {
        let mut states = open.watching.subscribe();
        let mut before = open.watching.state();
        let mut last_event = open.books.last_event_num().await?;
        while states.changed().await.is_ok() {
            let state = states.borrow_and_update().clone();
            let is_gone = state.last_problem.is_some() && before.last_problem.is_none();
            if state.rounds == before.rounds && !is_gone {
                continue;
            }
            let rows = open.books.events_arrived(last_event, SHOWN_EVENTS).await?;
            let newest = open.books.last_event_num().await?;
            let events = u64::try_from(newest - last_event).unwrap_or_default();
            last_event = newest;
            told(Followed {
                events: Count(events),
                arrived: self.event_rows(open, rows).await?,
                changed: Count(state.changed - before.changed),
                problem: state.last_problem.clone(),
                ..self.quiet().await?
            });
            before = state;
        }
        Ok(())
    }

    /// What is told where nothing happened.
    async fn quiet(self: &Arc<Self>) -> Result<Followed> {
        let webhooks = self.webhook_state().await?;
        Ok(Followed {
            at: UnixSeconds(self.now()),
            events: Count(0),
            arrived: Vec::new(),
            changed: Count(0),
            waiting_events: webhooks.waiting,
            proven: None,
            problem: None,
            webhooks: webhooks.listening.then_some(webhooks.address),
            webhooks_problem: webhooks.problem,
        })
    }
}

fn shown(state: WatchState) -> Watch {
    Watch {
        running: state.running,
        paused: state.paused,
        focused: state.focused,
        poll_seconds: Count(state.poll_seconds),
        last_poll_at: state.last_poll_at.map(UnixSeconds),
        next_poll_at: state.next_poll_at.map(UnixSeconds),
        last_problem: state.last_problem,
        waiting_events: Count(state.waiting_events),
    }
}
