//! The account's keys and what each may do.

use std::sync::{Arc, Mutex};

use crate::ids::Ids;
use crate::server::answer::Refusal;

/// Every permission that reading needs here.
pub const READ_PERMISSIONS: [&str; 21] = [
    "rak_connected_account_read",
    "rak_customer_read",
    "rak_payment_method_read",
    "rak_product_read",
    "rak_plan_read",
    "rak_coupon_read",
    "rak_tax_rate_read",
    "rak_subscription_read",
    "rak_invoice_read",
    "rak_payment_intent_read",
    "rak_charge_read",
    "rak_credit_note_read",
    "rak_event_read",
    "rak_promotion_code_read",
    "rak_dispute_read",
    "rak_payout_read",
    "rak_balance_transaction_source_read",
    "rak_invoice_item_read",
    "rak_billing_meter_read",
    "rak_billing_credit_grant_read",
    "rak_test_clock_read",
];

/// The keys of one account.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) secret: String,
    pub(crate) restricted: String,
    pub(crate) restricted_write: String,
    pub(crate) publishable: String,
    pub(crate) webhook: String,
    account: String,
    missing: Arc<Mutex<Vec<String>>>,
}

impl Keys {
    pub(crate) fn new(ids: &Ids, seed: u64, livemode: bool, missing: Vec<String>) -> Self {
        let mode = if livemode { "live" } else { "test" };
        let mut random = crate::random::Random::new(seed, 0x5EC2);
        let mut tail = |length: usize| -> String {
            const LETTERS: &[u8; 62] =
                b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
            (0..length)
                .map(|_| char::from(LETTERS[random.below(62) as usize]))
                .collect()
        };
        Self {
            secret: format!("sk_{mode}_51{}", tail(40)),
            restricted: format!("rk_{mode}_51{}", tail(40)),
            restricted_write: format!("rk_{mode}_51{}", tail(40)),
            publishable: format!("pk_{mode}_51{}", tail(40)),
            webhook: format!("whsec_{}", tail(32)),
            account: ids.account_id(),
            missing: Arc::new(Mutex::new(missing)),
        }
    }

    /// From now on the restricted keys lack `permission`, or have it.
    pub(crate) fn set_permission(&self, permission: &str, granted: bool) {
        let mut missing = crate::locked(&self.missing);
        missing.retain(|known| known != permission);
        if !granted {
            missing.push(permission.to_owned());
        }
    }

    /// Whether the bearer of `key` may use an endpoint that needs `permission`, such as
    /// `rak_customer_read`. Write permissions include reading.
    pub(crate) fn check(
        &self,
        key: Option<&str>,
        permission: &str,
        revoked: bool,
    ) -> Result<(), Refusal> {
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            return Err(Refusal::no_key());
        };
        if key == self.publishable {
            return Err(Refusal::publishable_key());
        }
        let known = [&self.secret, &self.restricted, &self.restricted_write];
        if !known.into_iter().any(|known| known == key) {
            return Err(Refusal::wrong_key(&redacted(key)));
        }
        if revoked {
            return Err(Refusal::expired_key(&redacted(key)));
        }
        let is_write = permission.ends_with("_write");
        let lacks = crate::locked(&self.missing)
            .iter()
            .any(|missing| missing == permission);
        let allowed = key == self.secret || (!lacks && (!is_write || key == self.restricted_write));
        if allowed {
            Ok(())
        } else {
            Err(Refusal::permission(
                &redacted(key),
                &self.account,
                permission,
            ))
        }
    }
}

/// A key as Stripe shows it in its errors: the beginning and the last four characters.
fn redacted(key: &str) -> String {
    let letters: Vec<char> = key.chars().collect();
    if letters.len() <= 12 {
        return "*".repeat(letters.len());
    }
    let start: String = letters.iter().take(8).collect();
    let end: String = letters.iter().skip(letters.len() - 4).collect();
    format!("{start}{}{end}", "*".repeat(letters.len() - 12))
}
