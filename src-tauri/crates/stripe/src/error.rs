//! What can go wrong between us and Stripe, with the values that a caller acts on.

use std::fmt;

use stripe_client_core::StripeClientErr;

use crate::base::BaseError;
use crate::key::{KeyError, Mode, redact};
use crate::request::IdempotencyKeyError;

/// A request that did not succeed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address is not one to which a key is sent.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// The text is not a key that is taken.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The idempotency key cannot be used.
    #[error(transparent)]
    IdempotencyKey(#[from] IdempotencyKeyError),
    /// TLS or the connection pool could not be set up on this machine.
    #[error("A secure connection could not be prepared: {reason}")]
    Setup {
        /// What the library said.
        reason: String,
    },
    /// No answer: no network, no name, no connection, or none in time.
    #[error("Stripe could not be reached: {reason}")]
    Offline {
        /// What the connection said.
        reason: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// An answer that broke off, or that is not what was asked for.
    #[error("Stripe's answer could not be read: {reason}")]
    Broken {
        /// What is wrong with it.
        reason: String,
        /// Stripe's id of the request.
        request_id: Option<String>,
        /// How often it was tried.
        attempts: u32,
    },
    /// An answer longer than any that is read.
    #[error("Stripe's answer is longer than {limit_bytes} bytes and was not read")]
    TooLarge {
        /// The limit.
        limit_bytes: usize,
        /// Stripe's id of the request.
        request_id: Option<String>,
    },
    /// An answer that points elsewhere. The key is not carried there.
    #[error("The address answered with a redirect (status {status}), which is not followed")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// Stripe answered with an error.
    #[error("{0}")]
    Api(Box<ApiError>),
    /// Objects of another mode than the key's.
    #[error("The key is a {expected} key, but the objects that it reads are {found} objects")]
    Mode {
        /// The mode of the key's prefix.
        expected: Mode,
        /// What the objects say.
        found: Mode,
    },
    /// A request that writes without an idempotency key, which could act twice.
    #[error("A request that changes something needs an idempotency key; it was not sent")]
    NoIdempotencyKey,
    /// A request on behalf of another account, which Meterdesk does not make.
    #[error("Requests on behalf of a connected account are not made")]
    OtherAccount,
}

/// An error as Stripe words it. Texts that look like keys are blanked out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// `error.type`: `invalid_request_error`, `card_error`, `rate_limit_error` …
    pub kind: Option<String>,
    /// `error.code`: `resource_missing`, `lock_timeout` …
    pub code: Option<String>,
    /// `error.decline_code`.
    pub decline_code: Option<String>,
    /// `error.param`: the parameter that is wrong.
    pub param: Option<String>,
    /// `error.message`.
    pub message: String,
    /// The `Request-Id` header; a lock timeout has none.
    pub request_id: Option<String>,
    /// The `Date` header in UTC seconds.
    pub date: Option<i64>,
    /// `Stripe-Rate-Limited-Reason`.
    pub rate_limited_reason: Option<String>,
    /// Slugs such as `rak_customer_read` that the message names.
    pub missing_permissions: Vec<String>,
    /// How often it was tried.
    pub attempts: u32,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stripe answered {}: {}", self.status, self.message)?;
        if let Some(request_id) = &self.request_id {
            write!(f, " (request {request_id})")?;
        }
        Ok(())
    }
}

impl ApiError {
    /// Reads the body of an answer that is no success; any body will do.
    pub(crate) fn read(status: u16, body: &[u8]) -> Self {
        #[derive(serde::Deserialize)]
        struct Body {
            error: serde_json::Value,
        }
        let error = serde_json::from_slice::<Body>(body)
            .map(|body| body.error)
            .unwrap_or_default();
        let text = |name: &str| error.get(name).and_then(|value| value.as_str()).map(redact);
        let message = text("message").unwrap_or_else(|| "no explanation was given".into());
        Self {
            status,
            kind: text("type"),
            code: text("code"),
            decline_code: text("decline_code"),
            param: text("param"),
            missing_permissions: permission_slugs(&message),
            message,
            request_id: None,
            date: None,
            rate_limited_reason: None,
            attempts: 1,
        }
    }

    /// Was the object not there?
    pub fn is_missing_resource(&self) -> bool {
        self.status == 404 || self.code.as_deref() == Some("resource_missing")
    }
}

/// The slugs of permissions in one of Stripe's sentences, in order, each once.
fn permission_slugs(message: &str) -> Vec<String> {
    let mut slugs: Vec<String> = Vec::new();
    for word in message.split(|c: char| !(c.is_ascii_lowercase() || c == '_')) {
        let is_slug = word.starts_with("rak_") && word.len() > 4;
        if is_slug && !slugs.iter().any(|slug| slug == word) {
            slugs.push(word.to_owned());
        }
    }
    slugs
}

impl Error {
    /// What Stripe said, where it said something.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Stripe's id of the request, where there was an answer with one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id.as_deref(),
            Self::Broken { request_id, .. } | Self::TooLarge { request_id, .. } => {
                request_id.as_deref()
            }
            _ => None,
        }
    }

    /// Could Stripe not be reached at all?
    pub fn is_offline(&self) -> bool {
        matches!(self, Self::Offline { .. })
    }

    /// Does Stripe no longer accept the key (wrong, expired, revoked)?
    pub fn is_key_refused(&self) -> bool {
        self.api().is_some_and(|error| error.status == 401)
    }

    /// Does the key lack a permission? The slugs that Stripe named, possibly none.
    pub fn missing_permissions(&self) -> Option<&[String]> {
        self.api()
            .filter(|error| error.status == 403)
            .map(|error| error.missing_permissions.as_slice())
    }

    /// Was the object, or the object that a cursor names, not there?
    pub fn is_missing_resource(&self) -> bool {
        self.api().is_some_and(ApiError::is_missing_resource)
    }
}

impl StripeClientErr for Error {
    fn deserialize_err(msg: impl fmt::Display) -> Self {
        Self::Broken {
            reason: msg.to_string(),
            request_id: None,
            attempts: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_permissions_are_read_from_stripes_sentence() {
        let body = br#"{"error":{"type":"invalid_request_error","message":"The provided key
            'rk_live_51Ab' does not have the required permissions for this endpoint on account
            'acct_1'. Having the 'rak_billing_cadence_read', 'rak_subscription_read' permissions
            would allow this request to continue."}}"#;
        let body = String::from_utf8_lossy(body).replace('\n', " ");
        let error = ApiError::read(403, body.as_bytes());
        assert_eq!(
            error.missing_permissions,
            ["rak_billing_cadence_read", "rak_subscription_read"]
        );
        assert!(
            !error.message.contains("51Ab"),
            "no part of a key is repeated"
        );
    }

    #[test]
    fn any_body_gives_an_error_that_can_be_shown() {
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"error":"x"}"#,
            r#"{"error":{"message":7}}"#,
        ] {
            let error = ApiError::read(500, body.as_bytes());
            assert_eq!(
                error.to_string(),
                "Stripe answered 500: no explanation was given",
                "{body}"
            );
        }
    }
}
