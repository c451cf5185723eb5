//! Stripe to books: the first load, resumable at any instant.
//!
//! All lists are read side by side, long ones in slices of `created` that split where they are
//! dense. Pages flow through three stages (fetch, prepare, write) with a bound between each, in
//! one order: the order in which the plan of the load changed. The writer stores whole pages and
//! the plan behind them in one transaction, so that a load which ends at any instant is gone on
//! with where its books say it was.

mod backfill;
mod children;
mod clocks;
mod derived;
mod error;
mod events;
mod fetch;
mod import;
mod lists;
mod meter;
mod own;
mod pipeline;
mod plan;
#[cfg(test)]
mod plan_test;
mod progress;
mod proof;
mod read_budget;
mod refetch;
mod resume;
mod slice;
mod watch;
mod webhook;
mod workers;

pub use backfill::{Clock, LoadOptions, LoadOutcome, SETTING_UNDECODABLE, backfill, backfill_with};
pub use error::SyncError;
pub use events::{DrainOutcome, Freshness, PollOutcome, drain_queue, poll_once};
pub use import::{IMPORT_MAX, ImportError, Imported, import_events};
pub use lists::{kind_of, list_of};
pub use own::{refresh_payment_methods, refresh_payout};
pub use progress::{ListProgress, LoadProgress, Phase};
pub use proof::{ProofOutcome, ProofProgress, ProofRequest, proof_cost, prove, prove_with};
pub use read_budget::{Attention, daily_share, interval_for};
pub use refetch::{
    Presence, ReadPage, Refetched, is_listed_by_ids, is_refetchable, read_page, refetch,
    refetch_page, tombstone,
};
pub use resume::missing_lists;
pub use watch::{WatchControl, WatchState, watch};
pub use webhook::{Listening, WEBHOOK_BODY_MAX, WEBHOOK_PATH, WebhookDoor, WebhookSecrets, listen};
