//! The lists that are read, each as a typed request with one fixed expansion.

mod requests;

use stripe_types::{RangeBoundsTs, RangeQueryTs};

use crate::error::Error;
use crate::gateway::Gateway;
use crate::page::{Page, split};
use crate::request::Request;
use requests::{built, built_child};

/// Objects on one page at most.
const LIMIT_MAX: u8 = 100;

/// A list of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum List {
    /// `/v1/products`
    Products,
    /// `/v1/prices`, with tiers and currency options.
    Prices,
    /// `/v1/coupons`, with the products that they are limited to and their other currencies.
    Coupons,
    /// `/v1/tax_rates`
    TaxRates,
    /// `/v1/customers`
    Customers,
    /// `/v1/subscriptions` in every status, with discounts.
    Subscriptions,
    /// `/v1/invoices`, with discounts.
    Invoices,
    /// `/v1/invoices` in status open: a part of them that is proven more often.
    OpenInvoices,
    /// `/v1/invoice_payments`
    InvoicePayments,
    /// `/v1/payment_intents`
    PaymentIntents,
    /// `/v1/charges`
    Charges,
    /// `/v1/credit_notes`
    CreditNotes,
    /// `/v1/refunds`
    Refunds,
    /// `/v1/disputes`
    Disputes,
    /// `/v1/billing/credit_grants`
    CreditGrants,
    /// `/v1/billing/credit_balance_transactions`
    CreditBalanceTransactions,
    /// `/v1/billing/meters`
    Meters,
    /// `/v1/promotion_codes`
    PromotionCodes,
    /// `/v1/subscription_schedules`
    SubscriptionSchedules,
    /// `/v1/invoiceitems`
    InvoiceItems,
    /// `/v1/balance_transactions`: Stripe's balance of the account.
    BalanceTransactions,
    /// `/v1/payouts`
    Payouts,
    /// `/v1/test_helpers/test_clocks`; in test mode only.
    TestClocks,
    /// `/v1/events`, of the last 30 days.
    Events,
}

impl List {
    /// The lists of the first load: all but the events.
    pub const LOADED: [Self; 22] = [
        Self::Products,
        Self::Prices,
        Self::Coupons,
        Self::TaxRates,
        Self::Customers,
        Self::Subscriptions,
        Self::Invoices,
        Self::InvoicePayments,
        Self::PaymentIntents,
        Self::Charges,
        Self::CreditNotes,
        Self::Refunds,
        Self::Disputes,
        Self::CreditGrants,
        Self::CreditBalanceTransactions,
        Self::Meters,
        Self::PromotionCodes,
        Self::SubscriptionSchedules,
        Self::InvoiceItems,
        Self::BalanceTransactions,
        Self::Payouts,
        Self::TestClocks,
    ];

    /// A stable name: the last part of the list's path, where the list is not a part of it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Products => "products",
            Self::Prices => "prices",
            Self::Coupons => "coupons",
            Self::TaxRates => "tax_rates",
            Self::Customers => "customers",
            Self::Subscriptions => "subscriptions",
            Self::Invoices => "invoices",
            Self::OpenInvoices => "open_invoices",
            Self::InvoicePayments => "invoice_payments",
            Self::PaymentIntents => "payment_intents",
            Self::Charges => "charges",
            Self::CreditNotes => "credit_notes",
            Self::Refunds => "refunds",
            Self::Disputes => "disputes",
            Self::CreditGrants => "credit_grants",
            Self::CreditBalanceTransactions => "credit_balance_transactions",
            Self::Meters => "meters",
            Self::PromotionCodes => "promotion_codes",
            Self::SubscriptionSchedules => "subscription_schedules",
            Self::InvoiceItems => "invoiceitems",
            Self::BalanceTransactions => "balance_transactions",
            Self::Payouts => "payouts",
            Self::TestClocks => "test_clocks",
            Self::Events => "events",
        }
    }

    /// The permission that a restricted key needs (stripe-facts §6). Where Stripe publishes none
    /// it is our guess ([`Self::is_permission_known`]); what a refusal names counts.
    pub fn permission(self) -> &'static str {
        match self {
            Self::Products => "rak_product_read",
            Self::Prices => "rak_plan_read",
            Self::Coupons => "rak_coupon_read",
            Self::TaxRates => "rak_tax_rate_read",
            Self::Customers => "rak_customer_read",
            Self::Subscriptions | Self::SubscriptionSchedules => "rak_subscription_read",
            Self::Invoices | Self::OpenInvoices | Self::InvoicePayments => "rak_invoice_read",
            Self::PaymentIntents => "rak_payment_intent_read",
            Self::Charges | Self::Refunds => "rak_charge_read",
            Self::CreditNotes => "rak_credit_note_read",
            Self::Disputes => "rak_dispute_read",
            Self::CreditGrants | Self::CreditBalanceTransactions => "rak_billing_credit_grant_read",
            Self::Meters => "rak_billing_meter_read",
            Self::PromotionCodes => "rak_promotion_code_read",
            Self::InvoiceItems => "rak_invoice_item_read",
            Self::BalanceTransactions => "rak_balance_transaction_source_read",
            Self::Payouts => "rak_payout_read",
            Self::TestClocks => "rak_test_clock_read",
            Self::Events => "rak_event_read",
        }
    }
}

impl List {
    /// Does Stripe publish, or say in its refusals, the permission's name?
    pub fn is_permission_known(self) -> bool {
        !matches!(
            self,
            Self::CreditGrants | Self::CreditBalanceTransactions | Self::TestClocks
        )
    }

    /// Can the list be limited to a time of creation? Others are read in one chain.
    pub fn has_created_filter(self) -> bool {
        !matches!(
            self,
            Self::CreditGrants | Self::CreditBalanceTransactions | Self::Meters | Self::TestClocks
        )
    }

    /// The fields that are read expanded, wherever an object of the list is read: one state gives
    /// one version by every road.
    pub(crate) const fn expansions(self) -> &'static [&'static str] {
        match self {
            Self::Prices => &["tiers", "currency_options"],
            Self::Coupons => &["applies_to", "currency_options"],
            Self::Subscriptions => &["discounts.source.coupon", "items.data.discounts"],
            Self::Invoices | Self::OpenInvoices => &["discounts.source.coupon"],
            _ => &[],
        }
    }
}

/// A list that belongs to one object, whose embedded copy Stripe cuts short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChildList {
    /// `/v1/invoices/{id}/lines`
    InvoiceLines,
    /// `/v1/subscription_items?subscription={id}`
    SubscriptionItems,
    /// `/v1/credit_notes/{id}/lines`
    CreditNoteLines,
    /// `/v1/customers/{id}/balance_transactions`: changes of the customer's account balance.
    CustomerBalanceTransactions,
    /// `/v1/customers/{id}/payment_methods`
    PaymentMethods,
    /// `/v1/balance_transactions?payout={id}`: what an automatic payout is made of.
    PayoutTransactions,
}

/// Objects created in `[from, before)`, UTC seconds; an absent bound is open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CreatedRange {
    /// The first second that counts.
    pub from: Option<i64>,
    /// The first second that counts no more.
    pub before: Option<i64>,
}

/// Where a page begins. Lists run from the newest object to the oldest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cursor {
    /// Behind this object, towards older ones (`starting_after`).
    After(String),
    /// Before this object, towards newer ones (`ending_before`).
    Before(String),
}

/// Which page of a list. The filters stay the same on every page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// 1 to 100.
    pub limit: u8,
    /// Only objects created in this range.
    pub created: CreatedRange,
    /// Only objects of this customer, where the list has that filter.
    pub customer: Option<String>,
    /// Only objects that live by this test clock, customers and subscriptions alone: without it,
    /// none of those that live by any.
    pub test_clock: Option<String>,
    /// Only payments or items of this invoice; other lists have no such filter.
    pub invoice: Option<String>,
    /// Only these objects, at most a hundred; none: all. Only products are listed by their ids.
    pub ids: Vec<String>,
    /// Where the page begins; none: at the newest object.
    pub cursor: Option<Cursor>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            limit: LIMIT_MAX,
            created: CreatedRange::default(),
            customer: None,
            test_clock: None,
            invoice: None,
            ids: Vec::new(),
            cursor: None,
        }
    }
}

impl ListQuery {
    fn range(&self) -> Option<RangeQueryTs> {
        let CreatedRange { from, before } = self.created;
        (from.is_some() || before.is_some()).then_some(RangeQueryTs::Bounds(RangeBoundsTs {
            gte: from,
            lt: before,
            ..RangeBoundsTs::default()
        }))
    }
}

impl Gateway {
    /// Reads one page of a list.
    ///
    /// # Errors
    /// [`Error`] of the last attempt; a page that broke off was asked for again.
    pub async fn list_page(&self, list: List, query: &ListQuery) -> Result<Page, Error> {
        let request = Request::from_builder(built(list, query), None)?;
        self.page(&request).await
    }

    /// Reads one page of a list that belongs to the object `parent`.
    ///
    /// # Errors
    /// [`Error`] of the last attempt.
    pub async fn child_page(
        &self,
        list: ChildList,
        parent: &str,
        cursor: Option<Cursor>,
    ) -> Result<Page, Error> {
        let query = ListQuery {
            cursor,
            ..ListQuery::default()
        };
        let request = Request::from_builder(built_child(list, parent, &query), None)?;
        self.page(&request).await
    }

    async fn page(&self, request: &Request) -> Result<Page, Error> {
        let ((items, has_more), answer) = self.send_and_read(request, split).await?;
        Ok(Page {
            items,
            has_more,
            bytes: answer.body.len(),
            request_id: answer.request_id,
            date: answer.date,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_keeps_its_filters_on_every_page() {
        let query = ListQuery {
            created: CreatedRange {
                from: Some(10),
                before: Some(20),
            },
            cursor: Some(Cursor::After("x_1".into())),
            ..ListQuery::default()
        };
        for list in List::LOADED.into_iter().chain([List::Events]) {
            let built = built(list, &query);
            let last = built.path.rsplit('/').next();
            assert_eq!(last, Some(list.as_str()), "{}", built.path);
            let sent = built.query.unwrap_or_default();
            for part in ["limit=100", "starting_after=x_1"] {
                assert!(sent.contains(part), "{list:?} sends {part}: {sent}");
            }
            for part in ["created[gte]=10", "created[lt]=20"] {
                assert_eq!(
                    sent.contains(part),
                    list.has_created_filter(),
                    "{list:?} sends {part}: {sent}"
                );
            }
        }
    }

    #[test]
    fn subscriptions_are_listed_in_every_status() {
        let sent = built(List::Subscriptions, &ListQuery::default())
            .query
            .unwrap_or_default();
        assert!(
            sent.contains("status=all"),
            "canceled ones are left out otherwise: {sent}"
        );
        assert!(
            sent.contains("expand[0]=data.discounts.source.coupon"),
            "{sent}"
        );
    }

    #[test]
    fn open_invoices_are_the_invoices_in_that_status() {
        let built = built(List::OpenInvoices, &ListQuery::default());
        assert_eq!(built.path, "/invoices");
        let sent = built.query.unwrap_or_default();
        assert!(sent.contains("status=open"), "{sent}");
    }

    #[test]
    fn prices_bring_their_tiers() {
        let sent = built(List::Prices, &ListQuery::default())
            .query
            .unwrap_or_default();
        assert!(
            sent.contains("data.tiers") && sent.contains("data.currency_options"),
            "{sent}"
        );
    }

    #[test]
    fn coupons_bring_what_they_are_limited_to() {
        let sent = built(List::Coupons, &ListQuery::default())
            .query
            .unwrap_or_default();
        assert!(
            sent.contains("data.applies_to") && sent.contains("data.currency_options"),
            "{sent}"
        );
    }

    #[test]
    fn child_lists_name_their_parent() {
        let query = ListQuery {
            cursor: Some(Cursor::Before("y".into())),
            ..ListQuery::default()
        };
        for (list, path, part) in [
            (
                ChildList::InvoiceLines,
                "/invoices/p_1/lines",
                "ending_before=y",
            ),
            (
                ChildList::SubscriptionItems,
                "/subscription_items",
                "subscription=p_1",
            ),
            (
                ChildList::CreditNoteLines,
                "/credit_notes/p_1/lines",
                "limit=100",
            ),
            (
                ChildList::CustomerBalanceTransactions,
                "/customers/p_1/balance_transactions",
                "limit=100",
            ),
            (
                ChildList::PaymentMethods,
                "/customers/p_1/payment_methods",
                "limit=100",
            ),
            (
                ChildList::PayoutTransactions,
                "/balance_transactions",
                "payout=p_1",
            ),
        ] {
            let built = built_child(list, "p_1", &query);
            assert_eq!(built.path, path);
            let sent = built.query.unwrap_or_default();
            assert!(sent.contains(part), "{sent}");
        }
    }
}
