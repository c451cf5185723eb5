//! The tables `subscription_item`, `invoice_line` and `credit_note_line`: complete lists of
//! children under their parent's number, replaced as a whole.

use std::sync::LazyLock;

use objects::Kind;
use objects::rows::{CreditNoteLineRow, InvoiceLineRow, SubscriptionItemRow};
use sqlx::SqliteConnection;

use super::{Projection, child_statement, record};
use crate::bulk::{Rows, Statement};
use crate::error::Result;
use crate::prepare::Item;

static ITEMS: LazyLock<Statement> =
    LazyLock::new(|| child_statement::<SubscriptionItemRow>("subscription_item"));
static INVOICE_LINES: LazyLock<Statement> =
    LazyLock::new(|| child_statement::<InvoiceLineRow>("invoice_line"));
static CREDIT_NOTE_LINES: LazyLock<Statement> =
    LazyLock::new(|| child_statement::<CreditNoteLineRow>("credit_note_line"));

pub(super) struct Writer {
    items: Rows<'static>,
    invoice_lines: Rows<'static>,
    credit_note_lines: Rows<'static>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            items: Rows::new(&ITEMS),
            invoice_lines: Rows::new(&INVOICE_LINES),
            credit_note_lines: Rows::new(&CREDIT_NOTE_LINES),
        }
    }

    pub(super) async fn items(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        children: Vec<SubscriptionItemRow>,
    ) -> Result<()> {
        for (n, child) in (0_i64..).zip(children) {
            self.items.int(at.num);
            self.items.int(n);
            // The parent's id stands in the parent's row; here it would only take room.
            record(
                &mut self.items,
                SubscriptionItemRow {
                    subscription: None,
                    ..child
                },
            );
            self.items.end_row(connection).await?;
        }
        Ok(())
    }

    pub(super) async fn invoice_lines(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        children: Vec<InvoiceLineRow>,
    ) -> Result<()> {
        for (n, child) in (0_i64..).zip(children) {
            self.invoice_lines.int(at.num);
            self.invoice_lines.int(n);
            record(
                &mut self.invoice_lines,
                InvoiceLineRow {
                    invoice: None,
                    ..child
                },
            );
            self.invoice_lines.end_row(connection).await?;
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
            record(
                &mut self.credit_note_lines,
                CreditNoteLineRow {
                    credit_note: None,
                    ..child
                },
            );
            self.credit_note_lines.end_row(connection).await?;
        }
        Ok(())
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.items.finish(connection).await?;
        self.invoice_lines.finish(connection).await?;
        self.credit_note_lines.finish(connection).await
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
            Kind::InvoiceLines,
            "DELETE FROM invoice_line WHERE parent IN (SELECT value FROM json_each(?1))",
        ),
        (
            Kind::CreditNoteLines,
            "DELETE FROM credit_note_line WHERE parent IN (SELECT value FROM json_each(?1))",
        ),
    ] {
        let parents = parents(kind);
        if !parents.is_empty() {
            let parents = serde_json::json!(parents).to_string();
            sqlx::query(sql)
                .bind(parents)
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
