//! Money that goes back and money that goes out: refunds, disputes and the company's payouts.

use crate::account::Account;
use crate::company::life::Todo;
use crate::events::EventKind;
use crate::ids::Kind;
use crate::model::*;
use crate::random::Random;

const DAY: u32 = 86_400;

/// How long a card's money waits before it can be paid out.
const AVAILABLE_AFTER: u32 = 2 * DAY;

/// Payouts leave on Mondays; 5 January 1970 was one.
const WEEK: u32 = 7 * DAY;
const FIRST_MONDAY: u32 = 4 * DAY;

/// How often a charge is disputed, in ten thousand.
const DISPUTED: u64 = 35;

/// What a dispute costs, in minor units of USD, EUR, GBP, JPY and KWD.
const DISPUTE_FEES: [i64; 5] = [1_500, 1_500, 1_500, 1_800, 5_000];

/// A movement of the company's balance; its number.
fn enter(
    account: &mut Account,
    at: u32,
    source: EntrySource,
    amount: i64,
    fee: i64,
    currency: Currency,
) -> u32 {
    let serial = account.money.entries.len() as u32;
    account.money.entries.push(Entry {
        created: at,
        available_on: at + AVAILABLE_AFTER,
        source,
        amount,
        fee,
        currency,
        payout: NONE,
    });
    account.orders.entries.push(at, serial);
    account.money.waiting.push(serial);
    serial
}

/// A charge that succeeded moves the balance, and may be disputed some day.
pub(crate) fn charged(account: &mut Account, charge: u32, at: u32) {
    let it = &account.charges[charge as usize];
    let (amount, currency, customer) = (it.amount, it.currency, it.customer);
    // 2.9 % and thirty cents, as Stripe asks for cards in the United States.
    let fee = currency.round(i128::from(amount) * 29, 1_000) + 30 * currency.step();
    let entry = enter(
        account,
        at,
        EntrySource::Charge(charge),
        amount,
        fee.min(amount),
        currency,
    );
    account.charges[charge as usize].entry = entry;
    let mut random = Random::new(account.seed ^ 0xD15B, u64::from(charge));
    let is_card = !account.methods[account.charges[charge as usize].method as usize].debit;
    if is_card && random.below(10_000) < DISPUTED {
        let days = random.between(5, 60) as u32;
        account.lives[customer as usize].plan(at + days * DAY, Todo::Dispute(charge));
    }
}

/// Gives `amount` of a charge back to its card; the refund's number.
pub(crate) fn refund(account: &mut Account, charge: u32, amount: i64, at: u32) -> u32 {
    let serial = account.money.refunds.len() as u32;
    let currency = account.charges[charge as usize].currency;
    let entry = enter(
        account,
        at,
        EntrySource::Refund(serial),
        -amount,
        0,
        currency,
    );
    account.money.refunds.push(Refund {
        created: at,
        charge,
        amount,
        currency,
        status: RefundStatus::Succeeded,
        reason: (serial % 3) as u8,
        entry,
        failure_entry: NONE,
    });
    account.orders.refunds.push(at, serial);
    account.happened(at, EventKind::RefundCreated, serial);
    let held = account.held(at, Kind::Charge, charge);
    account.charges[charge as usize].refunded += amount;
    account.changed(EventKind::ChargeRefunded, held);
    serial
}

/// The card's bank sends the money back: the refund failed after all.
pub(crate) fn fail_refund(account: &mut Account, refund: u32, at: u32) {
    let it = account.money.refunds[refund as usize].clone();
    if it.status == RefundStatus::Failed {
        return;
    }
    let source = EntrySource::RefundFailure(refund);
    let entry = enter(account, at, source, it.amount, 0, it.currency);
    let held = account.held(at, Kind::Refund, refund);
    let again = &mut account.money.refunds[refund as usize];
    again.status = RefundStatus::Failed;
    again.failure_entry = entry;
    account.changed(EventKind::RefundUpdated, held);
    account.happened(at, EventKind::RefundFailed, refund);
    let held = account.held(at, Kind::Charge, it.charge);
    account.charges[it.charge as usize].refunded -= it.amount;
    account.changed(EventKind::ChargeUpdated, held);
}

/// The cardholder disputes a charge; false where that cannot be.
pub(crate) fn dispute(account: &mut Account, charge: u32, at: u32) -> bool {
    let it = &account.charges[charge as usize];
    let is_debit = account.methods[it.method as usize].debit;
    if it.disputed || it.entry == NONE || it.refunded > 0 || is_debit {
        return false;
    }
    let (amount, currency, customer) = (it.amount, it.currency, it.customer);
    let serial = account.money.disputes.len() as u32;
    let fee = DISPUTE_FEES[currency as usize];
    let entry = enter(
        account,
        at,
        EntrySource::Dispute(serial),
        -amount,
        fee,
        currency,
    );
    account.money.disputes.push(Dispute {
        created: at,
        charge,
        amount,
        currency,
        status: DisputeStatus::NeedsResponse,
        reason: (serial % 4) as u8,
        withdrawn: entry,
        reinstated: NONE,
    });
    let held = account.held(at, Kind::Charge, charge);
    account.charges[charge as usize].disputed = true;
    account.changed(EventKind::ChargeUpdated, held);
    account.happened(at, EventKind::DisputeCreated, serial);
    account.happened(at, EventKind::DisputeWithdrawn, serial);
    let life = &mut account.lives[customer as usize];
    life.plan(at + 5 * DAY, Todo::Answer(serial));
    true
}

/// The company sends its evidence.
pub(crate) fn answer(account: &mut Account, dispute: u32, at: u32) {
    if account.money.disputes[dispute as usize].status != DisputeStatus::NeedsResponse {
        return;
    }
    let held = account.held(at, Kind::Dispute, dispute);
    account.money.disputes[dispute as usize].status = DisputeStatus::UnderReview;
    account.changed(EventKind::DisputeUpdated, held);
    let charge = account.money.disputes[dispute as usize].charge;
    let customer = account.charges[charge as usize].customer;
    account.lives[customer as usize].plan(at + 25 * DAY, Todo::Judge(dispute));
}

/// The bank decides: two of three disputes are lost.
pub(crate) fn judge(account: &mut Account, dispute: u32, at: u32) {
    let it = account.money.disputes[dispute as usize].clone();
    if matches!(it.status, DisputeStatus::Won | DisputeStatus::Lost) {
        return;
    }
    let is_won = dispute % 3 == 1;
    let reinstated = if is_won {
        let source = EntrySource::DisputeReversal(dispute);
        enter(account, at, source, it.amount, 0, it.currency)
    } else {
        NONE
    };
    let held = account.held(at, Kind::Dispute, dispute);
    let again = &mut account.money.disputes[dispute as usize];
    again.reinstated = reinstated;
    again.status = if is_won {
        DisputeStatus::Won
    } else {
        DisputeStatus::Lost
    };
    account.changed(EventKind::DisputeUpdated, held);
    account.happened(at, EventKind::DisputeClosed, dispute);
    if is_won {
        account.happened(at, EventKind::DisputeReinstated, dispute);
    }
}

/// Sends what is available to the company's bank, on every Monday up to the account's present.
pub(crate) fn pay_out(account: &mut Account) {
    let first = account.money.entries.iter().map(|it| it.created).min();
    let Some(since) = account.money.paid_out.get().or(first) else {
        return;
    };
    let mut monday = since - since.saturating_sub(FIRST_MONDAY) % WEEK + WEEK;
    while monday <= account.now {
        arrivals(account, monday);
        for currency in Currency::ALL {
            pay_out_in(account, currency, monday);
        }
        account.money.paid_out = When::at(monday);
        monday += WEEK;
    }
    arrivals(account, account.now);
}

/// One payout of all that is available in `currency`, where that is anything.
fn pay_out_in(account: &mut Account, currency: Currency, at: u32) {
    let money = &account.money;
    let fits = |serial: &u32| {
        let it = &money.entries[*serial as usize];
        it.currency == currency && it.available_on <= at
    };
    let ready: Vec<u32> = money.waiting.iter().copied().filter(fits).collect();
    let net = |serial: &u32| {
        let it = &money.entries[*serial as usize];
        it.amount - it.fee
    };
    let amount: i64 = ready.iter().map(net).sum();
    if amount <= 0 {
        return;
    }
    let payout = account.money.payouts.len() as u32;
    let entry = enter(
        account,
        at,
        EntrySource::Payout(payout),
        -amount,
        0,
        currency,
    );
    account.money.entries[entry as usize].payout = payout;
    account.money.entries[entry as usize].available_on = at;
    for serial in ready {
        account.money.entries[serial as usize].payout = payout;
    }
    let entries = &account.money.entries;
    account
        .money
        .waiting
        .retain(|it| entries[*it as usize].payout == NONE);
    account.money.payouts.push(Payout {
        created: at,
        arrives: at + 2 * DAY,
        amount,
        currency,
        status: PayoutStatus::InTransit,
        entry,
    });
    account.happened(at, EventKind::PayoutCreated, payout);
}

/// What was sent arrives.
fn arrivals(account: &mut Account, until: u32) {
    let payouts = &account.money.payouts;
    let recent = payouts.len().saturating_sub(2 * Currency::ALL.len());
    let arrived: Vec<(u32, u32)> = payouts[recent..]
        .iter()
        .zip(recent as u32..)
        .filter(|(it, _)| it.status == PayoutStatus::InTransit && it.arrives <= until)
        .map(|(it, serial)| (serial, it.arrives))
        .collect();
    for (serial, at) in arrived {
        let held = account.held(at, Kind::Payout, serial);
        account.money.payouts[serial as usize].status = PayoutStatus::Paid;
        account.changed(EventKind::PayoutUpdated, held);
        account.happened(at, EventKind::PayoutPaid, serial);
    }
}
