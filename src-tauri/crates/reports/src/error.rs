//! What can go wrong with an export.

use std::path::PathBuf;

/// Why there is no file. Whatever the reason, nothing is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The person stopped it.
    #[error("the export was stopped")]
    Cancelled,
    /// The books could not be read.
    #[error("the books could not be read")]
    Books(#[from] books::BooksError),
    /// The file or its folder could not be written.
    #[error("{path} could not be written: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The control sheet or its file could not be read.
    #[error("{path} could not be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The path names no file.
    #[error("{path} is not the name of a file")]
    NoFileName {
        /// The path.
        path: PathBuf,
    },
    /// The file is no control sheet, or one of a newer version.
    #[error("{path} is not a control sheet that this version reads: {why}")]
    NotAControlSheet {
        /// The file.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The profile has no such export.
    #[error("the profile {profile} has no columns for {kind}")]
    NoSuchProfile {
        /// The profile's name.
        profile: &'static str,
        /// The export's name.
        kind: &'static str,
    },
    /// A sum leaves the range of 64 bits.
    #[error("the sum of {name} in {currency} is larger than can be held exactly")]
    TooLarge {
        /// The sum's name.
        name: &'static str,
        /// ISO code.
        currency: String,
    },
    /// One tenant has more documents than a statement takes.
    #[error("there are more than {limit} documents; choose a later start")]
    TooManyRows {
        /// The most that are taken.
        limit: usize,
    },
    /// The sheet could not be made.
    #[error("the Excel file could not be written")]
    Excel(#[from] rust_xlsxwriter::XlsxError),
    /// The writing thread ended without an answer.
    #[error("the export ended unexpectedly")]
    Ended,
}
