//! What recurs a month and what is owed: discounts, currencies, and what cannot be known.

use objects::Kind;
use serde_json::{Value, json};

use super::fixture::{Book, NOW, customer, invoice, price, product, subscription, with};
use crate::{Direction, TenantFilter, TenantRow, TenantSort};

fn coupon(percent: u32) -> Value {
    json!({
        "id": "half", "object": "coupon", "duration": "forever", "percent_off": percent,
        "amount_off": null, "currency": null, "created": NOW, "valid": true, "livemode": false,
        "metadata": {}, "name": null, "times_redeemed": 1,
    })
}

fn discount(coupon: Value) -> Value {
    json!({
        "id": "di_1", "object": "discount", "customer": "cus_1", "start": NOW, "end": null,
        "source": {"type": "coupon", "coupon": coupon}, "subscription": "sub_1",
        "subscription_item": null, "invoice": null, "promotion_code": null,
    })
}

/// A subscription to five seats of a price, `changes` made to it and to its only item.
fn held(changes: Value, item: Value) -> Value {
    let mut subscription = with(subscription("sub_1", "cus_1", "price_pro", 5), changes);
    let first = subscription["items"]["data"][0].take();
    subscription["items"]["data"][0] = with(first, item);
    subscription
}

async fn tenant(objects: Vec<(Kind, Value)>) -> TenantRow {
    let book = Book::new().await;
    let known = [
        (Kind::Customer, customer("cus_1", "Acme Ltd")),
        (Kind::Product, product("prod_pro", "Professional")),
        (Kind::Price, price("price_pro", "prod_pro", 2_000)),
    ];
    book.apply(&known, NOW).await;
    book.apply(&objects, NOW).await;
    book.settle().await;
    first(&book).await
}

async fn first(book: &Book) -> TenantRow {
    let filter = TenantFilter::default();
    let (sort, direction) = (TenantSort::PastDue, Direction::Descending);
    let page = book.books.tenants(&filter, sort, direction, 0, 1, NOW);
    page.await.expect("a page").rows.remove(0)
}

#[tokio::test]
async fn a_discount_on_an_item_comes_off() {
    let on_item = json!({"discounts": [discount(coupon(50))]});
    let row = tenant(vec![(Kind::Subscription, held(json!({}), on_item))]).await;
    assert_eq!(row.mrr, Some(5_000), "half of five seats at 20.00");
}

#[tokio::test]
async fn a_discount_stays_in_force_when_its_coupon_is_gone_from_the_list() {
    let expanded = json!({"discounts": [discount(coupon(50))]});
    let row = tenant(vec![(Kind::Subscription, held(expanded, json!({})))]).await;
    assert_eq!(row.mrr, Some(5_000), "its terms came with the discount");
}

#[tokio::test]
async fn without_a_discounts_terms_the_figure_is_unknown() {
    for discounts in [json!(["di_1"]), json!([discount(json!("half"))])] {
        let on_it = json!({ "discounts": discounts });
        let row = tenant(vec![(Kind::Subscription, held(on_it.clone(), json!({})))]).await;
        assert_eq!(row.mrr, None, "on the subscription: {on_it}");
        let row = tenant(vec![(Kind::Subscription, held(json!({}), on_it))]).await;
        assert_eq!(row.mrr, None, "on the item");
    }
}

#[tokio::test]
async fn a_price_in_several_currencies_counts_in_the_subscriptions() {
    let in_yen = held(json!({"currency": "jpy"}), json!({}));
    let bare = vec![(Kind::Subscription, in_yen.clone())];
    assert_eq!(tenant(bare).await.mrr, None, "no amount in yen is known");

    let mut many = price("price_pro", "prod_pro", 2_000);
    many["currency_options"] = json!({
        "usd": {"unit_amount": 2_000, "unit_amount_decimal": "2000"},
        "jpy": {"unit_amount": 3_000, "unit_amount_decimal": "3000"},
    });
    let row = tenant(vec![(Kind::Price, many), (Kind::Subscription, in_yen)]).await;
    assert_eq!(
        (row.currency.as_deref(), row.mrr),
        (Some("jpy"), Some(15_000)),
        "five seats at ¥3,000, not at 20.00"
    );
}

#[tokio::test]
async fn subscriptions_in_two_currencies_both_count() {
    let book = Book::new().await;
    let mut euro_price = price("price_eur", "prod_pro", 1_000);
    euro_price["currency"] = json!("eur");
    let mut euro = with(
        subscription("sub_2", "cus_1", "price_eur", 7),
        json!({"currency": "eur"}),
    );
    euro["items"]["data"][0]["price"] = euro_price.clone();
    let objects = [
        (Kind::Customer, customer("cus_1", "Acme Ltd")),
        (Kind::Product, product("prod_pro", "Professional")),
        (Kind::Price, price("price_pro", "prod_pro", 2_000)),
        (Kind::Price, euro_price),
        (Kind::Subscription, euro),
        (Kind::Subscription, held(json!({}), json!({}))),
    ];
    book.apply(&objects, NOW).await;
    book.settle().await;
    let figures = book.books.overview(NOW, billing::period::Zone::UTC).await;
    let mut mrr: Vec<(String, i64)> = figures
        .expect("figures")
        .mrr
        .into_iter()
        .map(|sum| (sum.currency, sum.amount))
        .collect();
    mrr.sort();
    let expected = [("eur".to_owned(), 7_000), ("usd".to_owned(), 10_000)];
    assert_eq!(mrr, expected, "never added, never lost");
    let row = first(&book).await;
    assert_eq!(
        row.currency.as_deref(),
        Some("usd"),
        "equally old: the smaller id leads"
    );
}

#[tokio::test]
async fn balance_and_debt_stand_in_their_own_currencies() {
    let in_yen = with(
        customer("cus_1", "Acme Ltd"),
        json!({"currency": "jpy", "balance": -5_000}),
    );
    let overdue = with(
        invoice("in_9", "cus_1", 9, 900_000),
        json!({"currency": "eur", "status": "open", "amount_paid": 0,
            "amount_remaining": 900_000, "due_date": NOW - 1}),
    );
    let row = tenant(vec![
        (Kind::Customer, in_yen),
        (Kind::Subscription, held(json!({}), json!({}))),
        (Kind::Invoice, overdue),
    ])
    .await;
    assert_eq!(row.currency.as_deref(), Some("usd"), "the subscription's");
    assert_eq!(
        (row.balance, row.balance_currency.as_deref()),
        (-5_000, Some("jpy")),
        "¥5,000 of credit, not 50.00"
    );
    assert_eq!(
        (
            row.past_due,
            row.past_due_currency.as_deref(),
            row.past_due_others
        ),
        (900_000, Some("eur"), 0),
        "what is owed in another currency is not hidden"
    );
}

/// A coupon as its own list gives it: with what is expanded.
fn listed(coupon: Value, expanded: Value) -> (Kind, Value) {
    (Kind::Coupon, with(coupon, expanded))
}

/// A subscription to five seats at 20.00 of one product and five at 10.00 of another, half off.
fn two_products() -> Value {
    let mut subscription = held(json!({"discounts": [discount(coupon(50))]}), json!({}));
    let mut second = with(
        subscription["items"]["data"][0].clone(),
        json!({"id": "si_second"}),
    );
    second["price"] = price("price_mail", "prod_mail", 1_000);
    subscription["items"]["data"]
        .as_array_mut()
        .expect("items")
        .push(second);
    subscription
}

#[tokio::test]
async fn a_coupon_limited_to_products_comes_off_those_alone() {
    let mail = (Kind::Price, price("price_mail", "prod_mail", 1_000));
    let limited = json!({"applies_to": {"products": ["prod_mail"]}});
    for (expanded, mrr, why) in [
        (json!({}), 7_500, "half of both"),
        (json!({"applies_to": {"products": []}}), 7_500, "no limit"),
        (limited.clone(), 12_500, "half of the second product"),
    ] {
        let coupon = listed(coupon(50), expanded);
        let row = tenant(vec![
            mail.clone(),
            coupon,
            (Kind::Subscription, two_products()),
        ])
        .await;
        assert_eq!(row.mrr, Some(mrr), "{why}");
    }
}

#[tokio::test]
async fn a_coupon_read_within_a_discount_wipes_no_limit_and_adds_no_version() {
    let book = Book::new().await;
    let known = [
        (Kind::Customer, customer("cus_1", "Acme Ltd")),
        (Kind::Product, product("prod_pro", "Professional")),
        (Kind::Price, price("price_pro", "prod_pro", 2_000)),
        (Kind::Price, price("price_mail", "prod_mail", 1_000)),
        (Kind::Subscription, two_products()),
    ];
    book.apply(&known, NOW).await;
    book.settle().await;
    assert_eq!(first(&book).await.mrr, Some(7_500), "no limit is known");
    let limit = listed(
        coupon(50),
        json!({"applies_to": {"products": ["prod_mail"]}}),
    );
    let applied = book.apply(&[limit], NOW + 1).await;
    assert_eq!(applied.new_versions, 1, "the limit alone is new");
    assert_eq!(first(&book).await.mrr, Some(12_500), "the figure follows");
    let again = book
        .apply(&[(Kind::Subscription, two_products())], NOW + 2)
        .await;
    assert_eq!(again.new_versions, 0, "the same coupon without its limit");
    assert_eq!(first(&book).await.mrr, Some(12_500), "the limit stays");
}

#[tokio::test]
async fn an_amount_off_in_another_currency_is_the_one_that_the_coupon_names() {
    let off = with(
        coupon(50),
        json!({"percent_off": null, "amount_off": 500, "currency": "usd"}),
    );
    let mut price = price("price_eur", "prod_pro", 1_000);
    price["currency"] = json!("eur");
    let mut euro = held(
        json!({"currency": "eur", "discounts": [discount(off.clone())]}),
        json!({}),
    );
    euro["items"]["data"][0]["price"] = price.clone();
    for (expanded, mrr) in [
        (
            json!({"currency_options": {"eur": {"amount_off": 450}}}),
            Some(4_550),
        ),
        (json!({}), None),
    ] {
        let row = tenant(vec![
            (Kind::Price, price.clone()),
            listed(off.clone(), expanded),
            (Kind::Subscription, euro.clone()),
        ])
        .await;
        assert_eq!(row.mrr, mrr, "five seats at €10.00 less the coupon");
    }
}
