//! Answers about plans: the catalogue, what prices stand for, the tenants' own allowances.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, UnixSeconds};

/// A limit of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanLimit {
    /// The type of usage: `ai_credit`.
    pub usage_type: String,
    /// An exact decimal, `unlimited` or `contract`.
    pub limit: String,
    /// What happens at it: `stop`, `let_pass`, `bill`.
    pub at_limit: String,
    /// What a unit beyond it costs: currency in upper case, exact decimal of the major unit.
    pub prices: Vec<(String, String)>,
}

/// A version of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanVersion {
    /// The day from which it holds; none: from the first.
    pub from: Option<String>,
    /// Whether it is the one that holds today.
    pub current: bool,
    /// Its name.
    pub name: String,
    /// Its limits.
    pub limits: Vec<PlanLimit>,
    /// Its features.
    pub features: Vec<String>,
    /// From this percent on use is near a limit.
    pub near_percent: u8,
    /// A change to this plan within a period: `higher_at_once`, `at_once`, `next_period`.
    pub on_change: String,
    /// Percent of the limits that a trial has.
    pub trial_percent: u8,
    /// Percent of the limits that remain while the subscription is paused.
    pub pause_percent: u8,
    /// What a cancellation leaves: `period_end`, `at_once`.
    pub after_end: String,
    /// Its rules in sentences, for the screen.
    pub rules: Vec<String>,
}

/// A plan with all its versions, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanView {
    /// Its key.
    pub key: String,
    /// Its versions.
    pub versions: Vec<PlanVersion>,
}

/// What a price stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum PriceStanding {
    /// A person confirmed it.
    Confirmed,
    /// Something names a plan; a person has to confirm it.
    Proposed,
    /// Nothing says it.
    Unmapped,
}

/// A price of the company, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanPriceView {
    /// Stripe's price id.
    pub id: String,
    /// The product's name.
    pub product: String,
    /// The price's nickname, else its lookup key.
    pub label: Option<String>,
    /// ISO code, upper case.
    pub currency: String,
    /// `month`, `year`; none for what is sold once.
    pub interval: Option<String>,
    /// Subscriptions that hold it, ended ones too.
    pub subscriptions: Count,
    /// Whether that is certain.
    pub standing: PriceStanding,
    /// The plan's key; none: no plan, or unmapped.
    pub plan: Option<String>,
    /// What proposes it.
    pub because: Option<String>,
}

/// An allowance of a tenant's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AllowanceChangeView {
    /// Its number, that of its ledger entry.
    pub number: Count,
    /// `override`, `top_up`, `rollover`.
    pub kind: String,
    /// Stripe's customer id.
    pub customer: String,
    /// The tenant's name.
    pub tenant: String,
    /// The type of usage.
    pub usage_type: String,
    /// The first day.
    pub from: String,
    /// The last day; none: it stays.
    pub to: Option<String>,
    /// An exact decimal, or `unlimited`.
    pub quantity: String,
    /// Why; none where it was erased.
    pub reason: Option<String>,
    /// Who asked for it; none where it was erased.
    pub requester: Option<String>,
    /// Who decided.
    pub author: String,
    /// When it was decided.
    pub at: UnixSeconds,
    /// It was ended before its time.
    pub ended: bool,
}

/// Everything about plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Plans {
    /// The catalogue.
    pub plans: Vec<PlanView>,
    /// The company's recurring prices.
    pub prices: Vec<PlanPriceView>,
    /// Of them, those that subscriptions hold and nobody confirmed.
    pub unconfirmed: Count,
    /// The tenants' own allowances, newest first, at most 1,000.
    pub changes: Vec<AllowanceChangeView>,
}

/// A version of a plan to be written. What is not given stays as in the version before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct PlanChange {
    /// The plan's key; a new one makes a new plan.
    pub key: String,
    /// The day from which it holds; none: today.
    pub from: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Limits: type of usage and limit.
    pub limits: Vec<(String, String)>,
    /// What happens at limits: type of usage and `stop`, `let_pass` or `bill`.
    pub at_limits: Vec<(String, String)>,
    /// Prices of a unit beyond the limits that are billed: currency and exact decimal.
    pub prices: Vec<(String, String)>,
    /// All its features.
    pub features: Option<Vec<String>>,
    /// From this percent on use is near a limit.
    pub near_percent: Option<u8>,
    /// `higher_at_once`, `at_once`, `next_period`.
    pub on_change: Option<String>,
    /// Percent of the limits that a trial has.
    pub trial_percent: Option<u8>,
    /// Percent of the limits that remain while paused.
    pub pause_percent: Option<u8>,
    /// `period_end`, `at_once`.
    pub after_end: Option<String>,
}

/// What prices are to stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct PriceMapping {
    /// Price id and the plan's key; none: no plan.
    pub prices: Vec<(String, Option<String>)>,
    /// Confirms everything that is proposed, too.
    pub proposed: bool,
    /// Prices that stand for nothing any more.
    pub removed: Vec<String>,
}

/// An allowance of a tenant's own to be decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct AllowanceRequest {
    /// `override`, `top_up`, `rollover`.
    pub kind: String,
    /// Stripe's customer id.
    pub customer: String,
    /// The type of usage.
    pub usage_type: String,
    /// An exact decimal; of an override `unlimited` too.
    pub quantity: String,
    /// The first day; none: today.
    pub from: Option<String>,
    /// The last day; none: it stays.
    pub to: Option<String>,
    /// Why.
    pub reason: String,
    /// Who asked for it.
    pub requester: String,
}

/// What a decision does, before it is written or once it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Decided {
    /// Whether it is written.
    pub written: bool,
    /// What it does, in sentences.
    pub words: Vec<String>,
    /// The number of its ledger entry.
    pub entry: Option<Count>,
}
