//! How a tenant's use stands to its allowance, and what is beyond it, in units and in money.

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::{Allowed, Quantity};
use crate::{Currency, Money, MoneyError};

/// How use stands to an allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageState {
    /// Below the share that the plan calls near.
    Within,
    /// Near the allowance.
    Near,
    /// At the allowance, exactly: the limit is reached.
    Reached,
    /// Over it.
    Over,
}

impl UsageState {
    /// All, from within to over.
    pub const ALL: [Self; 4] = [Self::Within, Self::Near, Self::Reached, Self::Over];

    /// The state of a use against an allowance; none where either is unknown. At the allowance
    /// the limit is reached. Where nothing is allowed and nothing is used, use is within.
    #[must_use]
    pub fn of(used: Option<Quantity>, allowed: Allowed, near_percent: u8) -> Option<Self> {
        let used = used?;
        let allowed = match allowed {
            Allowed::Unknown => return None,
            Allowed::Unlimited => return Some(Self::Within),
            Allowed::Quantity(allowed) => allowed,
        };
        let near = i128::from(allowed.millionths()) * i128::from(near_percent);
        Some(if used > allowed {
            Self::Over
        } else if used <= Quantity::ZERO {
            Self::Within
        } else if used == allowed {
            Self::Reached
        } else if i128::from(used.millionths()) * 100 >= near {
            Self::Near
        } else {
            Self::Within
        })
    }

    /// `within`, `near`, `reached`, `over`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Within => "within",
            Self::Near => "near",
            Self::Reached => "reached",
            Self::Over => "over",
        }
    }

    /// The opposite of [`Self::name`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// The share of an allowance that is used, in hundredths of a percent, rounded down: 10,000 and
/// more is reached. None where either is unknown, where there is no limit, and where nothing is
/// allowed.
#[must_use]
pub fn used_basis_points(used: Option<Quantity>, allowed: Allowed) -> Option<i64> {
    let (used, allowed) = (used?, allowed.quantity()?);
    if allowed <= Quantity::ZERO {
        return None;
    }
    let points = i128::from(used.millionths()) * 10_000;
    let points = points.div_euclid(i128::from(allowed.millionths()));
    Some(i64::try_from(points).unwrap_or(i64::MAX))
}

/// What is used beyond an allowance; none where either is unknown.
#[must_use]
pub fn overage(used: Option<Quantity>, allowed: Allowed) -> Option<Quantity> {
    let used = used?;
    match allowed {
        Allowed::Unknown => None,
        Allowed::Unlimited => Some(Quantity::ZERO),
        Allowed::Quantity(allowed) => {
            let beyond = used.checked_sub(allowed).unwrap_or(Quantity::MAX);
            Some(beyond.max(Quantity::ZERO))
        }
    }
}

/// What so many units cost at an exact price of the major unit, rounded to the minor unit, halves
/// away from zero: the expected amount of an invoice's line.
///
/// # Errors
/// [`MoneyError::Overflow`].
pub fn overage_amount(
    units: Quantity,
    price: Decimal,
    currency: Currency,
) -> Result<Money, MoneyError> {
    let units = Decimal::from_i128_with_scale(i128::from(units.millionths()), 6);
    let per_major = Decimal::from(currency.minor_per_major());
    units
        .checked_mul(price)
        .and_then(|amount| amount.checked_mul(per_major))
        .map(|amount| amount.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
        .and_then(|amount| amount.to_i64())
        .map(|minor| Money::new(minor, currency))
        .ok_or(MoneyError::Overflow)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn units(text: &str) -> Quantity {
        Quantity::parse(text).expect("a quantity")
    }

    #[rstest]
    #[case(Some("0"), Some("0"), Some("within"), "nothing allowed, nothing used")]
    #[case(
        Some("0.000001"),
        Some("0"),
        Some("over"),
        "nothing allowed, something used"
    )]
    #[case(Some("399.999999"), Some("500"), Some("within"), "just below 80 %")]
    #[case(Some("400"), Some("500"), Some("near"), "80 %")]
    #[case(Some("499.999999"), Some("500"), Some("near"), "just below the limit")]
    #[case(
        Some("500"),
        Some("500"),
        Some("reached"),
        "at the limit it is reached"
    )]
    #[case(Some("500.000001"), Some("500"), Some("over"), "over it")]
    #[case(None, Some("500"), None, "use that is not known is not zero")]
    #[case(Some("5"), None, None, "an allowance that is not known is not zero")]
    fn states(
        #[case] used: Option<&str>,
        #[case] allowed: Option<&str>,
        #[case] expected: Option<&str>,
        #[case] why: &str,
    ) {
        let allowed = allowed.map_or(Allowed::Unknown, |text| Allowed::Quantity(units(text)));
        let state = UsageState::of(used.map(units), allowed, 80);
        assert_eq!(state.map(UsageState::name), expected, "{why}");
    }

    #[rstest]
    #[case("612", "0.0125", "usd", "7.65", "exact")]
    #[case("0.4", "0.0125", "usd", "0.01", "half a cent is rounded up")]
    #[case("100", "1.80", "jpy", "180", "no decimals")]
    #[case("3", "0.0033335", "kwd", "0.010", "three decimals")]
    fn overage_in_money(
        #[case] used: &str,
        #[case] price: &str,
        #[case] code: &str,
        #[case] expected: &str,
        #[case] why: &str,
    ) {
        let currency = Currency::parse(code).expect("a currency");
        let price = crate::parse_decimal(price).expect("a price");
        let amount = overage_amount(units(used), price, currency).expect("an amount");
        assert_eq!(amount.decimal_string(), expected, "{why}");
    }

    proptest! {
        #[test]
        fn percent_and_state_agree(used in 0_i64..i64::MAX, allowed in 1_i64..i64::MAX) {
            let (used, allowed) =
                (Quantity::from_millionths(used), Quantity::from_millionths(allowed));
            let allowed = Allowed::Quantity(allowed);
            let state = UsageState::of(Some(used), allowed, 80).expect("both are known");
            let points = used_basis_points(Some(used), allowed).expect("both are known");
            prop_assert_eq!(points >= 10_000, state >= UsageState::Reached);
            let beyond = overage(Some(used), allowed).expect("both are known");
            prop_assert_eq!(beyond > Quantity::ZERO, state == UsageState::Over);
        }

        #[test]
        fn more_use_is_never_a_lower_state(one: i64, two: i64, allowed: i64, near in 1_u8..=100) {
            let state = |used| {
                let allowed = Allowed::Quantity(Quantity::from_millionths(allowed.max(0)));
                UsageState::of(Some(Quantity::from_millionths(used)), allowed, near)
            };
            prop_assert!(state(one.min(two)) <= state(one.max(two)));
        }
    }
}
