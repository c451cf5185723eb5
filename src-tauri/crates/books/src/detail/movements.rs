//! What moved beside invoices and attempts, of one tenant or one invoice: refunds, disputes,
//! entries of the account balance, credits, and the way from a payment over Stripe's fee to the
//! bank.

use objects::Kind;
use sqlx::FromRow;

use super::{MAX_DETAIL_ROWS, number};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::history::kind_code;

/// One thing that moved. The amount is minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Movement {
    /// Stripe's id.
    pub id: String,
    /// `refund`, `dispute`, `balance`, `credit_grant`, `credit_use`, `promotion_code`, `fee` or
    /// `payout`.
    pub kind: String,
    /// Stripe's word for its state or its type.
    pub status: Option<String>,
    /// When, UTC seconds: of a grant when it counts from, of a payout when it arrives.
    pub at: i64,
    /// How much; of a balance entry negative where it is a credit to the customer, of credits
    /// negative where they are taken.
    pub amount: Option<i64>,
    /// Three letters in lower case.
    pub currency: Option<String>,
    /// What is said about it: a reason, a name, a code.
    pub words: Option<String>,
    /// Id of the invoice, the charge or the grant that it belongs to.
    pub refers: Option<String>,
}

/// Refunds and disputes of charges that pass.
macro_rules! given_back {
    ($condition:literal) => {
        concat!(
            "SELECT r.id, 'refund' AS kind, r.status, r.created AS at, r.amount, r.currency, \
             r.reason AS words, r.charge AS refers FROM charge c \
             CROSS JOIN refund r ON r.charge_num = c.num WHERE ",
            $condition,
            " UNION ALL SELECT d.id, 'dispute', d.status, d.created, d.amount, d.currency, \
             d.reason, d.charge FROM charge c CROSS JOIN dispute d ON d.charge_num = c.num WHERE ",
            $condition,
        )
    };
}

/// Entries of the account balance and uses of credits that pass.
macro_rules! credited {
    ($entry:literal, $use:literal) => {
        concat!(
            " UNION ALL SELECT t.id, 'balance', t.type, t.created, t.amount, t.currency, \
             t.description, t.invoice FROM customer_balance_transaction t WHERE ",
            $entry,
            " UNION ALL SELECT u.id, 'credit_use', coalesce(u.debit_type, u.credit_type), \
             coalesce(u.effective_at, u.created), \
             coalesce(-u.debit_amount_monetary_value, u.credit_amount_monetary_value), \
             coalesce(u.debit_amount_monetary_currency, u.credit_amount_monetary_currency), \
             g.name, coalesce(u.debit_credits_applied_invoice, g.id) \
             FROM credit_balance_transaction u \
             LEFT JOIN credit_grant g ON g.num = u.credit_grant_num WHERE ",
            $use,
        )
    };
}

const NEWEST_FIRST: &str = " ORDER BY 4 DESC, 1 DESC LIMIT ?2";

const OF_CUSTOMER: &str = concat!(
    given_back!("c.customer_num = ?1"),
    credited!(
        "t.customer_num = ?1",
        "u.credit_grant_num IN (SELECT num FROM credit_grant WHERE customer_num = ?1)"
    ),
    " UNION ALL SELECT g.id, 'credit_grant', CASE WHEN g.voided_at IS NOT NULL THEN 'voided' \
     ELSE g.category END, coalesce(g.effective_at, g.created), g.amount_monetary_value, \
     g.amount_monetary_currency, g.name, NULL FROM credit_grant g WHERE g.customer_num = ?1 \
     UNION ALL SELECT p.id, 'promotion_code', CASE p.active WHEN 1 THEN 'active' \
     ELSE 'inactive' END, p.created, NULL, NULL, p.code, p.promotion_coupon \
     FROM promotion_code p WHERE p.customer_num = ?1",
);

/// The charges of an invoice.
const OF_INVOICE: &str = concat!(
    given_back!(
        "c.payment_intent_num IN (SELECT payment_intent_num FROM invoice_payment \
         WHERE invoice_num = ?1 AND payment_intent_num IS NOT NULL)"
    ),
    credited!("t.invoice_num = ?1", "u.invoice_num = ?1"),
    " UNION ALL SELECT b.id, 'fee', b.status, b.created, b.fee, b.currency, b.description, c.id \
     FROM charge c CROSS JOIN balance_transaction b ON b.source = c.id \
     WHERE c.payment_intent_num IN (SELECT payment_intent_num FROM invoice_payment \
         WHERE invoice_num = ?1 AND payment_intent_num IS NOT NULL) \
     UNION ALL SELECT o.id, 'payout', o.status, coalesce(o.arrival_date, o.created), o.amount, \
     o.currency, o.statement_descriptor, b.id FROM charge c \
     CROSS JOIN balance_transaction b ON b.source = c.id \
     CROSS JOIN payout_transaction m ON m.id = b.id CROSS JOIN payout o ON o.num = m.parent \
     WHERE c.payment_intent_num IN (SELECT payment_intent_num FROM invoice_payment \
         WHERE invoice_num = ?1 AND payment_intent_num IS NOT NULL)",
);

impl Books {
    /// What moved beside invoices and attempts of a customer, newest first, 200 at most.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`].
    pub async fn movements_of_tenant(&self, id: &str) -> Result<Vec<Movement>> {
        self.movements(Kind::Customer, id, OF_CUSTOMER).await
    }

    /// What moved for an invoice: what was given back, disputed, balanced or paid by credits,
    /// Stripe's fee on each of its charges, and the payout that took it to the bank; newest
    /// first, 200 at most.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`].
    pub async fn movements_of_invoice(&self, id: &str) -> Result<Vec<Movement>> {
        self.movements(Kind::Invoice, id, OF_INVOICE).await
    }

    async fn movements(&self, kind: Kind, id: &str, sql: &'static str) -> Result<Vec<Movement>> {
        let mut reader = self.reader().await?;
        let num = number(&mut reader, kind_code(kind), id)
            .await?
            .ok_or_else(|| BooksError::UnknownId { id: id.to_owned() })?;
        let sql = format!("{sql}{NEWEST_FIRST}");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(num)
            .bind(MAX_DETAIL_ROWS)
            .fetch_all(&mut *reader)
            .await?)
    }
}
