//! What goes wrong on request: which faults, how often, and the limits that are enforced.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use crate::server::routes::Operation;

/// A mistake in a description of faults.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum FaultsError {
    /// A part that is not `name=value`, or whose name is unknown.
    #[error("unknown fault {part:?}; known: {KNOWN}")]
    Unknown {
        /// The part as it was given.
        part: String,
    },
    /// A value that does not fit the fault.
    #[error("{value:?} is no value for {name}; example: {example}")]
    Value {
        /// The fault.
        name: String,
        /// What was given.
        value: String,
        /// What would fit.
        example: &'static str,
    },
}

const KNOWN: &str = "429, 429-global, 429-concurrency, 429-bare, 500, 503, reset-before, \
                     reset-after, truncate, slow, slow-by, latency, limit, seed";

/// How often a fault happens, in millionths of the requests.
type Millionths = u32;

/// The faults of an account. Chance follows the seed and the order of the requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    chances: Vec<(Fault, Millionths)>,
    latency: Duration,
    slow_by: Duration,
    per_endpoint: Option<u32>,
    in_all: Option<u32>,
    seed: u64,
}

/// One thing that can go wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429 with `Stripe-Rate-Limited-Reason`.
    RateLimited(&'static str),
    /// 429 without a reason and without a request id: a lock that timed out.
    Locked,
    /// 500 or 503; a write may or may not have happened.
    Server(u16),
    /// The connection is reset before anything is done.
    ResetBefore,
    /// The connection is reset after the request was carried out.
    ResetAfter,
    /// The body ends halfway.
    Truncate,
    /// The answer takes long.
    Slow,
}

impl Faults {
    /// Nothing goes wrong and nothing is limited.
    #[must_use]
    pub fn none() -> Self {
        Self {
            slow_by: Duration::from_secs(2),
            ..Self::default()
        }
    }

    /// Reads a description: parts separated by commas, or nothing at all.
    ///
    /// | part | what happens |
    /// |---|---|
    /// | `429=5%` | so many are refused with `Stripe-Rate-Limited-Reason: endpoint-rate` |
    /// | `429-global=1%`, `429-concurrency=1%` | the same for `global-rate`, `endpoint-concurrency` |
    /// | `429-bare=1%` | without a reason: `lock_timeout`, no request id |
    /// | `500=1%`, `503=1%` | a server error; half of the writes were carried out nevertheless |
    /// | `reset-before=1%`, `reset-after=1%` | the connection is reset before or after the work |
    /// | `truncate=1%` | the body ends halfway and the connection closes |
    /// | `slow=1%`, `slow-by=2s` | so many answers take so much longer |
    /// | `latency=200ms` | every answer takes this long |
    /// | `limit=25/endpoint`, `limit=100/all` | requests a second, enforced |
    /// | `seed=7` | another run of chance |
    ///
    /// # Errors
    /// The first part that is not understood.
    pub fn parse(text: &str) -> Result<Self, FaultsError> {
        let mut faults = Self::none();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let unknown = || FaultsError::Unknown {
                part: part.to_owned(),
            };
            let (name, value) = part.split_once('=').ok_or_else(unknown)?;
            let (name, value) = (name.trim(), value.trim());
            let wrong = |example| FaultsError::Value {
                name: name.to_owned(),
                value: value.to_owned(),
                example,
            };
            let fault = match name {
                "latency" | "slow-by" => {
                    let time = duration(value).ok_or_else(|| wrong("200ms"))?;
                    let place = if name == "latency" {
                        &mut faults.latency
                    } else {
                        &mut faults.slow_by
                    };
                    *place = time;
                    continue;
                }
                "limit" => {
                    let (rate, scope) =
                        value.split_once('/').ok_or_else(|| wrong("25/endpoint"))?;
                    let rate: u32 = rate.parse().map_err(|_| wrong("25/endpoint"))?;
                    match scope {
                        "endpoint" => faults.per_endpoint = Some(rate.max(1)),
                        "all" => faults.in_all = Some(rate.max(1)),
                        _ => return Err(wrong("100/all")),
                    }
                    continue;
                }
                "seed" => {
                    faults.seed = value.parse().map_err(|_| wrong("7"))?;
                    continue;
                }
                "429" => Fault::RateLimited("endpoint-rate"),
                "429-global" => Fault::RateLimited("global-rate"),
                "429-concurrency" => Fault::RateLimited("endpoint-concurrency"),
                "429-bare" => Fault::Locked,
                "500" => Fault::Server(500),
                "503" => Fault::Server(503),
                "reset-before" => Fault::ResetBefore,
                "reset-after" => Fault::ResetAfter,
                "truncate" => Fault::Truncate,
                "slow" => Fault::Slow,
                _ => return Err(unknown()),
            };
            faults
                .chances
                .push((fault, percent(value).ok_or_else(|| wrong("1.5%"))?));
        }
        Ok(faults)
    }

    /// How long every answer takes, and how much longer a slow one.
    pub(crate) const fn latency(&self, fault: Option<Fault>) -> Duration {
        match fault {
            Some(Fault::Slow) => self.latency.saturating_add(self.slow_by),
            _ => self.latency,
        }
    }

    /// What goes wrong with request number `number`, if anything.
    pub(crate) fn chosen(&self, seed: u64, number: u64) -> Option<Fault> {
        if self.chances.is_empty() {
            return None;
        }
        let mut random = crate::random::Random::new(seed ^ self.seed, number ^ 0xFA17);
        let mut rest = random.below(1_000_000) as u32;
        for (fault, chance) in &self.chances {
            if rest < *chance {
                return Some(*fault);
            }
            rest -= chance;
        }
        None
    }
}

/// "5%" or "0.25%" as millionths.
fn percent(text: &str) -> Option<Millionths> {
    let (whole, part) = {
        let number = text.strip_suffix('%')?;
        number.split_once('.').unwrap_or((number, ""))
    };
    if part.len() > 4 || !part.chars().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let whole: u32 = whole.parse().ok().filter(|whole| *whole <= 100)?;
    let part: u32 = format!("{part:0<4}").parse().ok()?;
    Some((whole * 10_000 + part).min(1_000_000))
}

/// "200ms" or "2s".
fn duration(text: &str) -> Option<Duration> {
    const LONGEST: Duration = Duration::from_secs(600);
    let time = if let Some(number) = text.strip_suffix("ms") {
        Duration::from_millis(number.parse().ok()?)
    } else {
        Duration::from_secs(text.strip_suffix('s')?.parse().ok()?)
    };
    Some(time.min(LONGEST))
}

/// A bucket that holds one second's worth of requests and refills evenly.
#[derive(Debug)]
struct Bucket {
    left_micro: u64,
    since: Instant,
}

impl Bucket {
    fn new(rate: u32, now: Instant) -> Self {
        Self {
            left_micro: u64::from(rate) * 1_000_000,
            since: now,
        }
    }

    fn refill(&mut self, rate: u32, now: Instant) {
        let passed = now
            .saturating_duration_since(self.since)
            .as_micros()
            .min(10_000_000) as u64;
        let full = u64::from(rate) * 1_000_000;
        self.left_micro = (self.left_micro + passed * u64::from(rate)).min(full);
        self.since = now;
    }

    const fn has_one(&self) -> bool {
        self.left_micro >= 1_000_000
    }
}

/// The requests of the last second, by operation and in all.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    all: Option<Bucket>,
    endpoints: HashMap<Operation, Bucket>,
}

impl Limits {
    /// Takes one request of `operation`, or says which limit it is over.
    pub(crate) fn take(
        &mut self,
        faults: &Faults,
        operation: Operation,
        now: Instant,
    ) -> Result<(), &'static str> {
        if let Some(rate) = faults.in_all {
            let bucket = self.all.get_or_insert_with(|| Bucket::new(rate, now));
            bucket.refill(rate, now);
            if !bucket.has_one() {
                return Err("global-rate");
            }
        }
        if let Some(rate) = faults.per_endpoint {
            let bucket = self
                .endpoints
                .entry(operation)
                .or_insert_with(|| Bucket::new(rate, now));
            bucket.refill(rate, now);
            if !bucket.has_one() {
                return Err("endpoint-rate");
            }
            bucket.left_micro -= 1_000_000;
        }
        if let Some(bucket) = self.all.as_mut().filter(|_| faults.in_all.is_some()) {
            bucket.left_micro -= 1_000_000;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_is_read_whole() {
        let faults =
            Faults::parse("429=5%, 500=0.25%,latency=200ms,limit=25/endpoint,limit=100/all")
                .unwrap();
        assert_eq!(
            faults.chances[0],
            (Fault::RateLimited("endpoint-rate"), 50_000)
        );
        assert_eq!(faults.chances[1], (Fault::Server(500), 2_500));
        assert_eq!(faults.latency, Duration::from_millis(200));
        assert_eq!((faults.per_endpoint, faults.in_all), (Some(25), Some(100)));
        assert_eq!(Faults::parse("").unwrap(), Faults::none());
    }

    #[test]
    fn a_mistake_is_named() {
        for (text, words) in [
            ("fire=1%", "unknown fault \"fire=1%\""),
            ("429", "unknown fault \"429\""),
            ("429=often", "\"often\" is no value for 429"),
            ("latency=fast", "\"fast\" is no value for latency"),
            ("limit=25/planet", "\"25/planet\" is no value for limit"),
        ] {
            let message = Faults::parse(text).unwrap_err().to_string();
            assert!(message.starts_with(words), "{message}");
        }
    }

    #[test]
    fn chance_follows_the_seed() {
        let faults = Faults::parse("500=10%,truncate=10%").unwrap();
        let run = |seed| {
            (0..2_000)
                .map(|n| faults.chosen(seed, n))
                .collect::<Vec<_>>()
        };
        assert_eq!(run(1), run(1), "the same seed, the same faults");
        assert_ne!(run(1), run(2), "another seed, other faults");
        let failed = run(1).iter().filter(|fault| fault.is_some()).count();
        assert!(
            (300..500).contains(&failed),
            "about a fifth of 2,000 fail, not {failed}"
        );
    }

    #[test]
    fn limits_hold_for_each_endpoint_and_in_all() {
        let faults = Faults::parse("limit=2/endpoint,limit=3/all").unwrap();
        let mut limits = Limits::default();
        let start = Instant::now();
        let mut take =
            |operation, ms| limits.take(&faults, operation, start + Duration::from_millis(ms));
        assert_eq!(take(Operation::Invoices, 0), Ok(()));
        assert_eq!(take(Operation::Invoices, 1), Ok(()));
        assert_eq!(take(Operation::Invoices, 2), Err("endpoint-rate"));
        assert_eq!(take(Operation::Customers, 3), Ok(()));
        assert_eq!(take(Operation::Customers, 4), Err("global-rate"));
        assert_eq!(
            take(Operation::Invoices, 600),
            Ok(()),
            "half a second refills one"
        );
    }
}
