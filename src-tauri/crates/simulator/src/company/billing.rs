//! Invoices: their lines, sums by Stripe's order, finalization, and how they end.

use crate::account::Account;
use crate::company::life::Todo;
use crate::company::metered;
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;
use crate::render::invoice::is_discountable;

/// How long Stripe keeps a renewal's invoice as a draft.
pub(crate) const DRAFT_SECONDS: u32 = 3_600;

/// How long after its finalization an invoice that was sent is due.
pub(crate) const DUE_SECONDS: u32 = 30 * 86_400;

/// What an invoice is made from.
#[derive(Debug)]
pub(crate) struct Bill {
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    pub(crate) at: u32,
    pub(crate) reason: BillingReason,
    pub(crate) send_invoice: bool,
    pub(crate) period: (u32, u32),
    pub(crate) lines: Vec<Line>,
    /// The invoice items of the first lines.
    pub(crate) items: Vec<u32>,
    pub(crate) discount: u32,
    pub(crate) tax_rate: Option<u8>,
}

/// The part `part` of `whole` that is `amount`'s share of time or money, rounded once.
pub(crate) fn share(currency: Currency, amount: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    currency.round(i128::from(amount) * i128::from(part), i128::from(whole))
}

/// Writes discounts and taxes on the lines.
fn complete(
    account: &Account,
    lines: &mut [Line],
    bill_discount: u32,
    rate: Option<u8>,
    c: Currency,
) {
    if let Some(discount) = some(bill_discount) {
        let discount = &account.discounts[discount as usize];
        let coupon = &account.catalogue.coupons[usize::from(discount.coupon)];
        apply_coupon(&account.catalogue.prices, coupon, discount.item, lines, c);
    }
    let rate = rate.map(|rate| &account.catalogue.tax_rates[usize::from(rate)]);
    for line in lines {
        metered::tax(line, rate, line.amount - line.discount, c);
    }
}

fn apply_coupon(
    prices: &[Price],
    coupon: &Coupon,
    item: u32,
    lines: &mut [Line],
    currency: Currency,
) {
    let counts = |line: &Line| {
        let is_its_own = item == NONE || (line.item == item && line.kind != LineKind::Extra);
        let product = prices[usize::from(line.price)].product;
        is_its_own && coupon.holds_for(product) && is_discountable(line.kind) && line.amount > 0
    };
    let base: i64 = lines
        .iter()
        .filter(|it| counts(it))
        .map(|it| it.amount)
        .sum();
    if coupon.percent_hundredths > 0 {
        for line in lines.iter_mut().filter(|it| counts(it)) {
            line.discount = share(currency, line.amount, coupon.percent_hundredths, 10_000);
        }
        return;
    }
    let off = coupon.amount_in(currency).unwrap_or(0).min(base);
    let mut left = off;
    let last = lines.iter().rposition(counts);
    for (place, line) in lines.iter_mut().enumerate() {
        if !counts(line) {
            continue;
        }
        let part = share(currency, off, line.amount, base).min(left);
        line.discount = if Some(place) == last { left } else { part };
        left -= line.discount;
    }
}

/// Makes a draft invoice and says so.
pub(crate) fn draft(account: &mut Account, mut bill: Bill) -> u32 {
    let currency = account.customer(bill.customer).currency;
    complete(
        account,
        &mut bill.lines,
        bill.discount,
        bill.tax_rate,
        currency,
    );
    let inclusive = bill
        .tax_rate
        .is_some_and(|it| account.catalogue.tax_rates[usize::from(it)].inclusive);
    let mut invoice = Invoice::draft(bill.at, bill.customer, bill.subscription, currency);
    invoice.reason = bill.reason;
    invoice.send_invoice = bill.send_invoice;
    let by_hand = bill.reason == BillingReason::Manual;
    invoice.auto_advance = !by_hand;
    (invoice.period_start, invoice.period_end) = bill.period;
    if !by_hand {
        invoice.finalizes_at = When::at(bill.at + DRAFT_SECONDS);
    }
    invoice.tax_rate = bill.tax_rate;
    invoice.discount = bill.discount;
    invoice.subtotal = bill.lines.iter().map(|line| line.amount).sum();
    invoice.discounted = bill.lines.iter().map(|line| line.discount).sum();
    invoice.tax = bill.lines.iter().map(|line| line.tax).sum();
    let outside = if inclusive { 0 } else { invoice.tax };
    invoice.total = invoice.subtotal - invoice.discounted + outside;
    invoice.amount_due = invoice.total.max(0);
    let serial = account.add_invoice(invoice, &bill.lines);
    let first = account.invoice(serial).lines;
    for (line, item) in (first..).zip(bill.items) {
        account.offers.items_of_lines.insert(line, item);
        account.offers.invoice_items[item as usize].invoice = serial;
    }
    account.happened(bill.at, EventKind::InvoiceCreated, serial);
    serial
}

/// Gives the invoice its number, applies the customer's balance and asks for the money.
pub(crate) fn finalize(account: &mut Account, serial: u32, at: u32) {
    let place = serial as usize;
    let held = account.held(at, Kind::Invoice, serial);
    metered::apply_credits(account, serial, at);
    let customer = account.invoices[place].customer;
    let owner = &mut account.customers[customer as usize];
    owner.numbered += 1;
    let (number, starting) = (owner.numbered, owner.balance);
    let invoice = &mut account.invoices[place];
    let net = invoice.total + starting;
    let small = net > 0 && net < invoice.currency.minimum();
    invoice.number = number;
    invoice.status = InvoiceStatus::Open;
    invoice.finalizes_at = When::NEVER;
    invoice.finalized_at = When::at(at);
    invoice.starting_balance = starting;
    (invoice.amount_due, invoice.ending_balance) = if net > 0 && !small {
        (net, 0)
    } else {
        (0, net)
    };
    let change = invoice.ending_balance - starting;
    if invoice.send_invoice {
        invoice.due = When::at(at + DUE_SECONDS);
    }
    if change != 0 {
        let reason = if small {
            BalanceReason::InvoiceTooSmall
        } else {
            BalanceReason::AppliedToInvoice
        };
        move_balance(account, customer, change, reason, at, serial, NONE);
    }
    account.changed(EventKind::InvoiceUpdated, held);
    account.happened(at, EventKind::InvoiceFinalized, serial);
    let invoice = &account.invoices[place];
    let (due, sent, due_at) = (invoice.amount_due, invoice.send_invoice, invoice.due);
    if due == 0 {
        paid(account, serial, at, Payment::Nothing);
        return;
    }
    super::payments::expect(account, serial, at);
    if sent {
        account.happened(at, EventKind::InvoiceSent, serial);
        super::life::plan_sent(account, serial, at, due_at.get().unwrap_or(at));
    } else {
        account.lives[customer as usize].plan(at, Todo::Attempt(serial));
    }
}

/// Changes the customer's balance, and says so.
pub(crate) fn move_balance(
    account: &mut Account,
    customer: u32,
    amount: i64,
    reason: BalanceReason,
    at: u32,
    invoice: u32,
    credit_note: u32,
) -> u32 {
    let held = account.held(at, Kind::Customer, customer);
    let serial = account.add_balance_transaction(BalanceTransaction {
        created: at,
        customer,
        amount,
        ending: 0,
        reason,
        invoice,
        credit_note,
        prev_of_customer: NONE,
    });
    account.changed(EventKind::CustomerUpdated, held);
    serial
}

/// How an invoice comes to be paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Payment {
    /// Nothing is due.
    Nothing,
    /// By an attempt to collect.
    Attempt(i64),
    /// By a debit whose attempt was counted when it set out.
    Cleared(i64),
    /// Outside Stripe.
    Outside(i64),
}

impl Payment {
    /// How much was paid.
    pub(crate) const fn amount(self) -> i64 {
        match self {
            Self::Nothing => 0,
            Self::Attempt(amount) | Self::Cleared(amount) | Self::Outside(amount) => amount,
        }
    }
}

/// The invoice is paid, and what depended on it recovers.
pub(crate) fn paid(account: &mut Account, serial: u32, at: u32, payment: Payment) {
    let held = account.held(at, Kind::Invoice, serial);
    let invoice = &mut account.invoices[serial as usize];
    invoice.status = InvoiceStatus::Paid;
    invoice.paid_at = When::at(at);
    invoice.next_attempt = When::NEVER;
    match payment {
        Payment::Nothing => {}
        Payment::Attempt(_) => invoice.attempts += 1,
        Payment::Outside(_) => invoice.off_stripe = true,
        Payment::Cleared(_) => {}
    }
    invoice.amount_paid += payment.amount();
    let (customer, subscription) = (invoice.customer, invoice.subscription);
    account.changed(EventKind::InvoiceUpdated, held);
    account.happened(at, EventKind::InvoicePaid, serial);
    account.happened(at, EventKind::InvoicePaymentSucceeded, serial);
    if let Some(owner) = some(subscription)
        && account.subscription(owner).status == SubscriptionStatus::PastDue
    {
        let held = account.held(at, Kind::Subscription, owner);
        account.subscriptions[owner as usize].status = SubscriptionStatus::Active;
        account.changed(EventKind::SubscriptionUpdated, held);
    }
    judge(account, customer, at);
    super::life::after_payment(account, serial, at);
}

/// Says whether the customer owes something that it was asked for in vain.
pub(crate) fn judge(account: &mut Account, customer: u32, at: u32) {
    let invoices = account.chain(
        account.customer(customer).last_invoice,
        |account, serial| account.invoice(serial).prev_of_customer,
    );
    let delinquent = invoices.iter().any(|serial| {
        let invoice = account.invoice(*serial);
        invoice.status == InvoiceStatus::Open
            && !account.is_processing(*serial)
            && (invoice.attempts > 0 || invoice.due.by(at))
    });
    let owner = account.customer(customer);
    if owner.delinquent != delinquent && !owner.deleted {
        let held = account.held(at, Kind::Customer, customer);
        account.customers[customer as usize].delinquent = delinquent;
        account.changed(EventKind::CustomerUpdated, held);
    }
}

/// The invoice is given up as a bad debt.
pub(crate) fn write_off(account: &mut Account, serial: u32, at: u32) {
    if account.invoice(serial).status != InvoiceStatus::Open || account.is_processing(serial) {
        return;
    }
    let held = account.held(at, Kind::Invoice, serial);
    let invoice = &mut account.invoices[serial as usize];
    invoice.status = InvoiceStatus::Uncollectible;
    invoice.uncollectible_at = When::at(at);
    invoice.next_attempt = When::NEVER;
    let customer = invoice.customer;
    account.changed(EventKind::InvoiceUpdated, held);
    account.happened(at, EventKind::InvoiceUncollectible, serial);
    judge(account, customer, at);
}

/// The invoice is taken back: nobody owes it, and balance that it used returns.
pub(crate) fn void(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial);
    let open = matches!(
        invoice.status,
        InvoiceStatus::Open | InvoiceStatus::Uncollectible
    );
    if !open || invoice.amount_paid != 0 || account.is_processing(serial) {
        return;
    }
    let held = account.held(at, Kind::Invoice, serial);
    let invoice = &mut account.invoices[serial as usize];
    invoice.status = InvoiceStatus::Void;
    invoice.voided_at = When::at(at);
    invoice.next_attempt = When::NEVER;
    let used = invoice.ending_balance - invoice.starting_balance;
    let customer = invoice.customer;
    if used != 0 {
        let reason = BalanceReason::UnappliedFromInvoice;
        move_balance(account, customer, -used, reason, at, serial, NONE);
    }
    metered::give_back(account, serial, at);
    super::payments::cancel(account, serial, at);
    account.changed(EventKind::InvoiceUpdated, held);
    account.happened(at, EventKind::InvoiceVoided, serial);
    judge(account, customer, at);
}

/// A draft is thrown away: it leaves no trace but its event.
pub(crate) fn delete_draft(account: &mut Account, serial: u32, at: u32) {
    if account.invoice(serial).status == InvoiceStatus::Draft {
        let it = account.invoice(serial);
        let items = &account.offers.items_of_lines;
        let lines = it.lines..it.lines + it.line_count;
        let items: Vec<u32> = lines.filter_map(|line| items.get(&line).copied()).collect();
        super::offers::drop_items(account, items, at);
        account.happened(at, EventKind::InvoiceDeleted, serial);
        account.remove(Kind::Invoice, serial);
    }
}
