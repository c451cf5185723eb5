//! Answers of the first screen.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{Amount, Count, InvoiceFilter, TenantFilter, UnixSeconds};

/// Something on the overview that wants a decision.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Attention {
    /// Stable name: `past_due`, `uncollectible`, `draft_old`, `payment_failed`, `trial_ending`,
    /// `cancelling`, `list_refused`, `never_synced`.
    pub code: String,
    /// In words: "12 tenants are past due".
    pub title: String,
    /// A second line: which, since when.
    pub detail: String,
    /// How many.
    pub count: Count,
    /// Amounts per currency; never added over currencies.
    pub amounts: Vec<Amount>,
    /// Where it leads: a filter of a table.
    pub link: AttentionLink,
}

/// Where an attention row leads.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "screen")]
pub enum AttentionLink {
    /// The tenants' table, filtered.
    Tenants {
        /// The filter.
        filter: TenantFilter,
    },
    /// The invoices' table, filtered.
    Invoices {
        /// The filter.
        filter: InvoiceFilter,
    },
    /// The settings.
    Settings,
}

/// A headline figure per currency.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Figure {
    /// In words: "MRR".
    pub label: String,
    /// How it is computed, in a sentence.
    pub explanation: String,
    /// Per currency, largest count of tenants first.
    pub amounts: Vec<Amount>,
}

/// Invoiced and paid in one month and currency.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct MonthRow {
    /// `2026-11`, in the company's zone.
    pub month: String,
    /// Finalised in that month, drafts and void left out.
    pub invoiced: Amount,
    /// Paid on them so far. An invoice with a negative total lowers what was invoiced and is never
    /// paid, so this can exceed it.
    pub paid: Amount,
    /// What they still ask for.
    pub remaining: Amount,
    /// How many invoices.
    pub invoices: Count,
}

/// A plan and who is on it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PlanRow {
    /// The product's name.
    pub plan: String,
    /// Tenants with an active, past-due or trialing subscription on it.
    pub tenants: Count,
    /// Seats in all.
    pub seats: Count,
    /// MRR per currency.
    pub mrr: Vec<Amount>,
}

/// The first screen.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// What wants a decision, most urgent first.
    pub attention: Vec<Attention>,
    /// MRR, open, past due, collected this month.
    pub figures: Vec<Figure>,
    /// The last 12 months, per currency, newest first.
    pub months: Vec<MonthRow>,
    /// Plans by MRR.
    pub plans: Vec<PlanRow>,
    /// As of when these figures are.
    pub as_of: Option<UnixSeconds>,
}
