//! The local encrypted books: history, usage and ledger, their projections, backup.
//!
//! One SQLCipher file per Stripe account and mode. [`Books::prepare`] and [`Books::apply`] are
//! the only road in; everything that the tables show is a projection and can be rebuilt from the
//! history. The ledger holds what people decided.
#![cfg_attr(test, recursion_limit = "256")]

mod apply;
mod backup;
mod books;
mod budget;
mod bulk;
mod completeness;
mod connection;
mod counts;
mod cursor;
mod detail;
mod erase;
mod error;
mod events;
mod export;
mod figures;
mod give_way;
mod history;
mod interrupt;
mod key;
pub mod ledger;
mod lines;
mod meta;
mod mrr;
mod overview;
mod own_lists;
mod plans;
mod prepare;
mod projection;
mod proof;
mod readers;
mod rebuild;
mod record;
mod settle;
mod subscriptions;
mod tables;
mod usage;
mod usage_overview;
mod usage_state;
mod webhooks;
mod writer_lock;

pub use apply::Applied;
pub use backup::restore;
pub use books::{Access, Books};
pub use budget::{READ_FLOOR, READS_PER_TRANSACTION, ReadBudget, ReadPurpose, ReadsToday};
pub use completeness::{
    Completeness, DueProof, ListProof, MonthProof, ProofState, Reason, ScheduledList,
};
pub use counts::KindCount;
pub use cursor::{Cursor, CursorWrite, EventCursor, ListState};
pub use detail::{
    BalanceEntry, CreditNote, InvoiceDetail, InvoiceMoney, LineDetail, MAX_DETAIL_ROWS, Movement,
    Payment, TenantDetail, VersionRow,
};
pub use erase::Erased;
pub use error::{BooksError, Result};
pub use events::{
    EventFilter, EventOutcome, EventRow, Explanation, FullNeeded, HeldState, MAX_EVENT_ROWS,
    NewEvent, Queued, Road, StoredEvent, UnreadableEvent, WaitingEvent, is_ours,
};
pub use export::{
    CreditNoteExport, CustomerExport, DisputeExport, ExportReader, InvoiceExport,
    InvoiceLineExport, PaymentExport, PayoutExport, RefundExport, SnapshotState,
    SubscriptionItemExport, UsageComparison, UsageDayExport, UsageExportFilter, UsageRecordExport,
};
pub use give_way::give_way;
pub use history::{Source, VersionHash};
pub use key::{BooksKey, PassphraseHeader};
pub use ledger::{Entry, Head, Ledger, LedgerRow, LocalLedger, Verified};
pub use overview::{CurrencySum, MonthSum, OverviewFigures, PlanSum};
pub use plans::{
    AllowanceChange, ChangeKind, Decision, MAX_CHANGES, MAX_PRICES, NewChange, PlanPrice,
};
pub use prepare::{Prepared, Raw, Undecodable};
pub use proof::{
    BALANCE_ENTRIES, HistoryHead, Month, OPEN_INVOICES, OpenDifference, PAYMENT_METHODS,
    PROVEN_LISTS, ProofEnd, ProofPage, ProofRun, ProofSpan, ProvenList, Unreadable, What,
    proven_list,
};
pub use rebuild::{RebuildListener, RebuildProgress};
pub use settle::{SettleListener, SettleProgress};
pub use subscriptions::{DiscountDetail, ItemDetail, SubscriptionDetail};
pub use tables::{
    Direction, Hit, HitKind, InvoiceFilter, InvoiceRow, InvoiceSort, InvoiceTotals, MAX_PAGE_ROWS,
    Page, TenantFilter, TenantRow, TenantSort, UsageFilter, UsageRow, UsageSort,
};
pub use usage::{
    FIRST_USAGE_AT, LAST_USAGE_AT, LocalDays, MAX_USAGE_ROWS, MOST_OF_A_RECORD, NewUsageBatch,
    UsageAside, UsageAsideGroup, UsageBatch, UsageChunk, UsageDay, UsageEntry, UsageImportMode,
    UsageKey, UsageListener, UsageNames, UsagePlace, UsageProblem, UsageRecord, UsageReversed,
    UsageSource, UsageTaken, UsageTenants, UsageTotalDay, UsageType, WhichTenant,
};
pub use usage_overview::{NearestTenant, PlanOfTenants, UsageOverview};
pub use usage_state::{
    DayOfUse, Extra, MAX_PERIODS_READ, PeriodState, RegisterLine, UsageCheck, UsageStory,
    day_of_number,
};
pub use webhooks::{WebhookCounts, WebhookRefusal};

/// The setting that says how many objects of the last whole load could not be read.
pub const SETTING_UNDECODABLE: &str = "load_undecodable";

#[cfg(test)]
mod tests;
