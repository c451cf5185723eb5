//! The server: connections, the way of a request, and the faults on that way.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::account::Account;
use crate::clock::Clock;
use crate::events::Cause;
use crate::faults::{Fault, Faults, Limits};
use crate::ids::request_id;
use crate::render::API_VERSION;
use crate::server::answer::{Answer, Refusal};
use crate::server::idempotency::{Begin, MAX_KEY_LENGTH, Replays};
use crate::server::keys::Keys;
use crate::server::params::Params;
use crate::server::routes::{Route, Way};
use crate::server::{lists, retrieve, writes};

/// The largest request body.
const MAX_BODY_BYTES: usize = 1_000_000;

/// Everything that requests share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) account: RwLock<Account>,
    pub(crate) clock: Clock,
    pub(crate) keys: Keys,
    pub(crate) seed: u64,
    pub(crate) faults: RwLock<Faults>,
    pub(crate) revoked: AtomicBool,
    pub(crate) requests: AtomicU64,
    /// Requests with a key that may ask, by method and address.
    pub(crate) by_endpoint: Mutex<BTreeMap<String, u64>>,
    limits: Mutex<Limits>,
    replays: Replays,
}

impl Shared {
    pub(crate) fn new(account: Account, clock: Clock, keys: Keys, faults: Faults) -> Self {
        Self {
            seed: account.seed,
            account: RwLock::new(account),
            clock,
            keys,
            faults: RwLock::new(faults),
            revoked: AtomicBool::new(false),
            requests: AtomicU64::new(0),
            by_endpoint: Mutex::default(),
            limits: Mutex::default(),
            replays: Replays::default(),
        }
    }
}

/// Serves until `stop`; connections that are open then are closed.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, stop: CancellationToken) {
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    continue;
                }
            },
            () = stop.cancelled() => return,
        };
        let shared = Arc::clone(&shared);
        let stop = stop.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = connection(stream, shared) => {}
                () = stop.cancelled() => {}
            }
        });
    }
}

async fn connection(stream: TcpStream, shared: Arc<Shared>) {
    let reset = Arc::new(AtomicBool::new(false));
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection stays without TCP_NODELAY");
    }
    let io = TokioIo::new(Socket {
        stream,
        reset: Arc::clone(&reset),
    });
    let service = hyper::service::service_fn(move |request| {
        let shared = Arc::clone(&shared);
        let reset = Arc::clone(&reset);
        async move { exchange(&shared, request, &reset).await }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .max_buf_size(1 << 20)
        .serve_connection(io, service)
        .await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// The connection was cut on purpose.
#[derive(Debug, thiserror::Error)]
#[error("the connection was reset on request")]
struct Cut;

async fn exchange(
    shared: &Shared,
    request: Request<Incoming>,
    reset: &AtomicBool,
) -> Result<Response<Sent>, Cut> {
    let number = shared.requests.fetch_add(1, Ordering::Relaxed);
    let (fault, latency) = {
        let faults = crate::read(&shared.faults);
        let fault = faults.chosen(shared.seed, number);
        (fault, faults.latency(fault))
    };
    if fault == Some(Fault::ResetBefore) {
        reset.store(true, Ordering::Relaxed);
        return Err(Cut);
    }
    let request = match Asked::read(request).await {
        Ok(request) => request,
        Err(refusal) => return Ok(response(shared, refusal.into_answer(), number, None)),
    };
    let work = Work {
        shared,
        request: &request,
        fault,
        number,
    };
    let answer = work.answer(latency).await;
    if fault == Some(Fault::ResetAfter) {
        reset.store(true, Ordering::Relaxed);
        return Err(Cut);
    }
    Ok(response(shared, answer, number, fault))
}

/// A request as far as it matters here.
struct Asked {
    method: String,
    path: String,
    params: Params,
    key: Option<String>,
    version: Option<String>,
    idempotency_key: Option<String>,
}

impl Asked {
    async fn read(request: Request<Incoming>) -> Result<Self, Refusal> {
        let (parts, body) = request.into_parts();
        let header = |name: &str| {
            parts
                .headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let mut params = Params::parse(parts.uri.query().unwrap_or("").as_bytes());
        if parts.method != hyper::Method::GET {
            let body = Limited::new(body, MAX_BODY_BYTES).collect().await;
            let body = body.map_err(|_| Refusal::invalid_value("body", "too long", "1 MB"))?;
            params.extend(Params::parse(&body.to_bytes()));
        }
        Ok(Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            params,
            key: header("authorization").and_then(|value| bearer(&value)),
            version: header("stripe-version"),
            idempotency_key: header("idempotency-key"),
        })
    }
}

/// The key in an `Authorization` header: a bearer token or the user of basic authentication.
fn bearer(header: &str) -> Option<String> {
    if let Some(key) = header.strip_prefix("Bearer ") {
        return Some(key.trim().to_owned());
    }
    let encoded = header.strip_prefix("Basic ")?;
    let decoded = base64(encoded.trim())?;
    Some(decoded.split(':').next()?.to_owned())
}

/// Standard base 64 of a short text.
fn base64(text: &str) -> Option<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bits = 0_u32;
    let mut held = 0;
    let mut out = Vec::new();
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = LETTERS.iter().position(|known| *known == letter)? as u32;
        bits = (bits << 6) | value;
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
            bits &= (1 << held) - 1;
        }
    }
    String::from_utf8(out).ok()
}

/// One request on its way through the account.
struct Work<'a> {
    shared: &'a Shared,
    request: &'a Asked,
    fault: Option<Fault>,
    number: u64,
}

impl Work<'_> {
    async fn answer(&self, latency: std::time::Duration) -> Answer {
        let route = match self.admitted() {
            Ok(route) => route,
            Err(refusal) => {
                pause(latency).await;
                return refusal.into_answer();
            }
        };
        let key = self
            .request
            .idempotency_key
            .as_deref()
            .filter(|_| self.request.method == "POST");
        if let Some(key) = key {
            let Self {
                shared, request, ..
            } = self;
            let long = key.len() > MAX_KEY_LENGTH;
            let print = format!("{} {}", request.path, request.params.fingerprint());
            let begun = if long {
                Err(Refusal::invalid_value(
                    "Idempotency-Key",
                    "too long",
                    "255 characters",
                ))
            } else {
                shared.replays.begin(key, print, shared.clock.now())
            };
            match begun {
                Ok(Begin::First) => {}
                Ok(Begin::Replay(answer)) => return answer,
                Err(refusal) => return refusal.into_answer(),
            }
        }
        pause(latency).await;
        let outcome = self.carried_out(&route);
        let is_remembered = outcome.as_ref().err().is_none_or(Refusal::is_remembered);
        let answer = outcome.map_or_else(Refusal::into_answer, Answer::ok);
        if let Some(key) = key {
            if is_remembered {
                self.shared.replays.finish(key, &answer);
            } else {
                self.shared.replays.forget(key);
            }
        }
        answer
    }

    /// The route, unless the key, the version, a limit or a fault forbids it.
    fn admitted(&self) -> Result<Route, Refusal> {
        let Self {
            shared, request, ..
        } = self;
        let route = Route::of(&request.method, &request.path);
        let permission = route
            .as_ref()
            .map_or("", |route| route.operation.permission());
        let revoked = shared.revoked.load(Ordering::Relaxed);
        shared
            .keys
            .check(request.key.as_deref(), permission, revoked)?;
        let route = route?;
        let (method, path) = route.operation.address();
        let mut counted = crate::locked(&shared.by_endpoint);
        *counted.entry(format!("{method} /v1/{path}")).or_insert(0) += 1;
        drop(counted);
        if let Some(version) = request.version.as_deref().filter(|it| *it != API_VERSION) {
            return Err(Refusal::version(version));
        }
        match self.fault {
            Some(Fault::RateLimited(reason)) => return Err(Refusal::rate_limited(reason)),
            Some(Fault::Locked) => return Err(Refusal::locked()),
            _ => {}
        }
        let faults = crate::read(&shared.faults);
        let mut limits = crate::locked(&shared.limits);
        let taken = limits.take(&faults, route.operation, Instant::now());
        taken.map_err(Refusal::rate_limited)?;
        Ok(route)
    }

    fn carried_out(&self, route: &Route) -> Result<Vec<u8>, Refusal> {
        let params = self.request.params.clone();
        // Half of the writes that end in a server error were carried out nevertheless.
        let is_lost = matches!(self.fault, Some(Fault::Server(_))) && self.number.is_multiple_of(2);
        let body = if is_lost {
            Ok(Vec::new())
        } else {
            self.done(route, params)
        };
        match self.fault {
            Some(Fault::Server(status)) => Err(Refusal::server(status)),
            _ => body,
        }
    }

    fn done(&self, route: &Route, params: Params) -> Result<Vec<u8>, Refusal> {
        self.keep_time();
        match route.operation.way() {
            Way::Write => {
                let cause = Cause {
                    id: request_id(self.shared.seed, self.number),
                    idempotency_key: self.request.idempotency_key.clone(),
                };
                let mut account = crate::write(&self.shared.account);
                writes::write(&mut account, route, params, cause)
            }
            Way::List => lists::list(&crate::read(&self.shared.account), route, params),
            Way::One => retrieve::retrieve(&crate::read(&self.shared.account), route, params),
        }
    }

    /// Tells the account what time it is: events appear, and grow too old, by its present.
    fn keep_time(&self) {
        let now = self.shared.clock.now();
        if crate::read(&self.shared.account).now < now {
            let mut account = crate::write(&self.shared.account);
            account.now = account.now.max(now);
        }
    }
}

async fn pause(time: std::time::Duration) {
    if !time.is_zero() {
        tokio::time::sleep(time).await;
    }
}

fn response(shared: &Shared, answer: Answer, number: u64, fault: Option<Fault>) -> Response<Sent> {
    let cut = (fault == Some(Fault::Truncate)).then_some(answer.body.len() / 2);
    let body = Sent {
        left: Some(Bytes::from(answer.body)),
        cut,
    };
    let mut response = Response::new(body);
    *response.status_mut() =
        StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("content-type", "application/json");
    set("cache-control", "no-cache, no-store");
    set("date", &shared.clock.http_date());
    set("stripe-version", API_VERSION);
    if answer.has_request_id {
        set("request-id", &request_id(shared.seed, number));
    }
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_str(&value),
        ) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// A body in one piece, or one that ends early while its length promises more.
struct Sent {
    left: Option<Bytes>,
    cut: Option<usize>,
}

impl Body for Sent {
    type Data = Bytes;
    type Error = Cut;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Cut>>> {
        match (self.left.take(), self.cut) {
            (Some(whole), None) => Poll::Ready(Some(Ok(Frame::data(whole)))),
            (Some(mut whole), Some(length)) => {
                Poll::Ready(Some(Ok(Frame::data(whole.split_to(length)))))
            }
            (None, None) => Poll::Ready(None),
            (None, Some(_)) => Poll::Ready(Some(Err(Cut))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none() && self.cut.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.as_ref().map_or(0, |left| left.len() as u64))
    }
}

/// A connection that can be reset instead of closed.
struct Socket {
    stream: TcpStream,
    reset: Arc<AtomicBool>,
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.reset.load(Ordering::Relaxed)
            && let Err(error) = self.stream.set_zero_linger()
        {
            tracing::debug!(%error, "the connection is closed rather than reset");
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[std::io::IoSlice<'_>],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
