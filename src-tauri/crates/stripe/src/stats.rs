//! What the gateway did since it was made.

use std::sync::atomic::{AtomicU64, Ordering};

/// A moment's figures.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stats {
    /// Attempts that were sent.
    pub requests: u64,
    /// Reads that Stripe answered with anything but 429: what its read allocation counts.
    pub reads: u64,
    /// Answers 429.
    pub throttled: u64,
    /// Attempts after the first.
    pub repeats: u64,
    /// Bytes of bodies received.
    pub bytes: u64,
    /// Requests under way.
    pub in_flight: u64,
    /// Requests that may be under way.
    pub concurrency: usize,
    /// Requests a second in all that are sent at most; infinite while nothing limits them.
    pub rate_per_s: f64,
}

/// Counters behind [`Stats`]; they only rise, but for the requests under way.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) requests: AtomicU64,
    pub(crate) reads: AtomicU64,
    pub(crate) throttled: AtomicU64,
    pub(crate) repeats: AtomicU64,
    pub(crate) bytes: AtomicU64,
    pub(crate) in_flight: AtomicU64,
}

impl Counters {
    pub(crate) fn add(counter: &AtomicU64, count: u64) {
        counter.fetch_add(count, Ordering::Relaxed);
    }

    /// Counts a request as under way until the guard is dropped.
    pub(crate) fn under_way(&self) -> UnderWay<'_> {
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        UnderWay(&self.in_flight)
    }
}

pub(crate) struct UnderWay<'a>(&'a AtomicU64);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
