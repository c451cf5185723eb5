//! Which state of an object held last, where its states do not arrive in the order in which they
//! held: A, a late B between two sightings of A, or any of them after the object was deleted.
//!
//! The history says of a version when it was first seen, and since when it held again. A state that
//! was only confirmed since leaves no mark there, so one that arrives late and held before that
//! would pass for the newer one: the confirmed one is then noted as having come back. Of something
//! deleted the state that held last is kept beside (`last_known`).

use std::collections::HashMap;

use sqlx::SqliteConnection;

use super::plan::Plan;
use super::resolve::Held;
use crate::error::Result;

/// What a batch tells of the order of an object's states.
pub(super) enum Turn {
    /// The object is deleted from now on; this held until then.
    Ended { object: i64, held: Held },
    /// A state that held before the one that is held.
    Late {
        object: i64,
        part: usize,
        state: Held,
        held: Held,
    },
}

/// A state that held last, and when it was last seen.
#[derive(Clone, Copy, sqlx::FromRow)]
struct Last {
    version: i64,
    seen_at: i64,
}

struct Order {
    /// What held last of something deleted, as far as it was asked for.
    last: HashMap<i64, Option<Last>>,
    /// When the history last saw a version begin to hold, as far as it was asked for.
    begun: HashMap<i64, i64>,
}

/// Adds to a plan what it takes to know which state held last.
pub(super) async fn put_in_order(connection: &mut SqliteConnection, plan: &mut Plan) -> Result<()> {
    let turns = std::mem::take(&mut plan.turns);
    if turns.is_empty() {
        return Ok(());
    }
    let new = plan.versions.iter().map(|write| (write.num, write.seen_at));
    let mut order = Order {
        last: HashMap::new(),
        begun: new.chain(plan.reappearances.iter().copied()).collect(),
    };
    for turn in turns {
        match turn {
            Turn::Ended { object, held } => {
                let (version, seen_at) = (held.version, held.seen_at);
                order.last.insert(object, Some(Last { version, seen_at }));
                plan.last_known.push((object, version, seen_at));
            }
            Turn::Late {
                object,
                part: 0,
                state,
                held,
            } if held.deleted => {
                if !state.deleted {
                    order.of_deleted(connection, plan, object, state).await?;
                }
            }
            Turn::Late { state, held, .. } => {
                let (version, seen_at) = (held.version, held.seen_at);
                let last = Last { version, seen_at };
                order.came_back(connection, plan, last, state).await?;
            }
        }
    }
    Ok(())
}

impl Order {
    /// A state of something deleted: the last one, or one before that.
    async fn of_deleted(
        &mut self,
        connection: &mut SqliteConnection,
        plan: &mut Plan,
        object: i64,
        state: Held,
    ) -> Result<()> {
        let (version, seen_at) = (state.version, state.seen_at);
        match self.last(connection, object).await? {
            Some(last) if seen_at < last.seen_at => {
                return self.came_back(connection, plan, last, state).await;
            }
            Some(last) if last.version == version => {}
            _ if self.begun(connection, version).await? < seen_at => {
                self.note(plan, Last { version, seen_at });
            }
            _ => {}
        }
        self.last.insert(object, Some(Last { version, seen_at }));
        plan.last_known.push((object, version, seen_at));
        Ok(())
    }

    /// `last` still held after `state` did. If the history does not tell, it came back.
    async fn came_back(
        &mut self,
        connection: &mut SqliteConnection,
        plan: &mut Plan,
        last: Last,
        state: Held,
    ) -> Result<()> {
        if last.version != state.version
            && self.begun(connection, last.version).await? <= state.seen_at
        {
            self.note(plan, last);
        }
        Ok(())
    }

    fn note(&mut self, plan: &mut Plan, last: Last) {
        self.begun.insert(last.version, last.seen_at);
        plan.reappearances.push((last.version, last.seen_at));
    }

    async fn last(
        &mut self,
        connection: &mut SqliteConnection,
        object: i64,
    ) -> Result<Option<Last>> {
        if let Some(known) = self.last.get(&object) {
            return Ok(*known);
        }
        let last = sqlx::query_as("SELECT version, seen_at FROM last_known WHERE object = ?1")
            .bind(object)
            .fetch_optional(connection)
            .await?;
        self.last.insert(object, last);
        Ok(last)
    }

    /// When the history last saw the version begin to hold.
    async fn begun(&mut self, connection: &mut SqliteConnection, version: i64) -> Result<i64> {
        if let Some(known) = self.begun.get(&version) {
            return Ok(*known);
        }
        let begun = sqlx::query_scalar(
            "SELECT max(v.seen_at, coalesce((SELECT max(seen_at) FROM reappearance r \
                 WHERE r.version = v.num), v.seen_at)) FROM version v WHERE v.num = ?1",
        )
        .bind(version)
        .fetch_one(connection)
        .await?;
        self.begun.insert(version, begun);
        Ok(begun)
    }
}
