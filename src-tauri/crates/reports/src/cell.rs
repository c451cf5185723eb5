//! One cell: what a column says about a row, and its form in a text file.
//!
//! A cell knows what it is (an amount, a time, foreign text), so that a CSV file and an Excel
//! sheet can each write it in their own way from one table of columns.

use std::borrow::Cow;

use chrono::{DateTime, Datelike, NaiveDateTime, Offset, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use rust_decimal::Decimal;

use crate::safe;

/// What stands in a cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell<'a> {
    /// Nothing is known, or it does not apply.
    Empty,
    /// Text that came from outside; made safe where a spreadsheet would run it.
    Text(Cow<'a, str>),
    /// An ISO currency code, written in upper case.
    Code(&'a str),
    /// A count, or minor units.
    Integer(i64),
    /// An amount in major units with all decimals of its currency.
    Decimal {
        /// Minor units.
        minor: i64,
        /// Decimals of the currency.
        exponent: u8,
    },
    /// An exact decimal number as Stripe writes it (a quantity).
    Exact(&'a str),
    /// Stripe's decimal of minor units (`unit_amount_decimal`), written in major units.
    Price {
        /// The decimal of minor units.
        text: &'a str,
        /// Decimals of the currency.
        exponent: u8,
    },
    /// Yes or no.
    Bool(bool),
    /// A moment: `2026-11-22T15:00:00Z`.
    Utc(i64),
    /// A moment in the company's zone: `2026-11-22T16:00:00+01:00`.
    Local(i64),
    /// A day in the company's zone: `2026-11-22`.
    Day(i64),
    /// A moment as Stripe's own export writes it, in UTC: `2026-11-22 15:00:00`.
    Plain(i64),
}

impl<'a> Cell<'a> {
    /// Text, or nothing.
    #[must_use]
    pub fn text(value: &'a Option<String>) -> Self {
        value.as_deref().map_or(Self::Empty, Self::str)
    }

    /// Text that is always there.
    #[must_use]
    pub fn str(value: &'a str) -> Self {
        if value.is_empty() {
            Self::Empty
        } else {
            Self::Text(Cow::Borrowed(value))
        }
    }

    /// A moment or nothing, by one of the time forms.
    #[must_use]
    pub fn time(value: Option<i64>, form: fn(i64) -> Self) -> Self {
        value.map_or(Self::Empty, form)
    }
}

/// Decimals of a currency after Stripe's table; two where Stripe names none.
#[must_use]
pub fn exponent(currency: &str) -> u8 {
    billing::Currency::parse(currency)
        .ok()
        .and_then(|currency| u8::try_from(currency.exponent()).ok())
        .unwrap_or(2)
}

/// Writes the cell's text, without quotes, at the end of `out`.
pub fn write_text(cell: &Cell<'_>, zone: Tz, out: &mut Vec<u8>) {
    match cell {
        Cell::Empty => {}
        Cell::Text(text) => {
            if safe::is_formula(text) {
                out.push(b'\'');
            }
            out.extend_from_slice(text.as_bytes());
        }
        Cell::Code(code) => out.extend(code.bytes().map(|byte| byte.to_ascii_uppercase())),
        Cell::Integer(value) => write_integer(*value, out),
        Cell::Decimal { minor, exponent } => write_decimal(*minor, *exponent, out),
        Cell::Exact(text) => write_exact(text, 0, out),
        Cell::Price { text, exponent } => write_exact(text, *exponent, out),
        Cell::Bool(value) => out.extend_from_slice(if *value { b"true" } else { b"false" }),
        Cell::Utc(at) => write_moment(*at, b'T', Some("Z"), out),
        Cell::Local(at) => write_local(*at, zone, out),
        Cell::Day(at) => match local(*at, zone) {
            Some((day, _)) => write_day(&day, out),
            None => write_integer(*at, out),
        },
        Cell::Plain(at) => write_moment(*at, b' ', None, out),
    }
}

/// Minor units as a decimal of the major unit: `(-5, 2)` is `-0.05`.
pub fn write_decimal(minor: i64, exponent: u8, out: &mut Vec<u8>) {
    let places = usize::from(exponent);
    if places == 0 {
        return write_integer(minor, out);
    }
    if minor < 0 {
        out.push(b'-');
    }
    let start = out.len();
    write_unsigned(minor.unsigned_abs(), out);
    let digits = out.len() - start;
    if digits <= places {
        let zeros = places + 1 - digits;
        out.splice(start..start, std::iter::repeat_n(b'0', zeros));
    }
    out.insert(out.len() - places, b'.');
}

/// The decimal form of an amount, as a string.
#[must_use]
pub fn decimal_string(minor: i64, exponent: u8) -> String {
    let mut out = Vec::with_capacity(24);
    write_decimal(minor, exponent, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// A moment as `2026-11-22T15:00:00Z`.
#[must_use]
pub fn utc_string(at: i64) -> String {
    let mut out = Vec::with_capacity(24);
    write_moment(at, b'T', Some("Z"), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// A moment in a zone as `2026-11-22T16:00:00+01:00`.
#[must_use]
pub fn local_string(at: i64, zone: Tz) -> String {
    let mut out = Vec::with_capacity(32);
    write_local(at, zone, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The wall clock in a zone, and its distance from UTC in seconds; none outside chrono's years.
#[must_use]
pub fn local(at: i64, zone: Tz) -> Option<(NaiveDateTime, i32)> {
    let utc = DateTime::<Utc>::from_timestamp(at, 0)?.naive_utc();
    let offset = zone.offset_from_utc_datetime(&utc).fix().local_minus_utc();
    Some((
        utc.checked_add_signed(chrono::TimeDelta::seconds(offset.into()))?,
        offset,
    ))
}

/// Stripe's decimal text, its point moved left by `shift`; unreadable text stands as text.
fn write_exact(text: &str, shift: u8, out: &mut Vec<u8>) {
    match shifted(text, shift) {
        Some(number) => out.extend_from_slice(number.to_string().as_bytes()),
        None => out.extend_from_slice(safe::guarded(text).as_bytes()),
    }
}

/// An exact decimal with its point moved left by `shift` places.
pub(crate) fn shifted(text: &str, shift: u8) -> Option<Decimal> {
    let mut number: Decimal = text.parse().ok()?;
    number.set_scale(number.scale() + u32::from(shift)).ok()?;
    let mut number = number.normalize();
    // Two decimals at least where the currency has two: 77.00, and 0.005 where it is needed.
    if number.scale() < u32::from(shift) {
        number.rescale(u32::from(shift));
    }
    Some(number)
}

fn write_moment(at: i64, between: u8, after: Option<&str>, out: &mut Vec<u8>) {
    match DateTime::<Utc>::from_timestamp(at, 0) {
        Some(moment) => {
            let moment = moment.naive_utc();
            write_day(&moment, out);
            out.push(between);
            write_clock(&moment, out);
            out.extend_from_slice(after.unwrap_or_default().as_bytes());
        }
        None => write_integer(at, out),
    }
}

fn write_local(at: i64, zone: Tz, out: &mut Vec<u8>) {
    let Some((moment, offset)) = local(at, zone) else {
        return write_integer(at, out);
    };
    write_day(&moment, out);
    out.push(b'T');
    write_clock(&moment, out);
    out.push(if offset < 0 { b'-' } else { b'+' });
    let minutes = offset.unsigned_abs() / 60;
    write_two(minutes / 60, out);
    out.push(b':');
    write_two(minutes % 60, out);
}

fn write_day(moment: &NaiveDateTime, out: &mut Vec<u8>) {
    let year = moment.year();
    if (0..=9999).contains(&year) {
        let year = year.unsigned_abs();
        write_two(year / 100, out);
        write_two(year % 100, out);
    } else {
        write_integer(year.into(), out);
    }
    out.push(b'-');
    write_two(moment.month(), out);
    out.push(b'-');
    write_two(moment.day(), out);
}

fn write_clock(moment: &NaiveDateTime, out: &mut Vec<u8>) {
    write_two(moment.hour(), out);
    out.push(b':');
    write_two(moment.minute(), out);
    out.push(b':');
    write_two(moment.second(), out);
}

fn write_two(value: u32, out: &mut Vec<u8>) {
    out.push(digit(value / 10 % 10));
    out.push(digit(value % 10));
}

fn digit(value: u32) -> u8 {
    b'0' + u8::try_from(value % 10).unwrap_or(0)
}

fn write_integer(value: i64, out: &mut Vec<u8>) {
    if value < 0 {
        out.push(b'-');
    }
    write_unsigned(value.unsigned_abs(), out);
}

fn write_unsigned(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [0_u8; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(value % 10).unwrap_or(0);
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(cell: &Cell<'_>) -> String {
        let mut out = Vec::new();
        write_text(cell, chrono_tz::Europe::Berlin, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_as_text() {
        let cases = [
            (
                Cell::Decimal {
                    minor: 124_000,
                    exponent: 2,
                },
                "1240.00",
            ),
            (
                Cell::Decimal {
                    minor: -5,
                    exponent: 2,
                },
                "-0.05",
            ),
            (
                Cell::Decimal {
                    minor: 0,
                    exponent: 2,
                },
                "0.00",
            ),
            (
                Cell::Decimal {
                    minor: 500,
                    exponent: 0,
                },
                "500",
            ),
            (
                Cell::Decimal {
                    minor: -1_230,
                    exponent: 3,
                },
                "-1.230",
            ),
            (
                Cell::Decimal {
                    minor: i64::MIN,
                    exponent: 2,
                },
                "-92233720368547758.08",
            ),
            (Cell::Integer(-42), "-42"),
            (Cell::Exact("1.50"), "1.5"),
            (Cell::Exact("=1"), "'=1"),
            (
                Cell::Price {
                    text: "7700",
                    exponent: 2,
                },
                "77.00",
            ),
            (
                Cell::Price {
                    text: "0.5",
                    exponent: 2,
                },
                "0.005",
            ),
            (
                Cell::Price {
                    text: "500",
                    exponent: 0,
                },
                "500",
            ),
            (Cell::Utc(1_795_359_600), "2026-11-22T15:00:00Z"),
            (Cell::Local(1_795_359_600), "2026-11-22T16:00:00+01:00"),
            (Cell::Local(1_782_864_000), "2026-07-01T02:00:00+02:00"),
            (Cell::Day(1_795_388_400), "2026-11-23"),
            (Cell::Plain(1_795_359_600), "2026-11-22 15:00:00"),
            (Cell::Code("kwd"), "KWD"),
            (Cell::str("-cmd"), "'-cmd"),
            (Cell::str(""), ""),
        ];
        for (cell, expected) in cases {
            assert_eq!(text(&cell), expected, "{cell:?}");
        }
    }

    proptest! {
        #[test]
        fn a_decimal_reads_back_to_the_same_minor_units(minor: i64, exponent in 0_u8..=3) {
            let written = text(&Cell::Decimal { minor, exponent });
            let read: Decimal = written.parse().unwrap();
            prop_assert_eq!(read.scale(), u32::from(exponent));
            prop_assert_eq!(read.mantissa(), i128::from(minor));
        }

        #[test]
        fn moments_are_chronos_own(at in 0_i64..4_102_444_800) {
            let moment = DateTime::<Utc>::from_timestamp(at, 0).unwrap();
            prop_assert_eq!(text(&Cell::Utc(at)), moment.format("%Y-%m-%dT%H:%M:%SZ").to_string());
            let berlin = moment.with_timezone(&chrono_tz::Europe::Berlin);
            prop_assert_eq!(
                text(&Cell::Local(at)),
                berlin.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
            );
        }
    }
}
