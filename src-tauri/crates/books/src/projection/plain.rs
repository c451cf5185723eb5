//! The tables whose rows are a kind's fields as they are and the numbers of what they refer to:
//! refunds, disputes, credits, schedules, payouts and the like.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use objects::Row;
use objects::rows::{
    BalanceTransactionRow, CreditBalanceSummaryRow, CreditBalanceTransactionRow, CreditGrantRow,
    CustomerBalanceTransactionRow, DisputeRow, InvoiceItemRow, MeterRow, PaymentMethodRow,
    PaymentSourceRow, PayoutRow, PromotionCodeRow, RefundRow, SubscriptionScheduleRow,
    TestClockRow,
};
use sqlx::SqliteConnection;

use super::{Projection, record, table_statement};
use crate::bulk::{Rows, Statement};
use crate::error::Result;
use crate::record::Record;

/// A table, and the columns for what its rows refer to, in the order of their kind's references.
struct Table {
    statement: LazyLock<Statement>,
    refers: usize,
}

macro_rules! tables {
    ($($name:ident: $row:ident [$($refers:literal),*];)*) => {
        $(static $name: Table = Table {
            statement: LazyLock::new(|| table_statement::<$row>(&[$($refers),*])),
            refers: { const NAMES: &[&str] = &[$($refers),*]; NAMES.len() },
        };)*
    };
}

tables! {
    REFUND: RefundRow ["charge_num", "payment_intent_num"];
    DISPUTE: DisputeRow ["charge_num", "payment_intent_num"];
    CUSTOMER_BALANCE_TRANSACTION: CustomerBalanceTransactionRow ["customer_num", "invoice_num"];
    CREDIT_GRANT: CreditGrantRow ["customer_num"];
    CREDIT_BALANCE_TRANSACTION: CreditBalanceTransactionRow ["credit_grant_num", "invoice_num"];
    CREDIT_BALANCE_SUMMARY: CreditBalanceSummaryRow [];
    METER: MeterRow [];
    PROMOTION_CODE: PromotionCodeRow ["customer_num"];
    SUBSCRIPTION_SCHEDULE: SubscriptionScheduleRow ["customer_num", "subscription_num"];
    INVOICE_ITEM: InvoiceItemRow ["customer_num", "invoice_num"];
    PAYMENT_METHOD: PaymentMethodRow ["customer_num"];
    PAYMENT_SOURCE: PaymentSourceRow ["customer_num"];
    BALANCE_TRANSACTION: BalanceTransactionRow [];
    PAYOUT: PayoutRow [];
    TEST_CLOCK: TestClockRow [];
}

/// Rows on their way; most batches hold none of these, and none is made ready before its first.
#[derive(Default)]
pub(super) struct Writer {
    rows: BTreeMap<&'static str, Rows<'static>>,
}

impl Writer {
    /// Writes a row of one of these tables; a row of another kind has a writer of its own.
    pub(super) async fn put(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: Row,
    ) -> Result<()> {
        match row {
            Row::Refund(row) => self.row(connection, &REFUND, at, *row).await,
            Row::Dispute(row) => self.row(connection, &DISPUTE, at, *row).await,
            Row::CustomerBalanceTransaction(row) => {
                self.row(connection, &CUSTOMER_BALANCE_TRANSACTION, at, *row)
                    .await
            }
            Row::CreditGrant(row) => self.row(connection, &CREDIT_GRANT, at, *row).await,
            Row::CreditBalanceTransaction(row) => {
                self.row(connection, &CREDIT_BALANCE_TRANSACTION, at, *row)
                    .await
            }
            Row::CreditBalanceSummary(row) => {
                self.row(connection, &CREDIT_BALANCE_SUMMARY, at, row).await
            }
            Row::Meter(row) => self.row(connection, &METER, at, *row).await,
            Row::PromotionCode(row) => self.row(connection, &PROMOTION_CODE, at, *row).await,
            Row::SubscriptionSchedule(row) => {
                self.row(connection, &SUBSCRIPTION_SCHEDULE, at, *row).await
            }
            Row::InvoiceItem(row) => self.row(connection, &INVOICE_ITEM, at, *row).await,
            Row::PaymentMethod(row) => self.row(connection, &PAYMENT_METHOD, at, *row).await,
            Row::PaymentSource(row) => self.row(connection, &PAYMENT_SOURCE, at, row).await,
            Row::BalanceTransaction(row) => {
                self.row(connection, &BALANCE_TRANSACTION, at, *row).await
            }
            Row::Payout(row) => self.row(connection, &PAYOUT, at, *row).await,
            Row::TestClock(row) => self.row(connection, &TEST_CLOCK, at, row).await,
            _ => Ok(()),
        }
    }

    async fn row<R: Record>(
        &mut self,
        connection: &mut SqliteConnection,
        table: &'static Table,
        at: Projection,
        row: R,
    ) -> Result<()> {
        let rows = self
            .rows
            .entry(R::TABLE)
            .or_insert_with(|| Rows::new(&table.statement));
        rows.int(at.num);
        record(rows, row);
        for num in at.refers.into_iter().take(table.refers) {
            rows.maybe_int(num);
        }
        rows.end_row(connection).await
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        for rows in self.rows.into_values() {
            rows.finish(connection).await?;
        }
        Ok(())
    }
}
