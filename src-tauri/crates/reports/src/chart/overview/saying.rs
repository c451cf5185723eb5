//! The charts of all tenants in words: their sentences and tables.

use billing::usage::Quantity;
use chrono::NaiveDate;

use super::{MonthOfUse, OverviewChart, is_open, value};
use crate::chart::picture::{Column, Table, Value};
use crate::chart::words;

fn columns(headings: &[&str]) -> Vec<Column> {
    let columns = headings.iter().enumerate();
    columns
        .map(|(index, heading)| Column {
            heading: (*heading).to_owned(),
            number: index > 0,
        })
        .collect()
}

/// "80–90 %", "100 % and over".
pub(super) fn bucket(chart: &OverviewChart, index: usize) -> String {
    let from = chart
        .buckets
        .get(index)
        .map_or(0, |bucket| bucket.from_percent);
    match chart.buckets.get(index + 1) {
        Some(next) => format!("{from}–{} %", next.from_percent),
        None => format!("{from} % and over"),
    }
}

fn tenants(count: u64) -> String {
    words::counted(count, "tenant", "tenants")
}

pub(super) fn distribution(chart: &OverviewChart) -> String {
    let all: u64 = chart.buckets.iter().map(|bucket| bucket.tenants).sum();
    let from = |percent: u16| -> u64 {
        let above = chart
            .buckets
            .iter()
            .filter(|bucket| bucket.from_percent >= percent);
        above.map(|bucket| bucket.tenants).sum()
    };
    let unknown = match chart.unknown {
        0 => String::new(),
        1 => " The allowance of one tenant is not known.".to_owned(),
        many => format!(" The allowances of {} are not known.", tenants(many)),
    };
    if all == 0 {
        return format!("No tenant’s allowance of {} is known.{unknown}", chart.unit);
    }
    let over = from(100);
    let near = from(chart.near_percent).saturating_sub(over);
    let (of, verb) = (tenants(all), if over == 1 { "has" } else { "have" });
    format!(
        "Of {of}, {} {verb} reached the limit and {} {} near it, at {} % or more.{unknown}",
        words::number(over),
        words::number(near),
        if near == 1 { "is" } else { "are" },
        chart.near_percent,
    )
}

pub(super) fn distribution_table(chart: &OverviewChart) -> Table {
    let mut rows: Vec<_> = chart
        .buckets
        .iter()
        .enumerate()
        .map(|(index, one)| vec![bucket(chart, index), words::number(one.tenants)])
        .collect();
    rows.push(vec![
        "Allowance not known".to_owned(),
        words::number(chart.unknown),
    ]);
    Table {
        caption: "Tenants by the share of their allowance that is used".to_owned(),
        columns: columns(&["Used", "Tenants"]),
        rows,
    }
}

pub(super) fn nearest(chart: &OverviewChart) -> String {
    let Some(first) = chart.nearest.first() else {
        return "No tenant has used anything of its allowance yet.".to_owned();
    };
    let used = words::rounded(first.used);
    let allowance = words::rounded(first.allowance);
    let share = words::basis_points(first.used, first.allowance);
    let share = share.map_or(String::new(), |share| {
        format!(", {}", words::percent(share))
    });
    let (name, unit) = (&first.name, &chart.unit);
    format!("Nearest its limit is {name} with {used} of {allowance} {unit}{share}.")
}

pub(super) fn nearest_table(chart: &OverviewChart) -> Table {
    let rows = chart.nearest.iter().map(|tenant| {
        let share = words::basis_points(tenant.used, tenant.allowance);
        vec![
            tenant.name.clone(),
            tenant.used.grouped_string(),
            tenant.allowance.grouped_string(),
            share.map_or_else(|| "–".to_owned(), words::percent),
        ]
    });
    Table {
        caption: "Tenants nearest their limit".to_owned(),
        columns: columns(&["Tenant", "Used", "Allowance", "Share"]),
        rows: rows.collect(),
    }
}

/// "November 2026 so far".
pub(super) fn month(chart: &OverviewChart, month: NaiveDate) -> String {
    let name = month.format("%B %Y");
    match is_open(chart, month) {
        true => format!("{name}, so far"),
        false => name.to_string(),
    }
}

pub(super) fn month_values(month: &MonthOfUse) -> Vec<Value> {
    let overage = month
        .overage
        .map_or_else(|| "not known".to_owned(), words::rounded);
    vec![
        value("Used", words::rounded(month.used)),
        value("Over the allowance", overage),
    ]
}

pub(super) fn trend(chart: &OverviewChart) -> String {
    let closed: Vec<_> = chart
        .months
        .iter()
        .filter(|month| !is_open(chart, month.month))
        .collect();
    let unit = &chart.unit;
    let Some(last) = closed.last() else {
        return match chart.months.last() {
            Some(open) => format!(
                "{} {unit} are used in {}.",
                words::rounded(open.used),
                month(chart, open.month)
            ),
            None => format!("No use of {unit} is recorded yet."),
        };
    };
    let used = words::rounded(last.used);
    let name = last.month.format("%B %Y");
    let over = match last.overage {
        Some(over) if over > Quantity::ZERO => {
            format!(", {} of them over the allowance", words::rounded(over))
        }
        _ => String::new(),
    };
    let change = closed
        .len()
        .checked_sub(2)
        .and_then(|index| closed.get(index))
        .and_then(|before| change(before.used, last.used))
        .map_or(String::new(), |change| {
            format!(", {change} the month before")
        });
    format!("{used} {unit} were used in {name}{over}{change}.")
}

/// "12 % more than", "5 % less than", "as many as".
fn change(before: Quantity, after: Quantity) -> Option<String> {
    let difference = after.checked_sub(before).ok()?;
    if difference == Quantity::ZERO {
        return Some("as many as".to_owned());
    }
    let size = Quantity::from_millionths(difference.millionths().checked_abs()?);
    let share = words::percent(words::basis_points(size, before)?);
    let word = if difference.is_negative() {
        "less"
    } else {
        "more"
    };
    Some(format!("{share} {word} than"))
}

pub(super) fn trend_table(chart: &OverviewChart) -> Table {
    let rows = chart.months.iter().map(|one| {
        let overage = one
            .overage
            .map_or_else(|| "not known".to_owned(), Quantity::grouped_string);
        vec![month(chart, one.month), one.used.grouped_string(), overage]
    });
    Table {
        caption: format!("{} used by month", chart.unit),
        columns: columns(&["Month", "Used", "Over the allowance"]),
        rows: rows.collect(),
    }
}

pub(super) fn unused(chart: &OverviewChart) -> String {
    let most = chart
        .plans
        .iter()
        .max_by_key(|plan| words::basis_points(plan.unused, plan.allowance).unwrap_or(0));
    let Some(most) = most else {
        return "No tenant’s allowance is known yet.".to_owned();
    };
    let sum = |of: fn(&super::PlanUse) -> Quantity| {
        Quantity::sum(chart.plans.iter().map(of)).unwrap_or(Quantity::MAX)
    };
    let (left, all) = (sum(|plan| plan.unused), sum(|plan| plan.allowance));
    let share = words::basis_points(most.unused, most.allowance);
    let share = share.map_or_else(|| "nothing".to_owned(), words::percent);
    format!(
        "{} of {} {} are unused so far; {} leaves the most, {share}.",
        words::rounded(left),
        words::rounded(all),
        chart.unit,
        most.plan
    )
}

pub(super) fn unused_table(chart: &OverviewChart) -> Table {
    let rows = chart.plans.iter().map(|plan| {
        let share = words::basis_points(plan.unused, plan.allowance);
        vec![
            plan.plan.clone(),
            words::number(plan.tenants),
            plan.allowance.grouped_string(),
            plan.unused.grouped_string(),
            share.map_or_else(|| "–".to_owned(), words::percent),
        ]
    });
    Table {
        caption: "Unused allowance by plan".to_owned(),
        columns: columns(&["Plan", "Tenants", "Allowance", "Unused", "Share"]),
        rows: rows.collect(),
    }
}
