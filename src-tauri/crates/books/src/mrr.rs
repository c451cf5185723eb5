//! From rows to the rule: what a subscription's items and discounts are worth a month.

use std::collections::HashMap;

use billing::mrr::{
    self, Cut, Discount, Duration, Interval, IntervalUnit, Item, Price, Scheme, Subscription, Tier,
    Toggles, Transform,
};
use billing::{Currency, Money, parse_decimal};
use objects::rows::{CouponRow, PriceRow};
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::subscriptions::{DiscountDetail, ItemDetail, SubscriptionDetail};

/// Minor units a month of the subscription's currency; zero where nothing recurs, none where it
/// cannot be known.
pub(crate) fn of(subscription: &SubscriptionDetail) -> Option<i64> {
    if !mrr::counts(&subscription.status) {
        return Some(0);
    }
    let currency = Currency::parse(&subscription.currency).ok()?;
    if !subscription.discounts_known {
        tracing::debug!(
            subscription = subscription.row.id,
            "a discount's terms never arrived"
        );
        return None;
    }
    let rule = Subscription {
        status: subscription.status.clone(),
        currency,
        items: subscription
            .items
            .iter()
            .map(|i| item(i, currency))
            .collect(),
        discounts: in_force(&subscription.discounts, currency),
    };
    // Both switches of Stripe's dashboard are off: they cannot be read from Stripe.
    match mrr::monthly_recurring(&rule, Toggles::default()) {
        Ok(money) => Some(money.minor),
        Err(error) => {
            tracing::debug!(%error, subscription = subscription.row.id, "MRR is unknown");
            None
        }
    }
}

fn item(item: &ItemDetail, currency: Currency) -> Item {
    Item {
        price: item
            .price
            .as_ref()
            .map_or_else(unknown_price, |row| price(row, item, currency)),
        quantity: item.row.quantity,
        product: item.price.as_ref().and_then(|price| price.product.clone()),
        on_trial: item.row.current_trial.is_some(),
        discounts: in_force(&item.discounts, currency),
    }
}

fn unknown_price() -> Price {
    Price {
        metered: false,
        scheme: Scheme::Unknown,
        interval: Some(Interval {
            unit: IntervalUnit::Month,
            count: 1,
        }),
        transform: None,
    }
}

fn price(row: &PriceRow, item: &ItemDetail, currency: Currency) -> Price {
    let unit = row
        .recurring_interval
        .as_deref()
        .and_then(IntervalUnit::parse);
    if unit.is_none() && row.r#type != "one_time" {
        // It recurs in a way that is not known: the figure is unknown, not zero.
        return unknown_price();
    }
    let count = row
        .recurring_interval_count
        .and_then(|count| u32::try_from(count).ok());
    let interval = unit.map(|unit| Interval {
        unit,
        count: count.unwrap_or(1).max(1),
    });
    Price {
        metered: row.recurring_usage_type.as_deref() == Some("metered"),
        scheme: scheme(row, item, currency),
        interval,
        transform: row.transform_quantity.as_deref().and_then(transform),
    }
}

/// What the price asks in the subscription's currency: its own amounts where that is the price's
/// currency, else those that it names for the other one.
fn scheme(row: &PriceRow, item: &ItemDetail, currency: Currency) -> Scheme {
    let own = Currency::parse(&row.currency) == Ok(currency);
    let amounts = if own {
        Some(Amounts {
            unit_amount: row.unit_amount,
            unit_amount_decimal: row.unit_amount_decimal.clone(),
            tiers: item.tiers.as_deref().and_then(parse_tiers),
        })
    } else {
        other_currency(item.currency_options.as_deref(), currency)
    };
    let Some(amounts) = amounts else {
        return Scheme::Unknown;
    };
    if row.billing_scheme == "tiered" {
        return match (row.tiers_mode.as_deref(), amounts.tiers) {
            (Some("volume"), Some(tiers)) => Scheme::Volume(tiers),
            (Some("graduated"), Some(tiers)) => Scheme::Graduated(tiers),
            _ => Scheme::Unknown,
        };
    }
    let exact = amounts
        .unit_amount_decimal
        .and_then(|text| parse_decimal(&text).ok());
    match exact.or_else(|| amounts.unit_amount.map(Decimal::from)) {
        Some(amount) => Scheme::PerUnit(amount),
        None => Scheme::Unknown,
    }
}

/// A price's amounts in one currency.
struct Amounts {
    unit_amount: Option<i64>,
    unit_amount_decimal: Option<String>,
    tiers: Option<Vec<Tier>>,
}

#[derive(Deserialize)]
struct CurrencyOption {
    unit_amount: Option<i64>,
    unit_amount_decimal: Option<String>,
    tiers: Option<Vec<StripeTier>>,
}

fn other_currency(options: Option<&str>, currency: Currency) -> Option<Amounts> {
    let mut options: HashMap<String, CurrencyOption> = serde_json::from_str(options?).ok()?;
    let option = options.remove(currency.as_str())?;
    Some(Amounts {
        unit_amount: option.unit_amount,
        unit_amount_decimal: option.unit_amount_decimal,
        tiers: option.tiers.and_then(exact_tiers),
    })
}

#[derive(Deserialize)]
struct StripeTier {
    up_to: Option<i64>,
    unit_amount: Option<i64>,
    unit_amount_decimal: Option<String>,
    flat_amount: Option<i64>,
    flat_amount_decimal: Option<String>,
}

fn parse_tiers(json: &str) -> Option<Vec<Tier>> {
    exact_tiers(serde_json::from_str(json).ok()?)
}

fn exact_tiers(tiers: Vec<StripeTier>) -> Option<Vec<Tier>> {
    let amount = |exact: Option<String>, whole: Option<i64>| match exact {
        Some(text) => parse_decimal(&text).ok(),
        None => Some(Decimal::from(whole.unwrap_or(0))),
    };
    tiers
        .into_iter()
        .map(|tier| {
            Some(Tier {
                up_to: tier.up_to,
                unit: amount(tier.unit_amount_decimal, tier.unit_amount)?,
                flat: amount(tier.flat_amount_decimal, tier.flat_amount)?,
            })
        })
        .collect()
}

#[derive(Deserialize)]
struct StripeTransform {
    divide_by: i64,
    round: String,
}

fn transform(json: &str) -> Option<Transform> {
    let transform: StripeTransform = serde_json::from_str(json).ok()?;
    Some(Transform {
        divide_by: transform.divide_by.max(1),
        round_up: transform.round == "up",
    })
}

#[derive(Deserialize)]
struct AppliesTo {
    #[serde(default)]
    products: Vec<String>,
}

/// The discounts that count. Those that end are left out by the rule itself, so that the figure
/// does not depend on the clock.
fn in_force(discounts: &[DiscountDetail], currency: Currency) -> Vec<Discount> {
    discounts
        .iter()
        .filter_map(|discount| rule(discount, currency))
        .collect()
}

fn rule(discount: &DiscountDetail, currency: Currency) -> Option<Discount> {
    let coupon = discount.coupon.as_ref().filter(|_| !discount.row.deleted)?;
    let percent = coupon
        .percent_off
        .as_deref()
        .and_then(|text| parse_decimal(text).ok());
    let cut = match (percent, coupon.amount_off) {
        (Some(percent), _) => Cut::Percent(percent),
        (None, Some(amount)) => Cut::Amount(amount_off(discount, coupon, amount, currency)),
        (None, None) => return None,
    };
    let duration = match coupon.duration.as_str() {
        "forever" => Duration::Forever,
        "repeating" => Duration::Repeating,
        _ => Duration::Once,
    };
    let applies_to = discount.terms.as_ref();
    let products = applies_to
        .and_then(|terms| terms.applies_to.as_deref())
        .and_then(|json| serde_json::from_str::<AppliesTo>(json).ok())
        .map(|applies_to| applies_to.products)
        .unwrap_or_default();
    Some(Discount {
        cut,
        duration,
        products,
    })
}

#[derive(Deserialize)]
struct CouponOption {
    amount_off: Option<i64>,
}

/// What a coupon takes off in the subscription's currency: its own amount where that is the
/// coupon's currency, else the one that it names for the other; without one its own, which the
/// rule does not add up with another currency.
fn amount_off(
    discount: &DiscountDetail,
    coupon: &CouponRow,
    amount: i64,
    currency: Currency,
) -> Money {
    let own = coupon
        .currency
        .as_deref()
        .and_then(|code| Currency::parse(code).ok())
        .unwrap_or(currency);
    if own == currency {
        return Money::new(amount, own);
    }
    let options = discount.terms.as_ref();
    let options = options.and_then(|terms| terms.currency_options.as_deref());
    let other = options
        .and_then(|json| serde_json::from_str::<HashMap<String, CouponOption>>(json).ok())
        .and_then(|mut options| options.remove(currency.as_str())?.amount_off);
    other.map_or(Money::new(amount, own), |other| Money::new(other, currency))
}
