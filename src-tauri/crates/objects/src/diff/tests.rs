//! Holds the words of a change.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Kind, decode, diff, samples};

/// The changes of the version of `of` when `change` is made to the sample.
fn changes(kind: Kind, of: Kind, sample: Value, change: impl Fn(&mut Value)) -> Vec<String> {
    let canonical = |object: &Value| {
        let decoded = decode(kind, object.to_string().as_bytes()).expect("has an id");
        let version = decoded
            .versions
            .into_iter()
            .find(|version| version.kind == of);
        version.expect("has such a version").canonical
    };
    let mut after = sample.clone();
    change(&mut after);
    diff(of, &canonical(&sample), &canonical(&after))
}

fn invoice(change: impl Fn(&mut Value)) -> Vec<String> {
    changes(Kind::Invoice, Kind::Invoice, samples::invoice(), change)
}

fn items(change: impl Fn(&mut Value)) -> Vec<String> {
    changes(
        Kind::Subscription,
        Kind::SubscriptionItems,
        samples::subscription(),
        change,
    )
}

#[test]
fn an_invoice_that_is_paid() {
    let lines = invoice(|o| {
        o["status"] = json!("paid");
        o["amount_paid"] = json!(124_000);
        o["amount_remaining"] = json!(0);
        o["attempt_count"] = json!(2);
        o["next_payment_attempt"] = Value::Null;
        o["status_transitions"]["paid_at"] = json!(1_760_300_002);
    });
    let expected = [
        "amount paid $0.00 → $1,240.00",
        "amount remaining $200.00 → $0.00",
        "payment attempts 1 → 2",
        "next payment attempt 12 Oct 2025 20:13 UTC → none",
        "status open → paid",
        "paid at none → 12 Oct 2025 20:13 UTC",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_subscription_that_ends_and_seats_that_change() {
    let lines = changes(
        Kind::Subscription,
        Kind::Subscription,
        samples::subscription(),
        |o| {
            o["status"] = json!("past_due");
            o["cancel_at_period_end"] = json!(true);
            o["pause_collection"] = json!({"behavior": "void"});
            o["metadata"]["cost_centre"] = json!("7");
        },
    );
    let expected = [
        "ends with the period no → yes",
        "metadata cost_centre none → 7",
        "collection paused, invoices none → void",
        "status active → past_due",
    ];
    assert_eq!(lines, expected);

    let one = |quantity: i64| {
        json!({"object": "list", "has_more": false, "data": [
            {"id": "si_1", "price": {"id": "price_1", "object": "price"}, "quantity": quantity}
        ]})
    };
    let mut sample = samples::subscription();
    sample["items"] = one(5);
    let lines = changes(Kind::Subscription, Kind::SubscriptionItems, sample, |o| {
        o["items"] = one(8)
    });
    assert_eq!(lines, ["seats 5 → 8"]);

    let lines = items(|o| {
        o["items"]["data"][0]["quantity"] = json!(1_200);
        o["items"]["data"][1] = samples::item(3);
    });
    let expected = [
        "item removed: price_1, 5 seats",
        "price_1, 5 seats: seats 5 → 1,200",
        "item added: price_1, 5 seats",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn customers_lines_and_deletions() {
    let lines = changes(Kind::Customer, Kind::Customer, samples::customer(), |o| {
        o["balance"] = json!(0);
        o["name"] = json!("n".repeat(200));
    });
    let long = format!("name Häusler GmbH → {}…", "n".repeat(79));
    assert_eq!(
        lines,
        ["account credit balance −$15.00 → $0.00", long.as_str()]
    );

    let lines = changes(Kind::Invoice, Kind::InvoiceLines, samples::invoice(), |o| {
        o["lines"]["data"][1]["amount"] = json!(-500);
    });
    let line = "5 × Professional (at $20.00 / month), $100.00: amount $100.00 → −$5.00";
    assert_eq!(lines, [line]);

    let lines = changes(Kind::Customer, Kind::Customer, samples::customer(), |o| {
        *o = json!({"id": "cus_1", "object": "customer", "deleted": true});
    });
    assert_eq!(lines, ["deleted"]);
}

#[test]
fn the_same_version_has_no_changes_and_many_changes_are_counted() {
    assert_eq!(invoice(|_| {}), [""; 0]);
    let many = invoice(|o| {
        for number in 0..100 {
            o["metadata"][format!("key_{number:02}")] = json!("x");
        }
    });
    assert_eq!(many.len(), 41);
    assert_eq!(many.last().map(String::as_str), Some("and 60 more"));
}

proptest! {
    #[test]
    fn no_bytes_panic(which in 0..Kind::ALL.len(), before: Vec<u8>, after: Vec<u8>) {
        let _ = diff(Kind::ALL[which], &before, &after);
        let wrapped = [b"{\"a\":", before.as_slice(), b"}"].concat();
        let _ = diff(Kind::ALL[which], &wrapped, b"[{\"id\":\"x\"}]");
    }
}
