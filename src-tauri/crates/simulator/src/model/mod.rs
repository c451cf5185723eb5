//! The account's state in compact structs: nothing here is rendered JSON.

mod catalogue;
mod customer;
mod invoice;
mod money;
mod offers;
mod payment;

use std::num::NonZeroU32;

pub(crate) use catalogue::*;
pub(crate) use customer::*;
pub(crate) use invoice::*;
pub(crate) use money::*;
pub(crate) use offers::*;
pub(crate) use payment::*;

/// A moment that may not have come: UTC seconds in four bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct When(Option<NonZeroU32>);

impl When {
    pub(crate) const NEVER: Self = Self(None);

    pub(crate) const fn at(seconds: u32) -> Self {
        Self(NonZeroU32::new(seconds))
    }

    pub(crate) fn get(self) -> Option<u32> {
        self.0.map(NonZeroU32::get)
    }

    pub(crate) const fn is_some(self) -> bool {
        self.0.is_some()
    }

    /// True where the moment has come by `seconds`.
    pub(crate) fn by(self, seconds: u32) -> bool {
        self.get().is_some_and(|at| at <= seconds)
    }
}

/// A reference to nothing.
pub(crate) const NONE: u32 = u32::MAX;

/// `serial` unless it refers to nothing.
pub(crate) const fn some(serial: u32) -> Option<u32> {
    if serial == NONE { None } else { Some(serial) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Currency {
    Usd,
    Eur,
    Gbp,
    Jpy,
    Kwd,
}

impl Currency {
    pub(crate) const ALL: [Self; 5] = [Self::Usd, Self::Eur, Self::Gbp, Self::Jpy, Self::Kwd];

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Eur => "eur",
            Self::Gbp => "gbp",
            Self::Jpy => "jpy",
            Self::Kwd => "kwd",
        }
    }

    /// The sign that Stripe puts before an amount.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Eur => "€",
            Self::Gbp => "£",
            Self::Jpy => "¥",
            Self::Kwd => "KWD ",
        }
    }

    pub(crate) const fn decimals(self) -> u32 {
        match self {
            Self::Jpy => 0,
            Self::Kwd => 3,
            _ => 2,
        }
    }

    /// The step of every amount: three-decimal currencies end in 0 at Stripe.
    pub(crate) const fn step(self) -> i64 {
        if matches!(self, Self::Kwd) { 10 } else { 1 }
    }

    /// The smallest amount that Stripe charges.
    pub(crate) const fn minimum(self) -> i64 {
        match self {
            Self::Gbp => 30,
            Self::Kwd => 200,
            _ => 50,
        }
    }

    /// `numerator / denominator` rounded half away from zero to a whole step.
    pub(crate) fn round(self, numerator: i128, denominator: i128) -> i64 {
        let unit = denominator * i128::from(self.step());
        let half = unit / 2;
        let steps = if numerator < 0 {
            -((half - numerator) / unit)
        } else {
            (numerator + half) / unit
        };
        (steps as i64) * self.step()
    }

    /// `amount` in major units with the sign, as on Stripe's lines.
    pub(crate) fn words(self, amount: i64) -> String {
        let scale = 10_i64.pow(self.decimals());
        let sign = self.sign();
        match self.decimals() {
            0 => format!("{sign}{amount}"),
            decimals => format!(
                "{sign}{}.{:0width$}",
                amount / scale,
                amount % scale,
                width = decimals as usize
            ),
        }
    }
}
