//! Whatever goes wrong on the way from Stripe to the books: events that come late, twice, out of
//! order or never, objects that change or vanish without a word, requests that fail.

mod lists;
mod requests;
mod stream;
mod watching;

use books::{Completeness, ProofState, Reason};
use sync::{LoadOptions, ProofOutcome, ProofRequest};
use tokio_util::sync::CancellationToken;

use crate::events::Followed;
use crate::proofs::prove;

const MINUTE: u32 = 60;
const HOUR: u32 = 3_600;
const DAY: u32 = 86_400;

/// Proves what is asked for, at the account's own time.
async fn proven(followed: &Followed, request: ProofRequest) -> ProofOutcome {
    let Followed {
        sim,
        gateway,
        books,
        ..
    } = followed;
    let (steps, never) = (LoadOptions::default(), CancellationToken::new());
    let outcome = prove(sim, gateway, books, request, steps, never).await;
    outcome.expect("a proof ends well")
}

/// How whole the books say that they are. Green never stands over a difference that they know.
async fn completeness(followed: &Followed) -> Completeness {
    let now = followed.sim.now();
    let whole = followed.books.completeness(now).await.expect("answered");
    let open: u64 = whole
        .lists
        .iter()
        .flat_map(|list| &list.months)
        .map(|month| month.open)
        .sum();
    let is_known = whole
        .reasons
        .iter()
        .any(|reason| matches!(reason, Reason::Known { .. }));
    assert_eq!(open > 0, is_known, "{:?}", whole.reasons);
    if is_known {
        assert_eq!(whole.state, ProofState::Red, "{:?}", whole.reasons);
    }
    whole
}
