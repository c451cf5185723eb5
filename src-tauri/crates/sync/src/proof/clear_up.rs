//! What a listing leaves open is asked for by itself: objects that are held but were not listed,
//! and objects that changed while they were listed. Nothing is buried unasked.

use books::{OpenDifference, ProofPage, ProofRun, ReadPurpose, Unreadable, proven_list};
use futures::stream::{self, StreamExt, TryStreamExt};

use super::Bench;
use crate::error::SyncError;
use crate::lists::list_of;
use crate::own::OwnList;
use crate::pipeline::{ReadCounter, broken};
use crate::refetch::{Presence, is_refetchable, refetch, tombstone};

/// Objects that are asked for side by side.
const AT_ONCE: usize = 8;
/// Differences that are taken up at a time.
const TAKEN: u32 = 100;
/// How often an object that keeps changing is read again.
const PATIENCE: u32 = 3;

/// Asks until nothing is open, or only what does not hold still.
pub(super) async fn clear_up(bench: &Bench, run: &ProofRun) -> Result<(), SyncError> {
    let Bench {
        gateway,
        books,
        clock,
        ..
    } = bench;
    let counter = ReadCounter::new(gateway, ReadPurpose::Proof);
    let mut patience = PATIENCE;
    loop {
        let noted = books.note_unlisted(run, clock()).await?;
        let asked = ask(bench, run).await;
        counter.store(books, gateway, clock()).await?;
        if asked? == 0 && noted == 0 {
            return Ok(());
        }
        if noted == 0 {
            if patience == 0 {
                return Ok(());
            }
            patience -= 1;
        }
    }
}

/// Asks once for everything that is open; how much that was.
async fn ask(bench: &Bench, run: &ProofRun) -> Result<u64, SyncError> {
    let lists: Vec<&'static str> = run
        .spans
        .iter()
        .filter_map(|span| Some(proven_list(&span.list)?.name))
        .collect();
    let (mut after, mut asked) = (0, 0);
    loop {
        let open = bench.books.to_clear_up(run.num, after, TAKEN).await?;
        let Some(last) = open.last() else {
            return Ok(asked);
        };
        after = last.num;
        asked += open.len() as u64;
        // Made beforehand, each with what it needs: the futures outlive this borrow.
        let asking: Vec<_> = open
            .into_iter()
            .map(|difference| one(bench.clone(), run.num, lists.clone(), difference))
            .collect();
        stream::iter(asking)
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
    }
}

async fn one(
    bench: Bench,
    run: i64,
    lists: Vec<&'static str>,
    open: OpenDifference,
) -> Result<(), SyncError> {
    let Bench {
        gateway,
        books,
        clock,
        ..
    } = &bench;
    let head = books.history_head().await?;
    let (raws, date) = match is_refetchable(open.kind) {
        true => match refetch(gateway, open.kind, &open.id).await {
            Ok(read) if read.presence == Presence::Missing => {
                (vec![tombstone(open.kind, &open.id)], read.date)
            }
            Ok(read) => (read.raws, read.date),
            Err(SyncError::Gateway(error)) if error.missing_permissions().is_some() => {
                tracing::warn!(id = open.id, %error, "an object may not be asked for");
                return Ok(());
            }
            Err(error) => return Err(error),
        },
        // Nothing reads it alone: its list is all there is to go by.
        false => (vec![tombstone(open.kind, &open.id)], None),
    };
    let preparing = books.clone();
    let prepared = tokio::task::spawn_blocking(move || preparing.prepare(raws))
        .await
        .map_err(broken)?;
    let unreadable = (prepared.failed.first()).and_then(|_| {
        let own = || OwnList::of(open.kind).map(OwnList::as_str);
        let list = list_of(open.kind).map(|list| list.as_str());
        Some(Unreadable {
            list: list.or_else(own)?,
            id: open.id.clone(),
            created: None,
        })
    });
    let page = ProofPage {
        run,
        lists,
        head,
        listed: vec![(open.kind, open.id)],
        unreadable: unreadable.into_iter().collect(),
        clears: Some(open.num),
        at: clock(),
    };
    let seen_at = date.unwrap_or(page.at);
    books.apply_proof(prepared, &page, seen_at, &[]).await?;
    Ok(())
}
