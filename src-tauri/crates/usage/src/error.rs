//! What can go wrong with a source of usage as a whole, as cases that a caller can act on.

use std::path::{Path, PathBuf};

use books::BooksError;

use crate::mapping::MappingError;

/// Everything that taking in usage can answer other than success.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// The books could not be read or written.
    #[error(transparent)]
    Books(#[from] BooksError),
    /// The mapping does not fit the file.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The file could not be read.
    #[error("{path} could not be read")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file holds no row.
    #[error("{path} holds no rows")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A row that does not end.
    #[error("the row that begins in line {line} is longer than a megabyte")]
    RowTooLong {
        /// The line, counted from 1.
        line: u64,
    },
    /// The file changed while it was read.
    #[error("{path} changed while it was read")]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// The caller stopped it; nothing was kept.
    #[error("cancelled")]
    Cancelled,
}

/// What taking in usage answers.
pub type Result<T> = std::result::Result<T, UsageError>;

impl UsageError {
    pub(crate) fn read(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::Read { path, source }
    }
}
