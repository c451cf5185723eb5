//! Charts: of one tenant's use against its limit, and of all tenants together.
//!
//! A chart is made from plain numbers and days, into a [`Picture`]: a drawing that becomes SVG or
//! PNG, the positions of its marks for the pointer and the keyboard, a table of its values and a
//! sentence for who does not see it. The same input gives the same bytes on every machine: text is
//! measured and drawn with fonts that are part of the program.

mod axis;
mod ink;
mod letters;
mod overview;
mod paint;
mod picture;
mod scene;
mod tenant;
mod words;

#[cfg(test)]
mod tests;

pub use ink::Look;
pub use overview::{
    Bucket, MonthOfUse, NearTenant, OverviewChart, PlanUse, distribution, nearest, overview, trend,
    unused,
};
pub use picture::{ChartError, Column, Picture, Place, Size, Table, Value};
pub use tenant::{
    DayOfUse, EarlierPeriod, Expectation, ExpectedDay, LimitMark, LimitStep, TenantUsageChart,
    tenant_usage,
};
