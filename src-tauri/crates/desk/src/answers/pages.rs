//! Answers of a tenant's and an invoice's page, and of the palette.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Amount, Count, InvoiceRow, TenantRow, UnixSeconds};

/// A subscription on a tenant's page.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SubscriptionView {
    /// Stripe's id.
    pub id: String,
    /// Stripe's status.
    pub status: String,
    /// "Professional, monthly".
    pub title: String,
    /// One entry an item: "18 seats × $77.00 a month".
    pub items: Vec<String>,
    /// Start of the current period.
    pub period_start: Option<UnixSeconds>,
    /// End of the current period.
    pub period_end: Option<UnixSeconds>,
    /// What comes: "Cancels on …", "Trial ends on …", "Collection paused".
    pub notes: Vec<String>,
    /// Discounts in words: "20 % off for 3 months".
    pub discounts: Vec<String>,
    /// MRR.
    pub mrr: Option<Amount>,
}

/// A payment attempt on a tenant's or an invoice's page.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PaymentView {
    /// The charge's, payment intent's or invoice payment's id.
    pub id: String,
    /// When.
    pub at: UnixSeconds,
    /// `succeeded`, `failed`, `pending`, `canceled`, `out_of_band`.
    pub outcome: String,
    /// The amount tried.
    pub amount: Amount,
    /// The invoice it is for.
    pub invoice: Option<String>,
    /// The invoice's number.
    pub invoice_number: Option<String>,
    /// "Visa •• 4242" where known.
    pub method: Option<String>,
    /// Why it failed, in words; Stripe's code in brackets.
    pub reason: Option<String>,
}

/// A credit note on a tenant's or an invoice's page.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct CreditNoteView {
    /// Stripe's id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Stripe's status.
    pub status: String,
    /// The invoice's id.
    pub invoice: String,
    /// Effective date.
    pub effective_at: UnixSeconds,
    /// Its total.
    pub total: Amount,
    /// The reason Stripe holds.
    pub reason: Option<String>,
    /// The memo.
    pub memo: Option<String>,
}

/// One version of an object, as the history has it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct VersionView {
    /// The version's number in the history.
    pub version: Count,
    /// The object: "Subscription sub_…".
    pub object: String,
    /// When it was first seen.
    pub seen_at: UnixSeconds,
    /// `backfill`, `event`, `webhook`, `action`, `proof`.
    pub source: String,
    /// What changed against the version before, in words: "status active → past_due".
    pub changes: Vec<String>,
}

/// A tenant's page.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// The same figures as in the table.
    pub row: TenantRow,
    /// Phone, address lines, tax exempt, description, as label and value.
    pub details: Vec<(String, String)>,
    /// Metadata.
    pub metadata: Vec<(String, String)>,
    /// Subscriptions, the alive ones first.
    pub subscriptions: Vec<SubscriptionView>,
    /// Payment attempts, newest first, at most 200.
    pub payments: Vec<PaymentView>,
    /// Credit notes, newest first, at most 200.
    pub credit_notes: Vec<CreditNoteView>,
    /// Number of invoices.
    pub invoices: Count,
    /// Versions of the customer and its subscriptions, newest first, at most 200.
    pub versions: Vec<VersionView>,
    /// Open amounts per currency.
    pub open: Vec<Amount>,
    /// Stripe's dashboard, for the customer.
    pub dashboard_url: String,
    /// As of when.
    pub as_of: Option<UnixSeconds>,
}

/// One line of an invoice, in words.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct LineView {
    /// Stripe's id.
    pub id: String,
    /// "5 seats, 12–31 March, prorated".
    pub words: String,
    /// Stripe's own description.
    pub description: Option<String>,
    /// Quantity as Stripe has it.
    pub quantity: Option<String>,
    /// Unit price as an exact decimal of the currency's major unit.
    pub unit_price: Option<String>,
    /// Amount.
    pub amount: Amount,
    /// Prorated?
    pub proration: bool,
    /// Start of the line's period.
    pub period_start: Option<UnixSeconds>,
    /// End of the line's period.
    pub period_end: Option<UnixSeconds>,
}

/// An invoice's page.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Invoice {
    /// The same figures as in the table.
    pub row: InvoiceRow,
    /// Lines, in Stripe's order.
    pub lines: Vec<LineView>,
    /// Subtotal, discounts, tax, total, starting balance, due, paid, remaining: label and amount.
    pub sums: Vec<(String, Amount)>,
    /// Payment attempts, newest first.
    pub payments: Vec<PaymentView>,
    /// Credit notes.
    pub credit_notes: Vec<CreditNoteView>,
    /// What differs from the previous invoice of the same subscription, in words.
    pub differences: Vec<String>,
    /// The previous invoice's id.
    pub previous: Option<String>,
    /// Created, finalised, due, sent, paid, voided …: label and time.
    pub dates: Vec<(String, UnixSeconds)>,
    /// Collection, billing reason, attempts, next attempt: label and value.
    pub details: Vec<(String, String)>,
    /// Versions, newest first, at most 200.
    pub versions: Vec<VersionView>,
    /// Stripe's dashboard, for the invoice.
    pub dashboard_url: String,
    /// As of when.
    pub as_of: Option<UnixSeconds>,
}

/// What a text search finds, for the palette.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// `tenant` or `invoice`.
    pub kind: String,
    /// Stripe's id.
    pub id: String,
    /// Name or number.
    pub title: String,
    /// Second line.
    pub detail: String,
}
