//! Webhooks as Stripe delivers them: signed, more than once if need be, and on request late,
//! twice, out of order, or in ways that a receiver must turn away.

use std::fmt::Write as _;
use std::time::Duration;

use hmac::{Hmac, Mac};
use sha2::Sha256;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

use crate::json::Pen;
use crate::random::Random;
use crate::render;
use crate::running::Running;

/// How long one request may take.
const TIMEOUT: Duration = Duration::from_secs(10);

/// How often it is looked whether something happened.
const BETWEEN_DELIVERIES: Duration = Duration::from_millis(500);

/// The most that is read of an answer.
const MAX_ANSWER_BYTES: usize = 16 * 1024;

/// How old a stale signature says that it is, in seconds: beyond every library's tolerance.
const STALE_SECONDS: i64 = 3_600;

/// How webhooks are delivered. Chances are in thousandths of the events and follow the seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// What every request is signed with, one signature each; empty for the account's own secret.
    /// Two of them are what Stripe does while a secret is rolled.
    pub secrets: Vec<String>,
    /// How often a request that was not answered with 2xx is repeated, with a fresh timestamp.
    pub retries: u32,
    /// How long the first repetition waits; each further one twice as long.
    pub retry_after: Duration,
    /// Another run of chance.
    pub seed: u64,
    /// How many events wait for the next delivery.
    pub late: u32,
    /// How many are delivered twice.
    pub twice: u32,
    /// Whether the order of the events is left to chance.
    pub shuffled: bool,
    /// How many are preceded by a forgery: another amount of bytes under the true signature's
    /// time, signed with a secret that is nobody's.
    pub forged: u32,
    /// How many are preceded by themselves with an old timestamp, truly signed.
    pub stale: u32,
    /// How many are preceded by the first half of themselves under the whole's signature.
    pub truncated: u32,
    /// How many are preceded by a truly signed body of `oversized_bytes`.
    pub oversized: u32,
    /// How long an oversized body is.
    pub oversized_bytes: usize,
}

impl Default for Delivery {
    fn default() -> Self {
        Self {
            secrets: Vec::new(),
            retries: 3,
            retry_after: Duration::from_millis(50),
            seed: 0,
            late: 0,
            twice: 0,
            shuffled: false,
            forged: 0,
            stale: 0,
            truncated: 0,
            oversized: 0,
            oversized_bytes: 8 << 20,
        }
    }
}

/// What a request was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WebhookKind {
    /// The event, as Stripe sends it.
    Genuine,
    /// The event once more, though it was taken before.
    Twice,
    /// Not from Stripe.
    Forged,
    /// Truly signed, long ago.
    Stale,
    /// The first half of the body.
    Truncated,
    /// A body that no event has.
    Oversized,
}

/// One request and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookAttempt {
    /// The event's identifier.
    pub event: String,
    /// What the request was.
    pub kind: WebhookKind,
    /// The answer's status; nothing where there was none.
    pub status: Option<u16>,
}

/// Why nothing could be delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookError {
    /// The address is not one that is delivered to.
    #[error("webhooks are delivered to http://127.0.0.1:PORT/… alone, not to {url}")]
    Address {
        /// What was given.
        url: String,
    },
}

/// What was delivered so far.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    /// The first event that was not looked at.
    next: u32,
    /// Events that wait.
    late: Vec<u32>,
}

/// Where requests go.
struct Address {
    host: String,
    port: u16,
    path: String,
}

impl Address {
    fn read(text: &str) -> Result<Self, WebhookError> {
        let wrong = || WebhookError::Address {
            url: text.to_owned(),
        };
        let url = Url::parse(text).map_err(|_| wrong())?;
        let host = url.host_str().unwrap_or("");
        let is_near = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        if url.scheme() != "http" || !is_near {
            return Err(wrong());
        }
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(80),
            path: url.path().to_owned(),
        })
    }

    /// POSTs `body`; the status of the answer, or nothing.
    async fn post(&self, body: &[u8], signature: &str) -> Option<u16> {
        tokio::time::timeout(TIMEOUT, self.exchange(body, signature))
            .await
            .ok()?
            .ok()?
    }

    async fn exchange(&self, body: &[u8], signature: &str) -> std::io::Result<Option<u16>> {
        let mut stream = TcpStream::connect((self.host.as_str(), self.port)).await?;
        let head = format!(
            "POST {} HTTP/1.1\r\nHost: {}:{}\r\nContent-Type: application/json; charset=utf-8\r\n\
             Content-Length: {}\r\nUser-Agent: Stripe/1.0 (+https://stripe.com/docs/webhooks)\r\n\
             Stripe-Signature: {signature}\r\nConnection: close\r\n\r\n",
            self.path,
            self.host,
            self.port,
            body.len()
        );
        stream.write_all(head.as_bytes()).await?;
        // A receiver may turn a request away before it read all of it, and says so nevertheless.
        let sent = stream.write_all(body).await;
        let mut answer = Vec::new();
        let mut limited = stream.take(MAX_ANSWER_BYTES as u64);
        let read = limited.read_to_end(&mut answer).await;
        let status = String::from_utf8_lossy(&answer)
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok());
        if status.is_none() {
            sent?;
            read?;
        }
        Ok(status)
    }
}

/// The header `Stripe-Signature` of `body` at `time`.
pub(crate) fn signature(body: &[u8], time: i64, secrets: &[String]) -> String {
    let mut header = format!("t={time}");
    for secret in secrets {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
            continue;
        };
        mac.update(format!("{time}.").as_bytes());
        mac.update(body);
        header.push_str(",v1=");
        for byte in mac.finalize().into_bytes() {
            if write!(header, "{byte:02x}").is_err() {
                break;
            }
        }
    }
    header
}

impl Running {
    /// Delivers every event that appeared since the last time to `url`, and those that were late
    /// then, each until it is answered with 2xx or its repetitions are used up. Every request in
    /// its order. From the first time on, events count the endpoint in `pending_webhooks` until
    /// it took them.
    ///
    /// # Errors
    /// An address that is not on loopback.
    pub async fn deliver_webhooks(
        &self,
        url: &str,
        delivery: &Delivery,
    ) -> Result<Vec<WebhookAttempt>, WebhookError> {
        let address = Address::read(url)?;
        let secrets = if delivery.secrets.is_empty() {
            vec![self.webhook_secret.clone()]
        } else {
            delivery.secrets.clone()
        };
        let mut done = Vec::new();
        for serial in self.due_events(delivery) {
            let (event, body) = self.webhook_body(serial);
            let mut attempt = |kind, status| {
                done.push(WebhookAttempt {
                    event: event.clone(),
                    kind,
                    status,
                });
            };
            let mut random = Random::new(delivery.seed ^ 0x3EB4, u64::from(serial));
            for (kind, chance) in [
                (WebhookKind::Forged, delivery.forged),
                (WebhookKind::Stale, delivery.stale),
                (WebhookKind::Truncated, delivery.truncated),
                (WebhookKind::Oversized, delivery.oversized),
            ] {
                if random.chance(u64::from(chance)) {
                    let (sent, header) = self.unwelcome(kind, &body, &secrets, delivery);
                    attempt(kind, address.post(&sent, &header).await);
                }
            }
            let times = 1 + u32::from(random.chance(u64::from(delivery.twice)));
            for time in 0..times {
                let kind = if time == 0 {
                    WebhookKind::Genuine
                } else {
                    WebhookKind::Twice
                };
                for retry in 0..=delivery.retries {
                    let header = signature(&body, self.now(), &secrets);
                    let status = address.post(&body, &header).await;
                    attempt(kind, status);
                    if status.is_some_and(|status| (200..300).contains(&status)) {
                        self.taken(serial);
                        break;
                    }
                    tokio::time::sleep(delivery.retry_after * 2_u32.pow(retry.min(10))).await;
                }
            }
        }
        Ok(done)
    }

    /// Takes everything that happened so far for delivered.
    pub fn skip_webhooks(&self) {
        let mut outbox = crate::locked(&self.outbox);
        outbox.late.clear();
        outbox.next = self.with_account(|account| {
            account.webhooks = 1;
            account.events.len() as u32
        });
    }

    /// Lets time go on and delivers to `url` what happens from now on, for as long as it is polled.
    ///
    /// # Errors
    /// An address that is not on loopback.
    pub async fn keep_delivering(
        &self,
        url: &str,
        delivery: &Delivery,
    ) -> Result<std::convert::Infallible, WebhookError> {
        Address::read(url)?;
        self.skip_webhooks();
        loop {
            self.with_account(crate::company::live);
            for attempt in self.deliver_webhooks(url, delivery).await? {
                tracing::info!(event = attempt.event, status = attempt.status, "delivered");
            }
            tokio::time::sleep(BETWEEN_DELIVERIES).await;
        }
    }

    /// The events to deliver now, in their order or in one of chance.
    fn due_events(&self, delivery: &Delivery) -> Vec<u32> {
        let mut outbox = crate::locked(&self.outbox);
        let count = self.with_account(|account| {
            account.webhooks = 1;
            account.events.len() as u32
        });
        let mut due = std::mem::take(&mut outbox.late);
        let new = outbox.next..count;
        outbox.next = count;
        let mut random = Random::new(delivery.seed ^ 0x1A7E, u64::from(count));
        let account = crate::read(&self.shared.account);
        for serial in new {
            if random.chance(u64::from(delivery.late)) {
                outbox.late.push(serial);
            } else {
                due.push(serial);
            }
        }
        let (mut ready, waiting): (Vec<u32>, Vec<u32>) = due
            .into_iter()
            .partition(|serial| account.is_listed(*serial));
        // Too old to be listed is too old to be delivered.
        let is_to_come = |serial: &u32| account.events[*serial as usize].seen_from > account.now;
        outbox.late.extend(waiting.into_iter().filter(is_to_come));
        if delivery.shuffled {
            for place in (1..ready.len()).rev() {
                ready.swap(place, random.below(place as u64 + 1) as usize);
            }
        }
        ready
    }

    /// The event's identifier and the bytes that are signed: indented, as Stripe sends them.
    fn webhook_body(&self, serial: u32) -> (String, Vec<u8>) {
        let account = crate::read(&self.shared.account);
        let mut pen = Pen::new(&account.ids, 8_192);
        render::event::event(&mut pen, &account, serial);
        let value: Option<serde_json::Value> = serde_json::from_slice(&pen.out).ok();
        let body = value.and_then(|value| serde_json::to_vec_pretty(&value).ok());
        let id = account.name_of(crate::ids::Kind::Event, serial);
        (id, body.unwrap_or(pen.out))
    }

    /// A request that a receiver must turn away: its body and its signature.
    fn unwelcome(
        &self,
        kind: WebhookKind,
        body: &[u8],
        secrets: &[String],
        delivery: &Delivery,
    ) -> (Vec<u8>, String) {
        let now = self.now();
        match kind {
            WebhookKind::Forged => {
                let mut forged = body.to_vec();
                forged.push(b'\n');
                let nobodys = ["whsec_somebody_elses_secret_of_some_length".to_owned()];
                let header = signature(&forged, now, &nobodys);
                (forged, header)
            }
            WebhookKind::Stale => {
                let header = signature(body, now - STALE_SECONDS, secrets);
                (body.to_vec(), header)
            }
            WebhookKind::Truncated => {
                let header = signature(body, now, secrets);
                (body[..body.len() / 2].to_vec(), header)
            }
            _ => {
                let mut long = body.to_vec();
                long.resize(delivery.oversized_bytes.max(body.len()), b' ');
                let header = signature(&long, now, secrets);
                (long, header)
            }
        }
    }

    fn taken(&self, serial: u32) {
        self.with_account(|account| account.events[serial as usize].pending_webhooks = 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::Options;
    use tokio::net::TcpListener;

    #[test]
    fn signatures_are_those_of_stripes_own_libraries() {
        let secret = |text: &str| vec![text.to_owned()];
        let cases: [(&str, &str, i64, &str); 2] = [
            (
                r#"{"id":"evt_test_webhook","object":"event"}"#,
                "whsec_test_secret",
                1_700_000_000,
                "d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990",
            ),
            (
                r#"{"id":"evt_ü","object":"event","n":"日本"}"#,
                "whsec_a",
                1_795_349_820,
                "bdb814dc7ce72962d85a64bbae2304419538d3457f8eafa91d45b5ecbcee94d3",
            ),
        ];
        for (body, with, time, expected) in cases {
            let header = signature(body.as_bytes(), time, &secret(with));
            assert_eq!(header, format!("t={time},v1={expected}"));
        }
        let both = ["a".to_owned(), "b".to_owned()];
        assert_eq!(signature(b"{}", 1, &both).matches(",v1=").count(), 2);
    }

    /// Answers so many requests with 500 and the rest with 200; what came, header and body.
    async fn receiver(failing: usize) -> (String, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let served = tokio::spawn(async move {
            let mut count = 0;
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut buffer = vec![0; 65_536];
                let _ = stream.read(&mut buffer).await;
                let status = if count < failing { "500 No" } else { "200 OK" };
                count += 1;
                let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n");
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
                let mut rest = Vec::new();
                let _ = stream.read_to_end(&mut rest).await;
            }
        });
        (url, served)
    }

    #[tokio::test]
    async fn every_event_is_delivered_until_it_is_taken() {
        let account = crate::start(Options {
            customers: 4,
            now: Some(1_795_305_600),
            ..Options::default()
        });
        let account = account.await.unwrap();
        let (url, served) = receiver(2).await;
        let quick = Delivery {
            retry_after: Duration::from_millis(1),
            ..Delivery::default()
        };
        account.deliver_webhooks(&url, &quick).await.unwrap();
        account.mutate(6, 1);
        let late = Delivery {
            late: 1_000,
            ..quick.clone()
        };
        let none = account.deliver_webhooks(&url, &late).await.unwrap();
        assert!(none.is_empty(), "all of them wait");
        let faults = Delivery {
            twice: 1_000,
            forged: 1_000,
            shuffled: true,
            ..quick.clone()
        };
        let all = account.deliver_webhooks(&url, &faults).await.unwrap();
        let of = |kind| all.iter().filter(|it| it.kind == kind).count();
        let events = of(WebhookKind::Genuine);
        assert!(events >= 6, "{all:?}");
        assert_eq!(
            (of(WebhookKind::Twice), of(WebhookKind::Forged)),
            (events, events)
        );
        let rest = account.deliver_webhooks(&url, &quick).await.unwrap();
        assert!(rest.is_empty(), "nothing is left");
        let wrong = account
            .deliver_webhooks("https://example.com/", &quick)
            .await;
        assert!(wrong.is_err(), "loopback alone");
        served.abort();
    }
}
