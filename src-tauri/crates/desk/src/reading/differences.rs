//! What differs from the previous invoice of the same subscription, in words.

use billing::period::Zone;
use billing::words::counted;
use books::{InvoiceDetail, LineDetail};

use super::words::{day, money};

/// Sentences, the total first; none where nothing differs.
pub(super) fn differences(
    before: &InvoiceDetail,
    after: &InvoiceDetail,
    zone: Zone,
) -> Vec<String> {
    let mut words = Vec::new();
    let currency = after.invoice.currency.as_str();
    if before.invoice.currency != currency {
        words.push(format!(
            "Currency {} → {}",
            before.invoice.currency.to_ascii_uppercase(),
            currency.to_ascii_uppercase()
        ));
        return words;
    }
    let total = (
        before.invoice.total.unwrap_or(0),
        after.invoice.total.unwrap_or(0),
    );
    if total.0 != total.1 {
        let sign = if total.1 > total.0 { "+" } else { "−" };
        let by = money(total.1.saturating_sub(total.0).saturating_abs(), currency);
        let (from, to) = (money(total.0, currency), money(total.1, currency));
        words.push(format!("Total {from} → {to} ({sign}{by})"));
    }
    words.extend(plans(before, after));
    words.extend(prorations(after, currency, zone));
    let sums = [
        ("Discounts", before.discount_total, after.discount_total),
        ("Tax", before.tax_exclusive, after.tax_exclusive),
        ("Included tax", before.tax_inclusive, after.tax_inclusive),
    ];
    for (label, from, to) in sums {
        if from != to {
            words.push(format!(
                "{label} {} → {}",
                money(from, currency),
                money(to, currency)
            ));
        }
    }
    words
}

/// One recurring line of an invoice: what, how many, at what price.
struct Held<'a> {
    product: &'a str,
    price: &'a str,
    quantity: i64,
    unit_label: &'a str,
    unit_amount: Option<&'a str>,
    currency: &'a str,
}

fn held(line: &LineDetail) -> Option<Held<'_>> {
    let row = &line.row;
    // Prorated lines correct a part of a period: they are told apart.
    if row.proration || row.subscription_item.is_none() {
        return None;
    }
    Some(Held {
        product: line
            .product_name
            .as_deref()
            .or(row.product.as_deref())
            .unwrap_or("An item"),
        price: row.price.as_deref().unwrap_or_default(),
        quantity: row.quantity.unwrap_or(1),
        unit_label: line
            .unit_label
            .as_deref()
            .unwrap_or(if line.seats { "seat" } else { "unit" }),
        unit_amount: row.unit_amount_decimal.as_deref(),
        currency: &row.currency,
    })
}

/// Plans that came and went, seats and prices that changed.
fn plans(before: &InvoiceDetail, after: &InvoiceDetail) -> Vec<String> {
    let old: Vec<Held<'_>> = before.lines.iter().filter_map(held).collect();
    let new: Vec<Held<'_>> = after.lines.iter().filter_map(held).collect();
    let same = |a: &Held<'_>, b: &Held<'_>| a.product == b.product;
    let mut words = Vec::new();
    for line in &new {
        let Some(was) = old.iter().find(|was| same(was, line)) else {
            let units = counted(line.quantity, line.unit_label);
            words.push(format!("New: {}, {units}", line.product));
            continue;
        };
        if was.quantity != line.quantity {
            let units = counted(line.quantity, line.unit_label);
            words.push(format!("{}: {} → {units}", line.product, was.quantity));
        }
        let price = (was.unit_amount, line.unit_amount);
        if was.price != line.price
            && price.0 != price.1
            && let (Some(from), Some(to)) = price
        {
            let (from, to) = (unit(from, was.currency), unit(to, line.currency));
            words.push(format!("{}: price of a unit {from} → {to}", line.product));
        }
    }
    for line in old
        .iter()
        .filter(|was| !new.iter().any(|line| same(was, line)))
    {
        let units = counted(line.quantity, line.unit_label);
        words.push(format!("No longer: {}, {units}", line.product));
    }
    words
}

fn unit(decimal: &str, currency: &str) -> String {
    billing::Currency::parse(currency)
        .ok()
        .and_then(|currency| billing::unit_price_decimal_string(decimal, currency).ok())
        .unwrap_or_else(|| decimal.to_owned())
}

/// "3 prorated lines from 12 Mar 2026 on: $30.00".
fn prorations(after: &InvoiceDetail, currency: &str, zone: Zone) -> Option<String> {
    let lines = || {
        after
            .lines
            .iter()
            .map(|line| &line.row)
            .filter(|row| row.proration)
    };
    let number = i64::try_from(lines().count()).unwrap_or_default();
    if number == 0 {
        return None;
    }
    let sum = lines()
        .filter_map(|row| row.amount)
        .fold(0_i64, i64::saturating_add);
    let since = lines().filter_map(|row| row.period_start).min();
    let since = since
        .map(|at| format!(" from {} on", day(at, zone)))
        .unwrap_or_default();
    Some(format!(
        "{}{since}: {}",
        counted(number, "prorated line"),
        money(sum, currency)
    ))
}
