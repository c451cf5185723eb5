//! What exports read: every row that passes a filter, a batch at a time, all from one state of
//! the books, in constant memory.
//!
//! A batch comes out of SQLite as one JSON text: handing over forty columns of a thousand rows
//! one by one costs more than finding them. While one batch is read from its JSON, SQLite's own
//! thread makes the next.

mod batches;
mod credit_notes;
mod customers;
mod invoice_lines;
mod invoices;
mod money;
mod payments;
mod subscriptions;
mod usage;

use futures::future::BoxFuture;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};
use tokio::sync::mpsc;

use batches::Key;

use crate::books::Books;
use crate::cursor::{ListState, lists_within};
use crate::error::{BooksError, Result};
use crate::ledger::{Head, head_within};
use crate::readers::Reader;
use crate::tables::filter::Search;
use crate::tables::listing::{Listing, count};

pub use credit_notes::CreditNoteExport;
pub use customers::CustomerExport;
pub use invoice_lines::InvoiceLineExport;
pub use invoices::InvoiceExport;
#[cfg(test)]
pub(crate) use invoices::walk_query;
pub use money::{DisputeExport, PayoutExport, RefundExport};
pub use payments::PaymentExport;
pub(crate) use payments::{COLLECTED, OUTSIDE_STRIPE};
pub use subscriptions::SubscriptionItemExport;
pub use usage::{
    UsageComparison, UsageDayExport, UsageFilter as UsageExportFilter, UsageRecordExport,
};

/// Batches that wait to be used.
const BATCHES_AHEAD: usize = 2;
/// Rows of a batch, about.
const BATCH: i64 = if cfg!(test) { 400 } else { 1_000 };

/// The state of the books that a reader sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotState {
    /// The books' data version.
    pub data_version: u64,
    /// Which lists were complete as of when.
    pub lists: Vec<ListState>,
    /// The ledger's last entry.
    pub ledger_head: Option<Head>,
    /// The books hold live data; none: not known.
    pub livemode: Option<bool>,
    /// Objects of the last whole load that could not be read, of any kind; none: no load said so.
    pub undecodable: Option<u64>,
}

/// Reads an export. It holds one state of the books until it is dropped; dropping it early
/// cancels.
pub struct ExportReader<T> {
    /// No rows: the end.
    batches: mpsc::Receiver<Result<Vec<T>>>,
    total: u64,
    state: SnapshotState,
    ended: bool,
}

/// Where the rows of an export come from.
trait Source<T>: Send {
    /// The next rows; none at the end.
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<T>>>;
}

impl<T> std::fmt::Debug for ExportReader<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportReader")
            .field("total", &self.total)
            .finish_non_exhaustive()
    }
}

impl<T: Send + 'static> ExportReader<T> {
    /// Reads from `source` in a task of its own, so that SQLite goes on while rows are used.
    fn new(
        mut transaction: Reader,
        mut source: Box<dyn Source<T>>,
        total: u64,
        state: SnapshotState,
    ) -> Self {
        let (sender, batches) = mpsc::channel(BATCHES_AHEAD);
        tokio::spawn(async move {
            loop {
                let rows = source.next(&mut transaction).await;
                let is_last = rows.as_ref().map_or(true, Vec::is_empty);
                // A closed channel: nobody wants the rest.
                if sender.send(rows).await.is_err() || is_last {
                    return;
                }
            }
        });
        Self {
            batches,
            total,
            state,
            ended: false,
        }
    }
}

impl<T> ExportReader<T> {
    /// The next rows, about a thousand; none at the end.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>> {
        if self.ended {
            return Ok(None);
        }
        let rows = self.batches.recv().await.ok_or_else(|| {
            // Only a panic ends the task without a word.
            BooksError::invalid("the reading of an export broke off")
        })??;
        self.ended = rows.is_empty();
        Ok((!rows.is_empty()).then_some(rows))
    }

    /// Rows in all; of lines and items, of the invoices and tenants that hold them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The state of the books that is read.
    #[must_use]
    pub fn state(&self) -> &SnapshotState {
        &self.state
    }
}

impl Books {
    /// One state of the books, and whether its text search is built.
    async fn export_snapshot(&self) -> Result<(Reader, SnapshotState, Search)> {
        let (mut snapshot, known) = self.stated().await?;
        let livemode = crate::meta::get(&mut snapshot, crate::meta::LIVEMODE).await?;
        let undecodable: Option<String> =
            sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1")
                .bind(crate::SETTING_UNDECODABLE)
                .fetch_optional(&mut *snapshot)
                .await?;
        let state = SnapshotState {
            data_version: known.data_version,
            lists: lists_within(&mut snapshot).await?,
            ledger_head: head_within(&mut snapshot).await?,
            livemode: livemode.map(|value| value == "1"),
            undecodable: undecodable.and_then(|count| count.parse().ok()),
        };
        Ok((snapshot, state, known.search()))
    }

    /// Reads the rows that `source` makes of the listing that `listing` makes.
    async fn export_listed<T: Send + 'static, L: Listing, S: Source<T> + 'static>(
        &self,
        listing: impl FnOnce(Search) -> L,
        source: impl FnOnce(L) -> S,
    ) -> Result<ExportReader<T>> {
        let (mut transaction, state, search) = self.export_snapshot().await?;
        let listing = listing(search);
        let total = count(&mut transaction, &listing).await?;
        let source = Box::new(source(listing));
        Ok(ExportReader::new(transaction, source, total, state))
    }
}

/// ` FROM (…) n`: the numbers `num` of the next rows of a listing in the order of its only key
/// `at`, behind the row with the key `after`, at most `count`.
fn push_next(
    query: &mut QueryBuilder<Sqlite>,
    listing: &dyn Listing,
    after: Option<Key>,
    count: i64,
) {
    let key = listing.keys().first().copied().unwrap_or("0");
    let num = listing.num();
    query.push(format!(" FROM (SELECT {num} AS num, {key} AS at "));
    listing.push_from(query);
    listing.push_where_in_order(query);
    push_after(query, key, num, after);
    query.push(format!(" ORDER BY {key}, {num} LIMIT "));
    query.push_bind(count).push(") n");
}

/// ` AND (key, num) > (…)` behind the row with the key `after`.
fn push_after(query: &mut QueryBuilder<Sqlite>, key: &str, num: &str, after: Option<Key>) {
    if let Some((at, last)) = after {
        query.push(format!(" AND ({key}, {num}) > (")).push_bind(at);
        query.push(", ").push_bind(last).push(")");
    }
}

/// `, a, b, c` as the arguments of `json_array`.
fn columns(expressions: &[&str]) -> String {
    expressions.join(", ")
}
