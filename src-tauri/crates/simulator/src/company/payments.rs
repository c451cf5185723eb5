//! Attempts to collect: payment intents, charges, declines and retries.

use crate::account::Account;
use crate::cards::DECLINES;
use crate::company::billing;
use crate::company::life::Todo;
use crate::events::EventKind;
use crate::model::*;

const DAY: u32 = 86_400;

/// Days until the next attempt after the first, second and third failure.
const RETRY_DAYS: [u32; 3] = [3, 5, 7];

/// The payment that a finalized invoice waits for.
pub(crate) fn expect(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial);
    let (customer, amount, currency) = (invoice.customer, invoice.amount_due, invoice.currency);
    let method = account.customer(customer).default_method;
    let intent = account.add_intent(PaymentIntent {
        created: at,
        customer,
        invoice: serial,
        amount,
        received: 0,
        currency,
        status: IntentStatus::RequiresPaymentMethod,
        canceled_at: When::NEVER,
        method,
        last_charge: NONE,
        prev_of_customer: NONE,
    });
    account.happened(at, EventKind::IntentCreated, intent);
    account.add_invoice_payment(InvoicePayment {
        created: at,
        invoice: serial,
        requested: amount,
        paid: 0,
        currency,
        status: PaymentStatus::Open,
        paid_at: When::NEVER,
        canceled_at: When::NEVER,
        intent,
        prev_of_invoice: NONE,
    });
}

/// One attempt with the customer's card.
pub(crate) fn attempt(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial);
    if invoice.status != InvoiceStatus::Open || invoice.intent == NONE {
        return;
    }
    let (customer, amount, intent) = (invoice.customer, invoice.remaining(), invoice.intent);
    let first = invoice.reason == BillingReason::Create;
    let currency = invoice.currency;
    let method = account.customer(customer).default_method;
    let life = &mut account.lives[customer as usize];
    let trouble = if first { 0 } else { life.trouble };
    let failed = life.random.chance(trouble);
    let weights: Vec<u64> = DECLINES.iter().map(|decline| decline.weight).collect();
    let decline = life.random.weighted(&weights) as u8;
    let decline = (failed || method == NONE).then_some(decline);
    account.invoices[serial as usize].attempts += 1;
    if method != NONE {
        let charge = account.add_charge(Charge {
            created: at,
            customer,
            intent,
            amount,
            refunded: 0,
            currency,
            decline,
            method,
            prev_of_customer: NONE,
            prev_of_intent: NONE,
        });
        let kind = if decline.is_none() {
            EventKind::ChargeSucceeded
        } else {
            EventKind::ChargeFailed
        };
        account.happened(at, kind, charge);
    }
    match decline {
        None => succeeded(account, serial, at, amount),
        Some(decline) => failed_attempt(account, serial, at, decline),
    }
}

/// The money is there.
fn succeeded(account: &mut Account, serial: u32, at: u32, amount: i64) {
    let invoice = account.invoice(serial);
    let (intent, payment) = (invoice.intent, invoice.payment);
    let method = account.customer(invoice.customer).default_method;
    let it = &mut account.intents[intent as usize];
    it.status = IntentStatus::Succeeded;
    it.amount = amount;
    it.received = amount;
    it.method = method;
    account.happened(at, EventKind::IntentSucceeded, intent);
    let it = &mut account.invoice_payments[payment as usize];
    it.status = PaymentStatus::Paid;
    it.requested = amount;
    it.paid = amount;
    it.paid_at = When::at(at);
    account.happened(at, EventKind::InvoicePaymentPaid, payment);
    billing::paid(account, serial, at, amount, false);
}

fn failed_attempt(account: &mut Account, serial: u32, at: u32, decline: u8) {
    let invoice = account.invoice(serial);
    let (customer, subscription) = (invoice.customer, invoice.subscription);
    let (intent, attempts) = (invoice.intent, usize::from(invoice.attempts));
    account.happened(at, EventKind::IntentFailed, intent);
    let next = RETRY_DAYS.get(attempts - 1).map(|days| at + days * DAY);
    let next = next.filter(|_| !DECLINES[usize::from(decline)].is_final);
    account.invoices[serial as usize].next_attempt = next.map_or(When::NEVER, When::at);
    account.happened(at, EventKind::InvoicePaymentFailed, serial);
    if let Some(owner) = some(subscription) {
        let it = &mut account.subscriptions[owner as usize];
        if it.status == SubscriptionStatus::Active {
            it.status = SubscriptionStatus::PastDue;
            let previous = Some(r#"{"status":"active"}"#.to_owned());
            account.happened_with(at, EventKind::SubscriptionUpdated, owner, previous);
        }
    }
    billing::judge(account, customer, at);
    let life = &mut account.lives[customer as usize];
    match next {
        Some(next) => {
            life.plan(next, Todo::Attempt(serial));
            if life.random.chance(450) {
                life.plan(next - DAY, Todo::NewCard);
            }
        }
        None => {
            let end = at + 7 * DAY;
            match life.random.below(100) {
                0..55 => life.plan(end, Todo::GiveUp(serial)),
                55..65 => life.plan(end, Todo::Unpaid(serial)),
                65..75 => life.plan(end, Todo::Void(serial)),
                _ => {}
            }
        }
    }
}

/// Money that came outside Stripe, or through the page that an e-mail linked to.
pub(crate) fn by_hand(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial);
    if invoice.status != InvoiceStatus::Open {
        return;
    }
    let (customer, amount, currency) = (invoice.customer, invoice.remaining(), invoice.currency);
    let has_card = account.customer(customer).default_method != NONE;
    if has_card && account.lives[customer as usize].random.chance(450) {
        let trouble = std::mem::take(&mut account.lives[customer as usize].trouble);
        attempt(account, serial, at);
        account.lives[customer as usize].trouble = trouble;
        return;
    }
    cancel(account, serial, at);
    let payment = account.add_invoice_payment(InvoicePayment {
        created: at,
        invoice: serial,
        requested: amount,
        paid: amount,
        currency,
        status: PaymentStatus::Paid,
        paid_at: When::at(at),
        canceled_at: When::NEVER,
        intent: NONE,
        prev_of_invoice: NONE,
    });
    account.happened(at, EventKind::InvoicePaymentPaid, payment);
    billing::paid(account, serial, at, amount, true);
}

/// Nothing more is expected through Stripe.
pub(crate) fn cancel(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial);
    let (intent, payment) = (invoice.intent, invoice.payment);
    if let Some(place) = some(payment) {
        let it = &mut account.invoice_payments[place as usize];
        if it.status == PaymentStatus::Open {
            it.status = PaymentStatus::Canceled;
            it.canceled_at = When::at(at);
        }
    }
    if let Some(place) = some(intent) {
        let it = &mut account.intents[place as usize];
        if it.status == IntentStatus::RequiresPaymentMethod {
            it.status = IntentStatus::Canceled;
            it.canceled_at = When::at(at);
            account.happened(at, EventKind::IntentCanceled, place);
        }
    }
}

/// A card for the customer, which becomes its default.
pub(crate) fn new_card(account: &mut Account, customer: u32, at: u32) {
    let random = &mut account.lives[customer as usize].random;
    let brand = random.weighted(&[60, 28, 9, 3]) as u8;
    let last4 = random.below(10_000) as u16;
    let exp_month = random.between(1, 12) as u8;
    let (year, _, _) = crate::calendar::date(at);
    let exp_year = (year + 1 + random.below(4) as u32) as u16;
    let method = account.add_method(PaymentMethod {
        created: at,
        customer,
        brand,
        last4,
        exp_month,
        exp_year,
        prev_of_customer: NONE,
    });
    account.happened(at, EventKind::MethodAttached, method);
    let is_first = account.customer(customer).default_method == NONE;
    account.customers[customer as usize].default_method = method;
    if !is_first {
        let life = &mut account.lives[customer as usize];
        life.trouble = life.trouble.min(20);
        let previous = Some(r#"{"invoice_settings":{"default_payment_method":null}}"#.to_owned());
        account.happened_with(at, EventKind::CustomerUpdated, customer, previous);
    }
}
