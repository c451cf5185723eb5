//! Answers about usage that comes in: a file and its mapping, what an import came to, batches, what
//! is kept aside.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, UnixSeconds};

/// What a column, or a text, is mapped to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageMapped {
    /// The place: `tenant`, `type`, `fixed-type`, `quantity`, `time`, `time-format`, `zone`, `key`,
    /// `billable`, `reason`, `corrects`.
    pub name: String,
    /// The column, or the text; of `key` columns with commas.
    pub value: String,
}

/// A place that a column can be mapped to.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageField {
    /// Its name.
    pub name: String,
    /// What it is, in words.
    pub what: String,
}

/// A file of usage as a person first sees it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageFile {
    /// Its columns.
    pub columns: Vec<String>,
    /// The first rows' cells, at most 20.
    pub rows: Vec<Vec<String>>,
    /// The source that it is taken to come from.
    pub source: String,
    /// Which column is what: as remembered of the source, else as proposed.
    pub mapping: Vec<UsageMapped>,
    /// Whether the mapping was remembered.
    pub remembered: bool,
    /// What columns can be mapped to.
    pub fields: Vec<UsageField>,
}

/// How a file is to be imported.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageImportRequest {
    /// The source's name; none: `files`.
    pub source: Option<String>,
    /// Which column is what; places that are not named are as remembered of the source, else as
    /// proposed. An empty value empties a place.
    pub mapping: Vec<UsageMapped>,
    /// Keep it; else it is only said what would come of it.
    pub apply: bool,
    /// Keep what is right where something is wrong.
    pub skip_wrong: bool,
    /// Look at so many rows only; never applied then.
    pub first_rows: Option<Count>,
}

/// What was found in a row.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageFinding {
    /// The line, counted from 1; headings are line 1.
    pub line: Count,
    /// The column; none: the row as a whole.
    pub column: Option<String>,
    /// What stands there, at most 40 letters.
    pub value: String,
    /// A stable name: `bad_number`, `unknown_tenant`, ….
    pub kind: String,
    /// Whether the row is refused; else it is kept aside.
    pub refuses: bool,
    /// What is wrong.
    pub what: String,
    /// What to do.
    pub advice: String,
}

/// How often something was found.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageFindingCount {
    /// A stable name, as in [`UsageFinding`].
    pub kind: String,
    /// Whether such rows are refused; else they are kept aside.
    pub refuses: bool,
    /// What is wrong.
    pub what: String,
    /// How often.
    pub count: Count,
}

/// What an import came to, or would.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageImported {
    /// Whether it was kept.
    pub applied: bool,
    /// The batch, where it was kept.
    pub batch: Option<Count>,
    /// The batch that already holds this file; nothing was looked at then.
    pub same_content_as: Option<Count>,
    /// The source.
    pub source: String,
    /// Which column is what.
    pub mapping: Vec<UsageMapped>,
    /// Rows that were read.
    pub rows: Count,
    /// Records that are new.
    pub records: Count,
    /// Rows that repeat what is held.
    pub repeated: Count,
    /// Rows that are kept aside.
    pub aside: Count,
    /// Rows that were refused.
    pub refused: Count,
    /// Tenants whose usage changed.
    pub tenants: Count,
    /// The first moment of what is new.
    pub first_at: Option<UnixSeconds>,
    /// The last.
    pub last_at: Option<UnixSeconds>,
    /// The first thousand findings, by line.
    pub findings: Vec<UsageFinding>,
    /// All of them, by kind.
    pub finding_counts: Vec<UsageFindingCount>,
    /// SHA-256 of the file.
    pub sha256: String,
    /// What came of it, in a sentence or two.
    pub words: String,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageImportProgress {
    /// Rows that are done.
    pub rows: Count,
}

/// A batch that came in.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageBatchView {
    /// Its number.
    pub batch: Count,
    /// Its source.
    pub source: String,
    /// How that is read: `file`, `http`, `meters`, `postgres`.
    pub source_kind: String,
    /// A file's name, a day.
    pub name: String,
    /// When it came in.
    pub imported_at: UnixSeconds,
    /// Rows that were read.
    pub rows: Count,
    /// Records that it brought.
    pub records: Count,
    /// Rows that repeated what was held.
    pub repeated: Count,
    /// Rows that are kept aside.
    pub aside: Count,
    /// Rows that were refused.
    pub refused: Count,
    /// The first moment of its records.
    pub first_at: Option<UnixSeconds>,
    /// The last.
    pub last_at: Option<UnixSeconds>,
    /// When it was reversed.
    pub reversed_at: Option<UnixSeconds>,
}

/// What a reversal took away.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageReversed {
    /// The batch.
    pub batch: Count,
    /// Records that went.
    pub records: Count,
    /// Rows that were kept aside and went.
    pub aside: Count,
    /// Tenants whose usage changed.
    pub tenants: Count,
    /// Batches of which rows were left out because the books held them already: if those were of
    /// the reversed batch, importing the files again brings them.
    pub left_out_elsewhere: Vec<Count>,
}

/// What is kept aside under one tenant's and one type's name.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageAsideGroup {
    /// The tenant as it was delivered.
    pub tenant: String,
    /// The type as it was delivered.
    pub usage_type: String,
    /// Rows.
    pub rows: Count,
    /// Their sum as a decimal; none where it is too large.
    pub quantity: Option<String>,
    /// The first moment.
    pub first_at: UnixSeconds,
    /// The last.
    pub last_at: UnixSeconds,
    /// Why it is kept aside.
    pub why: String,
}

/// What is kept aside.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageAside {
    /// Rows in all.
    pub rows: Count,
    /// Of which the tenant or the type became known just now, and which count from now on.
    pub taken_in: Count,
    /// By name, those with the most rows first, at most 500.
    pub groups: Vec<UsageAsideGroup>,
}

/// A type of usage.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageTypeView {
    /// Its name.
    pub name: String,
    /// The latest value counts; else it is summed.
    pub level: bool,
}

/// A tenant's use of a day.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsedDay {
    /// The day in the company's zone, `2026-11-22`.
    pub day: String,
    /// What is billed, as a decimal: a flow's sum, a level's last value.
    pub quantity: String,
    /// What is not billed, and stands beside it.
    pub unbillable: String,
    /// Records.
    pub records: Count,
    /// When the last one was.
    pub last_at: UnixSeconds,
}

/// One record.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageRecord {
    /// Its number.
    pub record: Count,
    /// The batch that brought it.
    pub batch: Count,
    /// When.
    pub at: UnixSeconds,
    /// How much, as a decimal.
    pub quantity: String,
    /// Why it is not billed; none: it is.
    pub unbillable: Option<String>,
    /// Whether it corrects another.
    pub corrects: bool,
}
