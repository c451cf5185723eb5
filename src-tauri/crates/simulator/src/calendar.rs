//! Calendar months and days in UTC.

use chrono::{DateTime, Datelike, Months};

/// `seconds` moved by whole calendar months, the day kept or cut to the month's last.
pub(crate) fn add_months(seconds: u32, months: u32) -> u32 {
    DateTime::from_timestamp(i64::from(seconds), 0)
        .and_then(|moment| moment.checked_add_months(Months::new(months)))
        .map_or(seconds, |moment| moment.timestamp() as u32)
}

/// `seconds` moved back by whole calendar months.
pub(crate) fn subtract_months(seconds: u32, months: u32) -> u32 {
    DateTime::from_timestamp(i64::from(seconds), 0)
        .and_then(|moment| moment.checked_sub_months(Months::new(months)))
        .map_or(seconds, |moment| moment.timestamp() as u32)
}

/// Year, month (from 1) and day.
pub(crate) fn date(seconds: u32) -> (u32, u32, u32) {
    DateTime::from_timestamp(i64::from(seconds), 0).map_or((1970, 1, 1), |moment| {
        (moment.year() as u32, moment.month(), moment.day())
    })
}
