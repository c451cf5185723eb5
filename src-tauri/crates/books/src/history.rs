//! The history's own terms: numbers of kinds, parts, roads, and the bodies of versions.

mod dictionary;
mod redaction;
mod samples;

use objects::Kind;

pub(crate) use dictionary::{Dictionaries, Dictionary, compress_plain};
pub(crate) use redaction::redact;

/// The first bytes of the SHA-256 of a version's canonical form: enough that no two forms share
/// them, and half of what the whole would take in every version.
pub type VersionHash = [u8; 16];

/// The part of a form's SHA-256 that the history keeps.
pub(crate) fn shortened(hash: &[u8; 32]) -> VersionHash {
    let mut kept = VersionHash::default();
    for (kept, byte) in kept.iter_mut().zip(hash) {
        *kept = *byte;
    }
    kept
}

/// The road on which a state was first seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// A list of a load.
    Backfill,
    /// Stripe's list of events.
    Event,
    /// A webhook.
    Webhook,
    /// The answer to an action of ours.
    Action,
    /// A completeness check.
    Proof,
    /// The paging of a child list.
    Child,
}

impl Source {
    const ALL: [Self; 6] = [
        Self::Backfill,
        Self::Event,
        Self::Webhook,
        Self::Action,
        Self::Proof,
        Self::Child,
    ];

    /// Its number in the file.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Backfill => 1,
            Self::Event => 2,
            Self::Webhook => 3,
            Self::Action => 4,
            Self::Proof => 5,
            Self::Child => 6,
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.code() == code)
    }

    /// Its stable name: `backfill`, `event`, `webhook`, `action`, `proof`, `child`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Backfill => "backfill",
            Self::Event => "event",
            Self::Webhook => "webhook",
            Self::Action => "action",
            Self::Proof => "proof",
            Self::Child => "child",
        }
    }
}

/// Where a version belongs: the number of its object's kind, and which part of the object it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Number of the object's kind, as the table `kind` has it.
    pub(crate) kind: i64,
    /// 0: the object itself; 1: what is kept under its id (lines, items, tiers).
    pub(crate) part: usize,
}

impl Place {
    pub(crate) fn of(kind: Kind) -> Self {
        match kind.parent() {
            Some(parent) => Self {
                kind: kind_code(parent),
                part: 1,
            },
            None => Self {
                kind: kind_code(kind),
                part: 0,
            },
        }
    }

    /// The kind of version that stands at this place.
    pub(crate) fn kind(self) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| Self::of(*kind) == self)
    }
}

/// The number of an object's kind. Kinds that are kept under another's id have that one's.
pub(crate) const fn kind_code(kind: Kind) -> i64 {
    match kind {
        Kind::Customer | Kind::CreditBalanceSummary => 1,
        Kind::Product => 2,
        Kind::Price | Kind::PriceTiers => 3,
        Kind::Coupon | Kind::CouponTerms => 4,
        Kind::Discount => 5,
        Kind::TaxRate => 6,
        Kind::Subscription | Kind::SubscriptionItems => 7,
        Kind::Invoice | Kind::InvoiceLines => 8,
        Kind::InvoicePayment => 9,
        Kind::PaymentIntent => 10,
        Kind::Charge => 11,
        Kind::CreditNote | Kind::CreditNoteLines => 12,
        Kind::Refund => 13,
        Kind::Dispute => 14,
        Kind::CustomerBalanceTransaction => 15,
        Kind::CreditGrant => 16,
        Kind::CreditBalanceTransaction => 17,
        Kind::Meter => 18,
        Kind::PromotionCode => 19,
        Kind::SubscriptionSchedule => 20,
        Kind::InvoiceItem => 21,
        Kind::PaymentMethod => 22,
        Kind::PaymentSource => 23,
        Kind::BalanceTransaction => 24,
        Kind::Payout | Kind::PayoutTransactions => 25,
        Kind::TestClock => 26,
    }
}
