//! From the rows of the books' readers to the rows of the columns.

use serde::Deserialize;

use crate::rows::{CreditNote, Customer, Invoice, InvoiceLine, Payment, SubscriptionItem};

#[expect(
    clippy::unnecessary_wraps,
    reason = "one form for all rows; lines leave some out"
)]
pub(crate) fn invoice(row: books::InvoiceExport) -> Option<Invoice> {
    Some(Invoice {
        id: row.id,
        number: row.number,
        status: row.status.unwrap_or_default(),
        customer: row.customer,
        customer_name: row.customer_name,
        customer_email: row.customer_email,
        tenant_id: row.tenant_id,
        subscription: row.subscription,
        description: row.description,
        billing_reason: row.billing_reason,
        collection_method: Some(row.collection_method),
        currency: row.currency,
        created: row.created,
        finalized_at: row.finalized_at,
        due_date: row.due_date,
        period_start: row.period_start,
        period_end: row.period_end,
        paid_at: row.paid_at,
        voided_at: row.voided_at,
        marked_uncollectible_at: row.marked_uncollectible_at,
        next_payment_attempt: row.next_payment_attempt,
        attempt_count: row.attempt_count,
        subtotal: row.subtotal,
        discount: row.discount_total,
        tax_exclusive: row.tax_exclusive,
        tax_inclusive: row.tax_inclusive,
        total: row.total,
        amount_due: row.amount_due,
        amount_paid: row.amount_paid,
        amount_paid_off_stripe: row.amount_paid_off_stripe,
        amount_remaining: row.amount_remaining,
        starting_balance: row.starting_balance,
        ending_balance: row.ending_balance,
        credited: sum(
            row.pre_payment_credit_notes_amount,
            row.post_payment_credit_notes_amount,
        ),
        line_period_start: row.line_period_min,
        line_period_end: row.line_period_max,
        charge: row.charge,
        coupons: row.coupons,
        plan: row.plan,
    })
}

/// Lines, numbered within their invoice; an invoice without a line has no row.
pub(crate) fn invoice_lines() -> impl FnMut(books::InvoiceLineExport) -> Option<InvoiceLine> {
    let mut invoice = String::new();
    let mut position = 0;
    move |row| {
        let id = row.id;
        if row.invoice != invoice {
            invoice.clone_from(&row.invoice);
            position = 0;
        }
        position += 1;
        Some(InvoiceLine {
            id,
            position,
            invoice: row.invoice,
            invoice_number: row.invoice_number,
            invoice_status: row.invoice_status.unwrap_or_default(),
            finalized_at: row.invoice_finalized_at,
            customer: row.customer,
            customer_name: row.customer_name,
            tenant_id: row.tenant_id,
            subscription: row.subscription,
            subscription_item: row.subscription_item,
            invoice_item: row.invoice_item,
            description: row.description,
            price: row.price,
            product: row.product,
            product_name: row.product_name,
            quantity: row
                .quantity_decimal
                .or_else(|| row.quantity.map(|units| units.to_string())),
            unit_amount_decimal: row.unit_amount_decimal,
            currency: row.currency,
            period_start: row.period_start,
            period_end: row.period_end,
            proration: Some(row.proration),
            subtotal: row.subtotal,
            discount: amounts(row.discount_amounts.as_deref()),
            tax: amounts(row.taxes.as_deref()),
            amount: row.amount,
        })
    }
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one form for all rows; lines leave some out"
)]
pub(crate) fn customer(row: books::CustomerExport) -> Option<Customer> {
    let books::CustomerExport { tenant, customer } = row;
    let known = tenant.currency.is_some();
    let due_here = tenant.past_due_currency == tenant.currency;
    Some(Customer {
        id: tenant.id,
        tenant_id: tenant.tenant_id,
        name: Some(tenant.name),
        email: tenant.email,
        phone: customer.phone,
        description: customer.description,
        created: tenant.created,
        deleted: tenant.deleted,
        currency: tenant.currency,
        balance_currency: tenant.balance_currency,
        balance: customer.balance,
        delinquent: customer.delinquent,
        tax_exempt: customer.tax_exempt,
        plan: tenant.plan,
        seats: tenant.seats,
        subscription_status: tenant.status,
        mrr: tenant.mrr,
        open: known.then_some(tenant.open),
        past_due: known.then_some(if due_here { tenant.past_due } else { 0 }),
        metadata: customer.metadata,
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one form for all rows; lines leave some out"
)]
pub(crate) fn subscription_item(row: books::SubscriptionItemExport) -> Option<SubscriptionItem> {
    let subscription = &row.subscription.row;
    let item = row.item.and_then(|place| row.subscription.items.get(place));
    let price = item.and_then(|item| item.price.as_ref());
    let product_name = item.map(|item| item.product_name.clone());
    Some(SubscriptionItem {
        subscription: subscription.id.clone(),
        item: item.map(|item| item.row.id.clone()),
        status: subscription.status.clone(),
        customer: subscription.customer.clone(),
        customer_name: row.tenant.as_ref().map(|tenant| tenant.name.clone()),
        tenant_id: row
            .tenant
            .as_ref()
            .and_then(|tenant| tenant.tenant_id.clone()),
        price: item.and_then(|item| item.row.price.clone()),
        price_nickname: price.and_then(|price| price.nickname.clone()),
        product: price.and_then(|price| price.product.clone()),
        product_name: product_name.filter(|name| !name.is_empty()),
        billing_scheme: price.map(|price| price.billing_scheme.clone()),
        usage_type: price.and_then(|price| price.recurring_usage_type.clone()),
        interval: price.and_then(|price| price.recurring_interval.clone()),
        interval_count: price.and_then(|price| price.recurring_interval_count),
        quantity: item.and_then(|item| item.row.quantity),
        currency: subscription.currency.clone(),
        // A price of another currency says nothing about what this subscription pays.
        unit_amount_decimal: price
            .filter(|price| price.currency == subscription.currency)
            .and_then(|price| price.unit_amount_decimal.clone()),
        collection_method: Some(subscription.collection_method.clone()),
        created: subscription.created,
        start_date: subscription.start_date,
        current_period_start: item.and_then(|item| item.row.current_period_start),
        current_period_end: item.and_then(|item| item.row.current_period_end),
        trial_start: subscription.trial_start,
        trial_end: subscription.trial_end,
        cancel_at: subscription.cancel_at,
        cancel_at_period_end: Some(subscription.cancel_at_period_end),
        canceled_at: subscription.canceled_at,
        ended_at: subscription.ended_at,
        pause_collection: subscription.pause_collection_behavior.clone(),
        latest_invoice: subscription.latest_invoice.clone(),
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one form for all rows; lines leave some out"
)]
pub(crate) fn payment(row: books::PaymentExport) -> Option<Payment> {
    Some(Payment {
        id: row.id,
        source: row.source,
        payment_intent: row.payment_intent,
        invoice: row.invoice,
        invoice_number: row.invoice_number,
        customer: row.customer,
        customer_name: row.customer_name,
        tenant_id: row.tenant_id,
        created: row.created,
        status: row.status,
        currency: row.currency,
        amount: row.amount,
        amount_refunded: row.amount_refunded,
        failure_code: row.failure_code,
        failure_message: row.failure_message,
        decline_code: row.decline_code,
        method: row.payment_method_type,
        card_brand: row.card_brand,
        card_last4: row.card_last4,
        description: row.description,
        refunded: Some(row.refunded),
        disputed: Some(row.disputed),
    })
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "one form for all rows; lines leave some out"
)]
pub(crate) fn credit_note(row: books::CreditNoteExport) -> Option<CreditNote> {
    Some(CreditNote {
        id: row.id,
        number: Some(row.number),
        invoice: row.invoice,
        invoice_number: row.invoice_number,
        customer: row.customer,
        customer_name: row.customer_name,
        tenant_id: row.tenant_id,
        status: row.status,
        kind: Some(row.kind),
        reason: row.reason,
        memo: row.memo,
        currency: row.currency,
        created: row.created,
        effective_at: Some(row.effective_at),
        voided_at: row.voided_at,
        subtotal: row.subtotal,
        total: row.total,
        pre_payment_amount: row.pre_payment_amount,
        post_payment_amount: row.post_payment_amount,
        out_of_band_amount: row.out_of_band_amount,
    })
}

/// The sum of what is known; none where nothing is.
fn sum(one: Option<i64>, other: Option<i64>) -> Option<i64> {
    match (one, other) {
        (Some(one), Some(other)) => one.checked_add(other),
        (one, other) => one.or(other),
    }
}

/// The sum of `amount` in a JSON list as Stripe has it; an absent list sums to nothing.
fn amounts(json: Option<&str>) -> Option<i64> {
    #[derive(Deserialize)]
    struct Part {
        amount: i64,
    }
    let Some(json) = json else { return Some(0) };
    let parts: Vec<Part> = serde_json::from_str(json).ok()?;
    parts
        .iter()
        .try_fold(0_i64, |sum, part| sum.checked_add(part.amount))
}
