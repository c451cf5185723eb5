//! What moves the company's own balance at Stripe: fees, refunds, disputes and payouts.

use super::{Currency, When};

/// What a movement of the company's balance comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EntrySource {
    Charge(u32),
    Refund(u32),
    RefundFailure(u32),
    /// Taken while a dispute is open.
    Dispute(u32),
    /// Given back after it was won.
    DisputeReversal(u32),
    Payout(u32),
}

/// A movement of the company's balance: Stripe's balance transaction.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) created: u32,
    pub(crate) available_on: u32,
    pub(crate) source: EntrySource,
    pub(crate) amount: i64,
    pub(crate) fee: i64,
    pub(crate) currency: Currency,
    /// The payout that it went out with, or nothing so far.
    pub(crate) payout: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefundStatus {
    Succeeded,
    Failed,
}

impl RefundStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Refund {
    pub(crate) created: u32,
    pub(crate) charge: u32,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) status: RefundStatus,
    /// Which of the reasons that Stripe knows.
    pub(crate) reason: u8,
    pub(crate) entry: u32,
    pub(crate) failure_entry: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DisputeStatus {
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl DisputeStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Dispute {
    pub(crate) created: u32,
    pub(crate) charge: u32,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) status: DisputeStatus,
    pub(crate) reason: u8,
    pub(crate) withdrawn: u32,
    pub(crate) reinstated: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PayoutStatus {
    InTransit,
    Paid,
}

impl PayoutStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::InTransit => "in_transit",
            Self::Paid => "paid",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Payout {
    pub(crate) created: u32,
    pub(crate) arrives: u32,
    pub(crate) amount: i64,
    pub(crate) currency: Currency,
    pub(crate) status: PayoutStatus,
    pub(crate) entry: u32,
}

/// The company's balance and all that moved it.
#[derive(Debug, Default)]
pub(crate) struct Money {
    pub(crate) entries: Vec<Entry>,
    pub(crate) refunds: Vec<Refund>,
    pub(crate) disputes: Vec<Dispute>,
    pub(crate) payouts: Vec<Payout>,
    /// Entries that no payout took yet.
    pub(crate) waiting: Vec<u32>,
    /// The last payout day that was looked at.
    pub(crate) paid_out: When,
}
