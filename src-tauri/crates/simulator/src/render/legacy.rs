//! Objects in the shapes of API versions before 2025-03-31.basil, in which accounts that were
//! opened years ago still get their events.
//!
//! Only what those shapes have differently is rewritten: where a period, a price, a tax or a
//! payment stands. Members that came later are taken out where they would contradict it.

use serde_json::{Map, Value, json};

use crate::account::Account;
use crate::ids::Kind;
use crate::model::some;
use crate::render;

/// The first version with today's places of periods, prices and payments.
const FIRST_CURRENT: &str = "2025-03-31";

/// True for a version whose shapes differ from those that are written here.
pub(crate) fn is_legacy(version: &str) -> bool {
    version < FIRST_CURRENT
}

/// `current`, the JSON of an object of today, as it was in the old shape. Unreadable JSON, which
/// this crate does not write, stays as it is.
pub(crate) fn rewrite(account: &Account, kind: Kind, serial: u32, current: Vec<u8>) -> Vec<u8> {
    let Ok(Value::Object(mut object)) = serde_json::from_slice(&current) else {
        return current;
    };
    object.remove("customer_account");
    match kind {
        Kind::Customer => {
            object.remove("business_name");
        }
        Kind::Subscription => subscription(account, &mut object),
        Kind::Invoice => invoice(account, serial, &mut object),
        Kind::Charge => {
            let intent = &account.intents[account.charges[serial as usize].intent as usize];
            put(
                &mut object,
                "invoice",
                id(account, Kind::Invoice, intent.invoice),
            );
        }
        Kind::PaymentIntent => {
            let invoice = account.intents[serial as usize].invoice;
            put(&mut object, "invoice", id(account, Kind::Invoice, invoice));
        }
        Kind::CreditNote => credit_note(&mut object),
        Kind::Discount => {
            let source = object.remove("source").unwrap_or_default();
            put(&mut object, "coupon", source["coupon"].clone());
        }
        _ => {}
    }
    serde_json::to_vec(&object).unwrap_or(current)
}

fn put(object: &mut Map<String, Value>, name: &str, value: Value) {
    object.insert(name.to_owned(), value);
}

fn id(account: &Account, kind: Kind, serial: u32) -> Value {
    some(serial).map_or(Value::Null, |serial| account.name_of(kind, serial).into())
}

/// The period and the one plan stood at the subscription itself.
fn subscription(account: &Account, object: &mut Map<String, Value>) {
    for name in [
        "billing_mode",
        "billing_schedules",
        "managed_payments",
        "status_details",
    ] {
        object.remove(name);
    }
    let first = object["items"]["data"].get(0).cloned().unwrap_or_default();
    for name in [
        "current_period_start",
        "current_period_end",
        "plan",
        "quantity",
    ] {
        put(object, name, first[name].clone());
    }
    let discounts = object.remove("discounts").unwrap_or_default();
    put(object, "discount", whole_discount(account, &discounts));
    if let Some(items) = object["items"]["data"].as_array_mut() {
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            for name in [
                "current_period_start",
                "current_period_end",
                "current_trial",
                "discounts",
            ] {
                item.remove(name);
            }
        }
    }
}

/// The first of the discounts, in full, or null.
fn whole_discount(account: &Account, discounts: &Value) -> Value {
    let serial = discounts[0]
        .as_str()
        .and_then(|it| account.find(Kind::Discount, it));
    let Some(serial) = serial else {
        return Value::Null;
    };
    let current = render::event::current(account, Kind::Discount, serial);
    let legacy = rewrite(account, Kind::Discount, serial, current);
    serde_json::from_slice(&legacy).unwrap_or_default()
}

fn invoice(account: &Account, serial: u32, object: &mut Map<String, Value>) {
    let own = account.invoice(serial);
    let parent = object.remove("parent").unwrap_or_default();
    put(
        object,
        "subscription",
        parent["subscription_details"]["subscription"].clone(),
    );
    put(object, "subscription_details", json!({ "metadata": {} }));
    let charge = some(own.intent).map(|intent| account.intents[intent as usize].last_charge);
    put(
        object,
        "charge",
        charge.map_or(Value::Null, |it| id(account, Kind::Charge, it)),
    );
    put(
        object,
        "payment_intent",
        id(account, Kind::PaymentIntent, own.intent),
    );
    put(object, "paid", (object["status"] == "paid").into());
    let outside = object.remove("amount_paid_off_stripe").unwrap_or_default();
    put(
        object,
        "paid_out_of_band",
        (outside.as_i64() > Some(0)).into(),
    );
    for name in ["quote", "application_fee_amount", "transfer_data"] {
        put(object, name, Value::Null);
    }
    for name in [
        "amount_overpaid",
        "status_details",
        "total_pretax_credit_amounts",
    ] {
        object.remove(name);
    }
    put(
        object,
        "discount",
        whole_discount(account, &object["discounts"]),
    );
    let taxes = object.remove("total_taxes").unwrap_or_default();
    let tax: i64 = amounts(&taxes).sum();
    put(
        object,
        "tax",
        if taxes[0].is_null() {
            Value::Null
        } else {
            tax.into()
        },
    );
    put(object, "total_tax_amounts", tax_amounts(&taxes));
    if let Some(lines) = object["lines"]["data"].as_array_mut() {
        lines
            .iter_mut()
            .filter_map(Value::as_object_mut)
            .for_each(|it| line(account, it));
    }
}

fn amounts(taxes: &Value) -> impl Iterator<Item = i64> {
    let list = taxes.as_array().into_iter().flatten();
    list.filter_map(|it| it["amount"].as_i64())
}

/// Taxes as they were before they had details of their own.
fn tax_amounts(taxes: &Value) -> Value {
    let one = |tax: &Value| {
        json!({
            "amount": tax["amount"],
            "inclusive": tax["tax_behavior"] == "inclusive",
            "tax_rate": tax["tax_rate_details"]["tax_rate"],
            "taxability_reason": tax["taxability_reason"],
            "taxable_amount": tax["taxable_amount"],
        })
    };
    taxes.as_array().into_iter().flatten().map(one).collect()
}

fn line(account: &Account, line: &mut Map<String, Value>) {
    let parent = line.remove("parent").unwrap_or_default();
    let is_item = parent["type"] == "invoice_item_details";
    let details = &parent[if is_item {
        "invoice_item_details"
    } else {
        "subscription_item_details"
    }];
    put(
        line,
        "type",
        if is_item {
            "invoiceitem"
        } else {
            "subscription"
        }
        .into(),
    );
    put(line, "proration", details["proration"].clone());
    put(
        line,
        "proration_details",
        details["proration_details"].clone(),
    );
    put(line, "subscription", details["subscription"].clone());
    for name in ["subscription_item", "invoice_item"] {
        if details[name].is_string() {
            put(line, name, details[name].clone());
        }
    }
    let pricing = line.remove("pricing").unwrap_or_default();
    let price = pricing["price_details"]["price"]
        .as_str()
        .unwrap_or_default();
    let price = account
        .find(Kind::Price, price)
        .map(|it| &account.catalogue.prices[it as usize]);
    let read = |json: &[u8]| serde_json::from_slice(json).unwrap_or(Value::Null);
    put(
        line,
        "price",
        price.map_or(Value::Null, |it| read(&it.rendered)),
    );
    put(
        line,
        "plan",
        price.map_or(Value::Null, |it| read(&it.rendered_plan)),
    );
    put(
        line,
        "unit_amount_excluding_tax",
        pricing["unit_amount_decimal"].clone(),
    );
    let taxes = line.remove("taxes").unwrap_or_default();
    put(line, "tax_amounts", tax_amounts(&taxes));
    put(line, "tax_rates", json!([]));
    for name in ["subtotal", "quantity_decimal", "pretax_credit_amounts"] {
        line.remove(name);
    }
}

fn credit_note(object: &mut Map<String, Value>) {
    let refunds = object.remove("refunds").unwrap_or_default();
    put(object, "refund", refunds[0]["refund"].clone());
    let taxes = object.remove("total_taxes").unwrap_or_default();
    put(object, "tax_amounts", tax_amounts(&taxes));
    if let Some(lines) = object["lines"]["data"].as_array_mut() {
        for line in lines.iter_mut().filter_map(Value::as_object_mut) {
            let taxes = line.remove("taxes").unwrap_or_default();
            put(line, "tax_amounts", tax_amounts(&taxes));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use crate::running::make;

    fn all(account: &Account, kind: Kind, count: usize) -> Vec<Value> {
        let read = |serial| serde_json::from_slice(&render::event::object(account, kind, serial));
        (0..count as u32)
            .map(|serial| read(serial).unwrap())
            .collect()
    }

    #[test]
    fn old_events_have_old_shapes() {
        let now = 1_795_305_600;
        let options = Options {
            customers: 60,
            now: Some(now),
            event_api_version: "2022-11-15".to_owned(),
            ..Options::default()
        };
        let account = make(&options, now as u32);
        for it in all(&account, Kind::Subscription, account.subscriptions.len()) {
            assert!(it["current_period_end"].is_i64(), "{it}");
            assert!(
                it["items"]["data"][0].get("current_period_end").is_none(),
                "{it}"
            );
            assert_eq!(it["plan"]["object"], "plan", "{it}");
        }
        let mut of_subscriptions = 0;
        for it in all(&account, Kind::Invoice, account.invoices.len()) {
            assert!(
                it.get("parent").is_none() && it.get("total_taxes").is_none(),
                "{it}"
            );
            assert_eq!(it["paid"], it["status"] == "paid", "{it}");
            of_subscriptions += u32::from(it["subscription"].is_string());
            for line in it["lines"]["data"].as_array().unwrap() {
                assert_eq!(line["price"]["object"], "price", "{line}");
                assert!(
                    line["proration"].is_boolean() && line.get("parent").is_none(),
                    "{line}"
                );
            }
        }
        assert!(of_subscriptions > 0, "an invoice names its subscription");
        for it in all(&account, Kind::Charge, account.charges.len()) {
            assert!(it["invoice"].is_string(), "{it}");
        }
    }
}
