//! What was selected, in words and as data, for the control sheet.

use billing::usage::Quantity;
use books::{InvoiceFilter, TenantFilter, UsageComparison};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::cell::{decimal_string, exponent, local};
use crate::control::ControlFilter;

/// An invoice filter in words: "status is open or paid; finalised from 2026-11-01".
#[must_use]
pub fn of_invoices(filter: &InvoiceFilter, zone: Tz) -> ControlFilter {
    let mut words = Vec::new();
    push_text(&mut words, &filter.text);
    push_any(&mut words, "status", &filter.statuses);
    if let Some(from) = filter.finalized_from {
        words.push(format!("finalised on or after {}", day(from, zone)));
    }
    if let Some(before) = filter.finalized_before {
        words.push(format!("finalised on or before {}", day(before - 1, zone)));
    }
    push_any(&mut words, "plan", &filter.plans);
    push_any(&mut words, "currency", &upper(&filter.currencies));
    let amount = |minor: i64| match filter.currencies.as_slice() {
        [only] => format!(
            "{} {}",
            decimal_string(minor, exponent(only)),
            only.to_uppercase()
        ),
        _ => format!("{minor} minor units"),
    };
    if let Some(min) = filter.total_min {
        words.push(format!("total of at least {}", amount(min)));
    }
    if let Some(max) = filter.total_max {
        words.push(format!("total of at most {}", amount(max)));
    }
    if let Some(customer) = &filter.customer {
        words.push(format!("customer {customer}"));
    }
    let data = json!({
        "text": text(&filter.text),
        "statuses": filter.statuses,
        "finalized_from": filter.finalized_from,
        "finalized_before": filter.finalized_before,
        "plans": filter.plans,
        "currencies": upper(&filter.currencies),
        "total_min_minor": filter.total_min,
        "total_max_minor": filter.total_max,
        "customer": filter.customer,
    });
    finish(&words, "all invoices, whatever their status or date", data)
}

/// The days and the tenant of an export of usage, in words.
#[must_use]
pub fn of_usage(filter: &InvoiceFilter, zone: Tz) -> ControlFilter {
    let mut words = Vec::new();
    if let Some(from) = filter.finalized_from {
        words.push(format!("used on or after {}", day(from, zone)));
    }
    if let Some(before) = filter.finalized_before {
        words.push(format!("used on or before {}", day(before - 1, zone)));
    }
    if let Some(customer) = &filter.customer {
        words.push(format!("customer {customer}"));
    }
    let data = json!({
        "used_from": filter.finalized_from,
        "used_before": filter.finalized_before,
        "customer": filter.customer,
    });
    finish(&words, "all usage, whatever its day", data)
}

/// What records and days of a type come to, in a sentence.
#[must_use]
pub fn of_comparison(comparison: &UsageComparison) -> String {
    let sum = |(count, billed, unbilled): (u64, Quantity, Quantity)| {
        format!("{count} records, {billed} billable and {unbilled} not")
    };
    let (records, days) = (sum(comparison.records), sum(comparison.days));
    let name = &comparison.usage_type;
    if comparison.records == comparison.days {
        format!("{name}: the sum of records equals the sum of days ({records}).")
    } else {
        format!("{name}: THE SUMS DIFFER. By records {records}; by days {days}.")
    }
}

/// A tenant filter in words: "plan is Starter; past due".
#[must_use]
pub fn of_tenants(filter: &TenantFilter) -> ControlFilter {
    let mut words = Vec::new();
    push_text(&mut words, &filter.text);
    push_any(&mut words, "plan", &filter.plans);
    push_any(&mut words, "subscription status", &filter.statuses);
    push_any(&mut words, "currency", &upper(&filter.currencies));
    if filter.past_due {
        words.push("something is past due".to_owned());
    }
    words.push(
        if filter.include_deleted {
            "deleted customers too"
        } else {
            "without deleted customers"
        }
        .to_owned(),
    );
    let data = json!({
        "text": text(&filter.text),
        "plans": filter.plans,
        "statuses": filter.statuses,
        "currencies": upper(&filter.currencies),
        "past_due": filter.past_due,
        "include_deleted": filter.include_deleted,
    });
    finish(&words, "all customers", data)
}

fn finish(words: &[String], everything: &str, mut data: Value) -> ControlFilter {
    // Only what was chosen: an empty list or field is no condition.
    if let Some(fields) = data.as_object_mut() {
        fields.retain(|_, value| !value.is_null() && value.as_array() != Some(&Vec::new()));
    }
    let words = if words.is_empty() {
        everything.to_owned()
    } else {
        words.join("; ")
    };
    ControlFilter { words, data }
}

fn push_text(words: &mut Vec<String>, text: &str) {
    if !text.trim().is_empty() {
        words.push(format!("text “{}”", text.trim()));
    }
}

fn push_any(words: &mut Vec<String>, what: &str, values: &[String]) {
    if !values.is_empty() {
        words.push(format!("{what} is {}", values.join(" or ")));
    }
}

fn text(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty()).then_some(text)
}

fn upper(values: &[String]) -> Vec<String> {
    values.iter().map(|value| value.to_uppercase()).collect()
}

fn day(at: i64, zone: Tz) -> String {
    match local(at, zone) {
        Some((moment, _)) => moment.date().to_string(),
        None => at.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_in_words_and_as_data() {
        let filter = InvoiceFilter {
            text: " acme ".to_owned(),
            statuses: vec!["open".to_owned(), "past_due".to_owned()],
            // November 2026 in Berlin.
            finalized_from: Some(1_793_487_600),
            finalized_before: Some(1_796_079_600),
            currencies: vec!["kwd".to_owned()],
            total_min: Some(12_340),
            ..InvoiceFilter::default()
        };
        let said = of_invoices(&filter, Tz::Europe__Berlin);
        insta::assert_snapshot!(said.words, @"text “acme”; status is open or past_due; finalised on or after 2026-11-01; finalised on or before 2026-11-30; currency is KWD; total of at least 12.340 KWD");
        insta::assert_snapshot!(said.data, @r#"{"text":"acme","statuses":["open","past_due"],"finalized_from":1793487600,"finalized_before":1796079600,"currencies":["KWD"],"total_min_minor":12340}"#);
        let everything = of_invoices(&InvoiceFilter::default(), Tz::UTC);
        assert_eq!(
            everything.words,
            "all invoices, whatever their status or date"
        );
        assert_eq!(everything.data, json!({}));
        let tenants = of_tenants(&TenantFilter {
            past_due: true,
            ..TenantFilter::default()
        });
        insta::assert_snapshot!(tenants.words, @"something is past due; without deleted customers");
    }
}
