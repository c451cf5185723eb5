//! Subscription items for an export, by their tenant.

use std::collections::HashMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use sqlx::SqliteConnection;

use super::customers::{Walk, by_creation};
use super::{BATCH, ExportReader, Source};
use crate::books::Books;
use crate::error::Result;
use crate::subscriptions::{self, SubscriptionDetail};
use crate::tables::tenants;
use crate::tables::{TenantFilter, TenantRow};

/// One subscription item with its subscription and its tenant.
#[derive(Debug, Clone)]
pub struct SubscriptionItemExport {
    /// The tenant, with the figures of the tenants' table; none where its customer was deleted
    /// at Stripe before it was ever read.
    pub tenant: Option<Arc<TenantRow>>,
    /// The subscription, with all its items.
    pub subscription: Arc<SubscriptionDetail>,
    /// Which of them this row is; none: the subscription has no item.
    pub item: Option<usize>,
}

struct Reader {
    walk: Walk,
    /// The last of the unknown customers that was read; none: they are not asked for.
    unknown: Option<i64>,
}

impl Source<SubscriptionItemExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<SubscriptionItemExport>>> {
        Box::pin(async move {
            loop {
                let nums = self.walk.next(connection).await?;
                let rows = items_of_tenants(connection, &nums, self.walk.now()).await?;
                if !rows.is_empty() {
                    return Ok(rows);
                }
                if nums.is_empty() {
                    return self.of_unknown(connection).await;
                }
            }
        })
    }
}

impl Reader {
    async fn of_unknown(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<Vec<SubscriptionItemExport>> {
        let Some(last) = self.unknown else {
            return Ok(Vec::new());
        };
        let nums = unknown_customers(connection, last).await?;
        self.unknown = nums.last().copied().or(self.unknown);
        items(connection, &nums, |_| None).await
    }
}

/// Customers that subscriptions name and no list holds: they were deleted at Stripe. Behind the
/// number `after`, at most a batch.
async fn unknown_customers(connection: &mut SqliteConnection, after: i64) -> Result<Vec<i64>> {
    Ok(sqlx::query_scalar(
        "SELECT DISTINCT s.customer_num FROM subscription s WHERE s.customer_num > ?1 \
         AND NOT EXISTS (SELECT 1 FROM tenant t WHERE t.num = s.customer_num) \
         ORDER BY s.customer_num LIMIT ?2",
    )
    .bind(after)
    .bind(BATCH)
    .fetch_all(connection)
    .await?)
}

/// Nothing is known of them but that they were deleted: only a filter that asks for no more than
/// that lets them pass.
fn passes_unknown(filter: &TenantFilter) -> bool {
    let everything = TenantFilter {
        include_deleted: true,
        ..TenantFilter::default()
    };
    *filter == everything
}

async fn items_of_tenants(
    connection: &mut SqliteConnection,
    nums: &[i64],
    now: i64,
) -> Result<Vec<SubscriptionItemExport>> {
    let tenants = tenants::rows(connection, nums, now).await?;
    let tenants: HashMap<i64, Arc<TenantRow>> = nums
        .iter()
        .copied()
        .zip(tenants.into_iter().map(Arc::new))
        .collect();
    items(connection, nums, |num| tenants.get(&num).cloned()).await
}

/// The items of these customers' subscriptions, in the order of the customers.
async fn items(
    connection: &mut SqliteConnection,
    nums: &[i64],
    tenant: impl Fn(i64) -> Option<Arc<TenantRow>>,
) -> Result<Vec<SubscriptionItemExport>> {
    let mut held = subscriptions::of_customers(connection, nums).await?;
    let places: HashMap<i64, usize> = nums.iter().copied().zip(0..).collect();
    held.sort_by_key(|s| (places.get(&s.customer_num).copied(), s.row.created, s.num));
    let mut rows = Vec::new();
    for subscription in held {
        let subscription = Arc::new(subscription);
        let places: Vec<Option<usize>> = match subscription.items.len() {
            0 => vec![None],
            items => (0..items).map(Some).collect(),
        };
        rows.extend(places.into_iter().map(|item| SubscriptionItemExport {
            tenant: tenant(subscription.customer_num),
            subscription: Arc::clone(&subscription),
            item,
        }));
    }
    Ok(rows)
}

impl Books {
    /// Reads the subscription items of the tenants that pass `filter`; a subscription without
    /// items is one row. Where the filter asks for everything, deleted customers too, those of
    /// customers that were deleted at Stripe before they were read come last.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_subscription_items(
        &self,
        filter: &TenantFilter,
        now: i64,
    ) -> Result<ExportReader<SubscriptionItemExport>> {
        let unknown = passes_unknown(filter).then_some(0);
        let source = |listing| Reader {
            walk: Walk::new(listing),
            unknown,
        };
        self.export_listed(by_creation(filter, now), source).await
    }
}
