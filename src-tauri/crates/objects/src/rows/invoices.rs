//! Documents: invoices and credit notes with their lines.

use super::row;

row! {
    /// An invoice, without its lines and payments. Amounts are minor units of `currency`.
    InvoiceRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Number on the document; none on a draft.
        number: Option<String> = maybe_text("number"),
        /// Customer who owes it.
        customer: Option<String> = maybe_text("customer"),
        /// Customer's name as on the document.
        customer_name: Option<String> = maybe_text("customer_name"),
        /// Customer's address as on the document.
        customer_email: Option<String> = maybe_text("customer_email"),
        /// Memo on the document.
        description: Option<String> = maybe_text("description"),
        /// What it was made from: `subscription_details`, `quote_details`.
        parent_type: Option<String> = maybe_text("parent.type"),
        /// Subscription that it bills.
        parent_subscription_details_subscription: Option<String> =
            maybe_text("parent.subscription_details.subscription"),
        /// `draft`, `open`, `paid`, `uncollectible` or `void`.
        status: Option<String> = maybe_text("status"),
        /// Why it was made.
        billing_reason: Option<String> = maybe_text("billing_reason"),
        /// `charge_automatically` or `send_invoice`.
        collection_method: String = text("collection_method"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Due at, UTC seconds.
        due_date: Option<i64> = maybe_int("due_date"),
        /// Date on the document, UTC seconds, where it was set.
        effective_at: Option<i64> = maybe_int("effective_at"),
        /// Earlier end of the period in which items were added, UTC seconds.
        period_start: Option<i64> = maybe_int("period_start"),
        /// Later end of that period, UTC seconds.
        period_end: Option<i64> = maybe_int("period_end"),
        /// Lines with their own discounts, before invoice discounts and tax.
        subtotal: Option<i64> = int("subtotal"),
        /// The same without inclusive tax.
        subtotal_excluding_tax: Option<i64> = maybe_int("subtotal_excluding_tax"),
        /// After discounts and tax.
        total: Option<i64> = int("total"),
        /// After discounts, before tax.
        total_excluding_tax: Option<i64> = maybe_int("total_excluding_tax"),
        /// `total` with the balance applied.
        amount_due: Option<i64> = int("amount_due"),
        /// What was paid.
        amount_paid: Option<i64> = int("amount_paid"),
        /// What was paid outside Stripe.
        amount_paid_off_stripe: Option<i64> = maybe_int("amount_paid_off_stripe"),
        /// What is still owed.
        amount_remaining: Option<i64> = int("amount_remaining"),
        /// What was paid too much.
        amount_overpaid: Option<i64> = maybe_int("amount_overpaid"),
        /// Customer balance before finalising.
        starting_balance: Option<i64> = int("starting_balance"),
        /// Customer balance after finalising; none on a draft.
        ending_balance: Option<i64> = maybe_int("ending_balance"),
        /// Credited before payment.
        pre_payment_credit_notes_amount: Option<i64> = maybe_int("pre_payment_credit_notes_amount"),
        /// Credited after payment.
        post_payment_credit_notes_amount: Option<i64> =
            maybe_int("post_payment_credit_notes_amount"),
        /// Payment attempts that count for retries.
        attempt_count: Option<i64> = maybe_int("attempt_count"),
        /// Whether a payment was tried.
        attempted: bool = flag("attempted"),
        /// Stripe tries again at, UTC seconds.
        next_payment_attempt: Option<i64> = maybe_int("next_payment_attempt"),
        /// Whether Stripe collects it by itself.
        auto_advance: Option<bool> = maybe_flag("auto_advance"),
        /// Draft becomes final at, UTC seconds.
        automatically_finalizes_at: Option<i64> = maybe_int("automatically_finalizes_at"),
        /// Finalised at, UTC seconds: the accounting date.
        status_transitions_finalized_at: Option<i64> = maybe_int("status_transitions.finalized_at"),
        /// Paid at, UTC seconds.
        status_transitions_paid_at: Option<i64> = maybe_int("status_transitions.paid_at"),
        /// Voided at, UTC seconds.
        status_transitions_voided_at: Option<i64> = maybe_int("status_transitions.voided_at"),
        /// Written off at, UTC seconds.
        status_transitions_marked_uncollectible_at: Option<i64> =
            maybe_int("status_transitions.marked_uncollectible_at"),
        /// Why finalising failed, as JSON.
        last_finalization_error: Option<String> = json("last_finalization_error"),
        /// Ids of its discounts, as a JSON array.
        discounts: Option<String> = json("discounts"),
        /// Amount per discount, as JSON.
        total_discount_amounts: Option<String> = json("total_discount_amounts"),
        /// Amount per tax, as JSON.
        total_taxes: Option<String> = json("total_taxes"),
        /// Credits and discounts before tax, as JSON.
        total_pretax_credit_amounts: Option<String> = json("total_pretax_credit_amounts"),
        /// Invoice that replaced it.
        latest_revision: Option<String> = maybe_text("latest_revision"),
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
    /// One line of an invoice. Amounts are minor units of `currency`.
    InvoiceLineRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Invoice it is on.
        invoice: Option<String> = maybe_text("invoice"),
        /// Amount of the line; negative is a credit.
        amount: Option<i64> = int("amount"),
        /// Amount before discounts.
        subtotal: Option<i64> = maybe_int("subtotal"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Stripe's own words.
        description: Option<String> = maybe_text("description"),
        /// Units.
        quantity: Option<i64> = maybe_int("quantity"),
        /// Units as exact decimal text.
        quantity_decimal: Option<String> = decimal("quantity_decimal"),
        /// Service from, UTC seconds.
        period_start: Option<i64> = maybe_int("period.start"),
        /// Service to, UTC seconds, exclusive.
        period_end: Option<i64> = maybe_int("period.end"),
        /// Price.
        price: Option<String> = maybe_text("pricing.price_details.price"),
        /// Product.
        product: Option<String> = maybe_text("pricing.price_details.product"),
        /// Minor units a unit as exact decimal text.
        unit_amount_decimal: Option<String> = decimal("pricing.unit_amount_decimal"),
        /// Whether it corrects a part of a period.
        proration: bool = line_flag("proration"),
        /// Subscription it is for.
        subscription: Option<String> = line_parent("subscription"),
        /// Subscription item it is for.
        subscription_item: Option<String> = line_parent("subscription_item"),
        /// Invoice item it came from.
        invoice_item: Option<String> = line_parent("invoice_item"),
        /// Amount per discount, as JSON.
        discount_amounts: Option<String> = json("discount_amounts"),
        /// Credits and discounts before tax, as JSON.
        pretax_credit_amounts: Option<String> = json("pretax_credit_amounts"),
        /// Amount per tax, as JSON.
        taxes: Option<String> = json("taxes"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// A credit note, without its lines. Amounts are minor units of `currency`.
    CreditNoteRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Number on the document.
        number: String = text("number"),
        /// Invoice that it corrects.
        invoice: Option<String> = maybe_text("invoice"),
        /// Customer who is credited.
        customer: Option<String> = maybe_text("customer"),
        /// `issued` or `void`.
        status: String = text("status"),
        /// `pre_payment`, `post_payment` or `mixed`.
        r#type: String = text("type"),
        /// Why.
        reason: Option<String> = maybe_text("reason"),
        /// Amount with tax.
        amount: Option<i64> = int("amount"),
        /// The same with discounts.
        total: Option<i64> = int("total"),
        /// Amount without tax and invoice discounts.
        subtotal: Option<i64> = int("subtotal"),
        /// Total before tax.
        total_excluding_tax: Option<i64> = maybe_int("total_excluding_tax"),
        /// Three-letter code, lower case.
        currency: String = text("currency"),
        /// Part that lowered what was owed.
        pre_payment_amount: Option<i64> = maybe_int("pre_payment_amount"),
        /// Part given back after payment.
        post_payment_amount: Option<i64> = maybe_int("post_payment_amount"),
        /// Part given back outside Stripe.
        out_of_band_amount: Option<i64> = maybe_int("out_of_band_amount"),
        /// Its refunds, as JSON.
        refunds: Option<String> = json("refunds"),
        /// Balance transaction that credited the customer.
        customer_balance_transaction: Option<String> = maybe_text("customer_balance_transaction"),
        /// Words on the document.
        memo: Option<String> = maybe_text("memo"),
        /// Amount per tax, as JSON.
        total_taxes: Option<String> = json("total_taxes"),
        /// Made at, UTC seconds.
        created: i64 = time("created"),
        /// Date on the document, UTC seconds: the accounting date.
        effective_at: Option<i64> = maybe_int("effective_at"),
        /// Voided at, UTC seconds.
        voided_at: Option<i64> = maybe_int("voided_at"),
        /// Whether it is of the live account, not of a test one.
        livemode: Option<bool> = maybe_flag("livemode"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}

row! {
    /// One line of a credit note. Amounts are minor units of the credit note's currency.
    CreditNoteLineRow {
        /// Stripe's id.
        id: String = text("id"),
        /// Credit note it is on.
        credit_note: Option<String> = parent_id(""),
        /// `invoice_line_item` or `custom_line_item`.
        r#type: String = text("type"),
        /// Amount of the line.
        amount: Option<i64> = int("amount"),
        /// Words of the line.
        description: Option<String> = maybe_text("description"),
        /// Units.
        quantity: Option<i64> = maybe_int("quantity"),
        /// Minor units a unit.
        unit_amount: Option<i64> = maybe_int("unit_amount"),
        /// Minor units a unit as exact decimal text.
        unit_amount_decimal: Option<String> = decimal("unit_amount_decimal"),
        /// Invoice line that it corrects.
        invoice_line_item: Option<String> = maybe_text("invoice_line_item"),
        /// Discount within.
        discount_amount: Option<i64> = maybe_int("discount_amount"),
        /// Amount per discount, as JSON.
        discount_amounts: Option<String> = json("discount_amounts"),
        /// Credits and discounts before tax, as JSON.
        pretax_credit_amounts: Option<String> = json("pretax_credit_amounts"),
        /// Ids of its tax rates, as a JSON array.
        tax_rates: Option<String> = json("tax_rates"),
        /// Amount per tax, as JSON.
        taxes: Option<String> = json("taxes"),
        /// The company's own keys and values, as JSON.
        metadata: Option<String> = json("metadata"),
    }
}
