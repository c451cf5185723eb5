//! What "Northwind Mail" sells: plans, prices in five currencies, coupons and tax rates.

use std::borrow::Cow;

use crate::ids::Ids;
use crate::model::*;

/// Everything that customers share.
#[derive(Clone, Debug)]
pub(crate) struct Catalogue {
    pub(crate) products: Vec<Product>,
    pub(crate) prices: Vec<Price>,
    pub(crate) coupons: Vec<Coupon>,
    pub(crate) tax_rates: Vec<TaxRate>,
}

/// The products in the order of the catalogue.
pub(crate) mod product {
    pub(crate) const FREE: u32 = 0;
    pub(crate) const STARTER: u32 = 1;
    pub(crate) const PROFESSIONAL: u32 = 2;
    pub(crate) const ENTERPRISE: u32 = 3;
    pub(crate) const MAILBOX: u32 = 4;
    pub(crate) const CREDITS: u32 = 5;
    pub(crate) const ONBOARDING: u32 = 6;
    pub(crate) const ARCHIVE: u32 = 7;
}

/// What a seat costs a month, in minor units of USD, EUR, GBP, JPY and KWD.
const MONTHLY: [(u32, [i64; 5]); 5] = [
    (product::FREE, [0, 0, 0, 0, 0]),
    (product::STARTER, [900, 850, 750, 1_300, 2_750]),
    (product::PROFESSIONAL, [2_400, 2_250, 1_950, 3_500, 7_400]),
    (product::ENTERPRISE, [4_500, 4_200, 3_700, 6_600, 13_850]),
    (product::MAILBOX, [350, 320, 290, 500, 1_070]),
];

/// Things sold once: hundredths of a minor unit for one.
const ONCE: [(u32, [i64; 5]); 2] = [
    (product::CREDITS, [125, 115, 100, 180, 1_000]),
    (
        product::ONBOARDING,
        [4_900_000, 4_500_000, 3_900_000, 7_200_000, 15_000_000],
    ),
];

impl Catalogue {
    /// The catalogue as it was set up at `created`.
    pub(crate) fn new(ids: &Ids, created: u32, livemode: bool) -> Self {
        let mut catalogue = Self {
            products: products(created),
            prices: Vec::new(),
            coupons: coupons(created),
            tax_rates: tax_rates(created),
        };
        for (place, currency) in Currency::ALL.into_iter().enumerate() {
            for (of, amounts) in MONTHLY {
                for interval in [Interval::Month, Interval::Year] {
                    catalogue.add_price(of, currency, interval, amounts[place] * 100);
                }
            }
            for (of, amounts) in ONCE {
                catalogue.add_price(of, currency, Interval::Once, amounts[place]);
            }
        }
        let legacy = catalogue.add_price(product::ARCHIVE, Currency::Usd, Interval::Month, 60_000);
        catalogue.prices[legacy].active = false;
        for (serial, product) in catalogue.products.iter_mut().enumerate() {
            let first = catalogue
                .prices
                .iter()
                .position(|it| it.product == serial as u32);
            product.default_price = first.map_or(NONE, |place| place as u32);
        }
        crate::render::catalogue::prepare(&mut catalogue, ids, livemode);
        catalogue
    }

    fn add_price(
        &mut self,
        product: u32,
        currency: Currency,
        interval: Interval,
        unit_hundredths: i64,
    ) -> usize {
        let months = if interval == Interval::Year { 10 } else { 1 };
        let unit = unit_hundredths * months;
        let tiers = if product == product::ENTERPRISE {
            tiers(unit / 100)
        } else {
            Vec::new()
        };
        let name = self.products[product as usize].name;
        let slug = name.to_lowercase().replace(' ', "_");
        let (key, nickname) = match interval {
            Interval::Month => ("monthly", Some(format!("{name} monthly"))),
            Interval::Year => ("yearly", Some(format!("{name} yearly"))),
            Interval::Once => ("once", None),
        };
        let serial = self.prices.len() as u32;
        self.prices.push(Price {
            created: self.products[product as usize].created + 60 + serial,
            active: true,
            product,
            currency,
            interval,
            unit_hundredths: unit,
            words: price_words(currency, interval, unit, &tiers),
            meter: None,
            tiers,
            lookup_key: format!("{slug}_{key}_{}", currency.code()),
            nickname,
            inclusive: matches!(currency, Currency::Gbp | Currency::Jpy),
            rendered: Vec::new(),
            rendered_plan: Vec::new(),
        });
        serial as usize
    }

    /// Adds what AI credits cost by the month, after they were used, in each currency.
    pub(crate) fn add_metered(&mut self, meter: MeterOfPrice) {
        let amounts = ONCE[0].1;
        for (place, currency) in Currency::ALL.into_iter().enumerate() {
            let of = product::CREDITS;
            let serial = self.add_price(of, currency, Interval::Month, amounts[place]);
            let price = &mut self.prices[serial];
            price.created = meter.created + 60 + serial as u32;
            price.nickname = Some("AI credits by use".to_owned());
            price.lookup_key = format!("ai_credits_metered_{}", currency.code());
            price.meter = Some(meter);
        }
    }

    /// The price of `product` in `currency` for `interval`.
    pub(crate) fn price(&self, product: u32, currency: Currency, interval: Interval) -> u16 {
        let place = self.prices.iter().position(|price| {
            price.product == product && price.currency == currency && price.interval == interval
        });
        place.unwrap_or(0) as u16
    }
}

/// Volume tiers of the Enterprise plan around the price of the first.
fn tiers(unit: i64) -> Vec<Tier> {
    vec![
        Tier {
            up_to: Some(50),
            unit,
        },
        Tier {
            up_to: Some(200),
            unit: unit * 9 / 10 / 10 * 10,
        },
        Tier {
            up_to: None,
            unit: unit * 8 / 10 / 10 * 10,
        },
    ]
}

fn price_words(currency: Currency, interval: Interval, hundredths: i64, tiers: &[Tier]) -> String {
    let amount = if hundredths % 100 == 0 {
        currency.words(hundredths / 100)
    } else {
        let major = 10_i64.pow(currency.decimals()) * 100;
        let digits = format!("{:06}", hundredths % major);
        format!(
            "{}{}.{}",
            currency.sign(),
            hundredths / major,
            digits.trim_end_matches('0')
        )
    };
    let tiered = if tiers.is_empty() { "" } else { "Tier 1 " };
    match interval {
        Interval::Month => format!("({tiered}at {amount} / month)"),
        Interval::Year => format!("({tiered}at {amount} / year)"),
        Interval::Once => format!("(at {amount} each)"),
    }
}

fn products(created: u32) -> Vec<Product> {
    let product = |name, description, unit_label, metadata| Product {
        created,
        updated: created + 86_400 * 30,
        active: true,
        name,
        description: Cow::Borrowed(description),
        unit_label,
        default_price: NONE,
        metadata,
    };
    let mut products = vec![
        product(
            "Free",
            "One mailbox to get started",
            Some("seat"),
            &[("plan", "free"), ("aiCredits", "50")],
        ),
        product(
            "Starter",
            "Shared mailboxes for small teams",
            Some("seat"),
            &[("plan", "starter"), ("aiCredits", "500")],
        ),
        product(
            "Professional",
            "Automation for growing teams",
            Some("seat"),
            &[("plan", "professional"), ("aiCredits", "2000")],
        ),
        product(
            "Enterprise",
            "Everything, by contract",
            Some("seat"),
            &[("plan", "enterprise")],
        ),
        product(
            "Extra mailboxes",
            "Mailboxes beyond the plan",
            Some("mailbox"),
            &[],
        ),
        product(
            "AI credits",
            "Credits beyond the plan's allowance",
            Some("credit"),
            &[],
        ),
        product("Onboarding", "A day with our specialists", None, &[]),
        product("Mail archive", "No longer sold", Some("seat"), &[]),
    ];
    for (offset, product) in products.iter_mut().enumerate() {
        product.created += offset as u32 * 120;
        product.active = offset as u32 != product::ARCHIVE;
    }
    products
}

/// What $15 off are in the other currencies.
static FIFTEEN_OFF_ELSEWHERE: [(Currency, i64); 4] = [
    (Currency::Eur, 1_400),
    (Currency::Gbp, 1_200),
    (Currency::Jpy, 2_200),
    (Currency::Kwd, 4_600),
];

fn coupons(created: u32) -> Vec<Coupon> {
    let percent = |id, name, percent_hundredths, duration| Coupon {
        id,
        name: Cow::Borrowed(name),
        created,
        valid: true,
        percent_hundredths,
        amount_off: 0,
        currency: None,
        options: &[],
        product: None,
        duration,
        redeemed: 0,
    };
    let mut coupons = vec![
        percent("NONPROFIT25", "Non-profit 25 %", 2_500, Duration::Forever),
        percent("PARTNER10", "Partner 10 %", 1_000, Duration::Forever),
        Coupon {
            product: Some(product::PROFESSIONAL),
            ..percent(
                "LAUNCH3",
                "Professional at half price for three months",
                5_000,
                Duration::Repeating(3),
            )
        },
        percent(
            "YEAR12",
            "12.5 % for a year",
            1_250,
            Duration::Repeating(12),
        ),
        percent(
            "HELLO20",
            "20 % off the first invoice",
            2_000,
            Duration::Once,
        ),
        Coupon {
            amount_off: 1_500,
            currency: Some(Currency::Usd),
            options: &FIFTEEN_OFF_ELSEWHERE,
            ..percent("FIFTEENOFF", "$15 off once", 0, Duration::Once)
        },
        Coupon {
            amount_off: 1_000,
            currency: Some(Currency::Eur),
            ..percent(
                "ZEHN",
                "10 € a month for half a year",
                0,
                Duration::Repeating(6),
            )
        },
    ];
    for (offset, coupon) in coupons.iter_mut().enumerate() {
        coupon.created += offset as u32 * 3_600;
    }
    coupons
}

/// The tax rates in the order of the catalogue.
pub(crate) mod tax {
    pub(crate) const GERMANY: u8 = 0;
    pub(crate) const FRANCE: u8 = 1;
    pub(crate) const UNITED_KINGDOM: u8 = 2;
    pub(crate) const JAPAN: u8 = 3;
    pub(crate) const NEW_YORK: u8 = 4;
    pub(crate) const TEXAS: u8 = 5;
}

fn tax_rates(created: u32) -> Vec<TaxRate> {
    let vat = |country, jurisdiction, description, rate, inclusive| TaxRate {
        created,
        display_name: "VAT",
        description,
        country,
        state: None,
        jurisdiction,
        level: "country",
        tax_type: "vat",
        inclusive,
        rate,
        rendered: Vec::new(),
    };
    let sales = |state, jurisdiction, description, rate| TaxRate {
        display_name: "Sales tax",
        state: Some(state),
        level: "state",
        tax_type: "sales_tax",
        ..vat("US", jurisdiction, description, rate, false)
    };
    let mut rates = vec![
        vat("DE", "DE", "VAT Germany", 19_000, false),
        vat("FR", "FR", "TVA France", 20_000, false),
        vat("GB", "GB", "VAT United Kingdom", 20_000, true),
        TaxRate {
            display_name: "Consumption tax",
            tax_type: "jct",
            ..vat("JP", "JP", "JCT", 10_000, true)
        },
        sales("NY", "US - NY", "New York sales tax", 8_875),
        sales("TX", "US - TX", "Texas sales tax", 8_250),
    ];
    for (offset, rate) in rates.iter_mut().enumerate() {
        rate.created += offset as u32 * 30;
    }
    rates
}
