//! A calendar month of `created`, in UTC: what a proof covers of a list.

use std::fmt;

use chrono::{DateTime, Datelike as _, NaiveDate};

/// A month in UTC, or a list as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(i64);

impl Month {
    /// The one month of a list that is proven as a whole.
    pub const WHOLE: Self = Self(0);

    /// The month of a second.
    #[must_use]
    pub fn of(at: i64) -> Self {
        let day = DateTime::from_timestamp(at, 0).unwrap_or_default();
        Self(i64::from(day.year()) * 12 + i64::from(day.month0()))
    }

    /// From `2026-11`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month) = text.split_once('-')?;
        let (year, month): (i64, i64) = (year.parse().ok()?, month.parse().ok()?);
        ((1970..=9999).contains(&year) && (1..=12).contains(&month))
            .then_some(Self(year * 12 + month - 1))
    }

    /// Its number in the file.
    pub(crate) fn code(self) -> i64 {
        self.0
    }

    pub(crate) fn from_code(code: i64) -> Self {
        Self(code)
    }

    /// Its first second, UTC.
    #[must_use]
    pub fn start(self) -> i64 {
        let year = i32::try_from(self.0.div_euclid(12)).unwrap_or(i32::MAX);
        let month = u32::try_from(self.0.rem_euclid(12)).unwrap_or(0) + 1;
        NaiveDate::from_ymd_opt(year, month, 1)
            .and_then(|day| day.and_hms_opt(0, 0, 0))
            .map_or(0, |midnight| midnight.and_utc().timestamp())
    }

    /// The month after it.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::WHOLE => f.write_str("all"),
            Self(code) => write!(f, "{}-{:02}", code.div_euclid(12), code.rem_euclid(12) + 1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_knows_its_bounds() {
        let november = Month::of(1_795_348_800);
        assert_eq!(november.to_string(), "2026-11");
        assert_eq!(Month::parse("2026-11"), Some(november));
        assert_eq!(Month::of(november.start()), november);
        assert_eq!(Month::of(november.start() - 1).next(), november);
        assert_eq!(
            Month::parse("2026-12").map(Month::start),
            Some(november.next().start())
        );
        for wrong in ["", "2026", "2026-13", "2026-00", "x-1", "1-1"] {
            assert_eq!(Month::parse(wrong), None, "{wrong}");
        }
    }
}
