//! Credit notes and their lines.

use super::customer::{document_url, prefix, reference_or_whole};
use super::{Expand, child_url, discount_amounts, list, put_quoted, reference};
use super::{tax_rates, taxes};
use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Id, Pen, Text, put};
use crate::model::*;

const REASONS: [&str; 4] = [
    r#""duplicate""#,
    r#""order_change""#,
    r#""product_unsatisfactory""#,
    "null",
];

pub(crate) fn credit_note(pen: &mut Pen<'_>, account: &Account, serial: u32, expand: &Expand) {
    let note = &account.credit_notes[serial as usize];
    let invoice = account.invoice(note.invoice);
    let id = Id(Kind::CreditNote, note.created, serial);
    put!(pen; r#"{"id":"#, id, r#","object":"credit_note","amount":"#, note.total);
    put!(pen; r#","amount_shipping":0,"created":"#, note.created, r#","currency":""#);
    put!(pen; note.currency.code(), r#"","customer":"#);
    reference_or_whole(pen, account, note.customer, expand);
    put!(pen; r#","customer_account":null,"customer_balance_transaction":"#);
    put!(pen; reference(account, Kind::BalanceTransaction, note.balance_transaction));
    put!(pen; r#","discount_amount":"#, note.discount, r#","discount_amounts":"#);
    discount_amounts(pen, account, invoice.discount, note.discount, false);
    put!(pen; r#","effective_at":"#, note.created, r#","invoice":"#);
    if expand.invoice {
        super::invoice::invoice(pen, account, note.invoice, invoice, &Expand::default());
    } else {
        put!(pen; Id(Kind::Invoice, invoice.created, note.invoice));
    }
    put!(pen; r#","lines":"#);
    let url = child_url(
        account,
        Kind::CreditNote,
        serial,
        "/v1/credit_notes/",
        "/lines",
    );
    let shown = pen.embedded.min(note.line_count as usize) as u32;
    list(pen, url, note.line_count > shown, |pen| {
        pen.each(0..shown, |pen, place| {
            line(pen, account, note, place);
        });
    });
    put!(pen; r#","livemode":"#, account.livemode, r#","memo":null,"metadata":{},"number":""#);
    prefix(pen, account, note.customer);
    put!(pen; "-", format!("{:04}", invoice.number).as_str(), "-CN-");
    put!(pen; format!("{:02}", note.number).as_str(), r#"","out_of_band_amount":"#);
    put!(pen; (note.out_of_band > 0).then_some(note.out_of_band), r#","pdf":"#);
    document_url(
        pen,
        account,
        "https://pay.stripe.com/credit_notes/",
        Some(id),
    );
    put!(pen; r#"/pdf?s=ap","post_payment_amount":"#, note.total - note.pre_payment);
    sums(pen, account, note, invoice);
}

/// From `pre_payment_amount` on.
fn sums(pen: &mut Pen<'_>, account: &Account, note: &CreditNote, invoice: &Invoice) {
    put!(pen; r#","pre_payment_amount":"#, note.pre_payment, r#","pretax_credit_amounts":"#);
    discount_amounts(pen, account, invoice.discount, note.discount, true);
    put!(pen; r#","reason":"#, REASONS[usize::from(note.reason) % REASONS.len()]);
    put!(pen; r#","refunds":["#);
    if note.refunded > 0 {
        put!(pen; r#"{"amount_refunded":"#, note.refunded, r#","payment_record_refund":null,"#);
        put!(pen; r#""refund":"#, reference(account, Kind::Refund, note.refund));
        put!(pen; r#","type":"refund"}"#);
    }
    let inclusive = invoice
        .tax_rate
        .is_some_and(|rate| account.catalogue.tax_rates[usize::from(rate)].inclusive);
    let inside = if inclusive { note.tax } else { 0 };
    let excluding = note.subtotal - note.discount - inside;
    put!(pen; r#"],"shipping_cost":null,"status":"#);
    put_quoted(
        pen,
        if note.voided_at.is_some() {
            "void"
        } else {
            "issued"
        },
    );
    put!(pen; r#","subtotal":"#, note.subtotal, r#","subtotal_excluding_tax":"#);
    put!(pen; note.subtotal - inside, r#","total":"#, note.total, r#","total_excluding_tax":"#);
    put!(pen; excluding, r#","total_taxes":"#);
    taxes(pen, account, invoice.tax_rate, note.tax, excluding);
    let kind = match (note.pre_payment, note.total - note.pre_payment) {
        (_, 0) => "pre_payment",
        (0, _) => "post_payment",
        _ => "mixed",
    };
    put!(pen; r#","type":""#, kind, r#"","voided_at":"#, note.voided_at, "}");
}

/// Line number `place` of `note`.
pub(crate) fn line(pen: &mut Pen<'_>, account: &Account, note: &CreditNote, place: u32) {
    let line = &account.credit_note_lines[(note.lines + place) as usize];
    let invoice = account.invoice(note.invoice);
    let credited = &account.lines[line.line as usize];
    let price = &account.catalogue.prices[usize::from(credited.price)];
    let product = account.catalogue.products[price.product as usize].name;
    put!(pen; r#"{"id":"#, Id(Kind::CreditNoteLine, note.created, note.lines + place));
    put!(pen; r#","object":"credit_note_line_item","amount":"#, line.amount);
    put!(pen; r#","description":"#, Text(product), r#","discount_amount":"#, line.discount);
    put!(pen; r#","discount_amounts":"#);
    discount_amounts(pen, account, invoice.discount, line.discount, false);
    put!(pen; r#","invoice_line_item":"#, Id(Kind::InvoiceLine, invoice.created, line.line));
    put!(pen; r#","livemode":"#, account.livemode);
    put!(pen; r#","metadata":{},"pretax_credit_amounts":"#);
    discount_amounts(pen, account, invoice.discount, line.discount, true);
    put!(pen; r#","quantity":"#, line.quantity, r#","tax_rates":"#);
    tax_rates(pen, account, invoice.tax_rate);
    put!(pen; r#","taxes":"#);
    taxes(pen, account, invoice.tax_rate, line.tax, line.taxable);
    put!(pen; r#","type":"invoice_line_item","unit_amount":null,"unit_amount_decimal":null}"#);
}
