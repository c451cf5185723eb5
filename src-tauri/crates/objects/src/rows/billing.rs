//! What will be billed and when: pending items, schedules, meters, test clocks.

use super::row;

row! {
    /// What an invoice to come bills, or one that was made billed. Amounts are minor units of
    /// `currency`.
    InvoiceItemRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer who is billed.
        customer: Option<String> = maybe_text("customer"),
        /// Invoice that bills it; none while it waits for the next one.
        invoice: Option<String> = maybe_text("invoice"),
        /// What is billed; negative is a credit.
        amount: Option<i64> = int("amount"),
        /// The same after discounts.
        net_amount: Option<i64> = maybe_int("net_amount"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Words on the line.
        description: Option<String> = maybe_text("description"),
        /// How many.
        quantity: Option<i64> = maybe_int("quantity"),
        /// How many, where parts count.
        quantity_decimal: Option<String> = decimal("quantity_decimal"),
        /// Whether a change within a period made it.
        proration: bool = flag("proration"),
        /// For the period from, UTC seconds.
        period_start: Option<i64> = maybe_int("period.start"),
        /// For the period to, UTC seconds.
        period_end: Option<i64> = maybe_int("period.end"),
        /// Price.
        pricing_price_details_price: Option<String> = maybe_text("pricing.price_details.price"),
        /// Product.
        pricing_price_details_product: Option<String> = maybe_text("pricing.price_details.product"),
        /// Price of one, minor units with decimals.
        pricing_unit_amount_decimal: Option<String> = decimal("pricing.unit_amount_decimal"),
        /// What made it.
        parent_type: Option<String> = maybe_text("parent.type"),
        /// Subscription that it is of.
        parent_subscription_details_subscription: Option<String> =
            maybe_text("parent.subscription_details.subscription"),
        /// Subscription item that it is of.
        parent_subscription_details_subscription_item: Option<String> =
            maybe_text("parent.subscription_details.subscription_item"),
        /// Ids of its discounts, as a JSON array.
        discounts: Option<String> = json("discounts"),
        /// Made at, UTC seconds.
        date: Option<i64> = maybe_int("date"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// Test clock it lives on.
        test_clock: Option<String> = maybe_text("test_clock"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// Changes of a subscription that are planned.
    SubscriptionScheduleRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer whose it is.
        customer: Option<String> = maybe_text("customer"),
        /// Subscription that it changes; none before it begins and after it ends.
        subscription: Option<String> = maybe_text("subscription"),
        /// Subscription that it no longer changes.
        released_subscription: Option<String> = maybe_text("released_subscription"),
        /// `not_started`, `active`, `completed`, `released` or `canceled`.
        status: String = text("status"),
        /// What becomes of the subscription in the end.
        end_behavior: Option<String> = maybe_text("end_behavior"),
        /// The phase under way began at, UTC seconds.
        current_phase_start_date: Option<i64> = maybe_int("current_phase.start_date"),
        /// The phase under way ends at, UTC seconds.
        current_phase_end_date: Option<i64> = maybe_int("current_phase.end_date"),
        /// Every phase with its items, as JSON.
        phases: Option<String> = json("phases"),
        /// What holds in every phase, as JSON.
        default_settings: Option<String> = json("default_settings"),
        /// Canceled at, UTC seconds.
        canceled_at: Option<i64> = maybe_int("canceled_at"),
        /// Completed at, UTC seconds.
        completed_at: Option<i64> = maybe_int("completed_at"),
        /// Released at, UTC seconds.
        released_at: Option<i64> = maybe_int("released_at"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Test clock it lives on.
        test_clock: Option<String> = maybe_text("test_clock"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// What is counted of usage, and how.
    MeterRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Name of the events that are counted.
        event_name: String = text("event_name"),
        /// What it is called.
        display_name: Option<String> = maybe_text("display_name"),
        /// `active` or `inactive`.
        status: Option<String> = maybe_text("status"),
        /// `sum`, `count` or `last`.
        default_aggregation_formula: Option<String> = maybe_text("default_aggregation.formula"),
        /// Within which events replace each other.
        event_time_window: Option<String> = maybe_text("event_time_window"),
        /// Member of an event that names the customer.
        customer_mapping_event_payload_key: Option<String> =
            maybe_text("customer_mapping.event_payload_key"),
        /// Member of an event that holds the value.
        value_settings_event_payload_key: Option<String> =
            maybe_text("value_settings.event_payload_key"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Changed at, UTC seconds.
        updated: Option<i64> = maybe_int("updated"),
        /// Switched off at, UTC seconds.
        status_transitions_deactivated_at: Option<i64> =
            maybe_int("status_transitions.deactivated_at"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
    }
}

row! {
    /// A clock that test objects live by.
    TestClockRow {
        /// Stripe's id.
        id: String = text("id"),
        /// What it is called.
        name: Option<String> = maybe_text("name"),
        /// `ready`, `advancing` or `internal_failure`.
        status: Option<String> = maybe_text("status"),
        /// Its time, UTC seconds.
        frozen_time: Option<i64> = maybe_int("frozen_time"),
        /// Deleted after, UTC seconds.
        deletes_after: Option<i64> = maybe_int("deletes_after"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
    }
}
