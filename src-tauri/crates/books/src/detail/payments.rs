//! Payment attempts and credit notes of one tenant or of one invoice.

use sqlx::{FromRow, SqliteConnection};

use super::MAX_DETAIL_ROWS;
use crate::error::Result;

/// A payment attempt. The amount is minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Payment {
    /// The charge's id; of a payment outside Stripe, the invoice payment's.
    pub id: String,
    /// When, UTC seconds.
    pub at: i64,
    /// `succeeded`, `failed`, `pending`, `canceled`, `out_of_band`.
    pub outcome: String,
    /// The amount that was tried.
    pub amount: i64,
    /// What was given back of it.
    pub amount_refunded: i64,
    /// Three letters in lower case.
    pub currency: String,
    /// The customer, Stripe's id.
    pub customer: Option<String>,
    /// The invoice that it is for, Stripe's id.
    pub invoice: Option<String>,
    /// The invoice's number.
    pub invoice_number: Option<String>,
    /// The payment intent, Stripe's id.
    pub payment_intent: Option<String>,
    /// `card`, `sepa_debit`, ….
    pub method_type: Option<String>,
    /// `visa`, ….
    pub card_brand: Option<String>,
    /// The last four digits of the card.
    pub card_last4: Option<String>,
    /// Stripe's error code.
    pub failure_code: Option<String>,
    /// The bank's reason (decline code).
    pub decline_code: Option<String>,
    /// Stripe's words.
    pub failure_message: Option<String>,
    /// What Stripe or the network advises.
    pub advice_code: Option<String>,
    /// Disputed by the payer.
    pub disputed: bool,
}

/// A credit note. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CreditNote {
    /// Stripe's id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// `issued` or `void`.
    pub status: String,
    /// The invoice that it corrects.
    pub invoice: Option<String>,
    /// That invoice's number.
    pub invoice_number: Option<String>,
    /// Effective date, UTC seconds: its accounting date.
    pub effective_at: i64,
    /// Its total.
    pub total: i64,
    /// Three letters in lower case.
    pub currency: String,
    /// The reason that Stripe holds.
    pub reason: Option<String>,
    /// Words on the document.
    pub memo: Option<String>,
}

/// The columns of a charge as an attempt, joined to the invoice that its intent settles.
macro_rules! attempts {
    ($condition:literal) => {
        concat!(
            "SELECT c.id, c.created AS at, c.status AS outcome, coalesce(c.amount, 0) AS amount, \
             coalesce(c.amount_refunded, 0) AS amount_refunded, c.currency, c.customer, \
             i.id AS invoice, i.number AS invoice_number, c.payment_intent, \
             c.payment_method_details_type AS method_type, \
             c.payment_method_details_card_brand AS card_brand, \
             c.payment_method_details_card_last4 AS card_last4, c.failure_code, \
             CASE c.status WHEN 'failed' THEN c.outcome_reason END AS decline_code, \
             c.failure_message, coalesce(c.outcome_advice_code, c.outcome_network_advice_code) \
             AS advice_code, c.disputed FROM charge c \
             LEFT JOIN invoice_payment p ON p.num = (SELECT min(q.num) FROM invoice_payment q \
             WHERE q.payment_intent_num = c.payment_intent_num) \
             LEFT JOIN invoice i ON i.num = p.invoice_num WHERE ",
            $condition,
        )
    };
}

/// The columns of a payment outside Stripe.
macro_rules! outside {
    ($condition:literal) => {
        concat!(
            " UNION ALL SELECT p.id, coalesce(p.status_transitions_paid_at, p.created), \
             CASE p.status WHEN 'canceled' THEN 'canceled' ELSE 'out_of_band' END, \
             coalesce(p.amount_paid, p.amount_requested, 0), 0, p.currency, \
             (SELECT o.id FROM object o WHERE o.num = i.customer_num), i.id, \
             i.number, NULL, p.payment_type, NULL, NULL, NULL, NULL, NULL, NULL, 0 \
             FROM invoice i JOIN invoice_payment p ON p.invoice_num = i.num \
             WHERE p.payment_type = 'payment_record' AND ",
            $condition,
            " ORDER BY 2 DESC, 1 DESC LIMIT ?2",
        )
    };
}

const OF_CUSTOMER: &str = concat!(
    attempts!("c.customer_num = ?1"),
    outside!("i.customer_num = ?1")
);
const OF_INVOICE: &str = concat!(
    attempts!(
        "c.payment_intent_num IN (SELECT payment_intent_num FROM invoice_payment \
         WHERE invoice_num = ?1 AND payment_intent_num IS NOT NULL)"
    ),
    outside!("i.num = ?1")
);

/// Attempts of a customer, newest first.
pub(super) async fn of_customer(
    connection: &mut SqliteConnection,
    customer: i64,
) -> Result<Vec<Payment>> {
    Ok(sqlx::query_as(OF_CUSTOMER)
        .bind(customer)
        .bind(MAX_DETAIL_ROWS)
        .fetch_all(connection)
        .await?)
}

/// Attempts for an invoice, newest first.
pub(super) async fn of_invoice(
    connection: &mut SqliteConnection,
    invoice: i64,
) -> Result<Vec<Payment>> {
    Ok(sqlx::query_as(OF_INVOICE)
        .bind(invoice)
        .bind(MAX_DETAIL_ROWS)
        .fetch_all(connection)
        .await?)
}

macro_rules! credit_notes {
    ($condition:literal) => {
        concat!(
            "SELECT n.id, n.number, n.status, n.invoice, i.number AS invoice_number, \
             coalesce(n.effective_at, n.created) AS effective_at, coalesce(n.total, 0) AS total, \
             n.currency, n.reason, n.memo FROM credit_note n \
             LEFT JOIN invoice i ON i.num = n.invoice_num WHERE ",
            $condition,
            " ORDER BY 6 DESC, n.num DESC LIMIT ?2",
        )
    };
}

/// Credit notes of a customer, newest first.
pub(super) async fn notes_of_customer(
    connection: &mut SqliteConnection,
    customer: i64,
) -> Result<Vec<CreditNote>> {
    Ok(sqlx::query_as(credit_notes!("n.customer_num = ?1"))
        .bind(customer)
        .bind(MAX_DETAIL_ROWS)
        .fetch_all(connection)
        .await?)
}

/// Credit notes for an invoice, newest first.
pub(super) async fn notes_of_invoice(
    connection: &mut SqliteConnection,
    invoice: i64,
) -> Result<Vec<CreditNote>> {
    Ok(sqlx::query_as(credit_notes!("n.invoice_num = ?1"))
        .bind(invoice)
        .bind(MAX_DETAIL_ROWS)
        .fetch_all(connection)
        .await?)
}
