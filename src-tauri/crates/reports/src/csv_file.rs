//! Writes rows as CSV: RFC 4180 with CRLF, UTF-8 without a mark, SHA-256 on the way.

use std::io::{self, Write};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::cell::{Cell, write_text};
use crate::columns::Layout;
use crate::context::Context;
use crate::error::ExportError;
use crate::rows::Record;

/// Bytes that are gathered before they go to the file.
const BUFFER_BYTES: usize = 256 * 1024;

/// A CSV file being written.
pub(crate) struct CsvFile<R: 'static> {
    layout: &'static Layout<R>,
    file: Hashed,
    /// Whole rows that are not in the file yet.
    rows: Vec<u8>,
}

/// What a finished file is.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) file: NamedTempFile,
    pub(crate) bytes: u64,
    pub(crate) sha256: [u8; 32],
    pub(crate) sheets: u32,
    /// Cells that the format could not hold whole.
    pub(crate) shortened_cells: u64,
}

impl<R: Record> CsvFile<R> {
    pub(crate) fn start(
        layout: &'static Layout<R>,
        file: NamedTempFile,
    ) -> Result<Self, ExportError> {
        let mut rows = Vec::with_capacity(BUFFER_BYTES * 2);
        for heading in layout.headings() {
            let start = rows.len();
            rows.extend_from_slice(heading.as_bytes());
            quote_where_needed(&mut rows, start);
            rows.push(b',');
        }
        end_row(&mut rows);
        Ok(Self {
            layout,
            file: Hashed::new(file),
            rows,
        })
    }

    pub(crate) fn row(&mut self, row: &R, context: &Context) -> Result<(), ExportError> {
        let rows = &mut self.rows;
        self.layout.cells(row, context, |cell| {
            let start = rows.len();
            write_text(&cell, context.zone, rows);
            // Numbers and times hold nothing that has to be quoted.
            if matches!(
                cell,
                Cell::Text(_) | Cell::Code(_) | Cell::Exact(_) | Cell::Price { .. }
            ) {
                quote_where_needed(rows, start);
            }
            rows.push(b',');
            Ok::<(), ExportError>(())
        })?;
        end_row(rows);
        if self.rows.len() >= BUFFER_BYTES {
            self.write()?;
        }
        Ok(())
    }

    pub(crate) fn finish(mut self) -> Result<Written, ExportError> {
        self.write()?;
        Ok(Written {
            bytes: self.file.bytes,
            sha256: self.file.hash.finalize().into(),
            file: self.file.file,
            sheets: 1,
            shortened_cells: 0,
        })
    }

    fn write(&mut self) -> Result<(), ExportError> {
        let written = self.file.write(&self.rows);
        self.rows.clear();
        written.map_err(|source| ExportError::Write {
            path: self.file.file.path().to_owned(),
            source,
        })
    }
}

/// Puts the cell that begins at `start` in quotes where it holds what would end it.
fn quote_where_needed(rows: &mut Vec<u8>, start: usize) {
    let needs = |byte: &u8| matches!(byte, b',' | b'"' | b'\r' | b'\n');
    let Some(cell) = rows.get(start..).filter(|cell| cell.iter().any(needs)) else {
        return;
    };
    let cell = cell.to_vec();
    rows.truncate(start);
    rows.push(b'"');
    for byte in cell {
        if byte == b'"' {
            rows.push(b'"');
        }
        rows.push(byte);
    }
    rows.push(b'"');
}

/// The comma behind the last cell becomes the row's end.
fn end_row(rows: &mut Vec<u8>) {
    rows.pop();
    rows.extend_from_slice(b"\r\n");
}

/// A file that is hashed and counted as it is written.
struct Hashed {
    file: NamedTempFile,
    hash: Sha256,
    bytes: u64,
}

impl Hashed {
    fn new(file: NamedTempFile) -> Self {
        Self {
            file,
            hash: Sha256::new(),
            bytes: 0,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }
}
