//! Customers and what they subscribe to.

use super::row;

row! {
    /// A customer: the tenant as Stripe knows it.
    CustomerRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
        /// Where invoices go.
        email: Option<String> = maybe_text("email"),
        /// The name on documents.
        name: Option<String> = maybe_text("name"),
        /// The name of a business.
        business_name: Option<String> = maybe_text("business_name"),
        /// The name of a person.
        individual_name: Option<String> = maybe_text("individual_name"),
        /// The company's own note.
        description: Option<String> = maybe_text("description"),
        /// Telephone number.
        phone: Option<String> = maybe_text("phone"),
        /// Currency of its invoices, lower case; none before the first.
        currency: Option<String> = maybe_text("currency"),
        /// Account balance in minor units of `currency`; negative is a credit.
        balance: Option<i64> = int("balance"),
        /// Balance per currency, as JSON; positive is a credit.
        invoice_credit_balance: Option<String> = json("invoice_credit_balance"),
        /// Whether the latest charge failed or an invoice is past due.
        delinquent: Option<bool> = maybe_flag("delinquent"),
        /// Old-style payment source used last in the order of choice.
        default_source: Option<String> = maybe_text("default_source"),
        /// Payment method for its invoices.
        invoice_settings_default_payment_method: Option<String> =
            maybe_text("invoice_settings.default_payment_method"),
        /// `none`, `exempt` or `reverse`.
        tax_exempt: Option<String> = maybe_text("tax_exempt"),
        /// Test clock it lives on.
        test_clock: Option<String> = maybe_text("test_clock"),
        /// Account that stands for the customer.
        customer_account: Option<String> = maybe_text("customer_account"),
        /// Discount on everything it buys.
        discount: Option<String> = maybe_text("discount"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// A subscription, without its items.
    SubscriptionRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer who subscribes.
        customer: Option<String> = maybe_text("customer"),
        /// Stripe's status word; new ones may appear.
        status: String = text("status"),
        /// More about the status, as JSON.
        status_details: Option<String> = json("status_details"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// `charge_automatically` or `send_invoice`.
        collection_method: String = text("collection_method"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Begun at, UTC seconds.
        start_date: Option<i64> = maybe_int("start_date"),
        /// Moment that periods are counted from, UTC seconds.
        billing_cycle_anchor: Option<i64> = maybe_int("billing_cycle_anchor"),
        /// `classic` or `flexible`.
        billing_mode_type: Option<String> = maybe_text("billing_mode.type"),
        /// Will end at, UTC seconds.
        cancel_at: Option<i64> = maybe_int("cancel_at"),
        /// Whether it ends with the current period.
        cancel_at_period_end: bool = flag("cancel_at_period_end"),
        /// Cancellation asked for at, UTC seconds.
        canceled_at: Option<i64> = maybe_int("canceled_at"),
        /// Ended at, UTC seconds.
        ended_at: Option<i64> = maybe_int("ended_at"),
        /// Why it ended.
        cancellation_details_reason: Option<String> = maybe_text("cancellation_details.reason"),
        /// What the customer chose as the reason.
        cancellation_details_feedback: Option<String> = maybe_text("cancellation_details.feedback"),
        /// What was said about it.
        cancellation_details_comment: Option<String> = maybe_text("cancellation_details.comment"),
        /// The company's own reason.
        cancellation_details_feedback_option: Option<String> =
            maybe_text("cancellation_details.feedback_option"),
        /// Trial from, UTC seconds.
        trial_start: Option<i64> = maybe_int("trial_start"),
        /// Trial to, UTC seconds.
        trial_end: Option<i64> = maybe_int("trial_end"),
        /// What happens to invoices while collection is paused.
        pause_collection_behavior: Option<String> = maybe_text("pause_collection.behavior"),
        /// Collection resumes at, UTC seconds.
        pause_collection_resumes_at: Option<i64> = maybe_int("pause_collection.resumes_at"),
        /// Newest invoice.
        latest_invoice: Option<String> = maybe_text("latest_invoice"),
        /// Payment method of its invoices.
        default_payment_method: Option<String> = maybe_text("default_payment_method"),
        /// Days to pay a sent invoice.
        days_until_due: Option<i64> = maybe_int("days_until_due"),
        /// Ids of its discounts, as a JSON array.
        discounts: Option<String> = json("discounts"),
        /// Change that waits for a payment, as JSON.
        pending_update: Option<String> = json("pending_update"),
        /// Schedule that changes it.
        schedule: Option<String> = maybe_text("schedule"),
        /// Next bill of pending items, UTC seconds.
        next_pending_invoice_item_invoice: Option<i64> =
            maybe_int("next_pending_invoice_item_invoice"),
        /// Dates up to which items are billed ahead, as JSON.
        billing_schedules: Option<String> = json("billing_schedules"),
        /// Test clock it lives on.
        test_clock: Option<String> = maybe_text("test_clock"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
    }
}

row! {
    /// One item of a subscription.
    SubscriptionItemRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Subscription it is of.
        subscription: Option<String> = maybe_text("subscription"),
        /// Price it is billed at.
        price: Option<String> = maybe_text("price"),
        /// Seats; none where metered.
        quantity: Option<i64> = maybe_int("quantity"),
        /// Current period from, UTC seconds.
        current_period_start: Option<i64> = maybe_int("current_period_start"),
        /// Current period to, UTC seconds.
        current_period_end: Option<i64> = maybe_int("current_period_end"),
        /// Billed up to, UTC seconds.
        billed_until: Option<i64> = maybe_int("billed_until"),
        /// Trial of this item, as JSON.
        current_trial: Option<String> = json("current_trial"),
        /// Ids of its discounts, as a JSON array.
        discounts: Option<String> = json("discounts"),
        /// Ids of its tax rates, as a JSON array.
        tax_rates: Option<String> = json("tax_rates"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}
