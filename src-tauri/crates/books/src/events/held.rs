//! What the books hold of the objects that events speak of, and since when.

use objects::Kind;
use sqlx::FromRow;

use crate::books::Books;
use crate::bulk::json_list;
use crate::error::Result;
use crate::history::kind_code;

/// The state of an object that is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldState {
    /// What it is as of, its own list included, UTC seconds.
    pub seen_at: i64,
    /// It says only that Stripe deleted the object.
    pub deleted: bool,
}

#[derive(FromRow)]
struct Known {
    position: i64,
    version_seen_at: i64,
    part_seen_at: Option<i64>,
    deleted: bool,
}

impl Books {
    /// What is held of these objects of one kind, in their order; none where nothing is, or where
    /// the object's own list is missing.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn held_states(&self, kind: Kind, ids: &[&str]) -> Result<Vec<Option<HeldState>>> {
        let mut states = vec![None; ids.len()];
        let mut reader = self.reader().await?;
        let known: Vec<Known> = sqlx::query_as(
            "SELECT j.key AS position, o.version_seen_at, o.part_seen_at, v.deleted \
             FROM json_each(?1) j CROSS JOIN object o ON o.kind = ?2 AND o.id = j.value \
             JOIN version v ON v.num = o.version",
        )
        .bind(json_list(ids))
        .bind(kind_code(kind))
        .fetch_all(&mut *reader)
        .await?;
        let has_list = Kind::ALL
            .into_iter()
            .any(|part| part.parent() == Some(kind) && part.is_child_list());
        for row in known {
            let seen_at = match (has_list && !row.deleted, row.part_seen_at) {
                (false, _) => row.version_seen_at,
                (true, Some(part)) => row.version_seen_at.min(part),
                (true, None) => continue,
            };
            let place = usize::try_from(row.position).ok();
            if let Some(state) = place.and_then(|place| states.get_mut(place)) {
                *state = Some(HeldState {
                    seen_at,
                    deleted: row.deleted,
                });
            }
        }
        Ok(states)
    }

    /// Movements of Stripe's balance that are held as pending and have become available by `now`:
    /// their ids and when they were created, at most a thousand. Time alone changes them.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn matured_movements(&self, now: i64) -> Result<Vec<(String, i64)>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_as(
            "SELECT b.id, b.created FROM balance_transaction b JOIN object o ON o.num = b.num \
             WHERE b.status = 'pending' AND b.available_on <= ?1 \
             AND o.version_seen_at < b.available_on LIMIT 1000",
        )
        .bind(now)
        .fetch_all(&mut *reader)
        .await?)
    }

    /// The subscriptions of a customer that have not ended, as the books hold them.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn running_subscriptions(&self, customer: &str) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT s.id FROM subscription s WHERE s.customer_num = (SELECT num FROM object WHERE kind = ?1 AND id = ?2) \
             AND s.ended_at IS NULL",
        )
        .bind(kind_code(Kind::Customer))
        .bind(customer)
        .fetch_all(&mut *reader)
        .await?)
    }
}
