//! Invoices, their lines and the payments that belong to them.

use super::catalogue::{discounts, of_whole};
use super::customer::{document_url, prefix, reference_or_whole};
use super::subscription::{collection, subscription};
use super::{
    Expand, address, child_url, discount_amounts, list, pretax_amounts, reference, tax_rates, taxes,
};
use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Id, Pen, Text, put};
use crate::model::*;
use crate::places::PLACES;

const AUTOMATIC_TAX: &str = concat!(
    r#","automatic_tax":{"disabled_reason":null,"enabled":false,"liability":null,"#,
    r#""provider":null,"status":null},"automatically_finalizes_at":"#
);
const PAYMENT_SETTINGS: &str = concat!(
    r#","on_behalf_of":null,"payment_settings":{"default_mandate":null,"#,
    r#""payment_method_options":null,"payment_method_types":null}"#
);
const RENDERING: &str = concat!(
    r#","receipt_number":null,"rendering":{"amount_tax_display":null,"#,
    r#""pdf":{"page_size":"auto"},"template":null,"template_version":null},"#,
    r#""shipping_cost":null,"shipping_details":null,"starting_balance":"#
);

pub(crate) fn invoice(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    invoice: &Invoice,
    expand: &Expand,
) {
    let id = Id(Kind::Invoice, invoice.created, serial);
    put!(pen; r#"{"id":"#, id, r#","object":"invoice","account_country":"US","#);
    put!(pen; r#""account_name":"Northwind Mail","account_tax_ids":null,"amount_due":"#);
    put!(pen; invoice.amount_due, r#","amount_overpaid":0,"amount_paid":"#, invoice.amount_paid);
    let is_attempted = invoice.attempts > 0 || invoice.paid_at.is_some();
    let off_stripe = if invoice.off_stripe {
        invoice.amount_paid
    } else {
        0
    };
    put!(pen; r#","amount_paid_off_stripe":"#, off_stripe, r#","amount_remaining":"#);
    put!(pen; invoice.remaining(), r#","amount_shipping":0,"application":null,"#);
    put!(pen; r#""attempt_count":"#, u32::from(invoice.attempts), r#","attempted":"#);
    put!(pen; is_attempted, r#","auto_advance":"#, invoice.auto_advance, AUTOMATIC_TAX);
    put!(pen; invoice.finalizes_at, r#","billing_reason":""#, invoice.reason.as_str());
    put!(pen; r#"","collection_method":""#, collection(invoice.send_invoice));
    put!(pen; r#"","created":"#, invoice.created, r#","currency":""#, invoice.currency.code());
    put!(pen; r#"","custom_fields":null,"customer":"#);
    reference_or_whole(pen, account, invoice.customer, expand);
    party(pen, account, invoice);
    put!(pen; r#","discounts":"#);
    discounts(pen, account, of_whole(account, invoice.discount), expand);
    put!(pen; r#","due_date":"#, invoice.due, r#","effective_at":"#, invoice.finalized_at);
    put!(pen; r#","ending_balance":"#);
    put!(pen; invoice.finalized_at.is_some().then_some(invoice.ending_balance));
    put!(pen; r#","footer":null,"from_invoice":null,"hosted_invoice_url":"#);
    hosted(pen, account, id, invoice);
    put!(pen; r#","issuer":{"type":"self"},"last_finalization_error":null,"#);
    put!(pen; r#""latest_revision":null,"lines":"#);
    lines(pen, account, serial, invoice, expand);
    rest(pen, account, serial, invoice, expand);
}

/// Who the invoice is for, as it was written down on it.
fn party(pen: &mut Pen<'_>, account: &Account, invoice: &Invoice) {
    let customer = account.customer(invoice.customer);
    let (name, email) = customer.named(invoice.party);
    put!(pen; r#","customer_account":null,"customer_address":"#);
    address(pen, &PLACES[usize::from(customer.place)]);
    put!(pen; r#","customer_email":"#, Text(email), r#","customer_name":"#);
    put!(pen; Text(name), r#","customer_phone":null,"customer_shipping":null,"#);
    put!(pen; r#""customer_tax_exempt":"none","customer_tax_ids":[],"#);
    put!(pen; r#""default_payment_method":null,"default_source":null,"default_tax_rates":"#);
    tax_rates(pen, account, invoice.tax_rate);
    put!(pen; r#","description":null"#);
}

fn hosted(pen: &mut Pen<'_>, account: &Account, id: Id, invoice: &Invoice) {
    if !invoice.finalized_at.is_some() {
        put!(pen; r#"null,"invoice_pdf":null"#);
        return;
    }
    document_url(pen, account, "https://invoice.stripe.com/i/", Some(id));
    put!(pen; r#"?s=ap","invoice_pdf":"#);
    document_url(pen, account, "https://pay.stripe.com/invoice/", Some(id));
    put!(pen; r#"/pdf?s=ap""#);
}

/// From `livemode` on.
fn rest(pen: &mut Pen<'_>, account: &Account, serial: u32, invoice: &Invoice, expand: &Expand) {
    put!(pen; r#","livemode":"#, account.livemode, r#","metadata":{},"next_payment_attempt":"#);
    put!(pen; invoice.next_attempt, r#","number":"#);
    number(pen, account, invoice);
    parent(pen, account, invoice, expand);
    put!(pen; PAYMENT_SETTINGS);
    if expand.payments {
        put!(pen; r#","payments":"#);
        payments(pen, account, serial, invoice, expand);
    }
    put!(pen; r#","period_end":"#, invoice.period_end, r#","period_start":"#);
    put!(pen; invoice.period_start, r#","post_payment_credit_notes_amount":"#);
    put!(pen; invoice.post_payment_credit, r#","pre_payment_credit_notes_amount":"#);
    put!(pen; invoice.pre_payment_credit, RENDERING, invoice.starting_balance);
    put!(pen; r#","statement_descriptor":null,"status":""#, invoice.status.as_str(), "\"");
    if invoice.status == InvoiceStatus::Uncollectible {
        put!(pen; r#","status_details":{"uncollectible":{"reason":"#);
        put!(pen; r#""max_payment_attempts"}}"#);
    }
    put!(pen; r#","status_transitions":{"finalized_at":"#, invoice.finalized_at);
    put!(pen; r#","marked_uncollectible_at":"#, invoice.uncollectible_at, r#","paid_at":"#);
    put!(pen; invoice.paid_at, r#","voided_at":"#, invoice.voided_at, "}");
    sums(pen, account, serial, invoice);
}

/// The sums before and after tax, and their parts.
fn sums(pen: &mut Pen<'_>, account: &Account, serial: u32, invoice: &Invoice) {
    let inclusive = invoice
        .tax_rate
        .is_some_and(|rate| account.catalogue.tax_rates[usize::from(rate)].inclusive);
    let inside = if inclusive { invoice.tax } else { 0 };
    let credits = account.offers.credited.get(&serial);
    let credits = credits.map_or(&[][..], Vec::as_slice);
    let entries = &account.offers.credit_entries;
    let credited: i64 = credits
        .iter()
        .map(|(_, it)| entries[*it as usize].amount)
        .sum();
    let excluding = invoice.subtotal - invoice.discounted - credited - inside;
    put!(pen; r#","subtotal":"#, invoice.subtotal, r#","subtotal_excluding_tax":"#);
    put!(pen; invoice.subtotal - inside, r#","test_clock":null,"total":"#, invoice.total);
    put!(pen; r#","total_discount_amounts":"#);
    discount_amounts(pen, account, invoice.discount, invoice.discounted, false);
    put!(pen; r#","total_excluding_tax":"#, excluding, r#","total_pretax_credit_amounts":"#);
    pretax_amounts(pen, account, invoice.discount, invoice.discounted, credits);
    put!(pen; r#","total_taxes":"#);
    taxes(pen, account, invoice.tax_rate, invoice.tax, excluding);
    let delivered = invoice.created + 2;
    put!(pen; r#","webhooks_delivered_at":"#, delivered, "}");
}

/// The invoice's number, quoted; null while it is a draft.
pub(crate) fn number(pen: &mut Pen<'_>, account: &Account, invoice: &Invoice) {
    if invoice.number == 0 {
        put!(pen; "null");
        return;
    }
    put!(pen; "\"");
    prefix(pen, account, invoice.customer);
    put!(pen; "-");
    let mut rest = [b'0'; 4];
    let mut left = invoice.number;
    for digit in rest.iter_mut().rev() {
        *digit = b'0' + (left % 10) as u8;
        left /= 10;
    }
    if left > 0 {
        put!(pen; invoice.number);
    } else {
        pen.out.extend_from_slice(&rest);
    }
    put!(pen; "\"");
}

fn parent(pen: &mut Pen<'_>, account: &Account, invoice: &Invoice, expand: &Expand) {
    if invoice.subscription == NONE {
        put!(pen; r#","parent":null"#);
        return;
    }
    let owner = account.subscription(invoice.subscription);
    put!(pen; r#","parent":{"quote_details":null,"subscription_details":{"metadata":{},"#);
    put!(pen; r#""subscription":"#);
    if expand.subscription {
        subscription(
            pen,
            account,
            invoice.subscription,
            owner,
            &Expand::default(),
        );
    } else {
        put!(pen; Id(Kind::Subscription, owner.created, invoice.subscription));
    }
    put!(pen; r#"},"type":"subscription_details"}"#);
}

fn lines(pen: &mut Pen<'_>, account: &Account, serial: u32, invoice: &Invoice, expand: &Expand) {
    let url = child_url(account, Kind::Invoice, serial, "/v1/invoices/", "/lines");
    let has_more = invoice.line_count as usize > pen.embedded;
    let shown = account
        .lines_of(invoice)
        .iter()
        .take(pen.embedded)
        .enumerate();
    let of_lines = Expand {
        discounts: expand.line_discounts,
        ..Expand::default()
    };
    list(pen, url, has_more, |pen| {
        pen.each(shown, |pen, (place, line)| {
            self::line(pen, account, serial, invoice, place as u32, line, &of_lines);
        });
    });
}

/// Line number `place` of `invoice`.
pub(crate) fn line(
    pen: &mut Pen<'_>,
    account: &Account,
    serial: u32,
    invoice: &Invoice,
    place: u32,
    line: &Line,
    expand: &Expand,
) {
    let number = invoice.lines + place;
    let price = &account.catalogue.prices[usize::from(line.price)];
    let discountable = is_discountable(line.kind);
    put!(pen; r#"{"id":"#, Id(Kind::InvoiceLine, invoice.created, number));
    put!(pen; r#","object":"line_item","amount":"#, line.amount, r#","currency":""#);
    put!(pen; invoice.currency.code(), r#"","description":""#);
    description(pen, account, line, price);
    put!(pen; r#"","discount_amounts":"#);
    discount_amounts(pen, account, invoice.discount, line.discount, false);
    put!(pen; r#","discountable":"#, discountable, r#","discounts":"#);
    let on_line = if line.discount == 0 {
        NONE
    } else {
        invoice.discount
    };
    discounts(pen, account, on_line, expand);
    put!(pen; r#","invoice":"#, Id(Kind::Invoice, invoice.created, serial));
    put!(pen; r#","livemode":"#, account.livemode, r#","metadata":{},"parent":"#);
    line_parent(pen, account, invoice, number, line);
    put!(pen; r#","period":{"end":"#, line.end, r#","start":"#, line.start);
    put!(pen; r#"},"pretax_credit_amounts":"#);
    let credits = account.offers.credited.get(&serial);
    let credits: Vec<(u32, u32)> = credits.map_or_else(Vec::new, |all| {
        all.iter()
            .copied()
            .filter(|(of, _)| *of == number)
            .collect()
    });
    pretax_amounts(pen, account, invoice.discount, line.discount, &credits);
    put!(pen; r#","pricing":{"price_details":{"price":"#);
    put!(pen; Id(Kind::Price, price.created, u32::from(line.price)), r#","product":"#);
    put!(pen; reference(account, Kind::Product, price.product));
    put!(pen; r#"},"type":"price_details","unit_amount_decimal":"#);
    unit_amount(pen, price, line);
    put!(pen; r#"},"quantity":"#, line.quantity, r#","quantity_decimal":""#, line.quantity);
    put!(pen; r#"","subscription":"#);
    put!(pen; reference(account, Kind::Subscription, invoice.subscription));
    put!(pen; r#","subtotal":"#, line.amount, r#","taxes":"#);
    taxes(pen, account, invoice.tax_rate, line.tax, line.taxable);
    put!(pen; "}");
}

/// Prorations carry their discount inside their amount.
pub(crate) const fn is_discountable(kind: LineKind) -> bool {
    !matches!(kind, LineKind::Unused | LineKind::Remaining)
}

pub(super) fn unit_amount(pen: &mut Pen<'_>, price: &Price, line: &Line) {
    match line.kind {
        LineKind::Trial => put!(pen; r#""0""#),
        LineKind::Period | LineKind::Extra | LineKind::Metered if price.tiers.is_empty() => {
            super::decimal(pen, price.unit_hundredths);
        }
        _ => {
            let quantity = i64::from(line.quantity.max(1));
            let hundredths = line.amount * 100 / quantity;
            if hundredths < 0 {
                put!(pen; "\"", hundredths / 100, "\"");
            } else {
                super::decimal(pen, hundredths);
            }
        }
    }
}

pub(super) fn description(pen: &mut Pen<'_>, account: &Account, line: &Line, price: &Price) {
    let product = account.catalogue.products[price.product as usize].name;
    match line.kind {
        LineKind::Period | LineKind::Metered => {
            put!(pen; line.quantity, " × ", product, " ", price.words.as_str());
        }
        LineKind::Trial => put!(pen; "Trial period for ", product),
        LineKind::Unused => {
            put!(pen; "Unused time on ", line.quantity, " × ", product, " after ");
            day(pen, line.start);
        }
        LineKind::Remaining => {
            put!(pen; "Remaining time on ", line.quantity, " × ", product, " after ");
            day(pen, line.start);
        }
        LineKind::Extra => put!(pen; product),
    }
}

/// "12 Mar 2026", in UTC.
fn day(pen: &mut Pen<'_>, seconds: u32) {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let (year, month, day) = crate::calendar::date(seconds);
    put!(pen; day, " ", MONTHS[(month as usize + 11) % 12], " ", year);
}

fn line_parent(pen: &mut Pen<'_>, account: &Account, invoice: &Invoice, number: u32, line: &Line) {
    let item_id = account
        .offers
        .items_of_lines
        .get(&number)
        .and_then(|item| reference(account, Kind::InvoiceItem, *item));
    let owner = reference(account, Kind::Subscription, invoice.subscription);
    match line.kind {
        LineKind::Extra => {
            put!(pen; r#"{"invoice_item_details":{"invoice_item":"#, item_id);
            put!(pen; r#","proration":false,"proration_details":{"credited_items":null},"#);
            put!(pen; r#""subscription":"#, owner, r#"},"subscription_item_details":null,"#);
            put!(pen; r#""type":"invoice_item_details"}"#);
        }
        LineKind::Period
        | LineKind::Trial
        | LineKind::Unused
        | LineKind::Remaining
        | LineKind::Metered => {
            let is_proration = !is_discountable(line.kind);
            put!(pen; r#"{"invoice_item_details":null,"subscription_item_details":{"#);
            put!(pen; r#""invoice_item":"#, item_id);
            put!(pen; r#","proration":"#, is_proration, r#","proration_details":{"#);
            put!(pen; r#""credited_items":null},"subscription":"#, owner);
            put!(pen; r#","subscription_item":"#);
            put!(pen; Id(Kind::SubscriptionItem, line.item_created, line.item));
            put!(pen; r#"},"type":"subscription_item_details"}"#);
        }
    }
}

fn payments(pen: &mut Pen<'_>, account: &Account, serial: u32, invoice: &Invoice, expand: &Expand) {
    let url = child_url(
        account,
        Kind::Invoice,
        serial,
        "/v1/invoice_payments?invoice=",
        "",
    );
    let serials = account.chain(invoice.payment, |account, serial| {
        account.invoice_payments[serial as usize].prev_of_invoice
    });
    list(pen, url, false, |pen| {
        pen.each(serials, |pen, serial| {
            invoice_payment(pen, account, serial, expand)
        });
    });
}

pub(crate) fn invoice_payment(pen: &mut Pen<'_>, account: &Account, serial: u32, expand: &Expand) {
    let payment = &account.invoice_payments[serial as usize];
    let paid = (payment.status == PaymentStatus::Paid).then_some(payment.paid);
    put!(pen; r#"{"id":"#, Id(Kind::InvoicePayment, payment.created, serial));
    put!(pen; r#","object":"invoice_payment","amount_paid":"#, paid, r#","amount_requested":"#);
    put!(pen; payment.requested, r#","created":"#, payment.created, r#","currency":""#);
    put!(pen; payment.currency.code(), r#"","invoice":"#);
    put!(pen; reference(account, Kind::Invoice, payment.invoice), r#","is_default":"#);
    put!(pen; payment.intent != NONE, ",");
    put!(pen; r#""livemode":"#, account.livemode, r#","payment":{"#);
    if payment.intent == NONE {
        put!(pen; r#""payment_record":"#, Id(Kind::PaymentRecord, payment.created, serial));
        put!(pen; r#","type":"payment_record"}"#);
    } else {
        put!(pen; r#""payment_intent":"#);
        if expand.payment_intent {
            super::payment::intent(
                pen,
                account,
                payment.intent,
                &account.intents[payment.intent as usize],
                &Expand::default(),
            );
        } else {
            put!(pen; reference(account, Kind::PaymentIntent, payment.intent));
        }
        put!(pen; r#","type":"payment_intent"}"#);
    }
    put!(pen; r#","status":""#, payment.status.as_str(), r#"","status_transitions":{"#);
    put!(pen; r#""canceled_at":"#, payment.canceled_at, r#","paid_at":"#, payment.paid_at, "}}");
}
