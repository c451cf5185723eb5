//! The table of states: written for the period that runs, read by checks and tables.

use billing::usage::{Allowed, Origin, Quantity, UsageState};
use serde_json::json;
use sqlx::SqliteConnection;

use super::day_number;
use super::judge::PeriodState;
use crate::error::Result;

/// Writes the states of these customers in place of those that stand, and takes their marks away.
/// Says whether anything changed.
pub(super) async fn store(
    connection: &mut SqliteConnection,
    customers: &[i64],
    states: &[PeriodState],
) -> Result<bool> {
    let held = json!(customers).to_string();
    let rows: Vec<serde_json::Value> = states.iter().map(row).collect();
    let gone = sqlx::query(
        "DELETE FROM usage_state WHERE customer IN (SELECT value FROM json_each(?1)) \
         AND NOT EXISTS (SELECT 1 FROM json_each(?2) j WHERE j.value ->> 0 = customer \
             AND j.value ->> 1 = type)",
    );
    let rows = json!(rows).to_string();
    let gone = gone
        .bind(&held)
        .bind(&rows)
        .execute(&mut *connection)
        .await?;
    let written = sqlx::query(
        "INSERT INTO usage_state (customer, type, period_start, period_end, plan, unmapped, \
         allowance, unlimited, used, unbillable, percent, state, overage, overage_minor, \
         overage_currency, last_at, runs_out, holds_until) \
         SELECT j.value ->> 0, j.value ->> 1, j.value ->> 2, j.value ->> 3, j.value ->> 4, \
         j.value ->> 5, j.value ->> 6, j.value ->> 7, j.value ->> 8, j.value ->> 9, \
         j.value ->> 10, j.value ->> 11, j.value ->> 12, j.value ->> 13, j.value ->> 14, \
         j.value ->> 15, j.value ->> 16, j.value ->> 17 FROM json_each(?1) j WHERE 1 \
         ON CONFLICT (customer, type) DO UPDATE SET period_start = excluded.period_start, \
         period_end = excluded.period_end, plan = excluded.plan, unmapped = excluded.unmapped, \
         allowance = excluded.allowance, unlimited = excluded.unlimited, used = excluded.used, \
         unbillable = excluded.unbillable, percent = excluded.percent, state = excluded.state, \
         overage = excluded.overage, overage_minor = excluded.overage_minor, \
         overage_currency = excluded.overage_currency, last_at = excluded.last_at, \
         runs_out = excluded.runs_out, holds_until = excluded.holds_until \
         WHERE (period_start, period_end, plan, unmapped, unlimited, holds_until) IS NOT \
             (excluded.period_start, excluded.period_end, excluded.plan, excluded.unmapped, \
              excluded.unlimited, excluded.holds_until) \
         OR (allowance, used, unbillable, percent, state, overage, overage_minor, \
             overage_currency, last_at, runs_out) IS NOT \
             (excluded.allowance, excluded.used, excluded.unbillable, excluded.percent, \
              excluded.state, excluded.overage, excluded.overage_minor, \
              excluded.overage_currency, excluded.last_at, excluded.runs_out)",
    )
    .bind(&rows)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM usage_due WHERE customer IN (SELECT value FROM json_each(?1))")
        .bind(&held)
        .execute(connection)
        .await?;
    Ok(gone.rows_affected() + written.rows_affected() > 0)
}

/// A state as the columns of its row.
fn row(state: &PeriodState) -> serde_json::Value {
    let millionths = |quantity: Option<Quantity>| quantity.map(Quantity::millionths);
    let amount = state.overage_amount;
    json!([
        state.customer,
        state.usage_type,
        day_number(state.period.start),
        day_number(state.period.end),
        state.plan.as_deref().unwrap_or_default(),
        i64::from(matches!(state.origin(), Origin::Unmapped(_))),
        millionths(state.allowed.quantity()),
        i64::from(state.allowed == Allowed::Unlimited),
        millionths(state.used),
        millionths(state.unbillable),
        state.percent,
        state.state.map(number),
        millionths(state.overage),
        amount.map(|amount| amount.minor),
        amount.map(|amount| amount.currency.as_str().to_owned()),
        state.last_at,
        state.runs_out.map(day_number),
        day_number(state.holds_until),
    ])
}

/// A state's number in the table.
pub(crate) fn number(state: UsageState) -> i64 {
    match state {
        UsageState::Within => 0,
        UsageState::Near => 1,
        UsageState::Reached => 2,
        UsageState::Over => 3,
    }
}

/// The state of that number.
pub(crate) fn state_of(number: i64) -> Option<UsageState> {
    UsageState::ALL
        .into_iter()
        .find(|state| self::number(*state) == number)
}
