//! Writing the history: objects, versions, and what was erased and must not come back.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use objects::{Kind, Row};
use sqlx::SqliteConnection;

use super::plan::Plan;
use crate::books::Books;
use crate::bulk::{Rows, Statement, json_list};
use crate::error::{BooksError, Result};
use crate::history::{self, Dictionary, Source, kind_code, redact as redact_form};
use crate::prepare::{Item, facts};

static OBJECTS: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT INTO object (num, kind, id, version, version_seen_at, part_version, \
         part_seen_at) VALUES",
        7,
        "ON CONFLICT (num) DO UPDATE SET version = excluded.version, \
         version_seen_at = excluded.version_seen_at, part_version = excluded.part_version, \
         part_seen_at = excluded.part_seen_at",
    )
});

static VERSIONS: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT INTO version (num, object, part, hash, seen_at, source, deleted, length, \
         erased_at, dictionary, body) VALUES",
        11,
        "",
    )
});

static REAPPEARANCES: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT INTO reappearance (version, seen_at, source) VALUES",
        3,
        "",
    )
});

/// Stores dictionaries before the first version that needs them.
pub(crate) async fn dictionaries(
    connection: &mut SqliteConnection,
    dictionaries: &[Arc<Dictionary>],
) -> Result<()> {
    for dictionary in dictionaries {
        let part = i64::from(dictionary.place.part != 0);
        sqlx::query(
            "INSERT OR IGNORE INTO dictionary (num, kind, part, body) VALUES (?1, ?2, ?3, ?4)",
        )
        .bind(dictionary.num)
        .bind(dictionary.place.kind)
        .bind(part)
        .bind(&dictionary.bytes)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Takes personal data out of new versions of customers that were erased.
pub(super) async fn redact(
    books: &Books,
    connection: &mut SqliteConnection,
    items: &mut [Item],
    plan: &Plan,
) -> Result<()> {
    let erased: Vec<i64> = sqlx::query_scalar("SELECT object FROM erasure")
        .fetch_all(&mut *connection)
        .await?;
    if erased.is_empty() {
        return Ok(());
    }
    let erased: HashSet<i64> = erased.into_iter().collect();
    // What is new, and what is shown again: both would bring the data back.
    let mut affected: Vec<(usize, i64)> = plan
        .versions
        .iter()
        .map(|write| (write.item, write.object))
        .collect();
    affected.extend(plan.projections.iter().map(|at| (at.item, at.num)));
    affected.sort_unstable();
    affected.dedup();
    for (n, object) in affected {
        let customer = match plan.customers.get(n).copied().flatten() {
            Some(customer) => Some(customer),
            None => owner(connection, &items[n], object).await?,
        };
        if !customer.is_some_and(|customer| erased.contains(&customer)) {
            continue;
        }
        let item = &mut items[n];
        let length = i64::try_from(item.length).unwrap_or(i64::MAX);
        let form = books
            .dictionaries()
            .open(connection, &item.body, length, item.dictionary)
            .await?;
        let form = redact_form(&form)?;
        item.row = objects::from_canonical(item.kind, &item.id, &form).map_err(|error| {
            BooksError::Damaged {
                detail: error.to_string(),
            }
        })?;
        item.facts = facts(&item.row);
        (item.body, item.length, item.dictionary) = (compress_plain(&form)?, form.len(), None);
        item.erased = true;
    }
    Ok(())
}

/// The customer of an object that does not name its own, where it is known: of lines and items the
/// parent's, of refunds and disputes the charge's.
async fn owner(connection: &mut SqliteConnection, item: &Item, object: i64) -> Result<Option<i64>> {
    let sql = match (item.place.kind(), &item.row) {
        (Some(Kind::InvoiceLines), _) => "SELECT customer_num FROM invoice WHERE num = ?1",
        (Some(Kind::CreditNoteLines), _) => "SELECT customer_num FROM credit_note WHERE num = ?1",
        (Some(Kind::SubscriptionItems), _) => {
            "SELECT customer_num FROM subscription WHERE num = ?1"
        }
        (Some(Kind::CreditBalanceSummary), _) => return Ok(Some(object)),
        (_, Row::Refund(row)) => return charged(connection, row.charge.as_deref()).await,
        (_, Row::Dispute(row)) => return charged(connection, row.charge.as_deref()).await,
        _ => return Ok(None),
    };
    let owner: Option<Option<i64>> = sqlx::query_scalar(sql)
        .bind(object)
        .fetch_optional(connection)
        .await?;
    Ok(owner.flatten())
}

/// The customer of a charge.
async fn charged(connection: &mut SqliteConnection, charge: Option<&str>) -> Result<Option<i64>> {
    let owner: Option<Option<i64>> = sqlx::query_scalar(
        "SELECT c.customer_num FROM object o JOIN charge c ON c.num = o.num \
         WHERE o.kind = ?1 AND o.id = ?2",
    )
    .bind(kind_code(Kind::Charge))
    .bind(charge)
    .fetch_optional(connection)
    .await?;
    Ok(owner.flatten())
}

/// A body without a dictionary.
pub(crate) fn compress_plain(form: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    match history::compress_plain(form, &mut body) {
        Ok(()) => Ok(body),
        Err(error) => Err(BooksError::invalid(format!(
            "a version could not be compressed: {error}"
        ))),
    }
}

/// Writes objects, versions and reappearances.
pub(super) async fn history(
    connection: &mut SqliteConnection,
    items: &mut [Item],
    plan: &Plan,
    source: Source,
) -> Result<()> {
    let mut rows = Rows::new(&OBJECTS);
    for object in &plan.objects {
        rows.int(object.num);
        rows.int(object.kind);
        rows.text(&object.id);
        for held in object.held {
            rows.maybe_int(held.map(|(version, _)| version));
            rows.maybe_int(held.map(|(_, seen_at)| seen_at));
        }
        rows.end_row(connection).await?;
    }
    rows.finish(connection).await?;

    let mut rows = Rows::new(&VERSIONS);
    for write in &plan.versions {
        let item = &mut items[write.item];
        rows.int(write.num);
        rows.int(write.object);
        rows.int(i64::from(item.place.part != 0));
        rows.blob(item.hash);
        rows.int(write.seen_at);
        rows.int(source.code());
        rows.int(i64::from(item.deleted));
        rows.int(i64::try_from(item.length).unwrap_or(i64::MAX));
        rows.maybe_int(item.erased.then_some(write.seen_at));
        rows.maybe_int(item.dictionary);
        rows.blob(&item.body);
        rows.end_row(connection).await?;
    }
    rows.finish(connection).await?;

    let mut rows = Rows::new(&REAPPEARANCES);
    for (version, seen_at) in &plan.reappearances {
        rows.int(*version);
        rows.int(*seen_at);
        rows.int(source.code());
        rows.end_row(connection).await?;
    }
    rows.finish(connection).await?;
    last_known(connection, &plan.last_known).await?;
    confirm(connection, &plan.confirmed).await
}

/// Notes what held last of objects that are deleted.
async fn last_known(connection: &mut SqliteConnection, last: &[(i64, i64, i64)]) -> Result<()> {
    if last.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT OR REPLACE INTO last_known (object, version, seen_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?1) ORDER BY key",
    )
    .bind(json_list(last))
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that a state still holds.
async fn confirm(
    connection: &mut SqliteConnection,
    confirmed: &[Vec<(i64, i64)>; 2],
) -> Result<()> {
    let [objects, parts] = confirmed;
    for (confirmed, sql) in [
        (
            objects,
            "UPDATE object SET version_seen_at = j.value ->> 1 FROM json_each(?1) j \
             WHERE num = j.value ->> 0",
        ),
        (
            parts,
            "UPDATE object SET part_seen_at = j.value ->> 1 FROM json_each(?1) j \
             WHERE num = j.value ->> 0",
        ),
    ] {
        if !confirmed.is_empty() {
            sqlx::query(sql)
                .bind(json_list(confirmed))
                .execute(&mut *connection)
                .await?;
        }
    }
    Ok(())
}
