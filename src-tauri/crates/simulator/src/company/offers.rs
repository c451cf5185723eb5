//! What the company offers besides plans, and what few customers have: credit grants, meters,
//! promotion codes, schedules, and customers that live by a test clock.

use crate::account::Account;
use crate::catalogue::product;
use crate::company::life::Life;
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;
use crate::random::Random;

const DAY: u32 = 86_400;

/// The coupon behind the promotion codes: 20 % off the first invoice.
pub(crate) const PROMOTED: u8 = 4;

/// Every so many customers is granted credits, every so many subscriptions scheduled.
const GRANTED: u32 = 25;
const SCHEDULED: usize = 29;

/// Sets up what belongs to the company before its first customer comes, at `start`.
pub(crate) fn stock(account: &mut Account, start: u32) {
    let promotion = |code, offset, active| Promotion {
        created: start - 20 * DAY + offset,
        code,
        coupon: PROMOTED,
        active,
        expires_at: When::NEVER,
        redeemed: 0,
    };
    account.offers.promotions = vec![
        promotion("HELLO20", 0, true),
        promotion("SPRINGFAIR", 3_600, true),
        Promotion {
            expires_at: When::at(start + 60 * DAY),
            ..promotion("OPENING", 7_200, false)
        },
    ];
    let meter = |name, event_name, formula, offset| Meter {
        created: start - 10 * DAY + offset,
        updated: start - 10 * DAY + offset,
        name,
        event_name,
        formula,
        deactivated_at: When::NEVER,
    };
    account.offers.meters = vec![
        meter("AI replies", "ai_reply", "sum", 0),
        meter("Messages sent", "message_sent", "count", 600),
        Meter {
            updated: start + 40 * DAY,
            deactivated_at: When::at(start + 40 * DAY),
            ..meter("Fax pages", "fax_page", "sum", 1_200)
        },
    ];
    let replies = MeterOfPrice {
        serial: 0,
        created: account.offers.meters[0].created,
    };
    account.catalogue.add_metered(replies);
    crate::render::catalogue::prepare(&mut account.catalogue, &account.ids, account.livemode);
}

/// Gives few customers what few have, and makes the customers of a test clock.
pub(crate) fn hand_out(account: &mut Account, start: u32) {
    expire_due(account);
    for serial in (7..account.subscriptions.len()).step_by(SCHEDULED) {
        let it = &account.subscriptions[serial];
        let at = it.created + DAY;
        if it.status == SubscriptionStatus::Active && !it.cancel_at_period_end && at <= account.now
        {
            schedule(account, serial as u32, at);
        }
    }
    if !account.livemode {
        clock(account, start);
    }
}

/// A movement of a grant; `line` is the invoice and the line that it is about, or nothing twice.
pub(crate) fn credit_entry(
    account: &mut Account,
    grant: u32,
    amount: i64,
    reason: CreditReason,
    at: u32,
    line: (u32, u32),
) -> u32 {
    let serial = account.offers.credit_entries.len() as u32;
    account.offers.credit_entries.push(CreditEntry {
        created: at,
        grant,
        amount,
        reason,
        line,
    });
    account.happened(at, EventKind::CreditEntryCreated, serial);
    serial
}

/// The customer's grants that hold at `at`, in the order in which Stripe uses them up: of equal
/// priority, what expires sooner, what was given before what was paid for, the oldest.
pub(crate) fn granted_order(account: &Account, customer: u32, at: u32) -> Vec<u32> {
    let grants = &account.offers.grants;
    let holds = |it: &CreditGrant| {
        it.customer == customer && it.left > 0 && it.created <= at && !it.expires_at.by(at)
    };
    let mut order: Vec<u32> = (0..grants.len() as u32)
        .filter(|serial| holds(&grants[*serial as usize]))
        .collect();
    order.sort_by_key(|serial| {
        let it = &grants[*serial as usize];
        let expires = it.expires_at.get().unwrap_or(u32::MAX);
        (expires, it.is_paid, it.created, *serial)
    });
    order
}

/// True for the few customers that pay for AI credits by use: all that are granted some, and as
/// many others.
pub(crate) const fn pays_by_use(customer: u32) -> bool {
    let place = customer % GRANTED;
    is_granted(customer) || place == 16
}

/// True for customers that are granted credits ten days after they came.
pub(crate) const fn is_granted(customer: u32) -> bool {
    customer % GRANTED == 3
}

/// Grants the customer credits: every third of them paid for.
pub(crate) fn grant(account: &mut Account, customer: u32, at: u32) {
    let serial = account.offers.grants.len() as u32;
    let currency = account.customer(customer).currency;
    let unit = [5_000, 4_500, 4_000, 7_500, 15_000][currency as usize];
    let is_paid = serial % 3 == 2;
    let amount = unit * i64::from(1 + serial % 4);
    account.offers.grants.push(CreditGrant {
        created: at,
        updated: at,
        customer,
        amount,
        left: amount,
        currency,
        is_paid,
        expires_at: if is_paid {
            When::NEVER
        } else {
            When::at(at + 90 * DAY)
        },
        voided_at: When::NEVER,
    });
    account.happened(at, EventKind::CreditGrantCreated, serial);
    let reason = CreditReason::Granted;
    credit_entry(account, serial, amount, reason, at, (NONE, NONE));
}

/// What is left of the grant lapses: it expires, or is taken back.
fn lapse(account: &mut Account, grant: u32, at: u32, reason: CreditReason) -> bool {
    let left = account.offers.grants[grant as usize].left;
    if left == 0 {
        return false;
    }
    let held = account.held(at, Kind::CreditGrant, grant);
    let it = &mut account.offers.grants[grant as usize];
    it.left = 0;
    it.updated = at;
    match reason {
        CreditReason::Voided => it.voided_at = When::at(at),
        _ => it.expires_at = When::at(at),
    }
    account.changed(EventKind::CreditGrantUpdated, held);
    credit_entry(account, grant, left, reason, at, (NONE, NONE));
    true
}

/// Takes a grant back.
pub(crate) fn void_grant(account: &mut Account, grant: u32, at: u32) -> bool {
    lapse(account, grant, at, CreditReason::Voided)
}

/// What expired by the account's present.
pub(crate) fn expire_due(account: &mut Account) {
    for grant in 0..account.offers.grants.len() as u32 {
        let expires = account.offers.grants[grant as usize].expires_at;
        if let Some(at) = expires.get().filter(|at| *at <= account.now) {
            lapse(account, grant, at, CreditReason::Expired);
        }
    }
}

/// Plans more seats for a subscription, three years after it began.
pub(crate) fn schedule(account: &mut Account, subscription: u32, at: u32) {
    let serial = account.offers.schedules.len() as u32;
    let it = account.subscription(subscription);
    let (item, customer, start) = (it.items[0], it.customer, it.created);
    let year = |years: u32| crate::calendar::add_months(start, 12 * years);
    account.offers.schedules.push(Schedule {
        created: at,
        customer,
        subscription,
        status: ScheduleStatus::Active,
        ended_at: When::NEVER,
        price: item.price,
        seats: [item.quantity, item.quantity + 1 + item.quantity / 4],
        turns: [start, year(3), year(4)],
    });
    account.happened(at, EventKind::ScheduleCreated, serial);
    let held = account.held(at, Kind::Subscription, subscription);
    account.subscriptions[subscription as usize].schedule = serial;
    account.changed(EventKind::SubscriptionUpdated, held);
}

/// The subscription goes on without its schedule, or ends and the schedule with it.
pub(crate) fn end_schedule(account: &mut Account, subscription: u32, at: u32, released: bool) {
    let Some(serial) = some(account.subscription(subscription).schedule) else {
        return;
    };
    if account.offers.schedules[serial as usize].status != ScheduleStatus::Active {
        return;
    }
    let held = account.held(at, Kind::Schedule, serial);
    let it = &mut account.offers.schedules[serial as usize];
    it.ended_at = When::at(at);
    let (status, kind) = if released {
        (ScheduleStatus::Released, EventKind::ScheduleReleased)
    } else {
        (ScheduleStatus::Canceled, EventKind::ScheduleCanceled)
    };
    it.status = status;
    account.changed(EventKind::ScheduleUpdated, held);
    account.happened(at, kind, serial);
    if released {
        let held = account.held(at, Kind::Subscription, subscription);
        account.subscriptions[subscription as usize].schedule = NONE;
        account.changed(EventKind::SubscriptionUpdated, held);
    }
}

/// A line that waits for an invoice: its invoice item.
pub(crate) fn pend(
    account: &mut Account,
    customer: u32,
    subscription: u32,
    at: u32,
    line: Line,
) -> (Line, u32) {
    let serial = account.offers.invoice_items.len() as u32;
    account.offers.invoice_items.push(InvoiceItem {
        created: at,
        customer,
        subscription,
        line,
        invoice: NONE,
    });
    account.orders.invoice_items.push(at, serial);
    account.happened(at, EventKind::InvoiceItemCreated, serial);
    (line, serial)
}

/// Invoice items that are thrown away.
pub(crate) fn drop_items(account: &mut Account, items: impl IntoIterator<Item = u32>, at: u32) {
    for serial in items {
        account.happened(at, EventKind::InvoiceItemDeleted, serial);
        account.remove(Kind::InvoiceItem, serial);
    }
}

/// A test clock and two customers that live by it, long ago: nothing happens to them by itself.
fn clock(account: &mut Account, start: u32) {
    let created = start + 30 * DAY;
    account.offers.clocks.push(TestClock {
        created,
        frozen: created + 400 * DAY,
        name: "Renewal a year ahead",
    });
    let usd = Currency::Usd;
    let price = account
        .catalogue
        .price(product::STARTER, usd, Interval::Month);
    for place in 0..2 {
        let customer = account.add_customer(Customer {
            name: format!("Test clock customer {}", place + 1).into(),
            email: format!("clock{}@northwind-mail.example", place + 1).into(),
            test_clock: 0,
            ..Customer::new(created + 60 + place, 0, usd)
        });
        account
            .lives
            .push(Life::asleep(Random::new(account.seed, 0)));
        account.offers.on_clock.insert(customer);
        let serial = account.subscriptions.len() as u32;
        let item = account.new_item(serial, created + 120 + place, price, 2 + place);
        let mut subscription = Subscription::new(created + 120 + place, customer, usd, vec![item]);
        subscription.period_end = crate::calendar::add_months(created, 1);
        account.add_subscription(subscription);
    }
}
