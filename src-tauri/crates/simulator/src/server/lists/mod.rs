//! Stripe's lists: filters, cursors both ways, newest first.

mod catalogue;
mod credit_notes;
mod customers;
mod events;
mod faults;
mod invoices;
mod money;
pub(crate) mod offers;
mod payments;
mod subscriptions;

pub use faults::ListFaults;

use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Pen, Text, put};
use crate::render::Expand;
use crate::server::answer::Refusal;
use crate::server::params::{Params, Range};
use crate::server::retrieve::{expand, noun};
use crate::server::routes::{Operation, Route};
use crate::timeline::{Page, Timeline, Window, key, page};

/// What all lists are asked in the same way.
struct Ask {
    limit: usize,
    after: Option<String>,
    before: Option<String>,
    expand: Expand,
}

impl Ask {
    fn take(params: &mut Params) -> Result<Self, Refusal> {
        let limit = params.take_integer("limit")?.unwrap_or(10);
        if !(1..=100).contains(&limit) {
            return Err(Refusal::limit(limit));
        }
        let after = params.take("starting_after");
        let before = params.take("ending_before");
        if after.is_some() && before.is_some() {
            return Err(Refusal::exclusive());
        }
        let expand = expand(params, "data.")?;
        Ok(Self {
            limit: limit as usize,
            after,
            before,
            expand,
        })
    }

    /// The window in a list of `kind`, its cursors looked up.
    fn window(&self, account: &Account, kind: Kind, created: Range) -> Result<Window, Refusal> {
        let cursor = |id: &Option<String>, param: &str| match id {
            None => Ok(None),
            Some(id) => {
                let serial = account.find(kind, id);
                let at = serial.and_then(|serial| account.created_of(kind, serial));
                match serial.zip(at) {
                    Some((serial, at)) => Ok(Some(key(at, serial))),
                    None => Err(Refusal::missing_param(noun(kind), id, param)),
                }
            }
        };
        let to = match (kind, account.lists.delay_seconds) {
            (Kind::Event, _) | (_, 0) => created.to,
            (_, late) => created.to.min(account.now.saturating_sub(late)),
        };
        Ok(Window {
            limit: self.limit,
            from: created.from,
            to,
            after: cursor(&self.after, "starting_after")?,
            before: cursor(&self.before, "ending_before")?,
        })
    }
}

/// Answers a list.
pub(crate) fn list(account: &Account, route: &Route, params: Params) -> Result<Vec<u8>, Refusal> {
    match route.operation {
        Operation::Customers => customers::customers(account, params),
        Operation::CustomerMethods => customers::customer_methods(account, &route.id, params),
        Operation::CustomerBalance => customers::customer_balance(account, &route.id, params),
        Operation::Products => catalogue::products(account, params),
        Operation::Prices => catalogue::prices(account, params),
        Operation::Coupons => catalogue::coupons(account, params),
        Operation::TaxRates => catalogue::tax_rates(account, params),
        Operation::Subscriptions => subscriptions::subscriptions(account, params),
        Operation::SubscriptionItems => subscriptions::subscription_items(account, params),
        Operation::Invoices => invoices::invoices(account, params),
        Operation::InvoiceLines => invoices::invoice_lines(account, &route.id, params),
        Operation::InvoicePayments => invoices::invoice_payments(account, params),
        Operation::PaymentIntents => payments::intents(account, params),
        Operation::Charges => payments::charges(account, params),
        Operation::CreditNotes => credit_notes::credit_notes(account, params),
        Operation::CreditNoteLines => credit_notes::credit_note_lines(account, &route.id, params),
        Operation::Events => events::events(account, params),
        Operation::Refunds => money::refunds(account, params),
        Operation::Disputes => money::disputes(account, params),
        Operation::StripeBalance => money::balance_transactions(account, params),
        Operation::Payouts => money::payouts(account, params),
        Operation::CreditGrants => offers::grants(account, params),
        Operation::CreditEntries => offers::credit_transactions(account, params),
        Operation::Meters => offers::meters(account, params),
        Operation::MeterSummaries => offers::meter_summaries(account, &route.id, params),
        Operation::PromotionCodes => offers::promotions(account, params),
        Operation::Schedules => offers::schedules(account, params),
        Operation::InvoiceItems => offers::invoice_items(account, params),
        Operation::TestClocks => offers::clocks(account, params),
        _ => Err(Refusal::unknown_url("GET", "")),
    }
}

/// Writes a page as Stripe's list.
fn answer(
    account: &Account,
    url: &str,
    page: &Page,
    each: usize,
    write: impl Fn(&mut Pen<'_>, u32),
) -> Vec<u8> {
    let serials = account.lists.befall(url, &page.serials);
    let mut pen = Pen::new(&account.ids, 128 + each * serials.len());
    put!(&mut pen; r#"{"object":"list","data":["#);
    pen.each(&serials, |pen, serial| write(pen, *serial));
    put!(&mut pen; r#"],"has_more":"#, page.has_more, r#","url":"#, Text(url), "}");
    pen.out
}

/// The customer that a filter names; a deleted one counts.
fn customer_filter(account: &Account, params: &mut Params) -> Result<Option<u32>, Refusal> {
    filter(account, params, "customer", Kind::Customer)
}

fn filter(
    account: &Account,
    params: &mut Params,
    name: &str,
    kind: Kind,
) -> Result<Option<u32>, Refusal> {
    let Some(id) = params.take(name) else {
        return Ok(None);
    };
    match account.find(kind, &id) {
        Some(serial) => Ok(Some(serial)),
        None => Err(Refusal::missing_param(noun(kind), &id, name)),
    }
}

/// The keys of a chain, in order.
fn chain_keys(
    account: &Account,
    kind: Kind,
    first: u32,
    next: impl Fn(&Account, u32) -> u32,
) -> Vec<u64> {
    let serials = account.chain(first, next);
    keys_of(account, kind, serials.into_iter())
}

fn keys_of(account: &Account, kind: Kind, serials: impl Iterator<Item = u32>) -> Vec<u64> {
    let created = |serial| account.created_of(kind, serial).unwrap_or(0);
    let mut keys: Vec<u64> = serials
        .filter(|serial| !account.is_gone(kind, *serial))
        .map(|serial| key(created(serial), serial))
        .collect();
    keys.sort_unstable();
    keys
}

fn child_page(
    account: &Account,
    ask: &Ask,
    kind: Kind,
    created: u32,
    first: u32,
    count: u32,
) -> Result<Page, Refusal> {
    let place = |id: &Option<String>, param: &str| match id {
        None => Ok(None),
        Some(id) => {
            let serial = account.ids.serial(kind, id).filter(|serial| {
                (first..first + count).contains(serial)
                    && account.ids.text(kind, created, *serial) == *id
            });
            match serial {
                Some(serial) => Ok(Some(key(0, count - 1 - (serial - first)))),
                None => Err(Refusal::missing_param(noun(kind), id, param)),
            }
        }
    };
    let keys: Vec<u64> = (0..count).map(|place| key(0, place)).collect();
    let window = Window {
        limit: ask.limit,
        from: 0,
        to: u32::MAX,
        after: place(&ask.after, "starting_after")?,
        before: place(&ask.before, "ending_before")?,
    };
    let mut page = page(&keys, &window, |_| true);
    for serial in &mut page.serials {
        *serial = count - 1 - *serial;
    }
    Ok(page)
}

pub(crate) fn all(timeline: &Timeline) -> impl Iterator<Item = u32> + '_ {
    timeline
        .keys()
        .iter()
        .rev()
        .map(|key| crate::timeline::serial(*key))
}
