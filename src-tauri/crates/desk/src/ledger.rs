//! The ledger: what people and policy decided, in words; and the entries that the desk writes.

use std::sync::Arc;

use books::{Entry, Ledger as _};
use serde_json::Value;

use crate::Result;
use crate::answers::{Count, LedgerCheck, LedgerRow, UnixSeconds};
use crate::context::{Inner, Open};
use crate::reading::MOST_ROWS;

/// Appends an entry. `payload` holds ids, hashes and choices: never personal data, never a key.
pub(crate) async fn note(
    open: &Open,
    author: &str,
    at: i64,
    kind: &str,
    payload: Value,
) -> Result<u64> {
    let head = open
        .books
        .ledger()
        .append(Entry::new(at, author, kind, payload))
        .await?;
    Ok(u64::try_from(head.sequence).unwrap_or_default())
}

impl Inner {
    pub async fn ledger_verify(self: &Arc<Self>) -> Result<LedgerCheck> {
        let open = self.open().await?;
        let _working = self.working();
        open.take_in_notes(self.now()).await;
        let verified = open.books.ledger().verify().await?;
        Ok(LedgerCheck {
            entries: Count(verified.entries),
            head: verified
                .head
                .map(|head| hex::encode(head.hash))
                .unwrap_or_default(),
            broken: verified
                .broken
                .map(|broken| format!("Entry {}: {}", broken.sequence, broken.why)),
        })
    }

    pub async fn ledger_rows(self: &Arc<Self>, first: u64, count: u64) -> Result<Vec<LedgerRow>> {
        let open = self.open().await?;
        open.take_in_notes(self.now()).await;
        let count = count.min(u64::from(MOST_ROWS));
        let head = open.books.ledger().head().await?;
        let head = head.map_or(0, |head| head.sequence);
        let skipped = i64::try_from(first).unwrap_or(i64::MAX);
        let before = head.saturating_add(1).saturating_sub(skipped);
        if before <= 0 {
            return Ok(Vec::new());
        }
        let count = u32::try_from(count).unwrap_or(MOST_ROWS);
        let rows = open.books.ledger().rows(Some(before), count).await?;
        Ok(rows.into_iter().map(row).collect::<Vec<_>>())
    }
}

fn row(row: books::LedgerRow) -> LedgerRow {
    LedgerRow {
        sequence: Count(u64::try_from(row.sequence).unwrap_or_default()),
        at: UnixSeconds(row.at),
        words: words_beside(&row.kind, &row.payload),
        author: row.author,
        hash: hex::encode(row.hash),
    }
}

/// [`words`], and whether another process decided it.
fn words_beside(kind: &str, payload: &Value) -> String {
    let words = words(kind, payload);
    match payload.get("note") {
        Some(_) => format!("{words}; noted by a second Meterdesk process"),
        None => words,
    }
}

/// An entry in the words of a finance team. A kind that this version does not know is shown by
/// its name.
fn words(kind: &str, payload: &Value) -> String {
    let text = |name| text(payload, name);
    let number = |name| number(payload, name);
    let sha256 = || short(text("sha256"));
    match kind {
        "account.connected" => format!("Connected {} ({})", text("account"), text("mode")),
        "account.disconnected" => format!("Disconnected {}; its books stay", text("account")),
        "key.replaced" => format!("Replaced the Stripe key by {}", text("key")),
        "lock.changed" => match text("passphrase") {
            "set" => "Set a passphrase for opening the books on this machine".into(),
            "changed" => "Changed the passphrase for opening the books on this machine".into(),
            _ => "Removed the passphrase for opening the books on this machine".into(),
        },
        "recovery.used" => "Opened the books with the recovery key".into(),
        "export.written" => format!(
            "Exported {} ({} rows, {}), SHA-256 {}",
            text("kind"),
            number("rows"),
            text("format"),
            sha256()
        ),
        "statement.written" => format!(
            "Wrote a statement of account for {} ({} rows), SHA-256 {}",
            text("customer"),
            number("rows"),
            sha256()
        ),
        "backup.written" => format!("Wrote a backup, SHA-256 {}", sha256()),
        "backup.restored" => format!("Restored from a backup, SHA-256 {}", sha256()),
        "elsewhere.explained" => format!(
            "Signed off {} on {} (event {}, request {})",
            text("type"),
            text("object"),
            text("event"),
            text("request")
        ),
        "events.imported" => format!(
            "Imported {} events ({} new), SHA-256 {}",
            number("events"),
            number("new"),
            sha256()
        ),
        "webhook.changed" => match payload.get("enabled").and_then(Value::as_bool) {
            Some(true) => format!("Listens for webhooks on port {}", number("port")),
            _ => "No longer listens for webhooks".into(),
        },
        "settings.changed" => format!("Changed settings: {}", text("changes")),
        "tables.rebuilt" => format!("Rebuilt the tables from {} objects", number("objects")),
        "proof.mended" => format!(
            "Mended {} altered, {} missing and {} gone objects that a proof found",
            number("altered"),
            number("missing"),
            number("gone")
        ),
        "usage.imported" => format!(
            "Imported usage as batch {}: {} records, {} kept aside, {} refused",
            number("batch"),
            number("records"),
            number("aside"),
            number("refused")
        ),
        "usage.reversed" => format!(
            "Reversed batch {} of usage: {} records",
            number("batch"),
            number("records")
        ),
        "customer.erased" => format!(
            "Erased the personal data of {} ({} versions): {}",
            text("customer"),
            number("versions"),
            text("reason")
        ),
        other => crate::plans::ledger_words(other, payload).unwrap_or_else(|| other.to_owned()),
    }
}

fn text<'a>(payload: &'a Value, name: &str) -> &'a str {
    payload.get(name).and_then(Value::as_str).unwrap_or("?")
}

fn number(payload: &Value, name: &str) -> u64 {
    let number = payload.get(name).and_then(Value::as_u64);
    number.unwrap_or_default()
}

/// The first twelve letters of a hash: enough to compare by eye.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
