//! Answers about following an account in the background.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, EventRow, Proven, UnixSeconds};

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

/// What one look at Stripe brought, for a process that follows the account without a window.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Followed {
    /// When this was told.
    pub at: UnixSeconds,
    /// Events that arrived since it was told last, by whatever road.
    pub events: Count,
    /// The first 20 of them, in the order of arrival.
    pub arrived: Vec<EventRow>,
    /// States of objects that the history did not hold.
    pub changed: Count,
    /// Events that wait to be applied.
    pub waiting_events: Count,
    /// What a proof came to, where one was due.
    pub proven: Option<Proven>,
    /// Why Stripe could not be asked; none where it could.
    pub problem: Option<String>,
    /// Where webhooks are received; none while the settings have them switched off.
    pub webhooks: Option<String>,
    /// Why they are not received though they are switched on.
    pub webhooks_problem: Option<String>,
}
