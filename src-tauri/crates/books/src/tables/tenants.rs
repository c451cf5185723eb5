//! The tenants' table.

use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::filter::{Search, push_in, push_past_due, push_tenant_word, words};
use super::listing::Listing;
use super::ranks::Part;
use super::rows::{flag, json_rows};
use super::states::TenantState;
use super::{Direction, Page};
use crate::books::Books;
use crate::error::Result;

/// Columns by which tenants can be sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum TenantSort {
    /// By name, without regard to case.
    #[default]
    Name,
    /// By plan.
    Plan,
    /// By seats.
    Seats,
    /// By MRR, within currencies.
    Mrr,
    /// By account balance, within currencies.
    Balance,
    /// By what is past due, within currencies.
    PastDue,
    /// By when the customer was created.
    Created,
}

/// Which tenants.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TenantFilter {
    /// Words in name, e-mail, description, ids; all of them.
    pub text: String,
    /// Names of products; any of them.
    pub plans: Vec<String>,
    /// Stripe's subscription statuses, `none`, `trial_ending`, `cancelling`; any of them.
    pub statuses: Vec<String>,
    /// Currencies in either case; any of them.
    pub currencies: Vec<String>,
    /// Only those with something past due.
    pub past_due: bool,
    /// Deleted customers too.
    pub include_deleted: bool,
}

/// One row of the tenants' table. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TenantRow {
    /// Stripe's id.
    pub id: String,
    /// The name, else the business, the person, the e-mail, the id.
    pub name: String,
    /// The product's own id (`metadata.tenantId`).
    pub tenant_id: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Names of the products of its living subscriptions, joined by ", ".
    pub plan: Option<String>,
    /// Units of its living subscriptions; none without one.
    pub seats: Option<i64>,
    /// Status of the most alive subscription; none without one.
    pub status: Option<String>,
    /// Three letters in lower case; none where nothing says it.
    pub currency: Option<String>,
    /// Monthly recurring revenue; none where it cannot be known.
    pub mrr: Option<i64>,
    /// What its open invoices of that currency still ask for.
    pub open: i64,
    /// What is past the due date or after a failed payment, in `past_due_currency`.
    pub past_due: i64,
    /// That of the row where something is past due in it, else the one that most is owed in.
    pub past_due_currency: Option<String>,
    /// In how many other currencies something is past due too.
    pub past_due_others: i64,
    /// Account balance as Stripe has it: negative is credit. In `balance_currency`.
    pub balance: i64,
    /// The customer's own currency.
    pub balance_currency: Option<String>,
    /// When Stripe created the customer, UTC seconds.
    pub created: i64,
    /// Deleted at Stripe.
    #[serde(deserialize_with = "flag")]
    pub deleted: bool,
}

/// The tenants' table, filtered and sorted.
#[derive(Clone)]
pub(crate) struct Tenants {
    pub(crate) filter: TenantFilter,
    pub(crate) sort: TenantSort,
    pub(crate) now: i64,
    pub(crate) search: Search,
}

impl Tenants {
    fn states(&self) -> impl Iterator<Item = TenantState> {
        let names = self.filter.statuses.iter();
        names.filter_map(|name| TenantState::named(name))
    }

    fn depends_on_now(&self) -> bool {
        self.filter.past_due
            || self.sort == TenantSort::PastDue
            || self.states().any(TenantState::depends_on_now)
    }
}

impl Listing for Tenants {
    fn cache_key(&self) -> String {
        let now = self.depends_on_now().then_some(self.now);
        format!(
            "tenants {:?} {:?} {now:?} {:?}",
            self.filter, self.sort, self.search
        )
    }

    fn push_from(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push("FROM tenant t");
        if self.sort == TenantSort::PastDue {
            push_due_join(query, None, self.now);
        }
    }

    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        let filter = &self.filter;
        query.push(if filter.include_deleted {
            " WHERE 1"
        } else {
            " WHERE t.deleted = 0"
        });
        if !filter.plans.is_empty() {
            query.push(" AND (0");
            for plan in &filter.plans {
                query.push(" OR instr(', ' || t.plan || ', ', ");
                query.push_bind(format!(", {plan}, ")).push(") > 0");
            }
            query.push(")");
        }
        if !filter.statuses.is_empty() {
            // A name that is a state of ours is no status of Stripe's, so it finds nothing here.
            query.push(" AND (");
            push_in(
                query,
                "t.status",
                filter.statuses.iter().map(String::as_str),
            );
            for state in self.states() {
                query.push(" OR ");
                state.push(query, "t.num", self.now);
            }
            query.push(")");
        }
        if !filter.currencies.is_empty() {
            let lower: Vec<String> = filter.currencies.iter().map(|c| c.to_lowercase()).collect();
            query.push(" AND ");
            push_in(query, "t.currency", lower.iter().map(String::as_str));
        }
        if filter.past_due {
            query.push(" AND EXISTS (SELECT 1 FROM invoice i WHERE i.customer_num = t.num AND ");
            push_past_due(query, "i", self.now);
            query.push(")");
        }
        for word in words(&filter.text) {
            query.push(" AND (");
            push_tenant_word(query, "t.num", &word, self.search);
            query.push(")");
        }
    }

    fn has_order(&self) -> bool {
        match self.sort {
            // Deleted ones are not in the index.
            TenantSort::Name => !self.filter.include_deleted,
            TenantSort::Seats | TenantSort::Balance | TenantSort::PastDue => false,
            // The other indexes are built when a load is through.
            _ => self.search == Search::Built,
        }
    }

    fn keys(&self) -> &'static [&'static str] {
        match self.sort {
            TenantSort::Name => &["t.name_key"],
            TenantSort::Plan => &["t.plan", "t.name_key"],
            TenantSort::Seats => &["t.seats"],
            TenantSort::Mrr => &["t.currency", "t.mrr"],
            TenantSort::Balance => &["t.balance_currency", "t.balance"],
            TenantSort::PastDue => &["coalesce(d.currency, t.currency)", "coalesce(d.amount, 0)"],
            TenantSort::Created => &["t.created"],
        }
    }

    fn num(&self) -> &'static str {
        "t.num"
    }
}

impl Books {
    /// Tenants with ranks `first..first + count` (at most 500) of those that pass `filter`.
    /// `now` (UTC seconds) decides what is past due.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn tenants(
        &self,
        filter: &TenantFilter,
        sort: TenantSort,
        direction: Direction,
        first: u64,
        count: u32,
        now: i64,
    ) -> Result<Page<TenantRow>> {
        let listing = |search| Tenants {
            filter: filter.clone(),
            sort,
            now: minute(now),
            search,
        };
        let Part {
            mut snapshot,
            total,
            nums,
        } = self.part(listing, direction, first, count).await?;
        let rows = rows(&mut snapshot, &nums, now).await?;
        Ok(Page { total, first, rows })
    }
}

/// Past due changes with time: within a minute the same index serves.
pub(crate) fn minute(now: i64) -> i64 {
    now - now.rem_euclid(60)
}

/// Joins what each tenant (or each of `nums`, a JSON array) is past due with as `d`: one row a
/// tenant, in its own currency where it owes in that, else in the one that it owes most in.
fn push_due_join(query: &mut QueryBuilder<Sqlite>, nums: Option<&str>, now: i64) {
    query.push(
        " LEFT JOIN (SELECT customer_num, currency, amount, others FROM (\
         SELECT s.customer_num, s.currency, s.amount, \
         count(*) OVER (PARTITION BY s.customer_num) - 1 AS others, \
         row_number() OVER (PARTITION BY s.customer_num \
             ORDER BY s.currency <> own.currency, s.amount DESC, s.currency) AS place \
         FROM (SELECT i.customer_num, i.currency, sum(i.amount_remaining) AS amount \
             FROM invoice i WHERE ",
    );
    if let Some(nums) = nums {
        query.push("i.customer_num IN (SELECT value FROM json_each(");
        query.push_bind(nums.to_owned()).push(")) AND ");
    }
    push_past_due(query, "i", now);
    query.push(
        " GROUP BY i.customer_num, i.currency) s \
         JOIN tenant own ON own.num = s.customer_num) WHERE place = 1) d \
         ON d.customer_num = t.num",
    );
}

/// The rows of these tenants, in this order.
pub(crate) async fn rows(
    connection: &mut SqliteConnection,
    nums: &[i64],
    now: i64,
) -> Result<Vec<TenantRow>> {
    let nums = serde_json::json!(nums).to_string();
    let mut query = QueryBuilder::new(
        "SELECT json_group_array(json_array(t.id, t.name, t.tenant_id, t.email, \
         nullif(t.plan, ''), nullif(t.seats, -1), nullif(t.status, 'none'), \
         nullif(t.currency, ''), \
         CASE t.currency WHEN '' THEN NULL ELSE nullif(t.mrr, -1) END, \
         coalesce((SELECT sum(i.amount_remaining) FROM invoice i WHERE i.customer_num = t.num \
             AND i.status = 'open' AND i.currency = t.currency), 0), \
         coalesce(d.amount, 0), coalesce(d.currency, nullif(t.currency, '')), \
         coalesce(d.others, 0), t.balance, \
         coalesce(nullif(t.balance_currency, ''), nullif(t.currency, '')), \
         t.created, t.deleted) ORDER BY j.key) FROM json_each(",
    );
    query.push_bind(nums.clone());
    query.push(") j CROSS JOIN tenant t ON t.num = j.value");
    push_due_join(&mut query, Some(&nums), now);
    json_rows(connection, query).await
}
