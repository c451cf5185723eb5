//! Usage sources to books: a file's rows through a mapping become records, each checked by itself
//! here and against what is held in the books.

mod error;
mod file;
mod findings;
mod mapping;
mod propose;
mod rows;
mod table;
mod time;

pub use error::{Result, UsageError};
pub use file::{ImportProgress, ImportRequest, Imported, Opened, import, open};
pub use findings::{Finding, Findings, Kind as FindingKind, MAX_FINDINGS};
pub use mapping::{FIELDS, Field, Mapping, MappingError, TimeFormat};
pub use propose::propose;
pub use table::{Format, Table};
