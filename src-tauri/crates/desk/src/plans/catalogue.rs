//! The catalogue in the screen's words, and the changes that people make to it.

use std::collections::BTreeMap;

use billing::usage::{AfterEnd, AtLimit, Catalogue, ChangeRule, Limit, LimitRule, Plan};
use chrono::NaiveDate;

use crate::answers::{PlanChange, PlanLimit, PlanVersion, PlanView};
use crate::{Error, Result};

pub(super) fn plan_views(catalogue: &Catalogue, today: NaiveDate) -> Vec<PlanView> {
    let plan = |key: &str| {
        let held = catalogue.at(key, today).map(|(from, _)| from);
        let versions = catalogue.versions(key).map(|(from, plan)| PlanVersion {
            current: Some(from) == held,
            ..version_view(from, plan)
        });
        PlanView {
            key: key.to_owned(),
            versions: versions.collect(),
        }
    };
    catalogue.keys().map(plan).collect()
}

fn version_view(from: NaiveDate, plan: &Plan) -> PlanVersion {
    PlanVersion {
        from: (from != NaiveDate::MIN).then(|| from.to_string()),
        current: false,
        name: plan.name.clone(),
        limits: plan
            .limits
            .iter()
            .map(|(usage_type, rule)| PlanLimit {
                usage_type: usage_type.clone(),
                limit: rule.limit.to_string(),
                at_limit: at_limit_name(&rule.at_limit).to_owned(),
                prices: prices_of(&rule.at_limit),
            })
            .collect(),
        features: plan.features.clone(),
        near_percent: plan.near_percent,
        on_change: word_of(&plan.on_change),
        trial_percent: plan.trial_percent,
        pause_percent: plan.pause_percent,
        after_end: word_of(&plan.after_end),
        rules: rules(plan),
    }
}

/// The rules of a plan in sentences.
fn rules(plan: &Plan) -> Vec<String> {
    let on_change = match plan.on_change {
        ChangeRule::HigherAtOnce => {
            "Changing to this plan within a period: a higher allowance counts at once, a lower \
             one from the next period."
        }
        ChangeRule::AtOnce => "Changing to this plan within a period counts at once.",
        ChangeRule::NextPeriod => "Changing to this plan counts from the next period.",
    };
    let after_end = match plan.after_end {
        AfterEnd::PeriodEnd => {
            "After a cancellation the allowance stays to the end of the allowance period."
        }
        AfterEnd::AtOnce => "After a cancellation nothing of the allowance stays.",
    };
    vec![
        "Allowances are monthly, from the subscription's billing anchor.".to_owned(),
        on_change.to_owned(),
        format!("A trial has {} % of the limits.", plan.trial_percent),
        format!(
            "While paused, {} % of the limits remain.",
            plan.pause_percent
        ),
        after_end.to_owned(),
    ]
}

fn at_limit_name(rule: &AtLimit) -> &'static str {
    match rule {
        AtLimit::Stop => "stop",
        AtLimit::LetPass => "let_pass",
        AtLimit::Bill(_) => "bill",
    }
}

fn prices_of(rule: &AtLimit) -> Vec<(String, String)> {
    match rule {
        AtLimit::Bill(prices) => prices
            .iter()
            .map(|(currency, price)| (currency.to_ascii_uppercase(), price.clone()))
            .collect(),
        AtLimit::Stop | AtLimit::LetPass => Vec::new(),
    }
}

/// The word that a rule is written by.
fn word_of<T: serde::Serialize>(rule: &T) -> String {
    let value = serde_json::to_value(rule).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The rule that a word names.
fn rule_of<T: serde::de::DeserializeOwned>(place: &str, word: &str, words: &str) -> Result<T> {
    serde_json::from_value(serde_json::Value::from(word.replace('-', "_"))).map_err(|_| {
        let why = format!("“{word}” is none of {words}");
        Error::invalid(place, "The plan was not changed", why)
    })
}

/// A plan with what is to be changed.
pub(super) fn changed(before: Option<&Plan>, change: &PlanChange) -> Result<Plan> {
    const WHAT: &str = "The plan was not changed";
    let mut plan = match before {
        Some(plan) => plan.clone(),
        None if change.name.is_some() => Plan {
            name: String::new(),
            limits: BTreeMap::new(),
            features: Vec::new(),
            near_percent: 80,
            on_change: ChangeRule::default(),
            trial_percent: 100,
            pause_percent: 0,
            after_end: AfterEnd::default(),
        },
        None => {
            let why = format!("There is no plan “{}”", change.key);
            return Err(Error::invalid("name", WHAT, why)
                .then("Choose one that is listed, or give the new plan a name"));
        }
    };
    if let Some(name) = &change.name {
        name.trim().clone_into(&mut plan.name);
    }
    for (usage_type, limit) in &change.limits {
        let limit = Limit::parse(limit)
            .map_err(|error| Error::invalid("limit", WHAT, error.to_string()))?;
        let rule = plan.limits.entry(usage_type.clone()).or_insert(LimitRule {
            limit,
            at_limit: AtLimit::default(),
        });
        rule.limit = limit;
    }
    let prices: BTreeMap<String, String> = change
        .prices
        .iter()
        .map(|(currency, price)| (currency.to_ascii_lowercase(), price.clone()))
        .collect();
    for (usage_type, word) in &change.at_limits {
        let rule = plan.limits.get_mut(usage_type).ok_or_else(|| {
            let why = format!("The plan has no limit for {usage_type}");
            Error::invalid("at_limit", WHAT, why)
        })?;
        rule.at_limit = match word.replace('-', "_").as_str() {
            "stop" => AtLimit::Stop,
            "let_pass" => AtLimit::LetPass,
            "bill" => AtLimit::Bill(prices.clone()),
            _ => {
                let why = format!("“{word}” is none of stop, let_pass, bill");
                return Err(Error::invalid("at_limit", WHAT, why));
            }
        };
    }
    if !prices.is_empty() && !change.at_limits.iter().any(|(_, word)| word == "bill") {
        let why = "Prices are given, but no limit is to be billed";
        return Err(Error::invalid("price", WHAT, why).then("Say which one: ai_credit=bill"));
    }
    if let Some(features) = &change.features {
        plan.features.clone_from(features);
    }
    plan.near_percent = change.near_percent.unwrap_or(plan.near_percent);
    plan.trial_percent = change.trial_percent.unwrap_or(plan.trial_percent);
    plan.pause_percent = change.pause_percent.unwrap_or(plan.pause_percent);
    if let Some(word) = &change.on_change {
        plan.on_change = rule_of("on_change", word, "higher_at_once, at_once, next_period")?;
    }
    if let Some(word) = &change.after_end {
        plan.after_end = rule_of("after_end", word, "period_end, at_once")?;
    }
    Ok(plan)
}

/// What differs, a sentence each.
pub(super) fn plan_differences(before: Option<&Plan>, after: &Plan) -> Vec<String> {
    let lines = |plan: &Plan| {
        let mut lines = vec![format!("name {}", plan.name)];
        for (usage_type, rule) in &plan.limits {
            let prices: Vec<String> = prices_of(&rule.at_limit)
                .into_iter()
                .map(|(currency, price)| format!("{price} {currency}"))
                .collect();
            let prices = if prices.is_empty() {
                String::new()
            } else {
                format!(" at {} a unit", prices.join(", "))
            };
            let at_limit = at_limit_name(&rule.at_limit).replace('_', " ");
            lines.push(format!(
                "{usage_type} {}, at the limit {at_limit}{prices}",
                rule.limit
            ));
        }
        lines.push(format!("features {}", plan.features.join(", ")));
        lines.push(format!("near from {} %", plan.near_percent));
        lines.extend(rules(plan));
        lines
    };
    let held = before.map(lines).unwrap_or_default();
    lines(after)
        .into_iter()
        .filter(|line| !held.contains(line))
        .collect()
}
