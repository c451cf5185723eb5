//! The doors of this room: an export and a statement out of the books.

use std::path::PathBuf;

use billing::period::{Zone, day_of};
use books::{Books, ExportReader, InvoiceFilter, SnapshotState, TenantFilter, UsageExportFilter};
use chrono::NaiveDate;
use tokio_util::sync::CancellationToken;

use crate::columns::{
    CREDIT_NOTES, CUSTOMERS, DISPUTES, INVOICE_LINES, INVOICES, Layout, PAYMENTS, PAYOUTS, REFUNDS,
    STRIPE_INVOICES, SUBSCRIPTIONS, USAGE_DAYS, USAGE_RECORDS,
};
use crate::context::Context;
use crate::control::{ControlFilter, LedgerHead};
use crate::error::ExportError;
use crate::excel_file::SHEET_ROWS;
use crate::from_books;
use crate::job::{Exported, Format, Job, Progress, SnapshotFacts, Source};
use crate::rows::Record;
use crate::words;

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportKind {
    /// One row an invoice.
    Invoices,
    /// One row a line of an invoice.
    InvoiceLines,
    /// One row a customer.
    Customers,
    /// One row an item of a subscription.
    Subscriptions,
    /// One row a payment attempt.
    Payments,
    /// One row a credit note.
    CreditNotes,
    /// One row a refund.
    Refunds,
    /// One row a dispute.
    Disputes,
    /// One row a payout to the company's bank.
    Payouts,
    /// One row a record of usage.
    Usage,
    /// One row a tenant's day of usage.
    UsageDays,
}

impl ExportKind {
    /// Its stable name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invoices => "invoices",
            Self::InvoiceLines => "invoice-lines",
            Self::Customers => "customers",
            Self::Subscriptions => "subscriptions",
            Self::Payments => "payments",
            Self::CreditNotes => "credit-notes",
            Self::Refunds => "refunds",
            Self::Disputes => "disputes",
            Self::Payouts => "payouts",
            Self::Usage => "usage",
            Self::UsageDays => "usage-days",
        }
    }
}

/// Which columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Profile {
    /// Meterdesk's own.
    #[default]
    Meterdesk,
    /// The headings of Stripe's own invoice export; invoices alone.
    Stripe,
}

/// What to export, as whom and where to.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// What.
    pub kind: ExportKind,
    /// Which columns.
    pub profile: Profile,
    /// CSV or Excel.
    pub format: Format,
    /// The file; its folder must exist. A file of that name is replaced once the new one is whole.
    pub path: PathBuf,
    /// For everything but customers and subscriptions; of payouts, its days alone.
    pub invoices: InvoiceFilter,
    /// For customers and subscriptions.
    pub tenants: TenantFilter,
    /// Whose books, zone, moment.
    pub context: Context,
}

impl ExportRequest {
    /// What is selected, for the control sheet; an error for columns that its kind does not have.
    fn filter(&self) -> Result<ControlFilter, ExportError> {
        if self.profile == Profile::Stripe && self.kind != ExportKind::Invoices {
            return Err(ExportError::NoSuchProfile {
                profile: "stripe",
                kind: self.kind.as_str(),
            });
        }
        Ok(match self.kind {
            ExportKind::Customers | ExportKind::Subscriptions => words::of_tenants(&self.tenants),
            ExportKind::Usage | ExportKind::UsageDays => {
                words::of_usage(&self.invoices, self.context.zone)
            }
            _ => words::of_invoices(&self.invoices, self.context.zone),
        })
    }

    /// The days and the tenant of it, of usage.
    fn usage(&self) -> UsageExportFilter {
        let zone = Zone::parse(self.context.zone.name()).unwrap_or(Zone::UTC);
        let (from, before) = (self.invoices.finalized_from, self.invoices.finalized_before);
        let day = |at: Option<i64>, usual| at.map_or(usual, |at| day_of(at, zone));
        // A filter's days end before an instant: the day after the last one begins there.
        let days = day(from, NaiveDate::MIN)..day(before, NaiveDate::MAX);
        UsageExportFilter {
            days: (from.is_some() || before.is_some()).then_some(days),
            customer: self.invoices.customer.clone(),
        }
    }
}

/// Exports what a filter selects, and a control sheet beside it.
///
/// `progress` is called once a batch. When `cancel` fires, or anything fails, nothing is left
/// behind and a file that had the name before stays as it was.
///
/// # Errors
/// [`ExportError::Cancelled`]; [`ExportError::NoSuchProfile`] for Stripe's headings of anything
/// but invoices; [`ExportError::Write`] with what the operating system says.
pub async fn export(
    books: &Books,
    request: ExportRequest,
    progress: &(dyn Fn(Progress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<Exported, ExportError> {
    let filter = request.filter()?;
    let usage = request.usage();
    let ExportRequest {
        kind,
        profile,
        format,
        path,
        invoices,
        tenants,
        context,
    } = request;
    let now = context.now;
    let run = Run {
        format,
        path,
        context,
        filter,
        progress,
        cancel,
    };
    match kind {
        ExportKind::Invoices if profile == Profile::Stripe => {
            let rows = books.export_invoices_with_charge(&invoices, now).await?;
            run.write(rows, from_books::invoice, &STRIPE_INVOICES).await
        }
        ExportKind::Invoices => {
            let rows = books.export_invoices(&invoices, now).await?;
            run.write(rows, from_books::invoice, &INVOICES).await
        }
        ExportKind::InvoiceLines => {
            let rows = books.export_invoice_lines(&invoices, now).await?;
            run.write(rows, from_books::invoice_lines(), &INVOICE_LINES)
                .await
        }
        ExportKind::Customers => {
            let rows = books.export_customers(&tenants, now).await?;
            run.write(rows, from_books::customer, &CUSTOMERS).await
        }
        ExportKind::Subscriptions => {
            let rows = books.export_subscription_items(&tenants, now).await?;
            run.write(rows, from_books::subscription_item, &SUBSCRIPTIONS)
                .await
        }
        ExportKind::Payments => {
            let rows = books.export_payments(&invoices, now).await?;
            run.write(rows, from_books::payment, &PAYMENTS).await
        }
        ExportKind::CreditNotes => {
            let rows = books.export_credit_notes(&invoices, now).await?;
            run.write(rows, from_books::credit_note, &CREDIT_NOTES)
                .await
        }
        ExportKind::Refunds => {
            let rows = books.export_refunds(&invoices, now).await?;
            run.write(rows, Some, &REFUNDS).await
        }
        ExportKind::Disputes => {
            let rows = books.export_disputes(&invoices, now).await?;
            run.write(rows, Some, &DISPUTES).await
        }
        ExportKind::Payouts => {
            let rows = books.export_payouts(&invoices, now).await?;
            run.write(rows, Some, &PAYOUTS).await
        }
        ExportKind::Usage | ExportKind::UsageDays => run.usage(books, kind, &usage).await,
    }
}

/// What every kind of export shares.
struct Run<'a> {
    format: Format,
    path: PathBuf,
    context: Context,
    filter: ControlFilter,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
    cancel: &'a CancellationToken,
}

/// The sums of records and of days, side by side.
async fn compared(books: &Books, filter: &UsageExportFilter) -> Result<String, ExportError> {
    let comparisons = books.compare_usage(filter).await?;
    let words: Vec<String> = comparisons.iter().map(words::of_comparison).collect();
    Ok(match words.as_slice() {
        [] => "There is no usage of a summed type in this selection.".to_owned(),
        words => words.join(" "),
    })
}

impl Run<'_> {
    /// Usage, with the comparison of its records with its days on the control sheet.
    async fn usage(
        mut self,
        books: &Books,
        kind: ExportKind,
        filter: &UsageExportFilter,
    ) -> Result<Exported, ExportError> {
        let note = compared(books, filter).await?;
        self.context.note = Some(match self.context.note {
            Some(before) => format!("{note}\n\n{before}"),
            None => note,
        });
        if kind == ExportKind::UsageDays {
            let rows = books.export_usage_days(filter).await?;
            return self.write(rows, Some, &USAGE_DAYS).await;
        }
        let rows = books.export_usage_records(filter).await?;
        self.write(rows, Some, &USAGE_RECORDS).await
    }

    async fn write<B: Send, R: Record>(
        self,
        rows: ExportReader<B>,
        convert: impl FnMut(B) -> Option<R> + Send,
        layout: &'static Layout<R>,
    ) -> Result<Exported, ExportError> {
        let job = Job {
            layout,
            form: self.format.as_str(),
            path: self.path,
            context: self.context,
            filter: self.filter,
            facts: facts(rows.state()),
            rows_per_sheet: SHEET_ROWS,
        };
        let source = FromBooks { rows, convert };
        job.run(source, self.format, self.progress, self.cancel)
            .await
    }
}

/// What the snapshot says of itself, for the control sheet.
pub(crate) fn facts(state: &SnapshotState) -> SnapshotFacts {
    SnapshotFacts {
        as_of: whole(state),
        lists: state
            .lists
            .iter()
            .map(|list| (list.list.clone(), list.complete_as_of, list.refused.clone()))
            .collect(),
        undecodable: state.undecodable,
        ledger_head: state.ledger_head.as_ref().map(|head| LedgerHead {
            sequence: u64::try_from(head.sequence).unwrap_or(0),
            hash: hex::encode(head.hash),
        }),
    }
}

/// Up to when every list that may be read was whole; none until each was once.
fn whole(state: &SnapshotState) -> Option<i64> {
    let moments: Option<Vec<i64>> = state
        .lists
        .iter()
        .filter(|list| list.refused.is_none())
        .map(|list| list.complete_as_of)
        .collect();
    moments?.into_iter().min()
}

/// The books' rows as this room's rows.
pub(crate) struct FromBooks<B, F> {
    pub(crate) rows: ExportReader<B>,
    pub(crate) convert: F,
}

impl<B: Send, R: Record, F: FnMut(B) -> Option<R> + Send> Source for FromBooks<B, F> {
    type Row = R;

    fn total(&self) -> u64 {
        self.rows.total()
    }

    async fn next(&mut self) -> Result<Option<Vec<R>>, ExportError> {
        let batch = self.rows.next().await?;
        Ok(batch.map(|rows| rows.into_iter().filter_map(&mut self.convert).collect()))
    }
}
