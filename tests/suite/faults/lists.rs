//! Lists that leave objects out, show them twice or in another order, or show new ones late.

use simulator::{ListFaults, StreamFaults};
use sync::ProofRequest;

use super::{HOUR, MINUTE, completeness, proven};
use crate::events::Followed;
use crate::load_company::{Shelf, assert_holds_truth, company, gateway, load, options};

/// What befalls three of ten objects.
const OFTEN: u32 = 300;

fn each_and_all() -> [(&'static str, ListFaults); 5] {
    let none = ListFaults::default();
    let drop = ListFaults {
        drop: OFTEN,
        ..none
    };
    let duplicate = ListFaults {
        duplicate: OFTEN,
        ..none
    };
    let reorder = ListFaults {
        reorder: OFTEN,
        ..none
    };
    let late = ListFaults {
        delay_seconds: 2 * HOUR,
        ..none
    };
    let all = ListFaults {
        seed: 7,
        drop: 200,
        duplicate: 200,
        reorder: 200,
        ..late
    };
    [
        ("left out", drop),
        ("twice", duplicate),
        ("out of order", reorder),
        ("late", late),
        ("together", all),
    ]
}

/// What the first load was not shown is missing without a trace in the events. The next proof finds
/// it, and buries nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_load_was_not_shown_is_found_by_the_next_proof() {
    for (words, lists) in each_and_all() {
        let sim = company(options(25, 78)).await;
        // Something that is new, so that it can be late.
        sim.mutate(40, 1);
        sim.advance(20 * MINUTE);
        sim.set_list_faults(lists);
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let gateway = gateway(&sim.base_url, &sim.restricted_key);
        load(&gateway, &books).await.expect("a load");
        sim.set_list_faults(ListFaults::default());
        let followed = Followed::with(sim.into(), gateway, books, shelf);
        followed.poll().await;
        followed.sim.advance(HOUR);
        let outcome = proven(&followed, ProofRequest::All).await;
        let is_lost = lists.drop > 0 || lists.delay_seconds > 0;
        assert!(outcome.differences > 0 || !is_lost, "{words}: {outcome:?}");
        assert_eq!(
            (outcome.open, outcome.buried),
            (0, 0),
            "{words}: {outcome:?}"
        );
        followed.assert_whole(words).await;
        completeness(&followed).await;
    }
}

/// What a proof was not shown is asked for by itself, and is there: nothing is buried, and nothing
/// passes for a difference.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proof_buries_nothing_that_its_lists_leave_out() {
    for (words, lists) in each_and_all() {
        let followed = Followed::of(options(15, 79)).await;
        followed.sim.mutate(30, 1);
        followed.sim.advance(20 * MINUTE);
        followed.poll().await;
        followed.sim.set_list_faults(lists);
        let outcome = proven(&followed, ProofRequest::All).await;
        let found = (outcome.differences, outcome.open);
        assert_eq!(found, (0, 0), "{words}: {outcome:?}");
        followed.assert_whole(words).await;
    }
}

/// Lists and events at once, each in every way: in the end a proof by whole lists leaves the truth.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn faults_of_lists_and_of_events_together_leave_the_truth() {
    let events = StreamFaults {
        drop: 200,
        delay: 200,
        delay_seconds: 14 * MINUTE,
        duplicate: 200,
        reorder: 200,
        reorder_seconds: 30,
        alter: 200,
        ..StreamFaults::default()
    };
    let (_, lists) = each_and_all()[4];
    let sim = company(options(20, 80)).await;
    sim.set_list_faults(lists);
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    let followed = Followed::with(sim.into(), gateway, books, shelf);
    followed.sim.set_stream_faults(events);
    for round in 1..=4 {
        followed.sim.mutate(20, round);
        followed.sim.advance(HOUR);
        followed.poll().await;
        proven(&followed, ProofRequest::Due { reads: 100 }).await;
        completeness(&followed).await;
    }
    followed.sim.set_list_faults(ListFaults::default());
    followed.sim.set_stream_faults(StreamFaults::default());
    followed.sim.advance(HOUR);
    followed.poll().await;
    let outcome = proven(&followed, ProofRequest::All).await;
    assert_eq!((outcome.open, outcome.mended), (0, outcome.differences));
    assert_eq!(proven(&followed, ProofRequest::All).await.differences, 0);
    let (sim, books) = (&followed.sim, &followed.books);
    assert_holds_truth(books, &sim.truth(), "all together").await;
}
