//! The gateway to Stripe: one transport with budgets, retries and typed requests.
//!
//! Everything that leaves for Stripe passes through [`Gateway`]: it sends the key to
//! `https://api.stripe.com` or to loopback and to nothing else, keeps to the account's limits,
//! decides in one place what is retried, and hands back the raw bytes of every answer.

mod account;
mod base;
mod client;
mod endpoint;
mod error;
#[cfg(test)]
mod faults_test;
mod gateway;
mod key;
mod key_check;
mod limiter;
mod list;
mod pace;
mod page;
mod pager;
mod request;
mod retrieve;
mod retry;
mod signature;
mod stats;
mod transport;

pub use account::Account;
pub use base::{ApiBase, BaseError};
pub use error::{ApiError, Error};
pub use gateway::{API_VERSION, Gateway, GatewayOptions, Timeouts};
pub use key::{ApiKey, KeyError, KeyKind, Mode};
pub use key_check::{Grant, KeyReport, ListGrant, PERMISSION_ACCOUNT};
pub use list::{ChildList, CreatedRange, Cursor, List, ListQuery};
pub use pace::Pace;
pub use page::{Item, Page, Peek, split as split_page};
pub use pager::Pager;
pub use request::{Answer, IdempotencyKey, IdempotencyKeyError, Method, Request};
pub use retrieve::{Object, Reading, Retrieved};
pub use retry::RetryPolicy;
pub use signature::{
    SIGNATURE_TOLERANCE, SignatureError, WebhookSecret, WebhookSecretError, verify_signature,
};
pub use stats::Stats;
