//! The first load, and every later one: all lists side by side, until each is read to its end.

use std::sync::Arc;
use std::time::Duration;

use books::{Books, CursorWrite, ReadPurpose};
use stripe::{Gateway, List};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_util::sync::CancellationToken;

use crate::clocks::test_clocks;
use crate::error::SyncError;
use crate::fetch::{Fetched, fetch};
use crate::own::own_lists;
use crate::pipeline::{Pipeline, Purpose, ReadCounter, Step, Surroundings, Totals, broken};
use crate::plan::{Job, Places, Plan};
use crate::progress::{LoadProgress, Phase, REPORT_EVERY, Reporter, Tally};
use crate::resume::{Beginning, assert_mode, begin};

/// The setting of the books that says how many objects of the last whole load could not be read.
pub const SETTING_UNDECODABLE: &str = books::SETTING_UNDECODABLE;

/// UTC seconds, whenever it is asked.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// More requests than may be under way are begun, so that a free place never waits.
const PLACES_AHEAD: usize = 4;
/// The longest that a load waits at its end to store how many reads it made.
const COUNTING_MAX: Duration = Duration::from_millis(500);
/// Requests that are begun at most: each may hold a page.
const PLACES_MAX: usize = 32;

/// How much is read and stored at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadOptions {
    /// Objects on a page, 1 to 100.
    pub page_objects: u8,
    /// Objects in one transaction, about: whole pages only.
    pub batch_objects: usize,
    /// The longest that a page waits for others to share its transaction.
    pub batch_wait: Duration,
    /// Read only the lists that were never whole or were refused.
    pub missing_only: bool,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            page_objects: 100,
            batch_objects: 1_500,
            batch_wait: Duration::from_secs(1),
            missing_only: false,
        }
    }
}

/// What a load did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadOutcome {
    /// Objects read and stored in this run.
    pub objects: u64,
    /// States that the history did not hold.
    pub new_versions: u64,
    /// Objects that could not be read; the log names them.
    pub undecodable: u64,
    /// Requests of this run.
    pub requests: u64,
    /// Reads of this run that count against Stripe's allocation.
    pub reads: u64,
    /// Answers 429 in this run.
    pub throttled: u64,
    /// What the lists are complete as of, UTC seconds.
    pub as_of: i64,
    /// Did it go on with an earlier load?
    pub resumed: bool,
    /// Lists that the key may not read, with the missing permission.
    pub refused: Vec<(List, String)>,
}

/// Reads every list of the account into the books, or goes on where an earlier load stopped.
///
/// Progress is sent at most 20 times a second. Cancelling ends it within a second; what was
/// stored until then is gone on with next time. A second load changes nothing that did not change
/// at Stripe.
///
/// # Errors
/// [`SyncError`]. Everything that was read before the error is stored, and the next load goes on
/// behind it. A missing permission for one list is no error: that list is refused, the others go
/// on.
pub async fn backfill(
    gateway: &Gateway,
    books: &Books,
    clock: Clock,
    progress: watch::Sender<LoadProgress>,
    cancel: CancellationToken,
) -> Result<LoadOutcome, SyncError> {
    backfill_with(
        gateway,
        books,
        clock,
        progress,
        cancel,
        LoadOptions::default(),
    )
    .await
}

/// As [`backfill`], with other sizes: a load that was begun with some can be gone on with others.
///
/// # Errors
/// As [`backfill`].
pub async fn backfill_with(
    gateway: &Gateway,
    books: &Books,
    clock: Clock,
    progress: watch::Sender<LoadProgress>,
    cancel: CancellationToken,
    options: LoadOptions,
) -> Result<LoadOutcome, SyncError> {
    let counter = Arc::new(ReadCounter::new(gateway, ReadPurpose::Load));
    let surroundings = Surroundings {
        gateway: gateway.clone(),
        clock: Arc::clone(&clock),
        tally: Tally::new(),
        counter: Arc::clone(&counter),
        options,
        purpose: Purpose::Load,
    };
    let run = run(books, surroundings, progress, &cancel);
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => Err(SyncError::Cancelled),
        outcome = run => outcome,
    };
    // Whatever happened, the reads were made. A writer that is still busy with what was stopped is
    // not waited for: a stop takes less than a second.
    match timeout(COUNTING_MAX, counter.store(books, gateway, clock())).await {
        Ok(counted) => outcome.and_then(|outcome| counted.map(|()| outcome)),
        Err(_) => outcome,
    }
}

async fn run(
    books: &Books,
    surroundings: Surroundings,
    progress: watch::Sender<LoadProgress>,
    cancel: &CancellationToken,
) -> Result<LoadOutcome, SyncError> {
    let Surroundings {
        gateway,
        clock,
        tally,
        options,
        ..
    } = &surroundings;
    let (gateway, tally, clock) = (gateway.clone(), tally.clone(), Arc::clone(clock));
    let mut reporter = Reporter::new(progress, tally.clone(), &gateway, &books.lists().await?);
    reporter.phase(Phase::Starting);
    let Beginning {
        plan,
        as_of,
        resumed,
    } = begin(&gateway, books, &clock, *options).await?;
    let mut load = Load {
        gateway,
        plan,
        pipeline: Pipeline::start(books, surroundings),
        fetches: JoinSet::new(),
        reporter,
        as_of,
    };
    let ended = load.lists().await;
    let Load {
        gateway,
        pipeline,
        fetches,
        mut reporter,
        ..
    } = load;
    drop(fetches);
    // Pages that were read are stored, also when the load ends by an error.
    let stored = pipeline.finish().await;
    let mut totals = ended.and(stored)?;
    keep_undecodable(books, totals.undecodable, resumed).await?;
    reporter.phase(Phase::Finishing);
    // First: the pages that this frees take up what is built next.
    books.compact(cancel).await?;
    settle(books, cancel).await?;
    totals.new_versions += test_clocks(&gateway, books, &clock).await?;
    totals.new_versions += own_lists(&gateway, books, &clock, as_of).await?;
    let clear = |list: List| CursorWrite::Clear {
        list: list.as_str().to_owned(),
    };
    books.write_cursors(&List::LOADED.map(clear)).await?;
    reporter.phase(Phase::Done);
    outcome(books, &reporter, &tally, totals, as_of, resumed).await
}

/// What could not be read is missing from the tables, and must be said as long as they are shown.
async fn keep_undecodable(books: &Books, of_run: u64, resumed: bool) -> Result<(), SyncError> {
    let earlier = match resumed {
        true => books
            .setting(SETTING_UNDECODABLE)
            .await?
            .and_then(|count| count.parse().ok()),
        false => None,
    };
    let count = of_run + earlier.unwrap_or(0_u64);
    Ok(books
        .set_setting(SETTING_UNDECODABLE, &count.to_string())
        .await?)
}

async fn settle(books: &Books, cancel: &CancellationToken) -> Result<(), SyncError> {
    let listener = |step: books::SettleProgress| {
        tracing::debug!(
            step = step.step,
            done = step.done,
            of = step.of,
            "the books settle"
        );
    };
    Ok(books.settle(&listener, cancel).await?)
}

async fn outcome(
    books: &Books,
    reporter: &Reporter,
    tally: &Tally,
    totals: Totals,
    as_of: i64,
    resumed: bool,
) -> Result<LoadOutcome, SyncError> {
    let states = books.lists().await?;
    let refused = List::LOADED
        .into_iter()
        .filter_map(|list| {
            let state = states.iter().find(|state| state.list == list.as_str())?;
            Some((list, state.refused.clone()?))
        })
        .collect();
    let (requests, reads, throttled) = reporter.counts();
    let Totals {
        new_versions,
        undecodable,
    } = totals;
    let objects = tally.total();
    Ok(LoadOutcome {
        objects,
        new_versions,
        undecodable,
        requests,
        reads,
        throttled,
        as_of,
        resumed,
        refused,
    })
}

/// A load under way. One task owns the plan, so that what is stored follows in the order in which
/// the plan changed.
struct Load {
    gateway: Gateway,
    plan: Plan,
    pipeline: Pipeline,
    fetches: JoinSet<(Job, Result<Fetched, SyncError>)>,
    reporter: Reporter,
    as_of: i64,
}

impl Load {
    /// Reads until every list is done or refused.
    async fn lists(&mut self) -> Result<(), SyncError> {
        self.report_done();
        let mut ticks = interval(REPORT_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            if !self.begin_fetches().await {
                return Ok(());
            }
            if self.fetches.is_empty() {
                return match self.plan.is_done() {
                    true => Ok(()),
                    false => Err(SyncError::Broken {
                        reason: "nothing is left to read".into(),
                    }),
                };
            }
            tokio::select! {
                Some(ended) = self.fetches.join_next() => {
                    let (job, fetched) = ended.map_err(broken)?;
                    if !self.take(&job, fetched).await? {
                        return Ok(());
                    }
                }
                _ = ticks.tick() => self.reporter.tick(&self.plan),
            }
        }
    }

    /// Begins as many requests as may be under way. False: the writer has ended.
    async fn begin_fetches(&mut self) -> bool {
        let places = Places {
            in_all: (self.gateway.concurrency() + PLACES_AHEAD).min(PLACES_MAX),
            per_list: self.gateway.useful_per_endpoint(),
        };
        while self.fetches.len() < places.in_all {
            let Some((job, cursors)) = self.plan.next(places) else {
                break;
            };
            if !cursors.is_empty()
                && !self
                    .pipeline
                    .send(Step {
                        cursors,
                        ..Step::default()
                    })
                    .await
            {
                return false;
            }
            let gateway = self.gateway.clone();
            self.fetches.spawn(async move {
                let fetched = fetch(&gateway, job.list, &job.query).await;
                (job, fetched)
            });
        }
        true
    }

    /// Takes a page in. False: the writer has ended.
    async fn take(
        &mut self,
        job: &Job,
        fetched: Result<Fetched, SyncError>,
    ) -> Result<bool, SyncError> {
        if self.plan.is_refused(job.list) {
            return Ok(true);
        }
        match fetched {
            Ok(fetched) => self.land(job, fetched).await,
            Err(SyncError::Gateway(error)) if error.missing_permissions().is_some() => {
                self.refuse(job.list, error.missing_permissions().unwrap_or_default())
                    .await
            }
            Err(SyncError::Gateway(error))
                if error.is_missing_resource() && job.query.cursor.is_some() =>
            {
                match self.plan.restart(job.list, job.slice) {
                    true => Ok(true),
                    false => Err(error.into()),
                }
            }
            Err(error) => Err(error),
        }
    }

    async fn land(&mut self, job: &Job, mut fetched: Fetched) -> Result<bool, SyncError> {
        let landing = fetched.trim(self.plan.oldest_second(job.list, job.slice));
        for peek in [&landing.first, &landing.last].into_iter().flatten() {
            if let Some(livemode) = peek.livemode {
                assert_mode(&self.gateway, livemode)?;
            }
        }
        let landed = self
            .plan
            .land(job.list, job.slice, &landing)
            .ok_or(SyncError::NoWayOn { list: job.list })?;
        let mut cursors = landed.cursors;
        if landed.list_done {
            let list = job.list.as_str().to_owned();
            cursors.push(CursorWrite::Complete {
                list,
                as_of: self.as_of,
            });
        }
        let step = Step {
            list: Some(job.list),
            date: fetched.page.date,
            objects: landing.objects,
            raws: fetched.into_raw(job.list),
            cursors,
            head: None,
        };
        let sent = self.pipeline.send(step).await;
        self.report_done();
        Ok(sent)
    }

    /// The key may not read this list: the others go on without it.
    async fn refuse(&mut self, list: List, slugs: &[String]) -> Result<bool, SyncError> {
        let slug = match slugs {
            [] => list.permission().to_owned(),
            slugs => slugs.join(", "),
        };
        tracing::warn!(list = list.as_str(), slug, "the key may not read a list");
        self.plan.refuse(list);
        self.reporter.refused(list, &slug);
        let name = list.as_str().to_owned();
        let cursors = vec![
            CursorWrite::Refused {
                list: name.clone(),
                slug,
            },
            CursorWrite::Clear { list: name },
        ];
        Ok(self
            .pipeline
            .send(Step {
                cursors,
                ..Step::default()
            })
            .await)
    }

    fn report_done(&mut self) {
        for (list, done) in self.plan.lists() {
            if done && !self.plan.is_refused(list) {
                self.reporter.done(list, self.as_of);
            }
        }
        self.reporter.tick(&self.plan);
    }
}
