//! What changes within a period: seats, plans, extras, discounts and the wish to leave.

use crate::account::Account;
use crate::catalogue::product;
use crate::company::billing::{self, Bill, share};
use crate::company::life::{RESTLESS, Todo};
use crate::company::{credits, offers, payments};
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;

/// A line for `item`.
pub(crate) const fn line(
    item: &Item,
    kind: LineKind,
    quantity: u32,
    period: (u32, u32),
    amount: i64,
) -> Line {
    Line {
        kind,
        price: item.price,
        item: item.serial,
        item_created: item.created,
        quantity,
        start: period.0,
        end: period.1,
        amount,
        discount: 0,
        tax: 0,
        taxable: 0,
    }
}

/// Something changes within the present period.
pub(crate) fn change(account: &mut Account, serial: u32, at: u32) {
    if serial == NONE || at >= account.subscription(serial).period_end {
        return;
    }
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let item = subscription.items[0];
    let price = &account.catalogue.prices[usize::from(item.price)];
    let plan = price.product;
    let is_trial = subscription.status == SubscriptionStatus::Trialing;
    let mut random = account.lives[customer as usize].random;
    let choice = random.below(100);
    let is_restless = account.lives[customer as usize].restless == RESTLESS;
    let up = random.between(1, 1 + i64::from(item.quantity) / 3) as u32;
    let down = random.below(1 + u64::from(item.quantity) / 3) as u32;
    let credits_bought = 500 * random.between(1, 8) as u32;
    account.lives[customer as usize].random = random;
    match choice {
        _ if is_trial => leave(account, serial, at),
        _ if is_restless && plan != product::FREE => {
            let seats = if choice < 40 {
                item.quantity - down.min(item.quantity)
            } else {
                item.quantity + up
            };
            reseat(account, serial, at, seats);
        }
        0..7 => leave(account, serial, at),
        7..10 => credits::goodwill(account, customer, at),
        10..22 => extra(account, serial, at, credits_bought),
        22..25 => payments::new_card(account, customer, at),
        25..27 => toggle_collection(account, serial, at),
        27..39 if plan < product::ENTERPRISE => replan(account, serial, at, plan + 1),
        39..44 if plan > product::STARTER && plan <= product::ENTERPRISE => {
            replan(account, serial, at, plan - 1);
        }
        44..62 if item.quantity > down => reseat(account, serial, at, item.quantity - down),
        _ if plan == product::FREE => {}
        _ => reseat(account, serial, at, item.quantity + up),
    }
}

/// What happens to the difference in price within a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proration {
    /// It waits for the next invoice.
    Pending,
    /// It is invoiced now.
    AtOnce,
    /// There is none.
    None,
}

/// Another number of seats, prorated.
fn reseat(account: &mut Account, serial: u32, at: u32, seats: u32) {
    let mut item = account.subscription(serial).items[0];
    if item.quantity == seats || seats == 0 {
        return;
    }
    item.quantity = seats;
    put_item(account, serial, at, 0, item, usual(account, item.price));
}

/// How the company itself prorates a change within the same plan.
fn usual(account: &Account, price: u16) -> Proration {
    match account.catalogue.prices[usize::from(price)].interval {
        Interval::Year => Proration::AtOnce,
        Interval::Month | Interval::Once => Proration::Pending,
    }
}

/// Another plan, prorated and invoiced at once.
fn replan(account: &mut Account, serial: u32, at: u32, plan: u32) {
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let before = subscription.items[0];
    let interval = account.catalogue.prices[usize::from(before.price)].interval;
    let mut item = before;
    item.price = account
        .catalogue
        .price(plan, subscription.currency, interval);
    item.quantity = match plan {
        product::STARTER => before.quantity.min(5),
        product::PROFESSIONAL => before.quantity.clamp(2, 20),
        product::ENTERPRISE => before.quantity.max(20),
        _ => before.quantity,
    };
    if account.customer(customer).default_method == NONE && !subscription.send_invoice {
        payments::new_card(account, customer, at);
    }
    let proration = if item.price > before.price {
        Proration::AtOnce
    } else {
        usual(account, item.price)
    };
    put_item(account, serial, at, 0, item, proration);
}

/// Puts `after` in the place of item number `place`, with the prorations that follow.
pub(crate) fn put_item(
    account: &mut Account,
    serial: u32,
    at: u32,
    place: usize,
    after: Item,
    proration: Proration,
) {
    let subscription = account.subscription(serial);
    let before = subscription.items[place];
    let customer = subscription.customer;
    let (start, end) = (subscription.period_start, subscription.period_end);
    let currency = subscription.currency;
    let (left, whole) = (i64::from(end.saturating_sub(at)), i64::from(end - start));
    let factor = discount_factor(account, subscription.discount, &before, at);
    let prices = &account.catalogue.prices;
    let part = |item: &Item| {
        let full = prices[usize::from(item.price)].amount(i64::from(item.quantity));
        share(currency, share(currency, full, factor, 10_000), left, whole)
    };
    let rows = [
        line(
            &before,
            LineKind::Unused,
            before.quantity,
            (at, end),
            -part(&before),
        ),
        line(
            &after,
            LineKind::Remaining,
            after.quantity,
            (at, end),
            part(&after),
        ),
    ];
    let is_trial = subscription.status == SubscriptionStatus::Trialing;
    if proration != Proration::None && !is_trial {
        for row in rows.into_iter().filter(|row| row.amount != 0) {
            let pending = offers::pend(account, customer, serial, at, row);
            account.lives[customer as usize].pending.push(pending);
        }
    }
    let held = account.held(at, Kind::Subscription, serial);
    account.subscriptions[serial as usize].items[place] = after;
    if proration == Proration::AtOnce {
        invoice_pending(account, serial, at);
    }
    account.changed(EventKind::SubscriptionUpdated, held);
}

/// What is left of a price after the discount that holds at `at`, in ten-thousandths.
fn discount_factor(account: &Account, discount: u32, item: &Item, at: u32) -> i64 {
    let Some(discount) = some(discount).map(|serial| &account.discounts[serial as usize]) else {
        return 10_000;
    };
    let coupon = &account.catalogue.coupons[usize::from(discount.coupon)];
    let is_other = discount.item != NONE && discount.item != item.serial;
    let product = account.catalogue.prices[usize::from(item.price)].product;
    if is_other || discount.end.by(at) || !coupon.holds_for(product) {
        10_000
    } else {
        10_000 - coupon.percent_hundredths
    }
}

/// Invoices now what waits.
fn invoice_pending(account: &mut Account, serial: u32, at: u32) {
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let pending = std::mem::take(&mut account.lives[customer as usize].pending);
    if pending.is_empty() {
        return;
    }
    let (lines, items) = pending.into_iter().unzip();
    let subscription = account.subscription(serial);
    let bill = Bill {
        customer,
        subscription: serial,
        at,
        reason: BillingReason::Update,
        send_invoice: subscription.send_invoice,
        period: (subscription.period_start, subscription.period_end),
        lines,
        items,
        discount: subscription.discount,
        tax_rate: subscription.tax_rate,
    };
    let invoice = billing::draft(account, bill);
    billing::finalize(account, invoice, at);
}

/// AI credits, which wait for the next invoice.
fn extra(account: &mut Account, serial: u32, at: u32, quantity: u32) {
    let subscription = account.subscription(serial);
    let (customer, currency) = (subscription.customer, subscription.currency);
    let price = account
        .catalogue
        .price(product::CREDITS, currency, Interval::Once);
    let amount = account.catalogue.prices[usize::from(price)].amount(i64::from(quantity));
    let item = Item {
        price,
        ..subscription.items[0]
    };
    let row = line(&item, LineKind::Extra, quantity, (at, at), amount);
    let pending = offers::pend(account, customer, serial, at, row);
    account.lives[customer as usize].pending.push(pending);
}

/// A day with the specialists: an invoice by hand, some of which never leave the drawer.
pub(crate) fn onboarding(account: &mut Account, customer: u32, at: u32) {
    let owner = account.customer(customer);
    let currency = owner.currency;
    let tax_rate = crate::places::PLACES[usize::from(owner.place)].tax_rate;
    let price = account
        .catalogue
        .price(product::ONBOARDING, currency, Interval::Once);
    let days = account.lives[customer as usize].random.between(1, 3);
    let amount = account.catalogue.prices[usize::from(price)].amount(days);
    let item = Item {
        serial: 0,
        created: at,
        price,
        quantity: days as u32,
    };
    let row = line(&item, LineKind::Extra, days as u32, (at, at), amount);
    let (row, invoice_item) = offers::pend(account, customer, NONE, at, row);
    let bill = Bill {
        customer,
        subscription: NONE,
        at,
        reason: BillingReason::Manual,
        send_invoice: true,
        period: (at, at),
        lines: vec![row],
        items: vec![invoice_item],
        discount: NONE,
        tax_rate,
    };
    // Nobody but a person finalizes it.
    let invoice = billing::draft(account, bill);
    let life = &mut account.lives[customer as usize];
    if life.random.chance(850) {
        let hours = life.random.below(72) as u32;
        life.plan(at + 600 + hours * 3_600, Todo::Finalize(invoice));
    }
}

/// Throws away what waits for an invoice that will not come.
pub(crate) fn drop_pending(account: &mut Account, customer: u32, at: u32) {
    let pending = std::mem::take(&mut account.lives[customer as usize].pending);
    offers::drop_items(account, pending.into_iter().map(|(_, item)| item), at);
}

/// The customer wants to leave at the end of the period.
pub(crate) fn leave(account: &mut Account, serial: u32, at: u32) {
    let customer = account.subscription(serial).customer;
    let feedback = account.lives[customer as usize].random.below(5) as u8;
    if account.subscription(serial).cancel_at_period_end {
        return;
    }
    let held = account.held(at, Kind::Subscription, serial);
    let it = &mut account.subscriptions[serial as usize];
    it.cancel_at_period_end = true;
    it.cancel_at = When::at(it.period_end);
    it.canceled_at = When::at(at);
    it.cancel_reason = CancelReason::Requested(feedback);
    account.changed(EventKind::SubscriptionUpdated, held);
}

/// The customer changes its mind and stays.
pub(crate) fn stay(account: &mut Account, serial: u32, at: u32) {
    if !account.subscription(serial).cancel_at_period_end {
        return;
    }
    let held = account.held(at, Kind::Subscription, serial);
    let it = &mut account.subscriptions[serial as usize];
    it.cancel_at_period_end = false;
    it.cancel_at = When::NEVER;
    it.canceled_at = When::NEVER;
    it.cancel_reason = CancelReason::None;
    account.changed(EventKind::SubscriptionUpdated, held);
}

fn toggle_collection(account: &mut Account, serial: u32, at: u32) {
    let held = account.held(at, Kind::Subscription, serial);
    let it = &mut account.subscriptions[serial as usize];
    it.pause_collection = !it.pause_collection;
    account.changed(EventKind::SubscriptionUpdated, held);
}

/// Gives some new subscriptions a discount.
pub(crate) fn perhaps_discount(account: &mut Account, serial: u32, at: u32) {
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let random = &mut account.lives[customer as usize].random;
    if !random.chance(190) {
        return;
    }
    let coupon = random.below(7) as u8;
    let is_of_item = random.chance(250);
    give_discount(account, serial, at, coupon, is_of_item);
}

/// Gives the subscription, or its first item, a discount; false where the coupon does not fit.
pub(crate) fn give_discount(
    account: &mut Account,
    serial: u32,
    at: u32,
    coupon: u8,
    is_of_item: bool,
) -> bool {
    let subscription = account.subscription(serial);
    let (customer, currency) = (subscription.customer, subscription.currency);
    let offer = &account.catalogue.coupons[usize::from(coupon)];
    let is_gone = account.is_gone(Kind::Coupon, u32::from(coupon));
    if is_gone || !offer.fits(currency) {
        return false;
    }
    let end = match offer.duration {
        Duration::Repeating(months) => When::at(crate::calendar::add_months(at, u32::from(months))),
        Duration::Once | Duration::Forever => When::NEVER,
    };
    let promotions = &mut account.offers.promotions;
    let promoted = promotions
        .first_mut()
        .filter(|it| it.coupon == coupon && !is_of_item);
    let promotion = promoted.map_or(NONE, |it| {
        it.redeemed += 1;
        0
    });
    let first = account.subscription(serial).items[0].serial;
    let item = if is_of_item { first } else { NONE };
    let discount = account.add_discount(Discount {
        coupon,
        customer,
        subscription: serial,
        item,
        start: at,
        end,
        promotion,
    });
    account.subscriptions[serial as usize].discount = discount;
    account.happened(at, EventKind::DiscountCreated, discount);
    true
}

/// Takes the subscription's discount away.
pub(crate) fn take_discount(account: &mut Account, serial: u32, at: u32) {
    let discount = account.subscription(serial).discount;
    account.subscriptions[serial as usize].discount = NONE;
    account.happened(at, EventKind::DiscountDeleted, discount);
}

/// Ends a discount whose time is over.
pub(crate) fn end_discount(account: &mut Account, serial: u32, at: u32) {
    let discount = account.subscription(serial).discount;
    if some(discount).is_some_and(|it| account.discounts[it as usize].end.by(at)) {
        take_discount(account, serial, at);
    }
}

/// Ends a discount that holds for one invoice, once that invoice asked for money.
pub(crate) fn end_once(account: &mut Account, serial: u32, at: u32, kind: LineKind) {
    let discount = account.subscription(serial).discount;
    let is_once = some(discount).is_some_and(|it| {
        let coupon = account.discounts[it as usize].coupon;
        account.catalogue.coupons[usize::from(coupon)].duration == Duration::Once
    });
    if is_once && kind != LineKind::Trial {
        take_discount(account, serial, at);
    }
}
