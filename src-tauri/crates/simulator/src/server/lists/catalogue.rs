//! Products, prices, coupons and tax rates.

use crate::account::Account;
use crate::ids::Kind;
use crate::model::Interval;
use crate::render;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, filter, keys_of};
use crate::server::params::Params;
use crate::server::retrieve::object;
use crate::timeline::{Window, key, page};

pub(super) fn products(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let active = params.take_bool("active")?;
    let shippable = params.take_bool("shippable")?;
    let ids = params.take_list("ids");
    let kind = params.take("type");
    let address = params.take("url");
    params.finish()?;
    let products = &account.catalogue.products;
    let keys = keys_of(account, Kind::Product, 0..products.len() as u32);
    let window = ask.window(account, Kind::Product, created)?;
    let wanted: Vec<_> = ids
        .iter()
        .filter_map(|id| account.find(Kind::Product, id))
        .collect();
    let page = page(&keys, &window, |serial| {
        active.is_none_or(|active| products[serial as usize].active == active)
            && (ids.is_empty() || wanted.contains(&serial))
            && kind.as_ref().is_none_or(|kind| kind == "service")
            && shippable.is_none()
            && address.is_none()
    });
    Ok(answer(
        account,
        "/v1/products",
        &page,
        700,
        |pen, serial| {
            object(pen, account, Kind::Product, serial, &ask.expand);
        },
    ))
}

pub(super) fn prices(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let active = params.take_bool("active")?;
    let currency = params.take("currency");
    let keys_wanted = params.take_list("lookup_keys");
    let product = filter(account, &mut params, "product", Kind::Product)?;
    let kind = params.take("type");
    let recurring = params.take_map("recurring");
    params.finish()?;
    let prices = &account.catalogue.prices;
    let keys = keys_of(account, Kind::Price, 0..prices.len() as u32);
    let window = ask.window(account, Kind::Price, created)?;
    let page = page(&keys, &window, |serial| {
        let price = &prices[serial as usize];
        let interval = match price.interval {
            Interval::Month => "month",
            Interval::Year => "year",
            Interval::Once => "",
        };
        let recurs = |(name, value): &(String, String)| match name.as_str() {
            "interval" => value == interval,
            "usage_type" => value == "licensed" && !interval.is_empty(),
            _ => false,
        };
        active.is_none_or(|active| price.active == active)
            && currency
                .as_ref()
                .is_none_or(|currency| currency == price.currency.code())
            && (keys_wanted.is_empty() || keys_wanted.contains(&price.lookup_key))
            && product.is_none_or(|product| price.product == product)
            && kind
                .as_ref()
                .is_none_or(|kind| (kind == "one_time") == interval.is_empty())
            && recurring.iter().all(recurs)
    });
    Ok(answer(
        account,
        "/v1/prices",
        &page,
        1_200,
        |pen, serial| {
            object(pen, account, Kind::Price, serial, &ask.expand);
        },
    ))
}

pub(super) fn coupons(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let mut ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    params.finish()?;
    let coupons = &account.catalogue.coupons;
    let mut keys: Vec<u64> = (0_u32..)
        .zip(coupons)
        .filter(|(serial, _)| !account.is_gone(Kind::Coupon, *serial))
        .map(|(serial, coupon)| key(coupon.created, serial))
        .collect();
    keys.sort_unstable();
    let cursor = |id: Option<String>, param: &str| match id {
        None => Ok(None),
        Some(id) => match coupons.iter().position(|coupon| coupon.id == id) {
            Some(place) => Ok(Some(key(coupons[place].created, place as u32))),
            None => Err(Refusal::missing_param("coupon", &id, param)),
        },
    };
    let window = Window {
        limit: ask.limit,
        from: created.from,
        to: created.to,
        after: cursor(ask.after.take(), "starting_after")?,
        before: cursor(ask.before.take(), "ending_before")?,
    };
    let page = page(&keys, &window, |_| true);
    Ok(answer(account, "/v1/coupons", &page, 500, |pen, serial| {
        render::catalogue::coupon(pen, account, serial as u8, &ask.expand);
    }))
}

pub(super) fn tax_rates(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let active = params.take_bool("active")?;
    let inclusive = params.take_bool("inclusive")?;
    params.finish()?;
    let rates = &account.catalogue.tax_rates;
    let keys = keys_of(account, Kind::TaxRate, 0..rates.len() as u32);
    let window = ask.window(account, Kind::TaxRate, created)?;
    let page = page(&keys, &window, |serial| {
        let is_inclusive = rates[serial as usize].inclusive;
        active.unwrap_or(true) && inclusive.is_none_or(|inclusive| inclusive == is_inclusive)
    });
    Ok(answer(
        account,
        "/v1/tax_rates",
        &page,
        500,
        |pen, serial| {
            object(pen, account, Kind::TaxRate, serial, &ask.expand);
        },
    ))
}
