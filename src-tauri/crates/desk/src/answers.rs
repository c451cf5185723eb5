//! What the desk answers: small transfer structs, the only types that are serialised for the
//! window and for `--json`.
//!
//! Domain types carry no screen shape; they are converted here, at the boundary. Amounts are
//! integers in minor units with their currency and Stripe's exponent, times are UTC seconds.

mod upkeep;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use upkeep::*;

/// UTC seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[specta(type = specta_typescript::Number)]
pub struct UnixSeconds(pub i64);

/// A count of things; never an amount.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[specta(type = specta_typescript::Number)]
pub struct Count(pub u64);

/// Minor units of a currency. Refused outside ±(2^53 − 1), which a page cannot hold exactly.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[specta(type = specta_typescript::Number)]
pub struct Minor(pub i64);

/// An amount as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Amount {
    /// Minor units.
    pub minor: Minor,
    /// ISO code in upper case, e.g. `EUR`.
    pub currency: String,
    /// Stripe's number of decimals for that currency (0, 2 or 3).
    pub exponent: u8,
}

/// Live or test; a row of one never stands in a file of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real customers, real money.
    Live,
    /// Stripe's test mode or a sandbox.
    Test,
    /// The simulated sample company.
    Sample,
}

/// One connected account, as the switcher shows it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// The folder's name, unique on this machine; `--account` takes it.
    pub name: String,
    /// Stripe's account id, `acct_…`.
    pub stripe_account: String,
    /// The company as the person calls it.
    pub entity_name: String,
    /// Live, test or sample.
    pub mode: Mode,
    /// Whether its books are open in this process.
    pub open: bool,
    /// Whether a passphrase is needed to open it (no keyring holds its key).
    pub needs_passphrase: bool,
}

/// What the window needs before it can draw its first screen.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// The app's version.
    pub version: String,
    /// Accounts on this machine, by name.
    pub accounts: Vec<AccountSummary>,
    /// The one that is open.
    pub current: Option<String>,
    /// Locked after idle: nothing is shown until it is unlocked.
    pub locked: bool,
    /// Whether the operating system's keyring can be used; without it a passphrase is asked for.
    pub keyring_available: bool,
    /// The person's choices.
    pub settings: Settings,
    /// Why the account that was open last could not be opened.
    pub problem: Option<crate::Error>,
}

/// How the window is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// The person's and the company's choices for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// 40 px rows in place of 32 px.
    pub comfortable_rows: bool,
    /// The company's zone (IANA name); periods and days are its days.
    pub zone: String,
    /// The company's name on exports and statements; empty: Stripe's.
    pub entity_name: String,
    /// Minutes without input until the window locks; 0: never.
    pub lock_after_minutes: u32,
    /// Share of Stripe's request limits that a live account may use, in percent.
    pub live_share_percent: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            comfortable_rows: false,
            zone: "UTC".into(),
            entity_name: String::new(),
            lock_after_minutes: 15,
            live_share_percent: 40,
        }
    }
}

/// One row of the permissions matrix.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PermissionRow {
    /// What is read, in words: "Customers".
    pub what: String,
    /// Stripe's slug for it: `rak_customer_read`.
    pub slug: String,
    /// May the key read it?
    pub granted: bool,
    /// What is missing on the screen without it.
    pub without_it: String,
}

/// What kind of key a person gave; each has its own words on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// `rk_…`: what Meterdesk asks for.
    Restricted,
    /// `sk_…`: may do everything; accepted after a warning.
    Secret,
    /// `pk_…`: cannot read; refused.
    Publishable,
    /// `sk_org_…`: refused.
    Organisation,
    /// `whsec_…`: a webhook's signing secret; refused.
    WebhookSecret,
    /// Not a Stripe key; refused.
    Unknown,
}

/// What a key is and may do, found by asking Stripe.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyCheck {
    /// Its kind, by its prefix.
    pub kind: KeyKind,
    /// Live or test, by its prefix and as Stripe's objects say.
    pub mode: Option<Mode>,
    /// The account's name at Stripe, where the key may read it.
    pub account_name: Option<String>,
    /// The account's id at Stripe, where the key may read it.
    pub stripe_account: Option<String>,
    /// May this key be used?
    pub usable: bool,
    /// Sentences about this key: refusal, write rights, live data.
    pub notes: Vec<String>,
    /// One row a list; empty when Stripe was not asked.
    pub permissions: Vec<PermissionRow>,
}

/// The answer to a connected account. The recovery key is shown once and kept nowhere.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    /// The account.
    pub account: AccountSummary,
    /// Groups of letters that open the books when the keyring is lost.
    pub recovery_key: String,
}

/// What a sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SyncPhase {
    /// Nothing runs.
    Idle,
    /// The first load, or a second one.
    Loading,
    /// Building what the tables need (indexes, search).
    Finishing,
    /// Done.
    Done,
    /// Stopped by the person.
    Cancelled,
    /// Ended by an error.
    Failed,
}

/// Progress of one list.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ListProgress {
    /// The list, in words: "Invoices".
    pub list: String,
    /// Objects read in this run.
    pub objects: Count,
    /// Whole?
    pub done: bool,
    /// When it was last read to its end.
    pub complete_at: Option<UnixSeconds>,
    /// Why it cannot be read (a missing permission), where that is so.
    pub refused: Option<String>,
}

/// Progress of a sync, at most 20 times a second.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SyncProgress {
    /// What it is doing.
    pub phase: SyncPhase,
    /// Per list, in the order of the screen.
    pub lists: Vec<ListProgress>,
    /// Objects in all, in this run.
    pub objects: Count,
    /// Objects a second, over the last seconds.
    pub objects_per_second: Count,
    /// Seconds left, where it can be said (Stripe gives no counts: from the slices done).
    pub seconds_left: Option<Count>,
    /// Requests made in this run.
    pub requests: Count,
    /// Answers 429 in this run.
    pub throttled: Count,
    /// The error that ended it.
    pub error: Option<crate::Error>,
}

/// What the status line shows.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// The account's name.
    pub account: String,
    /// The last complete load; none: never.
    pub complete_as_of: Option<UnixSeconds>,
    /// The progress of what runs, or of what ran last.
    pub progress: SyncProgress,
    /// Reads counted this month.
    pub reads_this_month: Count,
    /// Reads that Stripe guarantees a month.
    pub read_allocation: Count,
    /// Can Stripe be reached? None: not tried.
    pub online: Option<bool>,
    /// The size of the books' file, in bytes.
    pub file_bytes: Count,
    /// Changes whenever a table changed; the page reads again what it shows.
    pub data_version: Count,
}

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
    /// Of it, paid so far.
    pub paid: Amount,
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
    /// Stripe's subscription statuses, or `none`.
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
    /// Open invoices past their due date, or whose payment failed.
    pub past_due: Option<Amount>,
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
    /// Stripe's statuses (`draft`, `open`, `paid`, `uncollectible`, `void`), and `past_due`.
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
    /// Void ones, apart.
    pub void_invoices: Count,
    /// Their total, apart.
    pub void_total: Amount,
    /// Drafts, no documents yet.
    pub drafts: Count,
}

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
