//! Every kind of object by every road: a list, a read by id, a page by ids. One state is one
//! version.

use std::collections::BTreeSet;

use books::Raw;
use objects::Kind;
use stripe::{List, ListQuery, Peek};
use sync::{Presence, kind_of, read_page, refetch, refetch_page};

use crate::load_company::{company, gateway, options};

/// Objects of each list that are read one by one.
const EACH: usize = 25;

/// What the books would make of these: each version by kind, id and hash.
fn versions(raws: &[Raw]) -> BTreeSet<(Kind, String, [u8; 32])> {
    let decoded = raws.iter().map(|raw| match raw {
        Raw::Object { kind, json } => objects::decode(*kind, json),
        Raw::Part { kind, parent, json } => objects::decode_part(*kind, parent, json),
        Raw::Children {
            kind,
            parent,
            items,
        } => {
            let items: Vec<&[u8]> = items.iter().map(AsRef::as_ref).collect();
            objects::decode_child_list(*kind, parent, &items)
        }
    });
    decoded
        .flat_map(|decoded| {
            decoded
                .expect("the simulated account's JSON is read")
                .versions
        })
        .map(|version| (version.kind, version.id, version.hash))
        .collect()
}

/// Of a page: what belongs to one object, its own lists included.
fn of_object(raws: &[Raw], id: &str) -> Vec<Raw> {
    let belongs = |raw: &&Raw| match raw {
        Raw::Object { json, .. } => Peek::at(json).is_some_and(|peek| peek.id == id),
        Raw::Part { parent, .. } | Raw::Children { parent, .. } => parent == id,
    };
    raws.iter().filter(belongs).cloned().collect()
}

#[tokio::test]
async fn an_object_read_by_its_id_is_the_version_that_its_list_brought() {
    let sim = company(options(40, 11)).await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    for list in List::LOADED {
        let kind = kind_of(list).expect("a loaded list brings objects");
        let page = read_page(&gateway, list, &ListQuery::default())
            .await
            .expect("a page");
        assert!(!page.objects.is_empty(), "{} is not empty", list.as_str());
        for object in page.objects.iter().take(EACH) {
            let alone = refetch(&gateway, kind, &object.id).await.expect("a read");
            assert_eq!(alone.presence, Presence::Found, "{}", object.id);
            assert!(alone.date.is_some(), "a read says what it is as of");
            assert_eq!(
                versions(&alone.raws),
                versions(&of_object(&page.raws, &object.id)),
                "{} {}: the same by list and by id",
                list.as_str(),
                object.id
            );
        }
    }
}

#[tokio::test]
async fn products_are_read_together_by_their_ids() {
    let sim = company(options(10, 12)).await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let all = read_page(&gateway, List::Products, &ListQuery::default())
        .await
        .expect("a page");
    let ids: Vec<String> = all
        .objects
        .iter()
        .skip(1)
        .map(|peek| peek.id.clone())
        .collect();
    assert!(!ids.is_empty(), "the company sells more than one thing");
    let before = gateway.stats().reads;
    let some = refetch_page(&gateway, Kind::Product, &ids)
        .await
        .expect("a page");
    assert_eq!(gateway.stats().reads - before, 1, "one read for all");
    let read: BTreeSet<&String> = some.objects.iter().map(|peek| &peek.id).collect();
    assert_eq!(
        read,
        ids.iter().collect(),
        "what was asked for and nothing else"
    );
    for id in &ids {
        assert_eq!(
            versions(&of_object(&some.raws, id)),
            versions(&of_object(&all.raws, id))
        );
    }
}

#[tokio::test]
async fn what_stripe_does_not_know_is_missing_and_can_be_buried() {
    let sim = company(options(10, 13)).await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    for list in List::LOADED {
        let kind = kind_of(list).expect("a loaded list brings objects");
        let gone = refetch(&gateway, kind, "gone_1").await.expect("an answer");
        assert_eq!(gone.presence, Presence::Missing, "{}", list.as_str());
        assert!(gone.raws.is_empty() && gone.date.is_some(), "{gone:?}");
        let Raw::Object { kind, json } = sync::tombstone(kind, "gone_1") else {
            panic!("a tombstone is an object");
        };
        let buried = objects::decode(kind, &json).expect("Stripe's own words for it");
        assert!(buried.versions[0].deleted && buried.versions[0].id == "gone_1");
    }
    let nothing = refetch(&gateway, Kind::Discount, "di_1").await;
    assert!(nothing.is_err(), "a discount comes with what it is on");
}
