//! Customers, their payment methods and the entries of their balance.

use super::{Expand, address, metadata, optional, put_quoted, reference};
use crate::account::Account;
use crate::cards::BRANDS;
use crate::ids::Kind;
use crate::json::{Bare, Id, Pen, Put, Text, put};
use crate::model::*;
use crate::places::PLACES;

/// A deleted customer as it is answered when asked for by its identifier.
pub(crate) fn deleted(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    put!(pen; r#"{"id":"#, reference(account, Kind::Customer, serial));
    put!(pen; r#","object":"customer","deleted":true}"#);
}

pub(crate) fn customer(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    customer: &Customer,
    expand: &Expand,
) {
    let place = &PLACES[usize::from(customer.place)];
    put!(pen; r#"{"id":"#, Id(Kind::Customer, customer.created, serial));
    put!(pen; r#","object":"customer","address":"#);
    address(pen, place);
    put!(pen; r#","balance":"#, customer.balance, r#","business_name":"#, Text(&customer.name));
    put!(pen; r#","created":"#, customer.created, r#","currency":""#, customer.currency.code());
    put!(pen; r#"","customer_account":null,"default_source":null,"delinquent":"#);
    put!(pen; customer.delinquent, r#","description":"#);
    optional(pen, customer.description.as_deref());
    put!(pen; r#","discount":null,"email":"#, Text(&customer.email));
    put!(pen; r#","invoice_credit_balance":{"#);
    if customer.balance < 0 {
        put!(pen; "\"", customer.currency.code(), "\":", -customer.balance);
    }
    put!(pen; r#"},"invoice_prefix":""#);
    prefix(pen, account, serial);
    put!(pen; r#"","invoice_settings":{"custom_fields":null,"default_payment_method":"#);
    default_method(pen, account, customer, expand);
    put!(pen; r#","footer":null,"rendering_options":null},"livemode":"#, account.livemode);
    put!(pen; r#","metadata":"#);
    metadata(pen, &customer.metadata);
    put!(pen; r#","name":"#, Text(&customer.name), r#","next_invoice_sequence":"#);
    put!(pen; customer.numbered + 1, r#","phone":""#, place.phone);
    put!(pen; 1_000_000 + i64::from(serial) % 9_000_000, r#"","preferred_locales":[],"#);
    put!(pen; r#""shipping":null,"tax_exempt":"none","test_clock":"#);
    put!(pen; reference(account, Kind::TestClock, customer.test_clock), "}");
}

fn default_method(pen: &mut Pen<'_>, account: &Account, customer: &Customer, expand: &Expand) {
    if expand.default_payment_method && customer.default_method != NONE {
        payment_method(pen, account, customer.default_method);
    } else {
        put!(pen; reference(account, Kind::PaymentMethod, customer.default_method));
    }
}

/// The eight characters before a customer's invoice numbers.
pub(crate) fn prefix(pen: &mut Pen<'_>, account: &Account, customer: u32) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    // An odd factor permutes 32 bits, so that no two customers share a prefix.
    let key = crate::random::mix(account.seed) as u32;
    let mut number = customer.wrapping_mul(0x9E37_79B1) ^ key;
    for _ in 0..8 {
        pen.out.push(DIGITS[(number >> 28) as usize]);
        number <<= 4;
    }
}

pub(crate) fn payment_method(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let method = &account.methods[serial as usize];
    let customer = account.customer(method.customer);
    let place = &PLACES[usize::from(customer.place)];
    put!(pen; r#"{"id":"#, Id(Kind::PaymentMethod, method.created, serial));
    put!(pen; r#","object":"payment_method","allow_redisplay":"unspecified","billing_details":"#);
    billing_details(pen, customer, method.party);
    if !method.debit {
        card(pen, account, serial, place.country);
    }
    put!(pen; r#","created":"#, method.created, r#","customer":"#);
    put!(pen; (!method.detached).then(|| reference(account, Kind::Customer, method.customer)));
    put!(pen; r#","customer_account":null,"livemode":"#, account.livemode);
    put!(pen; r#","metadata":{}"#);
    if method.debit {
        put!(pen; r#","sepa_debit":{"bank_code":"37040044","branch_code":"","country":"DE","#);
        put!(pen; r#""fingerprint":""#);
        fingerprint(pen, account, serial);
        put!(pen; r#"","generated_from":{"charge":null,"setup_attempt":null},"last4":"#);
        last4(pen, method.last4);
        put!(pen; "}");
    }
    put!(pen; r#","type":""#, method.kind(), r#""}"#);
}

/// The card of a payment method, from the comma before it on.
fn card(pen: &mut Pen<'_>, account: &Account, serial: u32, country: &'static str) {
    let method = &account.methods[serial as usize];
    let brand = BRANDS[usize::from(method.brand)];
    put!(pen; r#","card":{"brand":""#, brand, r#"","checks":{"address_line1_check":"pass","#);
    put!(pen; r#""address_postal_code_check":"pass","cvc_check":"pass"},"country":""#);
    put!(pen; country, r#"","display_brand":""#, brand, r#"","exp_month":"#);
    put!(pen; u32::from(method.exp_month), r#","exp_year":"#, u32::from(method.exp_year));
    put!(pen; r#","fingerprint":""#);
    fingerprint(pen, account, serial);
    put!(pen; r#"","funding":"credit","generated_from":null,"last4":"#);
    last4(pen, method.last4);
    put!(pen; r#","networks":{"available":[""#, brand, r#""],"preferred":null},"#);
    put!(pen; r#""regulated_status":"unregulated","three_d_secure_usage":{"supported":true},"#);
    put!(pen; r#""wallet":null}"#);
}

pub(crate) fn billing_details(pen: &mut Pen<'_>, customer: &Customer, party: u16) {
    let (name, email) = customer.named(party);
    put!(pen; r#"{"address":"#);
    address(pen, &PLACES[usize::from(customer.place)]);
    put!(pen; r#","email":"#, Text(email), r#","name":"#, Text(name));
    put!(pen; r#","phone":null,"tax_id":null}"#);
}

/// Sixteen characters that stay the same for one card.
pub(crate) fn fingerprint(pen: &mut Pen<'_>, account: &Account, method: u32) {
    let mut bits = crate::random::mix(account.seed ^ u64::from(method));
    for _ in 0..16 {
        let letter = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits & 31) as usize];
        pen.out.push(letter);
        bits = bits.rotate_right(5) ^ 0x55;
    }
}

pub(crate) fn last4(pen: &mut Pen<'_>, digits: u16) {
    put_quoted(pen, &format!("{digits:04}"));
}

pub(crate) fn balance_transaction(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let entry = &account.balance_transactions[serial as usize];
    let customer = account.customer(entry.customer);
    put!(pen; r#"{"id":"#, Id(Kind::BalanceTransaction, entry.created, serial));
    put!(pen; r#","object":"customer_balance_transaction","amount":"#, entry.amount);
    put!(pen; r#","checkout_session":null,"created":"#, entry.created, r#","credit_note":"#);
    put!(pen; reference(account, Kind::CreditNote, entry.credit_note), r#","currency":""#);
    put!(pen; customer.currency.code(), r#"","customer":"#);
    put!(pen; reference(account, Kind::Customer, entry.customer));
    put!(pen; r#","customer_account":null,"description":"#);
    let words = (entry.reason == BalanceReason::Adjustment).then_some("Goodwill credit");
    optional(pen, words);
    put!(pen; r#","ending_balance":"#, entry.ending, r#","invoice":"#);
    put!(pen; reference(account, Kind::Invoice, entry.invoice), r#","livemode":"#);
    put!(pen; account.livemode, r#","metadata":{},"type":""#, entry.reason.as_str(), r#""}"#);
}

/// The customer's identifier, or the whole customer where asked for.
pub(crate) fn reference_or_whole(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    expand: &Expand,
) {
    if !expand.customer {
        put!(pen; reference(account, Kind::Customer, serial));
    } else if account.customer(serial).deleted {
        deleted(pen, account, serial);
    } else {
        customer(
            pen,
            account,
            serial,
            account.customer(serial),
            &Expand::default(),
        );
    }
}

/// The link under which Stripe would show a document of this account.
pub(crate) fn document_url(pen: &mut Pen<'_>, account: &Account, before: &str, id: Option<Id>) {
    put!(pen; "\"", before, account.id.as_str(), "/");
    if let Some(id) = id {
        Bare(id).put(pen);
    }
}
