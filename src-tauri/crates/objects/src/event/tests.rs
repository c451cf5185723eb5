//! Holds the words for what an event changed, in today's shapes and in old ones.

use serde_json::{Value, json};

use crate::{changes_of_event, samples};

fn told(kind: &str, object: Value, previous: Value) -> Vec<String> {
    let event = json!({
        "id": "evt_1", "object": "event", "type": kind, "api_version": "2026-09-30.endive",
        "data": {"object": object, "previous_attributes": previous},
    });
    changes_of_event(event.to_string().as_bytes())
        .iter()
        .map(ToString::to_string)
        .collect()
}

#[test]
fn seats_and_a_balance_are_told_before_and_after() {
    let mut subscription = samples::subscription();
    let before = json!([samples::item(1)]);
    subscription["items"]["data"] = json!([samples::item(1)]);
    subscription["items"]["data"][0]["quantity"] = json!(8);
    let lines = told(
        "customer.subscription.updated",
        subscription,
        json!({"items": {"data": before}}),
    );
    assert_eq!(lines, ["seats 5 → 8"]);

    let lines = told(
        "customer.updated",
        samples::customer(),
        json!({"balance": 0, "name": null}),
    );
    assert_eq!(
        lines,
        [
            "account credit balance $0.00 → −$15.00",
            "name none → Häusler GmbH"
        ]
    );
}

#[test]
fn what_happened_comes_first() {
    let mut invoice = samples::invoice();
    invoice["amount_paid"] = json!(124_000);
    invoice["currency"] = json!("eur");
    assert_eq!(
        told("invoice.paid", invoice, Value::Null),
        ["paid €1,240.00"]
    );
    for (event, object, line) in [
        (
            "refund.created",
            json!({"id": "re_1", "object": "refund", "amount": 5000, "currency": "eur"}),
            "refunded €50.00",
        ),
        (
            "charge.dispute.closed",
            json!({"id": "dp_1", "object": "dispute", "amount": 1, "status": "lost"}),
            "dispute closed: lost",
        ),
        (
            "billing.credit_grant.created",
            json!({"id": "credgr_1", "object": "billing.credit_grant",
                "amount": {"monetary": {"value": 50_000, "currency": "usd"}, "type": "monetary"}}),
            "credits granted: $500.00",
        ),
        (
            "billing.credit_balance_transaction.created",
            json!({"id": "cbt_1", "object": "billing.credit_balance_transaction", "credit": null,
                "debit": {"amount": {"monetary": {"value": 700, "currency": "usd"}},
                    "type": "credits_applied"}}),
            "credits used: $7.00",
        ),
        (
            "payment_method.attached",
            json!({"id": "pm_1", "object": "payment_method", "type": "card",
                "card": {"brand": "visa", "last4": "4242"}}),
            "payment method added: visa •••• 4242",
        ),
        (
            "tax_rate.created",
            json!({"id": "txr_1", "object": "tax_rate"}),
            "created",
        ),
    ] {
        assert_eq!(told(event, object, Value::Null), [line], "{event}");
    }
}

#[test]
fn a_void_says_what_was_voided_and_when() {
    let grant = json!({"id": "credgr_1", "object": "billing.credit_grant",
        "amount": {"monetary": {"value": 50_000, "currency": "usd"}},
        "voided_at": 1_760_000_000});
    let lines = told(
        "billing.credit_grant.updated",
        grant,
        json!({"voided_at": null}),
    );
    assert_eq!(lines, ["voided at none → 9 Oct 2025 08:53 UTC"]);
}

#[test]
fn an_old_shape_is_understood_as_far_as_it_goes() {
    // 2019: the plan and the quantity stood on the subscription too.
    let subscription = json!({
        "id": "sub_1", "object": "subscription", "quantity": 8,
        "plan": {"id": "plan_b", "object": "plan"},
        "items": {"object": "list", "data": [{"id": "si_1", "object": "subscription_item",
            "quantity": 8, "plan": {"id": "plan_b", "object": "plan"}}]},
    });
    let previous = json!({
        "quantity": 5, "plan": {"id": "plan_a", "object": "plan"},
        "items": {"data": [{"id": "si_1", "object": "subscription_item",
            "quantity": 5, "plan": {"id": "plan_a", "object": "plan"}}]},
    });
    let lines = told("customer.subscription.updated", subscription, previous);
    assert_eq!(
        lines,
        ["plan plan_a → plan_b", "seats 5 → 8"],
        "each thing once"
    );
}

#[test]
fn what_is_no_event_says_nothing() {
    for body in [
        "",
        "{",
        "[]",
        "{}",
        r#"{"data":7}"#,
        r#"{"data":{"object":null}}"#,
        r#"{"type":"x.y","data":{"object":{"object":"new_thing"},"previous_attributes":{"a":1}}}"#,
        r#"{"type":"customer.updated","data":{"object":{"object":"customer"},
            "previous_attributes":["a"]}}"#,
    ] {
        assert_eq!(changes_of_event(body.as_bytes()), [], "{body}");
    }
}
