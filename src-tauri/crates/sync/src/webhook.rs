//! The webhook listener: on loopback only, and nothing is parsed before its signature holds.
//!
//! A request is answered with 2xx once its event lies durably in the books' queue; what is made of
//! it follows from there. Whatever is refused is noted with its reason and size, never its body.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use books::{Books, BooksError, NewEvent, Road};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use stripe::{WebhookSecret, verify_signature};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::timeout;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::backfill::Clock;

/// Where events are delivered to.
pub const WEBHOOK_PATH: &str = "/webhooks";
/// The largest body that is read; Stripe's events are far below.
pub const WEBHOOK_BODY_MAX: usize = 1 << 20;
/// Secrets that are held at once: the new one and, while it is rolled, the old one.
pub const WEBHOOK_SECRETS_MAX: usize = 2;
/// The longest that a sender may take for its headers, and then for its body.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once; more wait to be accepted.
const CONNECTIONS_MAX: usize = 32;

/// The signing secrets that hold now; shared, so that a roll takes effect at once.
#[derive(Debug, Clone, Default)]
pub struct WebhookSecrets(Arc<RwLock<Vec<WebhookSecret>>>);

impl WebhookSecrets {
    /// Replaces them; at most two are kept.
    pub fn set(&self, mut secrets: Vec<WebhookSecret>) {
        secrets.truncate(WEBHOOK_SECRETS_MAX);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = secrets;
    }

    /// How many hold.
    pub fn count(&self) -> usize {
        self.0.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn get(&self) -> Vec<WebhookSecret> {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// What the listener works with.
#[derive(Clone)]
pub struct WebhookDoor {
    /// Where events go.
    pub books: Books,
    /// What they are signed with.
    pub secrets: WebhookSecrets,
    /// UTC seconds.
    pub clock: Clock,
    /// Called when an event was queued.
    pub queued: Arc<dyn Fn() + Send + Sync>,
}

/// A listener at work; dropping it stops it.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    task: JoinHandle<()>,
    stop: DropGuard,
}

impl Listening {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops it; requests under way are ended first.
    pub async fn stop(self) {
        drop(self.stop);
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the webhook listener ended badly");
        }
    }
}

/// Listens on loopback at `port` (0: any that is free).
///
/// # Errors
/// When the port cannot be had.
pub async fn listen(door: WebhookDoor, port: u16) -> io::Result<Listening> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
    let address = listener.local_addr()?;
    let stop = CancellationToken::new();
    let task = tokio::spawn(accept(listener, door, stop.clone()));
    tracing::info!(%address, "listening for webhooks");
    Ok(Listening {
        address,
        task,
        stop: stop.drop_guard(),
    })
}

async fn accept(listener: TcpListener, door: WebhookDoor, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    let mut connections = JoinSet::new();
    loop {
        let next = async {
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, accepted) = tokio::select! {
            next = next => next,
            Some(_) = connections.join_next() => continue,
            () = stop.cancelled() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let (door, stop) = (door.clone(), stop.clone());
                connections.spawn(async move {
                    connection(stream, door, stop).await;
                    drop(place);
                });
            }
            Err(error) => tracing::warn!(%error, "a webhook's connection was not accepted"),
        }
    }
    while connections.join_next().await.is_some() {}
}

/// Serves one connection until its sender or `stop` ends it.
async fn connection(stream: TcpStream, door: WebhookDoor, stop: CancellationToken) {
    let service = service_fn(move |request| {
        let door = door.clone();
        async move { Ok::<_, std::convert::Infallible>(answer(&door, request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        // A sender that stops in the middle of a body is told so, and noted.
        .half_close(true)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a webhook's connection ended early");
    }
}

/// Why a request is not taken.
struct Refusal {
    status: StatusCode,
    reason: String,
    bytes: usize,
}

impl Refusal {
    fn new(status: StatusCode, reason: impl Into<String>, bytes: usize) -> Self {
        Self {
            status,
            reason: reason.into(),
            bytes,
        }
    }
}

async fn answer(door: &WebhookDoor, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (status, words) = match take(door, request).await {
        Ok(()) => (StatusCode::OK, "{\"received\":true}".to_owned()),
        Err(refusal) => {
            tracing::warn!(
                status = refusal.status.as_u16(),
                reason = refusal.reason,
                bytes = refusal.bytes,
                "a webhook was refused"
            );
            let bytes = refusal.bytes as u64;
            let at = (door.clock)();
            if let Err(error) = (door.books)
                .note_webhook_refusal(at, &refusal.reason, bytes)
                .await
            {
                tracing::warn!(%error, "a refused webhook could not be noted");
            }
            let words = serde_json::json!({ "error": refusal.reason }).to_string();
            (refusal.status, words)
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(words)));
    *response.status_mut() = status;
    response.headers_mut().insert(
        hyper::header::CONTENT_TYPE,
        hyper::header::HeaderValue::from_static("application/json"),
    );
    response
}

/// Takes one request in: verified, parsed, queued.
async fn take(door: &WebhookDoor, request: Request<Incoming>) -> Result<(), Refusal> {
    if request.uri().path() != WEBHOOK_PATH {
        let reason = format!("events are delivered to {WEBHOOK_PATH}");
        return Err(Refusal::new(StatusCode::NOT_FOUND, reason, 0));
    }
    if request.method() != Method::POST {
        let reason = "events are delivered by POST";
        return Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, reason, 0));
    }
    let (head, body) = request.into_parts();
    let body = read(body).await?;
    let bytes = body.len();
    let bad = |reason: String| Refusal::new(StatusCode::BAD_REQUEST, reason, bytes);
    let header = head.headers.get("stripe-signature");
    let now = (door.clock)();
    let header = header.map(hyper::header::HeaderValue::as_bytes);
    verify_signature(header, &body, &door.secrets.get(), now)
        .map_err(|error| bad(error.to_string()))?;
    let event =
        NewEvent::read(body, Road::Webhook, true, now).map_err(|error| bad(error.to_string()))?;
    match door.books.queue_events(&[event], &[]).await {
        Ok(_) => {
            (door.queued)();
            Ok(())
        }
        Err(error @ BooksError::WrongMode { .. }) => Err(bad(error.to_string())),
        // Stripe delivers it again later.
        Err(error) => {
            tracing::error!(%error, "a webhook's event could not be queued");
            let reason = "the books could not be written; it must be delivered again";
            Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE, reason, bytes))
        }
    }
}

/// The whole body, or why there is none.
async fn read(body: Incoming) -> Result<Bytes, Refusal> {
    match timeout(PATIENCE, Limited::new(body, WEBHOOK_BODY_MAX).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            let reason = "its body is longer than 1 MiB";
            Err(Refusal::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                reason,
                WEBHOOK_BODY_MAX,
            ))
        }
        Ok(Err(_)) => {
            let reason = "its body was cut short";
            Err(Refusal::new(StatusCode::BAD_REQUEST, reason, 0))
        }
        Err(_) => {
            let reason = "its body did not arrive in time";
            Err(Refusal::new(StatusCode::REQUEST_TIMEOUT, reason, 0))
        }
    }
}

#[cfg(test)]
#[path = "webhook_test.rs"]
mod tests;
