//! The account's clock: the wall clock, or a fixed moment that is moved by hand.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the account's time in UTC seconds.
#[derive(Debug)]
pub(crate) struct Clock {
    is_fixed: bool,
    /// The fixed moment, or how far the wall clock was moved.
    seconds: AtomicI64,
}

impl Clock {
    /// A clock that stands at `now`, or follows the wall clock.
    pub(crate) fn new(now: Option<i64>) -> Self {
        Self {
            is_fixed: now.is_some(),
            seconds: AtomicI64::new(now.unwrap_or(0)),
        }
    }

    pub(crate) fn now(&self) -> u32 {
        let seconds = self.seconds.load(Ordering::Relaxed);
        let seconds = if self.is_fixed {
            seconds
        } else {
            seconds + wall()
        };
        seconds.clamp(0, i64::from(u32::MAX)) as u32
    }

    /// Moves the clock on by `seconds`.
    pub(crate) fn advance(&self, seconds: u32) {
        self.seconds
            .fetch_add(i64::from(seconds), Ordering::Relaxed);
    }

    /// The account's time as an HTTP date.
    pub(crate) fn http_date(&self) -> String {
        chrono::DateTime::from_timestamp(i64::from(self.now()), 0).map_or_else(String::new, |at| {
            at.format("%a, %d %b %Y %H:%M:%S GMT").to_string()
        })
    }
}

fn wall() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs() as i64)
}
