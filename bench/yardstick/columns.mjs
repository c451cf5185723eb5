// The columns that the yardstick keeps beside the raw JSON: for each list its table, and for
// each column the path in the object. An id where Stripe may send an object; JSON where a list.

const id = (value) => (value && typeof value === "object" ? value.id : value);
const json = (value) => (value === undefined || value === null ? null : JSON.stringify(value));

/** One column: its name and how it is read. */
function column(spec) {
  const [path, how] = spec.split(":");
  const steps = path.split(".");
  const read = (object) => {
    let value = object;
    for (const step of steps) {
      if (value === null || value === undefined) return null;
      value = value[step];
    }
    if (how === "id") return id(value) ?? null;
    if (how === "json") return json(value);
    if (value === null || value === undefined) return null;
    if (typeof value === "boolean") return Number(value);
    // The SDK makes an object of a decimal.
    return typeof value === "object" ? String(value) : value;
  };
  return { name: path.replaceAll(".", "_"), read };
}

const columns = (text) => text.trim().split(/\s+/).map(column);

export const TABLES = {
  customers: columns(`id created livemode email name description phone currency balance
    invoice_credit_balance:json delinquent default_source:id
    invoice_settings.default_payment_method:id tax_exempt test_clock:id metadata:json`),
  subscriptions: columns(`id customer:id status currency collection_method created start_date
    billing_cycle_anchor billing_mode.type cancel_at cancel_at_period_end canceled_at ended_at
    trial_start trial_end pause_collection.behavior latest_invoice:id default_payment_method:id
    days_until_due discounts:json schedule:id livemode metadata:json`),
  subscription_items: columns(`id subscription price:id quantity current_period_start
    current_period_end created discounts:json metadata:json`),
  invoices: columns(`id number customer:id customer_name customer_email description
    parent.subscription_details.subscription:id status billing_reason collection_method currency
    created due_date period_start period_end subtotal subtotal_excluding_tax total
    total_excluding_tax amount_due amount_paid amount_remaining amount_overpaid starting_balance
    ending_balance pre_payment_credit_notes_amount post_payment_credit_notes_amount attempt_count
    attempted next_payment_attempt auto_advance status_transitions.finalized_at
    status_transitions.paid_at status_transitions.voided_at
    status_transitions.marked_uncollectible_at discounts:json total_discount_amounts:json
    total_taxes:json livemode metadata:json`),
  invoice_lines: columns(`id invoice amount subtotal currency description quantity period.start
    period.end pricing.price_details.price:id pricing.price_details.product
    pricing.unit_amount_decimal parent.type discount_amounts:json taxes:json metadata:json`),
  invoice_payments: columns(`id invoice:id amount_paid amount_requested currency is_default
    payment.type payment.payment_intent:id payment.charge:id status status_transitions.paid_at
    status_transitions.canceled_at created`),
  payment_intents: columns(`id customer:id amount amount_received currency status
    last_payment_error.code last_payment_error.decline_code last_payment_error.message
    latest_charge:id payment_method:id canceled_at created`),
  charges: columns(`id payment_intent:id customer:id amount currency status paid failure_code
    failure_message outcome.type outcome.reason outcome.risk_level outcome.seller_message refunded
    disputed created`),
  credit_notes: columns(`id number invoice:id customer:id status type reason amount total subtotal
    currency pre_payment_amount post_payment_amount out_of_band_amount memo created effective_at
    voided_at`),
  products: columns(`id name active default_price:id description unit_label tax_code:id created
    updated metadata:json`),
  prices: columns(`id product:id active currency type billing_scheme unit_amount
    unit_amount_decimal recurring.interval recurring.interval_count recurring.usage_type
    tiers_mode tiers:json lookup_key nickname tax_behavior created metadata:json`),
  coupons: columns(`id name duration duration_in_months percent_off amount_off currency created
    metadata:json`),
  tax_rates: columns(`id display_name percentage inclusive active country created metadata:json`),
};
