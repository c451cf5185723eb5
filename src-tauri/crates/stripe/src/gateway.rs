//! The gateway: every request to Stripe passes through it.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rand::SeedableRng;
use rand::rngs::StdRng;
use tokio::time::{Instant, sleep};

use crate::base::ApiBase;
use crate::error::Error;
use crate::key::{ApiKey, Mode};
use crate::limiter::{Limiter, Throttle};
use crate::pace::Pace;
use crate::request::{Answer, Method, Request};
use crate::retry::RetryPolicy;
use crate::stats::{Counters, Stats};
use crate::transport::{Failed, Received, Transport};

/// The API version that every request names (stripe-facts §1.1).
pub const API_VERSION: &str = "2026-09-30.endive";

/// How long is waited for the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For a whole answer, the connection included.
    pub answer: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(60),
        }
    }
}

/// What a gateway is made of.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// Where to.
    pub base: ApiBase,
    /// With which key.
    pub key: ApiKey,
    /// How fast.
    pub pace: Pace,
    /// What is repeated, and how often.
    pub retry: RetryPolicy,
    /// How long is waited.
    pub timeouts: Timeouts,
    /// Seeds the jitter between attempts.
    pub jitter_seed: u64,
}

impl GatewayOptions {
    /// The usual pace of the address and the key's mode, the usual patience.
    pub fn new(base: ApiBase, key: ApiKey) -> Self {
        let pace = Pace::usual(&base, key.mode());
        Self {
            base,
            key,
            pace,
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            jitter_seed: rand::random(),
        }
    }
}

/// The road to one Stripe account. Clones share connections, pace and counters.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    key: ApiKey,
    retry: RetryPolicy,
    limiter: Arc<Limiter>,
    counters: Counters,
    random: Mutex<StdRng>,
}

impl std::fmt::Debug for Gateway {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "Gateway({}, {:?})",
            self.inner.transport.base(),
            self.inner.key
        )
    }
}

impl Gateway {
    /// Sets up the connection pool; nothing is sent yet.
    ///
    /// # Errors
    /// [`Error::Setup`] when TLS cannot be prepared on this machine.
    pub fn new(options: GatewayOptions) -> Result<Self, Error> {
        let GatewayOptions {
            base,
            key,
            pace,
            retry,
            timeouts,
            jitter_seed,
        } = options;
        Ok(Self {
            inner: Arc::new(Inner {
                transport: Transport::new(base, &key, timeouts)?,
                key,
                retry,
                limiter: Limiter::new(pace),
                counters: Counters::default(),
                random: Mutex::new(StdRng::seed_from_u64(jitter_seed)),
            }),
        })
    }

    /// Where to.
    pub fn base(&self) -> &ApiBase {
        self.inner.transport.base()
    }

    /// The key's kind and mode are public, the key is not.
    pub fn key(&self) -> &ApiKey {
        &self.inner.key
    }

    /// The mode of the key.
    pub fn mode(&self) -> Mode {
        self.inner.key.mode()
    }

    /// What was done so far.
    pub fn stats(&self) -> Stats {
        let counters = &self.inner.counters;
        Stats {
            requests: counters.requests.load(Ordering::Relaxed),
            reads: counters.reads.load(Ordering::Relaxed),
            throttled: counters.throttled.load(Ordering::Relaxed),
            repeats: counters.repeats.load(Ordering::Relaxed),
            bytes: counters.bytes.load(Ordering::Relaxed),
            in_flight: counters.in_flight.load(Ordering::Relaxed),
            concurrency: self.inner.limiter.concurrency(),
            rate_per_s: self.inner.limiter.all_per_s(),
        }
    }

    /// Requests that may be under way now: 8 to 32, fewer after Stripe asked for it.
    pub fn concurrency(&self) -> usize {
        self.inner.limiter.concurrency()
    }

    /// Requests of one endpoint under way that are worth having: more would wait for its rate.
    pub fn useful_per_endpoint(&self) -> usize {
        self.inner.limiter.useful_per_endpoint()
    }

    /// Is the account used to a limit (Stripe), or as fast as it answers (this machine)?
    pub fn is_paced(&self) -> bool {
        self.inner.limiter.is_paced()
    }

    /// Sends a request, as often as the rule of repeating allows, always with the same bytes.
    ///
    /// # Errors
    /// The last attempt's [`Error`].
    pub async fn send(&self, request: &Request) -> Result<Answer, Error> {
        Ok(self.send_and_read(request, |_| Ok(())).await?.1)
    }

    /// Sends a request and reads its answer; one that cannot be read is asked for again.
    ///
    /// # Errors
    /// The last attempt's [`Error`].
    pub(crate) async fn send_and_read<T>(
        &self,
        request: &Request,
        read: impl Fn(&Bytes) -> Result<T, String>,
    ) -> Result<(T, Answer), Error> {
        if request.method == Method::Post && request.idempotency_key.is_none() {
            return Err(Error::NoIdempotencyKey);
        }
        let started = Instant::now();
        let mut attempts = 0;
        loop {
            attempts += 1;
            let outcome = self.attempt(request).await.and_then(|received| {
                let value = read(&received.body)
                    .map_err(|reason| Failed::broken(reason, received.request_id.clone()))?;
                Ok((value, received))
            });
            let failed = match outcome {
                Ok((value, received)) => return Ok((value, answer(received, attempts))),
                Err(failed) => failed,
            };
            let Some(wait) = self.wait(&failed, attempts, started.elapsed()) else {
                return Err(with_attempts(failed.error, attempts));
            };
            Counters::add(&self.inner.counters.repeats, 1);
            tracing::debug!(
                endpoint = request.endpoint(),
                attempts,
                wait_ms = wait.as_millis(),
                error = %failed.error,
                "a request is repeated"
            );
            sleep(wait).await;
        }
    }

    /// One attempt at the account's pace, counted.
    async fn attempt(&self, request: &Request) -> Result<Received, Failed> {
        let Inner {
            limiter,
            counters,
            transport,
            ..
        } = &*self.inner;
        let permit = limiter.leave(request.endpoint()).await;
        let _under_way = counters.under_way();
        Counters::add(&counters.requests, 1);
        let left = Instant::now();
        let outcome = transport.attempt(request).await;
        let throttle = match &outcome {
            Err(Failed {
                error: Error::Api(error),
                ..
            }) if error.status == 429 => Some(Throttle::read(
                error.rate_limited_reason.as_deref(),
                error.code.as_deref(),
            )),
            _ => None,
        };
        let answered = !matches!(
            &outcome,
            Err(Failed {
                error: Error::Offline { .. },
                ..
            })
        );
        match throttle {
            Some(throttle) => {
                Counters::add(&counters.throttled, 1);
                limiter.throttled(request.endpoint(), throttle);
            }
            None if answered => {
                limiter.answered(left.elapsed());
                if request.method == Method::Get {
                    Counters::add(&counters.reads, 1);
                }
            }
            None => {}
        }
        if let Ok(received) = &outcome {
            Counters::add(&counters.bytes, received.body.len() as u64);
        }
        drop(permit);
        outcome
    }

    /// How long to wait before the next attempt; none: there is none.
    fn wait(&self, failed: &Failed, attempts: u32, elapsed: Duration) -> Option<Duration> {
        if !failed.failure?.may_repeat() {
            return None;
        }
        let mut random = self
            .inner
            .random
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        self.inner
            .retry
            .wait(attempts, elapsed, failed.retry_after, &mut *random)
    }
}

fn answer(received: Received, attempts: u32) -> Answer {
    let Received {
        body,
        request_id,
        date,
        replayed,
    } = received;
    Answer {
        body,
        request_id,
        date,
        replayed,
        attempts,
    }
}

fn with_attempts(error: Error, count: u32) -> Error {
    match error {
        Error::Offline { reason, .. } => Error::Offline {
            reason,
            attempts: count,
        },
        Error::Broken {
            reason, request_id, ..
        } => Error::Broken {
            reason,
            request_id,
            attempts: count,
        },
        Error::Api(mut error) => {
            error.attempts = count;
            Error::Api(error)
        }
        other => other,
    }
}
