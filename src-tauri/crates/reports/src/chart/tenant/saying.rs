//! The chart of one tenant in words: its title, its sentence, its table.

use billing::usage::Quantity;

use super::{TenantUsageChart, Told, ToldDay};
use crate::chart::picture::{Column, Table, Value};
use crate::chart::words;

/// "AI credits used by Bluepine, 1–30 Nov 2026".
pub(super) fn title(chart: &TenantUsageChart) -> String {
    let (unit, tenant) = (&chart.unit, &chart.tenant);
    format!(
        "{unit} used by {tenant}, {}",
        words::period(chart.start, chart.end)
    )
}

/// What can be seen, in words.
pub(super) fn sentence(chart: &TenantUsageChart, told: &Told) -> String {
    let mut parts = vec![used_words(chart, told)];
    parts.extend(limit_words(chart, told));
    parts.extend(expected_words(told, chart));
    if let Some(earlier) = told.earlier.first() {
        let total = earlier.so_far.last().copied().unwrap_or_default();
        parts.push(format!(
            "{} ended at {}.",
            earlier.name,
            words::rounded(total)
        ));
    }
    parts.extend(unbilled_words(told));
    parts.join(" ")
}

fn used_words(chart: &TenantUsageChart, told: &Told) -> String {
    let (unit, tenant) = (&chart.unit, &chart.tenant);
    let period = words::period(chart.start, chart.end);
    let Some((_, last, used)) = told.last() else {
        return format!("The period {period} of {tenant} has not begun.");
    };
    let (used, when) = (used.so_far, words::long_day(last.day));
    let nothing = used == Quantity::ZERO;
    match told.limit() {
        None if nothing => format!("{tenant} used no {unit} from {period}, by {when}."),
        None => {
            let used = words::rounded(used);
            format!("{tenant} used {used} {unit} by {when}, in the period {period}.")
        }
        Some(limit) => {
            let share = words::basis_points(used, limit);
            let share = share.map_or(String::new(), |share| {
                format!(" ({})", words::percent(share))
            });
            let used = if nothing {
                "none".to_owned()
            } else {
                words::rounded(used)
            };
            let limit = words::rounded(limit);
            format!(
                "{tenant} used {used} of {limit} {unit}{share} by {when}, in the period {period}."
            )
        }
    }
}

fn limit_words(chart: &TenantUsageChart, told: &Told) -> Option<String> {
    let Some(limit) = told.limit() else {
        return Some("Its allowance is not known.".to_owned());
    };
    let reached = told.days.get(told.reached?)?;
    let (used, _) = told.totals();
    if used < limit {
        return None;
    }
    let day = words::long_day(reached.day);
    let over = used.checked_sub(limit).ok()?;
    if over == Quantity::ZERO {
        return Some(format!("The limit was reached on {day}."));
    }
    let (over, unit) = (words::rounded(over), &chart.unit);
    Some(format!(
        "The limit was reached on {day}; {over} {unit} are over it."
    ))
}

fn expected_words(told: &Told, chart: &TenantUsageChart) -> Option<String> {
    let end = told.end()?;
    let (low, high) = (words::rounded(end.low), words::rounded(end.high));
    let (expected, day) = (words::rounded(end.expected), words::long_day(end.day));
    let band = if chart
        .expected
        .as_ref()
        .is_some_and(|expected| expected.few_data)
    {
        "; few data".to_owned()
    } else {
        format!(", in four of five cases {low} to {high}")
    };
    let Some(out) = told.runs_out.and_then(|index| told.days.get(index)) else {
        return Some(format!("{expected} are expected by {day}{band}."));
    };
    let before = words::days((chart.end - out.day).num_days() - 1);
    let out = words::long_day(out.day);
    let before = if out == day {
        "the last day of the period".to_owned()
    } else {
        format!("{before} before the period ends")
    };
    Some(format!(
        "At this pace the limit is reached on {out}, {before}; \
         {expected} are expected by {day}{band}."
    ))
}

fn unbilled_words(told: &Told) -> Option<String> {
    let (used, unbillable) = told.totals();
    let all = used.checked_add(unbillable).ok()?;
    let share = words::basis_points(unbillable, all).filter(|_| unbillable > Quantity::ZERO)?;
    Some(format!(
        "Another {} ({} of everything) are not billed.",
        words::rounded(unbillable),
        words::percent(share)
    ))
}

/// What is to be read at one day.
pub(super) fn values(day: &ToldDay, index: usize, told: &Told) -> Vec<Value> {
    let mut values = Vec::new();
    let mut say = |name: &str, value: String| {
        values.push(Value {
            name: name.to_owned(),
            value,
        });
    };
    if let Some(used) = day.used {
        say("So far", used.so_far.grouped_string());
        say("This day", used.billable.grouped_string());
        if used.unbillable != Quantity::ZERO {
            say("Not billed", used.unbillable.grouped_string());
        }
    }
    if let Some(expected) = day.expected {
        say("Expected", words::rounded(expected.expected));
        let (low, high) = (words::rounded(expected.low), words::rounded(expected.high));
        say("In 4 of 5 cases", format!("{low}–{high}"));
    }
    if let Some(limit) = day.limit {
        say("Limit", limit.grouped_string());
    }
    for mark in &day.marks {
        say("From this day", mark.clone());
    }
    for earlier in &told.earlier {
        say(&earlier.name, earlier.by(index).grouped_string());
    }
    values
}

/// Every value of the chart, a row a day.
pub(super) fn table(chart: &TenantUsageChart, told: &Told) -> Table {
    let mut columns = vec![Column {
        heading: "Day".to_owned(),
        number: false,
    }];
    let numbers = [
        "Used",
        "Not billed",
        "So far",
        "Limit",
        "Expected",
        "At least",
        "At most",
    ];
    let earlier = told.earlier.iter().map(|earlier| earlier.name.as_str());
    columns.extend(numbers.into_iter().chain(earlier).map(|heading| Column {
        heading: heading.to_owned(),
        number: true,
    }));
    columns.push(Column {
        heading: "Changed".to_owned(),
        number: false,
    });
    let rows = told.days.iter().enumerate().map(|(index, day)| {
        let exact =
            |quantity: Option<Quantity>| quantity.map_or(String::new(), Quantity::grouped_string);
        let round = |quantity: Option<Quantity>| quantity.map_or(String::new(), words::rounded);
        let mut row = vec![
            words::full_day(day.day),
            exact(day.used.map(|used| used.billable)),
            exact(day.used.map(|used| used.unbillable)),
            exact(day.used.map(|used| used.so_far)),
            exact(day.limit),
            round(day.expected.map(|expected| expected.expected)),
            round(day.expected.map(|expected| expected.low)),
            round(day.expected.map(|expected| expected.high)),
        ];
        row.extend(
            told.earlier
                .iter()
                .map(|earlier| earlier.by(index).grouped_string()),
        );
        row.push(day.marks.join("; "));
        row
    });
    Table {
        caption: title(chart),
        rows: rows.collect(),
        columns,
    }
}
