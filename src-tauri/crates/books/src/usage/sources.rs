//! Where usage comes from, what types there are, and by which names tenants are known.

use std::collections::HashMap;

use billing::usage::Measure;
use sqlx::{FromRow, SqliteConnection};

use super::UsageType;
use crate::books::Books;
use crate::error::{BooksError, Result};

/// Sources and types, at most.
const MOST_NAMES: i64 = 1_000;
/// Letters of a name, at most.
const MAX_NAME_LETTERS: usize = 120;
/// Bytes of a mapping or a state, at most.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// A source of usage, and the scope of its keys.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct UsageSource {
    /// Its number.
    pub num: i64,
    /// What people call it.
    pub name: String,
    /// How it is read: `file`, `http`, `meters`, `postgres`.
    pub kind: String,
    /// How its columns are read, as JSON.
    pub mapping: Option<String>,
    /// How far it has been read, as JSON.
    pub state: Option<String>,
}

#[derive(FromRow)]
struct TypeRow {
    num: i64,
    name: String,
    level: bool,
}

/// Whose name a text is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhichTenant {
    /// The customer of this number.
    One(i64),
    /// More than one tenant that is not deleted: nobody can say which.
    Several,
    /// Nobody's, as far as the books know.
    Nobody,
}

/// The names of all tenants: Stripe's ids and the product's own.
#[derive(Debug, Default)]
pub struct UsageTenants {
    by_id: HashMap<Box<[u8]>, i64, foldhash::fast::RandomState>,
    by_tenant_id: HashMap<Box<[u8]>, (i64, bool, bool), foldhash::fast::RandomState>,
}

impl UsageTenants {
    /// The tenant of Stripe's id or of the product's own.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> WhichTenant {
        if let Some(num) = self.by_id.get(name) {
            return WhichTenant::One(*num);
        }
        match self.by_tenant_id.get(name) {
            Some((num, _, false)) => WhichTenant::One(*num),
            Some((_, _, true)) => WhichTenant::Several,
            None => WhichTenant::Nobody,
        }
    }

    /// How many customers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// A tenant that is deleted gives way to one that is not; two of a kind cannot be told apart.
    fn add(&mut self, num: i64, id: &str, tenant_id: Option<&str>, deleted: bool) {
        self.by_id.insert(id.as_bytes().into(), num);
        let Some(tenant_id) = tenant_id else { return };
        self.by_tenant_id
            .entry(tenant_id.as_bytes().into())
            .and_modify(|held| match (held.1, deleted) {
                (true, false) => *held = (num, false, false),
                (false, true) => {}
                _ => held.2 = true,
            })
            .or_insert((num, deleted, false));
    }

    pub(super) async fn load(connection: &mut SqliteConnection) -> Result<Self> {
        use futures::TryStreamExt as _;
        let mut tenants = Self::default();
        let mut rows = sqlx::query_as::<_, (i64, String, Option<String>, bool)>(
            "SELECT num, id, tenant_id, deleted FROM tenant",
        )
        .fetch(connection);
        while let Some((num, id, tenant_id, deleted)) = rows.try_next().await? {
            tenants.add(num, &id, tenant_id.as_deref(), deleted);
        }
        Ok(tenants)
    }
}

pub(super) async fn types(connection: &mut SqliteConnection) -> Result<Vec<UsageType>> {
    let rows: Vec<TypeRow> = sqlx::query_as("SELECT num, name, level FROM usage_type ORDER BY num")
        .fetch_all(connection)
        .await?;
    let measure = |level| if level { Measure::Level } else { Measure::Flow };
    Ok(rows
        .into_iter()
        .map(|row| UsageType {
            num: row.num,
            name: row.name,
            measure: measure(row.level),
        })
        .collect())
}

fn checked_name(what: &str, name: &str) -> Result<()> {
    if name.trim() != name || name.is_empty() || name.chars().count() > MAX_NAME_LETTERS {
        return Err(BooksError::invalid(format!(
            "the name of a {what} has 1 to {MAX_NAME_LETTERS} letters and no space at its ends"
        )));
    }
    Ok(())
}

impl Books {
    /// The names by which tenants are known, held in memory: about 150 bytes a tenant.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_tenants(&self) -> Result<UsageTenants> {
        let mut reader = self.reader().await?;
        UsageTenants::load(&mut reader).await
    }

    /// The number of a customer, which usage is kept under.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_customer(&self, id: &str) -> Result<Option<i64>> {
        let mut reader = self.reader().await?;
        Ok(
            sqlx::query_scalar("SELECT num FROM object WHERE kind = 1 AND id = ?1")
                .bind(id)
                .fetch_optional(&mut *reader)
                .await?,
        )
    }

    /// Every type of usage.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_types(&self) -> Result<Vec<UsageType>> {
        let mut reader = self.reader().await?;
        types(&mut reader).await
    }

    /// Adds a type of usage and gives it; one that is there already is given as it is.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] for a name that is there with the other measure, or beyond the
    /// limits.
    pub async fn add_usage_type(&self, name: &str, measure: Measure) -> Result<UsageType> {
        checked_name("type", name)?;
        let mut writer = self.writer().await?;
        sqlx::query(
            "INSERT INTO usage_type (name, level) SELECT ?1, ?2 \
             WHERE (SELECT count(*) FROM usage_type) < ?3 ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(measure == Measure::Level)
        .bind(MOST_NAMES)
        .execute(&mut writer.durable)
        .await?;
        let types = types(&mut writer.durable).await?;
        match types.into_iter().find(|held| held.name == name) {
            Some(held) if held.measure == measure => Ok(held),
            Some(_) => Err(BooksError::invalid(format!(
                "{name} is already measured in the other way; use another name"
            ))),
            None => Err(BooksError::invalid("there are a thousand types already")),
        }
    }

    /// Every source, in the order in which they were first used.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_sources(&self) -> Result<Vec<UsageSource>> {
        let mut reader = self.reader().await?;
        Ok(
            sqlx::query_as("SELECT num, name, kind, mapping, state FROM usage_source ORDER BY num")
                .fetch_all(&mut *reader)
                .await?,
        )
    }

    /// The source of that name; made where there is none.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] for one of another kind, or beyond the limits.
    pub async fn usage_source(&self, name: &str, kind: &str) -> Result<UsageSource> {
        checked_name("source", name)?;
        let mut writer = self.writer().await?;
        sqlx::query(
            "INSERT INTO usage_source (name, kind) SELECT ?1, ?2 \
             WHERE (SELECT count(*) FROM usage_source) < ?3 ON CONFLICT (name) DO NOTHING",
        )
        .bind(name)
        .bind(kind)
        .bind(MOST_NAMES)
        .execute(&mut writer.durable)
        .await?;
        let held: Option<UsageSource> = sqlx::query_as(
            "SELECT num, name, kind, mapping, state FROM usage_source WHERE name = ?1",
        )
        .bind(name)
        .fetch_optional(&mut writer.durable)
        .await?;
        match held {
            Some(held) if held.kind == kind => Ok(held),
            Some(held) => Err(BooksError::invalid(format!(
                "{name} is the name of a source of another kind ({}); use another name",
                held.kind
            ))),
            None => Err(BooksError::invalid("there are a thousand sources already")),
        }
    }

    /// Remembers how a source's columns are read.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] when it is larger than 64 kB.
    pub async fn set_usage_mapping(&self, source: i64, mapping: &str) -> Result<()> {
        checked_body(mapping)?;
        let mut writer = self.writer().await?;
        sqlx::query("UPDATE usage_source SET mapping = ?2 WHERE num = ?1")
            .bind(source)
            .bind(mapping)
            .execute(&mut writer.durable)
            .await?;
        Ok(())
    }

    /// Remembers how far a source has been read.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] when it is larger than 64 kB.
    pub async fn set_usage_source_state(&self, source: i64, state: &str) -> Result<()> {
        checked_body(state)?;
        let mut writer = self.writer().await?;
        sqlx::query("UPDATE usage_source SET state = ?2 WHERE num = ?1")
            .bind(source)
            .bind(state)
            .execute(&mut writer.durable)
            .await?;
        Ok(())
    }
}

fn checked_body(body: &str) -> Result<()> {
    if body.len() > MAX_BODY_BYTES {
        return Err(BooksError::invalid(
            "what is remembered of a source is at most 64 kB",
        ));
    }
    Ok(())
}
