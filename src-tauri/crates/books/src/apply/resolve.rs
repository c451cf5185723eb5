//! From Stripe's ids to the books' numbers, a batch at a time.

use std::collections::HashMap;

use objects::Row;
use sqlx::SqliteConnection;

use crate::bulk::json_list;
use crate::error::Result;
use crate::history::kind_code;
use crate::prepare::Item;

/// The state that the books hold of one part of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) version: i64,
    pub(super) seen_at: i64,
    pub(super) hash: [u8; 32],
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

/// The objects of a batch, by kind and id.
#[derive(Default)]
pub(super) struct Slots<'a> {
    pub(super) all: Vec<Slot>,
    by_id: HashMap<(i64, &'a str), usize>,
}

impl<'a> Slots<'a> {
    pub(super) fn of(&self, kind: i64, id: &str) -> Option<usize> {
        self.by_id.get(&(kind, id)).copied()
    }

    fn add(&mut self, kind: i64, id: &'a str) {
        let next = self.all.len();
        self.by_id.entry((kind, id)).or_insert_with(|| {
            self.all.push(Slot {
                kind,
                id: id.to_owned(),
                num: 0,
                is_new: true,
                held: [None, None],
                changed: false,
            });
            next
        });
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
pub(super) async fn resolve<'a>(
    connection: &mut SqliteConnection,
    items: &'a [Item],
) -> Result<Slots<'a>> {
    let mut slots = Slots::default();
    for item in items {
        slots.add(item.place.kind, &item.id);
    }
    for item in items {
        for (kind, id) in references(&item.row).into_iter().flatten() {
            slots.add(kind, id);
        }
    }
    let mut kinds: Vec<i64> = slots.all.iter().map(|slot| slot.kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    for kind in kinds {
        find_known(connection, &mut slots, kind).await?;
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

async fn find_known(
    connection: &mut SqliteConnection,
    slots: &mut Slots<'_>,
    kind: i64,
) -> Result<()> {
    let positions: Vec<usize> = (0..slots.all.len())
        .filter(|&n| slots.all[n].kind == kind)
        .collect();
    let ids: Vec<&str> = positions
        .iter()
        .map(|&n| slots.all[n].id.as_str())
        .collect();
    let ids = json_list(&ids);
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
    let number = |kind: i64, id: &str| {
        slots
            .of(kind, id)
            .map(|n| &slots.all[n])
            .filter(|slot| !slot.is_new)
            .map(|slot| slot.num)
    };
    Ok(items
        .iter()
        .map(|item| references(&item.row).map(|to| to.and_then(|(kind, id)| number(kind, id))))
        .collect())
}
