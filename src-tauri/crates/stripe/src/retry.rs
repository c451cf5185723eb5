//! The one place that decides what is sent again, and when.
//!
//! The rule is that of Stripe's own SDKs (stripe-facts §3): a lost connection, 409 and 5xx are
//! tried again, `Stripe-Should-Retry` has the last word; a 429 is ours to repeat, with backoff,
//! because it was never processed.

use std::time::Duration;

use rand::Rng;

/// How often and for how long a request is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Attempts in all, the first included.
    pub attempts_max: u32,
    /// The longest first wait, in milliseconds; it doubles with every attempt.
    pub base_ms: u64,
    /// The longest wait of all, in milliseconds.
    pub cap_ms: u64,
    /// No attempt begins later than this after the first, in milliseconds.
    pub elapsed_max_ms: u64,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 8,
            base_ms: 500,
            cap_ms: 20_000,
            elapsed_max_ms: 150_000,
        }
    }
}

/// What went wrong with one attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// No connection, a lost one, or no answer in time.
    Connection,
    /// An answer that broke off or cannot be parsed.
    Body,
    /// An answer with an error status.
    Status {
        /// The status.
        status: u16,
        /// `Stripe-Should-Retry`.
        should_retry: Option<bool>,
    },
}

impl Failure {
    /// May the same bytes be sent again? They are always safe to repeat: a read changes nothing,
    /// and a write carries an idempotency key.
    pub(crate) fn may_repeat(self) -> bool {
        match self {
            Self::Connection | Self::Body => true,
            Self::Status {
                should_retry: Some(should),
                ..
            } => should,
            Self::Status {
                status,
                should_retry: None,
            } => status == 409 || status == 429 || status >= 500,
        }
    }
}

impl RetryPolicy {
    /// How long to wait before attempt number `attempts` + 1, with full jitter; none when the
    /// limit of attempts or of time is reached.
    pub(crate) fn wait(
        &self,
        attempts: u32,
        elapsed: Duration,
        retry_after: Option<Duration>,
        random: &mut impl Rng,
    ) -> Option<Duration> {
        if attempts >= self.attempts_max {
            return None;
        }
        let doubled = self
            .base_ms
            .saturating_mul(1 << attempts.saturating_sub(1).min(20));
        let jittered = Duration::from_millis(random.random_range(0..=doubled.min(self.cap_ms)));
        let asked = retry_after.unwrap_or_default();
        let wait = jittered.max(asked);
        let left = Duration::from_millis(self.elapsed_max_ms).checked_sub(elapsed)?;
        (wait <= left).then_some(wait)
    }
}

/// `Retry-After` in seconds; a date there is not honoured, because Stripe sends none.
pub(crate) fn retry_after(value: &str) -> Option<Duration> {
    value
        .trim()
        .parse::<u32>()
        .ok()
        .map(|seconds| Duration::from_secs(u64::from(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn what_is_repeated() {
        for (status, should_retry, repeated) in [
            (400, None, false),
            (401, None, false),
            (402, None, false),
            (403, None, false),
            (404, None, false),
            (409, None, true),
            (429, None, true),
            (500, None, true),
            (503, None, true),
            (400, Some(true), true),
            (429, Some(false), false),
            (500, Some(false), false),
            (409, Some(false), false),
        ] {
            let failure = Failure::Status {
                status,
                should_retry,
            };
            assert_eq!(
                failure.may_repeat(),
                repeated,
                "{status} should-retry {should_retry:?}"
            );
        }
        assert!(Failure::Connection.may_repeat() && Failure::Body.may_repeat());
    }

    #[test]
    fn waits_are_jittered_and_capped() {
        let policy = RetryPolicy::default();
        let mut random = StdRng::seed_from_u64(7);
        for attempts in 1..policy.attempts_max {
            let most = (500_u64 << (attempts - 1)).min(20_000);
            let waits: Vec<_> = (0..200)
                .filter_map(|_| policy.wait(attempts, Duration::ZERO, None, &mut random))
                .map(|wait| wait.as_millis() as u64)
                .collect();
            assert_eq!(waits.len(), 200);
            assert!(
                waits.iter().all(|wait| *wait <= most),
                "attempt {attempts}: {waits:?}"
            );
            assert!(
                waits.iter().any(|wait| *wait < most / 4),
                "full jitter, not half of it"
            );
        }
    }

    #[test]
    fn there_is_an_end() {
        let policy = RetryPolicy::default();
        let mut random = StdRng::seed_from_u64(7);
        assert_eq!(
            policy.wait(8, Duration::ZERO, None, &mut random),
            None,
            "attempts"
        );
        let late = Duration::from_secs(151);
        assert_eq!(policy.wait(1, late, None, &mut random), None, "time");
        let asked = Some(Duration::from_secs(600));
        assert_eq!(
            policy.wait(1, Duration::ZERO, asked, &mut random),
            None,
            "too long a wait"
        );
    }

    #[test]
    fn a_wait_that_was_asked_for_is_honoured() {
        let policy = RetryPolicy::default();
        let mut random = StdRng::seed_from_u64(7);
        let asked = retry_after(" 7 ");
        assert_eq!(asked, Some(Duration::from_secs(7)));
        let wait = policy.wait(1, Duration::ZERO, asked, &mut random);
        assert_eq!(wait, Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }
}
