//! The local encrypted books: history, usage and ledger, their projections, backup.
//!
//! One SQLCipher file per Stripe account and mode. [`Books::prepare`] and [`Books::apply`] are
//! the only road in; everything that the tables show is a projection and can be rebuilt from the
//! history. The ledger holds what people decided.

mod apply;
mod books;
mod bulk;
mod connection;
mod cursor;
mod error;
mod figures;
mod history;
mod key;
pub mod ledger;
mod meta;
mod mrr;
mod prepare;
mod projection;
mod record;
mod settle;
mod subscriptions;
mod tables;
mod writer_lock;

pub use apply::Applied;
pub use books::{Access, Books};
pub use cursor::{Cursor, CursorWrite, EventCursor, ListState};
pub use error::{BooksError, Result};
pub use history::Source;
pub use key::{BooksKey, PassphraseHeader};
pub use ledger::{Entry, Head, Ledger, LedgerRow, LocalLedger, Verified};
pub use prepare::{Prepared, Raw, Undecodable};
pub use settle::{SettleListener, SettleProgress};
pub use tables::{
    Direction, InvoiceFilter, InvoiceRow, InvoiceSort, InvoiceTotals, MAX_PAGE_ROWS, Page,
    TenantFilter, TenantRow, TenantSort,
};
