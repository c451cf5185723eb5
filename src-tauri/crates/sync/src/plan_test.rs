//! The plan against a list that behaves as Stripe's do, in every order of arrival, broken off at
//! every instant.

use std::collections::{BTreeMap, BTreeSet};

use books::{Cursor as Stored, CursorWrite};
use bytes::Bytes;
use proptest::prelude::*;
use stripe::{Cursor, List, ListQuery, Page};

use crate::fetch::Fetched;
use crate::plan::{Job, Places, Plan};

const PLACES: Places = Places {
    in_all: 12,
    per_list: 12,
};

/// A list's objects by `created`, newest first; ids follow from the place.
struct Account {
    created: Vec<i64>,
}

impl Account {
    fn new(mut created: Vec<i64>) -> Self {
        created.sort_unstable_by(|one, other| other.cmp(one));
        Self { created }
    }

    /// What Stripe answers; nothing when the cursor is gone.
    fn page(&self, query: &ListQuery, gone: &BTreeSet<String>) -> Option<Fetched> {
        let after = match &query.cursor {
            Some(Cursor::After(id)) if gone.contains(id) => return None,
            Some(Cursor::After(id)) => id.trim_start_matches("x_").parse::<usize>().ok()? + 1,
            _ => 0,
        };
        let fits = |created: i64| {
            query.created.from.is_none_or(|from| created >= from)
                && query.created.before.is_none_or(|before| created < before)
        };
        let found: Vec<usize> = (after..self.created.len())
            .filter(|n| fits(self.created[*n]) && !gone.contains(&format!("x_{n}")))
            .collect();
        let limit = usize::from(query.limit);
        let item = |n: &usize| {
            Bytes::from(format!(
                r#"{{"id":"x_{n}","created":{}}}"#,
                self.created[*n]
            ))
        };
        let items = found.iter().take(limit).map(item).collect();
        let has_more = found.len() > limit;
        let page = Page {
            items,
            has_more,
            bytes: 0,
            request_id: None,
            date: None,
        };
        Some(Fetched {
            page,
            children: Vec::new(),
        })
    }
}

/// What the books would hold: cursors and objects, changed together.
#[derive(Default)]
struct Held {
    cursors: BTreeMap<(String, i64), Stored>,
    objects: BTreeMap<String, u32>,
    pages: u32,
}

impl Held {
    fn write(&mut self, writes: Vec<CursorWrite>) {
        for write in writes {
            if let CursorWrite::Put(cursor) = write {
                self.cursors
                    .insert((cursor.list.clone(), cursor.slice), cursor);
            }
        }
    }
}

/// Runs a load of the one list whose other lists are empty, until `stop_after` pages. Pages
/// arrive in the order that `choices` says. True: it came to its end.
fn load(
    account: &Account,
    held: &mut Held,
    choices: &mut impl Iterator<Item = usize>,
    stop_after: u32,
    gone: &BTreeSet<String>,
) -> bool {
    let empty = Account::new(Vec::new());
    let stored: Vec<Stored> = held.cursors.values().cloned().collect();
    let named: Vec<_> = stored
        .iter()
        .filter_map(|cursor| Some((crate::lists::list_named(&cursor.list)?, cursor)))
        .collect();
    let mut plan = if named.is_empty() {
        Plan::fresh(100)
    } else {
        Plan::restored(100, &named)
    };
    held.write(plan.cursors());
    let mut under_way: Vec<(Job, Option<Fetched>)> = Vec::new();
    loop {
        while under_way.len() < 12 {
            let Some((job, cursors)) = plan.next(PLACES) else {
                break;
            };
            held.write(cursors);
            let list = if job.list == List::Invoices {
                account
            } else {
                &empty
            };
            let page = list.page(&job.query, gone);
            under_way.push((job, page));
        }
        if under_way.is_empty() {
            return plan.is_done();
        }
        let chosen = choices.next().unwrap_or(0) % under_way.len();
        let (job, page) = under_way.swap_remove(chosen);
        let Some(mut page) = page else {
            assert!(
                plan.restart(job.list, job.slice),
                "a vanished cursor is gone on without"
            );
            continue;
        };
        let landing = page.trim(plan.oldest_second(job.list, job.slice));
        let landed = plan
            .land(job.list, job.slice, &landing)
            .expect("every object has an id");
        held.write(landed.cursors);
        held.pages += 1;
        for item in &page.page.items {
            let id = stripe::Peek::at(item).expect("an id").id;
            *held.objects.entry(id).or_default() += 1;
        }
        if held.pages >= stop_after {
            return plan.is_done();
        }
    }
}

fn created() -> impl Strategy<Value = Vec<i64>> {
    let year = 31_536_000_i64;
    let steady = prop::collection::vec(1_700_000_000..1_700_000_000 + 2 * year, 0..4_000);
    let burst = prop::collection::vec(1_720_000_000..1_720_000_300_i64, 0..1_500);
    let second = prop::collection::vec(Just(1_710_000_000_i64), 0..450);
    let old = prop::collection::vec(1_000_000_000..1_700_000_000_i64, 0..40);
    (steady, burst, second, old).prop_map(|parts| [parts.0, parts.1, parts.2, parts.3].concat())
}

fn objects(account: &Account) -> BTreeSet<String> {
    (0..account.created.len())
        .map(|n| format!("x_{n}"))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Uninterrupted, every object comes, and comes once.
    #[test]
    fn every_object_comes_once(created in created(), choices in prop::collection::vec(0_usize..12, 200)) {
        let account = Account::new(created);
        let mut held = Held::default();
        let whole = load(&account, &mut held, &mut choices.into_iter().cycle(), u32::MAX, &BTreeSet::new());
        prop_assert!(whole);
        prop_assert_eq!(held.objects.keys().cloned().collect::<BTreeSet<_>>(), objects(&account));
        prop_assert!(held.objects.values().all(|times| *times == 1));
        let full = account.created.len() as u32 / 100;
        prop_assert!(held.pages <= full * 5 / 4 + 60, "{} pages for {full} full ones", held.pages);
    }

    /// Broken off again and again, with what was under way lost, every object still comes.
    #[test]
    fn a_load_is_gone_on_with_from_any_instant(
        created in created(),
        choices in prop::collection::vec(0_usize..12, 200),
        stops in prop::collection::vec(1_u32..25, 1..12),
    ) {
        let account = Account::new(created);
        let mut held = Held::default();
        let mut choices = choices.into_iter().cycle();
        for stop in stops {
            held.pages = 0;
            load(&account, &mut held, &mut choices, stop, &BTreeSet::new());
        }
        held.pages = 0;
        prop_assert!(load(&account, &mut held, &mut choices, u32::MAX, &BTreeSet::new()));
        prop_assert_eq!(held.objects.keys().cloned().collect::<BTreeSet<_>>(), objects(&account));
        prop_assert!(held.objects.values().all(|times| *times == 1), "stored pages are not read again");
    }

    /// Objects that are deleted while the list is read hide no others.
    #[test]
    fn a_vanished_cursor_hides_nothing(created in created(), stop in 1_u32..30, every in 1_usize..9) {
        let account = Account::new(created);
        let mut held = Held::default();
        load(&account, &mut held, &mut std::iter::repeat(0), stop, &BTreeSet::new());
        let gone: BTreeSet<String> = held
            .cursors
            .values()
            .filter_map(|cursor| cursor.after_id.clone())
            .step_by(every)
            .collect();
        held.pages = 0;
        prop_assert!(load(&account, &mut held, &mut std::iter::repeat(0), u32::MAX, &gone));
        let held: BTreeSet<_> = held.objects.keys().cloned().collect();
        prop_assert!(objects(&account).is_subset(&held));
    }
}

#[test]
fn an_idle_reader_helps_at_the_busiest_slice() {
    let account = Account::new((0..20_000).map(|n| 1_700_000_000 + n * 977).collect());
    let mut plan = Plan::fresh(100);
    let mut invoices = None;
    while let Some((job, _)) = plan.next(PLACES) {
        let list = if job.list == List::Invoices {
            &account
        } else {
            &Account::new(Vec::new())
        };
        let page = list.page(&job.query, &BTreeSet::new()).expect("a page");
        if job.list == List::Invoices && invoices.is_none() {
            invoices = Some((job, page));
            continue;
        }
        let landing = { page }.trim(None);
        plan.land(job.list, job.slice, &landing);
        if plan.lists().filter(|(_, done)| !done).count() == 1 {
            break;
        }
    }
    let (job, mut page) = invoices.expect("the invoices were asked for");
    let landing = page.trim(None);
    plan.land(job.list, job.slice, &landing).expect("a page");
    let jobs: Vec<Job> = std::iter::from_fn(|| plan.next(PLACES))
        .map(|(job, _)| job)
        .collect();
    assert!(
        jobs.len() >= 6,
        "one list alone is read in many slices: {}",
        jobs.len()
    );
    assert!(jobs.iter().all(|job| job.list == List::Invoices));
}
