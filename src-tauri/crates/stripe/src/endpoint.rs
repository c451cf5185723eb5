//! The name of an operation without its ids: Stripe limits operations, and ids share theirs.

use crate::request::Method;

/// Words of Stripe's paths that are no ids.
const WORDS: &[&str] = &[
    "account",
    "advance",
    "attach_payment",
    "balance_transactions",
    "billing",
    "charges",
    "coupons",
    "create_preview",
    "credit_balance_summary",
    "credit_balance_transactions",
    "credit_grants",
    "credit_notes",
    "customers",
    "disputes",
    "event_summaries",
    "events",
    "expire",
    "finalize",
    "invoice_payments",
    "invoiceitems",
    "invoices",
    "lines",
    "mark_uncollectible",
    "meters",
    "migrate",
    "pause",
    "pay",
    "payment_intents",
    "payment_methods",
    "payouts",
    "preview",
    "prices",
    "products",
    "promotion_codes",
    "refunds",
    "resume",
    "search",
    "send",
    "sources",
    "subscription_items",
    "subscription_schedules",
    "subscriptions",
    "tax_rates",
    "test_clocks",
    "test_helpers",
    "void",
];

/// `GET /invoices/{id}/lines` for `/invoices/in_1/lines`.
pub(crate) fn endpoint_of(method: Method, path: &str) -> String {
    let mut endpoint = String::with_capacity(path.len() + 8);
    endpoint.push_str(method.as_str());
    endpoint.push(' ');
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        endpoint.push('/');
        let is_word = WORDS.binary_search(&segment).is_ok();
        endpoint.push_str(if is_word { segment } else { "{id}" });
    }
    endpoint
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_share_their_operations_name() {
        assert!(WORDS.is_sorted(), "the search needs them in order");
        for (path, endpoint) in [
            ("/customers", "GET /customers"),
            ("/customers/cus_1", "GET /customers/{id}"),
            (
                "/customers/cus_1/balance_transactions/cbtxn_1",
                "GET /customers/{id}/balance_transactions/{id}",
            ),
            ("/coupons/WELCOME", "GET /coupons/{id}"),
            (
                "/billing/credit_grants/credgr_1",
                "GET /billing/credit_grants/{id}",
            ),
            ("/invoices/in_1/lines", "GET /invoices/{id}/lines"),
            ("/invoices/create_preview", "GET /invoices/create_preview"),
        ] {
            assert_eq!(endpoint_of(Method::Get, path), endpoint);
        }
    }
}
