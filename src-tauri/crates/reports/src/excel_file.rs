//! Writes rows as an Excel workbook in constant memory: rows go to a nameless file in the target
//! folder and are packed at the end.
//!
//! Excel holds every number as an IEEE double. This is the only place where an amount becomes
//! one, at the edge and only for display: an amount or count that a double cannot hold exactly is
//! written as text.

use std::io::{self, BufWriter, Read, Seek, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;
use tokio_util::sync::CancellationToken;

use crate::cell::{Cell, local, write_text};
use crate::columns::Layout;
use crate::context::Context;
use crate::csv_file::Written;
use crate::error::ExportError;
use crate::place;
use crate::rows::Record;
use crate::safe;

/// Rows that a sheet holds, its heading included.
pub(crate) const SHEET_ROWS: u32 = 1_048_576;

/// UTF-16 units that a cell holds.
const CELL_UNITS: usize = 32_767;

/// Significant digits that a double always holds.
const EXACT: u64 = 999_999_999_999_999;

/// An Excel file being written.
pub(crate) struct ExcelFile<R: 'static> {
    layout: &'static Layout<R>,
    file: NamedTempFile,
    workbook: Workbook,
    full: Vec<Worksheet>,
    sheet: Worksheet,
    /// The next row of `sheet`, from 0.
    next_row: u32,
    rows_per_sheet: u32,
    formats: Formats,
    shortened_cells: u64,
    cancel: CancellationToken,
}

struct Formats {
    heading: Format,
    foreign: Format,
    moment: Format,
    day: Format,
    amounts: [Format; 4],
}

impl Formats {
    fn new() -> Self {
        Self {
            heading: Format::new().set_bold(),
            // The mark that Excel itself sets for a leading apostrophe: text, also when edited.
            foreign: Format::new().set_quote_prefix(),
            moment: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
            day: Format::new().set_num_format("yyyy-mm-dd"),
            amounts: ["0", "0.0", "0.00", "0.000"]
                .map(|places| Format::new().set_num_format(places)),
        }
    }
}

impl<R: Record> ExcelFile<R> {
    pub(crate) fn start(
        layout: &'static Layout<R>,
        file: NamedTempFile,
        context: &Context,
        rows_per_sheet: u32,
        cancel: CancellationToken,
    ) -> Result<Self, ExportError> {
        let mut workbook = Workbook::new();
        workbook.set_tempdir(place::folder(file.path()))?;
        // A full sheet of wide rows is more than 4 GiB before it is packed.
        workbook.use_zip_large_file(true);
        let made = ExcelDateTime::from_timestamp(context.now)?;
        workbook.set_properties(
            &DocProperties::new()
                .set_title(layout.name)
                .set_author(format!("Meterdesk {}", context.app_version))
                .set_creation_datetime(&made),
        );
        let formats = Formats::new();
        let sheet = sheet(&mut workbook, layout, 1, &formats)?;
        Ok(Self {
            layout,
            file,
            workbook,
            full: Vec::new(),
            sheet,
            next_row: 1,
            rows_per_sheet: rows_per_sheet.clamp(2, SHEET_ROWS),
            formats,
            shortened_cells: 0,
            cancel,
        })
    }

    pub(crate) fn row(&mut self, row: &R, context: &Context) -> Result<(), ExportError> {
        if self.next_row >= self.rows_per_sheet {
            let number = self.full.len() + 2;
            let next = sheet(&mut self.workbook, self.layout, number, &self.formats)?;
            self.full.push(std::mem::replace(&mut self.sheet, next));
            self.next_row = 1;
        }
        let Self {
            layout,
            sheet,
            formats,
            next_row,
            shortened_cells,
            ..
        } = self;
        let mut column = 0_u16;
        layout.cells(row, context, |cell| {
            *shortened_cells += put(sheet, (*next_row, column), &cell, context, formats)?;
            column += 1;
            Ok::<_, XlsxError>(())
        })?;
        self.next_row += 1;
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Written, ExportError> {
        let sheets = u32::try_from(self.full.len() + 1).unwrap_or(u32::MAX);
        for full in self.full {
            self.workbook.push_worksheet(full);
        }
        self.workbook.push_worksheet(self.sheet);
        let write = |source| ExportError::Write {
            path: self.file.path().to_owned(),
            source,
        };
        let mut out = Cancellable {
            inner: BufWriter::with_capacity(256 * 1024, self.file.as_file()),
            cancel: self.cancel.clone(),
        };
        let saved = self.workbook.save_to_writer(&mut out);
        if self.cancel.is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        saved?;
        out.flush().map_err(write)?;
        drop(out);
        let (bytes, sha256) = hash_of(self.file.path()).map_err(write)?;
        Ok(Written {
            file: self.file,
            bytes,
            sha256,
            sheets,
            shortened_cells: self.shortened_cells,
        })
    }
}

/// The length and the SHA-256 of a file, read in pieces.
pub(crate) fn hash_of(path: &std::path::Path) -> io::Result<(u64, [u8; 32])> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut piece = vec![0_u8; 256 * 1024];
    let mut bytes = 0_u64;
    loop {
        let read = file.read(&mut piece)?;
        if read == 0 {
            return Ok((bytes, hash.finalize().into()));
        }
        hash.update(&piece[..read]);
        bytes += read as u64;
    }
}

fn sheet<R: Record>(
    workbook: &mut Workbook,
    layout: &Layout<R>,
    number: usize,
    formats: &Formats,
) -> Result<Worksheet, XlsxError> {
    let mut sheet = workbook.new_worksheet_with_constant_memory()?;
    let name = match number {
        1 => layout.sheet.to_owned(),
        number => format!("{} ({number})", layout.sheet),
    };
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    for (column, heading) in layout.headings().iter().enumerate() {
        let column = u16::try_from(column).unwrap_or(u16::MAX);
        sheet.write_string_with_format(0, column, heading, &formats.heading)?;
    }
    Ok(sheet)
}

/// Writes one cell; answers how many cells had to be shortened (0 or 1).
fn put(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    cell: &Cell<'_>,
    context: &Context,
    formats: &Formats,
) -> Result<u64, XlsxError> {
    match cell {
        Cell::Empty => return Ok(0),
        Cell::Text(text) => return put_text(sheet, (row, column), text, formats),
        Cell::Bool(value) => sheet.write_boolean(row, column, *value)?,
        Cell::Integer(value) if value.unsigned_abs() <= EXACT => {
            sheet.write_number(row, column, *value as f64)?
        }
        Cell::Decimal { minor, exponent } if minor.unsigned_abs() <= EXACT => {
            let format = &formats.amounts[usize::from(*exponent).min(3)];
            let number = number(cell, context).unwrap_or_default();
            sheet.write_number_with_format(row, column, number, format)?
        }
        Cell::Exact(_) | Cell::Price { .. } => match number(cell, context) {
            Some(number) => sheet.write_number(row, column, number)?,
            None => return put_text(sheet, (row, column), &text(cell, context), formats),
        },
        Cell::Utc(at) | Cell::Plain(at) => match serial(*at) {
            Some(serial) => sheet.write_number_with_format(row, column, serial, &formats.moment)?,
            None => sheet.write_string(row, column, text(cell, context))?,
        },
        Cell::Local(at) | Cell::Day(at) => {
            let wall = local(*at, context.zone).map(|(moment, _)| moment.and_utc().timestamp());
            let day_only = matches!(cell, Cell::Day(_));
            let wall = if day_only {
                wall.map(|at| at - at.rem_euclid(86_400))
            } else {
                wall
            };
            let format = if day_only {
                &formats.day
            } else {
                &formats.moment
            };
            match wall.and_then(serial) {
                Some(serial) => sheet.write_number_with_format(row, column, serial, format)?,
                None => sheet.write_string(row, column, text(cell, context))?,
            }
        }
        Cell::Code(_) | Cell::Integer(_) | Cell::Decimal { .. } => {
            sheet.write_string(row, column, text(cell, context))?
        }
    };
    Ok(0)
}

fn put_text(
    sheet: &mut Worksheet,
    (row, column): (u32, u16),
    text: &str,
    formats: &Formats,
) -> Result<u64, XlsxError> {
    let fitting = shortened(text);
    if safe::is_formula(fitting) {
        sheet.write_string_with_format(row, column, fitting, &formats.foreign)?;
    } else {
        sheet.write_string(row, column, fitting)?;
    }
    Ok(u64::from(fitting.len() < text.len()))
}

/// As much of a text as a cell holds.
fn shortened(text: &str) -> &str {
    // Fewer bytes than units are impossible, so nearly every cell is decided at once.
    if text.len() <= CELL_UNITS {
        return text;
    }
    let mut units = 0;
    for (place, letter) in text.char_indices() {
        units += letter.len_utf16();
        if units > CELL_UNITS {
            return &text[..place];
        }
    }
    text
}

fn text(cell: &Cell<'_>, context: &Context) -> String {
    let mut out = Vec::new();
    write_text(cell, context.zone, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The double nearest to a decimal of at most 15 digits.
fn number(cell: &Cell<'_>, context: &Context) -> Option<f64> {
    let text = text(cell, context);
    if text.bytes().filter(u8::is_ascii_digit).count() > 15 || !is_plain_number(&text) {
        return None;
    }
    text.parse().ok()
}

fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// Excel's day number; none before 1900-03-01, from where its calendar is the real one.
fn serial(at: i64) -> Option<f64> {
    let since = at.checked_add(25_569 * 86_400)?;
    (61 * 86_400..2_958_466 * 86_400)
        .contains(&since)
        .then(|| since as f64 / 86_400.0)
}

/// Stops the packing of a cancelled export, which the library cannot be asked to do.
struct Cancellable<W> {
    inner: W,
    cancel: CancellationToken,
}

impl<W: Write> Write for Cancellable<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.is_cancelled() {
            return Err(io::Error::other("stopped"));
        }
        self.inner.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

impl<W: Seek> Seek for Cancellable<W> {
    fn seek(&mut self, to: io::SeekFrom) -> io::Result<u64> {
        self.inner.seek(to)
    }
}
