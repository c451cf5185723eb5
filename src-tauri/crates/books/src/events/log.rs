//! Reading the log: filtered, newest first, and one event whole.

use bytes::Bytes;
use sqlx::FromRow;

use super::{EventOutcome, Road};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::tables::Page;

/// Events on one page at most.
pub const MAX_EVENT_ROWS: u32 = 500;

/// Which events are shown; what is none does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// In the id, the type, the object, the customer or the request.
    pub text: Option<String>,
    /// What the type begins with: `invoice.`.
    pub type_prefix: Option<String>,
    /// The object's id.
    pub object: Option<String>,
    /// The customer's id.
    pub customer: Option<String>,
    /// Happened at or after, UTC seconds.
    pub from: Option<i64>,
    /// Happened before, UTC seconds.
    pub to: Option<i64>,
    /// What became of it.
    pub outcome: Option<EventOutcome>,
}

/// An event of the log without its body.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct EventRow {
    /// Its number, in the order of arrival.
    pub num: i64,
    /// Stripe's id.
    pub id: String,
    /// Its type.
    #[sqlx(rename = "type")]
    pub event_type: String,
    /// When it happened, UTC seconds.
    pub created: i64,
    /// The API version in which its object is written.
    pub api_version: Option<String>,
    /// Stripe's name of the object's kind.
    pub object_kind: Option<String>,
    /// The object's id.
    pub object_id: Option<String>,
    /// The customer whom the object belongs to, or who it is.
    pub customer: Option<String>,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// That request's idempotency key.
    pub idempotency_key: Option<String>,
    /// The road on which it arrived first.
    #[sqlx(try_from = "i64")]
    pub road: Road,
    /// Whether its origin was proven.
    pub signed: bool,
    /// When it arrived, UTC seconds.
    pub received_at: i64,
    /// What became of it.
    #[sqlx(try_from = "i64")]
    pub outcome: EventOutcome,
    /// When it was applied, UTC seconds.
    pub applied_at: Option<i64>,
    /// Why it could not be applied, or not yet.
    pub problem: Option<String>,
    /// How often applying it has failed.
    pub attempts: i64,
    /// When it is tried again, UTC seconds.
    pub retry_at: Option<i64>,
    /// When personal data was taken out of it.
    pub erased_at: Option<i64>,
}

/// An event with its JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// What is known of it.
    pub row: EventRow,
    /// As Stripe sent it; without personal data after an erasure.
    pub body: Bytes,
}

/// The filter's conditions, with the parameters in one order for every statement.
macro_rules! filtered {
    ($head:literal, $tail:literal) => {
        concat!(
            $head,
            " FROM event e WHERE (?1 IS NULL OR instr(e.id, ?1) OR instr(e.type, ?1) \
             OR instr(e.object_id, ?1) OR instr(e.customer, ?1) OR instr(e.request_id, ?1)) \
             AND (?2 IS NULL OR (e.type >= ?2 AND e.type < ?2 || char(1114111))) \
             AND (?3 IS NULL OR e.object_id = ?3) AND (?4 IS NULL OR e.customer = ?4) \
             AND (?5 IS NULL OR e.created >= ?5) AND (?6 IS NULL OR e.created < ?6) \
             AND (?7 IS NULL OR e.outcome = ?7)",
            $tail
        )
    };
}

impl Books {
    /// Events that pass the filter, newest first, from rank `first` on, at most `count` (500 at
    /// most).
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn events(
        &self,
        filter: &EventFilter,
        first: u64,
        count: u32,
    ) -> Result<Page<EventRow>> {
        let mut snapshot = self.snapshot().await?;
        let outcome = filter.outcome.map(EventOutcome::code);
        let total: i64 = sqlx::query_scalar(filtered!("SELECT count(*)", ""))
            .bind(&filter.text)
            .bind(&filter.type_prefix)
            .bind(&filter.object)
            .bind(&filter.customer)
            .bind(filter.from)
            .bind(filter.to)
            .bind(outcome)
            .fetch_one(&mut *snapshot)
            .await?;
        let rows = sqlx::query_as(filtered!(
            "SELECT e.num, e.id, e.type, e.created, e.api_version, e.object_kind, e.object_id, \
             e.customer, e.request_id, e.idempotency_key, e.road, e.signed, e.received_at, \
             e.outcome, e.applied_at, e.problem, e.attempts, e.retry_at, e.erased_at",
            " ORDER BY e.created DESC, e.num DESC LIMIT ?8 OFFSET ?9"
        ))
        .bind(&filter.text)
        .bind(&filter.type_prefix)
        .bind(&filter.object)
        .bind(&filter.customer)
        .bind(filter.from)
        .bind(filter.to)
        .bind(outcome)
        .bind(count.min(MAX_EVENT_ROWS))
        .bind(i64::try_from(first).unwrap_or(i64::MAX))
        .fetch_all(&mut *snapshot)
        .await?;
        Ok(Page {
            total: u64::try_from(total).unwrap_or(0),
            first,
            rows,
        })
    }

    /// One event with its JSON.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`] when it is not in the log.
    pub async fn event(&self, id: &str) -> Result<StoredEvent> {
        let mut snapshot = self.snapshot().await?;
        let row: Option<EventRow> = sqlx::query_as(
            "SELECT num, id, type, created, api_version, object_kind, object_id, customer, \
             request_id, idempotency_key, road, signed, received_at, outcome, applied_at, \
             problem, attempts, retry_at, erased_at FROM event WHERE id = ?1",
        )
        .bind(id)
        .fetch_optional(&mut *snapshot)
        .await?;
        drop(snapshot);
        let row = row.ok_or_else(|| BooksError::UnknownId { id: id.to_owned() })?;
        let body = self.event_bodies(&[row.num]).await?;
        let (_, body) = body.into_iter().next().ok_or_else(|| BooksError::Damaged {
            detail: "an event's body".to_owned(),
        })?;
        Ok(StoredEvent { row, body })
    }
}
