//! Credit grants, meters, promotion codes, schedules, invoice items and test clocks.

use crate::account::Account;
use crate::ids::Kind;
use crate::json::Pen;
use crate::model::*;
use crate::render::offers::{Summary, summaries};
use crate::render::{Expand, offers};
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, customer_filter, filter, keys_of};
use crate::server::params::{Params, Range};
use crate::server::retrieve::{found, object};
use crate::timeline::page;

/// The longest time that summaries are asked for at once, in windows.
const MAX_WINDOWS: u32 = 24 * 400;

/// A page of a short list of one kind.
fn short(
    account: &Account,
    ask: &Ask,
    kind: Kind,
    count: usize,
    url: &str,
    within: (Range, &dyn Fn(u32) -> bool),
) -> Result<Vec<u8>, Refusal> {
    let keys = keys_of(account, kind, 0..count as u32);
    let window = ask.window(account, kind, within.0)?;
    let page = page(&keys, &window, within.1);
    Ok(answer(account, url, &page, 1_200, |pen, serial| {
        object(pen, account, kind, serial, &Expand::default());
    }))
}

pub(super) fn grants(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let customer = customer_filter(account, &mut params)?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let grants = &account.offers.grants;
    let fits = |serial: u32| {
        let it = &grants[serial as usize];
        elsewhere.is_none() && customer.is_none_or(|customer| it.customer == customer)
    };
    let url = "/v1/billing/credit_grants";
    short(
        account,
        &ask,
        Kind::CreditGrant,
        grants.len(),
        url,
        (Range::ALL, &fits),
    )
}

pub(super) fn credit_transactions(
    account: &Account,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let customer = customer_filter(account, &mut params)?;
    let grant = filter(account, &mut params, "credit_grant", Kind::CreditGrant)?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let entries = &account.offers.credit_entries;
    let fits = |serial: u32| {
        let of = entries[serial as usize].grant;
        let owner = account.offers.grants[of as usize].customer;
        elsewhere.is_none()
            && grant.is_none_or(|grant| of == grant)
            && customer.is_none_or(|customer| owner == customer)
    };
    let url = "/v1/billing/credit_balance_transactions";
    short(
        account,
        &ask,
        Kind::CreditEntry,
        entries.len(),
        url,
        (Range::ALL, &fits),
    )
}

/// What a customer has left: of one grant, or of all for metered prices.
pub(crate) fn credit_summary(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let customer = customer_filter(account, &mut params)?;
    let grant = filter(
        account,
        &mut params,
        "filter[credit_grant]",
        Kind::CreditGrant,
    )?;
    let kind = params.take("filter[type]");
    let scope = params.take("filter[applicability_scope][price_type]");
    params.take_list("filter[applicability_scope][prices]");
    params.take_list("expand");
    params.finish()?;
    let customer = customer.ok_or_else(|| Refusal::required_param("customer"))?;
    let is_whole = match kind.as_deref() {
        None => return Err(Refusal::required_param("filter[type]")),
        Some("applicability_scope") => true,
        Some("credit_grant") => false,
        Some(other) => {
            let allowed = "applicability_scope or credit_grant";
            return Err(Refusal::invalid_value("filter[type]", other, allowed));
        }
    };
    if is_whole && scope.is_none() {
        return Err(Refusal::required_param("filter[applicability_scope]"));
    }
    if !is_whole && grant.is_none() {
        return Err(Refusal::required_param("filter[credit_grant]"));
    }
    let grants = (0_u32..).zip(&account.offers.grants);
    let left = grants
        .filter(|(serial, it)| it.customer == customer && (is_whole || grant == Some(*serial)))
        .map(|(_, it)| it.left)
        .sum();
    let mut pen = Pen::new(&account.ids, 600);
    offers::credit_summary(&mut pen, account, customer, left);
    Ok(pen.out)
}

pub(super) fn meters(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let status = params.take("status");
    params.finish()?;
    let meters = &account.offers.meters;
    let fits = |serial: u32| {
        let is_active = !meters[serial as usize].deactivated_at.is_some();
        status
            .as_ref()
            .is_none_or(|only| (only == "active") == is_active)
    };
    let url = "/v1/billing/meters";
    short(
        account,
        &ask,
        Kind::Meter,
        meters.len(),
        url,
        (Range::ALL, &fits),
    )
}

/// A meter's windows of one customer, newest first.
pub(super) fn meter_summaries(
    account: &Account,
    id: &str,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let meter = found(account, Kind::Meter, id)?;
    let customer = customer_filter(account, &mut params)?;
    let start = params.take_integer("start_time")?;
    let end = params.take_integer("end_time")?;
    let grouping = params.take("value_grouping_window");
    params.finish()?;
    let customer = customer.ok_or_else(|| Refusal::required_param("customer"))?;
    let start = start.ok_or_else(|| Refusal::required_param("start_time"))?;
    let end = end.ok_or_else(|| Refusal::required_param("end_time"))?;
    let step = match grouping.as_deref() {
        None => 60,
        Some("hour") => 3_600,
        Some("day") => 86_400,
        Some(other) => {
            let name = "value_grouping_window";
            return Err(Refusal::invalid_value(name, other, "hour or day"));
        }
    };
    for (name, value) in [("start_time", start), ("end_time", end)] {
        if value % step != 0 || !(0..=i64::from(u32::MAX)).contains(&value) {
            let aligned = "a time aligned with the window";
            return Err(Refusal::invalid_value(name, &value.to_string(), aligned));
        }
    }
    let window = grouping.map_or((end - start).max(1), |_| step) as u32;
    let all = windows(account, meter, customer, (start as u32, end as u32, window));
    let place = |id: &Option<String>| {
        let wanted = id.as_ref()?;
        all.iter().position(|it| it.id == *wanted)
    };
    let first = place(&ask.after).map_or(0, |at| at + 1);
    let page = &all[first..all.len().min(first + ask.limit)];
    let mut pen = Pen::new(&account.ids, 128 + page.len() * 260);
    summaries(
        &mut pen,
        account,
        meter,
        page,
        first + page.len() < all.len(),
    );
    Ok(pen.out)
}

/// What the customer used in each window of `(start, end, length)` that has come, newest first.
fn windows(
    account: &Account,
    meter: u32,
    customer: u32,
    (start, end, length): (u32, u32, u32),
) -> Vec<Summary> {
    let since = account.customer(customer).created;
    let used = |hour| crate::company::metered::used(account, meter, customer, hour);
    let mut found = Vec::new();
    let mut at = start;
    while at < end && at <= account.now && found.len() < MAX_WINDOWS as usize {
        let until = at.saturating_add(length).min(end);
        let last = until.min(account.now) / 3_600;
        let first = at.max(since) / 3_600;
        let hours = (first..last).take(MAX_WINDOWS as usize);
        let value = hours.map(used).sum();
        if value > 0 {
            let key = (u64::from(customer) << 32) ^ u64::from(at);
            let tail = crate::random::mix(account.seed ^ key ^ u64::from(length));
            let id = format!("mtrusg_{meter}{tail:016x}");
            found.push(Summary {
                id,
                start: at,
                end: until,
                value,
            });
        }
        at = until;
    }
    found.reverse();
    found
}

pub(super) fn promotions(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let active = params.take_bool("active")?;
    let code = params.take("code");
    let coupon = filter(account, &mut params, "coupon", Kind::Coupon)?;
    let customer = customer_filter(account, &mut params)?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let promotions = &account.offers.promotions;
    let fits = |serial: u32| {
        let it = &promotions[serial as usize];
        elsewhere.is_none()
            && customer.is_none()
            && active.is_none_or(|active| it.active == active)
            && code.as_ref().is_none_or(|code| code == it.code)
            && coupon.is_none_or(|coupon| u32::from(it.coupon) == coupon)
    };
    let url = "/v1/promotion_codes";
    short(
        account,
        &ask,
        Kind::Promotion,
        promotions.len(),
        url,
        (created, &fits),
    )
}

pub(super) fn schedules(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let canceled = params.take_range("canceled_at")?;
    let released = params.take_range("released_at")?;
    let completed = params.take_range("completed_at")?;
    let customer = customer_filter(account, &mut params)?;
    let scheduled = params.take_bool("scheduled")?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let schedules = &account.offers.schedules;
    let fits = |serial: u32| {
        let it = &schedules[serial as usize];
        let ended = |range: Range, status| {
            let at = it.ended_at.get().filter(|_| it.status == status);
            range == Range::ALL || at.is_some_and(|at| range.contains(at))
        };
        elsewhere.is_none()
            && scheduled != Some(true)
            && completed == Range::ALL
            && ended(canceled, ScheduleStatus::Canceled)
            && ended(released, ScheduleStatus::Released)
            && customer.is_none_or(|customer| it.customer == customer)
    };
    let url = "/v1/subscription_schedules";
    short(
        account,
        &ask,
        Kind::Schedule,
        schedules.len(),
        url,
        (created, &fits),
    )
}

pub(super) fn invoice_items(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let customer = customer_filter(account, &mut params)?;
    let invoice = filter(account, &mut params, "invoice", Kind::Invoice)?;
    let pending = params.take_bool("pending")?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let window = ask.window(account, Kind::InvoiceItem, created)?;
    let page = page(account.orders.invoice_items.keys(), &window, |serial| {
        let it = &account.offers.invoice_items[serial as usize];
        elsewhere.is_none()
            && customer.is_none_or(|customer| it.customer == customer)
            && invoice.is_none_or(|invoice| it.invoice == invoice)
            && pending.is_none_or(|pending| pending == (it.invoice == NONE))
    });
    Ok(answer(
        account,
        "/v1/invoiceitems",
        &page,
        1_100,
        |pen, serial| {
            offers::invoice_item(pen, account, serial);
        },
    ))
}

pub(super) fn clocks(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    params.finish()?;
    let count = account.offers.clocks.len();
    let url = "/v1/test_helpers/test_clocks";
    short(
        account,
        &ask,
        Kind::TestClock,
        count,
        url,
        (Range::ALL, &|_| true),
    )
}
