//! The account's state in compact structs: nothing here is rendered JSON.

use std::num::NonZeroU32;

/// A moment that may not have come: UTC seconds in four bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct When(Option<NonZeroU32>);

impl When {
    pub(crate) const NEVER: Self = Self(None);

    pub(crate) const fn at(seconds: u32) -> Self {
        Self(NonZeroU32::new(seconds))
    }

    pub(crate) fn get(self) -> Option<u32> {
        self.0.map(NonZeroU32::get)
    }

    pub(crate) const fn is_some(self) -> bool {
        self.0.is_some()
    }

    /// True where the moment has come by `seconds`.
    pub(crate) fn by(self, seconds: u32) -> bool {
        self.get().is_some_and(|at| at <= seconds)
    }
}

/// A reference to nothing.
pub(crate) const NONE: u32 = u32::MAX;

/// `serial` unless it refers to nothing.
pub(crate) const fn some(serial: u32) -> Option<u32> {
    if serial == NONE { None } else { Some(serial) }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Currency {
    Usd,
    Eur,
    Gbp,
    Jpy,
    Kwd,
}

impl Currency {
    pub(crate) const ALL: [Self; 5] = [Self::Usd, Self::Eur, Self::Gbp, Self::Jpy, Self::Kwd];

    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Eur => "eur",
            Self::Gbp => "gbp",
            Self::Jpy => "jpy",
            Self::Kwd => "kwd",
        }
    }

    /// The sign that Stripe puts before an amount.
    pub(crate) const fn sign(self) -> &'static str {
        match self {
            Self::Usd => "$",
            Self::Eur => "€",
            Self::Gbp => "£",
            Self::Jpy => "¥",
            Self::Kwd => "KWD ",
        }
    }

    pub(crate) const fn decimals(self) -> u32 {
        match self {
            Self::Jpy => 0,
            Self::Kwd => 3,
            _ => 2,
        }
    }

    /// The step of every amount: three-decimal currencies end in 0 at Stripe.
    pub(crate) const fn step(self) -> i64 {
        if matches!(self, Self::Kwd) { 10 } else { 1 }
    }

    /// The smallest amount that Stripe charges.
    pub(crate) const fn minimum(self) -> i64 {
        match self {
            Self::Gbp => 30,
            Self::Kwd => 200,
            _ => 50,
        }
    }

    /// `numerator / denominator` rounded half away from zero to a whole step.
    pub(crate) fn round(self, numerator: i128, denominator: i128) -> i64 {
        let unit = denominator * i128::from(self.step());
        let half = unit / 2;
        let steps = if numerator < 0 {
            -((half - numerator) / unit)
        } else {
            (numerator + half) / unit
        };
        (steps as i64) * self.step()
    }

    /// `amount` in major units with the sign, as on Stripe's lines.
    pub(crate) fn words(self, amount: i64) -> String {
        let scale = 10_i64.pow(self.decimals());
        let sign = self.sign();
        match self.decimals() {
            0 => format!("{sign}{amount}"),
            decimals => format!(
                "{sign}{}.{:0width$}",
                amount / scale,
                amount % scale,
                width = decimals as usize
            ),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Interval {
    Month,
    Year,
    Once,
}

#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) created: u32,
    pub(crate) updated: u32,
    pub(crate) active: bool,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) unit_label: Option<&'static str>,
    pub(crate) default_price: u32,
    /// Keys and values of the product's metadata.
    pub(crate) metadata: &'static [(&'static str, &'static str)],
}

/// One step of a tiered price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tier {
    /// The last quantity of the step; nothing for the last one.
    pub(crate) up_to: Option<i64>,
    pub(crate) unit: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Price {
    pub(crate) created: u32,
    pub(crate) active: bool,
    pub(crate) product: u32,
    pub(crate) currency: Currency,
    pub(crate) interval: Interval,
    /// Hundredths of a minor unit for one unit; the price of the first tier where tiered.
    pub(crate) unit_hundredths: i64,
    /// Volume tiers, empty for a price per unit.
    pub(crate) tiers: Vec<Tier>,
    pub(crate) lookup_key: String,
    pub(crate) nickname: Option<String>,
    pub(crate) inclusive: bool,
    /// "(at $24.00 / month)", as on an invoice's line.
    pub(crate) words: String,
    /// The price and the plan of the old API as they are embedded, written once.
    pub(crate) rendered: Vec<u8>,
    pub(crate) rendered_plan: Vec<u8>,
}

impl Price {
    /// What `quantity` units cost for one period, before discounts and taxes.
    pub(crate) fn amount(&self, quantity: i64) -> i64 {
        let unit = self
            .tiers
            .iter()
            .find(|tier| tier.up_to.is_none_or(|last| quantity <= last))
            .map_or(self.unit_hundredths, |tier| tier.unit * 100);
        self.currency
            .round(i128::from(unit) * i128::from(quantity), 100)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Duration {
    Once,
    Repeating(u8),
    Forever,
}

#[derive(Clone, Debug)]
pub(crate) struct Coupon {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) created: u32,
    pub(crate) valid: bool,
    /// Hundredths of a percent; 0 for a coupon over an amount.
    pub(crate) percent_hundredths: i64,
    pub(crate) amount_off: i64,
    pub(crate) currency: Option<Currency>,
    pub(crate) duration: Duration,
    pub(crate) redeemed: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct TaxRate {
    pub(crate) created: u32,
    pub(crate) display_name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) country: &'static str,
    pub(crate) state: Option<&'static str>,
    pub(crate) jurisdiction: &'static str,
    pub(crate) level: &'static str,
    pub(crate) tax_type: &'static str,
    pub(crate) inclusive: bool,
    /// Thousandths of a percent.
    pub(crate) rate: i64,
    pub(crate) rendered: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct Discount {
    pub(crate) coupon: u8,
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    pub(crate) start: u32,
    pub(crate) end: When,
}

#[derive(Clone, Debug)]
pub(crate) struct PaymentMethod {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) brand: u8,
    pub(crate) last4: u16,
    pub(crate) exp_month: u8,
    pub(crate) exp_year: u16,
    pub(crate) prev_of_customer: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) created: u32,
    pub(crate) name: Box<str>,
    pub(crate) email: Box<str>,
    pub(crate) description: Option<Box<str>>,
    pub(crate) metadata: Vec<(Box<str>, Box<str>)>,
    pub(crate) place: u8,
    pub(crate) currency: Currency,
    pub(crate) balance: i64,
    pub(crate) delinquent: bool,
    pub(crate) deleted: bool,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InvoiceStatus {
    Draft,
    Open,
    Paid,
    Void,
    Uncollectible,
}

impl InvoiceStatus {
    pub(crate) const ALL: [Self; 5] = [
        Self::Draft,
        Self::Open,
        Self::Paid,
        Self::Void,
        Self::Uncollectible,
    ];

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Void => "void",
            Self::Uncollectible => "uncollectible",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BillingReason {
    Create,
    Cycle,
    Update,
    Manual,
}

impl BillingReason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "subscription_create",
            Self::Cycle => "subscription_cycle",
            Self::Update => "subscription_update",
            Self::Manual => "manual",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Invoice {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) subscription: u32,
    pub(crate) status: InvoiceStatus,
    pub(crate) reason: BillingReason,
    pub(crate) currency: Currency,
    pub(crate) send_invoice: bool,
    pub(crate) auto_advance: bool,
    pub(crate) off_stripe: bool,
    /// Its number within the customer's, from 1; 0 while it is a draft.
    pub(crate) number: u32,
    pub(crate) period_start: u32,
    pub(crate) period_end: u32,
    pub(crate) due: When,
    pub(crate) finalizes_at: When,
    pub(crate) finalized_at: When,
    pub(crate) paid_at: When,
    pub(crate) voided_at: When,
    pub(crate) uncollectible_at: When,
    pub(crate) next_attempt: When,
    pub(crate) attempts: u8,
    pub(crate) tax_rate: Option<u8>,
    pub(crate) discount: u32,
    pub(crate) subtotal: i64,
    pub(crate) discounted: i64,
    pub(crate) tax: i64,
    pub(crate) total: i64,
    pub(crate) starting_balance: i64,
    pub(crate) ending_balance: i64,
    pub(crate) amount_due: i64,
    pub(crate) amount_paid: i64,
    pub(crate) pre_payment_credit: i64,
    pub(crate) post_payment_credit: i64,
    pub(crate) lines: u32,
    pub(crate) line_count: u32,
    pub(crate) intent: u32,
    pub(crate) payment: u32,
    pub(crate) credit_notes: u32,
    pub(crate) prev_of_customer: u32,
    pub(crate) prev_of_subscription: u32,
}

impl Invoice {
    pub(crate) const fn remaining(&self) -> i64 {
        self.amount_due - self.amount_paid
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LineKind {
    /// A period of a subscription's item.
    Period,
    /// A period in trial.
    Trial,
    /// What is given back for the rest of a period.
    Unused,
    /// What the rest of a period costs after a change.
    Remaining,
    /// Something sold once.
    Extra,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    pub(crate) kind: LineKind,
    pub(crate) price: u16,
    pub(crate) item: u32,
    pub(crate) item_created: u32,
    pub(crate) quantity: u32,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) amount: i64,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) taxable: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PaymentStatus {
    Open,
    Paid,
    Canceled,
}

impl PaymentStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Canceled => "canceled",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct InvoicePayment {
    pub(crate) created: u32,
    pub(crate) invoice: u32,
    pub(crate) requested: i64,
    pub(crate) paid: i64,
    pub(crate) currency: Currency,
    pub(crate) status: PaymentStatus,
    pub(crate) paid_at: When,
    pub(crate) canceled_at: When,
    /// The payment intent, or nothing for money that came another way.
    pub(crate) intent: u32,
    pub(crate) prev_of_invoice: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntentStatus {
    Succeeded,
    RequiresPaymentMethod,
    Canceled,
}

impl IntentStatus {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::RequiresPaymentMethod => "requires_payment_method",
            Self::Canceled => "canceled",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct PaymentIntent {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) invoice: u32,
    pub(crate) amount: i64,
    pub(crate) received: i64,
    pub(crate) currency: Currency,
    pub(crate) status: IntentStatus,
    pub(crate) canceled_at: When,
    pub(crate) method: u32,
    pub(crate) last_charge: u32,
    pub(crate) prev_of_customer: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct Charge {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) intent: u32,
    pub(crate) amount: i64,
    pub(crate) refunded: i64,
    pub(crate) currency: Currency,
    /// Which decline, or nothing for a charge that succeeded.
    pub(crate) decline: Option<u8>,
    pub(crate) method: u32,
    pub(crate) prev_of_customer: u32,
    pub(crate) prev_of_intent: u32,
}

#[derive(Clone, Debug)]
pub(crate) struct CreditNote {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) invoice: u32,
    pub(crate) number: u32,
    pub(crate) currency: Currency,
    pub(crate) reason: u8,
    pub(crate) voided_at: When,
    pub(crate) subtotal: i64,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) total: i64,
    pub(crate) pre_payment: i64,
    /// Given back to the card.
    pub(crate) refunded: i64,
    /// Given to the customer's balance.
    pub(crate) credited: i64,
    pub(crate) out_of_band: i64,
    pub(crate) charge: u32,
    pub(crate) balance_transaction: u32,
    pub(crate) lines: u32,
    pub(crate) line_count: u32,
    pub(crate) prev_of_customer: u32,
    pub(crate) prev_of_invoice: u32,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct CreditNoteLine {
    /// The invoice's line.
    pub(crate) line: u32,
    pub(crate) quantity: u32,
    pub(crate) amount: i64,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) taxable: i64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BalanceReason {
    Adjustment,
    AppliedToInvoice,
    UnappliedFromInvoice,
    CreditNote,
    InvoiceTooSmall,
}

impl BalanceReason {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Adjustment => "adjustment",
            Self::AppliedToInvoice => "applied_to_invoice",
            Self::UnappliedFromInvoice => "unapplied_from_invoice",
            Self::CreditNote => "credit_note",
            Self::InvoiceTooSmall => "invoice_too_small",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct BalanceTransaction {
    pub(crate) created: u32,
    pub(crate) customer: u32,
    pub(crate) amount: i64,
    pub(crate) ending: i64,
    pub(crate) reason: BalanceReason,
    pub(crate) invoice: u32,
    pub(crate) credit_note: u32,
    pub(crate) prev_of_customer: u32,
}

impl Invoice {
    /// A draft made at `created` with nothing on it yet.
    pub(crate) const fn draft(
        created: u32,
        customer: u32,
        subscription: u32,
        currency: Currency,
    ) -> Self {
        Self {
            created,
            customer,
            subscription,
            status: InvoiceStatus::Draft,
            reason: BillingReason::Manual,
            currency,
            send_invoice: false,
            auto_advance: false,
            off_stripe: false,
            number: 0,
            period_start: created,
            period_end: created,
            due: When::NEVER,
            finalizes_at: When::NEVER,
            finalized_at: When::NEVER,
            paid_at: When::NEVER,
            voided_at: When::NEVER,
            uncollectible_at: When::NEVER,
            next_attempt: When::NEVER,
            attempts: 0,
            tax_rate: None,
            discount: NONE,
            subtotal: 0,
            discounted: 0,
            tax: 0,
            total: 0,
            starting_balance: 0,
            ending_balance: 0,
            amount_due: 0,
            amount_paid: 0,
            pre_payment_credit: 0,
            post_payment_credit: 0,
            lines: 0,
            line_count: 0,
            intent: NONE,
            payment: NONE,
            credit_notes: NONE,
            prev_of_customer: NONE,
            prev_of_subscription: NONE,
        }
    }
}

impl Customer {
    /// A customer from `place` without a name, a card or a subscription.
    pub(crate) fn new(created: u32, place: u8, currency: Currency) -> Self {
        Self {
            created,
            name: "".into(),
            email: "".into(),
            description: None,
            metadata: Vec::new(),
            place,
            currency,
            balance: 0,
            delinquent: false,
            deleted: false,
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
