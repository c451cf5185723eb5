//! "Northwind Mail": a made-up software company whose customers come, change, pay late and leave.
//!
//! Every customer has an agenda of what happens next and when. History is the agendas run up to
//! the account's present; moving the clock on runs them further.

pub(crate) mod billing;
pub(crate) mod changes;
pub(crate) mod credits;
pub(crate) mod life;
pub(crate) mod payments;
#[cfg(test)]
mod tests;

use crate::account::Account;
use crate::events::EventKind;
use crate::json::{Pen, Text, put};
use crate::model::{NONE, SubscriptionStatus};
use crate::names;
use crate::random::Random;

/// Fills `account` with `customers` whose histories begin after `start`, and lets them live up to
/// the account's present.
pub(crate) fn fill(account: &mut Account, customers: u32, start: u32) {
    for serial in 0..customers {
        life::begin(account, serial, customers, start);
        life::run(account, serial, account.now);
    }
}

/// Lets every customer live up to the account's present.
pub(crate) fn live(account: &mut Account) {
    for customer in 0..account.customers.len() as u32 {
        life::run(account, customer, account.now);
    }
    account.settle();
}

/// Changes `count` things by chance at the account's present.
pub(crate) fn mutate(account: &mut Account, count: u32, seed: u64) {
    let mut random = Random::new(account.seed ^ seed, 0x3D17);
    let now = account.now;
    for _ in 0..count {
        let customer = random.below(account.customers.len() as u64) as u32;
        if account.customer(customer).deleted {
            continue;
        }
        let subscription = account.customer(customer).last_subscription;
        let is_active = subscription != NONE
            && account.subscription(subscription).status == SubscriptionStatus::Active;
        if is_active && random.chance(800) {
            changes::change(account, subscription, now);
        } else {
            rename(account, customer, &mut random);
        }
        life::run(account, customer, now);
    }
    account.settle();
}

fn rename(account: &mut Account, customer: u32, random: &mut Random) {
    let it = &mut account.customers[customer as usize];
    let mut pen = Pen::new(&account.ids, 80);
    put!(&mut pen; r#"{"name":"#, Text(&it.name), "}");
    it.name = names::company(random).into();
    let previous = Some(String::from_utf8_lossy(&pen.out).into_owned());
    account.happened_with(account.now, EventKind::CustomerUpdated, customer, previous);
}
