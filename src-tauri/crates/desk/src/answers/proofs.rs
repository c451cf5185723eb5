//! Answers about completeness: what was proven when, what is known to be wrong, what a proof takes,
//! and the read budget.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, Status, UnixSeconds};

/// How far the books can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ProofState {
    /// Every month of every list is proven within its stated age; nothing is known to be wrong.
    Green,
    /// A proof, or the last good look at Stripe's events, is older than stated.
    Amber,
    /// Something is known to be wrong or missing, and not mended yet.
    Red,
}

/// One month of a list, or a whole list.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MonthProof {
    /// `2026-11`, or `all` for a list that is proven as a whole.
    pub month: String,
    /// How far it can be relied on.
    pub state: ProofState,
    /// Objects held.
    pub objects: Count,
    /// What its proof is as of.
    pub proven_at: UnixSeconds,
    /// How old its proof may grow.
    pub max_age_seconds: Count,
    /// Differences that its last proof found.
    pub differences: Count,
    /// Of these, mended.
    pub mended: Count,
    /// Differences that are known and not mended.
    pub open: Count,
    /// Reads that a proof of it takes, about.
    pub reads: Count,
}

/// A list that is proven.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListCompleteness {
    /// Its stable name: `invoice_payments`.
    pub list: String,
    /// In words: "Invoice payments".
    pub words: String,
    /// The worst of its months.
    pub state: ProofState,
    /// The permission that is missing: the list is outside of what these books cover.
    pub refused: Option<String>,
    /// Reads that a proof of the whole list takes, about.
    pub reads: Count,
    /// Oldest first; none before the list was first read to its end.
    pub months: Vec<MonthProof>,
}

/// How a running proof goes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProofProgress {
    /// The list that was read last, in words.
    pub list: String,
    /// The month of the page that was read last: `2026-11`.
    pub month: Option<String>,
    /// Objects compared.
    pub done: Count,
    /// Objects held of what is proven.
    pub of: Count,
}

/// How whole the books are, and how that is known.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Completeness {
    /// The worst of everything.
    pub state: ProofState,
    /// In one sentence.
    pub words: String,
    /// Every reason why it is not green, worst first.
    pub reasons: Vec<String>,
    /// What helps, where something does.
    pub what_to_do: Option<String>,
    /// When this was asked.
    pub as_of: UnixSeconds,
    /// What every month is proven as of, at the oldest.
    pub proven_at: Option<UnixSeconds>,
    /// The last good look at Stripe's events.
    pub polled_at: Option<UnixSeconds>,
    /// Every list that is proven.
    pub lists: Vec<ListCompleteness>,
    /// Reads that a proof of everything takes, about.
    pub reads_for_all: Count,
    /// The proof that runs.
    pub running: Option<ProofProgress>,
}

/// What was read at Stripe, and what may be.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReadBudget {
    /// The month that is under way, UTC: `2026-11`.
    pub month: String,
    /// Reads in it.
    pub used: Count,
    /// Reads in the last 30 days.
    pub used_30_days: Count,
    /// Reads that every account may make in 30 days.
    pub floor: Count,
    /// Reads that this account may make in 30 days: 500 for each transaction, at least the floor.
    pub allocation: Count,
    /// What is left of them.
    pub left: Count,
    /// Charges of the last 30 days that did not fail.
    pub transactions: Count,
    /// Reads that the completeness check may still make today.
    pub proofs_today: Count,
    /// Seconds between looks at Stripe's events while nobody watches.
    pub poll_seconds: Count,
}

/// How old a list's proof may grow.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ProofAge {
    /// The list's stable name.
    pub list: String,
    /// In words.
    pub words: String,
    /// Proven month by month, or as a whole?
    pub by_month: bool,
    /// The age that holds.
    pub max_age_seconds: Count,
    /// The age that holds where nobody chose one.
    pub usual_seconds: Count,
}

/// What is to be proven; everything where neither is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct ProveRequest {
    /// One list, by its stable name.
    pub list: Option<String>,
    /// One month: `2026-11`.
    pub month: Option<String>,
    /// What is due, within today's share of the read budget, and nothing else.
    pub due: bool,
}

/// What a proof came to.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Proven {
    /// In one sentence.
    pub words: String,
    /// Objects that Stripe listed.
    pub checked: Count,
    /// Everything that did not agree.
    pub differences: Count,
    /// What was put right.
    pub mended: Count,
    /// Of these, objects that were gone at Stripe.
    pub buried: Count,
    /// Changes that happened while the proof ran, which events tell of.
    pub explained: Count,
    /// Differences that could not be mended.
    pub open: Count,
    /// Reads that it took.
    pub reads: Count,
    /// Permissions that are missing: the lists that need them were not proven.
    pub refused: Vec<String>,
}

/// What the command line's `status` tells in one document.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StatusReport {
    /// What the status line shows.
    #[serde(flatten)]
    pub status: Status,
    /// How whole the books are.
    pub completeness: Completeness,
    /// What was read, and what may be.
    pub read_budget: ReadBudget,
}
