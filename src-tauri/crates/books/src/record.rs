//! A row's fields as cells, in the order of its columns: the projections bind and read through
//! this, so that a column is a field by construction.

use objects::rows::{
    BalanceTransactionRow, ChargeRow, CouponRow, CouponTermsRow, CreditBalanceSummaryRow,
    CreditBalanceTransactionRow, CreditGrantRow, CreditNoteLineRow, CreditNoteRow,
    CustomerBalanceTransactionRow, CustomerRow, DiscountRow, DisputeRow, InvoiceItemRow,
    InvoicePaymentRow, InvoiceRow, MeterRow, PaymentIntentRow, PaymentMethodRow, PaymentSourceRow,
    PayoutRow, PayoutTransactionRow, PriceRow, PriceTiersRow, ProductRow, PromotionCodeRow,
    RefundRow, SubscriptionItemRow, SubscriptionRow, SubscriptionScheduleRow, TaxRateRow,
    TestClockRow,
};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, TypeInfo as _, ValueRef as _};

/// One value of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    Text(String),
}

/// A row that is stored one column a field.
pub(crate) trait Record: Sized {
    /// The table that holds it.
    const TABLE: &'static str;
    /// The names of the fields, which are those of the columns.
    const COLUMNS: &'static [&'static str];

    /// Gives every field to `put`, in the order of the columns.
    fn into_cells(self, put: &mut impl FnMut(Cell));

    /// The row whose fields `take` gives, in the order of the columns.
    fn from_cells(take: &mut impl FnMut() -> Cell) -> Self;
}

impl From<String> for Cell {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Cell {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Int(i64::from(value))
    }
}

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<Cell> for String {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Text(value) => value,
            Cell::Int(value) => value.to_string(),
            Cell::Null => Self::new(),
        }
    }
}

impl From<Cell> for i64 {
    fn from(cell: Cell) -> Self {
        if let Cell::Int(value) = cell {
            value
        } else {
            0
        }
    }
}

impl From<Cell> for bool {
    fn from(cell: Cell) -> Self {
        matches!(cell, Cell::Int(value) if value != 0)
    }
}

impl From<Cell> for Option<String> {
    fn from(cell: Cell) -> Self {
        if let Cell::Text(value) = cell {
            Some(value)
        } else {
            None
        }
    }
}

impl From<Cell> for Option<i64> {
    fn from(cell: Cell) -> Self {
        if let Cell::Int(value) = cell {
            Some(value)
        } else {
            None
        }
    }
}

impl From<Cell> for Option<bool> {
    fn from(cell: Cell) -> Self {
        if let Cell::Int(value) = cell {
            Some(value != 0)
        } else {
            None
        }
    }
}

/// The record whose columns stand in `row` from `first` on.
pub(crate) fn read<R: Record>(row: &SqliteRow, first: usize) -> Result<R, sqlx::Error> {
    let mut cells = Vec::with_capacity(R::COLUMNS.len());
    for n in first..first + R::COLUMNS.len() {
        cells.push(cell_at(row, n)?);
    }
    let mut cells = cells.into_iter();
    Ok(R::from_cells(&mut || cells.next().unwrap_or(Cell::Null)))
}

/// The record of which `row` has these fields alone, from `first` on, in the order of the columns.
pub(crate) fn read_some<R: Record>(
    row: &SqliteRow,
    first: usize,
    fields: &[&str],
) -> Result<R, sqlx::Error> {
    let mut next = first;
    let mut cells = Vec::with_capacity(R::COLUMNS.len());
    for column in R::COLUMNS {
        cells.push(match fields.contains(column) {
            true => {
                next += 1;
                cell_at(row, next - 1)?
            }
            false => Cell::Null,
        });
    }
    let mut cells = cells.into_iter();
    Ok(R::from_cells(&mut || cells.next().unwrap_or(Cell::Null)))
}

/// The value of a column.
pub(crate) fn cell_at(row: &SqliteRow, n: usize) -> Result<Cell, sqlx::Error> {
    let value = row.try_get_raw(n)?;
    Ok(match value.type_info().name() {
        _ if value.is_null() => Cell::Null,
        "INTEGER" => Cell::Int(row.try_get(n)?),
        _ => Cell::Text(row.try_get(n)?),
    })
}

/// The name of a field as a column has it: `r#type` is `type`.
const fn column(field: &'static str) -> &'static str {
    if let [b'r', b'#', ..] = field.as_bytes() {
        field.split_at(2).1
    } else {
        field
    }
}

/// Lists the fields of a row; one that is left out does not compile.
macro_rules! records {
    ($($row:ident in $table:ident { $($field:ident)* })*) => {
        $(impl Record for $row {
            const TABLE: &'static str = stringify!($table);
            const COLUMNS: &'static [&'static str] = &[$(column(stringify!($field))),*];

            fn into_cells(self, put: &mut impl FnMut(Cell)) {
                $(put(self.$field.into());)*
            }

            fn from_cells(take: &mut impl FnMut() -> Cell) -> Self {
                Self { $($field: take().into(),)* }
            }
        })*
    };
}

records! {
    ProductRow in product {
        id name active default_price description unit_label tax_code created updated
        livemode deleted metadata
    }
    PriceRow in price {
        id product active currency r#type billing_scheme unit_amount unit_amount_decimal
        recurring_interval recurring_interval_count recurring_usage_type recurring_meter
        recurring_trial_period_days tiers_mode transform_quantity lookup_key nickname
        tax_behavior created livemode deleted metadata
    }
    PriceTiersRow in price_tiers {
        price tiers currency_options
    }
    CouponRow in coupon {
        id name duration duration_in_months percent_off amount_off currency max_redemptions
        redeem_by times_redeemed valid created livemode deleted metadata
    }
    CouponTermsRow in coupon_terms {
        coupon applies_to currency_options
    }
    DiscountRow in discount {
        id customer start end source_coupon subscription subscription_item invoice
        invoice_item promotion_code deleted
    }
    TaxRateRow in tax_rate {
        id display_name description percentage effective_percentage inclusive active country
        state jurisdiction tax_type created livemode metadata
    }
    CustomerRow in customer {
        id created livemode deleted email name business_name individual_name description
        phone currency balance invoice_credit_balance delinquent default_source
        invoice_settings_default_payment_method tax_exempt test_clock customer_account
        discount metadata
    }
    SubscriptionRow in subscription {
        id customer status status_details currency collection_method created start_date
        billing_cycle_anchor billing_mode_type cancel_at cancel_at_period_end canceled_at
        ended_at cancellation_details_reason cancellation_details_feedback
        cancellation_details_comment cancellation_details_feedback_option trial_start
        trial_end pause_collection_behavior pause_collection_resumes_at latest_invoice
        default_payment_method days_until_due discounts pending_update schedule
        next_pending_invoice_item_invoice billing_schedules test_clock metadata livemode
    }
    SubscriptionItemRow in subscription_item {
        id subscription price quantity current_period_start current_period_end billed_until
        current_trial discounts tax_rates created metadata
    }
    InvoiceRow in invoice {
        id number customer customer_name customer_email description parent_type
        parent_subscription_details_subscription status billing_reason collection_method
        currency created due_date effective_at period_start period_end subtotal
        subtotal_excluding_tax total total_excluding_tax amount_due amount_paid
        amount_paid_off_stripe amount_remaining amount_overpaid starting_balance
        ending_balance pre_payment_credit_notes_amount post_payment_credit_notes_amount
        attempt_count attempted next_payment_attempt auto_advance automatically_finalizes_at
        status_transitions_finalized_at status_transitions_paid_at
        status_transitions_voided_at status_transitions_marked_uncollectible_at
        last_finalization_error discounts total_discount_amounts total_taxes
        total_pretax_credit_amounts latest_revision deleted livemode test_clock metadata
    }
    CreditNoteRow in credit_note {
        id number invoice customer status r#type reason amount total subtotal
        total_excluding_tax currency pre_payment_amount post_payment_amount
        out_of_band_amount refunds customer_balance_transaction memo total_taxes created
        effective_at voided_at livemode metadata
    }
    CreditNoteLineRow in credit_note_line {
        id credit_note r#type amount description quantity unit_amount unit_amount_decimal
        invoice_line_item discount_amount discount_amounts pretax_credit_amounts tax_rates
        taxes metadata
    }
    InvoicePaymentRow in invoice_payment {
        id invoice amount_paid amount_requested currency is_default payment_type
        payment_payment_intent payment_charge payment_payment_record status
        status_transitions_paid_at status_transitions_canceled_at created livemode
    }
    PaymentIntentRow in payment_intent {
        id customer amount amount_received currency status last_payment_error_code
        last_payment_error_decline_code last_payment_error_advice_code
        last_payment_error_network_advice_code last_payment_error_network_decline_code
        last_payment_error_message last_payment_error_charge latest_charge payment_method
        description canceled_at created livemode metadata
    }
    ChargeRow in charge {
        id payment_intent customer amount amount_captured amount_refunded currency status paid
        captured failure_code
        failure_message outcome_type outcome_reason outcome_advice_code
        outcome_network_advice_code outcome_network_decline_code outcome_network_status
        outcome_risk_level outcome_seller_message payment_method payment_method_details_type
        payment_method_details_card_brand payment_method_details_card_last4 refunded
        disputed description created livemode metadata
    }
    RefundRow in refund {
        id charge payment_intent amount currency status reason failure_reason
        receipt_number balance_transaction failure_balance_transaction description
        created metadata
    }
    DisputeRow in dispute {
        id charge payment_intent amount currency status reason is_charge_refundable
        evidence_details_due_by evidence_details_has_evidence
        evidence_details_past_due evidence_details_submission_count
        balance_transactions created livemode metadata
    }
    BalanceTransactionRow in balance_transaction {
        id r#type source amount fee net currency fee_details exchange_rate
        reporting_category status description available_on created
    }
    PayoutRow in payout {
        id amount currency status arrival_date automatic balance_transaction
        failure_code failure_message method r#type reconciliation_status
        original_payout reversed_by description statement_descriptor created livemode
        metadata
    }
    PayoutTransactionRow in payout_transaction {
        id payout
    }
    CustomerBalanceTransactionRow in customer_balance_transaction {
        id customer r#type amount currency ending_balance invoice credit_note
        description created livemode metadata
    }
    CreditGrantRow in credit_grant {
        id customer name category amount_monetary_value amount_monetary_currency
        applicability_config_scope_price_type applicability_config_scope_prices
        priority effective_at expires_at voided_at created updated livemode test_clock
        metadata
    }
    CreditBalanceTransactionRow in credit_balance_transaction {
        id credit_grant r#type credit_type credit_amount_monetary_value
        credit_amount_monetary_currency
        credit_credits_application_invoice_voided_invoice debit_type
        debit_amount_monetary_value debit_amount_monetary_currency
        debit_credits_applied_invoice debit_credits_applied_invoice_line_item
        effective_at created livemode test_clock
    }
    CreditBalanceSummaryRow in credit_balance_summary {
        customer balances livemode
    }
    PromotionCodeRow in promotion_code {
        id code promotion_coupon customer active expires_at max_redemptions
        times_redeemed restrictions_first_time_transaction restrictions_minimum_amount
        restrictions_minimum_amount_currency created livemode metadata
    }
    InvoiceItemRow in invoice_item {
        id customer invoice amount net_amount currency description quantity
        quantity_decimal proration period_start period_end pricing_price_details_price
        pricing_price_details_product pricing_unit_amount_decimal parent_type
        parent_subscription_details_subscription
        parent_subscription_details_subscription_item discounts date deleted livemode
        test_clock metadata
    }
    SubscriptionScheduleRow in subscription_schedule {
        id customer subscription released_subscription status end_behavior
        current_phase_start_date current_phase_end_date phases default_settings
        canceled_at completed_at released_at created test_clock livemode metadata
    }
    MeterRow in meter {
        id event_name display_name status default_aggregation_formula
        event_time_window customer_mapping_event_payload_key
        value_settings_event_payload_key created updated
        status_transitions_deactivated_at livemode
    }
    TestClockRow in test_clock {
        id name status frozen_time deletes_after created deleted livemode
    }
    PaymentMethodRow in payment_method {
        id customer r#type card_brand card_last4 card_exp_month card_exp_year
        card_funding card_country sepa_debit_last4 sepa_debit_bank_code
        us_bank_account_last4 us_bank_account_bank_name bacs_debit_last4
        billing_details_name billing_details_email created livemode metadata
    }
    PaymentSourceRow in payment_source {
        id object customer r#type status brand last4 exp_month exp_year funding
        bank_name deleted metadata
    }
}
