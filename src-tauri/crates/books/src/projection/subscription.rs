//! The table `subscription`.

use std::sync::LazyLock;

use objects::rows::SubscriptionRow;
use sqlx::SqliteConnection;

use super::Projection;
use super::storage::{Layout, Words};
use crate::bulk::Rows;
use crate::error::Result;

static SUBSCRIPTIONS: LazyLock<Layout> =
    LazyLock::new(|| Layout::new::<SubscriptionRow>(&["num"], &["customer_num"]));

pub(super) struct Writer {
    rows: Rows<'static>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            rows: Rows::new(&SUBSCRIPTIONS.statement),
        }
    }

    pub(super) async fn put(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: SubscriptionRow,
        words: &Words,
    ) -> Result<()> {
        self.rows.int(at.num);
        SUBSCRIPTIONS.record(&mut self.rows, words, row);
        self.rows.maybe_int(at.refers[0]);
        self.rows.end_row(connection).await
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.rows.finish(connection).await
    }
}
