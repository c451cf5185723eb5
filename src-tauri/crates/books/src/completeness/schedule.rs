//! How often what is proven: data that a person can see and change.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use sqlx::SqliteConnection;

use super::judged::{Known, MonthProof};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::proof::{Month, PROVEN_LISTS, ProvenList, proven_list};

const HOUR_S: i64 = 3_600;
/// The ages that can be chosen: an hour to a year.
const AGES_S: std::ops::RangeInclusive<i64> = HOUR_S..=366 * 24 * HOUR_S;

/// How old a list's proof may grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduledList {
    /// The list, with the age that holds where nobody chose one.
    pub list: ProvenList,
    /// The age that holds.
    pub max_age_seconds: i64,
}

/// A month, or a whole list, whose proof is to be renewed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueProof {
    /// The list.
    pub list: ProvenList,
    /// The month.
    pub month: Month,
    /// What its proof is as of, UTC seconds.
    pub proven_at: i64,
    /// Reads that it takes, about.
    pub reads: u64,
    /// The age of its proof, in hundredths of what is allowed.
    pub age_percent: i64,
}

impl Books {
    /// How old the proof of each list may grow.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn proof_schedule(&self) -> Result<Vec<ScheduledList>> {
        let mut reader = self.reader().await?;
        let ages = ages(&mut reader).await?;
        Ok(PROVEN_LISTS
            .into_iter()
            .map(|list| ScheduledList {
                list,
                max_age_seconds: ages.get(list.name).copied().unwrap_or(list.max_age_seconds),
            })
            .collect())
    }

    /// Chooses how old the proof of a list may grow; none: as it is where nobody chose.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] for another list than those that are proven, or an age under an
    /// hour or over a year.
    pub async fn set_proof_age(&self, list: &str, max_age_seconds: Option<i64>) -> Result<()> {
        if proven_list(list).is_none() {
            return Err(BooksError::invalid(format!(
                "{list} is not a list that is proven"
            )));
        }
        if max_age_seconds.is_some_and(|age| !AGES_S.contains(&age)) {
            return Err(BooksError::invalid("a proof's age is an hour to a year"));
        }
        let mut writer = self.writer().await?;
        let query = match max_age_seconds {
            Some(age) => sqlx::query(
                "INSERT OR REPLACE INTO proof_schedule (list, max_age_seconds) VALUES (?1, ?2)",
            )
            .bind(list)
            .bind(age),
            None => sqlx::query("DELETE FROM proof_schedule WHERE list = ?1").bind(list),
        };
        query.execute(&mut writer.durable).await?;
        Ok(())
    }

    /// What is due to be proven as of `now`, the most overdue first: months that have used half
    /// of their age, whole lists that have used nine tenths.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn due_proofs(&self, now: i64) -> Result<Vec<DueProof>> {
        let mut reader = self.snapshot().await?;
        let known = Known::read(&mut reader).await?;
        let mut due = Vec::new();
        for list in PROVEN_LISTS {
            let proof = known.judge(&mut reader, list, now).await?;
            if proof.refused.is_some() {
                continue;
            }
            let threshold = if list.by_month { 50 } else { 90 };
            let months = proof.months.iter().map(|month| {
                let age_percent = percent(month, proof.max_age_seconds, now);
                DueProof {
                    list,
                    month: month.month,
                    proven_at: month.proven_at,
                    reads: month.reads,
                    age_percent,
                }
            });
            due.extend(months.filter(|month| month.age_percent >= threshold));
        }
        due.sort_by_key(|it| (Reverse(it.age_percent), it.month));
        Ok(due)
    }
}

/// What is known to be wrong is due at once.
fn percent(month: &MonthProof, max_age_seconds: i64, now: i64) -> i64 {
    match month.open {
        0 => (now - month.proven_at).saturating_mul(100) / max_age_seconds.max(1),
        _ => i64::MAX,
    }
}

pub(super) async fn ages(connection: &mut SqliteConnection) -> Result<BTreeMap<String, i64>> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT list, max_age_seconds FROM proof_schedule")
            .fetch_all(connection)
            .await?;
    Ok(rows.into_iter().collect())
}
