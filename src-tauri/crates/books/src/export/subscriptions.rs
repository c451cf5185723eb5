//! Subscription items for an export, by their tenant.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::SqliteConnection;

use super::customers::Walk;
use super::{ExportReader, Source};
use crate::books::Books;
use crate::error::Result;
use crate::subscriptions::{self, SubscriptionDetail};
use crate::tables::tenants;
use crate::tables::{TenantFilter, TenantRow};

/// One subscription item with its subscription and its tenant.
#[derive(Debug, Clone)]
pub struct SubscriptionItemExport {
    /// The tenant, with the figures of the tenants' table.
    pub tenant: Arc<TenantRow>,
    /// The subscription, with all its items.
    pub subscription: Arc<SubscriptionDetail>,
    /// Which of them this row is; none: the subscription has no item.
    pub item: Option<usize>,
}

struct Reader {
    walk: Walk,
}

impl Source<SubscriptionItemExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<SubscriptionItemExport>>> {
        Box::pin(async move {
            loop {
                let nums = self.walk.next(connection).await?;
                let rows = items(connection, &nums, self.walk.now).await?;
                if nums.is_empty() || !rows.is_empty() {
                    return Ok(rows);
                }
            }
        })
    }
}

async fn items(
    connection: &mut SqliteConnection,
    nums: &[i64],
    now: i64,
) -> Result<Vec<SubscriptionItemExport>> {
    let tenants = tenants::rows(connection, nums, now).await?;
    let mut held = subscriptions::of_customers(connection, nums).await?;
    let places: HashMap<i64, usize> = nums.iter().copied().zip(0..).collect();
    held.sort_by_key(|s| (places.get(&s.customer_num).copied(), s.row.created, s.num));
    let mut rows = Vec::new();
    let mut held = held.into_iter().peekable();
    for (num, tenant) in nums.iter().zip(tenants) {
        let tenant = Arc::new(tenant);
        while let Some(subscription) = held.next_if(|s| s.customer_num == *num) {
            let subscription = Arc::new(subscription);
            let places: Vec<Option<usize>> = match subscription.items.len() {
                0 => vec![None],
                items => (0..items).map(Some).collect(),
            };
            rows.extend(places.into_iter().map(|item| SubscriptionItemExport {
                tenant: Arc::clone(&tenant),
                subscription: Arc::clone(&subscription),
                item,
            }));
        }
    }
    Ok(rows)
}

impl Books {
    /// Reads the subscription items of the tenants that pass `filter`; a subscription without
    /// items is one row.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_subscription_items(
        &self,
        filter: &TenantFilter,
        now: i64,
    ) -> Result<ExportReader<SubscriptionItemExport>> {
        let (mut transaction, state, search) = self.export_snapshot().await?;
        let walk = Walk::new(filter, now, search);
        let total = super::total(&mut transaction, &walk.listing()).await?;
        let source = Box::new(Reader { walk });
        let totals = Vec::new();
        Ok(ExportReader {
            transaction,
            source,
            total,
            totals,
            state,
            ended: false,
        })
    }
}
