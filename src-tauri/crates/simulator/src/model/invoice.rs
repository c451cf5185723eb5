//! Invoices and their lines.

use super::{Currency, NONE, When};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Void,
    Uncollectible,
}

impl InvoiceStatus {
    pub(crate) const ALL: [Self; 5] = [
        Self::Draft,
        Self::Open,
        Self::Paid,
        Self::Void,
        Self::Uncollectible,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
            Self::Uncollectible => "uncollectible",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BillingReason {
    Create,
    Cycle,
    Update,
    Manual,
}

impl BillingReason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "subscription_create",
            Self::Cycle => "subscription_cycle",
            Self::Update => "subscription_update",
            Self::Manual => "manual",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    pub(crate) status: InvoiceStatus,
    pub(crate) reason: BillingReason,
    pub(crate) currency: Currency,
    pub(crate) send_invoice: bool,
    pub(crate) auto_advance: bool,
    pub(crate) off_stripe: bool,
    /// Which of the customer's names is on it.
    pub(crate) party: u16,
    /// Its number within the customer's, from 1; 0 while it is a draft.
    pub(crate) number: u32,
    pub(crate) period_start: u32,
    pub(crate) period_end: u32,
    pub(crate) due: When,
    pub(crate) finalizes_at: When,
    pub(crate) finalized_at: When,
    pub(crate) paid_at: When,
    pub(crate) voided_at: When,
    pub(crate) uncollectible_at: When,
    pub(crate) next_attempt: When,
    pub(crate) attempts: u8,
    pub(crate) tax_rate: Option<u8>,
    pub(crate) discount: u32,
    pub(crate) subtotal: i64,
    pub(crate) discounted: i64,
    pub(crate) tax: i64,
    pub(crate) total: i64,
    pub(crate) starting_balance: i64,
    pub(crate) ending_balance: i64,
    pub(crate) amount_due: i64,
    pub(crate) amount_paid: i64,
    pub(crate) pre_payment_credit: i64,
    pub(crate) post_payment_credit: i64,
    pub(crate) lines: u32,
    pub(crate) line_count: u32,
    pub(crate) intent: u32,
    pub(crate) payment: u32,
    pub(crate) credit_notes: u32,
    pub(crate) prev_of_customer: u32,
    pub(crate) prev_of_subscription: u32,
}

impl Invoice {
    pub(crate) const fn remaining(&self) -> i64 {
        self.amount_due - self.amount_paid
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// A period of a subscription's item.
    Period,
    /// A period in trial.
    Trial,
    /// What is given back for the rest of a period.
    Unused,
    /// What the rest of a period costs after a change.
    Remaining,
    /// Something sold once.
    Extra,
    /// What was used in the period before.
    Metered,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) kind: LineKind,
    pub(crate) price: u16,
    pub(crate) item: u32,
    pub(crate) item_created: u32,
    pub(crate) quantity: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) amount: i64,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) taxable: i64,
}

impl Invoice {
    /// A draft made at `created` with nothing on it yet.
    pub(crate) const fn draft(
        created: u32,
        customer: u32,
        subscription: u32,
        currency: Currency,
    ) -> Self {
        Self {
            created,
            customer,
            subscription,
            status: InvoiceStatus::Draft,
            reason: BillingReason::Manual,
            currency,
            send_invoice: false,
            auto_advance: false,
            off_stripe: false,
            party: 0,
            number: 0,
            period_start: created,
            period_end: created,
            due: When::NEVER,
            finalizes_at: When::NEVER,
            finalized_at: When::NEVER,
            paid_at: When::NEVER,
            voided_at: When::NEVER,
            uncollectible_at: When::NEVER,
            next_attempt: When::NEVER,
            attempts: 0,
            tax_rate: None,
            discount: NONE,
            subtotal: 0,
            discounted: 0,
            tax: 0,
            total: 0,
            starting_balance: 0,
            ending_balance: 0,
            amount_due: 0,
            amount_paid: 0,
            pre_payment_credit: 0,
            post_payment_credit: 0,
            lines: 0,
            line_count: 0,
            intent: NONE,
            payment: NONE,
            credit_notes: NONE,
            prev_of_customer: NONE,
            prev_of_subscription: NONE,
        }
    }
}
