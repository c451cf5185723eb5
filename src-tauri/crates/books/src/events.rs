//! The log of events: what Stripe said has happened, once each, and what became of it.
//!
//! An event is stored before anything is made of it ([`Books::queue_events`]), so the log is the
//! queue too: what waits is what [`Books::waiting_events`] gives, and its outcome is written by
//! [`Books::apply`] in the transaction that writes its effects.

mod elsewhere;
mod held;
mod log;
mod outcome;
mod queue;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use serde::Deserialize;

use crate::history::Place;

pub use elsewhere::{Explanation, is_ours};
pub use held::HeldState;
pub use log::{EventFilter, EventRow, MAX_EVENT_ROWS, StoredEvent};
pub use outcome::{EventOutcome, FullNeeded};
pub(crate) use outcome::{done, later, set_full};
pub(crate) use queue::erase_events;
pub use queue::{Queued, WaitingEvent};

/// Bytes of one event at most; Stripe's own are far below.
const MAX_EVENT_BYTES: usize = 4 << 20;
/// Where the dictionary of the events' bodies belongs: no kind of object has this number.
pub(crate) const EVENT_PLACE: Place = Place { kind: 0, part: 0 };

/// The road on which an event arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Road {
    /// Stripe's list of events.
    Poll,
    /// A webhook.
    Webhook,
    /// A file that a person imported.
    File,
}

impl Road {
    const ALL: [Self; 3] = [Self::Poll, Self::Webhook, Self::File];

    /// Its number in the file.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Poll => 1,
            Self::Webhook => 2,
            Self::File => 3,
        }
    }

    pub(crate) fn from_code(code: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|road| road.code() == code)
    }

    /// Its stable name: `poll`, `webhook`, `file`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Webhook => "webhook",
            Self::File => "file",
        }
    }
}

/// An event as it arrived, and what is needed to find it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// Stripe's id: the same event twice is stored once.
    pub id: String,
    /// `invoice.paid` and the like; types that nobody here knows are stored too.
    pub event_type: String,
    /// When it happened, UTC seconds.
    pub created: i64,
    /// The API version in which its object is written.
    pub api_version: Option<String>,
    /// Live or test, where it says so.
    pub livemode: Option<bool>,
    /// Stripe's name of the object's kind.
    pub object_kind: Option<String>,
    /// The object's id; `invoice.upcoming` has none.
    pub object_id: Option<String>,
    /// The customer whom the object belongs to, or who it is.
    pub customer: Option<String>,
    /// The request that caused it; none for what Stripe did by itself.
    pub request_id: Option<String>,
    /// That request's idempotency key.
    pub idempotency_key: Option<String>,
    /// Whether it tells of a change that finance signs for, made by a request that is not ours.
    pub elsewhere: bool,
    /// The road on which it arrived.
    pub road: Road,
    /// Whether its origin was proven: by the connection or by a signature.
    pub signed: bool,
    /// It happened before the first load began, which brought what came of it.
    pub history: bool,
    /// When it arrived, UTC seconds.
    pub received_at: i64,
    /// Its JSON.
    pub body: Bytes,
}

/// Why a text is not taken for an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this is no event of Stripe: {reason}")]
pub struct UnreadableEvent {
    /// What is wrong with it, without its contents.
    pub reason: String,
}

#[derive(Deserialize)]
struct Envelope {
    object: Option<String>,
    id: String,
    #[serde(rename = "type")]
    event_type: String,
    created: i64,
    #[serde(default)]
    api_version: Option<String>,
    #[serde(default)]
    livemode: Option<bool>,
    #[serde(default)]
    request: Option<Cause>,
    data: Data,
}

/// Old API versions name the request by its id alone.
#[derive(Deserialize)]
#[serde(untagged)]
enum Cause {
    Whole {
        id: Option<String>,
        #[serde(default)]
        idempotency_key: Option<String>,
    },
    Id(String),
}

#[derive(Deserialize)]
struct Data {
    object: Subject,
    #[serde(default)]
    previous_attributes: Option<BTreeMap<String, serde::de::IgnoredAny>>,
}

#[derive(Deserialize)]
struct Subject {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    object: Option<String>,
    #[serde(default)]
    customer: Option<Reference>,
}

/// An id, or the object with it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Whole { id: String },
    Other(serde::de::IgnoredAny),
}

impl Reference {
    fn id(self) -> Option<String> {
        match self {
            Self::Id(id) | Self::Whole { id } => Some(id).filter(|id| !id.is_empty()),
            Self::Other(_) => None,
        }
    }
}

impl NewEvent {
    /// Reads an event's JSON.
    ///
    /// # Errors
    /// [`UnreadableEvent`] when it is no event, or longer than 4 MiB.
    pub fn read(
        body: Bytes,
        road: Road,
        signed: bool,
        received_at: i64,
    ) -> Result<Self, UnreadableEvent> {
        let unreadable = |reason: String| UnreadableEvent { reason };
        if body.len() > MAX_EVENT_BYTES {
            return Err(unreadable("it is longer than 4 MiB".to_owned()));
        }
        let envelope: Envelope = serde_json::from_slice(&body).map_err(|error| {
            unreadable(format!("line {}, column {}", error.line(), error.column()))
        })?;
        if envelope.object.as_deref().is_some_and(|it| it != "event") || envelope.id.is_empty() {
            return Err(unreadable("it says that it is something else".to_owned()));
        }
        let Subject {
            id: object_id,
            object: object_kind,
            customer,
        } = envelope.data.object;
        let customer = match object_kind.as_deref() {
            Some("customer") => object_id.clone(),
            _ => customer.and_then(Reference::id),
        };
        let (request_id, idempotency_key) = match envelope.request {
            Some(Cause::Whole {
                id,
                idempotency_key,
            }) => (id, idempotency_key),
            Some(Cause::Id(id)) => (Some(id), None),
            None => (None, None),
        };
        let previous = envelope.data.previous_attributes.unwrap_or_default();
        let previous: BTreeSet<&str> = previous.keys().map(String::as_str).collect();
        let elsewhere = elsewhere::is_elsewhere(
            &envelope.event_type,
            &previous,
            request_id.as_deref(),
            idempotency_key.as_deref(),
        );
        Ok(Self {
            id: envelope.id,
            event_type: envelope.event_type,
            created: envelope.created,
            api_version: envelope.api_version,
            livemode: envelope.livemode,
            object_kind,
            object_id,
            customer,
            request_id,
            idempotency_key,
            elsewhere,
            road,
            signed,
            history: false,
            received_at,
            body,
        })
    }

    /// The same event as history: it goes into the log with nothing left to apply, and asks
    /// nobody to explain what was done before the books began.
    #[must_use]
    pub fn as_history(self) -> Self {
        Self {
            history: true,
            elsewhere: false,
            ..self
        }
    }
}
