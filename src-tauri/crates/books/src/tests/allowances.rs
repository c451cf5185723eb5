//! Plans, the tenants' own allowances and the states of use: decided in the ledger, told anew
//! where they change, the same after everything is built again.

use std::collections::BTreeMap;

use billing::usage::{Allowed, Catalogue, Quantity, UsageState};
use chrono::NaiveDate;
use objects::Kind;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::fixture::{Book, DAY, NOW, account, customer, list, price, product, subscription, with};
use crate::ledger::Ledger as _;
use crate::{
    BooksError, ChangeKind, Decision, Direction, NewChange, UsageFilter, UsageRow, UsageSort,
};

const BY: Decision<'_> = Decision {
    author: "kim",
    at: NOW,
};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// The day of [`NOW`]: 18 November 2026.
fn today() -> NaiveDate {
    day("2026-11-18")
}

fn units(count: i64) -> Quantity {
    Quantity::whole(count).expect("a quantity")
}

impl Book {
    async fn confirm(&self, price: &str, plan: Option<&str>) {
        let prices = BTreeMap::from([(price.to_owned(), plan.map(str::to_owned))]);
        self.books
            .map_prices(&prices, &[], BY)
            .await
            .expect("mapped");
    }

    /// Days of AI credits, as an import writes them.
    async fn used(&self, id: &str, days: &[(&str, i64)]) {
        let mut writer = self.books.writer().await.expect("a writer");
        let customer: i64 = sqlx::query_scalar("SELECT num FROM customer WHERE id = ?1")
            .bind(id)
            .fetch_one(&mut writer.durable)
            .await
            .expect("a customer");
        for (at, count) in days {
            let number = crate::usage_state::day_number(day(at));
            // Three in the afternoon, and a key of its own.
            for sql in [
                "INSERT INTO usage_record (batch, customer, type, at, day, quantity, key_hash) \
                 VALUES (1, ?1, 1, ?2 * 86400 + 54000, ?2, ?3, randomblob(16))",
                "INSERT INTO usage_day (customer, type, day, quantity, unbillable, records, \
                 last_at) VALUES (?1, 1, ?2, ?3, 0, 1, ?2 * 86400 + 54000)",
            ] {
                sqlx::query(sql)
                    .bind(customer)
                    .bind(number)
                    .bind(units(*count).millionths())
                    .execute(&mut writer.durable)
                    .await
                    .expect("a day");
            }
        }
        crate::usage_state::touched(&mut writer.durable, &[customer])
            .await
            .expect("marked");
    }

    async fn check(&self, id: &str) -> Option<UsageRow> {
        let checked = self.books.usage_check(id, "ai_credit", today()).await;
        checked.expect("checked")
    }

    async fn top_up(&self, id: &str, kind: ChangeKind, quantity: Option<i64>) -> i64 {
        let change = NewChange {
            kind,
            customer: id.to_owned(),
            usage_type: "ai_credit".to_owned(),
            from: day("2026-11-12"),
            to: None,
            quantity: quantity.map(units),
            reason: "outage".to_owned(),
            requester: "Ann".to_owned(),
        };
        self.books
            .change_allowance(&change, BY)
            .await
            .expect("changed")
    }

    /// What follows from the ledger, and the states.
    async fn decided(&self) -> Vec<String> {
        self.books
            .bring_usage_up_to_date(today())
            .await
            .expect("told");
        let mut reader = self.books.reader().await.expect("a reader");
        let mut rows = Vec::new();
        for sql in [
            "SELECT concat_ws('|', plan, effective_from, body, entry) FROM plan_version",
            "SELECT concat_ws('|', price, plan, entry) FROM plan_price",
            "SELECT concat_ws('|', num, kind, customer, type, from_day, to_day, quantity, ended) \
             FROM allowance_change",
            "SELECT concat_ws('|', customer, type, period_start, period_end, plan, unmapped, \
             allowance, unlimited, used, unbillable, percent, state, overage, last_at, \
             holds_until) FROM usage_state ORDER BY customer, type",
        ] {
            let more: Vec<String> = sqlx::query_scalar(sql)
                .fetch_all(&mut *reader)
                .await
                .expect("rows");
            rows.extend(more);
        }
        rows
    }
}

/// "2000 used 1500, near, 7500" of a row.
fn told(row: &UsageRow) -> String {
    let number = |quantity: Option<i64>| match quantity {
        Some(quantity) => Quantity::from_millionths(quantity).to_string(),
        None => "unknown".to_owned(),
    };
    let state = row.standing();
    format!(
        "{} used {}, {}, {}",
        number(row.allowance),
        number(row.used),
        state.map_or("unknown", UsageState::name),
        row.percent
            .map_or("-".to_owned(), |percent| percent.to_string())
    )
}

#[tokio::test]
async fn a_price_that_nobody_confirmed_is_shown_and_never_guessed() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book.used("cus_1", &[("2026-11-11", 1_500)]).await;
    let prices = book.books.plan_prices().await.expect("prices");
    let shown: Vec<_> = prices
        .iter()
        .map(|it| {
            (
                it.id.as_str(),
                it.product_name.as_str(),
                it.subscriptions,
                it.confirmed,
            )
        })
        .collect();
    assert_eq!(shown, [("price_pro", "Professional", 2, false)]);
    let row = book.check("cus_1").await.expect("a state");
    assert_eq!(told(&row), "unknown used 1500, unknown, -");
    assert!(row.unmapped);

    book.confirm("price_pro", Some("professional")).await;
    let row = book.check("cus_1").await.expect("a state");
    assert_eq!(told(&row), "2000 used 1500, within, 7500");
    assert_eq!(row.plan.as_deref(), Some("professional"));
    let row = book.check("cus_2").await.expect("a state");
    assert_eq!(
        told(&row),
        "2000 used 0, within, 0",
        "a source delivers, and it used nothing"
    );

    book.confirm("price_pro", None).await;
    let row = book.check("cus_1").await.expect("a state");
    assert_eq!(told(&row), "0 used 1500, over, -", "no plan allows nothing");
}

#[tokio::test]
async fn use_that_no_source_delivers_is_unknown() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book.confirm("price_pro", Some("professional")).await;
    let row = book.check("cus_1").await.expect("a state");
    assert_eq!(told(&row), "2000 used unknown, unknown, -");
    let error = book.books.usage_check("cus_1", "pages", today()).await;
    assert!(matches!(error, Err(BooksError::Invalid { .. })));
}

#[tokio::test]
async fn a_change_of_plan_counts_from_the_day_it_was_seen() {
    let book = Book::new().await;
    let (free, pro) = ("price_free", "price_pro");
    let item = |price_id: &str, product: &str| {
        list(
            "/v1/subscription_items",
            vec![json!({
                "id": "si_1", "object": "subscription_item", "subscription": "sub_1",
                "price": price(price_id, product, 2_000), "quantity": 1,
                "current_period_start": NOW - 10 * DAY, "current_period_end": NOW + 20 * DAY,
                "discounts": [], "tax_rates": [], "created": NOW - 100 * DAY, "metadata": {},
            })],
        )
    };
    let held = |price_id: &str, product: &str| {
        let base = subscription("sub_1", "cus_1", price_id, 1);
        with(base, json!({"items": item(price_id, product)}))
    };
    let objects = [
        (Kind::Customer, customer("cus_1", "Acme Ltd")),
        (Kind::Product, product("prod_pro", "Professional")),
        (Kind::Product, product("prod_free", "Free")),
        (Kind::Price, price(pro, "prod_pro", 2_000)),
        (Kind::Price, price(free, "prod_free", 0)),
        (Kind::Subscription, held(free, "prod_free")),
    ];
    book.apply(&objects, NOW - 20 * DAY).await;
    book.settle().await;
    book.confirm(free, Some("free")).await;
    book.confirm(pro, Some("professional")).await;
    book.used("cus_1", &[("2026-11-11", 60)]).await;
    assert_eq!(
        told(&book.check("cus_1").await.expect("a state")),
        "50 used 60, over, 12000"
    );
    // Three days ago it took the larger plan.
    book.apply(
        &[(Kind::Subscription, held(pro, "prod_pro"))],
        NOW - 3 * DAY,
    )
    .await;
    assert_eq!(
        told(&book.check("cus_1").await.expect("a state")),
        "2000 used 60, within, 300"
    );
    let story = book
        .books
        .usage_story("cus_1", "ai_credit", today(), 3)
        .await
        .expect("a story");
    let steps: Vec<String> = story
        .state
        .steps
        .iter()
        .map(|step| {
            format!(
                "{} {:?}",
                step.day,
                step.allowed.quantity().map(|q| q.to_string())
            )
        })
        .collect();
    assert_eq!(
        steps,
        ["2026-11-10 Some(\"50\")", "2026-11-15 Some(\"2000\")"]
    );
    // Back to the smaller one: it counts from the next period.
    book.apply(&[(Kind::Subscription, held(free, "prod_free"))], NOW - DAY)
        .await;
    assert_eq!(
        told(&book.check("cus_1").await.expect("a state")),
        "2000 used 60, within, 300"
    );
    let next = book
        .books
        .usage_story("cus_1", "ai_credit", day("2026-12-10"), 3)
        .await;
    let next = next.expect("a story");
    assert_eq!(next.state.allowed, Allowed::Quantity(units(50)));
    let before: Vec<Allowed> = next.before.iter().map(|it| it.allowed).collect();
    assert_eq!(
        before,
        [Allowed::Quantity(units(2_000))],
        "an old period by its own limits"
    );
}

#[tokio::test]
async fn own_allowances_stand_in_the_ledger_and_are_built_again_from_it() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book.confirm("price_pro", Some("professional")).await;
    book.used("cus_1", &[("2026-11-11", 2_100)]).await;
    book.used("cus_2", &[("2026-10-20", 7), ("2026-11-11", 700)])
        .await;
    let extra = book.top_up("cus_1", ChangeKind::TopUp, Some(500)).await;
    assert_eq!(
        told(&book.check("cus_1").await.expect("a state")),
        "2500 used 2100, near, 8400"
    );
    book.top_up("cus_2", ChangeKind::Override, Some(700)).await;
    let row = book.check("cus_2").await.expect("a state");
    assert_eq!(
        told(&row),
        "2000 used 700, within, 3500",
        "the lower one from the next period"
    );

    let (_, plan) = Catalogue::first()
        .at("professional", today())
        .map(|(from, plan)| (from, plan.clone()))
        .expect("a plan");
    let from = day("2026-12-01");
    book.books
        .set_plan("professional", from, &plan, BY)
        .await
        .expect("set");
    let story = book
        .books
        .usage_story("cus_1", "ai_credit", today(), 3)
        .await
        .expect("a story");
    let line = story.register.last().expect("a line");
    let numbers = [
        line.opening,
        line.given,
        line.used,
        line.expired,
        line.closing,
    ];
    assert_eq!(
        numbers,
        [0, 500, 100, 0, 400].map(units),
        "drawn after the plan's own"
    );

    let before = book.decided().await;
    book.books
        .rebuild_projections(&|_| {}, &CancellationToken::new())
        .await
        .expect("rebuilt");
    assert_eq!(book.decided().await, before);

    book.books
        .end_allowance(extra, day("2026-11-18"), BY)
        .await
        .expect("ended");
    let row = book.check("cus_1").await.expect("a state");
    assert_eq!(
        told(&row),
        "2100 used 2100, reached, 10000",
        "what was drawn stays"
    );
    let again = book.books.end_allowance(extra, day("2026-11-18"), BY).await;
    assert!(matches!(again, Err(BooksError::Invalid { .. })));
    let changes = book
        .books
        .allowance_changes(Some("cus_1"))
        .await
        .expect("changes");
    let change = &changes[0];
    assert_eq!(change.reason.as_deref(), Some("outage"));
    assert_eq!(
        (change.author.as_str(), change.ended.is_some()),
        ("kim", true)
    );

    let mut columns = Vec::new();
    for entry in book.books.ledger().rows(None, 10).await.expect("rows") {
        columns.push(entry.kind);
    }
    assert!(columns.contains(&"allowance.ended".to_owned()));
    assert!(
        book.books
            .ledger()
            .verify()
            .await
            .expect("verified")
            .broken
            .is_none()
    );
    book.books
        .erase_customer("cus_1", "kim", "asked", NOW)
        .await
        .expect("erased");
    let changes = book
        .books
        .allowance_changes(Some("cus_1"))
        .await
        .expect("changes");
    assert_eq!((&changes[0].reason, &changes[0].requester), (&None, &None));
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    let good = NewChange {
        kind: ChangeKind::TopUp,
        customer: "cus_1".to_owned(),
        usage_type: "ai_credit".to_owned(),
        from: today(),
        to: None,
        quantity: Some(units(5)),
        reason: "outage".to_owned(),
        requester: "Ann".to_owned(),
    };
    let wrong = [
        NewChange {
            to: Some(today()),
            ..good.clone()
        },
        NewChange {
            quantity: None,
            ..good.clone()
        },
        NewChange {
            quantity: Some(Quantity::ZERO),
            ..good.clone()
        },
        NewChange {
            quantity: Some(Quantity::from_millionths(-1)),
            ..good.clone()
        },
        NewChange {
            reason: " ".to_owned(),
            ..good.clone()
        },
        NewChange {
            requester: "x".repeat(501),
            ..good.clone()
        },
        NewChange {
            usage_type: "pages".to_owned(),
            ..good.clone()
        },
        NewChange {
            customer: "cus_9".to_owned(),
            ..good
        },
    ];
    for change in wrong {
        assert!(
            book.books.change_allowance(&change, BY).await.is_err(),
            "{change:?}"
        );
    }
    let none = book.books.map_prices(&BTreeMap::new(), &[], BY).await;
    assert!(none.is_err());
    let gone = BTreeMap::from([("price_pro".to_owned(), Some("platinum".to_owned()))]);
    assert!(book.books.map_prices(&gone, &[], BY).await.is_err());
    assert!(book.books.end_allowance(1, today(), BY).await.is_err());
    assert!(book.books.ledger().head().await.expect("a head").is_none());
}

#[tokio::test]
async fn the_table_is_sorted_and_filtered_by_how_use_stands() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book.confirm("price_pro", Some("professional")).await;
    book.used("cus_1", &[("2026-11-11", 1_700)]).await;
    book.used("cus_2", &[("2026-11-11", 2_400)]).await;
    book.books
        .bring_usage_up_to_date(today())
        .await
        .expect("told");
    let all = UsageFilter {
        usage_type: 1,
        ..UsageFilter::default()
    };
    let names = async |filter: &UsageFilter, sort, direction| {
        let page = book.books.usage_table(filter, sort, direction, 0, 10).await;
        let rows = page.expect("a page").rows;
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let (up, down) = (Direction::Ascending, Direction::Descending);
    for sort in [
        UsageSort::Percent,
        UsageSort::State,
        UsageSort::Used,
        UsageSort::Overage,
    ] {
        assert_eq!(names(&all, sort, up).await, ["cus_1", "cus_2"], "{sort:?}");
        assert_eq!(
            names(&all, sort, down).await,
            ["cus_2", "cus_1"],
            "{sort:?}"
        );
    }
    assert_eq!(
        names(&all, UsageSort::Remaining, up).await,
        ["cus_2", "cus_1"]
    );
    for sort in [UsageSort::Name, UsageSort::Plan, UsageSort::RunsOut] {
        assert_eq!(names(&all, sort, up).await, ["cus_1", "cus_2"], "{sort:?}");
    }
    let filtered = [
        (
            UsageFilter {
                states: vec![3],
                ..all.clone()
            },
            vec!["cus_2"],
        ),
        (
            UsageFilter {
                states: vec![-1],
                ..all.clone()
            },
            vec![],
        ),
        (
            UsageFilter {
                percent_min: Some(8_000),
                ..all.clone()
            },
            vec!["cus_1", "cus_2"],
        ),
        (
            UsageFilter {
                percent_max: Some(9_000),
                ..all.clone()
            },
            vec!["cus_1"],
        ),
        (
            UsageFilter {
                plans: vec!["free".into()],
                ..all.clone()
            },
            vec![],
        ),
        (
            UsageFilter {
                text: "acme".into(),
                ..all.clone()
            },
            vec!["cus_1"],
        ),
    ];
    for (filter, expected) in filtered {
        assert_eq!(
            names(&filter, UsageSort::Name, up).await,
            expected,
            "{filter:?}"
        );
    }
    let levels = UsageFilter {
        usage_type: 2,
        ..all
    };
    let page = book
        .books
        .usage_table(&levels, UsageSort::Name, up, 0, 10)
        .await;
    assert_eq!(
        told(&page.expect("a page").rows[0]),
        "20 used unknown, unknown, -"
    );
}

#[tokio::test]
async fn a_period_that_is_over_is_told_anew() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book.confirm("price_pro", Some("professional")).await;
    book.used("cus_1", &[("2026-11-11", 1_700)]).await;
    assert_eq!(
        told(&book.check("cus_1").await.expect("a state")),
        "2000 used 1700, near, 8500"
    );
    let next = book
        .books
        .usage_check("cus_1", "ai_credit", day("2026-12-10"))
        .await;
    let next = next.expect("checked").expect("a state");
    assert_eq!(told(&next), "2000 used 0, within, 0");
    let zone = billing::period::Zone::parse("Asia/Tokyo").expect("a zone");
    book.books.set_zone(zone).await.expect("set");
    assert_eq!(book.number("SELECT count(*) > 0 FROM usage_due").await, 1);
}
