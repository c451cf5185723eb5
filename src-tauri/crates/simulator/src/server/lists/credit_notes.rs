//! Credit notes and their lines.

use std::borrow::Cow;

use crate::account::Account;
use crate::ids::Kind;
use crate::render;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer, chain_keys, child_page, customer_filter, filter};
use crate::server::params::Params;
use crate::server::retrieve::found;
use crate::timeline::page;

pub(super) fn credit_notes(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
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

pub(super) fn credit_note_lines(
    account: &Account,
    id: &str,
    mut params: Params,
) -> Result<Vec<u8>, Refusal> {
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
