//! Figures, days and shares in the words of a chart.

use billing::usage::Quantity;
use chrono::{Datelike, NaiveDate};

const MILLION: i64 = 1_000_000;

/// A figure as a label has it: whole from ten, otherwise with at most two decimals. "1,911", "2.5".
pub(super) fn rounded(quantity: Quantity) -> String {
    let millionths = quantity.millionths();
    let unit = if millionths.abs() >= 10 * MILLION {
        MILLION
    } else {
        MILLION / 100
    };
    let half = if millionths < 0 { -unit / 2 } else { unit / 2 };
    let nearest = millionths.saturating_add(half) / unit * unit;
    Quantity::from_millionths(nearest).grouped_string()
}

/// A figure for a narrow place: "950", "2,500", "1.5 M", "60 bn".
pub(super) fn short(quantity: Quantity) -> String {
    for (size, unit) in [
        (MILLION * MILLION, "tn"),
        (MILLION * 1_000, "bn"),
        (MILLION, "M"),
    ] {
        let size = i128::from(size) * i128::from(MILLION);
        let hundredths = i128::from(quantity.millionths()) * 100 / size;
        if hundredths.abs() >= 100 {
            let small = i64::try_from(hundredths).unwrap_or(0);
            let shown = Quantity::from_millionths(small.saturating_mul(MILLION / 100));
            return format!("{} {unit}", shown.grouped_string());
        }
    }
    rounded(quantity)
}

/// How much `part` is of `whole` in hundredths of a percent, rounded down, so that 100 % is never
/// said before it is reached. None of nothing.
pub(super) fn basis_points(part: Quantity, whole: Quantity) -> Option<i64> {
    if whole.millionths() <= 0 {
        return None;
    }
    let share = i128::from(part.millionths()) * 10_000 / i128::from(whole.millionths());
    Some(i64::try_from(share).unwrap_or(i64::MAX))
}

/// "96 %", "3.4 %": without decimals unless under ten; "over 9,999 %" from ten thousand on.
pub(super) fn percent(basis_points: i64) -> String {
    if basis_points >= 1_000_000 {
        return "over 9,999 %".to_owned();
    }
    let (whole, tenth) = (basis_points / 100, basis_points / 10 % 10);
    if (0..1000).contains(&basis_points) && tenth > 0 {
        return format!("{whole}.{tenth} %");
    }
    let count = Quantity::whole(whole).unwrap_or(Quantity::MAX);
    format!("{} %", count.grouped_string())
}

/// "1 tenant", "8,214 tenants".
pub(super) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// "8,214".
pub(super) fn number(count: u64) -> String {
    let count = i64::try_from(count)
        .ok()
        .and_then(|count| Quantity::whole(count).ok());
    count.unwrap_or(Quantity::MAX).grouped_string()
}

/// "22 Nov".
pub(super) fn day(day: NaiveDate) -> String {
    day.format("%-d %b").to_string()
}

/// "22 November".
pub(super) fn long_day(day: NaiveDate) -> String {
    day.format("%-d %B").to_string()
}

/// "Sun 22 Nov 2026".
pub(super) fn full_day(day: NaiveDate) -> String {
    day.format("%a %-d %b %Y").to_string()
}

/// The days from `start` up to `end`, which is the first one after: "1–30 Nov 2026",
/// "14 Oct–13 Nov 2026", "14 Dec 2026–13 Jan 2027".
pub(super) fn period(start: NaiveDate, end: NaiveDate) -> String {
    let last = end.pred_opt().unwrap_or(end).max(start);
    let year = last.format("%Y");
    if last == start {
        format!("{} {year}", day(start))
    } else if start.year() != last.year() {
        format!("{}–{} {year}", start.format("%-d %b %Y"), day(last))
    } else if start.month() != last.month() {
        format!("{}–{} {year}", day(start), day(last))
    } else {
        format!("{}–{} {year}", start.format("%-d"), day(last))
    }
}

/// A period's name: "October" for a whole month, otherwise its days: "14 Sep–13 Oct".
pub(super) fn period_name(start: NaiveDate, end: NaiveDate) -> String {
    let next = start
        .with_day(1)
        .and_then(|first| first.checked_add_months(chrono::Months::new(1)));
    if start.day() == 1 && next == Some(end) {
        return start.format("%B").to_string();
    }
    let last = end.pred_opt().unwrap_or(end);
    format!("{}–{}", day(start), day(last))
}

/// "six days": in words up to twelve.
pub(super) fn days(count: i64) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
        "eleven", "twelve",
    ];
    let word = usize::try_from(count)
        .ok()
        .and_then(|count| WORDS.get(count));
    let word = word.map_or_else(|| count.to_string(), |word| (*word).to_owned());
    format!("{word} {}", if count == 1 { "day" } else { "days" })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn quantity(text: &str) -> Quantity {
        text.parse().expect("a quantity")
    }

    #[rstest]
    #[case("0", "0", "0")]
    #[case("2.499", "2.5", "2.5")]
    #[case("0.001", "0", "0")]
    #[case("2494.731", "2,495", "2,495")]
    #[case("-12.6", "−13", "−13")]
    #[case("999999", "999,999", "999,999")]
    #[case("1500000", "1,500,000", "1.5 M")]
    #[case("60000000000", "60,000,000,000", "60 bn")]
    #[case("9223372036854.775807", "9,223,372,036,854", "9.22 tn")]
    fn figures_in_words(#[case] exact: &str, #[case] label: &str, #[case] narrow: &str) {
        assert_eq!(rounded(quantity(exact)), label);
        assert_eq!(short(quantity(exact)), narrow);
    }

    #[rstest]
    #[case("1999.9", "2000", "99 %")]
    #[case("2000", "2000", "100 %")]
    #[case("68", "2000", "3.4 %")]
    #[case("60", "2000", "3 %")]
    #[case("999999", "50", "over 9,999 %")]
    fn a_share_is_never_said_to_be_more_than_it_is(
        #[case] part: &str,
        #[case] whole: &str,
        #[case] words: &str,
    ) {
        let share = basis_points(quantity(part), quantity(whole)).expect("of something");
        assert_eq!(percent(share), words);
        assert_eq!(basis_points(quantity(part), Quantity::ZERO), None);
    }

    #[rstest]
    #[case("2026-11-01", "2026-12-01", "1–30 Nov 2026", "November")]
    #[case("2026-10-14", "2026-11-14", "14 Oct–13 Nov 2026", "14 Oct–13 Nov")]
    #[case("2026-12-14", "2027-01-14", "14 Dec 2026–13 Jan 2027", "14 Dec–13 Jan")]
    #[case("2024-02-01", "2024-03-01", "1–29 Feb 2024", "February")]
    #[case("2026-11-05", "2026-11-06", "5 Nov 2026", "5 Nov–5 Nov")]
    fn periods_in_words(
        #[case] start: NaiveDate,
        #[case] end: NaiveDate,
        #[case] words: &str,
        #[case] name: &str,
    ) {
        assert_eq!(period(start, end), words);
        assert_eq!(period_name(start, end), name);
    }

    #[test]
    fn few_days_in_letters() {
        assert_eq!(
            [days(1), days(6), days(13)],
            ["one day", "six days", "13 days"]
        );
    }
}
