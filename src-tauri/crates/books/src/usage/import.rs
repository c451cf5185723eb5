//! Taking in a batch: everything in one transaction, so that whatever ends it early leaves nothing.

use std::collections::BTreeMap;

use billing::period::Zone;
use serde_json::json;
use sqlx::SqliteConnection;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::chunk::{Counts, Writing};
use super::local_days::LocalDays;
use super::{UsageChunk, aside, days, sources};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::ledger::{Entry, append_within};
use crate::meta;

/// Problems that are named; the others are counted.
const MAX_PROBLEMS: usize = 1_000;
/// Rows that correct others and wait for them, at most.
const MAX_CORRECTIONS: usize = 100_000;
/// Letters of a batch's name, at most; a file's name may be longer.
const MAX_NAME_LETTERS: usize = 200;

/// What happens to a batch in which something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsageImportMode {
    /// Nothing is kept, whatever comes: it only says what would.
    DryRun,
    /// The batch is kept if no row of it was refused.
    Whole,
    /// What is right is kept; what was refused is counted.
    SkipWrong,
}

/// A batch that begins.
#[derive(Debug, Clone)]
pub struct NewUsageBatch {
    /// The source's number.
    pub source: i64,
    /// What people know it by: a file's name, a day.
    pub name: String,
    /// Of what it was read from; the same content is taken in once.
    pub content_hash: Option<[u8; 32]>,
    /// Whether the source's columns are read as they were last time. Where they are not, the same
    /// content may hold other records.
    pub same_mapping: bool,
    /// UTC seconds.
    pub now: i64,
    /// The company's zone.
    pub zone: Zone,
    /// Who decided it, for the ledger.
    pub author: String,
    /// What happens where something is wrong.
    pub mode: UsageImportMode,
}

/// What is wrong with a row that is right by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsageProblem {
    /// Its key belongs to a record that says something else.
    KeyTaken,
    /// What it names is in neither the books nor this batch.
    CorrectsNothing,
    /// What it names is another tenant's, or of another type.
    CorrectsAnother,
    /// What it names is itself a correction.
    CorrectsCorrection,
    /// A level is corrected by a later value.
    CorrectsLevel,
}

/// Problems by line, the first thousand of them.
#[derive(Debug, Default)]
pub(super) struct Problems {
    named: BTreeMap<u64, UsageProblem>,
    count: u64,
}

impl Problems {
    pub(super) fn add(&mut self, line: u64, problem: UsageProblem) {
        self.count += 1;
        self.named.insert(line, problem);
        if self.named.len() > MAX_PROBLEMS {
            self.named.pop_last();
        }
    }
}

/// What a batch came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageTaken {
    /// The batch, where it was kept. None too where it brought nothing new.
    pub batch: Option<i64>,
    /// The live batch that was read from the same content; nothing was looked at then.
    pub same_content_as: Option<i64>,
    /// Rows that were read.
    pub rows: u64,
    /// Records that are new.
    pub records: u64,
    /// Rows that repeat what is held.
    pub repeated: u64,
    /// Rows that are kept aside: their tenant or type is not known.
    pub aside: u64,
    /// Rows that were refused, those of `problems` among them.
    pub refused: u64,
    /// What is wrong with rows that are right by themselves, by line; the first thousand.
    pub problems: Vec<(u64, UsageProblem)>,
    /// Tenants whose usage changed.
    pub tenants: u64,
    /// The first and the last second of what is new.
    pub span: Option<(i64, i64)>,
}

/// Told how many rows are done.
pub type UsageListener<'a> = &'a (dyn Fn(u64) + Send + Sync);

impl Books {
    /// Takes in a batch of usage whose rows come in chunks: all of it or nothing, in one
    /// transaction with the days that are made of it and its entry in the ledger. Other writers
    /// wait meanwhile.
    ///
    /// # Errors
    /// [`BooksError::Cancelled`] when `cancel` fires or the chunks end before the last one;
    /// [`BooksError::Invalid`] for sums beyond what a day holds. Nothing is changed then.
    pub async fn take_in_usage(
        &self,
        batch: NewUsageBatch,
        mut chunks: mpsc::Receiver<UsageChunk>,
        listener: UsageListener<'_>,
        cancel: &CancellationToken,
    ) -> Result<UsageTaken> {
        let mut writer = self.writer().await?;
        widen(&mut writer.durable).await?;
        let mut transaction = writer.durable_transaction().await?;
        let taken = match same_content(&mut transaction, &batch).await? {
            Some(num) => nothing_of(num),
            None => {
                days::recount(&mut transaction, batch.zone).await?;
                aside::take_in(&mut transaction, batch.zone).await?;
                let num = begin(&mut transaction, &batch).await?;
                let from = (&batch, num);
                let (counts, taken) =
                    receive(&mut transaction, from, &mut chunks, listener, cancel).await?;
                let taken = keep(&mut transaction, self.origin(), from, &counts, taken).await?;
                if cancel.is_cancelled() {
                    return Err(BooksError::Cancelled);
                }
                taken
            }
        };
        if taken.batch.is_some() {
            let data_version = meta::bump_data_version(&mut transaction).await?;
            transaction.commit().await?;
            self.publish(data_version);
        } else {
            transaction.rollback().await?;
        }
        narrow(&mut writer.durable).await?;
        Ok(taken)
    }
}

/// The pages that a large batch writes to over and over stay in memory.
async fn widen(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query("PRAGMA cache_size = -98304")
        .execute(connection)
        .await?;
    Ok(())
}

async fn narrow(connection: &mut SqliteConnection) -> Result<()> {
    for sql in ["PRAGMA cache_size = -2048", "PRAGMA shrink_memory"] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    Ok(())
}

/// The live batch of the same content. Once a batch was reversed since, the content may hold what
/// went with it, and is looked at again.
async fn same_content(
    connection: &mut SqliteConnection,
    batch: &NewUsageBatch,
) -> Result<Option<i64>> {
    let Some(hash) = &batch.content_hash else {
        return Ok(None);
    };
    Ok(sqlx::query_scalar(
        "SELECT num FROM usage_batch b WHERE content_hash = ?1 AND reversed_at IS NULL \
         AND refused = 0 AND (source <> ?2 OR ?3) AND NOT EXISTS \
             (SELECT 1 FROM usage_batch r WHERE r.reversed_at >= b.imported_at)",
    )
    .bind(hash.as_slice())
    .bind(batch.source)
    .bind(batch.same_mapping)
    .fetch_optional(connection)
    .await?)
}

fn nothing_of(num: i64) -> UsageTaken {
    UsageTaken {
        same_content_as: Some(num),
        ..UsageTaken::of(&Counts::default(), 0, 0)
    }
}

impl UsageTaken {
    fn of(counts: &Counts, rows: u64, refused: u64) -> Self {
        let whole = |count: i64| u64::try_from(count).unwrap_or(0);
        Self {
            batch: None,
            same_content_as: None,
            rows,
            records: whole(counts.records),
            repeated: whole(counts.repeated),
            aside: whole(counts.aside),
            refused,
            problems: Vec::new(),
            tenants: 0,
            span: counts.first_at.zip(counts.last_at),
        }
    }
}

async fn begin(connection: &mut SqliteConnection, batch: &NewUsageBatch) -> Result<i64> {
    let name: String = batch.name.chars().take(MAX_NAME_LETTERS).collect();
    Ok(sqlx::query_scalar(
        "INSERT INTO usage_batch (source, name, content_hash, imported_at, rows, records, \
         repeated, aside, refused) VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, 0) RETURNING num",
    )
    .bind(batch.source)
    .bind(name)
    .bind(batch.content_hash.map(|hash| hash.to_vec()))
    .bind(batch.now)
    .fetch_one(connection)
    .await?)
}

async fn receive(
    connection: &mut SqliteConnection,
    (batch, num): (&NewUsageBatch, i64),
    chunks: &mut mpsc::Receiver<UsageChunk>,
    listener: UsageListener<'_>,
    cancel: &CancellationToken,
) -> Result<(Counts, UsageTaken)> {
    let types = sources::types(connection).await?;
    let local = LocalDays::of(batch.zone);
    let mut writing = Writing::new(connection, &types, &local, Problems::default()).await?;
    let (mut rows, mut refused) = (0_u64, 0_u64);
    loop {
        let chunk = tokio::select! {
            chunk = chunks.recv() => chunk,
            () = cancel.cancelled() => None,
        };
        let Some(chunk) = chunk else {
            return Err(BooksError::Cancelled);
        };
        rows += chunk.rows.len() as u64 + chunk.refused;
        refused += chunk.refused;
        writing.rows(connection, num, chunk.rows).await?;
        if chunk.last || writing.corrections.len() >= MAX_CORRECTIONS {
            writing.corrections(connection, num).await?;
        }
        listener(rows);
        if chunk.last {
            break;
        }
    }
    let customers: Vec<i64> = writing.customers.iter().copied().collect();
    days::touched(connection, &customers).await?;
    refused += writing.problems.count;
    let taken = UsageTaken {
        problems: writing.problems.named.into_iter().collect(),
        tenants: customers.len() as u64,
        ..UsageTaken::of(&writing.counts, rows, refused)
    };
    Ok((writing.counts, taken))
}

/// Writes what the batch came to, unless nothing of it is kept.
async fn keep(
    connection: &mut SqliteConnection,
    origin: &str,
    (batch, num): (&NewUsageBatch, i64),
    counts: &Counts,
    mut taken: UsageTaken,
) -> Result<UsageTaken> {
    let kept = match batch.mode {
        UsageImportMode::DryRun => false,
        UsageImportMode::Whole => taken.refused == 0,
        UsageImportMode::SkipWrong => true,
    };
    if !kept || (taken.records == 0 && taken.aside == 0) {
        return Ok(taken);
    }
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    sqlx::query(
        "UPDATE usage_batch SET rows = ?2, records = ?3, repeated = ?4, aside = ?5, \
         refused = ?6, first_at = ?7, last_at = ?8 WHERE num = ?1",
    )
    .bind(num)
    .bind(number(taken.rows))
    .bind(counts.records)
    .bind(counts.repeated)
    .bind(counts.aside)
    .bind(number(taken.refused))
    .bind(counts.first_at)
    .bind(counts.last_at)
    .execute(&mut *connection)
    .await?;
    let payload = json!({
        "batch": num,
        "source": batch.source,
        "rows": taken.rows,
        "records": taken.records,
        "repeated": taken.repeated,
        "aside": taken.aside,
        "refused": taken.refused,
        "sha256": batch.content_hash.map(hex::encode),
    });
    let entry = Entry::new(batch.now, &batch.author, "usage.imported", payload);
    append_within(connection, origin, &entry).await?;
    taken.batch = Some(num);
    Ok(taken)
}
