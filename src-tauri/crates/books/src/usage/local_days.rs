//! The day in the company's zone of an instant, for millions of instants: the zone's changes of
//! clock are looked up once.

use std::sync::{Arc, Mutex, PoisonError};

use billing::period::Zone;
use chrono::NaiveDate;

use super::{FIRST_USAGE_AT, LAST_USAGE_AT};

const DAY_SECONDS: i64 = 86_400;

/// A zone's offsets from UTC over the years in which usage is taken in.
#[derive(Debug)]
pub struct LocalDays {
    zone: Zone,
    /// From which second on which offset holds, in seconds, oldest first.
    offsets: Vec<(i64, i64)>,
}

impl LocalDays {
    /// Those of a zone; the ones that were asked for last are kept.
    #[must_use]
    pub fn of(zone: Zone) -> Arc<Self> {
        static LAST: Mutex<Option<Arc<LocalDays>>> = Mutex::new(None);
        // A panic elsewhere leaves what is whole.
        let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_ref().filter(|held| held.zone == zone) {
            Some(held) => Arc::clone(held),
            None => Arc::clone(last.insert(Arc::new(Self::new(zone)))),
        }
    }

    fn new(zone: Zone) -> Self {
        let mut offsets = vec![(i64::MIN, zone.offset_seconds(FIRST_USAGE_AT))];
        let mut from = FIRST_USAGE_AT;
        while from < LAST_USAGE_AT {
            let to = from + DAY_SECONDS;
            let offset = zone.offset_seconds(to);
            if offsets.last().is_some_and(|(_, held)| *held != offset) {
                offsets.push((change(zone, from, to), offset));
            }
            from = to;
        }
        Self { zone, offsets }
    }

    /// The number of the day of an instant: days since 1970-01-01.
    #[must_use]
    pub fn day(&self, at: i64) -> i64 {
        let after = self.offsets.partition_point(|(from, _)| *from <= at);
        let offset = self
            .offsets
            .get(after.wrapping_sub(1))
            .map_or(0, |(_, offset)| *offset);
        at.saturating_add(offset).div_euclid(DAY_SECONDS)
    }

    pub(super) fn offsets(&self) -> &[(i64, i64)] {
        &self.offsets
    }
}

/// The second between two at which the clocks were changed.
fn change(zone: Zone, mut before: i64, mut after: i64) -> i64 {
    let offset = zone.offset_seconds(before);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        if zone.offset_seconds(middle) == offset {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

/// The number of a date: days since 1970-01-01.
pub(crate) fn day_number(day: NaiveDate) -> i64 {
    i64::from(chrono::Datelike::num_days_from_ce(&day)) - EPOCH_FROM_CE
}

/// The date of a number.
pub(crate) fn date(day: i64) -> NaiveDate {
    i32::try_from(day.saturating_add(EPOCH_FROM_CE))
        .ok()
        .and_then(NaiveDate::from_num_days_from_ce_opt)
        .unwrap_or_default()
}

/// 1970-01-01, counted from the day before 0001-01-01.
const EPOCH_FROM_CE: i64 = 719_163;

#[cfg(test)]
mod tests {
    use billing::period::day_of;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn days_are_those_of_the_zones_clocks(
            at in FIRST_USAGE_AT..LAST_USAGE_AT,
            name in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia",
                "Australia/Lord_Howe", "Africa/Casablanca", "America/Sao_Paulo",
            ]),
        ) {
            let zone = Zone::parse(name).expect("a zone");
            let day = LocalDays::of(zone).day(at);
            prop_assert_eq!(date(day), day_of(at, zone));
            prop_assert_eq!(day_number(date(day)), day);
        }
    }

    #[test]
    fn a_change_of_clocks_is_met_to_the_second() {
        let zone = Zone::parse("Europe/Berlin").expect("a zone");
        // 2026-03-29 01:00 UTC; the day of either side of it is the same, that of midnight is not.
        for at in [1_774_742_399, 1_774_742_400, 1_774_821_599, 1_774_821_600] {
            assert_eq!(date(LocalDays::of(zone).day(at)), day_of(at, zone), "{at}");
        }
    }
}
