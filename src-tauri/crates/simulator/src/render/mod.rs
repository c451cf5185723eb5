//! From compact state to Stripe's JSON, in the shapes of API version 2026-09-30.endive.

pub(crate) mod account;
pub(crate) mod catalogue;
pub(crate) mod credit_note;
pub(crate) mod customer;
pub(crate) mod difference;
pub(crate) mod event;
pub(crate) mod invoice;
pub(crate) mod legacy;
pub(crate) mod money;
pub(crate) mod offers;
pub(crate) mod payment;
pub(crate) mod subscription;

use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Bare, Id, Pen, Put, put};
use crate::model::{NONE, When};
use crate::places::Place;

/// The API version of everything that is written here.
pub const API_VERSION: &str = "2026-09-30.endive";

/// The most child objects that are embedded in their parent; the rest is paged.
pub(crate) const EMBEDDED: usize = 10;

/// What a request asked to see in full.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expand {
    pub(crate) tiers: bool,
    pub(crate) currency_options: bool,
    pub(crate) discounts: bool,
    pub(crate) item_discounts: bool,
    pub(crate) line_discounts: bool,
    pub(crate) coupon: bool,
    pub(crate) applies_to: bool,
    pub(crate) payments: bool,
    pub(crate) customer: bool,
    pub(crate) product: bool,
    pub(crate) latest_invoice: bool,
    pub(crate) latest_invoice_payments: bool,
    pub(crate) latest_charge: bool,
    pub(crate) refunds: bool,
    pub(crate) payment_intent: bool,
    pub(crate) default_payment_method: bool,
    pub(crate) invoice: bool,
    pub(crate) subscription: bool,
}

/// `"object":"list"` around child objects.
pub(crate) fn list(
    pen: &mut Pen<'_>,
    url: impl FnOnce(&mut Pen<'_>),
    has_more: bool,
    data: impl FnOnce(&mut Pen<'_>),
) {
    put!(pen; r#"{"object":"list","data":["#);
    data(pen);
    put!(pen; r#"],"has_more":"#, has_more, r#","url":""#);
    url(pen);
    put!(pen; r#""}"#);
}

/// The identifier of an object that may not be there, quoted, or null.
pub(crate) fn reference(account: &Account, kind: Kind, serial: u32) -> Option<Id> {
    if serial == NONE {
        None
    } else {
        account.id_of(kind, serial)
    }
}

/// `{key: value, …}`.
pub(crate) fn metadata(pen: &mut Pen<'_>, entries: &[(Box<str>, Box<str>)]) {
    put!(pen; "{");
    pen.each(entries, |pen, (key, value)| {
        pen.text(key);
        put!(pen; ":");
        pen.text(value);
    });
    put!(pen; "}");
}

/// A postal address as Stripe writes it.
pub(crate) fn address(pen: &mut Pen<'_>, place: &Place) {
    put!(pen; r#"{"city":""#, place.city, r#"","country":""#, place.country);
    put!(pen; r#"","line1":""#, place.line1, r#"","line2":null,"postal_code":""#);
    put!(pen; place.postal_code, r#"","state":"#);
    match place.state {
        Some(state) => put_quoted(pen, state),
        None => put!(pen; "null"),
    }
    put!(pen; "}");
}

pub(crate) fn put_quoted(pen: &mut Pen<'_>, plain: &str) {
    put!(pen; "\"", plain, "\"");
}

/// A plain string, quoted, or null.
pub(crate) fn optional(pen: &mut Pen<'_>, text: Option<&str>) {
    match text {
        Some(text) => pen.text(text),
        None => pen.raw("null"),
    }
}

/// Hundredths of a minor unit as Stripe's decimal string, quoted.
pub(crate) fn decimal(pen: &mut Pen<'_>, hundredths: i64) {
    put!(pen; "\"", hundredths / 100);
    let rest = hundredths % 100;
    if rest != 0 {
        put!(pen; ".", rest / 10);
        if rest % 10 != 0 {
            put!(pen; rest % 10);
        }
    }
    put!(pen; "\"");
}

/// A percentage from its thousandths, as a JSON number.
pub(crate) fn percentage(pen: &mut Pen<'_>, thousandths: i64) {
    put!(pen; thousandths / 1000);
    let rest = thousandths % 1000;
    if rest != 0 {
        let digits = format!(".{rest:03}");
        pen.raw(digits.trim_end_matches('0'));
    }
}

/// One discount's share of an amount, in an array.
pub(crate) fn discount_amounts(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    amount: i64,
    typed: bool,
) {
    put!(pen; "[");
    if serial != NONE && amount != 0 {
        put!(pen; r#"{"amount":"#, amount, r#","discount":"#);
        put!(pen; reference(account, Kind::Discount, serial));
        if typed {
            put!(pen; r#","type":"discount""#);
        }
        put!(pen; "}");
    }
    put!(pen; "]");
}

/// What is taken off before tax: a discount, and the movements of credits behind line numbers.
pub(crate) fn pretax_amounts(
    pen: &mut Pen<'_>,
    account: &Account,
    discount: u32,
    amount: i64,
    credits: &[(u32, u32)],
) {
    if credits.is_empty() {
        discount_amounts(pen, account, discount, amount, true);
        return;
    }
    put!(pen; "[");
    if discount != NONE && amount != 0 {
        put!(pen; r#"{"amount":"#, amount, r#","discount":"#);
        put!(pen; reference(account, Kind::Discount, discount), r#","type":"discount"},"#);
    }
    pen.each(credits, |pen, (_, entry)| {
        let taken = account.offers.credit_entries[*entry as usize].amount;
        put!(pen; r#"{"amount":"#, taken, r#","credit_balance_transaction":"#);
        put!(pen; reference(account, Kind::CreditEntry, *entry));
        put!(pen; r#","type":"credit_balance_transaction"}"#);
    });
    put!(pen; "]");
}

/// One tax's share, in an array.
pub(crate) fn taxes(
    pen: &mut Pen<'_>,
    account: &Account,
    rate: Option<u8>,
    amount: i64,
    taxable: i64,
) {
    put!(pen; "[");
    if let Some(rate) = rate {
        let serial = u32::from(rate);
        let inclusive = account.catalogue.tax_rates[usize::from(rate)].inclusive;
        let behaviour = if inclusive { "inclusive" } else { "exclusive" };
        put!(pen; r#"{"amount":"#, amount, r#","tax_behavior":""#, behaviour);
        put!(pen; r#"","tax_rate_details":{"tax_rate":"#,
            reference(account, Kind::TaxRate, serial));
        put!(pen; r#"},"taxability_reason":"standard_rated","taxable_amount":"#, taxable);
        put!(pen; r#","type":"tax_rate_details"}"#);
    }
    put!(pen; "]");
}

/// An array of the one tax rate, in full.
pub(crate) fn tax_rates(pen: &mut Pen<'_>, account: &Account, rate: Option<u8>) {
    put!(pen; "[");
    if let Some(rate) = rate {
        pen.out
            .extend_from_slice(&account.catalogue.tax_rates[usize::from(rate)].rendered);
    }
    put!(pen; "]");
}

/// The time of the last change that a moment stands for, or null.
pub(crate) fn moment(pen: &mut Pen<'_>, when: When) {
    when.put(pen);
}

/// `/v1/…/{id}/…` of an object.
pub(crate) fn child_url(
    account: &Account,
    kind: Kind,
    serial: u32,
    before: &'static str,
    after: &'static str,
) -> impl FnOnce(&mut Pen<'_>) {
    let id = reference(account, kind, serial);
    move |pen| {
        pen.raw(before);
        if let Some(id) = id {
            Bare(id).put(pen);
        }
        pen.raw(after);
    }
}
