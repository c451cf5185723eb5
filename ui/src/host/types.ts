/** What the desk answers, as it arrives over the wire. The names are those of the desk's crate. */

/** UTC seconds since 1970. */
export type UnixSeconds = number;
/** A count of things; never an amount. */
export type Count = number;
/** Minor units of a currency, exact up to 2^53 − 1. */
export type Minor = number;

export interface Amount {
  minor: Minor;
  /** ISO code in upper case. */
  currency: string;
  /** Stripe's number of decimals: 0, 2 or 3. */
  exponent: number;
}

export type Mode = 'live' | 'test' | 'sample';

export interface AccountSummary {
  name: string;
  stripeAccount: string;
  entityName: string;
  mode: Mode;
  open: boolean;
  needsPassphrase: boolean;
}

export type Theme = 'system' | 'light' | 'dark';

export interface Settings {
  theme: Theme;
  comfortableRows: boolean;
  zone: string;
  entityName: string;
  lockAfterMinutes: number;
  liveSharePercent: number;
}

export interface AppState {
  version: string;
  accounts: AccountSummary[];
  current: string | null;
  locked: boolean;
  keyringAvailable: boolean;
  settings: Settings;
  /** Why the account that was open last could not be opened. */
  problem: DeskError | null;
}

export interface PermissionRow {
  what: string;
  slug: string;
  granted: boolean;
  withoutIt: string;
}

export type KeyKind =
  | 'restricted'
  | 'secret'
  | 'publishable'
  | 'organisation'
  | 'webhook_secret'
  | 'unknown';

export interface KeyCheck {
  kind: KeyKind;
  mode: Mode | null;
  accountName: string | null;
  stripeAccount: string | null;
  usable: boolean;
  notes: string[];
  permissions: PermissionRow[];
}

export interface Connected {
  account: AccountSummary;
  recoveryKey: string;
}

export type SyncPhase = 'idle' | 'loading' | 'finishing' | 'done' | 'cancelled' | 'failed';

export interface ListProgress {
  list: string;
  objects: Count;
  done: boolean;
  completeAt: UnixSeconds | null;
  refused: string | null;
}

export type Code =
  | 'invalid'
  | 'forbidden'
  | 'locked'
  | 'not_found'
  | 'key_refused'
  | 'offline'
  | 'cancelled'
  | 'busy'
  | 'failed';

/** What failed, why, and what to do. */
export interface DeskError {
  code: Code;
  what: string;
  why: string;
  next: string;
  place: string | null;
  requestId: string | null;
}

export interface SyncProgress {
  phase: SyncPhase;
  lists: ListProgress[];
  objects: Count;
  objectsPerSecond: Count;
  secondsLeft: Count | null;
  requests: Count;
  throttled: Count;
  error: DeskError | null;
}

export interface Status {
  account: string;
  completeAsOf: UnixSeconds | null;
  progress: SyncProgress;
  readsThisMonth: Count;
  readAllocation: Count;
  online: boolean | null;
  fileBytes: Count;
  dataVersion: Count;
}

export interface TenantFilter {
  text: string;
  plans: string[];
  statuses: string[];
  currencies: string[];
  pastDue: boolean;
  includeDeleted: boolean;
}

export interface InvoiceFilter {
  text: string;
  statuses: string[];
  finalizedFrom: string | null;
  finalizedTo: string | null;
  plans: string[];
  currencies: string[];
  totalMin: Minor | null;
  totalMax: Minor | null;
  customer: string | null;
}

export type AttentionLink =
  | { screen: 'tenants'; filter: TenantFilter }
  | { screen: 'invoices'; filter: InvoiceFilter }
  | { screen: 'settings' };

export interface Attention {
  code: string;
  title: string;
  detail: string;
  count: Count;
  amounts: Amount[];
  link: AttentionLink;
}

export interface Figure {
  label: string;
  explanation: string;
  amounts: Amount[];
}

export interface MonthRow {
  month: string;
  invoiced: Amount;
  paid: Amount;
  invoices: Count;
}

export interface PlanRow {
  plan: string;
  tenants: Count;
  seats: Count;
  mrr: Amount[];
}

export interface Overview {
  attention: Attention[];
  figures: Figure[];
  months: MonthRow[];
  plans: PlanRow[];
  asOf: UnixSeconds | null;
}

export type Direction = 'ascending' | 'descending';

export type TenantSort = 'name' | 'plan' | 'seats' | 'mrr' | 'balance' | 'past_due' | 'created';

export interface TenantRow {
  id: string;
  name: string;
  tenantId: string | null;
  email: string | null;
  plan: string | null;
  seats: Count | null;
  status: string | null;
  mrr: Amount | null;
  balance: Amount | null;
  pastDue: Amount | null;
  created: UnixSeconds;
  deleted: boolean;
}

export interface TenantPage {
  total: Count;
  first: Count;
  rows: TenantRow[];
}

export type InvoiceSort =
  | 'finalized'
  | 'created'
  | 'number'
  | 'tenant'
  | 'total'
  | 'remaining'
  | 'due'
  | 'status';

export interface InvoiceRow {
  id: string;
  number: string | null;
  customer: string | null;
  tenant: string;
  status: string;
  pastDue: boolean;
  plan: string | null;
  total: Amount;
  remaining: Amount;
  created: UnixSeconds;
  finalizedAt: UnixSeconds | null;
  dueAt: UnixSeconds | null;
  paidAt: UnixSeconds | null;
}

export interface InvoicePage {
  total: Count;
  first: Count;
  rows: InvoiceRow[];
}

export interface InvoiceTotals {
  currency: string;
  invoices: Count;
  total: Amount;
  paid: Amount;
  remaining: Amount;
  voidInvoices: Count;
  voidTotal: Amount;
  drafts: Count;
}

export interface SubscriptionView {
  id: string;
  status: string;
  title: string;
  items: string[];
  periodStart: UnixSeconds | null;
  periodEnd: UnixSeconds | null;
  notes: string[];
  discounts: string[];
  mrr: Amount | null;
}

export interface PaymentView {
  id: string;
  at: UnixSeconds;
  outcome: string;
  amount: Amount;
  invoice: string | null;
  invoiceNumber: string | null;
  method: string | null;
  reason: string | null;
}

export interface CreditNoteView {
  id: string;
  number: string;
  status: string;
  invoice: string;
  effectiveAt: UnixSeconds;
  total: Amount;
  reason: string | null;
  memo: string | null;
}

export interface VersionView {
  version: Count;
  object: string;
  seenAt: UnixSeconds;
  source: string;
  changes: string[];
}

export interface Tenant {
  row: TenantRow;
  details: [string, string][];
  metadata: [string, string][];
  subscriptions: SubscriptionView[];
  payments: PaymentView[];
  creditNotes: CreditNoteView[];
  invoices: Count;
  versions: VersionView[];
  open: Amount[];
  dashboardUrl: string;
  asOf: UnixSeconds | null;
}

export interface LineView {
  id: string;
  words: string;
  description: string | null;
  quantity: string | null;
  unitPrice: string | null;
  amount: Amount;
  proration: boolean;
  periodStart: UnixSeconds | null;
  periodEnd: UnixSeconds | null;
}

export interface Invoice {
  row: InvoiceRow;
  lines: LineView[];
  sums: [string, Amount][];
  payments: PaymentView[];
  creditNotes: CreditNoteView[];
  differences: string[];
  previous: string | null;
  dates: [string, UnixSeconds][];
  details: [string, string][];
  versions: VersionView[];
  dashboardUrl: string;
  asOf: UnixSeconds | null;
}

export interface Hit {
  kind: string;
  id: string;
  title: string;
  detail: string;
}

export type ExportKind =
  | 'invoices'
  | 'invoice-lines'
  | 'customers'
  | 'subscriptions'
  | 'payments'
  | 'credit-notes';

export type ExportFormat = 'csv' | 'xlsx';
export type ExportProfile = 'meterdesk' | 'stripe';

export interface ExportRequest {
  kind: ExportKind;
  format: ExportFormat;
  profile: ExportProfile;
  invoices: InvoiceFilter;
  tenants: TenantFilter;
}

export interface Exported {
  path: string;
  controlSheet: string;
  rows: Count;
  bytes: Count;
  sha256: string;
  sums: InvoiceTotals[];
}

export interface ExportProgress {
  rows: Count;
  total: Count;
}

export interface LedgerCheck {
  entries: Count;
  head: string;
  broken: string | null;
}

export interface LedgerRow {
  sequence: Count;
  at: UnixSeconds;
  author: string;
  words: string;
  hash: string;
}

export type SecretHome = 'keyring' | 'passphrase' | 'sample';

export interface AccountDetails {
  account: AccountSummary;
  keyKind: KeyKind | null;
  /** The key's prefix and last four letters: "rk_test_…a1b2". */
  keyHint: string | null;
  apiBase: string;
  secretHome: SecretHome;
  connectedAt: UnixSeconds;
  folder: string;
  readOnly: boolean;
}

export interface FilterChoices {
  tenantPlans: string[];
  invoicePlans: string[];
  currencies: string[];
}

export interface BackupFile {
  path: string;
  bytes: Count;
  sha256: string;
}

export interface Restored {
  account: AccountSummary;
  recoveryKey: string;
  next: string;
}

export interface Erased {
  customer: string;
  versions: Count;
  rows: Count;
  ledgerSequence: Count;
}
