//! The register of extra credits: what was given beyond the base, what of it was used, what
//! expired, what is left.
//!
//! Use draws on the period's base first, then on extra credits, those that expire soonest first
//! (without an end last; of equal ends the one given first). A credit counts for the whole period
//! that it begins in, and draws no more once it has expired. What is left of it is carried to the
//! next period. While the base is unknown or unlimited, nothing is drawn.

use chrono::NaiveDate;

use super::{Allowed, Period, Quantity, QuantityError};

/// Extra units of one tenant and usage type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extra {
    /// Its number.
    pub num: i64,
    /// The first day.
    pub from: NaiveDate,
    /// The first day on which what is left of it has expired; none: it never does.
    pub to: Option<NaiveDate>,
    /// How much.
    pub quantity: Quantity,
}

/// What the register needs to know of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodUse {
    /// The period.
    pub period: Period,
    /// Its base.
    pub base: Allowed,
    /// What was used and billable, by day, in any order.
    pub days: Vec<(NaiveDate, Quantity)>,
}

/// One period of the register. Opening + given − used − expired = closing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterRow {
    /// The period.
    pub period: Period,
    /// Left from the period before.
    pub opening: Quantity,
    /// Given within it.
    pub given: Quantity,
    /// Drawn within it.
    pub used: Quantity,
    /// Expired within it, by the day of the question.
    pub expired: Quantity,
    /// Left at its end, or now.
    pub closing: Quantity,
    /// Each extra that was there: its number, and what the period has of it (for one that expired,
    /// what was drawn of it).
    pub parts: Vec<(i64, Quantity)>,
}

impl RegisterRow {
    /// What the period has beyond its base: what was drawn and what is left.
    ///
    /// # Errors
    /// [`QuantityError::TooLarge`].
    pub fn extra(&self) -> Result<Quantity, QuantityError> {
        self.used.checked_add(self.closing)
    }
}

/// The register over periods, which follow each other and begin no later than the first extra; as
/// of a day, after which nothing counts.
///
/// # Errors
/// [`QuantityError::TooLarge`] where a sum does not fit.
pub fn register(
    extras: &[Extra],
    periods: &[PeriodUse],
    as_of: NaiveDate,
) -> Result<Vec<RegisterRow>, QuantityError> {
    let mut held: Vec<(Extra, Quantity)> = extras
        .iter()
        .map(|extra| (*extra, extra.quantity))
        .collect();
    held.sort_by_key(|(extra, _)| (extra.to.unwrap_or(NaiveDate::MAX), extra.from, extra.num));
    let mut rows = Vec::with_capacity(periods.len());
    for at in periods {
        if at.period.start > as_of {
            break;
        }
        rows.push(row(&mut held, at, as_of)?);
    }
    Ok(rows)
}

fn row(
    held: &mut [(Extra, Quantity)],
    at: &PeriodUse,
    as_of: NaiveDate,
) -> Result<RegisterRow, QuantityError> {
    let period = at.period;
    let mut drawn = Quantity::ZERO;
    let mut row = RegisterRow {
        period,
        opening: Quantity::ZERO,
        given: Quantity::ZERO,
        used: Quantity::ZERO,
        expired: Quantity::ZERO,
        closing: Quantity::ZERO,
        parts: Vec::new(),
    };
    for (extra, left) in held {
        let gone = extra
            .to
            .is_some_and(|to| to <= period.start.max(extra.from));
        let known = extra.from <= as_of && extra.from < period.end;
        if gone || !known || (*left == Quantity::ZERO && extra.from < period.start) {
            continue;
        }
        if extra.from >= period.start {
            row.given = row.given.checked_add(*left)?;
        } else {
            row.opening = row.opening.checked_add(*left)?;
        }
        let end = extra.to.map_or(period.end, |to| to.min(period.end));
        let used = beyond(at, end)?.checked_sub(drawn)?;
        let draws = used.clamp(Quantity::ZERO, *left);
        drawn = drawn.checked_add(draws)?;
        let rest = left.checked_sub(draws)?;
        let expires = extra.to.is_some_and(|to| to <= as_of && to <= period.end);
        let has = if expires { draws } else { *left };
        row.parts.push((extra.num, has));
        row.used = row.used.checked_add(draws)?;
        if expires {
            row.expired = row.expired.checked_add(rest)?;
            *left = Quantity::ZERO;
        } else {
            row.closing = row.closing.checked_add(rest)?;
            *left = rest;
        }
    }
    Ok(row)
}

/// What was used beyond the base before a day.
fn beyond(at: &PeriodUse, end: NaiveDate) -> Result<Quantity, QuantityError> {
    let Allowed::Quantity(base) = at.base else {
        return Ok(Quantity::ZERO);
    };
    let days = at.days.iter().filter(|(day, _)| *day < end);
    let used = Quantity::sum(days.map(|(_, quantity)| *quantity))?;
    Ok(used.checked_sub(base)?.max(Quantity::ZERO))
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;
    use crate::usage::{AnchorDay, Calendar};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn units(count: i64) -> Quantity {
        Quantity::whole(count).expect("a quantity")
    }

    fn month(start: &str, base: i64, days: &[(&str, i64)]) -> PeriodUse {
        PeriodUse {
            period: AnchorDay::FIRST.period_of(day(start)),
            base: Allowed::Quantity(units(base)),
            days: days.iter().map(|(at, n)| (day(at), units(*n))).collect(),
        }
    }

    fn extra(num: i64, from: &str, to: Option<&str>, count: i64) -> Extra {
        Extra {
            num,
            from: day(from),
            to: to.map(day),
            quantity: units(count),
        }
    }

    fn told(rows: &[RegisterRow]) -> String {
        let line = |row: &RegisterRow| {
            format!(
                "{}: {} + {} - {} - {} = {}",
                row.period.start, row.opening, row.given, row.used, row.expired, row.closing
            )
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn extra_credits_are_drawn_after_the_base_and_the_soonest_to_expire_first() {
        let extras = [
            extra(1, "2026-01-10", None, 100),
            extra(2, "2026-01-20", Some("2026-03-01"), 50),
        ];
        let periods = [
            month(
                "2026-01-01",
                500,
                &[("2026-01-05", 480), ("2026-01-25", 30)],
            ),
            month("2026-02-01", 500, &[("2026-02-10", 510)]),
            month("2026-03-01", 500, &[("2026-03-10", 560)]),
        ];
        let rows = register(&extras, &periods, day("2026-03-31")).expect("a register");
        insta::assert_snapshot!(told(&rows), @r"
        2026-01-01: 0 + 150 - 10 - 0 = 140
        2026-02-01: 140 + 0 - 10 - 30 = 100
        2026-03-01: 100 + 0 - 60 - 0 = 40
        ");
    }

    #[test]
    fn nothing_is_drawn_while_the_base_is_unknown() {
        let extras = [extra(1, "2026-01-01", None, 100)];
        let unknown = PeriodUse {
            base: Allowed::Unknown,
            ..month("2026-01-01", 0, &[("2026-01-05", 900)])
        };
        let rows = register(&extras, &[unknown], day("2026-01-31")).expect("a register");
        assert_eq!(rows[0].closing, units(100));
    }

    #[test]
    fn what_begins_later_is_not_there_yet() {
        let extras = [extra(1, "2026-01-20", Some("2026-01-25"), 100)];
        let use_ = month("2026-01-01", 500, &[("2026-01-05", 600)]);
        let at = |as_of: &str| {
            let rows = register(&extras, std::slice::from_ref(&use_), day(as_of));
            told(&rows.expect("a register"))
        };
        assert_eq!(at("2026-01-19"), "2026-01-01: 0 + 0 - 0 - 0 = 0");
        assert_eq!(at("2026-01-20"), "2026-01-01: 0 + 100 - 100 - 0 = 0");
    }

    prop_compose! {
        fn any_extra()(
            num in 0_i64..1_000,
            from in 0_u64..400,
            length in prop::option::of(1_u64..200),
            count in 0_i64..500,
        ) -> Extra {
            let from = day("2026-01-01") + Days::new(from);
            Extra {
                num,
                from,
                to: length.map(|days| from + Days::new(days)),
                quantity: units(count),
            }
        }
    }

    fn any_use() -> impl Strategy<Value = Vec<PeriodUse>> {
        let days = prop::collection::vec((0_u64..31, 0_i64..300), 0..6);
        let base = prop_oneof![
            5 => (0_i64..600).prop_map(|count| Allowed::Quantity(units(count))),
            1 => Just(Allowed::Unknown),
            1 => Just(Allowed::Unlimited),
        ];
        prop::collection::vec((base, days), 1..14).prop_map(|months| {
            let calendar = Calendar::new([]);
            let mut period = calendar.period_of(day("2026-01-01"));
            let mut uses = Vec::new();
            for (base, days) in months {
                let held = days
                    .into_iter()
                    .map(|(n, count)| (period.start + Days::new(n), count));
                let days = held.filter(|(at, _)| period.contains(*at));
                uses.push(PeriodUse {
                    period,
                    base,
                    days: days.map(|(at, count)| (at, units(count))).collect(),
                });
                period = calendar.period_of(period.end);
            }
            uses
        })
    }

    proptest! {
        #[test]
        fn the_register_ties(
            extras in prop::collection::vec(any_extra(), 0..6),
            uses in any_use(),
            as_of in 0_u64..500,
        ) {
            let as_of = day("2026-01-01") + Days::new(as_of);
            let rows = register(&extras, &uses, as_of).expect("a register");
            let mut before = Quantity::ZERO;
            for row in &rows {
                prop_assert_eq!(row.opening, before, "a period opens as the last one closed");
                let sum = row.opening.checked_add(row.given).expect("fits");
                let gone = Quantity::sum([row.used, row.expired, row.closing]).expect("fits");
                prop_assert_eq!(sum, gone);
                prop_assert!([row.used, row.expired, row.closing].iter().all(|it| !it.is_negative()));
                before = row.closing;
            }
        }

        #[test]
        fn no_order_of_extras_or_days_changes_the_register(
            mut extras in prop::collection::vec(any_extra(), 0..6),
            mut uses in any_use(),
        ) {
            for (num, extra) in extras.iter_mut().enumerate() {
                extra.num = num as i64;
            }
            let as_of = day("2027-06-01");
            let before = register(&extras, &uses, as_of);
            extras.reverse();
            uses.iter_mut().for_each(|it| it.days.reverse());
            prop_assert_eq!(register(&extras, &uses, as_of), before);
        }
    }
}
