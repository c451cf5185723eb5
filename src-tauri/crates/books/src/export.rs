//! What exports read: every row that passes a filter, a batch at a time, all from one state of
//! the books, in constant memory.
//!
//! A batch comes out of SQLite as one JSON text: handing over forty columns of a thousand rows
//! one by one costs more than finding them.

mod credit_notes;
mod customers;
mod invoice_lines;
mod invoices;
mod payments;
mod subscriptions;

use futures::future::BoxFuture;
use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::books::Books;
use crate::cursor::{ListState, lists_within};
use crate::error::{BooksError, Result};
use crate::ledger::{Head, head_within};
use crate::readers::Reader;
use crate::tables::filter::Search;
use crate::tables::{InvoiceTotals, listing::Listing};

pub use credit_notes::CreditNoteExport;
pub use customers::CustomerExport;
pub use invoice_lines::InvoiceLineExport;
pub use invoices::InvoiceExport;
#[cfg(test)]
pub(crate) use invoices::walk_query;
pub use payments::PaymentExport;
pub(crate) use payments::{COLLECTED, OUTSIDE_STRIPE, REFUNDED};
pub use subscriptions::SubscriptionItemExport;

/// Rows of a batch, about.
const BATCH: i64 = 1_000;

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
}

/// Reads an export. It holds one state of the books until it is dropped; dropping it early
/// cancels.
pub struct ExportReader<T> {
    transaction: Reader,
    source: Box<dyn Source<T>>,
    total: u64,
    totals: Vec<InvoiceTotals>,
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

impl<T> ExportReader<T> {
    /// The next rows, about a thousand; none at the end.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn next(&mut self) -> Result<Option<Vec<T>>> {
        if self.ended {
            return Ok(None);
        }
        let rows = self.source.next(&mut self.transaction).await?;
        self.ended = rows.is_empty();
        Ok((!rows.is_empty()).then_some(rows))
    }

    /// Rows in all; of lines and items, of the invoices and tenants that hold them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Totals per currency of the invoices that pass; empty for customers and subscriptions.
    #[must_use]
    pub fn totals(&self) -> &[InvoiceTotals] {
        &self.totals
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
        let mut snapshot = self.snapshot().await?;
        let known = self.state(&mut snapshot).await?;
        let livemode = crate::meta::get(&mut snapshot, crate::meta::LIVEMODE).await?;
        let state = SnapshotState {
            data_version: known.data_version,
            lists: lists_within(&mut snapshot).await?,
            ledger_head: head_within(&mut snapshot).await?,
            livemode: livemode.map(|value| value == "1"),
        };
        Ok((snapshot, state, known.search()))
    }
}

/// How many rows a listing has.
async fn total(
    connection: &mut SqliteConnection,
    listing: &(dyn Listing + Send + Sync),
) -> Result<u64> {
    let mut query = QueryBuilder::new("SELECT count(*) ");
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    let total: i64 = query.build_query_scalar().fetch_one(connection).await?;
    Ok(u64::try_from(total).unwrap_or(0))
}

/// The rows of a query that answers one JSON array of arrays, each in the order of the fields.
async fn json_rows<T: DeserializeOwned>(
    connection: &mut SqliteConnection,
    mut query: QueryBuilder<Sqlite>,
) -> Result<Vec<T>> {
    let text: String = query.build_query_scalar().fetch_one(connection).await?;
    serde_json::from_str(&text).map_err(|error| BooksError::Damaged {
        detail: format!("rows of an export: {error}"),
    })
}

/// A flag as SQLite has it: 0 or 1; nothing is 0.
fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> std::result::Result<bool, D::Error> {
    Ok(Option::<i64>::deserialize(deserializer)?.unwrap_or(0) != 0)
}

/// `, a, b, c` as the arguments of `json_array`.
fn columns(expressions: &[&str]) -> String {
    expressions.join(", ")
}
