//! Which endpoint a request means, and the permission that it needs.

use crate::server::answer::Refusal;

/// An operation. Rate limits count by operation, ids share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Operation {
    Account,
    Customers,
    Customer,
    CustomerMethods,
    CustomerBalance,
    CustomerBalanceEntry,
    PaymentMethod,
    Products,
    Product,
    Prices,
    Price,
    Coupons,
    Coupon,
    TaxRates,
    TaxRate,
    Subscriptions,
    Subscription,
    SubscriptionItems,
    SubscriptionItem,
    Invoices,
    Invoice,
    InvoiceLines,
    InvoicePayments,
    InvoicePayment,
    PaymentIntents,
    PaymentIntent,
    Charges,
    Charge,
    CreditNotes,
    CreditNote,
    CreditNoteLines,
    Events,
    Event,
    CreateCustomer,
    UpdateCustomer,
    UpdateSubscription,
    CancelSubscription,
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
        let unknown = || Refusal::unknown_url(method, path);
        let rest = path.strip_prefix("/v1/").ok_or_else(unknown)?;
        let parts: Vec<&str> = rest.trim_end_matches('/').split('/').collect();
        let operation = match method {
            "GET" => get(&parts),
            "POST" => match parts.as_slice() {
                ["customers"] => Some(Operation::CreateCustomer),
                ["customers", _] => Some(Operation::UpdateCustomer),
                ["subscriptions", _] => Some(Operation::UpdateSubscription),
                _ => None,
            },
            "DELETE" => match parts.as_slice() {
                ["subscriptions", _] => Some(Operation::CancelSubscription),
                _ => None,
            },
            _ => None,
        };
        let text = |place: usize| {
            parts
                .get(place)
                .map_or(String::new(), |it| (*it).to_owned())
        };
        let operation = operation.ok_or_else(unknown)?;
        Ok(Self {
            operation,
            id: text(1),
            inner: text(3),
        })
    }

    /// The permission that a restricted key needs.
    pub(crate) const fn permission(&self) -> &'static str {
        use Operation as O;
        match self.operation {
            O::Account => "rak_connected_account_read",
            O::Customers | O::Customer | O::CustomerBalance | O::CustomerBalanceEntry => {
                "rak_customer_read"
            }
            O::CustomerMethods | O::PaymentMethod => "rak_payment_method_read",
            O::Products | O::Product => "rak_product_read",
            O::Prices | O::Price => "rak_plan_read",
            O::Coupons | O::Coupon => "rak_coupon_read",
            O::TaxRates | O::TaxRate => "rak_tax_rate_read",
            O::Subscriptions | O::Subscription | O::SubscriptionItems | O::SubscriptionItem => {
                "rak_subscription_read"
            }
            O::Invoices | O::Invoice | O::InvoiceLines | O::InvoicePayments | O::InvoicePayment => {
                "rak_invoice_read"
            }
            O::PaymentIntents | O::PaymentIntent => "rak_payment_intent_read",
            O::Charges | O::Charge => "rak_charge_read",
            O::CreditNotes | O::CreditNote | O::CreditNoteLines => "rak_credit_note_read",
            O::Events | O::Event => "rak_event_read",
            O::CreateCustomer | O::UpdateCustomer => "rak_customer_write",
            O::UpdateSubscription | O::CancelSubscription => "rak_subscription_write",
        }
    }
}

fn get(parts: &[&str]) -> Option<Operation> {
    use Operation as O;
    Some(match parts {
        ["account"] => O::Account,
        ["customers"] => O::Customers,
        ["customers", _] => O::Customer,
        ["customers", _, "payment_methods"] => O::CustomerMethods,
        ["customers", _, "balance_transactions"] => O::CustomerBalance,
        ["customers", _, "balance_transactions", _] => O::CustomerBalanceEntry,
        ["payment_methods", _] => O::PaymentMethod,
        ["products"] => O::Products,
        ["products", _] => O::Product,
        ["prices"] => O::Prices,
        ["prices", _] => O::Price,
        ["coupons"] => O::Coupons,
        ["coupons", _] => O::Coupon,
        ["tax_rates"] => O::TaxRates,
        ["tax_rates", _] => O::TaxRate,
        ["subscriptions"] => O::Subscriptions,
        ["subscriptions", _] => O::Subscription,
        ["subscription_items"] => O::SubscriptionItems,
        ["subscription_items", _] => O::SubscriptionItem,
        ["invoices"] => O::Invoices,
        ["invoices", _] => O::Invoice,
        ["invoices", _, "lines"] => O::InvoiceLines,
        ["invoice_payments"] => O::InvoicePayments,
        ["invoice_payments", _] => O::InvoicePayment,
        ["payment_intents"] => O::PaymentIntents,
        ["payment_intents", _] => O::PaymentIntent,
        ["charges"] => O::Charges,
        ["charges", _] => O::Charge,
        ["credit_notes"] => O::CreditNotes,
        ["credit_notes", _] => O::CreditNote,
        ["credit_notes", _, "lines"] => O::CreditNoteLines,
        ["events"] => O::Events,
        ["events", _] => O::Event,
        _ => return None,
    })
}
