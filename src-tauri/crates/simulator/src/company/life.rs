//! A customer's agenda: what happens next, when, and how one thing leads to another.

use crate::account::Account;
use crate::catalogue::product;
use crate::company::billing::{self, Bill};
use crate::company::{changes, credits, metered, offers, payments, refunds};
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;
use crate::names;
use crate::places::PLACES;
use crate::random::Random;

const DAY: u32 = 86_400;

/// The most that can be on one customer's agenda.
const MAX_AGENDA: usize = 64;

/// Nine changes a month: some customers never rest, and their invoices are long.
pub(crate) const RESTLESS: u64 = 9_000;

/// One customer in so many pays for the mailboxes of each team in an item of its own.
const MANY_TEAMS: u32 = 43;

/// Something that will happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Todo {
    /// The first subscription begins.
    Subscribe,
    /// Three days before a trial ends.
    TrialEnds,
    /// The subscription's period is over.
    Renew,
    /// Something changes within a period.
    Change,
    Finalize(u32),
    Attempt(u32),
    /// A debit's money is there, or not.
    Clear(u32),
    /// An invoice that was sent is paid.
    Pay(u32),
    Overdue(u32),
    WriteOff(u32),
    Void(u32),
    /// After the last attempt: the subscription ends and the invoice is written off.
    GiveUp(u32),
    /// After the last attempt: the subscription stays, unpaid.
    Unpaid(u32),
    Credit(u32),
    /// A charge is disputed, the dispute answered, and decided.
    Dispute(u32),
    Answer(u32),
    Judge(u32),
    NewCard,
    /// The customer is granted credits.
    Grant,
    /// The customer is deleted.
    Delete,
}

impl Todo {
    /// True for what a person or the company's software asks Stripe to do.
    const fn is_somebodys(self) -> bool {
        matches!(
            self,
            Self::Subscribe
                | Self::Change
                | Self::Pay(_)
                | Self::WriteOff(_)
                | Self::Void(_)
                | Self::Credit(_)
                | Self::Answer(_)
                | Self::NewCard
                | Self::Grant
                | Self::Delete
        )
    }
}

/// What is not visible at Stripe but decides what happens next.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) random: Random,
    /// How often a payment fails, in a thousand.
    pub(crate) trouble: u64,
    /// How often something changes within a period, in a thousand.
    pub(crate) restless: u64,
    /// The subscription that renews, or nothing.
    pub(crate) subscription: u32,
    /// Lines that wait for the next invoice, with their invoice items.
    pub(crate) pending: Vec<(Line, u32)>,
    agenda: Vec<(u32, Todo)>,
}

impl Life {
    /// A life in which nothing happens by itself.
    pub(crate) const fn asleep(random: Random) -> Self {
        Self {
            random,
            trouble: 0,
            restless: 0,
            subscription: NONE,
            pending: Vec::new(),
            agenda: Vec::new(),
        }
    }

    pub(crate) fn plan(&mut self, at: u32, todo: Todo) {
        if self.agenda.len() < MAX_AGENDA {
            self.agenda.push((at, todo));
        }
    }

    /// The next thing due by `until`, the earliest first, the first planned before the others.
    fn next(&mut self, until: u32) -> Option<(u32, Todo)> {
        let earliest = self
            .agenda
            .iter()
            .map(|(at, _)| *at)
            .min()
            .filter(|at| *at <= until)?;
        let place = self.agenda.iter().position(|(at, _)| *at == earliest)?;
        Some(self.agenda.remove(place))
    }

    /// Takes everything off the agenda that a subscription would do.
    pub(crate) fn forget_subscription(&mut self) {
        self.subscription = NONE;
        self.agenda
            .retain(|(_, todo)| !matches!(todo, Todo::Renew | Todo::Change | Todo::TrialEnds));
    }
}

/// A new customer, number `serial` of `customers`.
pub(crate) fn begin(account: &mut Account, serial: u32, customers: u32, start: u32) {
    let mut random = Random::new(account.seed, u64::from(serial) + 1);
    let span = u64::from(account.now - start);
    // More and more customers come: the density grows evenly from 2/3 to twice the mean.
    let (n, of) = (u64::from(serial), u64::from(customers).max(1));
    let base = span * 998 / 1_000 * n / of * (3 * of - n) / (2 * of);
    let offset = base + random.below(1 + span / of / 2).min(span / 500);
    let created = start + offset as u32;
    let weights: Vec<u64> = PLACES.iter().map(|place| place.weight).collect();
    let place = random.weighted(&weights);
    let name = names::of_customer(serial, &mut random);
    let mut life = Life::asleep(random);
    life.trouble = if life.random.chance(120) { 700 } else { 25 };
    life.restless = match life.random.below(100) {
        _ if serial % 40 == 5 => RESTLESS,
        0..20 => 500,
        _ => 160,
    };
    let product_id = format!("tnt_{:06}", u64::from(serial) + 1_001);
    let customer = account.add_customer(Customer {
        email: names::email(&name).into(),
        name: name.into(),
        description: life
            .random
            .chance(80)
            .then(|| "Met at the spring fair".into()),
        metadata: vec![("tenantId".into(), product_id.into())],
        ..Customer::new(created, place as u8, PLACES[place].currency)
    });
    if life.random.chance(970) {
        let wait = life.random.below(7_200) as u32;
        life.plan(created + wait, Todo::Subscribe);
    }
    if offers::is_granted(serial) {
        life.plan(created + 10 * DAY, Todo::Grant);
    }
    account.lives.push(life);
    account.happened(created, EventKind::CustomerCreated, customer);
}

/// Lets the customer live up to `until`.
pub(crate) fn run(account: &mut Account, customer: u32, until: u32) {
    while let Some((at, todo)) = account.lives[customer as usize].next(until) {
        act(account, customer, at, todo);
    }
}

fn act(account: &mut Account, customer: u32, at: u32, todo: Todo) {
    if account.customer(customer).deleted && !matches!(todo, Todo::Clear(_)) {
        return;
    }
    let subscription = account.lives[customer as usize].subscription;
    if todo.is_somebodys() {
        account.somebody_acts();
    }
    match todo {
        Todo::Subscribe => subscribe(account, customer, at),
        Todo::TrialEnds => account.happened(at, EventKind::TrialWillEnd, subscription),
        Todo::Renew => renew(account, subscription, at),
        Todo::Change => changes::change(account, subscription, at),
        Todo::Finalize(invoice) => {
            let is_gone = account.is_gone(Kind::Invoice, invoice);
            if account.invoice(invoice).status == InvoiceStatus::Draft && !is_gone {
                billing::finalize(account, invoice, at);
            }
        }
        Todo::Attempt(invoice) => payments::attempt(account, invoice, at),
        Todo::Clear(invoice) => payments::clear(account, invoice, at),
        Todo::Pay(invoice) => payments::by_hand(account, invoice, at),
        Todo::Overdue(invoice) => {
            let is_expected = account.is_processing(invoice);
            if account.invoice(invoice).status == InvoiceStatus::Open && !is_expected {
                account.happened(at, EventKind::InvoiceOverdue, invoice);
                billing::judge(account, customer, at);
            }
        }
        Todo::WriteOff(invoice) => billing::write_off(account, invoice, at),
        Todo::Void(invoice) => billing::void(account, invoice, at),
        Todo::GiveUp(invoice) => {
            let is_expected = account.is_processing(invoice);
            if account.invoice(invoice).status == InvoiceStatus::Open && !is_expected {
                billing::write_off(account, invoice, at);
                end(account, subscription, at, CancelReason::PaymentFailed);
            }
        }
        Todo::Unpaid(invoice) => {
            if account.invoice(invoice).status == InvoiceStatus::Open && subscription != NONE {
                let held = account.held(at, Kind::Subscription, subscription);
                account.subscriptions[subscription as usize].status = SubscriptionStatus::Unpaid;
                account.changed(EventKind::SubscriptionUpdated, held);
                changes::drop_pending(account, customer, at);
                account.lives[customer as usize].forget_subscription();
            }
        }
        Todo::Credit(invoice) => {
            credits::credit(account, invoice, at);
        }
        Todo::Dispute(charge) => {
            refunds::dispute(account, charge, at);
        }
        Todo::Answer(dispute) => refunds::answer(account, dispute, at),
        Todo::Judge(dispute) => refunds::judge(account, dispute, at),
        Todo::NewCard => payments::new_card(account, customer, at),
        Todo::Grant => offers::grant(account, customer, at),
        Todo::Delete => {
            if subscription == NONE {
                delete(account, customer, at);
            }
        }
    }
    account.stripe_acts();
}

/// What a new customer asks for.
struct Wish {
    plan: u32,
    interval: Interval,
    seats: u32,
    /// Mailboxes beyond the plan.
    extra: u32,
    trial: bool,
    send_invoice: bool,
    flexible: bool,
}

impl Wish {
    fn new(random: &mut Random) -> Self {
        let plan = random.weighted(&[14, 38, 38, 10]) as u32;
        let is_large = plan == product::ENTERPRISE;
        let yearly = random.chance(if is_large { 600 } else { 180 });
        let seats = match plan {
            product::FREE => 1,
            product::STARTER => random.between(1, 5),
            product::PROFESSIONAL => random.between(3, 20),
            _ => random.between(20, 400),
        } as u32;
        let pays = plan != product::FREE;
        Self {
            plan,
            interval: if yearly {
                Interval::Year
            } else {
                Interval::Month
            },
            seats,
            trial: pays && random.chance(280),
            extra: if pays && random.chance(150) {
                1 + seats / 4
            } else {
                0
            },
            send_invoice: random.chance(if is_large { 600 } else { 30 }),
            flexible: random.chance(700),
        }
    }
}

/// The customer's next subscription, with a trial or without.
pub(crate) fn subscribe(account: &mut Account, customer: u32, at: u32) {
    let owner = account.customer(customer);
    let (currency, place) = (owner.currency, owner.place);
    let serial = account.subscriptions.len() as u32;
    let wish = Wish::new(&mut account.lives[customer as usize].random);
    let is_large = wish.plan == product::ENTERPRISE;
    if wish.plan != product::FREE && !(wish.send_invoice && is_large) {
        payments::new_card(account, customer, at);
    }
    let price = account.catalogue.price(wish.plan, currency, wish.interval);
    let mut items = vec![account.new_item(serial, at, price, wish.seats)];
    if wish.extra > 0 {
        let price = account
            .catalogue
            .price(product::MAILBOX, currency, wish.interval);
        items.push(account.new_item(serial, at, price, wish.extra));
    }
    if customer % MANY_TEAMS == 17 && wish.plan != product::FREE {
        let price = account
            .catalogue
            .price(product::MAILBOX, currency, wish.interval);
        items.extend((1..=12).map(|team| account.new_item(serial, at, price, team)));
    }
    let is_monthly = wish.interval == Interval::Month;
    if offers::pays_by_use(customer) && wish.plan != product::FREE && is_monthly {
        let price = account
            .catalogue
            .price(product::CREDITS, currency, Interval::Month);
        items.push(account.new_item(serial, at, price, 0));
    }
    let mut subscription = Subscription::new(at, customer, currency, items);
    if wish.trial {
        subscription.status = SubscriptionStatus::Trialing;
        subscription.anchor = at + 14 * DAY;
        subscription.trial_end = When::at(at + 14 * DAY);
    }
    subscription.send_invoice = wish.send_invoice;
    subscription.flexible = wish.flexible;
    subscription.tax_rate = PLACES[usize::from(place)].tax_rate;
    subscription.default_method = account.customer(customer).default_method;
    subscription.metadata = vec![("source".into(), "self-serve".into())];
    account.add_subscription(subscription);
    account.lives[customer as usize].subscription = serial;
    changes::perhaps_discount(account, serial, at);
    start(account, serial, at);
    if is_large && account.lives[customer as usize].random.chance(500) {
        // Later that day, unless that is yet to come.
        let later = (at + 3 * 3_600).min(account.now.max(at));
        changes::onboarding(account, customer, later);
    }
}

/// The first period and its invoice.
fn start(account: &mut Account, serial: u32, at: u32) {
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let end = subscription.trial_end.get();
    let is_trial = end.is_some();
    let end = end.unwrap_or_else(|| period_end(account, subscription, 1));
    let it = &mut account.subscriptions[serial as usize];
    (it.period_start, it.period_end) = (at, end);
    let kind = if is_trial {
        LineKind::Trial
    } else {
        LineKind::Period
    };
    invoice(account, serial, at, (BillingReason::Create, kind), None);
    account.happened(at, EventKind::SubscriptionCreated, serial);
    let life = &mut account.lives[customer as usize];
    life.plan(end, Todo::Renew);
    if is_trial {
        life.plan(end - 3 * DAY, Todo::TrialEnds);
        if life.random.chance(220) {
            let at = at + 2 * DAY;
            life.plan(at, Todo::Change);
        }
    } else {
        plan_changes(account, serial);
    }
}

/// When period number `count` of the subscription ends.
pub(crate) fn period_end(account: &Account, subscription: &Subscription, count: u32) -> u32 {
    let price = &account.catalogue.prices[usize::from(subscription.items[0].price)];
    let months = if price.interval == Interval::Year {
        12
    } else {
        1
    };
    crate::calendar::add_months(subscription.anchor, months * count)
}

/// Puts what will change within the present period on the agenda.
fn plan_changes(account: &mut Account, serial: u32) {
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let (from, to) = (
        subscription.period_start + DAY,
        subscription.period_end - DAY,
    );
    let months = (to.saturating_sub(from) / (28 * DAY)).max(1);
    let life = &mut account.lives[customer as usize];
    let mut chance = life.restless * u64::from(months);
    while chance > 0 {
        if life.random.chance(chance.min(1_000)) && to > from {
            let at = from + life.random.below(u64::from(to - from)) as u32;
            life.plan(at, Todo::Change);
        }
        chance = chance.saturating_sub(1_000);
    }
}

/// The subscription's period is over: it goes on, or ends.
fn renew(account: &mut Account, serial: u32, at: u32) {
    if serial == NONE {
        return;
    }
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let began = subscription.period_start;
    let was_trial = subscription.status == SubscriptionStatus::Trialing;
    if subscription.cancel_at_period_end {
        let reason = subscription.cancel_reason;
        end(account, serial, at, reason);
        return;
    }
    if was_trial && account.lives[customer as usize].random.chance(40) {
        pause(account, serial, at);
        return;
    }
    // What was used in a trial is free.
    let used = (!was_trial).then_some((began, at));
    let held = account.held(at, Kind::Subscription, serial);
    changes::end_discount(account, serial, at);
    let subscription = account.subscription(serial);
    let count = if was_trial {
        1
    } else {
        u32::from(subscription.period) + 2
    };
    let next = period_end(account, subscription, count);
    let it = &mut account.subscriptions[serial as usize];
    it.period = (count - 1) as u16;
    (it.period_start, it.period_end) = (at, next);
    if was_trial {
        it.status = SubscriptionStatus::Active;
    }
    let cycle = (BillingReason::Cycle, LineKind::Period);
    invoice(account, serial, at, cycle, used);
    account.changed(EventKind::SubscriptionUpdated, held);
    account.lives[customer as usize].plan(next, Todo::Renew);
    plan_changes(account, serial);
}

/// A trial that ends without a way to pay.
fn pause(account: &mut Account, serial: u32, at: u32) {
    let customer = account.subscription(serial).customer;
    let held = account.held(at, Kind::Subscription, serial);
    account.subscriptions[serial as usize].status = SubscriptionStatus::Paused;
    account.changed(EventKind::SubscriptionUpdated, held);
    account.happened(at, EventKind::SubscriptionPaused, serial);
    changes::drop_pending(account, customer, at);
    account.lives[customer as usize].forget_subscription();
}

/// An invoice for the subscription's present period, for what was `used` by the meters before it,
/// and for all that waits.
fn invoice(
    account: &mut Account,
    serial: u32,
    at: u32,
    (reason, kind): (BillingReason, LineKind),
    used: Option<(u32, u32)>,
) {
    let subscription = account.subscription(serial);
    let customer = subscription.customer;
    let period = (subscription.period_start, subscription.period_end);
    let pending = std::mem::take(&mut account.lives[customer as usize].pending);
    let (mut lines, items): (Vec<Line>, Vec<u32>) = pending.into_iter().unzip();
    let subscription = account.subscription(serial);
    lines.extend(subscription.items.iter().filter_map(|item| {
        let price = &account.catalogue.prices[usize::from(item.price)];
        if price.meter.is_some() {
            return used.map(|used| metered::line(account, customer, item, used));
        }
        let is_trial = kind == LineKind::Trial;
        let amount = if is_trial {
            0
        } else {
            price.amount(i64::from(item.quantity))
        };
        Some(changes::line(item, kind, item.quantity, period, amount))
    }));
    let bill = Bill {
        customer,
        subscription: serial,
        at,
        reason,
        send_invoice: subscription.send_invoice,
        period,
        lines,
        items,
        discount: subscription.discount,
        tax_rate: subscription.tax_rate,
    };
    let invoice = billing::draft(account, bill);
    if reason == BillingReason::Cycle {
        let life = &mut account.lives[customer as usize];
        let later = billing::DRAFT_SECONDS + life.random.below(600) as u32;
        life.plan(at + later, Todo::Finalize(invoice));
    } else {
        billing::finalize(account, invoice, at);
    }
    changes::end_once(account, serial, at, kind);
}

/// The subscription ends for good.
pub(crate) fn end(account: &mut Account, serial: u32, at: u32, reason: CancelReason) {
    if serial == NONE {
        return;
    }
    let it = &mut account.subscriptions[serial as usize];
    it.status = SubscriptionStatus::Canceled;
    it.ended_at = When::at(at);
    it.cancel_reason = reason;
    if !it.canceled_at.is_some() {
        it.canceled_at = When::at(at);
    }
    let customer = it.customer;
    account.happened(at, EventKind::SubscriptionDeleted, serial);
    offers::end_schedule(account, serial, at, false);
    changes::drop_pending(account, customer, at);
    let life = &mut account.lives[customer as usize];
    life.forget_subscription();
    match life.random.below(100) {
        0..12 => {
            let later = at + 20 * DAY + life.random.below(40 * u64::from(DAY)) as u32;
            life.plan(later, Todo::Subscribe);
        }
        12..20 => life.plan(at + 30 * DAY, Todo::Delete),
        _ => {}
    }
}

/// Deletes the customer; its subscriptions end with it, and its payment methods are let go.
pub(crate) fn delete(account: &mut Account, customer: u32, at: u32) {
    let owner = account.customer(customer);
    let (methods, subscriptions) = (owner.last_method, owner.last_subscription);
    let subscriptions = account.chain(subscriptions, |account, serial| {
        account.subscription(serial).prev_of_customer
    });
    for serial in subscriptions {
        if account.subscription(serial).status != SubscriptionStatus::Canceled {
            end(account, serial, at, CancelReason::None);
        }
    }
    let methods = account.chain(methods, |account, serial| {
        account.methods[serial as usize].prev_of_customer
    });
    for serial in methods {
        payments::detach(account, serial, at);
    }
    account.customers[customer as usize].deleted = true;
    account.happened(at, EventKind::CustomerDeleted, customer);
}

/// What an invoice that was sent leads to.
pub(crate) fn plan_sent(account: &mut Account, serial: u32, at: u32, due: u32) {
    let customer = account.invoice(serial).customer;
    let life = &mut account.lives[customer as usize];
    life.plan(due, Todo::Overdue(serial));
    match life.random.below(100) {
        0..80 => {
            let wait = 10 * DAY + life.random.below(u64::from(24 * DAY)) as u32;
            life.plan(at + wait, Todo::Pay(serial));
        }
        80..90 => life.plan(due + 20 * DAY, Todo::Pay(serial)),
        90..94 => life.plan(due + 60 * DAY, Todo::WriteOff(serial)),
        94..97 => life.plan(due + 10 * DAY, Todo::Void(serial)),
        _ => {}
    }
    if life.random.chance(140) {
        life.plan(at + 4 * DAY, Todo::Credit(serial));
    }
}

/// What a payment leads to.
pub(crate) fn after_payment(account: &mut Account, serial: u32, at: u32) {
    let invoice = account.invoice(serial);
    let customer = invoice.customer;
    if invoice.amount_paid > 0 && account.lives[customer as usize].random.chance(22) {
        account.lives[customer as usize].plan(at + 2 * DAY, Todo::Credit(serial));
    }
}
