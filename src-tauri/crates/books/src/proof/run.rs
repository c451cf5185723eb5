//! A proof under way: what it covers, where it stands, and what it has yet to clear up.

use objects::Kind;
use sqlx::{FromRow, SqliteConnection};

use super::counts::{OPEN_INVOICES as OPEN_SHELF, shelf};
use super::{Month, OPEN_INVOICES, proven_list};
use crate::books::Books;
use crate::cursor::{CursorWrite, write_within};
use crate::error::{BooksError, Result};
use crate::history::{Place, kind_code};

/// Spans of one proof at most: every month of every list, for a hundred years.
const MAX_SPANS: usize = 20_000;
/// Objects that are noted as not listed at once.
const MAX_UNLISTED: i64 = 1_000;

/// What did not agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum What {
    /// Held, but not listed: to be asked for by itself.
    Unlisted,
    /// The books took another state in while it was listed: to be read again.
    Contested,
    /// Held in another state than Stripe's; mended.
    Altered,
    /// Not held; added.
    Missing,
    /// Gone at Stripe; buried.
    Gone,
    /// At Stripe in a form that cannot be read.
    Unreadable,
}

impl What {
    const ALL: [Self; 6] = [
        Self::Unlisted,
        Self::Contested,
        Self::Altered,
        Self::Missing,
        Self::Gone,
        Self::Unreadable,
    ];

    pub(crate) fn code(self) -> i64 {
        match self {
            Self::Unlisted => 1,
            Self::Contested => 2,
            Self::Altered => 3,
            Self::Missing => 4,
            Self::Gone => 5,
            Self::Unreadable => 6,
        }
    }

    pub(super) fn from_code(code: i64) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|it| it.code() == code);
        found.ok_or_else(|| BooksError::Damaged {
            detail: "what a proof found".to_owned(),
        })
    }

    /// Is it put right by what noted it?
    pub(crate) fn is_mended(self) -> bool {
        matches!(self, Self::Altered | Self::Missing | Self::Gone)
    }
}

/// A part of a list: its months from one to another, either end open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofSpan {
    /// The list's stable name.
    pub list: String,
    /// The first month; none: from the beginning.
    pub from: Option<Month>,
    /// The first month that is not in it; none: without end.
    pub before: Option<Month>,
}

impl ProofSpan {
    /// Is the month in it?
    #[must_use]
    pub fn holds(&self, month: Month) -> bool {
        self.from.is_none_or(|from| from <= month) && self.before.is_none_or(|end| month < end)
    }
}

/// A proof under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofRun {
    /// Its number.
    pub num: i64,
    /// When it began, by the books' clock.
    pub begun_at: i64,
    /// What it is as of, by Stripe's clock.
    pub as_of: i64,
    /// Is everything listed?
    pub is_listed: bool,
    /// What it covers.
    pub spans: Vec<ProofSpan>,
}

/// A difference that is not cleared up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDifference {
    /// Its number.
    pub num: i64,
    /// The object's kind.
    pub kind: Kind,
    /// The object's id; empty where it could not be read.
    pub id: String,
    /// What did not agree.
    pub what: What,
}

#[derive(FromRow)]
struct SpanRow {
    list: String,
    from_month: Option<i64>,
    before_month: Option<i64>,
}

impl Books {
    /// Begins a proof of these spans. `as_of` is the present by Stripe's clock; `cursors` is where
    /// its listing begins.
    ///
    /// # Errors
    /// When the books cannot be written, or for too many spans.
    pub async fn begin_proof(
        &self,
        spans: &[ProofSpan],
        begun_at: i64,
        as_of: i64,
        cursors: impl FnOnce(i64) -> Vec<CursorWrite>,
    ) -> Result<ProofRun> {
        if spans.len() > MAX_SPANS {
            return Err(BooksError::invalid("a proof of more than 20,000 spans"));
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        let num: i64 = sqlx::query_scalar(
            "INSERT INTO proof_run (begun_at, as_of, event_num) \
             VALUES (?1, ?2, (SELECT coalesce(max(num), 0) FROM event)) RETURNING num",
        )
        .bind(begun_at)
        .bind(as_of)
        .fetch_one(&mut *transaction)
        .await?;
        for (n, span) in (0_i64..).zip(spans) {
            sqlx::query(
                "INSERT INTO proof_span (run, n, list, from_month, before_month) \
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(num)
            .bind(n)
            .bind(&span.list)
            .bind(span.from.map(Month::code))
            .bind(span.before.map(Month::code))
            .execute(&mut *transaction)
            .await?;
        }
        write_within(&mut transaction, &cursors(num)).await?;
        transaction.commit().await?;
        Ok(ProofRun {
            num,
            begun_at,
            as_of,
            is_listed: false,
            spans: spans.to_vec(),
        })
    }

    /// The proofs that have begun and not ended, oldest first.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn open_proofs(&self) -> Result<Vec<ProofRun>> {
        let mut reader = self.snapshot().await?;
        let rows: Vec<(i64, i64, i64, Option<i64>)> = sqlx::query_as(
            "SELECT num, begun_at, as_of, listed_at FROM proof_run \
             WHERE ended_at IS NULL AND abandoned = 0 ORDER BY num",
        )
        .fetch_all(&mut *reader)
        .await?;
        let mut runs = Vec::with_capacity(rows.len());
        for (num, begun_at, as_of, listed_at) in rows {
            runs.push(ProofRun {
                num,
                begun_at,
                as_of,
                is_listed: listed_at.is_some(),
                spans: spans_of(&mut reader, num).await?,
            });
        }
        Ok(runs)
    }

    /// Gives a proof up, to be begun anew: it is too old to be gone on with. What it found and
    /// did not clear up stays known until the next proof of its month.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn abandon_proof(&self, run: i64, cursors: &[CursorWrite]) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        sqlx::query("UPDATE proof_run SET abandoned = 1 WHERE num = ?1")
            .bind(run)
            .execute(&mut *transaction)
            .await?;
        write_within(&mut transaction, cursors).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The key may not read a list: the proof goes on without it. `loaded_as` is the list with
    /// which it is loaded.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn refuse_in_proof(
        &self,
        run: i64,
        list: &str,
        loaded_as: &str,
        slug: &str,
    ) -> Result<()> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        sqlx::query("DELETE FROM proof_span WHERE run = ?1 AND list = ?2")
            .bind(run)
            .bind(list)
            .execute(&mut *transaction)
            .await?;
        let refused = CursorWrite::Refused {
            list: loaded_as.to_owned(),
            slug: slug.to_owned(),
        };
        write_within(&mut transaction, &[refused]).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Notes what is held in the spans of a proof but was not listed, at most a thousand at a
    /// time; how many were noted. To be asked again until there are none.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn note_unlisted(&self, run: &ProofRun, at: i64) -> Result<u64> {
        let mut noted = 0;
        for span in &run.spans {
            let Some(list) = proven_list(&span.list) else {
                continue;
            };
            let shelf = match list.name {
                OPEN_INVOICES => Some(OPEN_SHELF),
                _ => shelf(list.kind),
            };
            let Some(shelf) = shelf else { continue };
            // The second of `as_of` itself is listed too; what came in it after its page was read
            // is found when it is asked for.
            let present = run.as_of.saturating_add(1);
            let before = span
                .before
                .map_or(present, |month| present.min(month.start()));
            let mut reader = self.reader().await?;
            let unlisted: Vec<(String, i64)> = sqlx::query_as(shelf.unlisted)
                .bind(span.from.map(Month::start))
                .bind(before)
                .bind(run.num)
                .bind(MAX_UNLISTED)
                .fetch_all(&mut *reader)
                .await?;
            drop(reader);
            noted += self.note(run.num, list, &unlisted, at).await?;
        }
        if noted == 0 && !run.is_listed {
            let mut writer = self.writer().await?;
            sqlx::query("UPDATE proof_run SET listed_at = ?2 WHERE num = ?1")
                .bind(run.num)
                .bind(at)
                .execute(&mut writer.durable)
                .await?;
        }
        Ok(noted)
    }

    async fn note(
        &self,
        run: i64,
        list: super::ProvenList,
        unlisted: &[(String, i64)],
        at: i64,
    ) -> Result<u64> {
        if unlisted.is_empty() {
            return Ok(0);
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        let mut noted = 0;
        for (id, created) in unlisted {
            let month = match list.by_month {
                true => Month::of(*created),
                false => Month::WHOLE,
            };
            let done = sqlx::query(
                "INSERT INTO proof_difference \
                 (run, list, month, kind, object_id, what, created, found_at) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
                 ON CONFLICT (run, kind, object_id) DO UPDATE \
                 SET what = excluded.what, mended_at = NULL WHERE what IN (?9, ?10)",
            )
            .bind(run)
            .bind(list.name)
            .bind(month.code())
            .bind(kind_code(list.kind))
            .bind(id)
            .bind(What::Unlisted.code())
            .bind(created)
            .bind(at)
            // Taken in because another object showed it, yet in no list: it is asked for, too.
            .bind(What::Altered.code())
            .bind(What::Missing.code())
            .execute(&mut *transaction)
            .await?;
            noted += done.rows_affected();
        }
        transaction.commit().await?;
        Ok(noted)
    }

    /// What a proof has yet to clear up by asking for single objects, by number.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn to_clear_up(
        &self,
        run: i64,
        after: i64,
        count: u32,
    ) -> Result<Vec<OpenDifference>> {
        let mut reader = self.reader().await?;
        let rows: Vec<(i64, i64, String, i64)> = sqlx::query_as(
            "SELECT num, kind, object_id, what FROM proof_difference \
             WHERE run = ?1 AND num > ?2 AND mended_at IS NULL AND what IN (1, 2) \
             ORDER BY num LIMIT ?3",
        )
        .bind(run)
        .bind(after)
        .bind(count)
        .fetch_all(&mut *reader)
        .await?;
        rows.into_iter()
            .map(|(num, kind, id, what)| {
                let place = Place { kind, part: 0 };
                let kind = place.kind().ok_or_else(|| BooksError::Damaged {
                    detail: "the kind of a difference".to_owned(),
                })?;
                Ok(OpenDifference {
                    num,
                    kind,
                    id,
                    what: What::from_code(what)?,
                })
            })
            .collect()
    }
}

pub(super) async fn spans_of(
    connection: &mut SqliteConnection,
    run: i64,
) -> Result<Vec<ProofSpan>> {
    let rows: Vec<SpanRow> = sqlx::query_as(
        "SELECT list, from_month, before_month FROM proof_span WHERE run = ?1 ORDER BY n",
    )
    .bind(run)
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ProofSpan {
            list: row.list,
            from: row.from_month.map(Month::from_code),
            before: row.before_month.map(Month::from_code),
        })
        .collect())
}
