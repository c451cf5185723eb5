//! What must hold for every made-up company: Stripe's order of sums, to the minor unit.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use serde_json::Value;

use crate::account::Account;
use crate::ids::Kind;
use crate::json::Pen;
use crate::options::{Options, Shape};
use crate::render::Expand;
use crate::running::make;
use crate::server::retrieve::object;

const NOW: i64 = 1_795_305_600;

fn company(seed: u64, customers: u32) -> Account {
    let options = Options {
        seed,
        customers,
        now: Some(NOW),
        ..Options::default()
    };
    make(&options, NOW as u32)
}

fn all(account: &Account, kind: Kind, count: usize) -> Vec<Value> {
    (0..count as u32)
        .map(|serial| {
            let mut pen = Pen::new(&account.ids, 4_096);
            pen.embedded = usize::MAX;
            object(&mut pen, account, kind, serial, &Expand::default());
            serde_json::from_slice(&pen.out)
                .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&pen.out)))
        })
        .collect()
}

fn number(value: &Value, pointer: &str) -> i64 {
    value
        .pointer(pointer)
        .and_then(Value::as_i64)
        .unwrap_or_else(|| panic!("{pointer}: {value}"))
}

fn sum(items: &Value, field: &str) -> i64 {
    items
        .as_array()
        .unwrap()
        .iter()
        .map(|item| number(item, field))
        .sum()
}

/// An invoice's sums, by Stripe's order.
fn check_invoice(invoice: &Value) {
    let lines = &invoice["lines"]["data"];
    let id = &invoice["id"];
    let subtotal = number(invoice, "/subtotal");
    assert_eq!(
        subtotal,
        sum(lines, "/amount"),
        "{id}: the lines add up to the subtotal"
    );
    let discounts = sum(&invoice["total_discount_amounts"], "/amount");
    let of_lines: i64 = lines
        .as_array()
        .unwrap()
        .iter()
        .map(|line| sum(&line["discount_amounts"], "/amount"))
        .sum();
    assert_eq!(discounts, of_lines, "{id}: the discounts add up");
    let taxes = invoice["total_taxes"].as_array().unwrap();
    let of_lines: i64 = lines
        .as_array()
        .unwrap()
        .iter()
        .map(|line| sum(&line["taxes"], "/amount"))
        .sum();
    let tax: i64 = taxes.iter().map(|tax| number(tax, "/amount")).sum();
    assert_eq!(tax, of_lines, "{id}: the taxes add up");
    let outside: i64 = taxes
        .iter()
        .filter(|tax| tax["tax_behavior"] == "exclusive")
        .map(|tax| number(tax, "/amount"))
        .sum();
    let total = number(invoice, "/total");
    let credits = sum(&invoice["total_pretax_credit_amounts"], "/amount") - discounts;
    assert_eq!(
        total,
        subtotal - discounts - credits + outside,
        "{id}: total"
    );
    assert_eq!(
        number(invoice, "/total_excluding_tax"),
        total - tax,
        "{id}: total without tax"
    );
    let (due, paid) = (
        number(invoice, "/amount_due"),
        number(invoice, "/amount_paid"),
    );
    assert_eq!(
        number(invoice, "/amount_remaining"),
        due - paid,
        "{id}: remaining"
    );
    if invoice["status"] != "draft" {
        let before = number(invoice, "/starting_balance");
        let after = number(invoice, "/ending_balance");
        let credited = number(invoice, "/pre_payment_credit_notes_amount");
        assert_eq!(due, total + before - after - credited, "{id}: due");
    }
    match invoice["status"].as_str().unwrap() {
        "paid" => assert_eq!(due, paid, "{id}: a paid invoice is paid whole"),
        "draft" => assert!(invoice["number"].is_null(), "{id}: a draft has no number"),
        _ => assert_eq!(paid, 0, "{id}: nothing is paid in part here"),
    }
    if invoice["currency"] == "kwd" {
        for amount in [subtotal, total, due, tax, discounts] {
            assert_eq!(amount % 10, 0, "{id}: three decimals end in 0");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn sums_hold_for_every_seed(seed in any::<u64>()) {
        let account = company(seed, 40);
        for invoice in all(&account, Kind::Invoice, account.invoices.len()) {
            check_invoice(&invoice);
        }
        check_balances(&account);
        check_credit_notes(&account);
        check_payments(&account);
    }
}

/// Every customer's balance is the sum of its entries.
fn check_balances(account: &Account) {
    let mut sums: HashMap<String, i64> = HashMap::new();
    let count = account.balance_transactions.len();
    for entry in all(account, Kind::BalanceTransaction, count) {
        let sum = sums
            .entry(entry["customer"].as_str().unwrap().to_owned())
            .or_default();
        *sum += number(&entry, "/amount");
        assert_eq!(
            *sum,
            number(&entry, "/ending_balance"),
            "the running balance: {entry}"
        );
    }
    for (serial, customer) in (0_u32..).zip(&account.customers) {
        let id = account.ids.text(Kind::Customer, customer.created, serial);
        assert_eq!(
            customer.balance,
            sums.get(&id).copied().unwrap_or(0),
            "{id}"
        );
    }
}

fn check_credit_notes(account: &Account) {
    for note in all(account, Kind::CreditNote, account.credit_notes.len()) {
        let id = &note["id"];
        let total = number(&note, "/total");
        assert_eq!(
            total,
            number(&note, "/pre_payment_amount") + number(&note, "/post_payment_amount"),
            "{id}"
        );
        assert_eq!(
            number(&note, "/subtotal"),
            sum(&note["lines"]["data"], "/amount"),
            "{id}"
        );
        assert_eq!(number(&note, "/total_excluding_tax"), {
            let taxes = sum(&note["total_taxes"], "/amount");
            total - taxes
        });
    }
}

/// What is paid on an invoice is what its payments and charges say.
fn check_payments(account: &Account) {
    let mut paid: BTreeMap<String, i64> = BTreeMap::new();
    let count = account.invoice_payments.len();
    for payment in all(account, Kind::InvoicePayment, count) {
        let sum = paid
            .entry(payment["invoice"].as_str().unwrap().to_owned())
            .or_default();
        *sum += payment["amount_paid"].as_i64().unwrap_or(0);
    }
    for invoice in all(account, Kind::Invoice, account.invoices.len()) {
        let id = invoice["id"].as_str().unwrap();
        assert_eq!(
            number(&invoice, "/amount_paid"),
            paid.get(id).copied().unwrap_or(0),
            "{id}"
        );
    }
    for intent in all(account, Kind::PaymentIntent, account.intents.len()) {
        if intent["status"] == "succeeded" {
            assert_eq!(
                number(&intent, "/amount"),
                number(&intent, "/amount_received")
            );
        }
    }
}

#[test]
fn the_same_options_give_the_same_account() {
    let bytes = |seed| {
        let account = company(seed, 30);
        let count = account.invoices.len();
        all(&account, Kind::Invoice, count)
            .iter()
            .map(Value::to_string)
            .collect::<String>()
    };
    assert_eq!(bytes(5), bytes(5));
    assert_ne!(bytes(5), bytes(6));
}

#[test]
fn the_company_has_everything_that_books_must_bear() {
    let account = company(20_261_122, 400);
    let invoices = all(&account, Kind::Invoice, account.invoices.len());
    let subscriptions = all(&account, Kind::Subscription, account.subscriptions.len());
    let has = |list: &[Value], what: &str, holds: &dyn Fn(&Value) -> bool| {
        let count = list.iter().filter(|it| holds(it)).count();
        assert!(count > 0, "no {what}");
    };
    for status in ["draft", "open", "paid", "void", "uncollectible"] {
        has(&invoices, status, &|it| it["status"] == status);
    }
    for status in [
        "trialing", "active", "past_due", "unpaid", "paused", "canceled",
    ] {
        has(&subscriptions, status, &|it| it["status"] == status);
    }
    for currency in ["usd", "eur", "gbp", "jpy", "kwd"] {
        has(&invoices, currency, &|it| it["currency"] == currency);
    }
    let lines = |it: &Value| it["lines"]["data"].as_array().unwrap().len();
    has(&invoices, "more than ten lines", &|it| lines(it) > 10);
    let items = |it: &Value| it["items"]["data"].as_array().unwrap().len();
    has(&subscriptions, "more than ten items", &|it| items(it) > 10);
    let notes = all(&account, Kind::CreditNote, account.credit_notes.len());
    has(&notes, "credit of more than ten lines", &|it| {
        lines(it) > 10
    });
    has(&invoices, "discounts", &|it| {
        sum(&it["total_discount_amounts"], "/amount") > 0
    });
    has(&invoices, "negative total", &|it| number(it, "/total") < 0);
    has(&invoices, "starting balance", &|it| {
        number(it, "/starting_balance") != 0
    });
    has(&invoices, "off Stripe", &|it| {
        number(it, "/amount_paid_off_stripe") > 0
    });
    has(&invoices, "due date", &|it| it["due_date"].is_i64());
    has(&invoices, "retried", &|it| number(it, "/attempt_count") > 1);
    has(&invoices, "credited before", &|it| {
        number(it, "/pre_payment_credit_notes_amount") > 0
    });
    has(&invoices, "credited after", &|it| {
        number(it, "/post_payment_credit_notes_amount") > 0
    });
    has(&subscriptions, "leaving", &|it| {
        it["cancel_at_period_end"] == true && it["status"] == "active"
    });
    has(&subscriptions, "discounted", &|it| {
        it["discounts"] != serde_json::json!([])
    });
    assert!(
        account
            .discounts
            .iter()
            .any(|it| it.item != crate::model::NONE),
        "no discount of one item"
    );
    assert!(
        account.customers.iter().any(|it| it.deleted),
        "no deleted customer"
    );
    assert!(
        account.customers.iter().any(|it| it.delinquent),
        "no delinquent customer"
    );
    assert!(
        account.charges.iter().any(|it| it.decline.is_some()),
        "no declined charge"
    );
    assert!(
        account.charges.iter().any(|it| it.refunded > 0),
        "no refunded charge"
    );
    assert!(
        account.credit_notes.iter().any(|it| it.voided_at.is_some()),
        "no void credit note"
    );
    let names = |start: &str| {
        account
            .customers
            .iter()
            .any(|it| it.name.starts_with(start))
    };
    for start in ["=", "+", "Ł", "株"] {
        assert!(names(start), "no company whose name starts with {start}");
    }
}

#[test]
fn a_uniform_account_is_exactly_what_was_asked_for() {
    let shape = Shape::Uniform {
        invoices_per_customer: 5,
        lines: 3,
    };
    let options = Options {
        customers: 20,
        shape,
        now: Some(NOW),
        ..Options::default()
    };
    let account = make(&options, NOW as u32);
    let invoices = all(&account, Kind::Invoice, account.invoices.len());
    assert_eq!(
        (account.customers.len(), account.subscriptions.len()),
        (20, 20)
    );
    assert_eq!(invoices.len(), 100);
    invoices.iter().for_each(check_invoice);
    assert!(
        invoices
            .iter()
            .all(|it| it["lines"]["data"].as_array().unwrap().len() == 3)
    );
    assert!(
        invoices.iter().all(|it| number(it, "/created") <= NOW),
        "nothing from the future"
    );
}

#[test]
fn events_are_of_the_last_thirty_days_and_hold_their_object() {
    let account = company(3, 120);
    let events = all(&account, Kind::Event, account.events.len());
    assert!(events.len() > 50, "only {} events", events.len());
    let mut finalized = 0;
    for event in &events {
        let created = number(event, "/created");
        assert!((NOW - 30 * 86_400..=NOW).contains(&created), "{event}");
        if event["type"] == "invoice.finalized" && number(event, "/data/object/amount_due") > 0 {
            finalized += 1;
            assert_eq!(
                event["data"]["object"]["status"], "open",
                "as it was then: {event}"
            );
        }
    }
    assert!(
        finalized > 0,
        "an invoice is finalized within the last 30 days"
    );
}
