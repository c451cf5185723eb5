//! An invoice line and a plan in the words of a finance team.

use chrono::{Datelike, Days, NaiveDate};

use crate::Money;
use crate::period::{Zone, day_of};

/// What a line's words are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineFacts<'a> {
    /// Units; none where the line has none.
    pub quantity: Option<i64>,
    /// What one unit is called, in the singular: the product's unit label.
    pub unit_label: Option<&'a str>,
    /// Whether the quantity counts seats: of a licensed price that recurs.
    pub seats: bool,
    /// The line's amount; negative is a credit.
    pub amount_minor: Option<i64>,
    /// Service from, UTC seconds.
    pub period_start: Option<i64>,
    /// Service to, UTC seconds, exclusive.
    pub period_end: Option<i64>,
    /// Whether it corrects a part of a period.
    pub proration: bool,
    /// Stripe's own words, used where a quantity would say nothing: a one-off item has always 1.
    pub description: Option<&'a str>,
}

/// A line in words: `5 seats, 12–31 March, prorated`, `Unused time on 20 seats, 22–30 November`.
#[must_use]
pub fn line_words(line: &LineFacts<'_>, zone: Zone) -> String {
    let label = line.unit_label.map(str::trim).filter(|l| !l.is_empty());
    let unit = label.or(line.seats.then_some("seat"));
    let counted = match (line.quantity, unit, line.description) {
        (Some(quantity), Some(unit), _) => Some(counted(quantity, unit)),
        (Some(quantity), None, None) => Some(counted(quantity, "unit")),
        _ => None,
    };
    let units = counted.is_some();
    let what = match (counted, line.description) {
        (Some(counted), _) => counted,
        (None, Some(description)) => description.to_owned(),
        (None, None) => "One item".to_owned(),
    };
    let when = match (line.period_start, line.period_end) {
        (Some(start), Some(end)) => format!(", {}", period_words(start, end, zone)),
        _ => String::new(),
    };
    let credit = line.amount_minor.is_some_and(|amount| amount < 0);
    match (line.proration, credit, units) {
        (true, true, true) => format!("Unused time on {what}{when}"),
        (true, _, _) => format!("{what}{when}, prorated"),
        (false, _, _) => format!("{what}{when}"),
    }
}

/// `1 seat`, `5 seats`, `1,200 credits`.
#[must_use]
pub fn counted(quantity: i64, unit_label: &str) -> String {
    let label = unit_label.trim();
    let label = if label.is_empty() { "seat" } else { label };
    let plural = if quantity == 1 || label.ends_with('s') {
        ""
    } else {
        "s"
    };
    format!("{} {label}{plural}", grouped(quantity))
}

/// A number with its thousands separated.
#[must_use]
pub fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A time of service in days of the company's zone: `12–31 March`, `22 Nov – 21 Dec`,
/// `22 Nov 2025 – 21 Nov 2026`; one day alone as `12 March`.
///
/// The end is exclusive. Its day counts only where service ends later in the day than it began, so
/// that a month from the 22nd at noon to the 22nd at noon ends on the 21st.
#[must_use]
pub fn period_words(start: i64, end: i64, zone: Zone) -> String {
    let first = day_of(start, zone);
    let end_day = day_of(end, zone);
    let last = if zone.local(end).time() > zone.local(start).time() {
        end_day
    } else {
        end_day.checked_sub_days(Days::new(1)).unwrap_or(end_day)
    };
    days_words(first, last.max(first))
}

fn days_words(first: NaiveDate, last: NaiveDate) -> String {
    if first == last {
        return first.format("%-d %B").to_string();
    }
    if first.year() != last.year() {
        return format!(
            "{} – {}",
            first.format("%-d %b %Y"),
            last.format("%-d %b %Y")
        );
    }
    if first.month() != last.month() {
        return format!("{} – {}", first.format("%-d %b"), last.format("%-d %b"));
    }
    format!("{}–{}", first.day(), last.format("%-d %B"))
}

/// What a plan's words are made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanFacts<'a> {
    /// The product's name.
    pub name: &'a str,
    /// The price of a unit, where each costs the same.
    pub unit_amount: Option<Money>,
    /// What one unit is called.
    pub unit_label: Option<&'a str>,
    /// `day`, `week`, `month` or `year`; none for a price that does not recur.
    pub interval: Option<&'a str>,
    /// How many of them.
    pub interval_count: i64,
    /// Whether usage is billed.
    pub metered: bool,
}

/// A plan in words: `Professional, 20.00 USD per seat a month`, `Enterprise, by tiers a year`.
#[must_use]
pub fn plan_words(plan: &PlanFacts<'_>) -> String {
    let unit = plan.unit_label.map_or("seat", str::trim);
    let amount = match plan.unit_amount {
        _ if plan.metered => "by usage".to_owned(),
        Some(amount) if amount.minor == 0 => "free".to_owned(),
        Some(amount) => format!("{amount} per {unit}"),
        None => "by tiers".to_owned(),
    };
    let every = match (plan.interval, plan.interval_count) {
        (None, _) => ", once".to_owned(),
        (Some(_), _) if amount == "free" => String::new(),
        (Some(interval), ..=1) => format!(" a {interval}"),
        (Some(interval), count) => format!(" every {count} {interval}s"),
    };
    format!("{}, {amount}{every}", plan.name)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::Currency;

    /// 2026-03-12, 2026-04-01, 2026-11-22 and 2026-12-01, midnight UTC.
    const MARCH_12: i64 = 1_773_273_600;
    const APRIL_1: i64 = 1_775_001_600;
    const NOVEMBER_22: i64 = 1_795_305_600;
    const DECEMBER_1: i64 = 1_796_083_200;
    const HOUR: i64 = 3_600;
    const DAY: i64 = 24 * HOUR;

    fn seats(quantity: i64, amount_minor: i64, start: i64, end: i64) -> LineFacts<'static> {
        LineFacts {
            quantity: Some(quantity),
            unit_label: None,
            seats: true,
            amount_minor: Some(amount_minor),
            period_start: Some(start),
            period_end: Some(end),
            proration: false,
            description: Some("Stripe's words"),
        }
    }

    fn prorated(line: LineFacts<'static>) -> LineFacts<'static> {
        LineFacts {
            proration: true,
            ..line
        }
    }

    #[rstest]
    #[case(
        prorated(seats(5, 6_452, MARCH_12, APRIL_1)),
        "5 seats, 12–31 March, prorated"
    )]
    #[case(
        prorated(seats(20, -9_000, NOVEMBER_22 + 14 * HOUR, DECEMBER_1)),
        "Unused time on 20 seats, 22–30 November"
    )]
    #[case(seats(1, 2_000, NOVEMBER_22, NOVEMBER_22 + 30 * DAY), "1 seat, 22 Nov – 21 Dec")]
    #[case(
        seats(1_200, 2_000, NOVEMBER_22 + HOUR, NOVEMBER_22 + 365 * DAY + HOUR),
        "1,200 seats, 22 Nov 2026 – 21 Nov 2027"
    )]
    #[case(seats(2, 2_000, MARCH_12, MARCH_12), "2 seats, 12 March")]
    #[case(seats(2, 2_000, MARCH_12, MARCH_12 + 9 * HOUR), "2 seats, 12 March")]
    #[case(
        LineFacts { unit_label: Some("credit"), ..seats(500, 1, MARCH_12, APRIL_1) },
        "500 credits, 12–31 March"
    )]
    #[case(
        LineFacts { quantity: None, period_start: None, ..seats(0, -500, 0, 0) },
        "Stripe's words"
    )]
    #[case(
        LineFacts { seats: false, ..seats(1, 50_000, MARCH_12, MARCH_12) },
        "Stripe's words, 12 March"
    )]
    #[case(
        LineFacts { seats: false, description: None, ..seats(12_345, 1, MARCH_12, APRIL_1) },
        "12,345 units, 12–31 March"
    )]
    fn lines_are_said_in_words(#[case] line: LineFacts<'_>, #[case] expected: &str) {
        assert_eq!(line_words(&line, Zone::UTC), expected);
    }

    #[test]
    fn days_are_the_companys() {
        let auckland = Zone::parse("Pacific/Auckland").expect("a zone");
        let line = seats(5, 1, MARCH_12, APRIL_1);
        assert_eq!(line_words(&line, Zone::UTC), "5 seats, 12–31 March");
        assert_eq!(
            line_words(&line, auckland),
            "5 seats, 12–31 March",
            "same time of day"
        );
        assert_eq!(
            period_words(MARCH_12 + 12 * HOUR, APRIL_1, auckland),
            "13 Mar – 1 Apr"
        );
    }

    #[test]
    fn plans_are_said_in_words() {
        let usd = Currency::parse("usd").expect("a currency");
        let plan = |minor: Option<i64>, interval, interval_count| PlanFacts {
            name: "Professional",
            unit_amount: minor.map(|minor| Money::new(minor, usd)),
            unit_label: None,
            interval,
            interval_count,
            metered: false,
        };
        let cases = [
            (
                plan(Some(2_000), Some("month"), 1),
                "Professional, 20.00 USD per seat a month",
            ),
            (
                plan(Some(6_000), Some("month"), 3),
                "Professional, 60.00 USD per seat every 3 months",
            ),
            (plan(Some(0), Some("month"), 1), "Professional, free"),
            (plan(None, Some("year"), 1), "Professional, by tiers a year"),
            (
                plan(Some(100), None, 0),
                "Professional, 1.00 USD per seat, once",
            ),
        ];
        for (plan, expected) in cases {
            assert_eq!(plan_words(&plan), expected);
        }
    }
}
