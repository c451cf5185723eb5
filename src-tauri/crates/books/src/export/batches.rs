//! Rows that come as JSON in batches, the next one being made while one is read.

use futures::future::BoxFuture;
use serde::de::DeserializeOwned;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::Source;
use crate::error::{BooksError, Result};

/// What the rows are ordered by: a time, and the number of the row that it belongs to.
pub(super) type Key = (i64, i64);

/// A batch without rows.
const EMPTY: &str = "[]";

/// A row that says its key.
pub(super) trait Keyed: DeserializeOwned + Send {
    /// Its key; lines of one invoice have the same.
    fn key(&self) -> Key;
}

/// Statements that answer rows batch by batch.
pub(super) trait Batches: Send {
    /// What a row becomes.
    type Row: Keyed;

    /// The rows behind the key `after`, in order, as one JSON array of arrays: the values of the
    /// fields in their order, the two of the key last.
    fn query(&self, after: Option<Key>) -> QueryBuilder<Sqlite>;
}

/// The rows of those statements.
pub(super) struct Rows<B> {
    batches: B,
    /// The JSON of the next batch, where it was asked for.
    ahead: Option<String>,
}

impl<B: Batches> Rows<B> {
    pub(super) fn new(batches: B) -> Self {
        let ahead = None;
        Self { batches, ahead }
    }

    /// The next rows; none at the end.
    pub(super) async fn next(&mut self, connection: &mut SqliteConnection) -> Result<Vec<B::Row>> {
        let text = match self.ahead.take() {
            Some(text) => text,
            None => json(connection, self.batches.query(None)).await?,
        };
        if text == EMPTY {
            self.ahead = Some(text);
            return Ok(Vec::new());
        }
        let last = last_key(&text).ok_or_else(|| damaged("they have no key"))?;
        // At the first look SQLite's thread is told the statement; then it works beside this one.
        let (next, rows) = tokio::join!(json(connection, self.batches.query(Some(last))), async {
            parse(&text)
        });
        self.ahead = Some(next?);
        rows
    }
}

impl<B: Batches> Source<B::Row> for Rows<B> {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<B::Row>>> {
        Box::pin(self.next(connection))
    }
}

async fn json(
    connection: &mut SqliteConnection,
    mut query: QueryBuilder<Sqlite>,
) -> Result<String> {
    Ok(query.build_query_scalar().fetch_one(connection).await?)
}

fn parse<R: Keyed>(text: &str) -> Result<Vec<R>> {
    let rows: Vec<R> = serde_json::from_str(text).map_err(damaged)?;
    // The next batch begins behind the last row: none may be missing before it.
    if !rows.is_sorted_by_key(Keyed::key) {
        return Err(damaged("they are out of order"));
    }
    Ok(rows)
}

/// The key of the last row: the two numbers that the text ends with.
fn last_key(text: &str) -> Option<Key> {
    let mut values = text.strip_suffix("]]")?.rsplit(',');
    let num = values.next()?.parse().ok()?;
    let at = values.next()?.parse().ok()?;
    Some((at, num))
}

fn damaged(why: impl std::fmt::Display) -> BooksError {
    BooksError::Damaged {
        detail: format!("rows of an export: {why}"),
    }
}
