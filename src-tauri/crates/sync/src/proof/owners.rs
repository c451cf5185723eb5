//! What Stripe lists for one customer or one payout alone is in no list of the account: a proof reads
//! it owner by owner, and compares it like every page.

use books::{
    BALANCE_ENTRIES, CursorWrite, PAYMENT_METHODS, ProofPage, ProofRun, ProofSpan, ReadPurpose,
    proven_list,
};
use objects::Kind;
use stripe::List;

use super::Bench;
use super::request::is_whole;
use crate::clocks::prepare;
use crate::error::SyncError;
use crate::own::{Batches, Own, OwnList, owners};
use crate::pipeline::{ReadCounter, unread};

/// Whose own lists a proof of `spans` reads.
///
/// Entries of balances: with their own list, of all who have or had a balance; with customers, of
/// those whose newest entry does not lead to their balance. Payment methods: of the customers for
/// whom somebody asked for them. What is left of credits: with the grants. What payouts are made of
/// does not change once Stripe says it: with the payouts, of those of which it is not known.
pub(super) async fn owners_of(
    books: &books::Books,
    spans: &[ProofSpan],
    list: OwnList,
    now: i64,
) -> Result<Vec<String>, SyncError> {
    let has = |name: &str| spans.iter().any(|span| span.list == name);
    let is_wanted = match list {
        OwnList::Balance if !has(BALANCE_ENTRIES) => {
            return Ok(match has(List::Customers.as_str()) {
                true => books.customers_with_balance(true).await?,
                false => Vec::new(),
            });
        }
        OwnList::Balance => true,
        OwnList::Methods => has(PAYMENT_METHODS),
        OwnList::Credits => has(List::CreditGrants.as_str()),
        OwnList::Payout => has(List::Payouts.as_str()),
    };
    match is_wanted {
        true => owners(books, list, now).await,
        false => Ok(Vec::new()),
    }
}

/// Reads a list of all whose it is to be read, and compares it. The missing permission, where the
/// key may not read it.
pub(super) async fn prove(
    bench: &Bench,
    run: &ProofRun,
    list: OwnList,
) -> Result<Option<String>, SyncError> {
    let Bench {
        gateway,
        books,
        clock,
        ..
    } = bench;
    let owners = owners_of(books, &run.spans, list, clock()).await?;
    if owners.is_empty() {
        return Ok(None);
    }
    let count = owners.len();
    let counter = ReadCounter::new(gateway, ReadPurpose::Proof);
    let mut batches = Batches::of(gateway, books, list, owners);
    let compared = compare(bench, run, list, &mut batches).await;
    // Whatever happened, the reads were made.
    counter.store(books, gateway, clock()).await?;
    let mended = compared?;
    tracing::info!(
        proof = run.num,
        list = list.as_str(),
        owners = count,
        mended,
        "own lists were read again"
    );
    // What is no list of its own among the proven is complete with this.
    let is_complete =
        batches.refused.is_none() && matches!(list, OwnList::Credits | OwnList::Payout);
    if is_complete && run.spans.iter().any(is_whole) {
        let (list, as_of) = (list.as_str().to_owned(), run.as_of);
        books
            .write_cursors(&[CursorWrite::Complete { list, as_of }])
            .await?;
    }
    Ok(batches.refused)
}

/// Compares what was read, a batch a transaction; how much was mended.
async fn compare(
    bench: &Bench,
    run: &ProofRun,
    list: OwnList,
    batches: &mut Batches,
) -> Result<u64, SyncError> {
    let lists: Vec<&'static str> = run
        .spans
        .iter()
        .filter_map(|span| Some(proven_list(&span.list)?.name))
        .collect();
    let mut mended = 0;
    while let Some(own) = batches.next().await? {
        let head = own.head();
        let Own { raws, date, .. } = own;
        let prepared = prepare(&bench.books, raws.clone()).await?;
        let unreadable = match prepared.failed.is_empty() {
            true => Vec::new(),
            false => raws
                .iter()
                .filter_map(|raw| unread(list.as_str(), raw))
                .collect(),
        };
        let methods = prepared.ids_of(Kind::PaymentMethod).into_iter();
        let page = ProofPage {
            run: run.num,
            lists: lists.clone(),
            head,
            listed: methods.map(|id| (Kind::PaymentMethod, id)).collect(),
            unreadable,
            clears: None,
            at: (bench.clock)(),
        };
        let seen_at = date.unwrap_or(page.at);
        let applied = bench
            .books
            .apply_proof(prepared, &page, seen_at, &[])
            .await?;
        mended += applied.mended;
    }
    Ok(mended)
}
