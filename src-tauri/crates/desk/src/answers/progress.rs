//! Answers about syncs: their progress, and what the status line shows.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, UnixSeconds};

/// What a sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// Nothing runs.
    Idle,
    /// The first load, or a second one.
    Loading,
    /// Building what the tables need (indexes, search).
    Finishing,
    /// Done.
    Done,
    /// Stopped by the person.
    Cancelled,
    /// Ended by an error.
    Failed,
}

/// Progress of one list.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListProgress {
    /// The list, in words: "Invoices".
    pub list: String,
    /// Objects read in this run.
    pub objects: Count,
    /// Whole?
    pub done: bool,
    /// When it was last read to its end.
    pub complete_at: Option<UnixSeconds>,
    /// Why it cannot be read (a missing permission), where that is so.
    pub refused: Option<String>,
}

/// Progress of a sync, at most 20 times a second.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgress {
    /// What it is doing.
    pub phase: SyncPhase,
    /// Per list, in the order of the screen.
    pub lists: Vec<ListProgress>,
    /// Objects in all, in this run.
    pub objects: Count,
    /// Objects a second, over the last seconds.
    pub objects_per_second: Count,
    /// Seconds left, where it can be said (Stripe gives no counts: from the slices done).
    pub seconds_left: Option<Count>,
    /// Requests made in this run.
    pub requests: Count,
    /// Answers 429 in this run.
    pub throttled: Count,
    /// The error that ended it.
    pub error: Option<crate::Error>,
}

/// What the status line shows.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The account's name.
    pub account: String,
    /// The last complete load; none: never.
    pub complete_as_of: Option<UnixSeconds>,
    /// The progress of what runs, or of what ran last.
    pub progress: SyncProgress,
    /// Objects that could not be read: they are in no list and no total.
    pub unreadable: Count,
    /// Reads counted this month.
    pub reads_this_month: Count,
    /// Reads that Stripe guarantees a month.
    pub read_allocation: Count,
    /// Can Stripe be reached? None: not tried.
    pub online: Option<bool>,
    /// The size of the books' file, in bytes.
    pub file_bytes: Count,
    /// Changes whenever a table changed; the page reads again what it shows.
    pub data_version: Count,
}
