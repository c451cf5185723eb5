//! Customers, their cards and their subscriptions.

use super::{Currency, NONE, When};

#[derive(Clone, Debug)]
pub(crate) struct PaymentMethod {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) brand: u8,
    pub(crate) last4: u16,
    /// Which of the customer's names it was given with.
    pub(crate) party: u16,
    pub(crate) detached: bool,
    /// A SEPA direct debit instead of a card: its money takes days to come.
    pub(crate) debit: bool,
    pub(crate) exp_month: u8,
    pub(crate) exp_year: u16,
    pub(crate) prev_of_customer: u32,
}

impl PaymentMethod {
    /// Stripe's word for its type.
    pub(crate) const fn kind(&self) -> &'static str {
        if self.debit { "sepa_debit" } else { "card" }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) created: u32,
    pub(crate) name: Box<str>,
    pub(crate) email: Box<str>,
    /// Names and e-mail addresses of before, oldest first: documents keep them.
    pub(crate) former: Box<[(Box<str>, Box<str>)]>,
    pub(crate) description: Option<Box<str>>,
    pub(crate) metadata: Vec<(Box<str>, Box<str>)>,
    pub(crate) place: u8,
    pub(crate) currency: Currency,
    pub(crate) balance: i64,
    pub(crate) delinquent: bool,
    pub(crate) deleted: bool,
    pub(crate) test_clock: u32,
    /// How many of this customer's invoices have a number.
    pub(crate) numbered: u32,
    pub(crate) default_method: u32,
    pub(crate) last_method: u32,
    pub(crate) last_subscription: u32,
    pub(crate) last_invoice: u32,
    pub(crate) last_intent: u32,
    pub(crate) last_charge: u32,
    pub(crate) last_credit_note: u32,
    pub(crate) last_balance_transaction: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubscriptionStatus {
    Trialing,
    Active,
    PastDue,
    Unpaid,
    Paused,
    Canceled,
}

impl SubscriptionStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Trialing => "trialing",
            Self::Active => "active",
            Self::PastDue => "past_due",
            Self::Unpaid => "unpaid",
            Self::Paused => "paused",
            Self::Canceled => "canceled",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CancelReason {
    None,
    Requested(u8),
    PaymentFailed,
}

#[derive(Clone, Debug)]
pub(crate) struct Subscription {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) status: SubscriptionStatus,
    pub(crate) currency: Currency,
    pub(crate) send_invoice: bool,
    pub(crate) flexible: bool,
    pub(crate) anchor: u32,
    /// Which period of the anchor's is the current one.
    pub(crate) period: u16,
    pub(crate) period_start: u32,
    pub(crate) period_end: u32,
    pub(crate) trial_end: When,
    pub(crate) cancel_at: When,
    pub(crate) cancel_at_period_end: bool,
    pub(crate) canceled_at: When,
    pub(crate) ended_at: When,
    pub(crate) cancel_reason: CancelReason,
    pub(crate) pause_collection: bool,
    pub(crate) tax_rate: Option<u8>,
    pub(crate) discount: u32,
    pub(crate) schedule: u32,
    pub(crate) default_method: u32,
    pub(crate) latest_invoice: u32,
    pub(crate) items: Vec<Item>,
    pub(crate) last_invoice: u32,
    pub(crate) prev_of_customer: u32,
    pub(crate) metadata: Vec<(Box<str>, Box<str>)>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) serial: u32,
    pub(crate) created: u32,
    pub(crate) price: u16,
    pub(crate) quantity: u32,
}

impl Customer {
    /// What documents that are made now say.
    pub(crate) fn party(&self) -> u16 {
        self.former.len() as u16
    }

    /// Name and e-mail address as documents of `party` say.
    pub(crate) fn named(&self, party: u16) -> (&str, &str) {
        match self.former.get(usize::from(party)) {
            Some((name, email)) => (name, email),
            None => (&self.name, &self.email),
        }
    }

    /// Another name or e-mail address from now on.
    pub(crate) fn rename(&mut self, name: Box<str>, email: Box<str>) {
        if self.former.len() < usize::from(u16::MAX) {
            let mut former = std::mem::take(&mut self.former).into_vec();
            former.push((self.name.clone(), self.email.clone()));
            self.former = former.into();
        }
        (self.name, self.email) = (name, email);
    }

    /// A customer from `place` without a name, a card or a subscription.
    pub(crate) fn new(created: u32, place: u8, currency: Currency) -> Self {
        Self {
            created,
            name: "".into(),
            email: "".into(),
            former: Box::default(),
            description: None,
            metadata: Vec::new(),
            place,
            currency,
            balance: 0,
            delinquent: false,
            deleted: false,
            test_clock: NONE,
            numbered: 0,
            default_method: NONE,
            last_method: NONE,
            last_subscription: NONE,
            last_invoice: NONE,
            last_intent: NONE,
            last_charge: NONE,
            last_credit_note: NONE,
            last_balance_transaction: NONE,
        }
    }
}

impl Subscription {
    /// An active subscription that began at `created`, without a discount or a tax.
    pub(crate) const fn new(
        created: u32,
        customer: u32,
        currency: Currency,
        items: Vec<Item>,
    ) -> Self {
        Self {
            created,
            customer,
            status: SubscriptionStatus::Active,
            currency,
            send_invoice: false,
            flexible: true,
            anchor: created,
            period: 0,
            period_start: created,
            period_end: created,
            trial_end: When::NEVER,
            cancel_at: When::NEVER,
            cancel_at_period_end: false,
            canceled_at: When::NEVER,
            ended_at: When::NEVER,
            cancel_reason: CancelReason::None,
            pause_collection: false,
            tax_rate: None,
            discount: NONE,
            schedule: NONE,
            default_method: NONE,
            latest_invoice: NONE,
            items,
            last_invoice: NONE,
            prev_of_customer: NONE,
            metadata: Vec::new(),
        }
    }
}
