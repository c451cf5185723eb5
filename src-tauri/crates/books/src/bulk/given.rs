//! `given_rows`, a table of SQLite's whose rows this program holds: `SELECT c0, c1 FROM
//! given_rows(?1)` reads the sheet of that number. A statement that inserts from it takes
//! thousands of rows, and no value of them is copied or bound on the way.
//!
//! The only room that speaks SQLite's C language, because no library offers a way around it.
#![expect(
    unsafe_code,
    reason = "SQLite's tables of a program are an interface in C"
)]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_uchar, c_void};
use std::ptr::null_mut;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use libsqlite3_sys as ffi;
use sqlx::SqliteConnection;

use crate::error::{BooksError, Result};

/// The table's name.
const NAME: &str = "given_rows";
const C_NAME: &CStr = c"given_rows";
/// Columns of a sheet, at most.
const MAX_COLUMNS: usize = 96;

/// A cell; texts and blobs say where they stand in the sheet's bytes.
#[derive(Debug, Clone, Copy)]
enum Cell {
    Null,
    Int(i64),
    Text(u32, u32),
    Blob(u32, u32),
}

/// Room that a sheet keeps for the next rows, in bytes, at most.
const MAX_KEPT: usize = 1 << 20;

/// Rows of one table in one piece of memory.
#[derive(Debug)]
pub(super) struct Sheet {
    columns: usize,
    cells: Vec<Cell>,
    bytes: Vec<u8>,
}

impl Sheet {
    pub(super) fn new(columns: usize) -> Self {
        Self {
            columns,
            cells: Vec::new(),
            bytes: Vec::new(),
        }
    }

    pub(super) fn null(&mut self) {
        self.cells.push(Cell::Null);
    }

    pub(super) fn int(&mut self, value: i64) {
        self.cells.push(Cell::Int(value));
    }

    pub(super) fn text(&mut self, value: &str) {
        let (start, end) = self.keep(value.as_bytes());
        self.cells.push(Cell::Text(start, end));
    }

    pub(super) fn blob(&mut self, value: &[u8]) {
        let (start, end) = self.keep(value);
        self.cells.push(Cell::Blob(start, end));
    }

    fn keep(&mut self, value: &[u8]) -> (u32, u32) {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let start = self.bytes.len();
        self.bytes.extend_from_slice(value);
        (place(start), place(self.bytes.len()))
    }

    /// Whether it holds exactly so many whole rows, of which SQLite can be told.
    pub(super) fn holds(&self, rows: usize) -> bool {
        self.columns <= MAX_COLUMNS
            && self.cells.len() == rows * self.columns
            && u32::try_from(self.bytes.len()).is_ok()
    }

    fn rows(&self) -> usize {
        self.cells.len().checked_div(self.columns).unwrap_or(0)
    }

    fn cell(&self, row: usize, column: usize) -> Cell {
        match self.cells.get(row * self.columns + column) {
            Some(cell) if column < self.columns => *cell,
            _ => Cell::Null,
        }
    }

    fn part(&self, start: u32, end: u32) -> &[u8] {
        let range = start as usize..end as usize;
        self.bytes.get(range).unwrap_or_default()
    }
}

/// The name of a column.
pub(super) fn column(n: usize) -> String {
    format!("c{n}")
}

type Sheets = HashMap<i64, Arc<Sheet>>;

/// Sheets that statements may ask for.
static SHEETS: LazyLock<Mutex<Sheets>> = LazyLock::new(Mutex::default);

fn sheets() -> MutexGuard<'static, Sheets> {
    // A panic elsewhere leaves a map that is whole.
    SHEETS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A sheet that statements may ask for until this is dropped.
pub(super) struct Lent {
    number: i64,
}

impl Lent {
    pub(super) fn new(sheet: Sheet) -> Self {
        static NEXT: AtomicI64 = AtomicI64::new(1);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        sheets().insert(number, Arc::new(sheet));
        Self { number }
    }

    pub(super) fn number(&self) -> i64 {
        self.number
    }

    /// The sheet again, empty, with the room that it has; none while a statement still holds it.
    pub(super) fn back(self) -> Option<Sheet> {
        let mut sheet = Arc::into_inner(sheets().remove(&self.number)?)?;
        sheet.cells.clear();
        sheet.bytes.clear();
        sheet.bytes.shrink_to(MAX_KEPT);
        Some(sheet)
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        sheets().remove(&self.number);
    }
}

/// Lets statements of this connection ask for given rows.
pub(crate) async fn know_given_rows(connection: &mut SqliteConnection) -> Result<()> {
    let mut handle = connection.lock_handle().await?;
    // SAFETY: the connection is open and locked; the name and the functions live as long as the
    // program, and there is no data of the module to free.
    let made = unsafe {
        ffi::sqlite3_create_module_v2(
            handle.as_raw_handle().as_ptr(),
            C_NAME.as_ptr(),
            &raw const MODULE,
            null_mut(),
            None,
        )
    };
    match made {
        ffi::SQLITE_OK => Ok(()),
        code => Err(BooksError::invalid(format!(
            "SQLite does not take the table of given rows (code {code})"
        ))),
    }
}

/// The functions that SQLite calls; without xCreate the table is there without being made.
static MODULE: ffi::sqlite3_module = ffi::sqlite3_module {
    iVersion: 0,
    xCreate: None,
    xConnect: Some(connect),
    xBestIndex: Some(best_index),
    xDisconnect: Some(disconnect),
    xDestroy: None,
    xOpen: Some(open),
    xClose: Some(close),
    xFilter: Some(filter),
    xNext: Some(next),
    xEof: Some(eof),
    xColumn: Some(cell),
    xRowid: Some(rowid),
    xUpdate: None,
    xBegin: None,
    xSync: None,
    xCommit: None,
    xRollback: None,
    xFindFunction: None,
    xRename: None,
    xSavepoint: None,
    xRelease: None,
    xRollbackTo: None,
    xShadowName: None,
    xIntegrity: None,
};

/// A reader of a sheet. SQLite sees its beginning alone.
#[repr(C)]
struct Cursor {
    base: ffi::sqlite3_vtab_cursor,
    sheet: Option<Arc<Sheet>>,
    row: usize,
}

/// Says the columns: the sheet's number, which a statement gives and does not read, then the cells.
unsafe extern "C" fn connect(
    db: *mut ffi::sqlite3,
    _data: *mut c_void,
    _argc: c_int,
    _argv: *const *const c_char,
    table: *mut *mut ffi::sqlite3_vtab,
    _error: *mut *mut c_char,
) -> c_int {
    let cells: Vec<String> = (0..MAX_COLUMNS).map(column).collect();
    let text = format!("CREATE TABLE {NAME} (sheet HIDDEN, {})\0", cells.join(", "));
    // SAFETY: the text ends with a zero; SQLite reads it within this call.
    let declared = unsafe { ffi::sqlite3_declare_vtab(db, text.as_ptr().cast()) };
    if declared == ffi::SQLITE_OK {
        let made = Box::new(ffi::sqlite3_vtab {
            pModule: null_mut(),
            nRef: 0,
            zErrMsg: null_mut(),
        });
        // SAFETY: SQLite gives a place for the table, which `disconnect` frees.
        unsafe { *table = Box::into_raw(made) };
    }
    declared
}

unsafe extern "C" fn disconnect(table: *mut ffi::sqlite3_vtab) -> c_int {
    // SAFETY: `connect` made it, and SQLite gives it back once.
    drop(unsafe { Box::from_raw(table) });
    ffi::SQLITE_OK
}

/// The one way to read: all rows of a sheet whose number is given.
unsafe extern "C" fn best_index(
    _table: *mut ffi::sqlite3_vtab,
    plan: *mut ffi::sqlite3_index_info,
) -> c_int {
    // SAFETY: SQLite gives a plan whose two lists have the length that it says.
    let plan = unsafe { &mut *plan };
    for n in 0..usize::try_from(plan.nConstraint).unwrap_or(0) {
        // SAFETY: as above.
        let (constraint, usage) = unsafe {
            (
                &*plan.aConstraint.add(n),
                &mut *plan.aConstraintUsage.add(n),
            )
        };
        let equal = c_int::from(constraint.op) == ffi::SQLITE_INDEX_CONSTRAINT_EQ;
        if constraint.iColumn == 0 && equal && constraint.usable != 0 {
            usage.argvIndex = 1;
            usage.omit = 1;
            plan.estimatedCost = 1.0;
            return ffi::SQLITE_OK;
        }
    }
    ffi::SQLITE_CONSTRAINT
}

unsafe extern "C" fn open(
    _table: *mut ffi::sqlite3_vtab,
    cursor: *mut *mut ffi::sqlite3_vtab_cursor,
) -> c_int {
    let made = Box::new(Cursor {
        base: ffi::sqlite3_vtab_cursor { pVtab: null_mut() },
        sheet: None,
        row: 0,
    });
    // SAFETY: SQLite gives a place for the cursor, which `close` frees.
    unsafe { *cursor = Box::into_raw(made).cast() };
    ffi::SQLITE_OK
}

unsafe extern "C" fn close(cursor: *mut ffi::sqlite3_vtab_cursor) -> c_int {
    // SAFETY: `open` made it as a `Cursor`, and SQLite gives it back once.
    drop(unsafe { Box::from_raw(cursor.cast::<Cursor>()) });
    ffi::SQLITE_OK
}

unsafe extern "C" fn filter(
    cursor: *mut ffi::sqlite3_vtab_cursor,
    _plan: c_int,
    _plan_text: *const c_char,
    argc: c_int,
    argv: *mut *mut ffi::sqlite3_value,
) -> c_int {
    if argc != 1 {
        return ffi::SQLITE_ERROR;
    }
    // SAFETY: `open` made the cursor; SQLite gives as many values as it says.
    let (cursor, number) = unsafe {
        (
            &mut *cursor.cast::<Cursor>(),
            ffi::sqlite3_value_int64(*argv),
        )
    };
    cursor.row = 0;
    cursor.sheet = sheets().get(&number).cloned();
    match cursor.sheet {
        Some(_) => ffi::SQLITE_OK,
        None => ffi::SQLITE_ERROR,
    }
}

unsafe extern "C" fn next(cursor: *mut ffi::sqlite3_vtab_cursor) -> c_int {
    // SAFETY: `open` made it.
    unsafe { (*cursor.cast::<Cursor>()).row += 1 };
    ffi::SQLITE_OK
}

unsafe extern "C" fn eof(cursor: *mut ffi::sqlite3_vtab_cursor) -> c_int {
    // SAFETY: `open` made it.
    let cursor = unsafe { &*cursor.cast::<Cursor>() };
    let rows = cursor.sheet.as_ref().map_or(0, |sheet| sheet.rows());
    c_int::from(cursor.row >= rows)
}

unsafe extern "C" fn cell(
    cursor: *mut ffi::sqlite3_vtab_cursor,
    context: *mut ffi::sqlite3_context,
    column: c_int,
) -> c_int {
    // SAFETY: `open` made it.
    let cursor = unsafe { &*cursor.cast::<Cursor>() };
    let (Some(sheet), Ok(column)) = (&cursor.sheet, usize::try_from(column - 1)) else {
        // The sheet's own number is not read.
        return ffi::SQLITE_OK;
    };
    // SAFETY: the context is SQLite's. Texts and blobs are given without a copy: the sheet does
    // not change, and both the cursor and who lent it hold it until the statement is done with
    // the row. What is empty has a place too, as an empty slice is never null.
    unsafe {
        match sheet.cell(cursor.row, column) {
            Cell::Null => ffi::sqlite3_result_null(context),
            Cell::Int(value) => ffi::sqlite3_result_int64(context, value),
            Cell::Text(start, end) => {
                let text = sheet.part(start, end);
                ffi::sqlite3_result_text64(
                    context,
                    text.as_ptr().cast(),
                    text.len() as u64,
                    None,
                    UTF_8,
                );
            }
            Cell::Blob(start, end) => {
                let blob = sheet.part(start, end);
                ffi::sqlite3_result_blob64(context, blob.as_ptr().cast(), blob.len() as u64, None);
            }
        }
    }
    ffi::SQLITE_OK
}

/// SQLITE_UTF8 in the width in which it is asked for.
const UTF_8: c_uchar = 1;

unsafe extern "C" fn rowid(cursor: *mut ffi::sqlite3_vtab_cursor, rowid: *mut i64) -> c_int {
    // SAFETY: `open` made the cursor, SQLite gives a place for the number.
    unsafe { *rowid = i64::try_from((*cursor.cast::<Cursor>()).row).unwrap_or(i64::MAX) };
    ffi::SQLITE_OK
}
