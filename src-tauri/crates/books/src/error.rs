//! What can go wrong with the books, as cases that a caller can act on.

use std::path::PathBuf;

/// Everything that the books can answer other than success.
#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    /// The key does not open the file (or the file is no book at all: nothing tells them apart).
    #[error("the key does not open these books")]
    WrongKey,
    /// Pages of the file do not hold together.
    #[error("the books' file is damaged: {detail}")]
    Damaged {
        /// SQLite's own words.
        detail: String,
    },
    /// No room left on the disk; nothing of the transaction was kept.
    #[error("the disk is full; nothing was changed")]
    DiskFull,
    /// The file or its folder cannot be written.
    #[error("the books cannot be written at {path}")]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// Another process writes these books.
    #[error("another instance has these books open for writing: {path}")]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer build.
    #[error("these books were written by a newer version (schema {found}, known {known})")]
    Newer {
        /// The file's newest migration.
        found: i64,
        /// The newest migration that this build knows.
        known: i64,
    },
    /// The file needs a migration, which a read-only open never runs.
    #[error("these books need an update first: open them for writing once")]
    Older {
        /// The file's newest migration.
        found: i64,
        /// The newest migration that this build knows.
        known: i64,
    },
    /// There are no books at this path.
    #[error("there are no books at {path}")]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// A file is already there; it is never overwritten.
    #[error("a file is already there: {path}")]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// An object of the other mode arrived; live and test never share a file.
    #[error("object {id} is of the other mode (these books are {})", mode_name(*.expected_live))]
    WrongMode {
        /// True when the books hold live data.
        expected_live: bool,
        /// The object that was refused.
        id: String,
    },
    /// The caller cancelled; nothing of the unfinished step was kept.
    #[error("cancelled")]
    Cancelled,
    /// No object with that id is in the books.
    #[error("unknown id {id}")]
    UnknownId {
        /// The id as given.
        id: String,
    },
    /// A request or a stored value that does not hold to its form.
    #[error("{what}")]
    Invalid {
        /// What is wrong with it.
        what: String,
    },
    /// A backup's header or recovery key that cannot be read.
    #[error("this is no Meterdesk backup: {what}")]
    NoBackup {
        /// What is wrong with it.
        what: String,
    },
    /// A migration failed and was rolled back.
    #[error("a migration failed and was rolled back")]
    Migration(#[source] Box<sqlx::migrate::MigrateError>),
    /// Any other answer of SQLite.
    #[error("the books could not be read or written")]
    Sql(#[source] sqlx::Error),
    /// A file operation outside SQLite.
    #[error("a file operation failed at {path}")]
    Io {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

fn mode_name(live: bool) -> &'static str {
    if live { "live" } else { "test" }
}

/// What the books' functions answer.
pub type Result<T> = std::result::Result<T, BooksError>;

/// SQLite's primary result codes that have a case of their own.
mod code {
    pub const READONLY: i32 = 8;
    pub const INTERRUPT: i32 = 9;
    pub const CORRUPT: i32 = 11;
    pub const FULL: i32 = 13;
    pub const NOT_A_DATABASE: i32 = 26;
}

impl BooksError {
    pub(crate) fn invalid(what: impl Into<String>) -> Self {
        Self::Invalid { what: what.into() }
    }

    pub(crate) fn io(path: &std::path::Path, source: std::io::Error) -> Self {
        match source.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull,
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Self::ReadOnly {
                    path: path.to_path_buf(),
                }
            }
            _ => Self::Io {
                path: path.to_path_buf(),
                source,
            },
        }
    }
}

impl From<sqlx::Error> for BooksError {
    fn from(error: sqlx::Error) -> Self {
        let Some(primary) = primary_code(&error) else {
            return Self::Sql(error);
        };
        match primary {
            code::FULL => Self::DiskFull,
            code::INTERRUPT => Self::Cancelled,
            code::CORRUPT => Self::Damaged {
                detail: error.to_string(),
            },
            code::NOT_A_DATABASE => Self::WrongKey,
            code::READONLY => Self::ReadOnly {
                path: PathBuf::new(),
            },
            _ => Self::Sql(error),
        }
    }
}

/// SQLite's primary result code: the low byte of the extended one.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    let sqlx::Error::Database(database) = error else {
        return None;
    };
    database
        .code()?
        .parse::<i32>()
        .ok()
        .map(|extended| extended & 0xff)
}
