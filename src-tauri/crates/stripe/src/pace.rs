//! How fast an account may be used: Stripe's limits, and the share of them that is ours.

use crate::base::ApiBase;
use crate::key::Mode;

/// Requests a second that one endpoint takes, in both modes (stripe-facts §3).
const PER_ENDPOINT_PER_S: f64 = 25.0;
/// Requests a second that a live account takes in all.
const LIVE_ALL_PER_S: f64 = 100.0;
/// Requests a second that a test account takes in all.
const TEST_ALL_PER_S: f64 = 25.0;
/// A live account's limits are shared with the company's own traffic.
const LIVE_SHARE_PERCENT: u8 = 40;

/// Requests a second that an account is used to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pace {
    /// What Stripe allows for one endpoint, in requests a second.
    pub per_endpoint_per_s: f64,
    /// What Stripe allows for the account, in requests a second.
    pub all_per_s: f64,
    /// The share of both that is used, 1 to 100 percent.
    pub share_percent: u8,
    /// No limit until the other side asks for one (the simulated account on this machine).
    pub unlimited: bool,
}

impl Pace {
    /// A live account: 40 % of 25 requests a second an endpoint and of 100 in all.
    pub fn live() -> Self {
        Self {
            per_endpoint_per_s: PER_ENDPOINT_PER_S,
            all_per_s: LIVE_ALL_PER_S,
            share_percent: LIVE_SHARE_PERCENT,
            unlimited: false,
        }
    }

    /// A test account: 25 requests a second, nobody else's traffic to spare.
    pub fn test() -> Self {
        Self {
            all_per_s: TEST_ALL_PER_S,
            share_percent: 100,
            ..Self::live()
        }
    }

    /// The simulated account on this machine: as fast as it answers.
    pub fn unlimited() -> Self {
        Self {
            unlimited: true,
            share_percent: 100,
            ..Self::live()
        }
    }

    /// What an address and a mode are used to unless a person says otherwise.
    pub fn usual(base: &ApiBase, mode: Mode) -> Self {
        match (base.is_loopback(), mode) {
            (true, _) => Self::unlimited(),
            (false, Mode::Live) => Self::live(),
            (false, Mode::Test) => Self::test(),
        }
    }

    /// The same limits, of which another share is used; kept within 1 to 100 percent.
    #[must_use]
    pub fn with_share_percent(self, share_percent: u8) -> Self {
        Self {
            share_percent: share_percent.clamp(1, 100),
            ..self
        }
    }

    /// Requests a second for one endpoint; infinite where unlimited.
    pub(crate) fn endpoint_rate(&self) -> f64 {
        self.share_of(self.per_endpoint_per_s)
    }

    /// Requests a second in all; infinite where unlimited.
    pub(crate) fn all_rate(&self) -> f64 {
        self.share_of(self.all_per_s)
    }

    fn share_of(&self, limit_per_s: f64) -> f64 {
        if self.unlimited {
            return f64::INFINITY;
        }
        (limit_per_s * f64::from(self.share_percent.clamp(1, 100)) / 100.0).max(0.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_live_account_is_used_to_forty_percent_unless_raised() {
        assert!((Pace::live().endpoint_rate() - 10.0).abs() < 1e-9);
        assert!((Pace::live().all_rate() - 40.0).abs() < 1e-9);
        assert!((Pace::live().with_share_percent(100).all_rate() - 100.0).abs() < 1e-9);
        assert!((Pace::live().with_share_percent(0).all_rate() - 1.0).abs() < 1e-9);
        assert!((Pace::test().all_rate() - 25.0).abs() < 1e-9);
        assert!(Pace::unlimited().endpoint_rate().is_infinite());
    }
}
