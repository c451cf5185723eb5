//! A request as it leaves, and its answer as it came.

use std::fmt;

use bytes::Bytes;
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::endpoint::endpoint_of;
use crate::error::Error;

/// The longest idempotency key that Stripe takes.
const IDEMPOTENCY_KEY_MAX: usize = 255;
/// What ours begin with, so that they are told from others in Stripe's request log.
const IDEMPOTENCY_KEY_PREFIX: &str = "md_";

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes; needs an idempotency key.
    Post,
    /// Deletes; Stripe itself makes sure that it happens once.
    Delete,
}

impl Method {
    /// In upper case.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A key that makes a write happen at most once: `md_…`, at most 255 printable characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct IdempotencyKey(String);

/// Why a text cannot be an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("An idempotency key begins with md_ and has at most 255 printable ASCII characters")]
pub struct IdempotencyKeyError;

impl IdempotencyKey {
    /// Checks and takes a key.
    ///
    /// # Errors
    /// When it does not begin with `md_`, is longer than 255 characters, or is not printable.
    pub fn new(key: impl Into<String>) -> Result<Self, IdempotencyKeyError> {
        let key = key.into();
        let sound = key.len() > IDEMPOTENCY_KEY_PREFIX.len()
            && key.len() <= IDEMPOTENCY_KEY_MAX
            && key.starts_with(IDEMPOTENCY_KEY_PREFIX)
            && key.bytes().all(|byte| byte.is_ascii_graphic());
        if sound {
            Ok(Self(key))
        } else {
            Err(IdempotencyKeyError)
        }
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request: the same bytes on every attempt.
#[derive(Debug, Clone)]
pub struct Request {
    pub(crate) method: Method,
    /// Behind `/v1`, with its leading slash.
    pub(crate) path: String,
    pub(crate) query: Option<String>,
    pub(crate) body: Option<Bytes>,
    pub(crate) idempotency_key: Option<IdempotencyKey>,
    /// The operation, ids left out: what Stripe's limits count by.
    pub(crate) endpoint: String,
}

impl Request {
    /// Takes what a typed builder made.
    ///
    /// # Errors
    /// [`Error::NoIdempotencyKey`] for a write without one.
    pub fn from_builder(
        built: RequestBuilder,
        idempotency_key: Option<IdempotencyKey>,
    ) -> Result<Self, Error> {
        let method = match built.method {
            StripeMethod::Get => Method::Get,
            StripeMethod::Post => Method::Post,
            StripeMethod::Delete => Method::Delete,
        };
        if method == Method::Post && idempotency_key.is_none() {
            return Err(Error::NoIdempotencyKey);
        }
        Ok(Self {
            endpoint: endpoint_of(method, &built.path),
            method,
            path: built.path,
            query: built.query.filter(|query| !query.is_empty()),
            body: built.body.map(Bytes::from),
            idempotency_key,
        })
    }

    /// A read of a path (behind `/v1`) without parameters.
    pub(crate) fn get(path: impl Into<String>) -> Self {
        let path = path.into();
        Self {
            endpoint: endpoint_of(Method::Get, &path),
            method: Method::Get,
            path,
            query: None,
            body: None,
            idempotency_key: None,
        }
    }

    /// The operation that Stripe's limits count by: `GET /customers/{id}`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }
}

/// A successful answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The body as it came.
    pub body: Bytes,
    /// The `Request-Id` header.
    pub request_id: Option<String>,
    /// The `Date` header in UTC seconds: what a read is as of.
    pub date: Option<i64>,
    /// Was a stored answer repeated (`Idempotent-Replayed`)?
    pub replayed: bool,
    /// How often it was tried.
    pub attempts: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idempotency_keys_are_ours_and_fit() {
        for (key, sound) in [
            ("md_01ARZ3NDEKTSV4RRFFQ69G5FAV".to_owned(), true),
            ("md_".to_owned(), false),
            ("x_1".to_owned(), false),
            ("md_a b".to_owned(), false),
            ("md_a\r\nX: y".to_owned(), false),
            (format!("md_{}", "a".repeat(252)), true),
            (format!("md_{}", "a".repeat(253)), false),
        ] {
            assert_eq!(IdempotencyKey::new(key.clone()).is_ok(), sound, "{key}");
        }
    }

    #[test]
    fn a_write_without_a_key_is_not_even_built() {
        let post = RequestBuilder::new(StripeMethod::Post, "/invoices/in_1/pay");
        let refused = Request::from_builder(post, None);
        assert!(matches!(refused, Err(Error::NoIdempotencyKey)));
    }
}
