//! Products, prices, coupons, discounts and tax rates.

use super::{Expand, decimal, metadata, moment, optional, percentage, put_quoted, reference};
use crate::account::Account;
use crate::catalogue::Catalogue;
use crate::ids::{Ids, Kind};
use crate::json::{Id, Pen, Text, put};
use crate::model::*;

/// Writes down the prices and tax rates as they are embedded in other objects.
pub(crate) fn prepare(catalogue: &mut Catalogue, ids: &Ids, livemode: bool) {
    for serial in 0..catalogue.prices.len() {
        let price = &catalogue.prices[serial];
        let product = &catalogue.products[price.product as usize];
        let product = Id(Kind::Product, product.created, price.product);
        let id = Id(Kind::Price, price.created, serial as u32);
        let mut pen = Pen::new(ids, 900);
        price_object(&mut pen, price, id, product, livemode, &Expand::default());
        let rendered = std::mem::take(&mut pen.out);
        plan(&mut pen, price, id, product, livemode);
        catalogue.prices[serial].rendered = rendered;
        catalogue.prices[serial].rendered_plan = pen.out;
    }
    for serial in 0..catalogue.tax_rates.len() {
        let mut pen = Pen::new(ids, 500);
        tax_rate(
            &mut pen,
            &catalogue.tax_rates[serial],
            serial as u32,
            livemode,
        );
        catalogue.tax_rates[serial].rendered = pen.out;
    }
}

pub(crate) fn product(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let product = &account.catalogue.products[serial as usize];
    put!(pen; r#"{"id":"#, Id(Kind::Product, product.created, serial));
    put!(pen; r#","object":"product","active":"#, product.active, r#","created":"#);
    put!(pen; product.created, r#","default_price":"#);
    put!(pen; reference(account, Kind::Price, product.default_price));
    put!(pen; r#","description":"#, Text(&product.description), r#","images":[],"livemode":"#);
    put!(pen; account.livemode, r#","marketing_features":[],"metadata":{"#);
    pen.each(product.metadata, |pen, (key, value)| {
        put!(pen; Text(key), ":", Text(value));
    });
    put!(pen; r#"},"name":"#, Text(product.name),
        r#","package_dimensions":null,"shippable":null"#);
    put!(pen; r#","statement_descriptor":null,"tax_code":"txcd_10103001","tax_details":null"#);
    put!(pen; r#","type":"service","unit_label":"#);
    optional(pen, product.unit_label);
    put!(pen; r#","updated":"#, product.updated, r#","url":null}"#);
}

pub(crate) fn price(pen: &mut Pen<'_>, account: &Account, serial: u32, expand: &Expand) {
    let price = &account.catalogue.prices[serial as usize];
    let product = &account.catalogue.products[price.product as usize];
    let product = Id(Kind::Product, product.created, price.product);
    let id = Id(Kind::Price, price.created, serial);
    if expand.product {
        let start = pen.out.len();
        price_object(pen, price, id, product, account.livemode, expand);
        let plain = pen.out.split_off(start);
        let mut needle = Pen::new(&account.ids, 40);
        put!(&mut needle; r#""product":"#, product);
        let place = plain
            .windows(needle.out.len())
            .position(|part| part == needle.out);
        let place = place.unwrap_or(0);
        pen.out
            .extend_from_slice(&plain[..place + br#""product":"#.len()]);
        self::product(pen, account, price.product);
        pen.out
            .extend_from_slice(&plain[place + needle.out.len()..]);
    } else {
        price_object(pen, price, id, product, account.livemode, expand);
    }
}

fn price_object(
    pen: &mut Pen<'_>,
    price: &Price,
    id: Id,
    product: Id,
    livemode: bool,
    expand: &Expand,
) {
    let scheme = if price.tiers.is_empty() {
        "per_unit"
    } else {
        "tiered"
    };
    put!(pen; r#"{"id":"#, id, r#","object":"price","active":"#, price.active);
    put!(pen; r#","billing_scheme":""#, scheme, r#"","created":"#, price.created);
    put!(pen; r#","currency":""#, price.currency.code(), "\"");
    if expand.currency_options {
        put!(pen; r#","currency_options":{""#, price.currency.code());
        put!(pen; r#"":{"custom_unit_amount":null,"tax_behavior":""#, behaviour(price), "\"");
        if expand.tiers && !price.tiers.is_empty() {
            tiers(pen, price);
        }
        amounts(pen, price);
        put!(pen; "}}");
    }
    put!(pen; r#","custom_unit_amount":null,"livemode":"#, livemode, r#","lookup_key":"#);
    put!(pen; Text(&price.lookup_key), r#","metadata":{},"nickname":"#);
    optional(pen, price.nickname.as_deref());
    put!(pen; r#","product":"#, product, r#","recurring":"#);
    match interval(price) {
        Some(interval) => {
            put!(pen; r#"{"interval":""#, interval, r#"","interval_count":1,"meter":"#);
            put!(pen; meter(price), r#","trial_period_days":null,"usage_type":""#);
            put!(pen; usage_type(price), r#""}"#);
        }
        None => put!(pen; "null"),
    }
    put!(pen; r#","tax_behavior":""#, behaviour(price), "\"");
    if expand.tiers && !price.tiers.is_empty() {
        tiers(pen, price);
    }
    let mode = if price.tiers.is_empty() {
        "null"
    } else {
        r#""volume""#
    };
    put!(pen; r#","tiers_mode":"#, mode, r#","transform_quantity":null,"type":""#);
    put!(pen; if price.interval == Interval::Once { "one_time" } else { "recurring" }, "\"");
    amounts(pen, price);
    put!(pen; "}");
}

fn meter(price: &Price) -> Option<Id> {
    let meter = price.meter?;
    Some(Id(Kind::Meter, meter.created, meter.serial))
}

fn usage_type(price: &Price) -> &'static str {
    if price.meter.is_some() {
        "metered"
    } else {
        "licensed"
    }
}

fn behaviour(price: &Price) -> &'static str {
    if price.inclusive {
        "inclusive"
    } else {
        "exclusive"
    }
}

const fn interval(price: &Price) -> Option<&'static str> {
    match price.interval {
        Interval::Month => Some("month"),
        Interval::Year => Some("year"),
        Interval::Once => None,
    }
}

fn amounts(pen: &mut Pen<'_>, price: &Price) {
    if !price.tiers.is_empty() {
        put!(pen; r#","unit_amount":null,"unit_amount_decimal":null"#);
        return;
    }
    let whole = (price.unit_hundredths % 100 == 0).then_some(price.unit_hundredths / 100);
    put!(pen; r#","unit_amount":"#, whole, r#","unit_amount_decimal":"#);
    decimal(pen, price.unit_hundredths);
}

fn tiers(pen: &mut Pen<'_>, price: &Price) {
    put!(pen; r#","tiers":["#);
    pen.each(&price.tiers, |pen, tier| {
        put!(pen; r#"{"flat_amount":null,"flat_amount_decimal":null,"unit_amount":"#, tier.unit);
        put!(pen; r#","unit_amount_decimal":""#, tier.unit, r#"","up_to":"#, tier.up_to, "}");
    });
    put!(pen; "]");
}

/// The price as the older API's plan, which subscription items still carry.
fn plan(pen: &mut Pen<'_>, price: &Price, id: Id, product: Id, livemode: bool) {
    let scheme = if price.tiers.is_empty() {
        "per_unit"
    } else {
        "tiered"
    };
    put!(pen; r#"{"id":"#, id, r#","object":"plan","active":"#, price.active, r#","amount":"#);
    if price.tiers.is_empty() {
        put!(pen; price.unit_hundredths / 100, r#","amount_decimal":"#);
        decimal(pen, price.unit_hundredths);
    } else {
        put!(pen; r#"null,"amount_decimal":null"#);
    }
    put!(pen; r#","billing_scheme":""#, scheme, r#"","created":"#, price.created);
    put!(pen; r#","currency":""#, price.currency.code(), r#"","interval":""#);
    put!(pen; interval(price).unwrap_or("month"), r#"","interval_count":1,"livemode":"#, livemode);
    put!(pen; r#","metadata":{},"meter":"#, meter(price), r#","nickname":"#);
    optional(pen, price.nickname.as_deref());
    let mode = if price.tiers.is_empty() {
        "null"
    } else {
        r#""volume""#
    };
    put!(pen; r#","product":"#, product, r#","tiers_mode":"#, mode);
    put!(pen; r#","transform_usage":null,"trial_period_days":null,"usage_type":""#);
    put!(pen; usage_type(price), r#""}"#);
}

pub(crate) fn coupon(pen: &mut Pen<'_>, account: &Account, serial: u8, expand: &Expand) {
    let coupon = &account.catalogue.coupons[usize::from(serial)];
    let is_percent = coupon.percent_hundredths > 0;
    put!(pen; r#"{"id":""#, coupon.id, r#"","object":"coupon","amount_off":"#);
    put!(pen; (!is_percent).then_some(coupon.amount_off));
    if expand.applies_to {
        put!(pen; r#","applies_to":{"products":["#);
        pen.each(coupon.product, |pen, product| {
            put!(pen; reference(account, Kind::Product, product));
        });
        put!(pen; "]}");
    }
    put!(pen; r#","created":"#, coupon.created, r#","currency":"#);
    optional(pen, coupon.currency.map(Currency::code));
    if expand.currency_options
        && let Some(currency) = coupon.currency
    {
        put!(pen; r#","currency_options":{"#);
        let own = std::iter::once((currency, coupon.amount_off));
        pen.each(
            own.chain(coupon.options.iter().copied()),
            |pen, (currency, off)| {
                put!(pen; "\"", currency.code(), r#"":{"amount_off":"#, off, "}");
            },
        );
        put!(pen; "}");
    }
    let (duration, months) = match coupon.duration {
        Duration::Once => ("once", None),
        Duration::Forever => ("forever", None),
        Duration::Repeating(months) => ("repeating", Some(i64::from(months))),
    };
    put!(pen; r#","duration":""#, duration, r#"","duration_in_months":"#, months);
    put!(pen; r#","livemode":"#, account.livemode, r#","max_redemptions":null,"metadata":{}"#);
    put!(pen; r#","name":"#, Text(&coupon.name), r#","percent_off":"#);
    if is_percent {
        percentage(pen, coupon.percent_hundredths * 10);
    } else {
        put!(pen; "null");
    }
    put!(pen; r#","redeem_by":null,"times_redeemed":"#, coupon.redeemed);
    put!(pen; r#","valid":"#, coupon.valid, "}");
}

pub(crate) fn discount(pen: &mut Pen<'_>, account: &Account, serial: u32, expand: &Expand) {
    let discount = &account.discounts[serial as usize];
    put!(pen; r#"{"id":"#, Id(Kind::Discount, discount.start, serial));
    put!(pen; r#","object":"discount","checkout_session":null,"customer":"#);
    put!(pen; reference(account, Kind::Customer, discount.customer));
    put!(pen; r#","customer_account":null,"end":"#);
    moment(pen, discount.end);
    put!(pen; r#","invoice":null,"invoice_item":null,"promotion_code":"#);
    put!(pen; reference(account, Kind::Promotion, discount.promotion));
    put!(pen; r#","source":{"coupon":"#);
    if expand.coupon {
        coupon(pen, account, discount.coupon, expand);
    } else {
        put_quoted(
            pen,
            account.catalogue.coupons[usize::from(discount.coupon)].id,
        );
    }
    put!(pen; r#","type":"coupon"},"start":"#, discount.start, r#","subscription":"#);
    put!(pen; reference(account, Kind::Subscription, discount.subscription));
    put!(pen; r#","subscription_item":"#);
    put!(pen; reference(account, Kind::SubscriptionItem, discount.item), "}");
}

/// The discount unless it holds for one item alone.
pub(crate) fn of_whole(account: &Account, serial: u32) -> u32 {
    if serial != NONE && account.discounts[serial as usize].item != NONE {
        return NONE;
    }
    serial
}

/// `[…]` of the one discount: its identifier, or in full where asked for.
pub(crate) fn discounts(pen: &mut Pen<'_>, account: &Account, serial: u32, expand: &Expand) {
    put!(pen; "[");
    if serial != NONE {
        if expand.discounts {
            discount(pen, account, serial, expand);
        } else {
            put!(pen; reference(account, Kind::Discount, serial));
        }
    }
    put!(pen; "]");
}

fn tax_rate(pen: &mut Pen<'_>, rate: &TaxRate, serial: u32, livemode: bool) {
    put!(pen; r#"{"id":"#, Id(Kind::TaxRate, rate.created, serial));
    put!(pen; r#","object":"tax_rate","active":true,"country":""#, rate.country);
    put!(pen; r#"","created":"#, rate.created, r#","description":"#, Text(rate.description));
    put!(pen; r#","display_name":""#, rate.display_name, r#"","effective_percentage":null"#);
    put!(pen; r#","flat_amount":null,"inclusive":"#, rate.inclusive, r#","jurisdiction":""#);
    put!(pen; rate.jurisdiction, r#"","jurisdiction_level":""#, rate.level, r#"","livemode":"#);
    put!(pen; livemode, r#","metadata":"#);
    metadata(pen, &[]);
    put!(pen; r#","percentage":"#);
    percentage(pen, rate.rate);
    put!(pen; r#","rate_type":"percentage","state":"#);
    optional(pen, rate.state);
    put!(pen; r#","tax_type":""#, rate.tax_type, r#""}"#);
}
