//! Usage that comes in: files through a mapping, batches, reversals, what is kept aside.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use billing::usage::Measure;
use books::{UsageImportMode, WhichTenant};
use tokio_util::sync::CancellationToken;
use usage::{FIELDS, ImportRequest, Mapping, UsageError};

use crate::answers::{
    Count, UnixSeconds, UsageAside, UsageAsideGroup, UsageBatchView, UsageField, UsageFile,
    UsageFinding, UsageFindingCount, UsageImportProgress, UsageImportRequest, UsageImported,
    UsageMapped, UsageRecord, UsageReversed, UsageTypeView, UsedDay,
};
use crate::context::{Inner, Open};
use crate::{Code, Error, OnProgress, Result};

/// The source of files that name none.
const FILES: &str = "files";
/// The source and the file of what the sample company's customers used.
const SAMPLE_SOURCE: &str = "product database";
const SAMPLE_FILE: &str = "usage.csv";

impl Inner {
    /// A file's columns, first rows and mapping.
    pub async fn usage_open(
        self: &Arc<Self>,
        path: &Path,
        source: Option<String>,
    ) -> Result<UsageFile> {
        const WHAT: &str = "The file was not opened";
        let open = self.open().await?;
        let opened = usage::open(&open.books, path).await.map_err(failed(WHAT))?;
        let source = source.unwrap_or_else(|| FILES.to_owned());
        let remembered = remembered(&open, &source, &opened.columns).await?;
        Ok(UsageFile {
            mapping: mapped(remembered.as_ref().unwrap_or(&opened.proposed)),
            remembered: remembered.is_some(),
            columns: opened.columns,
            rows: opened.rows,
            source,
            fields: FIELDS
                .map(|field| UsageField {
                    name: field.name.to_owned(),
                    what: field.what.to_owned(),
                })
                .to_vec(),
        })
    }

    /// Imports a file, or says what would come of it.
    pub async fn usage_import(
        self: &Arc<Self>,
        path: PathBuf,
        request: UsageImportRequest,
        progress: OnProgress<UsageImportProgress>,
        cancel: CancellationToken,
    ) -> Result<UsageImported> {
        let open = self.open().await?;
        self.usage_import_into(&open, path, request, (progress, cancel))
            .await
    }

    async fn usage_import_into(
        self: &Arc<Self>,
        open: &Open,
        path: PathBuf,
        request: UsageImportRequest,
        (progress, cancel): (OnProgress<UsageImportProgress>, CancellationToken),
    ) -> Result<UsageImported> {
        const WHAT: &str = "The usage was not imported";
        open.writable(WHAT)?;
        let _working = self.working();
        let name = request.source.clone().unwrap_or_else(|| FILES.to_owned());
        let opened = usage::open(&open.books, &path)
            .await
            .map_err(failed(WHAT))?;
        let mut mapping = remembered(open, &name, &opened.columns)
            .await?
            .unwrap_or(opened.proposed);
        for UsageMapped { name, value } in &request.mapping {
            let set = mapping.set(name, value);
            set.map_err(|error| failed(WHAT)(error.into()))?;
        }
        let source = open
            .books
            .usage_source(&name, "file")
            .await
            .map_err(books_failed(WHAT))?;
        let (cancel, _watch) = open.cancelled_with(cancel);
        let asked = ImportRequest {
            path,
            source: source.clone(),
            mapping: mapping.clone(),
            mode: match (
                request.apply && request.first_rows.is_none(),
                request.skip_wrong,
            ) {
                (false, _) => UsageImportMode::DryRun,
                (true, false) => UsageImportMode::Whole,
                (true, true) => UsageImportMode::SkipWrong,
            },
            first_rows: request.first_rows.map(|rows| rows.0),
            zone: open.zone(),
            now: self.now(),
            author: self.config.author.clone(),
        };
        let told = move |at: usage::ImportProgress| {
            progress(UsageImportProgress {
                rows: Count(at.rows),
            });
        };
        let imported = usage::import(&open.books, asked, &told, &cancel).await;
        let imported = imported.map_err(failed(WHAT))?;
        if imported.taken.batch.is_some() {
            let remembered = serde_json::to_string(&mapping).unwrap_or_default();
            open.books
                .set_usage_mapping(source.num, &remembered)
                .await
                .map_err(books_failed(WHAT))?;
        }
        Ok(answer(name, &mapping, request.apply, &imported))
    }

    /// Batches, newest first.
    pub async fn usage_batches(
        self: &Arc<Self>,
        before: Option<Count>,
        count: Count,
    ) -> Result<Vec<UsageBatchView>> {
        let open = self.open().await?;
        let before = before.map(|before| signed(before.0));
        let count = u32::try_from(count.0).unwrap_or(u32::MAX);
        let batches = open.books.usage_batches(before, count).await?;
        Ok(batches.into_iter().map(batch_view).collect())
    }

    /// Reverses a batch whole.
    pub async fn usage_reverse(
        self: &Arc<Self>,
        batch: Count,
        cancel: CancellationToken,
    ) -> Result<UsageReversed> {
        const WHAT: &str = "The batch was not reversed";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let _working = self.working();
        let (cancel, _watch) = open.cancelled_with(cancel);
        let who = (self.config.author.as_str(), self.now());
        let reversed = open
            .books
            .reverse_usage_batch(signed(batch.0), who, &cancel)
            .await;
        let reversed = reversed.map_err(|error| match error {
            books::BooksError::UnknownId { id } => Error::new(
                Code::NotFound,
                WHAT,
                format!("There is no batch {id}"),
                "Choose one of the batches that are listed",
            ),
            books::BooksError::Invalid { what } => Error::new(Code::Forbidden, WHAT, what, ""),
            other => books_failed(WHAT)(other),
        })?;
        Ok(UsageReversed {
            batch,
            records: Count(reversed.records),
            aside: Count(reversed.aside),
            tenants: Count(reversed.tenants),
            left_out_elsewhere: reversed.left_out_elsewhere.into_iter().map(count).collect(),
        })
    }

    /// What is kept aside, after what has become known was taken in.
    pub async fn usage_aside(self: &Arc<Self>) -> Result<UsageAside> {
        let open = self.open().await?;
        let taken_in = self.take_in_aside(&open).await?;
        let aside = open.books.usage_aside().await?;
        Ok(UsageAside {
            rows: Count(aside.rows),
            taken_in: Count(taken_in),
            groups: aside.groups.into_iter().map(aside_group).collect(),
        })
    }

    /// Takes in what was kept aside and is known by now.
    pub async fn take_in_aside(&self, open: &Open) -> Result<u64> {
        if open.read_only {
            return Ok(0);
        }
        Ok(open.books.take_in_usage_aside(open.zone()).await?)
    }

    /// What an update brings to usage: what was kept aside and is known now, and once what the
    /// sample company's customers used. A failure is logged, and the next update tries again.
    pub async fn usage_after_update(self: &Arc<Self>, open: &Open, cancel: &CancellationToken) {
        if let Err(error) = self.take_in_aside(open).await {
            tracing::warn!(%error, "usage that was kept aside waits on");
        }
        if let Err(error) = self.fill_sample_usage(open, cancel).await {
            tracing::warn!(%error, "the sample company has no usage yet");
        }
    }

    async fn fill_sample_usage(
        self: &Arc<Self>,
        open: &Open,
        cancel: &CancellationToken,
    ) -> Result<()> {
        const WHAT: &str = "The sample company's usage was not imported";
        let Some(sample) = open.file().sample else {
            return Ok(());
        };
        if open.read_only || !open.books.usage_batches(None, 1).await?.is_empty() {
            return Ok(());
        }
        let folder = tempfile::tempdir_in(&self.config.data_dir)
            .map_err(|error| crate::accounts::io_error(WHAT, &self.config.data_dir, &error))?;
        let path = folder.path().join(SAMPLE_FILE);
        // Made anew rather than asked of the running account: nothing here may wait for what a
        // person does, who may be waiting for this.
        let options = crate::sample::options(sample);
        let out = path.clone();
        let written = tokio::task::spawn_blocking(move || {
            let mut file = std::io::BufWriter::new(std::fs::File::create(&out)?);
            simulator::write_usage(&options, &mut file)?;
            std::io::Write::flush(&mut file)
        });
        let written = written
            .await
            .unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()));
        written.map_err(|error| crate::accounts::io_error(WHAT, &path, &error))?;
        let request = UsageImportRequest {
            source: Some(SAMPLE_SOURCE.to_owned()),
            apply: true,
            ..UsageImportRequest::default()
        };
        let imported =
            self.usage_import_into(open, path, request, (Arc::new(|_| {}), cancel.clone()));
        let imported = imported.await?;
        tracing::info!(
            records = imported.records.0,
            "the sample company's usage is in"
        );
        Ok(())
    }

    /// Every type of usage.
    pub async fn usage_types(self: &Arc<Self>) -> Result<Vec<UsageTypeView>> {
        let open = self.open().await?;
        let types = open.books.usage_types().await?;
        Ok(types.into_iter().map(type_view).collect())
    }

    /// Adds a type of usage; what was kept aside under its name is taken in.
    pub async fn add_usage_type(
        self: &Arc<Self>,
        name: &str,
        level: bool,
    ) -> Result<UsageTypeView> {
        const WHAT: &str = "The type was not added";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let measure = if level { Measure::Level } else { Measure::Flow };
        let added = open.books.add_usage_type(name, measure).await;
        let added = added.map_err(books_failed(WHAT))?;
        self.take_in_aside(&open).await?;
        Ok(type_view(added))
    }

    /// A tenant's use of the last days.
    pub async fn usage_days(
        self: &Arc<Self>,
        customer: &str,
        usage_type: &str,
        days: Count,
    ) -> Result<Vec<UsedDay>> {
        let open = self.open().await?;
        let (customer, kind) = self.usage_place(&open, customer, usage_type).await?;
        let today = billing::period::day_of(self.now(), open.zone());
        let end = today
            .checked_add_days(chrono::Days::new(1))
            .unwrap_or(today);
        let start = end
            .checked_sub_days(chrono::Days::new(days.0))
            .unwrap_or(end);
        let days = open.books.usage_days(customer, kind, start..end).await?;
        Ok(days.into_iter().map(day_view).collect())
    }

    /// The numbers of a tenant and a type.
    async fn usage_place(
        &self,
        open: &Open,
        customer: &str,
        usage_type: &str,
    ) -> Result<(i64, i64)> {
        let not_found = |why: String| {
            Error::new(
                Code::NotFound,
                "The usage was not read",
                why,
                "Choose one that is listed",
            )
        };
        let num = open.books.usage_customer(customer).await?;
        let num = num.ok_or_else(|| not_found(format!("There is no {customer}")))?;
        let types = open.books.usage_types().await?;
        let kind = types.iter().find(|held| held.name == usage_type);
        let kind = kind.ok_or_else(|| not_found(format!("There is no type {usage_type}")))?;
        Ok((num, kind.num))
    }

    /// The records of a tenant's day, by Stripe's customer id, in the order of their time.
    pub async fn usage_records(
        self: &Arc<Self>,
        (customer, usage_type, day): (&str, &str, &str),
        after: Option<(UnixSeconds, Count)>,
        count: Count,
    ) -> Result<Vec<UsageRecord>> {
        const WHAT: &str = "The records were not read";
        let open = self.open().await?;
        let (customer, kind) = self.usage_place(&open, customer, usage_type).await?;
        let day = day.parse().map_err(|_| {
            Error::invalid("day", WHAT, format!("“{day}” is no day")).then("Write 2026-11-22")
        })?;
        let after = after.map(|(at, record)| (at.0, signed(record.0)));
        let count = u32::try_from(count.0).unwrap_or(u32::MAX);
        let place = (customer, kind, day);
        let records = open.books.usage_records(place, after, count).await?;
        Ok(records.into_iter().map(record_view).collect())
    }
}

/// The source's mapping of last time, where its columns are those of this file.
async fn remembered(open: &Open, source: &str, columns: &[String]) -> Result<Option<Mapping>> {
    let sources = open.books.usage_sources().await?;
    let mapping = sources.into_iter().find(|held| held.name == source);
    let mapping = mapping.and_then(|held| held.mapping);
    let mapping: Option<Mapping> = mapping.and_then(|json| serde_json::from_str(&json).ok());
    Ok(mapping.filter(|mapping| mapping.fits(columns)))
}

fn mapped(mapping: &Mapping) -> Vec<UsageMapped> {
    let filled = mapping.filled().into_iter();
    filled
        .map(|(name, value)| UsageMapped {
            name: name.to_owned(),
            value,
        })
        .collect()
}

fn answer(
    source: String,
    mapping: &Mapping,
    apply: bool,
    imported: &usage::Imported,
) -> UsageImported {
    let (taken, findings) = (&imported.taken, &imported.findings);
    let named = findings.named.iter().map(|finding| UsageFinding {
        line: Count(finding.line),
        column: finding.column.clone(),
        value: finding.value.clone(),
        kind: finding.kind.name().to_owned(),
        refuses: finding.kind.refuses(),
        what: finding.kind.what().to_owned(),
        advice: finding.kind.advice().to_owned(),
    });
    let counts = findings
        .counts
        .iter()
        .map(|(kind, count)| UsageFindingCount {
            kind: kind.name().to_owned(),
            refuses: kind.refuses(),
            what: kind.what().to_owned(),
            count: Count(*count),
        });
    UsageImported {
        applied: taken.batch.is_some(),
        batch: taken.batch.map(count),
        same_content_as: taken.same_content_as.map(count),
        source,
        mapping: mapped(mapping),
        rows: Count(taken.rows),
        records: Count(taken.records),
        repeated: Count(taken.repeated),
        aside: Count(taken.aside),
        refused: Count(taken.refused),
        tenants: Count(taken.tenants),
        first_at: taken.span.map(|(first, _)| UnixSeconds(first)),
        last_at: taken.span.map(|(_, last)| UnixSeconds(last)),
        findings: named.collect(),
        finding_counts: counts.collect(),
        sha256: hex::encode(imported.sha256),
        words: words(taken, apply),
    }
}

/// What came of it: "Imported as batch 3: 1,000 records of 12 tenants."
fn words(taken: &books::UsageTaken, apply: bool) -> String {
    if let Some(batch) = taken.same_content_as {
        return format!("This file was imported already, as batch {batch}; nothing was changed.");
    }
    let begin = match (taken.batch, apply) {
        (Some(batch), _) => format!("Imported as batch {batch}"),
        (None, true) if taken.refused > 0 => "Nothing was imported".to_owned(),
        (None, true) => "Nothing new".to_owned(),
        (None, false) => "Nothing was changed. An import would bring".to_owned(),
    };
    let mut words = format!(
        "{begin}: {} new records of {} tenants in {} rows",
        taken.records, taken.tenants, taken.rows
    );
    for (count, what) in [
        (taken.repeated, "are held already"),
        (taken.aside, "are kept aside"),
        (taken.refused, "are refused"),
    ] {
        if count > 0 {
            words.push_str(&format!("; {count} {what}"));
        }
    }
    words.push('.');
    if taken.refused > 0 && taken.batch.is_none() {
        words.push_str(" Correct the file or its mapping, or leave the wrong rows out.");
    }
    words
}

fn batch_view(batch: books::UsageBatch) -> UsageBatchView {
    UsageBatchView {
        batch: count(batch.num),
        source: batch.source,
        source_kind: batch.kind,
        name: batch.name,
        imported_at: UnixSeconds(batch.imported_at),
        rows: count(batch.rows),
        records: count(batch.records),
        repeated: count(batch.repeated),
        aside: count(batch.aside),
        refused: count(batch.refused),
        first_at: batch.first_at.map(UnixSeconds),
        last_at: batch.last_at.map(UnixSeconds),
        reversed_at: batch.reversed_at.map(UnixSeconds),
    }
}

fn aside_group(group: books::UsageAsideGroup) -> UsageAsideGroup {
    let why = match (group.whose, group.type_known) {
        (WhichTenant::Nobody, _) => "No tenant of this name is known",
        (WhichTenant::Several, _) => "Several tenants have this name; use Stripe's customer id",
        (WhichTenant::One(_), false) => "No type of this name is known",
        (WhichTenant::One(_), true) => "It corrects a record that is not there",
    };
    UsageAsideGroup {
        tenant: group.tenant,
        usage_type: group.kind,
        rows: Count(group.rows),
        quantity: group.quantity.map(|quantity| quantity.to_string()),
        first_at: UnixSeconds(group.first_at),
        last_at: UnixSeconds(group.last_at),
        why: why.to_owned(),
    }
}

fn type_view(held: books::UsageType) -> UsageTypeView {
    UsageTypeView {
        name: held.name,
        level: held.measure == Measure::Level,
    }
}

fn day_view(day: books::UsageDay) -> UsedDay {
    UsedDay {
        day: day.day.to_string(),
        quantity: day.quantity.to_string(),
        unbillable: day.unbillable.to_string(),
        records: Count(day.records),
        last_at: UnixSeconds(day.last_at),
    }
}

fn record_view(record: books::UsageRecord) -> UsageRecord {
    UsageRecord {
        record: count(record.num),
        batch: count(record.batch),
        at: UnixSeconds(record.at),
        quantity: record.quantity.to_string(),
        unbillable: record.unbillable,
        corrects: record.corrects,
    }
}

fn count(number: i64) -> Count {
    Count(u64::try_from(number).unwrap_or_default())
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn books_failed(what: &'static str) -> impl Fn(books::BooksError) -> Error {
    move |error| match error {
        books::BooksError::Cancelled => Error::cancelled(what),
        books::BooksError::Invalid { what: why } => Error::invalid("usage", what, why),
        other => {
            let mut error = Error::from(other);
            error.what = what.into();
            error
        }
    }
}

/// A source's error in the words of a finance team.
fn failed(what: &'static str) -> impl Fn(UsageError) -> Error {
    move |error| match error {
        UsageError::Books(error) => books_failed(what)(error),
        UsageError::Cancelled => Error::cancelled(what),
        UsageError::Mapping(error) => {
            let place = error.field().to_owned();
            Error::invalid(&place, what, error.to_string())
                .then("Map the column with its heading, on the command line --map NAME=COLUMN")
        }
        UsageError::Read { path, source } => crate::accounts::io_error(what, &path, &source),
        UsageError::Empty { .. } => Error::invalid("file", what, error.to_string())
            .then("Choose a file of CSV with headings, or of JSON lines"),
        UsageError::RowTooLong { .. } => Error::invalid("file", what, error.to_string())
            .then("Look whether a quote is not closed there"),
        UsageError::Changed { .. } => {
            Error::invalid("file", what, error.to_string()).then("Import it once it is complete")
        }
    }
}
