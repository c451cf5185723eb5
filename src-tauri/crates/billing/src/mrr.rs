//! Monthly recurring revenue as Stripe's dashboard defines it, kept per currency.
//!
//! Stripe: "the sum of the monthly-normalized value of all active and past due subscriptions",
//! without trials, taxes, free plans and metered prices. Its definition leaves gaps, which are
//! filled here as follows and may differ from the dashboard:
//!
//! * A week counts 52/12 and a day 365/12 of a month; Stripe publishes no factor.
//! * Discounts come off in their order, first an item's own, then the subscription's. A percentage
//!   comes off what is left. An amount comes off once a bill: it is made monthly by the shortest
//!   interval among the items it applies to, spread over them by their value, and never leads
//!   below zero.
//! * A coupon that Stripe no longer lists does not say which products it is limited to: its
//!   discounts count on all of them.
//! * A quantity of zero still pays the first tier's flat amount.
//! * Nothing is rounded on the way; a subscription's result is rounded once, to the minor unit,
//!   halves away from zero. The sum of rounded subscriptions is the figure.

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::{Currency, Money, MoneyError};

/// A subscription's part in the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    /// Stripe's status word.
    pub status: String,
    /// Currency of its invoices.
    pub currency: Currency,
    /// Its items.
    pub items: Vec<Item>,
    /// Discounts on the whole subscription and on its customer that are in force, in order.
    pub discounts: Vec<Discount>,
}

/// One item of a subscription.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What it costs.
    pub price: Price,
    /// Seats; none where it never arrived, which is not zero.
    pub quantity: Option<i64>,
    /// Product it is of, for discounts that are limited to some.
    pub product: Option<String>,
    /// Whether this item is on trial.
    pub on_trial: bool,
    /// The item's own discounts that are in force, in order.
    pub discounts: Vec<Discount>,
}

/// What an item costs.
#[derive(Debug, Clone, PartialEq)]
pub struct Price {
    /// Whether usage is billed and not the quantity: counts nothing.
    pub metered: bool,
    /// How the quantity becomes an amount.
    pub scheme: Scheme,
    /// Time between two bills; none for a price that does not recur, which counts nothing.
    pub interval: Option<Interval>,
    /// Division of the quantity before it is billed.
    pub transform: Option<Transform>,
}

/// How a quantity becomes an amount. Unit amounts are exact decimals of minor units.
#[derive(Debug, Clone, PartialEq)]
pub enum Scheme {
    /// Every unit costs the same.
    PerUnit(Decimal),
    /// All units cost what the tier costs that the whole quantity reaches.
    Volume(Vec<Tier>),
    /// Each unit costs what its own tier costs.
    Graduated(Vec<Tier>),
    /// The price's amounts never arrived.
    Unknown,
}

/// One tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Last unit in it; none for the last tier.
    pub up_to: Option<i64>,
    /// Minor units a unit.
    pub unit: Decimal,
    /// Minor units for being in it.
    pub flat: Decimal,
}

/// Time between two bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The unit.
    pub unit: IntervalUnit,
    /// How many of them; at least 1.
    pub count: u32,
}

/// A unit of time between bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IntervalUnit {
    /// 12/365 of a month.
    Day,
    /// 12/52 of a month.
    Week,
    /// A month.
    Month,
    /// Twelve months.
    Year,
}

impl IntervalUnit {
    /// Stripe's word for it.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "day" => Some(Self::Day),
            "week" => Some(Self::Week),
            "month" => Some(Self::Month),
            "year" => Some(Self::Year),
            _ => None,
        }
    }
}

/// Division of a quantity before it is billed: packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transform {
    /// Units in a package; at least 1.
    pub divide_by: i64,
    /// Whether a begun package counts.
    pub round_up: bool,
}

/// A discount in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Discount {
    /// What comes off.
    pub cut: Cut,
    /// How long it lasts, which decides whether it counts.
    pub duration: Duration,
    /// Products that it is limited to; empty for all.
    pub products: Vec<String>,
}

/// What a discount takes off.
#[derive(Debug, Clone, PartialEq)]
pub enum Cut {
    /// Percent, exact, 0 to 100.
    Percent(Decimal),
    /// An amount a bill.
    Amount(Money),
}

/// How long a coupon lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duration {
    /// Always: always comes off.
    Forever,
    /// Some months: comes off with [`Toggles::recurring`].
    Repeating,
    /// One bill: comes off with [`Toggles::once`].
    Once,
}

/// The two switches of Stripe's dashboard; they cannot be read from Stripe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Toggles {
    /// Take off discounts that last some months.
    pub recurring: bool,
    /// Take off discounts on one bill.
    pub once: bool,
}

impl Toggles {
    const fn count(self, duration: Duration) -> bool {
        match duration {
            Duration::Forever => true,
            Duration::Repeating => self.recurring,
            Duration::Once => self.once,
        }
    }
}

/// Why a figure cannot be given. It is then unknown, not zero.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MrrError {
    /// An item's price or quantity never arrived.
    #[error("an item's price or quantity is not known")]
    Incomplete,
    /// A discount's amount is in another currency than the subscription.
    #[error("a discount in {discount} on a subscription in {subscription}")]
    DiscountCurrency {
        /// Currency of the discount.
        discount: Currency,
        /// Currency of the subscription.
        subscription: Currency,
    },
    /// A number is too large to be computed exactly.
    #[error("the amount is too large")]
    Overflow,
}

impl From<MoneyError> for MrrError {
    fn from(_: MoneyError) -> Self {
        Self::Overflow
    }
}

/// Whether a subscription with this status counts: only `active` and `past_due` do. Paused
/// collection keeps `active` and counts; a trial, a pause, an unpaid or an ended one does not.
#[must_use]
pub fn counts(status: &str) -> bool {
    matches!(status, "active" | "past_due")
}

/// A subscription's monthly value.
///
/// # Errors
/// [`MrrError`] where it cannot be known or computed exactly.
pub fn monthly_recurring(subscription: &Subscription, toggles: Toggles) -> Result<Money, MrrError> {
    let currency = subscription.currency;
    if !counts(&subscription.status) {
        return Ok(Money::zero(currency));
    }
    let mut values = Vec::with_capacity(subscription.items.len());
    for item in &subscription.items {
        if let Some(mut value) = item_value(item)? {
            for discount in &item.discounts {
                take_off(
                    discount,
                    toggles,
                    currency,
                    std::slice::from_mut(&mut value),
                )?;
            }
            values.push(value);
        }
    }
    for discount in &subscription.discounts {
        take_off(discount, toggles, currency, &mut values)?;
    }
    let total = values
        .iter()
        .try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value.monthly));
    let rounded = total
        .ok_or(MrrError::Overflow)?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    Ok(Money::new(
        rounded.to_i64().ok_or(MrrError::Overflow)?,
        currency,
    ))
}

/// The monthly value of one item, with what a discount needs to know of it.
struct Value<'a> {
    monthly: Decimal,
    interval: Interval,
    product: Option<&'a str>,
}

/// An item's value before discounts; none where it counts nothing.
fn item_value(item: &Item) -> Result<Option<Value<'_>>, MrrError> {
    let Some(interval) = item.price.interval else {
        return Ok(None);
    };
    if item.price.metered || item.on_trial {
        return Ok(None);
    }
    let quantity = item.quantity.ok_or(MrrError::Incomplete)?;
    let billed = item
        .price
        .transform
        .map_or(Ok(quantity), |transform| packages(quantity, transform))?;
    let amount = match &item.price.scheme {
        Scheme::PerUnit(unit) => times(*unit, billed),
        Scheme::Volume(tiers) => volume(tiers, billed),
        Scheme::Graduated(tiers) => graduated(tiers, billed),
        Scheme::Unknown => return Err(MrrError::Incomplete),
    };
    let monthly = monthly(amount.ok_or(MrrError::Overflow)?, interval)?;
    Ok(Some(Value {
        monthly,
        interval,
        product: item.product.as_deref(),
    }))
}

fn packages(quantity: i64, transform: Transform) -> Result<i64, MrrError> {
    if transform.divide_by < 1 {
        return Err(MrrError::Incomplete);
    }
    let whole = quantity.div_euclid(transform.divide_by);
    let begun = transform.round_up && quantity.rem_euclid(transform.divide_by) > 0;
    Ok(whole + i64::from(begun))
}

fn times(unit: Decimal, quantity: i64) -> Option<Decimal> {
    unit.checked_mul(Decimal::from(quantity))
}

fn volume(tiers: &[Tier], quantity: i64) -> Option<Decimal> {
    let Some(tier) = tiers
        .iter()
        .find(|tier| tier.up_to.is_none_or(|last| quantity <= last))
    else {
        return Some(Decimal::ZERO);
    };
    times(tier.unit, quantity)?.checked_add(tier.flat)
}

fn graduated(tiers: &[Tier], quantity: i64) -> Option<Decimal> {
    let (mut total, mut before) = (Decimal::ZERO, 0_i64);
    for (index, tier) in tiers.iter().enumerate() {
        if index > 0 && quantity <= before {
            break;
        }
        let last = tier.up_to.unwrap_or(quantity).min(quantity);
        let within = last.checked_sub(before)?.max(0);
        total = total
            .checked_add(times(tier.unit, within)?)?
            .checked_add(tier.flat)?;
        before = tier.up_to.unwrap_or(i64::MAX);
    }
    Some(total)
}

/// An amount a bill, made monthly.
fn monthly(amount: Decimal, interval: Interval) -> Result<Decimal, MrrError> {
    let (bills, months) = match interval.unit {
        IntervalUnit::Day => (365, 12),
        IntervalUnit::Week => (52, 12),
        IntervalUnit::Month => (1, 1),
        IntervalUnit::Year => (1, 12),
    };
    let months = Decimal::from(months) * Decimal::from(interval.count.max(1));
    amount
        .checked_mul(Decimal::from(bills))
        .and_then(|yearly| yearly.checked_div(months))
        .ok_or(MrrError::Overflow)
}

fn take_off(
    discount: &Discount,
    toggles: Toggles,
    currency: Currency,
    values: &mut [Value<'_>],
) -> Result<(), MrrError> {
    if !toggles.count(discount.duration) {
        return Ok(());
    }
    let mut eligible: Vec<&mut Value<'_>> = values
        .iter_mut()
        .filter(|value| {
            let product = |limit: &String| value.product == Some(limit);
            discount.products.is_empty() || discount.products.iter().any(product)
        })
        .collect();
    let left = match &discount.cut {
        Cut::Percent(percent) => {
            let hundred = Decimal::ONE_HUNDRED;
            (hundred - (*percent).clamp(Decimal::ZERO, hundred)) / hundred
        }
        Cut::Amount(amount) if amount.currency != currency => {
            return Err(MrrError::DiscountCurrency {
                discount: amount.currency,
                subscription: currency,
            });
        }
        Cut::Amount(amount) => left_after_amount(*amount, &eligible)?,
    };
    for value in &mut eligible {
        value.monthly = value.monthly.checked_mul(left).ok_or(MrrError::Overflow)?;
    }
    Ok(())
}

/// The part of the values that an amount off leaves, from 0 to 1.
fn left_after_amount(amount: Money, values: &[&mut Value<'_>]) -> Result<Decimal, MrrError> {
    let bills_a_month = |value: &&&mut Value<'_>| monthly(Decimal::ONE, value.interval).ok();
    let Some(shortest) = values.iter().max_by_key(bills_a_month) else {
        return Ok(Decimal::ONE);
    };
    let off = monthly(Decimal::from(amount.minor), shortest.interval)?;
    let total = values
        .iter()
        .try_fold(Decimal::ZERO, |sum, value| sum.checked_add(value.monthly));
    let total = total.ok_or(MrrError::Overflow)?;
    if off >= total {
        return Ok(Decimal::ZERO);
    }
    (total - off).checked_div(total).ok_or(MrrError::Overflow)
}

#[cfg(test)]
mod tests;
