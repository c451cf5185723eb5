//! Rows of cells, read one at a time from CSV or JSON lines of any size.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use csv::ByteRecord;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::{Result, UsageError};
use crate::findings::Kind;

/// Bytes of a row, at most: a quote that is not closed must not take the whole file into memory.
const MAX_ROW_BYTES: u64 = 1 << 20;
/// Bytes that are read at once.
const BUFFER_BYTES: usize = 256 * 1024;
/// Lines whose members become the columns of JSON lines.
const LINES_FOR_COLUMNS: usize = 100;
/// Columns, at most.
const MAX_COLUMNS: usize = 500;

/// How a file is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Cells between separators, headings in the first line.
    Csv {
        /// The separator.
        separator: u8,
    },
    /// One JSON object a line.
    JsonLines,
}

/// A file that is read row by row.
pub struct Table {
    path: PathBuf,
    format: Format,
    columns: Vec<String>,
    source: Source,
}

enum Source {
    Csv {
        reader: Box<csv::Reader<Limited>>,
        record: ByteRecord,
        read: Arc<AtomicU64>,
    },
    Json {
        reader: BufReader<File>,
        line: Vec<u8>,
        number: u64,
        cells: Cells,
        names: Names,
    },
}

/// What a step through a table comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// A row whose cells can be read.
    Row(u64),
    /// A row that is none, and why.
    Fault(u64, Kind),
    /// There is no more.
    End,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Table")
            .field("path", &self.path)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}

impl Table {
    /// Opens a file, tells its format by its first line, and reads its headings.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let format = format_of(path)?;
        let file = File::open(path).map_err(UsageError::read(path))?;
        match format {
            Format::Csv { separator } => Self::csv(path, file, separator),
            Format::JsonLines => Self::json(path, file),
        }
    }

    /// How the file is laid out.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// Its columns.
    #[must_use]
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    fn csv(path: &Path, file: File, separator: u8) -> Result<Self> {
        let read = Arc::new(AtomicU64::new(0));
        let limited = Limited {
            file,
            read: Arc::clone(&read),
        };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .buffer_capacity(BUFFER_BYTES)
            .from_reader(limited);
        let headings = reader
            .byte_headers()
            .map_err(|error| csv_error(path, error, 1))?;
        let columns: Vec<String> = (1_usize..)
            .zip(headings.iter().take(MAX_COLUMNS))
            .map(|(place, heading)| {
                let heading = String::from_utf8_lossy(heading).trim().to_owned();
                if heading.is_empty() {
                    format!("column {place}")
                } else {
                    heading
                }
            })
            .collect();
        Ok(Self {
            path: path.to_path_buf(),
            format: Format::Csv { separator },
            columns,
            source: Source::Csv {
                reader: Box::new(reader),
                record: ByteRecord::new(),
                read,
            },
        })
    }

    fn json(path: &Path, file: File) -> Result<Self> {
        let mut reader = BufReader::with_capacity(BUFFER_BYTES, file);
        let mut columns: Vec<String> = Vec::new();
        let (mut line, mut number) = (Vec::new(), 0);
        while usize::try_from(number).is_ok_and(|read| read < LINES_FOR_COLUMNS)
            && read_line(path, &mut reader, &mut line, &mut number)?
        {
            let object: serde_json::Value = serde_json::from_slice(&line).unwrap_or_default();
            for name in members(&object) {
                if columns.len() < MAX_COLUMNS && !columns.contains(&name) {
                    columns.push(name);
                }
            }
        }
        let names = Names::of(&columns);
        let file = File::open(path).map_err(UsageError::read(path))?;
        Ok(Self {
            path: path.to_path_buf(),
            format: Format::JsonLines,
            source: Source::Json {
                reader: BufReader::with_capacity(BUFFER_BYTES, file),
                line: Vec::new(),
                number: 0,
                cells: Cells::new(columns.len()),
                names,
            },
            columns,
        })
    }

    /// Goes to the next row.
    pub(crate) fn step(&mut self) -> Result<Step> {
        let columns = self.columns.len();
        match &mut self.source {
            Source::Csv {
                reader,
                record,
                read,
            } => {
                read.store(0, Ordering::Relaxed);
                let began = reader.position().line();
                match reader.read_byte_record(record) {
                    Ok(false) => Ok(Step::End),
                    Err(error) => Err(csv_error(&self.path, error, began)),
                    Ok(true) => {
                        let line = record.position().map_or(began, csv::Position::line);
                        Ok(if record.len() == columns {
                            Step::Row(line)
                        } else {
                            Step::Fault(line, Kind::WrongColumns)
                        })
                    }
                }
            }
            Source::Json {
                reader,
                line,
                number,
                cells,
                names,
            } => {
                if !read_line(&self.path, reader, line, number)? {
                    return Ok(Step::End);
                }
                Ok(match cells.read(line, names) {
                    Ok(()) => Step::Row(*number),
                    Err(_) => Step::Fault(*number, Kind::Unreadable),
                })
            }
        }
    }

    /// A cell of the row at hand, without the space around it.
    pub(crate) fn cell(&self, column: usize) -> &[u8] {
        let cell = match &self.source {
            Source::Csv { record, .. } => record.get(column).unwrap_or_default(),
            Source::Json { cells, .. } => cells.get(column),
        };
        cell.trim_ascii()
    }
}

/// Tells a file's format and separator by its first line.
fn format_of(path: &Path) -> Result<Format> {
    let file = File::open(path).map_err(UsageError::read(path))?;
    let mut start = Vec::new();
    file.take(64 * 1024)
        .read_to_end(&mut start)
        .map_err(UsageError::read(path))?;
    let text = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(&start)
        .trim_ascii_start();
    if text.is_empty() {
        return Err(UsageError::Empty {
            path: path.to_path_buf(),
        });
    }
    if text.starts_with(b"{") {
        return Ok(Format::JsonLines);
    }
    let line = text.split(|byte| *byte == b'\n').next().unwrap_or(text);
    let count = |separator: u8| line.iter().filter(|byte| **byte == separator).count();
    let separator = [b',', b';', b'\t', b'|']
        .into_iter()
        .rev()
        .max_by_key(|it| count(*it));
    Ok(Format::Csv {
        separator: separator.unwrap_or(b','),
    })
}

fn csv_error(path: &Path, error: csv::Error, line: u64) -> UsageError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
            UsageError::RowTooLong { line }
        }
        csv::ErrorKind::Io(source) => UsageError::Read {
            path: path.to_path_buf(),
            source,
        },
        // Rows of any length are asked for as bytes, so that nothing else is wrong with one.
        other => UsageError::Read {
            path: path.to_path_buf(),
            source: std::io::Error::other(format!("{other:?}")),
        },
    }
}

/// A file of which so much is read for one row, at most.
struct Limited {
    file: File,
    read: Arc<AtomicU64>,
}

impl Read for Limited {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.file.read(buffer)?;
        let of_this_row = self.read.fetch_add(read as u64, Ordering::Relaxed);
        if of_this_row > MAX_ROW_BYTES {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        Ok(read)
    }
}

/// Reads the next line that is not empty.
fn read_line(
    path: &Path,
    reader: &mut BufReader<File>,
    line: &mut Vec<u8>,
    number: &mut u64,
) -> Result<bool> {
    loop {
        line.clear();
        let read = reader
            .by_ref()
            .take(MAX_ROW_BYTES + 1)
            .read_until(b'\n', line)
            .map_err(UsageError::read(path))?;
        if read == 0 {
            return Ok(false);
        }
        *number += 1;
        if line.len() as u64 > MAX_ROW_BYTES {
            return Err(UsageError::RowTooLong { line: *number });
        }
        if *number == 1 && line.starts_with(b"\xef\xbb\xbf") {
            line.drain(..3);
        }
        if !line.trim_ascii().is_empty() {
            return Ok(true);
        }
    }
}

/// The names of an object's members; of objects within it `outer.inner`.
fn members(object: &serde_json::Value) -> Vec<String> {
    let Some(object) = object.as_object() else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for (name, value) in object {
        match value.as_object() {
            None => names.push(name.clone()),
            Some(inner) => names.extend(inner.keys().map(|key| format!("{name}.{key}"))),
        }
    }
    names
}

/// Which member is which column.
struct Names {
    columns: HashMap<String, usize>,
    inner: HashMap<String, HashMap<String, usize>>,
}

impl Names {
    fn of(columns: &[String]) -> Self {
        let mut inner: HashMap<String, HashMap<String, usize>> = HashMap::new();
        for (place, column) in columns.iter().enumerate() {
            if let Some((outer, name)) = column.split_once('.') {
                inner
                    .entry(outer.to_owned())
                    .or_default()
                    .insert(name.to_owned(), place);
            }
        }
        let places = columns.iter().cloned().zip(0..);
        Self {
            columns: places.collect(),
            inner,
        }
    }
}

/// The cells of one JSON object.
struct Cells {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

impl Cells {
    fn new(columns: usize) -> Self {
        Self {
            bytes: Vec::new(),
            places: vec![0..0; columns],
        }
    }

    fn get(&self, column: usize) -> &[u8] {
        let place = self.places.get(column).cloned().unwrap_or_default();
        self.bytes.get(place).unwrap_or_default()
    }

    fn read(&mut self, line: &[u8], names: &Names) -> serde_json::Result<()> {
        self.bytes.clear();
        self.places.fill(0..0);
        let mut json = serde_json::Deserializer::from_slice(line);
        Members {
            columns: &names.columns,
            inner: Some(&names.inner),
            cells: self,
        }
        .deserialize(&mut json)?;
        json.end()
    }

    fn put(&mut self, column: usize, value: &RawValue) {
        let start = self.bytes.len();
        let text = value.get();
        match text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
        {
            Some(plain) if !plain.contains('\\') => self.bytes.extend_from_slice(plain.as_bytes()),
            Some(_) => {
                let text: String = serde_json::from_str(text).unwrap_or_default();
                self.bytes.extend_from_slice(text.as_bytes());
            }
            None if text == "null" => {}
            None => self.bytes.extend_from_slice(text.as_bytes()),
        }
        if let Some(place) = self.places.get_mut(column) {
            *place = start..self.bytes.len();
        }
    }
}

/// Puts the members of an object that are columns into cells.
struct Members<'a> {
    columns: &'a HashMap<String, usize>,
    /// Objects within it whose members are columns.
    inner: Option<&'a HashMap<String, HashMap<String, usize>>>,
    cells: &'a mut Cells,
}

impl<'de> DeserializeSeed<'de> for Members<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Members<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> std::result::Result<(), A::Error> {
        while let Some(member) = map.next_key_seed(Name(&self))? {
            match member {
                Member::Column(column) => {
                    let value: &RawValue = map.next_value()?;
                    self.cells.put(column, value);
                }
                Member::Inner(column, columns) => {
                    let value: &RawValue = map.next_value()?;
                    if !value.get().starts_with('{') {
                        if let Some(column) = column {
                            self.cells.put(column, value);
                        }
                        continue;
                    }
                    let mut json = serde_json::Deserializer::from_str(value.get());
                    let inner = Members {
                        columns,
                        inner: None,
                        cells: &mut *self.cells,
                    };
                    inner
                        .deserialize(&mut json)
                        .map_err(serde::de::Error::custom)?;
                }
                Member::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// What a member is to a table.
enum Member<'a> {
    Column(usize),
    /// Its members are columns where it is an object; else it may be one itself.
    Inner(Option<usize>, &'a HashMap<String, usize>),
    Other,
}

/// Looks a member's name up without keeping it.
struct Name<'a, 'm>(&'m Members<'a>);

impl<'de, 'a> DeserializeSeed<'de> for Name<'a, '_> {
    type Value = Member<'a>;

    fn deserialize<D: Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> std::result::Result<Member<'a>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'a> Visitor<'_> for Name<'a, '_> {
    type Value = Member<'a>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> std::result::Result<Member<'a>, E> {
        let Members { columns, inner, .. } = self.0;
        let column = columns.get(name).copied();
        Ok(match (inner.and_then(|inner| inner.get(name)), column) {
            (Some(inner), column) => Member::Inner(column, inner),
            (None, Some(column)) => Member::Column(column),
            (None, None) => Member::Other,
        })
    }
}
