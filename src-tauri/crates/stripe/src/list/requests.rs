//! The typed request of every list, with its filters and its one expansion.

use stripe_client_core::{RequestBuilder, StripeRequest};

use super::{ChildList, Cursor, LIMIT_MAX, List, ListQuery};

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

/// Adds the test clock.
macro_rules! clocked {
    ($query:expr, $request:expr) => {{
        let mut request = $request;
        if let Some(clock) = &$query.test_clock {
            request = request.test_clock(clock.clone());
        }
        request
    }};
}

/// Adds the customer.
macro_rules! filtered {
    ($query:expr, $request:expr) => {
        owned!($query, ranged!($query, $request))
    };
}

/// Adds the customer to a list without `created`.
macro_rules! owned {
    ($query:expr, $request:expr) => {{
        let mut request = $request;
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

pub(super) fn built(list: List, query: &ListQuery) -> RequestBuilder {
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
        List::Customers => clocked!(query, ranged!(query, customer::ListCustomer::new())).build(),
        List::Subscriptions => {
            let request = filtered!(query, subscription::ListSubscription::new());
            clocked!(query, request)
                .status(subscription::ListSubscriptionStatus::All)
                .expand(expanded(list))
                .build()
        }
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
        List::Refunds
        | List::Disputes
        | List::CreditGrants
        | List::CreditBalanceTransactions
        | List::Meters
        | List::PromotionCodes
        | List::SubscriptionSchedules
        | List::InvoiceItems
        | List::BalanceTransactions
        | List::Payouts
        | List::TestClocks => built_other(list, query),
    }
}

/// The lists beside those of invoices and their payments.
fn built_other(list: List, query: &ListQuery) -> RequestBuilder {
    use stripe_billing::billing_credit_balance_transaction::ListBillingCreditBalanceTransaction;
    use stripe_billing::billing_credit_grant::ListBillingCreditGrant;
    use stripe_billing::billing_meter::ListBillingMeter;
    use stripe_billing::test_helpers_test_clock::ListTestHelpersTestClock;
    use stripe_billing::{invoice_item, subscription_schedule};
    use stripe_core::{balance_transaction, dispute, payout, refund};
    use stripe_product::promotion_code;

    match list {
        List::Refunds => ranged!(query, refund::ListRefund::new()).build(),
        List::Disputes => ranged!(query, dispute::ListDispute::new()).build(),
        List::CreditGrants => owned!(query, paged!(query, ListBillingCreditGrant::new())).build(),
        List::CreditBalanceTransactions => owned!(
            query,
            paged!(query, ListBillingCreditBalanceTransaction::new())
        )
        .build(),
        List::Meters => paged!(query, ListBillingMeter::new()).build(),
        List::PromotionCodes => filtered!(query, promotion_code::ListPromotionCode::new()).build(),
        List::SubscriptionSchedules => filtered!(
            query,
            subscription_schedule::ListSubscriptionSchedule::new()
        )
        .build(),
        List::InvoiceItems => {
            let mut request = filtered!(query, invoice_item::ListInvoiceItem::new());
            if let Some(invoice) = &query.invoice {
                request = request.invoice(invoice.clone());
            }
            request.build()
        }
        List::Payouts => ranged!(query, payout::ListPayout::new()).build(),
        List::TestClocks => paged!(query, ListTestHelpersTestClock::new()).build(),
        _ => ranged!(query, balance_transaction::ListBalanceTransaction::new()).build(),
    }
}

pub(super) fn built_child(list: ChildList, parent: &str, query: &ListQuery) -> RequestBuilder {
    use stripe_billing::{credit_note_line_item, invoice_line_item, subscription_item};
    use stripe_core::{balance_transaction, customer, customer_balance_transaction};

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
        ChildList::CustomerBalanceTransactions => paged!(
            query,
            customer_balance_transaction::ListCustomerCustomerBalanceTransaction::new(parent)
        )
        .build(),
        ChildList::PaymentMethods => {
            paged!(query, customer::ListPaymentMethodsCustomer::new(parent)).build()
        }
        ChildList::PayoutTransactions => {
            paged!(query, balance_transaction::ListBalanceTransaction::new())
                .payout(parent)
                .build()
        }
    }
}
