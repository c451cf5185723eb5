//! Where a load begins: at the newest event and every list's top, or where the last one stopped.

use books::{Books, CursorWrite, EventCursor};
use stripe::{Gateway, List, ListQuery};

use crate::backfill::{Clock, LoadOptions};
use crate::error::SyncError;
use crate::events::{begin_history, newest_covered};
use crate::lists::list_named;
use crate::plan::Plan;

/// When the load that is under way began, UTC seconds.
const STARTED_AT: &str = "load_started_at";
/// Whose books these are.
const STRIPE_ACCOUNT: &str = "load_stripe_account";

/// A load that can begin.
#[derive(Debug)]
pub(crate) struct Beginning {
    pub(crate) plan: Plan,
    /// What its lists will be complete as of.
    pub(crate) as_of: i64,
    /// Does it go on with an earlier one?
    pub(crate) resumed: bool,
}

/// Finds out where to begin, and stores it. Nothing is written before the account and the mode
/// are known to be those of the books.
pub(crate) async fn begin(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    options: LoadOptions,
) -> Result<Beginning, SyncError> {
    let page_objects = options.page_objects;
    check_mode(gateway, books).await?;
    let stored = books.cursors().await?;
    let known: Vec<_> = stored
        .iter()
        .filter_map(|cursor| Some((list_named(&cursor.list)?, cursor)))
        .collect();
    if !known.is_empty() {
        check_account(gateway, books).await?;
        return go_on(books, clock, Plan::restored(page_objects, &known)).await;
    }
    let (account, newest) =
        tokio::try_join!(check_account(gateway, books), newest_event(gateway, clock))?;
    let mut plan = Plan::fresh(page_objects);
    if options.missing_only {
        plan = Plan::restored(page_objects, &[]);
        missing_lists(books)
            .await?
            .into_iter()
            .for_each(|list| plan.add(list));
    }
    let as_of = newest.at;
    books.set_livemode(gateway.mode().is_live()).await?;
    if let Some(account) = account {
        books.set_setting(STRIPE_ACCOUNT, &account).await?;
    }
    books.set_setting(STARTED_AT, &as_of.to_string()).await?;
    let mut writes = plan.cursors();
    // What changes from now on comes with the events after this one. An older cursor stays: the
    // events behind it are still to be read.
    if books.event_cursor().await?.is_none() {
        begin_history(books, as_of).await?;
        writes.push(CursorWrite::Event(newest));
    }
    books.write_cursors(&writes).await?;
    Ok(Beginning {
        plan,
        as_of,
        resumed: false,
    })
}

/// Lists that were never read to their end, or that the key was not allowed to read.
///
/// # Errors
/// When the books cannot be read.
pub async fn missing_lists(books: &Books) -> Result<Vec<List>, SyncError> {
    let states = books.lists().await?;
    let is_whole = |list: &List| {
        let state = states.iter().find(|state| state.list == list.as_str());
        state.is_some_and(|state| state.complete_as_of.is_some() && state.refused.is_none())
    };
    Ok(List::LOADED
        .into_iter()
        .filter(|list| !is_whole(list))
        .collect())
}

/// Goes on with an earlier load. A list that was refused then is asked for again: the key may have
/// been given the permission since.
async fn go_on(books: &Books, clock: &Clock, mut plan: Plan) -> Result<Beginning, SyncError> {
    for state in books.lists().await? {
        if let (Some(list), Some(_)) = (list_named(&state.list), state.refused) {
            plan.add(list);
        }
    }
    let started = books
        .setting(STARTED_AT)
        .await?
        .and_then(|at| at.parse().ok());
    let as_of = started.unwrap_or_else(|| clock());
    Ok(Beginning {
        plan,
        as_of,
        resumed: true,
    })
}

pub(crate) async fn check_mode(gateway: &Gateway, books: &Books) -> Result<(), SyncError> {
    match books.livemode().await? {
        Some(live) if live != gateway.mode().is_live() => Err(SyncError::Mode {
            expected: stripe::Mode::of(live),
            found: gateway.mode(),
        }),
        _ => Ok(()),
    }
}

/// The key's account, where it may be read; never another one than the books'.
async fn check_account(gateway: &Gateway, books: &Books) -> Result<Option<String>, SyncError> {
    let found = match gateway.account().await {
        Ok(account) => account.id,
        Err(error) if error.missing_permissions().is_some() => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    match books.setting(STRIPE_ACCOUNT).await? {
        Some(expected) if expected != found => Err(SyncError::OtherAccount { expected, found }),
        _ => Ok(Some(found)),
    }
}

/// From which event the first poll is to walk, as every later one does; the time alone where there
/// is none, or it may not be read.
async fn newest_event(gateway: &Gateway, clock: &Clock) -> Result<EventCursor, SyncError> {
    let query = ListQuery::default();
    let (events, of_customer) = tokio::join!(
        gateway.list_page(List::Events, &query),
        first_livemode(gateway)
    );
    let (id, of_event, at) = match events {
        Ok(page) => {
            let at = page.date.unwrap_or_else(|| clock());
            let of_event = page.first().and_then(|event| event.livemode);
            (newest_covered(&page, at), of_event, at)
        }
        Err(error) if error.missing_permissions().is_some() => (None, None, clock()),
        Err(error) => return Err(error.into()),
    };
    for livemode in [of_event, of_customer?].into_iter().flatten() {
        assert_mode(gateway, livemode)?;
    }
    Ok(EventCursor { id, at })
}

/// An account without events may still hold customers, which say what they are.
async fn first_livemode(gateway: &Gateway) -> Result<Option<bool>, SyncError> {
    let one = ListQuery {
        limit: 1,
        ..ListQuery::default()
    };
    match gateway.list_page(List::Customers, &one).await {
        Ok(page) => Ok(page.first().and_then(|customer| customer.livemode)),
        Err(error) if error.missing_permissions().is_some() => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Holds an object's mode against the key's.
pub(crate) fn assert_mode(gateway: &Gateway, livemode: bool) -> Result<(), SyncError> {
    gateway.assert_mode(livemode).map_err(|error| match error {
        stripe::Error::Mode { expected, found } => SyncError::Mode { expected, found },
        other => other.into(),
    })
}
