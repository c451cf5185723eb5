//! "Northwind Mail": a made-up software company whose customers come, change, pay late and leave.
//!
//! Every customer has an agenda of what happens next and when. History is the agendas run up to
//! the account's present; moving the clock on runs them further.

pub(crate) mod billing;
pub(crate) mod changes;
pub(crate) mod credits;
pub(crate) mod life;
pub(crate) mod metered;
pub(crate) mod mutations;
pub(crate) mod offers;
pub(crate) mod payments;
pub(crate) mod refunds;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod tests;

use crate::account::Account;

/// Fills `account` with `customers` whose histories begin after `start`, and lets them live up to
/// the account's present.
pub(crate) fn fill(account: &mut Account, customers: u32, start: u32) {
    offers::stock(account, start);
    for serial in 0..customers {
        life::begin(account, serial, customers, start);
        life::run(account, serial, account.now);
    }
    offers::hand_out(account, start);
    refunds::pay_out(account);
}

/// Lets every customer live up to the account's present.
pub(crate) fn live(account: &mut Account) {
    for customer in 0..account.customers.len() as u32 {
        life::run(account, customer, account.now);
    }
    offers::expire_due(account);
    refunds::pay_out(account);
    account.settle();
}
