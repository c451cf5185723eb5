//! Many rows in one statement: a hundred at a time through one prepared text, because a
//! statement a row is what makes a load slow.

use std::sync::Arc;

use sqlx::sqlite::SqliteArguments;
use sqlx::{Arguments as _, AssertSqlSafe, SqliteConnection};

use crate::error::{BooksError, Result};
use crate::record::Cell;

/// Rows of a full statement.
const ROWS: usize = 100;

/// The texts of an insert: of a hundred rows, of one, and what any other number is made from.
#[derive(Debug)]
pub(crate) struct Statement {
    head: String,
    row: String,
    tail: String,
    columns: usize,
    full: Arc<str>,
    single: Arc<str>,
}

impl Statement {
    /// `head` ends before the rows (`INSERT INTO t (a, b) VALUES`), `tail` follows them.
    pub(crate) fn new(head: String, columns: usize, tail: &str) -> Self {
        let row = format!("({})", vec!["?"; columns].join(","));
        let text = |rows: usize| -> Arc<str> {
            Arc::from(format!(
                "{head} {} {tail}",
                vec![row.as_str(); rows].join(",")
            ))
        };
        let (full, single) = (text(ROWS), text(1));
        Self {
            head,
            row,
            tail: tail.to_owned(),
            columns,
            full,
            single,
        }
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

    fn sized(&self, rows: usize) -> (Arc<str>, bool) {
        match rows {
            ROWS => (Arc::clone(&self.full), true),
            1 => (Arc::clone(&self.single), true),
            _ => {
                let rows = vec![self.row.as_str(); rows].join(",");
                (
                    Arc::from(format!("{} {rows} {}", self.head, self.tail)),
                    false,
                )
            }
        }
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

/// Collects rows for a statement and sends them a hundred at a time.
pub(crate) struct Rows<'a> {
    statement: &'a Statement,
    arguments: SqliteArguments,
    rows: usize,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(statement: &'a Statement) -> Self {
        let mut arguments = SqliteArguments::default();
        arguments.reserve(statement.columns * ROWS, 0);
        Self {
            statement,
            arguments,
            rows: 0,
        }
    }

    pub(crate) fn cell(&mut self, cell: Cell) {
        let cell = match cell {
            // An empty list or object says what its absence says, and most of them are empty.
            Cell::Text(text) if text == "[]" || text == "{}" => Cell::Null,
            cell => cell,
        };
        // Encoding these types cannot fail.
        let added = match cell {
            Cell::Null => self.arguments.add(None::<i64>),
            Cell::Int(value) => self.arguments.add(value),
            Cell::Text(value) => self.arguments.add(value),
        };
        debug_assert!(added.is_ok());
    }

    /// A text as it is, even an empty list.
    pub(crate) fn verbatim(&mut self, text: String) {
        let added = self.arguments.add(text);
        debug_assert!(added.is_ok());
    }

    pub(crate) fn int(&mut self, value: i64) {
        self.cell(Cell::Int(value));
    }

    pub(crate) fn maybe_int(&mut self, value: Option<i64>) {
        self.cell(value.map_or(Cell::Null, Cell::Int));
    }

    pub(crate) fn text(&mut self, value: String) {
        self.cell(Cell::Text(value));
    }

    pub(crate) fn maybe_text(&mut self, value: Option<String>) {
        self.cell(value.map_or(Cell::Null, Cell::Text));
    }

    pub(crate) fn blob(&mut self, value: Vec<u8>) {
        let added = self.arguments.add(value);
        debug_assert!(added.is_ok());
    }

    /// Ends a row; sends when there are a hundred.
    pub(crate) async fn end_row(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        self.rows += 1;
        if self.arguments.len() != self.rows * self.statement.columns {
            return Err(BooksError::invalid(
                "a row has another number of cells than columns",
            ));
        }
        if self.rows == ROWS {
            self.send(connection).await
        } else {
            Ok(())
        }
    }

    /// Sends what is left.
    pub(crate) async fn finish(mut self, connection: &mut SqliteConnection) -> Result<()> {
        if self.rows == 0 {
            Ok(())
        } else {
            self.send(connection).await
        }
    }

    async fn send(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        let (sql, keep) = self.statement.sized(self.rows);
        let mut next = SqliteArguments::default();
        next.reserve(self.statement.columns * ROWS, 0);
        let arguments = std::mem::replace(&mut self.arguments, next);
        self.rows = 0;
        sqlx::query_with(AssertSqlSafe(sql), arguments)
            .persistent(keep)
            .execute(connection)
            .await?;
        Ok(())
    }
}
