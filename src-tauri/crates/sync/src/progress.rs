//! What a load says of itself while it runs, at most twenty times a second.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use stripe::{Gateway, List, Stats};
use tokio::sync::watch;

use crate::meter::{Meter, per_second};
use crate::plan::Plan;

/// The shortest time between two reports.
pub(crate) const REPORT_EVERY: Duration = Duration::from_millis(50);

/// What a load is doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Phase {
    /// Asking for the account and the newest event.
    #[default]
    Starting,
    /// Reading lists.
    Loading,
    /// Building what the tables need.
    Finishing,
    /// At its end.
    Done,
}

/// Progress of one list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProgress {
    /// The list.
    pub list: List,
    /// Objects stored in this run.
    pub objects: u64,
    /// Read to its end?
    pub done: bool,
    /// When it was last complete, UTC seconds.
    pub complete_as_of: Option<i64>,
    /// The permission that is missing.
    pub refused: Option<String>,
}

/// Progress of a load.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LoadProgress {
    /// What it is doing.
    pub phase: Phase,
    /// Every list of the first load, in a fixed order.
    pub lists: Vec<ListProgress>,
    /// Objects stored in this run.
    pub objects: u64,
    /// Objects a second over the last seconds; at the end, over the whole run.
    pub objects_per_second: u64,
    /// Seconds left, where it can be said: Stripe gives no counts, so it is estimated from how
    /// dense the parts already read are.
    pub seconds_left: Option<u64>,
    /// Requests made in this run.
    pub requests: u64,
    /// Reads of this run that count against Stripe's allocation.
    pub reads: u64,
    /// Answers 429 in this run.
    pub throttled: u64,
}

/// Objects stored, per list; the writer counts, the reporter reads.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    counts: Arc<BTreeMap<List, AtomicU64>>,
}

impl Tally {
    pub(crate) fn new() -> Self {
        let counts = List::LOADED
            .into_iter()
            .map(|list| (list, AtomicU64::new(0)))
            .collect();
        Self {
            counts: Arc::new(counts),
        }
    }

    pub(crate) fn add(&self, list: List, objects: u64) {
        if let Some(count) = self.counts.get(&list) {
            count.fetch_add(objects, Ordering::Relaxed);
        }
    }

    fn of(&self, list: List) -> u64 {
        self.counts
            .get(&list)
            .map_or(0, |count| count.load(Ordering::Relaxed))
    }

    pub(crate) fn total(&self) -> u64 {
        self.counts
            .values()
            .map(|count| count.load(Ordering::Relaxed))
            .sum()
    }
}

/// Tells whoever watches.
pub(crate) struct Reporter {
    sender: watch::Sender<LoadProgress>,
    tally: Tally,
    gateway: Gateway,
    before: Stats,
    meter: Meter,
    lists: BTreeMap<List, ListProgress>,
    reported: Option<Instant>,
    started: Instant,
}

impl Reporter {
    pub(crate) fn new(
        sender: watch::Sender<LoadProgress>,
        tally: Tally,
        gateway: &Gateway,
        states: &[books::ListState],
    ) -> Self {
        let lists = List::LOADED
            .into_iter()
            .map(|list| {
                let state = states.iter().find(|state| state.list == list.as_str());
                let progress = ListProgress {
                    list,
                    objects: 0,
                    done: false,
                    complete_as_of: state.and_then(|state| state.complete_as_of),
                    refused: None,
                };
                (list, progress)
            })
            .collect();
        let before = gateway.stats();
        let gateway = gateway.clone();
        Self {
            sender,
            tally,
            gateway,
            before,
            meter: Meter::default(),
            lists,
            reported: None,
            started: Instant::now(),
        }
    }

    /// A list was read to its end, and stored.
    pub(crate) fn done(&mut self, list: List, as_of: i64) {
        if let Some(progress) = self.lists.get_mut(&list) {
            progress.done = true;
            progress.complete_as_of = Some(as_of);
        }
    }

    /// A list was refused.
    pub(crate) fn refused(&mut self, list: List, slug: &str) {
        if let Some(progress) = self.lists.get_mut(&list) {
            progress.refused = Some(slug.to_owned());
        }
    }

    /// Requests, reads and answers 429 of this run.
    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        let (now, before) = (self.gateway.stats(), self.before);
        (
            now.requests - before.requests,
            now.reads - before.reads,
            now.throttled - before.throttled,
        )
    }

    /// Reports while lists are read, not more often than every 50 ms.
    pub(crate) fn tick(&mut self, plan: &Plan) {
        let now = Instant::now();
        if self.reported.is_some_and(|at| now - at < REPORT_EVERY) {
            return;
        }
        self.reported = Some(now);
        let rate = self.meter.read(now, self.tally.total());
        let left = plan
            .left()
            .filter(|_| rate > 0)
            .map(|left| left.div_ceil(rate));
        self.send(Phase::Loading, rate, left);
    }

    /// Reports a new phase at once; the last report says how many objects a second it was in all.
    pub(crate) fn phase(&mut self, phase: Phase) {
        let now = Instant::now();
        let total = self.tally.total();
        let rate = match phase {
            Phase::Done => per_second(total, now - self.started),
            _ => self.meter.read(now, total),
        };
        let left = matches!(phase, Phase::Done).then_some(0);
        self.send(phase, rate, left);
    }

    fn send(&mut self, phase: Phase, objects_per_second: u64, seconds_left: Option<u64>) {
        for progress in self.lists.values_mut() {
            progress.objects = self.tally.of(progress.list);
        }
        let (requests, reads, throttled) = self.counts();
        self.sender.send_replace(LoadProgress {
            phase,
            lists: self.lists.values().cloned().collect(),
            objects: self.tally.total(),
            objects_per_second,
            seconds_left,
            requests,
            reads,
            throttled,
        });
    }
}
