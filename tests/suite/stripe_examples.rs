//! Our decoders against an oracle that nobody here wrote: Stripe's own example of every object.
//!
//! The file is Stripe's and is not copied here; `METERDESK_STRIPE_FIXTURES` says where it is.
//! Without it the tests say so and pass.

use std::collections::BTreeSet;

use objects::{Decoded, Kind, Row, decode, decode_part, from_canonical};
use serde_json::Value;

/// The examples by their name, or nothing where the file is not at hand.
#[expect(clippy::print_stdout, reason = "a test that is skipped says so")]
fn examples() -> Option<Value> {
    let Some(path) = std::env::var_os("METERDESK_STRIPE_FIXTURES").filter(|path| !path.is_empty())
    else {
        println!("skipped: METERDESK_STRIPE_FIXTURES names no file of Stripe's example objects");
        return None;
    };
    let text = std::fs::read(&path).expect("METERDESK_STRIPE_FIXTURES names a readable file");
    let mut file: Value = serde_json::from_slice(&text).expect("the examples are JSON");
    Some(file["resources"].take())
}

/// Every example whose `object` is one of our kinds, deleted ones included.
fn decoded_examples() -> Vec<(String, Value, Decoded)> {
    let Some(Value::Object(examples)) = examples() else {
        return Vec::new();
    };
    examples
        .into_iter()
        .filter_map(|(name, object)| {
            let kind = Kind::of_stripe_object(object["object"].as_str()?)?;
            // The deleted discount's id is empty there, which no real object's is.
            object["id"].as_str().filter(|id| !id.is_empty())?;
            let decoded = decode(kind, object.to_string().as_bytes());
            let decoded = decoded.unwrap_or_else(|error| panic!("{name}: {error}"));
            Some((name, object, decoded))
        })
        .collect()
}

#[test]
fn every_example_of_our_kinds_is_read() {
    let decoded = decoded_examples();
    if decoded.is_empty() {
        return;
    }
    let read: BTreeSet<Kind> = decoded
        .iter()
        .flat_map(|(_, _, decoded)| &decoded.versions)
        .map(|version| version.kind)
        .collect();
    let all: BTreeSet<Kind> = Kind::ALL.into_iter().collect();
    // No example is expanded, and what is kept under another's id stands in none.
    let elsewhere = [
        Kind::PriceTiers,
        Kind::CouponTerms,
        Kind::CreditBalanceSummary,
        Kind::PayoutTransactions,
    ];
    let expected: BTreeSet<Kind> = all
        .into_iter()
        .filter(|kind| !elsewhere.contains(kind))
        .collect();
    assert_eq!(
        read, expected,
        "each kind has an example, child lists included"
    );
}

#[test]
fn the_example_of_a_credit_summary_is_read_under_its_customers_id() {
    let Some(examples) = examples() else {
        return;
    };
    let summary = examples["billing.credit_balance_summary"].to_string();
    let decoded = decode_part(Kind::CreditBalanceSummary, "cus_1", summary.as_bytes());
    let decoded = decoded.expect("it is read");
    assert_eq!(decoded.warnings, []);
    let Some(Row::CreditBalanceSummary(row)) = decoded.row() else {
        panic!("a summary");
    };
    assert_eq!(row.customer, "cus_1");
    assert!(
        row.balances
            .as_deref()
            .is_some_and(|json| json.contains("available_balance")),
        "{row:?}"
    );
}

#[test]
fn no_field_of_an_example_is_misread() {
    for (name, _, decoded) in decoded_examples() {
        let fields: Vec<_> = decoded
            .warnings
            .iter()
            .map(|warning| warning.field)
            .collect();
        assert_eq!(
            fields, [""; 0],
            "{name}: each field is there and of the type we expect"
        );
        assert_eq!(
            decoded.truncated,
            [],
            "{name}: the examples' lists are whole"
        );
    }
}

#[test]
fn rows_hold_what_the_examples_say() {
    for (name, object, decoded) in decoded_examples() {
        let money = |key: &str| object[key].as_i64();
        let text = |key: &str| object[key].as_str().map(str::to_owned);
        match decoded.row() {
            Some(Row::Invoice(row)) => {
                assert_eq!(row.total, money("total"), "{name}");
                assert_eq!(row.amount_remaining, money("amount_remaining"), "{name}");
                assert_eq!(row.status, text("status"), "{name}");
                assert_eq!(row.customer, text("customer"), "{name}");
            }
            Some(Row::CreditNote(row)) => {
                assert_eq!(row.total, money("total"), "{name}");
                assert_eq!(row.invoice, text("invoice"), "{name}");
            }
            Some(Row::Charge(row)) => {
                assert_eq!(row.amount, money("amount"), "{name}");
                let last4 = &object["payment_method_details"]["card"]["last4"];
                assert_eq!(
                    row.payment_method_details_card_last4.as_deref(),
                    last4.as_str()
                );
            }
            Some(Row::Coupon(row)) => {
                let percent = &object["percent_off"];
                let expected = percent.is_number().then(|| percent.to_string());
                assert_eq!(row.percent_off, expected, "{name}: the decimal's own text");
            }
            _ => {}
        }
    }
}

#[test]
fn rows_come_back_from_history_and_reading_twice_adds_nothing() {
    for (name, object, decoded) in decoded_examples() {
        let pretty = serde_json::to_vec_pretty(&object).expect("JSON is written");
        let kind = decoded.versions[0].kind;
        let again = decode(kind, &pretty).expect("the same object");
        assert_eq!(again, decoded, "{name}: white space adds no version");
        for version in &decoded.versions {
            let row = from_canonical(version.kind, &version.id, &version.canonical);
            assert_eq!(row.as_ref(), Ok(&version.row), "{name}");
        }
    }
}
