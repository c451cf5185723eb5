/** What the desk answers. The types are made from the desk's own; here they get the shape that
 * the screens need: filters and settings are always whole. */
import type * as Wire from './bindings';

export type {
  AccountDetails,
  AccountSummary,
  Amount,
  Attention,
  BackupFile,
  Code,
  Completeness,
  Connected,
  CreditNoteView,
  Direction,
  DoctorReport,
  Elsewhere,
  ElsewhereChange,
  ElsewhereDay,
  Erased,
  EventDetail,
  EventOutcome,
  EventPage,
  EventRow,
  EventsImported,
  Exported,
  ExportFormat,
  ExportKind,
  ExportProfile,
  ExportProgress,
  Figure,
  FilterChoices,
  Hit,
  Invoice,
  InvoicePage,
  InvoiceRow,
  InvoiceSort,
  InvoiceTotals,
  KeyCheck,
  KeyKind,
  LedgerCheck,
  LedgerRow,
  LineView,
  ListCompleteness,
  ListProgress,
  Mode,
  MonthRow,
  Overview,
  PaymentView,
  PermissionRow,
  PlanRow,
  ProofAge,
  ProofProgress,
  ProofState,
  Proven,
  ReadBudget,
  RebuildProgress,
  Restored,
  SecretHome,
  SignOff,
  StatementFormat,
  Status,
  SubscriptionView,
  SyncPhase,
  SyncProgress,
  Tenant,
  TenantPage,
  TenantRow,
  TenantSort,
  VersionView,
  Watch,
  WebhookState,
} from './bindings';

/** What failed, why, and what to do. */
export type DeskError = Wire.Error;
export type InvoiceFilter = Required<Wire.InvoiceFilter>;
export type EventFilter = Required<Wire.EventFilter>;
export type TenantFilter = Required<Wire.TenantFilter>;
export type Settings = Required<Wire.Settings>;
export type ProveRequest = Required<Wire.ProveRequest>;
export type ExportRequest = Required<Wire.ExportRequest>;
export type AppState = Omit<Wire.AppState, 'settings'> & { settings: Settings };
