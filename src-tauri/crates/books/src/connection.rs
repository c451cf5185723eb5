//! How a connection to a book is set up: one function, a reason for every pragma.

use std::path::Path;
use std::sync::Once;
use std::time::Duration;

use libsqlite3_sys as ffi;
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use zeroize::Zeroizing;

use crate::key::BooksKey;

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Sync: large transactions whose loss costs a request, never a decision.
    Bulk,
    /// The ledger and intents: on the disk before the answer.
    Durable,
    /// Reads beside a writer of this process.
    Reader,
    /// Reads without ever writing, migrating or creating; the folder may be read-only.
    Visitor {
        /// No other process can write (a read-only folder without a log): read without locks.
        immutable: bool,
    },
}

/// What authenticates each page of a book. A copy that SQLCipher makes needs the same.
pub(crate) const PAGE_AUTHENTICATION: &str = "HMAC_SHA256";

/// SQLite counts the memory of the whole process under one lock, for nobody: every connection
/// would wait there for every other, a reader for a load.
fn count_no_memory() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: takes one number, and is called before any connection is made; where SQLite has
        // begun to work already, it refuses and changes nothing.
        #[expect(unsafe_code, reason = "no library offers this setting")]
        let _ = unsafe { ffi::sqlite3_config(ffi::SQLITE_CONFIG_MEMSTATUS, 0) };
    });
}

/// Options of a connection in `role` to the book at `path`.
pub(crate) fn options(path: &Path, key: &BooksKey, role: Role) -> SqliteConnectOptions {
    // Else the encryption library is torn down at the process's end while the threads of
    // connections that were not closed yet may still use it, which aborts the process.
    openssl_sys::init();
    count_no_memory();
    // The raw key comes first (sqlx sends `key` before any other pragma): SQLCipher must know it
    // before it reads a page, and a raw key spares the key derivation of every connection. Right
    // behind it, before the first page: SQLCipher's own log on standard error is silenced; a
    // wrong key is an error that is answered.
    let key_pragma = Zeroizing::new(format!(
        "\"{}\"; PRAGMA cipher_log_level = NONE",
        key.raw().as_str()
    ));
    let mut options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        // A statement's text may hold a key; no log shall, at any level.
        .disable_statement_logging()
        .pragma("key", key_pragma.as_str().to_owned())
        // What authenticates a page: as strong for this as SHA-512, half as long, and processors
        // compute it in hardware.
        .pragma("cipher_hmac_algorithm", PAGE_AUTHENTICATION)
        // A reader beside the writer waits for a checkpoint's short lock instead of failing.
        .busy_timeout(Duration::from_secs(10))
        // References may arrive in any order (lists load side by side), so the schema has none.
        .foreign_keys(false)
        // Sorts and late indexes must never leave plain pages in a temporary file.
        .pragma("temp_store", "MEMORY")
        // Statements of the hot road: three sizes a table, and the reads.
        .statement_cache_capacity(256)
        .row_buffer_size(512);
    options = match role {
        Role::Bulk => options
            // Readers keep their snapshot while a batch is written.
            .journal_mode(SqliteJournalMode::Wal)
            // A power cut may lose the last batches, which are loaded again; never the file.
            .synchronous(SqliteSynchronous::Normal)
            // 40 MB hold the inner pages of every index of a million invoices.
            .pragma("cache_size", "-40960")
            // Fewer, larger checkpoints: each rewrites the same hot pages once.
            .pragma("wal_autocheckpoint", "20000")
            // A log that grew in a first load shrinks again.
            .pragma("journal_size_limit", "104857600")
            // What the planner knows of the tables follows their growth; it looks at little.
            .optimize_on_close(true, 400),
        Role::Durable => options
            .journal_mode(SqliteJournalMode::Wal)
            // What people decided must survive a power cut: synced before the answer.
            .synchronous(SqliteSynchronous::Full)
            // It touches few pages.
            .pragma("cache_size", "-2048"),
        // No writes: a mistake in a read becomes an error instead of a change.
        Role::Reader => options
            .pragma("query_only", "1")
            .pragma("cache_size", "-12288"),
        Role::Visitor { immutable } => options
            .read_only(true)
            .immutable(immutable)
            .pragma("cache_size", "-12288"),
    };
    options
}
