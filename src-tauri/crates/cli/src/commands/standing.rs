//! How use stands to allowances: of all tenants, of one, and why.

use desk::answers::{
    Count, Direction, TenantUsage, UsageFilter, UsagePage, UsageRow, UsageSort, UsageStanding,
};
use desk::{Desk, Error, Result};

use super::tables::{column, shown};
use crate::arguments::{Standing, UsageReport};
use crate::output::{Output, Table, amount};

/// Days that are printed; all are in the JSON document.
const PRINTED_DAYS: usize = 31;

pub async fn run(desk: &Desk, command: Standing, output: &Output) -> Result<()> {
    match command {
        Standing::Report(given) => report(desk, given, output).await,
        Standing::Check {
            customer,
            usage_type,
        } => {
            let row = desk.usage_check(customer, usage_type).await?;
            output.answer(&row, check_words);
            Ok(())
        }
        Standing::Show {
            customer,
            usage_type,
            day,
        } => {
            let told = desk.usage_tenant(customer, usage_type, day).await?;
            output.answer(&told, story_words);
            Ok(())
        }
    }
}

async fn report(desk: &Desk, given: UsageReport, output: &Output) -> Result<()> {
    let states = given.state.iter().map(|state| standing(state));
    let filter = UsageFilter {
        usage_type: given.usage_type,
        text: given.text.unwrap_or_default(),
        plans: given.plan,
        states: states.collect::<Result<_>>()?,
        percent_min: given.percent_min.map(Count),
        percent_max: given.percent_max.map(Count),
    };
    let sort: UsageSort = column(given.sort.as_deref())?;
    let upwards = matches!(sort, UsageSort::Name | UsageSort::Plan | UsageSort::RunsOut);
    let direction = match given.ascending || upwards {
        true => Direction::Ascending,
        false => Direction::Descending,
    };
    let (first, count) = (Count(given.window.first), Count(given.window.count));
    let page = desk
        .usage_tenants(filter, sort, direction, first, count)
        .await?;
    output.answer(&page, page_words);
    Ok(())
}

fn standing(given: &str) -> Result<UsageStanding> {
    serde_json::from_value(serde_json::Value::from(given)).map_err(|_| {
        let what = format!("There is no state “{given}”");
        Error::invalid(
            "state",
            what,
            "States are within, near, reached, over and unknown",
        )
    })
}

fn page_words(page: &UsagePage) -> String {
    let mut table = Table::new(&[
        "Id",
        "Tenant",
        "Plan",
        "Period",
        ">Allowance",
        ">Used",
        ">Percent",
        "State",
        ">Over",
        ">Over, in money",
        "Runs out",
    ]);
    for row in &page.rows {
        table.row(vec![
            row.id.clone(),
            row.name.clone(),
            plan_words(row),
            format!("{} – {}", row.period_start, row.period_end),
            allowance_words(row),
            row.used.clone().unwrap_or_else(|| "not known".into()),
            percent_words(row),
            state_words(row.state).to_owned(),
            row.overage
                .clone()
                .filter(|it| it != "0")
                .unwrap_or_default(),
            row.overage_amount.as_ref().map(amount).unwrap_or_default(),
            row.runs_out.clone().unwrap_or_default(),
        ]);
    }
    format!(
        "{}\n{}",
        table.text(),
        shown(page.first, page.rows.len(), page.total)
    )
}

fn plan_words(row: &UsageRow) -> String {
    match (&row.plan, row.unmapped) {
        (_, true) => "not mapped".to_owned(),
        (Some(plan), _) => plan.clone(),
        (None, _) => "none".to_owned(),
    }
}

fn allowance_words(row: &UsageRow) -> String {
    let unknown = if row.unlimited {
        "unlimited"
    } else {
        "not known"
    };
    row.allowance.clone().unwrap_or_else(|| unknown.to_owned())
}

fn percent_words(row: &UsageRow) -> String {
    let points = row.basis_points.map(|points| points.0);
    points.map_or_else(String::new, |points| {
        format!("{}.{} %", points / 100, points % 100 / 10)
    })
}

fn state_words(state: UsageStanding) -> &'static str {
    match state {
        UsageStanding::Within => "within",
        UsageStanding::Near => "near",
        UsageStanding::Reached => "limit reached",
        UsageStanding::Over => "over",
        UsageStanding::Unknown => "not known",
    }
}

fn check_words(row: &UsageRow) -> String {
    let used = row.used.as_deref().unwrap_or("not known");
    format!(
        "{} ({}): {}\nPlan {}, {} to {}\nAllowance {}, used {used} {}",
        row.name,
        row.id,
        state_words(row.state),
        plan_words(row),
        row.period_start,
        row.period_end,
        allowance_words(row),
        percent_words(row),
    )
}

fn story_words(told: &TenantUsage) -> String {
    let row = &told.row;
    let mut text = format!(
        "{} ({}), {} from {} to {}\n{}\n",
        row.name, row.id, told.usage_type, row.period_start, row.period_end, told.sentence
    );
    if let Some(forecast) = &told.forecast {
        text.push_str(&format!("{}\n", forecast.sentence));
    }
    let mut parts = Table::new(&["Part of the allowance", ">Quantity", "From"]);
    for part in &told.parts {
        parts.row(vec![
            part.kind.replace('_', "-"),
            part.quantity
                .clone()
                .unwrap_or_else(|| allowance_words(row)),
            part.words.clone(),
        ]);
    }
    text.push_str(&format!("\n{}", parts.text()));
    if !told.days.is_empty() {
        let mut days = Table::new(&["Day", ">Billable", ">Not billable"]);
        for day in told.days.iter().take(PRINTED_DAYS) {
            days.row(vec![
                day.day.clone(),
                day.quantity.clone(),
                day.unbillable.clone(),
            ]);
        }
        text.push_str(&format!("\n{}", days.text()));
    }
    if !told.register.is_empty() {
        let mut register = Table::new(&[
            "Extra credits",
            ">Opening",
            ">Given",
            ">Used",
            ">Expired",
            ">Closing",
        ]);
        for line in &told.register {
            register.row(vec![
                format!("{} – {}", line.start, line.end),
                line.opening.clone(),
                line.given.clone(),
                line.used.clone(),
                line.expired.clone(),
                line.closing.clone(),
            ]);
        }
        text.push_str(&format!("\n{}", register.text()));
    }
    if !told.earlier.is_empty() {
        let mut earlier = Table::new(&["Earlier", ">Allowance", ">Used", "State"]);
        for period in &told.earlier {
            let unknown = if period.unlimited {
                "unlimited"
            } else {
                "not known"
            };
            earlier.row(vec![
                format!("{} – {}", period.start, period.end),
                period
                    .allowance
                    .clone()
                    .unwrap_or_else(|| unknown.to_owned()),
                period
                    .used
                    .clone()
                    .unwrap_or_else(|| "not known".to_owned()),
                state_words(period.state).to_owned(),
            ]);
        }
        text.push_str(&format!("\n{}", earlier.text()));
    }
    text
}
