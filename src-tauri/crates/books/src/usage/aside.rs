//! What was delivered for a tenant or a type that is not known: kept, counted, shown, and taken in
//! once it is.

use std::sync::Arc;

use billing::period::Zone;
use billing::usage::Quantity;
use sqlx::{FromRow, SqliteConnection};

use super::chunk::Writing;
use super::import::Problems;
use super::local_days::LocalDays;
use super::sources::{self, UsageTenants, WhichTenant};
use super::{UsageEntry, UsageKey, UsagePlace, UsageType, days};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::meta;

/// Names that are shown, those with the most rows first.
const SHOWN: i64 = 500;
/// Rows that are taken in at once.
const TAKEN_AT_ONCE: i64 = 20_000;

/// What is kept aside under one tenant's and one type's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageAsideGroup {
    /// The tenant as it was delivered.
    pub tenant: String,
    /// The type as it was delivered.
    pub kind: String,
    /// Rows.
    pub rows: u64,
    /// Their sum; none where it is too large for one.
    pub quantity: Option<Quantity>,
    /// UTC seconds of the first.
    pub first_at: i64,
    /// UTC seconds of the last.
    pub last_at: i64,
    /// Whose name the tenant's is.
    pub whose: WhichTenant,
    /// Whether there is a type of that name.
    pub type_known: bool,
}

/// What is kept aside.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageAside {
    /// Rows in all.
    pub rows: u64,
    /// By name, those with the most rows first, at most 500.
    pub groups: Vec<UsageAsideGroup>,
}

#[derive(FromRow)]
struct GroupRow {
    tenant: String,
    #[sqlx(rename = "type")]
    kind: String,
    rows: i64,
    quantity: Option<i64>,
    first_at: i64,
    last_at: i64,
}

#[derive(FromRow)]
struct AsideRow {
    num: i64,
    batch: i64,
    at: i64,
    quantity: i64,
    unbillable: Option<String>,
    key_hash: Vec<u8>,
    corrects: Option<Vec<u8>>,
}

impl Books {
    /// What is kept aside, and why.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_aside(&self) -> Result<UsageAside> {
        let mut reader = self.snapshot().await?;
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM usage_aside")
            .fetch_one(&mut *reader)
            .await?;
        if rows == 0 {
            return Ok(UsageAside::default());
        }
        let groups: Vec<GroupRow> = sqlx::query_as(
            "SELECT tenant, type, count(*) AS rows, \
             iif(total(abs(quantity)) < 9e18, sum(quantity), NULL) AS quantity, \
             min(at) AS first_at, max(at) AS last_at \
             FROM usage_aside GROUP BY tenant, type ORDER BY count(*) DESC, tenant, type LIMIT ?1",
        )
        .bind(SHOWN)
        .fetch_all(&mut *reader)
        .await?;
        let tenants = UsageTenants::load(&mut reader).await?;
        let types = sources::types(&mut reader).await?;
        Ok(UsageAside {
            rows: u64::try_from(rows).unwrap_or(0),
            groups: groups
                .into_iter()
                .map(|row| UsageAsideGroup {
                    whose: tenants.find(row.tenant.as_bytes()),
                    type_known: types.iter().any(|held| held.name == row.kind),
                    tenant: row.tenant,
                    kind: row.kind,
                    rows: u64::try_from(row.rows).unwrap_or(0),
                    quantity: row.quantity.map(Quantity::from_millionths),
                    first_at: row.first_at,
                    last_at: row.last_at,
                })
                .collect(),
        })
    }

    /// Takes in what was kept aside and whose tenant and type are known by now; says how many
    /// records that were.
    ///
    /// # Errors
    /// When the books cannot be written; nothing is changed then.
    pub async fn take_in_usage_aside(&self, zone: Zone) -> Result<u64> {
        {
            let mut reader = self.reader().await?;
            if !any(&mut reader).await? {
                return Ok(0);
            }
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.bulk_transaction().await?;
        days::recount(&mut transaction, zone).await?;
        let taken = take_in(&mut transaction, zone).await?;
        if taken > 0 {
            let data_version = meta::bump_data_version(&mut transaction).await?;
            transaction.commit().await?;
            self.publish(data_version);
        }
        Ok(taken)
    }
}

async fn any(connection: &mut SqliteConnection) -> Result<bool> {
    Ok(
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM usage_aside)")
            .fetch_one(connection)
            .await?,
    )
}

/// Takes in what is known by now, within the caller's transaction.
pub(super) async fn take_in(connection: &mut SqliteConnection, zone: Zone) -> Result<u64> {
    if !any(connection).await? {
        return Ok(0);
    }
    let names: Vec<(String, String)> =
        sqlx::query_as("SELECT DISTINCT tenant, type FROM usage_aside")
            .fetch_all(&mut *connection)
            .await?;
    let tenants = UsageTenants::load(connection).await?;
    let types = sources::types(connection).await?;
    let local = LocalDays::of(zone);
    let mut writing = Writing::new(connection, &types, &local, Problems::default()).await?;
    let mut taken = 0;
    // What corrects something after all that it may correct.
    for correcting in [false, true] {
        for names in &names {
            if let Some(place) = place(names, &tenants, &types) {
                taken +=
                    take_in_names(connection, &mut writing, (names, place), correcting).await?;
            }
        }
    }
    let customers: Vec<i64> = writing.customers.iter().copied().collect();
    days::touched(connection, &customers).await?;
    Ok(taken)
}

fn place(
    (tenant, kind): &(String, String),
    tenants: &UsageTenants,
    types: &[UsageType],
) -> Option<UsagePlace> {
    let WhichTenant::One(customer) = tenants.find(tenant.as_bytes()) else {
        return None;
    };
    let kind = types.iter().find(|held| held.name == *kind)?.num;
    Some(UsagePlace::Known { customer, kind })
}

async fn take_in_names(
    connection: &mut SqliteConnection,
    writing: &mut Writing<'_>,
    ((tenant, kind), place): (&(String, String), UsagePlace),
    correcting: bool,
) -> Result<u64> {
    let UsagePlace::Known {
        customer,
        kind: kind_num,
    } = place
    else {
        return Ok(0);
    };
    let (mut after, mut taken) = (0, 0);
    loop {
        // What corrects a record that is not there stays aside.
        let rows: Vec<AsideRow> = sqlx::query_as(
            "SELECT num, batch, at, quantity, unbillable, key_hash, corrects FROM usage_aside a \
             WHERE tenant = ?1 AND type = ?2 AND num > ?3 AND (corrects IS NOT NULL) = ?4 \
             AND (corrects IS NULL OR EXISTS \
                 (SELECT 1 FROM usage_record r JOIN usage_type t ON t.num = r.type \
                  WHERE r.key_hash = a.corrects AND r.corrects IS NULL AND t.level = 0 \
                  AND r.customer = ?6 AND r.type = ?7)) \
             ORDER BY num LIMIT ?5",
        )
        .bind(tenant)
        .bind(kind)
        .bind(after)
        .bind(correcting)
        .bind(TAKEN_AT_ONCE)
        .bind(customer)
        .bind(kind_num)
        .fetch_all(&mut *connection)
        .await?;
        let Some(last) = rows.last() else { break };
        after = last.num;
        taken += move_rows(connection, writing, &place, rows).await?;
    }
    Ok(taken)
}

/// Moves rows to the records, each to its own batch.
async fn move_rows(
    connection: &mut SqliteConnection,
    writing: &mut Writing<'_>,
    place: &UsagePlace,
    rows: Vec<AsideRow>,
) -> Result<u64> {
    let mut batches: std::collections::BTreeMap<i64, Vec<UsageEntry>> = Default::default();
    let damaged = || BooksError::Damaged {
        detail: "a key of usage is not 16 bytes".to_owned(),
    };
    for row in rows {
        sqlx::query("DELETE FROM usage_aside WHERE num = ?1")
            .bind(row.num)
            .execute(&mut *connection)
            .await?;
        let corrects = match row.corrects {
            Some(key) => Some(UsageKey::from_column(&key).ok_or_else(damaged)?),
            None => None,
        };
        batches.entry(row.batch).or_default().push(UsageEntry {
            line: 0,
            place: place.clone(),
            at: row.at,
            quantity: Quantity::from_millionths(row.quantity),
            unbillable: row.unbillable.map(Arc::from),
            key: UsageKey::from_column(&row.key_hash).ok_or_else(damaged)?,
            corrects,
        });
    }
    let mut moved = 0;
    for (batch, mut rows) in batches {
        rows.sort_unstable_by_key(|row| row.key);
        let (asked, before) = (rows.len(), writing.counts.records);
        writing.rows(connection, batch, rows).await?;
        writing.corrections(connection, batch).await?;
        let records = writing.counts.records - before;
        sqlx::query(
            "UPDATE usage_batch SET records = records + ?2, aside = aside - ?3, \
             repeated = repeated + ?3 - ?2 WHERE num = ?1",
        )
        .bind(batch)
        .bind(records)
        .bind(i64::try_from(asked).unwrap_or(i64::MAX))
        .execute(&mut *connection)
        .await?;
        moved += u64::try_from(records).unwrap_or(0);
    }
    Ok(moved)
}
