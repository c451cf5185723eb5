//! Reads one page of the load, with the lists that its objects carry read to their ends.

use books::Raw;
use bytes::Bytes;
use futures::stream::{self, StreamExt, TryStreamExt};
use stripe::{Cursor, Gateway, Item, List, ListQuery, Page, Peek};

use crate::children::cut_short;
use crate::error::SyncError;
use crate::lists::{Embedded, embedded_in, kind_of};
use crate::slice::Landing;

/// Own lists of a page that are read side by side.
const CHILD_LISTS_AT_ONCE: usize = 4;
/// Pages of one object's own list at most: 100,000 lines.
const CHILD_PAGES_MAX: usize = 1_000;
/// How often an object's own list is begun again because its cursor vanished.
const CHILD_RESTARTS_MAX: usize = 3;

/// A page and all that its objects carry.
#[derive(Debug)]
pub(crate) struct Fetched {
    pub(crate) page: Page,
    pub(crate) children: Vec<Children>,
}

/// One object's own list, whole.
#[derive(Debug)]
pub(crate) struct Children {
    embedded: Embedded,
    parent: String,
    items: Vec<Bytes>,
}

/// Reads one page of a list.
pub(crate) async fn fetch(
    gateway: &Gateway,
    list: List,
    query: &ListQuery,
) -> Result<Fetched, SyncError> {
    let page = gateway.list_page(list, query).await?;
    let children = match embedded_in(list) {
        Some(embedded) => children_of(gateway, embedded, &page.items).await?,
        None => Vec::new(),
    };
    Ok(Fetched { page, children })
}

pub(crate) async fn children_of(
    gateway: &Gateway,
    embedded: Embedded,
    items: &[Item],
) -> Result<Vec<Children>, SyncError> {
    let parents = cut_short(embedded.kind, items);
    stream::iter(parents)
        .map(|parent| whole_list(gateway, embedded, parent))
        .buffered(CHILD_LISTS_AT_ONCE)
        .try_filter_map(|children| async move { Ok(children) })
        .try_collect()
        .await
}

/// Reads an object's own list; none when the object is gone (a deleted draft).
async fn whole_list(
    gateway: &Gateway,
    embedded: Embedded,
    parent: String,
) -> Result<Option<Children>, SyncError> {
    let endless = || SyncError::Endless {
        what: embedded.words,
        parent: parent.clone(),
    };
    let (mut items, mut cursor, mut restarts) = (Vec::new(), None, 0);
    for _ in 0..CHILD_PAGES_MAX {
        let begun = cursor.is_some();
        let page = match gateway
            .child_page(embedded.list, &parent, cursor.take())
            .await
        {
            Ok(page) => page,
            Err(error) if error.is_missing_resource() && !begun => return Ok(None),
            Err(error) if error.is_missing_resource() && restarts < CHILD_RESTARTS_MAX => {
                restarts += 1;
                items.clear();
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        let last = page.last();
        items.extend(page.items);
        if !page.has_more {
            return Ok(Some(Children {
                embedded,
                parent,
                items,
            }));
        }
        cursor = Some(Cursor::After(last.ok_or_else(endless)?.id));
    }
    Err(endless())
}

impl Fetched {
    /// Leaves out what lies below `from`: the slice was cut while this page was under way, and
    /// another slice brings those objects.
    pub(crate) fn trim(&mut self, from: Option<i64>) -> Landing {
        let landing = Landing {
            first: self.page.first(),
            last: self.page.last(),
            objects: self.page.items.len(),
            has_more: self.page.has_more,
        };
        let below = |peek: &Option<Peek>| {
            let created = peek.as_ref().and_then(|peek| peek.created);
            created
                .zip(from)
                .is_some_and(|(created, from)| created < from)
        };
        if !below(&landing.last) {
            return landing;
        }
        // Newest first: everything behind the first object below is below too.
        let kept = self
            .page
            .items
            .partition_point(|item| !below(&Peek::at(item)));
        let gone: Vec<Item> = self.page.items.split_off(kept);
        let gone: Vec<String> = gone
            .iter()
            .filter_map(Peek::at)
            .map(|peek| peek.id)
            .collect();
        self.children
            .retain(|children| !gone.contains(&children.parent));
        Landing {
            objects: kept,
            ..landing
        }
    }

    /// What the books take in, parents before their lists.
    pub(crate) fn into_raw(self, list: List) -> Vec<Raw> {
        let Some(kind) = kind_of(list) else {
            return Vec::new();
        };
        let objects = self
            .page
            .items
            .into_iter()
            .map(|json| Raw::Object { kind, json });
        let children = self.children.into_iter().map(Children::into_raw);
        objects.chain(children).collect()
    }
}

impl Children {
    /// What the books take in.
    pub(crate) fn into_raw(self) -> Raw {
        Raw::Children {
            kind: self.embedded.kind,
            parent: self.parent,
            items: self.items,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below_a_cut_is_left_to_the_other_slice() {
        let item =
            |id: &str, created: i64| Bytes::from(format!(r#"{{"id":"{id}","created":{created}}}"#));
        let page = Page {
            items: vec![
                item("a", 9),
                item("b", 7),
                item("c", 7),
                item("d", 5),
                item("e", 1),
            ],
            has_more: true,
            bytes: 0,
            request_id: None,
            date: None,
        };
        for (from, kept) in [
            (None, 5),
            (Some(0), 5),
            (Some(5), 4),
            (Some(6), 3),
            (Some(10), 0),
        ] {
            let mut fetched = Fetched {
                page: page.clone(),
                children: Vec::new(),
            };
            let landing = fetched.trim(from);
            assert_eq!(
                (landing.objects, fetched.page.items.len()),
                (kept, kept),
                "{from:?}"
            );
            assert_eq!(
                landing.last.map(|last| last.id),
                Some("e".into()),
                "paging goes on there"
            );
        }
    }
}
