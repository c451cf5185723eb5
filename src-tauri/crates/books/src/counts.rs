//! What the file holds and whether it is whole, for a check-up.

use objects::Kind;

use crate::books::Books;
use crate::error::Result;
use crate::history::Place;

/// Words of a check that are given, at most.
const MAX_WORDS: i64 = 100;

/// How much the history holds of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindCount {
    /// The kind; lines, items and tiers are kinds of their own.
    pub kind: Kind,
    /// Objects with at least one version.
    pub objects: u64,
    /// Distinct states.
    pub versions: u64,
}

impl Books {
    /// Objects and versions per kind, in the order of [`Kind::ALL`]; kinds without any are left
    /// out.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn counts(&self) -> Result<Vec<KindCount>> {
        let mut reader = self.reader().await?;
        let rows: Vec<(i64, i64, i64, i64)> = sqlx::query_as(
            "SELECT o.kind, v.part, count(DISTINCT v.object), count(*) \
             FROM version v JOIN object o ON o.num = v.object GROUP BY o.kind, v.part",
        )
        .fetch_all(&mut *reader)
        .await?;
        let count = |kind: Kind| {
            let place = Place::of(kind);
            rows.iter()
                .find(|(code, part, ..)| *code == place.kind && (*part != 0) == (place.part != 0))
                .map(|(_, _, objects, versions)| KindCount {
                    kind,
                    objects: u64::try_from(*objects).unwrap_or(0),
                    versions: u64::try_from(*versions).unwrap_or(0),
                })
        };
        Ok(Kind::ALL.into_iter().filter_map(count).collect())
    }

    /// Checks every page and index of the file; SQLite's words, none when it is whole. Reads
    /// the whole file.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn check_file(&self) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        // SQLCipher compares every page with its authentication code.
        let mut words: Vec<String> = sqlx::query_scalar("PRAGMA cipher_integrity_check")
            .fetch_all(&mut *reader)
            .await?;
        let structure: Vec<String> = sqlx::query_scalar("PRAGMA quick_check(100)")
            .fetch_all(&mut *reader)
            .await?;
        words.extend(structure.into_iter().filter(|word| word != "ok"));
        words.truncate(usize::try_from(MAX_WORDS).unwrap_or(usize::MAX));
        Ok(words)
    }
}
