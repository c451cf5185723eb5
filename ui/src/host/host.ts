/** Everything the page can ask of the desktop around it. One place knows how it is carried. */
import type * as T from './types';

export interface TableQuery<Filter, Sort> {
  filter: Filter;
  sort: Sort;
  direction: T.Direction;
  /** The rank of the first row that is wanted. */
  first: number;
  /** How many rows; about 200. */
  count: number;
}

interface ConnectRequest {
  key: string;
  /** Stripe where null; otherwise a simulated account on this machine. */
  apiBase: string | null;
  /** Asked for where no keyring can hold the key of the books. */
  passphrase: string | null;
  entityName: string | null;
  /** The folder's name; null lets the desk choose one. */
  name: string | null;
}

/** The desktop around the page. Every function rejects with a `DeskError`. */
export interface Host {
  appState(): Promise<T.AppState>;
  /** Opens the sample company; its first load runs on and is told by the status. */
  openSample(): Promise<T.AccountSummary>;
  /** Opens Stripe's page that makes a key with the permissions that are read by. */
  openKeyPage(): Promise<void>;
  checkKey(key: string, apiBase: string | null): Promise<T.KeyCheck>;
  connect(request: ConnectRequest): Promise<T.Connected>;
  replaceKey(name: string, key: string): Promise<T.AccountDetails>;
  /** Sets, changes or (null) removes the passphrase that opening an account needs beside the
   * keyring; `current` proves that whoever changes it knows it. */
  setLockPassphrase(
    name: string,
    current: string | null,
    passphrase: string | null,
  ): Promise<T.AccountDetails>;
  accountDetails(name: string): Promise<T.AccountDetails>;
  disconnect(name: string, deleteData: boolean): Promise<void>;
  switchAccount(name: string): Promise<T.AccountSummary>;
  /** Opens the current account again; null asks the keyring. */
  unlock(passphrase: string | null): Promise<T.AppState>;
  /** For a lost keyring entry or passphrase; `passphrase` keeps the secrets from then on. */
  openWithRecoveryKey(
    name: string,
    recoveryKey: string,
    passphrase: string | null,
  ): Promise<T.AccountSummary>;
  lock(): Promise<void>;
  /** Tells when the books were locked after idle; the answer stops it. */
  watchLock(changed: (locked: boolean) => void): () => void;
  /** The person did something: the time until the lock starts anew. */
  touch(): Promise<void>;

  /** With `full`, what is complete is listed again. */
  syncStart(full: boolean): Promise<void>;
  syncCancel(): Promise<void>;
  status(): Promise<T.Status>;
  /** Tells every change of the status; the answer stops it. */
  watchStatus(changed: (status: T.Status) => void): () => void;

  /** How the account is followed in the background. */
  watchState(): Promise<T.Watch>;
  setWatch(paused: boolean): Promise<T.Watch>;
  /** The window has the focus, or lost it: what is looked at is kept fresher. */
  setFocus(focused: boolean): Promise<void>;

  overview(): Promise<T.Overview>;
  tenants(query: TableQuery<T.TenantFilter, T.TenantSort>): Promise<T.TenantPage>;
  tenant(id: string): Promise<T.Tenant>;
  /** Refunds, disputes, balance, credits and codes of a tenant, newest first. */
  tenantMovements(id: string): Promise<T.MovementView[]>;
  invoices(query: TableQuery<T.InvoiceFilter, T.InvoiceSort>): Promise<T.InvoicePage>;
  invoiceTotals(filter: T.InvoiceFilter): Promise<T.InvoiceTotals[]>;
  invoice(id: string): Promise<T.Invoice>;
  /** What moved for an invoice, and its money's way to the bank. */
  invoiceMovements(id: string): Promise<T.InvoiceMoney>;
  filterChoices(): Promise<T.FilterChoices>;
  search(text: string): Promise<T.Hit[]>;

  /** Use against allowances, a row a tenant. */
  usageTenants(query: TableQuery<T.UsageFilter, T.UsageSort>): Promise<T.UsagePage>;
  /** How a tenant's use of a type stands, and why. */
  usageTenant(id: string, usageType: string): Promise<T.TenantUsage>;
  /** The chart of a tenant's AI credits. */
  usageChart(id: string, form: T.ChartForm): Promise<T.Chart>;
  /** All tenants' AI credits: figures and four charts. */
  usageOverview(form: T.ChartForm): Promise<T.UsageOverviewAnswer>;
  /** A file of usage that was picked: its columns, first rows, and which column is what. */
  usageOpen(path: string, source: string | null): Promise<T.UsageFile>;
  /** Imports a file of usage, or says what would come of it. */
  usageImport(
    path: string,
    request: T.UsageImportRequest,
    progress: (update: T.UsageImportProgress) => void,
    stop: AbortSignal,
  ): Promise<T.UsageImported>;
  /** What came in, newest first. */
  usageBatches(): Promise<T.UsageBatchView[]>;
  usageReverse(batch: number): Promise<T.UsageReversed>;
  /** The catalogue, what prices stand for, the tenants' own allowances. */
  plans(): Promise<T.Plans>;
  /** Says what prices stand for; without `write` only what that would do. */
  mapPrices(mapping: T.PriceMapping, write: boolean): Promise<T.Decided>;

  /** A window of the log of events, newest first. */
  events(filter: T.EventFilter, first: number, count: number): Promise<T.EventPage>;
  event(id: string): Promise<T.EventDetail>;
  /** What requests that are not ours changed, by day ("2026-11-01"). */
  elsewhere(from: string | null, to: string | null): Promise<T.Elsewhere>;
  explainElsewhere(event: string, explanation: string): Promise<T.EventDetail>;
  importEvents(path: string): Promise<T.EventsImported>;
  completeness(): Promise<T.Completeness>;
  /** Compares what is asked for with Stripe and mends what differs. */
  prove(request: T.ProveRequest, progress: (at: T.ProofProgress) => void): Promise<T.Proven>;
  proveStop(): Promise<void>;
  proofSchedule(): Promise<T.ProofAge[]>;
  /** How old a list's proof may grow; null: as usual. */
  setProofAge(list: string, maxAgeSeconds: number | null): Promise<T.ProofAge[]>;
  readBudget(): Promise<T.ReadBudget>;
  webhookState(): Promise<T.WebhookState>;
  /** `secret` is a new signing secret; the one before is taken for another day. */
  setWebhook(enabled: boolean, port: number, secret: string | null): Promise<T.WebhookState>;

  /** Asks where to save; null when the person changed their mind. */
  pickSavePath(suggested: string): Promise<string | null>;
  /** Asks which file to open; null lets every ending pass. */
  pickOpenPath(extension: string | null): Promise<string | null>;
  export(
    request: T.ExportRequest,
    path: string,
    progress: (update: T.ExportProgress) => void,
    stop: AbortSignal,
  ): Promise<T.Exported>;
  statement(customer: string, format: T.StatementFormat, path: string): Promise<T.Exported>;

  setSettings(settings: T.Settings): Promise<T.Settings>;
  ledgerVerify(): Promise<T.LedgerCheck>;
  ledgerRows(first: number, count: number): Promise<T.LedgerRow[]>;
  backup(path: string, passphrase: string): Promise<T.BackupFile>;
  restore(
    path: string,
    passphrase: string,
    name: string | null,
    ownPassphrase: string | null,
  ): Promise<T.Restored>;
  /** Looks at the file, the history and the log; changes nothing. */
  doctor(): Promise<T.DoctorReport>;
  /** Makes every table again from the history, without a request. */
  doctorRebuild(progress: (update: T.RebuildProgress) => void): Promise<T.DoctorReport>;
  diagnostics(path: string): Promise<string>;
  eraseCustomer(id: string, reason: string): Promise<T.Erased>;
  /** Opens Stripe's dashboard in the browser; any other address is refused. */
  openInDashboard(url: string): Promise<void>;
}
