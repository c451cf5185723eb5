//! What was given back, what is disputed, what Stripe took and what it paid out.

use super::row;

row! {
    /// Money given back. `amount` is minor units of `currency`.
    RefundRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Charge whose money it is.
        charge: Option<String> = maybe_text("charge"),
        /// Payment intent whose money it is.
        payment_intent: Option<String> = maybe_text("payment_intent"),
        /// What is given back.
        amount: Option<i64> = int("amount"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// `pending`, `requires_action`, `succeeded`, `failed` or `canceled`.
        status: Option<String> = maybe_text("status"),
        /// Why it was given back.
        reason: Option<String> = maybe_text("reason"),
        /// Why it did not arrive.
        failure_reason: Option<String> = maybe_text("failure_reason"),
        /// Number on the receipt.
        receipt_number: Option<String> = maybe_text("receipt_number"),
        /// Its entry in Stripe's balance.
        balance_transaction: Option<String> = maybe_text("balance_transaction"),
        /// The entry that took a failed one back.
        failure_balance_transaction: Option<String> = maybe_text("failure_balance_transaction"),
        /// Words about it.
        description: Option<String> = maybe_text("description"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// A payment that its payer disputes. `amount` is minor units of `currency`.
    DisputeRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Charge that is disputed.
        charge: Option<String> = maybe_text("charge"),
        /// Payment intent that is disputed.
        payment_intent: Option<String> = maybe_text("payment_intent"),
        /// What is disputed.
        amount: Option<i64> = int("amount"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Stripe's status word: `needs_response`, `under_review`, `won`, `lost` …
        status: String = text("status"),
        /// What the payer says.
        reason: Option<String> = maybe_text("reason"),
        /// Whether the charge can still be given back.
        is_charge_refundable: Option<bool> = maybe_flag("is_charge_refundable"),
        /// Evidence is due at, UTC seconds.
        evidence_details_due_by: Option<i64> = maybe_int("evidence_details.due_by"),
        /// Whether evidence was written.
        evidence_details_has_evidence: Option<bool> = maybe_flag("evidence_details.has_evidence"),
        /// Whether it came too late.
        evidence_details_past_due: Option<bool> = maybe_flag("evidence_details.past_due"),
        /// How often it was sent.
        evidence_details_submission_count: Option<i64> =
            maybe_int("evidence_details.submission_count"),
        /// Ids of its entries in Stripe's balance, as a JSON array.
        balance_transactions: Option<String> = json("balance_transactions"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// An entry in Stripe's balance of the account: a charge, a fee, a refund, a payout. Amounts
    /// are minor units of `currency`, which is the account's, not the payer's.
    BalanceTransactionRow {
        /// Stripe's id.
        id: String = text("id"),
        /// What kind of entry it is.
        r#type: String = text("type"),
        /// Charge, refund, dispute or payout that it is of.
        source: Option<String> = maybe_text("source"),
        /// Before fees; negative where money leaves.
        amount: Option<i64> = int("amount"),
        /// Stripe's fees, and those of others.
        fee: Option<i64> = int("fee"),
        /// After fees.
        net: Option<i64> = int("net"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Each fee, as JSON.
        fee_details: Option<String> = json("fee_details"),
        /// From the payer's currency into `currency`.
        exchange_rate: Option<String> = decimal("exchange_rate"),
        /// What it counts as in reports.
        reporting_category: Option<String> = maybe_text("reporting_category"),
        /// `available` or `pending`.
        status: Option<String> = maybe_text("status"),
        /// Words about it.
        description: Option<String> = maybe_text("description"),
        /// Can be paid out from, UTC seconds.
        available_on: Option<i64> = maybe_int("available_on"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
    }
}

row! {
    /// Money on its way from Stripe to the company's bank. `amount` is minor units of `currency`.
    PayoutRow {
        /// Stripe's id.
        id: String = text("id"),
        /// What is paid out; negative where it is taken back.
        amount: Option<i64> = int("amount"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// `paid`, `pending`, `in_transit`, `canceled` or `failed`.
        status: String = text("status"),
        /// At the bank on, UTC seconds.
        arrival_date: Option<i64> = maybe_int("arrival_date"),
        /// Whether Stripe makes it by its schedule: only then it says what it is made of.
        automatic: bool = flag("automatic"),
        /// Its entry in Stripe's balance.
        balance_transaction: Option<String> = maybe_text("balance_transaction"),
        /// Why it failed.
        failure_code: Option<String> = maybe_text("failure_code"),
        /// Stripe's words for that.
        failure_message: Option<String> = maybe_text("failure_message"),
        /// `standard` or `instant`.
        method: Option<String> = maybe_text("method"),
        /// `bank_account` or `card`.
        r#type: Option<String> = maybe_text("type"),
        /// Whether what it is made of can be listed.
        reconciliation_status: Option<String> = maybe_text("reconciliation_status"),
        /// Payout that this one takes back.
        original_payout: Option<String> = maybe_text("original_payout"),
        /// Payout that takes this one back.
        reversed_by: Option<String> = maybe_text("reversed_by"),
        /// Words about it.
        description: Option<String> = maybe_text("description"),
        /// Words on the bank's statement.
        statement_descriptor: Option<String> = maybe_text("statement_descriptor"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// One entry of Stripe's balance that a payout is made of.
    PayoutTransactionRow {
        /// Id of the balance transaction.
        id: String = text("id"),
        /// Payout that it is in.
        payout: Option<String> = parent_id("payout"),
    }
}
