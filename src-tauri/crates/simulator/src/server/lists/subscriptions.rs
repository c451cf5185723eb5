//! Subscriptions and their items.

use std::borrow::Cow;

use crate::account::Account;
use crate::ids::Kind;
use crate::model::{Subscription, SubscriptionStatus};
use crate::render;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, chain_keys, customer_filter, filter, keys_of};
use crate::server::params::{Params, Range};
use crate::server::retrieve::object;
use crate::timeline::{key, page};

fn subscription_status(filter: Option<&str>, status: SubscriptionStatus) -> Option<bool> {
    let canceled = status == SubscriptionStatus::Canceled;
    Some(match filter {
        None => !canceled,
        Some("all") => true,
        Some("ended") => canceled,
        Some("incomplete" | "incomplete_expired") => false,
        Some(name @ ("active" | "past_due" | "unpaid" | "canceled" | "trialing" | "paused")) => {
            name == status.as_str()
        }
        Some(_) => return None,
    })
}

pub(super) fn subscriptions(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let starts = params.take_range("current_period_start")?;
    let ends = params.take_range("current_period_end")?;
    let customer = customer_filter(account, &mut params)?;
    let price = filter(account, &mut params, "price", Kind::Price)?;
    let plan = filter(account, &mut params, "plan", Kind::Price)?;
    let status = params.take("status");
    let collection = params.take("collection_method");
    let automatic = params.take_map("automatic_tax");
    let clock = filter(account, &mut params, "test_clock", Kind::TestClock)?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    if subscription_status(status.as_deref(), SubscriptionStatus::Active).is_none() {
        let allowed = "active, past_due, unpaid, canceled, incomplete, incomplete_expired, \
                       trialing, paused, all, or ended";
        return Err(Refusal::invalid_value(
            "status",
            &status.unwrap_or_default(),
            allowed,
        ));
    }
    let window = ask.window(account, Kind::Subscription, created)?;
    let keys = match customer {
        Some(customer) => {
            let first = account.customer(customer).last_subscription;
            Cow::Owned(chain_keys(
                account,
                Kind::Subscription,
                first,
                |account, serial| account.subscription(serial).prev_of_customer,
            ))
        }
        None if clock.is_some() => {
            let all = 0..account.subscriptions.len() as u32;
            Cow::Owned(keys_of(account, Kind::Subscription, all))
        }
        None => Cow::Borrowed(account.orders.subscriptions.keys()),
    };
    let priced = |it: &Subscription, wanted: Option<u32>| {
        wanted.is_none_or(|wanted| it.items.iter().any(|item| u32::from(item.price) == wanted))
    };
    let page = page(&keys, &window, |serial| {
        let it = account.subscription(serial);
        subscription_status(status.as_deref(), it.status) == Some(true)
            && starts.contains(it.period_start)
            && ends.contains(it.period_end)
            && priced(it, price)
            && priced(it, plan)
            && elsewhere.is_none()
            && clock.is_none_or(|clock| account.customer(it.customer).test_clock == clock)
            && automatic.iter().all(|(_, value)| value == "false")
            && collection
                .as_ref()
                .is_none_or(|wanted| wanted == render::subscription::collection(it.send_invoice))
    });
    Ok(answer(
        account,
        "/v1/subscriptions",
        &page,
        4_000,
        |pen, serial| {
            let it = account.subscription(serial);
            render::subscription::subscription(pen, account, serial, it, &ask.expand);
        },
    ))
}

pub(super) fn subscription_items(
    account: &Account,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let owner = filter(account, &mut params, "subscription", Kind::Subscription)?
        .ok_or_else(|| Refusal::required_param("subscription"))?;
    params.finish()?;
    let subscription = account.subscription(owner);
    let keys: Vec<u64> = subscription
        .items
        .iter()
        .map(|item| key(item.created, item.serial))
        .collect();
    let window = ask.window(account, Kind::SubscriptionItem, Range::ALL)?;
    let page = page(&keys, &window, |_| true);
    let id = account
        .ids
        .text(Kind::Subscription, subscription.created, owner);
    let url = format!("/v1/subscription_items?subscription={id}");
    Ok(answer(account, &url, &page, 2_000, |pen, serial| {
        object(pen, account, Kind::SubscriptionItem, serial, &ask.expand);
    }))
}
