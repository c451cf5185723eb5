//! Files of events, taken in through the door that webhooks use, but unsigned.
//!
//! A file holds events as JSON: one, several behind each other (JSON lines), an array, or a list
//! as Stripe answers it. The whole file is checked before its first event is stored.

use std::path::{Path, PathBuf};

use books::{Books, BooksError, NewEvent, Queued, Road};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// The largest file that is read.
pub const IMPORT_MAX: u64 = 256 << 20;
/// Events that are stored in one transaction.
const BATCH: usize = 1_000;

/// What an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Events in the file.
    pub events: u64,
    /// Events that the log did not hold.
    pub new: u64,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

/// Why nothing of a file was taken in. Lines and columns count from 1.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It could not be read.
    #[error("{} could not be read: {reason}", .path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// It is longer than [`IMPORT_MAX`].
    #[error("{} is longer than 256 MiB; split it by lines", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Nothing is in it.
    #[error("{} holds no event", .path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Something in it is no event.
    #[error("{}, line {line}, column {column}: {reason}", .path.display())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// Where.
        column: usize,
        /// What is wrong there.
        reason: String,
    },
    /// The books could not be written; what was stored before stays, and a second import goes on.
    #[error(transparent)]
    Books(#[from] BooksError),
}

/// Stores a file's events, each once however often it is imported. They wait to be applied, and
/// their objects are read again at Stripe: what an unsigned file says is a hint, not a fact.
///
/// # Errors
/// [`ImportError`]; for a file that is wrong anywhere nothing is stored.
pub async fn import_events(
    books: &Books,
    path: &Path,
    received_at: i64,
) -> Result<Imported, ImportError> {
    let owned = path.to_owned();
    let read = tokio::task::spawn_blocking(move || read(&owned, received_at)).await;
    let (events, sha256) = read.map_err(|error| ImportError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    })??;
    check_mode(books, path, &events).await?;
    let mut queued = Queued::default();
    for batch in events.chunks(BATCH) {
        let done = books.queue_events(batch, &[]).await?;
        queued.new += done.new;
    }
    Ok(Imported {
        events: events.len() as u64,
        new: queued.new,
        sha256,
    })
}

/// Refuses a file with an event of the other mode before anything of it is stored.
async fn check_mode(books: &Books, path: &Path, events: &[NewEvent]) -> Result<(), ImportError> {
    let Some(live) = books.livemode().await? else {
        return Ok(());
    };
    let stranger = events
        .iter()
        .find(|event| event.livemode.is_some_and(|mode| mode != live));
    match stranger {
        None => Ok(()),
        Some(event) => Err(BooksError::WrongMode {
            expected_live: live,
            id: format!("{} in {}", event.id, path.display()),
        }
        .into()),
    }
}

fn read(path: &Path, received_at: i64) -> Result<(Vec<NewEvent>, [u8; 32]), ImportError> {
    let unreadable = |error: std::io::Error| ImportError::Unreadable {
        path: path.to_owned(),
        reason: error.to_string(),
    };
    if std::fs::metadata(path).map_err(unreadable)?.len() > IMPORT_MAX {
        return Err(ImportError::TooLarge {
            path: path.to_owned(),
        });
    }
    let file = File {
        path,
        text: Bytes::from(std::fs::read(path).map_err(unreadable)?),
    };
    let events = file.events(received_at)?;
    if events.is_empty() {
        return Err(ImportError::Empty {
            path: path.to_owned(),
        });
    }
    Ok((events, Sha256::digest(&file.text).into()))
}

/// A list as Stripe answers it.
#[derive(Deserialize)]
struct Page<'a> {
    object: &'a str,
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
}

struct File<'a> {
    path: &'a Path,
    text: Bytes,
}

impl File<'_> {
    fn events(&self, received_at: i64) -> Result<Vec<NewEvent>, ImportError> {
        let values = serde_json::Deserializer::from_slice(&self.text).into_iter::<&RawValue>();
        let mut events = Vec::new();
        for value in values {
            let value = value.map_err(|error| ImportError::Wrong {
                path: self.path.to_owned(),
                line: error.line(),
                column: error.column(),
                reason: "this is no JSON".to_owned(),
            })?;
            for item in self.items(value)? {
                events.push(self.event(item, received_at)?);
            }
        }
        Ok(events)
    }

    /// The events of one value: its items where it is an array or a list, else itself.
    fn items<'t>(&self, value: &'t RawValue) -> Result<Vec<&'t RawValue>, ImportError> {
        if value.get().starts_with('[') {
            return serde_json::from_str(value.get())
                .map_err(|error| self.wrong(value, &error.to_string()));
        }
        Ok(match serde_json::from_str::<Page<'t>>(value.get()) {
            Ok(page) if page.object == "list" => page.data,
            _ => vec![value],
        })
    }

    fn event(&self, item: &RawValue, received_at: i64) -> Result<NewEvent, ImportError> {
        let body = self.text.slice_ref(item.get().as_bytes());
        NewEvent::read(body, Road::File, false, received_at)
            .map_err(|error| self.wrong(item, &error.to_string()))
    }

    /// What is wrong with the value, and where it begins.
    fn wrong(&self, value: &RawValue, reason: &str) -> ImportError {
        let offset = (value.get().as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let before = &self.text[..offset.min(self.text.len())];
        let line_start = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
        ImportError::Wrong {
            path: self.path.to_owned(),
            line: memchr::memchr_iter(b'\n', before).count() + 1,
            column: offset - line_start + 1,
            reason: reason.to_owned(),
        }
    }
}
