//! Customers for an export, in the order in which they were created.

use futures::future::BoxFuture;
use objects::rows::CustomerRow;
use sqlx::{QueryBuilder, SqliteConnection};

use super::{BATCH, ExportReader, Source};
use crate::books::Books;
use crate::error::Result;
use crate::projection::selected;
use crate::record::read;
use crate::tables::filter::Search;
use crate::tables::listing::Listing as _;
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
    pub(super) filter: TenantFilter,
    pub(super) now: i64,
    search: Search,
    last: Option<(i64, i64)>,
}

impl Walk {
    pub(super) fn new(filter: &TenantFilter, now: i64, search: Search) -> Self {
        Self {
            filter: filter.clone(),
            now,
            search,
            last: None,
        }
    }

    pub(super) fn listing(&self) -> Tenants<'_> {
        let sort = TenantSort::Created;
        Tenants {
            filter: &self.filter,
            sort,
            now: self.now,
            search: self.search,
        }
    }

    /// Numbers of the next tenants.
    pub(super) async fn next(&mut self, connection: &mut SqliteConnection) -> Result<Vec<i64>> {
        let mut query = QueryBuilder::new("SELECT t.created, t.num ");
        let listing = self.listing();
        listing.push_from(&mut query);
        listing.push_where(&mut query);
        if let Some((created, num)) = self.last {
            query.push(" AND (t.created, t.num) > (").push_bind(created);
            query.push(", ").push_bind(num).push(")");
        }
        query
            .push(" ORDER BY t.created, t.num LIMIT ")
            .push_bind(BATCH);
        let rows: Vec<(i64, i64)> = query.build_query_as().fetch_all(connection).await?;
        if let Some(last) = rows.last() {
            self.last = Some(*last);
        }
        Ok(rows.into_iter().map(|(_, num)| num).collect())
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
            let tenants = tenants::rows(connection, &nums, self.walk.now).await?;
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
