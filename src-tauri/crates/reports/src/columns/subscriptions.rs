//! `meterdesk.subscriptions`: one row an item of a subscription.

use super::{Field, Layout, integer, price, yes_no};
use crate::cell::Cell;
use crate::rows::SubscriptionItem;

/// One row a subscription item, in Meterdesk's own profile.
pub static SUBSCRIPTIONS: Layout<SubscriptionItem> = Layout {
    name: "meterdesk.subscriptions.v1",
    sheet: "Subscriptions",
    buckets: [
        "items",
        "items of ended subscriptions, apart",
        "items of incomplete ones, left out",
    ],
    date_basis: "Subscriptions as they were last read from Stripe; they have no period.",
    sums: &[],
    fields: &[
        Field::One("account", |_, context| Cell::str(&context.account)),
        Field::One("mode", |_, context| Cell::str(context.mode.as_str())),
        Field::One("subscription_id", |row, _| Cell::str(&row.subscription)),
        Field::One("item_id", |row, _| Cell::text(&row.item)),
        Field::One("status", |row, _| Cell::str(&row.status)),
        Field::One("customer_id", |row, _| Cell::text(&row.customer)),
        Field::One("tenant_id", |row, _| Cell::text(&row.tenant_id)),
        Field::One("customer_name", |row, _| Cell::text(&row.customer_name)),
        Field::One("price_id", |row, _| Cell::text(&row.price)),
        Field::One("price_nickname", |row, _| Cell::text(&row.price_nickname)),
        Field::One("product_id", |row, _| Cell::text(&row.product)),
        Field::One("product_name", |row, _| Cell::text(&row.product_name)),
        Field::One("billing_scheme", |row, _| Cell::text(&row.billing_scheme)),
        Field::One("usage_type", |row, _| Cell::text(&row.usage_type)),
        Field::One("interval", |row, _| Cell::text(&row.interval)),
        Field::One("interval_count", |row, _| integer(row.interval_count)),
        Field::One("quantity", |row, _| integer(row.quantity)),
        Field::One("currency", |row, _| Cell::Code(&row.currency)),
        Field::One("unit_price", |row, _| {
            price(&row.unit_amount_decimal, &row.currency)
        }),
        Field::One("collection_method", |row, _| {
            Cell::text(&row.collection_method)
        }),
        Field::One("cancel_at_period_end", |row, _| {
            yes_no(row.cancel_at_period_end)
        }),
        Field::One("pause_collection", |row, _| {
            Cell::text(&row.pause_collection)
        }),
        Field::One("latest_invoice_id", |row, _| {
            Cell::text(&row.latest_invoice)
        }),
        Field::Time("created", |row| Some(row.created)),
        Field::Time("started", |row| row.start_date),
        Field::Time("current_period_start", |row| row.current_period_start),
        Field::Time("current_period_end", |row| row.current_period_end),
        Field::Time("trial_start", |row| row.trial_start),
        Field::Time("trial_end", |row| row.trial_end),
        Field::Time("cancel_at", |row| row.cancel_at),
        Field::Time("canceled", |row| row.canceled_at),
        Field::Time("ended", |row| row.ended_at),
    ],
};
