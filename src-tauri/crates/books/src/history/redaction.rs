//! Which members of Stripe's objects are personal, and taking them out of a canonical form.

use serde_json::{Map, Value};

use crate::error::{BooksError, Result};

/// Members that hold personal data, or what people write freely, wherever they stand in an
/// object of a customer.
const PERSONAL: [&str; 43] = [
    "address",
    "billing_details",
    "business_name",
    "comment",
    "custom_fields",
    "customer_address",
    "customer_email",
    "customer_name",
    "customer_phone",
    "customer_shipping",
    "customer_tax_ids",
    "description",
    "email",
    "feedback",
    "footer",
    "fraud_details",
    "individual_name",
    "invoice_prefix",
    "ip_address",
    "last4",
    "memo",
    "name",
    "owner",
    "phone",
    "preferred_locales",
    "receipt_email",
    "receipt_number",
    "shipping",
    "shipping_details",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "tax_ids",
    "calculated_statement_descriptor",
    "account_holder_name",
    "address_city",
    "address_country",
    "address_line1",
    "address_line2",
    "address_state",
    "address_zip",
    "evidence",
    "fingerprint",
    "routing_number",
];
/// What people attach freely.
const METADATA: &str = "metadata";
/// The product's own id of the tenant names no person and keeps figures attributable.
const KEPT_METADATA: &str = "tenantId";

/// Whether what stands under this name may be personal.
pub(super) fn is_personal(name: &str) -> bool {
    name == METADATA || PERSONAL.contains(&name)
}

/// The canonical form without personal data: the members stay and are null.
pub(crate) fn redact(canonical: &[u8]) -> Result<Vec<u8>> {
    let mut value: Value =
        serde_json::from_slice(canonical).map_err(|error| BooksError::Damaged {
            detail: format!("a version's canonical form: {error}"),
        })?;
    clear(&mut value);
    serde_json::to_vec(&value)
        .map_err(|error| BooksError::invalid(format!("a redacted form: {error}")))
}

fn clear(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if name == METADATA {
                    keep_tenant_id(member);
                } else if PERSONAL.contains(&name.as_str()) {
                    *member = Value::Null;
                } else {
                    clear(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clear),
        _ => {}
    }
}

fn keep_tenant_id(metadata: &mut Value) {
    let kept: Map<String, Value> = metadata
        .get(KEPT_METADATA)
        .map(|id| (KEPT_METADATA.to_owned(), id.clone()))
        .into_iter()
        .collect();
    *metadata = Value::Object(kept);
}
