//! How a customer pays: cards, bank debits, and the older sources.

use super::row;

row! {
    /// A card or an account that a customer pays with.
    PaymentMethodRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Customer to whom it is attached; none once it is detached.
        customer: Option<String> = maybe_text("customer"),
        /// `card`, `sepa_debit`, `us_bank_account` …
        r#type: String = text("type"),
        /// Brand of the card.
        card_brand: Option<String> = maybe_text("card.brand"),
        /// Last four digits of the card.
        card_last4: Option<String> = maybe_text("card.last4"),
        /// Month in which the card expires, 1 to 12.
        card_exp_month: Option<i64> = maybe_int("card.exp_month"),
        /// Year in which the card expires.
        card_exp_year: Option<i64> = maybe_int("card.exp_year"),
        /// `credit`, `debit` or `prepaid`.
        card_funding: Option<String> = maybe_text("card.funding"),
        /// Country of the card, ISO code.
        card_country: Option<String> = maybe_text("card.country"),
        /// Last four characters of the IBAN.
        sepa_debit_last4: Option<String> = maybe_text("sepa_debit.last4"),
        /// The bank's code in the IBAN.
        sepa_debit_bank_code: Option<String> = maybe_text("sepa_debit.bank_code"),
        /// Last four digits of the account.
        us_bank_account_last4: Option<String> = maybe_text("us_bank_account.last4"),
        /// Name of the bank.
        us_bank_account_bank_name: Option<String> = maybe_text("us_bank_account.bank_name"),
        /// Last four digits of the account.
        bacs_debit_last4: Option<String> = maybe_text("bacs_debit.last4"),
        /// Name of the payer.
        billing_details_name: Option<String> = maybe_text("billing_details.name"),
        /// The payer's address.
        billing_details_email: Option<String> = maybe_text("billing_details.email"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// An older way to pay: a card, an account or a source kept with the customer itself.
    PaymentSourceRow {
        /// Stripe's id.
        id: String = text("id"),
        /// `card`, `bank_account` or `source`.
        object: String = text("object"),
        /// Customer whose it is.
        customer: Option<String> = maybe_text("customer"),
        /// Kind of a source.
        r#type: Option<String> = maybe_text("type"),
        /// Whether an account or a source can be used.
        status: Option<String> = maybe_text("status"),
        /// Brand of the card.
        brand: Option<String> = maybe_text("brand"),
        /// Last four digits.
        last4: Option<String> = maybe_text("last4"),
        /// Month in which the card expires, 1 to 12.
        exp_month: Option<i64> = maybe_int("exp_month"),
        /// Year in which the card expires.
        exp_year: Option<i64> = maybe_int("exp_year"),
        /// `credit`, `debit` or `prepaid`.
        funding: Option<String> = maybe_text("funding"),
        /// Name of the bank.
        bank_name: Option<String> = maybe_text("bank_name"),
        /// Whether Stripe has deleted it: a deleted object's other fields are gone.
        deleted: bool = flag("deleted"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}
