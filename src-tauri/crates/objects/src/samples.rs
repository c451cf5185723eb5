//! Small objects of Stripe's shapes for this crate's tests.

use serde_json::{Value, json};

use crate::Kind;

/// One object of every kind that has an `object` name.
pub(crate) fn all() -> Vec<(Kind, Value)> {
    vec![
        (Kind::Customer, customer()),
        (Kind::Price, tiered_price()),
        (Kind::Coupon, coupon()),
        (Kind::Discount, discount()),
        (Kind::Subscription, subscription()),
        (Kind::Invoice, invoice()),
        (Kind::CreditNote, credit_note()),
        (Kind::Charge, charge()),
        (Kind::PaymentIntent, payment_intent()),
    ]
}

pub(crate) fn customer() -> Value {
    json!({
        "id": "cus_1", "object": "customer", "address": null, "balance": -1500,
        "created": 1_760_000_000, "currency": "usd", "default_source": null, "delinquent": false,
        "description": "Häusler \"Nord\"\n2nd line", "email": "ap@example.com",
        "invoice_settings": {"custom_fields": null, "default_payment_method": "pm_1"},
        "livemode": false, "metadata": {"tenantId": "t-1", "a\"b": "x"}, "name": "Häusler GmbH",
        "next_invoice_sequence": 7, "tax_exempt": "none", "test_clock": null
    })
}

pub(crate) fn coupon() -> Value {
    json!({
        "id": "co_25", "object": "coupon", "amount_off": null, "created": 1_750_000_000,
        "currency": null, "duration": "repeating", "duration_in_months": 3, "livemode": false,
        "max_redemptions": null, "metadata": {}, "name": "Quarter", "percent_off": 25.5,
        "redeem_by": null, "times_redeemed": 2, "valid": true
    })
}

/// As the list gives it: with what is expanded.
pub(crate) fn limited_coupon() -> Value {
    let mut coupon = coupon();
    coupon["applies_to"] = json!({"products": ["prod_1"]});
    coupon["currency_options"] = json!({"eur": {"amount_off": 450}});
    coupon
}

pub(crate) fn discount() -> Value {
    json!({
        "id": "di_1", "object": "discount", "checkout_session": null, "customer": "cus_1",
        "end": 1_770_000_000, "invoice": null, "invoice_item": null, "promotion_code": null,
        "source": {"coupon": "co_25", "type": "coupon"}, "start": 1_760_000_000,
        "subscription": "sub_1", "subscription_item": null
    })
}

pub(crate) fn tiered_price() -> Value {
    json!({
        "id": "price_t", "object": "price", "active": true, "billing_scheme": "tiered",
        "created": 1_750_000_000, "currency": "usd",
        "currency_options": {"usd": {"tax_behavior": "unspecified", "unit_amount": null}},
        "custom_unit_amount": null, "livemode": false, "lookup_key": null, "metadata": {},
        "nickname": null, "product": "prod_1",
        "recurring": {"interval": "month", "interval_count": 1, "meter": null,
                      "trial_period_days": null, "usage_type": "licensed"},
        "tax_behavior": "unspecified",
        "tiers": [{"flat_amount": 1000, "unit_amount": 500, "unit_amount_decimal": "500",
                   "up_to": 10},
                  {"flat_amount": null, "unit_amount": 400, "unit_amount_decimal": "400",
                   "up_to": null}],
        "tiers_mode": "graduated", "transform_quantity": null, "type": "recurring",
        "unit_amount": null, "unit_amount_decimal": null
    })
}

pub(crate) fn item(number: u32) -> Value {
    json!({
        "id": format!("si_{number}"), "object": "subscription_item", "created": 1_760_000_000,
        "current_period_end": 1_762_600_000, "current_period_start": 1_760_000_000,
        "discounts": [], "metadata": {}, "plan": {"id": "price_1", "object": "plan"},
        "price": {"id": "price_1", "object": "price", "unit_amount": 2000}, "quantity": 5,
        "subscription": "sub_1", "tax_rates": []
    })
}

pub(crate) fn subscription() -> Value {
    json!({
        "id": "sub_1", "object": "subscription", "billing_cycle_anchor": 1_760_000_000,
        "billing_mode": {"type": "flexible"}, "cancel_at": null, "cancel_at_period_end": false,
        "canceled_at": null, "cancellation_details": {"comment": null, "reason": null},
        "collection_method": "charge_automatically", "created": 1_760_000_000, "currency": "usd",
        "customer": "cus_1", "days_until_due": null, "discounts": ["di_1"], "ended_at": null,
        "items": {"object": "list", "data": [item(2), item(1)], "has_more": false, "url": "/v1/x"},
        "latest_invoice": "in_1", "livemode": false, "metadata": {}, "pause_collection": null,
        "schedule": null, "start_date": 1_760_000_000, "status": "active", "trial_end": null
    })
}

pub(crate) fn line(number: u32) -> Value {
    json!({
        "id": format!("il_{number}"), "object": "line_item", "amount": 10_000, "currency": "usd",
        "description": "5 × Professional (at $20.00 / month)", "discount_amounts": [],
        "discounts": [], "invoice": "in_1", "metadata": {},
        "parent": {"invoice_item_details": null,
                   "subscription_item_details": {"invoice_item": null, "proration": true,
                        "subscription": "sub_1", "subscription_item": "si_1"},
                   "type": "subscription_item_details"},
        "period": {"start": 1_760_000_000, "end": 1_762_600_000},
        "pricing": {"price_details": {"price": "price_1", "product": "prod_1"},
                    "type": "price_details", "unit_amount_decimal": "2000"},
        "quantity": 5, "quantity_decimal": "5", "subtotal": 10_000, "taxes": []
    })
}

pub(crate) fn invoice() -> Value {
    json!({
        "id": "in_1", "object": "invoice", "amount_due": 20_000, "amount_overpaid": 0,
        "amount_paid": 0, "amount_remaining": 20_000, "attempt_count": 1, "attempted": true,
        "auto_advance": true, "billing_reason": "subscription_cycle",
        "collection_method": "charge_automatically", "created": 1_760_000_000,
        "currency": "usd", "customer": "cus_1", "customer_email": "ap@example.com",
        "customer_name": "Häusler GmbH", "discounts": ["di_1"], "due_date": null,
        "ending_balance": 0, "hosted_invoice_url": "https://invoice.stripe.com/i/1",
        "invoice_pdf": "https://pay.stripe.com/1.pdf", "last_finalization_error": null,
        "lines": {"object": "list", "data": [line(2), line(1)], "has_more": false,
                  "total_count": 2, "url": "/v1/invoices/in_1/lines"},
        "livemode": false, "metadata": {}, "next_payment_attempt": 1_760_300_000,
        "number": "MER-0001",
        "parent": {"quote_details": null,
                   "subscription_details": {"metadata": {}, "subscription": "sub_1"},
                   "type": "subscription_details"},
        "period_end": 1_760_000_000, "period_start": 1_757_400_000,
        "starting_balance": 0, "status": "open",
        "status_transitions": {"finalized_at": 1_760_003_600, "marked_uncollectible_at": null,
                               "paid_at": null, "voided_at": null},
        "subtotal": 20_000, "total": 20_000, "total_discount_amounts": [], "total_taxes": []
    })
}

pub(crate) fn credit_note() -> Value {
    json!({
        "id": "cn_1", "object": "credit_note", "amount": 500, "created": 1_760_000_000,
        "currency": "usd", "customer": "cus_1", "effective_at": 1_760_000_000, "invoice": "in_1",
        "lines": {"object": "list", "data": [{"id": "cnli_1", "object": "credit_note_line_item",
                    "amount": 500, "description": "Service credit", "quantity": 1,
                    "tax_rates": [{"id": "txr_1", "object": "tax_rate", "percentage": 19.0}],
                    "type": "custom_line_item", "unit_amount": 500,
                    "unit_amount_decimal": "500"}],
                  "has_more": false, "url": "/v1/credit_notes/cn_1/lines"},
        "livemode": false, "memo": null, "metadata": {}, "number": "MER-0001-CN-01",
        "pdf": "https://pay.stripe.com/credit_notes/1.pdf", "post_payment_amount": 0,
        "pre_payment_amount": 500, "reason": "order_change", "refunds": [], "status": "issued",
        "subtotal": 500, "total": 500, "type": "pre_payment", "voided_at": null
    })
}

pub(crate) fn charge() -> Value {
    json!({
        "id": "ch_1", "object": "charge", "amount": 20_000, "amount_refunded": 0,
        "created": 1_760_003_601, "currency": "usd", "customer": "cus_1", "disputed": false,
        "failure_code": "card_declined", "failure_message": "Your card has insufficient funds.",
        "livemode": false, "metadata": {},
        "outcome": {"advice_code": "try_again_later", "reason": "insufficient_funds",
                    "network_status": "declined_by_network", "type": "issuer_declined"},
        "paid": false, "payment_intent": "pi_1", "payment_method": "pm_1",
        "payment_method_details": {"card": {"brand": "visa", "last4": "4242"}, "type": "card"},
        "receipt_url": null, "refunded": false, "status": "failed"
    })
}

pub(crate) fn payment_intent() -> Value {
    json!({
        "id": "pi_1", "object": "payment_intent", "amount": 20_000, "amount_received": 0,
        "canceled_at": null, "client_secret": "pi_1_secret_x", "created": 1_760_003_600,
        "currency": "usd", "customer": "cus_1", "last_payment_error": {"charge": "ch_1",
            "code": "card_declined", "decline_code": "insufficient_funds",
            "payment_method": {"id": "pm_1", "object": "payment_method", "type": "card"}},
        "latest_charge": "ch_1", "livemode": false, "metadata": {}, "next_action": null,
        "payment_method": "pm_1", "status": "requires_payment_method"
    })
}
