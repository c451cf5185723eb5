//! Idempotency keys: the first answer is remembered for a day and given again.

use std::collections::HashMap;
use std::sync::Mutex;

use crate::server::answer::{Answer, Refusal};

/// How long a key is remembered, in seconds of the account's clock.
const KEPT_SECONDS: u32 = 86_400;

/// The most keys that are remembered at once; the oldest go first.
const MAX_KEYS: usize = 100_000;

/// The longest key that Stripe takes.
pub(crate) const MAX_KEY_LENGTH: usize = 255;

#[derive(Debug)]
struct Entry {
    request: String,
    since: u32,
    /// Nothing while the first request is still running.
    answer: Option<Answer>,
}

/// The keys seen so far.
#[derive(Debug, Default)]
pub(crate) struct Replays(Mutex<HashMap<String, Entry>>);

/// What to do with a request that carries a key.
#[derive(Debug)]
pub(crate) enum Begin {
    /// It is the first: do it, then `finish` or `forget`.
    First,
    /// It was done before: give this answer again.
    Replay(Answer),
}

impl Replays {
    /// Registers `request` under `key` at `now`.
    pub(crate) fn begin(&self, key: &str, request: String, now: u32) -> Result<Begin, Refusal> {
        let mut entries = crate::locked(&self.0);
        if let Some(entry) = entries.get(key)
            && now.saturating_sub(entry.since) < KEPT_SECONDS
        {
            if entry.request != request {
                return Err(Refusal::key_reused(key));
            }
            let Some(answer) = &entry.answer else {
                return Err(Refusal::key_in_use(key));
            };
            let mut answer = answer.clone();
            answer
                .headers
                .push(("Idempotent-Replayed", "true".to_owned()));
            return Ok(Begin::Replay(answer));
        }
        if entries.len() >= MAX_KEYS {
            entries.retain(|_, entry| now.saturating_sub(entry.since) < KEPT_SECONDS / 24);
        }
        entries.insert(
            key.to_owned(),
            Entry {
                request,
                since: now,
                answer: None,
            },
        );
        Ok(Begin::First)
    }

    /// Remembers the answer.
    pub(crate) fn finish(&self, key: &str, answer: &Answer) {
        if let Some(entry) = crate::locked(&self.0).get_mut(key) {
            entry.answer = Some(answer.clone());
        }
    }

    /// Forgets a request that never began.
    pub(crate) fn forget(&self, key: &str) {
        crate::locked(&self.0).remove(key);
    }
}
