//! What is sold, and at what discount and tax.

use std::borrow::Cow;

use super::{Currency, When};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interval {
    Month,
    Year,
    Once,
}

#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) created: u32,
    pub(crate) updated: u32,
    pub(crate) active: bool,
    pub(crate) name: &'static str,
    pub(crate) description: Cow<'static, str>,
    pub(crate) unit_label: Option<&'static str>,
    pub(crate) default_price: u32,
    /// Keys and values of the product's metadata.
    pub(crate) metadata: &'static [(&'static str, &'static str)],
}

/// One step of a tiered price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tier {
    /// The last quantity of the step; nothing for the last one.
    pub(crate) up_to: Option<i64>,
    pub(crate) unit: i64,
}

/// The meter of a price: its number, and when it was made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MeterOfPrice {
    pub(crate) serial: u32,
    pub(crate) created: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Price {
    pub(crate) created: u32,
    pub(crate) active: bool,
    pub(crate) product: u32,
    pub(crate) currency: Currency,
    pub(crate) interval: Interval,
    /// Hundredths of a minor unit for one unit; the price of the first tier where tiered.
    pub(crate) unit_hundredths: i64,
    /// What counts the units, where they are paid for after they were used.
    pub(crate) meter: Option<MeterOfPrice>,
    /// Volume tiers, empty for a price per unit.
    pub(crate) tiers: Vec<Tier>,
    pub(crate) lookup_key: String,
    pub(crate) nickname: Option<String>,
    pub(crate) inclusive: bool,
    /// "(at $24.00 / month)", as on an invoice's line.
    pub(crate) words: String,
    /// The price and the plan of the old API as they are embedded, written once.
    pub(crate) rendered: Vec<u8>,
    pub(crate) rendered_plan: Vec<u8>,
}

impl Price {
    /// What `quantity` units cost for one period, before discounts and taxes.
    pub(crate) fn amount(&self, quantity: i64) -> i64 {
        let unit = self
            .tiers
            .iter()
            .find(|tier| tier.up_to.is_none_or(|last| quantity <= last))
            .map_or(self.unit_hundredths, |tier| tier.unit * 100);
        self.currency
            .round(i128::from(unit) * i128::from(quantity), 100)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duration {
    Once,
    Repeating(u8),
    Forever,
}

#[derive(Clone, Debug)]
pub(crate) struct Coupon {
    pub(crate) id: &'static str,
    pub(crate) name: Cow<'static, str>,
    pub(crate) created: u32,
    pub(crate) valid: bool,
    /// Hundredths of a percent; 0 for a coupon over an amount.
    pub(crate) percent_hundredths: i64,
    pub(crate) amount_off: i64,
    pub(crate) currency: Option<Currency>,
    /// What is taken off in other currencies.
    pub(crate) options: &'static [(Currency, i64)],
    /// The one product that it holds for, or every product.
    pub(crate) product: Option<u32>,
    pub(crate) duration: Duration,
    pub(crate) redeemed: u32,
}

impl Coupon {
    /// What a coupon over an amount takes off in `currency`; nothing where it does not count.
    pub(crate) fn amount_in(&self, currency: Currency) -> Option<i64> {
        if self.currency == Some(currency) {
            return Some(self.amount_off);
        }
        let option = self.options.iter().find(|(known, _)| *known == currency);
        option.map(|(_, amount)| *amount)
    }

    /// True where it can be given in `currency`.
    pub(crate) fn fits(&self, currency: Currency) -> bool {
        self.percent_hundredths > 0 || self.amount_in(currency).is_some()
    }

    /// True where it holds for `product`.
    pub(crate) fn holds_for(&self, product: u32) -> bool {
        self.product.is_none_or(|only| only == product)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct TaxRate {
    pub(crate) created: u32,
    pub(crate) display_name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) country: &'static str,
    pub(crate) state: Option<&'static str>,
    pub(crate) jurisdiction: &'static str,
    pub(crate) level: &'static str,
    pub(crate) tax_type: &'static str,
    pub(crate) inclusive: bool,
    /// Thousandths of a percent.
    pub(crate) rate: i64,
    pub(crate) rendered: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct Discount {
    pub(crate) coupon: u8,
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    /// The one item that it holds for, or nothing where it holds for the whole subscription.
    pub(crate) item: u32,
    pub(crate) start: u32,
    pub(crate) end: When,
    pub(crate) promotion: u32,
}
