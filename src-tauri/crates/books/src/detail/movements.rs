//! What moved beside invoices and attempts, of one tenant or one invoice: refunds, disputes,
//! entries of the account balance, credits; and the way of an invoice's money over Stripe's fee to
//! the bank.

use objects::Kind;
use sqlx::{FromRow, SqliteConnection};

use super::{MAX_DETAIL_ROWS, number};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::history::kind_code;

/// One thing that moved. The amount is minor units of `currency`, times are UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Movement {
    /// Stripe's id.
    pub id: String,
    /// `refund`, `dispute`, `balance`, `credit_grant`, `credit_use` or `promotion_code`.
    pub kind: String,
    /// Stripe's word for its state or its type.
    pub status: Option<String>,
    /// When; of a grant when it counts from.
    pub at: i64,
    /// How much; of a balance entry negative where it is a credit to the customer, of credits
    /// negative where they are taken.
    pub amount: Option<i64>,
    /// Three letters in lower case.
    pub currency: Option<String>,
    /// What is said about it: a reason, a name, a code.
    pub words: Option<String>,
    /// Id of what it belongs to: of a refund and a dispute the charge, of a use of credits the
    /// grant, of a balance entry the credit note, of a promotion code the coupon.
    pub refers: Option<String>,
    /// When evidence for a dispute is due, when a grant or a code expires.
    pub until: Option<i64>,
    /// Of a dispute: whether evidence was given.
    pub answered: Option<bool>,
    /// Id of the invoice that it is for.
    pub invoice: Option<String>,
    /// That invoice's number.
    pub invoice_number: Option<String>,
}

/// One entry of the company's own balance at Stripe. Amounts are minor units of `currency`, which
/// may be another one than the customer paid in; times are UTC seconds.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct BalanceEntry {
    /// Stripe's id of the balance transaction.
    pub id: String,
    /// What moved it: `charge`, `refund`, `adjustment` (a dispute), ….
    pub entry_type: String,
    /// Id of the charge, the refund or the dispute.
    pub source: String,
    /// Before Stripe's fee; negative where money leaves.
    pub amount: i64,
    /// What Stripe took.
    pub fee: i64,
    /// What came of it: the amount less the fee.
    pub net: i64,
    /// Three letters in lower case.
    pub currency: String,
    /// How much of `currency` one unit of the customer's was worth; none: the same currency.
    pub exchange_rate: Option<String>,
    /// `available` or `pending`.
    pub status: Option<String>,
    /// From when on it can be paid out.
    pub available_on: Option<i64>,
    /// When.
    pub created: i64,
    /// Id of the payout that took it to the bank; none yet, or Stripe does not say.
    pub payout: Option<String>,
    /// `paid`, `in_transit`, `pending`, `failed` or `canceled`.
    pub payout_status: Option<String>,
    /// When the payout arrives at the bank.
    pub payout_at: Option<i64>,
    /// All that the payout brought, in the entry's currency.
    pub payout_amount: Option<i64>,
}

/// Everything that moved for one invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InvoiceMoney {
    /// What was given back, disputed, balanced or paid by credits, newest first, at most 200.
    pub movements: Vec<Movement>,
    /// The company's balance at Stripe by it, oldest first, at most 200.
    pub entries: Vec<BalanceEntry>,
}

/// Refunds and disputes of the charges `c`.
macro_rules! given_back {
    () => {
        concat!(
            "SELECT r.id, 'refund' AS kind, r.status, r.created AS at, r.amount, r.currency, \
             coalesce(r.failure_reason, r.reason) AS words, r.charge AS refers, NULL AS until, \
             NULL AS answered, (SELECT q.invoice_num FROM invoice_payment q \
                 WHERE q.payment_intent_num = c.payment_intent_num ORDER BY q.num LIMIT 1) \
                 AS invoice_num FROM c CROSS JOIN refund r ON r.charge_num = c.num \
             UNION ALL SELECT d.id, 'dispute', d.status, d.created, d.amount, d.currency, \
             d.reason, d.charge, d.evidence_details_due_by, \
             coalesce(d.evidence_details_has_evidence, 0) \
                 AND coalesce(d.evidence_details_submission_count, 0) > 0, \
             (SELECT q.invoice_num FROM invoice_payment q \
                 WHERE q.payment_intent_num = c.payment_intent_num ORDER BY q.num LIMIT 1) \
             FROM c CROSS JOIN dispute d ON d.charge_num = c.num",
        )
    };
}

/// Entries of the account balance and uses of credits that pass.
macro_rules! credited {
    ($entry:literal, $use:literal) => {
        concat!(
            " UNION ALL SELECT t.id, 'balance', t.type, t.created, t.amount, t.currency, \
             t.description, t.credit_note, NULL, NULL, t.invoice_num \
             FROM customer_balance_transaction t WHERE ",
            $entry,
            " UNION ALL SELECT u.id, 'credit_use', coalesce(u.debit_type, u.credit_type), \
             coalesce(u.effective_at, u.created), \
             coalesce(-u.debit_amount_monetary_value, u.credit_amount_monetary_value), \
             coalesce(u.debit_amount_monetary_currency, u.credit_amount_monetary_currency), \
             g.name, g.id, NULL, NULL, u.invoice_num FROM credit_balance_transaction u \
             LEFT JOIN credit_grant g ON g.num = u.credit_grant_num WHERE ",
            $use,
        )
    };
}

/// All of the movements, with the numbers of their invoices.
macro_rules! newest_first {
    ($($movements:tt)*) => {
        concat!(
            "SELECT m.id, m.kind, m.status, m.at, m.amount, m.currency, m.words, m.refers, \
             m.until, m.answered, i.id AS invoice, i.number AS invoice_number FROM (",
            $($movements)*,
            ") m LEFT JOIN invoice i ON i.num = m.invoice_num \
             ORDER BY m.at DESC, m.id DESC LIMIT ?2",
        )
    };
}

const OF_CUSTOMER: &str = concat!(
    "WITH c AS (SELECT num, payment_intent_num FROM charge WHERE customer_num = ?1) ",
    newest_first!(
        given_back!(),
        credited!(
            "t.customer_num = ?1",
            "u.credit_grant_num IN (SELECT num FROM credit_grant WHERE customer_num = ?1)"
        ),
        " UNION ALL SELECT g.id, 'credit_grant', CASE WHEN g.voided_at IS NOT NULL THEN 'voided' \
         ELSE g.category END, coalesce(g.effective_at, g.created), g.amount_monetary_value, \
         g.amount_monetary_currency, g.name, NULL, g.expires_at, NULL, NULL \
         FROM credit_grant g WHERE g.customer_num = ?1 \
         UNION ALL SELECT p.id, 'promotion_code', CASE p.active WHEN 1 THEN 'active' \
         ELSE 'inactive' END, p.created, NULL, NULL, p.code, p.promotion_coupon, p.expires_at, \
         NULL, NULL FROM promotion_code p WHERE p.customer_num = ?1"
    )
);

/// `c`: the charges of an invoice, by their intent, or by themselves where they have none.
macro_rules! charges_of_invoice {
    () => {
        "WITH c AS (SELECT h.num, h.id, h.payment_intent_num FROM invoice_payment p \
             CROSS JOIN charge h ON h.payment_intent_num = p.payment_intent_num \
             WHERE p.invoice_num = ?1 \
         UNION SELECT h.num, h.id, h.payment_intent_num FROM invoice_payment p \
             CROSS JOIN object o ON o.kind = (SELECT num FROM kind WHERE name = 'charge') \
                 AND o.id = p.payment_charge \
             CROSS JOIN charge h ON h.num = o.num WHERE p.invoice_num = ?1) "
    };
}

const OF_INVOICE: &str = concat!(
    charges_of_invoice!(),
    newest_first!(
        given_back!(),
        credited!("t.invoice_num = ?1", "u.invoice_num = ?1")
    )
);

/// Every entry that the invoice's charges, their refunds and their disputes made.
const ENTRIES: &str = concat!(
    charges_of_invoice!(),
    ", source (id) AS (SELECT id FROM c \
         UNION SELECT r.id FROM c CROSS JOIN refund r ON r.charge_num = c.num \
         UNION SELECT d.id FROM c CROSS JOIN dispute d ON d.charge_num = c.num) \
     SELECT b.id, b.type AS entry_type, b.source, coalesce(b.amount, 0) AS amount, \
     coalesce(b.fee, 0) AS fee, coalesce(b.net, b.amount, 0) AS net, b.currency, \
     b.exchange_rate, b.status, b.available_on, b.created, o.id AS payout, \
     o.status AS payout_status, coalesce(o.arrival_date, o.created) AS payout_at, \
     o.amount AS payout_amount FROM source s \
     CROSS JOIN balance_transaction b ON b.source = s.id \
     LEFT JOIN payout o ON o.num = (SELECT max(m.parent) FROM payout_transaction m \
         WHERE m.id = b.id) \
     ORDER BY b.created, b.num LIMIT ?2",
);

impl Books {
    /// What moved beside invoices and attempts of a customer, newest first, 200 at most.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`].
    pub async fn movements_of_tenant(&self, id: &str) -> Result<Vec<Movement>> {
        let mut reader = self.reader().await?;
        let num = known(&mut reader, Kind::Customer, id).await?;
        listed(&mut reader, OF_CUSTOMER, num).await
    }

    /// What moved for an invoice, and its way to the bank.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`].
    pub async fn movements_of_invoice(&self, id: &str) -> Result<InvoiceMoney> {
        let mut snapshot = self.snapshot().await?;
        let num = known(&mut snapshot, Kind::Invoice, id).await?;
        Ok(InvoiceMoney {
            movements: listed(&mut snapshot, OF_INVOICE, num).await?,
            entries: sqlx::query_as(ENTRIES)
                .bind(num)
                .bind(MAX_DETAIL_ROWS)
                .fetch_all(&mut *snapshot)
                .await?,
        })
    }
}

async fn known(connection: &mut SqliteConnection, kind: Kind, id: &str) -> Result<i64> {
    number(connection, kind_code(kind), id)
        .await?
        .ok_or_else(|| BooksError::UnknownId { id: id.to_owned() })
}

async fn listed(
    connection: &mut SqliteConnection,
    sql: &'static str,
    num: i64,
) -> Result<Vec<Movement>> {
    Ok(sqlx::query_as(sql)
        .bind(num)
        .bind(MAX_DETAIL_ROWS)
        .fetch_all(connection)
        .await?)
}
