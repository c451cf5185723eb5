//! What became of events, written in the transaction that writes their effects.

use sqlx::SqliteConnection;

use crate::books::Books;
use crate::bulk::json_list;
use crate::error::{BooksError, Result};
use crate::meta;

/// Why the events alone cannot bring the books up to date: `since` and then the reason.
const FULL_NEEDED: &str = "event_full_needed";

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventOutcome {
    /// It waits to be applied.
    Waiting,
    /// The object in it was taken in.
    Payload,
    /// Its object was read again.
    Refetched,
    /// Nothing in it is kept in these books.
    Nothing,
    /// The books held a state that was read after it already.
    Held,
    /// It could not be applied; the log says why.
    Failed,
}

impl EventOutcome {
    const ALL: [Self; 6] = [
        Self::Waiting,
        Self::Payload,
        Self::Refetched,
        Self::Nothing,
        Self::Held,
        Self::Failed,
    ];

    /// Its number in the file.
    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Waiting => 0,
            Self::Payload => 1,
            Self::Refetched => 2,
            Self::Nothing => 3,
            Self::Held => 4,
            Self::Failed => 5,
        }
    }

    /// Its stable name: `waiting`, `payload`, `refetched`, `nothing`, `held`, `failed`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Payload => "payload",
            Self::Refetched => "refetched",
            Self::Nothing => "nothing",
            Self::Held => "held",
            Self::Failed => "failed",
        }
    }

    /// The outcome with this stable name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == name)
    }
}

impl TryFrom<i64> for EventOutcome {
    type Error = BooksError;

    fn try_from(code: i64) -> Result<Self> {
        (Self::ALL.into_iter().find(|it| it.code() == code)).ok_or_else(|| BooksError::Damaged {
            detail: "an event's outcome".to_owned(),
        })
    }
}

/// Events alone cannot bring the books up to date: every list is to be proven.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullNeeded {
    /// Since when, UTC seconds.
    pub since: i64,
    /// Why, in words.
    pub why: String,
}

impl Books {
    /// Whether, since when and why every list must be proven before the books are whole again.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn full_needed(&self) -> Result<Option<FullNeeded>> {
        let mut reader = self.reader().await?;
        let Some(text) = meta::get(&mut reader, FULL_NEEDED).await? else {
            return Ok(None);
        };
        let (since, why) = text.split_once(' ').unwrap_or((&text, ""));
        let since = since.parse().map_err(|_| BooksError::Damaged {
            detail: "why every list is to be proven".to_owned(),
        })?;
        Ok(Some(FullNeeded {
            since,
            why: why.to_owned(),
        }))
    }
}

/// Notes that every list is to be proven, or that they were.
pub(crate) async fn set_full(
    connection: &mut SqliteConnection,
    needed: &Option<FullNeeded>,
) -> Result<()> {
    match needed {
        Some(needed) => {
            let text = format!("{} {}", needed.since, needed.why);
            meta::put(connection, FULL_NEEDED, &text).await
        }
        None => {
            sqlx::query("DELETE FROM meta WHERE name = ?1")
                .bind(FULL_NEEDED)
                .execute(connection)
                .await?;
            Ok(())
        }
    }
}

/// Notes what became of events that waited, or that could not be applied before.
pub(crate) async fn done(
    connection: &mut SqliteConnection,
    nums: &[i64],
    outcome: EventOutcome,
    at: i64,
    problem: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "UPDATE event SET outcome = ?2, applied_at = ?3, problem = ?4, retry_at = NULL \
         WHERE num IN (SELECT value FROM json_each(?1)) AND outcome IN (0, 5)",
    )
    .bind(json_list(nums))
    .bind(outcome.code())
    .bind(at)
    .bind(problem)
    .execute(connection)
    .await?;
    Ok(())
}

/// Puts events off. With a problem it was an attempt that failed; without, they only wait.
pub(crate) async fn later(
    connection: &mut SqliteConnection,
    nums: &[i64],
    retry_at: i64,
    problem: Option<&str>,
) -> Result<()> {
    sqlx::query(
        "UPDATE event SET retry_at = ?2, problem = ?3, \
         attempts = attempts + (?3 IS NOT NULL) \
         WHERE num IN (SELECT value FROM json_each(?1)) AND outcome = 0",
    )
    .bind(json_list(nums))
    .bind(retry_at)
    .bind(problem)
    .execute(connection)
    .await?;
    Ok(())
}
