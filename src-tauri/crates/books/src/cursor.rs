//! Where a load stands: a cursor per slice of a list, what is known of each list as a whole, the
//! event cursor, and the reads that count against Stripe's allocation.

use sqlx::{FromRow, SqliteConnection};

use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::events::{self, EventOutcome, FullNeeded};
use crate::meta;

/// The newest event that was applied, as JSON-free text: `at` and then the id, if any.
const EVENT_CURSOR: &str = "event_cursor";

/// One slice of a list: which interval of `created` it covers, and how far it was read.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Cursor {
    /// The list's stable name.
    pub list: String,
    /// Its number within the list.
    pub slice: i64,
    /// Created at or after, UTC seconds; none: from the beginning.
    pub created_from: Option<i64>,
    /// Created before, UTC seconds; none: without end.
    pub created_to: Option<i64>,
    /// The last id of the last page that was stored.
    pub after_id: Option<String>,
    /// Pages stored.
    pub pages: i64,
    /// Objects stored.
    pub objects: i64,
    /// Read to its end.
    pub done: bool,
}

/// The newest event whose effects are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCursor {
    /// Its id; none on an account without events.
    pub id: Option<String>,
    /// When it was read, UTC seconds.
    pub at: i64,
}

/// A change of where a load stands, stored in the same transaction as the objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CursorWrite {
    /// Stores a slice's cursor.
    Put(Cursor),
    /// Forgets one slice (it was split).
    Remove {
        /// The list.
        list: String,
        /// The slice.
        slice: i64,
    },
    /// Forgets every slice of a list.
    Clear {
        /// The list.
        list: String,
    },
    /// The list was read to its end; what it holds is complete as of then.
    Complete {
        /// The list.
        list: String,
        /// UTC seconds.
        as_of: i64,
    },
    /// The key may not read the list.
    Refused {
        /// The list.
        list: String,
        /// Stripe's name of the missing right.
        slug: String,
    },
    /// The newest event that was applied.
    Event(EventCursor),
    /// What became of events.
    EventsDone {
        /// Their numbers.
        nums: Vec<i64>,
        /// What became of them.
        outcome: EventOutcome,
        /// When, UTC seconds.
        at: i64,
        /// Why they could not be applied.
        problem: Option<String>,
    },
    /// Events that are to be tried again.
    EventsLater {
        /// Their numbers.
        nums: Vec<i64>,
        /// When, UTC seconds.
        retry_at: i64,
        /// Why they could not be applied, which counts as an attempt; none: they only wait.
        problem: Option<String>,
    },
    /// Every list is to be proven; none: they were.
    FullNeeded(Option<FullNeeded>),
    /// All payment methods of a customer were read: they are kept from now on.
    MethodsRead {
        /// The customer's id.
        customer: String,
        /// UTC seconds.
        as_of: i64,
    },
}

/// What is known of a list as a whole.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct ListState {
    /// The list's stable name.
    #[sqlx(rename = "name")]
    pub list: String,
    /// Complete as of then, UTC seconds; none: never read to its end.
    pub complete_as_of: Option<i64>,
    /// The right that is missing, where Stripe refused it.
    pub refused: Option<String>,
}

impl Books {
    /// Every cursor, by list and slice.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn cursors(&self) -> Result<Vec<Cursor>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_as(
            "SELECT list, slice, created_from, created_to, after_id, pages, objects, done \
             FROM cursor ORDER BY list, slice",
        )
        .fetch_all(&mut *reader)
        .await?)
    }

    /// Stores where a load stands without objects, on the disk when the answer comes.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn write_cursors(&self, writes: &[CursorWrite]) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        write_within(&mut transaction, writes).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The newest event that was applied; none before the first load.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn event_cursor(&self) -> Result<Option<EventCursor>> {
        let mut reader = self.reader().await?;
        let Some(text) = meta::get(&mut reader, EVENT_CURSOR).await? else {
            return Ok(None);
        };
        let (at, id) = text.split_once(' ').unwrap_or((&text, ""));
        let at = at.parse().map_err(|_| BooksError::Damaged {
            detail: "the event cursor".to_owned(),
        })?;
        Ok(Some(EventCursor {
            id: (!id.is_empty()).then(|| id.to_owned()),
            at,
        }))
    }

    /// What is known of every list, by name.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn lists(&self) -> Result<Vec<ListState>> {
        let mut reader = self.reader().await?;
        lists_within(&mut reader).await
    }

    /// Reads counted in `month` (`2026-11`).
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn reads(&self, month: &str) -> Result<u64> {
        let mut reader = self.reader().await?;
        let reads: Option<i64> = sqlx::query_scalar("SELECT requests FROM reads WHERE month = ?1")
            .bind(month)
            .fetch_optional(&mut *reader)
            .await?;
        Ok(reads
            .and_then(|reads| u64::try_from(reads).ok())
            .unwrap_or(0))
    }
}

pub(crate) async fn lists_within(connection: &mut SqliteConnection) -> Result<Vec<ListState>> {
    Ok(
        sqlx::query_as("SELECT name, complete_as_of, refused FROM list ORDER BY name")
            .fetch_all(connection)
            .await?,
    )
}

pub(crate) async fn write_within(
    connection: &mut SqliteConnection,
    writes: &[CursorWrite],
) -> Result<()> {
    for write in writes {
        match write {
            CursorWrite::Put(cursor) => put_cursor(connection, cursor).await?,
            CursorWrite::Remove { list, slice } => {
                sqlx::query("DELETE FROM cursor WHERE list = ?1 AND slice = ?2")
                    .bind(list)
                    .bind(slice)
                    .execute(&mut *connection)
                    .await?;
            }
            CursorWrite::Clear { list } => {
                sqlx::query("DELETE FROM cursor WHERE list = ?1")
                    .bind(list)
                    .execute(&mut *connection)
                    .await?;
            }
            CursorWrite::Complete { list, as_of } => {
                sqlx::query(
                    "INSERT OR REPLACE INTO list (name, complete_as_of, refused) \
                     VALUES (?1, ?2, NULL)",
                )
                .bind(list)
                .bind(as_of)
                .execute(&mut *connection)
                .await?;
                // Read to its end for the first time, it is proven as well.
                sqlx::query("INSERT OR IGNORE INTO first_proof (list, proven_at) VALUES (?1, ?2)")
                    .bind(list)
                    .bind(as_of)
                    .execute(&mut *connection)
                    .await?;
            }
            CursorWrite::Refused { list, slug } => {
                sqlx::query(
                    "INSERT INTO list (name, refused) VALUES (?1, ?2) \
                     ON CONFLICT (name) DO UPDATE SET refused = excluded.refused",
                )
                .bind(list)
                .bind(slug)
                .execute(&mut *connection)
                .await?;
            }
            CursorWrite::Event(event) => {
                let text = format!("{} {}", event.at, event.id.as_deref().unwrap_or_default());
                meta::put(connection, EVENT_CURSOR, text.trim_end()).await?;
            }
            CursorWrite::EventsDone {
                nums,
                outcome,
                at,
                problem,
            } => events::done(connection, nums, *outcome, *at, problem.as_deref()).await?,
            CursorWrite::EventsLater {
                nums,
                retry_at,
                problem,
            } => events::later(connection, nums, *retry_at, problem.as_deref()).await?,
            CursorWrite::FullNeeded(needed) => events::set_full(connection, needed).await?,
            CursorWrite::MethodsRead { customer, as_of } => {
                sqlx::query(
                    "INSERT OR REPLACE INTO methods_read (customer, as_of) \
                     SELECT num, ?2 FROM object WHERE kind = 1 AND id = ?1",
                )
                .bind(customer)
                .bind(as_of)
                .execute(&mut *connection)
                .await?;
            }
        }
    }
    Ok(())
}

async fn put_cursor(connection: &mut SqliteConnection, cursor: &Cursor) -> Result<()> {
    sqlx::query(
        "INSERT OR REPLACE INTO cursor (list, slice, created_from, created_to, after_id, pages, \
         objects, done) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(&cursor.list)
    .bind(cursor.slice)
    .bind(cursor.created_from)
    .bind(cursor.created_to)
    .bind(&cursor.after_id)
    .bind(cursor.pages)
    .bind(cursor.objects)
    .bind(cursor.done)
    .execute(connection)
    .await?;
    Ok(())
}
