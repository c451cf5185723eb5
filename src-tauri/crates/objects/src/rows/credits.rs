//! Credits and promotions: what a customer holds against what it will owe.

use super::row;

row! {
    /// A change of a customer's account balance; never changed itself. Amounts are minor units of
    /// `currency`; negative is a credit to the customer.
    CustomerBalanceTransactionRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer whose it is.
        customer: Option<String> = maybe_text("customer"),
        /// What kind of change it is.
        r#type: String = text("type"),
        /// The change.
        amount: Option<i64> = int("amount"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// The balance after it.
        ending_balance: Option<i64> = int("ending_balance"),
        /// Invoice that it is of.
        invoice: Option<String> = maybe_text("invoice"),
        /// Credit note that it is of.
        credit_note: Option<String> = maybe_text("credit_note"),
        /// Words about it.
        description: Option<String> = maybe_text("description"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// Credits given to a customer, for usage to come.
    CreditGrantRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer whose it is.
        customer: Option<String> = maybe_text("customer"),
        /// What it is called.
        name: Option<String> = maybe_text("name"),
        /// `paid` or `promotional`.
        category: Option<String> = maybe_text("category"),
        /// What was given, minor units of its currency.
        amount_monetary_value: Option<i64> = maybe_int("amount.monetary.value"),
        /// Three-letter code, lower case.
        amount_monetary_currency: Option<String> = maybe_text("amount.monetary.currency"),
        /// Prices that it pays for, by type.
        applicability_config_scope_price_type: Option<String> =
            maybe_text("applicability_config.scope.price_type"),
        /// Prices that it pays for, as JSON.
        applicability_config_scope_prices: Option<String> =
            json("applicability_config.scope.prices"),
        /// The smaller, the earlier it is used.
        priority: Option<i64> = maybe_int("priority"),
        /// Can be used from, UTC seconds.
        effective_at: Option<i64> = maybe_int("effective_at"),
        /// Can be used until, UTC seconds.
        expires_at: Option<i64> = maybe_int("expires_at"),
        /// Taken back at, UTC seconds.
        voided_at: Option<i64> = maybe_int("voided_at"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Changed at, UTC seconds.
        updated: Option<i64> = maybe_int("updated"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// Test clock it lives on.
        test_clock: Option<String> = maybe_text("test_clock"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// Credits given, used, expired or taken back.
    CreditBalanceTransactionRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Grant whose credits they are.
        credit_grant: Option<String> = maybe_text("credit_grant"),
        /// `credit` or `debit`.
        r#type: Option<String> = maybe_text("type"),
        /// Why credits were added.
        credit_type: Option<String> = maybe_text("credit.type"),
        /// How much was added, minor units of its currency.
        credit_amount_monetary_value: Option<i64> = maybe_int("credit.amount.monetary.value"),
        /// Three-letter code, lower case.
        credit_amount_monetary_currency: Option<String> =
            maybe_text("credit.amount.monetary.currency"),
        /// Voided invoice that gave them back.
        credit_credits_application_invoice_voided_invoice: Option<String> =
            maybe_text("credit.credits_application_invoice_voided.invoice"),
        /// Why credits were taken.
        debit_type: Option<String> = maybe_text("debit.type"),
        /// How much was taken, minor units of its currency.
        debit_amount_monetary_value: Option<i64> = maybe_int("debit.amount.monetary.value"),
        /// Three-letter code, lower case.
        debit_amount_monetary_currency: Option<String> =
            maybe_text("debit.amount.monetary.currency"),
        /// Invoice that used them.
        debit_credits_applied_invoice: Option<String> = maybe_text("debit.credits_applied.invoice"),
        /// Line that used them.
        debit_credits_applied_invoice_line_item: Option<String> =
            maybe_text("debit.credits_applied.invoice_line_item"),
        /// Counts from, UTC seconds.
        effective_at: Option<i64> = maybe_int("effective_at"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// Test clock it lives on.
        test_clock: Option<String> = maybe_text("test_clock"),
    }
}

row! {
    /// What a customer has left of its credits, as Stripe computes it.
    CreditBalanceSummaryRow {
        /// Customer whose credits they are.
        customer: String = owner("customer"),
        /// What is left and what was not used yet, per currency, as JSON.
        balances: Option<String> = json("balances"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
    }
}

row! {
    /// A code for which a coupon is given.
    PromotionCodeRow {
        /// Stripe's id.
        id: String = text("id"),
        /// What the customer enters.
        code: String = text("code"),
        /// Coupon that it gives.
        promotion_coupon: Option<String> = maybe_text("promotion.coupon"),
        /// The only customer who may use it.
        customer: Option<String> = maybe_text("customer"),
        /// Whether it can be used.
        active: bool = flag("active"),
        /// Can be used until, UTC seconds.
        expires_at: Option<i64> = maybe_int("expires_at"),
        /// How often it may be used in all.
        max_redemptions: Option<i64> = maybe_int("max_redemptions"),
        /// How often it was used.
        times_redeemed: Option<i64> = maybe_int("times_redeemed"),
        /// Whether it is for first purchases only.
        restrictions_first_time_transaction: Option<bool> =
            maybe_flag("restrictions.first_time_transaction"),
        /// The smallest purchase that it is for, minor units.
        restrictions_minimum_amount: Option<i64> = maybe_int("restrictions.minimum_amount"),
        /// Three-letter code, lower case.
        restrictions_minimum_amount_currency: Option<String> =
            maybe_text("restrictions.minimum_amount_currency"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}
