//! Refunds, disputes, the company's balance transactions and payouts.

use crate::account::Account;
use crate::ids::Kind;
use crate::model::{Currency, some};
use crate::render;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, filter, keys_of};
use crate::server::params::{Params, Range};
use crate::timeline::page;

pub(super) fn refunds(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let charge = filter(account, &mut params, "charge", Kind::Charge)?;
    let intent = filter(account, &mut params, "payment_intent", Kind::PaymentIntent)?;
    params.finish()?;
    let window = ask.window(account, Kind::Refund, created)?;
    let page = page(account.orders.refunds.keys(), &window, |serial| {
        let of = account.money.refunds[serial as usize].charge;
        charge.is_none_or(|charge| of == charge)
            && intent.is_none_or(|intent| account.charges[of as usize].intent == intent)
    });
    Ok(answer(account, "/v1/refunds", &page, 900, |pen, serial| {
        render::money::refund(pen, account, serial);
    }))
}

pub(super) fn disputes(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let charge = filter(account, &mut params, "charge", Kind::Charge)?;
    let intent = filter(account, &mut params, "payment_intent", Kind::PaymentIntent)?;
    params.finish()?;
    let window = ask.window(account, Kind::Dispute, created)?;
    let disputes = &account.money.disputes;
    let keys = keys_of(account, Kind::Dispute, 0..disputes.len() as u32);
    let page = page(&keys, &window, |serial| {
        let of = disputes[serial as usize].charge;
        charge.is_none_or(|charge| of == charge)
            && intent.is_none_or(|intent| account.charges[of as usize].intent == intent)
    });
    Ok(answer(
        account,
        "/v1/disputes",
        &page,
        2_400,
        |pen, serial| {
            render::money::dispute(pen, account, serial);
        },
    ))
}

pub(super) fn balance_transactions(
    account: &Account,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let payout = filter(account, &mut params, "payout", Kind::Payout)?;
    let currency = params.take("currency");
    let source = params.take("source");
    let kind = params.take("type");
    params.finish()?;
    let window = ask.window(account, Kind::BalanceEntry, created)?;
    let wanted = source.as_deref().map(|source| entries_of(account, source));
    let page = page(account.orders.entries.keys(), &window, |serial| {
        let it = &account.money.entries[serial as usize];
        payout.is_none_or(|payout| it.payout == payout)
            && currency
                .as_ref()
                .is_none_or(|only| only == it.currency.code())
            && kind
                .as_ref()
                .is_none_or(|only| only == render::money::entry_type(account, it))
            && wanted
                .as_ref()
                .is_none_or(|wanted| wanted.contains(&serial))
    });
    let url = "/v1/balance_transactions";
    Ok(answer(account, url, &page, 500, |pen, serial| {
        render::money::balance_transaction(pen, account, serial);
    }))
}

/// The movements that the object named `source` brought about.
fn entries_of(account: &Account, source: &str) -> Vec<u32> {
    let money = &account.money;
    let mut found = Vec::new();
    if let Some(it) = account.find(Kind::Charge, source) {
        found.push(account.charges[it as usize].entry);
    } else if let Some(it) = account.find(Kind::Refund, source) {
        let it = &money.refunds[it as usize];
        found.extend([it.entry, it.failure_entry]);
    } else if let Some(it) = account.find(Kind::Dispute, source) {
        let it = &money.disputes[it as usize];
        found.extend([it.withdrawn, it.reinstated]);
    } else if let Some(it) = account.find(Kind::Payout, source) {
        found.push(money.payouts[it as usize].entry);
    }
    found.retain(|entry| some(*entry).is_some());
    found
}

pub(super) fn payouts(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let arrives = params.take_range("arrival_date")?;
    let destination = params.take("destination");
    let status = params.take("status");
    params.finish()?;
    let window = ask.window(account, Kind::Payout, created)?;
    let payouts = &account.money.payouts;
    let keys = keys_of(account, Kind::Payout, 0..payouts.len() as u32);
    let page = page(&keys, &window, |serial| {
        let it = &payouts[serial as usize];
        let bank = |currency: Currency| format!("ba_1Northwind{}", currency.code());
        (arrives == Range::ALL || arrives.contains(it.arrives))
            && status
                .as_ref()
                .is_none_or(|only| only == it.status.as_str())
            && destination
                .as_ref()
                .is_none_or(|only| *only == bank(it.currency))
    });
    Ok(answer(account, "/v1/payouts", &page, 900, |pen, serial| {
        render::money::payout(pen, account, serial);
    }))
}
