//! The tenants' figures: plan, seats, status and monthly recurring revenue, computed from the
//! subscriptions and kept in the table `tenant`, so that it sorts by index.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use sqlx::SqliteConnection;

use crate::bulk::{Rows, Statement};
use crate::error::Result;
use crate::projection::Touched;
use crate::subscriptions::{self, SubscriptionDetail};

/// Customers whose figures are computed together.
const BATCH: usize = 2_000;

static FIGURES: LazyLock<Statement> = LazyLock::new(|| {
    Statement::reading(
        6,
        "UPDATE tenant SET plan = u.c1, seats = u.c2, status = u.c3, mrr = u.c5, \
         currency = coalesce(nullif(u.c4, ''), \
             (SELECT c.currency FROM customer c WHERE c.num = tenant.num), '') \
         FROM given_rows(?1) u WHERE tenant.num = u.c0",
    )
});

static RECURRING: LazyLock<Statement> = LazyLock::new(|| {
    Statement::new(
        "INSERT INTO tenant_mrr (customer_num, currency, mrr) VALUES",
        3,
        "",
    )
});

/// What a tenant's row says beside what its customer says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Figures {
    plan: String,
    seats: Option<i64>,
    status: String,
    currency: String,
    /// In the currency of the most alive subscription; none: cannot be known.
    mrr: Option<i64>,
    /// Every currency in which something recurs; none: cannot be known.
    by_currency: BTreeMap<String, Option<i64>>,
}

/// Computes every tenant's figures.
pub(crate) async fn all(connection: &mut SqliteConnection) -> Result<()> {
    let mut after = 0_i64;
    loop {
        let customers: Vec<i64> =
            sqlx::query_scalar("SELECT num FROM tenant WHERE num > ?1 ORDER BY num LIMIT ?2")
                .bind(after)
                .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
                .fetch_all(&mut *connection)
                .await?;
        let Some(last) = customers.last() else {
            return Ok(());
        };
        after = *last;
        batch(connection, &customers).await?;
    }
}

/// Computes the figures of some customers.
pub(crate) async fn of(connection: &mut SqliteConnection, customers: &BTreeSet<i64>) -> Result<()> {
    let customers: Vec<i64> = customers.iter().copied().collect();
    for customers in customers.chunks(BATCH) {
        batch(connection, customers).await?;
    }
    Ok(())
}

/// The customers whose figures follow from subscriptions and prices that were touched.
pub(crate) async fn owners(
    connection: &mut SqliteConnection,
    touched: &Touched,
) -> Result<Vec<i64>> {
    let mut owners: Vec<i64> = Vec::new();
    if !touched.subscriptions.is_empty() {
        let subscriptions = serde_json::json!(touched.subscriptions).to_string();
        owners.extend(
            sqlx::query_scalar::<_, i64>(
                "SELECT DISTINCT s.customer_num FROM json_each(?1) j \
                 CROSS JOIN subscription s ON s.num = j.value WHERE s.customer_num IS NOT NULL",
            )
            .bind(subscriptions)
            .fetch_all(&mut *connection)
            .await?,
        );
    }
    if !touched.catalogue.is_empty() {
        let catalogue = serde_json::json!(touched.catalogue).to_string();
        for sql in [
            "SELECT DISTINCT s.customer_num FROM json_each(?1) j \
             CROSS JOIN word w ON w.text = j.value \
             JOIN subscription_item i ON i.price = w.num \
             JOIN subscription s ON s.num = i.parent WHERE s.customer_num IS NOT NULL",
            "SELECT DISTINCT s.customer_num FROM json_each(?1) j \
             CROSS JOIN price p ON p.product = j.value \
             JOIN word w ON w.text = p.id \
             JOIN subscription_item i ON i.price = w.num \
             JOIN subscription s ON s.num = i.parent WHERE s.customer_num IS NOT NULL",
            "SELECT DISTINCT d.customer_num FROM json_each(?1) j \
             CROSS JOIN discount d ON d.source_coupon = j.value \
             WHERE d.customer_num IS NOT NULL",
        ] {
            owners.extend(
                sqlx::query_scalar::<_, i64>(sql)
                    .bind(&catalogue)
                    .fetch_all(&mut *connection)
                    .await?,
            );
        }
    }
    Ok(owners)
}

async fn batch(connection: &mut SqliteConnection, customers: &[i64]) -> Result<()> {
    let subscriptions = subscriptions::figures_of_customers(connection, customers).await?;
    let mut by_customer: HashMap<i64, Vec<&SubscriptionDetail>> = HashMap::new();
    for subscription in &subscriptions {
        by_customer
            .entry(subscription.customer_num)
            .or_default()
            .push(subscription);
    }
    sqlx::query("DELETE FROM tenant_mrr WHERE customer_num IN (SELECT value FROM json_each(?1))")
        .bind(serde_json::json!(customers).to_string())
        .execute(&mut *connection)
        .await?;
    let (mut updates, mut recurring) = (Rows::new(&FIGURES), Rows::new(&RECURRING));
    for customer in customers {
        let figures = figures(by_customer.get(customer).map_or(&[][..], Vec::as_slice));
        updates.int(*customer);
        updates.verbatim(&figures.plan);
        updates.int(figures.seats.unwrap_or(-1));
        updates.verbatim(&figures.status);
        updates.verbatim(&figures.currency);
        updates.int(figures.mrr.unwrap_or(-1));
        updates.end_row(connection).await?;
        for (currency, mrr) in &figures.by_currency {
            recurring.int(*customer);
            recurring.verbatim(currency);
            recurring.int(mrr.unwrap_or(-1));
            recurring.end_row(connection).await?;
        }
    }
    updates.finish(connection).await?;
    recurring.finish(connection).await
}

/// What a customer's subscriptions say together. The most alive one gives status and currency (of
/// several the oldest); plan and seats are those of all that are alive; amounts are added within
/// their currency, never across.
fn figures(subscriptions: &[&SubscriptionDetail]) -> Figures {
    let first = |s: &&&SubscriptionDetail| (s.liveliness(), s.row.created, s.row.id.clone());
    let Some(leading) = subscriptions.iter().min_by_key(first) else {
        return Figures {
            status: "none".to_owned(),
            ..Figures::default()
        };
    };
    let alive: Vec<&&SubscriptionDetail> = subscriptions.iter().filter(|s| s.is_alive()).collect();
    let mut plans: Vec<&str> = Vec::new();
    for name in alive
        .iter()
        .flat_map(|s| s.items.iter())
        .map(|item| item.product_name.as_str())
    {
        if !name.is_empty() && !plans.contains(&name) {
            plans.push(name);
        }
    }
    plans.sort_unstable();
    let seats = (!alive.is_empty()).then(|| alive.iter().map(|s| s.seats()).sum());
    let mut by_currency: BTreeMap<String, Option<i64>> = BTreeMap::new();
    for subscription in &alive {
        let sum = by_currency
            .entry(subscription.currency.clone())
            .or_insert(Some(0));
        *sum = sum
            .zip(subscription.mrr)
            .and_then(|(sum, mrr)| sum.checked_add(mrr));
    }
    Figures {
        plan: plans.join(", "),
        seats,
        status: leading.status.clone(),
        currency: leading.currency.clone(),
        mrr: by_currency
            .get(&leading.currency)
            .copied()
            .unwrap_or(Some(0)),
        by_currency,
    }
}
