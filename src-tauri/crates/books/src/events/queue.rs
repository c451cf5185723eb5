//! Taking events in, and giving out those that wait to be applied.

use std::collections::HashSet;
use std::sync::LazyLock;

use bytes::Bytes;
use sqlx::{FromRow, SqliteConnection};

use super::{EVENT_PLACE, EventOutcome, NewEvent, Road};
use crate::apply::{compress_plain, store_dictionaries};
use crate::books::Books;
use crate::bulk::{Rows, Statement, json_list};
use crate::cursor::{CursorWrite, write_within};
use crate::error::{BooksError, Result};
use crate::history::{Dictionary, kind_code, redact};
use crate::meta;

/// Events that are taken in at once, at most.
const MAX_QUEUED: usize = 10_000;
/// Events that are given out at once, at most.
const MAX_WAITING: u32 = 10_000;

static EVENTS: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT OR IGNORE INTO event (id, type, created, api_version, object_kind, object_id, \
         customer, request_id, idempotency_key, elsewhere, road, signed, received_at, outcome, \
         applied_at, erased_at, length, dictionary, body) VALUES",
        19,
        "",
    )
});

/// What became of events that were to be taken in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Queued {
    /// Stored: waiting, or history.
    pub new: u64,
    /// Known already, by whatever road.
    pub known: u64,
}

/// An event that waits to be applied; its body is read by [`Books::event_bodies`].
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct WaitingEvent {
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
    /// The road on which it arrived.
    #[sqlx(try_from = "i64")]
    pub road: Road,
    /// How often applying it has failed.
    pub attempts: i64,
}

impl TryFrom<i64> for Road {
    type Error = BooksError;

    fn try_from(code: i64) -> Result<Self> {
        Self::from_code(code).ok_or_else(|| BooksError::Damaged {
            detail: "an event's road".to_owned(),
        })
    }
}

/// A body as it is kept.
struct Stored {
    bytes: Vec<u8>,
    /// Its length before it was compressed.
    length: usize,
    /// The dictionary that it is compressed with.
    dictionary: Option<i64>,
}

impl Stored {
    fn of(body: &[u8], dictionary: Option<&Dictionary>) -> Result<Self> {
        let Some(dictionary) = dictionary else {
            return Self::plain(body);
        };
        let mut bytes = Vec::new();
        dictionary.compress(body, &mut bytes).map_err(|error| {
            BooksError::invalid(format!("an event could not be compressed: {error}"))
        })?;
        Ok(Self {
            bytes,
            length: body.len(),
            dictionary: Some(dictionary.num),
        })
    }

    fn plain(body: &[u8]) -> Result<Self> {
        Ok(Self {
            bytes: compress_plain(body)?,
            length: body.len(),
            dictionary: None,
        })
    }
}

/// One row of [`EVENTS`].
fn push(rows: &mut Rows<'_>, event: &NewEvent, is_erased: bool, stored: Stored) {
    rows.text(event.id.clone());
    rows.text(event.event_type.clone());
    rows.int(event.created);
    rows.maybe_text(event.api_version.clone());
    rows.maybe_text(event.object_kind.clone());
    rows.maybe_text(event.object_id.clone());
    rows.maybe_text(event.customer.clone());
    rows.maybe_text(event.request_id.clone());
    rows.maybe_text(event.idempotency_key.clone());
    rows.int(i64::from(event.elsewhere));
    rows.int(event.road.code());
    rows.int(i64::from(event.signed));
    rows.int(event.received_at);
    let outcome = match event.history {
        true => EventOutcome::Held,
        false => EventOutcome::Waiting,
    };
    rows.int(outcome.code());
    rows.maybe_int(event.history.then_some(event.received_at));
    rows.maybe_int(is_erased.then_some(event.received_at));
    rows.int(i64::try_from(stored.length).unwrap_or(i64::MAX));
    rows.maybe_int(stored.dictionary);
    rows.blob(stored.bytes);
}

impl Books {
    /// Stores events that are not known yet, and `cursors`, all or nothing: they wait to be
    /// applied, but for history. What did not come from Stripe's list is on the disk when the
    /// answer comes; what did can be listed again.
    ///
    /// # Errors
    /// [`BooksError::WrongMode`] for an event of the other mode, [`BooksError::DiskFull`],
    /// [`BooksError::Invalid`] for more than 10,000 events; nothing is changed then.
    pub async fn queue_events(
        &self,
        events: &[NewEvent],
        cursors: &[CursorWrite],
    ) -> Result<Queued> {
        if events.len() > MAX_QUEUED {
            return Err(BooksError::invalid("more than 10,000 events at once"));
        }
        let samples = events.iter().map(|event| event.body.as_ref());
        let dictionary = self.dictionaries().at(EVENT_PLACE, samples);
        let mut writer = self.writer().await?;
        let mut transaction = match events.iter().all(|event| event.road == Road::Poll) {
            true => writer.bulk_transaction().await?,
            false => writer.durable_transaction().await?,
        };
        check_mode(&mut transaction, events).await?;
        let erased = erased_customers(&mut transaction, events).await?;
        let unstored: Vec<_> = dictionary
            .iter()
            .filter(|dictionary| !self.dictionaries().is_stored(dictionary.num))
            .cloned()
            .collect();
        store_dictionaries(&mut transaction, &unstored).await?;

        let before = newest(&mut transaction).await?;
        let mut rows = Rows::new(&EVENTS);
        for event in events {
            let is_erased = (event.customer.as_ref()).is_some_and(|id| erased.contains(id));
            let stored = match is_erased {
                true => Stored::plain(&redact(&event.body)?)?,
                false => Stored::of(&event.body, dictionary.as_deref())?,
            };
            push(&mut rows, event, is_erased, stored);
            rows.end_row(&mut transaction).await?;
        }
        rows.finish(&mut transaction).await?;
        // Events are never deleted and known ones take no number.
        let new = u64::try_from(newest(&mut transaction).await? - before).unwrap_or(0);
        write_within(&mut transaction, cursors).await?;
        transaction.commit().await?;
        self.dictionaries()
            .mark_stored(unstored.iter().map(|dictionary| dictionary.num));
        Ok(Queued {
            new,
            known: events.len() as u64 - new,
        })
    }

    /// Events that wait to be applied and are due by `now`, in the order of arrival, behind the
    /// event `after`, at most `count` (10,000 at most).
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn waiting_events(
        &self,
        now: i64,
        after: i64,
        count: u32,
    ) -> Result<Vec<WaitingEvent>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_as(
            "SELECT num, id, type, created, api_version, object_kind, object_id, customer, road, \
             attempts FROM event \
             WHERE outcome = 0 AND (retry_at IS NULL OR retry_at <= ?1) AND num > ?2 \
             ORDER BY num LIMIT ?3",
        )
        .bind(now)
        .bind(after)
        .bind(count.min(MAX_WAITING))
        .fetch_all(&mut *reader)
        .await?)
    }

    /// How many events wait to be applied, due or not.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn waiting_event_count(&self) -> Result<u64> {
        let mut reader = self.reader().await?;
        let count: i64 = sqlx::query_scalar("SELECT count(*) FROM event WHERE outcome = 0")
            .fetch_one(&mut *reader)
            .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// The JSON of these events, by number, in no order.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn event_bodies(&self, nums: &[i64]) -> Result<Vec<(i64, Bytes)>> {
        let mut reader = self.reader().await?;
        let rows: Vec<(i64, i64, Option<i64>, Vec<u8>)> = sqlx::query_as(
            // Not joined to the list: where the log was short when its rows were last counted,
            // SQLite would read it whole for every number.
            "SELECT num, length, dictionary, body FROM event \
             WHERE num IN (SELECT value FROM json_each(?1))",
        )
        .bind(json_list(nums))
        .fetch_all(&mut *reader)
        .await?;
        let mut bodies = Vec::with_capacity(rows.len());
        for (num, length, dictionary, body) in rows {
            let body = self
                .dictionaries()
                .open(&mut reader, &body, length, dictionary)
                .await?;
            bodies.push((num, Bytes::from(body)));
        }
        Ok(bodies)
    }
}

async fn newest(connection: &mut SqliteConnection) -> Result<i64> {
    Ok(
        sqlx::query_scalar("SELECT coalesce(max(num), 0) FROM event")
            .fetch_one(connection)
            .await?,
    )
}

/// Refuses events of the other mode.
async fn check_mode(connection: &mut SqliteConnection, events: &[NewEvent]) -> Result<()> {
    let Some(known) = meta::get(connection, meta::LIVEMODE).await? else {
        return Ok(());
    };
    let expected_live = known == "1";
    match events
        .iter()
        .find(|event| event.livemode.is_some_and(|live| live != expected_live))
    {
        Some(event) => Err(BooksError::WrongMode {
            expected_live,
            id: event.id.clone(),
        }),
        None => Ok(()),
    }
}

/// Those of the events' customers whose personal data was erased.
async fn erased_customers(
    connection: &mut SqliteConnection,
    events: &[NewEvent],
) -> Result<HashSet<String>> {
    let customers: HashSet<&str> = (events.iter())
        .filter_map(|event| event.customer.as_deref())
        .collect();
    let erased: Vec<String> = sqlx::query_scalar(
        // Few were ever erased: from those to their ids, never the other way.
        "SELECT o.id FROM erasure e CROSS JOIN object o ON o.num = e.object \
         WHERE +o.id IN (SELECT value FROM json_each(?1))",
    )
    .bind(json_list(&customers))
    .fetch_all(connection)
    .await?;
    Ok(erased.into_iter().collect())
}

/// Takes a customer's personal data out of the events that are stored.
pub(crate) async fn erase_events(
    books: &Books,
    connection: &mut SqliteConnection,
    customer: i64,
    at: i64,
) -> Result<u64> {
    let mut erased = 0;
    loop {
        let batch: Vec<(i64, i64, Option<i64>, Vec<u8>)> = sqlx::query_as(
            "SELECT e.num, e.length, e.dictionary, e.body FROM event e \
             WHERE e.customer = (SELECT id FROM object WHERE num = ?1 AND kind = ?2) \
             AND e.erased_at IS NULL LIMIT 500",
        )
        .bind(customer)
        .bind(kind_code(objects::Kind::Customer))
        .fetch_all(&mut *connection)
        .await?;
        if batch.is_empty() {
            return Ok(erased);
        }
        for (num, length, dictionary, body) in batch {
            let body = books
                .dictionaries()
                .open(connection, &body, length, dictionary)
                .await?;
            let body = redact(&body)?;
            sqlx::query(
                "UPDATE event SET body = ?2, length = ?3, dictionary = NULL, erased_at = ?4 \
                 WHERE num = ?1",
            )
            .bind(num)
            .bind(compress_plain(&body)?)
            .bind(i64::try_from(body.len()).unwrap_or(i64::MAX))
            .bind(at)
            .execute(&mut *connection)
            .await?;
            erased += 1;
        }
    }
}
