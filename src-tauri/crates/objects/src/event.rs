//! What an event changed, in a finance team's words: what happened by the event's name, and each
//! field before and after, from the object and its previous attributes.
//!
//! Events keep the shape of the API version that they were made in, which may be years old: what
//! is not understood is left out, never an error.

use crate::Kind;
use crate::canonical::{children_of, settle};
use crate::diff::{Change, Shape, changes, child_words, currency_of, show};
use crate::json::{self, Member, Node};

/// What an event changed: what happened first, then each field with its value before and after.
/// `body` is the event as Stripe sent it. Empty where it is no event, or says nothing that is
/// understood.
#[must_use]
pub fn changes_of_event(body: &[u8]) -> Vec<Change> {
    let Ok(mut event) = json::parse_with(body, json::MAX_BYTES, true) else {
        return Vec::new();
    };
    let Some(mut data) = event.take("data") else {
        return Vec::new();
    };
    let Some(mut object) = data.take("object") else {
        return Vec::new();
    };
    without_nulls(&mut object);
    let name = event.get("type").and_then(Node::text).unwrap_or_default();
    let mut told: Vec<Change> = happened(name, &object).into_iter().collect();
    let kind = object
        .get("object")
        .and_then(Node::text)
        .and_then(Kind::of_stripe_object);
    if let (Some(kind), Some(previous)) = (kind, data.take("previous_attributes")) {
        let mut before = object.clone();
        put_back(&mut before, previous);
        without_nulls(&mut before);
        for change in between(kind, before, object) {
            // Old shapes say a thing twice: seats on the item and on the subscription.
            if !told.contains(&change) {
                told.push(change);
            }
        }
    }
    told
}

/// Every field that differs, the object's own first, then those of its children.
fn between(kind: Kind, mut before: Node<'_>, mut after: Node<'_>) -> Vec<Change> {
    let mut told = Vec::new();
    if let Some((member, children)) = children_of(kind) {
        let (was, is) = (
            list(children, before.take(member)),
            list(children, after.take(member)),
        );
        told.extend(changes(children, &was, &is));
    }
    settle(kind, &mut before, &mut Vec::new());
    settle(kind, &mut after, &mut Vec::new());
    told.extend(changes(kind, &before, &after));
    told
}

/// The children that a list holds, as much of it as is there.
fn list(kind: Kind, list: Option<Node<'_>>) -> Node<'_> {
    let Some(Node::Array(mut items)) = list.and_then(|mut list| list.take("data")) else {
        return Node::Array(Vec::new());
    };
    for item in &mut items {
        settle(kind, item, &mut Vec::new());
    }
    Node::Array(items)
}

/// Puts an event's previous attributes back into its object: null says that there was none.
fn put_back<'a>(object: &mut Node<'a>, previous: Node<'a>) {
    let Node::Object(members) = previous else {
        return;
    };
    for member in members {
        let key = member.key().to_owned();
        let value = match (object.take(&key), member.value) {
            (_, Node::Null) => continue,
            (Some(mut now @ Node::Object(_)), was @ Node::Object(_)) => {
                put_back(&mut now, was);
                now
            }
            (_, was) => was,
        };
        if let Node::Object(members) = object {
            let place = members.partition_point(|other| other.key() < key.as_str());
            members.insert(place, Member::new(key.into(), value));
        }
    }
}

fn without_nulls(node: &mut Node<'_>) {
    match node {
        Node::Object(members) => {
            members.retain(|member| !matches!(member.value, Node::Null));
            members
                .iter_mut()
                .for_each(|member| without_nulls(&mut member.value));
        }
        Node::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

/// What an event says by its name, with the amount or the words that belong to it.
fn happened(event: &str, object: &Node<'_>) -> Option<Change> {
    let money = |path: &str| money(object, path);
    let text = |path: &str| at(object, path).and_then(Node::text).map(str::to_owned);
    let (what, value) = match event {
        "invoice.paid" | "invoice.payment_succeeded" | "invoice_payment.paid" => {
            ("paid", money("amount_paid"))
        }
        "invoice.payment_failed" => ("payment failed", money("amount_remaining")),
        "invoice.voided" => ("voided", money("total")),
        "invoice.marked_uncollectible" => ("written off", money("amount_remaining")),
        "invoice.finalized" => ("finalized", money("total")),
        "invoice.overdue" => ("past due", money("amount_remaining")),
        "invoice.overpaid" => ("overpaid", money("amount_overpaid")),
        "invoice.sent" => ("sent", None),
        "invoice.created" => ("created", money("total")),
        "charge.succeeded" => ("charged", money("amount")),
        "charge.failed" => ("declined", text("failure_message").or(text("failure_code"))),
        "charge.refunded" => ("refunded", money("amount_refunded")),
        "refund.created" | "charge.refund.created" => ("refunded", money("amount")),
        "refund.failed" => ("refund failed", money("amount")),
        "charge.dispute.created" => ("disputed", money("amount")),
        "charge.dispute.closed" => ("dispute closed", text("status")),
        "charge.dispute.funds_withdrawn" => ("taken back by the bank", money("amount")),
        "charge.dispute.funds_reinstated" => ("given back by the bank", money("amount")),
        "credit_note.created" => ("credited", money("total").or(money("amount"))),
        "credit_note.voided" => ("credit note voided", money("amount")),
        "billing.credit_grant.created" => ("credits granted", money("amount.monetary.value")),
        "billing.credit_balance_transaction.created" => return Some(credits_moved(object)),
        "payment_intent.succeeded" => ("collected", money("amount_received")),
        "payment_intent.processing" => ("payment on its way", money("amount")),
        "payment_intent.canceled" => ("payment canceled", money("amount")),
        "payment_intent.payment_failed" => ("declined", text("last_payment_error.message")),
        "payout.paid" => ("paid out", money("amount")),
        "payout.failed" => ("payout failed", money("amount")),
        "invoiceitem.created" => ("will be billed", money("amount")),
        "promotion_code.created" => ("code created", text("code")),
        "payment_method.attached" => ("payment method added", Some(method(object))),
        "payment_method.detached" => ("payment method removed", Some(method(object))),
        "customer.subscription.created" => ("subscribed", items(object)),
        "customer.subscription.deleted" => ("subscription ended", None),
        "customer.subscription.paused" => ("subscription paused", None),
        "customer.subscription.resumed" => ("subscription resumed", None),
        "customer.discount.created" => ("discount added", coupon(object)),
        "customer.discount.deleted" => ("discount removed", coupon(object)),
        _ => return by_ending(event),
    };
    Some(Change::happened(what, value))
}

/// Names that say nothing but what became of the object.
fn by_ending(event: &str) -> Option<Change> {
    let word = match event.rsplit('.').next()? {
        "created" => "created",
        "deleted" => "deleted",
        "canceled" => "canceled",
        "released" => "released",
        "completed" => "completed",
        "deactivated" => "switched off",
        "reactivated" => "switched on",
        _ => return None,
    };
    Some(Change::happened(word, None))
}

fn at<'t, 'a>(node: &'t Node<'a>, path: &str) -> Option<&'t Node<'a>> {
    path.split('.').try_fold(node, |node, key| node.get(key))
}

fn money(object: &Node<'_>, path: &str) -> Option<String> {
    let amount = at(object, path)?;
    Some(show(Some(amount), Shape::Money, currency_of(object)))
}

/// Credits given, used, expired or taken back.
fn credits_moved(transaction: &Node<'_>) -> Change {
    let (side, what) = match at(transaction, "debit.type").and_then(Node::text) {
        Some("credits_expired") => ("debit", "credits expired"),
        Some("credits_voided") => ("debit", "credits voided"),
        Some(_) => ("debit", "credits used"),
        None => ("credit", "credits added"),
    };
    let value = transaction.get(side).map(|side| {
        let amount = at(side, "amount.monetary.value");
        show(amount, Shape::Money, currency_of(side))
    });
    Change::happened(what, value)
}

/// What is subscribed to: `price_1, 5 seats`.
fn items(subscription: &Node<'_>) -> Option<String> {
    let items = at(subscription, "items.data")?.items();
    let words: Vec<String> = items
        .iter()
        .map(|item| {
            let mut item = item.clone();
            settle(Kind::SubscriptionItems, &mut item, &mut Vec::new());
            child_words(Kind::SubscriptionItems, &item)
        })
        .collect();
    (!words.is_empty()).then(|| words.join("; "))
}

/// `visa •••• 4242`, else the type.
fn method(method: &Node<'_>) -> String {
    let kind = method.get("type").and_then(Node::text).unwrap_or_default();
    let details = method.get(kind);
    let text = |key: &str| details.and_then(|d| d.get(key)).and_then(Node::text);
    match (text("brand").or(text("bank_name")), text("last4")) {
        (Some(brand), Some(last4)) => format!("{brand} •••• {last4}"),
        (None, Some(last4)) => format!("{} •••• {last4}", kind.replace('_', " ")),
        _ => kind.replace('_', " "),
    }
}

/// The coupon of a discount, in the shape of any version.
fn coupon(discount: &Node<'_>) -> Option<String> {
    let coupon = at(discount, "source.coupon").or_else(|| discount.get("coupon"))?;
    let name = |key: &str| coupon.get(key).and_then(Node::text);
    let text = coupon.text().or(name("name")).or(name("id"))?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests;
