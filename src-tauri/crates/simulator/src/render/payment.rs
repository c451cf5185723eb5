//! Payment intents and the charges that are their attempts.

use super::customer::{billing_details, document_url, fingerprint, last4, reference_or_whole};
use super::{Expand, reference};
use crate::account::Account;
use crate::cards::{BRANDS, DECLINES};
use crate::ids::Kind;
use crate::json::{Bare, Id, Pen, put};
use crate::model::*;
use crate::places::PLACES;

pub(crate) fn intent(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    intent: &PaymentIntent,
    expand: &Expand,
) {
    let id = Id(Kind::PaymentIntent, intent.created, serial);
    put!(pen; r#"{"id":"#, id, r#","object":"payment_intent","#);
    put!(pen; r#""allowed_payment_method_types":null,"amount":"#, intent.amount);
    put!(pen; r#","amount_capturable":0,"amount_details":{"tip":{}},"amount_received":"#);
    put!(pen; intent.received, r#","application":null,"application_fee_amount":null,"#);
    put!(pen; r#""automatic_payment_methods":null,"canceled_at":"#, intent.canceled_at);
    let reason = intent.canceled_at.is_some().then_some(r#""void_invoice""#);
    put!(pen; r#","cancellation_reason":"#, reason);
    put!(pen; r#","capture_method":"automatic","client_secret":""#, Bare(id), "_secret_");
    fingerprint(pen, account, serial);
    put!(pen; r#"","confirmation_method":"automatic","created":"#, intent.created);
    put!(pen; r#","currency":""#, intent.currency.code(), r#"","customer":"#);
    reference_or_whole(pen, account, intent.customer, expand);
    put!(pen; r#","customer_account":null,"description":"Subscription update","#);
    put!(pen; r#""excluded_payment_method_types":null,"last_payment_error":"#);
    last_error(pen, account, intent);
    put!(pen; r#","latest_charge":"#);
    if expand.latest_charge && intent.last_charge != NONE {
        let latest = &account.charges[intent.last_charge as usize];
        charge(pen, account, intent.last_charge, latest, &Expand::default());
    } else {
        put!(pen; reference(account, Kind::Charge, intent.last_charge));
    }
    put!(pen; r#","livemode":"#, account.livemode, r#","managed_payments":null,"metadata":{},"#);
    put!(pen; r#""next_action":null,"on_behalf_of":null,"payment_method":"#);
    let held = matches!(
        intent.status,
        IntentStatus::Succeeded | IntentStatus::Processing
    );
    let method = some(intent.method).map(|it| &account.methods[it as usize]);
    let is_debit = method.is_some_and(|it| it.debit);
    put!(pen; held.then(|| reference(account, Kind::PaymentMethod, intent.method)));
    put!(pen; r#","payment_method_configuration_details":null,"payment_method_options":"#);
    if is_debit {
        put!(pen; r#"{"sepa_debit":{}},"payment_method_types":["sepa_debit"],"#);
    } else {
        put!(pen; r#"{"card":{"installments":null,"mandate_options":null,"network":null,"#);
        put!(pen; r#""request_three_d_secure":"automatic"}},"payment_method_types":["card"],"#);
    }
    put!(pen; r#""payment_record":null,"processing":null,"receipt_email":null,"review":null,"#);
    put!(pen; r#""setup_future_usage":"off_session","shipping":null,"source":null,"#);
    put!(pen; r#""statement_descriptor":null,"statement_descriptor_suffix":null,"status":""#);
    put!(pen; intent.status.as_str(), r#"","transfer_data":null,"transfer_group":null}"#);
}

fn last_error(pen: &mut Pen<'_>, account: &Account, intent: &PaymentIntent) {
    let failed = some(intent.last_charge)
        .filter(|_| intent.status == IntentStatus::RequiresPaymentMethod)
        .map(|serial| &account.charges[serial as usize]);
    let failed = failed.and_then(|charge| charge.decline.map(|decline| (charge.method, decline)));
    let Some((method, decline)) = failed else {
        put!(pen; "null");
        return;
    };
    let decline = &DECLINES[usize::from(decline)];
    put!(pen; r#"{"advice_code":""#, decline.advice, r#"","charge":"#);
    put!(pen; reference(account, Kind::Charge, intent.last_charge));
    put!(pen; r#","code":""#, decline.code, r#"","decline_code":""#, decline.decline_code);
    put!(pen; r#"","doc_url":"https://stripe.com/docs/error-codes/"#, decline.code);
    put!(pen; r#"","message":""#, decline.message, r#"","network_decline_code":""#);
    put!(pen; decline.network_code, r#"","payment_method":"#);
    super::customer::payment_method(pen, account, method);
    put!(pen; r#","type":"card_error"}"#);
}

pub(crate) fn charge(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    charge: &Charge,
    expand: &Expand,
) {
    let paid = charge.decline.is_none() && !charge.pending;
    let id = Id(Kind::Charge, charge.created, serial);
    let captured = if paid { charge.amount } else { 0 };
    put!(pen; r#"{"id":"#, id, r#","object":"charge","amount":"#, charge.amount);
    put!(pen; r#","amount_captured":"#, captured, r#","amount_refunded":"#, charge.refunded);
    put!(pen; r#","application":null,"application_fee":null,"application_fee_amount":null,"#);
    put!(pen; r#""balance_transaction":"#);
    put!(pen; reference(account, Kind::BalanceEntry, charge.entry));
    put!(pen; r#","billing_details":"#);
    billing_details(pen, account.customer(charge.customer), charge.party);
    put!(pen; r#","calculated_statement_descriptor":"NORTHWIND MAIL","captured":"#, paid);
    put!(pen; r#","created":"#, charge.created, r#","currency":""#, charge.currency.code());
    put!(pen; r#"","customer":"#);
    reference_or_whole(pen, account, charge.customer, expand);
    put!(pen; r#","description":"Subscription update","disputed":"#, charge.disputed, ",");
    put!(pen; r#""failure_balance_transaction":null,"failure_code":"#);
    let decline = charge
        .decline
        .map(|decline| &DECLINES[usize::from(decline)]);
    match decline {
        Some(decline) => {
            put!(pen; "\"", decline.code, r#"","failure_message":""#, decline.message, "\"");
        }
        None => put!(pen; r#"null,"failure_message":null"#),
    }
    put!(pen; r#","fraud_details":{},"livemode":"#, account.livemode);
    put!(pen; r#","metadata":{},"on_behalf_of":null,"outcome":"#);
    outcome(pen, charge);
    put!(pen; r#","paid":"#, paid, r#","payment_intent":"#);
    if expand.payment_intent {
        let whole = &account.intents[charge.intent as usize];
        intent(pen, account, charge.intent, whole, &Expand::default());
    } else {
        put!(pen; reference(account, Kind::PaymentIntent, charge.intent));
    }
    put!(pen; r#","payment_method":"#, reference(account, Kind::PaymentMethod, charge.method));
    details(pen, account, charge);
    end(pen, account, serial, charge, expand);
}

fn outcome(pen: &mut Pen<'_>, charge: &Charge) {
    let Some(decline) = charge.decline else {
        put!(pen; r#"{"advice_code":null,"network_advice_code":null,"network_decline_code":null,"#);
        put!(pen; r#""network_status":"approved_by_network","reason":null,"risk_level":"normal","#);
        put!(pen; r#""risk_score":12,"seller_message":"Payment complete.","type":"authorized"}"#);
        return;
    };
    let decline = &DECLINES[usize::from(decline)];
    put!(pen; r#"{"advice_code":""#, decline.advice, r#"","network_advice_code":"#);
    put!(pen; if decline.is_final { r#""01""# } else { r#""02""# });
    put!(pen; r#","network_decline_code":""#, decline.network_code);
    put!(pen; r#"","network_status":"declined_by_network","reason":""#, decline.decline_code);
    put!(pen; r#"","risk_level":"normal","risk_score":31,"seller_message":"#);
    put!(pen; r#""The bank did not accept the payment.","type":"issuer_declined"}"#);
}

fn details(pen: &mut Pen<'_>, account: &Account, charge: &Charge) {
    let method = &account.methods[charge.method as usize];
    if method.debit {
        put!(pen; r#","payment_method_details":{"sepa_debit":{"bank_code":"37040044","#);
        put!(pen; r#""branch_code":"","country":"DE","fingerprint":""#);
        fingerprint(pen, account, charge.method);
        put!(pen; r#"","last4":"#);
        last4(pen, method.last4);
        put!(pen; r#","mandate":null},"type":"sepa_debit"}"#);
        return;
    }
    let brand = BRANDS[usize::from(method.brand)];
    let country = PLACES[usize::from(account.customer(charge.customer).place)].country;
    put!(pen; r#","payment_method_details":{"card":{"amount_authorized":"#);
    put!(pen; charge.decline.is_none().then_some(charge.amount));
    put!(pen; r#","authorization_code":null,"brand":""#, brand, r#"","checks":{"#);
    put!(pen; r#""address_line1_check":"pass","address_postal_code_check":"pass","#);
    put!(pen; r#""cvc_check":null},"country":""#, country);
    put!(pen; r#"","electronic_commerce_indicator":null,"exp_month":"#);
    put!(pen; u32::from(method.exp_month), r#","exp_year":"#, u32::from(charge.exp_year));
    put!(pen; r#","extended_authorization":{"status":"disabled"},"fingerprint":""#);
    fingerprint(pen, account, charge.method);
    put!(pen; r#"","funding":"credit","incremental_authorization":{"status":"unavailable"},"#);
    put!(pen; r#""installments":null,"last4":"#);
    last4(pen, method.last4);
    put!(pen; r#","mandate":null,"multicapture":{"status":"unavailable"},"network":""#, brand);
    put!(pen; r#"","network_token":{"used":false},"network_transaction_id":null,"#);
    put!(pen; r#""overcapture":{"maximum_amount_capturable":"#, charge.amount);
    put!(pen; r#","status":"unavailable"},"regulated_status":"unregulated","#);
    put!(pen; r#""three_d_secure":null,"transaction_link_id":null,"wallet":null},"#);
    put!(pen; r#""type":"card"}"#);
}

/// From `radar_options` on.
fn end(pen: &mut Pen<'_>, account: &Account, serial: u32, charge: &Charge, expand: &Expand) {
    put!(pen; r#","radar_options":{},"receipt_email":null,"receipt_number":null,"receipt_url":"#);
    if charge.decline.is_none() && !charge.pending {
        let id = Some(Id(Kind::Charge, charge.created, serial));
        document_url(pen, account, "https://pay.stripe.com/receipts/", id);
        put!(pen; "\"");
    } else {
        put!(pen; "null");
    }
    let whole = charge.refunded == charge.amount;
    put!(pen; r#","refunded":"#, whole);
    if expand.refunds {
        put!(pen; r#","refunds":"#);
        super::money::refunds_of(pen, account, serial);
    }
    put!(pen; r#","review":null,"shipping":null,"source":null,"source_transfer":null,"#);
    put!(pen; r#""statement_descriptor":null,"statement_descriptor_suffix":null,"status":""#);
    put!(pen; match charge.decline {
        _ if charge.pending => "pending",
        None => "succeeded",
        Some(_) => "failed",
    });
    put!(pen; r#"","transfer_data":null,"transfer_group":null}"#);
}
