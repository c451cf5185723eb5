//! The order of a list: every object's creation time and serial number in one sorted column.

/// Keys in ascending order: the creation time above, the serial number below.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timeline(Vec<u64>);

/// The key of an object.
pub(crate) const fn key(created: u32, serial: u32) -> u64 {
    ((created as u64) << 32) | serial as u64
}

/// The serial number in a key.
pub(crate) const fn serial(key: u64) -> u32 {
    key as u32
}

impl Timeline {
    pub(crate) fn keys(&self) -> &[u64] {
        &self.0
    }

    /// Adds an object; the order holds only after `settle`.
    pub(crate) fn push(&mut self, created: u32, serial: u32) {
        self.0.push(key(created, serial));
    }

    /// Brings what was pushed into order.
    pub(crate) fn settle(&mut self) {
        if !self.0.is_sorted() {
            self.0.sort_unstable();
        }
    }

    /// Leaves out what `keep` does not let through.
    pub(crate) fn retain(&mut self, keep: impl Fn(u32) -> bool) {
        self.0.retain(|key| keep(serial(*key)));
    }
}

/// What a list is asked for, apart from its filters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    pub(crate) limit: usize,
    /// Creation times, both included.
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// The key after which (newest first) the page starts.
    pub(crate) after: Option<u64>,
    /// The key before which (newest first) the page ends.
    pub(crate) before: Option<u64>,
}

/// One page, newest first, and whether more follow in the direction of travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) serials: Vec<u32>,
    pub(crate) has_more: bool,
}

/// The page of `keys` (ascending) that `window` asks for, of those that `keep` lets through.
pub(crate) fn page(keys: &[u64], window: &Window, keep: impl Fn(u32) -> bool) -> Page {
    let mut low = keys.partition_point(|key| *key < u64::from(window.from) << 32);
    let mut high = keys.partition_point(|it| *it <= key(window.to, u32::MAX));
    if let Some(after) = window.after {
        high = high.min(keys.partition_point(|key| *key < after));
    }
    if let Some(before) = window.before {
        low = low.max(keys.partition_point(|key| *key <= before));
    }
    let slice = &keys[low.min(high)..high];
    let wanted = window.limit + 1;
    let kept = |key: &u64| keep(serial(*key)).then(|| serial(*key));
    let mut serials: Vec<u32> = if window.before.is_some() {
        slice.iter().filter_map(kept).take(wanted).collect()
    } else {
        slice.iter().rev().filter_map(kept).take(wanted).collect()
    };
    let has_more = serials.len() > window.limit;
    serials.truncate(window.limit);
    if window.before.is_some() {
        serials.reverse();
    }
    Page { serials, has_more }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(limit: usize) -> Window {
        Window {
            limit,
            from: 0,
            to: u32::MAX,
            after: None,
            before: None,
        }
    }

    fn keys() -> Vec<u64> {
        (0..10)
            .map(|serial| key(100 + serial / 2, serial))
            .collect()
    }

    #[test]
    fn pages_run_from_new_to_old_and_back() {
        let keys = keys();
        let first = page(&keys, &window(4), |_| true);
        assert_eq!(
            first,
            Page {
                serials: vec![9, 8, 7, 6],
                has_more: true
            }
        );
        let after = Window {
            after: Some(keys[6]),
            ..window(4)
        };
        assert_eq!(page(&keys, &after, |_| true).serials, vec![5, 4, 3, 2]);
        let last = Window {
            after: Some(keys[2]),
            ..window(4)
        };
        let oldest = Page {
            serials: vec![1, 0],
            has_more: false,
        };
        assert_eq!(
            page(&keys, &last, |_| true),
            oldest,
            "the last page says so"
        );
        let back = Window {
            before: Some(keys[2]),
            ..window(4)
        };
        let newer = Page {
            serials: vec![6, 5, 4, 3],
            has_more: true,
        };
        assert_eq!(
            page(&keys, &back, |_| true),
            newer,
            "the nearest newer ones"
        );
    }

    #[test]
    fn created_bounds_are_inclusive() {
        let within = Window {
            from: 101,
            to: 102,
            ..window(10)
        };
        assert_eq!(page(&keys(), &within, |_| true).serials, vec![5, 4, 3, 2]);
        let crossed = Window {
            from: 104,
            to: 101,
            ..window(10)
        };
        assert!(page(&keys(), &crossed, |_| true).serials.is_empty());
    }

    #[test]
    fn filters_are_part_of_the_page() {
        let even = page(&keys(), &window(3), |serial| serial % 2 == 0);
        assert_eq!(
            even,
            Page {
                serials: vec![8, 6, 4],
                has_more: true
            }
        );
    }
}
