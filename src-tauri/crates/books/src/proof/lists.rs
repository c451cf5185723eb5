//! The lists that are proven, how, and how old their proof may grow.

use objects::Kind;

const DAY_S: i64 = 86_400;

/// A list that is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProvenList {
    /// Its stable name.
    pub name: &'static str,
    /// What it lists.
    pub kind: Kind,
    /// Month by month of `created`, or as a whole: short lists and those without that filter.
    pub by_month: bool,
    /// Stripe lists it for one customer alone: a proof reads it customer by customer.
    pub by_owner: bool,
    /// How old its proof may grow, unless a person chose another age.
    pub max_age_seconds: i64,
}

/// Entries of customers' balances, of those who have or had one.
pub const BALANCE_ENTRIES: &str = "customer_balance_transactions";
/// How customers pay, of those whose payment methods somebody asked for.
pub const PAYMENT_METHODS: &str = "payment_methods";
/// Billing credits that were granted; what customers have left of them is proven with them.
pub(crate) const CREDIT_GRANTS: &str = "credit_grants";
/// The invoices that are open: a list of its own, proven more often than all invoices.
pub const OPEN_INVOICES: &str = "open_invoices";

const fn whole(name: &'static str, kind: Kind, days: i64) -> ProvenList {
    ProvenList {
        name,
        kind,
        by_month: false,
        by_owner: false,
        max_age_seconds: days * DAY_S,
    }
}

const fn by_owner(name: &'static str, kind: Kind) -> ProvenList {
    ProvenList {
        name,
        kind,
        by_month: false,
        by_owner: true,
        max_age_seconds: 35 * DAY_S,
    }
}

const fn monthly(name: &'static str, kind: Kind) -> ProvenList {
    ProvenList {
        name,
        kind,
        by_month: true,
        by_owner: false,
        max_age_seconds: 35 * DAY_S,
    }
}

/// Every list that is proven. What money hangs on today is proven daily, the catalogue weekly,
/// the months of the long lists every 35 days, as what is read customer by customer.
pub const PROVEN_LISTS: [ProvenList; 25] = [
    whole("subscriptions", Kind::Subscription, 1),
    whole(OPEN_INVOICES, Kind::Invoice, 1),
    whole("products", Kind::Product, 7),
    whole("prices", Kind::Price, 7),
    whole("coupons", Kind::Coupon, 7),
    whole("tax_rates", Kind::TaxRate, 7),
    whole("promotion_codes", Kind::PromotionCode, 7),
    whole("meters", Kind::Meter, 7),
    whole("subscription_schedules", Kind::SubscriptionSchedule, 7),
    whole(CREDIT_GRANTS, Kind::CreditGrant, 7),
    whole(
        "credit_balance_transactions",
        Kind::CreditBalanceTransaction,
        7,
    ),
    whole("test_clocks", Kind::TestClock, 7),
    monthly("customers", Kind::Customer),
    monthly("invoices", Kind::Invoice),
    monthly("invoice_payments", Kind::InvoicePayment),
    monthly("payment_intents", Kind::PaymentIntent),
    monthly("charges", Kind::Charge),
    monthly("credit_notes", Kind::CreditNote),
    monthly("refunds", Kind::Refund),
    monthly("disputes", Kind::Dispute),
    monthly("invoiceitems", Kind::InvoiceItem),
    monthly("balance_transactions", Kind::BalanceTransaction),
    monthly("payouts", Kind::Payout),
    by_owner(BALANCE_ENTRIES, Kind::CustomerBalanceTransaction),
    by_owner(PAYMENT_METHODS, Kind::PaymentMethod),
];

/// The list with this name.
#[must_use]
pub fn proven_list(name: &str) -> Option<ProvenList> {
    PROVEN_LISTS.into_iter().find(|list| list.name == name)
}

/// The list that brings every object of a kind.
pub(super) fn list_of(kind: Kind) -> Option<ProvenList> {
    let mut lists = PROVEN_LISTS.into_iter();
    lists.find(|list| list.kind == kind && list.name != OPEN_INVOICES)
}
