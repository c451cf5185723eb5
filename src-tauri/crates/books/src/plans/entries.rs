//! Entries of the ledger that decide plans and allowances, and the rows that follow from them: the
//! same function when an entry is written and when the tables are built again.

use billing::usage::Quantity;
use chrono::NaiveDate;
use objects::Kind;
use serde_json::Value;
use sqlx::SqliteConnection;

use super::changes::ChangeKind;
use super::column;
use crate::detail::number;
use crate::error::{BooksError, Result};
use crate::history::kind_code;
use crate::ledger::canonical_json;
use crate::usage_state::day_number;

/// A version of a plan was written.
pub(super) const PLAN_SET: &str = "plan.set";
/// Prices were confirmed to stand for plans, or no longer do.
pub(super) const PLAN_MAPPED: &str = "plan.mapped";
/// A tenant was given an allowance of its own.
pub(super) const CHANGED: &str = "allowance.changed";
/// It was ended before its time.
pub(super) const ENDED: &str = "allowance.ended";

/// Empties the tables and fills them again from the ledger.
pub(crate) async fn rebuild(connection: &mut SqliteConnection) -> Result<()> {
    for sql in [
        "DELETE FROM plan_version",
        "DELETE FROM plan_price",
        "DELETE FROM allowance_change",
        "DELETE FROM usage_state",
    ] {
        sqlx::query(sql).execute(&mut *connection).await?;
    }
    let rows: Vec<(i64, String, String)> = sqlx::query_as(
        "SELECT sequence, kind, payload FROM ledger \
         WHERE kind IN (?1, ?2, ?3, ?4) ORDER BY sequence",
    )
    .bind(PLAN_SET)
    .bind(PLAN_MAPPED)
    .bind(CHANGED)
    .bind(ENDED)
    .fetch_all(&mut *connection)
    .await?;
    for (sequence, kind, payload) in rows {
        let payload: Value = serde_json::from_str(&payload).map_err(|_| damaged(sequence))?;
        project(connection, sequence, &kind, &payload).await?;
    }
    crate::usage_state::touched_all(connection).await
}

/// Writes what follows from an entry; gives the one customer that it is about, or none where it is
/// about all.
pub(super) async fn project(
    connection: &mut SqliteConnection,
    sequence: i64,
    kind: &str,
    payload: &Value,
) -> Result<Option<i64>> {
    let entry = Payload { sequence, payload };
    match kind {
        PLAN_SET => plan_set(connection, &entry).await.map(|()| None),
        PLAN_MAPPED => plan_mapped(connection, &entry).await.map(|()| None),
        CHANGED => changed(connection, &entry).await.map(Some),
        ENDED => ended(connection, &entry).await.map(Some),
        _ => Ok(None),
    }
}

/// What an entry says.
struct Payload<'a> {
    sequence: i64,
    payload: &'a Value,
}

impl Payload<'_> {
    fn text(&self, name: &str) -> Result<&str> {
        let text = self.payload.get(name).and_then(Value::as_str);
        text.ok_or_else(|| damaged(self.sequence))
    }

    fn day(&self, name: &str) -> Result<Option<NaiveDate>> {
        match self.payload.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => text.parse().map(Some).map_err(|_| damaged(self.sequence)),
            Some(_) => Err(damaged(self.sequence)),
        }
    }

    fn whole_day(&self, name: &str) -> Result<NaiveDate> {
        self.day(name)?.ok_or_else(|| damaged(self.sequence))
    }
}

fn damaged(sequence: i64) -> BooksError {
    BooksError::Damaged {
        detail: format!("ledger entry {sequence}"),
    }
}

async fn plan_set(connection: &mut SqliteConnection, entry: &Payload<'_>) -> Result<()> {
    let body = entry.payload.get("body");
    let body = canonical_json(body.ok_or_else(|| damaged(entry.sequence))?)?;
    sqlx::query(
        "INSERT OR REPLACE INTO plan_version (plan, effective_from, body, entry) \
         VALUES (?1, ?2, ?3, ?4)",
    )
    .bind(entry.text("plan")?)
    .bind(day_number(entry.whole_day("from")?))
    .bind(body)
    .bind(entry.sequence)
    .execute(connection)
    .await?;
    Ok(())
}

async fn plan_mapped(connection: &mut SqliteConnection, entry: &Payload<'_>) -> Result<()> {
    let prices = entry.payload.get("prices").and_then(Value::as_object);
    for (price, plan) in prices.ok_or_else(|| damaged(entry.sequence))? {
        sqlx::query("INSERT OR REPLACE INTO plan_price (price, plan, entry) VALUES (?1, ?2, ?3)")
            .bind(price)
            .bind(plan.as_str())
            .bind(entry.sequence)
            .execute(&mut *connection)
            .await?;
    }
    let removed = entry.payload.get("removed").and_then(Value::as_array);
    for price in removed.into_iter().flatten().filter_map(Value::as_str) {
        sqlx::query("DELETE FROM plan_price WHERE price = ?1")
            .bind(price)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

async fn changed(connection: &mut SqliteConnection, entry: &Payload<'_>) -> Result<i64> {
    let id = entry.text("customer")?;
    let customer = number(connection, kind_code(Kind::Customer), id).await?;
    let customer = customer.ok_or_else(|| BooksError::UnknownId { id: id.to_owned() })?;
    let usage_type = entry.text("type")?;
    let kind: Option<i64> = sqlx::query_scalar("SELECT num FROM usage_type WHERE name = ?1")
        .bind(usage_type)
        .fetch_optional(&mut *connection)
        .await?;
    let kind = kind.ok_or_else(|| {
        BooksError::invalid(format!("“{usage_type}” is no type of usage that is known"))
    })?;
    let quantity = match entry.text("quantity")? {
        "unlimited" => None,
        text => Some(Quantity::parse(text).map_err(|_| damaged(entry.sequence))?),
    };
    let change = ChangeKind::named(entry.text("kind")?);
    sqlx::query(
        "INSERT INTO allowance_change (num, kind, customer, type, from_day, to_day, quantity) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(entry.sequence)
    .bind(change.ok_or_else(|| damaged(entry.sequence))?.name())
    .bind(customer)
    .bind(kind)
    .bind(day_number(entry.whole_day("from")?))
    .bind(column(entry.day("to")?))
    .bind(quantity.map(Quantity::millionths))
    .execute(connection)
    .await?;
    Ok(customer)
}

async fn ended(connection: &mut SqliteConnection, entry: &Payload<'_>) -> Result<i64> {
    let num = entry.payload.get("change").and_then(Value::as_i64);
    let num = num.ok_or_else(|| damaged(entry.sequence))?;
    let customer: Option<i64> = sqlx::query_scalar(
        "UPDATE allowance_change SET to_day = ?2, ended = ?3 WHERE num = ?1 RETURNING customer",
    )
    .bind(num)
    .bind(day_number(entry.whole_day("to")?))
    .bind(entry.sequence)
    .fetch_optional(connection)
    .await?;
    customer.ok_or_else(|| damaged(entry.sequence))
}
