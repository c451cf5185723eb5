//! Events, with the object as it was.

use super::{API_VERSION, Expand};
use crate::account::Account;
use crate::events::{Event, Snapshot, Subject};
use crate::ids::Kind;
use crate::json::{Id, Pen, put};
use crate::model::NONE;

pub(crate) fn event(pen: &mut Pen<'_>, account: &Account, serial: u32) {
    let event = &account.events[serial as usize];
    put!(pen; r#"{"id":"#, Id(Kind::Event, event.created, serial), r#","object":"event","#);
    put!(pen; r#""api_version":""#, API_VERSION, r#"","created":"#, event.created);
    put!(pen; r#","data":{"object":"#);
    object(pen, account, event);
    if let Some(previous) = &event.previous {
        put!(pen; r#","previous_attributes":"#, &**previous);
    }
    put!(pen; r#"},"livemode":"#, account.livemode, r#","pending_webhooks":0,"request":{"id":"#);
    match &event.request {
        Some(request) => {
            put!(pen; "\"", request.id.as_str(), r#"","idempotency_key":"#);
            super::optional(pen, request.idempotency_key.as_deref());
        }
        None => put!(pen; r#"null,"idempotency_key":null"#),
    }
    put!(pen; r#"},"type":""#, event.kind.as_str(), r#""}"#);
}

fn object(pen: &mut Pen<'_>, account: &Account, event: &Event) {
    let plain = Expand::default();
    let serial = event.object;
    if event.snapshot != NONE {
        match &account.snapshots[event.snapshot as usize] {
            Snapshot::Customer(it) => super::customer::customer(pen, account, serial, it, &plain),
            Snapshot::Subscription(it) => {
                super::subscription::subscription(pen, account, serial, it, &plain);
            }
            Snapshot::Invoice(it) => super::invoice::invoice(pen, account, serial, it, &plain),
            Snapshot::Intent(it) => super::payment::intent(pen, account, serial, it, &plain),
            Snapshot::Charge(it) => super::payment::charge(pen, account, serial, it, &plain),
        }
        return;
    }
    match event.kind.subject() {
        Subject::Customer => {
            let customer = account.customer(serial);
            super::customer::customer(pen, account, serial, customer, &plain);
        }
        Subject::Subscription => {
            let subscription = account.subscription(serial);
            super::subscription::subscription(pen, account, serial, subscription, &plain);
        }
        Subject::Invoice => {
            super::invoice::invoice(pen, account, serial, account.invoice(serial), &plain);
        }
        Subject::InvoicePayment => {
            super::invoice::invoice_payment(pen, account, serial, &plain);
        }
        Subject::Intent => {
            let intent = &account.intents[serial as usize];
            super::payment::intent(pen, account, serial, intent, &plain);
        }
        Subject::Charge => {
            let charge = &account.charges[serial as usize];
            super::payment::charge(pen, account, serial, charge, &plain);
        }
        Subject::CreditNote => super::credit_note::credit_note(pen, account, serial, &plain),
        Subject::PaymentMethod => super::customer::payment_method(pen, account, serial),
        Subject::Discount => {
            let whole = Expand {
                coupon: true,
                ..Expand::default()
            };
            super::catalogue::discount(pen, account, serial, &whole);
        }
    }
}
