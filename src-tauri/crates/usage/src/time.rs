//! Times as files have them: with an offset, without one, as a number, in a pattern of their own.

use billing::period::Zone;
use books::{FIRST_USAGE_AT, LAST_USAGE_AT};
use chrono::{NaiveDate, NaiveDateTime};

use crate::findings::Kind;
use crate::mapping::TimeFormat;

/// Clocks of sources may be ahead by as much.
const AHEAD_SECONDS: i64 = 86_400;

/// Reads times of one format in one zone.
#[derive(Debug)]
pub(crate) struct Times {
    format: TimeFormat,
    zone: Zone,
    now: i64,
}

impl Times {
    pub(crate) fn new(format: TimeFormat, zone: Zone, now: i64) -> Self {
        Self { format, zone, now }
    }

    /// UTC seconds; fractions are cut off.
    pub(crate) fn read(&self, text: &[u8]) -> Result<i64, Kind> {
        let at = match &self.format {
            TimeFormat::Iso => self.iso(text)?,
            TimeFormat::UnixSeconds => number(text)?,
            TimeFormat::UnixMilliseconds => number(text)?.div_euclid(1_000),
            TimeFormat::Pattern(pattern) => self.pattern(text, pattern)?,
        };
        if !(FIRST_USAGE_AT..LAST_USAGE_AT).contains(&at) {
            Err(Kind::OutOfRange)
        } else if at > self.now.saturating_add(AHEAD_SECONDS) {
            Err(Kind::Future)
        } else {
            Ok(at)
        }
    }

    /// `2026-11-01T12:30:00Z`, `… +01:00`, without an offset, without seconds, or the date alone.
    fn iso(&self, text: &[u8]) -> Result<i64, Kind> {
        let date = text.get(..10).ok_or(Kind::BadTime)?;
        let day = match date {
            [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] => {
                let year = digits(&[*y1, *y2, *y3, *y4])?;
                let (month, day) = (digits(&[*m1, *m2])?, digits(&[*d1, *d2])?);
                days_from_epoch(year, month, day)?
            }
            _ => return Err(Kind::BadTime),
        };
        let rest = &text[10..];
        if rest.is_empty() {
            return self.local(day * 86_400);
        }
        let (b' ' | b'T' | b't') = rest[0] else {
            return Err(Kind::BadTime);
        };
        let (seconds, offset) = clock(&rest[1..])?;
        let local = day * 86_400 + seconds;
        match offset {
            Some(offset) => Ok(local - offset),
            None => self.local(local),
        }
    }

    fn pattern(&self, text: &[u8], pattern: &str) -> Result<i64, Kind> {
        let text = std::str::from_utf8(text).map_err(|_| Kind::BadTime)?;
        if let Ok(at) = chrono::DateTime::parse_from_str(text, pattern) {
            return Ok(at.timestamp());
        }
        let local = NaiveDateTime::parse_from_str(text, pattern).or_else(|_| {
            NaiveDate::parse_from_str(text, pattern).map(|day| day.and_time(Default::default()))
        });
        let local = local.map_err(|_| Kind::BadTime)?;
        self.local(local.and_utc().timestamp())
    }

    /// The instant at which the zone's clocks show a time, given as seconds; the earlier one where
    /// they show it twice.
    fn local(&self, local: i64) -> Result<i64, Kind> {
        // No zone is a day or more from UTC, and none changes its clocks twice within two days.
        let offsets = [local - 86_400, local + 86_400].map(|at| self.zone.offset_seconds(at));
        let mut instants = offsets
            .map(|offset| local - offset)
            .into_iter()
            .filter(|at| at + self.zone.offset_seconds(*at) == local);
        let first = instants.next();
        let second = instants.next();
        first
            .into_iter()
            .chain(second)
            .min()
            .ok_or(Kind::NoSuchTime)
    }
}

fn number(text: &[u8]) -> Result<i64, Kind> {
    let whole = text.split(|byte| *byte == b'.').next().unwrap_or(text);
    if whole.is_empty() || whole.len() > 15 {
        return Err(Kind::BadTime);
    }
    let fraction = text.get(whole.len() + 1..).unwrap_or_default();
    if !fraction.iter().all(u8::is_ascii_digit) {
        return Err(Kind::BadTime);
    }
    digits(whole)
}

fn digits(text: &[u8]) -> Result<i64, Kind> {
    let mut value = 0;
    for byte in text {
        if !byte.is_ascii_digit() {
            return Err(Kind::BadTime);
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Ok(value)
}

/// Days since 1970-01-01 of a date of the common calendar.
fn days_from_epoch(year: i64, month: i64, day: i64) -> Result<i64, Kind> {
    /// Days before each month of a year that begins in March.
    const BEFORE: [i64; 12] = [306, 337, 0, 31, 61, 92, 122, 153, 184, 214, 245, 275];
    const LENGTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let index = usize::try_from(month - 1).map_err(|_| Kind::BadTime)?;
    let length = LENGTHS.get(index).ok_or(Kind::BadTime)?;
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    let length = length + i64::from(month == 2 && leap);
    if year < 1 || !(1..=length).contains(&day) {
        return Err(Kind::BadTime);
    }
    let years = year - i64::from(month < 3);
    let before_years = years * 365 + years / 4 - years / 100 + years / 400;
    Ok(before_years + BEFORE[index] + day - 1 - 719_468)
}

/// `12:30`, `12:30:00`, `12:30:00.123`, each with or without `Z` or `+01:00`: seconds of the day
/// and the offset.
fn clock(text: &[u8]) -> Result<(i64, Option<i64>), Kind> {
    let end = text
        .iter()
        .position(|byte| matches!(byte, b'Z' | b'z' | b'+' | b'-' | b' '));
    let (time, offset) = text.split_at(end.unwrap_or(text.len()));
    let (hour, minute, second) = match time {
        [h1, h2, b':', m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?, 0),
        [h1, h2, b':', m1, m2, b':', s1, s2, fraction @ ..] => {
            let plain = match fraction {
                [] => true,
                [b'.' | b',', rest @ ..] => !rest.is_empty() && rest.iter().all(u8::is_ascii_digit),
                _ => false,
            };
            if !plain {
                return Err(Kind::BadTime);
            }
            let second = digits(&[*s1, *s2])?;
            (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?, second)
        }
        _ => return Err(Kind::BadTime),
    };
    // A leap second counts as the one before it.
    if hour > 23 || minute > 59 || second > 60 {
        return Err(Kind::BadTime);
    }
    let seconds = hour * 3_600 + minute * 60 + second.min(59);
    Ok((seconds, offset_seconds(offset)?))
}

fn offset_seconds(text: &[u8]) -> Result<Option<i64>, Kind> {
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let (sign, rest) = match text {
        [] => return Ok(None),
        b"Z" | b"z" | b"UTC" => return Ok(Some(0)),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return Err(Kind::BadTime),
    };
    let (hours, minutes) = match rest {
        [h1, h2] => (digits(&[*h1, *h2])?, 0),
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?),
        _ => return Err(Kind::BadTime),
    };
    if hours > 23 || minutes > 59 {
        return Err(Kind::BadTime);
    }
    Ok(Some(sign * (hours * 3_600 + minutes * 60)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// 2026-12-01.
    const NOW: i64 = 1_796_083_200;

    fn read(format: TimeFormat, zone: &str, text: &str) -> Result<String, Kind> {
        let zone = Zone::parse(zone).expect("a zone");
        let at = Times::new(format, zone, NOW).read(text.as_bytes())?;
        let at = chrono::DateTime::from_timestamp(at, 0).expect("a time");
        Ok(at.format("%Y-%m-%d %H:%M:%S").to_string())
    }

    #[test]
    fn times_are_read_in_their_zone() {
        let berlin = "Europe/Berlin";
        let pattern = || TimeFormat::Pattern("%d.%m.%Y %H:%M".into());
        for (format, text, utc) in [
            (
                TimeFormat::Iso,
                "2026-11-01T12:30:00Z",
                "2026-11-01 12:30:00",
            ),
            (
                TimeFormat::Iso,
                "2026-11-01 12:30:00+01:00",
                "2026-11-01 11:30:00",
            ),
            (
                TimeFormat::Iso,
                "2026-11-01T12:30:00.999-0500",
                "2026-11-01 17:30:00",
            ),
            (
                TimeFormat::Iso,
                "2026-11-01 12:30:00 UTC",
                "2026-11-01 12:30:00",
            ),
            (TimeFormat::Iso, "2026-07-01T12:30", "2026-07-01 10:30:00"),
            (TimeFormat::Iso, "2026-11-01", "2026-10-31 23:00:00"),
            // Shown twice, at the end of summer: the earlier one.
            (
                TimeFormat::Iso,
                "2026-10-25 02:30:00",
                "2026-10-25 00:30:00",
            ),
            (TimeFormat::UnixSeconds, "1793536200", "2026-11-01 12:30:00"),
            (
                TimeFormat::UnixSeconds,
                "1793536200.75",
                "2026-11-01 12:30:00",
            ),
            (
                TimeFormat::UnixMilliseconds,
                "1793536200999",
                "2026-11-01 12:30:00",
            ),
            (pattern(), "01.11.2026 12:30", "2026-11-01 11:30:00"),
            (
                TimeFormat::Pattern("%d/%m/%Y".into()),
                "02/11/2026",
                "2026-11-01 23:00:00",
            ),
        ] {
            assert_eq!(read(format, berlin, text).as_deref(), Ok(utc), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_says_why() {
        for (format, text, kind) in [
            (TimeFormat::Iso, "", Kind::BadTime),
            (TimeFormat::Iso, "2026-02-29", Kind::BadTime),
            (TimeFormat::Iso, "2026-13-01", Kind::BadTime),
            (TimeFormat::Iso, "01.11.2026", Kind::BadTime),
            (TimeFormat::Iso, "2026-11-01T24:00:00Z", Kind::BadTime),
            (TimeFormat::Iso, "2026-11-01X12:00:00Z", Kind::BadTime),
            (TimeFormat::Iso, "2026-03-29 02:30:00", Kind::NoSuchTime),
            (TimeFormat::Iso, "2027-01-01T00:00:00Z", Kind::Future),
            (TimeFormat::Iso, "1999-12-31T23:59:59Z", Kind::OutOfRange),
            (TimeFormat::UnixSeconds, "1793536200000", Kind::OutOfRange),
            (TimeFormat::UnixMilliseconds, "1793536200", Kind::OutOfRange),
            (TimeFormat::UnixSeconds, "yesterday", Kind::BadTime),
            (
                TimeFormat::Pattern("%d.%m.%Y".into()),
                "2026-11-01",
                Kind::BadTime,
            ),
        ] {
            assert_eq!(read(format, "Europe/Berlin", text), Err(kind), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_instant_is_read_back(at in FIRST_USAGE_AT..NOW) {
            let zone = Zone::parse("America/New_York").expect("a zone");
            let times = Times::new(TimeFormat::Iso, zone, NOW);
            let utc = chrono::DateTime::from_timestamp(at, 0).expect("a time");
            prop_assert_eq!(times.read(utc.to_rfc3339().as_bytes()), Ok(at));
            let local = zone.local(at).to_string();
            let read = times.read(local.as_bytes()).expect("a time that was shown");
            // An hour that is shown twice is taken for the earlier.
            prop_assert!(read == at || read == at - 3_600, "{local}");
        }

        #[test]
        fn no_text_panics(text: Vec<u8>) {
            for format in [TimeFormat::Iso, TimeFormat::UnixSeconds, TimeFormat::UnixMilliseconds] {
                let _ = Times::new(format, Zone::UTC, NOW).read(&text);
            }
        }
    }
}
