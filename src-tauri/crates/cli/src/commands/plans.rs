//! Plans, what prices stand for, and the tenants' own allowances.

use desk::answers::{
    AllowanceRequest, Count, Decided, PlanChange, Plans, PriceMapping, PriceStanding,
};
use desk::{Desk, Error, Result};

use super::current;
use crate::arguments::{Allowance, Mapping, Plan, PlanSet};
use crate::output::{Output, Table};

pub async fn run(desk: &Desk, command: Plan, output: &Output) -> Result<()> {
    current(desk).await?;
    let decided = match command {
        Plan::List => {
            output.answer(&desk.plans().await?, plans_words);
            return Ok(());
        }
        Plan::Set(given) => {
            let apply = given.apply;
            desk.set_plan(plan_change(given)?, apply).await?
        }
        Plan::Map(given) => {
            let apply = given.apply;
            desk.map_prices(mapping(given)?, apply).await?
        }
        Plan::Override(given) => change(desk, "override", given).await?,
        Plan::TopUp {
            allowance,
            rollover: true,
        } => change(desk, "rollover", allowance).await?,
        Plan::TopUp { allowance, .. } => change(desk, "top_up", allowance).await?,
        Plan::End { number, on, apply } => desk.end_allowance(Count(number), on, apply).await?,
    };
    output.answer(&decided, decided_words);
    Ok(())
}

async fn change(desk: &Desk, kind: &str, given: Allowance) -> Result<Decided> {
    let request = AllowanceRequest {
        kind: kind.to_owned(),
        customer: given.customer,
        usage_type: given.usage_type,
        quantity: given.quantity,
        from: given.from,
        to: given.to,
        reason: given.reason,
        requester: given.requester,
    };
    desk.change_allowance(request, given.apply).await
}

fn plan_change(given: PlanSet) -> Result<PlanChange> {
    Ok(PlanChange {
        key: given.key,
        from: given.from,
        name: given.name,
        limits: pairs("limit", &given.limit)?,
        at_limits: pairs("at-limit", &given.at_limit)?,
        prices: pairs("price", &given.price)?,
        features: Some(given.feature).filter(|features| !features.is_empty()),
        near_percent: given.near,
        on_change: given.on_change,
        trial_percent: given.trial,
        pause_percent: given.pause,
        after_end: given.after_end,
    })
}

fn mapping(given: Mapping) -> Result<PriceMapping> {
    let prices = pairs("price", &given.prices)?;
    let plan = |key: String| (key != "none").then_some(key);
    Ok(PriceMapping {
        prices: prices
            .into_iter()
            .map(|(id, key)| (id, plan(key)))
            .collect(),
        proposed: given.proposed,
        removed: given.remove,
    })
}

/// `ai_credit=2000` as two texts.
fn pairs(place: &str, given: &[String]) -> Result<Vec<(String, String)>> {
    let pair = |text: &String| {
        let parts = text.split_once('=');
        let (name, value) = parts.ok_or_else(|| {
            let why = format!("“{text}” has no equals sign");
            Error::invalid(place, "The option cannot be read", why)
        })?;
        Ok((name.trim().to_owned(), value.trim().to_owned()))
    };
    given.iter().map(pair).collect()
}

fn decided_words(decided: &Decided) -> String {
    let mut text = decided.words.join("\n");
    match decided.entry {
        Some(entry) => text.push_str(&format!("\nWritten as ledger entry {}.", entry.0)),
        None => text.push_str("\nNothing was changed yet; --apply writes it."),
    }
    text
}

fn plans_words(plans: &Plans) -> String {
    let mut catalogue = Table::new(&["Plan", "From", "Limits", "Features"]);
    for plan in &plans.plans {
        for version in &plan.versions {
            let limits = version.limits.iter().map(|it| {
                let prices = it
                    .prices
                    .iter()
                    .map(|(code, price)| format!("{price} {code}"));
                let prices = prices.collect::<Vec<_>>().join("/");
                let rule = it.at_limit.replace('_', " ");
                let rule = if prices.is_empty() {
                    rule
                } else {
                    format!("{rule} {prices}")
                };
                format!("{} {} ({rule})", it.usage_type, it.limit)
            });
            let from = version
                .from
                .clone()
                .unwrap_or_else(|| "the first day".into());
            catalogue.row(vec![
                plan.key.clone(),
                if version.current {
                    format!("{from} *")
                } else {
                    from
                },
                limits.collect::<Vec<_>>().join(", "),
                version.features.join(", "),
            ]);
        }
    }
    let mut prices = Table::new(&[
        "Price",
        "Product",
        "Money",
        "Every",
        ">Subscriptions",
        "Plan",
    ]);
    for price in &plans.prices {
        let plan = price.plan.as_deref().unwrap_or("none");
        prices.row(vec![
            price.id.clone(),
            price.product.clone(),
            price.currency.clone(),
            price.interval.clone().unwrap_or_default(),
            price.subscriptions.0.to_string(),
            match price.standing {
                PriceStanding::Confirmed => plan.to_owned(),
                PriceStanding::Proposed => {
                    let because = price.because.as_deref().unwrap_or_default();
                    format!("{plan}? {because}")
                }
                PriceStanding::Unmapped => "not mapped".to_owned(),
            },
        ]);
    }
    let mut text = format!("{}\n{}", catalogue.text(), prices.text());
    if plans.unconfirmed.0 > 0 {
        text.push_str(&format!(
            "\n{} prices that subscriptions hold are not confirmed: plan map --proposed\n",
            plans.unconfirmed.0
        ));
    }
    if !plans.changes.is_empty() {
        let mut own = Table::new(&[
            ">Number",
            "Tenant",
            "Kind",
            ">Quantity",
            "Type",
            "From",
            "To",
            "Reason",
        ]);
        for it in &plans.changes {
            own.row(vec![
                it.number.0.to_string(),
                it.tenant.clone(),
                it.kind.replace('_', "-"),
                it.quantity.clone(),
                it.usage_type.clone(),
                it.from.clone(),
                it.to.clone().unwrap_or_default(),
                it.reason.clone().unwrap_or_else(|| "(erased)".into()),
            ]);
        }
        text.push_str(&format!("\n{}", own.text()));
    }
    text
}
