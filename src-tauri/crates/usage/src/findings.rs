//! What is wrong with a row, or noteworthy of it: where, in words, and what to do.

use std::collections::BTreeMap;

use books::UsageProblem;

/// Findings that are named; the others are counted.
pub const MAX_FINDINGS: usize = 1_000;
/// Letters of a value that a finding quotes.
const QUOTED_LETTERS: usize = 40;

/// What was found, under a stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The row is not a row of this format.
    Unreadable,
    /// Another number of cells than the headings.
    WrongColumns,
    /// A cell that is needed is empty.
    Missing,
    /// The quantity is no plain decimal number.
    BadNumber,
    /// More than six decimals.
    TooFine,
    /// More than a thousand million.
    TooLarge,
    /// Below zero, and it names nothing that it corrects.
    Negative,
    /// The time is not in the chosen format.
    BadTime,
    /// The clocks of the zone never showed this time.
    NoSuchTime,
    /// The time lies in the future.
    Future,
    /// The time lies before 2000 or after 2099.
    OutOfRange,
    /// Neither yes nor no.
    BadFlag,
    /// A name or reason that is longer than 120 letters.
    TooLong,
    /// The key belongs to a record that says something else.
    KeyTaken,
    /// What it corrects is not there.
    CorrectsNothing,
    /// What it corrects is another tenant's, or of another type.
    CorrectsAnother,
    /// What it corrects is itself a correction.
    CorrectsCorrection,
    /// A level cannot be corrected so.
    CorrectsLevel,
    /// No tenant of that name is known; kept aside.
    UnknownTenant,
    /// Several tenants have that name; kept aside.
    AmbiguousTenant,
    /// No type of that name is known; kept aside.
    UnknownType,
}

impl Kind {
    /// Its stable name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::WrongColumns => "wrong_columns",
            Self::Missing => "missing",
            Self::BadNumber => "bad_number",
            Self::TooFine => "too_fine",
            Self::TooLarge => "too_large",
            Self::Negative => "negative",
            Self::BadTime => "bad_time",
            Self::NoSuchTime => "no_such_time",
            Self::Future => "future",
            Self::OutOfRange => "out_of_range",
            Self::BadFlag => "bad_flag",
            Self::TooLong => "too_long",
            Self::KeyTaken => "key_taken",
            Self::CorrectsNothing => "corrects_nothing",
            Self::CorrectsAnother => "corrects_another",
            Self::CorrectsCorrection => "corrects_correction",
            Self::CorrectsLevel => "corrects_level",
            Self::UnknownTenant => "unknown_tenant",
            Self::AmbiguousTenant => "ambiguous_tenant",
            Self::UnknownType => "unknown_type",
        }
    }

    /// Whether the row is refused; else it is kept aside.
    #[must_use]
    pub fn refuses(self) -> bool {
        !matches!(
            self,
            Self::UnknownTenant | Self::AmbiguousTenant | Self::UnknownType
        )
    }

    /// What is wrong, in words.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Unreadable => "the row cannot be read",
            Self::WrongColumns => "the row has another number of cells than the headings",
            Self::Missing => "the cell is empty",
            Self::BadNumber => "this is not a number",
            Self::TooFine => "the number has more than six decimals",
            Self::TooLarge => "the number is larger than a thousand million",
            Self::Negative => "the number is below zero, and the row corrects no other",
            Self::BadTime => "this is not a time in the chosen format",
            Self::NoSuchTime => "the clocks of the zone left this time out",
            Self::Future => "the time lies in the future",
            Self::OutOfRange => "the time lies before 2000 or after 2099",
            Self::BadFlag => "this is neither yes nor no",
            Self::TooLong => "the text is longer than 120 letters",
            Self::KeyTaken => "the key belongs to a record with another content",
            Self::CorrectsNothing => "what the row corrects is in neither the books nor this file",
            Self::CorrectsAnother => "what the row corrects is another tenant's or of another type",
            Self::CorrectsCorrection => "what the row corrects is itself a correction",
            Self::CorrectsLevel => "a level is not corrected by a difference",
            Self::UnknownTenant => "no tenant of this name is known",
            Self::AmbiguousTenant => "several tenants have this name",
            Self::UnknownType => "no type of this name is known",
        }
    }

    /// What to do, in words.
    #[must_use]
    pub fn advice(self) -> &'static str {
        match self {
            Self::Unreadable => "correct the row, or choose the file's format",
            Self::WrongColumns => "put cells that hold the separator in quotes",
            Self::Missing => "fill it in, or map another column",
            Self::BadNumber => "write it with a point and without separators, such as 1234.5",
            Self::TooFine => "round it where it is made",
            Self::TooLarge => "look whether the right column is mapped",
            Self::Negative => "map the column that names the record which it corrects",
            Self::BadTime => "choose another format of times",
            Self::NoSuchTime | Self::Future => "choose the zone and the format of the times",
            Self::OutOfRange => "choose another format: seconds and milliseconds are easily mixed",
            Self::BadFlag => "write true or false, yes or no, 1 or 0",
            Self::TooLong => "look whether the right column is mapped",
            Self::KeyTaken => "give each record its own key; a correction names the other's",
            Self::CorrectsNothing => "import what it corrects first",
            Self::CorrectsAnother => "name the record of the same tenant and type",
            Self::CorrectsCorrection => "name the first record",
            Self::CorrectsLevel => "deliver the right value with a later time",
            Self::UnknownTenant => "it is kept aside until the tenant is loaded from Stripe",
            Self::AmbiguousTenant => "it is kept aside; use Stripe's customer id",
            Self::UnknownType => "it is kept aside until a type of this name is added",
        }
    }
}

impl From<UsageProblem> for Kind {
    fn from(problem: UsageProblem) -> Self {
        match problem {
            UsageProblem::KeyTaken => Self::KeyTaken,
            UsageProblem::CorrectsNothing => Self::CorrectsNothing,
            UsageProblem::CorrectsAnother => Self::CorrectsAnother,
            UsageProblem::CorrectsCorrection => Self::CorrectsCorrection,
            UsageProblem::CorrectsLevel => Self::CorrectsLevel,
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The line, counted from 1; headings are line 1.
    pub line: u64,
    /// The column's heading; none: the row as a whole.
    pub column: Option<String>,
    /// What stands there, at most 40 letters of it.
    pub value: String,
    /// What was found.
    pub kind: Kind,
}

/// The findings of a file: the first thousand by name, all by number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Findings {
    /// By line.
    pub named: Vec<Finding>,
    /// How many of each kind.
    pub counts: BTreeMap<Kind, u64>,
}

impl Findings {
    pub(crate) fn add(&mut self, line: u64, column: Option<&str>, value: &[u8], kind: Kind) {
        *self.counts.entry(kind).or_default() += 1;
        if self.named.len() < MAX_FINDINGS {
            self.named.push(Finding {
                line,
                column: column.map(str::to_owned),
                value: quoted(value),
                kind,
            });
        }
    }

    /// Adds what the books found, and orders all by line.
    pub(crate) fn add_problems(&mut self, problems: &[(u64, UsageProblem)], columns: [&str; 2]) {
        for (line, problem) in problems {
            let kind = Kind::from(*problem);
            let column = match kind {
                Kind::KeyTaken => columns[0],
                _ => columns[1],
            };
            *self.counts.entry(kind).or_default() += 1;
            self.named.push(Finding {
                line: *line,
                column: Some(column.to_owned()).filter(|column| !column.is_empty()),
                value: String::new(),
                kind,
            });
        }
        self.named.sort_by_key(|finding| finding.line);
        self.named.truncate(MAX_FINDINGS);
    }

    /// Rows that are refused.
    #[must_use]
    pub fn refused(&self) -> u64 {
        let refusing = self.counts.iter().filter(|(kind, _)| kind.refuses());
        refusing.map(|(_, count)| count).sum()
    }
}

fn quoted(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value.get(..4 * QUOTED_LETTERS).unwrap_or(value));
    text.chars().take(QUOTED_LETTERS).collect()
}
