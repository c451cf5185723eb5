//! The log of events as a person reads it: in words, with what each changed, and what was changed
//! elsewhere, day by day, to be explained.

use std::path::Path;
use std::sync::Arc;

use billing::period::{Zone, day_end, day_of, day_start};
use bytes::Bytes;
use serde_json::json;
use sync::ImportError;

use crate::answers::{
    Count, Elsewhere, ElsewhereChange, ElsewhereDay, EventChange, EventDetail, EventFilter,
    EventOutcome, EventPage, EventRoad, EventRow, EventsImported, SignOff, UnixSeconds,
};
use crate::context::{Inner, Open, dashboard_url};
use crate::reading::{MOST_ROWS, TEXT_LENGTH, day, tables::count};
use crate::{Code, Error, Result, ledger};

/// Changes that are told beside one event at most.
const MOST_CHANGES: usize = 40;
/// Changes made elsewhere that are shown at once.
const MOST_ELSEWHERE: usize = 500;
/// Longest explanation, in letters.
const EXPLANATION_LENGTH: usize = 1_000;

impl Inner {
    pub async fn events(
        self: &Arc<Self>,
        filter: &EventFilter,
        first: u64,
        asked: u64,
    ) -> Result<EventPage> {
        let open = self.open().await?;
        let filter = event_filter(filter, open.zone())?;
        let asked = u32::try_from(asked).unwrap_or(MOST_ROWS).min(MOST_ROWS);
        let page = open.books.events(&filter, first, asked).await?;
        Ok(EventPage {
            total: Count(page.total),
            first: Count(page.first),
            rows: self.event_rows(&open, page.rows).await?,
        })
    }

    pub async fn event(self: &Arc<Self>, id: &str) -> Result<EventDetail> {
        let open = self.open().await?;
        let stored = open.books.event(id).await?;
        let explained = open.books.explanation(id).await?;
        let row = stored.row;
        let path = format!("events/{}", row.id);
        Ok(EventDetail {
            api_version: row.api_version.clone(),
            applied_at: row.applied_at.map(UnixSeconds),
            attempts: count(row.attempts),
            changes: objects::changes_of_event(&stored.body)
                .into_iter()
                .take(MOST_CHANGES)
                .map(change)
                .collect(),
            payload_json: indented(&stored.body),
            dashboard_url: dashboard_url(&open.file(), &path),
            signed_off: explained.map(sign_off),
            elsewhere: row.elsewhere,
            row: event_row(row, &stored.body),
        })
    }

    pub async fn elsewhere(
        self: &Arc<Self>,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<Elsewhere> {
        let open = self.open().await?;
        let zone = open.zone();
        let from = day("from", from)?.map(|day| day_start(day, zone));
        let to = day("to", to)?.map(|day| day_end(day, zone));
        let (rows, mut explained) = open.books.elsewhere(from, to).await?;
        let more = rows.len() >= MOST_ELSEWHERE;
        let mut days: Vec<ElsewhereDay> = Vec::new();
        for event in self.event_rows(&open, rows).await? {
            let day = day_of(event.created.0, zone).to_string();
            if days.last().is_none_or(|last| last.day != day) {
                days.push(ElsewhereDay {
                    day,
                    unexplained: Count(0),
                    changes: Vec::new(),
                });
            }
            let Some(last) = days.last_mut() else {
                continue;
            };
            let signed_off = explained.remove(&event.id).map(sign_off);
            last.unexplained.0 += u64::from(signed_off.is_none());
            last.changes.push(ElsewhereChange { event, signed_off });
        }
        Ok(Elsewhere {
            days,
            unexplained: Count(open.books.unexplained().await?),
            more,
        })
    }

    pub async fn explain_elsewhere(
        self: &Arc<Self>,
        event: &str,
        explanation: &str,
    ) -> Result<EventDetail> {
        const WHAT: &str = "The change was not signed off";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let words = explanation.trim();
        if words.is_empty() {
            let why = "It says nothing yet";
            return Err(Error::invalid("explanation", WHAT, why)
                .then("Say why the change was made, such as a ticket's number"));
        }
        if words.chars().count() > EXPLANATION_LENGTH {
            let why = format!("It has more than {EXPLANATION_LENGTH} letters");
            return Err(Error::invalid("explanation", WHAT, why));
        }
        if !open.books.event(event).await?.row.elsewhere {
            return Err(Error::new(
                Code::Forbidden,
                WHAT,
                "The event tells of no change that was made elsewhere",
                "Nothing needs to be explained",
            ));
        }
        open.books
            .explain_elsewhere(event, &self.config.author, words, self.now())
            .await?;
        self.event(event).await
    }

    pub async fn import_events(self: &Arc<Self>, path: &Path) -> Result<EventsImported> {
        let open = self.open().await?;
        open.writable("The events were not imported")?;
        let _working = self.working();
        let imported = sync::import_events(&open.books, path, self.now())
            .await
            .map_err(import_failed)?;
        let sha256 = hex::encode(imported.sha256);
        let payload = json!({
            "events": imported.events,
            "new": imported.new,
            "sha256": sha256,
        });
        let (author, now) = (&self.config.author, self.now());
        ledger::note(&open, author, now, "events.imported", payload).await?;
        open.arrived.notify_one();
        Ok(EventsImported {
            events: Count(imported.events),
            new: Count(imported.new),
            sha256,
        })
    }

    /// Rows with what each changed: the bodies of one page are read at once.
    pub(crate) async fn event_rows(
        &self,
        open: &Open,
        rows: Vec<books::EventRow>,
    ) -> Result<Vec<EventRow>> {
        let nums: Vec<i64> = rows.iter().map(|row| row.num).collect();
        let mut bodies: std::collections::HashMap<i64, Bytes> =
            open.books.event_bodies(&nums).await?.into_iter().collect();
        let work = move || {
            rows.into_iter()
                .map(|row| {
                    let body = bodies.remove(&row.num).unwrap_or_default();
                    event_row(row, &body)
                })
                .collect()
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| {
            Error::new(
                Code::Failed,
                "The log could not be shown",
                "Reading an event's changes broke down",
                "Run the doctor in the settings",
            )
        })
    }
}

fn event_row(row: books::EventRow, body: &[u8]) -> EventRow {
    let changes = objects::changes_of_event(body);
    EventRow {
        words: words(&row.event_type),
        ours: books::is_ours(row.idempotency_key.as_deref()),
        changes: changes
            .iter()
            .take(MOST_CHANGES)
            .map(ToString::to_string)
            .collect(),
        id: row.id,
        event_type: row.event_type,
        created: UnixSeconds(row.created),
        received_at: UnixSeconds(row.received_at),
        object_kind: row.object_kind,
        object_id: row.object_id,
        customer: row.customer,
        tenant_name: row.tenant,
        request_id: row.request_id,
        road: match row.road {
            books::Road::Poll => EventRoad::Poll,
            books::Road::Webhook => EventRoad::Webhook,
            books::Road::File => EventRoad::File,
        },
        signed: row.signed,
        outcome: outcome(row.outcome),
        problem: row.problem,
    }
}

fn change(change: objects::Change) -> EventChange {
    EventChange {
        field: change.field,
        before: change.before,
        after: change.after,
    }
}

fn sign_off(explained: books::Explanation) -> SignOff {
    SignOff {
        at: UnixSeconds(explained.at),
        author: explained.author,
        explanation: explained.words,
    }
}

fn event_filter(filter: &EventFilter, zone: Zone) -> Result<books::EventFilter> {
    let texts = [
        ("text", &filter.text),
        ("type_prefix", &filter.type_prefix),
        ("object", &filter.object),
        ("customer", &filter.customer),
    ];
    for (place, text) in texts {
        if text.chars().count() > TEXT_LENGTH {
            let why = format!("It has more than {TEXT_LENGTH} letters");
            return Err(Error::invalid(place, "The filter is too long", why));
        }
    }
    let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    Ok(books::EventFilter {
        text: given(&filter.text),
        type_prefix: given(&filter.type_prefix),
        object: given(&filter.object),
        customer: given(&filter.customer),
        from: day("from", filter.from.as_deref())?.map(|day| day_start(day, zone)),
        to: day("to", filter.to.as_deref())?.map(|day| day_end(day, zone)),
        outcome: filter.outcome.map(|wanted| match wanted {
            EventOutcome::Waiting => books::EventOutcome::Waiting,
            EventOutcome::Payload => books::EventOutcome::Payload,
            EventOutcome::Refetched => books::EventOutcome::Refetched,
            EventOutcome::Nothing => books::EventOutcome::Nothing,
            EventOutcome::Held => books::EventOutcome::Held,
            EventOutcome::Failed => books::EventOutcome::Failed,
        }),
        elsewhere_only: filter.elsewhere_only,
    })
}

fn outcome(outcome: books::EventOutcome) -> EventOutcome {
    match outcome {
        books::EventOutcome::Waiting => EventOutcome::Waiting,
        books::EventOutcome::Payload => EventOutcome::Payload,
        books::EventOutcome::Refetched => EventOutcome::Refetched,
        books::EventOutcome::Nothing => EventOutcome::Nothing,
        books::EventOutcome::Held => EventOutcome::Held,
        books::EventOutcome::Failed => EventOutcome::Failed,
    }
}

/// `customer.subscription.updated` → "Subscription updated": the object's own words, and what
/// happened to it.
fn words(event_type: &str) -> String {
    let shorter = ["customer.subscription.", "billing.", "test_helpers."]
        .iter()
        .find(|prefix| event_type.starts_with(**prefix))
        .map_or(event_type, |prefix| {
            let drop = prefix.find('.').map_or(0, |dot| dot + 1);
            &event_type[drop..]
        });
    let text = match shorter {
        "invoice.marked_uncollectible" => "invoice written off".to_owned(),
        "subscription.deleted" => "subscription ended".to_owned(),
        "subscription.trial_will_end" => "subscription's trial ends soon".to_owned(),
        "invoice.upcoming" => "invoice coming up".to_owned(),
        "invoice.will_be_due" => "invoice due soon".to_owned(),
        other => other
            .replace(['.', '_'], " ")
            .replace("invoiceitem", "invoice item"),
    };
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

fn indented(body: &[u8]) -> String {
    serde_json::from_slice::<serde_json::Value>(body)
        .and_then(|value| serde_json::to_string_pretty(&value))
        .unwrap_or_else(|_| String::from_utf8_lossy(body).into_owned())
}

fn import_failed(error: ImportError) -> Error {
    const WHAT: &str = "The events were not imported";
    let next = match &error {
        ImportError::Books(books) => return books_failed(WHAT, books),
        ImportError::Unreadable { .. } => "Choose a file that you may read",
        ImportError::TooLarge { .. } => "Split it by lines and import the parts",
        ImportError::Empty { .. } | ImportError::Wrong { .. } => {
            "Write events as Stripe gives them: one, several lines, an array, or a list"
        }
    };
    Error::invalid("file", WHAT, error.to_string()).then(next)
}

fn books_failed(what: &str, error: &books::BooksError) -> Error {
    Error::new(
        Code::Failed,
        what,
        error.to_string(),
        "What was stored before stays; importing the file again goes on",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_in_words() {
        for (event_type, expected) in [
            ("invoice.paid", "Invoice paid"),
            ("customer.subscription.updated", "Subscription updated"),
            ("customer.subscription.deleted", "Subscription ended"),
            ("customer.updated", "Customer updated"),
            ("billing.credit_grant.created", "Credit grant created"),
            ("invoiceitem.created", "Invoice item created"),
            ("charge.dispute.created", "Charge dispute created"),
            ("something.new_here", "Something new here"),
        ] {
            assert_eq!(words(event_type), expected);
        }
    }
}
