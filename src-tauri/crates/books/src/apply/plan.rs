//! Deciding, before anything is written, what a batch means for the history and for what is
//! shown.

use std::collections::{BTreeSet, HashSet};

use foldhash::{HashMap, HashMapExt as _};

use sqlx::SqliteConnection;

use super::late::{Turn, put_in_order};
use super::resolve::{Held, Slot, Slots, resolve};
use crate::bulk::json_list;
use crate::error::Result;
use crate::history::VersionHash;
use crate::prepare::Item;
use crate::projection::Projection;
use crate::proof::HistoryHead;

/// What is to be written.
#[derive(Default)]
pub(crate) struct Plan {
    /// Objects that are new or whose state changed, with what they hold now.
    pub(super) objects: Vec<ObjectWrite>,
    /// Objects whose state was only confirmed, and when it was seen.
    pub(super) confirmed: [Vec<(i64, i64)>; 2],
    pub(super) versions: Vec<VersionWrite>,
    /// Versions that hold again, and since when.
    pub(super) reappearances: Vec<(i64, i64)>,
    pub(super) projections: Vec<Projection>,
    /// Per item the customer to whom it belongs, by number; for erasures.
    pub(super) customers: Vec<Option<i64>>,
    /// Objects to be projected again from the history: what is known of something deleted.
    pub(super) reproject: BTreeSet<i64>,
    pub(super) unchanged: u64,
    pub(super) stale: u64,
    /// Per item the number of its object.
    pub(crate) nums: Vec<i64>,
    /// Items whose state is another than the one held, and holds from now on.
    pub(crate) changes: Vec<Change>,
    /// Items that a page shows otherwise than what was taken in after the page was asked for.
    pub(crate) contested: Vec<usize>,
    /// Kind and number of objects that were held and are deleted from now on.
    pub(super) buried: Vec<(i64, i64)>,
    /// What bears on which state held last, in the order of the batch.
    pub(super) turns: Vec<Turn>,
    /// What held last of something deleted: object, version, and when it was last seen.
    pub(super) last_known: Vec<(i64, i64, i64)>,
}

/// An item whose state is new.
pub(crate) struct Change {
    pub(crate) item: usize,
    /// Was another state of it held?
    pub(crate) was_known: bool,
}

pub(super) struct ObjectWrite {
    pub(super) num: i64,
    pub(super) kind: i64,
    pub(super) id: String,
    /// Version and when it was seen, of the object and of its part.
    pub(super) held: [Option<(i64, i64)>; 2],
}

pub(super) struct VersionWrite {
    pub(super) item: usize,
    pub(super) num: i64,
    pub(super) object: i64,
    pub(super) seen_at: i64,
}

impl Plan {
    pub(super) fn changes_projections(&self) -> bool {
        !self.projections.is_empty() || !self.reproject.is_empty()
    }
}

/// What becomes of an object's two parts: which item of the batch is to be shown, and whether
/// something stood there before; the number of the object and since when its state is confirmed.
#[derive(Clone, Default)]
struct Fate {
    shown: [Option<(usize, bool)>; 2],
    confirmed: [Option<(i64, i64)>; 2],
}

/// Versions of objects whose state differs from the one held: object, part and hash to number.
type KnownVersions = HashMap<(i64, usize, VersionHash), i64>;

/// The numbers of versions.
struct Numbers {
    known: KnownVersions,
    next: i64,
}

impl Numbers {
    async fn read(
        connection: &mut SqliteConnection,
        slots: &Slots,
        items: &[Item],
    ) -> Result<Self> {
        Ok(Self {
            known: known_versions(connection, slots, items).await?,
            next: sqlx::query_scalar("SELECT coalesce(max(num), 0) + 1 FROM version")
                .fetch_one(connection)
                .await?,
        })
    }

    /// The state that an item of an object shows: a new version, or one that is held and, where
    /// the state is current, holds again.
    fn state(
        &mut self,
        plan: &mut Plan,
        (n, item): (usize, &Item),
        object: i64,
        (seen_at, is_current): (i64, bool),
    ) -> Held {
        let state = |version| Held {
            version,
            seen_at,
            hash: item.hash,
            deleted: item.deleted,
        };
        let key = (object, item.place.part, item.hash);
        if let Some(&version) = self.known.get(&key) {
            if is_current {
                plan.reappearances.push((version, seen_at));
            }
            return state(version);
        }
        let num = self.next;
        self.next += 1;
        self.known.insert(key, num);
        plan.versions.push(VersionWrite {
            item: n,
            num,
            object,
            seen_at,
        });
        state(num)
    }
}

/// Decides what to write for `items`, seen at `seen_at`. With `asked`, how far the history was when
/// they were asked for, they are newer than all that was held then and than nothing since.
pub(super) async fn make(
    connection: &mut SqliteConnection,
    items: &[Item],
    seen_at: i64,
    asked: Option<HistoryHead>,
) -> Result<Plan> {
    let mut slots = resolve(connection, items).await?;
    let mut numbers = Numbers::read(connection, &slots, items).await?;
    let back_since = reappeared(connection, asked).await?;
    let since = |version: i64| {
        asked.is_some_and(|asked| version > asked.version) || back_since.contains(&version)
    };
    let mut plan = Plan {
        nums: vec![0; items.len()],
        ..Plan::default()
    };
    let mut fates = vec![Fate::default(); slots.all.len()];
    for ((n, item), position) in items.iter().enumerate().zip(slots.own.clone()) {
        let part = item.place.part;
        let fate = &mut fates[position];
        let slot = &mut slots.all[position];
        let held = slot.held[part];
        let seen_at = item.seen_at.unwrap_or(seen_at);
        plan.nums[n] = slot.num;
        if let Some(held) = held
            && held.hash == item.hash
        {
            plan.unchanged += 1;
            if seen_at > held.seen_at {
                slot.held[part] = Some(Held { seen_at, ..held });
                fate.confirmed[part] = Some((slot.num, seen_at));
            }
            continue;
        }
        if item.came_along && slot.held[0].is_some_and(|held| held.deleted) {
            // What others still show of it does not bring it back.
            plan.unchanged += 1;
            continue;
        }
        if asked.is_some() && held.is_some_and(|held| since(held.version)) {
            plan.contested.push(n);
            continue;
        }
        let seen_at = match (asked, held) {
            (Some(_), Some(held)) => seen_at.max(held.seen_at),
            _ => seen_at,
        };
        let is_current = held.is_none_or(|held| seen_at >= held.seen_at);
        let moment = (seen_at, is_current);
        let state = numbers.state(&mut plan, (n, item), slot.num, moment);
        match (is_current, held) {
            (false, Some(held)) => pass_over(&mut plan, slot, part, state, held),
            _ => hold(&mut plan, slot, fate, (n, item), state),
        }
    }
    if any_erased(connection).await? {
        plan.customers = customers(&slots, items);
    }
    put_in_order(connection, &mut plan).await?;
    finish(&mut plan, &slots, items, &fates);
    Ok(plan)
}

/// The item's state holds from now on.
fn hold(plan: &mut Plan, slot: &mut Slot, fate: &mut Fate, (n, item): (usize, &Item), state: Held) {
    let part = item.place.part;
    let held = slot.held[part].replace(state);
    slot.changed = true;
    plan.changes.push(Change {
        item: n,
        was_known: held.is_some(),
    });
    if state.deleted
        && let Some(held) = held.filter(|held| !held.deleted)
    {
        plan.buried.push((item.place.kind, slot.num));
        plan.turns.push(Turn::Ended {
            object: slot.num,
            held,
        });
    }
    let replaces = fate.shown[part].map_or(held.is_some(), |(_, replaces)| replaces);
    fate.shown[part] = Some((n, replaces));
}

/// The item's state held before the one that is held.
fn pass_over(plan: &mut Plan, slot: &Slot, part: usize, state: Held, held: Held) {
    plan.stale += 1;
    plan.turns.push(Turn::Late {
        object: slot.num,
        part,
        state,
        held,
    });
    if held.deleted {
        plan.reproject.insert(slot.num);
    }
}

fn finish(plan: &mut Plan, slots: &Slots, items: &[Item], fates: &[Fate]) {
    for slot in slots.all.iter().filter(|slot| slot.is_new || slot.changed) {
        plan.objects.push(ObjectWrite {
            num: slot.num,
            kind: slot.kind,
            id: slot.id.clone(),
            held: slot
                .held
                .map(|held| held.map(|held| (held.version, held.seen_at))),
        });
    }
    for (slot, fate) in slots.all.iter().zip(fates) {
        if !slot.changed {
            for (confirmed, state) in plan.confirmed.iter_mut().zip(fate.confirmed) {
                confirmed.extend(state);
            }
        }
        for (place, replaces) in fate.shown.into_iter().flatten() {
            show(plan, slots, items, (place, replaces), slot.num);
        }
    }
    // The order of the batch is the order of the tables' keys.
    plan.projections
        .sort_unstable_by_key(|projection| projection.item);
}

/// Plans what is shown of the object `num`: the item at a place of the batch, which may replace
/// what stood there.
fn show(
    plan: &mut Plan,
    slots: &Slots,
    items: &[Item],
    (place, replaces): (usize, bool),
    num: i64,
) {
    if items[place].deleted {
        // What was known of it stays on the screen, marked as deleted.
        plan.reproject.insert(num);
        return;
    }
    plan.projections.push(Projection {
        item: place,
        num,
        refers: slots.refers[place].map(|to| slots.number(to)),
        replaces,
    });
}

/// Per item the customer to whom it belongs, if the batch knows it. Lines and items belong to
/// whom their parent belongs.
fn customers(slots: &Slots, items: &[Item]) -> Vec<Option<i64>> {
    let customer = crate::history::kind_code(objects::Kind::Customer);
    let mut of_object: Vec<Option<i64>> = vec![None; slots.all.len()];
    for (n, item) in items.iter().enumerate().filter(|(_, i)| i.place.part == 0) {
        let owner = match item.place.kind == customer {
            true => Some(slots.own[n]),
            false => {
                let mut refers = slots.refers[n].into_iter().flatten();
                refers.find(|to| slots.all[*to].kind == customer)
            }
        };
        if let Some(owner) = slots.number(owner) {
            of_object[slots.own[n]] = Some(owner);
        }
    }
    slots.own.iter().map(|place| of_object[*place]).collect()
}

async fn known_versions(
    connection: &mut SqliteConnection,
    slots: &Slots,
    items: &[Item],
) -> Result<KnownVersions> {
    let mut differing: Vec<i64> = items
        .iter()
        .zip(&slots.own)
        .filter_map(|(item, place)| {
            let slot = &slots.all[*place];
            let held = slot.held[item.place.part]?;
            (held.hash != item.hash).then_some(slot.num)
        })
        .collect();
    if differing.is_empty() {
        return Ok(KnownVersions::new());
    }
    differing.sort_unstable();
    differing.dedup();
    let rows: Vec<(i64, i64, Vec<u8>, i64)> = sqlx::query_as(
        "SELECT v.object, v.part, v.hash, v.num \
         FROM json_each(?1) j CROSS JOIN version v ON v.object = j.value",
    )
    .bind(json_list(&differing))
    .fetch_all(connection)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(object, part, hash, num)| {
            Some(((object, usize::from(part != 0), hash.try_into().ok()?), num))
        })
        .collect())
}

/// Versions that were taken in again after that.
async fn reappeared(
    connection: &mut SqliteConnection,
    asked: Option<HistoryHead>,
) -> Result<HashSet<i64>> {
    let Some(asked) = asked else {
        return Ok(HashSet::new());
    };
    let versions: Vec<i64> = sqlx::query_scalar("SELECT version FROM reappearance WHERE num > ?1")
        .bind(asked.reappearance)
        .fetch_all(connection)
        .await?;
    Ok(versions.into_iter().collect())
}

async fn any_erased(connection: &mut SqliteConnection) -> Result<bool> {
    Ok(sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM erasure)")
        .fetch_one(connection)
        .await?)
}
