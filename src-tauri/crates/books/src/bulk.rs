//! Many rows in one statement: a hundred at a time through one prepared text, because a
//! statement a row is what makes a load slow.

use std::sync::Arc;

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, SqliteConnection};

use crate::error::{BooksError, Result};
use crate::record::Cell;

/// Rows of a statement: every text is prepared once, and what is left of a hundred goes by tens
/// and ones, because reading the text of a statement takes longer than running it.
const SIZES: [usize; 3] = [100, 10, 1];

/// The texts of an insert, one for each of [`SIZES`].
#[derive(Debug)]
pub(crate) struct Statement {
    columns: usize,
    texts: [Arc<str>; SIZES.len()],
}

impl Statement {
    /// `head` ends before the rows (`INSERT INTO t (a, b) VALUES`), `tail` follows them.
    pub(crate) fn new(head: String, columns: usize, tail: &str) -> Self {
        let row = format!("({})", vec!["?"; columns].join(","));
        let texts = SIZES.map(|rows| {
            let rows = vec![row.as_str(); rows].join(",");
            Arc::from(format!("{head} {rows} {tail}"))
        });
        Self { columns, texts }
    }

    /// An insert of `columns` into `table`, replacing rows with the same key.
    pub(crate) fn replacing(table: &str, columns: &[&str]) -> Self {
        Self::new(
            format!(
                "INSERT OR REPLACE INTO {table} ({}) VALUES",
                quoted(columns)
            ),
            columns.len(),
            "",
        )
    }
}

/// A list as JSON text, for `json_each`: one bound value, however many there are.
pub(crate) fn json_list<T: serde::Serialize + ?Sized>(list: &T) -> String {
    // Lists of numbers and texts always have a JSON form.
    serde_json::to_string(list).unwrap_or_else(|_| "[]".to_owned())
}

/// Column names in quotes, joined by commas.
pub(crate) fn quoted(columns: &[&str]) -> String {
    columns
        .iter()
        .map(|name| format!("\"{name}\""))
        .collect::<Vec<_>>()
        .join(", ")
}

/// A value on its way into a statement.
enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// Collects rows for a statement and sends them a hundred at a time.
pub(crate) struct Rows<'a> {
    statement: &'a Statement,
    values: Vec<Value>,
    rows: usize,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(statement: &'a Statement) -> Self {
        Self {
            statement,
            values: Vec::new(),
            rows: 0,
        }
    }

    pub(crate) fn cell(&mut self, cell: Cell) {
        self.values.push(match cell {
            // An empty list or object says what its absence says, and most of them are empty.
            Cell::Text(text) if text == "[]" || text == "{}" => Value::Null,
            Cell::Text(text) => Value::Text(text),
            Cell::Int(value) => Value::Int(value),
            Cell::Null => Value::Null,
        });
    }

    /// A text as it is, even an empty list.
    pub(crate) fn verbatim(&mut self, text: String) {
        self.values.push(Value::Text(text));
    }

    pub(crate) fn int(&mut self, value: i64) {
        self.values.push(Value::Int(value));
    }

    pub(crate) fn maybe_int(&mut self, value: Option<i64>) {
        self.values.push(value.map_or(Value::Null, Value::Int));
    }

    pub(crate) fn text(&mut self, value: String) {
        self.cell(Cell::Text(value));
    }

    pub(crate) fn maybe_text(&mut self, value: Option<String>) {
        self.cell(value.map_or(Cell::Null, Cell::Text));
    }

    pub(crate) fn blob(&mut self, value: Vec<u8>) {
        self.values.push(Value::Blob(value));
    }

    /// Ends a row; sends when there are a hundred.
    pub(crate) async fn end_row(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        self.rows += 1;
        if self.values.len() != self.rows * self.statement.columns {
            return Err(BooksError::invalid(
                "a row has another number of cells than columns",
            ));
        }
        let [full, ..] = SIZES;
        if self.rows == full {
            self.send(connection).await
        } else {
            Ok(())
        }
    }

    /// Sends what is left.
    pub(crate) async fn finish(mut self, connection: &mut SqliteConnection) -> Result<()> {
        self.send(connection).await
    }

    async fn send(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        let mut values = self.values.drain(..);
        for (size, text) in SIZES.into_iter().zip(&self.statement.texts) {
            while self.rows >= size {
                self.rows -= size;
                let count = size * self.statement.columns;
                let mut arguments = SqliteArguments::default();
                arguments.reserve(count, 0);
                for value in values.by_ref().take(count) {
                    // Encoding these types cannot fail.
                    let added = match value {
                        Value::Null => arguments.add(None::<i64>),
                        Value::Int(value) => arguments.add(value),
                        Value::Text(value) => arguments.add(value),
                        Value::Blob(value) => arguments.add(value),
                    };
                    debug_assert!(added.is_ok());
                }
                sqlx::query_with(AssertSqlSafe(Arc::clone(text)), arguments)
                    .execute(&mut *connection)
                    .await?;
            }
        }
        Ok(())
    }
}
