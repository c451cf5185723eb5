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
}

impl Kind {
    /// Every kind, parents before their children.
    pub const ALL: [Self; 16] = [
        Self::Customer,
        Self::Product,
        Self::Price,
        Self::PriceTiers,
        Self::Coupon,
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
        Self::parse(object).filter(|kind| kind.parent().is_none())
    }

    /// For a history stored under another object's id: the kind of that object.
    #[must_use]
    pub const fn parent(self) -> Option<Self> {
        match self {
            Self::PriceTiers => Some(Self::Price),
            Self::SubscriptionItems => Some(Self::Subscription),
            Self::InvoiceLines => Some(Self::Invoice),
            Self::CreditNoteLines => Some(Self::CreditNote),
            _ => None,
        }
    }

    /// Whether this is a list of children, which may arrive cut short and then needs paging.
    #[must_use]
    pub const fn is_child_list(self) -> bool {
        matches!(
            self,
            Self::SubscriptionItems | Self::InvoiceLines | Self::CreditNoteLines
        )
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
