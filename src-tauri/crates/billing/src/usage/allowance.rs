//! What a tenant may use within a period, and from what it follows.
//!
//! The base is the plan's limit, or an override that stands above it. A change within a period
//! follows the rule of the plan that is changed to: unless that says otherwise, the higher
//! allowance counts at once, the lower from the next period. A trial and a pause have the share
//! that their plan gives them. Extra credits (top-ups and what is carried over) are added to the
//! base and kept in a register of their own ([`super::register`]).
//!
//! Everything is a function of what holds on which day; the order in which it became known changes
//! nothing. What is not known stays unknown: it is never taken for zero.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::plan::{AtLimit, Catalogue, ChangeRule, Limit, Plan};
use super::{Period, Quantity};

/// How much may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// So much.
    Quantity(Quantity),
    /// As much as wanted.
    Unlimited,
    /// It cannot be known.
    Unknown,
}

impl Allowed {
    /// The quantity, where there is one.
    #[must_use]
    pub fn quantity(self) -> Option<Quantity> {
        match self {
            Self::Quantity(quantity) => Some(quantity),
            Self::Unlimited | Self::Unknown => None,
        }
    }

    /// The larger of two; what is unknown gives way to what is known.
    fn larger(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unlimited, _) | (_, Self::Unlimited) => Self::Unlimited,
            (Self::Quantity(one), Self::Quantity(two)) => Self::Quantity(one.max(two)),
            (known, Self::Unknown) | (Self::Unknown, known) => known,
        }
    }
}

/// What a tenant's plan is on some days.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holding {
    /// A plan of the catalogue, by its key.
    Plan(String),
    /// A subscription at prices that nobody has confirmed a plan for.
    Unmapped(Vec<String>),
}

/// How a subscription stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It runs.
    Running,
    /// It is on trial.
    Trial,
    /// It is paused.
    Paused,
}

/// What a tenant holds from a day on. Spans do not overlap; days without one have no plan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// The first day after it; none: it goes on.
    pub to: Option<NaiveDate>,
    /// The plan.
    pub holding: Holding,
    /// How the subscription stands.
    pub standing: Standing,
}

/// An allowance of one tenant's own in place of the plan's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Override {
    /// Its number, in the order in which they were decided: of two that hold, the later counts.
    pub num: i64,
    /// The first day.
    pub from: NaiveDate,
    /// The first day after it; none: it goes on.
    pub to: Option<NaiveDate>,
    /// How much; none: unlimited.
    pub quantity: Option<Quantity>,
}

/// Where a base comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A plan's limit.
    Plan {
        /// The plan's key.
        key: String,
        /// Its name.
        name: String,
        /// The day from which this version of the plan holds.
        version: NaiveDate,
        /// How the subscription stands.
        standing: Standing,
    },
    /// An override.
    Override(i64),
    /// The plan's limit is what the contract says, and no override says it.
    ContractMissing {
        /// The plan's key.
        key: String,
        /// Its name.
        name: String,
    },
    /// Prices without a confirmed plan.
    Unmapped(Vec<String>),
    /// The mapping names a plan that the catalogue does not have.
    UnknownPlan(String),
    /// No subscription: nothing is allowed.
    NoPlan,
}

/// From a day on, so much is allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The first day.
    pub day: NaiveDate,
    /// How much counts for the period from this day on.
    pub allowed: Allowed,
    /// Where it comes from.
    pub origin: Origin,
}

/// What the base of an allowance is made from.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The plans.
    pub catalogue: &'a Catalogue,
    /// What the tenant holds, in any order.
    pub spans: &'a [Span],
    /// Its overrides for the usage type, in any order.
    pub overrides: &'a [Override],
    /// The usage type.
    pub usage_type: &'a str,
}

impl<'a> Terms<'a> {
    /// The base of a period's allowance as of a day within it, step by step: the first step is the
    /// period's start, the last one counts.
    #[must_use]
    pub fn steps(&self, period: Period, as_of: NaiveDate) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for day in self.turns(period) {
            if day > as_of && !steps.is_empty() {
                break;
            }
            let (allowed, origin, rule) = self.on(day);
            let Some(last) = steps.last() else {
                steps.push(Step {
                    day,
                    allowed,
                    origin,
                });
                continue;
            };
            let counts = match rule {
                _ if last.allowed == Allowed::Unknown || allowed == Allowed::Unknown => allowed,
                ChangeRule::AtOnce => allowed,
                ChangeRule::NextPeriod => last.allowed,
                ChangeRule::HigherAtOnce => last.allowed.larger(allowed),
            };
            if counts != last.allowed || (counts == allowed && origin != last.origin) {
                steps.push(Step {
                    day,
                    allowed: counts,
                    origin,
                });
            }
        }
        steps
    }

    /// The first day after `as_of` on which time alone may change what counts: the period's end at
    /// the latest.
    #[must_use]
    pub fn next_turn(&self, period: Period, as_of: NaiveDate) -> NaiveDate {
        let after = self.turns(period).into_iter().find(|day| *day > as_of);
        after.unwrap_or(period.end)
    }

    /// The plan that holds on a day, and its version of that day.
    #[must_use]
    pub fn plan_on(&self, day: NaiveDate) -> Option<(&'a str, &'a Plan)> {
        match &self.span_on(day)?.holding {
            Holding::Plan(key) => Some((key, self.catalogue.at(key, day)?.1)),
            Holding::Unmapped(_) => None,
        }
    }

    /// What happens at the limit on a day; none where no plan says it.
    #[must_use]
    pub fn at_limit(&self, day: NaiveDate) -> Option<&'a AtLimit> {
        let (_, plan) = self.plan_on(day)?;
        plan.rule(self.usage_type).map(|rule| &rule.at_limit)
    }

    fn span_on(&self, day: NaiveDate) -> Option<&'a Span> {
        let holds = |span: &&Span| span.from <= day && span.to.is_none_or(|to| day < to);
        self.spans.iter().filter(holds).min()
    }

    /// Days of a period on which what holds may change; its start first.
    fn turns(&self, period: Period) -> BTreeSet<NaiveDate> {
        let spans = self.spans.iter().flat_map(|it| [Some(it.from), it.to]);
        let overrides = self.overrides.iter().flat_map(|it| [Some(it.from), it.to]);
        let mut turns: BTreeSet<NaiveDate> = spans
            .chain(overrides)
            .flatten()
            .filter(|day| period.contains(*day))
            .collect();
        turns.insert(period.start);
        for span in self.spans {
            if let Holding::Plan(key) = &span.holding {
                turns.extend(self.catalogue.turns(key, period.start, period.end));
            }
        }
        turns
    }

    /// What a day by itself says: how much, from where, and how a change to it counts.
    fn on(&self, day: NaiveDate) -> (Allowed, Origin, ChangeRule) {
        let holds = |it: &&Override| it.from <= day && it.to.is_none_or(|to| day < to);
        if let Some(own) = self.overrides.iter().filter(holds).max_by_key(|it| it.num) {
            let allowed = own.quantity.map_or(Allowed::Unlimited, Allowed::Quantity);
            return (allowed, Origin::Override(own.num), ChangeRule::HigherAtOnce);
        }
        let plain = ChangeRule::HigherAtOnce;
        let Some(span) = self.span_on(day) else {
            return (Allowed::Quantity(Quantity::ZERO), Origin::NoPlan, plain);
        };
        let key = match &span.holding {
            Holding::Plan(key) => key,
            Holding::Unmapped(prices) => {
                return (Allowed::Unknown, Origin::Unmapped(prices.clone()), plain);
            }
        };
        let Some((version, plan)) = self.catalogue.at(key, day) else {
            return (Allowed::Unknown, Origin::UnknownPlan(key.clone()), plain);
        };
        let share = match span.standing {
            Standing::Running => 100,
            Standing::Trial => plan.trial_percent,
            Standing::Paused => plan.pause_percent,
        };
        let limit = plan.rule(self.usage_type).map(|rule| rule.limit);
        let allowed = match limit {
            Some(Limit::Contract) => {
                let (key, name) = (key.clone(), plan.name.clone());
                let origin = Origin::ContractMissing { key, name };
                return (Allowed::Unknown, origin, plan.on_change);
            }
            Some(Limit::Quantity(quantity)) => Allowed::Quantity(part(quantity, share)),
            Some(Limit::Unlimited) if share == 0 => Allowed::Quantity(Quantity::ZERO),
            Some(Limit::Unlimited) => Allowed::Unlimited,
            None => Allowed::Quantity(Quantity::ZERO),
        };
        let origin = Origin::Plan {
            key: key.clone(),
            name: plan.name.clone(),
            version,
            standing: span.standing,
        };
        (allowed, origin, plan.on_change)
    }
}

/// So many percent of a quantity, rounded down to a millionth.
fn part(quantity: Quantity, percent: u8) -> Quantity {
    let part = i128::from(quantity.millionths()) * i128::from(percent.min(100)) / 100;
    Quantity::from_millionths(i64::try_from(part).unwrap_or(i64::MAX))
}

/// The price of a unit beyond the limit in a currency, where the plan bills it.
#[must_use]
pub fn overage_price(rule: &AtLimit, currency: crate::Currency) -> Option<Decimal> {
    match rule {
        AtLimit::Bill(prices) => crate::parse_decimal(prices.get(currency.as_str())?).ok(),
        AtLimit::Stop | AtLimit::LetPass => None,
    }
}

#[cfg(test)]
#[path = "allowance_test.rs"]
mod tests;
