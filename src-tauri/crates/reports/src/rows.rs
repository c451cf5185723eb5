//! The rows that exports are made of, and what the control sheet needs to know of each: its
//! currency, and whether its amounts count.
//!
//! Amounts are minor units of the row's currency (lower case), times are UTC seconds; none is
//! what never arrived.

use crate::sums::Bucket;

/// One row of an export.
pub trait Record: Send + Sync + 'static {
    /// The currency of its amounts, lower case; none where it has no amount. What is no money has
    /// the name of its unit here, and says its decimals.
    fn currency(&self) -> Option<&str>;

    /// The decimals of amounts that are no money; none: those of the currency.
    fn decimals() -> Option<u8>
    where
        Self: Sized,
    {
        None
    }

    /// Whether its amounts count.
    fn bucket(&self) -> Bucket;
}

/// One invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are Stripe's fields; what differs is said"
)]
pub struct Invoice {
    pub id: String,
    pub number: Option<String>,
    pub status: String,
    pub customer: Option<String>,
    /// The name on the document, else the tenant's.
    pub customer_name: Option<String>,
    /// The address on the document, else the tenant's.
    pub customer_email: Option<String>,
    /// The product's own id (`metadata.tenantId` of the customer).
    pub tenant_id: Option<String>,
    pub subscription: Option<String>,
    pub description: Option<String>,
    pub billing_reason: Option<String>,
    pub collection_method: Option<String>,
    pub currency: String,
    pub created: i64,
    pub finalized_at: Option<i64>,
    pub due_date: Option<i64>,
    pub period_start: Option<i64>,
    pub period_end: Option<i64>,
    pub paid_at: Option<i64>,
    pub voided_at: Option<i64>,
    pub marked_uncollectible_at: Option<i64>,
    pub next_payment_attempt: Option<i64>,
    pub attempt_count: Option<i64>,
    pub subtotal: Option<i64>,
    /// Sum of `total_discount_amounts`.
    pub discount: Option<i64>,
    /// Taxes on top of the prices.
    pub tax_exclusive: Option<i64>,
    /// Taxes inside the prices.
    pub tax_inclusive: Option<i64>,
    pub total: Option<i64>,
    pub amount_due: Option<i64>,
    pub amount_paid: Option<i64>,
    pub amount_paid_off_stripe: Option<i64>,
    pub amount_remaining: Option<i64>,
    pub starting_balance: Option<i64>,
    pub ending_balance: Option<i64>,
    /// Credit notes before payment and after it, as the invoice says.
    pub credited: Option<i64>,
    /// Earliest start of a line's period.
    pub line_period_start: Option<i64>,
    /// Latest end of a line's period.
    pub line_period_end: Option<i64>,
    /// The latest charge of its payments (Stripe's profile alone).
    pub charge: Option<String>,
    /// Coupons of its discounts, joined by ", " (Stripe's profile alone).
    pub coupons: Option<String>,
    /// Names of the products on its lines, joined by ", ".
    pub plan: Option<String>,
}

impl Record for Invoice {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        invoice_bucket(&self.status)
    }
}

/// Drafts are no documents; void ones are shown apart.
pub(crate) fn invoice_bucket(status: &str) -> Bucket {
    match status {
        "draft" => Bucket::LeftOut,
        "void" => Bucket::Apart,
        _ => Bucket::Counted,
    }
}

/// One line of an invoice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are Stripe's fields; what differs is said"
)]
pub struct InvoiceLine {
    pub id: String,
    /// Its place on the invoice, from 1.
    pub position: i64,
    pub invoice: String,
    pub invoice_number: Option<String>,
    pub invoice_status: String,
    pub finalized_at: Option<i64>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub subscription: Option<String>,
    pub subscription_item: Option<String>,
    pub invoice_item: Option<String>,
    pub description: Option<String>,
    pub price: Option<String>,
    pub product: Option<String>,
    pub product_name: Option<String>,
    /// Whole number or decimal as Stripe writes it.
    pub quantity: Option<String>,
    /// Decimal of minor units, as Stripe writes it.
    pub unit_amount_decimal: Option<String>,
    pub currency: String,
    pub period_start: Option<i64>,
    pub period_end: Option<i64>,
    pub proration: Option<bool>,
    pub subtotal: Option<i64>,
    /// Sum of `discount_amounts`.
    pub discount: Option<i64>,
    /// Sum of `taxes`.
    pub tax: Option<i64>,
    pub amount: Option<i64>,
}

impl Record for InvoiceLine {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        invoice_bucket(&self.invoice_status)
    }
}

/// One customer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are Stripe's fields; what differs is said"
)]
pub struct Customer {
    pub id: String,
    pub tenant_id: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub description: Option<String>,
    pub created: i64,
    pub deleted: bool,
    pub currency: Option<String>,
    /// The customer's own currency, that of its balance.
    pub balance_currency: Option<String>,
    /// As at Stripe: negative is credit of the tenant.
    pub balance: Option<i64>,
    pub delinquent: Option<bool>,
    pub tax_exempt: Option<String>,
    /// Product names of its living subscriptions.
    pub plan: Option<String>,
    pub seats: Option<i64>,
    /// The most alive subscription's status.
    pub subscription_status: Option<String>,
    pub mrr: Option<i64>,
    /// What its open invoices in that currency still ask for.
    pub open: Option<i64>,
    /// Of it, past the due date or after a failed payment.
    pub past_due: Option<i64>,
    /// Stripe's metadata as JSON with sorted keys.
    pub metadata: Option<String>,
}

impl Record for Customer {
    fn currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    fn bucket(&self) -> Bucket {
        if self.deleted {
            Bucket::Apart
        } else {
            Bucket::Counted
        }
    }
}

/// One item of a subscription; a subscription without items is one row without an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are Stripe's fields; what differs is said"
)]
pub struct SubscriptionItem {
    pub subscription: String,
    pub item: Option<String>,
    pub status: String,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub price: Option<String>,
    pub price_nickname: Option<String>,
    pub product: Option<String>,
    pub product_name: Option<String>,
    pub billing_scheme: Option<String>,
    pub usage_type: Option<String>,
    pub interval: Option<String>,
    pub interval_count: Option<i64>,
    pub quantity: Option<i64>,
    pub currency: String,
    /// Decimal of minor units, as Stripe writes it.
    pub unit_amount_decimal: Option<String>,
    pub collection_method: Option<String>,
    pub created: i64,
    pub start_date: Option<i64>,
    pub current_period_start: Option<i64>,
    pub current_period_end: Option<i64>,
    pub trial_start: Option<i64>,
    pub trial_end: Option<i64>,
    pub cancel_at: Option<i64>,
    pub cancel_at_period_end: Option<bool>,
    pub canceled_at: Option<i64>,
    pub ended_at: Option<i64>,
    pub pause_collection: Option<String>,
    pub latest_invoice: Option<String>,
}

impl Record for SubscriptionItem {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        match self.status.as_str() {
            "canceled" | "incomplete_expired" => Bucket::Apart,
            "incomplete" => Bucket::LeftOut,
            _ => Bucket::Counted,
        }
    }
}

/// One payment attempt: a charge, or a payment that an invoice records without one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are Stripe's fields; what differs is said"
)]
pub struct Payment {
    pub id: String,
    /// `charge` or `invoice_payment`.
    pub source: String,
    pub payment_intent: Option<String>,
    pub invoice: Option<String>,
    pub invoice_number: Option<String>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub created: i64,
    /// `succeeded`, `failed`, `pending`; of an invoice payment `paid`, `open`, `canceled`.
    pub status: String,
    pub currency: String,
    pub amount: Option<i64>,
    pub amount_refunded: Option<i64>,
    pub failure_code: Option<String>,
    pub failure_message: Option<String>,
    /// The bank's reason.
    pub decline_code: Option<String>,
    /// `card`, `sepa_debit` …
    pub method: Option<String>,
    pub card_brand: Option<String>,
    pub card_last4: Option<String>,
    pub description: Option<String>,
    pub refunded: Option<bool>,
    pub disputed: Option<bool>,
}

impl Record for Payment {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        match self.status.as_str() {
            "succeeded" | "paid" => Bucket::Counted,
            "failed" | "canceled" => Bucket::Apart,
            _ => Bucket::LeftOut,
        }
    }
}

/// One credit note.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are Stripe's fields; what differs is said"
)]
pub struct CreditNote {
    pub id: String,
    pub number: Option<String>,
    pub invoice: Option<String>,
    pub invoice_number: Option<String>,
    pub customer: Option<String>,
    pub customer_name: Option<String>,
    pub tenant_id: Option<String>,
    pub status: String,
    pub kind: Option<String>,
    pub reason: Option<String>,
    pub memo: Option<String>,
    pub currency: String,
    pub created: i64,
    /// The accounting date; Stripe leaves it out where it is the day of creation.
    pub effective_at: Option<i64>,
    pub voided_at: Option<i64>,
    pub subtotal: Option<i64>,
    pub total: Option<i64>,
    pub pre_payment_amount: Option<i64>,
    pub post_payment_amount: Option<i64>,
    pub out_of_band_amount: Option<i64>,
}

impl Record for CreditNote {
    fn currency(&self) -> Option<&str> {
        Some(&self.currency)
    }

    fn bucket(&self) -> Bucket {
        if self.status == "void" {
            Bucket::Apart
        } else {
            Bucket::Counted
        }
    }
}
