//! Events of the last 30 days.

use crate::account::Account;
use crate::ids::Kind;
use crate::render;
use crate::server::answer::Refusal;
use crate::server::lists::{Ask, answer};
use crate::server::params::{Params, Range};
use crate::timeline::page;

pub(super) fn events(account: &Account, mut params: Params) -> Result<Vec<u8>, Refusal> {
    let ask = Ask::take(&mut params)?;
    let created = params.take_range("created")?;
    let kind = params.take("type");
    let kinds = params.take_list("types");
    let delivered = params.take_bool("delivery_success")?;
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
    let gone = |cursor: Option<u64>| {
        cursor.is_some_and(|key| !account.is_listed(crate::timeline::serial(key)))
    };
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
        let event = &account.events[serial as usize];
        let name = event.kind.as_str();
        event.seen_from <= account.now
            && kind.as_ref().is_none_or(|kind| matches(kind, name))
            && delivered.is_none_or(|wanted| wanted == (event.pending_webhooks == 0))
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
