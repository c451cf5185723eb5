//! The lists that are read, each as a typed request with one fixed expansion.

use stripe_client_core::{RequestBuilder, StripeRequest};
use stripe_types::{RangeBoundsTs, RangeQueryTs};

use crate::error::Error;
use crate::gateway::Gateway;
use crate::page::{Page, split};
use crate::request::Request;

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
    /// `/v1/events`, of the last 30 days.
    Events,
}

impl List {
    /// The lists of the first load: all but the events.
    pub const LOADED: [Self; 11] = [
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
            Self::Events => "events",
        }
    }

    /// The permission that a restricted key needs (stripe-facts §6).
    pub fn permission(self) -> &'static str {
        match self {
            Self::Products => "rak_product_read",
            Self::Prices => "rak_plan_read",
            Self::Coupons => "rak_coupon_read",
            Self::TaxRates => "rak_tax_rate_read",
            Self::Customers => "rak_customer_read",
            Self::Subscriptions => "rak_subscription_read",
            Self::Invoices | Self::OpenInvoices | Self::InvoicePayments => "rak_invoice_read",
            Self::PaymentIntents => "rak_payment_intent_read",
            Self::Charges => "rak_charge_read",
            Self::CreditNotes => "rak_credit_note_read",
            Self::Events => "rak_event_read",
        }
    }
}

impl List {
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
    /// Only payments of this invoice; other lists have no such filter.
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

/// Applies the parameters that all lists share; their builders have no trait in common.
macro_rules! paged {
    ($query:expr, $request:expr) => {{
        let mut request = $request.limit(i64::from($query.limit.clamp(1, LIMIT_MAX)));
        match &$query.cursor {
            Some(Cursor::After(id)) => request = request.starting_after(id.clone()),
            Some(Cursor::Before(id)) => request = request.ending_before(id.clone()),
            None => {}
        }
        request
    }};
}

/// Adds the range of `created`.
macro_rules! ranged {
    ($query:expr, $request:expr) => {{
        let mut request = paged!($query, $request);
        if let Some(range) = $query.range() {
            request = request.created(range);
        }
        request
    }};
}

/// Adds the customer.
macro_rules! filtered {
    ($query:expr, $request:expr) => {{
        let mut request = ranged!($query, $request);
        if let Some(customer) = &$query.customer {
            request = request.customer(customer.clone());
        }
        request
    }};
}

fn expanded(list: List) -> Vec<String> {
    in_data(list.expansions())
}

fn in_data(fields: &[&str]) -> Vec<String> {
    fields.iter().map(|field| format!("data.{field}")).collect()
}

fn built(list: List, query: &ListQuery) -> RequestBuilder {
    use stripe_billing::{credit_note, invoice, invoice_payment, subscription};
    use stripe_core::{charge, customer, event, payment_intent};
    use stripe_product::{coupon, price, product, tax_rate};

    match list {
        List::Products => {
            let mut request = ranged!(query, product::ListProduct::new());
            if !query.ids.is_empty() {
                request = request.ids(query.ids.clone());
            }
            request.build()
        }
        List::Prices => ranged!(query, price::ListPrice::new())
            .expand(expanded(list))
            .build(),
        List::Coupons => ranged!(query, coupon::ListCoupon::new())
            .expand(expanded(list))
            .build(),
        List::TaxRates => ranged!(query, tax_rate::ListTaxRate::new()).build(),
        List::Customers => ranged!(query, customer::ListCustomer::new()).build(),
        List::Subscriptions => filtered!(query, subscription::ListSubscription::new())
            .status(subscription::ListSubscriptionStatus::All)
            .expand(expanded(list))
            .build(),
        List::Invoices => filtered!(query, invoice::ListInvoice::new())
            .expand(expanded(list))
            .build(),
        List::OpenInvoices => filtered!(query, invoice::ListInvoice::new())
            .status(stripe_shared::InvoiceStatus::Open)
            .expand(expanded(list))
            .build(),
        List::InvoicePayments => {
            let mut request = ranged!(query, invoice_payment::ListInvoicePayment::new());
            if let Some(invoice) = &query.invoice {
                request = request.invoice(invoice.clone());
            }
            request.build()
        }
        List::PaymentIntents => filtered!(query, payment_intent::ListPaymentIntent::new()).build(),
        List::Charges => filtered!(query, charge::ListCharge::new()).build(),
        List::CreditNotes => filtered!(query, credit_note::ListCreditNote::new()).build(),
        List::Events => ranged!(query, event::ListEvent::new()).build(),
    }
}

fn built_child(list: ChildList, parent: &str, query: &ListQuery) -> RequestBuilder {
    use stripe_billing::{credit_note_line_item, invoice_line_item, subscription_item};

    match list {
        ChildList::InvoiceLines => paged!(
            query,
            invoice_line_item::ListInvoiceInvoiceLineItem::new(parent)
        )
        .build(),
        ChildList::SubscriptionItems => {
            paged!(query, subscription_item::ListSubscriptionItem::new(parent))
                .expand(in_data(&["discounts"]))
                .build()
        }
        ChildList::CreditNoteLines => paged!(
            query,
            credit_note_line_item::ListCreditNoteCreditNoteLineItem::new(parent)
        )
        .build(),
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
            assert_eq!(built.path, format!("/{}", list.as_str()));
            let sent = built.query.unwrap_or_default();
            for part in [
                "limit=100",
                "starting_after=x_1",
                "created[gte]=10",
                "created[lt]=20",
            ] {
                assert!(sent.contains(part), "{list:?} sends {part}: {sent}");
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
        ] {
            let built = built_child(list, "p_1", &query);
            assert_eq!(built.path, path);
            let sent = built.query.unwrap_or_default();
            assert!(sent.contains(part), "{sent}");
        }
    }
}
