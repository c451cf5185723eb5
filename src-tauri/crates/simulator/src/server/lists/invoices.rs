//! Invoices, their lines and their payments.

use std::borrow::Cow;

use crate::account::Account;
use crate::ids::Kind;
use crate::model::{InvoiceStatus, NONE};
use crate::render;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, chain_keys, child_page, customer_filter, filter};
use crate::server::params::{Params, Range};
use crate::server::retrieve::found;
use crate::timeline::page;

pub(super) fn invoices(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
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

pub(super) fn invoice_lines(
    account: &Account,
    id: &str,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
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

pub(super) fn invoice_payments(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
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
