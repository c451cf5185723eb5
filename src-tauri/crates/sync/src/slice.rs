//! One slice of a list: an interval of `created`, read from its newest object to its oldest.

use books::Cursor as Stored;
use stripe::{CreatedRange, Cursor, List, ListQuery, Peek};

/// Stripe did not exist before: 1 January 2010. Only a hint for where to halve an open interval.
const BEGINNING: i64 = 1_262_304_000;
/// A slice with fewer pages left than this is not worth another reader.
const PAGES_WORTH_SPLITTING: u64 = 6;
/// An object may vanish while it is the cursor; more often than this is something else.
const RESTARTS_MAX: u32 = 50;

/// An interval of a list, and how far it was read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Slice {
    pub(crate) number: i64,
    /// Created at or after; none: from the beginning.
    from: Option<i64>,
    /// Created before; it falls with every page, so that a vanished cursor loses nothing.
    before: Option<i64>,
    /// The last object of the last page.
    after_id: Option<String>,
    pages: i64,
    objects: i64,
    pub(crate) done: bool,
    /// Is a page of it being read?
    pub(crate) busy: bool,
    /// The newest object that was seen, since this run began.
    newest: Option<i64>,
    /// Objects seen since this run began.
    seen: u32,
    /// As the slice had it that this one was cut from.
    inherited_density: Option<Density>,
    restarts: u32,
}

/// How many objects were created in how many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Density {
    objects: u64,
    span_s: u64,
}

impl Density {
    /// Objects in so many seconds, were they all as dense.
    fn objects_in(self, seconds: u64) -> u64 {
        self.objects.saturating_mul(seconds) / self.span_s.max(1)
    }
}

/// What a page that arrived does to its slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Landing {
    /// The page's newest object.
    pub(crate) first: Option<Peek>,
    /// The page's oldest object.
    pub(crate) last: Option<Peek>,
    /// Objects that are this slice's.
    pub(crate) objects: usize,
    /// Are there older objects in the requested interval?
    pub(crate) has_more: bool,
}

impl Slice {
    /// A whole list.
    pub(crate) fn whole() -> Self {
        Self::new(0, None, None, None)
    }

    fn new(number: i64, from: Option<i64>, before: Option<i64>, density: Option<Density>) -> Self {
        Self {
            number,
            from,
            before,
            after_id: None,
            pages: 0,
            objects: 0,
            done: false,
            busy: false,
            newest: None,
            seen: 0,
            inherited_density: density,
            restarts: 0,
        }
    }

    /// As the books have it.
    pub(crate) fn restored(stored: &Stored) -> Self {
        Self {
            after_id: stored.after_id.clone(),
            pages: stored.pages,
            objects: stored.objects,
            done: stored.done,
            ..Self::new(stored.slice, stored.created_from, stored.created_to, None)
        }
    }

    /// As the books keep it.
    pub(crate) fn stored(&self, list: List) -> Stored {
        Stored {
            list: list.as_str().to_owned(),
            slice: self.number,
            created_from: self.from,
            created_to: self.before,
            after_id: self.after_id.clone(),
            pages: self.pages,
            objects: self.objects,
            done: self.done,
        }
    }

    /// What asks for the next page.
    pub(crate) fn query(&self, limit: u8) -> ListQuery {
        ListQuery {
            limit,
            created: CreatedRange {
                from: self.from,
                before: self.before,
            },
            cursor: self.after_id.clone().map(Cursor::After),
            ..ListQuery::default()
        }
    }

    /// The oldest second that is this slice's; a page that was under way while the slice was cut
    /// reaches below it.
    pub(crate) fn from(&self) -> Option<i64> {
        self.from
    }

    /// Takes a page in. False: there is more, but no object to go on from.
    pub(crate) fn land(&mut self, landing: &Landing) -> bool {
        self.busy = false;
        self.pages += 1;
        self.objects += i64::try_from(landing.objects).unwrap_or(i64::MAX);
        self.seen = self
            .seen
            .saturating_add(u32::try_from(landing.objects).unwrap_or(u32::MAX));
        if self.newest.is_none() {
            self.newest = landing.first.as_ref().and_then(|first| first.created);
        }
        let Some(last) = &landing.last else {
            self.done = !landing.has_more;
            return self.done;
        };
        let below = |created: i64| self.from.is_some_and(|from| created < from);
        self.done = !landing.has_more || last.created.is_some_and(below);
        if let Some(created) = last.created {
            let reached = created.saturating_add(1);
            self.before = Some(self.before.map_or(reached, |before| before.min(reached)));
        }
        self.after_id = Some(last.id.clone());
        true
    }

    /// The object that was the cursor is gone: go on by time alone. False: too often.
    pub(crate) fn restart(&mut self) -> bool {
        self.busy = false;
        self.after_id = None;
        self.restarts += 1;
        self.restarts <= RESTARTS_MAX
    }

    /// Has a page arrived since this run began? Without one nothing is known of its density.
    fn is_known(&self) -> bool {
        self.newest.is_some() && self.before.is_some()
    }

    fn density(&self) -> Option<Density> {
        match (self.newest, self.before) {
            (Some(newest), Some(before)) if self.seen > 0 => {
                let span_s = u64::try_from(newest - before).unwrap_or(0).max(1);
                Some(Density {
                    objects: u64::from(self.seen),
                    span_s,
                })
            }
            _ => self.inherited_density,
        }
    }

    /// Seconds of `created` that are left; an open interval reaches back to Stripe's beginning.
    fn left_s(&self) -> u64 {
        let from = self.from.unwrap_or(BEGINNING);
        self.before
            .map_or(0, |before| u64::try_from(before - from).unwrap_or(0))
    }

    /// Objects that are left, as far as can be told.
    pub(crate) fn left(&self) -> Option<u64> {
        if self.done {
            return Some(0);
        }
        self.density()
            .map(|density| density.objects_in(self.left_s()))
    }

    /// Does nobody know how far back it reaches?
    pub(crate) fn is_open(&self) -> bool {
        !self.done && self.from.is_none()
    }

    /// Pages that are left, where it can be cut in two and that is worth it.
    pub(crate) fn pages_to_split(&self, limit: u8) -> Option<u64> {
        let middle = self.middle()?;
        let worth = !self.done
            && self.is_known()
            && self.before.is_some_and(|before| middle + 1 < before)
            && self.from.is_none_or(|from| middle > from);
        let pages = self.left()? / u64::from(limit.max(1));
        (worth && pages >= PAGES_WORTH_SPLITTING).then_some(pages)
    }

    fn middle(&self) -> Option<i64> {
        let from = self.from.unwrap_or(BEGINNING);
        let before = self.before?;
        (before > from).then(|| from + (before - from) / 2)
    }

    /// Cuts the older half off, which becomes a slice of its own.
    pub(crate) fn split(&mut self, number: i64, limit: u8) -> Option<Self> {
        self.pages_to_split(limit)?;
        let middle = self.middle()?;
        let older = Self::new(number, self.from, Some(middle), self.density());
        self.from = Some(middle);
        Some(older)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peek(id: &str, created: i64) -> Option<Peek> {
        Some(Peek {
            id: id.into(),
            created: Some(created),
            livemode: Some(false),
        })
    }

    fn page(newest: i64, oldest: i64, has_more: bool) -> Landing {
        Landing {
            first: peek("n", newest),
            last: peek("o", oldest),
            objects: 100,
            has_more,
        }
    }

    #[test]
    fn a_slice_is_read_downwards_and_remembers_where_it_is() {
        let mut slice = Slice::whole();
        assert!(slice.land(&page(2_000_000_000, 1_999_990_000, true)));
        let query = slice.query(100);
        assert_eq!(query.cursor, Some(Cursor::After("o".into())));
        assert_eq!(
            query.created,
            CreatedRange {
                from: None,
                before: Some(1_999_990_001)
            }
        );
        assert_eq!(
            Slice::restored(&slice.stored(List::Invoices)).query(100),
            query
        );
        assert!(slice.land(&page(1_999_990_000, 1_999_980_000, false)));
        assert!(slice.done);
    }

    #[test]
    fn a_vanished_cursor_is_passed_by_time() {
        let mut slice = Slice::whole();
        slice.land(&page(2_000_000_000, 1_999_990_000, true));
        assert!(slice.restart());
        let query = slice.query(100);
        assert_eq!(
            (query.cursor, query.created.before),
            (None, Some(1_999_990_001))
        );
        assert!(
            (1..RESTARTS_MAX).all(|_| slice.restart()),
            "that may happen"
        );
        assert!(!slice.restart(), "but not without end");
    }

    #[test]
    fn halves_cover_what_the_whole_covered() {
        let mut slice = Slice::whole();
        assert_eq!(slice.split(1, 100), None, "nothing is known of it yet");
        slice.land(&page(2_000_000_000, 1_999_990_000, true));
        let older = slice.split(1, 100).expect("a dense slice splits");
        let (newer, older) = (slice.query(100).created, older.query(100).created);
        assert_eq!(
            newer.from, older.before,
            "no second between them, none twice"
        );
        assert_eq!((older.from, newer.before), (None, Some(1_999_990_001)));
    }

    #[test]
    fn a_page_that_was_under_way_while_its_slice_was_cut_ends_it() {
        let mut slice = Slice::whole();
        slice.land(&page(2_000_000_000, 1_999_990_000, true));
        let older = slice.split(1, 100).expect("it splits");
        let cut = older.query(100).created.before.expect("a bound");
        assert!(slice.land(&Landing {
            objects: 7,
            ..page(1_999_990_000, cut - 5, true)
        }));
        assert!(slice.done, "what lies below the cut is the other half's");
    }

    #[test]
    fn a_sparse_or_short_rest_is_not_split() {
        let mut slice = Slice::new(0, Some(1_999_989_000), None, None);
        slice.land(&page(2_000_000_000, 1_999_990_000, true));
        assert_eq!(slice.split(1, 100), None, "ten objects are left");
        let mut burst = Slice::new(0, Some(1_999_999_999), None, None);
        burst.land(&page(2_000_000_000, 2_000_000_000, true));
        assert_eq!(burst.split(1, 100), None, "a second cannot be cut");
    }

    #[test]
    fn a_page_without_any_id_is_no_place_to_go_on_from() {
        let mut slice = Slice::whole();
        let nothing = Landing {
            first: None,
            last: None,
            objects: 1,
            has_more: true,
        };
        assert!(!slice.land(&nothing));
        assert!(
            Slice::whole().land(&Landing {
                has_more: false,
                ..nothing
            }),
            "an empty list"
        );
    }
}
