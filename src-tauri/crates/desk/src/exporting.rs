//! Exports and statements: written by `reports`, recorded in the ledger.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::answers::{
    Count, ExportFormat, ExportKind, ExportProfile, ExportProgress, ExportRequest, Exported,
    InvoiceTotals, Mode, StatementFormat,
};
use crate::context::{Inner, Open};
use crate::reading::{amount, invoice_filter, tenant_filter};
use crate::{Error, OnProgress, Result, ledger};

/// How a file that is written now gets into the ledger.
enum Record {
    /// This process writes the ledger.
    Entry,
    /// Another process does: a note of this id tells it.
    Note(String),
    /// Neither can be written: the folder is read-only.
    Nowhere,
}

impl Record {
    fn of(open: &Open) -> Self {
        if !open.read_only {
            return Self::Entry;
        }
        match open.outbox.reserve() {
            Ok(id) => Self::Note(id),
            Err(error) => {
                tracing::warn!(%error, "an export stays without a ledger entry");
                Self::Nowhere
            }
        }
    }

    /// What the control sheet says of it.
    fn words(&self) -> Option<String> {
        match self {
            Self::Entry => None,
            Self::Note(id) => Some(format!(
                "The ledger entry of this file is pending: another Meterdesk process has the books \
                 open and adds it, as note {id}."
            )),
            Self::Nowhere => Some(
                "This file has no ledger entry: the folder of the books cannot be written.".into(),
            ),
        }
    }
}

impl Inner {
    pub async fn export(
        self: &Arc<Self>,
        request: ExportRequest,
        path: PathBuf,
        progress: OnProgress<ExportProgress>,
        cancel: CancellationToken,
    ) -> Result<Exported> {
        let open = self.open().await?;
        let _working = self.working();
        let record = Record::of(&open);
        let zone = open.zone();
        let asked = reports::ExportRequest {
            kind: kind(request.kind),
            profile: match request.profile {
                ExportProfile::Meterdesk => reports::Profile::Meterdesk,
                ExportProfile::Stripe => reports::Profile::Stripe,
            },
            format: match request.format {
                ExportFormat::Csv => reports::Format::Csv,
                ExportFormat::Xlsx => reports::Format::Excel,
            },
            path,
            invoices: invoice_filter(&request.invoices, zone)?,
            tenants: tenant_filter(&request.tenants)?,
            context: self.context(&open, &record).await?,
        };
        let told = move |at: reports::Progress| {
            progress(ExportProgress {
                rows: Count(at.rows),
                total: Count(at.total),
            });
        };
        let (cancel, _watch) = open.cancelled_with(cancel);
        let written = reports::export(&open.books, asked, &told, &cancel).await?;
        let payload = json!({
            "kind": name(request.kind),
            "format": name(request.format),
            "profile": name(request.profile),
            "rows": written.rows,
            "sha256": written.sha256,
            "filters": {
                "invoices": hashed(&request.invoices),
                "tenants": hashed(&request.tenants),
            },
        });
        self.record(&open, record, "export.written", payload)
            .await?;
        Ok(answer(written))
    }

    pub async fn statement(
        self: &Arc<Self>,
        customer: String,
        format: StatementFormat,
        path: PathBuf,
    ) -> Result<Exported> {
        let open = self.open().await?;
        let _working = self.working();
        let record = Record::of(&open);
        let asked = reports::StatementRequest {
            customer: customer.clone(),
            format: match format {
                StatementFormat::Csv => reports::StatementFormat::Csv,
                StatementFormat::Page => reports::StatementFormat::Page,
            },
            from: None,
            path,
            context: self.context(&open, &record).await?,
        };
        let written = reports::statement(&open.books, asked, &open.cancel.child_token()).await?;
        let payload = json!({
            "customer": customer,
            "rows": written.rows,
            "sha256": written.sha256,
        });
        self.record(&open, record, "statement.written", payload)
            .await?;
        Ok(answer(written))
    }

    /// Records what was written: in the ledger, or for the process that writes it.
    async fn record(&self, open: &Open, record: Record, kind: &str, payload: Value) -> Result<()> {
        let (now, author) = (self.now(), &self.config.author);
        match record {
            Record::Entry => ledger::note(open, author, now, kind, payload)
                .await
                .map(|_| ()),
            Record::Note(id) => {
                let (whose, what) = ((now, author.as_str()), (kind, payload));
                open.outbox.write(&open.books, id, whose, what).await
            }
            Record::Nowhere => Ok(()),
        }
    }

    async fn context(self: &Arc<Self>, open: &Open, record: &Record) -> Result<reports::Context> {
        let file = open.file();
        let proven = self.completeness_note(open).await?;
        Ok(reports::Context {
            account: file.stripe_account.clone(),
            entity_name: file.entity().to_owned(),
            mode: match file.mode {
                Mode::Live => reports::Mode::Live,
                Mode::Test => reports::Mode::Test,
                Mode::Sample => reports::Mode::Sample,
            },
            zone: file.zone.parse().unwrap_or(chrono_tz::UTC),
            now: self.now(),
            app_version: env!("CARGO_PKG_VERSION").to_owned(),
            note: Some(match record.words() {
                Some(words) => format!("{words}\n\n{proven}"),
                None => proven,
            }),
        })
    }
}

fn kind(kind: ExportKind) -> reports::ExportKind {
    match kind {
        ExportKind::Invoices => reports::ExportKind::Invoices,
        ExportKind::InvoiceLines => reports::ExportKind::InvoiceLines,
        ExportKind::Customers => reports::ExportKind::Customers,
        ExportKind::Subscriptions => reports::ExportKind::Subscriptions,
        ExportKind::Payments => reports::ExportKind::Payments,
        ExportKind::CreditNotes => reports::ExportKind::CreditNotes,
        ExportKind::Refunds => reports::ExportKind::Refunds,
        ExportKind::Disputes => reports::ExportKind::Disputes,
        ExportKind::Payouts => reports::ExportKind::Payouts,
        ExportKind::Usage => reports::ExportKind::Usage,
        ExportKind::UsageDays => reports::ExportKind::UsageDays,
    }
}

/// The stable name under which a choice is serialised.
fn name<T: serde::Serialize>(choice: T) -> Value {
    serde_json::to_value(choice).unwrap_or_default()
}

/// The hash of a filter. A filter may hold names that were searched for; the ledger holds ids and
/// hashes alone, and the control sheet beside the file says the filter in words.
fn hashed<T: serde::Serialize>(filter: &T) -> String {
    use sha2::Digest as _;
    let text = serde_json::to_vec(filter).unwrap_or_default();
    hex::encode(sha2::Sha256::digest(text))
}

fn answer(written: reports::Exported) -> Exported {
    Exported {
        path: written.path.display().to_string(),
        control_sheet: written.control_text.display().to_string(),
        rows: Count(written.rows),
        bytes: Count(written.bytes),
        sha256: written.sha256,
        sums: written.sums.iter().filter_map(totals).collect(),
    }
}

/// Sums that the control sheet carries, where the rows are invoices.
fn totals(sums: &reports::CurrencySums) -> Option<InvoiceTotals> {
    use reports::Bucket;
    let currency = sums.currency.as_str();
    let sum = |bucket, name| amount(sums.sum(bucket, name).unwrap_or_default(), currency);
    sums.sum(Bucket::Counted, "total")?;
    Some(InvoiceTotals {
        currency: currency.to_ascii_uppercase(),
        invoices: Count(sums.bucket(Bucket::Counted).rows),
        total: sum(Bucket::Counted, "total"),
        paid: sum(Bucket::Counted, "amount_paid"),
        remaining: sum(Bucket::Counted, "amount_remaining"),
        written_off: sum(Bucket::Counted, "written_off"),
        void_invoices: Count(sums.bucket(Bucket::Apart).rows),
        void_total: sum(Bucket::Apart, "total"),
        drafts: Count(sums.bucket(Bucket::LeftOut).rows),
    })
}

impl From<reports::ExportError> for Error {
    fn from(error: reports::ExportError) -> Self {
        use reports::ExportError as E;
        let what = "The file was not written";
        match error {
            E::Cancelled => Self::cancelled(what),
            E::Books(error) => {
                let mut error = Self::from(error);
                error.what = what.into();
                error
            }
            E::Write { path, source } => crate::accounts::io_error(what, &path, &source),
            E::NoFileName { path } => {
                Self::invalid("path", what, format!("{} names no file", path.display()))
                    .then("Choose a folder and a file name")
            }
            E::NoSuchProfile { kind, .. } => Self::invalid(
                "profile",
                what,
                format!("Stripe's headings exist for invoices alone, not for {kind}"),
            )
            .then("Use Meterdesk's own columns"),
            other => Self::new(crate::Code::Failed, what, other.to_string(), "Try again"),
        }
    }
}
