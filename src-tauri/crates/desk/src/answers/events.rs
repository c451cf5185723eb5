//! Answers of the log of events, of what was changed elsewhere, and of the webhook listener.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, UnixSeconds};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EventOutcome {
    /// It waits to be applied.
    Waiting,
    /// The object in it was taken in.
    Payload,
    /// Its object was read again at Stripe.
    Refetched,
    /// Nothing in it is kept in these books.
    Nothing,
    /// The books held a later state already.
    Held,
    /// It could not be applied.
    Failed,
}

/// The road on which an event arrived first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EventRoad {
    /// Stripe's list of events.
    Poll,
    /// A webhook.
    Webhook,
    /// An imported file.
    File,
}

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct EventFilter {
    /// Part of an id, a type, a tenant's name or a request id.
    pub text: String,
    /// What the type begins with: `invoice.`; empty: any.
    pub type_prefix: String,
    /// One object's id; empty: any.
    pub object: String,
    /// One customer's id; empty: any.
    pub customer: String,
    /// From this day on, `2026-11-01` in the company's zone.
    pub from: Option<String>,
    /// Up to and with this day.
    pub to: Option<String>,
    /// What became of it.
    pub outcome: Option<EventOutcome>,
    /// Only changes that finance signs for, made by no request of ours.
    pub elsewhere_only: bool,
}

/// One event of the log.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventRow {
    /// Stripe's id.
    pub id: String,
    /// Stripe's type, `invoice.paid`.
    pub event_type: String,
    /// The type in words.
    pub words: String,
    /// When it happened.
    pub created: UnixSeconds,
    /// When it arrived here.
    pub received_at: UnixSeconds,
    /// Stripe's name of the object's kind.
    pub object_kind: Option<String>,
    /// The object's id.
    pub object_id: Option<String>,
    /// The customer's id.
    pub customer: Option<String>,
    /// The tenant's name.
    pub tenant_name: Option<String>,
    /// The request that caused it; none: Stripe itself.
    pub request_id: Option<String>,
    /// Whether that request was one of ours.
    pub ours: bool,
    /// The road on which it came.
    pub road: EventRoad,
    /// Whether its origin was proven.
    pub signed: bool,
    /// What became of it.
    pub outcome: EventOutcome,
    /// Why it could not be applied, or not yet.
    pub problem: Option<String>,
    /// What it changed, in words: "seats 5 → 8".
    pub changes: Vec<String>,
}

/// A window of the log, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventPage {
    /// All events that pass the filter.
    pub total: Count,
    /// The rank of the first row.
    pub first: Count,
    /// The rows.
    pub rows: Vec<EventRow>,
}

/// What an event changed: a field's value before and after, or that something happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventChange {
    /// What changed, or what happened: "seats", "paid".
    pub field: String,
    /// What it was; none where something happened that has no before.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

/// One event, opened.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventDetail {
    /// As in the log.
    pub row: EventRow,
    /// The API version in which it is written.
    pub api_version: Option<String>,
    /// When it was applied.
    pub applied_at: Option<UnixSeconds>,
    /// How often applying it has failed.
    pub attempts: Count,
    /// What it changed, field by field.
    pub changes: Vec<EventChange>,
    /// The whole event as Stripe sent it, indented.
    pub payload_json: String,
    /// The object's page in Stripe's dashboard.
    pub dashboard_url: String,
    /// Who explained it, where it was changed elsewhere.
    pub signed_off: Option<SignOff>,
    /// Whether it is a change that finance signs for, made by no request of ours.
    pub elsewhere: bool,
}

/// Who explained a change that was made elsewhere, and how.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SignOff {
    /// When.
    pub at: UnixSeconds,
    /// Who.
    pub author: String,
    /// In their words; none: it was erased with the customer's data.
    pub explanation: Option<String>,
}

/// A change that finance signs for, made by no request of ours.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ElsewhereChange {
    /// The event that tells of it.
    pub event: EventRow,
    /// Who explained it; none: nobody yet.
    pub signed_off: Option<SignOff>,
}

/// The changes of one day in the company's zone, newest first.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ElsewhereDay {
    /// `2026-11-22`.
    pub day: String,
    /// How many of them nobody has explained.
    pub unexplained: Count,
    /// The changes.
    pub changes: Vec<ElsewhereChange>,
}

/// What was changed elsewhere in a span of days.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Elsewhere {
    /// Days with changes, newest first.
    pub days: Vec<ElsewhereDay>,
    /// How many changes nobody has explained, of all days.
    pub unexplained: Count,
    /// Whether there are more than are shown (500 at most): choose fewer days.
    pub more: bool,
}

/// Requests to the listener that were refused for one reason in one second.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WebhookRefusal {
    /// When.
    pub at: UnixSeconds,
    /// Why.
    pub reason: String,
    /// How many.
    pub times: Count,
    /// Bytes of the largest body, as far as it was read.
    pub bytes: Count,
}

/// The webhook listener.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct WebhookState {
    /// Whether the person switched it on.
    pub enabled: bool,
    /// Whether it listens now; else `problem` says why not.
    pub listening: bool,
    /// The port that is chosen.
    pub port: u16,
    /// `http://127.0.0.1:4242/webhooks`.
    pub address: String,
    /// `stripe listen --forward-to …`.
    pub command: String,
    /// How many signing secrets are held; two while one is rolled.
    pub secrets: u8,
    /// Until when the one before is still taken.
    pub old_secret_until: Option<UnixSeconds>,
    /// Why it does not listen.
    pub problem: Option<String>,
    /// Events that came first by a webhook.
    pub arrived: Count,
    /// Those of them that wait to be applied.
    pub waiting: Count,
    /// When the last one arrived.
    pub last_at: Option<UnixSeconds>,
    /// The newest refusals, at most 50.
    pub refusals: Vec<WebhookRefusal>,
}

/// What an import of a file of events did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct EventsImported {
    /// Events in the file.
    pub events: Count,
    /// Those that the log did not hold.
    pub new: Count,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}
