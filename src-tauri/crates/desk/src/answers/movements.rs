//! Answers about what moves beside invoices and payment attempts.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Amount, UnixSeconds};

/// One thing that moved, on a tenant's or an invoice's page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MovementView {
    /// Stripe's id.
    pub id: String,
    /// `refund`, `dispute`, `balance` (an entry of the account balance), `credit_grant`,
    /// `credit_use` or `promotion_code`.
    pub kind: String,
    /// Stripe's word for its state or its type: `succeeded`, `needs_response`,
    /// `applied_to_invoice`, `credits_applied`, ….
    pub status: Option<String>,
    /// When.
    pub at: UnixSeconds,
    /// How much; of a balance entry negative where it is a credit to the customer, of credits
    /// negative where they are taken; none for a promotion code.
    pub amount: Option<Amount>,
    /// A reason in words, a name, a code.
    pub words: Option<String>,
    /// Id of the charge, the grant, the credit note or the coupon that it belongs to.
    pub refers: Option<String>,
    /// When evidence for a dispute is due, when a grant or a code expires.
    pub until: Option<UnixSeconds>,
    /// Of a dispute: whether evidence was given.
    pub answered: Option<bool>,
    /// Id of the invoice that it is for.
    pub invoice: Option<String>,
    /// That invoice's number.
    pub invoice_number: Option<String>,
}

/// One entry of the company's own balance at Stripe: what a payment, a refund or a dispute brought
/// or took after Stripe's fee, and the payout that took it to the bank. Its amounts may be of
/// another currency than the customer's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BalanceEntryView {
    /// Stripe's id of the balance transaction.
    pub id: String,
    /// `charge`, `payment`, `refund`, `adjustment`, ….
    pub entry_type: String,
    /// Id of the charge, the refund or the dispute that moved it.
    pub source: String,
    /// When.
    pub at: UnixSeconds,
    /// Before Stripe's fee; negative where money leaves.
    pub amount: Amount,
    /// What Stripe took.
    pub fee: Amount,
    /// The amount less the fee.
    pub net: Amount,
    /// What one unit of the customer's currency was worth; none: the same currency.
    pub exchange_rate: Option<String>,
    /// From when on it can be paid out, where it is not yet.
    pub available_on: Option<UnixSeconds>,
    /// The payout that took it along; none: not yet, or Stripe does not say.
    pub payout: Option<PayoutView>,
}

/// The payout that took an entry of the balance to the bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PayoutView {
    /// Stripe's id.
    pub id: String,
    /// `paid`, `in_transit`, `pending`, `failed` or `canceled`.
    pub status: String,
    /// When it arrives at the bank.
    pub at: UnixSeconds,
    /// All that it brought.
    pub amount: Amount,
}

/// What moved for one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceMoney {
    /// Refunds, disputes, balance and credits, newest first, at most 200.
    pub movements: Vec<MovementView>,
    /// The way to the bank, oldest first, at most 200.
    pub entries: Vec<BalanceEntryView>,
}
