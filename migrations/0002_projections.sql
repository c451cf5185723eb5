-- Projections: what the newest state of every object says, one column a field. They are rebuilt
-- from the history. A row's number is its object's; children are keyed by their parent. What
-- repeats in a million rows is a number: of an object (`…_num`), or of a word.

-- Texts that repeat: Stripe's own words.
CREATE TABLE word (
    num INTEGER PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE customer (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    created INTEGER NOT NULL,
    livemode INTEGER,
    deleted INTEGER NOT NULL,
    email TEXT,
    name TEXT,
    business_name TEXT,
    individual_name TEXT,
    description TEXT,
    phone TEXT,
    currency TEXT,
    balance INTEGER,
    invoice_credit_balance TEXT,
    delinquent INTEGER,
    default_source TEXT,
    invoice_settings_default_payment_method TEXT,
    tax_exempt TEXT,
    test_clock TEXT,
    customer_account TEXT,
    discount TEXT,
    metadata TEXT
) STRICT;

CREATE TABLE product (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    active INTEGER NOT NULL,
    default_price TEXT,
    description TEXT,
    unit_label TEXT,
    tax_code TEXT,
    created INTEGER NOT NULL,
    updated INTEGER,
    livemode INTEGER,
    deleted INTEGER NOT NULL,
    metadata TEXT
) STRICT;

CREATE TABLE price (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    product TEXT,
    active INTEGER NOT NULL,
    currency TEXT NOT NULL,
    "type" TEXT NOT NULL,
    billing_scheme TEXT NOT NULL,
    unit_amount INTEGER,
    unit_amount_decimal TEXT,
    recurring_interval TEXT,
    recurring_interval_count INTEGER,
    recurring_usage_type TEXT,
    recurring_meter TEXT,
    recurring_trial_period_days INTEGER,
    tiers_mode TEXT,
    transform_quantity TEXT,
    lookup_key TEXT,
    nickname TEXT,
    tax_behavior TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    deleted INTEGER NOT NULL,
    metadata TEXT
) STRICT;

CREATE TABLE price_tiers (
    num INTEGER PRIMARY KEY,
    price TEXT NOT NULL,
    tiers TEXT,
    currency_options TEXT
) STRICT;

CREATE TABLE coupon (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT,
    duration TEXT NOT NULL,
    duration_in_months INTEGER,
    percent_off TEXT,
    amount_off INTEGER,
    currency TEXT,
    applies_to TEXT,
    max_redemptions INTEGER,
    redeem_by INTEGER,
    times_redeemed INTEGER,
    valid INTEGER,
    created INTEGER NOT NULL,
    livemode INTEGER,
    deleted INTEGER NOT NULL,
    metadata TEXT
) STRICT;

CREATE TABLE discount (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    customer TEXT,
    "start" INTEGER,
    "end" INTEGER,
    source_coupon TEXT,
    subscription TEXT,
    subscription_item TEXT,
    invoice TEXT,
    invoice_item TEXT,
    promotion_code TEXT,
    deleted INTEGER NOT NULL,
    customer_num INTEGER
) STRICT;

CREATE TABLE tax_rate (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT,
    percentage TEXT,
    effective_percentage TEXT,
    inclusive INTEGER NOT NULL,
    active INTEGER NOT NULL,
    country TEXT,
    state TEXT,
    jurisdiction TEXT,
    tax_type TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT
) STRICT;

CREATE TABLE subscription (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    status TEXT NOT NULL,
    status_details TEXT,
    currency TEXT NOT NULL,
    collection_method INTEGER,
    created INTEGER NOT NULL,
    start_date INTEGER,
    billing_cycle_anchor INTEGER,
    billing_mode_type INTEGER,
    cancel_at INTEGER,
    cancel_at_period_end INTEGER NOT NULL,
    canceled_at INTEGER,
    ended_at INTEGER,
    cancellation_details_reason TEXT,
    cancellation_details_feedback TEXT,
    cancellation_details_comment TEXT,
    cancellation_details_feedback_option TEXT,
    trial_start INTEGER,
    trial_end INTEGER,
    pause_collection_behavior TEXT,
    pause_collection_resumes_at INTEGER,
    latest_invoice TEXT,
    default_payment_method TEXT,
    days_until_due INTEGER,
    discounts TEXT,
    pending_update TEXT,
    schedule TEXT,
    next_pending_invoice_item_invoice INTEGER,
    billing_schedules TEXT,
    test_clock TEXT,
    metadata TEXT,
    livemode INTEGER,
    customer_num INTEGER
) STRICT;

CREATE TABLE invoice (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    number TEXT,
    customer_name TEXT,
    customer_email TEXT,
    description TEXT,
    parent_type INTEGER,
    status TEXT,
    billing_reason INTEGER,
    collection_method INTEGER,
    currency TEXT NOT NULL,
    created INTEGER NOT NULL,
    due_date INTEGER,
    effective_at INTEGER,
    period_start INTEGER,
    period_end INTEGER,
    subtotal INTEGER,
    subtotal_excluding_tax INTEGER,
    total INTEGER,
    total_excluding_tax INTEGER,
    amount_due INTEGER,
    amount_paid INTEGER,
    amount_paid_off_stripe INTEGER,
    amount_remaining INTEGER,
    amount_overpaid INTEGER,
    starting_balance INTEGER,
    ending_balance INTEGER,
    pre_payment_credit_notes_amount INTEGER,
    post_payment_credit_notes_amount INTEGER,
    attempt_count INTEGER,
    attempted INTEGER NOT NULL,
    next_payment_attempt INTEGER,
    auto_advance INTEGER,
    automatically_finalizes_at INTEGER,
    status_transitions_finalized_at INTEGER,
    status_transitions_paid_at INTEGER,
    status_transitions_voided_at INTEGER,
    status_transitions_marked_uncollectible_at INTEGER,
    last_finalization_error TEXT,
    discounts TEXT,
    total_discount_amounts TEXT,
    total_taxes TEXT,
    total_pretax_credit_amounts TEXT,
    latest_revision TEXT,
    deleted INTEGER NOT NULL,
    livemode INTEGER,
    test_clock TEXT,
    metadata TEXT,
    customer_num INTEGER,
    subscription_num INTEGER,
    accounted_at INTEGER NOT NULL,
    tax_exclusive INTEGER,
    tax_inclusive INTEGER,
    discount_total INTEGER
) STRICT;

CREATE TABLE invoice_payment (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    invoice TEXT,
    amount_paid INTEGER,
    amount_requested INTEGER,
    currency TEXT NOT NULL,
    is_default INTEGER NOT NULL,
    payment_type TEXT,
    payment_payment_intent TEXT,
    payment_charge TEXT,
    payment_payment_record TEXT,
    status TEXT NOT NULL,
    status_transitions_paid_at INTEGER,
    status_transitions_canceled_at INTEGER,
    created INTEGER NOT NULL,
    livemode INTEGER,
    invoice_num INTEGER,
    payment_intent_num INTEGER
) STRICT;

CREATE TABLE payment_intent (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    customer TEXT,
    amount INTEGER,
    amount_received INTEGER,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    last_payment_error_code TEXT,
    last_payment_error_decline_code TEXT,
    last_payment_error_advice_code TEXT,
    last_payment_error_network_advice_code TEXT,
    last_payment_error_network_decline_code TEXT,
    last_payment_error_message TEXT,
    last_payment_error_charge TEXT,
    latest_charge TEXT,
    payment_method TEXT,
    description TEXT,
    canceled_at INTEGER,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT,
    customer_num INTEGER
) STRICT;

CREATE TABLE charge (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    payment_intent TEXT,
    customer TEXT,
    amount INTEGER,
    amount_captured INTEGER,
    amount_refunded INTEGER,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    paid INTEGER NOT NULL,
    captured INTEGER,
    failure_code TEXT,
    failure_message TEXT,
    outcome_type TEXT,
    outcome_reason TEXT,
    outcome_advice_code TEXT,
    outcome_network_advice_code TEXT,
    outcome_network_decline_code TEXT,
    outcome_network_status TEXT,
    outcome_risk_level TEXT,
    outcome_seller_message TEXT,
    payment_method TEXT,
    payment_method_details_type TEXT,
    payment_method_details_card_brand TEXT,
    payment_method_details_card_last4 TEXT,
    refunded INTEGER NOT NULL,
    disputed INTEGER NOT NULL,
    description TEXT,
    created INTEGER NOT NULL,
    livemode INTEGER,
    metadata TEXT,
    customer_num INTEGER,
    payment_intent_num INTEGER
) STRICT;

CREATE TABLE credit_note (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    number TEXT NOT NULL,
    invoice TEXT,
    customer TEXT,
    status TEXT NOT NULL,
    "type" TEXT NOT NULL,
    reason TEXT,
    amount INTEGER,
    total INTEGER,
    subtotal INTEGER,
    total_excluding_tax INTEGER,
    currency TEXT NOT NULL,
    pre_payment_amount INTEGER,
    post_payment_amount INTEGER,
    out_of_band_amount INTEGER,
    refunds TEXT,
    customer_balance_transaction TEXT,
    memo TEXT,
    total_taxes TEXT,
    created INTEGER NOT NULL,
    effective_at INTEGER,
    voided_at INTEGER,
    livemode INTEGER,
    metadata TEXT,
    customer_num INTEGER,
    invoice_num INTEGER
) STRICT;

CREATE TABLE subscription_item (
    parent INTEGER NOT NULL,
    n INTEGER NOT NULL,
    id TEXT NOT NULL,
    price INTEGER,
    quantity INTEGER,
    current_period_start INTEGER,
    current_period_end INTEGER,
    billed_until INTEGER,
    current_trial TEXT,
    discounts TEXT,
    tax_rates TEXT,
    created INTEGER NOT NULL,
    metadata TEXT,
    PRIMARY KEY (parent, n)
) STRICT, WITHOUT ROWID;

-- An invoice's lines stand in the history alone, as one version a list; see `books/src/lines.rs`.

CREATE TABLE credit_note_line (
    parent INTEGER NOT NULL,
    n INTEGER NOT NULL,
    id TEXT NOT NULL,
    "type" TEXT NOT NULL,
    amount INTEGER,
    description TEXT,
    quantity INTEGER,
    unit_amount INTEGER,
    unit_amount_decimal TEXT,
    invoice_line_item TEXT,
    discount_amount INTEGER,
    discount_amounts TEXT,
    pretax_credit_amounts TEXT,
    tax_rates TEXT,
    taxes TEXT,
    metadata TEXT,
    PRIMARY KEY (parent, n)
) STRICT, WITHOUT ROWID;

-- What the lines of an invoice say together: the set of products on them, the period that they
-- cover, how many they are.
CREATE TABLE invoice_digest (
    num INTEGER PRIMARY KEY,
    product_set INTEGER NOT NULL,
    period_min INTEGER,
    period_max INTEGER,
    lines INTEGER NOT NULL
) STRICT;

-- Sets of product ids, each once, sorted and separated by spaces.
CREATE TABLE product_set (
    num INTEGER PRIMARY KEY,
    products TEXT NOT NULL UNIQUE
) STRICT;

-- One row a customer: the figures of the tenants' table, kept by every write that touches them.
-- Amounts are minor units of `currency`.
CREATE TABLE tenant (
    num INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    tenant_id TEXT,
    email TEXT,
    plan TEXT NOT NULL DEFAULT '',
    seats INTEGER NOT NULL DEFAULT -1,
    status TEXT NOT NULL DEFAULT 'none',
    currency TEXT NOT NULL DEFAULT '',
    mrr INTEGER NOT NULL DEFAULT 0,
    -- The customer's own currency, which may differ from its subscription's; '' where none is said.
    balance_currency TEXT NOT NULL DEFAULT '',
    balance INTEGER NOT NULL DEFAULT 0,
    created INTEGER NOT NULL,
    deleted INTEGER NOT NULL
) STRICT;

-- What recurs a month, per tenant and currency; -1: it cannot be known.
CREATE TABLE tenant_mrr (
    customer_num INTEGER NOT NULL,
    currency TEXT NOT NULL,
    mrr INTEGER NOT NULL,
    PRIMARY KEY (customer_num, currency)
) STRICT, WITHOUT ROWID;

-- Text search: words of tenants and of invoices. Ids are found by the history's own index. The
-- beginning of a word is a range of the words; indexes of beginnings would double what is kept.
CREATE VIRTUAL TABLE tenant_search USING fts5 (
    name, email, tenant_id, description,
    content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE invoice_search USING fts5 (
    number, description,
    content = '', contentless_delete = 1, tokenize = "unicode61 remove_diacritics 2"
);
-- What they keep fits the pages of an encrypted file, which are a little smaller than others.
INSERT INTO tenant_search (tenant_search, rank) VALUES ('pgsz', 3900);
INSERT INTO invoice_search (invoice_search, rank) VALUES ('pgsz', 3900);

-- Money on its way: payments that an invoice waits for, and intents that a bank still works on.
-- Few rows at any time, so that what is past due can be told from what is being debited.
CREATE INDEX invoice_payment_open ON invoice_payment (payment_intent_num, invoice_num)
WHERE status = 'open' AND is_default = 1;
CREATE INDEX payment_intent_processing ON payment_intent (status) WHERE status = 'processing';

-- These three are kept from the first row on, because the window's tables are looked at during a
-- first load too: the invoices by date, what is owed, the tenants by name. All others wait for
-- its end.
CREATE INDEX invoice_by_accounted ON invoice (accounted_at) WHERE deleted = 0;
CREATE INDEX invoice_open
    ON invoice (customer_num, currency, amount_remaining, due_date, attempted, attempt_count)
    WHERE status = 'open';
CREATE INDEX tenant_by_name ON tenant (name_key);
