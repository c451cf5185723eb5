//! The canonical form: what of Stripe's JSON makes a version, and what does not.
//!
//! The rules, which the frozen test in `canonical/tests.rs` holds:
//!
//! 1. Minified UTF-8 JSON, keys sorted by their bytes, strings with the shortest escapes, numbers
//!    with their own text.
//! 2. Null members are left out. Absent and null say the same, and a field that Stripe begins to
//!    send as null is no change.
//! 3. A nested object that has an `id` and an `object` of its own is another object and becomes
//!    its id, in whatever way it got there: expanded (`customer`, `discounts`, `latest_invoice`)
//!    or always embedded (`price` in a subscription item, tax rates, the payment method in a
//!    payment error). Discounts, and coupons within them, give versions of their own on the way.
//! 4. Lists of other objects are left out. Subscription items, invoice lines and credit note
//!    lines are kept as histories of their own, under the parent's id; an invoice's payments and
//!    a charge's refunds have their own endpoints.
//! 5. What the expansions of a price and of a coupon add ([`expanded_only`]) is a history of its
//!    own too, so the one fixed expansion is that of the list reads, and a read without it changes
//!    nothing.
//! 6. The volatile fields of [`volatile`] are left out, and every `client_secret` at any depth.
//! 7. `metadata` is the company's own and none of these rules but the first two touches it.
//!
//! Changing any of this makes new versions of everything: do not.

use std::borrow::Cow;

use crate::Kind;
use crate::json::{Member, Name, Node, find};

/// The members of a kind that appear only where they are expanded, and the kind of the history
/// that they make.
pub(crate) const fn expanded_only(kind: Kind) -> Option<([&'static str; 2], Kind)> {
    match kind {
        Kind::Price => Some((["currency_options", "tiers"], Kind::PriceTiers)),
        Kind::Coupon => Some((["applies_to", "currency_options"], Kind::CouponTerms)),
        _ => None,
    }
}

const CLIENT_SECRET: Name<'static> = Name::new("client_secret");
const ID: Name<'static> = Name::new("id");
const METADATA: Name<'static> = Name::new("metadata");
const OBJECT: Name<'static> = Name::new("object");

/// Fields left out of a kind's canonical form, each with the reason.
pub(crate) const fn volatile(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Customer => &[
            // Counts every invoice: says nothing about the customer.
            "next_invoice_sequence",
            // Sent only where they are expanded, and read from their own endpoints if at all.
            "cash_balance",
            "sources",
            "subscriptions",
            "tax",
            "tax_ids",
        ],
        Kind::Invoice => &[
            // Carry a token that is made anew from time to time.
            "hosted_invoice_url",
            "invoice_pdf",
            // Lets its holder pay, and is sent only where it is expanded.
            "confirmation_secret",
            // Sent only where it is expanded; payments are objects of their own.
            "payments",
        ],
        Kind::PaymentIntent => &[
            // Holds links and secrets for the payer's browser, valid for minutes.
            "next_action",
        ],
        Kind::Charge => &[
            // Carries a token that expires and is made anew.
            "receipt_url",
            // Sent only where it is expanded; refunds are objects of their own.
            "refunds",
        ],
        Kind::CreditNote => &[
            // Carries a token that is made anew from time to time.
            "pdf",
        ],
        _ => &[],
    }
}

/// The member that holds a kind's children, and the kind of their history.
pub(crate) const fn children_of(kind: Kind) -> Option<(&'static str, Kind)> {
    match kind {
        Kind::Subscription => Some(("items", Kind::SubscriptionItems)),
        Kind::Invoice => Some(("lines", Kind::InvoiceLines)),
        Kind::CreditNote => Some(("lines", Kind::CreditNoteLines)),
        _ => None,
    }
}

/// Brings one object into canonical form in place. Discounts and coupons found expanded in it are
/// given to `found`, in canonical form, innermost first.
pub(crate) fn settle<'a>(kind: Kind, node: &mut Node<'a>, found: &mut Vec<(Kind, Node<'a>)>) {
    if let Node::Object(members) = node {
        for dropped in volatile(kind) {
            if let Some(index) = find(members, Name::new(dropped)) {
                members.remove(index);
            }
        }
        settle_members(members, found);
    }
}

fn settle_members<'a>(members: &mut Vec<Member<'a>>, found: &mut Vec<(Kind, Node<'a>)>) {
    members.retain_mut(|member| {
        if member.is(METADATA) {
            return true;
        }
        if member.is(CLIENT_SECRET) || is_list(&member.value) {
            return false;
        }
        settle_value(&mut member.value, found);
        true
    });
}

fn settle_value<'a>(value: &mut Node<'a>, found: &mut Vec<(Kind, Node<'a>)>) {
    match value {
        Node::Array(items) => {
            for item in items {
                settle_value(item, found);
            }
        }
        Node::Object(members) => {
            let id = own_id(members);
            settle_members(members, found);
            if let Some(id) = id {
                let whole = std::mem::replace(value, Node::Text(id));
                keep_found(whole, found);
            }
        }
        _ => {}
    }
}

fn is_list(value: &Node<'_>) -> bool {
    value.get_name(OBJECT).and_then(Node::text) == Some("list")
}

/// The id of an object that says what it is.
fn own_id<'a>(members: &[Member<'a>]) -> Option<Cow<'a, str>> {
    let value = |name| find(members, name).and_then(|index| members.get(index));
    value(OBJECT)?.value.text()?;
    match &value(ID)?.value {
        Node::Text(id) if !id.is_empty() => Some(id.clone()),
        _ => None,
    }
}

fn keep_found<'a>(whole: Node<'a>, found: &mut Vec<(Kind, Node<'a>)>) {
    let kind = match whole.get("object").and_then(Node::text) {
        Some("discount") => Kind::Discount,
        Some("coupon") => Kind::Coupon,
        _ => return,
    };
    let id = whole.get("id").cloned();
    let known = found
        .iter()
        .any(|(other, node)| *other == kind && node.get("id") == id.as_ref());
    if !known {
        found.push((kind, whole));
    }
}

#[cfg(test)]
mod tests;
