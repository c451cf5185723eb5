//! Credit grants, meters, promotion codes, schedules, invoice items and test clocks.

use super::invoice::{description, is_discountable, unit_amount};
use super::{list, put_quoted, reference};
use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Id, Pen, Text, Written, put};
use crate::model::*;

/// `{"monetary":{"currency":"usd","value":5000},"type":"monetary"}`.
fn monetary(pen: &mut Pen<'_>, currency: Currency, value: i64) {
    put!(pen; r#"{"monetary":{"currency":""#, currency.code(), r#"","value":"#, value);
    put!(pen; r#"},"type":"monetary"}"#);
}

pub(crate) fn credit_grant(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let grant = &account.offers.grants[serial as usize];
    let (category, name) = if grant.is_paid {
        ("paid", "Prepaid credits")
    } else {
        ("promotional", "Welcome credits")
    };
    put!(pen; r#"{"id":"#, Id(Kind::CreditGrant, grant.created, serial));
    put!(pen; r#","object":"billing.credit_grant","amount":"#);
    monetary(pen, grant.currency, grant.amount);
    put!(pen; r#","applicability_config":{"scope":{"price_type":"metered"}},"category":""#);
    put!(pen; category, r#"","created":"#, grant.created, r#","customer":"#);
    put!(pen; reference(account, Kind::Customer, grant.customer));
    put!(pen; r#","customer_account":null,"effective_at":"#, grant.created, r#","expires_at":"#);
    put!(pen; grant.expires_at, r#","livemode":"#, account.livemode, r#","metadata":{},"name":""#);
    put!(pen; name, r#"","priority":50,"test_clock":null,"updated":"#, grant.updated);
    put!(pen; r#","voided_at":"#, grant.voided_at, "}");
}

pub(crate) fn credit_transaction(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let entry = &account.offers.credit_entries[serial as usize];
    let currency = account.offers.grants[entry.grant as usize].currency;
    put!(pen; r#"{"id":"#, Id(Kind::CreditEntry, entry.created, serial));
    put!(pen; r#","object":"billing.credit_balance_transaction","created":"#, entry.created);
    let (is_debit, kind) = match entry.reason {
        CreditReason::Granted => (false, "credits_granted"),
        CreditReason::Returned => (false, "credits_application_invoice_voided"),
        CreditReason::Applied => (true, "credits_applied"),
        CreditReason::Expired => (true, "credits_expired"),
        CreditReason::Voided => (true, "credits_voided"),
    };
    let line = if is_debit {
        "credits_applied"
    } else {
        "credits_application_invoice_voided"
    };
    put!(pen; r#","credit":"#);
    if is_debit {
        put!(pen; r#"null,"credit_grant":"#);
        put!(pen; reference(account, Kind::CreditGrant, entry.grant), r#","debit":"#);
    }
    put!(pen; r#"{"amount":"#);
    monetary(pen, currency, entry.amount);
    put!(pen; r#",""#, line, r#"":"#);
    if kind == line {
        let (invoice, number) = entry.line;
        let created = account.invoice(invoice).created;
        put!(pen; r#"{"invoice":"#, Id(Kind::Invoice, created, invoice));
        put!(pen; r#","invoice_line_item":"#, Id(Kind::InvoiceLine, created, number), "}");
    } else {
        put!(pen; "null");
    }
    put!(pen; r#","type":""#, kind, r#""}"#);
    if !is_debit {
        put!(pen; r#","credit_grant":"#, reference(account, Kind::CreditGrant, entry.grant));
        put!(pen; r#","debit":null"#);
    }
    put!(pen; r#","effective_at":"#, entry.created, r#","livemode":"#, account.livemode);
    put!(pen; r#","test_clock":null,"type":""#);
    put!(pen; if is_debit { "debit" } else { "credit" }, r#""}"#);
}

/// What `grants` of `customer` come to.
pub(crate) fn credit_summary(pen: &mut Pen<'_>, account: &Account, customer: u32, left: i64) {
    let currency = account.customer(customer).currency;
    put!(pen; r#"{"object":"billing.credit_balance_summary","balances":[{"available_balance":"#);
    monetary(pen, currency, left);
    put!(pen; r#","ledger_balance":"#);
    monetary(pen, currency, left);
    put!(pen; r#"}],"customer":"#, reference(account, Kind::Customer, customer));
    put!(pen; r#","customer_account":null,"livemode":"#, account.livemode, "}");
}

pub(crate) fn meter(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let meter = &account.offers.meters[serial as usize];
    let is_active = !meter.deactivated_at.is_some();
    put!(pen; r#"{"id":"#, Id(Kind::Meter, meter.created, serial), r#","object":"billing.meter","#);
    put!(pen; r#""created":"#, meter.created, r#","customer_mapping":{"#);
    put!(pen; r#""event_payload_key":"stripe_customer_id","type":"by_id"},"#);
    put!(pen; r#""default_aggregation":{"formula":""#, meter.formula, r#""},"display_name":""#);
    put!(pen; meter.name, r#"","event_name":""#, meter.event_name, r#"","event_time_window":null"#);
    put!(pen; r#","livemode":"#, account.livemode, r#","status":"#);
    put_quoted(pen, if is_active { "active" } else { "inactive" });
    put!(pen; r#","status_transitions":{"deactivated_at":"#, meter.deactivated_at);
    put!(pen; r#"},"updated":"#, meter.updated);
    put!(pen; r#","value_settings":{"event_payload_key":"value"}}"#);
}

pub(crate) fn promotion_code(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let promotion = &account.offers.promotions[serial as usize];
    let coupon = account.catalogue.coupons[usize::from(promotion.coupon)].id;
    put!(pen; r#"{"id":"#, Id(Kind::Promotion, promotion.created, serial));
    put!(pen; r#","object":"promotion_code","active":"#, promotion.active, r#","code":""#);
    put!(pen; promotion.code, r#"","created":"#, promotion.created, r#","customer":null,"#);
    put!(pen; r#""customer_account":null,"expires_at":"#, promotion.expires_at);
    put!(pen; r#","livemode":"#, account.livemode, r#","max_redemptions":null,"metadata":{},"#);
    put!(pen; r#""promotion":{"coupon":""#, coupon, r#"","type":"coupon"},"restrictions":{"#);
    put!(pen; r#""first_time_transaction":true,"minimum_amount":null,"#);
    put!(pen; r#""minimum_amount_currency":null},"times_redeemed":"#, promotion.redeemed, "}");
}

const SCHEDULE_DEFAULTS: &str = concat!(
    r#","default_settings":{"application_fee_percent":null,"automatic_tax":{"#,
    r#""disabled_reason":null,"enabled":false,"liability":null},"#,
    r#""billing_cycle_anchor":"automatic","billing_thresholds":null,"#,
    r#""collection_method":"charge_automatically","default_payment_method":null,"#,
    r#""description":null,"invoice_settings":{"account_tax_ids":null,"custom_fields":null,"#,
    r#""days_until_due":null,"description":null,"footer":null,"issuer":{"type":"self"}},"#,
    r#""on_behalf_of":null,"transfer_data":null},"end_behavior":"release","livemode":"#
);

pub(crate) fn schedule(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let it = &account.offers.schedules[serial as usize];
    let is = |status| it.status == status;
    let ended = |status| is(status).then_some(it.ended_at);
    let subscription = reference(account, Kind::Subscription, it.subscription);
    put!(pen; r#"{"id":"#, Id(Kind::Schedule, it.created, serial));
    put!(pen; r#","object":"subscription_schedule","application":null,"billing_mode":{"#);
    put!(pen; r#""flexible":{"proration_discounts":"included"},"type":"flexible","updated_at":"#);
    put!(pen; it.created, r#"},"canceled_at":"#, ended(ScheduleStatus::Canceled));
    put!(pen; r#","completed_at":null,"created":"#, it.created, r#","current_phase":"#);
    if is(ScheduleStatus::Active) {
        put!(pen; r#"{"end_date":"#, it.turns[1], r#","start_date":"#, it.turns[0], "}");
    } else {
        put!(pen; "null");
    }
    put!(pen; r#","customer":"#, reference(account, Kind::Customer, it.customer));
    put!(pen; r#","customer_account":null"#, SCHEDULE_DEFAULTS, account.livemode);
    put!(pen; r#","metadata":{},"phases":["#);
    pen.each(0..2, |pen, place| phase(pen, account, it, place));
    put!(pen; r#"],"released_at":"#, ended(ScheduleStatus::Released));
    put!(pen; r#","released_subscription":"#);
    put!(pen; is(ScheduleStatus::Released).then_some(subscription), r#","status":""#);
    put!(pen; it.status.as_str(), r#"","subscription":"#);
    put!(pen; (!is(ScheduleStatus::Released)).then_some(subscription), r#","test_clock":null}"#);
}

fn phase(pen: &mut Pen<'_>, account: &Account, schedule: &Schedule, place: usize) {
    let price = reference(account, Kind::Price, u32::from(schedule.price));
    let currency = account.catalogue.prices[usize::from(schedule.price)].currency;
    put!(pen; r#"{"add_invoice_items":[],"application_fee_percent":null,"#);
    put!(pen; r#""billing_cycle_anchor":null,"billing_thresholds":null,"collection_method":null,"#);
    put!(pen; r#""currency":""#, currency.code(), r#"","default_payment_method":null,"#);
    put!(pen; r#""default_tax_rates":[],"description":null,"discounts":[],"end_date":"#);
    put!(pen; schedule.turns[place + 1], r#","invoice_settings":null,"items":[{"#);
    put!(pen; r#""billing_thresholds":null,"discounts":[],"metadata":{},"plan":"#, price);
    put!(pen; r#","price":"#, price, r#","quantity":"#, schedule.seats[place]);
    put!(pen; r#","tax_rates":[]}],"metadata":{},"on_behalf_of":null,"#);
    put!(pen; r#""proration_behavior":"create_prorations","start_date":"#, schedule.turns[place]);
    put!(pen; r#","transfer_data":null,"trial_end":null}"#);
}

pub(crate) fn invoice_item(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let it = &account.offers.invoice_items[serial as usize];
    let line = &it.line;
    let price = &account.catalogue.prices[usize::from(line.price)];
    let is_proration = !is_discountable(line.kind);
    put!(pen; r#"{"id":"#, Id(Kind::InvoiceItem, it.created, serial), r#","object":"#);
    put!(pen; r#""invoiceitem","#);
    put!(pen; r#""amount":"#, line.amount, r#","currency":""#, price.currency.code());
    put!(pen; r#"","customer":"#, reference(account, Kind::Customer, it.customer));
    put!(pen; r#","customer_account":null,"date":"#, it.created, r#","description":""#);
    description(pen, account, line, price);
    put!(pen; r#"","discountable":"#, !is_proration, r#","discounts":[],"invoice":"#);
    put!(pen; reference(account, Kind::Invoice, it.invoice), r#","livemode":"#, account.livemode);
    put!(pen; r#","metadata":{},"net_amount":"#, line.amount, r#","parent":"#);
    match reference(account, Kind::Subscription, it.subscription) {
        Some(owner) => {
            put!(pen; r#"{"subscription_details":{"subscription":"#, owner);
            if is_proration {
                put!(pen; r#","subscription_item":"#);
                put!(pen; Id(Kind::SubscriptionItem, line.item_created, line.item));
            }
            put!(pen; r#"},"type":"subscription_details"}"#);
        }
        None => put!(pen; "null"),
    }
    put!(pen; r#","period":{"end":"#, line.end, r#","start":"#, line.start);
    put!(pen; r#"},"pricing":{"price_details":{"price":"#);
    put!(pen; Id(Kind::Price, price.created, u32::from(line.price)), r#","product":"#);
    put!(pen; reference(account, Kind::Product, price.product));
    put!(pen; r#"},"type":"price_details","unit_amount_decimal":"#);
    unit_amount(pen, price, line);
    put!(pen; r#"},"proration":"#, is_proration);
    if is_proration {
        put!(pen; r#","proration_details":{"credited_items":null,"discount_amounts":[]}"#);
    }
    put!(pen; r#","quantity":"#, line.quantity, r#","quantity_decimal":""#, line.quantity);
    put!(pen; r#"","tax_rates":[],"test_clock":null}"#);
}

pub(crate) fn test_clock(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let clock = &account.offers.clocks[serial as usize];
    put!(pen; r#"{"id":"#, Id(Kind::TestClock, clock.created, serial));
    put!(pen; r#","object":"test_helpers.test_clock","created":"#, clock.created);
    put!(pen; r#","deletes_after":"#, clock.created + 3 * 365 * 86_400, r#","frozen_time":"#);
    put!(pen; clock.frozen, r#","livemode":false,"name":"#, Text(clock.name));
    put!(pen; r#","status":"ready","status_details":{}}"#);
}

/// One window of a meter: `id` and `value` are what was computed for it.
pub(crate) struct Summary {
    pub(crate) id: String,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) value: i64,
}

/// A page of a meter's windows.
pub(crate) fn summaries(
    pen: &mut Pen<'_>,
    account: &Account,
    meter: u32,
    page: &[Summary],
    has_more: bool,
) {
    let id = reference(account, Kind::Meter, meter);
    let url = super::child_url(
        account,
        Kind::Meter,
        meter,
        "/v1/billing/meters/",
        "/event_summaries",
    );
    list(pen, url, has_more, |pen| {
        pen.each(page, |pen, it| {
            put!(pen; r#"{"id":"#, Written(format!("\"{}\"", it.id).as_bytes()));
            put!(pen; r#","object":"billing.meter_event_summary","aggregated_value":"#, it.value);
            put!(pen; r#","end_time":"#, it.end, r#","livemode":"#, account.livemode);
            put!(pen; r#","meter":"#, id, r#","start_time":"#, it.start, "}");
        });
    });
}
