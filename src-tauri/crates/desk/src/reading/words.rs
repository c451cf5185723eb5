//! Pieces that the pages share: days, payments, credit notes, versions in words.

use billing::period::{Zone, day_of};
use billing::{Currency, Money, decline::decline};
use objects::Kind;

use super::amount;
use super::tables::count;
use crate::answers::{CreditNoteView, PaymentView, UnixSeconds, VersionView};

/// `22 Nov 2026`, in the company's zone.
pub(super) fn day(at: i64, zone: Zone) -> String {
    day_of(at, zone).format("%-d %b %Y").to_string()
}

/// `$1,240.00`, or the plain number where the currency is not known.
pub(super) fn money(minor: i64, currency: &str) -> String {
    Currency::parse(currency).map_or_else(
        |_| format!("{minor} {}", currency.to_ascii_uppercase()),
        |currency| Money::new(minor, currency).short_string(),
    )
}

/// `credit_notes` → `Credit notes`.
pub(super) fn sentence_case(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase())
        .into_iter()
        .chain(letters)
        .collect()
}

pub(super) fn payment(payment: books::Payment) -> PaymentView {
    let failed = payment.outcome == "failed";
    PaymentView {
        amount: amount(payment.amount, &payment.currency),
        method: method(&payment),
        reason: failed.then(|| reason(&payment)),
        id: payment.id,
        at: UnixSeconds(payment.at),
        outcome: payment.outcome,
        invoice: payment.invoice,
        invoice_number: payment.invoice_number,
    }
}

/// "Visa •• 4242", or the kind of payment.
fn method(payment: &books::Payment) -> Option<String> {
    match (&payment.card_brand, &payment.card_last4) {
        (Some(brand), Some(last4)) => Some(format!("{} •• {last4}", sentence_case(brand))),
        (Some(brand), None) => Some(sentence_case(brand)),
        (None, _) => payment.method_type.as_deref().map(sentence_case),
    }
}

/// Why it failed, in words; Stripe's code in brackets.
fn reason(payment: &books::Payment) -> String {
    let code = payment
        .decline_code
        .as_deref()
        .or(payment.failure_code.as_deref());
    match code {
        Some(code) => format!("{} ({code})", decline(code).words),
        None => payment
            .failure_message
            .clone()
            .unwrap_or_else(|| "No reason was given".into()),
    }
}

pub(super) fn credit_note(note: books::CreditNote) -> CreditNoteView {
    CreditNoteView {
        total: amount(note.total, &note.currency),
        id: note.id,
        number: note.number,
        status: note.status,
        invoice: note.invoice.unwrap_or_default(),
        effective_at: UnixSeconds(note.effective_at),
        reason: note.reason.as_deref().map(sentence_case),
        memo: note.memo,
    }
}

/// A version with what changed against the one before, in words.
pub(super) fn version(row: &books::VersionRow) -> VersionView {
    let changes = match (&row.before, row.erased_at) {
        (_, Some(_)) => vec!["Personal data was erased from this version".to_owned()],
        (_, None) if row.deleted => vec!["Deleted at Stripe".to_owned()],
        // Seen for the first time: nothing changed.
        (None, None) => Vec::new(),
        (Some(before), None) => objects::diff(row.kind, before, &row.canonical),
    };
    VersionView {
        version: count(row.version),
        object: format!("{} {}", kind_words(row.kind), row.id),
        seen_at: UnixSeconds(row.seen_at),
        source: row.source.as_str().to_owned(),
        changes,
    }
}

fn kind_words(kind: Kind) -> String {
    sentence_case(kind.as_str())
}

/// Key and value of a JSON object of texts, in its own order.
pub(super) fn pairs(json: Option<&str>) -> Vec<(String, String)> {
    let parsed = json.and_then(|json| serde_json::from_str::<serde_json::Value>(json).ok());
    let Some(serde_json::Value::Object(fields)) = parsed else {
        return Vec::new();
    };
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    fields
        .into_iter()
        .map(|(key, value)| (key, text(value)))
        .collect()
}
