//! Customers and what hangs below them.

use std::borrow::Cow;

use crate::account::Account;
use crate::ids::Kind;
use crate::render;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, chain_keys, filter, keys_of};
use crate::server::params::{Params, Range};
use crate::server::retrieve::found;
use crate::timeline::page;

pub(super) fn customers(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let email = params.take("email");
    let clock = filter(account, &mut params, "test_clock", Kind::TestClock)?;
    params.finish()?;
    let window = ask.window(account, Kind::Customer, created)?;
    let keys = match clock {
        Some(clock) => Cow::Owned(clock_customers(account, clock)),
        None => Cow::Borrowed(account.orders.customers.keys()),
    };
    let keep = |serial: u32| {
        email
            .as_ref()
            .is_none_or(|email| *account.customer(serial).email == **email)
    };
    let page = page(&keys, &window, keep);
    Ok(answer(
        account,
        "/v1/customers",
        &page,
        1_300,
        |pen, serial| {
            let customer = account.customer(serial);
            render::customer::customer(pen, account, serial, customer, &ask.expand);
        },
    ))
}

/// The customers that live by a test clock, which the usual list leaves out.
fn clock_customers(account: &Account, clock: u32) -> Vec<u64> {
    let customers = account.offers.on_clock.iter().copied();
    let of_clock = customers.filter(|serial| account.customer(*serial).test_clock == clock);
    keys_of(account, Kind::Customer, of_clock)
}

pub(super) fn customer_methods(
    account: &Account,
    id: &str,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let kind = params.take("type");
    params.take("allow_redisplay");
    params.finish()?;
    let customer = account.customer(found(account, Kind::Customer, id)?);
    if customer.deleted {
        return Err(Refusal::missing("customer", id));
    }
    let keys = chain_keys(
        account,
        Kind::PaymentMethod,
        customer.last_method,
        |account, serial| account.methods[serial as usize].prev_of_customer,
    );
    let window = ask.window(account, Kind::PaymentMethod, Range::ALL)?;
    let page = page(&keys, &window, |serial| {
        !account.methods[serial as usize].detached
            && kind
                .as_ref()
                .is_none_or(|kind| kind == account.methods[serial as usize].kind())
    });
    let url = format!("/v1/customers/{id}/payment_methods");
    Ok(answer(account, &url, &page, 1_000, |pen, serial| {
        render::customer::payment_method(pen, account, serial);
    }))
}

pub(super) fn customer_balance(
    account: &Account,
    id: &str,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let invoice = filter(account, &mut params, "invoice", Kind::Invoice)?;
    params.finish()?;
    let customer = account.customer(found(account, Kind::Customer, id)?);
    let first = customer.last_balance_transaction;
    let keys = chain_keys(
        account,
        Kind::BalanceTransaction,
        first,
        |account, serial| account.balance_transactions[serial as usize].prev_of_customer,
    );
    let window = ask.window(account, Kind::BalanceTransaction, created)?;
    let page = page(&keys, &window, |serial| {
        let entry = &account.balance_transactions[serial as usize];
        invoice.is_none_or(|invoice| entry.invoice == invoice)
    });
    let url = format!("/v1/customers/{id}/balance_transactions");
    Ok(answer(account, &url, &page, 500, |pen, serial| {
        render::customer::balance_transaction(pen, account, serial);
    }))
}
