-- Everything else that a company's billing leaves at Stripe: what was given back and disputed,
-- balances and credits, what is planned, how customers pay, what Stripe took and paid out.

INSERT INTO kind (num, name) VALUES
    (13, 'refund'), (14, 'dispute'), (15, 'customer_balance_transaction'),
    (16, 'billing.credit_grant'), (17, 'billing.credit_balance_transaction'), (18, 'billing.meter'),
    (19, 'promotion_code'), (20, 'subscription_schedule'), (21, 'invoiceitem'),
    (22, 'payment_method'), (23, 'payment_source'), (24, 'balance_transaction'),
    (25, 'payout'), (26, 'test_helpers.test_clock');

CREATE TABLE refund (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    charge TEXT,
    payment_intent TEXT,
    amount INTEGER,
    currency TEXT NOT NULL,
    status TEXT,
    reason TEXT,
    failure_reason TEXT,
    receipt_number TEXT,
    balance_transaction TEXT,
    failure_balance_transaction TEXT,
    description TEXT,
    created INTEGER NOT NULL,
    metadata TEXT,
    charge_num INTEGER,
    payment_intent_num INTEGER
) STRICT;

CREATE TABLE dispute (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    charge TEXT,
    payment_intent TEXT,
    amount INTEGER,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT,
    is_charge_refundable INTEGER,
    evidence_details_due_by INTEGER,
    evidence_details_has_evidence INTEGER,
    evidence_details_past_due INTEGER,
    evidence_details_submission_count INTEGER,
    balance_transactions TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT,
    charge_num INTEGER,
    payment_intent_num INTEGER
) STRICT;

CREATE TABLE balance_transaction (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    "type" TEXT NOT NULL,
    source TEXT,
    amount INTEGER,
    fee INTEGER,
    net INTEGER,
    currency TEXT NOT NULL,
    fee_details TEXT,
    exchange_rate TEXT,
    reporting_category TEXT,
    status TEXT,
    description TEXT,
    available_on INTEGER,
    created INTEGER NOT NULL
) STRICT;

CREATE TABLE payout (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    amount INTEGER,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    arrival_date INTEGER,
    automatic INTEGER NOT NULL,
    balance_transaction TEXT,
    failure_code TEXT,
    failure_message TEXT,
    method TEXT,
    "type" TEXT,
    reconciliation_status TEXT,
    original_payout TEXT,
    reversed_by TEXT,
    description TEXT,
    statement_descriptor TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT
) STRICT;

CREATE TABLE payout_transaction (
    parent INTEGER NOT NULL,
    n INTEGER NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (parent, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer_balance_transaction (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    customer TEXT,
    "type" TEXT NOT NULL,
    amount INTEGER,
    currency TEXT NOT NULL,
    ending_balance INTEGER,
    invoice TEXT,
    credit_note TEXT,
    description TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT,
    customer_num INTEGER,
    invoice_num INTEGER
) STRICT;

CREATE TABLE credit_grant (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    customer TEXT,
    name TEXT,
    category TEXT,
    amount_monetary_value INTEGER,
    amount_monetary_currency TEXT,
    applicability_config_scope_price_type TEXT,
    applicability_config_scope_prices TEXT,
    priority INTEGER,
    effective_at INTEGER,
    expires_at INTEGER,
    voided_at INTEGER,
    created INTEGER NOT NULL,
    updated INTEGER,
    livemode INTEGER,
    test_clock TEXT,
    metadata TEXT,
    customer_num INTEGER
) STRICT;

CREATE TABLE credit_balance_transaction (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    credit_grant TEXT,
    "type" TEXT,
    credit_type TEXT,
    credit_amount_monetary_value INTEGER,
    credit_amount_monetary_currency TEXT,
    credit_credits_application_invoice_voided_invoice TEXT,
    debit_type TEXT,
    debit_amount_monetary_value INTEGER,
    debit_amount_monetary_currency TEXT,
    debit_credits_applied_invoice TEXT,
    debit_credits_applied_invoice_line_item TEXT,
    effective_at INTEGER,
    created INTEGER NOT NULL,
    livemode INTEGER,
    test_clock TEXT,
    credit_grant_num INTEGER,
    invoice_num INTEGER
) STRICT;

CREATE TABLE credit_balance_summary (
    num INTEGER PRIMARY KEY,
    customer TEXT NOT NULL,
    balances TEXT,
    livemode INTEGER
) STRICT;

CREATE TABLE promotion_code (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    promotion_coupon TEXT,
    customer TEXT,
    active INTEGER NOT NULL,
    expires_at INTEGER,
    max_redemptions INTEGER,
    times_redeemed INTEGER,
    restrictions_first_time_transaction INTEGER,
    restrictions_minimum_amount INTEGER,
    restrictions_minimum_amount_currency TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT,
    customer_num INTEGER
) STRICT;

CREATE TABLE invoice_item (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    customer TEXT,
    invoice TEXT,
    amount INTEGER,
    net_amount INTEGER,
    currency TEXT NOT NULL,
    description TEXT,
    quantity INTEGER,
    quantity_decimal TEXT,
    proration INTEGER NOT NULL,
    period_start INTEGER,
    period_end INTEGER,
    pricing_price_details_price TEXT,
    pricing_price_details_product TEXT,
    pricing_unit_amount_decimal TEXT,
    parent_type TEXT,
    parent_subscription_details_subscription TEXT,
    parent_subscription_details_subscription_item TEXT,
    discounts TEXT,
    date INTEGER,
    deleted INTEGER NOT NULL,
    livemode INTEGER,
    test_clock TEXT,
    metadata TEXT,
    customer_num INTEGER,
    invoice_num INTEGER
) STRICT;

CREATE TABLE subscription_schedule (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    customer TEXT,
    subscription TEXT,
    released_subscription TEXT,
    status TEXT NOT NULL,
    end_behavior TEXT,
    current_phase_start_date INTEGER,
    current_phase_end_date INTEGER,
    phases TEXT,
    default_settings TEXT,
    canceled_at INTEGER,
    completed_at INTEGER,
    released_at INTEGER,
    created INTEGER NOT NULL,
    test_clock TEXT,
    livemode INTEGER,
    metadata TEXT,
    customer_num INTEGER,
    subscription_num INTEGER
) STRICT;

CREATE TABLE meter (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    event_name TEXT NOT NULL,
    display_name TEXT,
    status TEXT,
    default_aggregation_formula TEXT,
    event_time_window TEXT,
    customer_mapping_event_payload_key TEXT,
    value_settings_event_payload_key TEXT,
    created INTEGER NOT NULL,
    updated INTEGER,
    status_transitions_deactivated_at INTEGER,
    livemode INTEGER
) STRICT;

CREATE TABLE test_clock (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT,
    status TEXT,
    frozen_time INTEGER,
    deletes_after INTEGER,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL,
    livemode INTEGER
) STRICT;

CREATE TABLE payment_method (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    customer TEXT,
    "type" TEXT NOT NULL,
    card_brand TEXT,
    card_last4 TEXT,
    card_exp_month INTEGER,
    card_exp_year INTEGER,
    card_funding TEXT,
    card_country TEXT,
    sepa_debit_last4 TEXT,
    sepa_debit_bank_code TEXT,
    us_bank_account_last4 TEXT,
    us_bank_account_bank_name TEXT,
    bacs_debit_last4 TEXT,
    billing_details_name TEXT,
    billing_details_email TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT,
    customer_num INTEGER
) STRICT;

CREATE TABLE payment_source (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    object TEXT NOT NULL,
    customer TEXT,
    "type" TEXT,
    status TEXT,
    brand TEXT,
    last4 TEXT,
    exp_month INTEGER,
    exp_year INTEGER,
    funding TEXT,
    bank_name TEXT,
    deleted INTEGER NOT NULL,
    metadata TEXT,
    customer_num INTEGER
) STRICT;
