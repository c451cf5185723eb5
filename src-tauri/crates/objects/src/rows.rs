//! The typed rows that an object's canonical form is projected to, one struct a kind.
//!
//! A field is named after the path of its datum in Stripe's JSON, dots as underscores, and the
//! books' columns are named after the fields. Money is integers in minor units, times are UTC
//! seconds, decimals keep their exact text, what is left over is canonical JSON text. Where a
//! datum is missing or of another type, a `String` is empty, a number or an amount is `None`
//! (never a guessed zero), a `bool` is false, and a [`crate::Warning`] says so where Stripe
//! always sends it.

mod billing;
mod catalogue;
mod credits;
mod customers;
mod invoices;
mod methods;
mod money;
mod payments;

pub use billing::{InvoiceItemRow, MeterRow, SubscriptionScheduleRow, TestClockRow};
pub use catalogue::{
    CouponRow, CouponTermsRow, DiscountRow, PriceRow, PriceTiersRow, ProductRow, TaxRateRow,
};
pub use credits::{
    CreditBalanceSummaryRow, CreditBalanceTransactionRow, CreditGrantRow,
    CustomerBalanceTransactionRow, PromotionCodeRow,
};
pub use customers::{CustomerRow, SubscriptionItemRow, SubscriptionRow};
pub use invoices::{CreditNoteLineRow, CreditNoteRow, InvoiceLineRow, InvoiceRow};
pub use methods::{PaymentMethodRow, PaymentSourceRow};
pub use money::{BalanceTransactionRow, DisputeRow, PayoutRow, PayoutTransactionRow, RefundRow};
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
    /// See [`CouponTermsRow`].
    CouponTerms(CouponTermsRow),
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
    /// See [`RefundRow`].
    Refund(Box<RefundRow>),
    /// See [`DisputeRow`].
    Dispute(Box<DisputeRow>),
    /// See [`CustomerBalanceTransactionRow`].
    CustomerBalanceTransaction(Box<CustomerBalanceTransactionRow>),
    /// See [`CreditGrantRow`].
    CreditGrant(Box<CreditGrantRow>),
    /// See [`CreditBalanceTransactionRow`].
    CreditBalanceTransaction(Box<CreditBalanceTransactionRow>),
    /// See [`CreditBalanceSummaryRow`].
    CreditBalanceSummary(CreditBalanceSummaryRow),
    /// See [`MeterRow`].
    Meter(Box<MeterRow>),
    /// See [`PromotionCodeRow`].
    PromotionCode(Box<PromotionCodeRow>),
    /// See [`SubscriptionScheduleRow`].
    SubscriptionSchedule(Box<SubscriptionScheduleRow>),
    /// See [`InvoiceItemRow`].
    InvoiceItem(Box<InvoiceItemRow>),
    /// See [`PaymentMethodRow`].
    PaymentMethod(Box<PaymentMethodRow>),
    /// See [`PaymentSourceRow`].
    PaymentSource(PaymentSourceRow),
    /// See [`BalanceTransactionRow`].
    BalanceTransaction(Box<BalanceTransactionRow>),
    /// See [`PayoutRow`].
    Payout(Box<PayoutRow>),
    /// See [`PayoutTransactionRow`]; replaces all transactions of the parent.
    PayoutTransactions(Children<PayoutTransactionRow>),
    /// See [`TestClockRow`].
    TestClock(TestClockRow),
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
            Self::CouponTerms(_) => Kind::CouponTerms,
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
            Self::Refund(_) => Kind::Refund,
            Self::Dispute(_) => Kind::Dispute,
            Self::CustomerBalanceTransaction(_) => Kind::CustomerBalanceTransaction,
            Self::CreditGrant(_) => Kind::CreditGrant,
            Self::CreditBalanceTransaction(_) => Kind::CreditBalanceTransaction,
            Self::CreditBalanceSummary(_) => Kind::CreditBalanceSummary,
            Self::Meter(_) => Kind::Meter,
            Self::PromotionCode(_) => Kind::PromotionCode,
            Self::SubscriptionSchedule(_) => Kind::SubscriptionSchedule,
            Self::InvoiceItem(_) => Kind::InvoiceItem,
            Self::PaymentMethod(_) => Kind::PaymentMethod,
            Self::PaymentSource(_) => Kind::PaymentSource,
            Self::BalanceTransaction(_) => Kind::BalanceTransaction,
            Self::Payout(_) => Kind::Payout,
            Self::PayoutTransactions(_) => Kind::PayoutTransactions,
            Self::TestClock(_) => Kind::TestClock,
        }
    }

    /// When Stripe made the object, UTC seconds. None: it says no such time (an invoice item's
    /// `date` is it), or this is a part of another object.
    #[must_use]
    pub const fn created(&self) -> Option<i64> {
        Some(match self {
            Self::Customer(row) => row.created,
            Self::Product(row) => row.created,
            Self::Price(row) => row.created,
            Self::Coupon(row) => row.created,
            Self::TaxRate(row) => row.created,
            Self::Subscription(row) => row.created,
            Self::Invoice(row) => row.created,
            Self::InvoicePayment(row) => row.created,
            Self::PaymentIntent(row) => row.created,
            Self::Charge(row) => row.created,
            Self::CreditNote(row) => row.created,
            Self::Refund(row) => row.created,
            Self::Dispute(row) => row.created,
            Self::CustomerBalanceTransaction(row) => row.created,
            Self::CreditGrant(row) => row.created,
            Self::CreditBalanceTransaction(row) => row.created,
            Self::Meter(row) => row.created,
            Self::PromotionCode(row) => row.created,
            Self::SubscriptionSchedule(row) => row.created,
            Self::InvoiceItem(row) => return row.date,
            Self::PaymentMethod(row) => row.created,
            Self::BalanceTransaction(row) => row.created,
            Self::Payout(row) => row.created,
            Self::TestClock(row) => row.created,
            Self::PriceTiers(_)
            | Self::CouponTerms(_)
            | Self::Discount(_)
            | Self::SubscriptionItems(_)
            | Self::InvoiceLines(_)
            | Self::CreditNoteLines(_)
            | Self::CreditBalanceSummary(_)
            | Self::PaymentSource(_)
            | Self::PayoutTransactions(_) => return None,
        })
    }
}
