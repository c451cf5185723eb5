//! The table `subscription`.

use std::sync::LazyLock;

use objects::rows::SubscriptionRow;
use sqlx::SqliteConnection;

use super::{Projection, record, table_statement};
use crate::bulk::{Rows, Statement};
use crate::error::Result;

static SUBSCRIPTIONS: LazyLock<Statement> =
    LazyLock::new(|| table_statement::<SubscriptionRow>(&["customer_num"]));

pub(super) struct Writer {
    rows: Rows<'static>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            rows: Rows::new(&SUBSCRIPTIONS),
        }
    }

    pub(super) async fn put(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: SubscriptionRow,
    ) -> Result<()> {
        self.rows.int(at.num);
        record(&mut self.rows, row);
        self.rows.maybe_int(at.refers[0]);
        self.rows.end_row(connection).await
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.rows.finish(connection).await
    }
}
