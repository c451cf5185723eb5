//! Rows that SQLite hands over as one JSON text. A connection works on a thread of its own, and
//! each row that it hands over may wake the one who waits: on a busy computer, a hundred times a
//! page is a hundred chances to wait for a processor.

use serde::de::{Deserialize, DeserializeOwned, Deserializer};
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use crate::error::{BooksError, Result};

/// The rows of a query that answers one JSON array of arrays, each in the order of the fields.
pub(crate) async fn json_rows<T: DeserializeOwned>(
    connection: &mut SqliteConnection,
    mut query: QueryBuilder<Sqlite>,
) -> Result<Vec<T>> {
    let text: String = query.build_query_scalar().fetch_one(connection).await?;
    serde_json::from_str(&text).map_err(|error| BooksError::Damaged {
        detail: format!("rows of a table: {error}"),
    })
}

/// A flag as SQLite has it: 0 or 1; nothing is 0.
pub(crate) fn flag<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<bool, D::Error> {
    Ok(Option::<i64>::deserialize(deserializer)?.unwrap_or(0) != 0)
}
