//! The tables of the window: filtered, sorted, and read by rank.

pub(crate) mod filter;
pub(crate) mod invoices;
pub(crate) mod listing;
pub(crate) mod names;
mod ranks;
pub(crate) mod rows;
mod search;
pub(crate) mod states;
pub(crate) mod tenants;
mod totals;
pub(crate) mod usage;

pub use invoices::{InvoiceFilter, InvoiceRow, InvoiceSort};
pub(crate) use ranks::RankCache;
pub use search::{Hit, HitKind};
pub use tenants::{TenantFilter, TenantRow, TenantSort};
pub use totals::InvoiceTotals;
#[cfg(test)]
pub(crate) use totals::totals_query;
pub use usage::{UsageFilter, UsageRow, UsageSort};

/// Rows of one page, at most.
pub const MAX_PAGE_ROWS: u32 = 500;

/// Ascending or descending. Descending is the exact mirror: ties are turned around too.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    #[default]
    Ascending,
    /// Largest first.
    Descending,
}

/// Rows of a table by rank, each as it is in the books now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// All rows that pass the filter. While a first load runs, as they were counted last: seconds
    /// ago at most.
    pub total: u64,
    /// The rank of the first row.
    pub first: u64,
    /// The rows; fewer than asked for at the end.
    pub rows: Vec<T>,
}
