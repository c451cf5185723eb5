//! Subscriptions with their items, prices, products and discounts, read for many customers at
//! once: a fixed number of statements, however many there are.

use std::collections::HashMap;

use objects::rows::{
    CouponRow, CouponTermsRow, DiscountRow, PriceRow, SubscriptionItemRow, SubscriptionRow,
};
use sqlx::{Row as _, SqliteConnection};

use crate::error::Result;
use crate::mrr;
use crate::projection::{selected, selected_some};
use crate::record::{Record, read, read_some};

/// A subscription as it is held, with all that its figures need.
#[derive(Debug, Clone)]
pub struct SubscriptionDetail {
    pub(crate) num: i64,
    pub(crate) customer_num: i64,
    pub(crate) status: String,
    pub(crate) currency: String,
    /// The subscription itself.
    pub row: SubscriptionRow,
    /// The discount of the whole customer, by id.
    customer_discount: Option<String>,
    /// Its items, in Stripe's order.
    pub items: Vec<ItemDetail>,
    /// Discounts on the whole of it, or else on its customer.
    pub discounts: Vec<DiscountDetail>,
    /// Whether the terms of every discount, the items' own too, are known.
    pub(crate) discounts_known: bool,
    /// Minor units a month; zero unless active or past due; none where it cannot be known.
    pub mrr: Option<i64>,
}

/// An item with its price and the name of its product.
#[derive(Debug, Clone)]
pub struct ItemDetail {
    /// The item itself.
    pub row: SubscriptionItemRow,
    /// Its price, where it is known.
    pub price: Option<PriceRow>,
    /// The price's tiers, JSON.
    pub tiers: Option<String>,
    /// The price's amounts in other currencies, JSON by currency.
    pub currency_options: Option<String>,
    /// The product's name; empty where it is not known.
    pub product_name: String,
    /// What one unit of the product is called.
    pub unit_label: Option<String>,
    /// The item's own discounts.
    pub discounts: Vec<DiscountDetail>,
}

/// A discount with the terms of its coupon.
#[derive(Debug, Clone)]
pub struct DiscountDetail {
    /// The discount itself.
    pub row: DiscountRow,
    /// Its coupon, where it is known.
    pub coupon: Option<CouponRow>,
    /// What the coupon's expansions add; none where Stripe sent none.
    pub terms: Option<CouponTermsRow>,
}

impl SubscriptionDetail {
    /// 0 is the most alive.
    pub(crate) fn liveliness(&self) -> u8 {
        match self.status.as_str() {
            "active" => 0,
            "trialing" => 1,
            "past_due" => 2,
            "unpaid" => 3,
            "paused" => 4,
            "incomplete" => 5,
            "canceled" => 6,
            _ => 7,
        }
    }

    /// Whether the tenant has the plan: not canceled, not merely begun.
    pub(crate) fn is_alive(&self) -> bool {
        self.liveliness() <= 4
    }

    /// Units of what is sold by the unit; metered items have none.
    pub(crate) fn seats(&self) -> i64 {
        self.items
            .iter()
            .filter_map(|item| item.row.quantity)
            .fold(0, i64::saturating_add)
    }
}

/// How much of subscriptions and items is read. Their prices and discounts are read whole.
#[derive(Clone, Copy)]
struct Wanted {
    of_subscriptions: &'static [&'static str],
    of_items: &'static [&'static str],
}

const EVERYTHING: Wanted = Wanted {
    of_subscriptions: SubscriptionRow::COLUMNS,
    of_items: SubscriptionItemRow::COLUMNS,
};

/// What a tenant's figures are computed from.
const FOR_FIGURES: Wanted = Wanted {
    of_subscriptions: &["id", "status", "currency", "created", "discounts"],
    of_items: &["price", "quantity", "current_trial", "discounts"],
};

/// The subscriptions of some customers, with everything in them.
pub(crate) async fn of_customers(
    connection: &mut SqliteConnection,
    customers: &[i64],
) -> Result<Vec<SubscriptionDetail>> {
    held(connection, customers, EVERYTHING).await
}

/// The same with no more in the rows of subscriptions and items than their figures follow from.
pub(crate) async fn figures_of_customers(
    connection: &mut SqliteConnection,
    customers: &[i64],
) -> Result<Vec<SubscriptionDetail>> {
    held(connection, customers, FOR_FIGURES).await
}

async fn held(
    connection: &mut SqliteConnection,
    customers: &[i64],
    wanted: Wanted,
) -> Result<Vec<SubscriptionDetail>> {
    let customers = serde_json::json!(customers).to_string();
    let mut held = heads(connection, &customers, wanted).await?;
    let mut items = items(connection, &held, wanted).await?;
    let discounts = discounts(connection, &held, &items).await?;
    for subscription in &mut held {
        let mut known = true;
        let mut take = |json: Option<&str>| {
            let (found, whole) = take(&discounts, &ids(json));
            known &= whole;
            found
        };
        subscription.items = items.remove(&subscription.num).unwrap_or_default();
        for item in &mut subscription.items {
            item.discounts = take(item.row.discounts.as_deref());
        }
        subscription.discounts = take(subscription.row.discounts.as_deref());
        // A customer's own discount counts where the subscription has none.
        if subscription.discounts.is_empty()
            && let Some(discount) = subscription.customer_discount.clone()
        {
            let (found, whole) = self::take(&discounts, &[discount]);
            subscription.discounts = found;
            known &= whole;
        }
        subscription.discounts_known = known;
        subscription.mrr = mrr::of(subscription);
    }
    Ok(held)
}

async fn heads(
    connection: &mut SqliteConnection,
    customers: &str,
    wanted: Wanted,
) -> Result<Vec<SubscriptionDetail>> {
    let sql = format!(
        "SELECT s.num, s.customer_num, c.discount, {} FROM json_each(?1) j \
         CROSS JOIN subscription s ON s.customer_num = j.value \
         LEFT JOIN customer c ON c.num = s.customer_num ORDER BY s.num",
        selected_some::<SubscriptionRow>("s", wanted.of_subscriptions),
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(customers)
        .fetch_all(connection)
        .await?;
    rows.iter()
        .map(|row| {
            let subscription: SubscriptionRow = read_some(row, 3, wanted.of_subscriptions)?;
            Ok(SubscriptionDetail {
                num: row.try_get(0)?,
                customer_num: row.try_get(1)?,
                customer_discount: row.try_get(2)?,
                status: subscription.status.clone(),
                currency: subscription.currency.clone(),
                row: subscription,
                items: Vec::new(),
                discounts: Vec::new(),
                discounts_known: true,
                mrr: None,
            })
        })
        .collect()
}

async fn items(
    connection: &mut SqliteConnection,
    subscriptions: &[SubscriptionDetail],
    wanted: Wanted,
) -> Result<HashMap<i64, Vec<ItemDetail>>> {
    let parents: Vec<i64> = subscriptions.iter().map(|s| s.num).collect();
    let sql = format!(
        "SELECT i.parent, {} FROM json_each(?1) j \
         CROSS JOIN subscription_item i ON i.parent = j.value ORDER BY i.parent, i.n",
        selected_some::<SubscriptionItemRow>("i", wanted.of_items),
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(serde_json::json!(parents).to_string())
        .fetch_all(&mut *connection)
        .await?;
    let ids: HashMap<i64, &str> = subscriptions
        .iter()
        .map(|s| (s.num, s.row.id.as_str()))
        .collect();
    let mut found = Vec::with_capacity(rows.len());
    for row in &rows {
        let parent: i64 = row.try_get(0)?;
        let subscription = ids.get(&parent).map(|id| (*id).to_owned());
        let item: SubscriptionItemRow = read_some(row, 1, wanted.of_items)?;
        found.push((
            parent,
            SubscriptionItemRow {
                subscription,
                ..item
            },
        ));
    }
    let prices = prices(connection, found.iter().map(|(_, item)| item)).await?;
    let mut items: HashMap<i64, Vec<ItemDetail>> = HashMap::new();
    for (parent, row) in found {
        let known = row.price.as_ref().and_then(|id| prices.get(id));
        let known = known.cloned().unwrap_or_default();
        items.entry(parent).or_default().push(ItemDetail {
            row,
            price: known.row,
            tiers: known.tiers,
            currency_options: known.currency_options,
            product_name: known.product_name.unwrap_or_default(),
            unit_label: known.unit_label,
            discounts: Vec::new(),
        });
    }
    Ok(items)
}

/// A price with what its expansions and its product add.
#[derive(Clone, Default)]
struct KnownPrice {
    row: Option<PriceRow>,
    tiers: Option<String>,
    currency_options: Option<String>,
    product_name: Option<String>,
    unit_label: Option<String>,
}

/// The prices of items, by id: each once, as many items share a few.
async fn prices(
    connection: &mut SqliteConnection,
    items: impl Iterator<Item = &SubscriptionItemRow>,
) -> Result<HashMap<String, KnownPrice>> {
    let mut ids: Vec<&str> = items.filter_map(|item| item.price.as_deref()).collect();
    ids.sort_unstable();
    ids.dedup();
    let sql = format!(
        "SELECT po.id, t.tiers, t.currency_options, d.name, d.unit_label, {} \
         FROM json_each(?1) j CROSS JOIN object po ON po.kind = 3 AND po.id = j.value \
         LEFT JOIN price p ON p.num = po.num \
         LEFT JOIN price_tiers t ON t.num = po.num \
         LEFT JOIN object do ON do.kind = 2 AND do.id = p.product \
         LEFT JOIN product d ON d.num = do.num",
        selected::<PriceRow>("p"),
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(serde_json::json!(ids).to_string())
        .fetch_all(connection)
        .await?;
    let mut prices = HashMap::with_capacity(rows.len());
    for row in &rows {
        let price: PriceRow = read(row, 5)?;
        let known = KnownPrice {
            row: (!price.id.is_empty()).then_some(price),
            tiers: row.try_get(1)?,
            currency_options: row.try_get(2)?,
            product_name: row.try_get(3)?,
            unit_label: row.try_get(4)?,
        };
        prices.insert(row.try_get(0)?, known);
    }
    Ok(prices)
}

/// The ids in a JSON array of ids.
fn ids(json: Option<&str>) -> Vec<String> {
    match json {
        None | Some("[]" | "null") => Vec::new(),
        Some(json) => serde_json::from_str(json).unwrap_or_default(),
    }
}

async fn discounts(
    connection: &mut SqliteConnection,
    subscriptions: &[SubscriptionDetail],
    items: &HashMap<i64, Vec<ItemDetail>>,
) -> Result<HashMap<String, DiscountDetail>> {
    let on_items = items
        .values()
        .flatten()
        .map(|item| item.row.discounts.as_deref());
    let wanted: Vec<String> = subscriptions
        .iter()
        .map(|subscription| subscription.row.discounts.as_deref())
        .chain(on_items)
        .flat_map(ids)
        .chain(
            subscriptions
                .iter()
                .filter_map(|s| s.customer_discount.clone()),
        )
        .collect();
    by_id(connection, &wanted).await
}

/// Discounts with their coupons, by id.
pub(crate) async fn by_id(
    connection: &mut SqliteConnection,
    wanted: &[String],
) -> Result<HashMap<String, DiscountDetail>> {
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT {}, {}, {} FROM json_each(?1) j \
         CROSS JOIN object o ON o.kind = 5 AND o.id = j.value \
         JOIN discount d ON d.num = o.num \
         LEFT JOIN object co ON co.kind = 4 AND co.id = d.source_coupon \
         LEFT JOIN coupon c ON c.num = co.num \
         LEFT JOIN coupon_terms t ON t.num = co.num",
        selected::<DiscountRow>("d"),
        selected::<CouponRow>("c"),
        selected::<CouponTermsRow>("t"),
    );
    let rows = sqlx::query(sqlx::AssertSqlSafe(sql))
        .bind(serde_json::json!(wanted).to_string())
        .fetch_all(connection)
        .await?;
    let coupon_at = DiscountRow::COLUMNS.len();
    let terms_at = coupon_at + CouponRow::COLUMNS.len();
    let mut discounts = HashMap::new();
    for row in &rows {
        let discount: DiscountRow = read(row, 0)?;
        let coupon: CouponRow = read(row, coupon_at)?;
        let coupon = (!coupon.id.is_empty()).then_some(coupon);
        let terms: CouponTermsRow = read(row, terms_at)?;
        let terms = (!terms.coupon.is_empty()).then_some(terms);
        discounts.insert(
            discount.id.clone(),
            DiscountDetail {
                row: discount,
                coupon,
                terms,
            },
        );
    }
    Ok(discounts)
}

/// The discounts of these ids, and whether the terms of all of them are known: a discount stays
/// in force when its coupon is deleted, and a figure without it would be wrong.
fn take(
    discounts: &HashMap<String, DiscountDetail>,
    ids: &[String],
) -> (Vec<DiscountDetail>, bool) {
    let found: Vec<DiscountDetail> = ids
        .iter()
        .filter_map(|id| discounts.get(id).cloned())
        .collect();
    let whole = found.len() == ids.len()
        && found
            .iter()
            .all(|discount| discount.row.deleted || discount.coupon.is_some());
    (found, whole)
}
