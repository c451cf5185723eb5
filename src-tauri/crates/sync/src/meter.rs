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
    pub(crate) fn read(&mut self, now: Instant, count: u64) -> f64 {
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
            return 0.0;
        };
        let passed_s = (now - *at).as_secs_f64();
        if passed_s < 0.05 {
            return 0.0;
        }
        #[expect(clippy::cast_precision_loss, reason = "a rate for a person to read")]
        let rose = count.saturating_sub(*first) as f64;
        rose / passed_s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_seconds_count() {
        let start = Instant::now();
        let mut meter = Meter::default();
        assert!(meter.read(start, 0).abs() < 1e-9);
        for tenth in 1..=100_u32 {
            let rate = meter.read(start + tenth * WINDOW / 50, u64::from(tenth) * 100);
            assert!((rate - 1_000.0).abs() < 1.0 || tenth < 2, "{rate}");
        }
        let rate = meter.read(start + 3 * WINDOW, 10_000);
        assert!(rate < 700.0, "a pause is seen: {rate}");
    }
}
