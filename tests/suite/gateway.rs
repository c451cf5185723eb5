//! The gateway against the simulated account.

use simulator::Options;
use stripe::{Grant, KeyKind, List, ListQuery, Mode, Object, Retrieved};

use crate::load_company::{company, faults, gateway, options};

#[tokio::test]
async fn a_restricted_key_is_known_for_what_it_may() {
    let sim = company(options(10, 1)).await;
    for (key, kind, may_write) in [
        (&sim.restricted_key, KeyKind::Restricted, Some(false)),
        (&sim.restricted_write_key, KeyKind::Restricted, Some(true)),
        (&sim.secret_key, KeyKind::Secret, Some(true)),
    ] {
        let report = gateway(&sim.base_url, key)
            .key_check()
            .await
            .expect("a report");
        assert_eq!((report.kind, report.mode), (kind, Mode::Test));
        assert!(report.mode_confirmed && report.is_complete(), "{report:?}");
        assert_eq!(report.may_write, may_write, "{kind:?}");
        let account = report.account.expect("the account may be read");
        assert_eq!(account.id, sim.account_id);
        assert!(account.name.is_some(), "it has a name");
    }
}

#[tokio::test]
async fn missing_permissions_carry_stripes_slugs() {
    let lists = List::LOADED.into_iter().chain([List::Events]);
    for list in lists.filter(|list| *list != List::InvoicePayments) {
        let without = vec![list.permission().to_owned()];
        let sim = company(Options {
            restricted_without: without,
            ..options(2, 1)
        })
        .await;
        let gateway = gateway(&sim.base_url, &sim.restricted_key);
        let report = gateway.key_check().await.expect("a report");
        let grant = report
            .lists
            .iter()
            .find(|grant| grant.list == list)
            .expect("asked for");
        let missing = Grant::Missing {
            slugs: vec![list.permission().to_owned()],
        };
        assert_eq!(grant.grant, missing, "{}", list.as_str());
    }
}

#[tokio::test]
async fn a_revoked_key_is_refused_whole() {
    let sim = company(options(2, 1)).await;
    sim.set_revoked(true);
    let error = gateway(&sim.base_url, &sim.restricted_key)
        .key_check()
        .await;
    assert!(error.expect_err("revoked").is_key_refused());
}

#[tokio::test]
async fn walks_both_ways_find_every_event_once() {
    let sim = company(options(40, 2)).await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let mut older = Vec::new();
    let mut pager = gateway.pager(
        List::Events,
        ListQuery {
            limit: 7,
            ..ListQuery::default()
        },
    );
    while let Some(page) = pager.next_page().await.expect("a page") {
        older.extend(page.items);
    }
    let oldest = stripe::Peek::at(older.last().expect("events"))
        .expect("an id")
        .id;
    let cursor = Some(stripe::Cursor::Before(oldest));
    let mut newer = Vec::new();
    let mut pager = gateway.pager(
        List::Events,
        ListQuery {
            limit: 7,
            cursor,
            ..ListQuery::default()
        },
    );
    while let Some(page) = pager.next_page().await.expect("a page") {
        newer.extend(page.items.into_iter().rev());
    }
    newer.reverse();
    assert_eq!(
        older[..older.len() - 1],
        newer[..],
        "the same events in the same order"
    );
}

#[tokio::test]
async fn one_object_comes_as_its_list_brings_it() {
    let sim = company(options(10, 3)).await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    for (list, object) in [
        (List::Customers, Object::Customer),
        (List::Subscriptions, Object::Subscription),
        (List::Invoices, Object::Invoice),
        (List::Prices, Object::Price),
        (List::Charges, Object::Charge),
    ] {
        let page = gateway
            .list_page(list, &ListQuery::default())
            .await
            .expect("a page");
        let first = page.items.first().expect("an object");
        let id = stripe::Peek::at(first).expect("an id").id;
        let Ok(Retrieved::Found(alone)) = gateway.retrieve(object, &id).await else {
            panic!("{id} is there");
        };
        let (one, other): (serde_json::Value, serde_json::Value) = (
            serde_json::from_slice(first).expect("JSON"),
            serde_json::from_slice(&alone.json).expect("JSON"),
        );
        assert_eq!(one, other, "{}", list.as_str());
    }
    let missing = gateway.retrieve(Object::Invoice, "in_0").await;
    assert!(
        matches!(missing, Ok(Retrieved::Missing { date: Some(_), .. })),
        "{missing:?}"
    );
}

#[tokio::test]
async fn no_fault_is_passed_on_while_tries_are_left() {
    let sim = company(options(10, 4)).await;
    let text = "429=10%,429-bare=5%,429-concurrency=5%,500=5%,503=5%,reset-before=5%,\
                reset-after=5%,truncate=5%";
    sim.set_faults(faults(text));
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    for _ in 0..120 {
        let query = ListQuery {
            limit: 3,
            ..ListQuery::default()
        };
        let page = gateway
            .list_page(List::Customers, &query)
            .await
            .expect("a page at last");
        assert_eq!(page.items.len(), 3);
    }
    let stats = gateway.stats();
    assert!(stats.repeats > 20 && stats.throttled > 5, "{stats:?}");
    assert!(stats.concurrency < 8, "it asks for less at once: {stats:?}");
}
