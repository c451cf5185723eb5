//! What happened: the events of the last 30 days, with what the object was at the time.

use crate::account::Account;
use crate::model::*;

/// Stripe lists the events of the last 30 days.
pub(crate) const KEPT_SECONDS: u32 = 30 * 86_400;

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Customer,
    Subscription,
    Invoice,
    InvoicePayment,
    Intent,
    Charge,
    CreditNote,
    PaymentMethod,
    Discount,
}

/// Declares the event types with their names and subjects in one table.
macro_rules! event_kinds {
    ($($kind:ident $name:literal $subject:ident,)+) => {
        /// The types of the events that happen here.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum EventKind { $($kind,)+ }

        impl EventKind {
            /// Stripe's name of this type.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)+ }
            }

            /// What the event's object is.
            pub(crate) const fn subject(self) -> Subject {
                match self { $(Self::$kind => Subject::$subject,)+ }
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
    InvoicePaymentPaid "invoice_payment.paid" InvoicePayment,
    IntentCreated "payment_intent.created" Intent,
    IntentSucceeded "payment_intent.succeeded" Intent,
    IntentFailed "payment_intent.payment_failed" Intent,
    IntentCanceled "payment_intent.canceled" Intent,
    ChargeSucceeded "charge.succeeded" Charge,
    ChargeFailed "charge.failed" Charge,
    ChargeRefunded "charge.refunded" Charge,
    CreditNoteCreated "credit_note.created" CreditNote,
    CreditNoteVoided "credit_note.voided" CreditNote,
    MethodAttached "payment_method.attached" PaymentMethod,
}

/// An object as it was when something happened to it.
#[derive(Clone, Debug)]
pub(crate) enum Snapshot {
    Customer(Box<Customer>),
    Subscription(Box<Subscription>),
    Invoice(Box<Invoice>),
    Intent(Box<PaymentIntent>),
    Charge(Box<Charge>),
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
    pub(crate) kind: EventKind,
    pub(crate) object: u32,
    /// The object as it was, or nothing where it never changes.
    pub(crate) snapshot: u32,
    /// What the changed fields were, as JSON.
    pub(crate) previous: Option<Box<str>>,
    pub(crate) request: Option<Box<Cause>>,
}

impl Account {
    /// Writes down that `kind` happened to `object` at `at`, as the object is now.
    pub(crate) fn happened(&mut self, at: u32, kind: EventKind, object: u32) {
        self.happened_with(at, kind, object, None);
    }

    /// The same, with what the changed fields were before, as JSON.
    pub(crate) fn happened_with(
        &mut self,
        at: u32,
        kind: EventKind,
        object: u32,
        previous: Option<String>,
    ) {
        if at < self.events_from {
            return;
        }
        let place = object as usize;
        let snapshot = match kind.subject() {
            Subject::Customer => Some(Snapshot::Customer(Box::new(self.customers[place].clone()))),
            Subject::Subscription => Some(Snapshot::Subscription(Box::new(
                self.subscriptions[place].clone(),
            ))),
            Subject::Invoice => Some(Snapshot::Invoice(Box::new(self.invoices[place].clone()))),
            Subject::Intent => Some(Snapshot::Intent(Box::new(self.intents[place].clone()))),
            Subject::Charge => Some(Snapshot::Charge(Box::new(self.charges[place].clone()))),
            Subject::InvoicePayment
            | Subject::CreditNote
            | Subject::PaymentMethod
            | Subject::Discount => None,
        };
        let snapshot = snapshot.map_or(NONE, |snapshot| {
            self.snapshots.push(snapshot);
            self.snapshots.len() as u32 - 1
        });
        let serial = self.events.len() as u32;
        self.orders.events.push(at, serial);
        let previous = previous.map(String::into_boxed_str);
        self.events.push(Event {
            created: at,
            kind,
            object,
            snapshot,
            previous,
            request: None,
        });
    }
}
