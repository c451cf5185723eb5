//! Changes that finance signs for and that none of our requests made: which events tell of them,
//! and who explained them.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{FromRow, SqliteConnection};

use super::log::{self, EventRow};
use crate::books::Books;
use crate::error::Result;
use crate::ledger::{Entry, Ledger as _, Personal};

/// Every idempotency key that we send begins so.
const OUR_KEYS: &str = "md_";
/// The ledger's name of an explanation.
const KIND: &str = "elsewhere.explained";
/// The name of its words among the personal data beside the entry.
const WORDS: &str = "explanation";
/// Changes that are given out at once, at most.
const MAX_CHANGES: u32 = 500;

/// Whether the request behind an event was one of ours.
#[must_use]
pub fn is_ours(idempotency_key: Option<&str>) -> bool {
    idempotency_key.is_some_and(|key| key.starts_with(OUR_KEYS))
}

/// Whether an event tells of a refund, a credit note, a balance, a grant, a void or write-off, a
/// plan, a number of seats or an end that some request made, and none of ours. What Stripe did by
/// itself (no request) is no decision of anybody.
pub(super) fn is_elsewhere(
    event_type: &str,
    previous: &BTreeSet<&str>,
    request_id: Option<&str>,
    idempotency_key: Option<&str>,
) -> bool {
    if request_id.is_none() || is_ours(idempotency_key) {
        return false;
    }
    let changed = |names: &[&str]| names.iter().any(|name| previous.contains(name));
    match event_type {
        "refund.created"
        | "credit_note.created"
        | "credit_note.voided"
        | "billing.credit_grant.created"
        | "invoice.voided"
        | "invoice.marked_uncollectible"
        | "customer.subscription.deleted" => true,
        "billing.credit_grant.updated" => changed(&["expires_at", "voided_at", "amount"]),
        "customer.updated" => changed(&["balance", "invoice_credit_balance"]),
        "customer.subscription.updated" => changed(&["items", "plan", "quantity"]),
        _ => false,
    }
}

/// Who explained a change, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// UTC seconds.
    pub at: i64,
    /// Who.
    pub author: String,
    /// In their words; none: erased with the customer's data.
    pub words: Option<String>,
}

#[derive(FromRow)]
struct Found {
    event: String,
    at: i64,
    author: String,
    body: Option<String>,
}

impl From<Found> for Explanation {
    fn from(found: Found) -> Self {
        let fields: BTreeMap<String, String> = found
            .body
            .and_then(|body| serde_json::from_str(&body).ok())
            .unwrap_or_default();
        Self {
            at: found.at,
            author: found.author,
            words: fields.get(WORDS).cloned(),
        }
    }
}

impl Books {
    /// Changes made elsewhere from `from` to before `to` (UTC seconds), newest first, at most 500;
    /// and the explanations that there are, by event.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn elsewhere(
        &self,
        from: Option<i64>,
        to: Option<i64>,
    ) -> Result<(Vec<EventRow>, BTreeMap<String, Explanation>)> {
        let mut snapshot = self.snapshot().await?;
        let mut query = log::rows();
        query.push(" WHERE e.elsewhere = 1");
        if let Some(from) = from {
            query.push(" AND e.created >= ").push_bind(from);
        }
        if let Some(to) = to {
            query.push(" AND e.created < ").push_bind(to);
        }
        query
            .push(" ORDER BY e.created DESC, e.num DESC LIMIT ")
            .push_bind(MAX_CHANGES);
        let rows: Vec<EventRow> = query.build_query_as().fetch_all(&mut *snapshot).await?;
        let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
        let explanations = explanations(&mut snapshot, &ids).await?;
        Ok((rows, explanations))
    }

    /// How many changes made elsewhere nobody has explained.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn unexplained(&self) -> Result<u64> {
        let mut reader = self.reader().await?;
        let count: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM event e WHERE e.elsewhere = 1 AND NOT EXISTS \
             (SELECT 1 FROM ledger l WHERE l.kind = 'elsewhere.explained' \
              AND json_extract(l.payload, '$.event') = e.id)",
        )
        .fetch_one(&mut *reader)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The last explanation of an event, if there is one.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn explanation(&self, event: &str) -> Result<Option<Explanation>> {
        let mut reader = self.reader().await?;
        let mut found = explanations(&mut reader, &[event]).await?;
        Ok(found.remove(event))
    }

    /// Signs a change made elsewhere off: the ledger holds the event and who explained it, its
    /// words stand beside, so that they can be erased with the customer's data.
    ///
    /// # Errors
    /// [`crate::BooksError::UnknownId`] for an event that is not in the log.
    pub async fn explain_elsewhere(
        &self,
        event: &str,
        author: &str,
        words: &str,
        at: i64,
    ) -> Result<()> {
        let row = self.event(event).await?.row;
        let mut entry = Entry::new(
            at,
            author,
            KIND,
            serde_json::json!({
                "event": row.id,
                "type": row.event_type,
                "object": row.object_id,
                "request": row.request_id,
            }),
        );
        entry.personal = Some(Personal {
            subject: row.customer,
            fields: BTreeMap::from([(WORDS.to_owned(), words.to_owned())]),
        });
        self.ledger().append(entry).await?;
        Ok(())
    }
}

/// The last explanation of each of these events.
async fn explanations(
    connection: &mut SqliteConnection,
    events: &[&str],
) -> Result<BTreeMap<String, Explanation>> {
    let found: Vec<Found> = sqlx::query_as(
        "SELECT j.value AS event, l.at, l.author, p.body FROM json_each(?1) j \
         JOIN ledger l ON l.kind = 'elsewhere.explained' \
             AND json_extract(l.payload, '$.event') = j.value \
         LEFT JOIN ledger_personal p ON p.sequence = l.sequence ORDER BY l.sequence",
    )
    .bind(serde_json::json!(events).to_string())
    .fetch_all(connection)
    .await?;
    Ok(found
        .into_iter()
        .map(|found| (found.event.clone(), found.into()))
        .collect())
}
