//! The account's own objects and sums, for whoever checks a copy of them.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ids::Kind;
use crate::json::Pen;
use crate::render::Expand;
use crate::server::http::Shared;
use crate::server::lists::all;
use crate::server::retrieve::object;

/// The kinds of objects that the truth holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TruthKind {
    /// Customers that are not deleted.
    Customer,
    /// Products.
    Product,
    /// Prices, tiers and currency options included.
    Price,
    /// Coupons, what they apply to and currency options included.
    Coupon,
    /// Tax rates.
    TaxRate,
    /// Subscriptions of every status, with all of their items, discounts in full.
    ///
    /// In full means with their coupon, and for one item's without: Stripe goes no deeper.
    Subscription,
    /// Invoices with all of their lines, discounts in full.
    Invoice,
    /// Payments of invoices.
    InvoicePayment,
    /// Payment intents.
    PaymentIntent,
    /// Charges.
    Charge,
    /// Credit notes with all of their lines.
    CreditNote,
    /// Events of the last 30 days.
    Event,
    /// Entries of customers' balances.
    BalanceTransaction,
    /// Payment methods that belong to a customer.
    PaymentMethod,
    /// Refunds.
    Refund,
    /// Disputes.
    Dispute,
    /// Movements of the company's own balance.
    StripeBalanceTransaction,
    /// Payouts to the company's bank.
    Payout,
    /// Billing credit grants.
    CreditGrant,
    /// Movements of credit grants.
    CreditTransaction,
    /// Meters.
    Meter,
    /// Promotion codes.
    PromotionCode,
    /// Subscription schedules.
    Schedule,
    /// Invoice items, those that wait and those on an invoice.
    InvoiceItem,
    /// Test clocks.
    TestClock,
}

impl TruthKind {
    /// Every kind.
    pub const ALL: [Self; 25] = [
        Self::Customer,
        Self::Product,
        Self::Price,
        Self::Coupon,
        Self::TaxRate,
        Self::Subscription,
        Self::Invoice,
        Self::InvoicePayment,
        Self::PaymentIntent,
        Self::Charge,
        Self::CreditNote,
        Self::Event,
        Self::BalanceTransaction,
        Self::PaymentMethod,
        Self::Refund,
        Self::Dispute,
        Self::StripeBalanceTransaction,
        Self::Payout,
        Self::CreditGrant,
        Self::CreditTransaction,
        Self::Meter,
        Self::PromotionCode,
        Self::Schedule,
        Self::InvoiceItem,
        Self::TestClock,
    ];
}

/// Sums over the invoices of one currency and status, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InvoiceSums {
    /// How many invoices.
    pub invoices: u64,
    /// How many lines on them.
    pub lines: u64,
    /// The sum of `total`.
    pub total: i64,
    /// The sum of `amount_due`.
    pub amount_due: i64,
    /// The sum of `amount_paid`.
    pub amount_paid: i64,
    /// The sum of `amount_remaining`.
    pub amount_remaining: i64,
}

/// A look at everything that the account holds, without a request.
#[derive(Clone, Debug)]
pub struct Truth {
    pub(crate) shared: Arc<Shared>,
}

impl Truth {
    /// How many objects of `kind` there are.
    #[must_use]
    pub fn count(&self, kind: TruthKind) -> usize {
        self.serials(kind).len()
    }

    /// The identifiers of `kind`, newest first.
    #[must_use]
    pub fn ids(&self, kind: TruthKind) -> Vec<String> {
        let account = crate::read(&self.shared.account);
        let text = |serial| account.name_of(kind.kind(), serial);
        self.serials(kind).into_iter().map(text).collect()
    }

    /// Every object of `kind` as JSON, newest first, child lists whole, each rendered when the
    /// iterator reaches it.
    pub fn objects(&self, kind: TruthKind) -> impl Iterator<Item = Vec<u8>> + '_ {
        self.serials(kind)
            .into_iter()
            .map(move |serial| self.render(kind, serial))
    }

    /// Sums of the invoices by currency (lower case) and status.
    #[must_use]
    pub fn invoice_sums(&self) -> BTreeMap<(String, String), InvoiceSums> {
        let account = crate::read(&self.shared.account);
        let mut sums: BTreeMap<(String, String), InvoiceSums> = BTreeMap::new();
        for serial in all(&account.orders.invoices) {
            let invoice = account.invoice(serial);
            let place = (
                invoice.currency.code().to_owned(),
                invoice.status.as_str().to_owned(),
            );
            let sum = sums.entry(place).or_default();
            sum.invoices += 1;
            sum.lines += u64::from(invoice.line_count);
            sum.total += invoice.total;
            sum.amount_due += invoice.amount_due;
            sum.amount_paid += invoice.amount_paid;
            sum.amount_remaining += invoice.remaining();
        }
        sums
    }

    /// The customers that were deleted: the lists leave them out, a retrieve says so.
    #[must_use]
    pub fn deleted_customers(&self) -> Vec<String> {
        let account = crate::read(&self.shared.account);
        (0_u32..)
            .zip(&account.customers)
            .filter(|(_, customer)| customer.deleted)
            .map(|(serial, customer)| account.ids.text(Kind::Customer, customer.created, serial))
            .collect()
    }

    pub(crate) fn serials(&self, kind: TruthKind) -> Vec<u32> {
        let account = crate::read(&self.shared.account);
        let orders = &account.orders;
        let newest_first = |count: usize| -> Vec<u32> {
            let mut serials: Vec<u32> = (0..count as u32)
                .filter(|serial| !account.is_gone(kind.kind(), *serial))
                .collect();
            let created = |serial: &u32| account.created_of(kind.kind(), *serial).unwrap_or(0);
            serials.sort_by_key(|serial| Reverse((created(serial), *serial)));
            serials
        };
        match kind {
            TruthKind::Customer => all(&orders.customers).collect(),
            TruthKind::Subscription => all(&orders.subscriptions).collect(),
            TruthKind::Invoice => all(&orders.invoices).collect(),
            TruthKind::InvoicePayment => all(&orders.invoice_payments).collect(),
            TruthKind::PaymentIntent => all(&orders.intents).collect(),
            TruthKind::Charge => all(&orders.charges).collect(),
            TruthKind::CreditNote => all(&orders.credit_notes).collect(),
            TruthKind::Event => {
                let listed = |serial: &u32| account.is_listed(*serial);
                all(&orders.events).filter(listed).collect()
            }
            TruthKind::Product => newest_first(account.catalogue.products.len()),
            TruthKind::Price => newest_first(account.catalogue.prices.len()),
            TruthKind::Coupon => newest_first(account.catalogue.coupons.len()),
            TruthKind::TaxRate => newest_first(account.catalogue.tax_rates.len()),
            TruthKind::BalanceTransaction => newest_first(account.balance_transactions.len()),
            TruthKind::Refund => all(&orders.refunds).collect(),
            TruthKind::StripeBalanceTransaction => all(&orders.entries).collect(),
            TruthKind::Dispute => newest_first(account.money.disputes.len()),
            TruthKind::Payout => newest_first(account.money.payouts.len()),
            TruthKind::InvoiceItem => all(&orders.invoice_items).collect(),
            TruthKind::CreditGrant => newest_first(account.offers.grants.len()),
            TruthKind::CreditTransaction => newest_first(account.offers.credit_entries.len()),
            TruthKind::Meter => newest_first(account.offers.meters.len()),
            TruthKind::PromotionCode => newest_first(account.offers.promotions.len()),
            TruthKind::Schedule => newest_first(account.offers.schedules.len()),
            TruthKind::TestClock => newest_first(account.offers.clocks.len()),

            TruthKind::PaymentMethod => {
                let mut serials = newest_first(account.methods.len());
                serials.retain(|serial| !account.methods[*serial as usize].detached);
                serials
            }
        }
    }

    fn render(&self, kind: TruthKind, serial: u32) -> Vec<u8> {
        let account = crate::read(&self.shared.account);
        let mut pen = Pen::new(&account.ids, 4_096);
        pen.embedded = usize::MAX;
        let expand = Expand {
            tiers: true,
            currency_options: matches!(kind, TruthKind::Price | TruthKind::Coupon),
            applies_to: kind == TruthKind::Coupon,
            discounts: true,
            coupon: true,
            item_discounts: true,
            ..Expand::default()
        };
        object(&mut pen, &account, kind.kind(), serial, &expand);
        pen.out
    }
}

impl TruthKind {
    pub(crate) const fn kind(self) -> Kind {
        match self {
            Self::Customer => Kind::Customer,
            Self::Product => Kind::Product,
            Self::Price => Kind::Price,
            Self::Coupon => Kind::Coupon,
            Self::TaxRate => Kind::TaxRate,
            Self::Subscription => Kind::Subscription,
            Self::Invoice => Kind::Invoice,
            Self::InvoicePayment => Kind::InvoicePayment,
            Self::PaymentIntent => Kind::PaymentIntent,
            Self::Charge => Kind::Charge,
            Self::CreditNote => Kind::CreditNote,
            Self::Event => Kind::Event,
            Self::BalanceTransaction => Kind::BalanceTransaction,
            Self::PaymentMethod => Kind::PaymentMethod,
            Self::Refund => Kind::Refund,
            Self::Dispute => Kind::Dispute,
            Self::StripeBalanceTransaction => Kind::BalanceEntry,
            Self::Payout => Kind::Payout,
            Self::CreditGrant => Kind::CreditGrant,
            Self::CreditTransaction => Kind::CreditEntry,
            Self::Meter => Kind::Meter,
            Self::PromotionCode => Kind::Promotion,
            Self::Schedule => Kind::Schedule,
            Self::InvoiceItem => Kind::InvoiceItem,
            Self::TestClock => Kind::TestClock,
        }
    }
}
