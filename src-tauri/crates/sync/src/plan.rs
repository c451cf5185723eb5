//! What is read next: the lists side by side, the long ones in slices, idle readers at the
//! busiest slice.

use std::collections::BTreeMap;

use books::{Cursor as Stored, CursorWrite};
use stripe::{List, ListQuery};

use crate::slice::{Landing, Slice};

/// Slices of one list at most, finished ones included.
const SLICES_MAX: usize = 512;
/// Requests of one list under way, at least allowed.
const LIST_SHARE_MIN: usize = 6;
/// So many of Stripe's endpoints fill the account's limit (25 of 100 requests a second).
const LISTS_THAT_FILL: usize = 4;

/// A page to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) list: List,
    pub(crate) slice: i64,
    pub(crate) query: ListQuery,
}

/// Requests that may be under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Places {
    pub(crate) in_all: usize,
    /// Of one list: more would only wait for its endpoint's rate.
    pub(crate) per_list: usize,
}

/// What a page did to the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Landed {
    /// Where the load stands with this page.
    pub(crate) cursors: Vec<CursorWrite>,
    /// Is the whole list read?
    pub(crate) list_done: bool,
}

/// A list of the load.
#[derive(Debug)]
struct ListPlan {
    slices: Vec<Slice>,
    /// Requests under way.
    busy: usize,
    refused: bool,
}

impl ListPlan {
    fn new(slices: Vec<Slice>) -> Self {
        Self {
            slices,
            busy: 0,
            refused: false,
        }
    }

    fn is_done(&self) -> bool {
        self.refused || self.slices.iter().all(|slice| slice.done)
    }

    /// Objects that are left; more than any number before the first page.
    fn left(&self) -> u64 {
        self.slices
            .iter()
            .map(|slice| slice.left().unwrap_or(u64::MAX))
            .fold(0, u64::saturating_add)
    }

    fn idle(&self) -> Option<usize> {
        self.slices
            .iter()
            .position(|slice| !slice.done && !slice.busy)
    }

    fn to_split(&self, limit: u8) -> Option<usize> {
        if self.slices.len() >= SLICES_MAX {
            return None;
        }
        let pages = |slice: &Slice| slice.pages_to_split(limit);
        self.slices
            .iter()
            .enumerate()
            .filter_map(|(place, slice)| Some((place, pages(slice)?)))
            .max_by_key(|(_, pages)| *pages)
            .map(|(place, _)| place)
    }
}

/// The whole load.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Objects on a page.
    limit: u8,
    lists: BTreeMap<List, ListPlan>,
}

impl Plan {
    /// Every list, from its newest object.
    pub(crate) fn fresh(limit: u8) -> Self {
        let whole = || ListPlan::new(vec![Slice::whole()]);
        Self {
            limit,
            lists: List::LOADED
                .into_iter()
                .map(|list| (list, whole()))
                .collect(),
        }
    }

    /// As the books have it; lists without a cursor are not part of this load.
    pub(crate) fn restored(limit: u8, stored: &[(List, &Stored)]) -> Self {
        let mut lists: BTreeMap<List, ListPlan> = BTreeMap::new();
        for (list, cursor) in stored {
            let plan = lists
                .entry(*list)
                .or_insert_with(|| ListPlan::new(Vec::new()));
            plan.slices.push(Slice::restored(cursor));
        }
        Self { limit, lists }
    }

    /// Adds a whole list, unless it is part of this load already.
    pub(crate) fn add(&mut self, list: List) {
        let whole = || ListPlan::new(vec![Slice::whole()]);
        self.lists.entry(list).or_insert_with(whole);
    }

    /// Where the load stands, whole.
    pub(crate) fn cursors(&self) -> Vec<CursorWrite> {
        self.lists
            .iter()
            .flat_map(|(list, plan)| {
                plan.slices
                    .iter()
                    .map(|slice| CursorWrite::Put(slice.stored(*list)))
            })
            .collect()
    }

    /// The lists of this load.
    pub(crate) fn lists(&self) -> impl Iterator<Item = (List, bool)> {
        self.lists
            .iter()
            .map(|(list, plan)| (*list, plan.is_done()))
    }

    /// Is every list read or refused?
    pub(crate) fn is_done(&self) -> bool {
        self.lists.values().all(ListPlan::is_done)
    }

    /// The next page, when so many requests may be under way. A slice that is cut for it is
    /// answered too: where the load stands now, to be stored before the page is.
    pub(crate) fn next(&mut self, places: Places) -> Option<(Job, Vec<CursorWrite>)> {
        let active = self
            .lists
            .values()
            .filter(|plan| !plan.is_done())
            .count()
            .max(1);
        let share = (places.in_all / active.min(LISTS_THAT_FILL))
            .max(LIST_SHARE_MIN)
            .min(places.per_list.max(1));
        // The list with most left decides how long the load takes; it goes first.
        let mut candidates: Vec<(List, u64)> = self
            .lists
            .iter()
            .filter(|(_, plan)| !plan.is_done() && plan.busy < share)
            .map(|(list, plan)| (*list, plan.left()))
            .collect();
        candidates.sort_by_key(|(_, left)| std::cmp::Reverse(*left));
        candidates
            .into_iter()
            .find_map(|(list, _)| self.next_of(list))
    }

    fn next_of(&mut self, list: List) -> Option<(Job, Vec<CursorWrite>)> {
        let limit = self.limit;
        let plan = self.lists.get_mut(&list)?;
        let mut cursors = Vec::new();
        let place = match plan.idle() {
            Some(place) => place,
            // A list without `created` is one chain.
            None if !list.has_created_filter() => return None,
            None => {
                let place = plan.to_split(limit)?;
                let number = plan.slices.iter().map(|slice| slice.number).max()? + 1;
                let older = plan.slices.get_mut(place)?.split(number, limit)?;
                cursors.push(CursorWrite::Put(plan.slices.get(place)?.stored(list)));
                cursors.push(CursorWrite::Put(older.stored(list)));
                plan.slices.push(older);
                plan.slices.len() - 1
            }
        };
        let slice = plan.slices.get_mut(place)?;
        slice.busy = true;
        plan.busy += 1;
        Some((
            Job {
                list,
                slice: slice.number,
                query: slice.query(limit),
            },
            cursors,
        ))
    }

    /// The oldest second of `created` that is the slice's now: it may have been cut since.
    pub(crate) fn oldest_second(&self, list: List, number: i64) -> Option<i64> {
        self.lists
            .get(&list)?
            .slices
            .iter()
            .find(|slice| slice.number == number)?
            .from()
    }

    /// A page arrived. None: it says that there is more but has no object to go on from.
    pub(crate) fn land(&mut self, list: List, number: i64, landing: &Landing) -> Option<Landed> {
        let (plan, place) = self.find(list, number)?;
        plan.busy -= 1;
        let slice = plan.slices.get_mut(place)?;
        if !slice.land(landing) {
            return None;
        }
        let cursors = vec![CursorWrite::Put(slice.stored(list))];
        Some(Landed {
            cursors,
            list_done: plan.is_done(),
        })
    }

    /// The slice's cursor is gone. False: too often.
    pub(crate) fn restart(&mut self, list: List, number: i64) -> bool {
        let Some((plan, place)) = self.find(list, number) else {
            return false;
        };
        plan.busy -= 1;
        plan.slices.get_mut(place).is_some_and(Slice::restart)
    }

    /// The key may not read this list: nothing more of it is asked for.
    pub(crate) fn refuse(&mut self, list: List) {
        if let Some(plan) = self.lists.get_mut(&list) {
            plan.refused = true;
        }
    }

    /// Was this list refused?
    pub(crate) fn is_refused(&self, list: List) -> bool {
        self.lists.get(&list).is_some_and(|plan| plan.refused)
    }

    /// Objects that are left, where that can be told: no list without a page, no slice of which
    /// nobody knows how far back it reaches, unless it is all but empty.
    pub(crate) fn left(&self) -> Option<u64> {
        let mut left = 0_u64;
        for plan in self.lists.values().filter(|plan| !plan.is_done()) {
            for slice in &plan.slices {
                let of_slice = slice.left()?;
                if slice.is_open() && of_slice > 2 * u64::from(self.limit) {
                    return None;
                }
                left = left.saturating_add(of_slice);
            }
        }
        Some(left)
    }

    fn find(&mut self, list: List, number: i64) -> Option<(&mut ListPlan, usize)> {
        let plan = self.lists.get_mut(&list)?;
        let place = plan
            .slices
            .iter()
            .position(|slice| slice.number == number)?;
        Some((plan, place))
    }
}
