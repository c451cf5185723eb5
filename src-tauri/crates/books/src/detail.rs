//! The pages of one tenant and of one invoice, and the versions of an object.

mod invoice;
mod movements;
mod payments;
mod tenant;
mod versions;

pub use invoice::{InvoiceDetail, LineDetail};
pub use movements::{BalanceEntry, InvoiceMoney, Movement};
pub use payments::{CreditNote, Payment};
pub use tenant::TenantDetail;
pub use versions::VersionRow;

/// Payments, credit notes and versions on one page, at most.
pub const MAX_DETAIL_ROWS: u32 = 200;

/// The number of an object by its kind's number and its id.
pub(crate) async fn number(
    connection: &mut sqlx::SqliteConnection,
    kind: i64,
    id: &str,
) -> crate::Result<Option<i64>> {
    Ok(
        sqlx::query_scalar("SELECT num FROM object WHERE kind = ?1 AND id = ?2")
            .bind(kind)
            .bind(id)
            .fetch_optional(connection)
            .await?,
    )
}
