//! Answers about what moves beside invoices and payment attempts.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Amount, UnixSeconds};

/// One thing that moved, on a tenant's or an invoice's page: a refund, a dispute, an entry of the
/// account balance, credits, a promotion code, Stripe's fee, the payout to the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovementView {
    /// Stripe's id.
    pub id: String,
    /// `refund`, `dispute`, `balance`, `credit_grant`, `credit_use`, `promotion_code`, `fee` or
    /// `payout`.
    pub kind: String,
    /// What it is, in words: "Refund, succeeded", "Credit used, credits applied".
    pub title: String,
    /// When.
    pub at: UnixSeconds,
    /// How much; none for a promotion code.
    pub amount: Option<Amount>,
    /// A reason, a name, a code.
    pub words: Option<String>,
    /// Id of the invoice, the charge or the grant that it belongs to.
    pub refers: Option<String>,
}
