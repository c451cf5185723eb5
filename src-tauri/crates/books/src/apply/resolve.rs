//! From Stripe's ids to the books' numbers, a batch at a time.

use std::collections::BTreeMap;

use foldhash::{HashMap, HashMapExt as _};
use objects::Row;
use sqlx::SqliteConnection;

use crate::bulk::json_list;
use crate::error::{BooksError, Result};
use crate::history::{VersionHash, kind_code};
use crate::prepare::Item;

/// The state that the books hold of one part of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) version: i64,
    pub(super) seen_at: i64,
    pub(super) hash: VersionHash,
    pub(super) deleted: bool,
}

/// An object of the batch, or one that the batch refers to.
#[derive(Debug, Clone)]
pub(super) struct Slot {
    pub(super) kind: i64,
    pub(super) id: String,
    pub(super) num: i64,
    pub(super) is_new: bool,
    pub(super) held: [Option<Held>; 2],
    pub(super) changed: bool,
}

/// The objects of a batch, and of whom its items speak.
pub(super) struct Slots {
    pub(super) all: Vec<Slot>,
    /// Per item its own object's place in `all`.
    pub(super) own: Vec<usize>,
    /// Per item the places of the objects that it refers to.
    pub(super) refers: Vec<[Option<usize>; 2]>,
}

impl Slots {
    fn of(items: &[Item]) -> Self {
        let mut all: Vec<Slot> = Vec::with_capacity(items.len());
        let mut places: HashMap<(i64, &str), usize> = HashMap::with_capacity(items.len() * 2);
        let mut place = |kind: i64, id| {
            *places.entry((kind, id)).or_insert_with(|| {
                all.push(Slot {
                    kind,
                    id: String::from(id),
                    num: 0,
                    is_new: true,
                    held: [None, None],
                    changed: false,
                });
                all.len() - 1
            })
        };
        // First the items' own objects: their numbers follow the order of the batch.
        let own = items.iter().map(|item| place(item.place.kind, &*item.id));
        let own = own.collect();
        let refers = items
            .iter()
            .map(|item| references(&item.row).map(|to| to.map(|(kind, id)| place(kind, id))));
        let refers = refers.collect();
        Self { all, own, refers }
    }

    /// The number of the object at a place.
    pub(super) fn number(&self, place: Option<usize>) -> Option<i64> {
        place.and_then(|place| self.all.get(place)).map(|s| s.num)
    }
}

/// Ids that a row refers to by number: at most two, each with the number of its kind.
pub(super) fn references(row: &Row) -> [Option<(i64, &str)>; 2] {
    const CUSTOMER: i64 = kind_code(objects::Kind::Customer);
    const INVOICE: i64 = kind_code(objects::Kind::Invoice);
    const SUBSCRIPTION: i64 = kind_code(objects::Kind::Subscription);
    const PAYMENT_INTENT: i64 = kind_code(objects::Kind::PaymentIntent);
    const CHARGE: i64 = kind_code(objects::Kind::Charge);
    const CREDIT_GRANT: i64 = kind_code(objects::Kind::CreditGrant);
    fn to(kind: i64, id: Option<&String>) -> Option<(i64, &str)> {
        id.filter(|id| !id.is_empty()).map(|id| (kind, id.as_str()))
    }
    match row {
        Row::Discount(row) => [to(CUSTOMER, row.customer.as_ref()), None],
        Row::Subscription(row) => [to(CUSTOMER, row.customer.as_ref()), None],
        Row::Invoice(row) => [
            to(CUSTOMER, row.customer.as_ref()),
            to(
                SUBSCRIPTION,
                row.parent_subscription_details_subscription.as_ref(),
            ),
        ],
        Row::PaymentIntent(row) => [to(CUSTOMER, row.customer.as_ref()), None],
        Row::InvoicePayment(row) => [
            to(INVOICE, row.invoice.as_ref()),
            to(PAYMENT_INTENT, row.payment_payment_intent.as_ref()),
        ],
        Row::Charge(row) => [
            to(CUSTOMER, row.customer.as_ref()),
            to(PAYMENT_INTENT, row.payment_intent.as_ref()),
        ],
        Row::CreditNote(row) => [
            to(CUSTOMER, row.customer.as_ref()),
            to(INVOICE, row.invoice.as_ref()),
        ],
        Row::Refund(row) => [
            to(CHARGE, row.charge.as_ref()),
            to(PAYMENT_INTENT, row.payment_intent.as_ref()),
        ],
        Row::Dispute(row) => [
            to(CHARGE, row.charge.as_ref()),
            to(PAYMENT_INTENT, row.payment_intent.as_ref()),
        ],
        Row::CustomerBalanceTransaction(row) => [
            to(CUSTOMER, row.customer.as_ref()),
            to(INVOICE, row.invoice.as_ref()),
        ],
        Row::CreditGrant(row) => [to(CUSTOMER, row.customer.as_ref()), None],
        Row::CreditBalanceTransaction(row) => [
            to(CREDIT_GRANT, row.credit_grant.as_ref()),
            to(INVOICE, row.debit_credits_applied_invoice.as_ref()),
        ],
        Row::PromotionCode(row) => [to(CUSTOMER, row.customer.as_ref()), None],
        Row::SubscriptionSchedule(row) => [
            to(CUSTOMER, row.customer.as_ref()),
            to(SUBSCRIPTION, row.subscription.as_ref()),
        ],
        Row::InvoiceItem(row) => [
            to(CUSTOMER, row.customer.as_ref()),
            to(INVOICE, row.invoice.as_ref()),
        ],
        Row::PaymentMethod(row) => [to(CUSTOMER, row.customer.as_ref()), None],
        Row::PaymentSource(row) => [to(CUSTOMER, row.customer.as_ref()), None],
        _ => [None, None],
    }
}

/// Finds or numbers every object of the batch.
pub(super) async fn resolve(connection: &mut SqliteConnection, items: &[Item]) -> Result<Slots> {
    let mut slots = Slots::of(items);
    let mut by_kind: BTreeMap<i64, Wanted> = BTreeMap::new();
    let mut is_own = vec![false; slots.all.len()];
    for place in &slots.own {
        if let Some(own) = is_own.get_mut(*place) {
            *own = true;
        }
    }
    for (place, (slot, is_own)) in slots.all.iter().zip(is_own).enumerate() {
        let wanted = by_kind.entry(slot.kind).or_default();
        match is_own {
            true => wanted.own.push(place),
            false => wanted.referred.push(place),
        }
    }
    for (kind, wanted) in by_kind {
        find_known(connection, &mut slots, kind, &wanted.own).await?;
        find_numbers(connection, &mut slots, kind, &wanted.referred).await?;
    }
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(num), 0) FROM object")
        .fetch_one(connection)
        .await?;
    for (slot, num) in slots
        .all
        .iter_mut()
        .filter(|slot| slot.is_new)
        .zip(last + 1..)
    {
        slot.num = num;
    }
    Ok(slots)
}

/// Places of the objects of one kind: those of items, and those that are only referred to.
#[derive(Default)]
struct Wanted {
    own: Vec<usize>,
    referred: Vec<usize>,
}

/// One object as it is held.
#[derive(sqlx::FromRow)]
struct Known {
    position: i64,
    num: i64,
    version: Option<i64>,
    version_seen_at: Option<i64>,
    version_hash: Option<Vec<u8>>,
    version_deleted: Option<bool>,
    part_version: Option<i64>,
    part_seen_at: Option<i64>,
    part_hash: Option<Vec<u8>>,
}

fn ids_at(slots: &Slots, places: &[usize]) -> String {
    let ids: Vec<&str> = places.iter().map(|&n| slots.all[n].id.as_str()).collect();
    json_list(&ids)
}

/// The numbers of objects that are only referred to: one value for all, as handing over each costs
/// more than finding it.
async fn find_numbers(
    connection: &mut SqliteConnection,
    slots: &mut Slots,
    kind: i64,
    places: &[usize],
) -> Result<()> {
    if places.is_empty() {
        return Ok(());
    }
    let numbers: String = sqlx::query_scalar(
        "SELECT json_group_array(json_array(j.key, o.num)) FROM json_each(?1) j \
         CROSS JOIN object o ON o.kind = ?2 AND o.id = j.value",
    )
    .bind(ids_at(slots, places))
    .bind(kind)
    .fetch_one(connection)
    .await?;
    let numbers: Vec<(usize, i64)> =
        serde_json::from_str(&numbers).map_err(|error| BooksError::Damaged {
            detail: format!("numbers of objects: {error}"),
        })?;
    for (position, num) in numbers {
        let place = places.get(position).copied();
        if let Some(slot) = place.and_then(|place| slots.all.get_mut(place)) {
            slot.num = num;
            slot.is_new = false;
        }
    }
    Ok(())
}

async fn find_known(
    connection: &mut SqliteConnection,
    slots: &mut Slots,
    kind: i64,
    positions: &[usize],
) -> Result<()> {
    if positions.is_empty() {
        return Ok(());
    }
    let ids = ids_at(slots, positions);
    // CROSS JOIN keeps the order of the loops: for each id one look into the index.
    let known: Vec<Known> = sqlx::query_as(
        "SELECT j.key AS position, o.num, o.version, o.version_seen_at, v.hash AS version_hash, \
         v.deleted AS version_deleted, o.part_version, o.part_seen_at, p.hash AS part_hash \
         FROM json_each(?1) j CROSS JOIN object o ON o.kind = ?2 AND o.id = j.value \
         LEFT JOIN version v ON v.num = o.version LEFT JOIN version p ON p.num = o.part_version",
    )
    .bind(ids)
    .bind(kind)
    .fetch_all(connection)
    .await?;
    for row in known {
        let position = usize::try_from(row.position)
            .ok()
            .and_then(|n| positions.get(n).copied());
        let Some(slot) = position.and_then(|n| slots.all.get_mut(n)) else {
            continue;
        };
        slot.num = row.num;
        slot.is_new = false;
        let deleted = row.version_deleted.unwrap_or(false);
        slot.held = [
            held(row.version, row.version_seen_at, row.version_hash, deleted),
            held(row.part_version, row.part_seen_at, row.part_hash, false),
        ];
    }
    Ok(())
}

fn held(
    version: Option<i64>,
    seen_at: Option<i64>,
    hash: Option<Vec<u8>>,
    deleted: bool,
) -> Option<Held> {
    Some(Held {
        version: version?,
        seen_at: seen_at?,
        hash: hash?.try_into().ok()?,
        deleted,
    })
}

/// The numbers of the objects that rows refer to, where every object is numbered already.
pub(crate) async fn resolve_known(
    connection: &mut SqliteConnection,
    items: &[Item],
) -> Result<Vec<[Option<i64>; 2]>> {
    let slots = resolve(connection, items).await?;
    let known = |place: Option<usize>| {
        let slot = place.and_then(|place| slots.all.get(place));
        slot.filter(|slot| !slot.is_new).map(|slot| slot.num)
    };
    let refers = slots.refers.iter();
    Ok(refers.map(|to| to.map(known)).collect())
}
