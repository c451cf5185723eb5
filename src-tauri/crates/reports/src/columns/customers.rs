//! `meterdesk.customers`: one row a customer.

use super::{Field, Layout, integer, yes_no};
use crate::cell::{Cell, exponent};
use crate::rows::Customer;

/// One row a customer, in Meterdesk's own profile.
pub static CUSTOMERS: Layout<Customer> = Layout {
    name: "meterdesk.customers.v1",
    sheet: "Customers",
    buckets: ["customers", "deleted customers, apart", "left out"],
    date_basis: "Customers as they were last read from Stripe; balances have no period.",
    sums: &[
        // Sums stand per currency of the row; a balance in another one is in its own columns alone.
        ("balance", |row| {
            row.balance.filter(|_| row.balance_currency == row.currency)
        }),
        ("mrr", |row| row.mrr),
        ("open", |row| row.open),
        ("past_due", |row| row.past_due),
    ],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("customer_id", |row, _| Cell::str(&row.id)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("name", |row, _| Cell::text(&row.name)),
        Field::One("email", |row, _| Cell::text(&row.email)),
        Field::One("phone", |row, _| Cell::text(&row.phone)),
        Field::One("description", |row, _| Cell::text(&row.description)),
        Field::One("deleted", |row, _| Cell::Bool(row.deleted)),
        Field::One("delinquent", |row, _| yes_no(row.delinquent)),
        Field::One("tax_exempt", |row, _| Cell::text(&row.tax_exempt)),
        Field::One("plan", |row, _| Cell::text(&row.plan)),
        Field::One("seats", |row, _| integer(row.seats)),
        Field::One("subscription_status", |row, _| {
            Cell::text(&row.subscription_status)
        }),
        Field::One("currency", |row, _| match &row.currency {
            Some(currency) => Cell::Code(currency),
            None => Cell::Empty,
        }),
        Field::Money("mrr", |row| row.mrr),
        Field::One("balance_currency", |row, _| match &row.balance_currency {
            Some(currency) => Cell::Code(currency),
            None => Cell::Empty,
        }),
        Field::One("balance_minor", |row, _| {
            integer(own_balance(row).map(|own| own.0))
        }),
        Field::One("balance", |row, _| match own_balance(row) {
            Some((minor, exponent)) => Cell::Decimal { minor, exponent },
            None => Cell::Empty,
        }),
        Field::Money("open", |row| row.open),
        Field::Money("past_due", |row| row.past_due),
        Field::Time("created", |row| Some(row.created)),
        Field::One("metadata_json", |row, _| Cell::text(&row.metadata)),
    ],
};

/// The balance in minor units, and the exponent of the customer's own currency, which may differ
/// from that of its subscription.
fn own_balance(row: &Customer) -> Option<(i64, u8)> {
    let currency = row.balance_currency.as_deref()?;
    Some((row.balance?, exponent(currency)))
}
