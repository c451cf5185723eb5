//! The command line's filters as the tables take them. A filter that a kind does not have is
//! refused: an export must never hold more than was asked for.

use desk::answers::{InvoiceFilter, Minor, TenantFilter};
use desk::{Error, Result};

use crate::arguments::Filters;

/// For invoices, their lines, and what was paid, credited, given back or disputed of them.
pub fn invoices(given: &Filters) -> Result<InvoiceFilter> {
    refuse(
        &[
            ("past-due", given.past_due),
            ("include-deleted", given.include_deleted),
        ],
        "invoices",
    )
    .map_err(|error| error.then("For past due invoices use --status past_due"))?;
    Ok(InvoiceFilter {
        text: given.text.clone().unwrap_or_default(),
        statuses: given.status.clone(),
        finalized_from: given.from.clone(),
        finalized_to: given.to.clone(),
        plans: given.plan.clone(),
        currencies: upper(&given.currency),
        total_min: given.total_min.map(Minor),
        total_max: given.total_max.map(Minor),
        customer: given.customer.clone(),
    })
}

/// For payouts: days alone, because a payout is of many tenants.
pub fn payouts(given: &Filters) -> Result<InvoiceFilter> {
    let refused = [
        ("text", given.text.is_some()),
        ("status", !given.status.is_empty()),
        ("plan", !given.plan.is_empty()),
        ("currency", !given.currency.is_empty()),
        ("total-min", given.total_min.is_some()),
        ("total-max", given.total_max.is_some()),
        ("customer", given.customer.is_some()),
        ("past-due", given.past_due),
        ("include-deleted", given.include_deleted),
    ];
    refuse(&refused, "payouts").map_err(|error| error.then("Leave it away"))?;
    invoices(given)
}

/// For usage: days and a tenant.
pub fn usage(given: &Filters) -> Result<InvoiceFilter> {
    let refused = [
        ("text", given.text.is_some()),
        ("status", !given.status.is_empty()),
        ("plan", !given.plan.is_empty()),
        ("currency", !given.currency.is_empty()),
        ("total-min", given.total_min.is_some()),
        ("total-max", given.total_max.is_some()),
        ("past-due", given.past_due),
        ("include-deleted", given.include_deleted),
    ];
    refuse(&refused, "usage").map_err(|error| error.then("Leave it away"))?;
    invoices(given)
}

/// For customers and subscriptions.
pub fn tenants(given: &Filters) -> Result<TenantFilter> {
    let refused = [
        ("from", given.from.is_some()),
        ("to", given.to.is_some()),
        ("total-min", given.total_min.is_some()),
        ("total-max", given.total_max.is_some()),
        ("customer", given.customer.is_some()),
    ];
    refuse(&refused, "tenants").map_err(|error| error.then("Leave it away"))?;
    Ok(TenantFilter {
        text: given.text.clone().unwrap_or_default(),
        plans: given.plan.clone(),
        statuses: given.status.clone(),
        currencies: upper(&given.currency),
        past_due: given.past_due,
        include_deleted: given.include_deleted,
    })
}

fn upper(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| code.to_ascii_uppercase()).collect()
}

fn refuse(options: &[(&str, bool)], kind: &str) -> Result<()> {
    match options.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(Error::invalid(
            option,
            format!("--{option} cannot be used here"),
            format!("It is no filter of {kind}"),
        )),
    }
}
