//! The table `customer`, and the part of a tenant's row that comes from it.

use std::sync::LazyLock;

use objects::rows::CustomerRow;
use sqlx::SqliteConnection;

use super::{Projection, record, table_statement};
use crate::bulk::{Rows, Statement};
use crate::error::Result;
use crate::prepare::Facts;

static CUSTOMERS: LazyLock<Statement> = LazyLock::new(|| table_statement::<CustomerRow>(&[]));

static TENANTS: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT INTO tenant (num, id, name, name_key, tenant_id, email, balance_currency, \
         balance, created, deleted) VALUES",
        10,
        "ON CONFLICT (num) DO UPDATE SET name = excluded.name, name_key = excluded.name_key, \
         tenant_id = excluded.tenant_id, email = excluded.email, \
         balance_currency = excluded.balance_currency, \
         balance = excluded.balance, created = excluded.created, deleted = excluded.deleted",
    )
});

pub(super) struct Writer {
    customers: Rows<'static>,
    tenants: Rows<'static>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            customers: Rows::new(&CUSTOMERS),
            tenants: Rows::new(&TENANTS),
        }
    }

    pub(super) async fn put(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: CustomerRow,
        facts: Facts,
    ) -> Result<()> {
        let tenant_id = match facts {
            Facts::Customer { tenant_id } => tenant_id,
            _ => None,
        };
        let name = display_name(&row).to_owned();
        self.tenants.int(at.num);
        self.tenants.text(row.id.clone());
        self.tenants.text(name.clone());
        self.tenants.text(name.to_lowercase());
        self.tenants.maybe_text(tenant_id);
        self.tenants.maybe_text(row.email.clone());
        self.tenants.text(row.currency.clone().unwrap_or_default());
        self.tenants.int(row.balance.unwrap_or(0));
        self.tenants.int(row.created);
        self.tenants.int(i64::from(row.deleted));
        self.tenants.end_row(connection).await?;

        self.customers.int(at.num);
        record(&mut self.customers, row);
        self.customers.end_row(connection).await
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.customers.finish(connection).await?;
        self.tenants.finish(connection).await
    }
}

/// The name that a person knows: the name, else the business, the person, the e-mail, the id.
fn display_name(row: &CustomerRow) -> &str {
    [
        &row.name,
        &row.business_name,
        &row.individual_name,
        &row.email,
    ]
    .into_iter()
    .filter_map(Option::as_deref)
    .map(str::trim)
    .find(|name| !name.is_empty())
    .unwrap_or(&row.id)
}
