//! Scales of charts: from quantities to places, round steps for the lines behind, and labels that
//! keep off each other. Whole numbers throughout.

use billing::usage::Quantity;

/// Millionths in one.
const MILLION: i64 = 1_000_000;

/// Leads a quantity to its place between two ends of an axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    /// Where zero is.
    zero: i32,
    /// Where the greatest is.
    end: i32,
    greatest: i64,
}

impl Scale {
    /// An axis from zero to `greatest`; a greatest of zero is taken for one.
    pub(super) fn new(zero: i32, end: i32, greatest: Quantity) -> Self {
        Self {
            zero,
            end,
            greatest: match greatest.millionths() {
                none if none <= 0 => MILLION,
                some => some,
            },
        }
    }

    /// The place of a quantity; what lies outside is at the nearer end.
    pub(super) fn at(self, quantity: Quantity) -> i32 {
        let within = quantity.millionths().clamp(0, self.greatest);
        let way = i128::from(self.end - self.zero) * i128::from(within);
        let part = way / i128::from(self.greatest);
        self.zero + i32::try_from(part).unwrap_or(0)
    }
}

/// A little more than the greatest, so that it does not touch the edge.
pub(super) fn with_headroom(greatest: Quantity) -> Quantity {
    let millionths = greatest.millionths().max(0);
    Quantity::from_millionths(millionths.saturating_add(millionths / 24))
}

/// Round values from zero to `greatest`, at most `most` steps apart: 1, 2 or 5 and zeros.
pub(super) fn ticks(greatest: Quantity, most: i64) -> Vec<Quantity> {
    let greatest = match greatest.millionths() {
        none if none <= 0 => MILLION,
        some => some,
    };
    let step = step(greatest, most);
    (0..=most)
        .map(|count| count.saturating_mul(step))
        .take_while(|value| *value <= greatest)
        .map(Quantity::from_millionths)
        .collect()
}

/// The smallest round step that leads to the greatest in at most `most`.
fn step(greatest: i64, most: i64) -> i64 {
    let mut ten = 1_i64;
    loop {
        for by in [1, 2, 5] {
            let Some(step) = ten.checked_mul(by) else {
                return greatest;
            };
            if greatest / step <= most {
                return step;
            }
        }
        let Some(next) = ten.checked_mul(10) else {
            return greatest;
        };
        ten = next;
    }
}

/// Moves places apart so that neighbours are at least `gap` from each other and all lie between
/// `first` and `last`, as near as can be to where they were. The order of those that meet is that
/// in which they are given.
pub(super) fn apart(places: &[i32], gap: i32, first: i32, last: i32) -> Vec<i32> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|index| places[*index]);
    let mut out = places.to_vec();
    let mut least = first;
    for index in &order {
        out[*index] = out[*index].max(least);
        least = out[*index] + gap;
    }
    let mut most = last;
    for index in order.iter().rev() {
        out[*index] = out[*index].min(most);
        most = out[*index] - gap;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(count: i64) -> Quantity {
        Quantity::whole(count).expect("fits")
    }

    #[test]
    fn steps_are_round_and_few() {
        for (greatest, last, count) in [
            (1, "1", 6),
            (50, "50", 6),
            (2_495, "2000", 5),
            (60_000, "60000", 4),
            (7, "6", 4),
            (9_000_000_000_000, "8000000000000", 5),
        ] {
            let ticks = ticks(whole(greatest), 5);
            assert_eq!(ticks.len(), count, "{greatest}: {ticks:?}");
            assert_eq!(ticks.last().map(Quantity::to_string).as_deref(), Some(last));
        }
        assert_eq!(
            ticks(Quantity::ZERO, 5).last(),
            Some(&whole(1)),
            "nothing was used"
        );
        assert!(ticks(Quantity::MAX, 5).len() > 1, "the largest has steps");
    }

    #[test]
    fn a_scale_keeps_to_its_ends() {
        let scale = Scale::new(1000, 0, whole(2_000));
        assert_eq!(scale.at(whole(0)), 1000);
        assert_eq!(scale.at(whole(500)), 750);
        assert_eq!(scale.at(whole(9_000)), 0, "beyond the end is the end");
        assert_eq!(scale.at(whole(-5)), 1000, "a correction below zero is zero");
        assert_eq!(Scale::new(0, 100, Quantity::MAX).at(Quantity::MAX), 100);
        assert_eq!(Scale::new(0, 100, Quantity::ZERO).at(Quantity::ZERO), 0);
    }

    #[test]
    fn labels_move_apart_and_stay_inside() {
        assert_eq!(apart(&[100, 105, 300], 16, 0, 400), [100, 116, 300]);
        assert_eq!(
            apart(&[395, 390], 16, 0, 400),
            [400, 384],
            "pushed back from the edge"
        );
        assert_eq!(apart(&[], 16, 0, 400), Vec::<i32>::new());
    }
}
