//! How the reads that Stripe allows are shared out: pure rules, no clock, no books.
//!
//! A day may use a thirtieth of the allocation, or a seventh of what is left of it where that is
//! less. Of that, six tenths are for looking for events, three for the completeness check; the
//! rest is for reading again what has changed. While the window has the focus the polls of a day
//! are spent faster, but never those that its unwatched rest still needs.

use std::time::Duration;

use books::ReadBudget;

/// Days of the rolling allocation.
const DAYS: u64 = 30;
/// What is left is made to last so many days at least.
const LASTS_DAYS: u64 = 7;
const DAY_S: u64 = 86_400;

/// Unwatched, or with nothing to spare.
const UNFOCUSED: Duration = Duration::from_secs(15 * 60);
/// With the focus.
const FOCUSED: Duration = Duration::from_secs(60);
/// With the focus, right after something happened.
const ACTIVE: Duration = Duration::from_secs(30);
/// With hardly anything left.
const SPENT: Duration = Duration::from_secs(60 * 60);

/// Whether somebody watches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attention {
    /// The window has the focus.
    pub focused: bool,
    /// Something happened in the last minutes: an action, or an event.
    pub active: bool,
}

/// Reads of one day in all.
fn of_day(budget: &ReadBudget) -> u64 {
    // What today has used already was left when it began.
    let at_dawn = (budget.left + budget.today.all).min(budget.allocation);
    (budget.allocation / DAYS).min(at_dawn / LASTS_DAYS)
}

/// Reads that the completeness check may make today, less those that it has made.
#[must_use]
pub fn daily_share(budget: &ReadBudget) -> u64 {
    let share = of_day(budget) * 3 / 10;
    share.saturating_sub(budget.today.proofs).min(budget.left)
}

/// How long to wait before Stripe is asked for events again.
#[must_use]
pub fn interval_for(budget: &ReadBudget, attention: Attention) -> Duration {
    let day = of_day(budget);
    let polls = day * 6 / 10;
    let needed_unwatched = DAY_S / UNFOCUSED.as_secs();
    if budget.left == 0 || polls < needed_unwatched / 2 {
        return SPENT;
    }
    if !attention.focused {
        return UNFOCUSED;
    }
    // What the rest of the day needs unwatched is kept back.
    let reserve = budget.day_left_s.div_ceil(UNFOCUSED.as_secs());
    let spare = polls.saturating_sub(budget.today.polls + reserve);
    let generous = polls.saturating_sub(needed_unwatched);
    match spare {
        0 => UNFOCUSED,
        spare if spare * 2 >= generous && attention.active => ACTIVE,
        spare if spare * 2 >= generous => FOCUSED,
        spare if spare * 4 >= generous => FOCUSED * 2,
        _ => FOCUSED * 5,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use books::ReadsToday;
    use proptest::prelude::*;

    use super::*;

    const START: i64 = 1_795_348_800;
    const DAY: i64 = 86_400;

    fn budget(used: u64, transactions: u64, today: ReadsToday) -> ReadBudget {
        ReadBudget::new(START + DAY / 2, used, used, transactions, today)
    }

    /// Lets a quiet account stand open, polls by the rule and proves by its daily share, and says
    /// how many reads the busiest 30 days took.
    fn lived(days: i64, watched: impl Fn(i64) -> Attention) -> u64 {
        let mut window: VecDeque<u64> = VecDeque::new();
        let (mut most, mut now) = (0, START);
        for day in 0..days {
            let end = START + (day + 1) * DAY;
            let mut today = ReadsToday::default();
            while now < end {
                let before: u64 = window.iter().sum();
                let used = before + today.all;
                let budget = ReadBudget::new(now, used, used, 0, today);
                let share = daily_share(&budget);
                today.proofs += share;
                today.polls += 1;
                today.all += share + 1;
                let wait = interval_for(&budget, watched(now)).as_secs();
                now += i64::try_from(wait).expect("a wait");
            }
            window.push_back(today.all);
            if window.len() > 30 {
                window.pop_front();
            }
            most = most.max(window.iter().sum());
        }
        most
    }

    #[test]
    fn a_quiet_account_left_open_stays_under_the_floor() {
        let never = |_| Attention::default();
        let always = |_| Attention {
            focused: true,
            active: true,
        };
        let office = |now: i64| Attention {
            focused: (8 * 3_600..17 * 3_600).contains(&now.rem_euclid(DAY)),
            active: now % 7 == 0,
        };
        for (words, reads) in [
            ("unwatched", lived(90, never)),
            ("watched day and night", lived(90, always)),
            ("watched in office hours", lived(90, office)),
        ] {
            assert!(reads < 10_000, "{words}: {reads} reads in 30 days");
            assert!(reads > 2_000, "{words}: it does poll and prove: {reads}");
        }
        let polls_alone = 30 * DAY / i64::try_from(UNFOCUSED.as_secs()).expect("a wait");
        assert_eq!(polls_alone, 2_880);
    }

    #[test]
    fn attention_shortens_the_wait_while_there_is_enough() {
        let fresh = budget(0, 0, ReadsToday::default());
        let watched = Attention {
            focused: true,
            active: false,
        };
        let active = Attention {
            focused: true,
            active: true,
        };
        assert_eq!(interval_for(&fresh, Attention::default()), UNFOCUSED);
        assert_eq!(interval_for(&fresh, watched), FOCUSED);
        assert_eq!(interval_for(&fresh, active), ACTIVE);
        let busy = ReadsToday {
            all: 150,
            polls: 150,
            proofs: 0,
        };
        assert_eq!(interval_for(&budget(150, 0, busy), active), UNFOCUSED);
        assert_eq!(
            interval_for(&budget(9_990, 0, ReadsToday::default()), active),
            SPENT
        );
        let rich = budget(9_990, 1_000, busy);
        assert_eq!(
            interval_for(&rich, active),
            ACTIVE,
            "500 reads for each transaction"
        );
    }

    #[test]
    fn a_days_proofs_are_three_tenths_of_the_day() {
        assert_eq!(daily_share(&budget(0, 0, ReadsToday::default())), 99);
        let some = ReadsToday {
            all: 40,
            polls: 0,
            proofs: 40,
        };
        assert_eq!(daily_share(&budget(40, 0, some)), 59);
        assert_eq!(daily_share(&budget(10_000, 0, ReadsToday::default())), 0);
        assert_eq!(daily_share(&budget(9_300, 0, ReadsToday::default())), 30);
    }

    proptest! {
        /// Never longer than an hour, never shorter than half a minute, and the focus never makes
        /// it longer.
        #[test]
        fn the_wait_has_bounds(
            used in 0_u64..2_000_000, transactions in 0_u64..5_000, polls in 0_u64..5_000,
            proofs in 0_u64..5_000, focused: bool, active: bool,
        ) {
            let today = ReadsToday { all: polls + proofs, polls, proofs };
            let budget = budget(used, transactions, today);
            let wait = interval_for(&budget, Attention { focused, active });
            prop_assert!((ACTIVE..=SPENT).contains(&wait));
            prop_assert!(wait <= interval_for(&budget, Attention::default()));
            prop_assert!(daily_share(&budget) <= budget.left);
        }
    }
}
