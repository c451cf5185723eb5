//! Refunds, disputes, the company's balance transactions and payouts.

use super::{list, put_quoted, reference};
use crate::account::Account;
use crate::cards::BRANDS;
use crate::ids::Kind;
use crate::json::{Id, Pen, put};
use crate::model::*;

const REFUND_REASONS: [&str; 3] = [r#""requested_by_customer""#, r#""duplicate""#, "null"];

const DISPUTE_REASONS: [&str; 4] = [
    "fraudulent",
    "subscription_canceled",
    "product_not_received",
    "unrecognized",
];

/// The members of a dispute's evidence, all empty here but those that Stripe itself fills.
const EVIDENCE: &str = concat!(
    r#"{"access_activity_log":null,"billing_address":null,"cancellation_policy":null,"#,
    r#""cancellation_policy_disclosure":null,"cancellation_rebuttal":null,"#,
    r#""customer_communication":null,"customer_email_address":null,"customer_name":null,"#,
    r#""customer_purchase_ip":null,"customer_signature":null,"#,
    r#""duplicate_charge_documentation":null,"duplicate_charge_explanation":null,"#,
    r#""duplicate_charge_id":null,"enhanced_evidence":{},"product_description":null,"#,
    r#""receipt":null,"refund_policy":null,"refund_policy_disclosure":null,"#,
    r#""refund_refusal_explanation":null,"service_date":null,"service_documentation":null,"#,
    r#""shipping_address":null,"shipping_carrier":null,"shipping_date":null,"#,
    r#""shipping_documentation":null,"shipping_tracking_number":null,"#,
    r#""uncategorized_file":null,"uncategorized_text":null}"#
);

pub(crate) fn refund(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let refund = &account.money.refunds[serial as usize];
    let charge = &account.charges[refund.charge as usize];
    put!(pen; r#"{"id":"#, Id(Kind::Refund, refund.created, serial), r#","object":"refund","#);
    put!(pen; r#""amount":"#, refund.amount, r#","balance_transaction":"#);
    put!(pen; reference(account, Kind::BalanceEntry, refund.entry), r#","charge":"#);
    put!(pen; reference(account, Kind::Charge, refund.charge), r#","created":"#);
    put!(pen; refund.created, r#","currency":""#, refund.currency.code(), r#"","customer":"#);
    put!(pen; reference(account, Kind::Customer, charge.customer));
    put!(pen; r#","customer_account":null"#);
    if !account.methods[charge.method as usize].debit {
        put!(pen; r#","destination_details":{"card":{"reference":"5471020000","#);
        put!(pen; r#""reference_status":"available","reference_type":"#);
        put!(pen; r#""acquirer_reference_number","type":"refund"},"type":"card"}"#);
    }
    if refund.failure_entry != NONE {
        put!(pen; r#","failure_balance_transaction":"#);
        put!(pen; reference(account, Kind::BalanceEntry, refund.failure_entry));
        put!(pen; r#","failure_reason":"lost_or_stolen_card""#);
    }
    put!(pen; r#","metadata":{},"payment_intent":"#);
    put!(pen; reference(account, Kind::PaymentIntent, charge.intent), r#","payment_method":"#);
    put!(pen; reference(account, Kind::PaymentMethod, charge.method), r#","reason":"#);
    put!(pen; REFUND_REASONS[usize::from(refund.reason) % REFUND_REASONS.len()]);
    put!(pen; r#","receipt_number":null,"source_transfer_reversal":null,"status":""#);
    put!(pen; refund.status.as_str(), r#"","transfer_reversal":null}"#);
}

pub(crate) fn dispute(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let dispute = &account.money.disputes[serial as usize];
    let charge = &account.charges[dispute.charge as usize];
    let brand = BRANDS[usize::from(account.methods[charge.method as usize].brand)];
    let is_answered = dispute.status != DisputeStatus::NeedsResponse;
    put!(pen; r#"{"id":"#, Id(Kind::Dispute, dispute.created, serial), r#","object":"dispute","#);
    put!(pen; r#""amount":"#, dispute.amount, r#","balance_transactions":["#);
    let entries = [dispute.withdrawn, dispute.reinstated];
    pen.each(entries.into_iter().filter_map(some), |pen, entry| {
        balance_transaction(pen, account, entry);
    });
    put!(pen; r#"],"charge":"#, reference(account, Kind::Charge, dispute.charge));
    put!(pen; r#","created":"#, dispute.created, r#","currency":""#, dispute.currency.code());
    put!(pen; r#"","enhanced_eligibility_types":[],"evidence":"#, EVIDENCE);
    put!(pen; r#","evidence_details":{"due_by":"#, dispute.created + 9 * 86_400);
    put!(pen; r#","enhanced_eligibility":{},"has_evidence":"#, is_answered);
    put!(pen; r#","past_due":false,"submission_count":"#, u32::from(is_answered));
    put!(pen; r#"},"is_charge_refundable":false,"livemode":"#, account.livemode);
    put!(pen; r#","metadata":{},"payment_intent":"#);
    put!(pen; reference(account, Kind::PaymentIntent, charge.intent));
    put!(pen; r#","payment_method_details":{"card":{"brand":""#, brand);
    put!(pen; r#"","case_type":"chargeback","network":""#, brand);
    put!(pen; r#"","network_reason_code":"10.4"},"type":"card"},"reason":""#);
    put!(pen; DISPUTE_REASONS[usize::from(dispute.reason) % DISPUTE_REASONS.len()]);
    put!(pen; r#"","status":""#, dispute.status.as_str(), r#""}"#);
}

/// Stripe's words for a movement: its type, its reporting category and its source.
fn words(account: &Account, source: EntrySource) -> (&'static str, &'static str, Option<Id>) {
    let id = |kind, serial| reference(account, kind, serial);
    match source {
        EntrySource::Charge(it) => ("charge", "charge", id(Kind::Charge, it)),
        EntrySource::Refund(it) => ("refund", "refund", id(Kind::Refund, it)),
        EntrySource::RefundFailure(it) => {
            ("refund_failure", "refund_failure", id(Kind::Refund, it))
        }
        EntrySource::Dispute(it) => ("adjustment", "dispute", id(Kind::Dispute, it)),
        EntrySource::DisputeReversal(it) => {
            ("adjustment", "dispute_reversal", id(Kind::Dispute, it))
        }
        EntrySource::Payout(it) => ("payout", "payout", id(Kind::Payout, it)),
    }
}

/// Stripe's word for a movement's type.
pub(crate) fn entry_type(account: &Account, entry: &Entry) -> &'static str {
    words(account, entry.source).0
}

pub(crate) fn balance_transaction(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let entry = &account.money.entries[serial as usize];
    let (kind, category, source) = words(account, entry.source);
    let currency = entry.currency.code();
    put!(pen; r#"{"id":"#, Id(Kind::BalanceEntry, entry.created, serial));
    put!(pen; r#","object":"balance_transaction","amount":"#, entry.amount);
    put!(pen; r#","available_on":"#, entry.available_on, r#","balance_type":"payments","#);
    put!(pen; r#""created":"#, entry.created, r#","currency":""#, currency);
    let description = match entry.source {
        EntrySource::Charge(_) => r#""Subscription update""#,
        EntrySource::Payout(_) => r#""STRIPE PAYOUT""#,
        _ => "null",
    };
    put!(pen; r#"","description":"#, description, r#","exchange_rate":null,"fee":"#, entry.fee);
    put!(pen; r#","fee_details":["#);
    if entry.fee != 0 {
        let words = if kind == "charge" {
            "Stripe processing fees"
        } else {
            "Dispute fee"
        };
        put!(pen; r#"{"amount":"#, entry.fee, r#","application":null,"currency":""#, currency);
        put!(pen; r#"","description":""#, words, r#"","type":"stripe_fee"}"#);
    }
    put!(pen; r#"],"net":"#, entry.amount - entry.fee, r#","reporting_category":""#, category);
    put!(pen; r#"","source":"#, source, r#","status":"#);
    let is_available = entry.available_on <= account.now;
    put_quoted(pen, if is_available { "available" } else { "pending" });
    put!(pen; r#","type":""#, kind, r#""}"#);
}

pub(crate) fn payout(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let payout = &account.money.payouts[serial as usize];
    put!(pen; r#"{"id":"#, Id(Kind::Payout, payout.created, serial), r#","object":"payout","#);
    put!(pen; r#""amount":"#, payout.amount, r#","application_fee":null,"#);
    put!(pen; r#""application_fee_amount":null,"arrival_date":"#, payout.arrives);
    put!(pen; r#","automatic":true,"balance_transaction":"#);
    put!(pen; reference(account, Kind::BalanceEntry, payout.entry), r#","created":"#);
    put!(pen; payout.created, r#","currency":""#, payout.currency.code());
    put!(pen; r#"","description":"STRIPE PAYOUT","destination":"ba_1Northwind"#);
    put!(pen; payout.currency.code(), r#"","failure_balance_transaction":null,"#);
    put!(pen; r#""failure_code":null,"failure_message":null,"livemode":"#, account.livemode);
    put!(pen; r#","metadata":{},"method":"standard","original_payout":null,"#);
    put!(pen; r#""payout_method":null,"reconciliation_status":"completed","#);
    put!(pen; r#""reversed_by":null,"source_type":"card","statement_descriptor":null,"#);
    put!(pen; r#""status":""#, payout.status.as_str(), r#"","trace_id":{"status":"#);
    match payout.status {
        PayoutStatus::Paid => {
            put!(pen; r#""supported","value":""#, 9_100_000_i64 + i64::from(serial), r#""}"#);
        }
        PayoutStatus::InTransit => put!(pen; r#""pending","value":null}"#),
    }
    put!(pen; r#","type":"bank_account"}"#);
}

/// A charge's refunds, newest first, where they were asked for.
pub(crate) fn refunds_of(pen: &mut Pen<'_>, account: &Account, charge: u32) {
    let of_charge = (0_u32..)
        .zip(&account.money.refunds)
        .filter(|(_, refund)| refund.charge == charge);
    let serials: Vec<u32> = of_charge.map(|(serial, _)| serial).collect();
    let url = super::child_url(account, Kind::Charge, charge, "/v1/charges/", "/refunds");
    list(pen, url, false, |pen| {
        pen.each(serials.iter().rev(), |pen, serial| {
            refund(pen, account, *serial)
        });
    });
}
