//! From pages to the books: two workers decode and compress, one writer stores whole pages with
//! the plan behind them, a batch a transaction, in the order in which they came.

use std::collections::{BTreeMap, HashMap};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use books::{
    Books, CursorWrite, HistoryHead, Prepared, ProofPage, Raw, ReadPurpose, Source, Unreadable,
};
use futures::StreamExt;
use objects::Kind;
use stripe::{Gateway, List, Peek};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::backfill::{Clock, LoadOptions};
use crate::error::SyncError;
use crate::lists::kind_of;
use crate::progress::Tally;
use crate::workers::Workers;

/// Pages that are decoded at once.
const PREPARERS: usize = 2;
/// Pages that wait to be decoded.
const PAGES_WAITING: usize = 2;
/// Decoded pages that wait for the writer: the next batch is prepared while one is stored, or the
/// two would take turns.
const PREPARED_WAITING: usize = 15;

/// A page, or a change of the plan alone.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// Which list it is of.
    pub(crate) list: Option<List>,
    /// Its objects and their lists.
    pub(crate) raws: Vec<Raw>,
    /// Objects on the page.
    pub(crate) objects: usize,
    /// What the page is as of.
    pub(crate) date: Option<i64>,
    /// Where the load stands with it.
    pub(crate) cursors: Vec<CursorWrite>,
    /// How far the history was when a page of a proof was asked for.
    pub(crate) head: Option<HistoryHead>,
}

/// A step whose objects are ready to be written.
struct Ready {
    list: Option<List>,
    prepared: Prepared,
    objects: usize,
    date: Option<i64>,
    cursors: Vec<CursorWrite>,
    proof: Option<Compared>,
}

/// What a proof's page needs beside its objects.
#[derive(Default)]
struct Compared {
    head: HistoryHead,
    listed: Vec<(Kind, String)>,
    unreadable: Vec<Unreadable>,
}

/// What was stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) new_versions: u64,
    pub(crate) undecodable: u64,
}

/// What the writer needs beside the books.
pub(crate) struct Surroundings {
    pub(crate) gateway: Gateway,
    pub(crate) clock: Clock,
    pub(crate) tally: Tally,
    pub(crate) counter: Arc<ReadCounter>,
    pub(crate) options: LoadOptions,
    pub(crate) purpose: Purpose,
}

/// What the pages are for.
pub(crate) enum Purpose {
    /// They are taken in.
    Load,
    /// They are compared with what is held, by the proof of this number, of these lists.
    Proof { run: i64, lists: Vec<&'static str> },
}

/// Counts reads into the books' days and months.
pub(crate) struct ReadCounter {
    counted: AtomicU64,
    purpose: ReadPurpose,
}

impl ReadCounter {
    /// Reads that the gateway made before are somebody else's to count.
    pub(crate) fn new(gateway: &Gateway, purpose: ReadPurpose) -> Self {
        Self {
            counted: AtomicU64::new(gateway.stats().reads),
            purpose,
        }
    }

    /// Stores the reads that were made since the last time.
    pub(crate) async fn store(
        &self,
        books: &Books,
        gateway: &Gateway,
        now: i64,
    ) -> Result<(), SyncError> {
        let before = self.counted.load(Ordering::Relaxed);
        let made = gateway.stats().reads.saturating_sub(before);
        if made > 0 {
            books.count_reads(now, self.purpose, made).await?;
            self.counted.fetch_add(made, Ordering::Relaxed);
        }
        Ok(())
    }
}

/// The stages behind the fetching. Dropped, it stops them; nothing half is stored.
pub(crate) struct Pipeline {
    steps: Option<mpsc::Sender<Step>>,
    stages: JoinSet<Result<Totals, SyncError>>,
}

impl Pipeline {
    pub(crate) fn start(books: &Books, surroundings: Surroundings) -> Self {
        let (steps, waiting) = mpsc::channel(PAGES_WAITING);
        let (ready, prepared) = mpsc::channel(PREPARED_WAITING);
        let mut stages = JoinSet::new();
        stages.spawn(prepare_all(books.clone(), waiting, ready));
        stages.spawn(on_a_thread(write_all(
            books.clone(),
            prepared,
            surroundings,
        )));
        Self {
            steps: Some(steps),
            stages,
        }
    }

    /// Hands a step on; waits while the writer is behind. False: the stages have ended, and
    /// [`Self::finish`] says why.
    pub(crate) async fn send(&self, step: Step) -> bool {
        match &self.steps {
            Some(steps) => steps.send(step).await.is_ok(),
            None => false,
        }
    }

    /// Lets the stages store what was handed on, and says what they did.
    pub(crate) async fn finish(mut self) -> Result<Totals, SyncError> {
        drop(self.steps.take());
        let mut totals = Totals::default();
        let mut failed = None;
        while let Some(ended) = self.stages.join_next().await {
            match ended.map_err(broken).and_then(|ended| ended) {
                Ok(of_stage) => {
                    totals.new_versions += of_stage.new_versions;
                    totals.undecodable += of_stage.undecodable;
                }
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(totals), Err)
    }
}

/// Runs a stage on a thread of its own that gives way: planning a batch takes a core for
/// milliseconds, for which answers to a person would wait. Dropped, it stops the stage where that
/// waits next.
async fn on_a_thread(
    stage: impl Future<Output = Result<Totals, SyncError>> + Send + 'static,
) -> Result<Totals, SyncError> {
    let (answer, answered) = oneshot::channel();
    let (go_on, stopped) = oneshot::channel::<Infallible>();
    let runtime = Handle::current();
    let work = move || {
        books::give_way();
        runtime.block_on(async {
            tokio::select! {
                biased;
                _ = stopped => {}
                ended = stage => drop(answer.send(ended)),
            }
        });
    };
    let unavailable = |error: &dyn std::fmt::Display| SyncError::Broken {
        reason: error.to_string(),
    };
    std::thread::Builder::new()
        .name("store".into())
        .spawn(work)
        .map_err(|error| unavailable(&error))?;
    let ended = answered.await;
    drop(go_on);
    ended.map_err(|error| unavailable(&error))?
}

pub(crate) fn broken(error: JoinError) -> SyncError {
    SyncError::Broken {
        reason: error.to_string(),
    }
}

/// Decodes and compresses on threads that give way, and keeps the order.
async fn prepare_all(
    books: Books,
    mut steps: mpsc::Receiver<Step>,
    ready: mpsc::Sender<Ready>,
) -> Result<Totals, SyncError> {
    let mut totals = Totals::default();
    let workers = Workers::start(PREPARERS)?;
    let steps = futures::stream::poll_fn(move |context| steps.poll_recv(context));
    let mut prepared = steps
        .map(|step| {
            let books = books.clone();
            workers.run(move || prepare(&books, step))
        })
        .buffered(PREPARERS);
    while let Some(step) = prepared.next().await {
        let step = step?;
        totals.undecodable += report_faults(&step);
        if ready.send(step).await.is_err() {
            // The writer failed, and says why itself.
            break;
        }
    }
    Ok(totals)
}

fn prepare(books: &Books, step: Step) -> Ready {
    let Step {
        list,
        raws,
        objects,
        date,
        cursors,
        head,
    } = step;
    let kept = head.map(|head| (head, raws.clone()));
    let prepared = books.prepare(raws);
    let proof = kept
        .zip(list)
        .map(|((head, raws), list)| compared(list, head, &prepared, &raws));
    Ready {
        list,
        prepared,
        objects,
        date,
        cursors,
        proof,
    }
}

/// What a page of a proof lists, and what of it could not be read.
fn compared(list: List, head: HistoryHead, prepared: &Prepared, raws: &[Raw]) -> Compared {
    let ids = kind_of(list).map(|kind| (kind, prepared.ids_of(kind)));
    let listed = ids.into_iter().flat_map(|(kind, ids)| {
        let ids = ids.into_iter();
        ids.map(move |id| (kind, id))
    });
    let unreadable = match prepared.failed.is_empty() {
        true => Vec::new(),
        // Few at most: they are looked for where it is known that there are some.
        false => raws
            .iter()
            .filter_map(|raw| unread(list.as_str(), raw))
            .collect(),
    };
    Compared {
        head,
        listed: listed.collect(),
        unreadable,
    }
}

/// What is said of an object of a list that cannot be read.
pub(crate) fn unread(list: &'static str, raw: &Raw) -> Option<Unreadable> {
    let Raw::Object { kind, json } = raw else {
        return None;
    };
    objects::decode(*kind, json).err()?;
    let peek = Peek::at(json);
    Some(Unreadable {
        list,
        created: peek.as_ref().and_then(|peek| peek.created),
        id: peek.map(|peek| peek.id).unwrap_or_default(),
    })
}

/// One bad object costs itself and a warning, never its page.
fn report_faults(step: &Ready) -> u64 {
    for failed in &step.prepared.failed {
        tracing::warn!(kind = %failed.kind, error = %failed.error, "an object could not be read");
    }
    for warning in &step.prepared.warnings {
        tracing::warn!(
            kind = %warning.kind,
            id = warning.id,
            field = warning.field,
            "a field could not be read"
        );
    }
    step.prepared.failed.len() as u64
}

/// Pages that share a transaction.
#[derive(Default)]
struct Batch {
    prepared: Option<Prepared>,
    objects: usize,
    per_list: BTreeMap<List, u64>,
    date: Option<i64>,
    cursors: Vec<CursorWrite>,
    proof: Option<Compared>,
}

impl Batch {
    fn add(&mut self, step: Ready) {
        self.objects += step.objects;
        if let Some(list) = step.list {
            *self.per_list.entry(list).or_default() += step.objects as u64;
        }
        // The earliest: a state must not pass for newer than it is.
        self.date = match (self.date, step.date) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        self.cursors.extend(step.cursors);
        if let Some(step) = step.proof {
            match &mut self.proof {
                Some(proof) => {
                    proof.head = proof.head.earlier(step.head);
                    proof.listed.extend(step.listed);
                    proof.unreadable.extend(step.unreadable);
                }
                none => *none = Some(step),
            }
        }
        match &mut self.prepared {
            Some(prepared) => prepared.merge(step.prepared),
            none => *none = Some(step.prepared),
        }
    }

    /// Of several cursors of one slice the last one counts.
    fn cursors(&mut self) -> Vec<CursorWrite> {
        let mut last: HashMap<(String, i64), usize> = HashMap::new();
        for (place, write) in self.cursors.iter().enumerate() {
            if let CursorWrite::Put(cursor) = write {
                last.insert((cursor.list.clone(), cursor.slice), place);
            }
        }
        let mut place = 0;
        self.cursors.retain(|write| {
            place += 1;
            match write {
                CursorWrite::Put(cursor) => {
                    last.get(&(cursor.list.clone(), cursor.slice)) == Some(&(place - 1))
                }
                _ => true,
            }
        });
        std::mem::take(&mut self.cursors)
    }
}

/// Collects pages until a batch is full or old enough, and stores it.
async fn write_all(
    books: Books,
    mut ready: mpsc::Receiver<Ready>,
    surroundings: Surroundings,
) -> Result<Totals, SyncError> {
    let mut totals = Totals::default();
    let LoadOptions {
        batch_objects,
        batch_wait,
        ..
    } = surroundings.options;
    // At an account's pace there is time to keep the tables' indexes and figures as pages come:
    // the window is quick from the first page, and nothing is left to build at the end. At full
    // speed they are built once, at the end, which takes less in all.
    let settle_early = surroundings.gateway.is_paced();
    while let Some(first) = ready.recv().await {
        let deadline = Instant::now() + batch_wait;
        let mut batch = Batch::default();
        batch.add(first);
        while batch.objects < batch_objects {
            match timeout_at(deadline, ready.recv()).await {
                Ok(Some(step)) => batch.add(step),
                Ok(None) | Err(_) => break,
            }
        }
        totals.new_versions += store(&books, batch, &surroundings).await?;
        if settle_early && !books.is_settled().await? {
            books.settle(&|_| {}, &CancellationToken::new()).await?;
        }
    }
    Ok(totals)
}

async fn store(
    books: &Books,
    mut batch: Batch,
    surroundings: &Surroundings,
) -> Result<u64, SyncError> {
    let now = (surroundings.clock)();
    let cursors = batch.cursors();
    let prepared = batch.prepared.take().unwrap_or_default();
    let seen_at = batch.date.unwrap_or(now);
    let applied = match &surroundings.purpose {
        Purpose::Load => {
            books
                .apply(prepared, Source::Backfill, seen_at, &cursors)
                .await?
        }
        Purpose::Proof { run, lists } => {
            let proof = batch.proof.take().unwrap_or_default();
            let page = ProofPage {
                run: *run,
                lists: lists.clone(),
                head: proof.head,
                listed: proof.listed,
                unreadable: proof.unreadable,
                clears: None,
                at: now,
            };
            books
                .apply_proof(prepared, &page, seen_at, &cursors)
                .await?
        }
    };
    for (list, objects) in batch.per_list {
        surroundings.tally.add(list, objects);
    }
    surroundings
        .counter
        .store(books, &surroundings.gateway, now)
        .await?;
    Ok(applied.new_versions)
}
