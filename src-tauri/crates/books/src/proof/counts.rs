//! Objects held per kind and month, counted as they arrive, so that no question about them looks
//! through a table.

use std::collections::{BTreeMap, HashMap};

use objects::{Kind, Row};
use sqlx::SqliteConnection;

use super::Month;
use crate::error::Result;
use crate::history::kind_code;
use crate::prepare::{Facts, Item};
use crate::projection::Projection;

/// Lines or items that Stripe embeds in an object; longer lists take reads of their own.
const EMBEDDED: usize = 10;
/// Of which a read brings so many.
const PAGE: usize = 100;
const DAY_S: i64 = 86_400;

/// What a batch adds to the counts.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// Objects and further reads, by kind and month.
    months: BTreeMap<(i64, i64), (i64, i64)>,
    /// Charges that did not fail, by day.
    transactions: BTreeMap<i64, i64>,
}

impl Added {
    /// Counts the rows that were not there before.
    pub(crate) fn of(items: &[Item], projections: &[Projection]) -> Self {
        let mut added = Self::default();
        let mut created_by_num: HashMap<i64, i64> = HashMap::new();
        let new = || projections.iter().filter(|at| !at.replaces);
        for at in new() {
            let Some(item) = items.get(at.item).filter(|item| item.place.part == 0) else {
                continue;
            };
            let Some(created) = created_of(&item.row) else {
                continue;
            };
            created_by_num.insert(at.num, created);
            let month = Month::of(created).code();
            added.months.entry((item.place.kind, month)).or_default().0 += 1;
            if matches!(&item.row, Row::Charge(charge) if charge.status != "failed") {
                let day = created.div_euclid(DAY_S);
                *added.transactions.entry(day).or_default() += 1;
            }
        }
        for at in new() {
            let Some(item) = items.get(at.item) else {
                continue;
            };
            let children = children_of(item);
            if children > EMBEDDED
                && let Some(created) = created_by_num.get(&at.num)
            {
                let reads = i64::try_from(children.div_ceil(PAGE)).unwrap_or(0);
                let month = Month::of(*created).code();
                added.months.entry((item.place.kind, month)).or_default().1 += reads;
            }
        }
        added
    }

    pub(crate) async fn store(&self, connection: &mut SqliteConnection) -> Result<()> {
        for ((kind, month), (objects, more_reads)) in &self.months {
            sqlx::query(
                "INSERT INTO month_count (kind, month, objects, more_reads) \
                 VALUES (?1, ?2, ?3, ?4) ON CONFLICT (kind, month) DO UPDATE SET \
                 objects = objects + excluded.objects, \
                 more_reads = more_reads + excluded.more_reads",
            )
            .bind(kind)
            .bind(month)
            .bind(objects)
            .bind(more_reads)
            .execute(&mut *connection)
            .await?;
        }
        for (day, transactions) in &self.transactions {
            sqlx::query(
                "INSERT INTO transaction_day (day, transactions) VALUES (?1, ?2) \
                 ON CONFLICT (day) DO UPDATE SET transactions = transactions + ?2",
            )
            .bind(day)
            .bind(transactions)
            .execute(&mut *connection)
            .await?;
        }
        Ok(())
    }
}

/// When Stripe made the object of a row; parts and discounts have no time of their own.
pub(crate) fn created_of(row: &Row) -> Option<i64> {
    row.created()
}

fn children_of(item: &Item) -> usize {
    if let Facts::Lines { count, .. } = item.facts {
        return count;
    }
    match &item.row {
        Row::SubscriptionItems(list) => list.rows.len(),
        Row::CreditNoteLines(list) => list.rows.len(),
        _ => 0,
    }
}

/// What the tables hold of one kind, as SQL.
pub(super) struct Shelf {
    /// Objects that are held and not deleted, created from ?1 and before ?2, that the proof ?3
    /// did not find listed: number, id and `created`.
    pub(super) unlisted: &'static str,
    /// The month of the object with the number ?1.
    month_of: &'static str,
}

macro_rules! shelf {
    ($table:literal) => {
        shelf!($table, "created", "")
    };
    ($table:literal, $created:literal) => {
        shelf!($table, $created, "")
    };
    ($table:literal, $created:literal, $filter:literal) => {
        Shelf {
            unlisted: concat!(
                "SELECT o.id, t.",
                $created,
                " FROM ",
                $table,
                " t JOIN object o ON o.num = t.num JOIN version v ON v.num = o.version \
                 WHERE (?1 IS NULL OR t.",
                $created,
                " >= ?1) AND t.",
                $created,
                " < ?2 AND o.proof IS NOT ?3 AND v.deleted = 0 ",
                $filter,
                " LIMIT ?4"
            ),
            month_of: concat!("SELECT ", $created, " FROM ", $table, " WHERE num = ?1"),
        }
    };
}

/// The table of a kind; none for what no list brings.
pub(super) fn shelf(kind: Kind) -> Option<Shelf> {
    Some(match kind {
        Kind::Customer => shelf!("customer"),
        Kind::Product => shelf!("product"),
        Kind::Price => shelf!("price"),
        Kind::Coupon => shelf!("coupon"),
        Kind::TaxRate => shelf!("tax_rate"),
        Kind::Subscription => shelf!("subscription"),
        Kind::Invoice => shelf!("invoice"),
        Kind::InvoicePayment => shelf!("invoice_payment"),
        Kind::PaymentIntent => shelf!("payment_intent"),
        Kind::Charge => shelf!("charge"),
        Kind::CreditNote => shelf!("credit_note"),
        Kind::Refund => shelf!("refund"),
        Kind::Dispute => shelf!("dispute"),
        Kind::CreditGrant => shelf!("credit_grant"),
        Kind::CreditBalanceTransaction => shelf!("credit_balance_transaction"),
        Kind::Meter => shelf!("meter"),
        Kind::PromotionCode => shelf!("promotion_code"),
        Kind::SubscriptionSchedule => shelf!("subscription_schedule"),
        Kind::InvoiceItem => shelf!("invoice_item", "date"),
        Kind::BalanceTransaction => shelf!("balance_transaction"),
        Kind::Payout => shelf!("payout"),
        Kind::TestClock => shelf!("test_clock"),
        // Only of customers whose methods were asked for are all methods held.
        Kind::PaymentMethod => shelf!(
            "payment_method",
            "created",
            "AND t.customer_num IN (SELECT r.customer FROM methods_read r \
             JOIN customer c ON c.num = r.customer WHERE c.deleted = 0)"
        ),
        _ => return None,
    })
}

/// The same of the invoices that are open.
pub(super) const OPEN_INVOICES: Shelf = shelf!("invoice", "created", "AND t.status = 'open'");

/// One object fewer of its kind and month: it was buried.
pub(crate) async fn buried(connection: &mut SqliteConnection, kind: i64, num: i64) -> Result<()> {
    let known = Kind::ALL.into_iter();
    let kind_of = known.filter(|it| it.parent().is_none() && kind_code(*it) == kind);
    let Some(shelf) = kind_of.filter_map(shelf).next() else {
        return Ok(());
    };
    let created: Option<i64> = sqlx::query_scalar(shelf.month_of)
        .bind(num)
        .fetch_optional(&mut *connection)
        .await?;
    let Some(created) = created else {
        return Ok(());
    };
    sqlx::query(
        "UPDATE month_count SET objects = max(objects - 1, 0) WHERE kind = ?1 AND month = ?2",
    )
    .bind(kind)
    .bind(Month::of(created).code())
    .execute(connection)
    .await?;
    Ok(())
}
