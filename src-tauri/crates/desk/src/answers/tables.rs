//! Answers of the tables: filters, columns, rows, totals.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Amount, Count, Minor, UnixSeconds};

/// Ascending or descending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// Columns by which tenants can be sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TenantSort {
    /// By name, without regard to case.
    #[default]
    Name,
    /// By plan.
    Plan,
    /// By seats.
    Seats,
    /// By MRR, within currencies.
    Mrr,
    /// By account balance, within currencies.
    Balance,
    /// By what is past due, within currencies.
    PastDue,
    /// By when the customer was created.
    Created,
}

/// Which tenants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct TenantFilter {
    /// Words in name, e-mail, ids (FTS5).
    pub text: String,
    /// Product names.
    pub plans: Vec<String>,
    /// Stripe's subscription statuses, or `none`; and `trial_ending` (within seven days),
    /// `cancelling` (a living subscription is canceled for a later day).
    pub statuses: Vec<String>,
    /// ISO codes, upper case.
    pub currencies: Vec<String>,
    /// Only those with something past due.
    pub past_due: bool,
    /// Show deleted customers too.
    pub include_deleted: bool,
}

/// One row of the tenants' table.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TenantRow {
    /// Stripe's id.
    pub id: String,
    /// The name, else the e-mail, else the id.
    pub name: String,
    /// The product's own id (`metadata.tenantId`).
    pub tenant_id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// The product's name; several are joined by ", ".
    pub plan: Option<String>,
    /// Quantity of the licensed items; none: no subscription.
    pub seats: Option<Count>,
    /// The most alive subscription's status.
    pub status: Option<String>,
    /// Monthly recurring revenue; none: no currency known.
    pub mrr: Option<Amount>,
    /// Account credit (negative at Stripe is credit; here as Stripe has it).
    pub balance: Option<Amount>,
    /// Open invoices past their due date, or whose payment failed; in the tenant's currency where
    /// it owes in that, else in the one that it owes most in.
    pub past_due: Option<Amount>,
    /// In how many other currencies something is past due too.
    pub past_due_other_currencies: Count,
    /// When Stripe created the customer.
    pub created: UnixSeconds,
    /// Deleted at Stripe.
    pub deleted: bool,
}

/// A window of a table, by rank.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TenantPage {
    /// All rows that pass the filter.
    pub total: Count,
    /// The rank of the first row.
    pub first: Count,
    /// The rows.
    pub rows: Vec<TenantRow>,
}

/// Columns by which invoices can be sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceSort {
    /// By accounting date (finalised; drafts by created).
    #[default]
    Finalized,
    /// By created.
    Created,
    /// By number.
    Number,
    /// By tenant's name.
    Tenant,
    /// By total, within currencies.
    Total,
    /// By what remains, within currencies.
    Remaining,
    /// By due date.
    Due,
    /// By status.
    Status,
}

/// Which invoices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct InvoiceFilter {
    /// Words in number, tenant, e-mail, description, ids (FTS5).
    pub text: String,
    /// Stripe's statuses (`draft`, `open`, `paid`, `uncollectible`, `void`), and `past_due`,
    /// `payment_failed` (open, after a failed payment), `draft_old` (for more than three days).
    pub statuses: Vec<String>,
    /// Finalised on or after this day (`2026-11-01`) in the company's zone.
    pub finalized_from: Option<String>,
    /// Finalised on or before this day in the company's zone.
    pub finalized_to: Option<String>,
    /// Product names on its lines.
    pub plans: Vec<String>,
    /// ISO codes, upper case.
    pub currencies: Vec<String>,
    /// Total of at least, in minor units of the one currency that is filtered.
    pub total_min: Option<Minor>,
    /// Total of at most, in minor units of the one currency that is filtered.
    pub total_max: Option<Minor>,
    /// One tenant's only.
    pub customer: Option<String>,
}

/// One row of the invoices' table.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceRow {
    /// Stripe's id.
    pub id: String,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// Stripe's customer id.
    pub customer: Option<String>,
    /// The tenant's name.
    pub tenant: String,
    /// Stripe's status.
    pub status: String,
    /// Open, and past its due date or with a failed payment.
    pub past_due: bool,
    /// The plan on its lines.
    pub plan: Option<String>,
    /// Total.
    pub total: Amount,
    /// What remains to be paid.
    pub remaining: Amount,
    /// Created.
    pub created: UnixSeconds,
    /// Finalised: its accounting date.
    pub finalized_at: Option<UnixSeconds>,
    /// Due.
    pub due_at: Option<UnixSeconds>,
    /// Paid.
    pub paid_at: Option<UnixSeconds>,
}

/// A window of the invoices' table, by rank.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InvoicePage {
    /// All rows that pass the filter.
    pub total: Count,
    /// The rank of the first row.
    pub first: Count,
    /// The rows.
    pub rows: Vec<InvoiceRow>,
}

/// Totals of what is filtered, per currency; drafts left out, void apart.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct InvoiceTotals {
    /// ISO code.
    pub currency: String,
    /// Invoices that count.
    pub invoices: Count,
    /// Their total.
    pub total: Amount,
    /// Of it, paid.
    pub paid: Amount,
    /// Of it, still to pay.
    pub remaining: Amount,
    /// Of what is still to pay, that of invoices that are written off (marked uncollectible).
    pub written_off: Amount,
    /// Void ones, apart.
    pub void_invoices: Count,
    /// Their total, apart.
    pub void_total: Amount,
    /// Drafts, no documents yet.
    pub drafts: Count,
}
