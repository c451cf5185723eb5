//! The simulated account's own promises, over HTTP: lists, keys, idempotency, faults, the clock.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::Value;
use simulator::{Faults, Options, Running, TruthKind};

use crate::simulator_http::{get, post, send, start};

/// The account's present: 22 November 2026.
const NOW: i64 = 1_795_348_800;

async fn account(customers: u32, faults: &str) -> Running {
    let options = Options {
        customers,
        seed: 5,
        now: Some(NOW),
        faults: Faults::parse(faults).expect("known faults"),
        ..Options::default()
    };
    start(options).await
}

/// Every identifier of a list, paged by `cursor`, and how many pages that took.
async fn walk(account: &Running, path: &str, cursor: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = String::new();
    loop {
        let page = get(account, &format!("{path}{next}")).await.json();
        let ids: Vec<String> = page["data"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|it| it["id"].as_str().expect("an id").to_owned())
            .collect();
        let edge = if cursor == "starting_after" {
            ids.last()
        } else {
            ids.first()
        };
        let Some(edge) = edge else {
            return found;
        };
        next = format!("&{cursor}={edge}");
        found.extend(ids);
        if page["has_more"] == false {
            return found;
        }
    }
}

#[tokio::test]
async fn paging_visits_each_object_once_both_ways() {
    let account = account(40, "").await;
    let ids = account.truth().ids(TruthKind::Invoice);
    let forwards = walk(&account, "/v1/invoices?limit=13", "starting_after").await;
    assert_eq!(forwards, ids, "newest first, each once");
    let oldest = ids.last().expect("an invoice");
    let path = format!("/v1/invoices?limit=13&ending_before={oldest}");
    let first = get(&account, &path).await.json();
    let edge = first["data"][0]["id"]
        .as_str()
        .expect("a newest of the page");
    assert_eq!(first["has_more"], true, "more in the direction of travel");
    let path = format!("/v1/invoices?limit=13&ending_before={edge}");
    let second = get(&account, &path).await.json();
    let lowest = second["data"]
        .as_array()
        .and_then(|it| it.last())
        .expect("a page");
    let place = |id: &Value| {
        ids.iter()
            .position(|known| id == known.as_str())
            .expect("known")
    };
    assert_eq!(
        place(&lowest["id"]) + 1,
        place(&first["data"][0]["id"]),
        "pages touch"
    );
}

#[tokio::test]
async fn created_ranges_cut_a_list_without_loss() {
    let account = account(40, "").await;
    let all = account.truth().ids(TruthKind::Charge);
    let edges = [
        0,
        NOW - 300 * 86_400,
        NOW - 90 * 86_400,
        NOW - 7 * 86_400,
        NOW + 1,
    ];
    let mut found = Vec::new();
    for bounds in edges.windows(2).rev() {
        let path = format!(
            "/v1/charges?limit=100&created[gte]={}&created[lt]={}",
            bounds[0], bounds[1]
        );
        found.extend(walk(&account, &path, "starting_after").await);
    }
    assert_eq!(found, all, "slices that touch hold every charge once");
}

#[tokio::test]
async fn filters_narrow_a_list_to_what_they_name() {
    let account = account(60, "").await;
    for status in ["draft", "open", "paid", "uncollectible", "void"] {
        let path = format!("/v1/invoices?limit=100&status={status}");
        let page = get(&account, &path).await.json();
        let list = page["data"].as_array().expect("a list");
        assert!(list.iter().all(|it| it["status"] == status), "{status}");
    }
    let usual = walk(&account, "/v1/subscriptions?limit=50", "starting_after").await;
    let canceled = walk(
        &account,
        "/v1/subscriptions?limit=50&status=canceled",
        "starting_after",
    )
    .await;
    let all = walk(
        &account,
        "/v1/subscriptions?limit=50&status=all",
        "starting_after",
    )
    .await;
    assert!(!canceled.is_empty(), "someone left");
    assert_eq!(
        usual.len() + canceled.len(),
        all.len(),
        "the usual list leaves out canceled ones"
    );
    let one = get(&account, "/v1/invoices?limit=1").await.json();
    let customer = one["data"][0]["customer"].as_str().expect("a customer");
    let path = format!("/v1/invoices?limit=100&customer={customer}");
    let page = get(&account, &path).await.json();
    let list = page["data"].as_array().expect("a list");
    assert!(
        list.iter().all(|it| it["customer"] == customer),
        "{customer}"
    );
    let path = format!("/v1/customers?email={}", "nobody%40nowhere.example");
    assert_eq!(
        get(&account, &path).await.json()["data"],
        serde_json::json!([])
    );
}

#[tokio::test]
async fn discounts_are_expanded_where_asked_and_no_deeper_than_stripe() {
    let account = account(200, "").await;
    let expand = "expand[]=data.discounts.source.coupon&expand[]=data.items.data.discounts";
    let path = format!("/v1/subscriptions?status=all&limit=100&{expand}");
    let page = get(&account, &path).await.json();
    let list = page["data"].as_array().expect("a list");
    let whole = list.iter().find_map(|it| it["discounts"].get(0));
    let whole = whole.expect("a discount of a whole subscription");
    assert_eq!(whole["source"]["coupon"]["object"], "coupon", "{whole}");
    let items = list
        .iter()
        .flat_map(|it| it["items"]["data"].as_array().expect("items"));
    let own = items.clone().find(|it| it["discounts"][0].is_object());
    let own = own.expect("a discount of one item");
    let discount = &own["discounts"][0];
    assert_eq!(discount["subscription_item"], own["id"], "{discount}");
    assert!(
        discount["source"]["coupon"].is_string(),
        "the coupon is a level too deep"
    );
    let path = "/v1/subscriptions?expand[]=data.items.data.discounts.source.coupon";
    let refused = get(&account, path).await;
    assert_eq!(refused.status, 400);
    let words = refused.json()["error"]["message"].clone();
    assert_eq!(words, "You cannot expand more than 4 levels of a property.");
}

#[tokio::test]
async fn a_deleted_customer_says_so() {
    let account = account(300, "").await;
    let deleted = account.truth().deleted_customers();
    let id = deleted.first().expect("someone was deleted");
    let answer = get(&account, &format!("/v1/customers/{id}")).await;
    assert_eq!(
        (answer.status, &answer.json()["deleted"]),
        (200, &Value::Bool(true))
    );
    let listed: BTreeSet<_> = account
        .truth()
        .ids(TruthKind::Customer)
        .into_iter()
        .collect();
    assert!(!listed.contains(id), "and is not listed");
}

#[tokio::test]
async fn every_answer_has_stripes_headers() {
    let account = account(2, "").await;
    let answer = get(&account, "/v1/account").await;
    assert_eq!(
        answer.header("stripe-version"),
        Some(simulator::API_VERSION)
    );
    assert_eq!(answer.header("date"), Some("Sun, 22 Nov 2026 12:00:00 GMT"));
    let id = answer
        .header("request-id")
        .expect("a request id")
        .to_owned();
    assert!(id.starts_with("req_") && id.len() == 18, "{id}");
    let other = get(&account, "/v1/account").await;
    assert_ne!(other.header("request-id"), Some(id.as_str()), "one each");
}

#[tokio::test]
async fn keys_open_what_they_may() {
    let options = Options {
        customers: 3,
        now: Some(NOW),
        restricted_without: vec!["rak_charge_read".to_owned()],
        ..Options::default()
    };
    let account = start(options).await;
    let get_with = |key: &str, path: &str| {
        let (key, path, account) = (key.to_owned(), path.to_owned(), &account);
        async move {
            send(account, Method::GET, &path, &key, &[], None)
                .await
                .expect("an answer")
        }
    };
    let refused = get_with(&account.restricted_key, "/v1/charges").await;
    let words = refused.json()["error"]["message"]
        .as_str()
        .expect("words")
        .to_owned();
    assert_eq!(refused.status, 403);
    assert!(
        words.contains("Having the 'rak_charge_read' permission would allow"),
        "{words}"
    );
    assert!(words.contains(&account.account_id) && !words.contains(&account.restricted_key));
    assert_eq!(
        get_with(&account.restricted_key, "/v1/invoices")
            .await
            .status,
        200
    );
    assert_eq!(
        get_with(&account.publishable_key, "/v1/invoices")
            .await
            .status,
        401
    );
    assert_eq!(
        get_with("sk_test_somebody_elses_key", "/v1/invoices")
            .await
            .status,
        401
    );
    let path = "/v1/customers/cus_0MeterdeskAsksWhetherThisKeyMayWrite";
    for (key, status) in [
        (&account.restricted_key, 403),
        (&account.restricted_write_key, 404),
    ] {
        let answer = send(&account, Method::POST, path, key, &[], Some("probe")).await;
        assert_eq!(answer.expect("an answer").status, status);
    }
    account.set_revoked(true);
    let revoked = get_with(&account.secret_key, "/v1/invoices").await;
    assert_eq!(revoked.status, 401);
    assert_eq!(revoked.json()["error"]["code"], "api_key_expired");
}

#[tokio::test]
async fn writes_change_the_account_and_say_so() {
    let account = account(40, "").await;
    let before = get(&account, "/v1/subscriptions?status=active&limit=1")
        .await
        .json();
    let subscription = &before["data"][0];
    let (id, item) = (&subscription["id"], &subscription["items"]["data"][0]);
    let path = format!("/v1/subscriptions/{}", id.as_str().expect("an id"));
    let seats = item["quantity"].as_i64().expect("seats") + 3;
    let form = [
        ("items[0][id]", item["id"].as_str().expect("an id")),
        ("items[0][quantity]", &seats.to_string()),
        ("proration_behavior", "always_invoice"),
    ];
    let after = post(&account, &path, &form, Some("seats-1")).await;
    assert_eq!(after.status, 200, "{}", after.json());
    assert_eq!(after.json()["items"]["data"][0]["quantity"], seats);
    let events = get(&account, "/v1/events?limit=20").await.json();
    let events = events["data"].as_array().expect("a list");
    let told = events
        .iter()
        .find(|it| it["type"] == "customer.subscription.updated");
    let told = told.expect("an event tells it");
    assert_eq!(told["request"]["idempotency_key"], "seats-1");
    assert_eq!(
        told["data"]["object"]["items"]["data"][0]["quantity"],
        seats
    );
    assert_eq!(
        told["data"]["previous_attributes"]["items"]["data"][0]["quantity"],
        item["quantity"]
    );
    let canceled = send(
        &account,
        Method::DELETE,
        &path,
        &account.secret_key,
        &[],
        None,
    )
    .await;
    assert_eq!(canceled.expect("an answer").json()["status"], "canceled");
    let made = post(
        &account,
        "/v1/customers",
        &[("name", "=New & Co."), ("metadata[a]", "b")],
        None,
    );
    let made = made.await.json();
    assert_eq!(made["name"], "=New & Co.");
    assert_eq!(made["metadata"]["a"], "b");
    let first = get(&account, "/v1/customers?limit=1").await.json();
    assert_eq!(
        first["data"][0]["id"], made["id"],
        "the newest is listed first"
    );
}

#[tokio::test]
async fn an_idempotency_key_stands_for_one_request() {
    let account = account(5, "").await;
    let id = account.truth().ids(TruthKind::Customer)[0].clone();
    let path = format!("/v1/customers/{id}");
    let first = post(&account, &path, &[("name", "A")], Some("k")).await;
    let again = post(&account, &path, &[("name", "A")], Some("k")).await;
    assert_eq!(
        (first.status, first.header("idempotent-replayed")),
        (200, None)
    );
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body, again.body);
    let other = post(&account, &path, &[("name", "B")], Some("k")).await;
    assert_eq!(other.status, 400);
    assert_eq!(other.json()["error"]["type"], "idempotency_error");
    account.set_faults(Faults::parse("latency=300ms").expect("known"));
    let (one, two) = tokio::join!(
        post(&account, &path, &[("name", "C")], Some("c")),
        post(&account, &path, &[("name", "C")], Some("c")),
    );
    let mut statuses = [one.status, two.status];
    statuses.sort_unstable();
    assert_eq!(
        statuses,
        [200, 409],
        "the second of two at once is turned away"
    );
}

#[tokio::test]
async fn each_fault_does_what_its_name_says() {
    let account = account(5, "").await;
    let faults = |text: &str| account.set_faults(Faults::parse(text).expect("known"));
    faults("429=100%");
    let answer = get(&account, "/v1/invoices").await;
    assert_eq!(answer.status, 429);
    assert_eq!(
        answer.header("stripe-rate-limited-reason"),
        Some("endpoint-rate")
    );
    faults("429-bare=100%");
    let answer = get(&account, "/v1/invoices").await;
    assert_eq!(
        (answer.status, answer.header("stripe-rate-limited-reason")),
        (429, None)
    );
    assert_eq!(
        answer.header("request-id"),
        None,
        "a lock that timed out has no request id"
    );
    assert_eq!(answer.json()["error"]["code"], "lock_timeout");
    for (text, status) in [("500=100%", 500), ("503=100%", 503)] {
        faults(text);
        assert_eq!(get(&account, "/v1/invoices").await.status, status);
    }
    let key = account.secret_key.clone();
    for text in ["reset-before=100%", "reset-after=100%", "truncate=100%"] {
        faults(text);
        let answer = send(&account, Method::GET, "/v1/invoices", &key, &[], None).await;
        assert!(answer.is_err(), "{text} ends without a whole answer");
    }
    faults("slow=100%,slow-by=150ms,latency=50ms");
    let begun = tokio::time::Instant::now();
    assert_eq!(get(&account, "/v1/invoices").await.status, 200);
    assert!(
        begun.elapsed() >= Duration::from_millis(200),
        "slow comes on top of latency"
    );
    faults("limit=2/endpoint");
    let mut refused = 0;
    for _ in 0..8 {
        refused += u32::from(get(&account, "/v1/coupons").await.status == 429);
    }
    assert!(refused > 0, "eight at once are more than two a second");
    assert_eq!(
        get(&account, "/v1/products").await.status,
        200,
        "another endpoint is free"
    );
}

#[tokio::test]
async fn a_reset_after_the_work_leaves_the_work_done() {
    let account = account(5, "reset-after=100%").await;
    let id = account.truth().ids(TruthKind::Customer)[0].clone();
    let (path, key) = (format!("/v1/customers/{id}"), account.secret_key.clone());
    let form = [("name", "Done anyway")];
    let lost = send(&account, Method::POST, &path, &key, &form, Some("k")).await;
    assert!(lost.is_err(), "the answer is lost");
    account.set_faults(Faults::none());
    assert_eq!(get(&account, &path).await.json()["name"], "Done anyway");
    let again = post(&account, &path, &form, Some("k")).await;
    assert_eq!(
        again.header("idempotent-replayed"),
        Some("true"),
        "and is remembered"
    );
}

#[tokio::test]
async fn time_goes_on_when_it_is_moved() {
    let account = account(60, "").await;
    let truth = account.truth();
    let before = truth.count(TruthKind::Invoice);
    account.advance(32 * 86_400);
    assert_eq!(account.now(), NOW + 32 * 86_400);
    assert!(
        truth.count(TruthKind::Invoice) > before + 20,
        "a month brings renewals"
    );
    let newest = get(&account, "/v1/events?limit=1").await.json();
    let created = newest["data"][0]["created"].as_i64().expect("a time");
    assert!(
        created > NOW && created <= account.now(),
        "with events of that month"
    );
    let changed = truth.ids(TruthKind::Event);
    account.mutate(25, 1);
    let more = truth.ids(TruthKind::Event);
    assert!(
        more.len() >= changed.len() + 20,
        "changes by chance tell their events"
    );
    assert!(more.ends_with(&changed), "and come on top of the old ones");
}

#[tokio::test]
async fn the_same_seed_makes_the_same_account_and_another_seed_another() {
    let everything = |seed| async move {
        let options = Options {
            customers: 30,
            seed,
            now: Some(NOW),
            ..Options::default()
        };
        let account = start(options).await;
        account.advance(86_400 * 40);
        account.mutate(10, 3);
        let truth = account.truth();
        TruthKind::ALL.map(|kind| truth.objects(kind).collect::<Vec<_>>())
    };
    let (one, two, three) = tokio::join!(everything(1), everything(1), everything(2));
    assert!(one == two, "byte for byte");
    assert!(one != three, "chance follows the seed");
}
