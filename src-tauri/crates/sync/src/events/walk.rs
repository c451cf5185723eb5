//! Walking Stripe's list of events from where the last good poll stopped, into the log.
//!
//! The cursor is the newest event that was older than the overlap when a poll began, so that the
//! next poll sees again whatever happened shortly before it: an event that shows late is seen
//! then, and the log knows the others by their ids. From the cursor the list is walked towards
//! newer events, whose pages are stored with the cursor behind them. Where there is no event to
//! walk from, the list is walked back to the last good poll, and the cursor moves at the end.

use books::{Books, CursorWrite, EventCursor, FullNeeded, NewEvent, Road};
use stripe::{CreatedRange, Cursor, Gateway, List, ListQuery, Page, Peek};

use super::history::last_of_history;
use super::{AWAY_MAX_S, OVERLAP_S};
use crate::backfill::Clock;
use crate::error::SyncError;

/// How often a walk back is begun again because its cursor vanished.
const RESTARTS_MAX: u32 = 3;

/// What a walk brought.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Walked {
    /// Events that were not known.
    pub(super) new: u64,
    pub(super) pages: u64,
}

/// Brings every event since the last good poll into the log, and says when that was.
pub(super) async fn walk(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
) -> Result<Walked, SyncError> {
    let cursor = books.event_cursor().await?.ok_or(SyncError::NotLoaded)?;
    let mut walk = Walk {
        gateway,
        books,
        clock,
        history: last_of_history(books).await?,
        last_good: cursor.at,
        begun: None,
        keep: cursor.id.clone(),
        walked: Walked::default(),
    };
    let forwards = match cursor.id {
        Some(id) => walk.forwards(id).await?,
        None => false,
    };
    if !forwards {
        walk.backwards().await?;
    }
    Ok(walk.walked)
}

struct Walk<'a> {
    gateway: &'a Gateway,
    books: &'a Books,
    clock: &'a Clock,
    /// What happened up to then was there for the first load to read.
    history: Option<i64>,
    /// When the last good poll began.
    last_good: i64,
    /// When this one did, by Stripe's clock.
    begun: Option<i64>,
    /// The event from which the next poll is to walk.
    keep: Option<String>,
    walked: Walked,
}

impl Walk<'_> {
    /// Walks from an event towards newer ones. False: Stripe does not know the event any more.
    async fn forwards(&mut self, id: String) -> Result<bool, SyncError> {
        let mut before = id;
        loop {
            let query = ListQuery {
                cursor: Some(Cursor::Before(before.clone())),
                ..ListQuery::default()
            };
            let page = match self.gateway.list_page(List::Events, &query).await {
                Ok(page) => page,
                Err(error) if error.is_missing_resource() => return Ok(false),
                Err(error) => return Err(error.into()),
            };
            self.arrive(&page);
            let newest = page.first();
            if let Some(covered) = newest_covered(&page, self.at()) {
                self.keep = Some(covered);
            }
            let at_end = !page.has_more;
            self.store(&page, Some(at_end)).await?;
            if at_end {
                return Ok(true);
            }
            let newest = newest.ok_or(SyncError::NoWayOn { list: List::Events })?;
            before = newest.id;
        }
    }

    /// Walks from the newest event back to the last good poll, less the overlap.
    async fn backwards(&mut self) -> Result<(), SyncError> {
        let from = self.last_good.saturating_sub(OVERLAP_S);
        let (mut after, mut restarts) = (None::<Peek>, 0);
        self.keep = None;
        loop {
            let query = ListQuery {
                created: CreatedRange {
                    from: Some(from),
                    before: None,
                },
                cursor: after.as_ref().map(|peek| Cursor::After(peek.id.clone())),
                ..ListQuery::default()
            };
            let page = match self.gateway.list_page(List::Events, &query).await {
                Ok(page) => page,
                Err(error) if error.is_missing_resource() && after.is_some() => {
                    if self.is_expired(after.as_ref()) {
                        // What is older than this has left the list as well.
                        return self.store_end().await;
                    }
                    restarts += 1;
                    if restarts > RESTARTS_MAX {
                        return Err(error.into());
                    }
                    after = None;
                    continue;
                }
                Err(error) => return Err(error.into()),
            };
            self.arrive(&page);
            if self.keep.is_none() {
                self.keep = newest_covered(&page, self.at());
            }
            let has_more = page.has_more;
            self.store(&page, None).await?;
            if !has_more {
                return self.store_end().await;
            }
            let last = page.last();
            after = Some(last.ok_or(SyncError::NoWayOn { list: List::Events })?);
        }
    }

    fn arrive(&mut self, page: &Page) {
        let at = page.date.unwrap_or_else(|| (self.clock)());
        self.begun.get_or_insert(at);
        self.walked.pages += 1;
    }

    /// When this poll began.
    fn at(&self) -> i64 {
        self.begun.unwrap_or_else(|| (self.clock)())
    }

    fn is_expired(&self, peek: Option<&Peek>) -> bool {
        let created = peek.and_then(|peek| peek.created);
        created.is_some_and(|created| self.at() - created > AWAY_MAX_S)
    }

    /// Stores a page's events, the oldest first. A walk towards newer events stores with each page
    /// from where to go on; `Some(true)` is its end.
    async fn store(&mut self, page: &Page, at_end: Option<bool>) -> Result<(), SyncError> {
        let received_at = page.date.unwrap_or_else(|| (self.clock)());
        let mut events = Vec::with_capacity(page.items.len());
        for item in page.items.iter().rev() {
            match NewEvent::read(item.clone(), Road::Poll, true, received_at) {
                Ok(event) => events.push(match self.history {
                    Some(last) if event.created <= last => event.as_history(),
                    _ => event,
                }),
                // It costs itself and a warning, never its page.
                Err(error) => tracing::warn!(%error, "an event could not be read"),
            }
        }
        let cursors = match at_end {
            None => Vec::new(),
            Some(false) => vec![self.cursor(self.last_good)],
            Some(true) => self.end(),
        };
        let queued = self.books.queue_events(&events, &cursors).await?;
        self.walked.new += queued.new;
        Ok(())
    }

    async fn store_end(&self) -> Result<(), SyncError> {
        Ok(self.books.write_cursors(&self.end()).await?)
    }

    fn cursor(&self, at: i64) -> CursorWrite {
        CursorWrite::Event(EventCursor {
            id: self.keep.clone(),
            at,
        })
    }

    /// Where a good poll leaves the books: the list was walked to its end.
    fn end(&self) -> Vec<CursorWrite> {
        let at = self.at();
        let mut writes = vec![self.cursor(at)];
        if at - self.last_good > AWAY_MAX_S {
            let days = (at - self.last_good) / 86_400;
            let why =
                format!("the books were away for {days} days and Stripe lists the events of 30");
            writes.push(CursorWrite::FullNeeded(Some(FullNeeded { since: at, why })));
        }
        writes
    }
}

/// The page's newest event that was older than the overlap when the poll began, at `at`: whatever
/// happened before it has shown by now.
pub(crate) fn newest_covered(page: &Page, at: i64) -> Option<String> {
    let mut peeks = page.items.iter().filter_map(Peek::at);
    peeks
        .find(|peek| peek.created.is_some_and(|created| created < at - OVERLAP_S))
        .map(|peek| peek.id)
}
