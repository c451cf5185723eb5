//! What a process decided that may not write to the books: notes in the account's folder, which
//! the process that writes puts into the ledger, each exactly once.
//!
//! A note is sealed with a key that follows from the books' own, so that nobody without the books
//! can put an entry into their ledger. It is deleted only after its entry is on the disk; one that
//! is found again, after a power cut or because somebody copied it back, is told by its id.

use std::path::{Path, PathBuf};

use books::{Books, BooksKey, Entry, Ledger as _};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{Key, KeyInit as _, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Mutex;

use crate::accounts::{make_private_dir, read_json, write_json};
use crate::{Code, Error, Result};

/// The version of this form.
const FORM: u32 = 1;
/// What the sealing key is for, beside the books' key that it follows from.
const PURPOSE: &[u8] = b"Meterdesk outbox 1";
/// The end of a note's file name.
const NOTE: &str = "note";
/// Notes that are taken in at once; the others follow next time.
const MOST_NOTES: usize = 1_000;
/// Entries of the ledger that are looked at together.
const ENTRIES: u32 = 500;

/// The notes beside one account's books.
pub(crate) struct Outbox {
    folder: PathBuf,
    cipher: XChaCha20Poly1305,
    /// One at a time takes notes in.
    taking: Mutex<()>,
}

impl std::fmt::Debug for Outbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outbox")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// The file of a note. Nothing in it can be read or made without the books' key.
#[derive(Serialize, Deserialize)]
struct Sealed {
    form: u32,
    /// 24 bytes, hexadecimal.
    nonce: String,
    /// Ciphertext and tag, hexadecimal.
    sealed: String,
}

/// What becomes an entry of the ledger.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    id: String,
    at: i64,
    author: String,
    kind: String,
    payload: Value,
    /// The ledger's last entry when it was written: its own comes behind.
    after: i64,
}

impl Outbox {
    pub fn new(folder: PathBuf, key: &BooksKey) -> Self {
        let mut hash = Sha256::new();
        hash.update(PURPOSE);
        hash.update(key.expose());
        Self {
            folder,
            cipher: XChaCha20Poly1305::new(&Key::from(<[u8; 32]>::from(hash.finalize()))),
            taking: Mutex::default(),
        }
    }

    /// The id of a note that can be written; an error where the folder cannot.
    pub fn reserve(&self) -> Result<String> {
        make_private_dir(&self.folder)?;
        let mut id = [0_u8; 16];
        getrandom::fill(&mut id).map_err(|_| no_randomness())?;
        Ok(hex::encode(id))
    }

    /// Writes a note, on the disk when the answer comes.
    pub async fn write(
        &self,
        books: &Books,
        id: String,
        (at, author): (i64, &str),
        (kind, payload): (&str, Value),
    ) -> Result<()> {
        let after = books.ledger().head().await?.map_or(0, |head| head.sequence);
        let note = Note {
            id,
            at,
            author: author.to_owned(),
            kind: kind.to_owned(),
            payload,
            after,
        };
        write_json(&self.path(&note.id), &self.seal(&note)?)
    }

    /// Puts every note into the ledger of these books, which this process writes; says how many.
    pub async fn take_in(&self, books: &Books, now: i64) -> Result<u64> {
        let _one = self.taking.lock().await;
        let mut taken = 0;
        for note in self.notes() {
            if !recorded(books, &note).await? {
                let mut payload = note.payload;
                if let Some(fields) = payload.as_object_mut() {
                    fields.insert("note".into(), json!(note.id));
                    fields.insert("noted_at".into(), json!(note.at));
                }
                let entry = Entry::new(now, &note.author, &note.kind, payload);
                books.ledger().append(entry).await?;
                taken += 1;
            }
            let path = self.path(&note.id);
            std::fs::remove_file(&path).map_err(|error| {
                crate::accounts::io_error("A note could not be removed", &path, &error)
            })?;
        }
        Ok(taken)
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(id).with_extension(NOTE)
    }

    /// Every note that can be read, oldest first. Others stay where they are, and the log says so.
    fn notes(&self) -> Vec<Note> {
        let Ok(files) = std::fs::read_dir(&self.folder) else {
            // There is none until the first note.
            return Vec::new();
        };
        let paths = files.filter_map(|file| Some(file.ok()?.path()));
        let mut notes: Vec<Note> = paths
            .filter(|path| path.extension().is_some_and(|end| end == NOTE))
            .take(MOST_NOTES)
            .filter_map(|path| match self.read(&path) {
                Ok(note) => Some(note),
                Err(error) => {
                    tracing::warn!(note = %path.display(), %error, "a note was left");
                    None
                }
            })
            .collect();
        notes.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        notes
    }

    fn seal(&self, note: &Note) -> Result<Sealed> {
        let mut nonce = [0_u8; 24];
        getrandom::fill(&mut nonce).map_err(|_| no_randomness())?;
        let text = serde_json::to_vec(note).map_err(|_| unreadable())?;
        let payload = Payload {
            msg: &text,
            aad: note.id.as_bytes(),
        };
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        Ok(Sealed {
            form: FORM,
            nonce: hex::encode(nonce),
            sealed: hex::encode(sealed.map_err(|_| unreadable())?),
        })
    }

    fn read(&self, path: &Path) -> Result<Note> {
        let id = path.file_stem().and_then(|stem| stem.to_str());
        let id = id.ok_or_else(unreadable)?;
        let file: Sealed = read_json(path)?;
        let mut nonce = [0_u8; 24];
        hex::decode_to_slice(&file.nonce, &mut nonce).map_err(|_| unreadable())?;
        let sealed = hex::decode(&file.sealed).map_err(|_| unreadable())?;
        let payload = Payload {
            msg: &sealed,
            aad: id.as_bytes(),
        };
        let text = self.cipher.decrypt(XNonce::from_slice(&nonce), payload);
        let text = text.map_err(|_| unreadable())?;
        serde_json::from_slice::<Note>(&text)
            .ok()
            .filter(|note| file.form == FORM && note.id == id)
            .ok_or_else(unreadable)
    }
}

/// Does the ledger hold the note's entry already?
async fn recorded(books: &Books, note: &Note) -> Result<bool> {
    let mut before = None;
    loop {
        let rows = books.ledger().rows(before, ENTRIES).await?;
        let behind = rows.iter().take_while(|row| row.sequence > note.after);
        for row in behind {
            if row.payload.get("note").and_then(Value::as_str) == Some(note.id.as_str()) {
                return Ok(true);
            }
        }
        match rows.last() {
            Some(last) if last.sequence > note.after => before = Some(last.sequence),
            _ => return Ok(false),
        }
    }
}

fn unreadable() -> Error {
    Error::new(
        Code::Failed,
        "A note beside the books could not be read",
        "It is not of these books, or it was changed",
        "Look at it with whoever can write into the account's folder",
    )
}

fn no_randomness() -> Error {
    Error::new(
        Code::Failed,
        "The note was not written",
        "The operating system gave no randomness",
        "Try again",
    )
}
