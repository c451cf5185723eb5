//! Days and months in a company's time zone, safe across the changes of its clocks.
//!
//! Instants are UTC seconds. A day begins at the first instant that the zone's clocks call by its
//! date, which is not always midnight, and lasts 23, 24 or 25 hours.

use std::fmt;

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// A time zone by its IANA name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Zone(Tz);

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// The zone of this IANA name: `Europe/Berlin`.
    ///
    /// # Errors
    /// [`NotAZone`] for a name that the time zone database does not have.
    pub fn parse(name: &str) -> Result<Self, NotAZone> {
        name.parse().map(Self).map_err(|_| NotAZone {
            name: name.chars().take(64).collect(),
        })
    }

    /// Its IANA name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Every name of the time zone database, sorted.
    pub fn names() -> impl Iterator<Item = &'static str> {
        chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
    }

    /// The date and time that the zone's clocks show at an instant. Instants outside the years 1
    /// to 9999 are taken to the nearest one inside.
    #[must_use]
    pub fn local(self, seconds: i64) -> chrono::NaiveDateTime {
        /// Two days inside the years 1 and 9999, so that no offset leads out of them.
        const FIRST: i64 = -62_135_423_999;
        const LAST: i64 = 253_402_127_999;
        DateTime::from_timestamp(seconds.clamp(FIRST, LAST), 0)
            .unwrap_or_default()
            .with_timezone(&self.0)
            .naive_local()
    }

    /// The seconds that the zone's clocks are ahead of UTC at an instant.
    #[must_use]
    pub fn offset_seconds(self, seconds: i64) -> i64 {
        let local = self.local(seconds).and_utc().timestamp();
        local - self.clamped(seconds)
    }

    fn clamped(self, seconds: i64) -> i64 {
        Zone::UTC.local(seconds).and_utc().timestamp()
    }
}

/// Not the name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{name}” is not a time zone")]
pub struct NotAZone {
    /// What was given, at most 64 characters of it.
    pub name: String,
}

/// The day that an instant falls on.
#[must_use]
pub fn day_of(seconds: i64, zone: Zone) -> NaiveDate {
    zone.local(seconds).date()
}

/// The first instant of a day. Of a day that the zone left out altogether, that of the next.
#[must_use]
pub fn day_start(day: NaiveDate, zone: Zone) -> i64 {
    /// Clocks have been put forward by a whole day at most.
    const MINUTES: i64 = 25 * 60;
    let midnight = day.and_time(NaiveTime::MIN);
    (0..=MINUTES)
        .filter_map(|minutes| midnight.checked_add_signed(TimeDelta::minutes(minutes)))
        .find_map(|local| match zone.0.from_local_datetime(&local) {
            LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => {
                Some(instant.timestamp())
            }
            LocalResult::None => None,
        })
        .unwrap_or_else(|| midnight.and_utc().timestamp())
}

/// The first instant after a day.
#[must_use]
pub fn day_end(day: NaiveDate, zone: Zone) -> i64 {
    day_start(day.checked_add_days(Days::new(1)).unwrap_or(day), zone)
}

/// A calendar month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month {
    /// Year, 1 to 9999.
    year: i32,
    /// Month, 1 to 12.
    month: u32,
}

impl Month {
    /// A month of a year from 1 to 9999.
    #[must_use]
    pub fn new(year: i32, month: u32) -> Option<Self> {
        ((1..=9999).contains(&year) && (1..=12).contains(&month)).then_some(Self { year, month })
    }

    /// Reads `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let plain = |part: &str, digits| {
            part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !plain(year, 4) || !plain(month, 2) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?)
    }

    /// Its first day.
    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).unwrap_or_default()
    }

    /// The month after it; the last month of all stays.
    #[must_use]
    pub fn next(self) -> Self {
        let (year, month) = if self.month == 12 {
            (self.year + 1, 1)
        } else {
            (self.year, self.month + 1)
        };
        Self::new(year, month).unwrap_or(self)
    }

    /// The month before it; the first month of all stays.
    #[must_use]
    pub fn previous(self) -> Self {
        let (year, month) = if self.month == 1 {
            (self.year - 1, 12)
        } else {
            (self.year, self.month - 1)
        };
        Self::new(year, month).unwrap_or(self)
    }

    /// Its first instant and the first instant after it.
    #[must_use]
    pub fn range(self, zone: Zone) -> std::ops::Range<i64> {
        day_start(self.first_day(), zone)..day_start(self.next().first_day(), zone)
    }
}

impl fmt::Display for Month {
    /// `2026-11`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

/// The month that an instant falls in.
#[must_use]
pub fn month_of(seconds: i64, zone: Zone) -> Month {
    let day = day_of(seconds, zone);
    Month {
        year: day.year(),
        month: day.month(),
    }
}

/// The first instant of a month.
#[must_use]
pub fn month_start(month: Month, zone: Zone) -> i64 {
    month.range(zone).start
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn zone(name: &str) -> Zone {
        Zone::parse(name).expect("the zone is known")
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[rstest]
    #[case("UTC", "2026-03-29", 24 * 3600, "no clock change")]
    #[case("Europe/Berlin", "2026-03-29", 23 * 3600, "clocks go forward at 2")]
    #[case("Europe/Berlin", "2026-10-25", 25 * 3600, "clocks go back at 3")]
    #[case("America/Sao_Paulo", "2018-11-04", 23 * 3600, "no midnight: the day begins at 1")]
    #[case("America/Sao_Paulo", "2018-02-17", 25 * 3600, "two times 23 o'clock")]
    #[case("Australia/Lord_Howe", "2026-10-04", 23 * 3600 + 1800, "half an hour")]
    #[case("Pacific/Apia", "2011-12-30", 0, "a day that did not happen")]
    fn a_day_lasts_as_long_as_its_clocks_say(
        #[case] name: &str,
        #[case] date: &str,
        #[case] seconds: i64,
        #[case] why: &str,
    ) {
        let (zone, day) = (zone(name), day(date));
        assert_eq!(day_end(day, zone) - day_start(day, zone), seconds, "{why}");
    }

    #[test]
    fn months_are_the_zones() {
        let berlin = zone("Europe/Berlin");
        // 2026-10-31 23:30 UTC is already November in Berlin.
        let late = 1_793_489_400;
        assert_eq!(month_of(late, Zone::UTC).to_string(), "2026-10");
        assert_eq!(month_of(late, berlin).to_string(), "2026-11");
        assert!(Month::parse("2026-11").is_some_and(|month| month.range(berlin).contains(&late)));
        let december = Month::new(2025, 12).expect("a month");
        assert_eq!(december.next().to_string(), "2026-01");
        assert_eq!(december.next().previous(), december);
        assert_eq!(
            [
                Month::parse("2026-13"),
                Month::parse("26-1"),
                Month::parse("+026-01")
            ],
            [None; 3]
        );
    }

    #[test]
    fn a_wrong_zone_is_named() {
        let error = Zone::parse("Europe/Nowhere").expect_err("no such zone");
        assert_eq!(error.to_string(), "“Europe/Nowhere” is not a time zone");
    }

    proptest! {
        #[test]
        fn an_instant_lies_in_its_day(
            seconds in -2_000_000_000_i64..8_000_000_000,
            name in prop::sample::select(vec![
                "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia",
                "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca",
            ]),
        ) {
            let zone = zone(name);
            let day = day_of(seconds, zone);
            prop_assert!(day_start(day, zone) <= seconds, "a day begins before its instants");
            prop_assert!(seconds < day_end(day, zone), "and ends after them");
            prop_assert_eq!(day_of(day_start(day, zone), zone), day);
        }

        #[test]
        fn no_instant_is_refused(seconds: i64) {
            let zone = zone("Asia/Tokyo");
            let day = day_of(seconds, zone);
            prop_assert!((1..=9999).contains(&day.year()));
            prop_assert!((0..=i64::from(86_400)).contains(&zone.offset_seconds(seconds)));
        }
    }
}
