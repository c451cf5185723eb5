//! Answers about what leaves: exports, statements; and about the ledger that records it.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Count, InvoiceFilter, InvoiceTotals, TenantFilter, UnixSeconds};

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "kebab-case")]
pub enum ExportKind {
    /// One row an invoice.
    Invoices,
    /// One row an invoice line.
    InvoiceLines,
    /// One row a customer.
    Customers,
    /// One row a subscription item.
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

/// CSV or Excel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum ExportFormat {
    /// RFC 4180, UTF-8.
    #[default]
    Csv,
    /// Office Open XML.
    Xlsx,
}

/// A table for a spreadsheet, or a page for a tenant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "lowercase")]
pub enum StatementFormat {
    /// RFC 4180, UTF-8.
    #[default]
    Csv,
    /// One HTML file that prints on paper.
    Page,
}

/// Which columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ExportProfile {
    /// Meterdesk's own, versioned.
    #[default]
    Meterdesk,
    /// The headings of Stripe's own invoice export; invoices only.
    Stripe,
}

/// What to export. The filters are those of the tables: what is on the screen is exported.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExportRequest {
    /// What.
    pub kind: ExportKind,
    /// CSV or Excel.
    #[serde(default)]
    pub format: ExportFormat,
    /// Which columns.
    #[serde(default)]
    pub profile: ExportProfile,
    /// For invoices, their lines, payments and credit notes.
    #[serde(default)]
    pub invoices: InvoiceFilter,
    /// For customers and subscriptions.
    #[serde(default)]
    pub tenants: TenantFilter,
}

/// What was exported.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Exported {
    /// The file.
    pub path: String,
    /// The control sheet beside it.
    pub control_sheet: String,
    /// Rows without the heading.
    pub rows: Count,
    /// Bytes.
    pub bytes: Count,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Sums per currency that the control sheet carries.
    pub sums: Vec<InvoiceTotals>,
}

/// Progress of an export.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ExportProgress {
    /// Rows written.
    pub rows: Count,
    /// Rows to write.
    pub total: Count,
}

/// The result of `ledger verify`.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LedgerCheck {
    /// Entries that were checked.
    pub entries: Count,
    /// The hash of the last one, hexadecimal.
    pub head: String,
    /// The first entry that does not hold, and why; none: all hold.
    pub broken: Option<String>,
}

/// One entry of the ledger, for the screen.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LedgerRow {
    /// Its place in the chain.
    pub sequence: Count,
    /// When.
    pub at: UnixSeconds,
    /// Who.
    pub author: String,
    /// What, in words.
    pub words: String,
    /// Its hash, hexadecimal.
    pub hash: String,
}
