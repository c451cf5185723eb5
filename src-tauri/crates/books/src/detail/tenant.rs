//! A tenant's page.

use objects::Kind;
use objects::rows::CustomerRow;
use sqlx::SqliteConnection;

use super::number;
use super::payments::{self, CreditNote, Payment};
use crate::books::Books;
use crate::error::Result;
use crate::history::kind_code;
use crate::projection::selected;
use crate::record::read;
use crate::subscriptions::{self, SubscriptionDetail};
use crate::tables::TenantRow;
use crate::tables::names::{currency_order, currency_place};
use crate::tables::tenants;

/// Everything of one tenant.
#[derive(Debug, Clone)]
pub struct TenantDetail {
    /// The same figures as in the table.
    pub row: TenantRow,
    /// The customer itself.
    pub customer: CustomerRow,
    /// Its subscriptions, the alive ones first.
    pub subscriptions: Vec<SubscriptionDetail>,
    /// Payment attempts, newest first, at most 200.
    pub payments: Vec<Payment>,
    /// Credit notes, newest first, at most 200.
    pub credit_notes: Vec<CreditNote>,
    /// Number of invoices.
    pub invoices: u64,
    /// What its open invoices ask for: currency and minor units.
    pub open: Vec<(String, i64)>,
    /// When the customer was last seen at Stripe, UTC seconds.
    pub seen_at: Option<i64>,
}

impl Books {
    /// One tenant by Stripe's customer id; none where the books do not hold it.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn tenant(&self, id: &str, now: i64) -> Result<Option<TenantDetail>> {
        let mut snapshot = self.snapshot().await?;
        let Some(num) = number(&mut snapshot, kind_code(Kind::Customer), id).await? else {
            return Ok(None);
        };
        let row = tenants::rows(&mut snapshot, &[num], now).await?.pop();
        let customer = customer(&mut snapshot, num).await?;
        let (Some(row), Some(customer)) = (row, customer) else {
            return Ok(None);
        };
        let mut subscriptions = subscriptions::of_customers(&mut snapshot, &[num]).await?;
        subscriptions.sort_by_key(|s| (s.liveliness(), std::cmp::Reverse(s.row.created)));
        let invoices: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM invoice WHERE customer_num = ?1 AND deleted = 0",
        )
        .bind(num)
        .fetch_one(&mut *snapshot)
        .await?;
        let mut open: Vec<(String, i64)> = sqlx::query_as(
            "SELECT currency, sum(amount_remaining) FROM invoice \
             WHERE customer_num = ?1 AND status = 'open' GROUP BY currency ORDER BY currency",
        )
        .bind(num)
        .fetch_all(&mut *snapshot)
        .await?;
        let order = currency_order(&mut snapshot).await?;
        open.sort_by_key(|(currency, _)| currency_place(&order, currency));
        let seen_at = seen_at(&mut snapshot, num).await?;
        Ok(Some(TenantDetail {
            row,
            customer,
            subscriptions,
            payments: payments::of_customer(&mut snapshot, num).await?,
            credit_notes: payments::notes_of_customer(&mut snapshot, num).await?,
            invoices: u64::try_from(invoices).unwrap_or(0),
            open,
            seen_at,
        }))
    }
}

async fn customer(connection: &mut SqliteConnection, num: i64) -> Result<Option<CustomerRow>> {
    let columns = selected::<CustomerRow>("c");
    let sql = format!("SELECT {columns} FROM customer c WHERE c.num = ?1");
    let row = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(num)
        .fetch_optional(connection)
        .await?;
    Ok(row.map(|row| read(&row, 0)).transpose()?)
}

/// When the state of an object that is shown was last confirmed.
pub(super) async fn seen_at(connection: &mut SqliteConnection, num: i64) -> Result<Option<i64>> {
    Ok(
        sqlx::query_scalar("SELECT version_seen_at FROM object WHERE num = ?1")
            .bind(num)
            .fetch_one(connection)
            .await?,
    )
}
