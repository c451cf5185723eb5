//! Payments: what was asked for, what was tried, what settled which invoice.

use super::row;

row! {
    /// The part of an invoice that one payment settles. Amounts are minor units of `currency`.
    InvoicePaymentRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Invoice that it settles.
        invoice: Option<String> = maybe_text("invoice"),
        /// What was paid; none before.
        amount_paid: Option<i64> = maybe_int("amount_paid"),
        /// What was asked for.
        amount_requested: Option<i64> = int("amount_requested"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Whether Stripe collects the invoice through it.
        is_default: bool = flag("is_default"),
        /// `payment_intent`, `charge` or `payment_record`.
        payment_type: Option<String> = maybe_text("payment.type"),
        /// Payment intent.
        payment_payment_intent: Option<String> = maybe_text("payment.payment_intent"),
        /// Charge.
        payment_charge: Option<String> = maybe_text("payment.charge"),
        /// Payment made outside Stripe.
        payment_payment_record: Option<String> = maybe_text("payment.payment_record"),
        /// `open`, `paid` or `canceled`.
        status: String = text("status"),
        /// Paid at, UTC seconds.
        status_transitions_paid_at: Option<i64> = maybe_int("status_transitions.paid_at"),
        /// Canceled at, UTC seconds.
        status_transitions_canceled_at: Option<i64> = maybe_int("status_transitions.canceled_at"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
    }
}

row! {
    /// An attempt to collect. Amounts are minor units of `currency`.
    PaymentIntentRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer who pays.
        customer: Option<String> = maybe_text("customer"),
        /// What is to be collected.
        amount: Option<i64> = int("amount"),
        /// What was collected.
        amount_received: Option<i64> = maybe_int("amount_received"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Stripe's status word.
        status: String = text("status"),
        /// Error code of the last failure.
        last_payment_error_code: Option<String> = maybe_text("last_payment_error.code"),
        /// The bank's reason.
        last_payment_error_decline_code: Option<String> =
            maybe_text("last_payment_error.decline_code"),
        /// What the network advises.
        last_payment_error_advice_code: Option<String> =
            maybe_text("last_payment_error.advice_code"),
        /// The network's own advice.
        last_payment_error_network_advice_code: Option<String> =
            maybe_text("last_payment_error.network_advice_code"),
        /// The network's own reason.
        last_payment_error_network_decline_code: Option<String> =
            maybe_text("last_payment_error.network_decline_code"),
        /// Stripe's words.
        last_payment_error_message: Option<String> = maybe_text("last_payment_error.message"),
        /// Charge that failed.
        last_payment_error_charge: Option<String> = maybe_text("last_payment_error.charge"),
        /// Newest charge.
        latest_charge: Option<String> = maybe_text("latest_charge"),
        /// Payment method tried.
        payment_method: Option<String> = maybe_text("payment_method"),
        /// Words about it.
        description: Option<String> = maybe_text("description"),
        /// Canceled at, UTC seconds.
        canceled_at: Option<i64> = maybe_int("canceled_at"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// One try at a card or an account. Amounts are minor units of `currency`.
    ChargeRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Payment intent it is a try of.
        payment_intent: Option<String> = maybe_text("payment_intent"),
        /// Customer who pays.
        customer: Option<String> = maybe_text("customer"),
        /// What was asked for.
        amount: Option<i64> = int("amount"),
        /// What was collected: less than asked for after a partial capture.
        amount_captured: Option<i64> = maybe_int("amount_captured"),
        /// What was given back.
        amount_refunded: Option<i64> = maybe_int("amount_refunded"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// `succeeded`, `pending` or `failed`.
        status: String = text("status"),
        /// Whether it succeeded.
        paid: bool = flag("paid"),
        /// Whether it was collected; an authorisation alone is not.
        captured: Option<bool> = maybe_flag("captured"),
        /// Error code.
        failure_code: Option<String> = maybe_text("failure_code"),
        /// Stripe's words.
        failure_message: Option<String> = maybe_text("failure_message"),
        /// How the decision came about.
        outcome_type: Option<String> = maybe_text("outcome.type"),
        /// Why.
        outcome_reason: Option<String> = maybe_text("outcome.reason"),
        /// What the network advises.
        outcome_advice_code: Option<String> = maybe_text("outcome.advice_code"),
        /// The network's own advice.
        outcome_network_advice_code: Option<String> = maybe_text("outcome.network_advice_code"),
        /// The network's own reason.
        outcome_network_decline_code: Option<String> = maybe_text("outcome.network_decline_code"),
        /// What the network did.
        outcome_network_status: Option<String> = maybe_text("outcome.network_status"),
        /// Stripe's risk level.
        outcome_risk_level: Option<String> = maybe_text("outcome.risk_level"),
        /// Stripe's words to the seller.
        outcome_seller_message: Option<String> = maybe_text("outcome.seller_message"),
        /// Payment method tried.
        payment_method: Option<String> = maybe_text("payment_method"),
        /// Kind of payment method.
        payment_method_details_type: Option<String> = maybe_text("payment_method_details.type"),
        /// Brand of the card.
        payment_method_details_card_brand: Option<String> =
            maybe_text("payment_method_details.card.brand"),
        /// Last four digits of the card.
        payment_method_details_card_last4: Option<String> =
            maybe_text("payment_method_details.card.last4"),
        /// Whether all of it was given back.
        refunded: bool = flag("refunded"),
        /// Whether the payer disputes it.
        disputed: bool = flag("disputed"),
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
