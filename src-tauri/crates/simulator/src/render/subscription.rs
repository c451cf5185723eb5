//! Subscriptions and their items.

use super::catalogue::{discounts, of_whole};
use super::customer::{payment_method, reference_or_whole};
use super::{Expand, child_url, list, metadata, reference, tax_rates};
use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Id, Pen, Written, put};
use crate::model::*;

const PAYMENT_SETTINGS: &str = concat!(
    r#","payment_settings":{"payment_method_options":null,"payment_method_types":null,"#,
    r#""save_default_payment_method":"on_subscription"},"pending_invoice_item_interval":null,"#,
    r#""pending_setup_intent":null,"pending_update":null,"schedule":"#
);

pub(crate) fn subscription(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    subscription: &Subscription,
    expand: &Expand,
) {
    put!(pen; r#"{"id":"#, Id(Kind::Subscription, subscription.created, serial));
    put!(pen; r#","object":"subscription","application":null,"application_fee_percent":null"#);
    put!(pen; r#","automatic_tax":{"disabled_reason":null,"enabled":false,"liability":null}"#);
    put!(pen; r#","billing_cycle_anchor":"#, subscription.anchor);
    put!(pen; r#","billing_cycle_anchor_config":null,"billing_mode":"#);
    if subscription.flexible {
        put!(pen; r#"{"flexible":{"proration_discounts":"included"},"type":"flexible","#);
        put!(pen; r#""updated_at":"#, subscription.created, "}");
    } else {
        put!(pen; r#"{"flexible":null,"type":"classic"}"#);
    }
    put!(pen; r#","billing_schedules":[],"billing_thresholds":null,"cancel_at":"#);
    put!(pen; subscription.cancel_at, r#","cancel_at_period_end":"#);
    put!(pen; subscription.cancel_at_period_end, r#","canceled_at":"#, subscription.canceled_at);
    cancellation(pen, subscription.cancel_reason);
    put!(pen; r#","collection_method":""#, collection(subscription.send_invoice));
    put!(pen; r#"","created":"#, subscription.created, r#","currency":""#);
    put!(pen; subscription.currency.code(), r#"","customer":"#);
    reference_or_whole(pen, account, subscription.customer, expand);
    put!(pen; r#","customer_account":null,"days_until_due":"#);
    put!(pen; subscription.send_invoice.then_some(30_i64), r#","default_payment_method":"#);
    if expand.default_payment_method && subscription.default_method != NONE {
        payment_method(pen, account, subscription.default_method);
    } else {
        put!(pen; reference(account, Kind::PaymentMethod, subscription.default_method));
    }
    put!(pen; r#","default_source":null,"default_tax_rates":"#);
    tax_rates(pen, account, subscription.tax_rate);
    put!(pen; r#","description":null,"discounts":"#);
    discounts(
        pen,
        account,
        of_whole(account, subscription.discount),
        expand,
    );
    put!(pen; r#","ended_at":"#, subscription.ended_at, r#","invoice_settings":{"#);
    put!(pen; r#""account_tax_ids":null,"custom_fields":null,"description":null,"#);
    put!(pen; r#""footer":null,"issuer":{"type":"self"}},"items":"#);
    let of_items = Expand {
        discounts: expand.item_discounts,
        ..Expand::default()
    };
    items(pen, account, serial, subscription, &of_items);
    rest(pen, account, subscription, expand);
}

/// From `latest_invoice` on.
fn rest(pen: &mut Pen<'_>, account: &Account, subscription: &Subscription, expand: &Expand) {
    put!(pen; r#","latest_invoice":"#);
    let latest = subscription.latest_invoice;
    if expand.latest_invoice && latest != NONE {
        let inner = Expand {
            payments: expand.latest_invoice_payments,
            ..Expand::default()
        };
        super::invoice::invoice(pen, account, latest, account.invoice(latest), &inner);
    } else {
        put!(pen; reference(account, Kind::Invoice, latest));
    }
    put!(pen; r#","livemode":"#, account.livemode, r#","managed_payments":null,"metadata":"#);
    metadata(pen, &subscription.metadata);
    put!(pen; r#","next_pending_invoice_item_invoice":null,"on_behalf_of":null"#);
    if subscription.pause_collection {
        put!(pen; r#","pause_collection":{"behavior":"void","resumes_at":null}"#);
    } else {
        put!(pen; r#","pause_collection":null"#);
    }
    put!(pen; PAYMENT_SETTINGS, reference(account, Kind::Schedule, subscription.schedule));
    put!(pen; r#","start_date":"#, subscription.created, r#","status":""#);
    put!(pen; subscription.status.as_str(), r#"","test_clock":"#);
    let clock = account.customer(subscription.customer).test_clock;
    put!(pen; reference(account, Kind::TestClock, clock), r#","transfer_data":null"#);
    put!(pen; r#","trial_end":"#, subscription.trial_end,
        r#","trial_settings":{"end_behavior":{"#);
    put!(pen; r#""billing_cycle_anchor":null,"missing_payment_method":"create_invoice"}}"#);
    let trial_start = subscription
        .trial_end
        .is_some()
        .then_some(subscription.created);
    put!(pen; r#","trial_start":"#, trial_start, "}");
}

/// How an invoice is collected, in Stripe's words.
pub(crate) const fn collection(send_invoice: bool) -> &'static str {
    if send_invoice {
        "send_invoice"
    } else {
        "charge_automatically"
    }
}

const FEEDBACK: [&str; 5] = [
    "too_expensive",
    "missing_features",
    "switched_service",
    "unused",
    "other",
];

fn cancellation(pen: &mut Pen<'_>, reason: CancelReason) {
    put!(pen; r#","cancellation_details":{"comment":null,"feedback":"#);
    match reason {
        CancelReason::None => put!(pen; r#"null,"feedback_option":null,"reason":null}"#),
        CancelReason::PaymentFailed => {
            put!(pen; r#"null,"feedback_option":null,"reason":"payment_failed"}"#);
        }
        CancelReason::Requested(feedback) => {
            put!(pen; "\"", FEEDBACK[usize::from(feedback) % FEEDBACK.len()], "\",");
            put!(pen; r#""feedback_option":null,"reason":"cancellation_requested"}"#);
        }
    }
}

fn items(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    subscription: &Subscription,
    expand: &Expand,
) {
    let url = child_url(
        account,
        Kind::Subscription,
        serial,
        "/v1/subscription_items?subscription=",
        "",
    );
    let items = subscription.items.iter().rev();
    let most = pen.embedded;
    list(pen, url, subscription.items.len() > most, |pen| {
        pen.each(items.take(most), |pen, item| {
            self::item(pen, account, serial, subscription, item, expand);
        });
    });
}

pub(crate) fn item(
    pen: &mut Pen<'_>,
    account: &Account,
    owner: u32,
    subscription: &Subscription,
    item: &Item,
    expand: &Expand,
) {
    let own = some(subscription.discount)
        .filter(|discount| account.discounts[*discount as usize].item == item.serial);
    let price = &account.catalogue.prices[usize::from(item.price)];
    put!(pen; r#"{"id":"#, Id(Kind::SubscriptionItem, item.created, item.serial));
    put!(pen; r#","object":"subscription_item","billing_thresholds":null,"created":"#);
    put!(pen; item.created, r#","current_period_end":"#, subscription.period_end);
    put!(pen; r#","current_period_start":"#, subscription.period_start);
    put!(pen; r#","current_trial":null,"discounts":"#);
    discounts(pen, account, own.unwrap_or(NONE), expand);
    put!(pen; r#","metadata":{},"plan":"#);
    put!(pen; Written(&price.rendered_plan), r#","price":"#, Written(&price.rendered));
    if price.meter.is_none() {
        put!(pen; r#","quantity":"#, item.quantity);
    }
    put!(pen; r#","subscription":"#);
    put!(pen; Id(Kind::Subscription, subscription.created, owner), r#","tax_rates":[]}"#);
}
