//! What a person can ask for, one async function each, on one context.
//!
//! The shell and the command line both call these functions; neither holds billing logic.

pub mod answers;
mod clock;
mod config;
mod desk;
mod error;

pub use clock::{Clock, ClockHand};
pub use config::{DeskConfig, Keyring, Pace, SampleOptions};
pub use desk::{ConnectRequest, Desk, OnProgress};
pub use error::{Code, Error, Result};
