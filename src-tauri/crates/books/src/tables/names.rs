//! Names of products by their ids, for plans in words.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use crate::books::Books;
use crate::error::Result;

/// Names that were looked up, kept by a reader over its batches.
#[derive(Debug, Default)]
pub(crate) struct ProductNames {
    known: HashMap<String, String>,
}

impl ProductNames {
    /// Looks up what is missing for these sets of ids, each separated by spaces.
    pub(crate) async fn learn<'a>(
        &mut self,
        connection: &mut SqliteConnection,
        sets: impl Iterator<Item = &'a str>,
    ) -> Result<()> {
        let mut missing: Vec<&str> = sets
            .flat_map(str::split_whitespace)
            .filter(|id| !self.known.contains_key(*id))
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        missing.sort_unstable();
        missing.dedup();
        let rows: Vec<(String, Option<String>)> = sqlx::query_as(
            "SELECT j.value, p.name FROM json_each(?1) j \
             LEFT JOIN object o ON o.kind = 2 AND o.id = j.value \
             LEFT JOIN product p ON p.num = o.num",
        )
        .bind(serde_json::json!(missing).to_string())
        .fetch_all(connection)
        .await?;
        for (id, name) in rows {
            let name = name
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| id.clone());
            self.known.insert(id, name);
        }
        Ok(())
    }

    /// The names of a set, sorted and joined by ", "; none for an empty set.
    pub(crate) fn plan(&self, set: &str) -> Option<String> {
        let mut names: Vec<&str> = set
            .split_whitespace()
            .filter_map(|id| self.known.get(id).map(String::as_str))
            .collect();
        names.sort_unstable();
        names.dedup();
        (!names.is_empty()).then(|| names.join(", "))
    }
}

impl Books {
    /// The names of all products, sorted, each once.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn plan_names(&self) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        Ok(sqlx::query_scalar(
            "SELECT DISTINCT name FROM product WHERE name <> '' ORDER BY name LIMIT 1000",
        )
        .fetch_all(&mut *reader)
        .await?)
    }

    /// The currencies of invoices and tenants, lower case, the company's main one first: by
    /// number of tenants, ties by code.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn currencies(&self) -> Result<Vec<String>> {
        let mut reader = self.reader().await?;
        let mut order = currency_order(&mut reader).await?;
        let invoiced = invoiced_currencies(&mut reader).await?;
        for currency in invoiced {
            if !order.contains(&currency) {
                order.push(currency);
            }
        }
        Ok(order)
    }
}

/// The currencies of invoices by code. Steps from one to the next through the index instead of
/// reading all rows.
pub(crate) async fn invoiced_currencies(connection: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "WITH RECURSIVE step (currency) AS ( \
             SELECT min(currency) FROM invoice WHERE deleted = 0 \
             UNION ALL \
             SELECT (SELECT min(currency) FROM invoice \
                     WHERE deleted = 0 AND currency > step.currency) \
             FROM step WHERE step.currency IS NOT NULL) \
         SELECT currency FROM step WHERE currency <> '' ORDER BY 1",
    )
    .fetch_all(connection)
    .await?)
}

/// The currencies of tenants: by number of tenants, most first, ties by code.
pub(crate) async fn currency_order(connection: &mut SqliteConnection) -> Result<Vec<String>> {
    Ok(sqlx::query_scalar(
        "SELECT currency FROM tenant WHERE deleted = 0 AND currency <> '' \
         GROUP BY currency ORDER BY count(*) DESC, currency",
    )
    .fetch_all(connection)
    .await?)
}

/// Where a currency stands in that order; unknown ones behind, by code.
pub(crate) fn currency_place(order: &[String], currency: &str) -> (usize, String) {
    let known = order.iter().position(|known| known == currency);
    (known.unwrap_or(usize::MAX), currency.to_owned())
}
