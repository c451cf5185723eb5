//! Exports for finance: CSV and Excel files with a control sheet, and statements of account; and
//! charts ([`chart`]).
//!
//! Rows stream from one snapshot of the books through a table of columns ([`columns`]) to a file
//! that appears whole or not at all. docs/exports.md describes every column.

pub mod cell;
pub mod chart;
pub mod columns;
mod context;
mod control;
mod csv_file;
mod error;
mod excel_file;
mod export;
mod from_books;
mod job;
mod page;
mod place;
pub mod rows;
pub mod safe;
mod statement;
mod statement_file;
mod sums;
mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod tests;

pub use context::{Context, Mode};
pub use control::{
    CONTROL_VERSION, Control, ControlAccount, ControlAmount, ControlFile, ControlFilter,
    ControlGroup, ControlList, ControlSums, LedgerHead, Moment, Verdict, Verified, control_paths,
    verify,
};
pub use error::ExportError;
pub use export::{ExportKind, ExportRequest, Profile, export};
pub use job::{Exported, Format, Progress, SnapshotFacts};
pub use statement::{Entry, EntryKind, STATEMENT, Tenant, statement as statement_entries};
pub use statement_file::{StatementFormat, StatementRequest, statement_of as statement};
pub use sums::{Bucket, CurrencySums, Totals};
