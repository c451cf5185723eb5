//! One attempt over the wire: headers out, status, headers and raw bytes in.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::header::{self, HeaderMap, HeaderValue};
use secrecy::ExposeSecret;

use crate::base::ApiBase;
use crate::error::{ApiError, Error};
use crate::gateway::{API_VERSION, Timeouts};
use crate::key::{ApiKey, redact};
use crate::request::{Method, Request};
use crate::retry::{Failure, retry_after};

/// No answer is read beyond this: a hundred of Stripe's largest objects stay far below it.
pub(crate) const BODY_MAX_BYTES: usize = 64 * 1024 * 1024;
/// Idle connections that are kept.
const POOL_IDLE_MAX: usize = 32;

/// The connection pool and what every request carries.
pub(crate) struct Transport {
    client: reqwest::Client,
    base: ApiBase,
    /// Marked sensitive: it is never printed.
    authorization: HeaderValue,
}

/// An answer with a success status.
pub(crate) struct Received {
    pub(crate) body: Bytes,
    pub(crate) request_id: Option<String>,
    pub(crate) date: Option<i64>,
    pub(crate) replayed: bool,
}

/// An attempt that did not succeed.
pub(crate) struct Failed {
    /// What the rule of repeating looks at; none: never repeated.
    pub(crate) failure: Option<Failure>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) error: Error,
}

impl Failed {
    fn connection(error: &reqwest::Error) -> Self {
        Self {
            failure: Some(Failure::Connection),
            retry_after: None,
            error: Error::Offline {
                reason: reason_of(error),
                attempts: 1,
            },
        }
    }

    pub(crate) fn broken(reason: String, request_id: Option<String>) -> Self {
        Self {
            failure: Some(Failure::Body),
            retry_after: None,
            error: Error::Broken {
                reason,
                request_id,
                attempts: 1,
            },
        }
    }

    fn final_one(error: Error) -> Self {
        Self {
            failure: None,
            retry_after: None,
            error,
        }
    }
}

/// The innermost causes say the most: "connection refused", "dns error".
fn reason_of(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "there was no answer in time".into();
    }
    let mut source: &dyn std::error::Error = error;
    while let Some(inner) = source.source() {
        source = inner;
    }
    redact(&source.to_string())
}

impl Transport {
    pub(crate) fn new(base: ApiBase, key: &ApiKey, timeouts: Timeouts) -> Result<Self, Error> {
        let setup = |reason: String| Error::Setup { reason };
        let mut authorization =
            HeaderValue::from_str(&format!("Bearer {}", key.expose().expose_secret()))
                .map_err(|_| setup("the key does not fit into a header".into()))?;
        authorization.set_sensitive(true);
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(&base)?)
            .user_agent(concat!("Meterdesk/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .https_only(!base.is_loopback())
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.answer)
            .pool_max_idle_per_host(POOL_IDLE_MAX)
            .pool_idle_timeout(Duration::from_secs(60))
            .tcp_nodelay(true);
        if base.is_loopback() {
            builder = builder.no_proxy().http1_only();
        }
        let client = builder.build().map_err(|error| setup(reason_of(&error)))?;
        Ok(Self {
            client,
            base,
            authorization,
        })
    }

    pub(crate) fn base(&self) -> &ApiBase {
        &self.base
    }

    /// Sends a request once.
    pub(crate) async fn attempt(&self, request: &Request) -> Result<Received, Failed> {
        let response = self
            .outgoing(request)
            .send()
            .await
            .map_err(|error| Failed::connection(&error))?;
        let status = response.status().as_u16();
        let headers = Headers::read(response.headers());
        if (300..400).contains(&status) {
            return Err(Failed::final_one(Error::Redirected { status }));
        }
        let body = read_body(response, headers.request_id.as_deref()).await;
        if (200..300).contains(&status) {
            return Ok(Received {
                body: body?,
                request_id: headers.request_id,
                date: headers.date,
                replayed: headers.replayed,
            });
        }
        // An error whose explanation broke off is still that error.
        let body = body.unwrap_or_default();
        let error = ApiError {
            request_id: headers.request_id,
            date: headers.date,
            rate_limited_reason: headers.rate_limited_reason,
            ..ApiError::read(status, &body)
        };
        Err(Failed {
            failure: Some(Failure::Status {
                status,
                should_retry: headers.should_retry,
            }),
            retry_after: headers.retry_after,
            error: Error::Api(Box::new(error)),
        })
    }

    fn outgoing(&self, request: &Request) -> reqwest::RequestBuilder {
        let mut url = format!("{}/v1{}", self.base.as_str(), request.path);
        if let Some(query) = &request.query {
            url.push('?');
            url.push_str(query);
        }
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut outgoing = self
            .client
            .request(method, url)
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header("Stripe-Version", API_VERSION);
        if let Some(key) = &request.idempotency_key {
            outgoing = outgoing.header("Idempotency-Key", key.as_str());
        }
        if let Some(body) = &request.body {
            outgoing = outgoing
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(body.clone());
        }
        outgoing
    }
}

/// TLS by rustls with ring, certificates checked as this system does. Loopback needs none.
fn tls(base: &ApiBase) -> Result<rustls::ClientConfig, Error> {
    let setup = |error: rustls::Error| Error::Setup {
        reason: error.to_string(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(setup)?;
    if base.is_loopback() {
        return Ok(builder
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth());
    }
    let verifier = rustls_platform_verifier::Verifier::new(provider).map_err(setup)?;
    let mut config = builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

struct Headers {
    request_id: Option<String>,
    should_retry: Option<bool>,
    rate_limited_reason: Option<String>,
    retry_after: Option<Duration>,
    date: Option<i64>,
    replayed: bool,
}

impl Headers {
    fn read(headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            request_id: text("request-id").map(str::to_owned),
            should_retry: text("stripe-should-retry").and_then(|value| value.parse().ok()),
            rate_limited_reason: text("stripe-rate-limited-reason").map(str::to_owned),
            retry_after: text("retry-after").and_then(retry_after),
            date: text("date")
                .and_then(|value| chrono::DateTime::parse_from_rfc2822(value).ok())
                .map(|date| date.timestamp()),
            replayed: text("idempotent-replayed") == Some("true"),
        }
    }
}

async fn read_body(
    mut response: reqwest::Response,
    request_id: Option<&str>,
) -> Result<Bytes, Failed> {
    let too_large = || {
        Failed::final_one(Error::TooLarge {
            limit_bytes: BODY_MAX_BYTES,
            request_id: request_id.map(str::to_owned),
        })
    };
    let announced = response.content_length().unwrap_or(0);
    let announced = usize::try_from(announced).unwrap_or(usize::MAX);
    if announced > BODY_MAX_BYTES {
        return Err(too_large());
    }
    let mut body = BytesMut::with_capacity(announced);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if body.len() + chunk.len() > BODY_MAX_BYTES => return Err(too_large()),
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body.freeze()),
            Err(error) => {
                let reason = format!("it broke off ({})", reason_of(&error));
                return Err(Failed::broken(reason, request_id.map(str::to_owned)));
            }
        }
    }
}
