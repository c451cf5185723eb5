//! What happened: the events of the last 30 days, with what the object was at the time.

use std::sync::Arc;

use crate::account::Account;
use crate::ids::Kind;
use crate::model::*;
use crate::render;

/// Stripe lists the events of the last 30 days.
pub(crate) const KEPT_SECONDS: u32 = 30 * 86_400;

/// Declares the event types with their names and the kinds of their objects in one table.
macro_rules! event_kinds {
    ($($kind:ident $name:literal $object:ident,)+) => {
        /// The types of the events that happen here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum EventKind { $($kind,)+ }

        impl EventKind {
            /// Every type.
            #[cfg(test)]
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kind,)+];

            /// Stripe's name of this type.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// What the event's object is.
            pub(crate) const fn object(self) -> Kind {
                match self { $(Self::$kind => Kind::$object,)+ }
            }
        }
    };
}

event_kinds! {
    CustomerCreated "customer.created" Customer,
    CustomerUpdated "customer.updated" Customer,
    CustomerDeleted "customer.deleted" Customer,
    DiscountCreated "customer.discount.created" Discount,
    DiscountDeleted "customer.discount.deleted" Discount,
    SubscriptionCreated "customer.subscription.created" Subscription,
    SubscriptionUpdated "customer.subscription.updated" Subscription,
    SubscriptionDeleted "customer.subscription.deleted" Subscription,
    SubscriptionPaused "customer.subscription.paused" Subscription,
    SubscriptionResumed "customer.subscription.resumed" Subscription,
    TrialWillEnd "customer.subscription.trial_will_end" Subscription,
    InvoiceCreated "invoice.created" Invoice,
    InvoiceFinalized "invoice.finalized" Invoice,
    InvoiceUpdated "invoice.updated" Invoice,
    InvoiceSent "invoice.sent" Invoice,
    InvoicePaid "invoice.paid" Invoice,
    InvoicePaymentSucceeded "invoice.payment_succeeded" Invoice,
    InvoicePaymentFailed "invoice.payment_failed" Invoice,
    InvoiceUncollectible "invoice.marked_uncollectible" Invoice,
    InvoiceVoided "invoice.voided" Invoice,
    InvoiceOverdue "invoice.overdue" Invoice,
    InvoiceDeleted "invoice.deleted" Invoice,
    InvoicePaymentPaid "invoice_payment.paid" InvoicePayment,
    IntentCreated "payment_intent.created" PaymentIntent,
    IntentProcessing "payment_intent.processing" PaymentIntent,
    IntentSucceeded "payment_intent.succeeded" PaymentIntent,
    IntentFailed "payment_intent.payment_failed" PaymentIntent,
    IntentCanceled "payment_intent.canceled" PaymentIntent,
    ChargePending "charge.pending" Charge,
    ChargeSucceeded "charge.succeeded" Charge,
    ChargeFailed "charge.failed" Charge,
    ChargeUpdated "charge.updated" Charge,
    DisputeCreated "charge.dispute.created" Dispute,
    DisputeUpdated "charge.dispute.updated" Dispute,
    DisputeClosed "charge.dispute.closed" Dispute,
    DisputeWithdrawn "charge.dispute.funds_withdrawn" Dispute,
    DisputeReinstated "charge.dispute.funds_reinstated" Dispute,
    RefundCreated "refund.created" Refund,
    RefundUpdated "refund.updated" Refund,
    RefundFailed "refund.failed" Refund,
    CreditGrantCreated "billing.credit_grant.created" CreditGrant,
    CreditGrantUpdated "billing.credit_grant.updated" CreditGrant,
    CreditEntryCreated "billing.credit_balance_transaction.created" CreditEntry,
    MeterUpdated "billing.meter.updated" Meter,
    MeterDeactivated "billing.meter.deactivated" Meter,
    MeterReactivated "billing.meter.reactivated" Meter,
    PromotionUpdated "promotion_code.updated" Promotion,
    ScheduleCreated "subscription_schedule.created" Schedule,
    ScheduleUpdated "subscription_schedule.updated" Schedule,
    ScheduleReleased "subscription_schedule.released" Schedule,
    ScheduleCanceled "subscription_schedule.canceled" Schedule,
    InvoiceItemCreated "invoiceitem.created" InvoiceItem,
    InvoiceItemDeleted "invoiceitem.deleted" InvoiceItem,
    PayoutCreated "payout.created" Payout,
    PayoutUpdated "payout.updated" Payout,
    PayoutPaid "payout.paid" Payout,
    ChargeRefunded "charge.refunded" Charge,
    CreditNoteCreated "credit_note.created" CreditNote,
    CreditNoteUpdated "credit_note.updated" CreditNote,
    CreditNoteVoided "credit_note.voided" CreditNote,
    MethodAttached "payment_method.attached" PaymentMethod,
    MethodUpdated "payment_method.updated" PaymentMethod,
    MethodAutoUpdated "payment_method.automatically_updated" PaymentMethod,
    MethodDetached "payment_method.detached" PaymentMethod,
    ProductUpdated "product.updated" Product,
    PriceUpdated "price.updated" Price,
    PlanUpdated "plan.updated" Plan,
    CouponUpdated "coupon.updated" Coupon,
    CouponDeleted "coupon.deleted" Coupon,
}

/// An object as it was when something happened to it.
#[derive(Clone, Debug)]
pub(crate) enum Snapshot {
    Customer(Box<Customer>),
    Subscription(Box<Subscription>),
    Invoice(Box<Invoice>),
    Intent(Box<PaymentIntent>),
    Charge(Box<Charge>),
    /// Of kinds that change rarely, and of old shapes: the JSON itself.
    Written(Box<[u8]>),
}

/// The request that made an event happen.
#[derive(Clone, Debug)]
pub(crate) struct Cause {
    pub(crate) id: String,
    pub(crate) idempotency_key: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) created: u32,
    /// When it appears in the list.
    pub(crate) seen_from: u32,
    pub(crate) kind: EventKind,
    pub(crate) object: u32,
    /// The object as it was.
    pub(crate) snapshot: u32,
    /// It shows the object otherwise than it was.
    pub(crate) altered: bool,
    /// What the changed fields were, as JSON.
    pub(crate) previous: Option<Box<str>>,
    /// How many endpoints have not taken it yet.
    pub(crate) pending_webhooks: u32,
    /// The request, or nothing where Stripe acted by itself.
    pub(crate) request: Option<Arc<Cause>>,
}

/// An object as it is before a change, so that what the change did can be told.
#[derive(Debug)]
#[must_use = "a change that is not told is a silent one"]
pub(crate) struct Held {
    at: u32,
    kind: Kind,
    serial: u32,
    /// Nothing where no event will tell of it.
    json: Option<Vec<u8>>,
    /// With all of its items or lines, where it has more than events show.
    whole: Option<Vec<u8>>,
}

impl Account {
    /// Remembers an object before something changes it at `at`.
    pub(crate) fn held(&self, at: u32, kind: Kind, serial: u32) -> Held {
        let json = (at >= self.events_from).then(|| render::event::object(self, kind, serial));
        let whole = json
            .as_ref()
            .and_then(|_| render::event::whole(self, kind, serial));
        Held {
            at,
            kind,
            serial,
            json,
            whole,
        }
    }

    /// Writes down that what was `held` changed, with the old values of what is otherwise now; a
    /// change that shows nowhere is none.
    pub(crate) fn changed(&mut self, kind: EventKind, held: Held) {
        let Some(before) = held.json else {
            return;
        };
        let after = render::event::object(self, held.kind, held.serial);
        let previous = render::difference::previous(&before, &after).or_else(|| {
            // What changed stands behind the items that an event shows.
            let whole = render::event::whole(self, held.kind, held.serial);
            (whole != held.whole).then(|| "{}".to_owned())
        });
        if let Some(previous) = previous {
            self.happened_with(held.at, kind, held.serial, Some(previous));
        }
    }

    /// Writes down that `kind` happened to `object` at `at`, as the object is now.
    pub(crate) fn happened(&mut self, at: u32, kind: EventKind, object: u32) {
        self.happened_with(at, kind, object, None);
    }

    /// The same, with what the changed fields were before, as JSON.
    fn happened_with(&mut self, at: u32, kind: EventKind, object: u32, previous: Option<String>) {
        if at < self.events_from {
            return;
        }
        let place = object as usize;
        let snapshot = match kind.object() {
            other if self.has_legacy_events() => {
                Snapshot::Written(render::event::object(self, other, object).into())
            }
            Kind::Customer => Snapshot::Customer(Box::new(self.customers[place].clone())),
            Kind::Subscription => {
                Snapshot::Subscription(Box::new(self.subscriptions[place].clone()))
            }
            Kind::Invoice => Snapshot::Invoice(Box::new(self.invoices[place].clone())),
            Kind::PaymentIntent => Snapshot::Intent(Box::new(self.intents[place].clone())),
            Kind::Charge => Snapshot::Charge(Box::new(self.charges[place].clone())),
            other => Snapshot::Written(render::event::object(self, other, object).into()),
        };
        self.snapshots.push(snapshot);
        let event = Event {
            created: at,
            seen_from: at,
            kind,
            object,
            snapshot: self.snapshots.len() as u32 - 1,
            altered: false,
            previous: previous.map(String::into_boxed_str),
            pending_webhooks: self.webhooks,
            request: self.acting.clone(),
        };
        self.tell(event);
    }

    /// Puts the event into the stream, with what goes wrong there.
    fn tell(&mut self, mut event: Event) {
        let fate = self.stream.fate(&event);
        if fate.dropped {
            self.snapshots.pop();
            return;
        }
        event.seen_from += fate.late;
        event.altered = fate.altered;
        if let Some(earlier) = fate.earlier {
            event.created -= earlier;
            self.swap_with_last(&mut event);
        }
        for _ in 0..=u32::from(fate.twice) {
            let serial = self.events.len() as u32;
            self.orders.events.push(event.created, serial);
            self.events.push(event.clone());
        }
    }

    /// Changes places with the last event, where both are of one second: the later change is then
    /// listed first.
    fn swap_with_last(&mut self, event: &mut Event) {
        if let Some(last) = self.events.last_mut()
            && last.created == event.created
            && last.seen_from == event.seen_from
        {
            std::mem::swap(last, event);
        }
    }

    /// True where events have the shapes of an old API version.
    pub(crate) fn has_legacy_events(&self) -> bool {
        render::legacy::is_legacy(&self.event_version)
    }

    /// Everything until `stripe_acts` is done by a request of somebody: a person in Stripe's
    /// dashboard or the company's own software.
    pub(crate) fn somebody_acts(&mut self) {
        let number = u64::MAX - self.events.len() as u64;
        let mut bits = crate::random::mix(self.seed ^ number);
        // The dashboard sends no key of its own; libraries send a random one.
        let idempotency_key = bits.is_multiple_of(2).then(|| {
            bits = crate::random::mix(bits);
            let hex = format!("{bits:016x}{:016x}", crate::random::mix(bits));
            format!(
                "{}-{}-4{}-a{}-{}",
                &hex[..8],
                &hex[8..12],
                &hex[13..16],
                &hex[17..20],
                &hex[20..]
            )
        });
        self.acting = Some(Arc::new(Cause {
            id: crate::ids::request_id(self.seed, number),
            idempotency_key,
        }));
    }

    /// From now on Stripe acts by itself.
    pub(crate) fn stripe_acts(&mut self) {
        self.acting = None;
    }

    /// True where Stripe still lists the event, and already does.
    pub(crate) fn is_listed(&self, event: u32) -> bool {
        let oldest = self.now.saturating_sub(KEPT_SECONDS);
        let event = &self.events[event as usize];
        event.created >= oldest && event.seen_from <= self.now
    }
}
