//! The ledger: what people or policy decided, append-only, as a chain of hashes.
//!
//! Its place is the trait [`Ledger`]; its first home is the local file ([`LocalLedger`]). Entries
//! carry origin, sequence and an optional signature from the first day, so that a shared ledger
//! can take them over as they are.

mod canonical;
mod local;

use std::collections::BTreeMap;

use futures::future::BoxFuture;

use crate::error::Result;

pub(crate) use canonical::{CanonicalEntry, personal_hash};
pub use canonical::{FORM, canonical_json};
pub use local::LocalLedger;
pub(crate) use local::{append_within, head_within};

/// What is to be recorded.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// UTC seconds.
    pub at: i64,
    /// Who decided: a person's or a policy's stable name.
    pub author: String,
    /// What happened, a stable name: `account.connected`, `export.written`.
    pub kind: String,
    /// Ids, hashes, counts, amounts in minor units. No personal data, no fractions.
    pub payload: serde_json::Value,
    /// Personal data that belongs to it: kept beside the chain, which holds only its hash.
    pub personal: Option<Personal>,
    /// A signature over the canonical bytes, where a person vouches.
    pub signature: Option<Vec<u8>>,
}

impl Entry {
    /// An entry without personal data and signature.
    #[must_use]
    pub fn new(at: i64, author: &str, kind: &str, payload: serde_json::Value) -> Self {
        Self {
            at,
            author: author.to_owned(),
            kind: kind.to_owned(),
            payload,
            personal: None,
            signature: None,
        }
    }
}

/// Personal data of an entry, and whose it is, so that it can be erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Personal {
    /// Stripe's customer id, where it is about one.
    pub subject: Option<String>,
    /// Names and values.
    pub fields: BTreeMap<String, String>,
}

/// An entry's place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its number, from 1.
    pub sequence: i64,
    /// SHA-256 of its canonical bytes, which hold the hash before it.
    pub hash: [u8; 32],
}

/// What checking the whole chain found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Entries that hold, from the first on.
    pub entries: u64,
    /// The last entry that holds.
    pub head: Option<Head>,
    /// Entries whose personal data was erased; the chain holds its hash.
    pub erased: u64,
    /// The first entry that does not hold.
    pub broken: Option<Broken>,
}

/// An entry that does not hold, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its number.
    pub sequence: i64,
    /// In words.
    pub why: String,
}

/// One entry as it is read.
#[derive(Debug, Clone, PartialEq)]
pub struct LedgerRow {
    /// Its number, from 1.
    pub sequence: i64,
    /// Where it was recorded: the id of the books' file.
    pub origin: String,
    /// UTC seconds.
    pub at: i64,
    /// Who.
    pub author: String,
    /// What, a stable name.
    pub kind: String,
    /// Ids, hashes, counts.
    pub payload: serde_json::Value,
    /// Personal data beside it, unless there is none or it was erased.
    pub personal: Option<BTreeMap<String, String>>,
    /// SHA-256 of its canonical bytes.
    pub hash: [u8; 32],
}

/// Where entries are kept.
pub trait Ledger: Send + Sync {
    /// Adds an entry; it is on the disk when the answer comes.
    fn append(&self, entry: Entry) -> BoxFuture<'_, Result<Head>>;
    /// The last entry, if any.
    fn head(&self) -> BoxFuture<'_, Result<Option<Head>>>;
    /// Checks every entry's bytes, hash and place.
    fn verify(&self) -> BoxFuture<'_, Result<Verified>>;
    /// At most 1,000 entries before `before` (none: from the newest), newest first.
    fn rows(&self, before: Option<i64>, count: u32) -> BoxFuture<'_, Result<Vec<LedgerRow>>>;
}
