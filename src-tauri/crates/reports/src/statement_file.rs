//! Writes a tenant's statement of account: as CSV or Excel like every export, or as one page of
//! HTML that prints well and reads nothing from anywhere.

use std::path::PathBuf;

use books::{Books, ExportReader, InvoiceFilter};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::context::Context;
use crate::control::ControlFilter;
use crate::csv_file::Written;
use crate::error::ExportError;
use crate::excel_file::SHEET_ROWS;
use crate::export::{FromBooks, facts};
use crate::from_books;
use crate::job::{Exported, Format, Job, SnapshotFacts, Source};
use crate::page;
use crate::place::draft;
use crate::rows::{CreditNote, Invoice, Payment, Record};
use crate::statement::{Entry, STATEMENT, Tenant, statement};

/// Documents of one tenant that a statement takes; more is an error, never a silent cut.
const MAX_DOCUMENTS: usize = 500_000;
/// Tries to read all documents from one state of the books while a sync writes.
const TRIES: usize = 5;

/// The form of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatementFormat {
    /// Comma-separated values.
    Csv,
    /// Excel.
    Excel,
    /// One page of HTML, to read and print.
    Page,
}

impl StatementFormat {
    /// What the control sheet calls it.
    fn form(self) -> &'static str {
        match self {
            Self::Csv => Format::Csv.as_str(),
            Self::Excel => Format::Excel.as_str(),
            Self::Page => "html",
        }
    }
}

/// Whose statement, from when, where to.
#[derive(Debug, Clone)]
pub struct StatementRequest {
    /// Stripe's customer id.
    pub customer: String,
    /// The form.
    pub format: StatementFormat,
    /// UTC seconds; what came before is the opening balance. None: everything is listed.
    pub from: Option<i64>,
    /// The file.
    pub path: PathBuf,
    /// Whose books, zone, moment: the statement ends with it.
    pub context: Context,
}

/// Writes a tenant's statement of account and its control sheet.
///
/// # Errors
/// As [`crate::export`]; [`ExportError::TooManyRows`] for more than half a million documents.
pub async fn statement_of(
    books: &Books,
    request: StatementRequest,
    cancel: &CancellationToken,
) -> Result<Exported, ExportError> {
    let StatementRequest {
        customer,
        format,
        from,
        path,
        context,
    } = request;
    let documents = documents(books, &customer, &context, cancel).await?;
    let tenant = tenant_of(customer.clone(), &documents);
    let Documents {
        invoices,
        payments,
        credit_notes,
        facts,
    } = documents;
    let entries = statement(
        &tenant,
        &invoices,
        &payments,
        &credit_notes,
        from,
        context.now,
    )
    .ok_or_else(|| ExportError::TooLarge {
        name: "balance",
        currency: String::new(),
    })?;
    let filter = ControlFilter {
        words: match from {
            Some(at) => format!(
                "statement of {customer} from {}",
                crate::cell::local_string(at, context.zone)
            ),
            None => format!("statement of {customer}, all documents"),
        },
        data: json!({ "customer": customer, "from": from, "to": context.now }),
    };
    let job = Job {
        layout: &STATEMENT,
        form: format.form(),
        path,
        context,
        filter,
        facts,
        rows_per_sheet: SHEET_ROWS,
    };
    let listed = Listed(Some(entries));
    match format {
        StatementFormat::Csv => job.run(listed, Format::Csv, &|_| {}, cancel).await,
        StatementFormat::Excel => job.run(listed, Format::Excel, &|_| {}, cancel).await,
        StatementFormat::Page => {
            let entries = listed.0.unwrap_or_default();
            write_page(job, tenant, entries, cancel.clone()).await
        }
    }
}

async fn write_page(
    job: Job<Entry>,
    tenant: Tenant,
    entries: Vec<Entry>,
    cancel: CancellationToken,
) -> Result<Exported, ExportError> {
    let writing = tokio::task::spawn_blocking(move || {
        let page = page::render(&tenant, &entries, &job.context);
        let mut file = draft(&job.path)?;
        std::io::Write::write_all(&mut file, page.as_bytes()).map_err(|source| {
            ExportError::Write {
                path: job.path.clone(),
                source,
            }
        })?;
        let written = Written {
            file,
            bytes: page.len() as u64,
            sha256: Sha256::digest(page.as_bytes()).into(),
            sheets: 1,
            shortened_cells: 0,
        };
        job.keep(written, &entries, &cancel)
    });
    writing.await.map_err(|_ended| ExportError::Ended)?
}

/// Everything that a statement is made of, from one state of the books.
struct Documents {
    invoices: Vec<Invoice>,
    payments: Vec<Payment>,
    credit_notes: Vec<CreditNote>,
    facts: SnapshotFacts,
}

async fn documents(
    books: &Books,
    customer: &str,
    context: &Context,
    cancel: &CancellationToken,
) -> Result<Documents, ExportError> {
    let filter = InvoiceFilter {
        customer: Some(customer.to_owned()),
        ..InvoiceFilter::default()
    };
    let now = context.now;
    let mut tries = 0;
    loop {
        tries += 1;
        let invoices = books.export_invoices(&filter, now).await?;
        let payments = books.export_payments(&filter, now).await?;
        let credit_notes = books.export_credit_notes(&filter, now).await?;
        let version = invoices.state().data_version;
        let same = [
            payments.state().data_version,
            credit_notes.state().data_version,
        ]
        .iter()
        .all(|other| *other == version);
        if !same && tries < TRIES {
            continue;
        }
        let facts = facts(invoices.state());
        return Ok(Documents {
            invoices: all(invoices, from_books::invoice, cancel).await?,
            payments: all(payments, from_books::payment, cancel).await?,
            credit_notes: all(credit_notes, from_books::credit_note, cancel).await?,
            facts,
        });
    }
}

async fn all<B: Send, R: Record>(
    rows: ExportReader<B>,
    convert: fn(B) -> Option<R>,
    cancel: &CancellationToken,
) -> Result<Vec<R>, ExportError> {
    let mut source = FromBooks { rows, convert };
    let mut rows = Vec::new();
    while let Some(batch) = source.next().await? {
        if cancel.is_cancelled() {
            return Err(ExportError::Cancelled);
        }
        rows.extend(batch);
        if rows.len() > MAX_DOCUMENTS {
            return Err(ExportError::TooManyRows {
                limit: MAX_DOCUMENTS,
            });
        }
    }
    Ok(rows)
}

/// The names on the newest document that has them.
fn tenant_of(customer: String, documents: &Documents) -> Tenant {
    let newest = documents.invoices.iter().rev();
    Tenant {
        customer,
        tenant_id: newest.clone().find_map(|invoice| invoice.tenant_id.clone()),
        name: newest
            .clone()
            .find_map(|invoice| invoice.customer_name.clone()),
    }
}

/// Rows that are in memory already.
struct Listed(Option<Vec<Entry>>);

impl Source for Listed {
    type Row = Entry;

    fn total(&self) -> u64 {
        self.0.as_ref().map_or(0, |rows| rows.len() as u64)
    }

    async fn next(&mut self) -> Result<Option<Vec<Entry>>, ExportError> {
        Ok(self.0.take())
    }
}
