//! What is sold and on which terms: products, prices, coupons, discounts, tax rates.

use super::row;

row! {
    /// A product: what is sold.
    ProductRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Its name, which stands for the plan.
        name: String = text("name"),
        /// Whether it is for sale.
        active: bool = flag("active"),
        /// Price used where none is named.
        default_price: Option<String> = maybe_text("default_price"),
        /// Words about it.
        description: Option<String> = maybe_text("description"),
        /// What one unit is called.
        unit_label: Option<String> = maybe_text("unit_label"),
        /// Tax category.
        tax_code: Option<String> = maybe_text("tax_code"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Changed at, UTC seconds.
        updated: Option<i64> = maybe_int("updated"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// A price, without its tiers.
    PriceRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Product it is for.
        product: Option<String> = maybe_text("product"),
        /// Whether new purchases may use it.
        active: bool = flag("active"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// `recurring` or `one_time`.
        r#type: String = text("type"),
        /// `per_unit` or `tiered`.
        billing_scheme: String = text("billing_scheme"),
        /// Minor units a unit; none where fractional or tiered.
        unit_amount: Option<i64> = maybe_int("unit_amount"),
        /// Minor units a unit as exact decimal text, up to 12 places.
        unit_amount_decimal: Option<String> = decimal("unit_amount_decimal"),
        /// `day`, `week`, `month` or `year`.
        recurring_interval: Option<String> = maybe_text("recurring.interval"),
        /// Intervals between two bills.
        recurring_interval_count: Option<i64> = maybe_int("recurring.interval_count"),
        /// `licensed` or `metered`.
        recurring_usage_type: Option<String> = maybe_text("recurring.usage_type"),
        /// Meter whose usage it bills.
        recurring_meter: Option<String> = maybe_text("recurring.meter"),
        /// Days of trial.
        recurring_trial_period_days: Option<i64> = maybe_int("recurring.trial_period_days"),
        /// `graduated` or `volume`.
        tiers_mode: Option<String> = maybe_text("tiers_mode"),
        /// Division of the quantity before billing, as JSON `{divide_by, round}`.
        transform_quantity: Option<String> = json("transform_quantity"),
        /// The company's own key.
        lookup_key: Option<String> = maybe_text("lookup_key"),
        /// Short description, not shown to customers.
        nickname: Option<String> = maybe_text("nickname"),
        /// `inclusive`, `exclusive` or `unspecified`.
        tax_behavior: Option<String> = maybe_text("tax_behavior"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// What a price's expansions add. Keyed by the price.
    PriceTiersRow {
        /// Price they belong to.
        price: String = owner(""),
        /// The tiers, as JSON.
        tiers: Option<String> = json("tiers"),
        /// Amounts in other currencies, as JSON.
        currency_options: Option<String> = json("currency_options"),
    }
}

row! {
    /// A coupon: the terms of a discount, without those that are expanded.
    CouponRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Its name on documents.
        name: Option<String> = maybe_text("name"),
        /// `forever`, `repeating` or `once`.
        duration: String = text("duration"),
        /// Months, where repeating.
        duration_in_months: Option<i64> = maybe_int("duration_in_months"),
        /// Percent taken off, as the exact decimal text of the JSON number.
        percent_off: Option<String> = decimal("percent_off"),
        /// Minor units of `currency` taken off.
        amount_off: Option<i64> = maybe_int("amount_off"),
        /// Currency of `amount_off`, lower case.
        currency: Option<String> = maybe_text("currency"),
        /// How often it may be used.
        max_redemptions: Option<i64> = maybe_int("max_redemptions"),
        /// Last use, UTC seconds.
        redeem_by: Option<i64> = maybe_int("redeem_by"),
        /// How often it was used.
        times_redeemed: Option<i64> = maybe_int("times_redeemed"),
        /// Whether it can still be used.
        valid: Option<bool> = maybe_flag("valid"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// What a coupon's expansions add. Keyed by the coupon.
    CouponTermsRow {
        /// Coupon they belong to.
        coupon: String = owner(""),
        /// Products it is limited to, as JSON `{products: [id]}`; none where it is limited to none.
        applies_to: Option<String> = json("applies_to"),
        /// Amounts in other currencies, as JSON.
        currency_options: Option<String> = json("currency_options"),
    }
}

row! {
    /// A discount: one coupon as applied.
    DiscountRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer it is for.
        customer: Option<String> = maybe_text("customer"),
        /// From, UTC seconds.
        start: Option<i64> = maybe_int("start"),
        /// To, UTC seconds; none where it does not end.
        end: Option<i64> = maybe_int("end"),
        /// Coupon whose terms apply.
        source_coupon: Option<String> = maybe_text("source.coupon"),
        /// Subscription it is on.
        subscription: Option<String> = maybe_text("subscription"),
        /// Subscription item it is on.
        subscription_item: Option<String> = maybe_text("subscription_item"),
        /// Invoice it is on.
        invoice: Option<String> = maybe_text("invoice"),
        /// Invoice item it is on.
        invoice_item: Option<String> = maybe_text("invoice_item"),
        /// Promotion code that brought it.
        promotion_code: Option<String> = maybe_text("promotion_code"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
    }
}

row! {
    /// A rate of tax.
    TaxRateRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Its name on documents.
        display_name: String = text("display_name"),
        /// The company's own note.
        description: Option<String> = maybe_text("description"),
        /// Percent, as exact decimal text.
        percentage: Option<String> = decimal("percentage"),
        /// Percent in effect, as exact decimal text.
        effective_percentage: Option<String> = decimal("effective_percentage"),
        /// Whether prices contain it.
        inclusive: bool = flag("inclusive"),
        /// Whether it may be used.
        active: bool = flag("active"),
        /// Two-letter country code.
        country: Option<String> = maybe_text("country"),
        /// State or province.
        state: Option<String> = maybe_text("state"),
        /// Where it is due.
        jurisdiction: Option<String> = maybe_text("jurisdiction"),
        /// Kind of tax.
        tax_type: Option<String> = maybe_text("tax_type"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}
