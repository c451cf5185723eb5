//! The log of events, what was changed elsewhere, and the webhook listener.

use std::sync::Arc;

use desk::answers::{
    Count, Elsewhere, EventDetail, EventFilter, EventOutcome, EventPage, EventRow, EventsImported,
    WebhookState,
};
use desk::{Desk, Result};

use super::{current, interrupted};
use crate::arguments::{Days, EventListing, Events, Outcome};
use crate::output::{Output, Table, time};
use crate::secrets;

/// The listener's signing secret.
const WEBHOOK_SECRET: &str = "STRIPE_WEBHOOK_SECRET";

pub async fn run(desk: &Desk, command: Events, output: &Output) -> Result<()> {
    current(desk).await?;
    match command {
        Events::List(listing) => {
            let (first, count) = (Count(listing.window.first), Count(listing.window.count));
            let page = desk.events(filter(listing), first, count).await?;
            output.answer(&page, page_words);
        }
        Events::Show { id } => output.answer(&desk.event(id).await?, event_words),
        Events::Import { file } => {
            output.answer(&desk.import_events(file).await?, imported_words);
        }
        Events::Elsewhere(Days { from, to }) => {
            output.answer(&desk.elsewhere(from, to).await?, elsewhere_words);
        }
        Events::Explain { id, explanation } => {
            let event = desk.explain_elsewhere(id, explanation).await?;
            output.answer(&event, event_words);
        }
    }
    Ok(())
}

pub async fn listen(desk: &Desk, port: Option<u16>, output: &Output) -> Result<()> {
    current(desk).await?;
    let printed = Output::new(output.is_json());
    let told = Arc::new(move |state: WebhookState| printed.answer(&state, listening_words));
    let secret = secrets::variable(WEBHOOK_SECRET);
    desk.listen_for_webhooks(port, secret, told, interrupted())
        .await
}

fn filter(listing: EventListing) -> EventFilter {
    EventFilter {
        text: listing.text.unwrap_or_default(),
        type_prefix: listing.type_prefix.unwrap_or_default(),
        object: listing.object.unwrap_or_default(),
        customer: listing.customer.unwrap_or_default(),
        from: listing.days.from,
        to: listing.days.to,
        outcome: listing.outcome.map(|outcome| match outcome {
            Outcome::Waiting => EventOutcome::Waiting,
            Outcome::Payload => EventOutcome::Payload,
            Outcome::Refetched => EventOutcome::Refetched,
            Outcome::Nothing => EventOutcome::Nothing,
            Outcome::Held => EventOutcome::Held,
            Outcome::Failed => EventOutcome::Failed,
        }),
        elsewhere_only: false,
    }
}

fn cells(row: &EventRow) -> Vec<String> {
    let who = row.tenant_name.as_ref().or(row.customer.as_ref());
    vec![
        time(row.created),
        row.words.clone(),
        who.cloned().unwrap_or_default(),
        row.changes.join("; "),
        row.id.clone(),
    ]
}

fn page_words(page: &EventPage) -> String {
    let mut table = Table::new(&["When", "What", "Tenant", "Changes", "Event"]);
    for row in &page.rows {
        table.row(cells(row));
    }
    format!("{}\n{} events.", table.text(), page.total.0)
}

fn event_words(event: &EventDetail) -> String {
    let mut text = format!("{} · {}\n", event.row.words, time(event.row.created));
    if let Some(tenant) = &event.row.tenant_name {
        text.push_str(&format!("Tenant: {tenant}\n"));
    }
    match &event.row.request_id {
        Some(request) if event.row.ours => text.push_str(&format!("Request: {request} (ours)\n")),
        Some(request) => text.push_str(&format!("Request: {request} (not ours)\n")),
        None => text.push_str("Stripe did it by itself\n"),
    }
    for change in &event.row.changes {
        text.push_str(&format!("  {change}\n"));
    }
    if let Some(problem) = &event.row.problem {
        text.push_str(&format!("Not applied: {problem}\n"));
    }
    if let Some(signed) = &event.signed_off {
        let words = signed.explanation.as_deref().unwrap_or("(erased)");
        let (who, when) = (&signed.author, time(signed.at));
        text.push_str(&format!("Explained by {who} on {when}: {words}\n"));
    }
    text.push_str(&event.payload_json);
    text
}

fn imported_words(imported: &EventsImported) -> String {
    format!(
        "{} events, {} of them new. They are applied with the next update.",
        imported.events.0, imported.new.0
    )
}

fn elsewhere_words(elsewhere: &Elsewhere) -> String {
    let mut table = Table::new(&[
        "When", "What", "Tenant", "Changes", "Event", "Request", "By",
    ]);
    for change in elsewhere.days.iter().flat_map(|day| &day.changes) {
        let mut row = cells(&change.event);
        row.push(change.event.request_id.clone().unwrap_or_default());
        let signed = change.signed_off.as_ref();
        row.push(signed.map_or("not explained".into(), |it| it.author.clone()));
        table.row(row);
    }
    let more = if elsewhere.more {
        " More are not shown: choose fewer days."
    } else {
        ""
    };
    format!(
        "{}\n{} not explained.{more}",
        table.text(),
        elsewhere.unexplained.0
    )
}

fn listening_words(state: &WebhookState) -> String {
    match state.last_at {
        None => format!("Listening on {}\nTry: {}", state.address, state.command),
        Some(at) => format!(
            "{} events arrived by webhook, the last at {}; {} wait.",
            state.arrived.0,
            time(at),
            state.waiting.0
        ),
    }
}
