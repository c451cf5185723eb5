//! The catalogue of plans: what each allows, what happens at the limit, and since when.
//!
//! A plan has versions with effective dates, so that an old month is judged by the limits of its
//! time. The catalogue begins with the product's own plans ([`Catalogue::first`]); what a company
//! writes stands above them from its date on.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{AI_CREDIT, MAILBOXES, Quantity, SEATS_IN_USE};
use crate::{Currency, parse_decimal};

/// Versions of one plan at most.
const MAX_VERSIONS: usize = 1_000;
/// Features of one plan at most.
const MAX_FEATURES: usize = 100;
/// Letters of a name at most.
const MAX_NAME: usize = 80;
/// Letters of a key or of a feature at most.
const MAX_KEY: usize = 40;

/// How much a plan allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// So much.
    Quantity(Quantity),
    /// As much as wanted.
    Unlimited,
    /// What the tenant's contract says: an override of the tenant's. Without one, not known.
    Contract,
}

impl fmt::Display for Limit {
    /// `2000`, `unlimited`, `contract`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Quantity(quantity) => write!(f, "{quantity}"),
            Self::Unlimited => f.write_str("unlimited"),
            Self::Contract => f.write_str("contract"),
        }
    }
}

impl Limit {
    /// Reads `2000`, `unlimited` or `contract`.
    ///
    /// # Errors
    /// [`PlanError::NotALimit`], for what is less than nothing too.
    pub fn parse(text: &str) -> Result<Self, PlanError> {
        match text {
            "unlimited" => Ok(Self::Unlimited),
            "contract" => Ok(Self::Contract),
            _ => match Quantity::parse(text) {
                Ok(quantity) if !quantity.is_negative() => Ok(Self::Quantity(quantity)),
                _ => Err(PlanError::NotALimit {
                    text: text.chars().take(40).collect(),
                }),
            },
        }
    }
}

impl Serialize for Limit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// What happens when a limit is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtLimit {
    /// The product stops.
    #[default]
    Stop,
    /// The product goes on, and nothing is charged.
    LetPass,
    /// The product goes on, and each unit beyond the limit costs this much: exact decimals of the
    /// major unit, by currency in lower case (`{"usd": "0.0125"}`).
    Bill(BTreeMap<String, String>),
}

/// A limit and what happens at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitRule {
    /// How much.
    pub limit: Limit,
    /// What happens at it.
    #[serde(default)]
    pub at_limit: AtLimit,
}

/// What a change to this plan does within a period.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeRule {
    /// The higher allowance counts at once, the lower from the next period.
    #[default]
    HigherAtOnce,
    /// Whatever it is, it counts at once, for the whole period.
    AtOnce,
    /// Whatever it is, it counts from the next period.
    NextPeriod,
}

/// How long the allowance stays after a subscription has ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterEnd {
    /// To the end of the allowance period in which it ended.
    #[default]
    PeriodEnd,
    /// It goes with the subscription.
    AtOnce,
}

/// One version of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its name on the screen.
    pub name: String,
    /// Limits by usage type (`ai_credit`).
    pub limits: BTreeMap<String, LimitRule>,
    /// Names of features.
    #[serde(default)]
    pub features: Vec<String>,
    /// From this percent of an allowance on, use is near it: 1 to 100.
    #[serde(default = "near")]
    pub near_percent: u8,
    /// A change to this plan within a period.
    #[serde(default)]
    pub on_change: ChangeRule,
    /// Percent of the limits that a trial has, 0 to 100.
    #[serde(default = "whole")]
    pub trial_percent: u8,
    /// Percent of the limits that remain while the subscription is paused, 0 to 100.
    #[serde(default)]
    pub pause_percent: u8,
    /// What a cancellation leaves.
    #[serde(default)]
    pub after_end: AfterEnd,
}

fn near() -> u8 {
    80
}

fn whole() -> u8 {
    100
}

/// Why a plan cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// A limit that is none.
    #[error("“{text}” is no limit: give a number, unlimited or contract")]
    NotALimit {
        /// What was given, at most 40 characters of it.
        text: String,
    },
    /// A key that is none.
    #[error("“{text}” cannot be a plan's key: 1 to 40 of a–z, 0–9, - and _")]
    NotAKey {
        /// What was given, at most 40 characters of it.
        text: String,
    },
    /// A name that is empty or too long.
    #[error("a plan's name has 1 to 80 letters")]
    Name,
    /// A percentage out of its range.
    #[error("{what} is between {least} and 100 percent")]
    Percent {
        /// Which.
        what: &'static str,
        /// The least that it may be.
        least: u8,
    },
    /// A feature's name that is none, or too many features.
    #[error("features are at most 100 names of 1 to 40 of a–z, 0–9, - and _")]
    Feature,
    /// An overage price that is none.
    #[error("“{price}” is no price of a unit in {currency}: give an exact decimal such as 0.0125")]
    Price {
        /// The currency as given.
        currency: String,
        /// The price as given, at most 40 characters of it.
        price: String,
    },
    /// Billing at no price.
    #[error("to bill overage, a price in at least one currency is needed")]
    NoPrice,
    /// Too many versions of a plan.
    #[error("a plan has at most 1,000 versions")]
    TooManyVersions,
}

impl Plan {
    /// Checks every part of it.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn check(&self) -> Result<(), PlanError> {
        if self.name.trim().is_empty() || self.name.chars().count() > MAX_NAME {
            return Err(PlanError::Name);
        }
        for (what, percent, least) in [
            ("“near”", self.near_percent, 1),
            ("a trial's share", self.trial_percent, 0),
            ("a pause's share", self.pause_percent, 0),
        ] {
            if !(least..=100).contains(&percent) {
                return Err(PlanError::Percent { what, least });
            }
        }
        if self.features.len() > MAX_FEATURES || !self.features.iter().all(|name| is_key(name)) {
            return Err(PlanError::Feature);
        }
        for rule in self.limits.values() {
            if let AtLimit::Bill(prices) = &rule.at_limit {
                check_prices(prices)?;
            }
        }
        Ok(())
    }

    /// The limit for a usage type, where the plan has one.
    #[must_use]
    pub fn rule(&self, usage_type: &str) -> Option<&LimitRule> {
        self.limits.get(usage_type)
    }
}

fn check_prices(prices: &BTreeMap<String, String>) -> Result<(), PlanError> {
    if prices.is_empty() {
        return Err(PlanError::NoPrice);
    }
    for (currency, price) in prices {
        let known = Currency::parse(currency).is_ok_and(|it| it.as_str() == currency);
        let value = parse_decimal(price).ok();
        if !known || value.is_none_or(|value| value <= Decimal::ZERO) {
            return Err(PlanError::Price {
                currency: currency.chars().take(16).collect(),
                price: price.chars().take(40).collect(),
            });
        }
    }
    Ok(())
}

/// Whether a text can be a plan's key or a feature's name.
#[must_use]
pub fn is_key(text: &str) -> bool {
    let plain =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(plain)
}

/// Every plan with its versions, by key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalogue {
    plans: BTreeMap<String, BTreeMap<NaiveDate, Plan>>,
}

impl Catalogue {
    /// The product's own plans, which a catalogue begins with: Free, Starter, Professional,
    /// Enterprise. They hold from the first day of all on.
    #[must_use]
    pub fn first() -> Self {
        let plan = |name: &str, limits: [&str; 3], features: &[&str], at_limit: AtLimit| {
            let kinds = [MAILBOXES, SEATS_IN_USE, AI_CREDIT].into_iter().zip(limits);
            Plan {
                name: name.to_owned(),
                limits: kinds
                    .map(|(kind, limit)| {
                        let limit = Limit::parse(limit).unwrap_or(Limit::Contract);
                        let at_limit = at_limit.clone();
                        (kind.to_owned(), LimitRule { limit, at_limit })
                    })
                    .collect(),
                features: features.iter().map(|name| (*name).to_owned()).collect(),
                near_percent: near(),
                on_change: ChangeRule::default(),
                trial_percent: whole(),
                pause_percent: 0,
                after_end: AfterEnd::default(),
            }
        };
        let stop = || AtLimit::Stop;
        let (ai, automation) = ("ai", "automation");
        let plans = [
            plan("Free", ["1", "1", "50"], &[], stop()),
            plan("Starter", ["3", "5", "500"], &[ai], stop()),
            plan(
                "Professional",
                ["10", "20", "2000"],
                &[ai, automation],
                stop(),
            ),
            plan("Enterprise", ["contract"; 3], &[], AtLimit::LetPass),
        ];
        Self {
            plans: plans
                .into_iter()
                .map(|plan| {
                    let key = plan.name.to_lowercase();
                    (key, BTreeMap::from([(NaiveDate::MIN, plan)]))
                })
                .collect(),
        }
    }

    /// Adds a version of a plan, which holds from `from` on; one of the same day is replaced.
    ///
    /// # Errors
    /// What is wrong with it; the catalogue is as it was.
    pub fn set(&mut self, key: &str, from: NaiveDate, plan: Plan) -> Result<(), PlanError> {
        if !is_key(key) {
            return Err(PlanError::NotAKey {
                text: key.chars().take(MAX_KEY).collect(),
            });
        }
        plan.check()?;
        let versions = self.plans.entry(key.to_owned()).or_default();
        if versions.len() >= MAX_VERSIONS && !versions.contains_key(&from) {
            return Err(PlanError::TooManyVersions);
        }
        versions.insert(from, plan);
        Ok(())
    }

    /// The version of a plan that holds on a day, and since when. Before its first version a plan
    /// is judged by that one.
    #[must_use]
    pub fn at(&self, key: &str, day: NaiveDate) -> Option<(NaiveDate, &Plan)> {
        let versions = self.plans.get(key)?;
        let held = versions.range(..=day).next_back();
        let found = held.or_else(|| versions.iter().next());
        found.map(|(from, plan)| (*from, plan))
    }

    /// Whether there is such a plan.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.plans.contains_key(key)
    }

    /// Keys of all plans, in the order of the alphabet.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.plans.keys().map(String::as_str)
    }

    /// All versions of a plan, oldest first.
    pub fn versions(&self, key: &str) -> impl Iterator<Item = (NaiveDate, &Plan)> {
        let versions = self.plans.get(key).into_iter().flatten();
        versions.map(|(from, plan)| (*from, plan))
    }

    /// Days after `from` and before `to` on which a version of a plan begins to hold.
    pub(super) fn turns(&self, key: &str, from: NaiveDate, to: NaiveDate) -> BTreeSet<NaiveDate> {
        let versions = self.plans.get(key).into_iter();
        let dates = versions.flat_map(|versions| versions.keys().copied());
        dates.filter(|day| from < *day && *day < to).collect()
    }
}

/// What is known of a price, for a proposal of its plan.
#[derive(Debug, Clone, Copy, Default)]
pub struct PriceFacts<'a> {
    /// The product's name.
    pub product_name: &'a str,
    /// `metadata.plan` of the price, else of its product.
    pub metadata_plan: Option<&'a str>,
    /// The price's lookup key.
    pub lookup_key: Option<&'a str>,
    /// It is charged by use.
    pub metered: bool,
    /// It is charged once.
    pub one_time: bool,
}

/// What a price is proposed to be, and by what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Proposal {
    /// A plan, by its key.
    Plan {
        /// The key.
        key: String,
        /// What says so.
        because: &'static str,
    },
    /// No plan: something that is sold beside one.
    NoPlan {
        /// What says so.
        because: &'static str,
    },
}

impl Catalogue {
    /// Proposes a price's plan by what names one exactly: its metadata or its product's, its
    /// product's name, then the beginning of its lookup key. What is metered or sold once is
    /// proposed as no plan. Nothing is proposed where nothing says it; a person confirms.
    #[must_use]
    pub fn propose(&self, facts: PriceFacts<'_>) -> Option<Proposal> {
        let named = |name: &str| {
            let key = name.trim().to_lowercase().replace(' ', "_");
            let by_name = self.plans.iter().find_map(|(key, versions)| {
                let newest = versions.values().next_back()?;
                newest
                    .name
                    .eq_ignore_ascii_case(name.trim())
                    .then(|| key.clone())
            });
            if self.has(&key) { Some(key) } else { by_name }
        };
        let plan = |key, because| Some(Proposal::Plan { key, because });
        if let Some(key) = facts.metadata_plan.and_then(named) {
            return plan(key, "its metadata names the plan");
        }
        if facts.metered {
            return Some(Proposal::NoPlan {
                because: "it is charged by use",
            });
        }
        if facts.one_time {
            return Some(Proposal::NoPlan {
                because: "it is charged once",
            });
        }
        if let Some(key) = named(facts.product_name) {
            return plan(key, "its product has the plan's name");
        }
        let beginning = facts.lookup_key.and_then(|key| {
            let lower = key.to_lowercase();
            let fits = |plan: &&str| {
                let rest = lower.strip_prefix(*plan);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['_', '-', '.']))
            };
            self.keys()
                .filter(fits)
                .max_by_key(|key| key.len())
                .map(str::to_owned)
        });
        beginning.and_then(|key| plan(key, "its lookup key begins with the plan's key"))
    }
}

#[cfg(test)]
#[path = "plan_test.rs"]
mod tests;
