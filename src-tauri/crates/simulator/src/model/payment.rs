//! Payments, credit notes and the customer's balance.

use super::{Currency, When};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentStatus {
    Open,
    Paid,
    Canceled,
}

impl PaymentStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Canceled => "canceled",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct InvoicePayment {
    pub(crate) created: u32,
    pub(crate) invoice: u32,
    pub(crate) requested: i64,
    pub(crate) paid: i64,
    pub(crate) currency: Currency,
    pub(crate) status: PaymentStatus,
    pub(crate) paid_at: When,
    pub(crate) canceled_at: When,
    /// The payment intent, or nothing for money that came another way.
    pub(crate) intent: u32,
    pub(crate) prev_of_invoice: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntentStatus {
    Succeeded,
    /// A debit is on its way.
    Processing,
    RequiresPaymentMethod,
    Canceled,
}

impl IntentStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Processing => "processing",
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::Canceled => "canceled",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct PaymentIntent {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) invoice: u32,
    pub(crate) amount: i64,
    pub(crate) received: i64,
    pub(crate) currency: Currency,
    pub(crate) status: IntentStatus,
    pub(crate) canceled_at: When,
    pub(crate) method: u32,
    pub(crate) last_charge: u32,
    pub(crate) prev_of_customer: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) intent: u32,
    pub(crate) amount: i64,
    pub(crate) refunded: i64,
    pub(crate) currency: Currency,
    /// Which decline, or nothing for a charge that succeeded.
    pub(crate) decline: Option<u8>,
    /// Which of the customer's names is on it.
    pub(crate) party: u16,
    pub(crate) method: u32,
    pub(crate) disputed: bool,
    /// A debit on its way.
    pub(crate) pending: bool,
    /// Its movement of the company's balance, where it succeeded.
    pub(crate) entry: u32,
    /// As the card said at the time.
    pub(crate) exp_year: u16,
    pub(crate) prev_of_customer: u32,
    pub(crate) prev_of_intent: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct CreditNote {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) invoice: u32,
    pub(crate) number: u32,
    pub(crate) currency: Currency,
    pub(crate) reason: u8,
    pub(crate) voided_at: When,
    pub(crate) subtotal: i64,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) total: i64,
    pub(crate) pre_payment: i64,
    /// Given back to the card.
    pub(crate) refunded: i64,
    /// Given to the customer's balance.
    pub(crate) credited: i64,
    pub(crate) out_of_band: i64,
    pub(crate) charge: u32,
    pub(crate) refund: u32,
    pub(crate) balance_transaction: u32,
    pub(crate) lines: u32,
    pub(crate) line_count: u32,
    pub(crate) prev_of_customer: u32,
    pub(crate) prev_of_invoice: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct CreditNoteLine {
    /// The invoice's line.
    pub(crate) line: u32,
    pub(crate) quantity: u32,
    pub(crate) amount: i64,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) taxable: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BalanceReason {
    Adjustment,
    AppliedToInvoice,
    UnappliedFromInvoice,
    CreditNote,
    InvoiceTooSmall,
}

impl BalanceReason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::AppliedToInvoice => "applied_to_invoice",
            Self::UnappliedFromInvoice => "unapplied_from_invoice",
            Self::CreditNote => "credit_note",
            Self::InvoiceTooSmall => "invoice_too_small",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct BalanceTransaction {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) amount: i64,
    pub(crate) ending: i64,
    pub(crate) reason: BalanceReason,
    pub(crate) invoice: u32,
    pub(crate) credit_note: u32,
    pub(crate) prev_of_customer: u32,
}
