//! Projecting from the history: one object again, or all of them, without a request.

use objects::{Kind, Row};
use sqlx::{FromRow, SqliteConnection};

use super::storage::Words;
use super::{Projection, Touched, Writers, children};
use crate::apply::resolve_known;
use crate::books::Books;
use crate::bulk::json_list;
use crate::error::{BooksError, Result};
use crate::history::{Place, VersionHash};
use crate::prepare::{Item, facts};

/// Objects that are replayed together.
const BATCH: i64 = 4_000;

/// A version that is to be shown.
#[derive(FromRow)]
struct Shown {
    object: i64,
    kind: i64,
    part: i64,
    id: String,
    head_deleted: bool,
    length: i64,
    dictionary: Option<i64>,
    body: Vec<u8>,
}

/// The version of an object that is shown: the one that holds; of something deleted, the one that
/// held last.
const SHOWN: &str = "SELECT o.num AS object, o.kind, s.part, o.id, h.deleted AS head_deleted, \
     s.length, s.dictionary, s.body \
     FROM object o JOIN version h ON h.num = o.version \
     JOIN version s ON s.num = CASE WHEN h.deleted THEN coalesce( \
         (SELECT k.version FROM last_known k WHERE k.object = o.num), h.num) ELSE h.num END";

/// What is kept under an object's id (lines, items, tiers) and is shown.
const PARTS: &str = "SELECT o.num AS object, o.kind, p.part, o.id, 0 AS head_deleted, p.length, \
     p.dictionary, p.body FROM object o JOIN version p ON p.num = o.part_version";

/// Projects objects and their parts again, after a deletion or an erasure.
pub(crate) async fn reproject(
    books: &Books,
    connection: &mut SqliteConnection,
    objects: impl IntoIterator<Item = &i64>,
    touched: &mut Touched,
) -> Result<()> {
    let objects: Vec<&i64> = objects.into_iter().collect();
    if objects.is_empty() {
        return Ok(());
    }
    let objects = json_list(&objects);
    for select in [SHOWN, PARTS] {
        let sql =
            format!("{select} WHERE o.num IN (SELECT value FROM json_each(?1)) ORDER BY o.num");
        let shown: Vec<Shown> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(&objects)
            .fetch_all(&mut *connection)
            .await?;
        show(books, connection, shown, touched).await?;
    }
    Ok(())
}

/// Projects every object from the history, `progress` told how many of how many are done.
pub(crate) async fn rebuild_all(
    books: &Books,
    connection: &mut SqliteConnection,
    mut progress: impl FnMut(u64) -> Result<()>,
) -> Result<()> {
    let range = "WHERE o.num > ?1 AND o.num <= ?2 ORDER BY o.num";
    let last: i64 = sqlx::query_scalar("SELECT coalesce(max(num), 0) FROM object")
        .fetch_one(&mut *connection)
        .await?;
    let mut from = 0;
    while from < last {
        let to = (from + BATCH).min(last);
        for select in [SHOWN, PARTS] {
            let shown: Vec<Shown> =
                sqlx::query_as(sqlx::AssertSqlSafe(format!("{select} {range}")))
                    .bind(from)
                    .bind(to)
                    .fetch_all(&mut *connection)
                    .await?;
            show(books, connection, shown, &mut Touched::default()).await?;
        }
        from = to;
        progress(u64::try_from(to).unwrap_or(0))?;
    }
    Ok(())
}

async fn show(
    books: &Books,
    connection: &mut SqliteConnection,
    shown: Vec<Shown>,
    touched: &mut Touched,
) -> Result<()> {
    let mut items = Vec::with_capacity(shown.len());
    for version in shown {
        items.push(open(books, connection, version).await?);
    }
    let (nums, items): (Vec<i64>, Vec<Item>) = items.into_iter().unzip();
    let refers = resolve_known(connection, &items).await?;
    let projections: Vec<Projection> = nums
        .into_iter()
        .zip(refers)
        .enumerate()
        .map(|(item, (num, refers))| Projection {
            item,
            num,
            refers,
            replaces: true,
        })
        .collect();
    children::clear(connection, &items, &projections).await?;
    let words = Words::of(connection, items.iter().map(|item| &item.row)).await?;
    let mut writers = Writers::new(words);
    for (at, item) in projections.into_iter().zip(items) {
        writers
            .put(connection, at, item.row, item.facts, touched)
            .await?;
    }
    writers.finish(connection).await
}

async fn open(
    books: &Books,
    connection: &mut SqliteConnection,
    version: Shown,
) -> Result<(i64, Item)> {
    let place = Place {
        kind: version.kind,
        part: usize::from(version.part != 0),
    };
    let kind: Kind = place.kind().ok_or_else(|| BooksError::Damaged {
        detail: "an unknown kind of object".to_owned(),
    })?;
    let form = books
        .dictionaries()
        .open(
            connection,
            &version.body,
            version.length,
            version.dictionary,
        )
        .await?;
    let mut row =
        objects::from_canonical(kind, &version.id, &form).map_err(|error| BooksError::Damaged {
            detail: error.to_string(),
        })?;
    if version.head_deleted {
        mark_deleted(&mut row);
    }
    let item = Item {
        facts: facts(&row),
        kind,
        place,
        id: version.id,
        hash: VersionHash::default(),
        deleted: version.head_deleted,
        came_along: false,
        length: form.len(),
        dictionary: None,
        body: Vec::new(),
        row,
        seen_at: None,
        erased: false,
    };
    Ok((version.object, item))
}

/// What was known of an object, marked as deleted at Stripe.
fn mark_deleted(row: &mut Row) {
    match row {
        Row::Customer(row) => row.deleted = true,
        Row::Product(row) => row.deleted = true,
        Row::Price(row) => row.deleted = true,
        Row::Coupon(row) => row.deleted = true,
        Row::Discount(row) => row.deleted = true,
        Row::Invoice(row) => row.deleted = true,
        Row::InvoiceItem(row) => row.deleted = true,
        Row::PaymentSource(row) => row.deleted = true,
        Row::TestClock(row) => row.deleted = true,
        _ => {}
    }
}
