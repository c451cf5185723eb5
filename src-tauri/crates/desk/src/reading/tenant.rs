//! A tenant's page: subscriptions in words, payments, credit, versions over time.

use std::sync::Arc;

use billing::period::Zone;
use billing::words::counted;
use books::{DiscountDetail, ItemDetail, SubscriptionDetail};
use objects::Kind;
use objects::rows::{CustomerRow, PriceRow};

use super::tables::{place, tenant_row};
use super::words::{credit_note, day, money, pairs, payment, sentence_case, version};
use super::{MOST_VERSIONS, amount, not_found};
use crate::Result;
use crate::answers::{Count, SubscriptionView, Tenant, UnixSeconds};
use crate::context::{Inner, dashboard_url};

/// Subscriptions whose versions are shown beside the customer's.
const SUBSCRIPTIONS_WITH_VERSIONS: usize = 20;

impl Inner {
    pub async fn tenant(self: &Arc<Self>, id: &str) -> Result<Tenant> {
        let open = self.open().await?;
        let found = open.books.tenant(id, self.now()).await?;
        let mut detail = found.ok_or_else(|| not_found(id))?;
        let order = open.books.currencies().await?;
        detail
            .open
            .sort_by_key(|(currency, _)| place(&order, currency));
        let mut objects: Vec<(Kind, &str)> = vec![(Kind::Customer, id)];
        for subscription in detail
            .subscriptions
            .iter()
            .take(SUBSCRIPTIONS_WITH_VERSIONS)
        {
            objects.push((Kind::Subscription, &subscription.row.id));
            objects.push((Kind::SubscriptionItems, &subscription.row.id));
        }
        let versions = open.books.versions(&objects, MOST_VERSIONS).await?;
        let (zone, file) = (open.zone(), open.file());
        let as_of = self.as_of(&open).await?.or(detail.seen_at);
        Ok(Tenant {
            details: details(&detail.customer, zone),
            metadata: pairs(detail.customer.metadata.as_deref()),
            subscriptions: detail
                .subscriptions
                .iter()
                .map(|s| subscription(s, zone))
                .collect(),
            payments: detail.payments.into_iter().map(payment).collect(),
            credit_notes: detail.credit_notes.into_iter().map(credit_note).collect(),
            invoices: Count(detail.invoices),
            versions: versions.iter().map(version).collect(),
            open: detail
                .open
                .iter()
                .map(|(currency, minor)| amount(*minor, currency))
                .collect(),
            dashboard_url: dashboard_url(&file, &format!("customers/{id}")),
            as_of: as_of.map(UnixSeconds),
            row: tenant_row(detail.row),
        })
    }
}

/// What is known of the customer beside the figures, as label and value.
fn details(customer: &CustomerRow, zone: Zone) -> Vec<(String, String)> {
    let delinquent = customer.delinquent.filter(|delinquent| *delinquent);
    let exempt = customer
        .tax_exempt
        .clone()
        .filter(|exempt| exempt != "none");
    [
        ("E-mail", customer.email.clone()),
        ("Phone", customer.phone.clone()),
        ("Business", customer.business_name.clone()),
        ("Person", customer.individual_name.clone()),
        ("Description", customer.description.clone()),
        (
            "Currency",
            customer.currency.as_deref().map(str::to_ascii_uppercase),
        ),
        ("Tax", exempt.as_deref().map(sentence_case)),
        (
            "Payment",
            delinquent.map(|_| "The latest payment failed or is past due".into()),
        ),
        ("Created", Some(day(customer.created, zone))),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some((label.to_owned(), value?)))
    .collect()
}

fn subscription(detail: &SubscriptionDetail, zone: Zone) -> SubscriptionView {
    let row = &detail.row;
    let starts = detail
        .items
        .iter()
        .filter_map(|item| item.row.current_period_start);
    let ends = detail
        .items
        .iter()
        .filter_map(|item| item.row.current_period_end);
    let period_end = ends.max();
    let mut discounts: Vec<String> = detail
        .discounts
        .iter()
        .map(|discount| discount_words(discount, zone))
        .collect();
    for item in &detail.items {
        let words = item
            .discounts
            .iter()
            .map(|discount| discount_words(discount, zone));
        discounts.extend(words.map(|words| format!("{}: {words}", item.product_name)));
    }
    SubscriptionView {
        id: row.id.clone(),
        status: row.status.clone(),
        title: title(detail),
        items: detail
            .items
            .iter()
            .map(|item| item_words(item, &row.currency))
            .collect(),
        period_start: starts.min().map(UnixSeconds),
        period_end: period_end.map(UnixSeconds),
        notes: notes(detail, period_end, zone),
        discounts,
        mrr: detail.mrr.map(|mrr| amount(mrr, &row.currency)),
    }
}

/// "Professional, monthly"; several products are joined by ", ".
fn title(detail: &SubscriptionDetail) -> String {
    let mut names: Vec<&str> = Vec::new();
    for item in &detail.items {
        let name = item.product_name.as_str();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
    }
    let every = detail
        .items
        .iter()
        .find_map(|item| every(item.price.as_ref()?));
    match (names.is_empty(), every) {
        (true, _) => detail.row.id.clone(),
        (false, Some(every)) => format!("{}, {every}", names.join(", ")),
        (false, None) => names.join(", "),
    }
}

/// "monthly", "yearly", "every 3 months".
fn every(price: &PriceRow) -> Option<String> {
    let interval = price.recurring_interval.as_deref()?;
    let count = price.recurring_interval_count.unwrap_or(1);
    Some(match (interval, count) {
        ("day", ..=1) => "daily".into(),
        ("week", ..=1) => "weekly".into(),
        ("month", ..=1) => "monthly".into(),
        ("year", ..=1) => "yearly".into(),
        (other, ..=1) => format!("every {other}"),
        (other, count) => format!("every {count} {other}s"),
    })
}

/// "18 seats × $77.00 a month".
fn item_words(item: &ItemDetail, currency: &str) -> String {
    let recurs = item
        .price
        .as_ref()
        .is_none_or(|price| price.r#type != "one_time");
    let fallback = if recurs { "seat" } else { "unit" };
    let label = item.unit_label.as_deref().unwrap_or(fallback);
    let units = item.row.quantity.map(|quantity| counted(quantity, label));
    let Some(price) = &item.price else {
        return units.unwrap_or_else(|| "Price not loaded".into());
    };
    let per = match (
        price.recurring_interval.as_deref(),
        price.recurring_interval_count,
    ) {
        (None, _) => String::new(),
        (Some(interval), None | Some(..=1)) => format!(" a {interval}"),
        (Some(interval), Some(count)) => format!(" every {count} {interval}s"),
    };
    if price.recurring_usage_type.as_deref() == Some("metered") {
        return format!("{}, by usage{per}", item.product_name);
    }
    let each = match (price.unit_amount, &price.unit_amount_decimal) {
        // A price of several currencies names its own amount in its main one alone.
        _ if price.currency != currency => {
            format!("its price in {}", currency.to_ascii_uppercase())
        }
        (Some(minor), _) => money(minor, &price.currency),
        (None, Some(decimal)) => unit_price(decimal, &price.currency),
        (None, None) => "a price by tiers".into(),
    };
    match units {
        Some(units) => format!("{units} × {each}{per}"),
        None => format!("{each}{per}"),
    }
}

/// A fraction of the smallest unit, such as `0.005 USD`.
fn unit_price(decimal: &str, currency: &str) -> String {
    let exact = billing::Currency::parse(currency)
        .ok()
        .and_then(|currency| billing::unit_price_decimal_string(decimal, currency).ok());
    let exact = exact.unwrap_or_else(|| decimal.to_owned());
    format!("{exact} {}", currency.to_ascii_uppercase())
}

/// What comes: an end, a trial's end, a pause, a change that waits.
fn notes(detail: &SubscriptionDetail, period_end: Option<i64>, zone: Zone) -> Vec<String> {
    let row = &detail.row;
    let mut notes = Vec::new();
    match (
        row.ended_at,
        row.cancel_at,
        row.cancel_at_period_end,
        period_end,
    ) {
        (Some(ended), ..) => notes.push(format!("Ended on {}", day(ended, zone))),
        (None, Some(at), ..) => notes.push(format!("Cancels on {}", day(at, zone))),
        (None, None, true, Some(at)) => notes.push(format!("Cancels on {}", day(at, zone))),
        (None, None, true, None) => notes.push("Cancels at the end of its period".into()),
        (None, None, false, _) => {}
    }
    if let Some(reason) = row.cancellation_details_reason.as_deref() {
        notes.push(format!("Reason: {}", reason.replace('_', " ")));
    }
    if let Some(end) = row.trial_end.filter(|_| row.status == "trialing") {
        notes.push(format!("Trial ends on {}", day(end, zone)));
    }
    if let Some(behavior) = row.pause_collection_behavior.as_deref() {
        let until = row.pause_collection_resumes_at;
        let until = until
            .map(|at| format!(" until {}", day(at, zone)))
            .unwrap_or_default();
        let meanwhile = match behavior {
            "keep_as_draft" => "its invoices stay drafts",
            "mark_uncollectible" => "its invoices are written off",
            "void" => "its invoices are voided",
            _ => "its invoices wait",
        };
        notes.push(format!("Collection is paused{until}; {meanwhile}"));
    }
    if row.pending_update.is_some() {
        notes.push("A change waits for its payment".into());
    }
    if row.collection_method == "send_invoice" {
        let days = row
            .days_until_due
            .map(|days| format!(", due in {days} days"));
        notes.push(format!("Invoices are sent{}", days.unwrap_or_default()));
    }
    notes
}

/// "20 % off for 3 months, until 1 Feb 2027".
fn discount_words(discount: &DiscountDetail, zone: Zone) -> String {
    let Some(coupon) = &discount.coupon else {
        return "A discount whose coupon is not loaded".into();
    };
    let off = match (&coupon.percent_off, coupon.amount_off, &coupon.currency) {
        (Some(percent), ..) => format!("{percent} % off"),
        (None, Some(minor), Some(currency)) => format!("{} off", money(minor, currency)),
        _ => "A discount".into(),
    };
    let long = match (coupon.duration.as_str(), coupon.duration_in_months) {
        ("forever", _) => " forever".to_owned(),
        ("once", _) => " once".to_owned(),
        ("repeating", Some(1)) => " for a month".to_owned(),
        ("repeating", Some(months)) => format!(" for {months} months"),
        _ => String::new(),
    };
    let until = discount
        .row
        .end
        .map(|end| format!(", until {}", day(end, zone)));
    let name = coupon.name.as_deref().map(|name| format!(" ({name})"));
    format!(
        "{off}{long}{}{}",
        until.unwrap_or_default(),
        name.unwrap_or_default()
    )
}
