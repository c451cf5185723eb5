//! What prices stand for: proposed from what names a plan, confirmed by a person.

use std::collections::BTreeMap;

use objects::Kind;
use sqlx::FromRow;

use super::{Decision, entries};
use crate::books::Books;
use crate::detail::number;
use crate::error::{BooksError, Result};
use crate::history::kind_code;
use crate::ledger::Entry;

/// Prices that a read gives, and that can be confirmed at once, at most.
pub const MAX_PRICES: usize = 5_000;

/// A recurring price, and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PlanPrice {
    /// Stripe's price id.
    pub id: String,
    /// The product's name; empty where it is not known.
    pub product_name: String,
    /// The price's nickname.
    pub nickname: Option<String>,
    /// Its lookup key.
    pub lookup_key: Option<String>,
    /// Three letters in lower case.
    pub currency: String,
    /// Minor units, with decimals; none where it has tiers.
    pub unit_amount_decimal: Option<String>,
    /// `day`, `week`, `month` or `year`; none for what is sold once.
    pub interval: Option<String>,
    /// Charged by use.
    pub metered: bool,
    /// `metadata.plan` of the price, else of its product.
    pub metadata_plan: Option<String>,
    /// Subscriptions that hold it, ended ones too.
    pub subscriptions: i64,
    /// Whether a person confirmed what it stands for.
    pub confirmed: bool,
    /// The plan's key; none where it stands for no plan, or nobody confirmed it.
    pub plan: Option<String>,
}

impl Books {
    /// Recurring prices that are sold, and all that subscriptions hold, by product, currency and
    /// interval.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] for more than 5,000: they are never silently cut.
    pub async fn plan_prices(&self) -> Result<Vec<PlanPrice>> {
        let mut reader = self.reader().await?;
        let rows: Vec<PlanPrice> = sqlx::query_as(
            "SELECT p.id, coalesce(q.name, '') AS product_name, p.nickname, p.lookup_key, \
             p.currency, p.unit_amount_decimal, p.recurring_interval AS interval, \
             coalesce(p.recurring_usage_type = 'metered', 0) AS metered, \
             coalesce(p.metadata ->> '$.plan', q.metadata ->> '$.plan') AS metadata_plan, \
             coalesce(h.held, 0) AS subscriptions, m.price IS NOT NULL AS confirmed, m.plan \
             FROM price p \
             LEFT JOIN product q ON q.id = p.product \
             LEFT JOIN (SELECT coalesce((SELECT text FROM word w WHERE w.num = i.price), i.price) \
                     AS price, count(*) AS held FROM subscription_item i GROUP BY i.price) h \
                 ON h.price = p.id \
             LEFT JOIN plan_price m ON m.price = p.id \
             WHERE h.held > 0 OR m.price IS NOT NULL \
                 OR (p.type = 'recurring' AND p.active AND NOT p.deleted) \
             ORDER BY product_name, p.currency, interval, p.id LIMIT ?1",
        )
        .bind(i64::try_from(MAX_PRICES + 1).unwrap_or(i64::MAX))
        .fetch_all(&mut *reader)
        .await?;
        if rows.len() > MAX_PRICES {
            return Err(BooksError::invalid("more than 5,000 prices"));
        }
        Ok(rows)
    }

    /// How many tenants have a plan now, by its key.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn plan_holders(&self, key: &str) -> Result<u64> {
        let mut reader = self.reader().await?;
        let count: i64 =
            sqlx::query_scalar("SELECT count(DISTINCT customer) FROM usage_state WHERE plan = ?1")
                .bind(key)
                .fetch_one(&mut *reader)
                .await?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Confirms what prices stand for (a plan's key, or none: no plan), and takes back what is in
    /// `removed`. Gives the number of the entry.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] for nothing, for more than 5,000 and for a plan that the catalogue
    /// does not have; [`BooksError::UnknownId`] for a price. Nothing is changed then.
    pub async fn map_prices(
        &self,
        prices: &BTreeMap<String, Option<String>>,
        removed: &[String],
        by: Decision<'_>,
    ) -> Result<i64> {
        let count = prices.len() + removed.len();
        if count == 0 || count > MAX_PRICES {
            return Err(BooksError::invalid("between 1 and 5,000 prices are needed"));
        }
        let catalogue = self.plan_catalogue().await?;
        for key in prices.values().flatten() {
            if !catalogue.has(key) {
                return Err(BooksError::invalid(format!("there is no plan “{key}”")));
            }
        }
        let mut reader = self.reader().await?;
        for id in prices.keys().chain(removed) {
            let known = number(&mut reader, kind_code(Kind::Price), id).await?;
            if known.is_none() {
                return Err(BooksError::UnknownId { id: id.clone() });
            }
        }
        drop(reader);
        let payload = serde_json::json!({ "prices": prices, "removed": removed });
        self.decide(Entry::new(by.at, by.author, entries::PLAN_MAPPED, payload))
            .await
    }
}
