//! Reading the log: filtered, newest first, and one event whole.

use bytes::Bytes;
use sqlx::{FromRow, QueryBuilder, Sqlite};

use super::{EventOutcome, Road};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::tables::Page;

/// Events on one page at most.
pub const MAX_EVENT_ROWS: u32 = 500;

/// Which events are shown; what is none does not narrow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// In the id, the type, the object, the customer or its name, or the request.
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
    /// Only changes that finance signs for, made by no request of ours.
    pub elsewhere_only: bool,
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
    /// The tenant's name, where the customer is known.
    pub tenant: Option<String>,
    /// The request that caused it.
    pub request_id: Option<String>,
    /// That request's idempotency key.
    pub idempotency_key: Option<String>,
    /// Whether it tells of a change that finance signs for, made by a request that is not ours.
    pub elsewhere: bool,
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

/// The rows of the log, with the tenant's name, open for conditions and an order.
pub(super) fn rows() -> QueryBuilder<Sqlite> {
    QueryBuilder::new(
        "SELECT e.num, e.id, e.type, e.created, e.api_version, e.object_kind, e.object_id, \
         e.customer, (SELECT t.name FROM object o JOIN tenant t ON t.num = o.num \
             WHERE o.kind = 1 AND o.id = e.customer) AS tenant, e.request_id, \
         e.idempotency_key, e.elsewhere, e.road, e.signed, e.received_at, e.outcome, \
         e.applied_at, e.problem, e.attempts, e.retry_at, e.erased_at FROM event e",
    )
}

/// The filter's conditions: only those that narrow, so that an index can serve the rest.
fn push_conditions(query: &mut QueryBuilder<Sqlite>, filter: &EventFilter) {
    query.push(" WHERE 1 = 1");
    if let Some(text) = &filter.text {
        query.push(" AND (");
        for column in ["id", "type", "object_id", "customer", "request_id"] {
            query.push(format_args!("instr(e.{column}, "));
            query.push_bind(text.clone()).push(") OR ");
        }
        query
            .push(
                "e.customer IN (SELECT o.id FROM tenant t JOIN object o ON o.num = t.num \
                 WHERE instr(t.name_key, ",
            )
            .push_bind(text.to_lowercase())
            .push(")))");
    }
    if let Some(prefix) = &filter.type_prefix {
        query.push(" AND e.type >= ").push_bind(prefix.clone());
        let end = format!("{prefix}\u{10FFFF}");
        query.push(" AND e.type < ").push_bind(end);
    }
    if let Some(object) = &filter.object {
        query.push(" AND e.object_id = ").push_bind(object.clone());
    }
    if let Some(customer) = &filter.customer {
        query.push(" AND e.customer = ").push_bind(customer.clone());
    }
    if let Some(from) = filter.from {
        query.push(" AND e.created >= ").push_bind(from);
    }
    if let Some(to) = filter.to {
        query.push(" AND e.created < ").push_bind(to);
    }
    if let Some(outcome) = filter.outcome {
        query.push(" AND e.outcome = ").push_bind(outcome.code());
    }
    if filter.elsewhere_only {
        query.push(" AND e.elsewhere = 1");
    }
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
        let mut query = QueryBuilder::new("SELECT count(*) FROM event e");
        push_conditions(&mut query, filter);
        let total: i64 = query.build_query_scalar().fetch_one(&mut *snapshot).await?;
        let mut query = rows();
        push_conditions(&mut query, filter);
        query
            .push(" ORDER BY e.created DESC, e.num DESC LIMIT ")
            .push_bind(count.min(MAX_EVENT_ROWS))
            .push(" OFFSET ")
            .push_bind(i64::try_from(first).unwrap_or(i64::MAX));
        let rows = query.build_query_as().fetch_all(&mut *snapshot).await?;
        Ok(Page {
            total: u64::try_from(total).unwrap_or(0),
            first,
            rows,
        })
    }

    /// The number of the event that arrived last; 0 before the first.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn last_event_num(&self) -> Result<i64> {
        let mut snapshot = self.snapshot().await?;
        let last = sqlx::query_scalar("SELECT coalesce(max(num), 0) FROM event");
        Ok(last.fetch_one(&mut *snapshot).await?)
    }

    /// Events that arrived after the one numbered `after`, in the order of arrival, at most
    /// `count` (500 at most).
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn events_arrived(&self, after: i64, count: u32) -> Result<Vec<EventRow>> {
        let mut snapshot = self.snapshot().await?;
        let mut query = rows();
        query.push(" WHERE e.num > ").push_bind(after);
        query
            .push(" ORDER BY e.num LIMIT ")
            .push_bind(count.min(MAX_EVENT_ROWS));
        Ok(query.build_query_as().fetch_all(&mut *snapshot).await?)
    }

    /// One event with its JSON.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`] when it is not in the log.
    pub async fn event(&self, id: &str) -> Result<StoredEvent> {
        let mut snapshot = self.snapshot().await?;
        let mut query = rows();
        query.push(" WHERE e.id = ").push_bind(id.to_owned());
        let row: Option<EventRow> = query
            .build_query_as()
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
