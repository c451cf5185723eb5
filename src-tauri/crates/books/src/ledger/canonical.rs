//! The canonical bytes of an entry: what the chain hashes. Their form never changes.
//!
//! The bytes are UTF-8 JSON without spaces, keys in byte order, of exactly these members:
//! `at` (integer), `author`, `form` ([`FORM`]), `kind`, `origin` (strings), `payload` (JSON whose
//! numbers are integers), `personal` (64 hex digits or null: SHA-256 of salt and personal data),
//! `previous` (64 hex digits; zeros in the first entry), `sequence` (integer).

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::error::{BooksError, Result};

/// Name of the form; another form would be another name.
pub const FORM: &str = "meterdesk-ledger-1";
/// A payload nests no deeper.
const MAX_DEPTH: usize = 16;

/// The members of an entry that the chain vouches for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CanonicalEntry<'a> {
    pub sequence: i64,
    pub origin: &'a str,
    pub at: i64,
    pub author: &'a str,
    pub kind: &'a str,
    /// Canonical JSON already.
    pub payload: &'a str,
    pub personal: Option<&'a [u8]>,
    pub previous: &'a [u8],
}

impl CanonicalEntry<'_> {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let personal = self
            .personal
            .map_or_else(|| "null".to_owned(), |h| quoted(&hex::encode(h)));
        format!(
            "{{\"at\":{},\"author\":{},\"form\":{},\"kind\":{},\"origin\":{},\"payload\":{},\
             \"personal\":{personal},\"previous\":{},\"sequence\":{}}}",
            self.at,
            quoted(self.author),
            quoted(FORM),
            quoted(self.kind),
            quoted(self.origin),
            self.payload,
            quoted(&hex::encode(self.previous)),
            self.sequence,
        )
        .into_bytes()
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.bytes()).into()
    }
}

/// The hash of personal data: salted, so that it cannot be guessed back after an erasure.
pub(crate) fn personal_hash(salt: &[u8], body: &str) -> [u8; 32] {
    Sha256::new()
        .chain_update(salt)
        .chain_update(body.as_bytes())
        .finalize()
        .into()
}

/// JSON without spaces and with keys in byte order; numbers must be integers.
///
/// # Errors
/// [`BooksError::Invalid`] for a fraction or for nesting deeper than 16.
pub fn canonical_json(value: &Value) -> Result<String> {
    let mut out = String::new();
    write(value, &mut out, 0)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String, depth: usize) -> Result<()> {
    if depth > MAX_DEPTH {
        return Err(BooksError::invalid("a ledger payload nests too deeply"));
    }
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => out.push_str(&number.to_string()),
            (None, Some(number)) => out.push_str(&number.to_string()),
            (None, None) => {
                return Err(BooksError::invalid("a ledger payload holds a fraction"));
            }
        },
        Value::String(text) => out.push_str(&quoted(text)),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write(item, out, depth + 1)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_unstable();
            out.push('{');
            for (n, key) in keys.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                out.push_str(&quoted(key));
                out.push(':');
                write(&members[key], out, depth + 1)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// A JSON string: `"`, `\` and control characters escaped, everything else as it is.
fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}
