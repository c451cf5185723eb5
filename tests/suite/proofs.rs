//! The completeness check against the simulated account: nothing that differs is passed over, what
//! differs is mended, and a proof that is broken off goes on.

use std::collections::BTreeSet;
use std::sync::Arc;

use books::{Books, Ledger as _, Month, PROVEN_LISTS, ProofState, Reason};
use simulator::{Options, Running, TruthKind};
use stripe::{Gateway, List};
use sync::{
    LoadOptions, ProofOutcome, ProofProgress, ProofRequest, SyncError, kind_of, proof_cost,
    prove_with,
};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::load_company::{
    NOW, Shelf, assert_holds_truth, company, faults, gateway, load, options, small_steps,
};

/// Proves, with the account's present as the books' clock.
pub async fn prove(
    sim: &Running,
    gateway: &Gateway,
    books: &Books,
    request: ProofRequest,
    steps: LoadOptions,
    cancel: CancellationToken,
) -> Result<ProofOutcome, SyncError> {
    let (sender, _) = watch::channel(ProofProgress::default());
    let now = sim.now();
    let clock = Arc::new(move || now);
    prove_with(gateway, books, clock, request, sender, cancel, steps).await
}

async fn prove_all(sim: &Running, gateway: &Gateway, books: &Books) -> ProofOutcome {
    let steps = LoadOptions::default();
    let cancel = CancellationToken::new();
    let outcome = prove(sim, gateway, books, ProofRequest::All, steps, cancel).await;
    outcome.expect("a proof")
}

#[test]
fn every_list_that_is_loaded_is_proven() {
    let proven: BTreeSet<_> = PROVEN_LISTS
        .iter()
        .filter(|list| list.name != List::OpenInvoices.as_str() && !list.by_owner)
        .map(|list| (list.name, Some(list.kind)))
        .collect();
    let loaded = List::LOADED.into_iter();
    let loaded: BTreeSet<_> = loaded.map(|list| (list.as_str(), kind_of(list))).collect();
    assert_eq!(
        proven, loaded,
        "books/src/proof/lists.rs and the first load's lists"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whole_books_are_proven_whole_for_what_was_said_that_it_takes() {
    let sim = company(options(60, 21)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    let loaded = load(&gateway, &books).await.expect("a load");
    let cost = proof_cost(&books, &ProofRequest::All, NOW)
        .await
        .expect("a price");
    let version = books.data_version();
    let outcome = prove_all(&sim, &gateway, &books).await;
    assert_eq!(outcome.checked, loaded.objects, "object by object");
    assert_eq!(
        (outcome.differences, outcome.explained, outcome.open),
        (0, 0, 0)
    );
    assert!(
        outcome.reads <= cost && outcome.reads * 2 >= cost,
        "{} reads, {cost} were said",
        outcome.reads
    );
    assert_eq!(books.data_version(), version, "no table changed");
    let budget = books.read_budget(NOW).await.expect("a budget");
    assert_eq!(
        budget.today.proofs + budget.today.polls,
        outcome.reads,
        "every read is counted"
    );
    let whole = books.completeness(NOW).await.expect("answered");
    assert_eq!(whole.state, ProofState::Green, "{:?}", whole.reasons);
    assert_holds_truth(&books, &sim.truth(), "after a proof").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_no_event_tells_of_is_found_and_mended() {
    for seed in [1, 2, 3] {
        let sim = company(options(50, seed)).await;
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let gateway = gateway(&sim.base_url, &sim.restricted_key);
        load(&gateway, &books).await.expect("a load");
        sim.advance(3_600);
        sim.mutate_silently(40, seed);
        let mut gone = Vec::new();
        for kind in [TruthKind::Customer, TruthKind::Invoice, TruthKind::Charge] {
            gone.extend(sim.delete_silently(kind, 3, seed));
        }
        let outcome = prove_all(&sim, &gateway, &books).await;
        assert!(outcome.differences > 40, "seed {seed}: {outcome:?}");
        assert_eq!(
            (outcome.open, outcome.mended),
            (0, outcome.differences),
            "seed {seed}"
        );
        assert!(
            outcome.buried >= gone.len() as u64,
            "seed {seed}: those and what was deleted beside: {outcome:?}"
        );
        let rows = books.ledger().rows(None, 1).await.expect("rows");
        assert_eq!(
            rows[0].kind, "proof.mended",
            "seed {seed}: it says what it mended"
        );
        let second = prove_all(&sim, &gateway, &books).await;
        assert_eq!(second.differences, 0, "seed {seed}: mended is mended");
        assert_holds_truth(&books, &sim.truth(), &format!("seed {seed}")).await;
    }
}

/// A balance that was moved and moved back is what the newest known entry leads to: only a proof
/// of everything asks for the entries between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_of_everything_reads_the_entries_of_balances() {
    let sim = company(options(150, 23)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    sim.advance(3_600);
    assert!(sim.move_balances_silently(700) > 0, "some have a balance");
    let cost = proof_cost(&books, &ProofRequest::All, sim.now())
        .await
        .expect("a price");
    let outcome = prove_all(&sim, &gateway, &books).await;
    assert!(
        outcome.reads <= cost + 60,
        "{} reads, {cost} were said, and what an hour brought",
        outcome.reads
    );
    assert_holds_truth(&books, &sim.truth(), "moved and moved back").await;
}

/// The bound: whatever befell an object, the next proof of the month in which it was made finds
/// it, and a proof of another month is not needed for it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_is_found_by_the_next_proof_of_its_month() {
    let sim = company(options(40, 31)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    let month_of = |id: String| {
        let truth = sim.truth();
        let found = truth.objects(TruthKind::Invoice).find_map(|json| {
            let invoice: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
            (invoice["id"] == id.as_str()).then(|| invoice["created"].as_i64().expect("a time"))
        });
        Month::of(found.expect("it is there"))
    };
    let months: Vec<(String, Month)> = {
        let ids = sim.truth().ids(TruthKind::Invoice);
        ids.into_iter()
            .map(|id| (id.clone(), month_of(id)))
            .collect()
    };
    let gone = sim.delete_silently(TruthKind::Invoice, 5, 7);
    let of_gone: BTreeSet<Month> = months
        .iter()
        .filter(|(id, _)| gone.contains(id))
        .map(|(_, month)| *month)
        .collect();
    let all: BTreeSet<Month> = months.iter().map(|(_, month)| *month).collect();
    let mut buried = 0;
    for month in all {
        let request = ProofRequest::Month {
            list: Some("invoices".into()),
            month,
        };
        let steps = LoadOptions::default();
        let outcome = prove(
            &sim,
            &gateway,
            &books,
            request,
            steps,
            CancellationToken::new(),
        )
        .await;
        let outcome = outcome.expect("a proof");
        buried += outcome.buried;
        assert_eq!(outcome.buried > 0, of_gone.contains(&month), "{month}");
    }
    assert_eq!(buried, gone.len() as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_invoices_and_subscriptions_have_proofs_of_their_own() {
    let sim = company(options(60, 41)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    sim.advance(2 * 86_400);
    sim.mutate_silently(60, 4);
    let due = books.due_proofs(sim.now()).await.expect("due");
    let lists: BTreeSet<_> = due.iter().map(|due| due.list.name).collect();
    assert_eq!(lists, BTreeSet::from(["open_invoices", "subscriptions"]));
    let steps = LoadOptions::default();
    let request = ProofRequest::Due { reads: 100 };
    let outcome = prove(
        &sim,
        &gateway,
        &books,
        request,
        steps,
        CancellationToken::new(),
    )
    .await;
    let outcome = outcome.expect("a proof");
    assert!(outcome.mended > 0 && outcome.reads < 60, "{outcome:?}");
    assert_eq!(books.due_proofs(sim.now()).await.expect("due"), vec![]);
    let again = ProofRequest::List("subscriptions".into());
    let outcome = prove(
        &sim,
        &gateway,
        &books,
        again,
        steps,
        CancellationToken::new(),
    )
    .await;
    assert_eq!(outcome.expect("a proof").differences, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_that_is_broken_off_goes_on_and_misses_nothing() {
    for (seed, requests) in [(1, 3), (2, 20), (3, 45), (4, 70), (5, 100)] {
        let sim = company(options(40, seed)).await;
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let gateway = gateway(&sim.base_url, &sim.restricted_key);
        load(&gateway, &books).await.expect("a load");
        sim.mutate_silently(30, seed);
        sim.delete_silently(TruthKind::Invoice, 4, seed);
        sim.set_faults(faults("latency=2ms"));
        let (cancel, before) = (CancellationToken::new(), sim.requests());
        let stop = async {
            while sim.requests() < before + requests {
                tokio::task::yield_now().await;
            }
            cancel.cancel();
        };
        let all = ProofRequest::All;
        let proving = prove(&sim, &gateway, &books, all, small_steps(), cancel.clone());
        let (ended, ()) = tokio::join!(proving, stop);
        assert!(
            matches!(ended, Err(SyncError::Cancelled)),
            "seed {seed}: {ended:?}"
        );
        let open = books.open_proofs().await.expect("open");
        let outcome = prove_all(&sim, &gateway, &books).await;
        assert!(open.len() <= 1 && books.open_proofs().await.expect("open").is_empty());
        assert!(
            outcome.differences > 0 && outcome.open == 0,
            "seed {seed}: {outcome:?}"
        );
        assert_eq!(
            prove_all(&sim, &gateway, &books).await.differences,
            0,
            "seed {seed}"
        );
        assert_holds_truth(&books, &sim.truth(), &format!("seed {seed}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_permission_that_is_taken_away_degrades_its_list_alone() {
    let sim = company(Options { ..options(30, 51) }).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    sim.set_permission("rak_credit_note_read", false);
    sim.advance(60);
    sim.mutate_silently(20, 1);
    let outcome = prove_all(&sim, &gateway, &books).await;
    assert_eq!(
        outcome.refused,
        [("credit_notes", "rak_credit_note_read".to_owned())]
    );
    assert!(outcome.mended > 0);
    let whole = books.completeness(sim.now()).await.expect("answered");
    let notes = whole
        .lists
        .iter()
        .find(|list| list.list.name == "credit_notes")
        .expect("there");
    assert_eq!(notes.refused.as_deref(), Some("rak_credit_note_read"));
    let proven: BTreeSet<_> = notes.months.iter().map(|month| month.proven_at).collect();
    assert!(
        proven.iter().all(|at| *at <= NOW),
        "its proof is the first load's: {proven:?}"
    );
    sim.set_permission("rak_credit_note_read", true);
    let outcome = prove_all(&sim, &gateway, &books).await;
    assert_eq!((outcome.refused.len(), outcome.open), (0, 0));
    assert_holds_truth(&books, &sim.truth(), "with the permission back").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn green_never_stands_over_a_known_difference() {
    let sim = company(options(40, 61)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    sim.delete_silently(TruthKind::Invoice, 30, 3);
    sim.set_faults(faults("latency=1ms"));
    let cancel = CancellationToken::new();
    let (all, steps) = (ProofRequest::All, small_steps());
    let proving = prove(&sim, &gateway, &books, all, steps, cancel.clone());
    // Looks at every moment of the proof; breaks it off once it knows of differences.
    let watching = async {
        loop {
            let whole = books.completeness(NOW).await.expect("answered");
            let known = |it: &Reason| matches!(it, Reason::Known { .. });
            if whole.reasons.iter().any(known) {
                assert_eq!(whole.state, ProofState::Red);
                cancel.cancel();
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    let (ended, ()) = tokio::join!(proving, watching);
    assert!(matches!(ended, Err(SyncError::Cancelled)), "{ended:?}");
    let whole = books.completeness(NOW).await.expect("answered");
    assert_eq!(
        whole.state,
        ProofState::Red,
        "it stays known: {:?}",
        whole.reasons
    );
    let outcome = prove_all(&sim, &gateway, &books).await;
    assert_eq!((outcome.open, outcome.buried), (0, 30));
    let whole = books.completeness(NOW).await.expect("answered");
    assert_eq!(whole.state, ProofState::Green, "{:?}", whole.reasons);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_on_the_way_change_nothing_in_a_proof() {
    let sim = company(options(40, 71)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    sim.mutate_silently(30, 2);
    sim.delete_silently(TruthKind::Customer, 2, 2);
    sim.set_faults(faults(
        "429=8%,500=8%,reset-before=5%,reset-after=5%,truncate=4%,seed=9",
    ));
    let steps = small_steps();
    let cancel = CancellationToken::new();
    let outcome = prove(&sim, &gateway, &books, ProofRequest::All, steps, cancel).await;
    assert!(outcome.expect("it ends").mended > 0);
    sim.set_faults(faults("latency=0ms"));
    assert_eq!(prove_all(&sim, &gateway, &books).await.differences, 0);
    assert_holds_truth(&books, &sim.truth(), "30 % of requests failed").await;
}
