//! What is in an event's body: the object as it was, and the old values of what changed.

use std::collections::BTreeSet;

use bytes::Bytes;
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(borrow)]
    object: &'a RawValue,
    #[serde(default, borrow)]
    previous_attributes: Option<&'a RawValue>,
}

/// What has to be known of the object before it is decoded. What is of another type counts as
/// absent: payloads come in the shape of any API version.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Subject {
    created: Lenient<i64>,
    customer: Lenient<Reference>,
    subscription: Lenient<Reference>,
    invoice: Lenient<Reference>,
    status: Lenient<String>,
    starting_balance: Lenient<i64>,
    ending_balance: Lenient<i64>,
    amount_paid: Lenient<i64>,
    amount_paid_off_stripe: Lenient<i64>,
    pre_payment_credit_notes_amount: Lenient<i64>,
    coupon: Lenient<Reference>,
    promotion_code: Lenient<Reference>,
    source: Lenient<Source>,
    customer_balance_transaction: Lenient<Reference>,
    default_source: Lenient<Reference>,
}

/// A value, or whatever else stands in its place.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Lenient<T> {
    Value(T),
    Other(serde::de::IgnoredAny),
}

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self::Other(serde::de::IgnoredAny)
    }
}

impl<T> Lenient<T> {
    fn get(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Other(_) => None,
        }
    }
}

/// An id, or the object with it.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Whole { id: String },
}

/// What a discount comes from.
#[derive(Debug, Deserialize)]
struct Source {
    #[serde(default)]
    coupon: Lenient<Reference>,
}

impl Lenient<Reference> {
    fn id(&self) -> Option<&str> {
        match self.get()? {
            Reference::Id(id) | Reference::Whole { id } => Some(id),
        }
    }
}

impl Subject {
    pub(crate) fn created(&self) -> Option<i64> {
        self.created.get().copied()
    }

    pub(crate) fn customer(&self) -> Option<&str> {
        self.customer.id()
    }

    pub(crate) fn subscription(&self) -> Option<&str> {
        self.subscription.id()
    }

    pub(crate) fn invoice(&self) -> Option<&str> {
        self.invoice.id()
    }

    pub(crate) fn is_status(&self, status: &str) -> bool {
        self.status.get().is_some_and(|found| found == status)
    }

    /// Did an invoice move the customer's balance?
    pub(crate) fn moved_balance(&self) -> bool {
        let of = |amount: &Lenient<i64>| amount.get().copied().unwrap_or(0);
        of(&self.starting_balance) != of(&self.ending_balance)
    }

    /// Is this an invoice that a payment settled, of which an event of its own tells?
    pub(crate) fn is_paid_by_payment(&self) -> bool {
        let is_none = |amount: &Lenient<i64>| amount.get().copied().unwrap_or(0) == 0;
        self.is_status("paid")
            && !is_none(&self.amount_paid)
            && is_none(&self.amount_paid_off_stripe)
            && is_none(&self.pre_payment_credit_notes_amount)
    }

    /// The code that a discount was redeemed by.
    pub(crate) fn promotion_code(&self) -> Option<&str> {
        self.promotion_code.id()
    }

    /// The coupon that a discount applies.
    pub(crate) fn coupon(&self) -> Option<&str> {
        let of_source = self.source.get().and_then(|source| source.coupon.id());
        of_source.or_else(|| self.coupon.id())
    }

    /// The older payment source that a customer pays with.
    pub(crate) fn default_source(&self) -> Option<&str> {
        self.default_source.id()
    }

    pub(crate) fn has_balance_transaction(&self) -> bool {
        self.customer_balance_transaction.id().is_some()
    }
}

/// An event's body, taken apart.
#[derive(Debug)]
pub(crate) struct Content {
    /// The object as it was, exactly as Stripe wrote it.
    pub(crate) object: Bytes,
    /// What is known of it without decoding it.
    pub(crate) subject: Subject,
    /// The changed members' old values, as JSON.
    previous: Option<Bytes>,
}

impl Content {
    /// Takes a body apart; none where it is no event.
    pub(crate) fn read(body: &Bytes) -> Option<Self> {
        let envelope: Envelope<'_> = serde_json::from_slice(body).ok()?;
        let object = body.slice_ref(envelope.data.object.get().as_bytes());
        Some(Self {
            subject: serde_json::from_slice(&object).unwrap_or_default(),
            previous: (envelope.data.previous_attributes)
                .map(|raw| body.slice_ref(raw.get().as_bytes())),
            object,
        })
    }

    /// Ids in it that begin with `start`, each once.
    pub(crate) fn ids(&self, start: &str) -> BTreeSet<String> {
        let quoted = format!("\"{start}");
        let found = memmem::find_iter(&self.object, quoted.as_bytes());
        found
            .filter_map(|at| {
                let rest = self.object.get(at + 1..)?;
                let length = rest.iter().position(|byte| *byte == b'"')?;
                String::from_utf8(rest.get(..length)?.to_vec()).ok()
            })
            .collect()
    }

    /// Did this member of the object change, as the event tells?
    pub(crate) fn changed(&self, member: &str) -> bool {
        let Some(previous) = &self.previous else {
            return false;
        };
        serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(previous)
            .is_ok_and(|members| members.contains_key(member))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_payload_of_any_version_is_looked_at_and_kept_as_it_is() {
        let body = Bytes::from_static(
            br#"{"id":"evt_1","data":{"object":{ "id":"in_1","created":7,"customer":{"id":"cus_1"},
            "subscription":3,"status":"open","starting_balance":-5,"ending_balance":0},
            "previous_attributes":{"status":"draft"}}}"#,
        );
        let content = Content::read(&body).expect("a content");
        assert!(content.object.starts_with(b"{ \"id\""), "byte by byte");
        let subject = &content.subject;
        assert_eq!(
            (subject.created(), subject.customer()),
            (Some(7), Some("cus_1"))
        );
        assert_eq!(subject.subscription(), None, "of another type: absent");
        assert!(subject.is_status("open") && subject.moved_balance());
        assert!(content.changed("status") && !content.changed("created"));
        assert!(Content::read(&Bytes::from_static(b"{}")).is_none());
    }
}
