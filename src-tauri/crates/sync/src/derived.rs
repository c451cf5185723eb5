//! What changes without an event of its own, told by the events of what it belongs to.
//!
//! Stripe sends none for entries of a customer's balance, for payments of an invoice other than
//! paid ones, nor, as far as is documented, for every change of a customer's balance. Lines and
//! items come with their invoice and subscription.

use books::{Books, Raw, WaitingEvent};
use objects::Kind;
use stripe::{Cursor, Gateway, List, ListQuery};

use crate::error::SyncError;
use crate::events::{Content, Found, Target};
use crate::lists::kind_of;
use crate::own::{OwnList, is_older_source, source_of};
use crate::refetch::{Presence, refetch, tombstone};

/// Pages of one such list at most.
const PAGES_MAX: usize = 100;

/// What is to be looked at beside the object of an event.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Derived {
    /// An object.
    Object(Target),
    /// The payments of an invoice.
    PaymentsOf(String),
    /// The items that an invoice has taken up.
    ItemsOf(String),
    /// The subscriptions of a customer that was deleted, which ends them.
    SubscriptionsOf(String),
    /// What Stripe lists for one owner alone.
    Own(OwnList, String),
    /// A customer's older payment source, where somebody asked how the customer pays.
    Source {
        /// The customer.
        customer: String,
        /// The source.
        id: String,
    },
}

/// What an event says may have changed without an event.
pub(crate) fn derived_of(event: &WaitingEvent, content: &Content) -> Vec<Derived> {
    let subject = &content.subject;
    let (name, object) = (event.event_type.as_str(), event.object_id.as_deref());
    let mut derived = Vec::new();
    if let ("customer.deleted", Some(id)) = (name, object) {
        derived.push(Derived::SubscriptionsOf(id.to_owned()));
    }
    if let (true, Some(id)) = (name.starts_with("invoice."), object) {
        of_invoice(name, id, content, &mut derived);
    }
    balances(name, object, content, &mut derived);
    derived.extend(source(name, object, content));
    let named = |kind: Kind, start: &str| {
        let ids = content.ids(start).into_iter();
        ids.map(move |id| Derived::Object(Target { kind, id }))
    };
    // A draft that is deleted sets the items free that it took up.
    if name == "invoice.deleted" {
        derived.extend(named(Kind::InvoiceItem, "ii_"));
    }
    // Every use of a coupon and of its code counts.
    if name.starts_with("customer.discount.") {
        let coupon = subject.coupon().map(|id| (Kind::Coupon, id));
        let code = subject.promotion_code().map(|id| (Kind::PromotionCode, id));
        for (kind, id) in coupon.into_iter().chain(code) {
            let id = id.to_owned();
            derived.push(Derived::Object(Target { kind, id }));
        }
    }
    if ["charge.", "refund.", "payout."]
        .iter()
        .any(|start| name.starts_with(start))
    {
        derived.extend(named(Kind::BalanceTransaction, "txn_"));
    }
    derived
}

/// The payments and items of an invoice.
fn of_invoice(name: &str, id: &str, content: &Content, derived: &mut Vec<Derived>) {
    let asks_for_money = matches!(
        name,
        "invoice.finalized" | "invoice.voided" | "invoice.paid" | "invoice.overpaid"
    );
    let other_amount = content.changed("amount_remaining") || content.changed("amount_due");
    if (asks_for_money || other_amount) && !content.subject.is_paid_by_payment() {
        derived.push(Derived::PaymentsOf(id.to_owned()));
    }
    // An invoice takes items up when it is made.
    if name == "invoice.created" && !content.ids("ii_").is_empty() {
        derived.push(Derived::ItemsOf(id.to_owned()));
    }
}

/// Entries of balances, and what is left of credits.
fn balances(name: &str, object: Option<&str>, content: &Content, derived: &mut Vec<Derived>) {
    let subject = &content.subject;
    let own = |list: OwnList, owner: &str| Derived::Own(list, owner.to_owned());
    match (name, object, subject.customer()) {
        ("customer.updated", Some(customer), _)
            if content.changed("balance") || content.changed("invoice_credit_balance") =>
        {
            derived.push(own(OwnList::Balance, customer));
        }
        ("invoice.finalized" | "invoice.voided" | "invoice.overpaid", _, Some(customer))
            if subject.moved_balance() =>
        {
            derived.extend(balance_of(customer));
        }
        (name, _, Some(customer))
            if name.starts_with("credit_note.") && subject.has_balance_transaction() =>
        {
            derived.extend(balance_of(customer));
        }
        (name, _, Some(customer)) if name.starts_with("billing.credit_") => {
            derived.push(own(OwnList::Credits, customer));
        }
        ("payout.paid" | "payout.reconciliation_completed", Some(payout), _) => {
            derived.push(own(OwnList::Payout, payout));
        }
        _ => {}
    }
}

/// Older payment sources: an event of one leads to its customer, and of another default source the
/// customer alone tells.
fn source(name: &str, object: Option<&str>, content: &Content) -> Option<Derived> {
    let subject = &content.subject;
    let (customer, id) = match name {
        "customer.updated" if content.changed("default_source") => {
            (object?, subject.default_source()?)
        }
        name if name.starts_with("customer.source.") => (subject.customer()?, object?),
        _ => return None,
    };
    is_older_source(id).then(|| Derived::Source {
        customer: customer.to_owned(),
        id: id.to_owned(),
    })
}

/// A customer's balance and its entries.
fn balance_of(customer: &str) -> [Derived; 2] {
    let (kind, id) = (Kind::Customer, customer.to_owned());
    [
        Derived::Object(Target { kind, id }),
        Derived::Own(OwnList::Balance, customer.to_owned()),
    ]
}

impl Derived {
    /// What kind of object is read.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Object(target) => target.kind,
            Self::PaymentsOf(_) => Kind::InvoicePayment,
            Self::ItemsOf(_) => Kind::InvoiceItem,
            Self::SubscriptionsOf(_) => Kind::Subscription,
            Self::Own(OwnList::Balance, _) => Kind::CustomerBalanceTransaction,
            Self::Own(OwnList::Credits, _) => Kind::CreditGrant,
            Self::Own(OwnList::Methods, _) => Kind::PaymentMethod,
            Self::Source { .. } => Kind::PaymentSource,
            Self::Own(OwnList::Payout, _) => Kind::BalanceTransaction,
        }
    }
}

/// Reads it, at Stripe.
pub(crate) async fn read_derived(
    gateway: &Gateway,
    books: &Books,
    derived: &Derived,
) -> Result<Found, SyncError> {
    let mut read = Found::default();
    match derived {
        Derived::Object(target) => object(gateway, target, &mut read).await?,
        Derived::PaymentsOf(invoice) => {
            whole(gateway, List::InvoicePayments, invoice, &mut read).await?;
        }
        Derived::ItemsOf(invoice) => {
            whole(gateway, List::InvoiceItems, invoice, &mut read).await?;
        }
        Derived::SubscriptionsOf(customer) => {
            for id in books.running_subscriptions(customer).await? {
                let kind = Kind::Subscription;
                object(gateway, &Target { kind, id }, &mut read).await?;
            }
        }
        Derived::Own(list, owner) => {
            let own = list.read(gateway, books, owner).await?;
            read.add(own.raws, own.date);
        }
        Derived::Source { customer, id } => {
            if books.are_methods_held(customer).await? {
                let (raw, date) = source_of(gateway, customer, id).await?;
                read.add(vec![raw], date);
            }
        }
    }
    Ok(read)
}

async fn object(gateway: &Gateway, target: &Target, read: &mut Found) -> Result<(), SyncError> {
    let found = refetch(gateway, target.kind, &target.id).await?;
    let raws = match found.presence {
        Presence::Missing => vec![tombstone(target.kind, &target.id)],
        Presence::Found | Presence::Deleted => found.raws,
    };
    read.add(raws, found.date);
    Ok(())
}

/// Reads what a list has of one invoice. That may be gone: then there is nothing of it.
async fn whole(
    gateway: &Gateway,
    list: List,
    invoice: &str,
    read: &mut Found,
) -> Result<(), SyncError> {
    let kind = kind_of(list).ok_or(SyncError::NoWayOn { list })?;
    let mut query = ListQuery {
        invoice: Some(invoice.to_owned()),
        ..ListQuery::default()
    };
    for _ in 0..PAGES_MAX {
        let page = match gateway.list_page(list, &query).await {
            Ok(page) => page,
            Err(error) if error.is_missing_resource() => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let (last, has_more) = (page.last(), page.has_more);
        let raws = page.items.into_iter();
        read.add(
            raws.map(|json| Raw::Object { kind, json }).collect(),
            page.date,
        );
        if !has_more {
            return Ok(());
        }
        let last = last.ok_or(SyncError::NoWayOn { list })?;
        query.cursor = Some(Cursor::After(last.id));
    }
    Err(SyncError::NoWayOn { list })
}

#[cfg(test)]
mod tests {
    use books::Road;
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::*;

    fn derived(name: &str, id: &str, object: Value, previous: Value) -> Vec<Derived> {
        let body = json!({"data": {"object": object, "previous_attributes": previous}});
        let content = Content::read(&Bytes::from(body.to_string())).expect("a content");
        let event = WaitingEvent {
            num: 1,
            id: "evt_1".into(),
            event_type: name.into(),
            created: 0,
            api_version: None,
            object_kind: None,
            object_id: Some(id.into()),
            customer: None,
            road: Road::Poll,
            attempts: 0,
        };
        derived_of(&event, &content)
    }

    #[test]
    fn older_sources_are_told_by_their_own_events_and_by_their_customers() {
        let source = |id: &str| {
            vec![Derived::Source {
                customer: "cus_1".into(),
                id: id.into(),
            }]
        };
        let card = json!({"id": "card_1", "customer": "cus_1"});
        for (name, id, object, previous, expected) in [
            (
                "customer.source.updated",
                "card_1",
                card.clone(),
                json!({}),
                source("card_1"),
            ),
            (
                "customer.source.deleted",
                "card_1",
                card,
                json!(null),
                source("card_1"),
            ),
            (
                "customer.updated",
                "cus_1",
                json!({"id": "cus_1", "default_source": "ba_2"}),
                json!({"default_source": "card_1"}),
                source("ba_2"),
            ),
            (
                "customer.updated",
                "cus_1",
                json!({"id": "cus_1", "default_source": "pm_2"}),
                json!({"default_source": null}),
                vec![],
            ),
            (
                "customer.updated",
                "cus_1",
                json!({"id": "cus_1", "default_source": "card_1"}),
                json!({"name": "Old"}),
                vec![],
            ),
        ] {
            let found = derived(name, id, object.clone(), previous);
            assert_eq!(found, expected, "{name} {object}");
        }
    }
}
