//! The invoices' table.

use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::filter::{
    Search, fts_word, push_id_word, push_in, push_past_due, push_tenant_word, words,
};
use super::listing::Listing;
use super::names::ProductNames;
use super::ranks::Part;
use super::rows::{flag, json_rows};
use super::states::InvoiceState;
use super::tenants::minute;
use super::{Direction, Page};
use crate::books::Books;
use crate::error::Result;

/// Columns by which invoices can be sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum InvoiceSort {
    /// By accounting date (finalised; drafts by created).
    #[default]
    Finalized,
    /// By created.
    Created,
    /// By number.
    Number,
    /// By tenant's name.
    Tenant,
    /// By total, within currencies.
    Total,
    /// By what remains, within currencies.
    Remaining,
    /// By due date; those without one are the smallest.
    Due,
    /// By status.
    Status,
}

/// Which invoices. Invoices that were deleted as drafts are in none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct InvoiceFilter {
    /// Words in number, description, tenant, ids; all of them.
    pub text: String,
    /// Stripe's statuses, `past_due`, `payment_failed`, `draft_old`; any of them.
    pub statuses: Vec<String>,
    /// Finalised at or after, UTC seconds.
    pub finalized_from: Option<i64>,
    /// Finalised before, UTC seconds.
    pub finalized_before: Option<i64>,
    /// Names of products on the lines; any of them.
    pub plans: Vec<String>,
    /// Currencies in either case; any of them.
    pub currencies: Vec<String>,
    /// Total of at least, minor units.
    pub total_min: Option<i64>,
    /// Total of at most, minor units.
    pub total_max: Option<i64>,
    /// Stripe's id of one customer.
    pub customer: Option<String>,
}

/// One row of the invoices' table. Amounts are minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct InvoiceRow {
    /// Stripe's id.
    pub id: String,
    /// Its number; drafts have none.
    pub number: Option<String>,
    /// Stripe's customer id.
    pub customer: Option<String>,
    /// The tenant's name, else the name on the invoice, else an id.
    pub tenant: String,
    /// Stripe's status.
    pub status: String,
    /// Open, and past its due date or with a failed payment.
    #[serde(deserialize_with = "flag")]
    pub past_due: bool,
    /// Names of the products on its lines, joined by ", ".
    pub plan: Option<String>,
    /// Three letters in lower case.
    pub currency: String,
    /// Total.
    pub total: i64,
    /// Paid.
    pub amount_paid: i64,
    /// Still to pay.
    pub amount_remaining: i64,
    /// Created, UTC seconds.
    pub created: i64,
    /// Finalised, UTC seconds: the accounting date.
    pub finalized_at: Option<i64>,
    /// Due, UTC seconds.
    pub due_date: Option<i64>,
    /// Paid, UTC seconds.
    pub paid_at: Option<i64>,
}

/// The invoices' table, filtered and sorted.
#[derive(Clone)]
pub(crate) struct Invoices {
    pub(crate) filter: InvoiceFilter,
    pub(crate) sort: InvoiceSort,
    pub(crate) now: i64,
    pub(crate) search: Search,
}

impl Invoices {
    fn states(&self) -> impl Iterator<Item = InvoiceState> {
        let names = self.filter.statuses.iter();
        names.filter_map(|name| InvoiceState::named(name))
    }

    fn depends_on_now(&self) -> bool {
        self.states().any(InvoiceState::depends_on_now)
    }

    fn push_statuses(&self, query: &mut QueryBuilder<Sqlite>, reach: Reach) {
        let statuses = &self.filter.statuses;
        if statuses.is_empty() {
            return;
        }
        let plain: Vec<&str> = statuses
            .iter()
            .map(String::as_str)
            .filter(|status| InvoiceState::named(status).is_none())
            .collect();
        reach.push_and(query);
        // An empty list would hide the index of open invoices.
        if !plain.is_empty() {
            push_in(query, "i.status", plain.iter().copied());
        }
        for (n, state) in self.states().enumerate() {
            if n > 0 || !plain.is_empty() {
                query.push(" OR ");
            }
            state.push(query, "i", self.now);
        }
        query.push(")");
    }

    fn push_plans(&self, query: &mut QueryBuilder<Sqlite>, reach: Reach) {
        if self.filter.plans.is_empty() {
            return;
        }
        reach.push_and(query);
        // Along an order each row is looked up; otherwise the plan finds the rows.
        query.push(match reach {
            Reach::Any => "i.num IN (SELECT d.num FROM invoice_digest d WHERE d.product_set IN (",
            Reach::InOrder => {
                "EXISTS (SELECT 1 FROM invoice_digest d WHERE d.num = i.num \
                 AND d.product_set IN ("
            }
        });
        query.push("SELECT s.num FROM product_set s WHERE EXISTS (SELECT 1 FROM product p WHERE ");
        push_in(
            query,
            "p.name",
            self.filter.plans.iter().map(String::as_str),
        );
        query.push(" AND instr(' ' || s.products || ' ', ' ' || p.id || ' ') > 0))))");
    }

    fn push_words(&self, query: &mut QueryBuilder<Sqlite>, reach: Reach) {
        for word in words(&self.filter.text) {
            reach.push_and(query);
            match self.search {
                Search::Built => {
                    query.push(
                        "i.num IN (SELECT rowid FROM invoice_search WHERE invoice_search MATCH ",
                    );
                    query.push_bind(fts_word(&word)).push(")");
                }
                Search::NotYet => {
                    query.push("instr(lower(coalesce(i.number, '')), ");
                    query.push_bind(word.to_lowercase()).push(") > 0");
                }
            }
            push_id_word(query, "i.num", 8, &word);
            query.push(" OR ");
            push_tenant_word(query, "i.customer_num", &word, self.search);
            query.push(")");
        }
    }

    fn push_amounts(&self, query: &mut QueryBuilder<Sqlite>, reach: Reach) {
        if let Some(min) = self.filter.total_min {
            reach.push_and(query);
            query.push("i.total >= ").push_bind(min).push(")");
        }
        if let Some(max) = self.filter.total_max {
            reach.push_and(query);
            query.push("i.total <= ").push_bind(max).push(")");
        }
    }

    fn push_dates(&self, query: &mut QueryBuilder<Sqlite>, reach: Reach) {
        let filter = &self.filter;
        if filter.finalized_from.is_some() || filter.finalized_before.is_some() {
            reach.push_and(query);
            query.push("i.status_transitions_finalized_at IS NOT NULL)");
        }
        let reach = reach.unless(self.sort == InvoiceSort::Finalized);
        if let Some(from) = filter.finalized_from {
            reach.push_and(query);
            query.push("i.accounted_at >= ").push_bind(from).push(")");
        }
        if let Some(before) = filter.finalized_before {
            reach.push_and(query);
            query.push("i.accounted_at < ").push_bind(before).push(")");
        }
    }

    fn push_conditions(&self, query: &mut QueryBuilder<Sqlite>, reach: Reach) {
        let filter = &self.filter;
        query.push(" WHERE i.deleted = 0");
        self.push_statuses(query, reach);
        self.push_dates(query, reach);
        if !filter.currencies.is_empty() {
            let lower: Vec<String> = filter.currencies.iter().map(|c| c.to_lowercase()).collect();
            reach.push_and(query);
            push_in(query, "i.currency", lower.iter().map(String::as_str));
            query.push(")");
        }
        self.push_amounts(query, reach);
        if let Some(customer) = &filter.customer {
            // The index of a customer's invoices holds them by accounting date.
            reach
                .unless(self.sort == InvoiceSort::Finalized)
                .push_and(query);
            query.push("i.customer_num = (SELECT num FROM object WHERE kind = 1 AND id = ");
            query.push_bind(customer.clone()).push("))");
        }
        self.push_plans(query, reach);
        self.push_words(query, reach);
    }

    /// Where in the index of the sort the rows can be: what the conditions say about its first
    /// columns, once more.
    fn push_range(&self, query: &mut QueryBuilder<Sqlite>) {
        match self.sort {
            InvoiceSort::Total => {
                let bounds = (self.filter.total_min, self.filter.total_max);
                self.push_amount_range(query, "coalesce(i.total, 0)", bounds);
            }
            InvoiceSort::Remaining => {
                self.push_amount_range(query, "coalesce(i.amount_remaining, 0)", (None, None));
            }
            InvoiceSort::Status => self.push_status_range(query),
            _ => {}
        }
    }

    /// The amount is bounded in any case: two columns decide for this index and no other.
    fn push_amount_range(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        amount: &str,
        (min, max): (Option<i64>, Option<i64>),
    ) {
        let [currency] = self.filter.currencies.as_slice() else {
            return;
        };
        query.push(" AND i.currency = ");
        query.push_bind(currency.to_lowercase());
        query.push(" AND ").push(amount).push(" >= ");
        query.push_bind(min.unwrap_or(i64::MIN));
        query.push(" AND ").push(amount).push(" <= ");
        query.push_bind(max.unwrap_or(i64::MAX));
    }

    fn push_status_range(&self, query: &mut QueryBuilder<Sqlite>) {
        let names = self.filter.statuses.iter();
        let statuses = names.map(|name| InvoiceState::status(name));
        let (first, last) = (statuses.clone().min(), statuses.max());
        if let (Some(first), Some(last)) = (first, last) {
            query.push(" AND coalesce(i.status, '') >= ");
            query.push_bind(first.to_owned());
            query.push(" AND coalesce(i.status, '') <= ");
            query.push_bind(last.to_owned());
        }
    }
}

/// Which indexes a condition may be answered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// Any: how many rows there are, what they add up to.
    Any,
    /// That of the sort alone: the planner does not look behind a plus sign.
    InOrder,
}

impl Reach {
    fn push_and(self, query: &mut QueryBuilder<Sqlite>) {
        query.push(match self {
            Self::Any => " AND (",
            Self::InOrder => " AND +(",
        });
    }

    /// Any where the sort's own index answers the condition.
    fn unless(self, own: bool) -> Self {
        if own { Self::Any } else { self }
    }
}

impl Listing for Invoices {
    fn cache_key(&self) -> String {
        let now = self.depends_on_now().then_some(self.now);
        format!(
            "invoices {:?} {:?} {now:?} {:?}",
            self.filter, self.sort, self.search
        )
    }

    fn push_from(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push("FROM invoice i");
        if self.sort == InvoiceSort::Tenant {
            query.push(" LEFT JOIN tenant t ON t.num = i.customer_num");
        }
    }

    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        self.push_conditions(query, Reach::Any);
    }

    fn push_where_in_order(&self, query: &mut QueryBuilder<Sqlite>) {
        self.push_conditions(query, Reach::InOrder);
        self.push_range(query);
    }

    fn has_order(&self) -> bool {
        match self.sort {
            InvoiceSort::Finalized => true,
            // A tenant's name stands in another table.
            InvoiceSort::Tenant => false,
            // The other indexes are built when a load is through.
            _ => self.search == Search::Built,
        }
    }

    fn keys(&self) -> &'static [&'static str] {
        match self.sort {
            InvoiceSort::Finalized => &["i.accounted_at"],
            InvoiceSort::Created => &["i.created"],
            InvoiceSort::Number => &["coalesce(i.number, '')"],
            InvoiceSort::Tenant => &["coalesce(t.name_key, '')"],
            InvoiceSort::Total => &["i.currency", "coalesce(i.total, 0)"],
            InvoiceSort::Remaining => &["i.currency", "coalesce(i.amount_remaining, 0)"],
            InvoiceSort::Due => &["coalesce(i.due_date, 0)"],
            InvoiceSort::Status => &["coalesce(i.status, '')", "i.accounted_at"],
        }
    }

    fn num(&self) -> &'static str {
        "i.num"
    }
}

impl Books {
    /// Invoices with ranks `first..first + count` (at most 500) of those that pass `filter`.
    /// `now` (UTC seconds) decides what is past due.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn invoices(
        &self,
        filter: &InvoiceFilter,
        sort: InvoiceSort,
        direction: Direction,
        first: u64,
        count: u32,
        now: i64,
    ) -> Result<Page<InvoiceRow>> {
        let listing = |search| Invoices {
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

/// The rows of these invoices, in this order.
pub(crate) async fn rows(
    connection: &mut SqliteConnection,
    nums: &[i64],
    now: i64,
) -> Result<Vec<InvoiceRow>> {
    let mut query = QueryBuilder::new(
        "SELECT json_group_array(json_array(i.id, i.number, o.id, \
         coalesce(t.name, i.customer_name, i.customer_email, o.id, ''), coalesce(i.status, ''), ",
    );
    push_past_due(&mut query, "i", now);
    query.push(
        ", s.products, i.currency, coalesce(i.total, 0), coalesce(i.amount_paid, 0), \
         coalesce(i.amount_remaining, 0), i.created, i.status_transitions_finalized_at, \
         i.due_date, i.status_transitions_paid_at) ORDER BY j.key) FROM json_each(",
    );
    query.push_bind(serde_json::json!(nums).to_string());
    query.push(
        ") j CROSS JOIN invoice i ON i.num = j.value \
         LEFT JOIN tenant t ON t.num = i.customer_num \
         LEFT JOIN object o ON o.num = i.customer_num \
         LEFT JOIN invoice_digest d ON d.num = i.num \
         LEFT JOIN product_set s ON s.num = d.product_set",
    );
    let mut rows: Vec<InvoiceRow> = json_rows(connection, query).await?;
    let mut names = ProductNames::default();
    names
        .learn(
            connection,
            rows.iter().filter_map(|row| row.plan.as_deref()),
        )
        .await?;
    for row in &mut rows {
        row.plan = row.plan.as_deref().and_then(|set| names.plan(set));
    }
    Ok(rows)
}
