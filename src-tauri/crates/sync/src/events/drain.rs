//! Applying the events that wait: one step an object, its effects and the events' outcomes in one
//! transaction. An object that cannot be read costs its own events their turn and no others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use books::{Books, CursorWrite, EventOutcome, HeldState, Prepared, Raw, Source};
use objects::Kind;
use stripe::Gateway;

use super::group::{APART_S, Group, Grouped, Step, group};
use super::read::{Found, Objects, read_all, stops};
use super::{Content, DrainOutcome, Freshness, Target};
use crate::backfill::Clock;
use crate::derived::{Derived, read_derived};
use crate::error::SyncError;
use crate::lists::list_of;
use crate::own::OwnList;
use crate::pipeline::broken;
use crate::refetch::tombstone;

/// Events that are put together at once.
const ROUND_EVENTS: u32 = 2_000;
/// Objects that are read before they are stored, at most: what a power cut costs.
const CHUNK_OBJECTS: usize = 500;
/// An event that could not be applied so often is given up.
const ATTEMPTS_MAX: i64 = 8;
/// The first wait before the next attempt; it doubles, up to the longest.
const RETRY_S: i64 = 60;
const RETRY_MAX_S: i64 = 6 * 3_600;

pub(super) async fn drain(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    freshness: Freshness,
) -> Result<DrainOutcome, SyncError> {
    let last_poll = books
        .event_cursor()
        .await?
        .map_or(i64::MIN / 2, |cursor| cursor.at);
    let states = books.lists().await?;
    let refused = states
        .into_iter()
        .filter_map(|state| Some((state.list, state.refused?)));
    let mut drain = Drain {
        gateway,
        books,
        clock,
        freshness,
        last_poll,
        refused: refused.collect(),
        outcome: DrainOutcome::default(),
    };
    let mut after = 0;
    loop {
        let waiting = books.waiting_events(clock(), after, ROUND_EVENTS).await?;
        let Some(last) = waiting.last() else {
            break;
        };
        after = last.num;
        drain.round(waiting).await?;
    }
    drain.by_time().await?;
    drain.outcome.waiting = books.waiting_event_count().await?;
    Ok(drain.outcome)
}

struct Drain<'a> {
    gateway: &'a Gateway,
    books: &'a Books,
    clock: &'a Clock,
    freshness: Freshness,
    /// When the last good poll was, by Stripe's clock.
    last_poll: i64,
    /// Lists that the key may not read, and the missing permission: they are not asked for.
    refused: BTreeMap<String, String>,
    outcome: DrainOutcome,
}

/// A group and what is done for it.
struct Work {
    group: Group,
    step: Step,
    /// What its payload came to.
    prepared: Option<Prepared>,
}

/// What was read for a chunk of works.
#[derive(Default)]
struct Reads {
    objects: Objects,
    derived: HashMap<Derived, Result<Found, SyncError>>,
}

impl Reads {
    /// Each error, with the kind that was to be read.
    fn errors(&self) -> impl Iterator<Item = (Kind, &SyncError)> {
        let objects = self.objects.iter();
        let objects =
            objects.filter_map(|(target, read)| Some((target.kind, read.as_ref().err()?)));
        let derived = self.derived.iter();
        let derived = derived.filter_map(|(of, read)| Some((of.kind(), read.as_ref().err()?)));
        objects.chain(derived)
    }

    fn is_stopped(&self) -> bool {
        self.errors().any(|(_, error)| stops_all(error))
    }

    /// The error that stopped the reads.
    fn into_stop(self) -> Option<SyncError> {
        let objects = self.objects.into_values();
        let mut errors = objects
            .chain(self.derived.into_values())
            .filter_map(Result::err);
        errors.find(stops_all)
    }
}

/// Why an object's events could not be applied.
enum Problem {
    /// The key lacks a permission.
    Refused(&'static str, String),
    /// It may go better next time.
    Object(String),
}

impl Drain<'_> {
    /// Reads again what time alone has changed: money that became available.
    async fn by_time(&mut self) -> Result<(), SyncError> {
        let kind = Kind::BalanceTransaction;
        if self.refusal(kind).is_some() {
            return Ok(());
        }
        let matured = self.books.matured_movements(self.last_poll).await?;
        let wanted = matured.into_iter().map(|(id, created)| {
            let target = Target { kind, id };
            (target, Some(created))
        });
        let wanted: Vec<(Target, Option<i64>)> = wanted.collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let reads = Reads {
            objects: read_all(self.gateway, &wanted).await,
            ..Reads::default()
        };
        let cursors = self.refuse(&reads);
        let now = (self.clock)();
        let mut prepared = Prepared::default();
        for found in reads.objects.values().flatten() {
            if let Ok(found) = self.prepare(found, now) {
                prepared.merge(found);
            }
        }
        let applied = self
            .books
            .apply(prepared, Source::Event, now, &cursors)
            .await?;
        self.outcome.changed += applied.new_versions;
        match reads.into_stop() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    async fn round(&mut self, waiting: Vec<books::WaitingEvent>) -> Result<(), SyncError> {
        let nums: Vec<i64> = waiting.iter().map(|event| event.num).collect();
        let bodies = self.books.event_bodies(&nums).await?;
        let mut contents: HashMap<i64, Content> = (bodies.iter())
            .filter_map(|(num, body)| Some((*num, Content::read(body)?)))
            .collect();
        let events = waiting.into_iter().map(|event| {
            let content = contents.remove(&event.num);
            (event, content)
        });
        let mut grouped = group(events.collect());
        let groups = self.asked_for(&mut grouped).await?;
        if !grouped.nothing.is_empty() {
            let nothing = self.done(grouped.nothing, EventOutcome::Nothing);
            self.books.write_cursors(&[nothing]).await?;
        }
        let works = self.decide(groups).await?;
        let works = self.payloads(works).await?;
        let (at_once, rest): (Vec<Work>, Vec<Work>) = works
            .into_iter()
            .partition(|work| work.step != Step::Refetch && work.group.derived.is_empty());
        self.store(at_once, &Reads::default()).await?;
        let (by_webhook, by_poll): (Vec<Work>, Vec<Work>) =
            rest.into_iter().partition(|work| work.group.by_webhook);
        for works in [by_webhook, by_poll] {
            let mut works = works.into_iter().peekable();
            while works.peek().is_some() {
                let chunk: Vec<Work> = works.by_ref().take(CHUNK_OBJECTS).collect();
                self.read_and_store(chunk).await?;
            }
        }
        Ok(())
    }

    /// Takes the groups out. Payment methods of customers for whom nobody asked are not kept, and
    /// cost no read: their events join those in which there is nothing.
    async fn asked_for(&self, grouped: &mut Grouped) -> Result<Vec<Group>, SyncError> {
        let mut groups = std::mem::take(&mut grouped.groups);
        let is_method = |group: &Group| group.target.kind == Kind::PaymentMethod;
        let methods = groups.iter().filter(|group| is_method(group));
        let held = self
            .held(methods.map(|group| group.target.clone()).collect())
            .await?;
        let mut unasked = BTreeSet::new();
        for group in groups.iter().filter(|group| is_method(group)) {
            let is_kept = held.contains_key(&group.target)
                || match &group.customer {
                    Some(customer) => self.books.are_methods_held(customer).await?,
                    None => false,
                };
            if !is_kept {
                unasked.insert(group.target.clone());
            }
        }
        groups.retain(|group| {
            let is_kept = !unasked.contains(&group.target);
            if !is_kept {
                grouped.nothing.extend(&group.nums);
            }
            is_kept
        });
        Ok(groups)
    }

    /// What is done for each group; those that wait are left out.
    async fn decide(&self, groups: Vec<Group>) -> Result<Vec<Work>, SyncError> {
        let held = self
            .held(groups.iter().map(|group| group.target.clone()).collect())
            .await?;
        let decided = groups.into_iter().map(|group| {
            let held = held.get(&group.target).copied();
            let step = group.step(held, self.last_poll, self.freshness);
            Work {
                group,
                step,
                prepared: None,
            }
        });
        Ok(decided.filter(|work| work.step != Step::Wait).collect())
    }

    async fn held(&self, targets: Vec<Target>) -> Result<HashMap<Target, HeldState>, SyncError> {
        let mut by_kind: BTreeMap<Kind, Vec<String>> = BTreeMap::new();
        for target in targets {
            by_kind.entry(target.kind).or_default().push(target.id);
        }
        let mut held = HashMap::new();
        for (kind, ids) in by_kind {
            let named: Vec<&str> = ids.iter().map(String::as_str).collect();
            let states = self.books.held_states(kind, &named).await?;
            for (id, state) in ids.into_iter().zip(states) {
                if let Some(state) = state {
                    held.insert(Target { kind, id }, state);
                }
            }
        }
        Ok(held)
    }

    /// Decodes payloads. One that is not whole by itself is read again instead.
    async fn payloads(&self, works: Vec<Work>) -> Result<Vec<Work>, SyncError> {
        let books = self.books.clone();
        let prepare = move || {
            let mut discounts = Vec::new();
            let works = works.into_iter().map(|mut work| {
                if work.step == Step::Payload {
                    work.prepared = prepare_payload(&books, &work.group);
                    // It names its discounts and does not carry them.
                    let payload = work.group.payload.as_ref().filter(|_| !work.group.deleted);
                    discounts.push(payload.map(|it| it.ids("di_")).unwrap_or_default());
                } else {
                    discounts.push(BTreeSet::new());
                }
                work
            });
            let works: Vec<Work> = works.collect();
            (works, discounts)
        };
        let (mut works, discounts) = tokio::task::spawn_blocking(prepare).await.map_err(broken)?;
        let named: BTreeSet<&str> = discounts.iter().flatten().map(String::as_str).collect();
        let named: Vec<&str> = named.into_iter().collect();
        let states = self.books.held_states(Kind::Discount, &named).await?;
        let known: BTreeSet<&str> = (named.iter().zip(states))
            .filter_map(|(id, state)| state.map(|_| *id))
            .collect();
        for (work, discounts) in works.iter_mut().zip(&discounts) {
            let is_whole = discounts.iter().all(|id| known.contains(id.as_str()));
            if work.step == Step::Payload && (work.prepared.is_none() || !is_whole) {
                work.prepared = None;
                work.step = Step::Refetch;
            }
        }
        Ok(works)
    }

    async fn read_and_store(&mut self, works: Vec<Work>) -> Result<(), SyncError> {
        let objects = objects_of(&works);
        let targets = objects.iter().map(|(target, ..)| target.clone()).collect();
        let held = self.held(targets).await?;
        let mut wanted: BTreeMap<Target, Option<i64>> = BTreeMap::new();
        for (target, created, since) in objects {
            let is_held = held.get(&target).is_some_and(|held| held.seen_at >= since);
            if !is_held && self.refusal(target.kind).is_none() {
                let known = wanted.entry(target).or_default();
                *known = known.or(created);
            }
        }
        let wanted: Vec<(Target, Option<i64>)> = wanted.into_iter().collect();
        let mut reads = Reads {
            objects: read_all(self.gateway, &wanted).await,
            ..Reads::default()
        };
        if !reads.is_stopped() {
            self.read_lists(&works, &mut reads).await;
        }
        self.store(works, &reads).await?;
        match reads.into_stop() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Reads what belongs to the objects, each list once.
    async fn read_lists(&self, works: &[Work], reads: &mut Reads) {
        let all: Vec<&Derived> = works.iter().flat_map(|work| &work.group.derived).collect();
        for derived in all {
            let is_listed = !matches!(derived, Derived::Object(_));
            let is_due = !reads.derived.contains_key(derived);
            if !is_listed || !is_due || self.refusal(derived.kind()).is_some() {
                continue;
            }
            let read = read_derived(self.gateway, self.books, derived).await;
            let stops = matches!(&read, Err(error) if stops_all(error));
            reads.derived.insert(derived.clone(), read);
            if stops {
                return;
            }
        }
    }

    /// The list that brings a kind, where the key may not read it, and the missing permission.
    fn refusal(&self, kind: Kind) -> Option<(&'static str, String)> {
        let (list, _) = listed_as(kind)?;
        Some((list, self.refused.get(list)?.clone()))
    }

    /// Stores what was read and what the events carried, with what became of the events. An object
    /// that was not read, because something stopped the reads, leaves its events waiting.
    async fn store(&mut self, works: Vec<Work>, reads: &Reads) -> Result<(), SyncError> {
        if works.is_empty() {
            return Ok(());
        }
        let now = (self.clock)();
        let mut batch = Batch {
            cursors: self.refuse(reads),
            ..Batch::default()
        };
        for mut work in works {
            match self.gather(&mut work, reads, now) {
                Ok(Some(prepared)) => batch.add(prepared, work),
                Ok(None) => {}
                Err(problem) => {
                    let put_off = self.put_off(&work.group, problem, now);
                    batch.cursors.push(put_off);
                }
            }
        }
        for (outcome, nums) in batch.outcomes {
            self.outcome.applied += nums.len() as u64;
            batch.cursors.push(self.done(nums, outcome));
        }
        self.outcome.payloads += batch.payloads;
        self.outcome.refetched += batch.refetched;
        let source = match batch.by_webhook {
            true => Source::Webhook,
            false => Source::Event,
        };
        let applied = self
            .books
            .apply(batch.prepared, source, now, &batch.cursors)
            .await?;
        self.outcome.changed += applied.new_versions;
        Ok(())
    }

    /// Notes which lists the key turned out not to be allowed to read.
    fn refuse(&mut self, reads: &Reads) -> Vec<CursorWrite> {
        let mut cursors = Vec::new();
        for (kind, error) in reads.errors() {
            let SyncError::Gateway(error) = error else {
                continue;
            };
            let listed_as = listed_as(kind);
            let (Some(slugs), Some((list, usual))) = (error.missing_permissions(), listed_as)
            else {
                continue;
            };
            if self.refused.contains_key(list) {
                continue;
            }
            let slug = match slugs {
                [] => usual.to_owned(),
                slugs => slugs.join(", "),
            };
            tracing::warn!(list, slug, "the key may not read a list");
            let name = list.to_owned();
            self.refused.insert(name.clone(), slug.clone());
            self.outcome.refused.push((list, slug.clone()));
            cursors.push(CursorWrite::Refused { list: name, slug });
        }
        cursors
    }

    /// Everything that a group brings; none where it has to wait for its turn.
    fn gather(
        &self,
        work: &mut Work,
        reads: &Reads,
        now: i64,
    ) -> Result<Option<Prepared>, Problem> {
        let mut prepared = work.prepared.take().unwrap_or_default();
        let target = &work.group.target;
        if work.step == Step::Refetch {
            if let Some((list, slug)) = self.refusal(target.kind) {
                return Err(Problem::Refused(list, slug));
            }
            match reads.objects.get(target) {
                None => return Ok(None),
                Some(Err(error)) if stops_all(error) => return Ok(None),
                Some(Err(error)) => return Err(Problem::Object(error.to_string())),
                Some(Ok(found)) => prepared.merge(self.prepare(found, now)?),
            }
        }
        for derived in &work.group.derived {
            let read = match derived {
                Derived::Object(target) => reads.objects.get(target),
                listed => reads.derived.get(listed),
            };
            match read {
                // It was held already, or the key may not read it; or reading was stopped.
                None if reads.is_stopped() => return Ok(None),
                None => {}
                Some(Err(error)) if is_refusal(error) => {}
                Some(Err(error)) if stops_all(error) => return Ok(None),
                Some(Err(error)) => return Err(Problem::Object(error.to_string())),
                Some(Ok(found)) => prepared.merge(self.prepare(found, now)?),
            }
        }
        Ok(Some(prepared))
    }

    fn prepare(&self, found: &Found, now: i64) -> Result<Prepared, Problem> {
        let prepared = self.books.prepare(found.raws.clone());
        match prepared.failed.first() {
            Some(failed) => Err(Problem::Object(failed.error.to_string())),
            None => Ok(prepared.as_of(found.date.unwrap_or(now))),
        }
    }

    /// Notes why a group's events could not be applied, and when they are tried again.
    fn put_off(&mut self, group: &Group, problem: Problem, now: i64) -> CursorWrite {
        self.outcome.failed += group.nums.len() as u64;
        let (words, is_last) = match problem {
            Problem::Refused(list, slug) => (
                format!("the key may not read {list}: {slug} is missing"),
                true,
            ),
            Problem::Object(words) => (words, group.attempts + 1 >= ATTEMPTS_MAX),
        };
        let Target { kind, id } = &group.target;
        tracing::warn!(%kind, id, problem = words, "what an event tells could not be applied");
        let nums = group.nums.clone();
        match is_last {
            true => CursorWrite::EventsDone {
                nums,
                outcome: EventOutcome::Failed,
                at: now,
                problem: Some(words),
            },
            false => CursorWrite::EventsLater {
                nums,
                retry_at: now + (RETRY_S << group.attempts.clamp(0, 16)).min(RETRY_MAX_S),
                problem: Some(words),
            },
        }
    }

    fn done(&self, nums: Vec<i64>, outcome: EventOutcome) -> CursorWrite {
        CursorWrite::EventsDone {
            nums,
            outcome,
            at: (self.clock)(),
            problem: None,
        }
    }
}

/// What is stored together.
#[derive(Default)]
struct Batch {
    prepared: Prepared,
    outcomes: HashMap<EventOutcome, Vec<i64>>,
    cursors: Vec<CursorWrite>,
    payloads: u64,
    refetched: u64,
    by_webhook: bool,
}

impl Batch {
    fn add(&mut self, prepared: Prepared, work: Work) {
        let outcome = match work.step {
            Step::Payload => EventOutcome::Payload,
            Step::Refetch => EventOutcome::Refetched,
            Step::Held | Step::Wait => EventOutcome::Held,
        };
        self.payloads += u64::from(work.step == Step::Payload);
        self.refetched += u64::from(work.step == Step::Refetch);
        self.by_webhook = work.group.by_webhook;
        self.prepared.merge(prepared);
        self.outcomes
            .entry(outcome)
            .or_default()
            .extend(work.group.nums);
    }
}

/// The objects that are to be read for some works: when each was created, where that is known,
/// and from when on a state that is held will do.
fn objects_of(works: &[Work]) -> Vec<(Target, Option<i64>, i64)> {
    let mut objects = Vec::new();
    for Work { group, step, .. } in works {
        if *step == Step::Refetch {
            objects.push((group.target.clone(), group.created, i64::MAX));
        }
        for derived in &group.derived {
            if let Derived::Object(target) = derived {
                let since = group.newest.saturating_add(APART_S);
                objects.push((target.clone(), hint(target, group), since));
            }
        }
    }
    objects
}

/// When an object that belongs to a group's was created, as far as that can be told: Stripe books
/// a movement when it happens.
fn hint(target: &Target, group: &Group) -> Option<i64> {
    (target.kind == Kind::BalanceTransaction).then_some(group.newest)
}

/// The list that brings a kind, and the permission that it needs.
fn listed_as(kind: Kind) -> Option<(&'static str, &'static str)> {
    let own = || OwnList::of(kind).map(|list| (list.as_str(), list.permission()));
    let list = list_of(kind).map(|list| (list.as_str(), list.permission()));
    list.or_else(own)
}

/// Does the key lack a permission?
fn is_refusal(error: &SyncError) -> bool {
    matches!(error, SyncError::Gateway(error) if error.missing_permissions().is_some())
}

/// Does this end the whole run: no network, a refused key, books that cannot be read?
fn stops_all(error: &SyncError) -> bool {
    stops(error) && !is_refusal(error)
}

/// The object in the newest event, or its end, as of that event; none where that is not whole.
fn prepare_payload(books: &Books, group: &Group) -> Option<Prepared> {
    let content = group.payload.as_ref()?;
    let Target { kind, id } = &group.target;
    let raw = match group.deleted {
        true => tombstone(*kind, id),
        false => Raw::Object {
            kind: *kind,
            json: content.object.clone(),
        },
    };
    let prepared = books.prepare(vec![raw]);
    let is_whole = prepared.failed.is_empty() && prepared.truncated.is_empty();
    is_whole.then(|| prepared.as_of(group.newest))
}
