//! Which members of Stripe's objects are personal, and taking them out of a canonical form.

use serde_json::Value;

use crate::error::{BooksError, Result};

/// Members that hold personal data wherever they stand in an object of a customer.
const PERSONAL: [&str; 22] = [
    "address",
    "billing_details",
    "business_name",
    "customer_address",
    "customer_email",
    "customer_name",
    "customer_phone",
    "customer_shipping",
    "customer_tax_ids",
    "email",
    "individual_name",
    "invoice_settings_custom_fields",
    "ip_address",
    "last4",
    "name",
    "phone",
    "receipt_email",
    "receipt_number",
    "shipping",
    "statement_descriptor_suffix",
    "tax_ids",
    "comment",
];
/// Members that are personal on the customer itself, where people write what they like.
const PERSONAL_ON_CUSTOMER: [&str; 2] = ["description", "metadata"];
/// The product's own id of the tenant names no person and keeps figures attributable.
const KEPT_METADATA: &str = "tenantId";

/// The canonical form without personal data: the members stay and are null.
pub(crate) fn redact(canonical: &[u8], is_customer: bool) -> Result<Vec<u8>> {
    let mut value: Value =
        serde_json::from_slice(canonical).map_err(|error| BooksError::Damaged {
            detail: format!("a version's canonical form: {error}"),
        })?;
    let tenant_id = value.pointer("/metadata/tenantId").cloned();
    if is_customer && let Value::Object(members) = &mut value {
        for name in PERSONAL_ON_CUSTOMER {
            if let Some(member) = members.get_mut(name) {
                *member = match (&tenant_id, name) {
                    (Some(id), "metadata") => serde_json::json!({ KEPT_METADATA: id }),
                    _ => Value::Null,
                };
            }
        }
    }
    clear(&mut value);
    serde_json::to_vec(&value)
        .map_err(|error| BooksError::invalid(format!("a redacted form: {error}")))
}

fn clear(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if PERSONAL.contains(&name.as_str()) {
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
