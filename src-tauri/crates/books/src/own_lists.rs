//! Whose own lists are to be read: what Stripe lists for one customer or one payout alone.

use crate::books::Books;
use crate::error::Result;

/// Payouts whose parts are asked for in one load, at most: the newest ones.
const MAX_PAYOUTS: i64 = 1_000;

impl Books {
    /// Customers who have an account balance, of whose balance an entry is known, or whose invoices
    /// began or ended with one; by id, in the order of arrival. With `unexplained`, only those whose newest known entry does not
    /// lead to the balance that they have.
    ///
    /// # Errors
    /// [`crate::BooksError`] when the file cannot be read.
    pub async fn customers_with_balance(&self, unexplained: bool) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT c.id FROM (SELECT num FROM customer WHERE balance <> 0 \
             UNION SELECT customer_num FROM customer_balance_transaction \
             UNION SELECT customer_num FROM invoice \
             WHERE starting_balance <> 0 OR ending_balance <> 0) w \
             JOIN customer c ON c.num = w.num \
             WHERE c.deleted = 0 AND NOT (?1 AND EXISTS (SELECT 1 \
                 FROM customer_balance_transaction t WHERE t.customer_num = c.num \
                 AND t.ending_balance = c.balance AND t.created = (SELECT max(l.created) \
                     FROM customer_balance_transaction l WHERE l.customer_num = c.num))) \
             ORDER BY c.num",
        )
        .bind(unexplained)
        .fetch_all(&mut *reader)
        .await?)
    }

    /// Customers to whom credits were granted; by id.
    ///
    /// # Errors
    /// [`crate::BooksError`] when the file cannot be read.
    pub async fn customers_with_grants(&self) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT c.id FROM credit_grant g JOIN customer c ON c.num = g.customer_num \
             WHERE c.deleted = 0 ORDER BY c.num",
        )
        .fetch_all(&mut *reader)
        .await?)
    }

    /// Customers whose payment methods somebody asked for: all of theirs are held since. By id.
    ///
    /// # Errors
    /// [`crate::BooksError`] when the file cannot be read.
    pub async fn customers_with_methods(&self) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT c.id FROM methods_read r JOIN customer c ON c.num = r.customer \
             WHERE c.deleted = 0 ORDER BY c.num",
        )
        .fetch_all(&mut *reader)
        .await?)
    }

    /// Did somebody ask for this customer's payment methods?
    ///
    /// # Errors
    /// [`crate::BooksError`] when the file cannot be read.
    pub async fn are_methods_held(&self, customer: &str) -> Result<bool> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM object o JOIN methods_read r ON r.customer = o.num \
             WHERE o.kind = 1 AND o.id = ?1)",
        )
        .bind(customer)
        .fetch_one(&mut *reader)
        .await?)
    }

    /// Automatic payouts made since `since` (UTC seconds) of which Stripe can say what they are
    /// made of and the books do not know it; by id, the newest first, a thousand at most.
    ///
    /// # Errors
    /// [`crate::BooksError`] when the file cannot be read.
    pub async fn unexplained_payouts(&self, since: i64) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT p.id FROM payout p WHERE p.automatic = 1 AND p.created >= ?1 \
             AND coalesce(p.reconciliation_status, 'completed') = 'completed' \
             AND NOT EXISTS (SELECT 1 FROM payout_transaction t WHERE t.parent = p.num) \
             ORDER BY p.created DESC LIMIT ?2",
        )
        .bind(since)
        .bind(MAX_PAYOUTS)
        .fetch_all(&mut *reader)
        .await?)
    }

    /// Test clocks that are not deleted; by id.
    ///
    /// # Errors
    /// [`crate::BooksError`] when the file cannot be read.
    pub async fn test_clocks(&self) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        let sql = "SELECT id FROM test_clock WHERE deleted = 0 ORDER BY num";
        Ok(sqlx::query_scalar(sql).fetch_all(&mut *reader).await?)
    }

    /// A customer's older payment source, where it names one; none for a customer that the books
    /// do not know.
    ///
    /// # Errors
    /// [`crate::BooksError`] when the file cannot be read.
    pub async fn default_source(&self, customer: &str) -> Result<Option<String>> {
        let mut reader = self.reader().await?;
        let found: Option<Option<String>> = sqlx::query_scalar(
            "SELECT c.default_source FROM object o JOIN customer c ON c.num = o.num \
             WHERE o.kind = 1 AND o.id = ?1",
        )
        .bind(customer)
        .fetch_optional(&mut *reader)
        .await?;
        Ok(found.flatten())
    }
}
