//! The one error that leaves the desk: a small code that a caller acts on, and sentences for a
//! person.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What the window or the command line does about an error. A code exists only when someone acts
/// on it; everything else is `Failed`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Bad input: the field is marked.
    Invalid,
    /// The state forbids it: shown as an explanation.
    Forbidden,
    /// The books are locked: the unlock screen is shown.
    Locked,
    /// There is no such account or object.
    NotFound,
    /// Stripe refuses the key: the key screen is shown.
    KeyRefused,
    /// Stripe cannot be reached: the offline bar is shown.
    Offline,
    /// The person stopped it: nothing is shown.
    Cancelled,
    /// Another process holds what is needed.
    Busy,
    /// Everything else.
    Failed,
}

/// What failed, why, and what to do.
#[derive(Debug, Clone, Serialize, Deserialize, Type, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{what}. {why}")]
pub struct Error {
    /// What a caller does about it.
    pub code: Code,
    /// What failed: "The books of acme could not be opened".
    pub what: String,
    /// Why: "The key in the keyring does not fit this file".
    pub why: String,
    /// What to do: "Restore a backup, or open it with the recovery key".
    pub next: String,
    /// The field or place that is wrong, for `Invalid`.
    pub place: Option<String>,
    /// Stripe's request id.
    pub request_id: Option<String>,
}

/// What every function of the desk returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of that code; `why` and `next` are whole sentences without their full stop.
    pub fn new(
        code: Code,
        what: impl Into<String>,
        why: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            code,
            what: what.into(),
            why: why.into(),
            next: next.into(),
            place: None,
            request_id: None,
        }
    }

    /// Bad input at a place: a field's name in the window, an option on the command line.
    pub fn invalid(place: &str, what: impl Into<String>, why: impl Into<String>) -> Self {
        let mut error = Self::new(Code::Invalid, what, why, "");
        error.place = Some(place.to_owned());
        error
    }

    /// The same error with the sentence that says what to do.
    #[must_use]
    pub fn then(mut self, next: impl Into<String>) -> Self {
        self.next = next.into();
        self
    }

    /// The same error with Stripe's request id.
    #[must_use]
    pub fn with_request_id(mut self, request_id: Option<String>) -> Self {
        self.request_id = request_id;
        self
    }

    /// The person stopped it.
    pub fn cancelled(what: impl Into<String>) -> Self {
        Self::new(Code::Cancelled, what, "It was stopped", "")
    }
}
