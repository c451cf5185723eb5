//! What happened in the weeks before the first load: Stripe lists the events of 30 days, and a log
//! that began empty would say that nothing did.
//!
//! They are taken in as history: the load that began after them brought what came of them, so that
//! nothing is read again and nothing older replaces what is held. Newest first, a hundred a read,
//! 10,000 at most; broken off, it goes on where it was.

use books::{Books, NewEvent, ReadPurpose, Road};
use serde::{Deserialize, Serialize};
use stripe::{CreatedRange, Cursor, Gateway, List, ListQuery};

use super::group::APART_S;
use crate::backfill::Clock;
use crate::error::SyncError;
use crate::pipeline::ReadCounter;

/// The setting of the books that says how far the history was read.
const STANDING: &str = "event_history";
/// A read each: a hundredth of what Stripe allows every account in a month.
const PAGES_MAX: u64 = 100;

/// How far the history was read.
#[derive(Debug, Serialize, Deserialize)]
struct Standing {
    /// When the first load began, UTC seconds.
    before: i64,
    /// Pages that were read.
    pages: u64,
    /// The oldest event of the last one.
    after: Option<String>,
    /// Nothing is left, or no more is wanted.
    whole: bool,
}

impl Standing {
    /// None: these books were first loaded by a build that kept no history.
    async fn read(books: &Books) -> Result<Option<Self>, SyncError> {
        let text = books.setting(STANDING).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    async fn write(&self, books: &Books) -> Result<(), SyncError> {
        let text = serde_json::json!(self).to_string();
        Ok(books.set_setting(STANDING, &text).await?)
    }
}

/// Notes when the first load began.
pub(crate) async fn begin_history(books: &Books, before: i64) -> Result<(), SyncError> {
    let standing = Standing {
        before,
        pages: 0,
        after: None,
        whole: false,
    };
    standing.write(books).await
}

/// The last second of which everything was there for the first load to read; none for books of
/// which it is not known.
pub(super) async fn last_of_history(books: &Books) -> Result<Option<i64>, SyncError> {
    let standing = Standing::read(books).await?;
    Ok(standing.map(|standing| standing.before.saturating_sub(APART_S)))
}

/// Takes what is left of the history into the log, and says how many events that were. Each page
/// waits for its turn: what happens now goes before.
pub(super) async fn read_history(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
) -> Result<u64, SyncError> {
    let mut taken = 0;
    loop {
        let _turn = books.event_turn().await;
        let standing = Standing::read(books).await?;
        let Some(standing) = standing.filter(|standing| !standing.whole) else {
            return Ok(taken);
        };
        let counter = ReadCounter::new(gateway, ReadPurpose::Load);
        let page = page(gateway, books, clock, standing).await;
        counter.store(books, gateway, clock()).await?;
        taken += page?;
    }
}

async fn page(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    mut standing: Standing,
) -> Result<u64, SyncError> {
    let last = standing.before.saturating_sub(APART_S);
    let query = ListQuery {
        created: CreatedRange {
            from: None,
            before: Some(last.saturating_add(1)),
        },
        cursor: standing.after.take().map(Cursor::After),
        ..ListQuery::default()
    };
    let page = match gateway.list_page(List::Events, &query).await {
        Ok(page) => page,
        // It has left the list meanwhile, and with it all that was older.
        Err(error) if error.is_missing_resource() => {
            standing.whole = true;
            standing.write(books).await?;
            return Ok(0);
        }
        Err(error) => return Err(error.into()),
    };
    let received_at = page.date.unwrap_or_else(|| clock());
    let mut events = Vec::with_capacity(page.items.len());
    for item in page.items.iter().rev() {
        match NewEvent::read(item.clone(), Road::Poll, true, received_at) {
            Ok(event) => events.push(event.as_history()),
            Err(error) => tracing::warn!(%error, "an event could not be read"),
        }
    }
    let queued = books.queue_events(&events, &[]).await?;
    standing.pages += 1;
    standing.after = page.last().map(|last| last.id);
    standing.whole = !page.has_more || standing.after.is_none() || standing.pages >= PAGES_MAX;
    if standing.whole && page.has_more {
        tracing::info!(
            events = PAGES_MAX * 100,
            "older events are not taken into the log"
        );
    }
    standing.write(books).await?;
    Ok(queued.new)
}
