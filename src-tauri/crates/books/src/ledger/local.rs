//! The ledger's first home: two tables of the local file, written by the durable connection.

use std::collections::BTreeMap;

use futures::TryStreamExt as _;
use futures::future::BoxFuture;
use sqlx::{FromRow, SqliteConnection};

use super::{
    Broken, CanonicalEntry, Entry, Head, Ledger, LedgerRow, Verified, canonical_json, personal_hash,
};
use crate::books::Books;
use crate::error::{BooksError, Result};
use crate::key::random;

/// Entries a read gives at most.
const MAX_ROWS: u32 = 1_000;
/// Bytes of a payload, or of personal data, at most.
const MAX_BODY_BYTES: usize = 1 << 20;
/// What the first entry holds in place of the hash before it.
const GENESIS: [u8; 32] = [0; 32];

/// The ledger in the books' own file.
#[derive(Debug, Clone)]
pub struct LocalLedger {
    books: Books,
}

#[derive(FromRow)]
struct Stored {
    sequence: i64,
    origin: String,
    at: i64,
    author: String,
    kind: String,
    payload: String,
    personal_hash: Option<Vec<u8>>,
    previous: Vec<u8>,
    hash: Vec<u8>,
    salt: Option<Vec<u8>>,
    body: Option<String>,
    erased_at: Option<i64>,
}

impl Stored {
    fn canonical(&self) -> CanonicalEntry<'_> {
        CanonicalEntry {
            sequence: self.sequence,
            origin: &self.origin,
            at: self.at,
            author: &self.author,
            kind: &self.kind,
            payload: &self.payload,
            personal: self.personal_hash.as_deref(),
            previous: &self.previous,
        }
    }

    /// Why this entry does not follow `previous`, if it does not.
    fn fault(&self, previous: Option<Head>) -> Option<&'static str> {
        let (sequence, hash) = previous.map_or((1, GENESIS), |h| (h.sequence + 1, h.hash));
        if self.sequence != sequence {
            return Some("an entry before it is missing");
        }
        if self.previous != hash {
            return Some("it does not continue the entry before it");
        }
        if self.hash != self.canonical().hash() {
            return Some("its content was changed");
        }
        match (&self.personal_hash, &self.salt, &self.body) {
            (Some(expected), Some(salt), Some(body)) => (personal_hash(salt, body).as_slice()
                != expected.as_slice())
            .then_some("its personal data was changed"),
            (Some(_), _, _) if self.erased_at.is_none() => Some("its personal data is missing"),
            _ => None,
        }
    }
}

impl LocalLedger {
    pub(crate) fn new(books: Books) -> Self {
        Self { books }
    }

    async fn append_entry(&self, entry: Entry) -> Result<Head> {
        let mut writer = self.books.writer().await?;
        let mut transaction = writer.durable_transaction().await?;
        let head = append_within(&mut transaction, self.books.origin(), &entry).await?;
        transaction.commit().await?;
        Ok(head)
    }

    async fn verify_all(&self) -> Result<Verified> {
        let mut reader = self.books.reader().await?;
        let mut rows = sqlx::query_as::<_, Stored>(
            "SELECT l.sequence, l.origin, l.at, l.author, l.kind, l.payload, l.personal_hash, \
             l.previous, l.hash, p.salt, p.body, p.erased_at \
             FROM ledger l LEFT JOIN ledger_personal p ON p.sequence = l.sequence \
             ORDER BY l.sequence",
        )
        .fetch(&mut *reader);
        let mut verified = Verified {
            entries: 0,
            head: None,
            erased: 0,
            broken: None,
        };
        while let Some(row) = rows.try_next().await? {
            if let Some(why) = row.fault(verified.head) {
                verified.broken = Some(Broken {
                    sequence: row.sequence,
                    why: why.to_owned(),
                });
                break;
            }
            verified.entries += 1;
            verified.erased += u64::from(row.erased_at.is_some());
            verified.head = Some(Head {
                sequence: row.sequence,
                hash: hash_of(&row.hash)?,
            });
        }
        Ok(verified)
    }

    async fn read_rows(&self, before: Option<i64>, count: u32) -> Result<Vec<LedgerRow>> {
        let mut reader = self.books.reader().await?;
        let rows = sqlx::query_as::<_, Stored>(
            "SELECT l.sequence, l.origin, l.at, l.author, l.kind, l.payload, l.personal_hash, \
             l.previous, l.hash, p.salt, p.body, p.erased_at \
             FROM ledger l LEFT JOIN ledger_personal p ON p.sequence = l.sequence \
             WHERE l.sequence < ?1 ORDER BY l.sequence DESC LIMIT ?2",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(count.min(MAX_ROWS)))
        .fetch_all(&mut *reader)
        .await?;
        rows.into_iter().map(to_row).collect()
    }
}

impl Ledger for LocalLedger {
    fn append(&self, entry: Entry) -> BoxFuture<'_, Result<Head>> {
        Box::pin(self.append_entry(entry))
    }

    fn head(&self) -> BoxFuture<'_, Result<Option<Head>>> {
        Box::pin(async {
            let mut reader = self.books.reader().await?;
            head_within(&mut reader).await
        })
    }

    fn verify(&self) -> BoxFuture<'_, Result<Verified>> {
        Box::pin(self.verify_all())
    }

    fn rows(&self, before: Option<i64>, count: u32) -> BoxFuture<'_, Result<Vec<LedgerRow>>> {
        Box::pin(self.read_rows(before, count))
    }
}

fn to_row(stored: Stored) -> Result<LedgerRow> {
    let damaged = || BooksError::Damaged {
        detail: format!("ledger entry {}", stored.sequence),
    };
    let personal: Option<BTreeMap<String, String>> = match &stored.body {
        Some(body) => Some(serde_json::from_str(body).map_err(|_| damaged())?),
        None => None,
    };
    Ok(LedgerRow {
        payload: serde_json::from_str(&stored.payload).map_err(|_| damaged())?,
        personal,
        hash: hash_of(&stored.hash)?,
        sequence: stored.sequence,
        origin: stored.origin,
        at: stored.at,
        author: stored.author,
        kind: stored.kind,
    })
}

fn hash_of(bytes: &[u8]) -> Result<[u8; 32]> {
    bytes.try_into().map_err(|_| BooksError::Damaged {
        detail: "a ledger hash is not 32 bytes".to_owned(),
    })
}

pub(crate) async fn head_within(connection: &mut SqliteConnection) -> Result<Option<Head>> {
    let row: Option<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT sequence, hash FROM ledger ORDER BY sequence DESC LIMIT 1")
            .fetch_optional(connection)
            .await?;
    row.map(|(sequence, hash)| {
        Ok(Head {
            sequence,
            hash: hash_of(&hash)?,
        })
    })
    .transpose()
}

/// Appends an entry within the caller's transaction.
pub(crate) async fn append_within(
    connection: &mut SqliteConnection,
    origin: &str,
    entry: &Entry,
) -> Result<Head> {
    let payload = canonical_json(&entry.payload)?;
    let personal = entry.personal.as_ref().map(|p| serde_json::json!(p.fields));
    let personal = personal.as_ref().map(canonical_json).transpose()?;
    if payload.len().max(personal.as_ref().map_or(0, String::len)) > MAX_BODY_BYTES {
        return Err(BooksError::invalid("a ledger entry is larger than 1 MB"));
    }
    let mut salt = [0_u8; 16];
    random(&mut salt)?;
    let personal_hash = personal.as_ref().map(|body| personal_hash(&salt, body));
    let last = head_within(connection).await?;
    let (sequence, previous) = last.map_or((1, GENESIS), |head| (head.sequence + 1, head.hash));
    let hash = CanonicalEntry {
        sequence,
        origin,
        at: entry.at,
        author: &entry.author,
        kind: &entry.kind,
        payload: &payload,
        personal: personal_hash.as_ref().map(<[u8; 32]>::as_slice),
        previous: &previous,
    }
    .hash();
    sqlx::query(
        "INSERT INTO ledger (sequence, origin, at, author, kind, payload, personal_hash, \
         previous, hash, signature) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )
    .bind(sequence)
    .bind(origin)
    .bind(entry.at)
    .bind(&entry.author)
    .bind(&entry.kind)
    .bind(payload)
    .bind(personal_hash.map(|h| h.to_vec()))
    .bind(previous.to_vec())
    .bind(hash.to_vec())
    .bind(entry.signature.clone())
    .execute(&mut *connection)
    .await?;
    if let (Some(personal), Some(body)) = (&entry.personal, personal) {
        sqlx::query(
            "INSERT INTO ledger_personal (sequence, subject, salt, body) VALUES (?1, ?2, ?3, ?4)",
        )
        .bind(sequence)
        .bind(&personal.subject)
        .bind(salt.to_vec())
        .bind(body)
        .execute(connection)
        .await?;
    }
    Ok(Head { sequence, hash })
}
