//! The completeness check: a list, or months of it, is listed again and compared object by object
//! with the books, which are mended on the way.
//!
//! A proof is a load of slices with a comparison and a sweep behind it. Its listing flows through
//! the stages of the load; the books compare, mend and note each page in the transaction that
//! stores where the listing stands. What is held but was not listed, and what changed while it was
//! listed, is then asked for one by one. Broken off at any instant, a proof goes on where it was.

mod clear_up;
mod listing;
mod owners;
mod request;

use books::{Books, CursorWrite, ProofEnd, ProofRun, ReadPurpose};
use futures::future::BoxFuture;
use stripe::{Gateway, List, ListQuery};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::backfill::{Clock, LoadOptions, SETTING_UNDECODABLE};
use crate::error::SyncError;
use crate::events::{Freshness, poll};
use crate::own::OwnList;
use crate::pipeline::ReadCounter;
use crate::resume::check_mode;

use listing::Listing;
pub use request::{ProofRequest, proof_cost};
use request::{cursors_of, is_all, is_whole, plan};

/// How a proof goes: which lists it has come to, and how far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProofProgress {
    /// The list that was read last, by its stable name.
    pub list: String,
    /// The month of the last page.
    pub month: Option<books::Month>,
    /// Objects compared.
    pub done: u64,
    /// Objects that are held of what is proven.
    pub of: u64,
}

/// What a proof came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProofOutcome {
    /// Objects that Stripe listed in this run.
    pub checked: u64,
    /// Everything that did not agree.
    pub differences: u64,
    /// What was put right.
    pub mended: u64,
    /// Of these, objects that were gone at Stripe.
    pub buried: u64,
    /// Changes that happened while the proof ran, which events tell of.
    pub explained: u64,
    /// Differences that are known and could not be mended.
    pub open: u64,
    /// Reads of this run that count against Stripe's allocation.
    pub reads: u64,
    /// Lists that the key may not read, by their stable names, with the missing permission.
    pub refused: Vec<(&'static str, String)>,
}

impl ProofOutcome {
    fn add(&mut self, end: ProofEnd) {
        self.differences += end.differences();
        self.mended += end.mended();
        self.buried += end.gone;
        self.explained += end.explained;
        self.open += end.open;
    }
}

/// What every step of a proof works with.
#[derive(Clone)]
struct Bench {
    gateway: Gateway,
    books: Books,
    clock: Clock,
    options: LoadOptions,
}

/// Proves what is asked for against Stripe, and mends what differs.
///
/// Stripe's events are polled right before and again at the end, so that what happened meanwhile is
/// told from what was missed. A proof that was broken off less than a day ago is gone
/// on with. One proof at a time.
///
/// # Errors
/// [`SyncError`]. What was compared before stays compared, and the next proof goes on behind it. A
/// missing permission for a list is no error: that list is refused.
pub async fn prove(
    gateway: &Gateway,
    books: &Books,
    clock: Clock,
    request: ProofRequest,
    progress: watch::Sender<ProofProgress>,
    cancel: CancellationToken,
) -> Result<ProofOutcome, SyncError> {
    prove_with(
        gateway,
        books,
        clock,
        request,
        progress,
        cancel,
        LoadOptions::default(),
    )
    .await
}

/// As [`prove`], with other sizes.
///
/// # Errors
/// As [`prove`].
pub async fn prove_with(
    gateway: &Gateway,
    books: &Books,
    clock: Clock,
    request: ProofRequest,
    progress: watch::Sender<ProofProgress>,
    cancel: CancellationToken,
    options: LoadOptions,
) -> Result<ProofOutcome, SyncError> {
    let bench = Bench {
        gateway: gateway.clone(),
        books: books.clone(),
        clock,
        options,
    };
    // Boxed: so deep a future is told to be `Send` here, where its lifetimes are known.
    let run: BoxFuture<'_, _> = Box::pin(run_all(&bench, request, &progress));
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(SyncError::Cancelled),
        outcome = run => outcome,
    }
}

async fn run_all(
    bench: &Bench,
    request: ProofRequest,
    progress: &watch::Sender<ProofProgress>,
) -> Result<ProofOutcome, SyncError> {
    check_mode(&bench.gateway, &bench.books).await?;
    let before = bench.gateway.stats().reads;
    let mut outcome = ProofOutcome::default();
    catch_up(bench).await?;
    let now = (bench.clock)();
    let planned = plan(&bench.books, &request, now).await?;
    for run in planned.go_on {
        one(bench, run, progress, &mut outcome).await?;
    }
    for spans in planned.begin {
        let as_of = present(bench).await?;
        let run = bench
            .books
            .begin_proof(&spans, (bench.clock)(), as_of, |num| {
                cursors_of(num, &spans)
            })
            .await?;
        one(bench, run, progress, &mut outcome).await?;
    }
    outcome.reads = bench.gateway.stats().reads - before;
    Ok(outcome)
}

/// Takes in what Stripe's events tell of; a key that may not read them proves without.
async fn catch_up(bench: &Bench) -> Result<(), SyncError> {
    let Bench {
        gateway,
        books,
        clock,
        ..
    } = bench;
    match poll(gateway, books, clock, Freshness::Unwatched).await {
        Ok(_) => Ok(()),
        Err(SyncError::Gateway(error)) if error.missing_permissions().is_some() => {
            tracing::warn!(
                "the key may not read events: a proof cannot tell what happens meanwhile"
            );
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The present by Stripe's clock: what a proof is as of.
async fn present(bench: &Bench) -> Result<i64, SyncError> {
    let counter = ReadCounter::new(&bench.gateway, ReadPurpose::Proof);
    let query = ListQuery {
        limit: 1,
        ..ListQuery::default()
    };
    let page = bench.gateway.list_page(List::TaxRates, &query).await;
    counter
        .store(&bench.books, &bench.gateway, (bench.clock)())
        .await?;
    match page {
        Ok(page) => Ok(page.date.unwrap_or_else(|| (bench.clock)())),
        Err(error) if error.missing_permissions().is_some() => Ok((bench.clock)()),
        Err(error) => Err(error.into()),
    }
}

/// One proof to its end.
async fn one(
    bench: &Bench,
    run: ProofRun,
    progress: &watch::Sender<ProofProgress>,
    outcome: &mut ProofOutcome,
) -> Result<(), SyncError> {
    let Bench {
        gateway,
        books,
        clock,
        ..
    } = bench;
    let mut refused: Vec<(&'static str, String)> = Vec::new();
    if !run.is_listed {
        let mut listing = Listing::start(bench, &run, progress).await?;
        let read = listing.read().await;
        let lists = std::mem::take(&mut listing.refused).into_iter();
        refused.extend(lists.map(|(list, slug)| (list.as_str(), slug)));
        outcome.checked += listing.finish(read).await?;
    }
    // A list that may not be read is proven no further; the others are.
    let mut run = run;
    for (list, slug) in &refused {
        refuse(books, &mut run, list, slug).await?;
    }
    // What is read owner by owner: methods before what is held and not listed is asked for,
    // the rest once it is known whose it is.
    for list in [
        OwnList::Methods,
        OwnList::Balance,
        OwnList::Credits,
        OwnList::Payout,
    ] {
        if list == OwnList::Balance {
            clear_up::clear_up(bench, &run).await?;
        }
        if let Some(slug) = owners::prove(bench, &run, list).await? {
            refuse(books, &mut run, list.as_str(), &slug).await?;
            refused.push((list.as_str(), slug));
        }
    }
    catch_up(bench).await?;
    let all = is_all(books, &run.spans).await?;
    let writes = last_writes(books, &run, all).await?;
    let end = books.end_proof(&run, clock(), &writes).await?;
    if all {
        // What could not be read is noted by the proof itself from now on.
        books.set_setting(SETTING_UNDECODABLE, "0").await?;
    }
    let ProofEnd {
        altered,
        missing,
        gone,
        open,
        explained,
    } = end;
    tracing::info!(
        proof = run.num, altered, missing, gone, open, explained, base = %gateway.base(),
        "a proof ended"
    );
    outcome.add(end);
    outcome.refused.extend(refused);
    Ok(())
}

/// A list turns out not to be readable: the proof goes on without it.
async fn refuse(
    books: &Books,
    run: &mut ProofRun,
    list: &'static str,
    slug: &str,
) -> Result<(), SyncError> {
    let loaded_as = loaded_as_name(list);
    books
        .refuse_in_proof(run.num, list, loaded_as, slug)
        .await?;
    run.spans.retain(|span| span.list != list);
    Ok(())
}

/// What is known of the lists once the proof has ended.
async fn last_writes(
    books: &Books,
    run: &ProofRun,
    all: bool,
) -> Result<Vec<CursorWrite>, SyncError> {
    let whole = run.spans.iter().filter(|span| is_whole(span));
    let mut writes: Vec<CursorWrite> = whole
        .filter(|span| loaded_as_name(&span.list) == span.list)
        .map(|span| CursorWrite::Complete {
            list: span.list.clone(),
            as_of: run.as_of,
        })
        .collect();
    writes.extend(request::clear(run.num));
    let full = books.full_needed().await?;
    if all && full.is_some_and(|full| full.since <= run.begun_at) {
        writes.push(CursorWrite::FullNeeded(None));
    }
    Ok(writes)
}

/// The list with which a list is loaded: the open invoices come with all invoices.
fn loaded_as_name(name: &str) -> &str {
    match name {
        books::OPEN_INVOICES => List::Invoices.as_str(),
        name => name,
    }
}
