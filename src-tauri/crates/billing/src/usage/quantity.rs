//! How much was used, exactly: a decimal with at most six places.
//!
//! Usage arrives as decimals (1.5 credits, 0.25 hours) and is summed over millions of records, so
//! it is kept as a whole number of millionths: sums lose nothing, and no order of records changes
//! one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Millionths in one.
const MILLION: i64 = 1_000_000;
/// Decimals that a quantity has at most.
const DECIMALS: usize = 6;

/// A quantity of what is used or allowed, in millionths; from −9,223,372,036,854.775808 to
/// 9,223,372,036,854.775807. As JSON it is a decimal string, `"12.5"`, which no reader rounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Quantity(i64);

/// Why a quantity could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Nothing was given.
    #[error("a quantity is missing")]
    Empty,
    /// Not a plain decimal number.
    #[error("“{text}” is not a number")]
    NotANumber {
        /// What was given, at most 40 characters of it.
        text: String,
    },
    /// More than six decimals.
    #[error("“{text}” has more than six decimals")]
    TooFine {
        /// What was given, at most 40 characters of it.
        text: String,
    },
    /// Beyond what 64 bits of millionths hold.
    #[error("the quantity is too large")]
    TooLarge,
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest quantity.
    pub const MAX: Self = Self(i64::MAX);

    /// So many millionths.
    #[must_use]
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// So many whole ones.
    ///
    /// # Errors
    /// [`QuantityError::TooLarge`].
    pub const fn whole(count: i64) -> Result<Self, QuantityError> {
        match count.checked_mul(MILLION) {
            Some(millionths) => Ok(Self(millionths)),
            None => Err(QuantityError::TooLarge),
        }
    }

    /// In millionths.
    #[must_use]
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// Less than nothing: a correction.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// The sum.
    ///
    /// # Errors
    /// [`QuantityError::TooLarge`].
    pub const fn checked_add(self, other: Self) -> Result<Self, QuantityError> {
        match self.0.checked_add(other.0) {
            Some(sum) => Ok(Self(sum)),
            None => Err(QuantityError::TooLarge),
        }
    }

    /// The difference.
    ///
    /// # Errors
    /// [`QuantityError::TooLarge`].
    pub const fn checked_sub(self, other: Self) -> Result<Self, QuantityError> {
        match self.0.checked_sub(other.0) {
            Some(difference) => Ok(Self(difference)),
            None => Err(QuantityError::TooLarge),
        }
    }

    /// The sum of all.
    ///
    /// # Errors
    /// [`QuantityError::TooLarge`], of the whole sum: that of a part never refuses it.
    pub fn sum(quantities: impl IntoIterator<Item = Self>) -> Result<Self, QuantityError> {
        let sum: i128 = quantities.into_iter().map(|it| i128::from(it.0)).sum();
        i64::try_from(sum)
            .map(Self)
            .map_err(|_| QuantityError::TooLarge)
    }

    /// Reads a plain decimal: digits, at most one point, a leading minus. No separators, no
    /// exponent, no spaces. Decimals beyond the sixth must be zeros.
    ///
    /// # Errors
    /// [`QuantityError::Empty`], [`QuantityError::NotANumber`], [`QuantityError::TooFine`],
    /// [`QuantityError::TooLarge`].
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        Self::parse_bytes(text.as_bytes())
    }

    /// [`Self::parse`] of bytes, as a file has them; copies nothing unless it fails.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_bytes(text: &[u8]) -> Result<Self, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::Empty);
        }
        let (negative, digits) = match text {
            [b'-', rest @ ..] => (true, rest),
            _ => (false, text),
        };
        let (whole, fraction) = match digits.iter().position(|byte| *byte == b'.') {
            Some(point) => (&digits[..point], &digits[point + 1..]),
            None => (digits, &b"0"[..]),
        };
        let plain = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
        if !plain(whole) || !plain(fraction) {
            return Err(QuantityError::NotANumber { text: shown(text) });
        }
        let (kept, beyond) = fraction.split_at(fraction.len().min(DECIMALS));
        if beyond.iter().any(|digit| *digit != b'0') {
            return Err(QuantityError::TooFine { text: shown(text) });
        }
        let zeros = std::iter::repeat_n(&b'0', DECIMALS - kept.len());
        let mut millionths = 0_i64;
        for digit in whole.iter().chain(kept).chain(zeros) {
            // Built on the negative side, which is one larger than the positive.
            millionths = millionths
                .checked_mul(10)
                .and_then(|shifted| shifted.checked_sub(i64::from(digit - b'0')))
                .ok_or(QuantityError::TooLarge)?;
        }
        if !negative {
            millionths = millionths.checked_neg().ok_or(QuantityError::TooLarge)?;
        }
        Ok(Self(millionths))
    }

    /// With thousands separated, for words on the screen: `1,234.5`.
    #[must_use]
    pub fn grouped_string(self) -> String {
        let plain = self.to_string();
        let (sign, digits) = match plain.strip_prefix('-') {
            Some(rest) => ("\u{2212}", rest),
            None => ("", plain.as_str()),
        };
        let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        let mut grouped = String::from(sign);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped + fraction
    }
}

/// At most 40 characters of what was given.
fn shown(text: &[u8]) -> String {
    String::from_utf8_lossy(text).chars().take(40).collect()
}

impl fmt::Display for Quantity {
    /// As short as it can be written exactly: `1234.5`, `-2`, `0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (
            self.0.unsigned_abs() / MILLION.unsigned_abs(),
            self.0.unsigned_abs() % MILLION.unsigned_abs(),
        );
        if self.0 < 0 {
            f.write_str("-")?;
        }
        write!(f, "{whole}")?;
        if fraction > 0 {
            let digits = format!("{fraction:06}");
            write!(f, ".{}", digits.trim_end_matches('0'))?;
        }
        Ok(())
    }
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        Self::parse(text)
    }
}

impl Serialize for Quantity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("0", 0, "0")]
    #[case("-0.0", 0, "0")]
    #[case("12", 12_000_000, "12")]
    #[case("12.50", 12_500_000, "12.5")]
    #[case("-0.000001", -1, "-0.000001")]
    #[case("1.5000000000", 1_500_000, "1.5")]
    #[case("9223372036854.775807", i64::MAX, "9223372036854.775807")]
    #[case("-9223372036854.775808", i64::MIN, "-9223372036854.775808")]
    fn quantities_are_read_and_written_exactly(
        #[case] text: &str,
        #[case] millionths: i64,
        #[case] written: &str,
    ) {
        let quantity = Quantity::parse(text).expect("a quantity");
        assert_eq!(quantity.millionths(), millionths);
        assert_eq!(quantity.to_string(), written);
        assert_eq!(
            serde_json::to_string(&quantity).expect("JSON"),
            format!("\"{written}\"")
        );
    }

    #[test]
    fn what_is_no_plain_decimal_is_refused() {
        for wrong in [
            "-", ".", "1.", ".5", "+1", "1,000", "1e3", " 1", "1 ", "١", "--1", "1.2.3", "NaN",
        ] {
            assert!(
                matches!(
                    Quantity::parse(wrong),
                    Err(QuantityError::NotANumber { .. })
                ),
                "{wrong}"
            );
        }
        assert_eq!(Quantity::parse(""), Err(QuantityError::Empty));
        assert!(matches!(
            Quantity::parse("0.0000001"),
            Err(QuantityError::TooFine { .. })
        ));
        assert_eq!(
            Quantity::parse("9223372036854.775808"),
            Err(QuantityError::TooLarge)
        );
        assert!(
            serde_json::from_str::<Quantity>("1.5").is_err(),
            "a number may be rounded"
        );
    }

    #[test]
    fn words_group_thousands() {
        let grouped = |text| Quantity::parse(text).expect("a quantity").grouped_string();
        assert_eq!(grouped("1234567.25"), "1,234,567.25");
        assert_eq!(grouped("-1000"), "−1,000");
        assert_eq!(grouped("999"), "999");
    }

    proptest! {
        #[test]
        fn a_quantity_survives_its_text(millionths: i64) {
            let quantity = Quantity::from_millionths(millionths);
            prop_assert_eq!(Quantity::parse(&quantity.to_string()), Ok(quantity));
            let json = serde_json::to_string(&quantity).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Quantity>(&json).ok(), Some(quantity));
        }

        #[test]
        fn no_order_changes_a_sum(mut parts in prop::collection::vec(any::<i64>(), 0..20)) {
            let sum = |parts: &[i64]| {
                Quantity::sum(parts.iter().map(|part| Quantity::from_millionths(*part)))
            };
            let before = sum(&parts);
            parts.sort_unstable();
            prop_assert_eq!(sum(&parts), before);
        }

        #[test]
        fn no_text_panics(text: Vec<u8>) {
            let _ = Quantity::parse_bytes(&text);
        }
    }
}
