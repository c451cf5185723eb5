//! The listing of a proof: the load's slices and stages, with a comparison in place of the taking
//! in.

use std::sync::Arc;

use books::{Cursor, CursorWrite, Month, ProofRun, ReadPurpose, proven_list};
use stripe::List;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::request::{cursor_name, list_named};
use super::{Bench, ProofProgress};
use crate::error::SyncError;
use crate::fetch::{Fetched, fetch};
use crate::pipeline::{Pipeline, Purpose, ReadCounter, Step, Surroundings, broken};
use crate::plan::{Job, Places, Plan};
use crate::progress::Tally;
use crate::resume::assert_mode;

/// More requests than may be under way are begun, so that a free place never waits.
const PLACES_AHEAD: usize = 4;
/// Requests that are begun at most: each may hold a page.
const PLACES_MAX: usize = 32;

type Answer = (Job, books::HistoryHead, Result<Fetched, SyncError>);

/// A listing under way.
pub(super) struct Listing {
    bench: Bench,
    run: i64,
    plan: Plan,
    pipeline: Pipeline,
    fetches: JoinSet<Result<Answer, SyncError>>,
    counter: Arc<ReadCounter>,
    progress: watch::Sender<ProofProgress>,
    shown: ProofProgress,
    /// Lists that the key may not read.
    pub(super) refused: Vec<(List, String)>,
    checked: u64,
}

impl Listing {
    /// Begins where the books say that the proof is.
    pub(super) async fn start(
        bench: &Bench,
        run: &ProofRun,
        progress: &watch::Sender<ProofProgress>,
    ) -> Result<Self, SyncError> {
        let Bench {
            gateway,
            books,
            clock,
            options,
        } = bench;
        let mut stored: Vec<(List, Cursor)> = Vec::new();
        let prefix = cursor_name(run.num, "");
        for cursor in books.cursors().await? {
            if let Some(list) = cursor.list.strip_prefix(&prefix).and_then(list_named) {
                stored.push((list, cursor));
            }
        }
        let known: Vec<(List, &Cursor)> = stored
            .iter()
            .map(|(list, cursor)| (*list, cursor))
            .collect();
        let counter = Arc::new(ReadCounter::new(gateway, ReadPurpose::Proof));
        let lists = run.spans.iter().filter_map(|span| proven_list(&span.list));
        let surroundings = Surroundings {
            gateway: gateway.clone(),
            clock: Arc::clone(clock),
            tally: Tally::new(),
            counter: Arc::clone(&counter),
            options: *options,
            purpose: Purpose::Proof {
                run: run.num,
                lists: lists.map(|list| list.name).collect(),
            },
        };
        Ok(Self {
            bench: bench.clone(),
            run: run.num,
            plan: Plan::restored(options.page_objects, &known),
            pipeline: Pipeline::start(books, surroundings),
            fetches: JoinSet::new(),
            counter,
            progress: progress.clone(),
            shown: ProofProgress {
                of: held(bench, run).await?,
                ..ProofProgress::default()
            },
            refused: Vec::new(),
            checked: 0,
        })
    }

    /// Lists until every span is read or refused.
    pub(super) async fn read(&mut self) -> Result<(), SyncError> {
        while !self.plan.is_done() {
            if !self.begin_fetches().await {
                return Ok(());
            }
            let Some(ended) = self.fetches.join_next().await else {
                return Err(SyncError::Broken {
                    reason: "nothing is left to list".into(),
                });
            };
            let (job, head, fetched) = ended.map_err(broken)??;
            if !self.take(&job, head, fetched).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Lets the stages end; objects that were listed in this run.
    pub(super) async fn finish(self, read: Result<(), SyncError>) -> Result<u64, SyncError> {
        let Self {
            bench,
            pipeline,
            counter,
            fetches,
            checked,
            ..
        } = self;
        drop(fetches);
        let stored = pipeline.finish().await;
        counter
            .store(&bench.books, &bench.gateway, (bench.clock)())
            .await?;
        read.and(stored)?;
        Ok(checked)
    }

    /// Begins as many requests as may be under way. False: the writer has ended.
    async fn begin_fetches(&mut self) -> bool {
        let gateway = &self.bench.gateway;
        let places = Places {
            in_all: (gateway.concurrency() + PLACES_AHEAD).min(PLACES_MAX),
            per_list: gateway.useful_per_endpoint(),
        };
        while self.fetches.len() < places.in_all {
            let Some((job, cursors)) = self.plan.next(places) else {
                break;
            };
            let cursors = self.named(cursors);
            if !cursors.is_empty()
                && !self
                    .send(Step {
                        cursors,
                        ..Step::default()
                    })
                    .await
            {
                return false;
            }
            let Bench { gateway, books, .. } = self.bench.clone();
            self.fetches.spawn(async move {
                // Before the page is asked for: what the books take in from now on is newer.
                let head = books.history_head().await?;
                let fetched = fetch(&gateway, job.list, &job.query).await;
                Ok((job, head, fetched))
            });
        }
        true
    }

    /// Takes a page in. False: the writer has ended.
    async fn take(
        &mut self,
        job: &Job,
        head: books::HistoryHead,
        fetched: Result<Fetched, SyncError>,
    ) -> Result<bool, SyncError> {
        if self.plan.is_refused(job.list) {
            return Ok(true);
        }
        match fetched {
            Ok(fetched) => self.land(job, head, fetched).await,
            Err(SyncError::Gateway(error)) if error.missing_permissions().is_some() => {
                let slugs = error.missing_permissions().unwrap_or_default();
                let slug = match slugs {
                    [] => job.list.permission().to_owned(),
                    slugs => slugs.join(", "),
                };
                tracing::warn!(
                    list = job.list.as_str(),
                    slug,
                    "the key may not read a list"
                );
                self.plan.refuse(job.list);
                self.refused.push((job.list, slug));
                Ok(true)
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

    async fn land(
        &mut self,
        job: &Job,
        head: books::HistoryHead,
        mut fetched: Fetched,
    ) -> Result<bool, SyncError> {
        let landing = fetched.trim(self.plan.oldest_second(job.list, job.slice));
        for peek in [&landing.first, &landing.last].into_iter().flatten() {
            if let Some(livemode) = peek.livemode {
                assert_mode(&self.bench.gateway, livemode)?;
            }
        }
        let landed = self
            .plan
            .land(job.list, job.slice, &landing)
            .ok_or(SyncError::NoWayOn { list: job.list })?;
        self.checked += landing.objects as u64;
        self.shown.done += landing.objects as u64;
        self.shown.list = job.list.as_str().to_owned();
        self.shown.month = (landing.last.as_ref())
            .and_then(|last| last.created)
            .map(Month::of);
        self.progress.send_replace(self.shown.clone());
        let step = Step {
            list: Some(job.list),
            date: fetched.page.date,
            objects: landing.objects,
            raws: fetched.into_raw(job.list),
            cursors: self.named(landed.cursors),
            head: Some(head),
        };
        Ok(self.send(step).await)
    }

    async fn send(&self, step: Step) -> bool {
        self.pipeline.send(step).await
    }

    /// The load's cursors under this proof's names.
    fn named(&self, cursors: Vec<CursorWrite>) -> Vec<CursorWrite> {
        let name = |write| match write {
            CursorWrite::Put(cursor) => CursorWrite::Put(Cursor {
                list: cursor_name(self.run, &cursor.list),
                ..cursor
            }),
            other => other,
        };
        cursors.into_iter().map(name).collect()
    }
}

/// Objects that the books hold of what is proven.
async fn held(bench: &Bench, run: &ProofRun) -> Result<u64, SyncError> {
    let known = bench.books.completeness((bench.clock)()).await?;
    let of_span = |span: &books::ProofSpan| {
        let list = known.lists.iter().find(|list| list.list.name == span.list);
        let months = list.into_iter().flat_map(|list| &list.months);
        let held = months.filter(|month| month.month == Month::WHOLE || span.holds(month.month));
        held.map(|month| month.objects).sum::<u64>()
    };
    Ok(run.spans.iter().map(of_span).sum())
}
