//! Taking objects in: history, projections, order, interruption.

use objects::Kind;
use serde_json::json;

use super::fixture::{Book, NOW, account, customer, invoice, price, raws, subscription, with};
use crate::{BooksError, Cursor, CursorWrite, Source};

#[tokio::test]
async fn columns_are_fields() {
    let book = Book::new().await;
    let mut reader = book.books.reader().await.expect("a reader");
    for (table, fields) in crate::projection::tables() {
        let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1)")
            .bind(table)
            .fetch_all(&mut *reader)
            .await
            .expect("columns");
        use crate::projection::storage::{Stored, stored};
        let missing: Vec<&&str> = fields
            .iter()
            .filter(|field| match stored(table, field) {
                Stored::Plain | Stored::Word => !columns.iter().any(|c| c == **field),
                Stored::ObjectIn(num) => !columns.iter().any(|c| c == num),
                Stored::Parent => !columns.iter().any(|c| c == "parent"),
            })
            .collect();
        assert!(
            missing.is_empty(),
            "{table} has a column for every field: {missing:?}"
        );
    }
}

#[tokio::test]
async fn the_numbers_of_kinds_are_those_of_the_table() {
    let book = Book::new().await;
    let mut reader = book.books.reader().await.expect("a reader");
    for kind in Kind::ALL {
        let name: String = sqlx::query_scalar("SELECT name FROM kind WHERE num = ?1")
            .bind(crate::history::kind_code(kind))
            .fetch_one(&mut *reader)
            .await
            .expect("a name");
        assert_eq!(name, kind.parent().unwrap_or(kind).as_str());
        assert_eq!(
            crate::history::Place::of(kind).kind(),
            Some(kind),
            "the way back"
        );
    }
}

#[tokio::test]
async fn the_same_state_twice_adds_no_version() {
    let book = Book::new().await;
    let first = book.apply(&account(), 100).await;
    assert_eq!((first.unchanged, first.stale), (0, 0));
    let versions = book.number("SELECT count(*) FROM version").await;
    assert_eq!(versions as u64, first.new_versions);
    let (before, data_version) = (book.dump().await, book.books.data_version());
    let second = book.apply(&account(), 200).await;
    assert_eq!(
        second.new_versions, 0,
        "the same state by another road adds no version"
    );
    assert_eq!(
        book.books.data_version(),
        data_version,
        "nothing that is shown changed"
    );
    assert_eq!(book.dump().await, before);
}

#[tokio::test]
async fn an_older_read_never_replaces_a_younger_one() {
    let book = Book::new().await;
    let old = (Kind::Customer, customer("cus_1", "Old Name"));
    let new = (Kind::Customer, customer("cus_1", "New Name"));
    book.apply(std::slice::from_ref(&new), 200).await;
    let stale = book.apply(std::slice::from_ref(&old), 100).await;
    assert_eq!(
        (stale.new_versions, stale.stale),
        (1, 1),
        "kept in the history, not shown"
    );
    let name = "SELECT count(*) FROM tenant WHERE name = 'New Name'";
    assert_eq!(book.number(name).await, 1);
    book.apply(&[old], 300).await;
    assert_eq!(book.number(name).await, 0, "a state may come back");
    assert_eq!(
        book.number("SELECT count(*) FROM version").await,
        2,
        "stored once each"
    );
    assert_eq!(book.number("SELECT count(*) FROM reappearance").await, 1);
}

#[tokio::test]
async fn children_are_replaced_as_a_whole() {
    let book = Book::new().await;
    book.apply(&[(Kind::Invoice, invoice("in_1", "cus_1", 1, 10_000))], 100)
        .await;
    assert_eq!(book.number("SELECT lines FROM invoice_digest").await, 2);
    let mut fewer = invoice("in_1", "cus_1", 1, 10_000);
    fewer["lines"]["data"].as_array_mut().expect("lines").pop();
    let applied = book.apply(&[(Kind::Invoice, fewer)], 200).await;
    assert_eq!(applied.new_versions, 1, "the invoice itself is as it was");
    assert_eq!(book.number("SELECT lines FROM invoice_digest").await, 1);
    let page = book.books.invoice("in_1", 300).await.expect("a read");
    assert_eq!(page.map(|page| page.lines.len()), Some(1));
}

#[tokio::test]
async fn a_deleted_customer_keeps_what_was_known() {
    let gone = (
        Kind::Customer,
        json!({"id": "cus_1", "object": "customer", "deleted": true}),
    );
    let known = (Kind::Customer, customer("cus_1", "Acme Ltd"));
    let shown = "SELECT count(*) FROM tenant WHERE deleted = 1 AND name = 'Acme Ltd'";
    for order in [[(&known, 100), (&gone, 200)], [(&gone, 200), (&known, 100)]] {
        let book = Book::new().await;
        for (object, seen_at) in order {
            book.apply(std::slice::from_ref(object), seen_at).await;
        }
        assert_eq!(book.number(shown).await, 1, "in either order");
    }
}

#[tokio::test]
async fn an_object_of_the_other_mode_is_refused() {
    let book = Book::new().await;
    book.books.set_livemode(true).await.expect("live");
    let prepared = book.books.prepare(raws(&account()));
    let applied = book.books.apply(prepared, Source::Backfill, 100, &[]).await;
    assert!(matches!(
        applied,
        Err(BooksError::WrongMode {
            expected_live: true,
            ..
        })
    ));
    assert_eq!(
        book.number("SELECT count(*) FROM object").await,
        0,
        "nothing was kept"
    );
    assert!(
        book.books.set_livemode(false).await.is_err(),
        "the mode never changes"
    );
}

fn cursor(pages: i64) -> Cursor {
    Cursor {
        list: "customers".to_owned(),
        slice: 0,
        created_from: None,
        created_to: Some(NOW),
        after_id: Some("cus_2".to_owned()),
        pages,
        objects: pages * 100,
        done: false,
    }
}

#[tokio::test]
async fn objects_and_cursors_are_one_transaction() {
    let book = Book::new().await;
    let put = |pages| [CursorWrite::Put(cursor(pages))];
    let prepared = book.books.prepare(raws(&account()));
    book.books
        .apply(prepared, Source::Backfill, 100, &put(1))
        .await
        .expect("applied");
    let before = book.dump().await;

    // So many that none of the steps below can be the last one, however quick SQLite answers.
    let many: Vec<_> = (9..3_000)
        .map(|n| (Kind::Customer, customer(&format!("cus_{n}"), "Many")))
        .collect();
    let prepared = book.books.prepare(raws(&many));
    {
        let second = put(2);
        let mut dropped = Box::pin(book.books.apply(prepared, Source::Backfill, 200, &second));
        // Let it begin its transaction, then drop it in the middle.
        for _ in 0..3 {
            let polled = futures::poll!(dropped.as_mut());
            assert!(
                polled.is_pending(),
                "a transaction takes more than three steps"
            );
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(book.dump().await, before, "a dropped batch leaves nothing");
    assert_eq!(
        book.books.cursors().await.expect("cursors"),
        [cursor(1)],
        "nor its cursor"
    );
    book.apply(&[(Kind::Customer, customer("cus_9", "Nine"))], 200)
        .await;
    assert_eq!(
        book.number("SELECT count(*) FROM tenant").await,
        3,
        "and the next one works"
    );
}

#[tokio::test]
async fn every_cursor_write_is_read_back() {
    let book = Book::new().await;
    let event = crate::EventCursor {
        id: Some("evt_1".to_owned()),
        at: 5,
    };
    assert_eq!(book.books.event_cursor().await.expect("event"), None);
    let writes = [
        CursorWrite::Put(cursor(1)),
        CursorWrite::Put(Cursor {
            slice: 1,
            ..cursor(2)
        }),
        CursorWrite::Remove {
            list: "customers".to_owned(),
            slice: 0,
        },
        CursorWrite::Put(Cursor {
            list: "prices".to_owned(),
            ..cursor(3)
        }),
        CursorWrite::Clear {
            list: "prices".to_owned(),
        },
        CursorWrite::Complete {
            list: "customers".to_owned(),
            as_of: 7,
        },
        CursorWrite::Refused {
            list: "prices".to_owned(),
            slug: "rak_plan_read".to_owned(),
        },
        CursorWrite::Event(event.clone()),
    ];
    book.books.write_cursors(&writes).await.expect("written");
    assert_eq!(
        book.books.cursors().await.expect("c"),
        [Cursor {
            slice: 1,
            ..cursor(2)
        }]
    );
    assert_eq!(book.books.event_cursor().await.expect("event"), Some(event));
    let lists = book.books.lists().await.expect("lists");
    assert_eq!(lists[0].complete_as_of, Some(7));
    assert_eq!(lists[1].refused.as_deref(), Some("rak_plan_read"));
    book.books.set_setting("zone", "UTC").await.expect("stored");
    assert_eq!(
        book.books
            .setting("zone")
            .await
            .expect("setting")
            .as_deref(),
        Some("UTC")
    );
    assert_eq!(book.books.settings().await.expect("settings").len(), 1);
}

#[tokio::test]
async fn a_dictionary_is_trained_stored_and_read_by_the_next_process() {
    let book = Book::new().await;
    let many: Vec<_> = (0..120)
        .map(|n| {
            (
                Kind::Customer,
                customer(&format!("cus_{n:03}"), &format!("Company Quill{n}x")),
            )
        })
        .collect();
    book.apply(&many, 100).await;
    assert_eq!(
        book.number("SELECT count(*) FROM dictionary").await,
        1,
        "one a kind"
    );
    let personal = "SELECT count(*) FROM dictionary WHERE instr(body, CAST('Quill' AS BLOB)) > 0";
    assert_eq!(
        book.number(personal).await,
        0,
        "it learned no names, for no erasure reaches it"
    );
    let with_it = "SELECT count(*) FROM version WHERE dictionary IS NOT NULL";
    assert_eq!(book.number(with_it).await, 120);
    let visitor = crate::Books::open(book.books.path(), &book.key, crate::Access::ReadOnly)
        .await
        .expect("opened");
    let versions = visitor
        .versions(&[(Kind::Customer, "cus_007")], 10)
        .await
        .expect("versions");
    let canonical = String::from_utf8(versions[0].canonical.clone()).expect("UTF-8");
    assert!(
        canonical.contains("Company Quill7x"),
        "the canonical form comes back: {canonical}"
    );
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(12))]

    #[test]
    fn any_order_and_repetition_gives_the_same_books(
        order in proptest::sample::subsequence((0..26_usize).collect::<Vec<_>>(), 26)
            .prop_shuffle(),
        repeated in proptest::collection::vec(0..26_usize, 0..8),
        settle_after in 0..34_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            // Every object in two states, seen at 100 and at 200.
            let objects: Vec<_> = account()
                .into_iter()
                .flat_map(|(kind, value)| {
                    let later = with(value.clone(), json!({"metadata": {"tenantId": "later"}}));
                    [(kind, value, 100), (kind, later, 200)]
                })
                .collect();
            let expected = Book::new().await;
            for (kind, value, seen_at) in &objects {
                expected.apply(&[(*kind, value.clone())], *seen_at).await;
            }
            expected.settle().await;
            let shuffled = Book::new().await;
            for (step, n) in order.iter().chain(&repeated).enumerate() {
                if step == settle_after {
                    shuffled.settle().await;
                }
                let (kind, value, seen_at) = &objects[*n];
                shuffled.apply(&[(*kind, value.clone())], *seen_at).await;
            }
            shuffled.settle().await;
            assert_eq!(shuffled.dump().await, expected.dump().await);
        });
    }
}

use proptest::strategy::Strategy as _;

#[tokio::test]
async fn figures_follow_every_change_once_settled() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    let mrr = "SELECT mrr FROM tenant WHERE id = 'cus_1'";
    assert_eq!(book.number(mrr).await, 10_000, "5 seats at 20.00");
    book.apply(
        &[(
            Kind::Subscription,
            subscription("sub_1", "cus_1", "price_pro", 8),
        )],
        200,
    )
    .await;
    assert_eq!(book.number(mrr).await, 16_000, "the seats changed");
    book.apply(&[(Kind::Price, price("price_pro", "prod_pro", 3_000))], 300)
        .await;
    assert_eq!(book.number(mrr).await, 24_000, "the price changed");
    let renamed = super::fixture::product("prod_pro", "Pro Plus");
    book.apply(&[(Kind::Product, renamed)], 400).await;
    let plan = "SELECT count(*) FROM tenant WHERE plan = 'Pro Plus'";
    assert_eq!(book.number(plan).await, 2, "the product was renamed");
}
