//! Usage against limits: quantities, allowance periods, plans, allowances, extra credits, states,
//! forecasts.
//!
//! Nothing here reads or writes, and no clock is asked: the day of a question is given with it.

mod allowance;
mod forecast;
mod period;
mod plan;
mod quantity;
mod register;
mod state;

pub use allowance::{
    Allowed, Holding, Origin, Override, Span, Standing, Step, Terms, overage_price,
};
pub use forecast::{Forecast, ForecastPoint, forecast};
pub use period::{AnchorDay, Anchored, Calendar, Period};
pub use plan::{
    AfterEnd, AtLimit, Catalogue, ChangeRule, Limit, LimitRule, Plan, PlanError, PriceFacts,
    Proposal, is_key,
};
pub use quantity::{Quantity, QuantityError};
pub use register::{Extra, PeriodUse, RegisterRow, register};
pub use state::{UsageState, overage, overage_amount, used_basis_points};

use serde::{Deserialize, Serialize};

/// The usage type of AI credits, a flow.
pub const AI_CREDIT: &str = "ai_credit";
/// The usage type of seats in use, a level.
pub const SEATS_IN_USE: &str = "seats_in_use";
/// The usage type of mailboxes, a level.
pub const MAILBOXES: &str = "mailboxes";

/// How the records of a usage type become one figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Summed: credits used.
    Flow,
    /// The latest value, with its time: seats in use.
    Level,
}
