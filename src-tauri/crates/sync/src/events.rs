//! Bringing the books up to date by Stripe's events: gap-free and for few reads.
//!
//! Two halves that never depend on each other's luck. [`poll_once`] walks Stripe's list of events
//! from where the last good poll stopped, with an overlap for those that show late, and stores
//! what is new before anything is made of it. [`drain_queue`] applies what is stored, by whatever
//! road it came: one step an object, however many events speak of it. A poll ends with a drain.

mod content;
mod drain;
mod group;
mod history;
mod read;
mod walk;

use books::{Books, FullNeeded, ReadPurpose};
use stripe::Gateway;

use crate::backfill::Clock;
use crate::error::SyncError;
use crate::pipeline::ReadCounter;

pub(crate) use content::Content;
pub(crate) use group::Target;
pub(crate) use history::begin_history;
pub(crate) use read::Found;
pub(crate) use walk::newest_covered;

/// Events may show this much later than what happened: a poll looks so far behind the last one.
/// Stripe publishes no bound.
pub(crate) const OVERLAP_S: i64 = 15 * 60;
/// Stripe lists the events of 30 days. Beyond this the list may have lost what was not seen.
pub(crate) const AWAY_MAX_S: i64 = 29 * 86_400;

/// How soon what happened is to be in the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Freshness {
    /// Somebody watches: what changed just now is read again at once.
    Watched,
    /// Nobody does: it waits until the overlap has passed, when most events carry the state
    /// themselves, for no read at all.
    Unwatched,
}

/// What applying events did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DrainOutcome {
    /// Events with an outcome.
    pub applied: u64,
    /// States that the history did not hold.
    pub changed: u64,
    /// Objects that were taken from the events themselves.
    pub payloads: u64,
    /// Objects that were read again.
    pub refetched: u64,
    /// Events that wait: for the overlap to pass, or to be tried again.
    pub waiting: u64,
    /// Events that could not be applied this time or for good; the log says why.
    pub failed: u64,
    /// Lists that the key may not read, with the missing permission.
    pub refused: Vec<(&'static str, String)>,
}

/// What a poll did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PollOutcome {
    /// Events that were not known.
    pub events: u64,
    /// Of the time before the first load, taken into the log alone.
    pub history: u64,
    /// Pages of the list of events.
    pub pages: u64,
    /// Reads in all that count against Stripe's allocation.
    pub reads: u64,
    /// What applying them did.
    pub drain: DrainOutcome,
    /// Events alone cannot bring the books up to date: every list is to be proven, and why.
    pub needs_full: Option<FullNeeded>,
}

/// Looks for events and applies what waits; the first time after a first load, what happened
/// before it is taken into the log, for up to a hundred reads.
///
/// An idle poll costs one read. Dropping the future before it ends loses nothing: what was read is
/// stored page by page, what was applied stays, and the next poll goes on there.
///
/// # Errors
/// [`SyncError`]: no network, a key that is refused, books that cannot be written. A missing
/// permission for one list is no error, but for the list of events it is.
pub async fn poll_once(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    freshness: Freshness,
) -> Result<PollOutcome, SyncError> {
    let before = gateway.stats().reads;
    let mut outcome = poll(gateway, books, clock, freshness).await?;
    outcome.history = history::read_history(gateway, books, clock).await?;
    outcome.reads = gateway.stats().reads - before;
    Ok(outcome)
}

/// As [`poll_once`], without what happened before the first load.
pub(crate) async fn poll(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    freshness: Freshness,
) -> Result<PollOutcome, SyncError> {
    let _turn = books.event_turn().await;
    let before = gateway.stats().reads;
    let counter = ReadCounter::new(gateway, ReadPurpose::Poll);
    let walked = walk::walk(gateway, books, clock).await;
    // Whatever happened, the reads were made.
    counter.store(books, gateway, clock()).await?;
    let walked = walked?;
    let needs_full = books.full_needed().await?;
    // Lists that are all read again bring what the events say, for fewer reads.
    let drain = match needs_full {
        None => drain(gateway, books, clock, freshness).await?,
        Some(_) => DrainOutcome::default(),
    };
    Ok(PollOutcome {
        events: walked.new,
        history: 0,
        pages: walked.pages,
        reads: gateway.stats().reads - before,
        drain,
        needs_full,
    })
}

/// Applies the events that wait, by whatever road they came.
///
/// # Errors
/// As [`poll_once`].
pub async fn drain_queue(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    freshness: Freshness,
) -> Result<DrainOutcome, SyncError> {
    let _turn = books.event_turn().await;
    drain(gateway, books, clock, freshness).await
}

/// For whoever has the turn.
async fn drain(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    freshness: Freshness,
) -> Result<DrainOutcome, SyncError> {
    let counter = ReadCounter::new(gateway, ReadPurpose::Refetch);
    let drained = drain::drain(gateway, books, clock, freshness).await;
    counter.store(books, gateway, clock()).await?;
    drained
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever follows an account does so beside everything else.
    #[test]
    fn a_poll_can_run_on_any_thread() {
        fn any_thread<T: Send>(_: impl FnOnce(&Gateway, &Books, &Clock) -> T) {}
        any_thread(|gateway, books, clock| {
            let (gateway, books, clock) = (gateway.clone(), books.clone(), Clock::clone(clock));
            async move { poll_once(&gateway, &books, &clock, Freshness::Watched).await }
        });
    }
}
