//! The control sheet beside every file: what it holds, how it was selected, and how to prove
//! that it is whole.
//!
//! `FILE.control.json` is for machines and for [`verify`]; `FILE.control.txt` says the same to a
//! person. Amounts are minor units with their currency and, in text, decimals.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cell::{decimal_string, local_string, utc_string};
use crate::error::ExportError;
use crate::excel_file::hash_of;
use crate::sums::{CurrencySums, Totals};

/// Name and version of the control sheet's own form.
pub const CONTROL_VERSION: &str = "meterdesk.control.v1";

/// The largest control sheet that is read, in bytes.
const MAX_CONTROL_BYTES: u64 = 4 * 1024 * 1024;

/// A control sheet, in the order in which it is written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Control {
    /// [`CONTROL_VERSION`].
    pub control: String,
    /// The file beside it.
    pub file: ControlFile,
    /// Rows without headings.
    pub rows: u64,
    /// Sums per currency; never added over currencies.
    pub sums: Vec<ControlSums>,
    /// What was selected.
    pub filter: ControlFilter,
    /// By which date a row belongs to a period.
    pub date_basis: String,
    /// The company's zone (IANA name).
    pub zone: String,
    /// Up to when the books were complete, where they ever were.
    pub as_of: Option<Moment>,
    /// When the file was made.
    pub made_at: Moment,
    /// Per list of Stripe: when it was last read to its end.
    pub lists: Vec<ControlList>,
    /// Objects of the last full load, of any list, that could not be read and are missing; none
    /// where no full load came to its end.
    #[serde(default)]
    pub undecodable_objects: Option<u64>,
    /// The last entry of the ledger at that moment.
    pub ledger_head: Option<LedgerHead>,
    /// The account.
    pub account: ControlAccount,
    /// Name and version of the columns.
    pub columns: String,
    /// The headings, in order.
    pub headings: Vec<String>,
    /// The app's version.
    pub app: String,
    /// What a reader must know: cells that were shortened, lists that are not complete.
    pub notes: Vec<String>,
}

/// The file that a control sheet vouches for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlFile {
    /// Its name, without a folder.
    pub name: String,
    /// `csv` or `xlsx`.
    pub format: String,
    /// Bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// Sheets; 1 for CSV.
    pub sheets: u32,
}

/// A moment as seconds and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// UTC seconds.
    pub unix: i64,
    /// `2026-11-22T15:00:00Z`.
    pub utc: String,
    /// In the company's zone.
    pub local: String,
}

impl Moment {
    /// The moment `at`, in words of `zone`.
    #[must_use]
    pub fn new(at: i64, zone: chrono_tz::Tz) -> Self {
        Self {
            unix: at,
            utc: utc_string(at),
            local: local_string(at, zone),
        }
    }
}

/// What was selected, in words and as data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ControlFilter {
    /// "status is open; currency is EUR".
    pub words: String,
    /// The same, for machines.
    pub data: serde_json::Value,
}

/// A list of Stripe and when it was last read to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlList {
    /// `invoices`.
    pub list: String,
    /// When, where it ever was.
    pub complete_at: Option<Moment>,
    /// The permission that is missing, where Stripe refuses it.
    pub refused: Option<String>,
}

/// The ledger's last entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerHead {
    /// Its place in the chain.
    pub sequence: u64,
    /// Its hash, hexadecimal.
    pub hash: String,
}

/// Whose books these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlAccount {
    /// Stripe's account id.
    pub stripe_account: String,
    /// The company's name.
    pub entity_name: String,
    /// `live`, `test` or `sample`.
    pub mode: String,
}

/// The sums of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlSums {
    /// ISO code; empty for rows without a currency.
    pub currency: String,
    /// Stripe's decimals.
    pub exponent: u8,
    /// What counts, what is apart, what is left out.
    pub groups: Vec<ControlGroup>,
}

/// Rows and sums of one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlGroup {
    /// "invoices", "void invoices, apart", "drafts, left out".
    pub group: String,
    /// Rows.
    pub rows: u64,
    /// Sums.
    pub sums: Vec<ControlAmount>,
}

/// A sum.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlAmount {
    /// `total`.
    pub name: String,
    /// Minor units.
    pub minor: i64,
    /// The same in major units.
    pub decimal: String,
}

impl ControlSums {
    /// The sums of one currency under the names of its groups; groups without rows are left out.
    #[must_use]
    pub fn new(sums: &CurrencySums, buckets: [&str; 3]) -> Self {
        let group = |name: &str, totals: &Totals| ControlGroup {
            group: name.to_owned(),
            rows: totals.rows,
            sums: sums
                .names
                .iter()
                .zip(&totals.minor)
                .map(|(name, minor)| ControlAmount {
                    name: (*name).to_owned(),
                    minor: *minor,
                    decimal: decimal_string(*minor, sums.exponent),
                })
                .collect(),
        };
        let totals = [&sums.counted, &sums.apart, &sums.left_out];
        Self {
            currency: sums.currency.clone(),
            exponent: sums.exponent,
            groups: buckets
                .iter()
                .zip(totals)
                .filter(|(_, totals)| totals.rows > 0)
                .map(|(name, totals)| group(name, totals))
                .collect(),
        }
    }
}

/// Where the two forms of a file's control sheet stand: JSON, text.
#[must_use]
pub fn control_paths(file: &Path) -> (PathBuf, PathBuf) {
    let beside = |ending: &str| {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(ending);
        file.with_file_name(name)
    };
    (beside(".control.json"), beside(".control.txt"))
}

impl Control {
    /// The form for machines.
    pub(crate) fn json(&self) -> Vec<u8> {
        // Plain structs of strings and numbers always serialise.
        let mut json = serde_json::to_vec_pretty(self).unwrap_or_default();
        json.push(b'\n');
        json
    }

    /// The form for people.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a string cannot fail.
        let _ = self.write_text(&mut out);
        out
    }

    fn write_text(&self, out: &mut String) -> std::fmt::Result {
        let account = &self.account;
        writeln!(out, "Control sheet of {}", self.file.name)?;
        writeln!(out)?;
        let words = |moment: &Option<Moment>| match moment {
            Some(moment) => format!("{} ({})", moment.local, moment.utc),
            None => "never".to_owned(),
        };
        let rows: &[(&str, String)] = &[
            ("Company", account.entity_name.clone()),
            (
                "Stripe account",
                format!("{} ({})", account.stripe_account, account.mode),
            ),
            (
                "Columns",
                format!("{}, {} columns", self.columns, self.headings.len()),
            ),
            ("Made by", self.app.clone()),
            ("Made at", words(&Some(self.made_at.clone()))),
            ("Books complete as of", words(&self.as_of)),
            ("Zone", self.zone.clone()),
            ("Selection", self.filter.words.clone()),
            ("Dates", self.date_basis.clone()),
            ("Rows", self.rows.to_string()),
            ("Bytes", self.file.bytes.to_string()),
            ("Sheets", self.file.sheets.to_string()),
            ("SHA-256", self.file.sha256.clone()),
            (
                "Ledger head",
                match &self.ledger_head {
                    Some(head) => format!("entry {}, {}", head.sequence, head.hash),
                    None => "the ledger is empty".to_owned(),
                },
            ),
        ];
        for (label, value) in rows {
            writeln!(out, "{label:<22}{value}")?;
        }
        self.write_sums(out)?;
        writeln!(
            out,
            "\nLists of Stripe and when each was last read to its end"
        )?;
        for list in &self.lists {
            let state = match (&list.refused, &list.complete_at) {
                (Some(slug), _) => format!("refused by Stripe: the key lacks {slug}"),
                (None, Some(moment)) => format!("{} ({})", moment.local, moment.utc),
                (None, None) => "never read to its end".to_owned(),
            };
            writeln!(out, "  {:<20}{state}", list.list)?;
        }
        let unread = match self.undecodable_objects {
            Some(count) => count.to_string(),
            None => "not known".to_owned(),
        };
        writeln!(
            out,
            "\nObjects of Stripe that could not be read at the last full load: {unread}"
        )?;
        for note in &self.notes {
            writeln!(out, "\nNote: {note}")?;
        }
        Ok(())
    }

    fn write_sums(&self, out: &mut String) -> std::fmt::Result {
        for sums in &self.sums {
            let currency = match sums.currency.as_str() {
                "" => "without a currency",
                code => code,
            };
            writeln!(out, "\nSums, {currency}")?;
            for group in &sums.groups {
                writeln!(out, "  {}: {}", group.group, group.rows)?;
                for sum in &group.sums {
                    writeln!(out, "    {:<20}{:>24}", sum.name, sum.decimal)?;
                }
            }
        }
        Ok(())
    }
}

/// What re-hashing a file says about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The file is the one that the control sheet vouches for, byte for byte.
    Holds,
    /// The file is not there.
    Missing,
    /// The file was changed after the export.
    Differs {
        /// Bytes that the control sheet says.
        expected_bytes: u64,
        /// Bytes that were found.
        bytes: u64,
        /// SHA-256 that was found, hexadecimal.
        sha256: String,
    },
}

/// A control sheet and what re-hashing its file says.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// The control sheet.
    pub control: Control,
    /// The file beside it.
    pub file: PathBuf,
    /// Does it hold?
    pub verdict: Verdict,
}

/// Reads a control sheet (`FILE.control.json`) and hashes the file beside it again.
///
/// # Errors
/// The control sheet cannot be read or is none, or the file cannot be read.
pub fn verify(control: &Path) -> Result<Verified, ExportError> {
    let read = |source| ExportError::Read {
        path: control.to_owned(),
        source,
    };
    let refuse = |why: String| ExportError::NotAControlSheet {
        path: control.to_owned(),
        why,
    };
    if std::fs::metadata(control).map_err(read)?.len() > MAX_CONTROL_BYTES {
        return Err(refuse("it is too large".to_owned()));
    }
    let bytes = std::fs::read(control).map_err(read)?;
    let sheet: Control =
        serde_json::from_slice(&bytes).map_err(|error| refuse(error.to_string()))?;
    if sheet.control != CONTROL_VERSION {
        return Err(refuse(format!("its version is {}", sheet.control)));
    }
    let name = Path::new(&sheet.file.name);
    if name.file_name() != Some(name.as_os_str()) {
        return Err(refuse("it names a file in another folder".to_owned()));
    }
    let file = control.with_file_name(name);
    let verdict = match hash_of(&file) {
        Ok((bytes, sha256)) => {
            let sha256 = hex::encode(sha256);
            if bytes == sheet.file.bytes && sha256 == sheet.file.sha256 {
                Verdict::Holds
            } else {
                Verdict::Differs {
                    expected_bytes: sheet.file.bytes,
                    bytes,
                    sha256,
                }
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Verdict::Missing,
        Err(source) => return Err(ExportError::Read { path: file, source }),
    };
    Ok(Verified {
        control: sheet,
        file,
        verdict,
    })
}
