//! The kinds of Stripe object that the books keep, each with the name under which it is stored.

use std::fmt;

/// A kind of object in the history: what Stripe calls an object, or the complete list of another
/// object's children, or the part of an object that Stripe shows only on request.
///
/// The last two are histories of their own, stored under the parent's id, so that a read which
/// carries them and a read which does not give the same version of the parent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A tenant as Stripe knows it.
    Customer,
    /// What is sold.
    Product,
    /// What it costs.
    Price,
    /// A price's tiers and its amounts in other currencies, under the price's id: Stripe sends
    /// them only where they are expanded.
    PriceTiers,
    /// The terms of a discount.
    Coupon,
    /// The products that a coupon is limited to and its amounts in other currencies, under the
    /// coupon's id: Stripe sends them only where they are expanded.
    CouponTerms,
    /// One coupon as applied to a customer, a subscription, an item or an invoice.
    Discount,
    /// A rate of tax.
    TaxRate,
    /// A subscription without its items.
    Subscription,
    /// All items of a subscription, under the subscription's id.
    SubscriptionItems,
    /// An invoice without its lines and payments.
    Invoice,
    /// All lines of an invoice, under the invoice's id.
    InvoiceLines,
    /// The part of an invoice that one payment settles.
    InvoicePayment,
    /// An attempt to collect, over one or more charges.
    PaymentIntent,
    /// One try at a card or an account.
    Charge,
    /// A credit note without its lines.
    CreditNote,
    /// All lines of a credit note, under the credit note's id.
    CreditNoteLines,
    /// Money given back to a payer.
    Refund,
    /// A payment that its payer disputes.
    Dispute,
    /// A change of a customer's account balance.
    CustomerBalanceTransaction,
    /// Credits given to a customer for usage to come.
    CreditGrant,
    /// Credits given, used, expired or taken back.
    CreditBalanceTransaction,
    /// What a customer has left of its credits, under the customer's id: Stripe computes it
    /// whenever it is asked.
    CreditBalanceSummary,
    /// What is counted of usage.
    Meter,
    /// A code for which a coupon is given.
    PromotionCode,
    /// Changes of a subscription that are planned.
    SubscriptionSchedule,
    /// Something that an invoice to come bills.
    InvoiceItem,
    /// A card or an account that a customer pays with.
    PaymentMethod,
    /// An older way to pay; Stripe calls it `card`, `bank_account` or `source`.
    PaymentSource,
    /// An entry in Stripe's balance of the account.
    BalanceTransaction,
    /// Money on its way to the company's bank.
    Payout,
    /// Ids of all balance transactions that a payout is made of, under the payout's id.
    PayoutTransactions,
    /// A clock that test objects live by.
    TestClock,
}

impl Kind {
    /// Every kind, parents before their children.
    pub const ALL: [Self; 33] = [
        Self::Customer,
        Self::Product,
        Self::Price,
        Self::PriceTiers,
        Self::Coupon,
        Self::CouponTerms,
        Self::Discount,
        Self::TaxRate,
        Self::Subscription,
        Self::SubscriptionItems,
        Self::Invoice,
        Self::InvoiceLines,
        Self::InvoicePayment,
        Self::PaymentIntent,
        Self::Charge,
        Self::CreditNote,
        Self::CreditNoteLines,
        Self::Refund,
        Self::Dispute,
        Self::CustomerBalanceTransaction,
        Self::CreditGrant,
        Self::CreditBalanceTransaction,
        Self::CreditBalanceSummary,
        Self::Meter,
        Self::PromotionCode,
        Self::SubscriptionSchedule,
        Self::InvoiceItem,
        Self::PaymentMethod,
        Self::PaymentSource,
        Self::BalanceTransaction,
        Self::Payout,
        Self::PayoutTransactions,
        Self::TestClock,
    ];

    /// The name under which the books store this kind. It never changes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Product => "product",
            Self::Price => "price",
            Self::PriceTiers => "price_tiers",
            Self::Coupon => "coupon",
            Self::CouponTerms => "coupon_terms",
            Self::Discount => "discount",
            Self::TaxRate => "tax_rate",
            Self::Subscription => "subscription",
            Self::SubscriptionItems => "subscription_items",
            Self::Invoice => "invoice",
            Self::InvoiceLines => "invoice_lines",
            Self::InvoicePayment => "invoice_payment",
            Self::PaymentIntent => "payment_intent",
            Self::Charge => "charge",
            Self::CreditNote => "credit_note",
            Self::CreditNoteLines => "credit_note_lines",
            Self::Refund => "refund",
            Self::Dispute => "dispute",
            Self::CustomerBalanceTransaction => "customer_balance_transaction",
            Self::CreditGrant => "billing.credit_grant",
            Self::CreditBalanceTransaction => "billing.credit_balance_transaction",
            Self::CreditBalanceSummary => "billing.credit_balance_summary",
            Self::Meter => "billing.meter",
            Self::PromotionCode => "promotion_code",
            Self::SubscriptionSchedule => "subscription_schedule",
            Self::InvoiceItem => "invoiceitem",
            Self::PaymentMethod => "payment_method",
            Self::PaymentSource => "payment_source",
            Self::BalanceTransaction => "balance_transaction",
            Self::Payout => "payout",
            Self::PayoutTransactions => "payout_transactions",
            Self::TestClock => "test_helpers.test_clock",
        }
    }

    /// The kind with this stored name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The kind whose object Stripe marks with this `object` name. Child lists have none.
    #[must_use]
    pub fn of_stripe_object(object: &str) -> Option<Self> {
        match object {
            "card" | "bank_account" | "source" => Some(Self::PaymentSource),
            _ => Self::parse(object).filter(|kind| kind.parent().is_none()),
        }
    }

    /// For a history stored under another object's id: the kind of that object.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::PriceTiers => Some(Self::Price),
            Self::CouponTerms => Some(Self::Coupon),
            Self::SubscriptionItems => Some(Self::Subscription),
            Self::InvoiceLines => Some(Self::Invoice),
            Self::CreditNoteLines => Some(Self::CreditNote),
            Self::CreditBalanceSummary => Some(Self::Customer),
            Self::PayoutTransactions => Some(Self::Payout),
            _ => None,
        }
    }

    /// Whether this is a list of children, which may arrive cut short and then needs paging.
    #[must_use]
    pub const fn is_child_list(self) -> bool {
        matches!(
            self,
            Self::SubscriptionItems
                | Self::InvoiceLines
                | Self::CreditNoteLines
                | Self::PayoutTransactions
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
