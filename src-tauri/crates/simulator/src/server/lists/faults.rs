//! What goes wrong with the account's lists: objects that a page leaves out, shows twice or in another
//! order, and new ones that are listed late. Each object can be read by its identifier all the same.

use crate::random::Random;

/// Faults of the account's lists, but for that of events. Each chance is in thousandths of the
/// objects and follows the seed and the object: the same object suffers the same on every page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListFaults {
    /// Another run of chance.
    pub seed: u64,
    /// How many are left out; the last of a page never is, or nobody could go on behind it.
    pub drop: u32,
    /// How many are shown twice.
    pub duplicate: u32,
    /// How many change places with the one before them.
    pub reorder: u32,
    /// For how many seconds of the account's clock a new object is not listed.
    pub delay_seconds: u32,
}

impl ListFaults {
    /// The objects of a page as it shows them.
    pub(super) fn befall(&self, url: &str, serials: &[u32]) -> Vec<u32> {
        let mut shown = Vec::with_capacity(serials.len());
        let last = serials.len().saturating_sub(1);
        for (place, serial) in serials.iter().enumerate() {
            let mut random = Random::new(self.seed ^ 0x1157, u64::from(*serial));
            let mut chance = |per_mille: u32| random.chance(u64::from(per_mille));
            let (dropped, twice) = (chance(self.drop), chance(self.duplicate));
            let moved = chance(self.reorder);
            if !is_of_account(url) || place == last {
                shown.push(*serial);
                continue;
            }
            if dropped {
                continue;
            }
            shown.push(*serial);
            if moved && shown.len() > 1 {
                let place = shown.len() - 1;
                shown.swap(place, place - 1);
            }
            if twice {
                shown.push(*serial);
            }
        }
        shown
    }
}

/// Is this a list of the account, and not one inside an object, nor that of events?
fn is_of_account(url: &str) -> bool {
    let path = url.trim_start_matches("/v1/");
    let own = path
        .trim_start_matches("billing/")
        .trim_start_matches("test_helpers/");
    // The items of one subscription have an address of their own.
    !matches!(own, "events" | "subscription_items") && !own.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: [u32; 6] = [9, 8, 7, 6, 5, 4];

    #[test]
    fn faults_befall_the_lists_of_the_account_alone() {
        let all = ListFaults {
            drop: 1_000,
            ..ListFaults::default()
        };
        assert_eq!(all.befall("/v1/invoices", &PAGE), [4], "the last one stays");
        assert_eq!(all.befall("/v1/billing/credit_grants", &PAGE), [4]);
        for url in [
            "/v1/events",
            "/v1/subscription_items",
            "/v1/invoices/in_1/lines",
        ] {
            assert_eq!(all.befall(url, &PAGE), PAGE, "{url}");
        }
        assert_eq!(ListFaults::default().befall("/v1/invoices", &PAGE), PAGE);
    }

    #[test]
    fn objects_are_shown_twice_or_change_places() {
        let twice = ListFaults {
            duplicate: 1_000,
            ..ListFaults::default()
        };
        let shown = twice.befall("/v1/charges", &PAGE);
        assert_eq!(shown, [9, 9, 8, 8, 7, 7, 6, 6, 5, 5, 4]);
        let moved = ListFaults {
            reorder: 1_000,
            ..ListFaults::default()
        };
        let mut shown = moved.befall("/v1/charges", &PAGE);
        assert_ne!(shown, PAGE);
        shown.sort_unstable_by(|left, right| right.cmp(left));
        assert_eq!(shown, PAGE, "none is missing");
    }
}
