//! Usage: records by batch, what could not be placed yet, and the days that are made of them.
//!
//! A batch comes in whole or not at all ([`Books::take_in_usage`]), and is reversed whole. A
//! record's key is its identity: it counts once, however often and by whatever batch it comes. The
//! days ([`Books::usage_days`]) are written in the same transaction and can be built again from the
//! records, so that what is read never depends on how many records there are.
//!
//! [`Books::take_in_usage`]: crate::Books::take_in_usage
//! [`Books::usage_days`]: crate::Books::usage_days

mod aside;
mod batches;
mod chunk;
mod days;
mod import;
mod local_days;
mod reads;
mod reverse;
mod sources;

use std::sync::Arc;

use billing::usage::{Measure, Quantity};
use sha2::{Digest as _, Sha256};

pub use aside::{UsageAside, UsageAsideGroup};
pub use batches::UsageBatch;
pub(crate) use days::{rebuild, recount};
pub use import::{NewUsageBatch, UsageImportMode, UsageListener, UsageProblem, UsageTaken};
pub use local_days::LocalDays;
pub(crate) use local_days::day_number;
pub use reads::{MAX_USAGE_ROWS, UsageDay, UsageRecord, UsageTotalDay};
pub use reverse::UsageReversed;
pub use sources::{UsageSource, UsageTenants, WhichTenant};

/// The first second of usage that is taken in, 2000-01-01.
pub const FIRST_USAGE_AT: i64 = 946_684_800;
/// The first second after the last, 2100-01-01.
pub const LAST_USAGE_AT: i64 = 4_102_444_800;
/// The most of one record, either way: a thousand million units.
pub const MOST_OF_A_RECORD: Quantity = Quantity::from_millionths(1_000_000_000_000_000);

/// What is used: credits, seats, mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageType {
    /// Its number.
    pub num: i64,
    /// Its name: `ai_credit`.
    pub name: String,
    /// Summed, or the latest value.
    pub measure: Measure,
}

/// What tells a record from every other: 16 bytes of a hash of its source and key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UsageKey(pub(crate) [u8; 16]);

impl UsageKey {
    /// The key of a record from the source of that number, made of one or more texts. Where a text
    /// ends is part of it: `("a", "bc")` and `("ab", "c")` differ.
    #[must_use]
    pub fn of<'a>(source: i64, parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hash = Sha256::new();
        hash.update(source.to_le_bytes());
        for part in parts {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let hash = hash.finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&hash[..16]);
        Self(key)
    }

    fn from_column(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Whose usage of what a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UsagePlace {
    /// Of a tenant and a type that are known.
    Known {
        /// The customer's number.
        customer: i64,
        /// The type's number.
        kind: i64,
    },
    /// Kept aside under the names that were delivered: the tenant or the type is not known.
    Aside(Box<UsageNames>),
}

/// A tenant and a type as a source names them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageNames {
    /// Stripe's customer id, or the product's own.
    pub tenant: String,
    /// The type's name.
    pub kind: String,
}

/// One row of a batch, read and checked by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageEntry {
    /// Where it stands, counted from 1: named when something is wrong with it.
    pub line: u64,
    /// Whose, of what.
    pub place: UsagePlace,
    /// UTC seconds, from [`FIRST_USAGE_AT`] to before [`LAST_USAGE_AT`].
    pub at: i64,
    /// How much; below zero only where it corrects another.
    pub quantity: Quantity,
    /// Why it is not billed; none: it is.
    pub unbillable: Option<Arc<str>>,
    /// What tells it from every other record.
    pub key: UsageKey,
    /// The key of the record that it corrects.
    pub corrects: Option<UsageKey>,
}

/// Rows of a batch that are written together, in the order in which their index takes them best.
#[derive(Debug, Default)]
pub struct UsageChunk {
    pub(crate) rows: Vec<UsageEntry>,
    /// Rows that were refused since the chunk before, and are not among these.
    pub refused: u64,
    /// Whether it is the last one. A batch whose last chunk never comes is not kept.
    pub last: bool,
}

impl UsageChunk {
    /// Orders rows by their key, those of one key by their line.
    #[must_use]
    pub fn new(mut rows: Vec<UsageEntry>, refused: u64, last: bool) -> Self {
        rows.sort_unstable_by_key(|row| (row.key, row.line));
        Self {
            rows,
            refused,
            last,
        }
    }
}
