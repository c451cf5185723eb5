//! The only road into the books: one transaction that holds the history, the projections, and
//! where the load stands.

mod late;
mod plan;
mod resolve;
mod store;

use crate::books::Books;
use crate::cursor::{CursorWrite, write_within};
use crate::error::{BooksError, Result};
use crate::history::Source;
use crate::meta;
use crate::prepare::{Prepared, livemode};
use crate::projection::{self, Touched};
use crate::proof::{self, Added, Findings, ProofPage};

pub(crate) use plan::Plan;
pub(crate) use resolve::resolve_known;
pub(crate) use store::{compress_plain, dictionaries as store_dictionaries};

/// Objects in one transaction, at most: a batch is bounded in memory and in the log.
const MAX_VERSIONS: usize = 200_000;

/// What a batch changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Applied {
    /// Objects in the batch.
    pub objects: u64,
    /// States that the history did not hold.
    pub new_versions: u64,
    /// States that were the ones held already.
    pub unchanged: u64,
    /// States older than what is held: kept in the history, not shown.
    pub stale: u64,
    /// Objects in which a proof found and mended a difference; 0 on every other road.
    pub mended: u64,
    /// The books' data version afterwards.
    pub data_version: u64,
}

impl Books {
    /// Writes a prepared batch, its effects and `cursors`, all or nothing.
    ///
    /// `seen_at` is when Stripe gave these states (the `Date` of the answer, UTC seconds). A
    /// state that was seen before the one that is held never replaces it; of two with the same
    /// second the later call wins. What [`Prepared::as_of`] was said of keeps its own time.
    /// Dropping the future before it ends changes nothing.
    ///
    /// # Errors
    /// [`BooksError::WrongMode`] for an object of the other mode, [`BooksError::DiskFull`],
    /// [`BooksError::Invalid`] for more than 200,000 versions; nothing is changed then.
    pub async fn apply(
        &self,
        prepared: Prepared,
        source: Source,
        seen_at: i64,
        cursors: &[CursorWrite],
    ) -> Result<Applied> {
        self.write(prepared, source, seen_at, cursors, None).await
    }

    /// As [`Self::apply`], for a page of a proof: what it lists is marked, what differs is mended
    /// and noted. The page counts as newer than everything that was held when it was asked for,
    /// and never replaces what was taken in since.
    ///
    /// # Errors
    /// As [`Self::apply`].
    pub async fn apply_proof(
        &self,
        prepared: Prepared,
        page: &ProofPage,
        seen_at: i64,
        cursors: &[CursorWrite],
    ) -> Result<Applied> {
        self.write(prepared, Source::Proof, seen_at, cursors, Some(page))
            .await
    }

    async fn write(
        &self,
        prepared: Prepared,
        source: Source,
        seen_at: i64,
        cursors: &[CursorWrite],
        page: Option<&ProofPage>,
    ) -> Result<Applied> {
        if prepared.items.len() > MAX_VERSIONS {
            return Err(BooksError::invalid(
                "more than 200,000 versions in one batch",
            ));
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.bulk_transaction().await?;
        check_mode(&mut transaction, &prepared).await?;
        let mut applied = Applied {
            objects: prepared.len() as u64,
            ..Applied::default()
        };
        let Prepared {
            mut items,
            dictionaries,
            ..
        } = prepared;

        let new_dictionaries: Vec<_> = dictionaries
            .into_iter()
            .filter(|dictionary| !self.dictionaries().is_stored(dictionary.num))
            .collect();
        store::dictionaries(&mut transaction, &new_dictionaries).await?;

        let asked = page.map(|page| page.head);
        let plan = plan::make(&mut transaction, &items, seen_at, asked).await?;
        applied.new_versions = plan.versions.len() as u64;
        applied.unchanged = plan.unchanged;
        applied.stale = plan.stale;
        store::redact(self, &mut transaction, &mut items, &plan).await?;
        store::history(&mut transaction, &mut items, &plan, source).await?;

        let changed = plan.changes_projections();
        let found = page.map_or_else(Findings::default, |page| proof::find(page, &items, &plan));
        Added::of(&items, &plan.projections)
            .store(&mut transaction)
            .await?;
        for (kind, num) in &plan.buried {
            proof::buried(&mut transaction, *kind, *num).await?;
        }
        let mut touched = Touched::default();
        projection::write(&mut transaction, items, plan.projections, &mut touched).await?;
        projection::reproject(self, &mut transaction, &plan.reproject, &mut touched).await?;
        if meta::is_settled(&mut transaction).await? {
            projection::keep_settled(&mut transaction, &touched).await?;
        }
        if let Some(page) = page {
            applied.mended = found.mended();
            proof::store(&mut transaction, page, &found).await?;
        }
        write_within(&mut transaction, cursors).await?;
        applied.data_version = if changed {
            meta::bump_data_version(&mut transaction).await?
        } else {
            meta::data_version(&mut transaction).await?
        };
        transaction.commit().await?;
        self.dictionaries()
            .mark_stored(new_dictionaries.iter().map(|d| d.num));
        self.publish(applied.data_version);
        Ok(applied)
    }
}

/// Refuses a batch that holds an object of the other mode.
async fn check_mode(connection: &mut sqlx::SqliteConnection, prepared: &Prepared) -> Result<()> {
    let Some(known) = meta::get(connection, meta::LIVEMODE).await? else {
        return Ok(());
    };
    let expected_live = known == "1";
    let stranger = prepared
        .items
        .iter()
        .find(|item| livemode(&item.row).is_some_and(|live| live != expected_live));
    match stranger {
        Some(item) => Err(BooksError::WrongMode {
            expected_live,
            id: item.id.clone(),
        }),
        None => Ok(()),
    }
}
