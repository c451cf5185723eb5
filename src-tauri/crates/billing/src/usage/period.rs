//! Allowance periods: whole days of the company's zone, always a month long, whatever the
//! interval of the invoice.
//!
//! A tenant with a subscription has periods from the day of the month of its billing anchor; in a
//! month that is too short for that day they begin on its last day (Stripe's own rule for billing
//! anchors). Where there is no subscription, the calendar month counts. Days are local dates, so
//! no change of the clocks moves a period. Periods tile time: each day lies in exactly one, and a
//! period that meets the beginning or the end of a subscription is cut there.

use chrono::{Datelike, Days, NaiveDate};

/// Days from the first to the day before `end`; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period {
    /// The first day.
    pub start: NaiveDate,
    /// The first day after it.
    pub end: NaiveDate,
}

impl Period {
    /// Whether a day lies in it.
    #[must_use]
    pub fn contains(self, day: NaiveDate) -> bool {
        self.start <= day && day < self.end
    }

    /// How many days it has.
    #[must_use]
    pub fn days(self) -> u32 {
        u32::try_from((self.end - self.start).num_days()).unwrap_or(0)
    }

    /// Its last day.
    #[must_use]
    pub fn last_day(self) -> NaiveDate {
        self.end
            .checked_sub_days(Days::new(1))
            .unwrap_or(self.start)
    }
}

/// The day of the month on which periods begin: 1 to 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AnchorDay(u32);

impl AnchorDay {
    /// Calendar months.
    pub const FIRST: Self = Self(1);

    /// The day of the month that an anchor falls on.
    #[must_use]
    pub fn of(anchor: NaiveDate) -> Self {
        Self(anchor.day())
    }

    /// The month long period that holds a day.
    #[must_use]
    pub fn period_of(self, day: NaiveDate) -> Period {
        let (year, month) = (day.year(), day.month());
        let this = self.start_in(year, month);
        if day < this {
            let (before_year, before) = if month == 1 {
                (year - 1, 12)
            } else {
                (year, month - 1)
            };
            return Period {
                start: self.start_in(before_year, before),
                end: this,
            };
        }
        let (after_year, after) = if month == 12 {
            (year + 1, 1)
        } else {
            (year, month + 1)
        };
        Period {
            start: this,
            end: self.start_in(after_year, after),
        }
    }

    /// The day in a month on which a period begins: the anchor's, or the month's last.
    fn start_in(self, year: i32, month: u32) -> NaiveDate {
        (1..=self.0)
            .rev()
            .find_map(|day| NaiveDate::from_ymd_opt(year, month, day))
            .unwrap_or_default()
    }
}

/// Days on which a tenant had a subscription, and the anchor that its periods follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anchored {
    /// The first day.
    pub from: NaiveDate,
    /// The first day after it; none: it goes on.
    pub to: Option<NaiveDate>,
    /// The day of the month on which its periods begin.
    pub anchor: AnchorDay,
}

/// A tenant's periods through all time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// From which day on which anchor holds, ascending; before the first, calendar months.
    turns: Vec<(NaiveDate, AnchorDay)>,
}

impl Calendar {
    /// The periods of a tenant that had these subscriptions, in any order. Where two overlap, the
    /// one that began first holds until it ends.
    #[must_use]
    pub fn new(spans: impl IntoIterator<Item = Anchored>) -> Self {
        let mut spans: Vec<Anchored> = spans.into_iter().collect();
        spans.sort_unstable();
        let mut turns: Vec<(NaiveDate, AnchorDay)> = Vec::new();
        let mut free_from = NaiveDate::MIN;
        for span in spans {
            let from = span.from.max(free_from);
            if span.to.is_some_and(|to| to <= from) {
                continue;
            }
            turn(&mut turns, from, span.anchor);
            let Some(to) = span.to else {
                break;
            };
            turn(&mut turns, to, AnchorDay::FIRST);
            free_from = to;
        }
        Self { turns }
    }

    /// The period that holds a day.
    #[must_use]
    pub fn period_of(&self, day: NaiveDate) -> Period {
        let after = self.turns.partition_point(|(from, _)| *from <= day);
        let held = after.checked_sub(1).and_then(|at| self.turns.get(at));
        let anchor = held.map_or(AnchorDay::FIRST, |(_, anchor)| *anchor);
        let whole = anchor.period_of(day);
        Period {
            start: held.map_or(whole.start, |(from, _)| whole.start.max(*from)),
            end: match self.turns.get(after) {
                Some((next, _)) => whole.end.min(*next),
                None => whole.end,
            },
        }
    }

    /// The period before one.
    #[must_use]
    pub fn before(&self, period: Period) -> Period {
        let last = period.start.checked_sub_days(Days::new(1));
        self.period_of(last.unwrap_or(period.start))
    }
}

/// From `from` on `anchor` holds; the same anchor again is no turn.
fn turn(turns: &mut Vec<(NaiveDate, AnchorDay)>, from: NaiveDate, anchor: AnchorDay) {
    if turns.last().is_some_and(|(last, _)| *last == from) {
        turns.pop();
    }
    let held = turns.last().map_or(AnchorDay::FIRST, |(_, held)| *held);
    if held != anchor {
        turns.push((from, anchor));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;
    use crate::period::{Zone, day_of};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[rstest]
    #[case(31, "2026-02-15", "2026-01-31", "2026-02-28", "February has no 31st")]
    #[case(
        31,
        "2026-02-28",
        "2026-02-28",
        "2026-03-31",
        "its last day begins the next"
    )]
    #[case(
        31,
        "2028-02-28",
        "2028-01-31",
        "2028-02-29",
        "a leap year has one day more"
    )]
    #[case(
        30,
        "2026-03-01",
        "2026-02-28",
        "2026-03-30",
        "the 30th comes back after February"
    )]
    #[case(
        29,
        "2027-03-28",
        "2027-02-28",
        "2027-03-29",
        "the 29th in a common year"
    )]
    #[case(29, "2028-02-29", "2028-02-29", "2028-03-29", "and in a leap year")]
    #[case(1, "2026-12-31", "2026-12-01", "2027-01-01", "calendar months")]
    #[case(15, "2026-01-14", "2025-12-15", "2026-01-15", "across the year's end")]
    fn periods_follow_the_anchor(
        #[case] anchor: u32,
        #[case] held: &str,
        #[case] start: &str,
        #[case] end: &str,
        #[case] why: &str,
    ) {
        let expected = Period {
            start: day(start),
            end: day(end),
        };
        assert_eq!(AnchorDay(anchor).period_of(day(held)), expected, "{why}");
    }

    #[test]
    fn an_anchor_is_the_companys_day() {
        // 30 November 2026, 23:30 UTC: the 1st of December in Tokyo.
        let anchor = 1_796_081_400;
        let tokyo = Zone::parse("Asia/Tokyo").expect("a zone");
        assert_eq!(AnchorDay::of(day_of(anchor, Zone::UTC)), AnchorDay(30));
        assert_eq!(AnchorDay::of(day_of(anchor, tokyo)), AnchorDay(1));
    }

    #[test]
    fn a_subscription_cuts_the_calendar_month_that_it_begins_in() {
        let calendar = Calendar::new([Anchored {
            from: day("2026-03-10"),
            to: Some(day("2026-05-20")),
            anchor: AnchorDay(10),
        }]);
        let starts = |held: &str| {
            let Period { start, end } = calendar.period_of(day(held));
            format!("{start} {end}")
        };
        assert_eq!(starts("2026-02-28"), "2026-02-01 2026-03-01");
        assert_eq!(starts("2026-03-09"), "2026-03-01 2026-03-10");
        assert_eq!(starts("2026-03-10"), "2026-03-10 2026-04-10");
        assert_eq!(starts("2026-05-19"), "2026-05-10 2026-05-20");
        assert_eq!(starts("2026-05-20"), "2026-05-20 2026-06-01");
        assert_eq!(starts("2026-06-20"), "2026-06-01 2026-07-01");
    }

    prop_compose! {
        fn any_day()(days in 0_u64..40_000) -> NaiveDate {
            day("1970-01-01") + Days::new(days)
        }
    }

    prop_compose! {
        fn any_span()(
            from in any_day(),
            length in prop::option::of(1_u64..2_000),
            anchor in 1_u32..=31,
        ) -> Anchored {
            let to = length.map(|days| from + Days::new(days));
            Anchored { from, to, anchor: AnchorDay(anchor) }
        }
    }

    proptest! {
        #[test]
        fn periods_tile_time(
            spans in prop::collection::vec(any_span(), 0..4),
            start in any_day(),
        ) {
            let calendar = Calendar::new(spans);
            let mut period = calendar.period_of(start);
            prop_assert!(period.contains(start));
            for _ in 0..40 {
                prop_assert!(period.start < period.end, "a period is never empty");
                prop_assert!(period.days() <= 31, "nor longer than a month");
                prop_assert_eq!(calendar.period_of(period.last_day()), period);
                let next = calendar.period_of(period.end);
                prop_assert_eq!(next.start, period.end, "no gap and no overlap");
                prop_assert_eq!(calendar.before(next), period);
                period = next;
            }
        }

        #[test]
        fn no_order_of_subscriptions_changes_a_period(
            mut spans in prop::collection::vec(any_span(), 0..5),
            held in any_day(),
        ) {
            let before = Calendar::new(spans.clone()).period_of(held);
            spans.reverse();
            prop_assert_eq!(Calendar::new(spans).period_of(held), before);
        }

        #[test]
        fn a_year_has_twelve_periods(anchor in 1_u32..=31, held in any_day()) {
            let anchor = AnchorDay(anchor);
            let first = anchor.period_of(held);
            let mut last = first;
            for _ in 0..12 {
                last = anchor.period_of(last.end);
            }
            prop_assert_eq!(last.start.year(), first.start.year() + 1, "a yearly plan too");
            prop_assert_eq!(last.start.month(), first.start.month());
        }

        #[test]
        fn clocks_move_no_period(
            seconds in 0_i64..4_000_000_000,
            name in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
                "America/Sao_Paulo",
            ]),
            anchor in 1_u32..=31,
        ) {
            let zone = Zone::parse(name).expect("a zone");
            let held = day_of(seconds, zone);
            prop_assert!(AnchorDay(anchor).period_of(held).contains(held));
        }
    }
}
