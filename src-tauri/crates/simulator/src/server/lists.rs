//! Stripe's lists: filters, cursors both ways, newest first.

use std::borrow::Cow;

use crate::account::Account;
use crate::ids::Kind;
use crate::json::{Pen, Text, put};
use crate::model::*;
use crate::render::{self, Expand};
use crate::server::answer::Refusal;
use crate::server::params::{Params, Range};
use crate::server::retrieve::{expand, found, noun, object};
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
        Ok(Window {
            limit: self.limit,
            from: created.from,
            to: created.to,
            after: cursor(&self.after, "starting_after")?,
            before: cursor(&self.before, "ending_before")?,
        })
    }
}

/// Answers a list.
pub(crate) fn list(account: &Account, route: &Route, params: Params) -> Result<Vec<u8>, Refusal> {
    match route.operation {
        Operation::Customers => customers(account, params),
        Operation::CustomerMethods => customer_methods(account, &route.id, params),
        Operation::CustomerBalance => customer_balance(account, &route.id, params),
        Operation::Products => products(account, params),
        Operation::Prices => prices(account, params),
        Operation::Coupons => coupons(account, params),
        Operation::TaxRates => tax_rates(account, params),
        Operation::Subscriptions => subscriptions(account, params),
        Operation::SubscriptionItems => subscription_items(account, params),
        Operation::Invoices => invoices(account, params),
        Operation::InvoiceLines => invoice_lines(account, &route.id, params),
        Operation::InvoicePayments => invoice_payments(account, params),
        Operation::PaymentIntents => intents(account, params),
        Operation::Charges => charges(account, params),
        Operation::CreditNotes => credit_notes(account, params),
        Operation::CreditNoteLines => credit_note_lines(account, &route.id, params),
        Operation::Events => events(account, params),
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
    let mut pen = Pen::new(&account.ids, 128 + each * page.serials.len());
    put!(&mut pen; r#"{"object":"list","data":["#);
    pen.each(&page.serials, |pen, serial| write(pen, *serial));
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
    let mut keys: Vec<u64> = serials.map(|serial| key(created(serial), serial)).collect();
    keys.sort_unstable();
    keys
}

fn customers(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let email = params.take("email");
    let clock = params.take("test_clock");
    params.finish()?;
    let window = ask.window(account, Kind::Customer, created)?;
    let keys = account.orders.customers.keys();
    let keep = |serial: u32| {
        clock.is_none()
            && email
                .as_ref()
                .is_none_or(|email| *account.customer(serial).email == **email)
    };
    let page = page(keys, &window, keep);
    Ok(answer(
        account,
        "/v1/customers",
        &page,
        1_300,
        |pen, serial| {
            let customer = account.customer(serial);
            render::customer::customer(pen, account, serial, customer, &ask.expand);
        },
    ))
}

fn customer_methods(account: &Account, id: &str, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let kind = params.take("type");
    params.take("allow_redisplay");
    params.finish()?;
    let customer = account.customer(found(account, Kind::Customer, id)?);
    if customer.deleted {
        return Err(Refusal::missing("customer", id));
    }
    let keys = chain_keys(
        account,
        Kind::PaymentMethod,
        customer.last_method,
        |account, serial| account.methods[serial as usize].prev_of_customer,
    );
    let window = ask.window(account, Kind::PaymentMethod, Range::ALL)?;
    let page = page(&keys, &window, |_| {
        kind.as_ref().is_none_or(|kind| kind == "card")
    });
    let url = format!("/v1/customers/{id}/payment_methods");
    Ok(answer(account, &url, &page, 1_000, |pen, serial| {
        render::customer::payment_method(pen, account, serial);
    }))
}

fn customer_balance(account: &Account, id: &str, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let invoice = filter(account, &mut params, "invoice", Kind::Invoice)?;
    params.finish()?;
    let customer = account.customer(found(account, Kind::Customer, id)?);
    let first = customer.last_balance_transaction;
    let keys = chain_keys(
        account,
        Kind::BalanceTransaction,
        first,
        |account, serial| account.balance_transactions[serial as usize].prev_of_customer,
    );
    let window = ask.window(account, Kind::BalanceTransaction, created)?;
    let page = page(&keys, &window, |serial| {
        let entry = &account.balance_transactions[serial as usize];
        invoice.is_none_or(|invoice| entry.invoice == invoice)
    });
    let url = format!("/v1/customers/{id}/balance_transactions");
    Ok(answer(account, &url, &page, 500, |pen, serial| {
        render::customer::balance_transaction(pen, account, serial);
    }))
}

fn products(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let active = params.take_bool("active")?;
    let shippable = params.take_bool("shippable")?;
    let ids = params.take_list("ids");
    let kind = params.take("type");
    let address = params.take("url");
    params.finish()?;
    let products = &account.catalogue.products;
    let keys = keys_of(account, Kind::Product, 0..products.len() as u32);
    let window = ask.window(account, Kind::Product, created)?;
    let wanted: Vec<_> = ids
        .iter()
        .filter_map(|id| account.find(Kind::Product, id))
        .collect();
    let page = page(&keys, &window, |serial| {
        active.is_none_or(|active| products[serial as usize].active == active)
            && (ids.is_empty() || wanted.contains(&serial))
            && kind.as_ref().is_none_or(|kind| kind == "service")
            && shippable.is_none()
            && address.is_none()
    });
    Ok(answer(
        account,
        "/v1/products",
        &page,
        700,
        |pen, serial| {
            object(pen, account, Kind::Product, serial, &ask.expand);
        },
    ))
}

fn prices(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let active = params.take_bool("active")?;
    let currency = params.take("currency");
    let keys_wanted = params.take_list("lookup_keys");
    let product = filter(account, &mut params, "product", Kind::Product)?;
    let kind = params.take("type");
    let recurring = params.take_map("recurring");
    params.finish()?;
    let prices = &account.catalogue.prices;
    let keys = keys_of(account, Kind::Price, 0..prices.len() as u32);
    let window = ask.window(account, Kind::Price, created)?;
    let page = page(&keys, &window, |serial| {
        let price = &prices[serial as usize];
        let interval = match price.interval {
            Interval::Month => "month",
            Interval::Year => "year",
            Interval::Once => "",
        };
        let recurs = |(name, value): &(String, String)| match name.as_str() {
            "interval" => value == interval,
            "usage_type" => value == "licensed" && !interval.is_empty(),
            _ => false,
        };
        active.is_none_or(|active| price.active == active)
            && currency
                .as_ref()
                .is_none_or(|currency| currency == price.currency.code())
            && (keys_wanted.is_empty() || keys_wanted.contains(&price.lookup_key))
            && product.is_none_or(|product| price.product == product)
            && kind
                .as_ref()
                .is_none_or(|kind| (kind == "one_time") == interval.is_empty())
            && recurring.iter().all(recurs)
    });
    Ok(answer(
        account,
        "/v1/prices",
        &page,
        1_200,
        |pen, serial| {
            object(pen, account, Kind::Price, serial, &ask.expand);
        },
    ))
}

fn coupons(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let mut ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    params.finish()?;
    let coupons = &account.catalogue.coupons;
    let mut keys: Vec<u64> = (0_u32..)
        .zip(coupons)
        .map(|(serial, coupon)| key(coupon.created, serial))
        .collect();
    keys.sort_unstable();
    let cursor = |id: Option<String>, param: &str| match id {
        None => Ok(None),
        Some(id) => match coupons.iter().position(|coupon| coupon.id == id) {
            Some(place) => Ok(Some(key(coupons[place].created, place as u32))),
            None => Err(Refusal::missing_param("coupon", &id, param)),
        },
    };
    let window = Window {
        limit: ask.limit,
        from: created.from,
        to: created.to,
        after: cursor(ask.after.take(), "starting_after")?,
        before: cursor(ask.before.take(), "ending_before")?,
    };
    let page = page(&keys, &window, |_| true);
    Ok(answer(account, "/v1/coupons", &page, 500, |pen, serial| {
        render::catalogue::coupon(pen, account, serial as u8, &ask.expand);
    }))
}

fn tax_rates(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let active = params.take_bool("active")?;
    let inclusive = params.take_bool("inclusive")?;
    params.finish()?;
    let rates = &account.catalogue.tax_rates;
    let keys = keys_of(account, Kind::TaxRate, 0..rates.len() as u32);
    let window = ask.window(account, Kind::TaxRate, created)?;
    let page = page(&keys, &window, |serial| {
        let is_inclusive = rates[serial as usize].inclusive;
        active.unwrap_or(true) && inclusive.is_none_or(|inclusive| inclusive == is_inclusive)
    });
    Ok(answer(
        account,
        "/v1/tax_rates",
        &page,
        500,
        |pen, serial| {
            object(pen, account, Kind::TaxRate, serial, &ask.expand);
        },
    ))
}

/// Whether a subscription of `status` belongs to what the `status` filter names.
fn subscription_status(filter: Option<&str>, status: SubscriptionStatus) -> Option<bool> {
    let canceled = status == SubscriptionStatus::Canceled;
    Some(match filter {
        None => !canceled,
        Some("all") => true,
        Some("ended") => canceled,
        Some("incomplete" | "incomplete_expired") => false,
        Some(name @ ("active" | "past_due" | "unpaid" | "canceled" | "trialing" | "paused")) => {
            name == status.as_str()
        }
        Some(_) => return None,
    })
}

fn subscriptions(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let starts = params.take_range("current_period_start")?;
    let ends = params.take_range("current_period_end")?;
    let customer = customer_filter(account, &mut params)?;
    let price = filter(account, &mut params, "price", Kind::Price)?;
    let plan = filter(account, &mut params, "plan", Kind::Price)?;
    let status = params.take("status");
    let collection = params.take("collection_method");
    let automatic = params.take_map("automatic_tax");
    let elsewhere = params
        .take("test_clock")
        .or(params.take("customer_account"));
    params.finish()?;
    if subscription_status(status.as_deref(), SubscriptionStatus::Active).is_none() {
        let allowed = "active, past_due, unpaid, canceled, incomplete, incomplete_expired, \
                       trialing, paused, all, or ended";
        return Err(Refusal::invalid_value(
            "status",
            &status.unwrap_or_default(),
            allowed,
        ));
    }
    let window = ask.window(account, Kind::Subscription, created)?;
    let keys = match customer {
        Some(customer) => {
            let first = account.customer(customer).last_subscription;
            Cow::Owned(chain_keys(
                account,
                Kind::Subscription,
                first,
                |account, serial| account.subscription(serial).prev_of_customer,
            ))
        }
        None => Cow::Borrowed(account.orders.subscriptions.keys()),
    };
    let priced = |it: &Subscription, wanted: Option<u32>| {
        wanted.is_none_or(|wanted| it.items.iter().any(|item| u32::from(item.price) == wanted))
    };
    let page = page(&keys, &window, |serial| {
        let it = account.subscription(serial);
        subscription_status(status.as_deref(), it.status) == Some(true)
            && starts.contains(it.period_start)
            && ends.contains(it.period_end)
            && priced(it, price)
            && priced(it, plan)
            && elsewhere.is_none()
            && automatic.iter().all(|(_, value)| value == "false")
            && collection
                .as_ref()
                .is_none_or(|wanted| wanted == render::subscription::collection(it.send_invoice))
    });
    Ok(answer(
        account,
        "/v1/subscriptions",
        &page,
        4_000,
        |pen, serial| {
            let it = account.subscription(serial);
            render::subscription::subscription(pen, account, serial, it, &ask.expand);
        },
    ))
}

fn subscription_items(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let owner = filter(account, &mut params, "subscription", Kind::Subscription)?
        .ok_or_else(|| Refusal::required_param("subscription"))?;
    params.finish()?;
    let subscription = account.subscription(owner);
    let keys: Vec<u64> = subscription
        .items
        .iter()
        .map(|item| key(item.created, item.serial))
        .collect();
    let window = ask.window(account, Kind::SubscriptionItem, Range::ALL)?;
    let page = page(&keys, &window, |_| true);
    let id = account
        .ids
        .text(Kind::Subscription, subscription.created, owner);
    let url = format!("/v1/subscription_items?subscription={id}");
    Ok(answer(account, &url, &page, 2_000, |pen, serial| {
        object(pen, account, Kind::SubscriptionItem, serial, &ask.expand);
    }))
}

fn invoices(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let due = params.take_range("due_date")?;
    let customer = customer_filter(account, &mut params)?;
    let subscription = filter(account, &mut params, "subscription", Kind::Subscription)?;
    let collection = params.take("collection_method");
    let elsewhere = params.take("customer_account");
    let status = params.take("status");
    params.finish()?;
    let wanted = match &status {
        None => None,
        Some(name) => {
            let known = InvoiceStatus::ALL
                .into_iter()
                .find(|it| it.as_str() == name);
            let allowed = "draft, open, paid, uncollectible, or void";
            Some(known.ok_or_else(|| Refusal::invalid_value("status", name, allowed))?)
        }
    };
    let window = ask.window(account, Kind::Invoice, created)?;
    let keys = invoice_keys(account, customer, subscription, wanted);
    let page = page(&keys, &window, |serial| {
        let it = account.invoice(serial);
        wanted.is_none_or(|status| it.status == status)
            && subscription.is_none_or(|subscription| it.subscription == subscription)
            && customer.is_none_or(|customer| it.customer == customer)
            && (due == Range::ALL || it.due.get().is_some_and(|at| due.contains(at)))
            && elsewhere.is_none()
            && collection
                .as_ref()
                .is_none_or(|wanted| wanted == render::subscription::collection(it.send_invoice))
    });
    let each = 2_600 + 1_200 * 4;
    Ok(answer(
        account,
        "/v1/invoices",
        &page,
        each,
        |pen, serial| {
            render::invoice::invoice(pen, account, serial, account.invoice(serial), &ask.expand);
        },
    ))
}

/// The narrowest order that holds everything asked for.
fn invoice_keys(
    account: &Account,
    customer: Option<u32>,
    subscription: Option<u32>,
    status: Option<InvoiceStatus>,
) -> Cow<'_, [u64]> {
    let orders = &account.orders;
    match (subscription, customer, status) {
        (Some(subscription), _, _) => {
            let first = account.subscription(subscription).last_invoice;
            Cow::Owned(chain_keys(
                account,
                Kind::Invoice,
                first,
                |account, serial| account.invoice(serial).prev_of_subscription,
            ))
        }
        (None, Some(customer), _) => {
            let first = account.customer(customer).last_invoice;
            Cow::Owned(chain_keys(
                account,
                Kind::Invoice,
                first,
                |account, serial| account.invoice(serial).prev_of_customer,
            ))
        }
        (None, None, Some(status)) => {
            Cow::Borrowed(orders.invoices_by_status[status as usize].keys())
        }
        (None, None, None) => Cow::Borrowed(orders.invoices.keys()),
    }
}

/// A page of child objects that are kept in their own order: places, not times.
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

fn invoice_lines(account: &Account, id: &str, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    params.finish()?;
    let serial = found(account, Kind::Invoice, id)?;
    let invoice = account.invoice(serial);
    let (first, count) = (invoice.lines, invoice.line_count);
    let page = child_page(
        account,
        &ask,
        Kind::InvoiceLine,
        invoice.created,
        first,
        count,
    )?;
    let url = format!("/v1/invoices/{id}/lines");
    Ok(answer(account, &url, &page, 1_400, |pen, place| {
        let line = &account.lines[(first + place) as usize];
        render::invoice::line(pen, account, serial, invoice, place, line, &ask.expand);
    }))
}

fn credit_note_lines(account: &Account, id: &str, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    params.finish()?;
    let note = &account.credit_notes[found(account, Kind::CreditNote, id)? as usize];
    let (first, count) = (note.lines, note.line_count);
    let page = child_page(
        account,
        &ask,
        Kind::CreditNoteLine,
        note.created,
        first,
        count,
    )?;
    let url = format!("/v1/credit_notes/{id}/lines");
    Ok(answer(account, &url, &page, 1_200, |pen, place| {
        render::credit_note::line(pen, account, note, place);
    }))
}

fn invoice_payments(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let invoice = filter(account, &mut params, "invoice", Kind::Invoice)?;
    let status = params.take("status");
    let kind = params.take("payment[type]");
    let intent = filter(
        account,
        &mut params,
        "payment[payment_intent]",
        Kind::PaymentIntent,
    )?;
    let record = params.take("payment[payment_record]");
    params.finish()?;
    let window = ask.window(account, Kind::InvoicePayment, created)?;
    let of_intent = intent.map(|intent| account.intents[intent as usize].invoice);
    let one = invoice
        .or(of_intent)
        .map(|invoice| account.invoice(invoice).payment);
    let keys = match one {
        Some(first) => Cow::Owned(chain_keys(
            account,
            Kind::InvoicePayment,
            first,
            |account, serial| account.invoice_payments[serial as usize].prev_of_invoice,
        )),
        None => Cow::Borrowed(account.orders.invoice_payments.keys()),
    };
    let page = page(&keys, &window, |serial| {
        let it = &account.invoice_payments[serial as usize];
        let own = if it.intent == NONE {
            "payment_record"
        } else {
            "payment_intent"
        };
        status
            .as_ref()
            .is_none_or(|status| it.status.as_str() == status)
            && kind.as_ref().is_none_or(|kind| kind == own)
            && intent.is_none_or(|intent| it.intent == intent)
            && record.is_none()
    });
    Ok(answer(
        account,
        "/v1/invoice_payments",
        &page,
        450,
        |pen, serial| {
            render::invoice::invoice_payment(pen, account, serial, &ask.expand);
        },
    ))
}

fn intents(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let customer = customer_filter(account, &mut params)?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let window = ask.window(account, Kind::PaymentIntent, created)?;
    let keys = match customer {
        Some(customer) => {
            let first = account.customer(customer).last_intent;
            Cow::Owned(chain_keys(
                account,
                Kind::PaymentIntent,
                first,
                |account, serial| account.intents[serial as usize].prev_of_customer,
            ))
        }
        None => Cow::Borrowed(account.orders.intents.keys()),
    };
    let page = page(&keys, &window, |_| elsewhere.is_none());
    Ok(answer(
        account,
        "/v1/payment_intents",
        &page,
        1_700,
        |pen, serial| {
            object(pen, account, Kind::PaymentIntent, serial, &ask.expand);
        },
    ))
}

fn charges(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let customer = customer_filter(account, &mut params)?;
    let intent = filter(account, &mut params, "payment_intent", Kind::PaymentIntent)?;
    let group = params.take("transfer_group");
    params.finish()?;
    let window = ask.window(account, Kind::Charge, created)?;
    let keys = match (intent, customer) {
        (Some(intent), _) => {
            let first = account.intents[intent as usize].last_charge;
            Cow::Owned(chain_keys(
                account,
                Kind::Charge,
                first,
                |account, serial| account.charges[serial as usize].prev_of_intent,
            ))
        }
        (None, Some(customer)) => {
            let first = account.customer(customer).last_charge;
            Cow::Owned(chain_keys(
                account,
                Kind::Charge,
                first,
                |account, serial| account.charges[serial as usize].prev_of_customer,
            ))
        }
        (None, None) => Cow::Borrowed(account.orders.charges.keys()),
    };
    let page = page(&keys, &window, |serial| {
        let it = &account.charges[serial as usize];
        customer.is_none_or(|customer| it.customer == customer) && group.is_none()
    });
    Ok(answer(
        account,
        "/v1/charges",
        &page,
        2_600,
        |pen, serial| {
            object(pen, account, Kind::Charge, serial, &ask.expand);
        },
    ))
}

fn credit_notes(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let customer = customer_filter(account, &mut params)?;
    let invoice = filter(account, &mut params, "invoice", Kind::Invoice)?;
    let elsewhere = params.take("customer_account");
    params.finish()?;
    let window = ask.window(account, Kind::CreditNote, created)?;
    let keys = match (invoice, customer) {
        (Some(invoice), _) => {
            let first = account.invoice(invoice).credit_notes;
            Cow::Owned(chain_keys(
                account,
                Kind::CreditNote,
                first,
                |account, serial| account.credit_notes[serial as usize].prev_of_invoice,
            ))
        }
        (None, Some(customer)) => {
            let first = account.customer(customer).last_credit_note;
            Cow::Owned(chain_keys(
                account,
                Kind::CreditNote,
                first,
                |account, serial| account.credit_notes[serial as usize].prev_of_customer,
            ))
        }
        (None, None) => Cow::Borrowed(account.orders.credit_notes.keys()),
    };
    let page = page(&keys, &window, |serial| {
        let it = &account.credit_notes[serial as usize];
        customer.is_none_or(|customer| it.customer == customer) && elsewhere.is_none()
    });
    Ok(answer(
        account,
        "/v1/credit_notes",
        &page,
        3_000,
        |pen, serial| {
            render::credit_note::credit_note(pen, account, serial, &ask.expand);
        },
    ))
}

fn events(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let kind = params.take("type");
    let kinds = params.take_list("types");
    params.take_bool("delivery_success")?;
    params.finish()?;
    if kinds.len() > 20 {
        return Err(Refusal::invalid_value(
            "types",
            "more than 20",
            "at most 20 types",
        ));
    }
    if kind.is_some() && !kinds.is_empty() {
        return Err(Refusal::invalid_value(
            "types",
            "type and types",
            "type or types",
        ));
    }
    let oldest = account.now.saturating_sub(crate::events::KEPT_SECONDS);
    let within = Range {
        from: created.from.max(oldest),
        ..created
    };
    let window = ask.window(account, Kind::Event, within)?;
    let gone = |cursor: Option<u64>| cursor.is_some_and(|key| ((key >> 32) as u32) < oldest);
    for (is_gone, id, param) in [
        (gone(window.after), &ask.after, "starting_after"),
        (gone(window.before), &ask.before, "ending_before"),
    ] {
        if is_gone {
            return Err(Refusal::missing_param(
                "event",
                id.as_deref().unwrap_or(""),
                param,
            ));
        }
    }
    let matches = |wanted: &str, name: &str| match wanted.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => wanted == name,
    };
    let page = page(account.orders.events.keys(), &window, |serial| {
        let name = account.events[serial as usize].kind.as_str();
        kind.as_ref().is_none_or(|kind| matches(kind, name))
            && (kinds.is_empty() || kinds.iter().any(|kind| matches(kind, name)))
    });
    Ok(answer(
        account,
        "/v1/events",
        &page,
        4_000,
        |pen, serial| {
            render::event::event(pen, account, serial);
        },
    ))
}

/// Every key of a list, for the account's own truth.
pub(crate) fn all(timeline: &Timeline) -> impl Iterator<Item = u32> + '_ {
    timeline
        .keys()
        .iter()
        .rev()
        .map(|key| crate::timeline::serial(*key))
}
