//! The end of a proof: what was a difference and what only happened meanwhile, the months dated,
//! the mending written into the ledger, all in one transaction.

use serde_json::json;
use sqlx::SqliteConnection;

use super::run::spans_of;
use super::{Month, OPEN_INVOICES, ProofRun, ProofSpan, What, proven_list};
use crate::books::Books;
use crate::cursor::{CursorWrite, write_within};
use crate::error::Result;
use crate::history::kind_code;
use crate::ledger::{Entry, append_within};

/// Who mends the books: a policy, no person.
const AUTHOR: &str = "completeness check";
/// Ids that a ledger entry names.
const IDS_NAMED: i64 = 50;
/// An event may arrive so late, and be about something that happened so long before.
const OVERLAP_S: i64 = 15 * 60;

/// What a proof came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ProofEnd {
    /// Objects that were held in another state than Stripe's.
    pub altered: u64,
    /// Objects that were not held.
    pub missing: u64,
    /// Objects that were gone at Stripe.
    pub gone: u64,
    /// Differences that could not be mended.
    pub open: u64,
    /// Changes that happened while the proof ran, which an event tells of.
    pub explained: u64,
}

impl ProofEnd {
    /// Everything that did not agree.
    #[must_use]
    pub fn differences(&self) -> u64 {
        self.mended() + self.open
    }

    /// What was put right.
    #[must_use]
    pub fn mended(&self) -> u64 {
        self.altered + self.missing + self.gone
    }
}

impl Books {
    /// Ends a proof whose objects are all listed and cleared up as far as they can be.
    ///
    /// What an event tells of that arrived, or was applied, after the proof began is no
    /// difference: it happened meanwhile. Neither is an object that was made since.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn end_proof(
        &self,
        run: &ProofRun,
        at: i64,
        cursors: &[CursorWrite],
    ) -> Result<ProofEnd> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        judge(&mut transaction, run).await?;
        let spans = covered(&spans_of(&mut transaction, run.num).await?);
        for span in &spans {
            date(&mut transaction, run, span, at).await?;
        }
        sqlx::query("UPDATE proof_run SET ended_at = ?2 WHERE num = ?1")
            .bind(run.num)
            .bind(at)
            .execute(&mut *transaction)
            .await?;
        let end = totals(&mut transaction, run.num).await?;
        if end.mended() > 0 {
            let entry = entry(&mut transaction, run, end, at).await?;
            append_within(&mut transaction, self.origin(), &entry).await?;
        }
        write_within(&mut transaction, cursors).await?;
        transaction.commit().await?;
        Ok(end)
    }
}

/// Tells differences from what happened while the proof ran.
async fn judge(connection: &mut SqliteConnection, run: &ProofRun) -> Result<()> {
    sqlx::query(
        "UPDATE proof_difference AS d SET counted = CASE \
         WHEN d.what = ?4 AND d.created >= ?2 THEN 2 \
         WHEN EXISTS (SELECT 1 FROM event e WHERE e.object_id IN (d.object_id, d.related_id) \
             AND e.road <> 3 AND (e.num > (SELECT event_num FROM proof_run WHERE num = ?1) \
                 OR e.outcome = 0 OR e.applied_at >= ?3)) THEN 2 \
         ELSE 1 END WHERE d.run = ?1",
    )
    .bind(run.num)
    .bind(run.as_of - OVERLAP_S)
    .bind(run.begun_at)
    .bind(What::Missing.code())
    .execute(connection)
    .await?;
    Ok(())
}

/// The spans of a proof; all invoices hold the open ones too.
fn covered(spans: &[ProofSpan]) -> Vec<ProofSpan> {
    let mut spans = spans.to_vec();
    let is_all =
        |span: &ProofSpan| span.list == "invoices" && span.from.is_none() && span.before.is_none();
    if spans.iter().any(is_all) {
        spans.push(ProofSpan {
            list: OPEN_INVOICES.to_owned(),
            from: None,
            before: None,
        });
    }
    spans
}

/// Dates the months of a span. What an earlier proof knew and could not mend is this one's now.
async fn date(
    connection: &mut SqliteConnection,
    run: &ProofRun,
    span: &ProofSpan,
    at: i64,
) -> Result<()> {
    for month in months_of(connection, run, span).await? {
        sqlx::query(
            "UPDATE proof_difference SET mended_at = ?4 \
             WHERE list = ?1 AND month = ?2 AND run < ?3 AND mended_at IS NULL",
        )
        .bind(&span.list)
        .bind(month.code())
        .bind(run.num)
        .bind(at)
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT OR REPLACE INTO proof (list, month, proven_at, differences, mended) \
             SELECT ?1, ?2, max(?3, coalesce((SELECT proven_at FROM proof \
                 WHERE list = ?1 AND month = ?2), 0)), count(*), count(mended_at) \
             FROM proof_difference WHERE run = ?4 AND list = ?1 AND month = ?2 AND counted = 1",
        )
        .bind(&span.list)
        .bind(month.code())
        .bind(run.as_of)
        .bind(run.num)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// The months of a span: from the first that anything is known of, or that of the first load, to
/// the present one.
async fn months_of(
    connection: &mut SqliteConnection,
    run: &ProofRun,
    span: &ProofSpan,
) -> Result<Vec<Month>> {
    let Some(list) = proven_list(&span.list) else {
        return Ok(Vec::new());
    };
    if !list.by_month {
        return Ok(vec![Month::WHOLE]);
    }
    let present = Month::of(run.as_of);
    let first: Option<i64> = sqlx::query_scalar(
        "SELECT min(month) FROM (SELECT month FROM month_count WHERE kind = ?1 \
         UNION ALL SELECT month FROM proof WHERE list = ?2 \
         UNION ALL SELECT month FROM proof_difference WHERE run = ?3 AND list = ?2)",
    )
    .bind(kind_code(list.kind))
    .bind(&span.list)
    .bind(run.num)
    .fetch_one(&mut *connection)
    .await?;
    let loaded: Option<i64> =
        sqlx::query_scalar("SELECT proven_at FROM first_proof WHERE list = ?1")
            .bind(&span.list)
            .fetch_optional(connection)
            .await?;
    let known = first.map(Month::from_code);
    let first = known.into_iter().chain(loaded.map(Month::of)).min();
    let mut month = first.unwrap_or(present);
    if let Some(from) = span.from {
        month = month.max(from);
    }
    let mut months = Vec::new();
    while month <= present && span.holds(month) {
        months.push(month);
        month = month.next();
    }
    Ok(months)
}

async fn totals(connection: &mut SqliteConnection, run: i64) -> Result<ProofEnd> {
    let rows: Vec<(i64, bool, i64, i64)> = sqlx::query_as(
        "SELECT what, mended_at IS NOT NULL, counted, count(*) FROM proof_difference \
         WHERE run = ?1 GROUP BY 1, 2, 3",
    )
    .bind(run)
    .fetch_all(connection)
    .await?;
    let mut end = ProofEnd::default();
    for (what, mended, counted, count) in rows {
        let count = u64::try_from(count).unwrap_or(0);
        match (What::from_code(what)?, mended, counted) {
            (_, false, _) => end.open += count,
            (_, true, 2) => end.explained += count,
            (What::Altered, true, _) => end.altered += count,
            (What::Missing, true, _) => end.missing += count,
            (What::Gone, true, _) => end.gone += count,
            (What::Unlisted | What::Contested | What::Unreadable, true, _) => {}
        }
    }
    Ok(end)
}

async fn entry(
    connection: &mut SqliteConnection,
    run: &ProofRun,
    end: ProofEnd,
    at: i64,
) -> Result<Entry> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT object_id FROM proof_difference \
         WHERE run = ?1 AND counted = 1 AND mended_at IS NOT NULL ORDER BY num LIMIT ?2",
    )
    .bind(run.num)
    .bind(IDS_NAMED)
    .fetch_all(&mut *connection)
    .await?;
    let lists: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT list FROM proof_difference \
         WHERE run = ?1 AND counted = 1 AND mended_at IS NOT NULL ORDER BY list",
    )
    .bind(run.num)
    .fetch_all(connection)
    .await?;
    let payload = json!({
        "as_of": run.as_of, "lists": lists, "altered": end.altered, "missing": end.missing,
        "gone": end.gone, "ids": ids,
    });
    Ok(Entry::new(at, AUTHOR, "proof.mended", payload))
}
