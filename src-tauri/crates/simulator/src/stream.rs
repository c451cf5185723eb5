//! What goes wrong between a change and its event: events that never come, come late, come twice, in
//! another order, or altered. Objects change all the same.

use crate::events::Event;
use crate::random::Random;

/// Faults of the event stream. Each chance is in thousandths of the events, drawn for each fault
/// alone, so that several may befall one event. Chance follows the seed and the order of events.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamFaults {
    /// Another run of chance.
    pub seed: u64,
    /// Only events whose type begins so; empty for all.
    pub only: String,
    /// How many events are never made.
    pub drop: u32,
    /// How many appear late, at their old `created`.
    pub delay: u32,
    /// How late at most, in seconds of the account's clock; at least one.
    pub delay_seconds: u32,
    /// How many changes make two events, with an identifier each.
    pub duplicate: u32,
    /// How many say an earlier `created` than the event before them.
    pub reorder: u32,
    /// By how much at most, in seconds: 0 changes places within one second only.
    pub reorder_seconds: u32,
    /// How many show their object otherwise than it was, where it has metadata.
    pub alter: u32,
}

/// How often each fault befell an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamLog {
    /// Changes that make an event, or should have made one.
    pub changes: u64,
    /// Events that were never made.
    pub dropped: u64,
    /// Events that appear late.
    pub delayed: u64,
    /// Changes that made two events.
    pub duplicated: u64,
    /// Events that changed places with earlier ones.
    pub reordered: u64,
    /// Events that show their object otherwise than it was.
    pub altered: u64,
}

/// The stream of one account.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    pub(crate) faults: StreamFaults,
    pub(crate) log: StreamLog,
    /// Nothing is told at all.
    pub(crate) silent: bool,
}

/// What becomes of one event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fate {
    pub(crate) dropped: bool,
    pub(crate) twice: bool,
    /// How much later it appears.
    pub(crate) late: u32,
    /// How much earlier it says that it is, and whether it goes before others of that second.
    pub(crate) earlier: Option<u32>,
    /// It shows its object otherwise.
    pub(crate) altered: bool,
}

impl Stream {
    /// Decides on the next event.
    pub(crate) fn fate(&mut self, event: &Event) -> Fate {
        if self.silent {
            return Fate {
                dropped: true,
                ..Fate::default()
            };
        }
        self.log.changes += 1;
        let faults = &self.faults;
        if !event.kind.as_str().starts_with(&faults.only) {
            return Fate::default();
        }
        let mut random = Random::new(faults.seed ^ 0x57E4, self.log.changes);
        let mut chance = |per_mille: u32| random.chance(u64::from(per_mille));
        let (dropped, delayed) = (chance(faults.drop), chance(faults.delay));
        let (twice, moved) = (chance(faults.duplicate), chance(faults.reorder));
        let altered = chance(faults.alter);
        let up_to = |random: &mut Random, most: u32| random.below(u64::from(most) + 1) as u32;
        let late = 1 + up_to(&mut random, faults.delay_seconds.saturating_sub(1));
        let earlier = up_to(&mut random, faults.reorder_seconds);
        let fate = Fate {
            dropped,
            twice: twice && !dropped,
            late: if delayed { late } else { 0 },
            earlier: (moved && !dropped).then_some(earlier),
            altered: altered && !dropped,
        };
        self.log.dropped += u64::from(fate.dropped);
        self.log.duplicated += u64::from(fate.twice);
        self.log.delayed += u64::from(delayed && !dropped);
        self.log.reordered += u64::from(fate.earlier.is_some());
        self.log.altered += u64::from(fate.altered);
        fate
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Account;
    use crate::company::mutations::mutate;
    use crate::options::Options;
    use crate::running::make;

    const NOW: u32 = 1_795_305_600;

    fn account(faults: StreamFaults) -> (Account, usize) {
        let options = Options {
            customers: 40,
            now: Some(i64::from(NOW)),
            ..Options::default()
        };
        let mut account = make(&options, NOW);
        let first = account.events.len();
        account.stream.faults = faults;
        account.stream.log = StreamLog::default();
        mutate(&mut account, 200, 1);
        (account, first)
    }

    fn whole() -> (Account, usize) {
        account(StreamFaults::default())
    }

    #[test]
    fn dropped_events_leave_the_changes() {
        let (account, first) = account(StreamFaults {
            drop: 400,
            ..StreamFaults::default()
        });
        let log = account.stream.log;
        let told = (account.events.len() - first) as u64;
        assert_eq!(told, log.changes - log.dropped);
        assert!(log.dropped > log.changes / 4, "{log:?}");
        let (other, _) = whole();
        assert_eq!(
            account.invoices.len(),
            other.invoices.len(),
            "the same changes"
        );
    }

    #[test]
    fn late_events_appear_in_time_at_their_old_date() {
        let (mut account, first) = account(StreamFaults {
            delay: 500,
            delay_seconds: 600,
            ..StreamFaults::default()
        });
        let listed = |account: &Account| {
            let events = first as u32..account.events.len() as u32;
            events.filter(|it| account.is_listed(*it)).count()
        };
        let early = listed(&account);
        account.now += 600;
        let all = listed(&account);
        assert_eq!(all - early, account.stream.log.delayed as usize);
        assert!(all > early, "some were late");
        assert!(account.events[first..].iter().all(|it| it.created == NOW));
    }

    #[test]
    fn doubled_and_reordered_events_are_the_same_events() {
        let (account, first) = account(StreamFaults {
            duplicate: 300,
            reorder: 300,
            reorder_seconds: 60,
            ..StreamFaults::default()
        });
        let (other, _) = whole();
        let log = account.stream.log;
        let kinds = |account: &Account| {
            let mut names: Vec<_> = account.events[first..]
                .iter()
                .map(|it| (it.kind.as_str(), it.object, it.snapshot))
                .collect();
            names.sort_unstable();
            names
        };
        let mut once = kinds(&account);
        once.dedup();
        assert_eq!(once, kinds(&other), "every change told");
        assert_eq!(kinds(&account).len() as u64, log.changes + log.duplicated);
        assert!(account.events[first..].iter().any(|it| it.created < NOW));
        assert!(log.reordered > 0 && log.duplicated > 0, "{log:?}");
    }

    #[test]
    fn only_some_types_suffer() {
        let (account, first) = account(StreamFaults {
            drop: 1_000,
            only: "invoice.".to_owned(),
            ..StreamFaults::default()
        });
        let names = || account.events[first..].iter().map(|it| it.kind.as_str());
        assert!(names().all(|name| !name.starts_with("invoice.")));
        assert!(names().count() > 0);
    }
}
