//! Runs one export: rows from a snapshot of the books to a file and its control sheet, in
//! constant memory, on a thread of its own.

use std::path::PathBuf;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::columns::Layout;
use crate::context::Context;
use crate::control::{
    CONTROL_VERSION, Control, ControlAccount, ControlFile, ControlFilter, ControlList, ControlSums,
    LedgerHead, Moment, control_paths,
};
use crate::csv_file::{CsvFile, Written};
use crate::error::ExportError;
use crate::excel_file::{ExcelFile, SHEET_ROWS};
use crate::place::{Placement, draft};
use crate::rows::Record;
use crate::sums::{Adder, CurrencySums};

/// Batches that may wait for the writing thread.
const BATCHES_AHEAD: usize = 4;

/// CSV or Excel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8.
    Csv,
    /// Office Open XML.
    Excel,
}

impl Format {
    /// The file's ending.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Excel => "xlsx",
        }
    }
}

/// Rows written so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Rows written.
    pub rows: u64,
    /// Rows to write.
    pub total: u64,
}

/// What an export made.
#[derive(Debug, Clone)]
pub struct Exported {
    /// The file.
    pub path: PathBuf,
    /// The control sheet for machines, `FILE.control.json`.
    pub control_json: PathBuf,
    /// The control sheet for people, `FILE.control.txt`.
    pub control_text: PathBuf,
    /// Rows without headings.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Sums per currency.
    pub sums: Vec<CurrencySums>,
    /// Everything that the control sheet says.
    pub control: Control,
}

/// What the snapshot says about itself.
#[derive(Debug, Clone, Default)]
pub struct SnapshotFacts {
    /// Up to when all lists were complete.
    pub as_of: Option<i64>,
    /// Per list: name, last complete, missing permission.
    pub lists: Vec<(String, Option<i64>, Option<String>)>,
    /// Objects of the last whole load that could not be read; none where no load said so.
    pub undecodable: Option<u64>,
    /// The ledger's last entry.
    pub ledger_head: Option<LedgerHead>,
}

/// What travels to the writing thread.
enum Batch<R> {
    Rows(Vec<R>),
    /// All rows were sent. Without it no file is put in its place.
    End,
}

/// Where rows come from.
pub(crate) trait Source: Send {
    /// What it yields.
    type Row: Record;

    /// Rows to come, all batches together.
    fn total(&self) -> u64;

    /// The next rows; none at the end.
    fn next(&mut self) -> impl Future<Output = Result<Option<Vec<Self::Row>>, ExportError>> + Send;
}

/// Everything about one export but its rows.
pub(crate) struct Job<R: 'static> {
    pub(crate) layout: &'static Layout<R>,
    /// What the control sheet calls the file: `csv`, `xlsx`, `html`.
    pub(crate) form: &'static str,
    pub(crate) path: PathBuf,
    pub(crate) context: Context,
    pub(crate) filter: ControlFilter,
    pub(crate) facts: SnapshotFacts,
    /// Rows of an Excel sheet, its heading included; smaller in tests.
    pub(crate) rows_per_sheet: u32,
}

impl<R: Record> Job<R> {
    /// Reads, writes and puts the file in its place.
    ///
    /// `progress` is called after each batch, on the caller's task.
    pub(crate) async fn run<S: Source<Row = R>>(
        self,
        mut source: S,
        format: Format,
        progress: &(dyn Fn(Progress) + Send + Sync),
        cancel: &CancellationToken,
    ) -> Result<Exported, ExportError> {
        let total = source.total();
        let stop = cancel.child_token();
        let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
        let writing_stop = stop.clone();
        let writer =
            tokio::task::spawn_blocking(move || self.write(format, receiver, &writing_stop));
        let read = pump(&mut source, sender, total, progress, &stop).await;
        if read.is_err() {
            // The packing of an Excel file stops too.
            stop.cancel();
        }
        let written = writer.await.map_err(|_ended| ExportError::Ended)?;
        match (read, written) {
            // A full disk ends the writer first, and the reader only sees a closed door.
            (Err(ExportError::Ended), Err(written)) => Err(written),
            (Err(read), _) => Err(read),
            (Ok(()), written) => written,
        }
    }

    fn write(
        self,
        format: Format,
        mut rows: mpsc::Receiver<Batch<R>>,
        stop: &CancellationToken,
    ) -> Result<Exported, ExportError> {
        let file = draft(&self.path)?;
        let mut out = match format {
            Format::Csv => Out::Csv(Box::new(CsvFile::start(self.layout, file)?)),
            Format::Excel => {
                let sheet_rows = self.rows_per_sheet.min(SHEET_ROWS);
                let stop = stop.clone();
                let excel = ExcelFile::start(self.layout, file, &self.context, sheet_rows, stop)?;
                Out::Excel(Box::new(excel))
            }
        };
        let mut adder = Adder::new(self.layout);
        let mut count = 0_u64;
        loop {
            let batch = match rows.blocking_recv() {
                Some(Batch::Rows(batch)) if !stop.is_cancelled() => batch,
                Some(Batch::End) => break,
                // A closed channel is no end: the reading failed or was stopped.
                _ => return Err(ExportError::Cancelled),
            };
            for row in &batch {
                out.row(row, &self.context)?;
                adder.add(row)?;
            }
            count += batch.len() as u64;
        }
        let written = out.finish()?;
        self.place(written, count, adder.finish(), stop)
    }

    /// Puts a file that was written otherwise in its place, with its control sheet.
    pub(crate) fn keep(
        self,
        written: Written,
        rows: &[R],
        stop: &CancellationToken,
    ) -> Result<Exported, ExportError> {
        let mut adder = Adder::new(self.layout);
        for row in rows {
            adder.add(row)?;
        }
        self.place(written, rows.len() as u64, adder.finish(), stop)
    }

    fn place(
        self,
        written: Written,
        rows: u64,
        sums: Vec<CurrencySums>,
        stop: &CancellationToken,
    ) -> Result<Exported, ExportError> {
        let control = self.control(&written, rows, &sums);
        let (control_json, control_text) = control_paths(&self.path);
        let mut placement = Placement::default();
        placement.add_bytes(control_json.clone(), &control.json())?;
        placement.add_bytes(control_text.clone(), control.text().as_bytes())?;
        // The file comes last: where it stands, its control sheet stands.
        placement.add(written.file, self.path.clone());
        if stop.is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        placement.put()?;
        Ok(Exported {
            path: self.path,
            control_json,
            control_text,
            rows,
            bytes: written.bytes,
            sha256: hex::encode(written.sha256),
            sums,
            control,
        })
    }

    fn control(&self, written: &Written, rows: u64, sums: &[CurrencySums]) -> Control {
        let Self {
            layout,
            context,
            facts,
            ..
        } = self;
        let moment = |at: i64| Moment::new(at, context.zone);
        Control {
            control: CONTROL_VERSION.to_owned(),
            file: ControlFile {
                name: self
                    .path
                    .file_name()
                    .map(|name| name.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                format: self.form.to_owned(),
                bytes: written.bytes,
                sha256: hex::encode(written.sha256),
                sheets: written.sheets,
            },
            rows,
            sums: sums
                .iter()
                .map(|sums| ControlSums::new(sums, layout.buckets))
                .collect(),
            filter: self.filter.clone(),
            date_basis: layout.date_basis.to_owned(),
            zone: context.zone.name().to_owned(),
            as_of: facts.as_of.map(moment),
            made_at: moment(context.now),
            lists: facts
                .lists
                .iter()
                .map(|(list, complete_at, refused)| ControlList {
                    list: list.clone(),
                    complete_at: complete_at.map(moment),
                    refused: refused.clone(),
                })
                .collect(),
            undecodable_objects: facts.undecodable,
            ledger_head: facts.ledger_head.clone(),
            account: ControlAccount {
                stripe_account: context.account.clone(),
                entity_name: context.entity_name.clone(),
                mode: context.mode.as_str().to_owned(),
            },
            columns: layout.name.to_owned(),
            headings: layout.headings(),
            app: format!("Meterdesk {}", context.app_version),
            notes: self.notes(written),
        }
    }

    fn notes(&self, written: &Written) -> Vec<String> {
        let mut notes: Vec<String> = self.context.note.iter().cloned().collect();
        if self.form == Format::Csv.as_str() {
            notes.push(
                "Text that a spreadsheet would run as a formula has one apostrophe in front."
                    .to_owned(),
            );
        }
        if written.sheets > 1 {
            notes.push(format!(
                "A sheet holds {} rows at most, so the rows continue on {} sheets.",
                self.rows_per_sheet.min(SHEET_ROWS),
                written.sheets
            ));
        }
        if written.shortened_cells > 0 {
            notes.push(format!(
                "{} cells hold more than the 32,767 characters that Excel can take and are cut \
                 there; the CSV file holds them whole.",
                written.shortened_cells
            ));
        }
        notes.extend(self.missing_notes());
        notes
    }

    /// What the books do not hold though Stripe does.
    fn missing_notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let incomplete: Vec<&str> = self
            .facts
            .lists
            .iter()
            .filter(|(_, complete_at, refused)| complete_at.is_none() || refused.is_some())
            .map(|(list, ..)| list.as_str())
            .collect();
        if !incomplete.is_empty() {
            notes.push(format!(
                "These lists of Stripe have never been read to their end: {}. Rows and columns \
                 that come from them may be missing.",
                incomplete.join(", ")
            ));
        }
        if let Some(count @ 1..) = self.facts.undecodable {
            let (objects, were) = match count {
                1 => ("object", "was"),
                _ => ("objects", "were"),
            };
            notes.push(format!(
                "{count} {objects} of Stripe could not be read at the last full load and {were} \
                 left out; the log names them. Rows and sums that they belong to may be missing."
            ));
        }
        notes
    }
}

/// Carries batches from the snapshot to the writing thread.
async fn pump<S: Source>(
    source: &mut S,
    sender: mpsc::Sender<Batch<S::Row>>,
    total: u64,
    progress: &(dyn Fn(Progress) + Send + Sync),
    stop: &CancellationToken,
) -> Result<(), ExportError> {
    let mut rows = 0_u64;
    progress(Progress { rows, total });
    loop {
        let batch = tokio::select! {
            biased;
            () = stop.cancelled() => return Err(ExportError::Cancelled),
            batch = source.next() => batch?,
        };
        let Some(batch) = batch else {
            return sender
                .send(Batch::End)
                .await
                .map_err(|_closed| ExportError::Ended);
        };
        rows += batch.len() as u64;
        tokio::select! {
            biased;
            () = stop.cancelled() => return Err(ExportError::Cancelled),
            sent = sender.send(Batch::Rows(batch)) => sent.map_err(|_closed| ExportError::Ended)?,
        }
        progress(Progress { rows, total });
    }
}

enum Out<R: 'static> {
    Csv(Box<CsvFile<R>>),
    Excel(Box<ExcelFile<R>>),
}

impl<R: Record> Out<R> {
    fn row(&mut self, row: &R, context: &Context) -> Result<(), ExportError> {
        match self {
            Self::Csv(file) => file.row(row, context),
            Self::Excel(file) => file.row(row, context),
        }
    }

    fn finish(self) -> Result<Written, ExportError> {
        match self {
            Self::Csv(file) => file.finish(),
            Self::Excel(file) => file.finish(),
        }
    }
}
