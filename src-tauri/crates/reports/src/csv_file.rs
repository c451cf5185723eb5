//! Writes rows as CSV: RFC 4180 with CRLF, UTF-8 without a mark, SHA-256 on the way.

use std::io::{self, Write};

use sha2::{Digest, Sha256};
use tempfile::NamedTempFile;

use crate::cell::write_text;
use crate::columns::Layout;
use crate::context::Context;
use crate::error::ExportError;
use crate::rows::Record;

/// Bytes held before they go to the file.
const BUFFER_BYTES: usize = 256 * 1024;

/// A CSV file being written.
pub(crate) struct CsvFile<R: 'static> {
    layout: &'static Layout<R>,
    writer: csv::Writer<Hashed>,
    cell: Vec<u8>,
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
        let hashed = Hashed {
            file,
            hash: Sha256::new(),
            bytes: 0,
        };
        let mut writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .buffer_capacity(BUFFER_BYTES)
            .from_writer(hashed);
        let headings = layout.headings();
        writer
            .write_record(&headings)
            .map_err(|error| failed(&writer, error.into()))?;
        Ok(Self {
            layout,
            writer,
            cell: Vec::with_capacity(256),
        })
    }

    pub(crate) fn row(&mut self, row: &R, context: &Context) -> Result<(), ExportError> {
        let Self {
            layout,
            writer,
            cell,
        } = self;
        let result = layout.cells(row, context, |value| {
            cell.clear();
            write_text(&value, context.zone, cell);
            writer.write_field(&*cell)
        });
        result
            .and_then(|()| writer.write_record(None::<&[u8]>))
            .map_err(|error| failed(writer, error.into()))
    }

    pub(crate) fn finish(mut self) -> Result<Written, ExportError> {
        self.writer
            .flush()
            .map_err(|error| failed(&self.writer, error))?;
        let path = self.writer.get_ref().file.path().to_owned();
        let hashed = self
            .writer
            .into_inner()
            .map_err(|error| ExportError::Write {
                path,
                source: error.into_error(),
            })?;
        Ok(Written {
            bytes: hashed.bytes,
            sha256: hashed.hash.finalize().into(),
            file: hashed.file,
            sheets: 1,
            shortened_cells: 0,
        })
    }
}

fn failed(writer: &csv::Writer<Hashed>, source: io::Error) -> ExportError {
    ExportError::Write {
        path: writer.get_ref().file.path().to_owned(),
        source,
    }
}

/// A file that is hashed and counted as it is written.
struct Hashed {
    file: NamedTempFile,
    hash: Sha256,
    bytes: u64,
}

impl Write for Hashed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
