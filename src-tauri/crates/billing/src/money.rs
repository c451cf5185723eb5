//! Money as integers in minor units with their currency, by Stripe's table of exponents.
//!
//! Stripe's table is neither ISO 4217's nor CLDR's: the ariary has no decimals here, the Icelandic
//! króna and the Ugandan shilling have two that must be zero. A currency that the table does not
//! name has two decimals, as Stripe documents.

use std::fmt;

use rust_decimal::Decimal;

/// Stripe's currencies without a minor unit.
const ZERO_DECIMAL: [&str; 15] = [
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
];

/// Stripe's currencies in thousandths.
const THREE_DECIMAL: [&str; 5] = ["bhd", "jod", "kwd", "omr", "tnd"];

/// Without decimals in the world, but sent by Stripe as two-decimal with `00`.
const TWO_DECIMAL_WHOLE: [&str; 2] = ["isk", "ugx"];

/// A currency by its three-letter code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads a three-letter code in either case.
    ///
    /// # Errors
    /// [`MoneyError::NotACurrency`] for anything but three ASCII letters.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        match code.as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|letter| letter.is_ascii_alphabetic()) => {
                Ok(Self([a, b, c].map(u8::to_ascii_lowercase)))
            }
            _ => Err(MoneyError::NotACurrency {
                code: code.chars().take(16).collect(),
            }),
        }
    }

    /// The code as Stripe writes it, lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Three ASCII letters by construction.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The code as people write it, upper case.
    #[must_use]
    pub fn code(&self) -> String {
        self.as_str().to_ascii_uppercase()
    }

    /// Decimals between Stripe's minor unit and the major unit: 0, 2 or 3.
    #[must_use]
    pub fn exponent(&self) -> u32 {
        if ZERO_DECIMAL.contains(&self.as_str()) {
            0
        } else if THREE_DECIMAL.contains(&self.as_str()) {
            3
        } else {
            2
        }
    }

    /// Minor units in one major unit: 1, 100 or 1000.
    #[must_use]
    pub fn minor_per_major(&self) -> i64 {
        10_i64.pow(self.exponent())
    }

    /// The smallest amount that Stripe charges in, in minor units: 100 where the two decimals must
    /// be zero, 10 where the last of three must be, 1 otherwise.
    #[must_use]
    pub fn step_minor(&self) -> i64 {
        if TWO_DECIMAL_WHOLE.contains(&self.as_str()) {
            100
        } else if THREE_DECIMAL.contains(&self.as_str()) {
            10
        } else {
            1
        }
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.code())
    }
}

/// Why an amount could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// The result does not fit 64 bits of minor units.
    #[error("the amount is too large")]
    Overflow,
    /// Two currencies in one sum.
    #[error("{left} and {right} cannot be added")]
    MixedCurrencies {
        /// Currency on the left.
        left: Currency,
        /// Currency on the right.
        right: Currency,
    },
    /// Not three letters.
    #[error("“{code}” is not a currency code")]
    NotACurrency {
        /// What was given, at most 16 characters of it.
        code: String,
    },
    /// Not a plain decimal number.
    #[error("“{text}” is not an amount")]
    NotAnAmount {
        /// What was given, at most 40 characters of it.
        text: String,
    },
    /// More decimals than the currency has.
    #[error("“{text}” has more decimals than {currency} has")]
    TooFine {
        /// What was given, at most 40 characters of it.
        text: String,
        /// The currency.
        currency: Currency,
    },
}

/// An amount: minor units of a currency. Amounts of two currencies are never added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units, as Stripe sends them; negative is a credit or a reduction.
    pub minor: i64,
    /// Their currency.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, in a currency.
    #[must_use]
    pub const fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::MixedCurrencies`], [`MoneyError::Overflow`].
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_add)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::MixedCurrencies`], [`MoneyError::Overflow`].
    pub fn checked_sub(self, other: Self) -> Result<Self, MoneyError> {
        self.combine(other, i64::checked_sub)
    }

    /// The same amount with the other sign.
    ///
    /// # Errors
    /// [`MoneyError::Overflow`] for the smallest 64-bit number.
    pub fn checked_neg(self) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_neg().ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    fn combine(
        self,
        other: Self,
        operation: fn(i64, i64) -> Option<i64>,
    ) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies {
                left: self.currency,
                right: other.currency,
            });
        }
        let minor = operation(self.minor, other.minor).ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }

    /// The amount in major units with exactly the currency's decimals: `1240.00`, `-5`, `1.250`.
    #[must_use]
    pub fn decimal_string(&self) -> String {
        let sign = if self.minor < 0 { "-" } else { "" };
        let (whole, fraction) = self.split();
        match self.currency.exponent() {
            0 => format!("{sign}{whole}"),
            exponent => format!(
                "{sign}{whole}.{fraction:0width$}",
                width = exponent as usize
            ),
        }
    }

    /// The amount in major units with thousands separated: `1,240.00`.
    #[must_use]
    pub fn grouped_string(&self) -> String {
        let plain = self.decimal_string();
        let (sign, digits) = plain
            .strip_prefix('-')
            .map_or(("", plain.as_str()), |rest| ("-", rest));
        let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        let mut grouped = String::with_capacity(plain.len() + plain.len() / 3);
        grouped.push_str(sign);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        grouped + fraction
    }

    /// The amount with the currency's sign where one sign means one currency, else its code:
    /// `$1,240.00`, `−€5.00`, `KWD 1.250`. For words, which have the minus sign of the screens; not
    /// for tables.
    #[must_use]
    pub fn short_string(&self) -> String {
        let code = self.currency.code();
        let sign = match self.currency.as_str() {
            "usd" => "$",
            "eur" => "€",
            "gbp" => "£",
            "jpy" => "¥",
            "inr" => "₹",
            _ => "",
        };
        let grouped = self.grouped_string();
        let (minus, digits) = grouped
            .strip_prefix('-')
            .map_or(("", grouped.as_str()), |rest| ("\u{2212}", rest));
        if sign.is_empty() {
            format!("{minus}{code} {digits}")
        } else {
            format!("{minus}{sign}{digits}")
        }
    }

    /// Reads an amount in major units, exactly: the opposite of [`Money::decimal_string`].
    ///
    /// Fewer decimals than the currency has are taken as zeros, more only where they are zeros.
    /// No separators, no exponent, no sign but a leading minus.
    ///
    /// # Errors
    /// [`MoneyError::NotAnAmount`], [`MoneyError::TooFine`], [`MoneyError::Overflow`].
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let shown = || text.chars().take(40).collect::<String>();
        let not_an_amount = || MoneyError::NotAnAmount { text: shown() };
        let (negative, digits) = text
            .strip_prefix('-')
            .map_or((false, text), |rest| (true, rest));
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(not_an_amount());
        }
        let exponent = currency.exponent() as usize;
        let (kept, beyond) = fraction.split_at(fraction.len().min(exponent));
        if beyond.bytes().any(|digit| digit != b'0') {
            return Err(MoneyError::TooFine {
                text: shown(),
                currency,
            });
        }
        let padding = std::iter::repeat_n('0', exponent - kept.len());
        let mut minor = 0_i64;
        for digit in whole.chars().chain(kept.chars()).chain(padding) {
            let value = i64::from(digit.to_digit(10).ok_or_else(not_an_amount)?);
            // Built on the negative side, which is one larger than the positive.
            minor = minor
                .checked_mul(10)
                .and_then(|shifted| shifted.checked_sub(value))
                .ok_or(MoneyError::Overflow)?;
        }
        if !negative {
            minor = minor.checked_neg().ok_or(MoneyError::Overflow)?;
        }
        Ok(Self { minor, currency })
    }

    fn split(self) -> (u64, u64) {
        let per_major = self.currency.minor_per_major().unsigned_abs();
        (
            self.minor.unsigned_abs() / per_major,
            self.minor.unsigned_abs() % per_major,
        )
    }
}

impl fmt::Display for Money {
    /// `1,240.00 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.grouped_string(), self.currency)
    }
}

/// A unit price in major units from Stripe's `unit_amount_decimal`, which is in minor units with
/// up to twelve decimals: `0.5` in USD is `0.005`. At least the currency's decimals are written.
///
/// # Errors
/// [`MoneyError::NotAnAmount`], [`MoneyError::Overflow`].
pub fn unit_price_decimal_string(
    unit_amount_decimal: &str,
    currency: Currency,
) -> Result<String, MoneyError> {
    let minor = parse_decimal(unit_amount_decimal)?;
    let exponent = currency.exponent();
    let scale = minor.scale() + exponent;
    if scale > Decimal::MAX_SCALE {
        return Err(MoneyError::Overflow);
    }
    let mut major = minor;
    major.set_scale(scale).map_err(|_| MoneyError::Overflow)?;
    let mut major = major.normalize();
    if major.scale() < exponent {
        major.rescale(exponent);
    }
    Ok(major.to_string())
}

/// An exact decimal from the text of a JSON number or of one of Stripe's decimal strings.
///
/// # Errors
/// [`MoneyError::NotAnAmount`], also for more digits than can be kept exactly.
pub fn parse_decimal(text: &str) -> Result<Decimal, MoneyError> {
    let not_an_amount = || MoneyError::NotAnAmount {
        text: text.chars().take(40).collect(),
    };
    if text.contains(['e', 'E']) {
        return Decimal::from_scientific(text).map_err(|_| not_an_amount());
    }
    Decimal::from_str_exact(text).map_err(|_| not_an_amount())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn currency(code: &str) -> Currency {
        Currency::parse(code).expect("a currency")
    }

    #[rstest]
    #[case("usd", 124_000, "1240.00", "1,240.00 USD", "two decimals")]
    #[case("usd", -5, "-0.05", "-0.05 USD", "less than a unit")]
    #[case("jpy", 5_000, "5000", "5,000 JPY", "none")]
    #[case("mga", 5_000, "5000", "5,000 MGA", "none at Stripe, two in ISO 4217")]
    #[case("isk", 500, "5.00", "5.00 ISK", "none in the world, two at Stripe")]
    #[case(
        "ugx",
        500,
        "5.00",
        "5.00 UGX",
        "the special rule goes before the zero list"
    )]
    #[case("huf", 12_345, "123.45", "123.45 HUF", "two for charges")]
    #[case("kwd", 1_250, "1.250", "1.250 KWD", "three")]
    #[case("xyz", 1, "0.01", "0.01 XYZ", "unknown: two")]
    fn stripes_exponents(
        #[case] code: &str,
        #[case] minor: i64,
        #[case] decimal: &str,
        #[case] shown: &str,
        #[case] why: &str,
    ) {
        let money = Money::new(minor, currency(code));
        assert_eq!(money.decimal_string(), decimal, "{why}");
        assert_eq!(money.to_string(), shown, "{why}");
        assert_eq!(
            Money::parse_decimal(decimal, currency(code)),
            Ok(money),
            "{why}"
        );
    }

    #[rstest]
    #[case("usd", 1)]
    #[case("jpy", 1)]
    #[case("isk", 100)]
    #[case("ugx", 100)]
    #[case("bhd", 10)]
    fn the_smallest_steps(#[case] code: &str, #[case] step: i64) {
        assert_eq!(currency(code).step_minor(), step);
    }

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        let read = |text| Money::parse_decimal(text, currency("usd")).map(|money| money.minor);
        assert_eq!(read("12"), Ok(1_200));
        assert_eq!(read("12.5"), Ok(1_250));
        assert_eq!(read("12.5000"), Ok(1_250), "zeros say nothing");
        assert_eq!(read("-0.00"), Ok(0));
        assert!(matches!(read("0.005"), Err(MoneyError::TooFine { .. })));
        for wrong in [
            "", "-", ".", "1.", ".5", "+1", "1,000", "1e3", " 1", "١", "--1", "1.2.3",
        ] {
            assert!(
                matches!(read(wrong), Err(MoneyError::NotAnAmount { .. })),
                "{wrong}"
            );
        }
        assert_eq!(read("92233720368547758.08"), Err(MoneyError::Overflow));
        assert_eq!(read("-92233720368547758.08"), Ok(i64::MIN));
    }

    #[test]
    fn sums_are_checked() {
        let (usd, eur) = (currency("usd"), currency("eur"));
        let one = Money::new(1, usd);
        assert_eq!(one.checked_add(Money::new(2, usd)), Ok(Money::new(3, usd)));
        assert_eq!(one.checked_sub(Money::new(2, usd)), Ok(Money::new(-1, usd)));
        assert_eq!(
            one.checked_add(Money::zero(eur)),
            Err(MoneyError::MixedCurrencies {
                left: usd,
                right: eur
            })
        );
        assert_eq!(
            one.checked_add(Money::new(i64::MAX, usd)),
            Err(MoneyError::Overflow)
        );
        assert_eq!(
            Money::new(i64::MIN, usd).checked_neg(),
            Err(MoneyError::Overflow)
        );
    }

    #[rstest]
    #[case("2000", "usd", "20.00")]
    #[case("0.5", "usd", "0.005")]
    #[case("0.000000000001", "kwd", "0.000000000000001")]
    #[case("12.3400", "jpy", "12.34")]
    #[case("100000", "isk", "1000.00")]
    fn unit_prices_keep_every_decimal(
        #[case] minor: &str,
        #[case] code: &str,
        #[case] expected: &str,
    ) {
        assert_eq!(
            unit_price_decimal_string(minor, currency(code)).as_deref(),
            Ok(expected)
        );
    }

    #[test]
    fn short_amounts_carry_a_sign_or_a_code() {
        let short = |minor, code| Money::new(minor, currency(code)).short_string();
        assert_eq!(short(124_000, "usd"), "$1,240.00");
        assert_eq!(short(-500, "eur"), "−€5.00");
        assert_eq!(short(-1_250, "kwd"), "−KWD 1.250");
        assert_eq!(short(500, "cad"), "CAD 5.00", "its sign would be another's");
    }

    #[test]
    fn codes_are_three_letters() {
        assert_eq!(
            Currency::parse("UsD").map(|c| c.code()),
            Ok("USD".to_owned())
        );
        for wrong in ["", "us", "usdx", "u$d", "€€€", "1ab"] {
            assert!(Currency::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn an_amount_survives_its_decimal_string(minor: i64, code in "[a-z]{3}") {
            let money = Money::new(minor, currency(&code));
            let text = money.decimal_string();
            prop_assert_eq!(Money::parse_decimal(&text, money.currency), Ok(money));
            prop_assert_eq!(money.grouped_string().replace(',', ""), text);
        }

        #[test]
        fn sums_are_the_integers_sums(left: i64, right: i64) {
            let usd = currency("usd");
            let sum = Money::new(left, usd).checked_add(Money::new(right, usd));
            prop_assert_eq!(sum.ok().map(|sum| sum.minor), left.checked_add(right));
        }

        #[test]
        fn no_text_panics(text: String, code in "[a-z]{3}") {
            let _ = Money::parse_decimal(&text, currency(&code));
            let _ = unit_price_decimal_string(&text, currency(&code));
        }
    }
}
