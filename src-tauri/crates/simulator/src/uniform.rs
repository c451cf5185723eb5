//! An account for measurements: the same for every customer, and nothing left to chance.

use crate::account::Account;
use crate::catalogue::product;
use crate::company::life::Life;
use crate::model::*;
use crate::names;
use crate::random::Random;

/// Fills `account` with `customers`, one subscription each, and `per_customer` invoices of
/// `lines` lines, spread evenly over the history that starts at `start`.
pub(crate) fn fill(
    account: &mut Account,
    customers: u32,
    per_customer: u32,
    lines: u32,
    start: u32,
) {
    let span = u64::from(account.now - start).saturating_sub(60);
    let mut random = Random::new(account.seed, 0);
    let seat = account
        .catalogue
        .price(product::PROFESSIONAL, Currency::Usd, Interval::Month);
    for serial in 0..customers {
        let offset = span / 4 * u64::from(serial) / u64::from(customers);
        let created = start + offset as u32;
        let customer = add_customer(account, &mut random, serial, created);
        let subscription = add_subscription(account, customer, created, seat);
        for place in 0..per_customer {
            let rest = span - offset;
            let at = u64::from(created) + rest * u64::from(place) / u64::from(per_customer);
            add_invoice(account, subscription, at as u32, lines);
        }
        account.lives.push(Life::asleep(random));
    }
}

fn add_customer(account: &mut Account, random: &mut Random, serial: u32, created: u32) -> u32 {
    let name = names::of_customer(serial, random);
    account.add_customer(Customer {
        email: names::email(&name).into(),
        name: name.into(),
        metadata: vec![("tenantId".into(), format!("tnt_{serial:06}").into())],
        ..Customer::new(created, (serial % 6) as u8, Currency::Usd)
    })
}

fn add_subscription(account: &mut Account, customer: u32, created: u32, price: u16) -> u32 {
    let serial = account.subscriptions.len() as u32;
    let item = account.new_item(serial, created, price, 3 + customer % 18);
    let period_start = account.now - 86_400 * (1 + customer % 27);
    let mut subscription = Subscription::new(created, customer, Currency::Usd, vec![item]);
    subscription.period_start = period_start;
    subscription.period_end = crate::calendar::add_months(period_start, 1);
    account.add_subscription(subscription)
}

fn add_invoice(account: &mut Account, subscription: u32, at: u32, lines: u32) {
    let owner = account.subscription(subscription);
    let (customer, item) = (owner.customer, owner.items[0]);
    let price = &account.catalogue.prices[usize::from(item.price)];
    let end = crate::calendar::add_months(at, 1);
    let rows: Vec<Line> = (0..lines)
        .map(|place| {
            let quantity = item.quantity + place;
            Line {
                kind: LineKind::Period,
                price: item.price,
                item: item.serial,
                item_created: item.created,
                quantity,
                start: at,
                end,
                amount: price.amount(i64::from(quantity)),
                discount: 0,
                tax: 0,
                taxable: 0,
            }
        })
        .collect();
    let total = rows.iter().map(|line| line.amount).sum();
    let counted = &mut account.customers[customer as usize].numbered;
    *counted += 1;
    let number = *counted;
    let mut invoice = Invoice::draft(at, customer, subscription, Currency::Usd);
    invoice.reason = BillingReason::Cycle;
    invoice.status = InvoiceStatus::Paid;
    invoice.number = number;
    invoice.period_start = at;
    invoice.period_end = end;
    invoice.finalizes_at = When::NEVER;
    invoice.finalized_at = When::at(at + 1);
    invoice.paid_at = When::at(at + 2);
    invoice.attempts = 1;
    invoice.subtotal = total;
    invoice.total = total;
    invoice.amount_due = total;
    invoice.amount_paid = total;
    account.add_invoice(invoice, &rows);
}
