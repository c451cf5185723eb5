//! The desk's functions about plans and about how use stands to allowances.

use crate::Result;
use crate::answers::*;
use crate::desk::Desk;

impl Desk {
    /// The catalogue of plans, what prices stand for, and the tenants' own allowances.
    pub async fn plans(&self) -> Result<Plans> {
        self.inner.plans().await
    }

    /// Writes a version of a plan; without `apply` it only says what would come of it. A ledger
    /// entry says so.
    pub async fn set_plan(&self, change: PlanChange, apply: bool) -> Result<Decided> {
        self.inner.set_plan(change, apply).await
    }

    /// Confirms what prices stand for; without `apply` it only says what would come of it. A
    /// ledger entry says so.
    pub async fn map_prices(&self, mapping: PriceMapping, apply: bool) -> Result<Decided> {
        self.inner.map_prices(mapping, apply).await
    }

    /// Gives a tenant an allowance of its own: an override, a top-up or what is carried over;
    /// without `apply` it only says what would come of it. A ledger entry says so.
    pub async fn change_allowance(
        &self,
        request: AllowanceRequest,
        apply: bool,
    ) -> Result<Decided> {
        self.inner.change_allowance(request, apply).await
    }

    /// Ends such an allowance before its time: `last` (`2026-11-30`) is its last day, none: today.
    pub async fn end_allowance(
        &self,
        number: Count,
        last: Option<String>,
        apply: bool,
    ) -> Result<Decided> {
        self.inner.end_allowance(number.0, last, apply).await
    }

    /// A window of the table of use against allowances: at most 500 rows from rank `first`.
    pub async fn usage_tenants(
        &self,
        filter: UsageFilter,
        sort: UsageSort,
        direction: Direction,
        first: Count,
        count: Count,
    ) -> Result<UsagePage> {
        self.inner
            .usage_tenants(&filter, sort, direction, first.0, count.0)
            .await
    }

    /// How a tenant's use stands in the period that runs, from prepared state: what a guard of a
    /// limit asks. An empty type is `ai_credit`.
    pub async fn usage_check(&self, id: String, usage_type: String) -> Result<UsageRow> {
        self.inner.usage_check(&id, &usage_type).await
    }

    /// How a tenant's use stands, and why: the parts of the allowance, the days, the register of
    /// extra credits, earlier periods, the forecast. `day` (`2026-11-01`) chooses a period; none:
    /// the one that runs. An empty type is `ai_credit`.
    pub async fn usage_tenant(
        &self,
        id: String,
        usage_type: String,
        day: Option<String>,
    ) -> Result<TenantUsage> {
        self.inner
            .usage_tenant(&id, &usage_type, day.as_deref())
            .await
    }
}
