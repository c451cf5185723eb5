//! The clock that the desk is given: the machine's, or a test's.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Tells UTC seconds. Nothing in the desk asks the operating system for the time by itself.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> i64 + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(|| chrono::Utc::now().timestamp()))
    }

    /// A clock that stands still, and the hand that moves it.
    pub fn held(now: i64) -> (Self, ClockHand) {
        let seconds = Arc::new(AtomicI64::new(now));
        let read = Arc::clone(&seconds);
        (
            Self(Arc::new(move || read.load(Ordering::SeqCst))),
            ClockHand(seconds),
        )
    }

    /// UTC seconds since 1970.
    pub fn now(&self) -> i64 {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

/// Moves a held clock.
#[derive(Debug, Clone)]
pub struct ClockHand(Arc<AtomicI64>);

impl ClockHand {
    /// Moves it by that many seconds.
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}
