//! Customers for an export, in the order in which they were created.

use futures::future::BoxFuture;
use objects::rows::CustomerRow;
use sqlx::{QueryBuilder, SqliteConnection};

use super::batches::Key;
use super::{BATCH, ExportReader, Source, push_next};
use crate::books::Books;
use crate::error::Result;
use crate::projection::selected;
use crate::record::read;
use crate::tables::filter::Search;
use crate::tables::tenants::{self, Tenants};
use crate::tables::{TenantFilter, TenantRow, TenantSort};

/// One customer with the figures of the tenants' table.
#[derive(Debug, Clone)]
pub struct CustomerExport {
    /// The figures.
    pub tenant: TenantRow,
    /// The customer itself.
    pub customer: CustomerRow,
}

/// The walk over tenants in the order in which they were created.
pub(super) struct Walk {
    listing: Tenants,
    last: Option<Key>,
}

impl Walk {
    pub(super) fn new(listing: Tenants) -> Self {
        let last = None;
        Self { listing, last }
    }

    /// The moment that decides what is past due.
    pub(super) fn now(&self) -> i64 {
        self.listing.now
    }

    /// Numbers of the next tenants.
    pub(super) async fn next(&mut self, connection: &mut SqliteConnection) -> Result<Vec<i64>> {
        let mut query = QueryBuilder::new("SELECT n.at, n.num");
        push_next(&mut query, &self.listing, self.last, BATCH);
        let rows: Vec<Key> = query.build_query_as().fetch_all(connection).await?;
        self.last = rows.last().copied().or(self.last);
        Ok(rows.into_iter().map(|(_, num)| num).collect())
    }
}

/// What a filter selects, in the order in which it was created.
pub(super) fn by_creation(filter: &TenantFilter, now: i64) -> impl FnOnce(Search) -> Tenants {
    let filter = filter.clone();
    move |search| Tenants {
        filter,
        sort: TenantSort::Created,
        now,
        search,
    }
}

struct Reader {
    walk: Walk,
}

impl Source<CustomerExport> for Reader {
    fn next<'a>(
        &'a mut self,
        connection: &'a mut SqliteConnection,
    ) -> BoxFuture<'a, Result<Vec<CustomerExport>>> {
        Box::pin(async move {
            let nums = self.walk.next(connection).await?;
            let tenants = tenants::rows(connection, &nums, self.walk.now()).await?;
            let sql = format!(
                "SELECT {} FROM json_each(?1) j CROSS JOIN customer c ON c.num = j.value \
                 ORDER BY j.key",
                selected::<CustomerRow>("c"),
            );
            let customers = sqlx::query(sqlx::AssertSqlSafe(sql))
                .bind(serde_json::json!(nums).to_string())
                .fetch_all(connection)
                .await?;
            tenants
                .into_iter()
                .zip(customers)
                .map(|(tenant, row)| {
                    Ok(CustomerExport {
                        tenant,
                        customer: read(&row, 0)?,
                    })
                })
                .collect()
        })
    }
}

impl Books {
    /// Reads the customers that pass `filter`, in the order in which they were created.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn export_customers(
        &self,
        filter: &TenantFilter,
        now: i64,
    ) -> Result<ExportReader<CustomerExport>> {
        let source = |listing| Reader {
            walk: Walk::new(listing),
        };
        self.export_listed(by_creation(filter, now), source).await
    }
}
