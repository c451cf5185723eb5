//! The catalogue of plans, what prices stand for, and the tenants' own allowances: decided by
//! people, so each stands in the ledger, and the tables here follow from its entries.

mod changes;
mod entries;
mod mapping;

use std::collections::BTreeMap;

use billing::usage::{Catalogue, Plan};
use chrono::NaiveDate;
use sqlx::SqliteConnection;

use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::ledger::{Entry, append_within};
use crate::usage_state::{date_of, day_number, touched_all};

pub use changes::{AllowanceChange, ChangeKind, MAX_CHANGES, NewChange};
pub(crate) use entries::rebuild;
pub use mapping::{MAX_PRICES, PlanPrice};

/// Who decided, and when (UTC seconds).
#[derive(Debug, Clone, Copy)]
pub struct Decision<'a> {
    /// A person's or a policy's stable name.
    pub author: &'a str,
    /// When.
    pub at: i64,
}

/// The catalogue as it stands: the product's own plans, and above them what the company wrote.
pub(crate) async fn catalogue(connection: &mut SqliteConnection) -> Result<Catalogue> {
    let rows: Vec<(String, i64, String)> =
        sqlx::query_as("SELECT plan, effective_from, body FROM plan_version")
            .fetch_all(connection)
            .await?;
    let mut catalogue = Catalogue::first();
    for (key, from, body) in rows {
        let damaged = || BooksError::Damaged {
            detail: format!("a version of the plan {key}"),
        };
        let plan: Plan = serde_json::from_str(&body).map_err(|_| damaged())?;
        catalogue
            .set(&key, date_of(from), plan)
            .map_err(|_| damaged())?;
    }
    Ok(catalogue)
}

/// What prices stand for, by their ids; none: no plan.
pub(crate) async fn price_plans(
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<String, Option<String>>> {
    let rows: Vec<(String, Option<String>)> = sqlx::query_as("SELECT price, plan FROM plan_price")
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().collect())
}

impl Books {
    /// The catalogue of plans.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn plan_catalogue(&self) -> Result<Catalogue> {
        let mut reader = self.reader().await?;
        catalogue(&mut reader).await
    }

    /// Writes a version of a plan, which holds from that day on, into the ledger and the
    /// catalogue. Gives the number of the entry.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] for a plan that cannot be; nothing is changed then.
    pub async fn set_plan(
        &self,
        key: &str,
        from: NaiveDate,
        plan: &Plan,
        by: Decision<'_>,
    ) -> Result<i64> {
        let mut known = self.plan_catalogue().await?;
        known
            .set(key, from, plan.clone())
            .map_err(|error| BooksError::invalid(error.to_string()))?;
        let body =
            serde_json::to_value(plan).map_err(|error| BooksError::invalid(error.to_string()))?;
        let payload = serde_json::json!({
            "plan": key,
            "from": from.to_string(),
            "body": body,
        });
        self.decide(Entry::new(by.at, by.author, entries::PLAN_SET, payload))
            .await
    }

    /// Writes an entry and what follows from it, in one transaction.
    async fn decide(&self, entry: Entry) -> Result<i64> {
        let mut writer = self.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        let head = append_within(&mut transaction, self.origin(), &entry).await?;
        let touched =
            entries::project(&mut transaction, head.sequence, &entry.kind, &entry.payload).await?;
        match touched {
            Some(customer) => {
                crate::usage_state::touched(&mut transaction, &[customer]).await?;
            }
            None => touched_all(&mut transaction).await?,
        }
        let data_version = crate::meta::bump_data_version(&mut transaction).await?;
        transaction.commit().await?;
        drop(writer);
        self.publish(data_version);
        Ok(head.sequence)
    }
}

/// The day's number, for a column.
fn column(day: Option<NaiveDate>) -> Option<i64> {
    day.map(day_number)
}
