//! Which endpoint a request means, and the permission that it needs.

use crate::server::answer::Refusal;

/// What kind of answer an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    List,
    One,
    Write,
}

/// Declares the operations with their addresses and permissions in one table.
macro_rules! operations {
    ($($operation:ident $method:ident $path:literal $permission:literal $way:ident,)+) => {
        /// An operation. Rate limits count by operation, ids share it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(crate) enum Operation { $($operation,)+ }

        impl Operation {
            const ALL: &'static [Self] = &[$(Self::$operation,)+];

            /// The method and the address below `/v1/`, with `{id}` for every identifier.
            pub(crate) const fn address(self) -> (&'static str, &'static str) {
                match self { $(Self::$operation => (stringify!($method), $path),)+ }
            }

            /// The permission that a restricted key needs.
            pub(crate) const fn permission(self) -> &'static str {
                match self { $(Self::$operation => $permission,)+ }
            }

            /// What kind of answer it has.
            pub(crate) const fn way(self) -> Way {
                match self { $(Self::$operation => Way::$way,)+ }
            }
        }
    };
}

operations! {
    Account GET "account" "rak_connected_account_read" One,
    Customers GET "customers" "rak_customer_read" List,
    Customer GET "customers/{id}" "rak_customer_read" One,
    CustomerMethods GET "customers/{id}/payment_methods" "rak_payment_method_read" List,
    CustomerMethod GET "customers/{id}/payment_methods/{id}" "rak_payment_method_read" One,
    CustomerBalance GET "customers/{id}/balance_transactions" "rak_customer_read" List,
    CustomerBalanceEntry GET "customers/{id}/balance_transactions/{id}" "rak_customer_read" One,
    PaymentMethod GET "payment_methods/{id}" "rak_payment_method_read" One,
    Products GET "products" "rak_product_read" List,
    Product GET "products/{id}" "rak_product_read" One,
    Prices GET "prices" "rak_plan_read" List,
    Price GET "prices/{id}" "rak_plan_read" One,
    Coupons GET "coupons" "rak_coupon_read" List,
    Coupon GET "coupons/{id}" "rak_coupon_read" One,
    TaxRates GET "tax_rates" "rak_tax_rate_read" List,
    TaxRate GET "tax_rates/{id}" "rak_tax_rate_read" One,
    Subscriptions GET "subscriptions" "rak_subscription_read" List,
    Subscription GET "subscriptions/{id}" "rak_subscription_read" One,
    SubscriptionItems GET "subscription_items" "rak_subscription_read" List,
    SubscriptionItem GET "subscription_items/{id}" "rak_subscription_read" One,
    Invoices GET "invoices" "rak_invoice_read" List,
    Invoice GET "invoices/{id}" "rak_invoice_read" One,
    InvoiceLines GET "invoices/{id}/lines" "rak_invoice_read" List,
    InvoicePayments GET "invoice_payments" "rak_invoice_read" List,
    InvoicePayment GET "invoice_payments/{id}" "rak_invoice_read" One,
    PaymentIntents GET "payment_intents" "rak_payment_intent_read" List,
    PaymentIntent GET "payment_intents/{id}" "rak_payment_intent_read" One,
    Charges GET "charges" "rak_charge_read" List,
    Charge GET "charges/{id}" "rak_charge_read" One,
    CreditNotes GET "credit_notes" "rak_credit_note_read" List,
    CreditNote GET "credit_notes/{id}" "rak_credit_note_read" One,
    CreditNoteLines GET "credit_notes/{id}/lines" "rak_credit_note_read" List,
    Events GET "events" "rak_event_read" List,
    Event GET "events/{id}" "rak_event_read" One,
    Refunds GET "refunds" "rak_charge_read" List,
    Refund GET "refunds/{id}" "rak_charge_read" One,
    Disputes GET "disputes" "rak_dispute_read" List,
    Dispute GET "disputes/{id}" "rak_dispute_read" One,
    StripeBalance GET "balance_transactions" "rak_balance_transaction_source_read" List,
    StripeBalanceEntry GET "balance_transactions/{id}" "rak_balance_transaction_source_read" One,
    Payouts GET "payouts" "rak_payout_read" List,
    Payout GET "payouts/{id}" "rak_payout_read" One,
    CreditGrants GET "billing/credit_grants" "rak_billing_credit_grant_read" List,
    CreditGrant GET "billing/credit_grants/{id}" "rak_billing_credit_grant_read" One,
    CreditEntries GET "billing/credit_balance_transactions" "rak_billing_credit_grant_read" List,
    CreditEntry GET "billing/credit_balance_transactions/{id}" "rak_billing_credit_grant_read" One,
    CreditSummary GET "billing/credit_balance_summary" "rak_billing_credit_grant_read" One,
    Meters GET "billing/meters" "rak_billing_meter_read" List,
    Meter GET "billing/meters/{id}" "rak_billing_meter_read" One,
    MeterSummaries GET "billing/meters/{id}/event_summaries" "rak_billing_meter_read" List,
    PromotionCodes GET "promotion_codes" "rak_promotion_code_read" List,
    PromotionCode GET "promotion_codes/{id}" "rak_promotion_code_read" One,
    Schedules GET "subscription_schedules" "rak_subscription_read" List,
    Schedule GET "subscription_schedules/{id}" "rak_subscription_read" One,
    InvoiceItems GET "invoiceitems" "rak_invoice_item_read" List,
    InvoiceItem GET "invoiceitems/{id}" "rak_invoice_item_read" One,
    TestClocks GET "test_helpers/test_clocks" "rak_test_clock_read" List,
    TestClock GET "test_helpers/test_clocks/{id}" "rak_test_clock_read" One,
    CreateCustomer POST "customers" "rak_customer_write" Write,
    UpdateCustomer POST "customers/{id}" "rak_customer_write" Write,
    UpdateSubscription POST "subscriptions/{id}" "rak_subscription_write" Write,
    CancelSubscription DELETE "subscriptions/{id}" "rak_subscription_write" Write,
}

/// An operation and the identifiers in its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) operation: Operation,
    pub(crate) id: String,
    /// The second identifier of nested paths.
    pub(crate) inner: String,
}

impl Route {
    /// The route of `method` and `path`, or Stripe's refusal of an address that it does not know.
    pub(crate) fn of(method: &str, path: &str) -> Result<Self, Refusal> {
        let rest = path
            .strip_prefix("/v1/")
            .map(|rest| rest.trim_end_matches('/'));
        let found = rest.and_then(|rest| {
            let fits = |operation: &&Operation| {
                let address = operation.address();
                address.0 == method && ids(address.1, rest).is_some()
            };
            let operation = *Operation::ALL.iter().find(fits)?;
            let mut ids = ids(operation.address().1, rest)?.into_iter();
            Some(Self {
                operation,
                id: ids.next().unwrap_or_default().to_owned(),
                inner: ids.next().unwrap_or_default().to_owned(),
            })
        });
        found.ok_or_else(|| Refusal::unknown_url(method, path))
    }
}

/// The identifiers in `path`, where it has the form of `pattern`.
fn ids<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut parts = path.split('/');
    let mut found = Vec::new();
    for expected in pattern.split('/') {
        let part = parts.next()?;
        if expected == "{id}" {
            found.push(part);
        } else if expected != part {
            return None;
        }
    }
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_its_operation_and_identifiers() {
        let route = Route::of("GET", "/v1/customers/cus_1/balance_transactions/cbtxn_2").unwrap();
        assert_eq!(route.operation, Operation::CustomerBalanceEntry);
        assert_eq!(
            (route.id.as_str(), route.inner.as_str()),
            ("cus_1", "cbtxn_2")
        );
        assert_eq!(
            Route::of("GET", "/v1/events/").unwrap().operation,
            Operation::Events
        );
        for (method, path) in [
            ("PUT", "/v1/events"),
            ("GET", "/v1/invoices/a/b"),
            ("GET", "/v2/x"),
        ] {
            assert!(Route::of(method, path).is_err(), "{method} {path}");
        }
    }
}
