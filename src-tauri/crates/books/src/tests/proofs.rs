//! Proofs: what a page finds, what only happened meanwhile, what is asked for before it is buried,
//! and green, amber and red.

use objects::Kind;
use serde_json::{Value, json};

use super::fixture::{Book, DAY, NOW, account, charge, customer, invoice, raws, with};
use crate::{
    CursorWrite, EventCursor, Ledger as _, Month, PROVEN_LISTS, ProofEnd, ProofPage, ProofRun,
    ProofSpan, ProofState, ReadPurpose, Reason, Source, What,
};

/// Every list was loaded and polled at NOW.
pub(super) async fn loaded() -> Book {
    let book = Book::new().await;
    book.apply(&account(), NOW).await;
    let complete = PROVEN_LISTS
        .iter()
        .filter(|list| list.name != "open_invoices");
    let mut writes: Vec<CursorWrite> = complete
        .map(|list| CursorWrite::Complete {
            list: list.name.to_owned(),
            as_of: NOW,
        })
        .collect();
    writes.push(CursorWrite::Event(EventCursor { id: None, at: NOW }));
    book.books.write_cursors(&writes).await.expect("stored");
    book
}

pub(super) async fn begin(book: &Book, list: &str, at: i64) -> ProofRun {
    let spans = [ProofSpan {
        list: list.to_owned(),
        from: None,
        before: None,
    }];
    let begun = book.books.begin_proof(&spans, at, at, |_| Vec::new());
    begun.await.expect("begun")
}

pub(super) async fn page(
    book: &Book,
    run: &ProofRun,
    listed: &[(Kind, Value)],
    at: i64,
) -> ProofPage {
    let id = |value: &Value| value["id"].as_str().unwrap_or_default().to_owned();
    ProofPage {
        run: run.num,
        lists: vec!["customers", "invoices", "charges"],
        head: book.books.history_head().await.expect("a head"),
        listed: listed.iter().map(|(kind, it)| (*kind, id(it))).collect(),
        at,
        ..ProofPage::default()
    }
}

pub(super) async fn bring(book: &Book, page: &ProofPage, listed: &[(Kind, Value)], at: i64) -> u64 {
    let prepared = book.books.prepare(raws(listed));
    let applied = book.books.apply_proof(prepared, page, at, &[]).await;
    applied.expect("applied").mended
}

pub(super) async fn end(book: &Book, run: &ProofRun, at: i64) -> ProofEnd {
    book.books.end_proof(run, at, &[]).await.expect("ended")
}

/// The customers of the account as it is told.
fn customers() -> Vec<(Kind, Value)> {
    let is_customer = |it: &(Kind, Value)| it.0 == Kind::Customer;
    account().into_iter().filter(is_customer).collect()
}

#[tokio::test]
async fn an_altered_and_a_missing_object_are_mended_and_said() {
    let book = loaded().await;
    let at = NOW + DAY;
    let run = begin(&book, "customers", at).await;
    let listed = vec![
        (Kind::Customer, customer("cus_new", "Nova")),
        (Kind::Customer, customer("cus_1", "Acme renamed")),
        customers().remove(1),
    ];
    let page = page(&book, &run, &listed, at).await;
    assert_eq!(bring(&book, &page, &listed, at).await, 2);
    assert_eq!(book.books.note_unlisted(&run, at).await.expect("noted"), 0);
    let ended = end(&book, &run, at).await;
    assert_eq!(
        (ended.altered, ended.missing, ended.differences()),
        (1, 1, 2)
    );
    let rows = book.books.ledger().rows(None, 1).await.expect("rows");
    assert_eq!(rows[0].kind, "proof.mended");
    assert_eq!(rows[0].payload["ids"], json!(["cus_new", "cus_1"]));
    let whole = book.books.completeness(at).await.expect("answered");
    let list = whole.lists.iter().find(|it| it.list.name == "customers");
    let month = &list.expect("customers").months[0];
    assert_eq!(
        (
            month.state,
            month.objects,
            month.differences,
            month.mended,
            month.proven_at
        ),
        (ProofState::Green, 3, 2, 2, at)
    );
    let again = begin(&book, "customers", at + 1).await;
    let page = ProofPage {
        run: again.num,
        head: book.books.history_head().await.expect("a head"),
        ..page
    };
    assert_eq!(
        bring(&book, &page, &listed, at + 1).await,
        0,
        "mended is mended"
    );
    assert_eq!(end(&book, &again, at + 1).await.differences(), 0);
}

#[tokio::test]
async fn what_is_not_listed_is_known_until_it_is_asked_for() {
    let book = loaded().await;
    let at = NOW + DAY;
    let run = begin(&book, "customers", at).await;
    let listed = vec![customers().remove(0)];
    let first = page(&book, &run, &listed, at).await;
    bring(&book, &first, &listed, at).await;
    assert_eq!(book.books.note_unlisted(&run, at).await.expect("noted"), 1);
    let whole = book.books.completeness(at).await.expect("answered");
    assert!(whole.reasons.contains(&Reason::Known { differences: 1 }));
    assert_eq!(whole.state, ProofState::Red, "never green over a known one");
    let open = book.books.to_clear_up(run.num, 0, 10).await.expect("open");
    assert_eq!(
        (open[0].id.as_str(), open[0].what),
        ("cus_2", What::Unlisted)
    );
    let stub = json!({"id": "cus_2", "object": "customer", "deleted": true});
    let stub = vec![(Kind::Customer, stub)];
    let page = ProofPage {
        clears: Some(open[0].num),
        ..page(&book, &run, &stub, at).await
    };
    assert_eq!(bring(&book, &page, &stub, at).await, 1);
    assert_eq!(book.books.note_unlisted(&run, at).await.expect("noted"), 0);
    let ended = end(&book, &run, at).await;
    assert_eq!((ended.gone, ended.open), (1, 0));
    let whole = book.books.completeness(at).await.expect("answered");
    let customers = whole.lists.iter().find(|it| it.list.name == "customers");
    assert_eq!(
        customers.expect("there").months[0].objects,
        1,
        "one was buried"
    );
    assert!(!whole.reasons.contains(&Reason::Known { differences: 1 }));
}

#[tokio::test]
async fn what_is_there_although_not_listed_is_no_difference() {
    let book = loaded().await;
    let run = begin(&book, "customers", NOW + DAY).await;
    assert_eq!(
        book.books
            .note_unlisted(&run, NOW + DAY)
            .await
            .expect("noted"),
        2
    );
    assert_eq!(
        book.books
            .note_unlisted(&run, NOW + DAY)
            .await
            .expect("noted"),
        0,
        "each is noted once"
    );
    for (difference, object) in (book.books.to_clear_up(run.num, 0, 10).await.expect("open"))
        .iter()
        .zip(customers())
    {
        let listed = vec![object];
        let page = ProofPage {
            clears: Some(difference.num),
            ..page(&book, &run, &listed, NOW + DAY).await
        };
        let _ = bring(&book, &page, &listed, NOW + DAY).await;
    }
    let open = book.books.to_clear_up(run.num, 0, 10).await.expect("open");
    assert_eq!(open, vec![]);
    assert_eq!(end(&book, &run, NOW + DAY).await, ProofEnd::default());
}

#[tokio::test]
async fn what_was_taken_in_while_a_page_was_under_way_is_not_replaced_by_it() {
    let book = loaded().await;
    let at = NOW + DAY;
    let run = begin(&book, "customers", at).await;
    let old = vec![(Kind::Customer, customer("cus_1", "Before"))];
    let page = page(&book, &run, &old, at).await;
    let newer = [(Kind::Customer, customer("cus_1", "After"))];
    let prepared = book.books.prepare(raws(&newer));
    let taken = book.books.apply(prepared, Source::Event, at, &[]).await;
    assert_eq!(taken.expect("applied").new_versions, 1);
    assert_eq!(
        bring(&book, &page, &old, at + 5).await,
        0,
        "the page is older"
    );
    let open = book.books.to_clear_up(run.num, 0, 10).await.expect("open");
    assert_eq!((open.len(), open[0].what), (1, What::Contested));
    let name = book
        .number("SELECT count(*) FROM customer WHERE name = 'After'")
        .await;
    assert_eq!(name, 1);
    let head = book.books.history_head().await.expect("a head");
    let page = ProofPage {
        head,
        clears: Some(open[0].num),
        ..page
    };
    assert_eq!(
        bring(&book, &page, &newer, at + 6).await,
        0,
        "read again, it is the same"
    );
    book.books.note_unlisted(&run, at).await.expect("noted");
    let ended = end(&book, &run, at).await;
    assert_eq!((ended.altered, ended.missing), (0, 0));
}

#[tokio::test]
async fn what_an_event_tells_of_is_no_difference() {
    let book = loaded().await;
    let at = NOW + DAY;
    let run = begin(&book, "customers", at).await;
    let mut listed = customers();
    listed[0] = (Kind::Customer, customer("cus_1", "Meanwhile"));
    listed[1] = (
        Kind::Customer,
        with(customer("cus_2", "Silent"), json!({"balance": 5})),
    );
    listed.push((
        Kind::Customer,
        with(customer("cus_3", "New"), json!({"created": at + 1})),
    ));
    let page = page(&book, &run, &listed, at).await;
    assert_eq!(bring(&book, &page, &listed, at).await, 3);
    let event = json!({"id": "evt_1", "object": "event", "type": "customer.updated",
        "created": at, "api_version": "x", "livemode": false, "request": null,
        "data": {"object": {"id": "cus_1", "object": "customer"}}});
    let event = crate::NewEvent::read(event.to_string().into(), crate::Road::Poll, true, at);
    let queued = book
        .books
        .queue_events(&[event.expect("an event")], &[])
        .await;
    assert_eq!(queued.expect("queued").new, 1);
    let ended = end(&book, &run, at).await;
    assert_eq!((ended.altered, ended.missing, ended.explained), (1, 0, 2));
}

#[tokio::test]
async fn an_unreadable_object_keeps_its_month_red_until_it_can_be_read() {
    let book = loaded().await;
    let at = NOW + DAY;
    let run = begin(&book, "customers", at).await;
    let listed = customers();
    let page = ProofPage {
        unreadable: vec![crate::Unreadable {
            list: "customers",
            id: "cus_odd".to_owned(),
            created: Some(NOW),
        }],
        ..page(&book, &run, &listed, at).await
    };
    bring(&book, &page, &listed, at).await;
    assert_eq!(end(&book, &run, at).await.open, 1);
    let whole = book.books.completeness(at).await.expect("answered");
    assert!(
        whole.reasons.contains(&Reason::Unreadable { objects: 1 }),
        "{whole:?}"
    );
    let again = begin(&book, "customers", at + 9).await;
    let page = ProofPage {
        run: again.num,
        unreadable: Vec::new(),
        ..page
    };
    bring(&book, &page, &listed, at + 9).await;
    end(&book, &again, at + 9).await;
    let whole = book.books.completeness(at).await.expect("answered");
    assert!(
        !whole
            .reasons
            .iter()
            .any(|it| matches!(it, Reason::Unreadable { .. }))
    );
}

#[tokio::test]
async fn green_grows_amber_with_age_and_red_without_events() {
    let book = Book::new().await;
    let state = async |book: &Book, now| book.books.completeness(now).await.expect("answered");
    assert_eq!(state(&book, NOW).await.reasons, [Reason::NeverLoaded]);
    let book = loaded().await;
    let fresh = state(&book, NOW + 60).await;
    assert_eq!(
        (fresh.state, fresh.reasons.len()),
        (ProofState::Green, 0),
        "{fresh:?}"
    );
    assert_eq!(fresh.proven_at, Some(NOW));
    let late = state(&book, NOW + 7_200).await;
    assert_eq!(late.reasons, [Reason::LateCursor { polled_at: NOW }]);
    let stale = state(&book, NOW + 2 * DAY).await;
    assert!(
        stale.reasons.contains(&Reason::Stale {
            months: 2,
            oldest: NOW
        }),
        "subscriptions and open invoices: {:?}",
        stale.reasons
    );
    assert_eq!(stale.state, ProofState::Amber);
    let lost = state(&book, NOW + 30 * DAY).await;
    assert_eq!(lost.reasons[0], Reason::CursorLost { polled_at: NOW });
    book.books
        .set_proof_age("subscriptions", Some(366 * DAY))
        .await
        .expect("chosen");
    book.books
        .set_proof_age("open_invoices", Some(366 * DAY))
        .await
        .expect("chosen");
    assert_eq!(
        state(&book, NOW + 2 * DAY).await.reasons.len(),
        1,
        "only the cursor is late"
    );
    book.books
        .set_proof_age("subscriptions", None)
        .await
        .expect("back");
    assert!(book.books.set_proof_age("events", Some(DAY)).await.is_err());
    assert!(book.books.set_proof_age("invoices", Some(5)).await.is_err());
    let schedule = book.books.proof_schedule().await.expect("a schedule");
    assert_eq!(schedule[0].max_age_seconds, DAY);
    let due = book.books.due_proofs(NOW + 2 * DAY).await.expect("due");
    let due: Vec<_> = due.iter().map(|it| it.list.name).collect();
    assert_eq!(due, ["subscriptions"]);
}

#[tokio::test]
async fn a_refused_list_is_a_limit_of_scope_and_a_missing_one_is_red() {
    let book = Book::new().await;
    let mut writes = vec![CursorWrite::Event(EventCursor { id: None, at: NOW })];
    for list in PROVEN_LISTS {
        let list_name = list.name.to_owned();
        writes.push(match list.name {
            "charges" => CursorWrite::Refused {
                list: list_name,
                slug: "rak_charge_read".into(),
            },
            "open_invoices" | "coupons" => continue,
            _ => CursorWrite::Complete {
                list: list_name,
                as_of: NOW,
            },
        });
    }
    book.books.write_cursors(&writes).await.expect("stored");
    let whole = book.books.completeness(NOW).await.expect("answered");
    assert_eq!(
        whole.reasons,
        [Reason::Unfinished {
            lists: vec!["coupons".into()]
        }]
    );
    let charges = whole
        .lists
        .iter()
        .find(|it| it.list.name == "charges")
        .expect("there");
    assert_eq!(charges.refused.as_deref(), Some("rak_charge_read"));
    assert_eq!(
        (charges.state, charges.months.len()),
        (ProofState::Green, 0)
    );
}

#[tokio::test]
async fn months_are_counted_as_they_arrive_and_priced() {
    let book = loaded().await;
    let may = Month::parse("2025-05").expect("a month");
    let invoices: Vec<_> = (0..250)
        .map(|n| {
            let invoice = invoice(&format!("in_may_{n}"), "cus_1", n, 100);
            (
                Kind::Invoice,
                with(invoice, json!({"created": may.start() + n})),
            )
        })
        .collect();
    book.apply(&invoices, NOW).await;
    book.apply(&invoices, NOW + 1).await;
    let whole = book.books.completeness(NOW).await.expect("answered");
    let list = whole
        .lists
        .iter()
        .find(|it| it.list.name == "invoices")
        .expect("there");
    assert_eq!(
        (list.months[0].month, list.months[0].objects),
        (may, 250),
        "each once"
    );
    assert_eq!(list.months[0].reads, 4);
    let present = Month::of(NOW);
    let expected = (present.start() - may.start()) / (28 * DAY);
    assert!(
        i64::try_from(list.months.len()).expect("few") >= expected - 2,
        "none is left out"
    );
    assert!(
        list.reads() < list.months.iter().map(|it| it.reads).sum(),
        "pages run across months"
    );
    let open = whole
        .lists
        .iter()
        .find(|it| it.list.name == "open_invoices")
        .expect("there");
    assert_eq!(open.months[0].objects, 1);
}

#[tokio::test]
async fn the_budget_is_the_floor_or_five_hundred_a_transaction() {
    let book = loaded().await;
    let count = async |at, purpose, count| {
        book.books
            .count_reads(at, purpose, count)
            .await
            .expect("counted");
    };
    count(NOW - 40 * DAY, ReadPurpose::Load, 7).await;
    count(NOW - 2 * DAY, ReadPurpose::Load, 1_000).await;
    count(NOW, ReadPurpose::Poll, 3).await;
    count(NOW, ReadPurpose::Poll, 2).await;
    count(NOW, ReadPurpose::Proof, 10).await;
    let budget = book.books.read_budget(NOW).await.expect("a budget");
    assert_eq!(
        (budget.transactions, budget.allocation),
        (1, 10_000),
        "the floor"
    );
    assert_eq!((budget.used_30d, budget.left), (1_015, 8_985));
    assert_eq!(
        (budget.today.all, budget.today.polls, budget.today.proofs),
        (15, 5, 10)
    );
    assert_eq!(
        budget.used_month,
        book.books.reads(&budget.month).await.expect("reads")
    );
    let charges: Vec<_> = (0..30)
        .map(|n| {
            let status = if n % 3 == 0 { "failed" } else { "succeeded" };
            let charge = charge(&format!("ch_{n}_"), "cus_1", "pi_1", 5);
            (
                Kind::Charge,
                with(charge, json!({"created": NOW - DAY, "status": status})),
            )
        })
        .collect();
    book.apply(&charges, NOW).await;
    let budget = book.books.read_budget(NOW).await.expect("a budget");
    assert_eq!((budget.transactions, budget.allocation), (21, 10_500));
}

#[tokio::test]
async fn a_proof_that_was_broken_off_is_known_and_can_be_given_up() {
    let book = loaded().await;
    let run = begin(&book, "customers", NOW).await;
    let open = book.books.open_proofs().await.expect("open");
    assert_eq!(open, std::slice::from_ref(&run));
    book.books
        .abandon_proof(run.num, &[])
        .await
        .expect("given up");
    assert_eq!(book.books.open_proofs().await.expect("open"), vec![]);
}

/// A customer whose discount shows its coupon.
fn with_coupon(name: &str) -> Vec<(Kind, Value)> {
    let coupon = json!({"id": "half", "object": "coupon", "duration": "forever", "name": name,
        "percent_off": 50, "created": NOW - DAY, "livemode": false, "valid": true});
    let discount = json!({"id": "di_1", "object": "discount", "customer": "cus_1", "start": NOW,
        "end": null, "source": {"type": "coupon", "coupon": coupon}});
    let more = json!({"discount": discount});
    vec![(Kind::Customer, with(customer("cus_1", "Acme"), more))]
}

#[tokio::test]
async fn a_coupon_that_is_gone_is_not_brought_back_by_its_discounts() {
    let book = loaded().await;
    book.apply(&with_coupon("Half"), NOW).await;
    let gone = json!({"id": "half", "object": "coupon", "deleted": true});
    book.apply(&[(Kind::Coupon, gone)], NOW + 1).await;
    book.apply(&with_coupon("Half price"), NOW + 2).await;
    let run = begin(&book, "coupons", NOW + DAY).await;
    let noted = book.books.note_unlisted(&run, NOW + DAY).await;
    assert_eq!(
        noted.expect("noted"),
        0,
        "nothing is held that is not listed"
    );
}

#[tokio::test]
async fn a_coupon_that_only_a_discount_shows_is_asked_for() {
    let book = loaded().await;
    let at = NOW + DAY;
    let mut run = begin(&book, "coupons", at).await;
    let listed = with_coupon("Half");
    run.spans.extend(begin(&book, "customers", at).await.spans);
    let page = page(&book, &run, &listed, at).await;
    bring(&book, &page, &listed, at).await;
    book.books.note_unlisted(&run, at).await.expect("noted");
    let asked = book.books.to_clear_up(run.num, 0, 100).await.expect("read");
    let coupon = asked.iter().find(|it| it.kind == Kind::Coupon);
    assert_eq!(coupon.map(|it| it.what), Some(What::Unlisted));
}
