//! The doors of this room: an export and a statement out of the books.

use std::path::PathBuf;

use books::{Books, ExportReader, InvoiceFilter, SnapshotState, TenantFilter};
use tokio_util::sync::CancellationToken;

use crate::columns::{
    CREDIT_NOTES, CUSTOMERS, DISPUTES, INVOICE_LINES, INVOICES, Layout, PAYMENTS, PAYOUTS, REFUNDS,
    STRIPE_INVOICES, SUBSCRIPTIONS,
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
    let ExportRequest {
        kind,
        profile,
        format,
        path,
        invoices,
        tenants,
        context,
    } = request;
    if profile == Profile::Stripe && kind != ExportKind::Invoices {
        return Err(ExportError::NoSuchProfile {
            profile: "stripe",
            kind: kind.as_str(),
        });
    }
    let now = context.now;
    let filter = match kind {
        ExportKind::Customers | ExportKind::Subscriptions => words::of_tenants(&tenants),
        _ => words::of_invoices(&invoices, context.zone),
    };
    let run = Run {
        format,
        path,
        context,
        filter,
        progress,
        cancel,
    };
    match kind {
        ExportKind::Invoices => {
            let (rows, layout) = match profile {
                Profile::Meterdesk => (books.export_invoices(&invoices, now).await?, &INVOICES),
                Profile::Stripe => {
                    let rows = books.export_invoices_with_charge(&invoices, now).await?;
                    (rows, &STRIPE_INVOICES)
                }
            };
            run.write(rows, from_books::invoice, layout).await
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

impl Run<'_> {
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
