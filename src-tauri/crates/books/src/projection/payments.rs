//! The tables `invoice_payment`, `payment_intent`, `charge` and `credit_note`.

use std::sync::LazyLock;

use objects::rows::{ChargeRow, CreditNoteRow, InvoicePaymentRow, PaymentIntentRow};
use sqlx::SqliteConnection;

use super::{Projection, record, table_statement};
use crate::bulk::{Rows, Statement};
use crate::error::Result;

static INVOICE_PAYMENTS: LazyLock<Statement> =
    LazyLock::new(|| table_statement::<InvoicePaymentRow>(&["invoice_num", "payment_intent_num"]));
static PAYMENT_INTENTS: LazyLock<Statement> =
    LazyLock::new(|| table_statement::<PaymentIntentRow>(&["customer_num"]));
static CHARGES: LazyLock<Statement> =
    LazyLock::new(|| table_statement::<ChargeRow>(&["customer_num", "payment_intent_num"]));
static CREDIT_NOTES: LazyLock<Statement> =
    LazyLock::new(|| table_statement::<CreditNoteRow>(&["customer_num", "invoice_num"]));

pub(super) struct Writer {
    invoice_payments: Rows<'static>,
    payment_intents: Rows<'static>,
    charges: Rows<'static>,
    credit_notes: Rows<'static>,
}

impl Writer {
    pub(super) fn new() -> Self {
        Self {
            invoice_payments: Rows::new(&INVOICE_PAYMENTS),
            payment_intents: Rows::new(&PAYMENT_INTENTS),
            charges: Rows::new(&CHARGES),
            credit_notes: Rows::new(&CREDIT_NOTES),
        }
    }

    pub(super) async fn invoice_payment(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: InvoicePaymentRow,
    ) -> Result<()> {
        self.invoice_payments.int(at.num);
        record(&mut self.invoice_payments, row);
        self.invoice_payments.maybe_int(at.refers[0]);
        self.invoice_payments.maybe_int(at.refers[1]);
        self.invoice_payments.end_row(connection).await
    }

    pub(super) async fn payment_intent(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: PaymentIntentRow,
    ) -> Result<()> {
        self.payment_intents.int(at.num);
        record(&mut self.payment_intents, row);
        self.payment_intents.maybe_int(at.refers[0]);
        self.payment_intents.end_row(connection).await
    }

    pub(super) async fn charge(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: ChargeRow,
    ) -> Result<()> {
        self.charges.int(at.num);
        record(&mut self.charges, row);
        self.charges.maybe_int(at.refers[0]);
        self.charges.maybe_int(at.refers[1]);
        self.charges.end_row(connection).await
    }

    pub(super) async fn credit_note(
        &mut self,
        connection: &mut SqliteConnection,
        at: Projection,
        row: CreditNoteRow,
    ) -> Result<()> {
        self.credit_notes.int(at.num);
        record(&mut self.credit_notes, row);
        self.credit_notes.maybe_int(at.refers[0]);
        self.credit_notes.maybe_int(at.refers[1]);
        self.credit_notes.end_row(connection).await
    }

    pub(super) async fn finish(self, connection: &mut SqliteConnection) -> Result<()> {
        self.invoice_payments.finish(connection).await?;
        self.payment_intents.finish(connection).await?;
        self.charges.finish(connection).await?;
        self.credit_notes.finish(connection).await
    }
}
