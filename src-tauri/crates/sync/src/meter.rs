//! How many objects a second, over the last seconds.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The seconds that count.
const WINDOW: Duration = Duration::from_secs(5);

/// Readings of a counter that only rises.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    readings: VecDeque<(Instant, u64)>,
}

impl Meter {
    /// Takes a reading, and says how much the counter rose a second over the last seconds.
    pub(crate) fn read(&mut self, now: Instant, count: u64) -> u64 {
        self.readings.push_back((now, count));
        while self.readings.len() > 2
            && self
                .readings
                .get(1)
                .is_some_and(|(at, _)| now - *at >= WINDOW)
        {
            self.readings.pop_front();
        }
        let Some((at, first)) = self.readings.front() else {
            return 0;
        };
        per_second(count.saturating_sub(*first), now - *at)
    }
}

/// So many in such a time, a second; nothing is said of less than a twentieth of a second.
pub(crate) fn per_second(count: u64, time: Duration) -> u64 {
    let passed_ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if passed_ms < 50 {
        0
    } else {
        count.saturating_mul(1_000) / passed_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seconds_count() {
        let start = Instant::now();
        let mut meter = Meter::default();
        assert_eq!(meter.read(start, 0), 0);
        for tenth in 1..=100_u32 {
            let rate = meter.read(start + tenth * WINDOW / 50, u64::from(tenth) * 100);
            assert_eq!(rate, 1_000, "after {tenth} tenths");
        }
        let rate = meter.read(start + 3 * WINDOW, 10_000);
        assert!(rate < 700, "a pause is seen: {rate}");
    }
}
