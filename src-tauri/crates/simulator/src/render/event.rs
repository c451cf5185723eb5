//! Events, with the object as it was.

use super::Expand;
use crate::account::Account;
use crate::events::{Event, Snapshot};
use crate::ids::Kind;
use crate::json::{Id, Pen, Written, put};

pub(crate) fn event(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let event = &account.events[serial as usize];
    put!(pen; r#"{"id":"#, Id(Kind::Event, event.created, serial), r#","object":"event","#);
    put!(pen; r#""api_version":""#, account.event_version.as_str(), r#"","created":"#);
    put!(pen; event.created);
    put!(pen; r#","data":{"object":"#);
    let begin = pen.out.len();
    as_it_was(pen, account, event);
    if event.altered {
        alter(&mut pen.out, begin);
    }
    if let Some(previous) = &event.previous {
        put!(pen; r#","previous_attributes":"#, &**previous);
    }
    put!(pen; r#"},"livemode":"#, account.livemode, r#","pending_webhooks":"#);
    put!(pen; event.pending_webhooks, r#","request":{"id":"#);
    match &event.request {
        Some(request) => {
            put!(pen; "\"", request.id.as_str(), r#"","idempotency_key":"#);
            super::optional(pen, request.idempotency_key.as_deref());
        }
        None => put!(pen; r#"null,"idempotency_key":null"#),
    }
    put!(pen; r#"},"type":""#, event.kind.as_str(), r#""}"#);
}

/// Gives the object that was written from `begin` on a member of its metadata that it never had.
fn alter(out: &mut Vec<u8>, begin: usize) {
    const METADATA: &[u8] = br#""metadata":{"#;
    let written = &out[begin..];
    let found = written
        .windows(METADATA.len())
        .position(|it| it == METADATA);
    let Some(place) = found.map(|place| begin + place + METADATA.len()) else {
        return;
    };
    let comma = if out.get(place) == Some(&b'}') {
        ""
    } else {
        ","
    };
    let member = format!(r#""altered":"on its way"{comma}"#);
    out.splice(place..place, member.into_bytes());
}

fn as_it_was(pen: &mut Pen<'_>, account: &Account, event: &Event) {
    let plain = Expand::default();
    let serial = event.object;
    match &account.snapshots[event.snapshot as usize] {
        Snapshot::Customer(it) => super::customer::customer(pen, account, serial, it, &plain),
        Snapshot::Subscription(it) => {
            super::subscription::subscription(pen, account, serial, it, &plain);
        }
        Snapshot::Invoice(it) => super::invoice::invoice(pen, account, serial, it, &plain),
        Snapshot::Intent(it) => super::payment::intent(pen, account, serial, it, &plain),
        Snapshot::Charge(it) => super::payment::charge(pen, account, serial, it, &plain),
        Snapshot::Written(json) => put!(pen; Written(json)),
    }
}

/// An object as events tell it, in the shape of the account's events.
pub(crate) fn object(account: &Account, kind: Kind, serial: u32) -> Vec<u8> {
    let current = current(account, kind, serial);
    if account.has_legacy_events() {
        super::legacy::rewrite(account, kind, serial, current)
    } else {
        current
    }
}

/// A subscription or an invoice with all of its items or lines; nothing for other kinds.
pub(crate) fn whole(account: &Account, kind: Kind, serial: u32) -> Option<Vec<u8>> {
    if !matches!(kind, Kind::Subscription | Kind::Invoice) {
        return None;
    }
    let mut pen = Pen::new(&account.ids, 4_096);
    pen.embedded = usize::MAX;
    crate::server::retrieve::object(&mut pen, account, kind, serial, &Expand::default());
    Some(pen.out)
}

/// The same in today's shape: a discount with its coupon in full, all else as a retrieve.
pub(crate) fn current(account: &Account, kind: Kind, serial: u32) -> Vec<u8> {
    let expand = Expand {
        coupon: kind == Kind::Discount,
        ..Expand::default()
    };
    let mut pen = Pen::new(&account.ids, 4_096);
    if kind == Kind::Customer {
        // The event of a deletion still shows whom it deleted.
        let customer = account.customer(serial);
        super::customer::customer(&mut pen, account, serial, customer, &expand);
    } else {
        crate::server::retrieve::object(&mut pen, account, kind, serial, &expand);
    }
    pen.out
}
