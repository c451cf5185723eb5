//! What a person can ask for, one async function each, on one context.
//!
//! The shell and the command line both call these functions; neither holds billing logic.

mod accounts;
pub mod answers;
mod charts;
mod clock;
mod config;
mod connecting;
mod context;
mod convert;
mod desk;
mod diagnostics;
mod error;
mod event_log;
mod exporting;
mod jobs;
mod keys;
mod ledger;
mod locking;
mod logging;
mod opening;
mod outbox;
mod plans;
mod proving;
mod reading;
mod sample;
mod sample_plans;
mod secrets;
mod settings;
mod upkeep;
mod usage_in;
mod usage_reading;
mod watching;
mod webhooks;

pub use charts::ChartOf;
pub use clock::{Clock, ClockHand};
pub use config::{DeskConfig, Keyring, Pace, SampleOptions};
pub use desk::{ConnectRequest, Desk, OnProgress};
pub use error::{Code, Error, Result};
pub use logging::{LogGuard, start_logging};
pub use webhooks::WebhookChange;
