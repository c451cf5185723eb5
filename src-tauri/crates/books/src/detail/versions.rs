//! The versions of objects, newest first, each with the one before it.

use objects::Kind;
use sqlx::{FromRow, SqliteConnection};

use super::{MAX_DETAIL_ROWS, number};
use crate::books::Books;
use crate::error::Result;
use crate::history::{Place, Source, VersionHash};

/// One state of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionRow {
    /// Its number in the history.
    pub version: i64,
    /// What it is a state of.
    pub kind: Kind,
    /// Stripe's id; for child lists and tiers the parent's.
    pub id: String,
    /// When it was first seen, UTC seconds.
    pub seen_at: i64,
    /// On which road.
    pub source: Source,
    /// The canonical form, JSON.
    pub canonical: Vec<u8>,
    /// The canonical form of the state before it; none for the first.
    pub before: Option<Vec<u8>>,
    /// Of the canonical form as it was seen.
    pub hash: VersionHash,
    /// It says only that Stripe deleted the object.
    pub deleted: bool,
    /// Personal data was taken out at this time; the hash is of what it was.
    pub erased_at: Option<i64>,
}

#[derive(FromRow)]
struct Stored {
    num: i64,
    seen_at: i64,
    source: i64,
    hash: Vec<u8>,
    deleted: bool,
    length: i64,
    erased_at: Option<i64>,
    dictionary: Option<i64>,
    body: Vec<u8>,
}

impl Books {
    /// The states of these objects, newest first, at most `count` (200 at most).
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn versions(&self, objects: &[(Kind, &str)], count: u32) -> Result<Vec<VersionRow>> {
        let count = count.min(MAX_DETAIL_ROWS);
        let mut snapshot = self.snapshot().await?;
        let mut versions = Vec::new();
        for (kind, id) in objects {
            versions.extend(self.versions_of(&mut snapshot, *kind, id, count).await?);
        }
        versions.sort_by_key(|version| std::cmp::Reverse((version.seen_at, version.version)));
        versions.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        Ok(versions)
    }

    async fn versions_of(
        &self,
        connection: &mut SqliteConnection,
        kind: Kind,
        id: &str,
        count: u32,
    ) -> Result<Vec<VersionRow>> {
        let place = Place::of(kind);
        let Some(object) = number(connection, place.kind, id).await? else {
            return Ok(Vec::new());
        };
        let stored: Vec<Stored> = sqlx::query_as(
            "SELECT v.num, v.seen_at, v.source, v.hash, v.deleted, v.length, v.erased_at, \
             v.dictionary, v.body FROM version v WHERE v.object = ?1 AND v.part = ?2 \
             UNION ALL \
             SELECT v.num, r.seen_at, r.source, v.hash, v.deleted, v.length, v.erased_at, \
             v.dictionary, v.body FROM version v JOIN reappearance r ON r.version = v.num \
             WHERE v.object = ?1 AND v.part = ?2 ORDER BY 2 DESC, 1 DESC LIMIT ?3",
        )
        .bind(object)
        .bind(i64::from(place.part != 0))
        .bind(i64::from(count) + 1)
        .fetch_all(&mut *connection)
        .await?;
        let mut versions: Vec<VersionRow> = Vec::with_capacity(stored.len());
        for row in stored {
            let canonical = self
                .dictionaries()
                .open(connection, &row.body, row.length, row.dictionary)
                .await?;
            if let Some(later) = versions.last_mut() {
                later.before = Some(canonical.clone());
            }
            versions.push(VersionRow {
                version: row.num,
                kind,
                id: id.to_owned(),
                seen_at: row.seen_at,
                source: Source::from_code(row.source).unwrap_or(Source::Backfill),
                canonical,
                before: None,
                hash: row.hash.try_into().unwrap_or_default(),
                deleted: row.deleted,
                erased_at: row.erased_at,
            });
        }
        versions.truncate(usize::try_from(count).unwrap_or(usize::MAX));
        Ok(versions)
    }
}
