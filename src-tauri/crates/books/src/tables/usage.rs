//! The table of use against allowances: a row a tenant, for one type of usage.

use billing::usage::UsageState;
use serde::Deserialize;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::filter::{Search, push_in, push_tenant_word, words};
use super::listing::Listing;
use super::ranks::Part;
use super::rows::{flag, json_rows};
use super::{Direction, Page};
use crate::books::Books;
use crate::error::Result;
use crate::usage_state::state_of;

/// Columns by which use can be sorted. What is not known comes first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum UsageSort {
    /// By the share of the allowance that is used.
    #[default]
    Percent,
    /// By state, from within to over.
    State,
    /// By plan.
    Plan,
    /// By the tenant's name, without regard to case.
    Name,
    /// By what was used.
    Used,
    /// By what is left.
    Remaining,
    /// By units beyond the allowance.
    Overage,
    /// By the day on which the allowance runs out; what does not comes last.
    RunsOut,
}

/// Whose use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct UsageFilter {
    /// The number of the type of usage.
    pub usage_type: i64,
    /// Words in name, e-mail, description, ids; all of them.
    pub text: String,
    /// Keys of plans; '' is no plan; any of them.
    pub plans: Vec<String>,
    /// Numbers of states (0 within, 1 near, 2 reached, 3 over), −1 for not known; any of them.
    pub states: Vec<i64>,
    /// Used at least so many hundredths of a percent.
    pub percent_min: Option<i64>,
    /// Used at most so many hundredths of a percent.
    pub percent_max: Option<i64>,
}

/// One row: how a tenant's use stands. Quantities are millionths; what is not known is none.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct UsageRow {
    /// Stripe's customer id.
    pub id: String,
    /// The tenant's name.
    pub name: String,
    /// The product's own id (`metadata.tenantId`).
    pub tenant_id: Option<String>,
    /// The plan's key; none where there is none.
    pub plan: Option<String>,
    /// It holds a price that stands for no confirmed plan.
    #[serde(deserialize_with = "flag")]
    pub unmapped: bool,
    /// The number of the period's first day.
    pub period_start: i64,
    /// The number of the first day after it.
    pub period_end: i64,
    /// The allowance; none too where there is no limit.
    pub allowance: Option<i64>,
    /// There is no limit.
    #[serde(deserialize_with = "flag")]
    pub unlimited: bool,
    /// What was used and is billable.
    pub used: Option<i64>,
    /// What was used and is not.
    pub unbillable: Option<i64>,
    /// Hundredths of a percent.
    pub percent: Option<i64>,
    /// 0 within, 1 near, 2 reached, 3 over.
    pub state: Option<i64>,
    /// Units beyond the allowance.
    pub overage: Option<i64>,
    /// What they cost, in minor units of `overage_currency`.
    pub overage_minor: Option<i64>,
    /// Three letters in lower case.
    pub overage_currency: Option<String>,
    /// When the last record was made, UTC seconds.
    pub last_at: Option<i64>,
    /// The number of the day on which the forecast reaches the allowance.
    pub runs_out: Option<i64>,
}

impl UsageRow {
    /// The state; none where use or allowance is not known.
    #[must_use]
    pub fn standing(&self) -> Option<UsageState> {
        self.state.and_then(state_of)
    }
}

/// The table, filtered and sorted.
#[derive(Clone)]
pub(crate) struct Usage {
    pub(crate) filter: UsageFilter,
    pub(crate) sort: UsageSort,
    pub(crate) search: Search,
}

impl Listing for Usage {
    fn cache_key(&self) -> String {
        format!("usage {:?} {:?} {:?}", self.filter, self.sort, self.search)
    }

    fn push_from(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push("FROM usage_state s JOIN tenant t ON t.num = s.customer");
    }

    fn push_where(&self, query: &mut QueryBuilder<Sqlite>) {
        let filter = &self.filter;
        query.push(" WHERE t.deleted = 0 AND s.type = ");
        query.push_bind(filter.usage_type);
        if !filter.plans.is_empty() {
            query.push(" AND ");
            push_in(query, "s.plan", filter.plans.iter().map(String::as_str));
        }
        if !filter.states.is_empty() {
            query.push(" AND coalesce(s.state, -1) IN (");
            let mut list = query.separated(", ");
            for state in &filter.states {
                list.push_bind(*state);
            }
            query.push(")");
        }
        if let Some(least) = filter.percent_min {
            query.push(" AND s.percent >= ").push_bind(least);
        }
        if let Some(most) = filter.percent_max {
            query.push(" AND s.percent <= ").push_bind(most);
        }
        for word in words(&filter.text) {
            query.push(" AND (");
            push_tenant_word(query, "t.num", &word, self.search);
            query.push(")");
        }
    }

    /// A row a tenant: all are sorted once, and their order is kept.
    fn has_order(&self) -> bool {
        false
    }

    fn keys(&self) -> &'static [&'static str] {
        match self.sort {
            UsageSort::Percent => &[
                "coalesce(s.percent, -1)",
                "coalesce(s.used, -1)",
                "t.name_key",
            ],
            UsageSort::State => &[
                "coalesce(s.state, -1)",
                "coalesce(s.percent, -1)",
                "t.name_key",
            ],
            UsageSort::Plan => &["s.plan", "t.name_key"],
            UsageSort::Name => &["t.name_key"],
            UsageSort::Used => &["coalesce(s.used, -1)", "t.name_key"],
            UsageSort::Remaining => &[
                "coalesce(s.allowance - s.used, -9223372036854775807)",
                "t.name_key",
            ],
            UsageSort::Overage => &["coalesce(s.overage, -1)", "t.name_key"],
            UsageSort::RunsOut => &["coalesce(s.runs_out, 9999999)", "t.name_key"],
        }
    }

    fn num(&self) -> &'static str {
        "t.num"
    }
}

impl Books {
    /// Use against allowances: rows with ranks `first..first + count` (at most 500) of those that
    /// pass `filter`. Call [`Books::bring_usage_up_to_date`] before.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_table(
        &self,
        filter: &UsageFilter,
        sort: UsageSort,
        direction: Direction,
        first: u64,
        count: u32,
    ) -> Result<Page<UsageRow>> {
        let listing = |search| Usage {
            filter: filter.clone(),
            sort,
            search,
        };
        let Part {
            mut snapshot,
            total,
            nums,
        } = self.part(listing, direction, first, count).await?;
        let rows = rows(&mut snapshot, &nums, filter.usage_type).await?;
        Ok(Page { total, first, rows })
    }
}

/// The rows of these tenants for a type, in this order.
pub(crate) async fn rows(
    connection: &mut SqliteConnection,
    nums: &[i64],
    usage_type: i64,
) -> Result<Vec<UsageRow>> {
    let mut query = QueryBuilder::new(
        "SELECT json_group_array(json_array(t.id, t.name, t.tenant_id, nullif(s.plan, ''), \
         s.unmapped, s.period_start, s.period_end, s.allowance, s.unlimited, s.used, \
         s.unbillable, s.percent, s.state, s.overage, s.overage_minor, s.overage_currency, \
         s.last_at, s.runs_out) ORDER BY j.key) FROM json_each(",
    );
    query.push_bind(serde_json::json!(nums).to_string());
    query.push(
        ") j CROSS JOIN tenant t ON t.num = j.value \
         CROSS JOIN usage_state s ON s.customer = j.value AND s.type = ",
    );
    query.push_bind(usage_type);
    json_rows(connection, query).await
}
