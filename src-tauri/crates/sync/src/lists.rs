//! Which kind of object each list brings, how one of them is read alone, and which of them carry a
//! list of their own.

use objects::Kind;
use stripe::{ChildList, List, Object};

/// How an object of a kind is read by its id. None: nothing reads it alone (a discount comes with
/// what it is a discount on).
pub(crate) fn object_of(kind: Kind) -> Option<Object> {
    match kind.parent().unwrap_or(kind) {
        Kind::PaymentMethod => Some(Object::PaymentMethod),
        kind => list_of(kind).map(Object::of),
    }
}

/// The account's list that brings a kind of object.
pub fn list_of(kind: Kind) -> Option<List> {
    List::LOADED
        .into_iter()
        .find(|list| kind_of(*list) == Some(kind))
}

/// The kind of the list's objects; events are no objects of the books.
pub fn kind_of(list: List) -> Option<Kind> {
    Some(match list {
        List::Products => Kind::Product,
        List::Prices => Kind::Price,
        List::Coupons => Kind::Coupon,
        List::TaxRates => Kind::TaxRate,
        List::Customers => Kind::Customer,
        List::Subscriptions => Kind::Subscription,
        List::Invoices | List::OpenInvoices => Kind::Invoice,
        List::InvoicePayments => Kind::InvoicePayment,
        List::PaymentIntents => Kind::PaymentIntent,
        List::Charges => Kind::Charge,
        List::CreditNotes => Kind::CreditNote,
        List::Refunds => Kind::Refund,
        List::Disputes => Kind::Dispute,
        List::CreditGrants => Kind::CreditGrant,
        List::CreditBalanceTransactions => Kind::CreditBalanceTransaction,
        List::Meters => Kind::Meter,
        List::PromotionCodes => Kind::PromotionCode,
        List::SubscriptionSchedules => Kind::SubscriptionSchedule,
        List::InvoiceItems => Kind::InvoiceItem,
        List::BalanceTransactions => Kind::BalanceTransaction,
        List::Payouts => Kind::Payout,
        List::TestClocks => Kind::TestClock,
        List::Events => return None,
    })
}

/// A list inside an object, of which Stripe embeds the beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Embedded {
    /// Its kind in the books.
    pub(crate) kind: Kind,
    /// How it is read to its end.
    pub(crate) list: ChildList,
    /// In words, for errors.
    pub(crate) words: &'static str,
}

/// The list inside the objects of a list, where there is one.
pub(crate) fn embedded_in(list: List) -> Option<Embedded> {
    match list {
        List::Subscriptions => Some(Embedded {
            kind: Kind::SubscriptionItems,
            list: ChildList::SubscriptionItems,
            words: "items",
        }),
        List::Invoices | List::OpenInvoices => Some(Embedded {
            kind: Kind::InvoiceLines,
            list: ChildList::InvoiceLines,
            words: "lines",
        }),
        List::CreditNotes => Some(Embedded {
            kind: Kind::CreditNoteLines,
            list: ChildList::CreditNoteLines,
            words: "lines",
        }),
        _ => None,
    }
}

/// The list with a stable name.
pub(crate) fn list_named(name: &str) -> Option<List> {
    List::LOADED.into_iter().find(|list| list.as_str() == name)
}
