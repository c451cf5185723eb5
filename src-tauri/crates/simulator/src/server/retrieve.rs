//! One object by its identifier.

use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Pen, Written, put};
use crate::render::{self, Expand};
use crate::server::answer::Refusal;
use crate::server::params::Params;
use crate::server::routes::{Operation, Route};

/// Stripe expands so many levels of a property.
const MAX_EXPAND_DEPTH: usize = 4;

/// The properties that may be expanded, by the names that a retrieve uses.
pub(crate) fn expand(params: &mut Params, prefix: &str) -> Result<Expand, Refusal> {
    let mut expand = Expand::default();
    for path in params.take_list("expand") {
        if path.split('.').count() > MAX_EXPAND_DEPTH {
            return Err(Refusal::expand_depth());
        }
        let name = path
            .strip_prefix(prefix)
            .ok_or_else(|| Refusal::expand(&path))?;
        match name {
            "tiers" => expand.tiers = true,
            "currency_options" => expand.currency_options = true,
            "applies_to" => expand.applies_to = true,
            "discounts" => expand.discounts = true,
            "items.data.discounts" => expand.item_discounts = true,
            "lines.data.discounts" => expand.line_discounts = true,
            "discounts.source.coupon.applies_to" | "source.coupon.applies_to" => {
                expand.discounts = true;
                expand.coupon = true;
                expand.applies_to = true;
            }
            "discounts.source.coupon" | "source.coupon" => {
                expand.discounts = true;
                expand.coupon = true;
            }
            "payments" | "payments.data" => expand.payments = true,
            "payments.data.payment.payment_intent" | "payment.payment_intent" => {
                expand.payments = true;
                expand.payment_intent = true;
            }
            "payment_intent" => expand.payment_intent = true,
            "customer" => expand.customer = true,
            "product" => expand.product = true,
            "latest_invoice" => expand.latest_invoice = true,
            "latest_invoice.payments" => {
                expand.latest_invoice = true;
                expand.latest_invoice_payments = true;
            }
            "refunds" => expand.refunds = true,
            "latest_charge" => expand.latest_charge = true,
            "default_payment_method" | "invoice_settings.default_payment_method" => {
                expand.default_payment_method = true;
            }
            "invoice" => expand.invoice = true,
            "parent.subscription_details.subscription" => expand.subscription = true,
            _ => return Err(Refusal::expand(&path)),
        }
    }
    Ok(expand)
}

/// The word for an object in "No such …".
pub(crate) const fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Customer => "customer",
        Kind::PaymentMethod => "PaymentMethod",
        Kind::Product => "product",
        Kind::Price | Kind::Plan => "price",
        Kind::Coupon => "coupon",
        Kind::TaxRate => "tax rate",
        Kind::Subscription => "subscription",
        Kind::SubscriptionItem => "subscription_item",
        Kind::Invoice => "invoice",
        Kind::InvoiceLine => "line item",
        Kind::InvoicePayment => "invoice_payment",
        Kind::PaymentIntent => "payment_intent",
        Kind::Charge => "charge",
        Kind::CreditNote => "credit note",
        Kind::CreditNoteLine => "credit note line item",
        Kind::BalanceTransaction => "customer_balance_transaction",
        Kind::Event => "event",
        Kind::Refund => "refund",
        Kind::Dispute => "dispute",
        Kind::BalanceEntry => "balance transaction",
        Kind::Payout => "payout",
        Kind::CreditGrant => "credit grant",
        Kind::CreditEntry => "credit balance transaction",
        Kind::Meter => "meter",
        Kind::Promotion => "promotion code",
        Kind::Schedule => "subscription schedule",
        Kind::InvoiceItem => "invoiceitem",
        Kind::TestClock => "test clock",
        Kind::Discount | Kind::PaymentRecord => "object",
    }
}

/// The serial number of the object in the path, or 404.
pub(crate) fn found(account: &Account, kind: Kind, id: &str) -> Result<u32, Refusal> {
    account
        .find(kind, id)
        .ok_or_else(|| Refusal::missing(noun(kind), id))
}

/// Answers a retrieve.
pub(crate) fn retrieve(
    account: &Account,
    route: &Route,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
    if route.operation == Operation::CreditSummary {
        return crate::server::lists::offers::credit_summary(account, params);
    }
    let expand = expand(&mut params, "")?;
    params.finish()?;
    let mut pen = Pen::new(&account.ids, 8_192);
    match route.operation {
        Operation::Account => render::account::account(&mut pen, account),
        Operation::Coupon => {
            let serial = found(account, Kind::Coupon, &route.id)?;
            object(&mut pen, account, Kind::Coupon, serial, &expand);
        }
        Operation::CustomerMethod => {
            let customer = found(account, Kind::Customer, &route.id)?;
            let method = found(account, Kind::PaymentMethod, &route.inner)?;
            let it = &account.methods[method as usize];
            if it.customer != customer || it.detached {
                return Err(Refusal::missing(noun(Kind::PaymentMethod), &route.inner));
            }
            render::customer::payment_method(&mut pen, account, method);
        }
        Operation::CustomerBalanceEntry => {
            let customer = found(account, Kind::Customer, &route.id)?;
            let entry = found(account, Kind::BalanceTransaction, &route.inner)?;
            if account.balance_transactions[entry as usize].customer != customer {
                return Err(Refusal::missing(
                    noun(Kind::BalanceTransaction),
                    &route.inner,
                ));
            }
            render::customer::balance_transaction(&mut pen, account, entry);
        }
        operation => {
            let kind = kind_of(operation);
            let serial = found(account, kind, &route.id)?;
            if kind == Kind::Event && !account.is_listed(serial) {
                return Err(Refusal::missing(noun(kind), &route.id));
            }
            object(&mut pen, account, kind, serial, &expand);
        }
    }
    Ok(pen.out)
}

const fn kind_of(operation: Operation) -> Kind {
    match operation {
        Operation::PaymentMethod => Kind::PaymentMethod,
        Operation::Product => Kind::Product,
        Operation::Price => Kind::Price,
        Operation::TaxRate => Kind::TaxRate,
        Operation::Subscription => Kind::Subscription,
        Operation::SubscriptionItem => Kind::SubscriptionItem,
        Operation::Invoice => Kind::Invoice,
        Operation::InvoicePayment => Kind::InvoicePayment,
        Operation::PaymentIntent => Kind::PaymentIntent,
        Operation::Charge => Kind::Charge,
        Operation::CreditNote => Kind::CreditNote,
        Operation::Event => Kind::Event,
        Operation::Refund => Kind::Refund,
        Operation::Dispute => Kind::Dispute,
        Operation::StripeBalanceEntry => Kind::BalanceEntry,
        Operation::Payout => Kind::Payout,
        Operation::CreditGrant => Kind::CreditGrant,
        Operation::CreditEntry => Kind::CreditEntry,
        Operation::Meter => Kind::Meter,
        Operation::PromotionCode => Kind::Promotion,
        Operation::Schedule => Kind::Schedule,
        Operation::InvoiceItem => Kind::InvoiceItem,
        Operation::TestClock => Kind::TestClock,
        _ => Kind::Customer,
    }
}

/// Writes any object that has an identifier of its own.
pub(crate) fn object(
    pen: &mut Pen<'_>,
    account: &Account,
    kind: Kind,
    serial: u32,
    expand: &Expand,
) {
    let place = serial as usize;
    match kind {
        Kind::Customer => {
            let customer = account.customer(serial);
            if customer.deleted {
                render::customer::deleted(pen, account, serial);
            } else {
                render::customer::customer(pen, account, serial, customer, expand);
            }
        }
        Kind::PaymentMethod => render::customer::payment_method(pen, account, serial),
        Kind::Product => render::catalogue::product(pen, account, serial),
        Kind::Price => render::catalogue::price(pen, account, serial, expand),
        Kind::Plan => put!(pen; Written(&account.catalogue.prices[place].rendered_plan)),
        Kind::Coupon => render::catalogue::coupon(pen, account, serial as u8, expand),
        Kind::TaxRate => put!(pen; Written(&account.catalogue.tax_rates[place].rendered)),
        Kind::Discount => render::catalogue::discount(pen, account, serial, expand),
        Kind::Subscription => {
            let it = account.subscription(serial);
            render::subscription::subscription(pen, account, serial, it, expand);
        }
        Kind::SubscriptionItem => {
            let owner = account.item_owners[place];
            let subscription = account.subscription(owner);
            if let Some(item) = subscription.items.iter().find(|item| item.serial == serial) {
                render::subscription::item(pen, account, owner, subscription, item, expand);
            }
        }
        Kind::Invoice => {
            render::invoice::invoice(pen, account, serial, account.invoice(serial), expand);
        }
        Kind::InvoicePayment => render::invoice::invoice_payment(pen, account, serial, expand),
        Kind::PaymentIntent => {
            render::payment::intent(pen, account, serial, &account.intents[place], expand);
        }
        Kind::Charge => {
            render::payment::charge(pen, account, serial, &account.charges[place], expand);
        }
        Kind::CreditNote => render::credit_note::credit_note(pen, account, serial, expand),
        Kind::BalanceTransaction => render::customer::balance_transaction(pen, account, serial),
        Kind::Event => render::event::event(pen, account, serial),
        Kind::Refund => render::money::refund(pen, account, serial),
        Kind::Dispute => render::money::dispute(pen, account, serial),
        Kind::BalanceEntry => render::money::balance_transaction(pen, account, serial),
        Kind::Payout => render::money::payout(pen, account, serial),
        Kind::CreditGrant => render::offers::credit_grant(pen, account, serial),
        Kind::CreditEntry => render::offers::credit_transaction(pen, account, serial),
        Kind::Meter => render::offers::meter(pen, account, serial),
        Kind::Promotion => render::offers::promotion_code(pen, account, serial),
        Kind::Schedule => render::offers::schedule(pen, account, serial),
        Kind::InvoiceItem => render::offers::invoice_item(pen, account, serial),
        Kind::TestClock => render::offers::test_clock(pen, account, serial),
        Kind::InvoiceLine | Kind::PaymentRecord | Kind::CreditNoteLine => {}
    }
}
