//! The diagnostic file: what support needs, and nothing about anyone.
//!
//! It holds versions, choices, counts, sizes and the last errors. Ids are hashed under a salt
//! that is thrown away, so that two lines about one object can be told to be about one object
//! and nothing more.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::accounts;
use crate::context::Inner;
use crate::{Code, Error, Result};

/// Lines of the log that are looked at, from its end.
const LOG_LINES: usize = 2_000;
/// Lines that are kept.
const KEPT_LINES: usize = 200;
/// A log file is read from this many bytes before its end.
const LOG_BYTES: u64 = 2 << 20;

impl Inner {
    pub async fn diagnostics(self: &Arc<Self>, path: PathBuf) -> Result<String> {
        let hashed = Hashed::new()?;
        let listed = accounts::list(&self.config.data_dir);
        // Where no account can be opened the file says what it can without one.
        let open = self.open().await.ok();
        let mut secrets_of_log = Redaction::new(hashed);
        let mut accounts = Vec::new();
        for file in &listed {
            secrets_of_log.hide(&file.stripe_account);
            secrets_of_log.hide(&file.name);
            secrets_of_log.hide(file.entity());
            accounts.push(json!({
                "account": secrets_of_log.hashed.id(&file.stripe_account),
                "mode": file.mode,
                "key_kind": file.key_kind,
                "secret_home": file.secret_home,
                "loopback": file.api_base.is_some(),
                "zone": file.zone,
                "live_share_percent": file.live_share_percent,
                "open": open.as_ref().is_some_and(|open| open.file().name == file.name),
            }));
        }
        let books = match &open {
            None => Value::Null,
            Some(open) => self.books_facts(open).await?,
        };
        let person = self.person();
        let document = json!({
            "form": 1,
            "app": env!("CARGO_PKG_VERSION"),
            "stripe_api": stripe::API_VERSION,
            "os": std::env::consts::OS,
            "arch": std::env::consts::ARCH,
            "at": self.now(),
            "keyring_available": self.secrets.keyring_available().await,
            "person": {
                "theme": person.theme,
                "comfortable_rows": person.comfortable_rows,
                "lock_after_minutes": person.lock_after_minutes,
            },
            "accounts": accounts,
            "books": books,
            "log": secrets_of_log.last_errors(&self.log_dir()),
        });
        write(&path, &document)?;
        Ok(path.display().to_string())
    }

    async fn books_facts(self: &Arc<Self>, open: &crate::context::Open) -> Result<Value> {
        let status = self.status().await?;
        let mut counts = BTreeMap::new();
        for count in open.books.counts().await? {
            let kind = count.kind.as_str();
            counts.insert(
                kind,
                json!({ "objects": count.objects, "versions": count.versions }),
            );
        }
        let progress = &status.progress;
        let last_error = progress.error.as_ref().map(|error| {
            json!({ "code": error.code, "what": error.what, "request_id": error.request_id })
        });
        let ledger = self.ledger_verify().await?;
        Ok(json!({
            "read_only": open.read_only,
            "file_bytes": status.file_bytes,
            "complete_as_of": status.complete_as_of,
            "reads_this_month": status.reads_this_month,
            "online": status.online,
            "phase": progress.phase,
            "lists": progress.lists,
            "last_error": last_error,
            "counts": counts,
            "ledger": { "entries": ledger.entries, "broken": ledger.broken },
        }))
    }
}

fn write(path: &Path, document: &Value) -> Result<()> {
    let text = serde_json::to_vec_pretty(document).map_err(|error| {
        Error::new(
            Code::Failed,
            "The diagnostic file was not written",
            error.to_string(),
            "",
        )
    })?;
    accounts::write_private(path, &text)
}

/// Hashes ids under a salt that lives as long as one diagnostic file is being made.
struct Hashed {
    salt: [u8; 16],
}

impl Hashed {
    fn new() -> Result<Self> {
        let mut salt = [0_u8; 16];
        getrandom::fill(&mut salt).map_err(|_| {
            Error::new(
                Code::Failed,
                "The diagnostic file was not written",
                "The operating system gave no randomness",
                "Try again",
            )
        })?;
        Ok(Self { salt })
    }

    fn id(&self, id: &str) -> String {
        if id.is_empty() {
            return String::new();
        }
        let digest = Sha256::new()
            .chain_update(self.salt)
            .chain_update(id)
            .finalize();
        format!("#{}", hex::encode(&digest[..6]))
    }
}

/// What is taken out of log lines.
struct Redaction {
    hashed: Hashed,
    hidden: Vec<String>,
}

impl Redaction {
    fn new(hashed: Hashed) -> Self {
        Self {
            hashed,
            hidden: Vec::new(),
        }
    }

    fn hide(&mut self, text: &str) {
        if text.len() > 2 {
            self.hidden.push(text.to_owned());
        }
    }

    /// Warnings and errors of the newest log file, oldest first.
    fn last_errors(&self, folder: &Path) -> Vec<String> {
        let Some(text) = newest_log(folder) else {
            return Vec::new();
        };
        let lines: Vec<&str> = text.lines().collect();
        let mut kept: Vec<String> = lines
            .iter()
            .rev()
            .take(LOG_LINES)
            .filter(|line| line.contains(" WARN ") || line.contains("ERROR "))
            .take(KEPT_LINES)
            .map(|line| self.line(line))
            .collect();
        kept.reverse();
        kept
    }

    /// A line without names, paths, addresses and ids.
    fn line(&self, line: &str) -> String {
        let mut line = line.to_owned();
        for hidden in &self.hidden {
            line = line.replace(hidden.as_str(), "…");
        }
        let words = line.split(' ').map(|word| self.word(word));
        words.collect::<Vec<_>>().join(" ")
    }

    fn word(&self, word: &str) -> String {
        if word.contains('@') {
            return "(e-mail)".into();
        }
        if word.contains('/') && !word.starts_with("/v1/") {
            return "(path)".into();
        }
        // Ids and keys have an underscore and a long tail of letters and digits: `cus_NffrFe…`.
        let mut out = String::new();
        let mut token = String::new();
        for c in word.chars().chain([' ']) {
            if c.is_ascii_alphanumeric() || c == '_' {
                token.push(c);
                continue;
            }
            if looks_like_id(&token) {
                out.push_str(&self.hashed.id(&token));
            } else {
                out.push_str(&token);
            }
            token.clear();
            out.push(c);
        }
        out.trim_end().to_owned()
    }
}

fn looks_like_id(token: &str) -> bool {
    let tail = token.rsplit('_').next().unwrap_or_default();
    let mixed = tail.chars().any(|c| c.is_ascii_digit()) || tail.chars().any(char::is_uppercase);
    token.contains('_') && tail.len() >= 6 && mixed
}

fn newest_log(folder: &Path) -> Option<String> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let logs = std::fs::read_dir(folder)
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path()));
    let newest = logs
        .filter(|path| path.extension().is_some_and(|e| e == "log"))
        .max()?;
    let mut file = std::fs::File::open(newest).ok()?;
    let length = file.metadata().ok()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(LOG_BYTES)))
        .ok()?;
    let mut bytes = Vec::new();
    file.take(LOG_BYTES).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_loses_names_ids_addresses_and_paths() {
        let mut redaction = Redaction::new(Hashed { salt: [7; 16] });
        redaction.hide("Acme GmbH");
        let line = redaction.line(
            "2026-11-22 WARN sync: Acme GmbH object=\"cus_NffrFeUfNV2Hib\" bob@acme.example \
             /home/bob/x.db status=429 rak_customer_read request_id=req_9aB3cD4eF5",
        );
        for gone in ["Acme", "NffrFe", "bob", "9aB3cD"] {
            assert!(!line.contains(gone), "{gone} in {line}");
        }
        for stays in ["WARN", "status=429", "rak_customer_read", "object=\"#"] {
            assert!(line.contains(stays), "{stays} not in {line}");
        }
    }
}
