//! Answers about following an account in the background.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, UnixSeconds};

/// How the account is followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Watch {
    /// The account is followed.
    pub running: bool,
    /// The person stopped it for now.
    pub paused: bool,
    /// The window has the focus.
    pub focused: bool,
    /// Seconds between two looks at Stripe at present.
    pub poll_seconds: Count,
    /// When Stripe was last asked with success.
    pub last_poll_at: Option<UnixSeconds>,
    /// When it is asked again; none while paused.
    pub next_poll_at: Option<UnixSeconds>,
    /// What went wrong last; none once it went right again.
    pub last_problem: Option<String>,
    /// Events that wait to be applied.
    pub waiting_events: Count,
}
