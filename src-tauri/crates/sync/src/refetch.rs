//! Reads what is known to have changed: one object by its id, or several by a page of their list.
//! Either way it comes as the first load brings it, with its own lists whole, so that one state is
//! one version.

use books::Raw;
use bytes::Bytes;
use objects::Kind;
use stripe::{Gateway, List, ListQuery, Peek, Reading, Retrieved};

use crate::error::SyncError;
use crate::fetch::{children_of, fetch};
use crate::lists::{embedded_in, list_of, object_of};

/// Objects that one read by ids brings at most.
const IDS_MAX: usize = 100;

/// What there is of an object that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It is there.
    Found,
    /// Stripe has deleted it and says so; that is in the raws.
    Deleted,
    /// Stripe knows no such object. The raws are empty: whether it is to be buried
    /// ([`tombstone`]) is the caller's decision.
    Missing,
}

/// One object, read again.
#[derive(Debug, Clone)]
pub struct Refetched {
    /// What there is of it.
    pub presence: Presence,
    /// It and its own lists, for the books.
    pub raws: Vec<Raw>,
    /// The second that it is as of, by Stripe's clock.
    pub date: Option<i64>,
    /// Stripe's id of the read.
    pub request_id: Option<String>,
}

/// A page of a list, read with its objects' own lists.
#[derive(Debug, Clone)]
pub struct ReadPage {
    /// Its objects and their own lists, for the books.
    pub raws: Vec<Raw>,
    /// Its objects' ids and when they were created, newest first.
    pub objects: Vec<Peek>,
    /// Are there more in the direction of paging?
    pub has_more: bool,
    /// The second that it is as of, by Stripe's clock.
    pub date: Option<i64>,
    /// Stripe's id of the read.
    pub request_id: Option<String>,
}

/// Can an object of this kind be read by its id (or, for a part of an object, by that object's)?
#[must_use]
pub fn is_refetchable(kind: Kind) -> bool {
    object_of(kind).is_some()
}

/// Can up to a hundred objects of this kind be read by their ids in one read?
#[must_use]
pub fn is_listed_by_ids(kind: Kind) -> bool {
    kind == Kind::Product
}

/// Reads one object by its id: one read, and one more for every hundred of an own list that Stripe
/// cut short. A part of an object (items, lines, tiers) is read with its object: give that one's
/// id.
///
/// # Errors
/// [`SyncError::Unreadable`] for a kind that nothing reads alone ([`is_refetchable`]), else the
/// gateway's.
pub async fn refetch(gateway: &Gateway, kind: Kind, id: &str) -> Result<Refetched, SyncError> {
    let kind = kind.parent().unwrap_or(kind);
    let object = object_of(kind).ok_or(SyncError::Unreadable { kind })?;
    let (presence, reading) = match gateway.retrieve(object, id).await? {
        Retrieved::Found(reading) => (Presence::Found, reading),
        Retrieved::Deleted(reading) => (Presence::Deleted, reading),
        Retrieved::Missing { date, request_id } => {
            return Ok(Refetched {
                presence: Presence::Missing,
                raws: Vec::new(),
                date,
                request_id,
            });
        }
    };
    let Reading {
        json,
        date,
        request_id,
    } = reading;
    let mut raws = vec![Raw::Object {
        kind,
        json: json.clone(),
    }];
    if let Some(embedded) = list_of(kind).and_then(embedded_in) {
        let children = children_of(gateway, embedded, &[json]).await?;
        raws.extend(children.into_iter().map(|children| children.into_raw()));
    }
    Ok(Refetched {
        presence,
        raws,
        date,
        request_id,
    })
}

/// Reads up to a hundred objects by their ids in one read, where their list serves ids
/// ([`is_listed_by_ids`]). One that is not on the page may still exist: [`refetch`] tells.
///
/// # Errors
/// [`SyncError::Unreadable`] for another kind or more than a hundred ids, else the gateway's.
pub async fn refetch_page(
    gateway: &Gateway,
    kind: Kind,
    ids: &[String],
) -> Result<ReadPage, SyncError> {
    let list = list_of(kind).filter(|_| is_listed_by_ids(kind) && ids.len() <= IDS_MAX);
    let list = list.ok_or(SyncError::Unreadable { kind })?;
    let query = ListQuery {
        ids: ids.to_vec(),
        ..ListQuery::default()
    };
    read_page(gateway, list, &query).await
}

/// Reads one page of a list, as the first load does.
///
/// # Errors
/// The gateway's.
pub async fn read_page(
    gateway: &Gateway,
    list: List,
    query: &ListQuery,
) -> Result<ReadPage, SyncError> {
    let fetched = fetch(gateway, list, query).await?;
    let page = &fetched.page;
    let (has_more, date) = (page.has_more, page.date);
    let request_id = page.request_id.clone();
    let objects = page.items.iter().filter_map(Peek::at).collect();
    Ok(ReadPage {
        raws: fetched.into_raw(list),
        objects,
        has_more,
        date,
        request_id,
    })
}

/// What Stripe says of an object that it has deleted, for one that it does not know any more.
#[must_use]
pub fn tombstone(kind: Kind, id: &str) -> Raw {
    let stub = serde_json::json!({"id": id, "object": kind.as_str(), "deleted": true});
    Raw::Object {
        kind,
        json: Bytes::from(stub.to_string()),
    }
}
