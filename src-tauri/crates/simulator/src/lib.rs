//! A simulated Stripe account over HTTP on loopback.
//!
//! It is what "Explore a sample company" opens, and the counterpart of every test. It answers in
//! the shapes of API version 2026-09-30.endive and imports none of this product's other crates,
//! so that a misunderstanding of Stripe cannot hide on both sides.
//!
//! ```no_run
//! # async fn example() -> Result<(), simulator::Error> {
//! let account = simulator::start(simulator::Options::default()).await?;
//! println!("{} {}", account.base_url, account.secret_key);
//! account.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod account;
mod calendar;
mod cards;
mod catalogue;
mod clock;
mod company;
mod events;
mod faults;
mod ids;
mod json;
mod model;
mod names;
mod options;
mod places;
mod random;
mod render;
mod running;
mod server;
mod stream;
mod timeline;
mod truth;
mod uniform;
mod usage;
mod webhooks;

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

pub use faults::{Faults, FaultsError};
pub use options::{
    DEFAULT_SEED, MAX_CUSTOMERS, MAX_HISTORY_MONTHS, MAX_UNIFORM_LINES, Options, Shape,
};
pub use render::API_VERSION;
pub use running::{Running, start, write_usage};
pub use server::keys::READ_PERMISSIONS;
pub use server::lists::ListFaults;
pub use stream::{StreamFaults, StreamLog};
pub use truth::{InvoiceSums, Truth, TruthKind};
pub use webhooks::{Delivery, WebhookAttempt, WebhookError, WebhookKind};

/// Why an account could not be started.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The port could not be taken.
    #[error("port {port} on 127.0.0.1 could not be opened")]
    Bind {
        /// The port that was asked for.
        port: u16,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// An option beyond its limit.
    #[error("{value} {what} were asked for; between 1 and {most} are possible")]
    OutOfRange {
        /// The option.
        what: &'static str,
        /// What was asked for.
        value: u32,
        /// The most that is possible.
        most: u32,
    },
    /// A present that does not fit the history.
    #[error("the present {now} is not between 2015 and 2100")]
    Now {
        /// The present that was asked for, UTC seconds.
        now: i64,
    },
    /// The account could not be made because the process is shutting down.
    #[error("the account could not be made")]
    Stopped,
}

/// The guarded value, also after a panic elsewhere: requests are independent of each other.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
