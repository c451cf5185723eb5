//! Reading objects again for few reads: a hundred on a page where many of them were created close
//! together, else one by one. Never more reads than objects.

use std::collections::{BTreeMap, HashMap, HashSet};

use books::Raw;
use futures::stream::{self, StreamExt};
use objects::Kind;
use stripe::{CreatedRange, Gateway, List, ListQuery, Peek};

use super::Target;
use crate::error::SyncError;
use crate::fetch::children_of;
use crate::lists::{embedded_in, list_of};
use crate::refetch::{Presence, is_listed_by_ids, refetch, refetch_page, tombstone};

/// Fewer objects than this are read one by one.
const PAGES_WORTH: usize = 8;
/// Objects from which a list is walked in several places side by side.
const RUNS_WORTH: usize = 200;
const RUNS: usize = 4;
/// A page that brings fewer of the wanted objects is no gain.
const WORTH_A_PAGE: usize = 2;
/// Ids that one read takes.
const IDS_MAX: usize = 100;

/// What was read of an object, or of what belongs to it.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// It and its own lists, or that it is gone.
    pub(crate) raws: Vec<Raw>,
    /// The earliest second that it is as of, by Stripe's clock.
    pub(crate) date: Option<i64>,
}

impl Found {
    pub(crate) fn add(&mut self, raws: Vec<Raw>, date: Option<i64>) {
        self.raws.extend(raws);
        self.date = match (self.date, date) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// What came of each object that was to be read.
pub(super) type Objects = HashMap<Target, Result<Found, SyncError>>;

/// Reads objects; of each when it was created is of help, where it is known.
pub(super) async fn read_all(gateway: &Gateway, wanted: &[(Target, Option<i64>)]) -> Objects {
    let mut reads = Objects::new();
    let mut by_kind: BTreeMap<Kind, Vec<(String, Option<i64>)>> = BTreeMap::new();
    for (target, created) in wanted {
        let of_kind = by_kind.entry(target.kind).or_default();
        of_kind.push((target.id.clone(), *created));
    }
    for (kind, objects) in by_kind {
        let found = match list_of(kind) {
            Some(_) if is_listed_by_ids(kind) => by_ids(gateway, kind, &objects).await,
            Some(list) if list.has_created_filter() => {
                by_pages(gateway, list, kind, &objects).await
            }
            _ => HashMap::new(),
        };
        let missing = objects.iter().map(|(id, _)| id);
        let missing = missing
            .filter(|id| !found.contains_key(*id))
            .cloned()
            .collect();
        for (id, found) in found {
            reads.insert(Target { kind, id }, Ok(found));
        }
        one_by_one(gateway, kind, missing, &mut reads).await;
    }
    reads
}

async fn one_by_one(gateway: &Gateway, kind: Kind, ids: Vec<String>, reads: &mut Objects) {
    let mut singles = stream::iter(ids)
        .map(|id| one(gateway.clone(), kind, id))
        .buffer_unordered(gateway.concurrency().max(1));
    while let Some((id, read)) = singles.next().await {
        let stops = matches!(&read, Err(error) if stops(error));
        reads.insert(Target { kind, id }, read);
        if stops {
            // No other read would fare better.
            return;
        }
    }
}

async fn one(gateway: Gateway, kind: Kind, id: String) -> (String, Result<Found, SyncError>) {
    let read = refetch(&gateway, kind, &id).await.map(|read| Found {
        raws: match read.presence {
            Presence::Missing => vec![tombstone(kind, &id)],
            Presence::Found | Presence::Deleted => read.raws,
        },
        date: read.date,
    });
    (id, read)
}

/// Does this say something of the account, the key or the network rather than of one object?
pub(super) fn stops(error: &SyncError) -> bool {
    match error {
        SyncError::Gateway(error) => match error {
            stripe::Error::Api(api) => matches!(api.status, 401 | 403 | 429),
            stripe::Error::Broken { .. } | stripe::Error::TooLarge { .. } => false,
            _ => true,
        },
        SyncError::Endless { .. } | SyncError::NoWayOn { .. } | SyncError::Unreadable { .. } => {
            false
        }
        _ => true,
    }
}

/// What could not be read this way is left to be read one by one.
async fn by_ids(
    gateway: &Gateway,
    kind: Kind,
    objects: &[(String, Option<i64>)],
) -> HashMap<String, Found> {
    let mut found = HashMap::new();
    for ids in objects.chunks(IDS_MAX).filter(|ids| ids.len() > 1) {
        let ids: Vec<String> = ids.iter().map(|(id, _)| id.clone()).collect();
        let Ok(page) = refetch_page(gateway, kind, &ids).await else {
            return found;
        };
        for raw in page.raws {
            if let Raw::Object { json, .. } = &raw
                && let Some(peek) = Peek::at(json)
            {
                let (raws, date) = (vec![raw], page.date);
                found.insert(peek.id, Found { raws, date });
            }
        }
    }
    found
}

/// Walks a list downwards from one wanted object to the next, as long as its pages bring several.
/// What they do not bring is left to be read one by one.
async fn by_pages(
    gateway: &Gateway,
    list: List,
    kind: Kind,
    objects: &[(String, Option<i64>)],
) -> HashMap<String, Found> {
    let dated = objects
        .iter()
        .filter_map(|(id, created)| Some(((*created)?, id.clone())));
    let mut dated: Vec<(i64, String)> = dated.collect();
    if dated.len() < PAGES_WORTH {
        return HashMap::new();
    }
    dated.sort_unstable_by(|left, right| right.cmp(left));
    let runs = if dated.len() < RUNS_WORTH { 1 } else { RUNS };
    let of_run = dated.len().div_ceil(runs);
    let runs: Vec<Vec<(i64, String)>> = dated.chunks(of_run).map(<[_]>::to_vec).collect();
    let mut walks = stream::iter(runs)
        .map(|run| run_of_pages(gateway.clone(), list, kind, run))
        .buffer_unordered(RUNS);
    let mut all = HashMap::new();
    while let Some(found) = walks.next().await {
        all.extend(found);
    }
    all
}

async fn run_of_pages(
    gateway: Gateway,
    list: List,
    kind: Kind,
    run: Vec<(i64, String)>,
) -> HashMap<String, Found> {
    let wanted: HashSet<&str> = run.iter().map(|(_, id)| id.as_str()).collect();
    let mut found: HashMap<String, Found> = HashMap::new();
    let Some((oldest, _)) = run.last() else {
        return found;
    };
    for (created, id) in &run {
        if found.contains_key(id) {
            continue;
        }
        let query = ListQuery {
            created: CreatedRange {
                from: Some(*oldest),
                before: Some(created.saturating_add(1)),
            },
            ..ListQuery::default()
        };
        let before = found.len();
        // An error is met again by whoever reads the rest.
        let read = page_of(&gateway, list, kind, &query, &wanted, &mut found).await;
        if read.is_err() || found.len() - before < WORTH_A_PAGE {
            break;
        }
    }
    found
}

/// Reads one page, and takes from it what is wanted.
async fn page_of(
    gateway: &Gateway,
    list: List,
    kind: Kind,
    query: &ListQuery,
    wanted: &HashSet<&str>,
    found: &mut HashMap<String, Found>,
) -> Result<(), SyncError> {
    let page = gateway.list_page(list, query).await?;
    let mut items = page.items;
    items.retain(|item| Peek::at(item).is_some_and(|peek| wanted.contains(peek.id.as_str())));
    let children = match embedded_in(list) {
        Some(embedded) => children_of(gateway, embedded, &items).await?,
        None => Vec::new(),
    };
    for json in items {
        if let Some(peek) = Peek::at(&json) {
            let (raws, date) = (vec![Raw::Object { kind, json }], page.date);
            found.insert(peek.id, Found { raws, date });
        }
    }
    for raw in children.into_iter().map(|children| children.into_raw()) {
        if let Raw::Children { parent, .. } = &raw
            && let Some(found) = found.get_mut(parent)
        {
            found.raws.push(raw);
        }
    }
    Ok(())
}
