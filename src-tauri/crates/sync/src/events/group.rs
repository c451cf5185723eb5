//! Many events, few steps: what is to be done for an object, however many events speak of it.

use std::collections::HashMap;

use books::{HeldState, Road, WaitingEvent};
use objects::Kind;
use stripe::API_VERSION;

use super::{Content, Freshness, OVERLAP_S};
use crate::derived::{Derived, derived_of};
use crate::refetch::is_refetchable;

/// Stripe tells times in whole seconds: only from this distance on it is known which of two was
/// earlier.
pub(super) const APART_S: i64 = 2;

/// An object of the account.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) kind: Kind,
    pub(crate) id: String,
}

/// Everything that waits and speaks of one object.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) target: Target,
    /// The events' numbers.
    pub(super) nums: Vec<i64>,
    /// The second of the newest event.
    pub(super) newest: i64,
    /// The object as it was then, where that may be taken for the object as it is.
    pub(super) payload: Option<Content>,
    /// The newest event says that the object was deleted.
    pub(super) deleted: bool,
    /// When the object was created, where an event says so.
    pub(super) created: Option<i64>,
    /// Whose the object is, where an event says so.
    pub(super) customer: Option<String>,
    /// How often the most stubborn of the events was tried.
    pub(super) attempts: i64,
    /// Did all of them come by webhook?
    pub(super) by_webhook: bool,
    /// What else may have changed, without an event of its own.
    pub(super) derived: Vec<Derived>,
    /// One of the events says that a payment settled the invoice.
    is_paid_by_payment: bool,
}

/// What is done for an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The books hold what was read after all of these events.
    Held,
    /// The newest event carries the state.
    Payload,
    /// It is read again.
    Refetch,
    /// It waits until the overlap has passed.
    Wait,
}

/// What events came to: groups in the order of their first event, and events in which nothing is
/// that the books keep.
#[derive(Debug, Default)]
pub(super) struct Grouped {
    pub(super) groups: Vec<Group>,
    pub(super) nothing: Vec<i64>,
}

/// Puts events together by the object that is to be looked at.
pub(super) fn group(events: Vec<(WaitingEvent, Option<Content>)>) -> Grouped {
    let mut grouped = Grouped::default();
    let mut places: HashMap<Target, usize> = HashMap::new();
    for (event, content) in events {
        let Some(target) = target_of(&event, content.as_ref()) else {
            grouped.nothing.push(event.num);
            continue;
        };
        match places.get(&target) {
            Some(place) => grouped.groups[*place].add(&event, content),
            None => {
                places.insert(target.clone(), grouped.groups.len());
                grouped.groups.push(Group::new(target, &event, content));
            }
        }
    }
    for group in &mut grouped.groups {
        group.settle();
    }
    grouped
}

/// The object that an event is about, or the one that carries what it is about.
fn target_of(event: &WaitingEvent, content: Option<&Content>) -> Option<Target> {
    let kind = Kind::of_stripe_object(event.object_kind.as_deref()?)?;
    let target = |kind: Kind, id: &str| {
        Some(Target {
            kind,
            id: id.to_owned(),
        })
    };
    if is_refetchable(kind) {
        return target(
            kind,
            event.object_id.as_deref().filter(|id| !id.is_empty())?,
        );
    }
    // A discount comes with what it is a discount on.
    let subject = &content?.subject;
    (subject
        .subscription()
        .and_then(|id| target(Kind::Subscription, id)))
    .or_else(|| subject.invoice().and_then(|id| target(Kind::Invoice, id)))
    .or_else(|| subject.customer().and_then(|id| target(Kind::Customer, id)))
}

impl Group {
    fn new(target: Target, event: &WaitingEvent, content: Option<Content>) -> Self {
        let mut group = Self {
            target,
            nums: Vec::new(),
            newest: i64::MIN,
            payload: None,
            deleted: false,
            created: None,
            customer: None,
            attempts: 0,
            by_webhook: true,
            derived: Vec::new(),
            is_paid_by_payment: false,
        };
        group.add(event, content);
        group
    }

    fn add(&mut self, event: &WaitingEvent, content: Option<Content>) {
        self.nums.push(event.num);
        self.attempts = self.attempts.max(event.attempts);
        self.by_webhook &= event.road == Road::Webhook;
        let own = Kind::of_stripe_object(event.object_kind.as_deref().unwrap_or_default())
            == Some(self.target.kind);
        if let Some(content) = &content {
            let created = content.subject.created().filter(|_| own);
            self.created = self.created.or(created);
            if let Some(customer) = content.subject.customer().filter(|_| own) {
                self.customer = Some(customer.to_owned());
            }
            self.is_paid_by_payment |= own && content.subject.is_paid_by_payment();
            for derived in derived_of(event, content) {
                if !self.derived.contains(&derived) {
                    self.derived.push(derived);
                }
            }
        }
        if event.created >= self.newest + APART_S || self.newest == i64::MIN {
            self.deleted = own && is_deletion(event);
            self.payload = content.filter(|_| own && carries_state(event, self.deleted));
        } else if event.created > self.newest - APART_S {
            // Which of the two was the last is not known.
            self.payload = None;
            self.deleted |= own && is_deletion(event);
        }
        self.newest = self.newest.max(event.created);
    }

    /// Leaves out what an event among them says is told by events of its own.
    fn settle(&mut self) {
        if self.is_paid_by_payment {
            let asked = |derived: &Derived| !matches!(derived, Derived::PaymentsOf(_));
            self.derived.retain(asked);
        }
    }

    /// What is done for the object, given what is `held` of it and when the last good poll was.
    pub(super) fn step(
        &self,
        held: Option<HeldState>,
        last_poll: i64,
        freshness: Freshness,
    ) -> Step {
        if held.is_some_and(|held| held.seen_at >= self.newest + APART_S) {
            return Step::Held;
        }
        // Whatever else happened to the object by then has shown.
        let is_settled = last_poll - self.newest >= OVERLAP_S;
        let is_newer = held.is_none_or(|held| self.newest >= held.seen_at + APART_S);
        match (&self.payload, is_settled) {
            (Some(_), true) if is_newer => Step::Payload,
            (Some(_), false) if is_newer && freshness == Freshness::Unwatched => Step::Wait,
            _ => Step::Refetch,
        }
    }
}

/// Is what the event shows the object as it then was, as a read would show it?
fn carries_state(event: &WaitingEvent, deleted: bool) -> bool {
    // A file may come from anybody. What is there under a name of the company's choice may be
    // made anew after it was deleted.
    event.road != Road::File
        && event.attempts == 0
        && match Kind::of_stripe_object(event.object_kind.as_deref().unwrap_or_default()) {
            // What expansions add to these is not in an event.
            Some(Kind::Price | Kind::Coupon | Kind::Product) | None => false,
            Some(_) => deleted || event.api_version.as_deref() == Some(API_VERSION),
        }
}

/// Does the event say that its object is gone? A subscription that is "deleted" was canceled.
fn is_deletion(event: &WaitingEvent) -> bool {
    event.event_type.ends_with(".deleted") && event.object_kind.as_deref() != Some("subscription")
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::json;

    use super::*;

    const T: i64 = 1_795_000_000;

    fn event(event_type: &str, kind: &str, created: i64) -> (WaitingEvent, Option<Content>) {
        let body = json!({"data": {"object": {"id": "x_1", "object": kind, "created": T - 99,
            "customer": "cus_1", "subscription": "sub_1"}}});
        let waiting = WaitingEvent {
            num: created,
            id: format!("evt_{created}"),
            event_type: event_type.to_owned(),
            created,
            api_version: Some(API_VERSION.to_owned()),
            object_kind: Some(kind.to_owned()),
            object_id: Some("x_1".to_owned()),
            customer: None,
            road: Road::Poll,
            attempts: 0,
        };
        (waiting, Content::read(&Bytes::from(body.to_string())))
    }

    fn held(seen_at: i64) -> Option<HeldState> {
        Some(HeldState {
            seen_at,
            deleted: false,
        })
    }

    #[test]
    fn payload_or_refetch() {
        let updated = |created| event("customer.updated", "customer", created);
        let old_version = || {
            let (mut event, content) = updated(T);
            event.api_version = Some("2020-08-27".to_owned());
            (event, content)
        };
        let from_a_file = || {
            let (mut event, content) = updated(T);
            event.road = Road::File;
            (event, content)
        };
        let settled = T + OVERLAP_S;
        for (words, events, held, last_poll, step) in [
            (
                "nothing is held",
                vec![updated(T)],
                None,
                settled,
                Step::Payload,
            ),
            (
                "an older state is held",
                vec![updated(T)],
                held(T - 2),
                settled,
                Step::Payload,
            ),
            (
                "held in the second before",
                vec![updated(T)],
                held(T - 1),
                settled,
                Step::Refetch,
            ),
            (
                "held in the same second",
                vec![updated(T)],
                held(T),
                settled,
                Step::Refetch,
            ),
            (
                "held right after it",
                vec![updated(T)],
                held(T + 1),
                settled,
                Step::Refetch,
            ),
            (
                "held after it",
                vec![updated(T)],
                held(T + 2),
                settled,
                Step::Held,
            ),
            (
                "the overlap has not passed",
                vec![updated(T)],
                None,
                settled - 1,
                Step::Refetch,
            ),
            (
                "two apart",
                vec![updated(T - 2), updated(T)],
                None,
                settled,
                Step::Payload,
            ),
            (
                "out of order",
                vec![updated(T), updated(T - 2)],
                None,
                settled,
                Step::Payload,
            ),
            (
                "two close together",
                vec![updated(T - 1), updated(T)],
                None,
                settled,
                Step::Refetch,
            ),
            (
                "twice in a second",
                vec![updated(T), updated(T)],
                None,
                settled,
                Step::Refetch,
            ),
            (
                "an old version",
                vec![old_version()],
                None,
                settled,
                Step::Refetch,
            ),
            ("a file", vec![from_a_file()], None, settled, Step::Refetch),
        ] {
            let grouped = group(events);
            assert_eq!(grouped.groups.len(), 1, "{words}");
            let found = grouped.groups[0].step(held, last_poll, Freshness::Watched);
            assert_eq!(found, step, "{words}");
        }
        let waits = group(vec![updated(T)]).groups.remove(0);
        let step = |last_poll| waits.step(None, last_poll, Freshness::Unwatched);
        assert_eq!(
            (step(settled - 1), step(settled)),
            (Step::Wait, Step::Payload)
        );
    }

    #[test]
    fn what_an_event_is_about() {
        for (event_type, kind, target) in [
            (
                "customer.updated",
                "customer",
                Some((Kind::Customer, "x_1")),
            ),
            (
                "customer.discount.created",
                "discount",
                Some((Kind::Subscription, "sub_1")),
            ),
            (
                "a.type.of.tomorrow",
                "invoice",
                Some((Kind::Invoice, "x_1")),
            ),
            (
                "radar.early_fraud_warning.created",
                "radar.early_fraud_warning",
                None,
            ),
        ] {
            let (event, content) = event(event_type, kind, T);
            let found = target_of(&event, content.as_ref());
            let expected = target.map(|(kind, id)| Target {
                kind,
                id: id.to_owned(),
            });
            assert_eq!(found, expected, "{event_type}");
        }
    }

    #[test]
    fn what_is_gone_is_told_from_what_was_canceled() {
        for (event_type, kind, deleted) in [
            ("customer.deleted", "customer", true),
            ("invoice.deleted", "invoice", true),
            ("customer.subscription.deleted", "subscription", false),
            ("customer.updated", "customer", false),
        ] {
            let groups = group(vec![event(event_type, kind, T)]).groups;
            assert_eq!(groups[0].deleted, deleted, "{event_type}");
        }
        let later = vec![
            event("customer.deleted", "customer", T),
            event("customer.updated", "customer", T - 60),
        ];
        assert!(group(later).groups[0].deleted, "the newest event counts");
    }
}
