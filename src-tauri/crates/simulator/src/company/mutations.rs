//! Changes by chance, of every kind that a billing account knows, each with its proper events.

use crate::account::Account;
use crate::company::life::Life;
use crate::company::{billing, changes, credits, life, offers, payments, refunds};
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;
use crate::names;
use crate::places::PLACES;
use crate::random::Random;

/// How often an object is looked for that a change fits.
const TRIES: usize = 12;

/// What may change, and how often against the others.
const CHANGES: [(Change, u64); 34] = [
    (grant_credits, 2),
    (void_grant, 1),
    (schedule, 2),
    (switch_meter, 1),
    (switch_promotion, 1),
    (refund, 3),
    (fail_refund, 1),
    (dispute, 1),
    (decide_dispute, 1),
    (new_customer, 3),
    (change_within_period, 30),
    (edit_customer, 14),
    (pay, 9),
    (attempt_in_vain, 7),
    (credit_paid, 8),
    (credit_open, 4),
    (void, 4),
    (write_off, 3),
    (leave, 3),
    (stay, 2),
    (cancel, 2),
    (discount, 4),
    (end_discount, 2),
    (delete_customer, 1),
    (draft, 3),
    (delete_draft, 2),
    (adjust_balance, 4),
    (new_card, 3),
    (edit_card, 3),
    (detach_card, 1),
    (pause_and_resume, 2),
    (edit_product, 1),
    (edit_price, 1),
    (edit_coupon, 1),
];

/// Makes one change at the account's present; false where nothing fits.
type Change = fn(&mut Account, &mut Random) -> bool;

/// Changes `count` things by chance at the account's present.
pub(crate) fn mutate(account: &mut Account, count: u32, seed: u64) {
    let mut random = Random::new(account.seed ^ seed, 0x3D17);
    let weights = CHANGES.map(|(_, weight)| weight);
    for _ in 0..count {
        let (change, _) = CHANGES[random.weighted(&weights)];
        account.somebody_acts();
        if !change(account, &mut random) {
            edit_customer(account, &mut random);
        }
        account.stripe_acts();
    }
    super::live(account);
}

/// A customer that is not deleted.
fn any_customer(account: &Account, random: &mut Random) -> Option<u32> {
    let count = account.customers.len() as u64;
    (0..TRIES)
        .map(|_| random.below(count) as u32)
        .find(|serial| {
            let it = account.customer(*serial);
            !it.deleted && it.test_clock == NONE
        })
}

/// The newest subscription of some customer, where it fits.
fn any_subscription(
    account: &Account,
    random: &mut Random,
    fits: impl Fn(&Subscription) -> bool,
) -> Option<u32> {
    (0..TRIES).find_map(|_| {
        let customer = any_customer(account, random)?;
        some(account.customer(customer).last_subscription)
            .filter(|serial| fits(account.subscription(*serial)))
    })
}

/// An invoice of a customer that is not deleted, where it fits.
fn any_invoice(
    account: &Account,
    random: &mut Random,
    status: InvoiceStatus,
    fits: impl Fn(&Invoice) -> bool,
) -> Option<u32> {
    let keys = account.orders.invoices_by_status[status as usize].keys();
    if keys.is_empty() {
        return None;
    }
    (0..TRIES)
        .map(|_| crate::timeline::serial(keys[random.below(keys.len() as u64) as usize]))
        .find(|serial| {
            let invoice = account.invoice(*serial);
            let is_reachable = !account.is_gone(Kind::Invoice, *serial)
                && !account.customer(invoice.customer).deleted;
            invoice.status == status && is_reachable && fits(invoice)
        })
}

const fn is_live(subscription: &Subscription) -> bool {
    matches!(
        subscription.status,
        SubscriptionStatus::Active | SubscriptionStatus::Trialing | SubscriptionStatus::PastDue
    )
}

fn change_within_period(account: &mut Account, random: &mut Random) -> bool {
    let Some(serial) = any_subscription(account, random, is_live) else {
        return false;
    };
    changes::change(account, serial, account.now);
    true
}

/// Somebody new, who subscribes at once.
fn new_customer(account: &mut Account, random: &mut Random) -> bool {
    let place = random.below(PLACES.len() as u64) as u8;
    let name = names::company(random);
    let customer = account.add_customer(Customer {
        email: names::email(&name).into(),
        name: name.into(),
        ..Customer::new(account.now, place, PLACES[usize::from(place)].currency)
    });
    account
        .lives
        .push(Life::asleep(Random::new(random.next(), 0)));
    account.happened(account.now, EventKind::CustomerCreated, customer);
    life::subscribe(account, customer, account.now);
    true
}

/// Name, e-mail address, description or metadata.
fn edit_customer(account: &mut Account, random: &mut Random) -> bool {
    let Some(customer) = any_customer(account, random) else {
        return false;
    };
    let held = account.held(account.now, Kind::Customer, customer);
    let it = &mut account.customers[customer as usize];
    match random.below(4) {
        0 => {
            let email = it.email.clone();
            it.rename(names::company(random).into(), email);
        }
        1 => {
            let name = it.name.clone();
            let email = format!(
                "accounts{}@{}.example",
                random.below(1_000),
                random.below(1_000)
            );
            it.rename(name, email.into());
        }
        2 => it.description = Some(format!("Account note {}", random.below(10_000)).into()),
        _ => {
            it.metadata.retain(|(key, _)| **key != *"owner");
            let owner = format!("team-{}", random.below(1_000));
            it.metadata.push(("owner".into(), owner.into()));
        }
    }
    account.changed(EventKind::CustomerUpdated, held);
    true
}

fn pay(account: &mut Account, random: &mut Random) -> bool {
    let Some(serial) = any_invoice(account, random, InvoiceStatus::Open, |_| true) else {
        return false;
    };
    payments::by_hand(account, serial, account.now);
    true
}

fn attempt_in_vain(account: &mut Account, random: &mut Random) -> bool {
    let fits = |invoice: &Invoice| invoice.intent != NONE && invoice.attempts < 8;
    let Some(serial) = any_invoice(account, random, InvoiceStatus::Open, fits) else {
        return false;
    };
    payments::attempt_in_vain(account, serial, account.now);
    true
}

fn credit_paid(account: &mut Account, random: &mut Random) -> bool {
    let fits = |invoice: &Invoice| invoice.amount_paid > invoice.post_payment_credit;
    any_invoice(account, random, InvoiceStatus::Paid, fits)
        .is_some_and(|serial| credits::credit(account, serial, account.now))
}

fn credit_open(account: &mut Account, random: &mut Random) -> bool {
    any_invoice(account, random, InvoiceStatus::Open, |_| true)
        .is_some_and(|serial| credits::credit(account, serial, account.now))
}

/// A charge that could be given back: a paid invoice's, not disputed.
fn any_charge(account: &Account, random: &mut Random) -> Option<u32> {
    let fits = |invoice: &Invoice| invoice.intent != NONE && !invoice.off_stripe;
    let invoice = any_invoice(account, random, InvoiceStatus::Paid, fits)?;
    let intent = account.invoice(invoice).intent;
    some(account.intents[intent as usize].last_charge).filter(|serial| {
        let charge = &account.charges[*serial as usize];
        charge.entry != NONE && !charge.disputed && charge.refunded == 0
    })
}

fn refund(account: &mut Account, random: &mut Random) -> bool {
    any_charge(account, random).is_some_and(|charge| {
        let it = &account.charges[charge as usize];
        let amount = it
            .currency
            .round(i128::from(it.amount), 2)
            .max(it.currency.step());
        refunds::refund(account, charge, amount, account.now);
        true
    })
}

fn fail_refund(account: &mut Account, _random: &mut Random) -> bool {
    // Those that belong to credit notes stay: a failure there would ask for another note.
    let last = account
        .money
        .refunds
        .len()
        .checked_sub(1)
        .map(|it| it as u32);
    let is_free = |refund: &u32| account.credit_notes.iter().all(|it| it.refund != *refund);
    last.filter(is_free).is_some_and(|refund| {
        account.stripe_acts();
        refunds::fail_refund(account, refund, account.now);
        true
    })
}

fn dispute(account: &mut Account, random: &mut Random) -> bool {
    account.stripe_acts();
    any_charge(account, random).is_some_and(|charge| refunds::dispute(account, charge, account.now))
}

fn decide_dispute(account: &mut Account, random: &mut Random) -> bool {
    let count = account.money.disputes.len() as u64;
    if count == 0 {
        return false;
    }
    let serial = random.below(count) as u32;
    refunds::answer(account, serial, account.now);
    account.stripe_acts();
    refunds::judge(account, serial, account.now);
    true
}

fn void(account: &mut Account, random: &mut Random) -> bool {
    let fits = |invoice: &Invoice| invoice.amount_paid == 0;
    let status = if random.chance(300) {
        InvoiceStatus::Uncollectible
    } else {
        InvoiceStatus::Open
    };
    let Some(serial) = any_invoice(account, random, status, fits) else {
        return false;
    };
    billing::void(account, serial, account.now);
    true
}

fn write_off(account: &mut Account, random: &mut Random) -> bool {
    let Some(serial) = any_invoice(account, random, InvoiceStatus::Open, |_| true) else {
        return false;
    };
    billing::write_off(account, serial, account.now);
    true
}

fn leave(account: &mut Account, random: &mut Random) -> bool {
    let fits = |it: &Subscription| is_live(it) && !it.cancel_at_period_end;
    let Some(serial) = any_subscription(account, random, fits) else {
        return false;
    };
    changes::leave(account, serial, account.now);
    true
}

fn stay(account: &mut Account, random: &mut Random) -> bool {
    let fits = |it: &Subscription| is_live(it) && it.cancel_at_period_end;
    let Some(serial) = any_subscription(account, random, fits) else {
        return false;
    };
    changes::stay(account, serial, account.now);
    true
}

fn cancel(account: &mut Account, random: &mut Random) -> bool {
    let Some(serial) = any_subscription(account, random, is_live) else {
        return false;
    };
    let reason = CancelReason::Requested(random.below(5) as u8);
    life::end(account, serial, account.now, reason);
    true
}

fn discount(account: &mut Account, random: &mut Random) -> bool {
    let fits = |it: &Subscription| is_live(it) && it.discount == NONE;
    any_subscription(account, random, fits).is_some_and(|serial| {
        let held = account.held(account.now, Kind::Subscription, serial);
        let coupon = random.below(account.catalogue.coupons.len() as u64) as u8;
        let is_given = changes::give_discount(account, serial, account.now, coupon, false);
        account.changed(EventKind::SubscriptionUpdated, held);
        is_given
    })
}

fn end_discount(account: &mut Account, random: &mut Random) -> bool {
    let fits = |it: &Subscription| is_live(it) && it.discount != NONE;
    any_subscription(account, random, fits).is_some_and(|serial| {
        let held = account.held(account.now, Kind::Subscription, serial);
        changes::take_discount(account, serial, account.now);
        account.changed(EventKind::SubscriptionUpdated, held);
        true
    })
}

fn delete_customer(account: &mut Account, random: &mut Random) -> bool {
    let Some(customer) = any_customer(account, random) else {
        return false;
    };
    life::delete(account, customer, account.now);
    true
}

/// An invoice by hand that waits to be finalized.
fn draft(account: &mut Account, random: &mut Random) -> bool {
    let Some(customer) = any_customer(account, random) else {
        return false;
    };
    changes::onboarding(account, customer, account.now);
    true
}

fn delete_draft(account: &mut Account, random: &mut Random) -> bool {
    let fits = |invoice: &Invoice| invoice.reason == BillingReason::Manual;
    let Some(serial) = any_invoice(account, random, InvoiceStatus::Draft, fits) else {
        return false;
    };
    billing::delete_draft(account, serial, account.now);
    true
}

fn adjust_balance(account: &mut Account, random: &mut Random) -> bool {
    let Some(customer) = any_customer(account, random) else {
        return false;
    };
    credits::goodwill(account, customer, account.now);
    true
}

fn new_card(account: &mut Account, random: &mut Random) -> bool {
    let Some(customer) = any_customer(account, random) else {
        return false;
    };
    payments::new_card(account, customer, account.now);
    true
}

/// The default payment method of some customer.
fn any_method(account: &Account, random: &mut Random) -> Option<u32> {
    (0..TRIES).find_map(|_| {
        let customer = any_customer(account, random)?;
        some(account.customer(customer).default_method)
            .filter(|it| !account.methods[*it as usize].debit)
    })
}

/// The card's bank renews it, or somebody corrects its date.
fn edit_card(account: &mut Account, random: &mut Random) -> bool {
    let Some(method) = any_method(account, random) else {
        return false;
    };
    let kind = if random.chance(500) {
        EventKind::MethodAutoUpdated
    } else {
        EventKind::MethodUpdated
    };
    if kind == EventKind::MethodAutoUpdated {
        account.stripe_acts();
    }
    let held = account.held(account.now, Kind::PaymentMethod, method);
    account.methods[method as usize].exp_year += 3;
    account.changed(kind, held);
    true
}

fn detach_card(account: &mut Account, random: &mut Random) -> bool {
    let Some(method) = any_method(account, random) else {
        return false;
    };
    payments::detach(account, method, account.now);
    true
}

/// A subscription is paused by hand, or goes on.
fn pause_and_resume(account: &mut Account, random: &mut Random) -> bool {
    let fits = |it: &Subscription| {
        matches!(
            it.status,
            SubscriptionStatus::Active | SubscriptionStatus::Paused
        )
    };
    let Some(serial) = any_subscription(account, random, fits) else {
        return false;
    };
    let now = account.now;
    let held = account.held(now, Kind::Subscription, serial);
    let it = &mut account.subscriptions[serial as usize];
    let is_paused = it.status == SubscriptionStatus::Paused;
    let (status, kind) = if is_paused {
        (SubscriptionStatus::Active, EventKind::SubscriptionResumed)
    } else {
        (SubscriptionStatus::Paused, EventKind::SubscriptionPaused)
    };
    it.status = status;
    account.changed(EventKind::SubscriptionUpdated, held);
    account.happened(now, kind, serial);
    true
}

fn edit_product(account: &mut Account, random: &mut Random) -> bool {
    let serial = random.below(account.catalogue.products.len() as u64) as u32;
    let now = account.now;
    let held = account.held(now, Kind::Product, serial);
    let product = &mut account.catalogue.products[serial as usize];
    product.description = format!("Edition {}", random.below(10_000)).into();
    product.updated = now;
    account.changed(EventKind::ProductUpdated, held);
    true
}

/// Another nickname, or no longer for sale. Subscription items show the price as it is now.
fn edit_price(account: &mut Account, random: &mut Random) -> bool {
    let serial = random.below(account.catalogue.prices.len() as u64) as u32;
    let held = account.held(account.now, Kind::Price, serial);
    let of_plan = account.held(account.now, Kind::Plan, serial);
    let price = &mut account.catalogue.prices[serial as usize];
    let recurs = price.interval != Interval::Once;
    if random.chance(300) {
        price.active = !price.active;
    } else {
        price.nickname = Some(format!("Price list {}", random.below(10_000)));
    }
    crate::render::catalogue::prepare(&mut account.catalogue, &account.ids, account.livemode);
    if recurs {
        account.changed(EventKind::PlanUpdated, of_plan);
    }
    account.changed(EventKind::PriceUpdated, held);
    true
}

/// Another name, or seldom the end of the offer: discounts that were given stay.
fn edit_coupon(account: &mut Account, random: &mut Random) -> bool {
    let serial = random.below(account.catalogue.coupons.len() as u64) as u32;
    if account.is_gone(Kind::Coupon, serial) {
        return false;
    }
    if random.chance(150) {
        account.happened(account.now, EventKind::CouponDeleted, serial);
        account.remove(Kind::Coupon, serial);
        return true;
    }
    let held = account.held(account.now, Kind::Coupon, serial);
    account.catalogue.coupons[serial as usize].name =
        format!("Offer {}", random.below(10_000)).into();
    account.changed(EventKind::CouponUpdated, held);
    true
}

/// Changes one customer so that one event tells of it.
pub(crate) fn touch(account: &mut Account, customer: u32) {
    let held = account.held(account.now, Kind::Customer, customer);
    let text = format!("Note {}", account.events.len());
    account.customers[customer as usize].description = Some(text.into());
    account.somebody_acts();
    account.changed(EventKind::CustomerUpdated, held);
    account.stripe_acts();
}

fn grant_credits(account: &mut Account, random: &mut Random) -> bool {
    let Some(customer) = any_customer(account, random) else {
        return false;
    };
    offers::grant(account, customer, account.now);
    true
}

fn void_grant(account: &mut Account, random: &mut Random) -> bool {
    let count = account.offers.grants.len() as u64;
    count > 0 && offers::void_grant(account, random.below(count) as u32, account.now)
}

/// A subscription gets a schedule, or is released from it.
fn schedule(account: &mut Account, random: &mut Random) -> bool {
    let fits =
        |it: &Subscription| it.status == SubscriptionStatus::Active && !it.cancel_at_period_end;
    let Some(serial) = any_subscription(account, random, fits) else {
        return false;
    };
    if account.subscription(serial).schedule == NONE {
        offers::schedule(account, serial, account.now);
    } else {
        offers::end_schedule(account, serial, account.now, true);
    }
    true
}

/// A meter is switched off, or on again.
fn switch_meter(account: &mut Account, random: &mut Random) -> bool {
    let count = account.offers.meters.len() as u64;
    if count == 0 {
        return false;
    }
    let (serial, now) = (random.below(count) as u32, account.now);
    let held = account.held(now, Kind::Meter, serial);
    let it = &mut account.offers.meters[serial as usize];
    it.updated = now;
    let kind = if it.deactivated_at.is_some() {
        it.deactivated_at = When::NEVER;
        EventKind::MeterReactivated
    } else {
        it.deactivated_at = When::at(now);
        EventKind::MeterDeactivated
    };
    account.changed(EventKind::MeterUpdated, held);
    account.happened(now, kind, serial);
    true
}

fn switch_promotion(account: &mut Account, random: &mut Random) -> bool {
    let count = account.offers.promotions.len() as u64;
    if count == 0 {
        return false;
    }
    let serial = random.below(count) as u32;
    let held = account.held(account.now, Kind::Promotion, serial);
    let it = &mut account.offers.promotions[serial as usize];
    it.active = !it.active;
    account.changed(EventKind::PromotionUpdated, held);
    true
}
