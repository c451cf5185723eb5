//! Many rows in one statement: they are collected in one piece of memory, and SQLite reads them
//! from there as from a table. Binding each value of each row is what made a load slow.

mod given;

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::{AssertSqlSafe, SqliteConnection};

use crate::error::{BooksError, Result};
use crate::record::Cell;

pub(crate) use given::know_given_rows;
use given::{Lent, Sheet};

/// Rows of a statement, at most: what is collected stays small.
const MAX_ROWS: usize = if cfg!(test) { 7 } else { 500 };

/// The text of an insert of given rows.
#[derive(Debug)]
pub(crate) struct Statement {
    columns: usize,
    text: Arc<str>,
    /// Room for rows that was used before: making it anew for every batch took longer than filling
    /// it.
    spare: Mutex<Option<Sheet>>,
}

impl Statement {
    /// `head` ends before the rows (`INSERT INTO t (a, b) VALUES`), `tail` follows them.
    pub(crate) fn new(head: impl AsRef<str>, columns: usize, tail: &str) -> Self {
        let head = head.as_ref();
        let head = head.strip_suffix("VALUES").unwrap_or(head);
        let cells: Vec<String> = (0..columns).map(given::column).collect();
        // Without the WHERE, what follows ON would be taken for a join.
        let cells = cells.join(",");
        let text = format!("{head} SELECT {cells} FROM given_rows(?1) WHERE true {tail}");
        Self::reading(columns, &text)
    }

    /// A statement that reads rows of `columns` cells, `c0` and on, from `given_rows(?1)`.
    pub(crate) fn reading(columns: usize, text: &str) -> Self {
        Self {
            columns,
            text: Arc::from(text),
            spare: Mutex::default(),
        }
    }

    fn sheet(&self) -> Sheet {
        let spare = self
            .spare
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        spare.unwrap_or_else(|| Sheet::new(self.columns))
    }

    fn keep(&self, sheet: Sheet) {
        *self.spare.lock().unwrap_or_else(PoisonError::into_inner) = Some(sheet);
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

/// Collects rows for a statement and sends them some hundreds at a time.
pub(crate) struct Rows<'a> {
    statement: &'a Statement,
    sheet: Sheet,
    rows: usize,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(statement: &'a Statement) -> Self {
        Self {
            statement,
            sheet: statement.sheet(),
            rows: 0,
        }
    }

    pub(crate) fn cell(&mut self, cell: Cell) {
        match cell {
            Cell::Text(text) => self.text(text),
            Cell::Int(value) => self.sheet.int(value),
            Cell::Null => self.sheet.null(),
        }
    }

    /// A text as it is, even an empty list.
    pub(crate) fn verbatim(&mut self, text: &str) {
        self.sheet.text(text);
    }

    pub(crate) fn int(&mut self, value: i64) {
        self.sheet.int(value);
    }

    pub(crate) fn maybe_int(&mut self, value: Option<i64>) {
        match value {
            Some(value) => self.sheet.int(value),
            None => self.sheet.null(),
        }
    }

    pub(crate) fn text(&mut self, value: impl AsRef<str>) {
        match value.as_ref() {
            // An empty list or object says what its absence says, and most of them are empty.
            "[]" | "{}" => self.sheet.null(),
            text => self.sheet.text(text),
        }
    }

    pub(crate) fn maybe_text(&mut self, value: Option<impl AsRef<str>>) {
        match value {
            Some(text) => self.text(text),
            None => self.sheet.null(),
        }
    }

    pub(crate) fn blob(&mut self, value: impl AsRef<[u8]>) {
        self.sheet.blob(value.as_ref());
    }

    /// Ends a row; sends when there are many.
    pub(crate) async fn end_row(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        self.rows += 1;
        if !self.sheet.holds(self.rows) {
            return Err(BooksError::invalid(
                "a row has another number of cells than columns",
            ));
        }
        if self.rows == MAX_ROWS {
            self.send(connection).await
        } else {
            Ok(())
        }
    }

    /// Sends what is left.
    pub(crate) async fn finish(mut self, connection: &mut SqliteConnection) -> Result<()> {
        self.send(connection).await?;
        self.statement.keep(self.sheet);
        Ok(())
    }

    async fn send(&mut self, connection: &mut SqliteConnection) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        self.rows = 0;
        let empty = Sheet::new(self.statement.columns);
        let lent = Lent::new(std::mem::replace(&mut self.sheet, empty));
        sqlx::query(AssertSqlSafe(Arc::clone(&self.statement.text)))
            .bind(lent.number())
            .execute(connection)
            .await?;
        if let Some(sheet) = lent.back() {
            self.sheet = sheet;
        }
        Ok(())
    }
}
