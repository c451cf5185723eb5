//! What is the same on every row: whose books, which mode, which zone.

use chrono_tz::Tz;

/// Live, test or sample; written on every row, because a test file looks like a live one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Real customers, real money.
    Live,
    /// Stripe's test mode or a sandbox.
    Test,
    /// The simulated sample company.
    Sample,
}

impl Mode {
    /// Its stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
            Self::Sample => "sample",
        }
    }
}

/// What is the same on every row of an export.
#[derive(Debug, Clone)]
pub struct Context {
    /// Stripe's account id.
    pub account: String,
    /// The company's name.
    pub entity_name: String,
    /// Live, test or sample.
    pub mode: Mode,
    /// The company's zone: days and local times are its own.
    pub zone: Tz,
    /// When the export is made, UTC seconds.
    pub now: i64,
    /// The app's version.
    pub app_version: String,
    /// What a reader of the control sheet must know beside what the file itself tells.
    pub note: Option<String>,
}
