//! Answers about how use stands to allowances: the table, one tenant with the story behind it, the
//! register of extra credits, the forecast. Quantities are exact decimals.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Amount, Count, UnixSeconds};

/// How use stands to an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum UsageStanding {
    /// Below the share that the plan calls near.
    Within,
    /// Near the allowance.
    Near,
    /// The limit is reached.
    Reached,
    /// Over it.
    Over,
    /// Use or allowance is not known.
    Unknown,
}

/// Columns by which use can be sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum UsageSort {
    /// By the share of the allowance that is used.
    #[default]
    Percent,
    /// By state, from within to over.
    State,
    /// By plan.
    Plan,
    /// By the tenant's name.
    Name,
    /// By what was used.
    Used,
    /// By what is left.
    Remaining,
    /// By units beyond the allowance.
    Overage,
    /// By the day on which the allowance runs out.
    RunsOut,
}

/// Whose use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct UsageFilter {
    /// The type of usage; empty: `ai_credit`.
    pub usage_type: String,
    /// Words in name, e-mail, ids.
    pub text: String,
    /// Keys of plans; `none` is no plan.
    pub plans: Vec<String>,
    /// States.
    pub states: Vec<UsageStanding>,
    /// Used at least so many percent.
    pub percent_min: Option<Count>,
    /// Used at most so many percent.
    pub percent_max: Option<Count>,
}

/// How a tenant's use stands in the period that runs. What is not known is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageRow {
    /// Stripe's customer id.
    pub id: String,
    /// The tenant's name.
    pub name: String,
    /// The product's own id.
    pub tenant_id: Option<String>,
    /// The plan's key; none where there is none.
    pub plan: Option<String>,
    /// It holds a price that stands for no confirmed plan.
    pub unmapped: bool,
    /// The period's first day.
    pub period_start: String,
    /// The period's last day.
    pub period_end: String,
    /// The allowance; none too where there is no limit.
    pub allowance: Option<String>,
    /// There is no limit.
    pub unlimited: bool,
    /// What was used and is billable.
    pub used: Option<String>,
    /// What was used and is not.
    pub unbillable: Option<String>,
    /// What is left; less than nothing is over.
    pub remaining: Option<String>,
    /// Hundredths of a percent.
    pub basis_points: Option<Count>,
    /// The state.
    pub state: UsageStanding,
    /// Units beyond the allowance.
    pub overage: Option<String>,
    /// What they cost, where the plan bills them.
    pub overage_amount: Option<Amount>,
    /// When the last record was made.
    pub last_at: Option<UnixSeconds>,
    /// The day on which the forecast reaches the allowance.
    pub runs_out: Option<String>,
}

/// A window of the table, by rank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsagePage {
    /// All rows that pass the filter.
    pub total: Count,
    /// The rank of the first row.
    pub first: Count,
    /// The rows.
    pub rows: Vec<UsageRow>,
}

/// A day of use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageDayView {
    /// The day.
    pub day: String,
    /// What is billable; of a level its value.
    pub quantity: String,
    /// What is not billable.
    pub unbillable: String,
}

/// From a day on, so much is allowed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LimitStep {
    /// The first day.
    pub day: String,
    /// The base; none where it is not known or there is no limit.
    pub allowance: Option<String>,
    /// There is no limit.
    pub unlimited: bool,
    /// Where it comes from, in words.
    pub words: String,
}

/// A part of an allowance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AllowancePart {
    /// `plan`, `override`, `top_up`, `rollover`.
    pub kind: String,
    /// How much of it; none where it is not known or there is no limit.
    pub quantity: Option<String>,
    /// In words: "Plan Professional, as of 2026-10-01".
    pub words: String,
    /// The number of the own allowance, which is that of its ledger entry.
    pub number: Option<Count>,
}

/// A period of the register of extra credits: opening + given − used − expired = closing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RegisterLine {
    /// The period's first day.
    pub start: String,
    /// The period's last day.
    pub end: String,
    /// Left from the period before.
    pub opening: String,
    /// Given within it.
    pub given: String,
    /// Drawn within it.
    pub used: String,
    /// Expired within it.
    pub expired: String,
    /// Left.
    pub closing: String,
}

/// A past period of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsagePeriod {
    /// Its first day.
    pub start: String,
    /// Its last day.
    pub end: String,
    /// The allowance by the limits of its time.
    pub allowance: Option<String>,
    /// There was no limit.
    pub unlimited: bool,
    /// What was used and is billable.
    pub used: Option<String>,
    /// Units beyond the allowance.
    pub overage: Option<String>,
    /// What they cost, where the plan billed them.
    pub overage_amount: Option<Amount>,
    /// The state at its end.
    pub state: UsageStanding,
    /// Its days with use, oldest first.
    pub days: Vec<UsageDayView>,
}

/// A point of a forecast: use within the period up to the end of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ForecastPoint {
    /// The day.
    pub day: String,
    /// The lower end of the band.
    pub low: String,
    /// What is expected.
    pub expected: String,
    /// The band's upper end.
    pub high: String,
}

/// What use is expected to be by the end of the period, with a band that holds in four of five
/// cases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageForecast {
    /// Day by day, the last is the period's last day.
    pub points: Vec<ForecastPoint>,
    /// At the end: the band's lower end.
    pub low: String,
    /// At the end: what is expected.
    pub expected: String,
    /// At the end: the band's upper end.
    pub high: String,
    /// The day on which the allowance is expected to be reached.
    pub runs_out: Option<String>,
    /// It rests on fewer than four weeks.
    pub few_data: bool,
    /// All of it in a sentence.
    pub sentence: String,
}

/// How a tenant's use of one type stands, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TenantUsage {
    /// The figures of the period.
    pub row: UsageRow,
    /// The type of usage.
    pub usage_type: String,
    /// The latest value counts, not the sum.
    pub level: bool,
    /// The day as of which it is told.
    pub as_of: String,
    /// From this percent on use is near the allowance.
    pub near_percent: u8,
    /// Use and allowance in a sentence.
    pub sentence: String,
    /// What the allowance is made of.
    pub parts: Vec<AllowancePart>,
    /// The base, step by step.
    pub limit_steps: Vec<LimitStep>,
    /// The period's days with use, oldest first.
    pub days: Vec<UsageDayView>,
    /// Extra credits, oldest period first.
    pub register: Vec<RegisterLine>,
    /// Earlier periods, newest first, at most 12.
    pub earlier: Vec<UsagePeriod>,
    /// The tenant's own allowances of this type, newest first.
    pub changes: Vec<super::AllowanceChangeView>,
    /// What is expected; none for a level, a past period, or where use is not known.
    pub forecast: Option<UsageForecast>,
}
