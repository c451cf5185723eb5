//! The whole account: every object, how they hang together, and the orders of its lists.

use std::collections::HashSet;
use std::sync::Arc;

use crate::catalogue::Catalogue;
use crate::company::life::Life;
use crate::events::{Cause, Event, Snapshot};
use crate::ids::{Ids, Kind};
use crate::json::Id;
use crate::model::*;
use crate::server::lists::ListFaults;
use crate::stream::Stream;
use crate::timeline::Timeline;

/// The orders of the lists, newest last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Orders {
    pub(crate) customers: Timeline,
    pub(crate) subscriptions: Timeline,
    pub(crate) invoices: Timeline,
    pub(crate) invoices_by_status: [Timeline; 5],
    pub(crate) invoice_payments: Timeline,
    pub(crate) intents: Timeline,
    pub(crate) charges: Timeline,
    pub(crate) credit_notes: Timeline,
    pub(crate) events: Timeline,
    pub(crate) refunds: Timeline,
    pub(crate) entries: Timeline,
    pub(crate) invoice_items: Timeline,
}

/// The state that the server answers from.
#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) ids: Ids,
    pub(crate) seed: u64,
    pub(crate) now: u32,
    pub(crate) livemode: bool,
    pub(crate) id: String,
    pub(crate) catalogue: Catalogue,
    pub(crate) customers: Vec<Customer>,
    pub(crate) methods: Vec<PaymentMethod>,
    pub(crate) discounts: Vec<Discount>,
    pub(crate) subscriptions: Vec<Subscription>,
    pub(crate) item_owners: Vec<u32>,
    pub(crate) invoices: Vec<Invoice>,
    pub(crate) lines: Vec<Line>,
    pub(crate) invoice_payments: Vec<InvoicePayment>,
    pub(crate) intents: Vec<PaymentIntent>,
    pub(crate) charges: Vec<Charge>,
    pub(crate) credit_notes: Vec<CreditNote>,
    pub(crate) credit_note_lines: Vec<CreditNoteLine>,
    pub(crate) balance_transactions: Vec<BalanceTransaction>,
    pub(crate) money: Money,
    pub(crate) offers: Offers,
    pub(crate) events: Vec<Event>,
    pub(crate) snapshots: Vec<Snapshot>,
    pub(crate) lives: Vec<Life>,
    pub(crate) orders: Orders,
    /// The request that is being carried out, or nothing while Stripe acts by itself.
    pub(crate) acting: Option<Arc<Cause>>,
    /// The API version that events are rendered in.
    pub(crate) event_version: String,
    pub(crate) stream: Stream,
    /// What goes wrong with its lists.
    pub(crate) lists: ListFaults,
    /// Objects that were deleted and leave nothing behind.
    gone: HashSet<(Kind, u32)>,
    /// How many webhook endpoints are told of what happens.
    pub(crate) webhooks: u32,
    /// Events older than this are not recorded: Stripe lists 30 days.
    pub(crate) events_from: u32,
}

impl Account {
    /// An account with a catalogue and nothing else.
    pub(crate) fn empty(seed: u64, now: u32, livemode: bool, catalogue: Catalogue) -> Self {
        let ids = Ids::new(seed);
        Self {
            id: ids.account_id(),
            ids,
            seed,
            now,
            livemode,
            catalogue,
            customers: Vec::new(),
            methods: Vec::new(),
            discounts: Vec::new(),
            subscriptions: Vec::new(),
            item_owners: Vec::new(),
            invoices: Vec::new(),
            lines: Vec::new(),
            invoice_payments: Vec::new(),
            intents: Vec::new(),
            charges: Vec::new(),
            credit_notes: Vec::new(),
            credit_note_lines: Vec::new(),
            balance_transactions: Vec::new(),
            money: Money::default(),
            offers: Offers::default(),
            events: Vec::new(),
            snapshots: Vec::new(),
            lives: Vec::new(),
            orders: Orders::default(),
            acting: None,
            event_version: crate::render::API_VERSION.to_owned(),
            stream: Stream::default(),
            lists: ListFaults::default(),
            gone: HashSet::new(),
            webhooks: 0,
            events_from: now.saturating_sub(crate::events::KEPT_SECONDS),
        }
    }

    /// Brings every order up to date with what was added and changed since the last time.
    pub(crate) fn settle(&mut self) {
        let mut orders = std::mem::take(&mut self.orders);
        for (kind, order) in [
            (Kind::Customer, &mut orders.customers),
            (Kind::Subscription, &mut orders.subscriptions),
            (Kind::Invoice, &mut orders.invoices),
            (Kind::InvoicePayment, &mut orders.invoice_payments),
            (Kind::PaymentIntent, &mut orders.intents),
            (Kind::Charge, &mut orders.charges),
            (Kind::CreditNote, &mut orders.credit_notes),
            (Kind::Event, &mut orders.events),
            (Kind::Refund, &mut orders.refunds),
            (Kind::BalanceEntry, &mut orders.entries),
            (Kind::InvoiceItem, &mut orders.invoice_items),
        ] {
            order.settle();
            order.retain(|serial| !self.is_gone(kind, serial));
        }
        orders
            .customers
            .retain(|serial| !self.customers[serial as usize].deleted);
        let on_clock = &self.offers.on_clock;
        orders
            .customers
            .retain(|serial| !on_clock.contains(&serial));
        orders
            .subscriptions
            .retain(|serial| !on_clock.contains(&self.subscription(serial).customer));
        let mut by_status: [Timeline; 5] = Default::default();
        for key in orders.invoices.keys() {
            let serial = crate::timeline::serial(*key);
            let invoice = &self.invoices[serial as usize];
            by_status[invoice.status as usize].push(invoice.created, serial);
        }
        orders.invoices_by_status = by_status;
        self.orders = orders;
    }

    /// True for an object that was deleted and left nothing behind.
    pub(crate) fn is_gone(&self, kind: Kind, serial: u32) -> bool {
        !self.gone.is_empty() && self.gone.contains(&(kind, serial))
    }

    /// Deletes an object so that nothing of it is left; lists follow when they settle.
    pub(crate) fn remove(&mut self, kind: Kind, serial: u32) {
        self.gone.insert((kind, serial));
    }

    pub(crate) fn customer(&self, serial: u32) -> &Customer {
        &self.customers[serial as usize]
    }

    pub(crate) fn subscription(&self, serial: u32) -> &Subscription {
        &self.subscriptions[serial as usize]
    }

    pub(crate) fn invoice(&self, serial: u32) -> &Invoice {
        &self.invoices[serial as usize]
    }

    /// True while a debit for the invoice is on its way.
    pub(crate) fn is_processing(&self, invoice: u32) -> bool {
        some(self.invoice(invoice).intent)
            .is_some_and(|it| self.intents[it as usize].status == IntentStatus::Processing)
    }

    pub(crate) fn lines_of(&self, invoice: &Invoice) -> &[Line] {
        &self.lines[invoice.lines as usize..(invoice.lines + invoice.line_count) as usize]
    }

    pub(crate) fn add_customer(&mut self, customer: Customer) -> u32 {
        let serial = self.customers.len() as u32;
        self.orders.customers.push(customer.created, serial);
        self.customers.push(customer);
        serial
    }

    pub(crate) fn add_method(&mut self, mut method: PaymentMethod) -> u32 {
        let serial = self.methods.len() as u32;
        let customer = &mut self.customers[method.customer as usize];
        method.party = customer.party();
        method.prev_of_customer = std::mem::replace(&mut customer.last_method, serial);
        self.methods.push(method);
        serial
    }

    pub(crate) fn add_discount(&mut self, discount: Discount) -> u32 {
        self.catalogue.coupons[usize::from(discount.coupon)].redeemed += 1;
        self.discounts.push(discount);
        self.discounts.len() as u32 - 1
    }

    pub(crate) fn add_subscription(&mut self, mut subscription: Subscription) -> u32 {
        let serial = self.subscriptions.len() as u32;
        let customer = &mut self.customers[subscription.customer as usize];
        subscription.prev_of_customer = std::mem::replace(&mut customer.last_subscription, serial);
        self.orders.subscriptions.push(subscription.created, serial);
        self.subscriptions.push(subscription);
        serial
    }

    /// A new item of subscription `owner`, which the caller puts there.
    pub(crate) fn new_item(&mut self, owner: u32, created: u32, price: u16, seats: u32) -> Item {
        self.item_owners.push(owner);
        Item {
            serial: self.item_owners.len() as u32 - 1,
            created,
            price,
            quantity: seats,
        }
    }

    /// Adds an invoice with its lines.
    pub(crate) fn add_invoice(&mut self, mut invoice: Invoice, lines: &[Line]) -> u32 {
        let serial = self.invoices.len() as u32;
        invoice.lines = self.lines.len() as u32;
        invoice.line_count = lines.len() as u32;
        self.lines.extend_from_slice(lines);
        let customer = &mut self.customers[invoice.customer as usize];
        invoice.party = customer.party();
        invoice.prev_of_customer = std::mem::replace(&mut customer.last_invoice, serial);
        if let Some(owner) = some(invoice.subscription) {
            let subscription = &mut self.subscriptions[owner as usize];
            invoice.prev_of_subscription =
                std::mem::replace(&mut subscription.last_invoice, serial);
            subscription.latest_invoice = serial;
        }
        self.orders.invoices.push(invoice.created, serial);
        self.invoices.push(invoice);
        serial
    }

    pub(crate) fn add_invoice_payment(&mut self, mut payment: InvoicePayment) -> u32 {
        let serial = self.invoice_payments.len() as u32;
        let invoice = &mut self.invoices[payment.invoice as usize];
        payment.prev_of_invoice = std::mem::replace(&mut invoice.payment, serial);
        self.orders.invoice_payments.push(payment.created, serial);
        self.invoice_payments.push(payment);
        serial
    }

    pub(crate) fn add_intent(&mut self, mut intent: PaymentIntent) -> u32 {
        let serial = self.intents.len() as u32;
        let customer = &mut self.customers[intent.customer as usize];
        intent.prev_of_customer = std::mem::replace(&mut customer.last_intent, serial);
        self.invoices[intent.invoice as usize].intent = serial;
        self.orders.intents.push(intent.created, serial);
        self.intents.push(intent);
        serial
    }

    pub(crate) fn add_charge(&mut self, mut charge: Charge) -> u32 {
        let serial = self.charges.len() as u32;
        let customer = &mut self.customers[charge.customer as usize];
        charge.party = customer.party();
        charge.exp_year = self.methods[charge.method as usize].exp_year;
        charge.prev_of_customer = std::mem::replace(&mut customer.last_charge, serial);
        let intent = &mut self.intents[charge.intent as usize];
        charge.prev_of_intent = std::mem::replace(&mut intent.last_charge, serial);
        self.orders.charges.push(charge.created, serial);
        self.charges.push(charge);
        serial
    }

    pub(crate) fn add_credit_note(
        &mut self,
        mut note: CreditNote,
        lines: &[CreditNoteLine],
    ) -> u32 {
        let serial = self.credit_notes.len() as u32;
        note.lines = self.credit_note_lines.len() as u32;
        note.line_count = lines.len() as u32;
        self.credit_note_lines.extend_from_slice(lines);
        let customer = &mut self.customers[note.customer as usize];
        note.prev_of_customer = std::mem::replace(&mut customer.last_credit_note, serial);
        let invoice = &mut self.invoices[note.invoice as usize];
        note.prev_of_invoice = std::mem::replace(&mut invoice.credit_notes, serial);
        self.orders.credit_notes.push(note.created, serial);
        self.credit_notes.push(note);
        serial
    }

    /// Changes the customer's balance by `amount` and writes it down.
    pub(crate) fn add_balance_transaction(&mut self, mut entry: BalanceTransaction) -> u32 {
        let serial = self.balance_transactions.len() as u32;
        let customer = &mut self.customers[entry.customer as usize];
        customer.balance += entry.amount;
        entry.ending = customer.balance;
        entry.prev_of_customer = std::mem::replace(&mut customer.last_balance_transaction, serial);
        self.balance_transactions.push(entry);
        serial
    }

    pub(crate) fn id_of(&self, kind: Kind, serial: u32) -> Option<Id> {
        self.created_of(kind, serial)
            .map(|created| Id(kind, created, serial))
    }

    /// When object `serial` of `kind` was made; nothing where there is none.
    pub(crate) fn created_of(&self, kind: Kind, serial: u32) -> Option<u32> {
        let place = serial as usize;
        match kind {
            Kind::Customer => self.customers.get(place).map(|it| it.created),
            Kind::PaymentMethod => self.methods.get(place).map(|it| it.created),
            Kind::Product => self.catalogue.products.get(place).map(|it| it.created),
            Kind::Price | Kind::Plan => self.catalogue.prices.get(place).map(|it| it.created),
            Kind::TaxRate => self.catalogue.tax_rates.get(place).map(|it| it.created),
            Kind::Coupon => self.catalogue.coupons.get(place).map(|it| it.created),
            Kind::Discount => self.discounts.get(place).map(|it| it.start),
            Kind::Subscription => self.subscriptions.get(place).map(|it| it.created),
            Kind::SubscriptionItem => {
                let owner = self
                    .subscriptions
                    .get(*self.item_owners.get(place)? as usize)?;
                owner
                    .items
                    .iter()
                    .find(|item| item.serial == serial)
                    .map(|item| item.created)
            }
            Kind::Invoice => self.invoices.get(place).map(|it| it.created),
            Kind::InvoicePayment => self.invoice_payments.get(place).map(|it| it.created),
            Kind::PaymentIntent => self.intents.get(place).map(|it| it.created),
            Kind::Charge => self.charges.get(place).map(|it| it.created),
            Kind::CreditNote => self.credit_notes.get(place).map(|it| it.created),
            Kind::BalanceTransaction => self.balance_transactions.get(place).map(|it| it.created),
            Kind::Event => self.events.get(place).map(|it| it.created),
            Kind::Refund => self.money.refunds.get(place).map(|it| it.created),
            Kind::Dispute => self.money.disputes.get(place).map(|it| it.created),
            Kind::BalanceEntry => self.money.entries.get(place).map(|it| it.created),
            Kind::Payout => self.money.payouts.get(place).map(|it| it.created),
            Kind::CreditGrant => self.offers.grants.get(place).map(|it| it.created),
            Kind::CreditEntry => self.offers.credit_entries.get(place).map(|it| it.created),
            Kind::Meter => self.offers.meters.get(place).map(|it| it.created),
            Kind::Promotion => self.offers.promotions.get(place).map(|it| it.created),
            Kind::Schedule => self.offers.schedules.get(place).map(|it| it.created),
            Kind::InvoiceItem => self.offers.invoice_items.get(place).map(|it| it.created),
            Kind::TestClock => self.offers.clocks.get(place).map(|it| it.created),
            Kind::InvoiceLine | Kind::PaymentRecord | Kind::CreditNoteLine => None,
        }
    }

    /// The identifier of an object, empty where there is none.
    pub(crate) fn name_of(&self, kind: Kind, serial: u32) -> String {
        if kind == Kind::Coupon {
            let coupon = self.catalogue.coupons.get(serial as usize);
            return coupon.map_or_else(String::new, |it| it.id.to_owned());
        }
        self.created_of(kind, serial)
            .map_or_else(String::new, |created| self.ids.text(kind, created, serial))
    }

    /// The serial number of the object that `id` names.
    pub(crate) fn find(&self, kind: Kind, id: &str) -> Option<u32> {
        if kind == Kind::Coupon {
            let coupons = &self.catalogue.coupons;
            let place = coupons.iter().position(|it| it.id == id);
            let serial = place.map(|place| place as u32);
            return serial.filter(|serial| !self.is_gone(kind, *serial));
        }
        let serial = self.ids.serial(kind, id)?;
        if self.is_gone(kind, serial) {
            return None;
        }
        let created = self.created_of(kind, serial)?;
        (self.ids.text(kind, created, serial) == id).then_some(serial)
    }

    /// The serials of a chain that starts at `first`.
    pub(crate) fn chain(&self, first: u32, next: impl Fn(&Self, u32) -> u32) -> Vec<u32> {
        let mut serials = Vec::new();
        let mut at = first;
        while at != NONE {
            serials.push(at);
            at = next(self, at);
        }
        serials
    }
}
