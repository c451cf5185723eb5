//! From what is asked for to the spans that are proven.

use std::collections::BTreeMap;

use books::{
    Books, Cursor, CursorWrite, Month, OPEN_INVOICES, PROVEN_LISTS, ProofRun, ProofSpan,
    proven_list,
};
use stripe::List;

use super::owners::owners_of;
use crate::error::SyncError;
use crate::own::OwnList;

/// A proof that was broken off longer ago is begun anew: too much of it is out of date.
const RESUMABLE_S: i64 = 86_400;

/// What is to be proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProofRequest {
    /// Every list, whole.
    All,
    /// One list, whole.
    List(String),
    /// A month of one list, or of every list that is proven by months.
    Month {
        /// The list's stable name; none: all of them.
        list: Option<String>,
        /// The month.
        month: Month,
    },
    /// What is due, the most overdue first, for so many reads at most, and what was broken off.
    Due {
        /// Reads.
        reads: u64,
    },
}

/// What is done about a request.
#[derive(Debug, Default)]
pub(super) struct Planned {
    /// Proofs that were broken off.
    pub(super) go_on: Vec<ProofRun>,
    /// Proofs to begin.
    pub(super) begin: Vec<Vec<ProofSpan>>,
}

/// Decides what to go on with and what to begin; what is too old is given up.
pub(super) async fn plan(
    books: &Books,
    request: &ProofRequest,
    now: i64,
) -> Result<Planned, SyncError> {
    let mut planned = Planned::default();
    let wanted = match request {
        ProofRequest::Due { reads } => due(books, now, *reads).await?,
        _ => vec![spans(request)?],
    };
    for run in books.open_proofs().await? {
        let is_wanted = matches!(request, ProofRequest::Due { .. }) || wanted.contains(&run.spans);
        let is_fresh = now - run.begun_at < RESUMABLE_S && !run.spans.is_empty();
        // A proof of everything holds every other.
        let is_held = *request == ProofRequest::All && !is_wanted;
        if !is_fresh || is_held {
            books.abandon_proof(run.num, &clear(run.num)).await?;
        } else if is_wanted {
            planned.go_on.push(run);
        }
    }
    let goes_on = |spans: &[ProofSpan]| {
        let runs = planned.go_on.iter();
        spans
            .iter()
            .all(|span| runs.clone().any(|run| run.spans.contains(span)))
    };
    planned.begin = wanted.into_iter().filter(|spans| !goes_on(spans)).collect();
    Ok(planned)
}

fn whole(list: &str) -> ProofSpan {
    ProofSpan {
        list: list.to_owned(),
        from: None,
        before: None,
    }
}

/// Is the whole list in it?
pub(super) fn is_whole(span: &ProofSpan) -> bool {
    span.from.is_none() && span.before.is_none()
}

/// Is every list in it that the key may read? The open invoices are among all invoices.
pub(super) async fn is_all(books: &Books, spans: &[ProofSpan]) -> Result<bool, SyncError> {
    let states = books.lists().await?;
    let is_refused = |name: &str| {
        let mut states = states.iter();
        states.any(|state| state.list == name && state.refused.is_some())
    };
    let mut lists = PROVEN_LISTS
        .into_iter()
        .filter(|list| list.name != OPEN_INVOICES && !is_refused(list.name));
    Ok(lists.all(|list| {
        spans
            .iter()
            .any(|span| span.list == list.name && is_whole(span))
    }))
}

fn spans(request: &ProofRequest) -> Result<Vec<ProofSpan>, SyncError> {
    let of_month = |list: &str, month: Month| ProofSpan {
        list: list.to_owned(),
        from: Some(month),
        before: Some(month.next()),
    };
    let unknown = |name: &str| SyncError::UnknownList {
        list: name.to_owned(),
    };
    Ok(match request {
        ProofRequest::All => {
            let lists = PROVEN_LISTS
                .into_iter()
                .filter(|list| list.name != OPEN_INVOICES);
            lists.map(|list| whole(list.name)).collect()
        }
        ProofRequest::List(name) => {
            vec![whole(proven_list(name).ok_or_else(|| unknown(name))?.name)]
        }
        ProofRequest::Month {
            list: Some(name),
            month,
        } => {
            let list = proven_list(name).ok_or_else(|| unknown(name))?;
            match list.by_month {
                true => vec![of_month(name, *month)],
                false => vec![whole(name)],
            }
        }
        ProofRequest::Month { list: None, month } => {
            let lists = PROVEN_LISTS.into_iter().filter(|list| list.by_month);
            lists.map(|list| of_month(list.name, *month)).collect()
        }
        ProofRequest::Due { .. } => Vec::new(),
    })
}

/// What is due for so many reads: one proof a list, of the months that the reads suffice for. The
/// most overdue one is proven whatever it takes, or a dear month would never be.
async fn due(books: &Books, now: i64, reads: u64) -> Result<Vec<Vec<ProofSpan>>, SyncError> {
    let mut left = reads;
    let mut lists: BTreeMap<&'static str, Vec<ProofSpan>> = BTreeMap::new();
    for (n, due) in books.due_proofs(now).await?.into_iter().enumerate() {
        if due.reads > left && (n > 0 || reads == 0) {
            continue;
        }
        left = left.saturating_sub(due.reads);
        let span = match due.month {
            Month::WHOLE => whole(due.list.name),
            month => ProofSpan {
                list: due.list.name.to_owned(),
                from: Some(month),
                before: Some(month.next()),
            },
        };
        lists.entry(due.list.name).or_default().push(span);
    }
    Ok(lists.into_values().collect())
}

/// Reads that a request takes, about: a hundred objects a read, one for each customer or payout
/// whose own list is read, and three for the events and the clock.
///
/// # Errors
/// The books'.
pub async fn proof_cost(books: &Books, request: &ProofRequest, now: i64) -> Result<u64, SyncError> {
    const EVENTS: u64 = 3;
    let known = books.completeness(now).await?;
    let wanted = match request {
        ProofRequest::Due { reads } => due(books, now, *reads).await?.concat(),
        _ => spans(request)?,
    };
    let cost = |span: &ProofSpan| {
        let mut lists = known.lists.iter();
        let list = lists.find(|list| list.list.name == span.list && !list.list.by_owner)?;
        if is_whole(span) {
            return Some(list.reads());
        }
        let months = list.months.iter().filter(|month| span.holds(month.month));
        Some(months.map(|month| month.reads).sum::<u64>().max(1))
    };
    let mut reads = wanted.iter().filter_map(cost).sum::<u64>() + EVENTS;
    // What customers have left of credits is in the price of the grants.
    for list in [OwnList::Balance, OwnList::Methods, OwnList::Payout] {
        reads += owners_of(books, &wanted, list, now).await?.len() as u64;
    }
    Ok(reads)
}

/// The name under which a proof keeps how far it is in a list.
pub(super) fn cursor_name(run: i64, list: &str) -> String {
    format!("proof {run} {list}")
}

/// Where the listing of new spans begins.
pub(super) fn cursors_of(run: i64, spans: &[ProofSpan]) -> Vec<CursorWrite> {
    let mut slices: BTreeMap<&str, i64> = BTreeMap::new();
    // What is read owner by owner is listed nowhere.
    let listed = spans.iter().filter(|span| list_named(&span.list).is_some());
    let cursors = listed.map(|span| {
        let slice = slices.entry(&span.list).or_default();
        *slice += 1;
        CursorWrite::Put(Cursor {
            list: cursor_name(run, &span.list),
            slice: *slice - 1,
            created_from: span.from.map(Month::start),
            created_to: span.before.map(Month::start),
            after_id: None,
            pages: 0,
            objects: 0,
            done: false,
        })
    });
    cursors.collect()
}

/// Forgets how far a proof is.
pub(super) fn clear(run: i64) -> Vec<CursorWrite> {
    let lists = PROVEN_LISTS.into_iter();
    lists
        .map(|list| CursorWrite::Clear {
            list: cursor_name(run, list.name),
        })
        .collect()
}

/// The list with this stable name.
pub(super) fn list_named(name: &str) -> Option<List> {
    match name {
        OPEN_INVOICES => Some(List::OpenInvoices),
        name => crate::lists::list_named(name),
    }
}
