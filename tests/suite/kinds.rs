//! Every kind of object by every road: a list, a read by id, a page by ids. One state is one
//! version.

use std::collections::BTreeSet;
use std::sync::Arc;

use books::{Raw, Source};
use bytes::Bytes;
use objects::Kind;
use simulator::TruthKind;
use stripe::{ChildList, List, ListQuery, Peek};
use sync::{Presence, kind_of, read_page, refetch, refetch_page};

use crate::load_company::{NOW, Shelf, company, gateway, load, options};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_follows_what_belongs_to_one_owner_alone() {
    let sim = company(options(60, 14)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    let held = |raws: Vec<Raw>| {
        let books = books.clone();
        async move {
            let count = raws.len();
            let prepared = books.prepare(raws);
            assert!(prepared.failed.is_empty(), "{:?}", prepared.failed);
            let applied = books.apply(prepared, Source::Proof, NOW, &[]).await;
            (applied.expect("applied").new_versions, count)
        }
    };
    let payouts: Vec<Bytes> = sim
        .truth()
        .objects(TruthKind::Payout)
        .map(Bytes::from)
        .collect();
    assert!(!payouts.is_empty(), "the company is paid out");
    for payout in payouts.iter().filter_map(Peek::at).take(30) {
        let page = gateway.child_page(ChildList::PayoutTransactions, &payout.id, None);
        let page = page.await.expect("what it is made of");
        if page.items.is_empty() || page.has_more {
            continue;
        }
        let parts = Raw::Children {
            kind: Kind::PayoutTransactions,
            parent: payout.id.clone(),
            items: page.items,
        };
        let (new, _) = held(vec![parts]).await;
        assert_eq!(new, 0, "{} is known to be made of this", payout.id);
    }
    let grants: Vec<Bytes> = sim
        .truth()
        .objects(TruthKind::CreditGrant)
        .map(Bytes::from)
        .collect();
    for customer in books.customers_with_grants().await.expect("customers") {
        let reading = gateway
            .credit_balance_summary(&customer)
            .await
            .expect("a summary");
        let kind = Kind::CreditBalanceSummary;
        let part = Raw::Part {
            kind,
            parent: customer.clone(),
            json: reading.json,
        };
        assert_eq!(
            held(vec![part]).await.0,
            0,
            "{customer}: what is left is known"
        );
    }
    assert!(!grants.is_empty(), "somebody holds credits");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payment_methods_are_read_for_one_customer_when_they_are_needed() {
    let sim = company(options(20, 15)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    let clock: sync::Clock = Arc::new(|| NOW);
    let truth: Vec<Bytes> = sim
        .truth()
        .objects(TruthKind::PaymentMethod)
        .map(Bytes::from)
        .collect();
    let owner = |json: &Bytes| {
        let object: serde_json::Value = serde_json::from_slice(json).expect("JSON");
        object["customer"].as_str().expect("an owner").to_owned()
    };
    let customer = owner(truth.first().expect("a payment method"));
    let new = sync::refresh_payment_methods(&gateway, &books, &clock, &customer).await;
    let theirs: Vec<&Bytes> = truth
        .iter()
        .filter(|json| owner(json) == customer)
        .collect();
    assert_eq!(
        new.expect("read"),
        theirs.len() as u64,
        "each of theirs, nobody else's"
    );
    let again = sync::refresh_payment_methods(&gateway, &books, &clock, &customer).await;
    assert_eq!(again.expect("read"), 0, "a second time adds nothing");
}
