//! What must hold of the events: whoever applies each in turn has the account as it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::account::Account;
use crate::company::mutations::mutate;
use crate::events::EventKind;
use crate::ids::Kind;
use crate::json::Pen;
use crate::options::{Options, Shape};
use crate::render::event::{event, object};
use crate::running::make;

const NOW: i64 = 1_795_305_600;

/// Kinds whose every change is told by an event of their own.
const TOLD: [Kind; 20] = [
    Kind::CreditGrant,
    Kind::CreditEntry,
    Kind::Meter,
    Kind::Promotion,
    Kind::Schedule,
    Kind::InvoiceItem,
    Kind::Refund,
    Kind::Dispute,
    Kind::Payout,
    Kind::Customer,
    Kind::Subscription,
    Kind::Invoice,
    Kind::PaymentIntent,
    Kind::Charge,
    Kind::CreditNote,
    Kind::PaymentMethod,
    Kind::Product,
    Kind::Price,
    Kind::Coupon,
    Kind::Discount,
];

fn account(customers: u32, seed: u64) -> Account {
    let options = Options {
        seed,
        customers,
        now: Some(NOW),
        ..Options::default()
    };
    make(&options, NOW as u32)
}

fn is_gone(account: &Account, kind: Kind, serial: u32) -> bool {
    let place = serial as usize;
    match kind {
        Kind::Customer => account.customers[place].deleted,
        _ => account.is_gone(kind, serial),
    }
}

/// What is left out: it changes without an event at Stripe too, and says nothing of its object.
fn comparable(kind: Kind, json: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(json).unwrap();
    match kind {
        // Counts the customer's invoices.
        Kind::Customer => value["next_invoice_sequence"] = Value::Null,
        // Embeds the price as it is now.
        Kind::Subscription => {
            for item in value["items"]["data"].as_array_mut().unwrap() {
                item["price"] = item["price"]["id"].take();
                item["plan"] = item["plan"]["id"].take();
            }
        }
        // Embeds the payment method as it is now.
        Kind::PaymentIntent => {
            let error = value["last_payment_error"].get_mut("payment_method");
            if let Some(method) = error {
                *method = method["id"].take();
            }
        }
        // Embeds its movements as they are now.
        Kind::Dispute => {
            for entry in value["balance_transactions"].as_array_mut().unwrap() {
                *entry = entry["id"].take();
            }
        }
        // Counts its discounts, as a coupon does.
        Kind::Promotion => value["times_redeemed"] = Value::Null,
        // Says no more when it was put on an invoice.
        Kind::InvoiceItem => value["invoice"] = Value::Null,
        // Counts its discounts.
        Kind::Coupon => value["times_redeemed"] = Value::Null,
        Kind::Discount => value["source"]["coupon"] = value["source"]["coupon"]["id"].take(),
        _ => {}
    }
    value
}

fn whole(account: &Account) -> BTreeMap<String, Value> {
    let mut found = BTreeMap::new();
    for kind in TOLD {
        let objects = (0_u32..).take_while(|serial| account.created_of(kind, *serial).is_some());
        for serial in objects.filter(|serial| !is_gone(account, kind, *serial)) {
            let id = account.name_of(kind, serial);
            found.insert(id, comparable(kind, &object(account, kind, serial)));
        }
    }
    found
}

/// The account as the events from number `first` on make of `copy`.
fn replay(
    account: &Account,
    mut copy: BTreeMap<String, Value>,
    first: usize,
) -> BTreeMap<String, Value> {
    for serial in first..account.events.len() {
        let kind = account.events[serial].kind;
        if !TOLD.contains(&kind.object()) {
            continue;
        }
        let id = account.name_of(kind.object(), account.events[serial].object);
        if matches!(
            kind,
            EventKind::CustomerDeleted
                | EventKind::InvoiceDeleted
                | EventKind::CouponDeleted
                | EventKind::InvoiceItemDeleted
        ) {
            copy.remove(&id);
            continue;
        }
        let told = json(account, serial);
        let state = comparable(kind.object(), told["data"]["object"].to_string().as_bytes());
        copy.insert(id, state);
    }
    copy
}

fn json(account: &Account, serial: usize) -> Value {
    let mut pen = Pen::new(&account.ids, 8_192);
    event(&mut pen, account, serial as u32);
    serde_json::from_slice(&pen.out).unwrap()
}

fn assert_same(copy: &BTreeMap<String, Value>, truth: &BTreeMap<String, Value>, hint: &str) {
    for (id, object) in truth {
        let told = copy.get(id);
        assert_eq!(told, Some(object), "{hint}: {id} is as its last event says");
    }
    let stale: Vec<_> = copy.keys().filter(|id| !truth.contains_key(*id)).collect();
    assert!(
        stale.is_empty(),
        "{hint}: {stale:?} are gone without an event"
    );
}

#[test]
fn the_events_tell_every_change() {
    for seed in 0..6 {
        let mut account = account(60, seed);
        let before = whole(&account);
        let first = account.events.len();
        for round in 0..4 {
            account.now += 6 * 86_400;
            super::live(&mut account);
            mutate(&mut account, 120, round);
        }
        let copy = replay(&account, before, first);
        assert_same(&copy, &whole(&account), &format!("seed {seed}"));
    }
}

#[test]
fn nothing_is_made_in_the_future() {
    for seed in 0..6 {
        let mut account = account(60, seed);
        mutate(&mut account, 600, seed);
        for (id, value) in whole(&account) {
            let created = value["created"].as_u64().unwrap_or_default();
            assert!(created <= u64::from(account.now), "seed {seed}: {id}");
        }
    }
}

#[test]
fn changes_of_a_uniform_account_are_told_too() {
    let options = Options {
        customers: 50,
        now: Some(NOW),
        shape: Shape::Uniform {
            invoices_per_customer: 2,
            lines: 3,
        },
        ..Options::default()
    };
    let mut account = make(&options, NOW as u32);
    let before = whole(&account);
    mutate(&mut account, 400, 1);
    assert!(account.events.len() >= 400, "each change tells of itself");
    let copy = replay(&account, before, 0);
    assert_same(&copy, &whole(&account), "uniform");
}

#[test]
fn updates_tell_the_old_values_and_nothing_else() {
    let mut account = account(80, 3);
    let first = account.events.len();
    mutate(&mut account, 600, 9);
    let mut states = BTreeMap::new();
    for kind in TOLD {
        for (id, value) in whole_of(&account_before(), kind) {
            states.insert(id, value);
        }
    }
    let mut checked = 0;
    for serial in first..account.events.len() {
        let told = json(&account, serial);
        let kind = account.events[serial].kind;
        let id = told["data"]["object"]["id"].as_str().unwrap().to_owned();
        if kind == EventKind::PlanUpdated {
            continue;
        }
        let old = states.insert(id, told["data"]["object"].clone());
        let Some(previous) = told["data"].get("previous_attributes") else {
            assert!(!kind.as_str().ends_with(".updated"), "{told}");
            continue;
        };
        let Some(old) = old else {
            continue;
        };
        let mut back = told["data"]["object"].clone();
        put_back(&mut back, previous);
        let same =
            |value: Value| without_nulls(comparable(kind.object(), value.to_string().as_bytes()));
        assert_eq!(same(back), same(old), "{} back", kind.as_str());
        checked += 1;
    }
    assert!(checked > 300, "only {checked} updates");
}

fn account_before() -> Account {
    account(80, 3)
}

fn whole_of(account: &Account, kind: Kind) -> Vec<(String, Value)> {
    let objects = (0_u32..).take_while(|serial| account.created_of(kind, *serial).is_some());
    let json = |serial| serde_json::from_slice(&object(account, kind, serial)).unwrap();
    objects
        .map(|serial| (account.name_of(kind, serial), json(serial)))
        .collect()
}

/// Puts old values back, member by member.
fn put_back(object: &mut Value, previous: &Value) {
    for (key, old) in previous.as_object().unwrap() {
        match (&mut object[key], old) {
            (now @ Value::Object(_), Value::Object(_)) => put_back(now, old),
            (now, _) => *now = old.clone(),
        }
    }
}

/// Absent and null say the same.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .map(|(key, value)| (key, without_nulls(value)))
                .collect(),
        ),
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

#[test]
fn every_kind_of_change_happens() {
    let mut account = account(400, 8);
    let first = account.events.len();
    for round in 0..24 {
        account.now += 5 * 86_400;
        super::live(&mut account);
        mutate(&mut account, 150, round);
    }
    let told: BTreeSet<&str> = account.events[first..]
        .iter()
        .map(|it| it.kind.as_str())
        .collect();
    let missing: Vec<_> = crate::events::EventKind::ALL
        .iter()
        .map(|kind| kind.as_str())
        .filter(|name| !told.contains(name))
        .collect();
    assert!(missing.is_empty(), "no {missing:?}");
    let by_somebody = account.events[first..]
        .iter()
        .filter(|it| it.request.is_some())
        .count();
    let all = account.events.len() - first;
    assert!(
        by_somebody > all / 4 && by_somebody < all,
        "{by_somebody} of {all} by a request"
    );
}
