//! Payment intents and charges.

use std::borrow::Cow;

use crate::account::Account;
use crate::ids::Kind;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, chain_keys, customer_filter, filter};
use crate::server::params::Params;
use crate::server::retrieve::object;
use crate::timeline::page;

pub(super) fn intents(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let customer = customer_filter(account, &mut params)?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let window = ask.window(account, Kind::PaymentIntent, created)?;
    let keys = match customer {
        Some(customer) => {
            let first = account.customer(customer).last_intent;
            Cow::Owned(chain_keys(
                account,
                Kind::PaymentIntent,
                first,
                |account, serial| account.intents[serial as usize].prev_of_customer,
            ))
        }
        None => Cow::Borrowed(account.orders.intents.keys()),
    };
    let page = page(&keys, &window, |_| elsewhere.is_none());
    Ok(answer(
        account,
        "/v1/payment_intents",
        &page,
        1_700,
        |pen, serial| {
            object(pen, account, Kind::PaymentIntent, serial, &ask.expand);
        },
    ))
}

pub(super) fn charges(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let customer = customer_filter(account, &mut params)?;
    let intent = filter(account, &mut params, "payment_intent", Kind::PaymentIntent)?;
    let group = params.take("transfer_group");
    params.finish()?;
    let window = ask.window(account, Kind::Charge, created)?;
    let keys = match (intent, customer) {
        (Some(intent), _) => {
            let first = account.intents[intent as usize].last_charge;
            Cow::Owned(chain_keys(
                account,
                Kind::Charge,
                first,
                |account, serial| account.charges[serial as usize].prev_of_intent,
            ))
        }
        (None, Some(customer)) => {
            let first = account.customer(customer).last_charge;
            Cow::Owned(chain_keys(
                account,
                Kind::Charge,
                first,
                |account, serial| account.charges[serial as usize].prev_of_customer,
            ))
        }
        (None, None) => Cow::Borrowed(account.orders.charges.keys()),
    };
    let page = page(&keys, &window, |serial| {
        let it = &account.charges[serial as usize];
        customer.is_none_or(|customer| it.customer == customer) && group.is_none()
    });
    Ok(answer(
        account,
        "/v1/charges",
        &page,
        2_600,
        |pen, serial| {
            object(pen, account, Kind::Charge, serial, &ask.expand);
        },
    ))
}
