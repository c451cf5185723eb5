//! The typed rows that an object's canonical form is projected to, one struct a kind.
//!
//! A field is named after the path of its datum in Stripe's JSON, dots as underscores, and the
//! books' columns are named after the fields. Money is integers in minor units, times are UTC
//! seconds, decimals keep their exact text, what is left over is canonical JSON text. Where a
//! datum is missing or of another type, a `String` is empty, a number or an amount is `None`
//! (never a guessed zero), a `bool` is false, and a [`crate::Warning`] says so where Stripe
//! always sends it.

mod catalogue;
mod customers;
mod invoices;
mod payments;

pub use catalogue::{CouponRow, DiscountRow, PriceRow, PriceTiersRow, ProductRow, TaxRateRow};
pub use customers::{CustomerRow, SubscriptionItemRow, SubscriptionRow};
pub use invoices::{CreditNoteLineRow, CreditNoteRow, InvoiceLineRow, InvoiceRow};
pub use payments::{ChargeRow, InvoicePaymentRow, PaymentIntentRow};

use crate::Kind;

/// Declares a row: its fields, how each is read, and the names of its columns.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident {
        $($(#[$field_doc:meta])* $field:ident: $type:ty = $reader:ident($path:literal),)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $name {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $name {
            pub(crate) fn read(reader: &mut crate::reader::Reader<'_, '_>) -> Self {
                Self { $($field: reader.$reader(const { crate::reader::Path::new($path) }),)* }
            }
        }
    };
}
use row;

/// The complete children of one object, in Stripe's order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Children<T> {
    /// Id of the object that they belong to.
    pub parent: String,
    /// Every child; an empty list says that there is none.
    pub rows: Vec<T>,
}

/// What one version is projected to.
#[derive(Debug, Clone, PartialEq)]
pub enum Row {
    /// See [`CustomerRow`].
    Customer(CustomerRow),
    /// See [`ProductRow`].
    Product(ProductRow),
    /// See [`PriceRow`].
    Price(PriceRow),
    /// See [`PriceTiersRow`].
    PriceTiers(PriceTiersRow),
    /// See [`CouponRow`].
    Coupon(CouponRow),
    /// See [`DiscountRow`].
    Discount(DiscountRow),
    /// See [`TaxRateRow`].
    TaxRate(TaxRateRow),
    /// See [`SubscriptionRow`].
    Subscription(SubscriptionRow),
    /// See [`SubscriptionItemRow`]; replaces all items of the parent.
    SubscriptionItems(Children<SubscriptionItemRow>),
    /// See [`InvoiceRow`].
    Invoice(Box<InvoiceRow>),
    /// See [`InvoiceLineRow`]; replaces all lines of the parent.
    InvoiceLines(Children<InvoiceLineRow>),
    /// See [`InvoicePaymentRow`].
    InvoicePayment(InvoicePaymentRow),
    /// See [`PaymentIntentRow`].
    PaymentIntent(PaymentIntentRow),
    /// See [`ChargeRow`].
    Charge(Box<ChargeRow>),
    /// See [`CreditNoteRow`].
    CreditNote(CreditNoteRow),
    /// See [`CreditNoteLineRow`]; replaces all lines of the parent.
    CreditNoteLines(Children<CreditNoteLineRow>),
}

impl Row {
    /// The kind of version that this row is projected from.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Customer(_) => Kind::Customer,
            Self::Product(_) => Kind::Product,
            Self::Price(_) => Kind::Price,
            Self::PriceTiers(_) => Kind::PriceTiers,
            Self::Coupon(_) => Kind::Coupon,
            Self::Discount(_) => Kind::Discount,
            Self::TaxRate(_) => Kind::TaxRate,
            Self::Subscription(_) => Kind::Subscription,
            Self::SubscriptionItems(_) => Kind::SubscriptionItems,
            Self::Invoice(_) => Kind::Invoice,
            Self::InvoiceLines(_) => Kind::InvoiceLines,
            Self::InvoicePayment(_) => Kind::InvoicePayment,
            Self::PaymentIntent(_) => Kind::PaymentIntent,
            Self::Charge(_) => Kind::Charge,
            Self::CreditNote(_) => Kind::CreditNote,
            Self::CreditNoteLines(_) => Kind::CreditNoteLines,
        }
    }
}
