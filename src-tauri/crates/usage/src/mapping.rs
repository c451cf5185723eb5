//! A mapping: which column of a table is what of a record.

use billing::period::Zone;
use serde::{Deserialize, Serialize};

/// Columns that make a key together, at most.
const MAX_KEY_COLUMNS: usize = 8;

/// How times are written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeFormat {
    /// `2026-11-01T12:30:00Z`, with or without an offset, seconds or the time of day.
    Iso,
    /// Seconds since 1970.
    UnixSeconds,
    /// Milliseconds since 1970.
    UnixMilliseconds,
    /// A pattern such as `%d.%m.%Y %H:%M`.
    Pattern(String),
}

impl TimeFormat {
    /// Reads `iso`, `unix`, `unix-ms`, or a pattern that holds a `%`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "iso" => Self::Iso,
            "unix" => Self::UnixSeconds,
            "unix-ms" => Self::UnixMilliseconds,
            pattern if pattern.contains('%') => Self::Pattern(pattern.to_owned()),
            _ => return None,
        })
    }

    /// The word or the pattern that [`Self::parse`] reads.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Iso => "iso",
            Self::UnixSeconds => "unix",
            Self::UnixMilliseconds => "unix-ms",
            Self::Pattern(pattern) => pattern,
        }
    }
}

/// Which column is what. A column is named by its heading; in JSON lines by the member's name, of
/// an object within by `metadata.tenantId`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// Stripe's customer id, or the product's own.
    pub tenant: Option<String>,
    /// The column of the type's name.
    pub kind: Option<String>,
    /// The type of all rows, in place of a column.
    pub fixed_kind: Option<String>,
    /// How much.
    pub quantity: Option<String>,
    /// When.
    pub time: Option<String>,
    /// How times are written; none: `iso`.
    pub time_format: Option<TimeFormat>,
    /// The zone of times without an offset; none: the company's.
    pub zone: Option<String>,
    /// The columns that tell a record from every other; none: tenant, type, time and quantity.
    pub key: Vec<String>,
    /// Whether it is billed: true or false; empty: it is.
    pub billable: Option<String>,
    /// Why it is not billed. Alone, a reason says that it is not.
    pub reason: Option<String>,
    /// The key of the record that it corrects.
    pub corrects: Option<String>,
}

/// A place in a mapping that a person fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its name in `--map NAME=COLUMN`.
    pub name: &'static str,
    /// What it is.
    pub what: &'static str,
}

/// Every place, in the order in which they are asked for.
pub const FIELDS: [Field; 11] = [
    Field {
        name: "tenant",
        what: "column of Stripe's customer id or the product's own",
    },
    Field {
        name: "type",
        what: "column of the type's name",
    },
    Field {
        name: "fixed-type",
        what: "type of all rows, such as ai_credit",
    },
    Field {
        name: "quantity",
        what: "column of how much",
    },
    Field {
        name: "time",
        what: "column of when",
    },
    Field {
        name: "time-format",
        what: "iso, unix, unix-ms, or a pattern such as %d.%m.%Y",
    },
    Field {
        name: "zone",
        what: "zone of times without an offset, such as Europe/Berlin",
    },
    Field {
        name: "key",
        what: "columns that tell a record from every other, with commas",
    },
    Field {
        name: "billable",
        what: "column of true or false",
    },
    Field {
        name: "reason",
        what: "column of why it is not billed",
    },
    Field {
        name: "corrects",
        what: "column of the key of the record that it corrects",
    },
];

/// Why a mapping does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// No column is mapped to what is needed.
    #[error("no column is mapped to {field}")]
    Missing {
        /// The place's name.
        field: &'static str,
    },
    /// The table has no such column.
    #[error("there is no column “{column}”; there are {columns}")]
    NoSuchColumn {
        /// The place's name.
        field: &'static str,
        /// The column as given.
        column: String,
        /// The columns that there are.
        columns: String,
    },
    /// Two columns have one heading.
    #[error("two columns are called “{column}”")]
    TwoColumns {
        /// The heading.
        column: String,
    },
    /// Not a time zone.
    #[error("“{zone}” is not a time zone")]
    NoSuchZone {
        /// As given.
        zone: String,
    },
    /// Not a format of times.
    #[error("“{format}” is no format of times: iso, unix, unix-ms, or a pattern such as %d.%m.%Y")]
    NoSuchFormat {
        /// As given.
        format: String,
    },
    /// Not the name of a place.
    #[error("“{field}” is nothing that a column can be mapped to; there are {known}")]
    NoSuchField {
        /// As given.
        field: String,
        /// The names that there are.
        known: String,
    },
    /// More columns than a key is made of.
    #[error("a key is made of at most eight columns")]
    LongKey,
}

impl MappingError {
    /// The place that it is about.
    #[must_use]
    pub fn field(&self) -> &str {
        match self {
            Self::Missing { field } | Self::NoSuchColumn { field, .. } => field,
            Self::TwoColumns { .. } => "columns",
            Self::NoSuchZone { .. } => "zone",
            Self::NoSuchFormat { .. } => "time-format",
            Self::NoSuchField { field, .. } => field,
            Self::LongKey => "key",
        }
    }
}

impl Mapping {
    /// Fills the place of that name (see [`FIELDS`]); an empty value empties it.
    ///
    /// # Errors
    /// [`MappingError::NoSuchField`], [`MappingError::NoSuchFormat`].
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), MappingError> {
        let text = Some(value.to_owned()).filter(|value| !value.is_empty());
        match name {
            "tenant" => self.tenant = text,
            "type" => {
                self.kind = text;
                self.fixed_kind = None;
            }
            "fixed-type" => {
                self.fixed_kind = text;
                self.kind = None;
            }
            "quantity" => self.quantity = text,
            "time" => self.time = text,
            "time-format" => {
                self.time_format = match text {
                    None => None,
                    Some(format) => Some(
                        TimeFormat::parse(&format).ok_or(MappingError::NoSuchFormat { format })?,
                    ),
                }
            }
            "zone" => self.zone = text,
            "key" => {
                let columns = value.split(',').map(str::trim);
                self.key = columns
                    .filter(|column| !column.is_empty())
                    .map(str::to_owned)
                    .collect();
            }
            "billable" => self.billable = text,
            "reason" => self.reason = text,
            "corrects" => self.corrects = text,
            other => {
                let known: Vec<&str> = FIELDS.iter().map(|field| field.name).collect();
                return Err(MappingError::NoSuchField {
                    field: other.to_owned(),
                    known: known.join(", "),
                });
            }
        }
        Ok(())
    }

    /// Every place that is filled, by name.
    #[must_use]
    pub fn filled(&self) -> Vec<(&'static str, String)> {
        let key = Some(self.key.join(",")).filter(|key| !key.is_empty());
        let format = self
            .time_format
            .as_ref()
            .map(|format| format.name().to_owned());
        let values = [
            self.tenant.clone(),
            self.kind.clone(),
            self.fixed_kind.clone(),
            self.quantity.clone(),
            self.time.clone(),
            format,
            self.zone.clone(),
            key,
            self.billable.clone(),
            self.reason.clone(),
            self.corrects.clone(),
        ];
        let fields = FIELDS.iter().zip(values);
        fields
            .filter_map(|(field, value)| Some((field.name, value?)))
            .collect()
    }

    /// Whether all of its columns are among `columns`.
    #[must_use]
    pub fn fits(&self, columns: &[String]) -> bool {
        let single = [
            &self.tenant,
            &self.kind,
            &self.quantity,
            &self.time,
            &self.billable,
        ];
        let others = [&self.reason, &self.corrects];
        let mut mapped = single.into_iter().chain(others).flatten().chain(&self.key);
        mapped.all(|column| columns.contains(column))
    }

    /// The places of its columns among `columns`.
    pub(crate) fn places(&self, columns: &[String], company: Zone) -> Result<Places, MappingError> {
        let mut sorted: Vec<&String> = columns.iter().collect();
        sorted.sort_unstable();
        if let Some(two) = sorted.windows(2).find(|two| two[0] == two[1]) {
            return Err(MappingError::TwoColumns {
                column: two[0].clone(),
            });
        }
        let place = |field: &'static str, column: &Option<String>| match column {
            None => Ok(None),
            Some(column) => find(field, column, columns).map(Some),
        };
        let needed = |field: &'static str, column: &Option<String>| {
            place(field, column)?.ok_or(MappingError::Missing { field })
        };
        if self.key.len() > MAX_KEY_COLUMNS {
            return Err(MappingError::LongKey);
        }
        if self.corrects.is_some() && self.key.len() != 1 {
            return Err(MappingError::Missing { field: "key" });
        }
        let kind = place("type", &self.kind)?;
        if kind.is_none() && self.fixed_kind.is_none() {
            return Err(MappingError::Missing { field: "type" });
        }
        let zone = match &self.zone {
            None => company,
            Some(zone) => {
                Zone::parse(zone).map_err(|_| MappingError::NoSuchZone { zone: zone.clone() })?
            }
        };
        let key = self.key.iter().map(|column| find("key", column, columns));
        Ok(Places {
            tenant: needed("tenant", &self.tenant)?,
            kind,
            quantity: needed("quantity", &self.quantity)?,
            time: needed("time", &self.time)?,
            key: key.collect::<Result<_, _>>()?,
            billable: place("billable", &self.billable)?,
            reason: place("reason", &self.reason)?,
            corrects: place("corrects", &self.corrects)?,
            zone,
        })
    }
}

fn find(field: &'static str, column: &str, columns: &[String]) -> Result<usize, MappingError> {
    columns
        .iter()
        .position(|held| held == column)
        .ok_or_else(|| MappingError::NoSuchColumn {
            field,
            column: column.to_owned(),
            columns: shown(columns),
        })
}

/// At most twenty columns, by name.
fn shown(columns: &[String]) -> String {
    let mut text: Vec<&str> = columns.iter().take(20).map(String::as_str).collect();
    if columns.len() > text.len() {
        text.push("…");
    }
    text.join(", ")
}

/// A mapping's columns by their position.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    pub tenant: usize,
    pub kind: Option<usize>,
    pub quantity: usize,
    pub time: usize,
    pub key: Vec<usize>,
    pub billable: Option<usize>,
    pub reason: Option<usize>,
    pub corrects: Option<usize>,
    pub zone: Zone,
}
