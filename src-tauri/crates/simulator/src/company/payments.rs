//! Attempts to collect: payment intents, charges, declines and retries.

use crate::account::Account;
use crate::cards::{DEBIT_DECLINES, DECLINES};
use crate::company::billing::{self, Payment};
use crate::company::life::Todo;
use crate::company::refunds;
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;
use crate::random::Random;

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

/// One attempt with the customer's card that fails for certain.
pub(crate) fn attempt_in_vain(account: &mut Account, serial: u32, at: u32) {
    collect(account, serial, at, 1_000);
}

/// One attempt with the customer's card.
pub(crate) fn attempt(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial);
    let trouble = match invoice.reason {
        BillingReason::Create => 0,
        _ => account.lives[invoice.customer as usize].trouble,
    };
    collect(account, serial, at, trouble);
}

/// One attempt that fails `trouble` times in a thousand.
fn collect(account: &mut Account, serial: u32, at: u32, trouble: u64) {
    let invoice = account.invoice(serial);
    let is_open = invoice.status == InvoiceStatus::Open && !account.is_processing(serial);
    if !is_open || invoice.intent == NONE {
        return;
    }
    let (customer, amount, intent) = (invoice.customer, invoice.remaining(), invoice.intent);
    let currency = invoice.currency;
    let method = account.customer(customer).default_method;
    if some(method).is_some_and(|it| account.methods[it as usize].debit) {
        debit(account, serial, at, method);
        return;
    }
    let life = &mut account.lives[customer as usize];
    let failed = life.random.chance(trouble);
    let weights: Vec<u64> = DECLINES.iter().map(|decline| decline.weight).collect();
    let decline = life.random.weighted(&weights) as u8;
    let decline = (failed || method == NONE).then_some(decline);
    if method != NONE {
        let charge = account.add_charge(Charge {
            created: at,
            customer,
            intent,
            amount,
            refunded: 0,
            currency,
            decline,
            party: 0,
            method,
            exp_year: 0,
            disputed: false,
            pending: false,
            entry: NONE,
            prev_of_customer: NONE,
            prev_of_intent: NONE,
        });
        let kind = if decline.is_none() {
            EventKind::ChargeSucceeded
        } else {
            EventKind::ChargeFailed
        };
        if decline.is_none() {
            refunds::charged(account, charge, at);
        }
        account.happened(at, kind, charge);
    }
    match decline {
        None => succeeded(account, serial, at, Payment::Attempt(amount)),
        Some(decline) => failed_attempt(account, serial, at, decline, 1),
    }
}

/// A debit sets out: its money is there in some days, or it is not.
fn debit(account: &mut Account, serial: u32, at: u32, method: u32) {
    let invoice = account.invoice(serial);
    let (customer, intent) = (invoice.customer, invoice.intent);
    let charge = account.add_charge(Charge {
        created: at,
        customer,
        intent,
        amount: invoice.remaining(),
        refunded: 0,
        currency: invoice.currency,
        decline: None,
        party: 0,
        method,
        disputed: false,
        pending: true,
        entry: NONE,
        exp_year: 0,
        prev_of_customer: NONE,
        prev_of_intent: NONE,
    });
    account.happened(at, EventKind::ChargePending, charge);
    let amount = account.charges[charge as usize].amount;
    let it = &mut account.intents[intent as usize];
    it.status = IntentStatus::Processing;
    it.amount = amount;
    it.method = method;
    account.happened(at, EventKind::IntentProcessing, intent);
    let held = account.held(at, Kind::Invoice, serial);
    let it = &mut account.invoices[serial as usize];
    it.attempts += 1;
    it.next_attempt = When::NEVER;
    account.changed(EventKind::InvoiceUpdated, held);
    account.lives[customer as usize].plan(at + 4 * DAY, Todo::Clear(serial));
}

/// The debit's money is there, or the bank sent it back.
pub(crate) fn clear(account: &mut Account, serial: u32, at: u32) {
    if !account.is_processing(serial) {
        return;
    }
    let intent = account.invoice(serial).intent;
    let charge = account.intents[intent as usize].last_charge;
    let mut random = Random::new(account.seed ^ 0xDEB1, u64::from(charge));
    let failed = random.chance(90);
    let decline = DEBIT_DECLINES[random.below(2) as usize];
    account.charges[charge as usize].pending = false;
    if failed {
        account.charges[charge as usize].decline = Some(decline);
        account.happened(at, EventKind::ChargeFailed, charge);
        account.intents[intent as usize].status = IntentStatus::RequiresPaymentMethod;
        failed_attempt(account, serial, at, decline, 0);
    } else {
        let amount = account.charges[charge as usize].amount;
        refunds::charged(account, charge, at);
        account.happened(at, EventKind::ChargeSucceeded, charge);
        succeeded(account, serial, at, Payment::Cleared(amount));
    }
}

/// The money is there.
fn succeeded(account: &mut Account, serial: u32, at: u32, how: Payment) {
    let amount = how.amount();
    let invoice = account.invoice(serial);
    let (intent, payment) = (invoice.intent, invoice.payment);
    let charged = account.intents[intent as usize].last_charge;
    let method = account.charges[charged as usize].method;
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
    billing::paid(account, serial, at, how);
}

/// The attempt failed; `counted` is 0 where it was counted when it began.
fn failed_attempt(account: &mut Account, serial: u32, at: u32, decline: u8, counted: u8) {
    let invoice = account.invoice(serial);
    let (customer, subscription) = (invoice.customer, invoice.subscription);
    let (intent, attempts) = (invoice.intent, usize::from(invoice.attempts + counted));
    account.intents[intent as usize].amount = account.invoice(serial).remaining();
    account.happened(at, EventKind::IntentFailed, intent);
    let next = RETRY_DAYS.get(attempts - 1).map(|days| at + days * DAY);
    let next = next.filter(|_| !DECLINES[usize::from(decline)].is_final);
    let held = account.held(at, Kind::Invoice, serial);
    let it = &mut account.invoices[serial as usize];
    it.attempts += counted;
    it.next_attempt = next.map_or(When::NEVER, When::at);
    account.changed(EventKind::InvoiceUpdated, held);
    account.happened(at, EventKind::InvoicePaymentFailed, serial);
    if let Some(owner) = some(subscription)
        && account.subscription(owner).status == SubscriptionStatus::Active
    {
        let held = account.held(at, Kind::Subscription, owner);
        account.subscriptions[owner as usize].status = SubscriptionStatus::PastDue;
        account.changed(EventKind::SubscriptionUpdated, held);
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
    if invoice.status != InvoiceStatus::Open || account.is_processing(serial) {
        return;
    }
    let (customer, amount, currency) = (invoice.customer, invoice.remaining(), invoice.currency);
    let has_card = account.customer(customer).default_method != NONE;
    if has_card && account.lives[customer as usize].random.chance(450) {
        collect(account, serial, at, 0);
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
    billing::paid(account, serial, at, Payment::Outside(amount));
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
    let is_euro = account.customer(customer).currency == Currency::Eur;
    let stream = u64::from(customer) << 32 | u64::from(at);
    let debit = is_euro && Random::new(account.seed ^ 0x5E9A, stream).chance(250);
    let method = account.add_method(PaymentMethod {
        created: at,
        customer,
        brand,
        last4,
        exp_month,
        exp_year,
        party: 0,
        detached: false,
        debit,
        prev_of_customer: NONE,
    });
    account.happened(at, EventKind::MethodAttached, method);
    let held = account.held(at, Kind::Customer, customer);
    let it = &mut account.customers[customer as usize];
    let is_first = it.default_method == NONE;
    it.default_method = method;
    account.changed(EventKind::CustomerUpdated, held);
    if !is_first {
        let life = &mut account.lives[customer as usize];
        life.trouble = life.trouble.min(20);
    }
}

/// The payment method no longer belongs to its customer, nor is it anybody's default.
pub(crate) fn detach(account: &mut Account, method: u32, at: u32) {
    let customer = account.methods[method as usize].customer;
    if account.methods[method as usize].detached {
        return;
    }
    let held = account.held(at, Kind::PaymentMethod, method);
    account.methods[method as usize].detached = true;
    account.changed(EventKind::MethodDetached, held);
    let held = account.held(at, Kind::Customer, customer);
    let owner = &mut account.customers[customer as usize];
    if owner.default_method == method {
        owner.default_method = NONE;
    }
    account.changed(EventKind::CustomerUpdated, held);
    let first = account.customer(customer).last_subscription;
    let subscriptions = account.chain(first, |account, serial| {
        account.subscription(serial).prev_of_customer
    });
    for serial in subscriptions {
        if account.subscription(serial).default_method == method {
            let held = account.held(at, Kind::Subscription, serial);
            account.subscriptions[serial as usize].default_method = NONE;
            account.changed(EventKind::SubscriptionUpdated, held);
        }
    }
}
