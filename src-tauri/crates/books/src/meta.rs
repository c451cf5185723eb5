//! What the file says of itself, one name and value a row, and the settings of people.

use std::collections::BTreeMap;

use billing::period::Zone;
use sqlx::SqliteConnection;

use crate::books::Books;
use crate::error::{BooksError, Result};

/// The random id of the file.
pub(crate) const ORIGIN: &str = "origin";
/// Grows with every change of what the tables show.
pub(crate) const DATA_VERSION: &str = "data_version";
/// `1` once the late indexes, the tenants' figures and the text search are built and kept.
pub(crate) const SETTLED: &str = "settled";
/// `1` once the pages that a first load left half empty are filled.
pub(crate) const COMPACT: &str = "compact";
/// `1` for live, `0` for test; absent until it is known.
pub(crate) const LIVEMODE: &str = "livemode";
/// The setting that names the company's zone.
const ZONE: &str = "zone";
/// Settings are short.
const MAX_SETTING_BYTES: usize = 64 * 1024;

pub(crate) async fn get(connection: &mut SqliteConnection, name: &str) -> Result<Option<String>> {
    Ok(sqlx::query_scalar("SELECT value FROM meta WHERE name = ?1")
        .bind(name)
        .fetch_optional(connection)
        .await?)
}

pub(crate) async fn put(connection: &mut SqliteConnection, name: &str, value: &str) -> Result<()> {
    sqlx::query("INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)")
        .bind(name)
        .bind(value)
        .execute(connection)
        .await?;
    Ok(())
}

pub(crate) async fn data_version(connection: &mut SqliteConnection) -> Result<u64> {
    let value = get(connection, DATA_VERSION).await?;
    Ok(value.and_then(|value| value.parse().ok()).unwrap_or(0))
}

/// Counts one change of what the tables show.
pub(crate) async fn bump_data_version(connection: &mut SqliteConnection) -> Result<u64> {
    let next = data_version(connection).await? + 1;
    put(connection, DATA_VERSION, &next.to_string()).await?;
    Ok(next)
}

pub(crate) async fn is_settled(connection: &mut SqliteConnection) -> Result<bool> {
    Ok(get(connection, SETTLED).await?.as_deref() == Some("1"))
}

/// The company's zone; UTC until it is said.
pub(crate) async fn zone(connection: &mut SqliteConnection) -> Result<Zone> {
    let name: Option<String> = sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1")
        .bind(ZONE)
        .fetch_optional(connection)
        .await?;
    Ok(name
        .and_then(|name| Zone::parse(&name).ok())
        .unwrap_or(Zone::UTC))
}

impl Books {
    /// Says in which zone the company's days and periods are. A change counts days of usage anew
    /// and lets every state be told anew.
    ///
    /// # Errors
    /// When the books cannot be written.
    pub async fn set_zone(&self, zone: Zone) -> Result<()> {
        let mut reader = self.reader().await?;
        let known = self::zone(&mut reader).await?;
        drop(reader);
        if known == zone {
            return Ok(());
        }
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        sqlx::query("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)")
            .bind(ZONE)
            .bind(zone.name())
            .execute(&mut *transaction)
            .await?;
        crate::usage::recount(&mut transaction, zone).await?;
        crate::usage_state::touched_all(&mut transaction).await?;
        let data_version = bump_data_version(&mut transaction).await?;
        transaction.commit().await?;
        drop(writer);
        self.publish(data_version);
        Ok(())
    }

    /// Says whether these books hold live data; objects of the other mode are refused then.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] when the books already hold the other mode.
    pub async fn set_livemode(&self, live: bool) -> Result<()> {
        let mut writer = self.writer().await?;
        let value = if live { "1" } else { "0" };
        match get(&mut writer.durable, LIVEMODE).await? {
            Some(known) if known != value => {
                Err(BooksError::invalid("live and test data never share a file"))
            }
            Some(_) => Ok(()),
            None => put(&mut writer.durable, LIVEMODE, value).await,
        }
    }

    /// Whether these books hold live data; none until it is known.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn livemode(&self) -> Result<Option<bool>> {
        let mut reader = self.reader().await?;
        Ok(get(&mut reader, LIVEMODE).await?.map(|value| value == "1"))
    }

    /// Whether the late indexes, the tenants' figures and the text search are there.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn is_settled(&self) -> Result<bool> {
        let mut reader = self.reader().await?;
        is_settled(&mut reader).await
    }

    /// One setting.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn setting(&self, name: &str) -> Result<Option<String>> {
        let mut reader = self.reader().await?;
        Ok(
            sqlx::query_scalar("SELECT value FROM setting WHERE name = ?1")
                .bind(name)
                .fetch_optional(&mut *reader)
                .await?,
        )
    }

    /// Every setting.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn settings(&self) -> Result<BTreeMap<String, String>> {
        let mut reader = self.reader().await?;
        let rows: Vec<(String, String)> =
            sqlx::query_as("SELECT name, value FROM setting ORDER BY name")
                .fetch_all(&mut *reader)
                .await?;
        Ok(rows.into_iter().collect())
    }

    /// Stores a setting, at most 64 kB.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] when it is larger.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<()> {
        if value.len() > MAX_SETTING_BYTES {
            return Err(BooksError::invalid(format!(
                "the setting {name} is larger than 64 kB"
            )));
        }
        let mut writer = self.writer().await?;
        sqlx::query("INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)")
            .bind(name)
            .bind(value)
            .execute(&mut writer.durable)
            .await?;
        Ok(())
    }
}
