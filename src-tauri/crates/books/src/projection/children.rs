//! The tables `subscription_item`, `credit_note_line` and `payout_transaction`: complete lists of
//! children under their parent's number, replaced as a whole.

use std::sync::LazyLock;

use objects::Kind;
use objects::rows::{CreditNoteLineRow, PayoutTransactionRow, SubscriptionItemRow};
use sqlx::SqliteConnection;

use super::Projection;
use super::storage::{Layout, Words};
use crate::bulk::{Rows, json_list};
use crate::error::Result;
use crate::prepare::Item;

static ITEMS: LazyLock<Layout> =
    LazyLock::new(|| Layout::new::<SubscriptionItemRow>(&["parent", "n"], &[]));
static CREDIT_NOTE_LINES: LazyLock<Layout> =
    LazyLock::new(|| Layout::new::<CreditNoteLineRow>(&["parent", "n"], &[]));
static PAYOUT_TRANSACTIONS: LazyLock<Layout> =
    LazyLock::new(|| Layout::new::<PayoutTransactionRow>(&["parent", "n"], &[]));

pub(super) struct Writer {
    items: Rows<'static>,
    credit_note_lines: Rows<'static>,
    payout_transactions: Rows<'static>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            items: Rows::new(&ITEMS.statement),
            credit_note_lines: Rows::new(&CREDIT_NOTE_LINES.statement),
            payout_transactions: Rows::new(&PAYOUT_TRANSACTIONS.statement),
        }
    }

    pub(super) async fn items(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        children: Vec<SubscriptionItemRow>,
        words: &Words,
    ) -> Result<()> {
        for (n, child) in (0_i64..).zip(children) {
            self.items.int(at.num);
            self.items.int(n);
            ITEMS.record(&mut self.items, words, child);
            self.items.end_row(connection).await?;
        }
        Ok(())
    }

    pub(super) async fn credit_note_lines(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        children: Vec<CreditNoteLineRow>,
    ) -> Result<()> {
        for (n, child) in (0_i64..).zip(children) {
            self.credit_note_lines.int(at.num);
            self.credit_note_lines.int(n);
            CREDIT_NOTE_LINES.record(&mut self.credit_note_lines, &Words::default(), child);
            self.credit_note_lines.end_row(connection).await?;
        }
        Ok(())
    }

    pub(super) async fn payout_transactions(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        children: Vec<PayoutTransactionRow>,
    ) -> Result<()> {
        for (n, child) in (0_i64..).zip(children) {
            self.payout_transactions.int(at.num);
            self.payout_transactions.int(n);
            PAYOUT_TRANSACTIONS.record(&mut self.payout_transactions, &Words::default(), child);
            self.payout_transactions.end_row(connection).await?;
        }
        Ok(())
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.items.finish(connection).await?;
        self.credit_note_lines.finish(connection).await?;
        self.payout_transactions.finish(connection).await
    }
}

/// Removes the lists that are about to be replaced.
pub(super) async fn clear(
    connection: &mut SqliteConnection,
    items: &[Item],
    projections: &[Projection],
) -> Result<()> {
    let parents = |kind: Kind| -> Vec<i64> {
        projections
            .iter()
            .filter(|at| at.replaces && items.get(at.item).is_some_and(|item| item.kind == kind))
            .map(|at| at.num)
            .collect()
    };
    for (kind, sql) in [
        (
            Kind::SubscriptionItems,
            "DELETE FROM subscription_item WHERE parent IN (SELECT value FROM json_each(?1))",
        ),
        (
            Kind::CreditNoteLines,
            "DELETE FROM credit_note_line WHERE parent IN (SELECT value FROM json_each(?1))",
        ),
        (
            Kind::PayoutTransactions,
            "DELETE FROM payout_transaction WHERE parent IN (SELECT value FROM json_each(?1))",
        ),
    ] {
        let parents = parents(kind);
        if !parents.is_empty() {
            let parents = json_list(&parents);
            sqlx::query(sql)
                .bind(parents)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
