//! What a text finds, for the palette: tenants first, then invoices.

use super::{Direction, InvoiceFilter, InvoiceSort, TenantFilter, TenantSort};
use crate::books::Books;
use crate::error::Result;

/// Hits of each kind, at most.
const MAX_HITS: u32 = 50;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitKind {
    /// A tenant.
    Tenant,
    /// An invoice.
    Invoice,
}

/// Something that a text found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// Stripe's id.
    pub id: String,
    /// A tenant's name, an invoice's number (its id while it is a draft).
    pub title: String,
    /// A tenant's e-mail, an invoice's tenant.
    pub detail: String,
}

impl Books {
    /// Tenants and invoices that all words of `text` are about, at most `limit` (50) of each.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn search(&self, text: &str, limit: u32, now: i64) -> Result<Vec<Hit>> {
        if super::filter::words(text).is_empty() {
            return Ok(Vec::new());
        }
        let limit = limit.min(MAX_HITS);
        let text = text.to_owned();
        let filter = TenantFilter {
            text: text.clone(),
            ..TenantFilter::default()
        };
        let tenants = self
            .tenants(
                &filter,
                TenantSort::Name,
                Direction::Ascending,
                0,
                limit,
                now,
            )
            .await?;
        let filter = InvoiceFilter {
            text,
            ..InvoiceFilter::default()
        };
        let invoices = self
            .invoices(
                &filter,
                InvoiceSort::Finalized,
                Direction::Descending,
                0,
                limit,
                now,
            )
            .await?;
        let tenants = tenants.rows.into_iter().map(|row| Hit {
            kind: HitKind::Tenant,
            detail: row.email.unwrap_or_else(|| row.id.clone()),
            id: row.id,
            title: row.name,
        });
        let invoices = invoices.rows.into_iter().map(|row| Hit {
            kind: HitKind::Invoice,
            title: row.number.unwrap_or_else(|| row.id.clone()),
            id: row.id,
            detail: row.tenant,
        });
        Ok(tenants.chain(invoices).collect())
    }
}
