//! A file's way into the books: one thread reads and checks rows, the books write them.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use billing::period::Zone;
use books::{
    Books, NewUsageBatch, UsageChunk, UsageEntry, UsageImportMode, UsageSource, UsageTaken,
};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::error::{Result, UsageError};
use crate::findings::Findings;
use crate::mapping::Mapping;
use crate::rows::{Context, Rows};
use crate::table::{Step, Table};

/// Rows that are written together: they are ordered by their keys, so that an index of ten million
/// is gone through once for each chunk. About 100 bytes a row.
const CHUNK_ROWS: usize = 250_000;
/// Rows that are shown of a file.
const SHOWN_ROWS: usize = 20;
/// Rows by which a mapping is proposed.
const SAMPLED_ROWS: usize = 200;

/// A file as a person first sees it.
#[derive(Debug)]
pub struct Opened {
    /// Its columns.
    pub columns: Vec<String>,
    /// The first rows' cells, at most 20 of them.
    pub rows: Vec<Vec<String>>,
    /// Which column is what, as far as it can be told.
    pub proposed: Mapping,
}

/// What is to be imported, and how.
#[derive(Debug)]
pub struct ImportRequest {
    /// The file.
    pub path: PathBuf,
    /// The source, which is the scope of its keys.
    pub source: UsageSource,
    /// Which column is what.
    pub mapping: Mapping,
    /// What happens where something is wrong.
    pub mode: UsageImportMode,
    /// Only so many rows; for a look at them.
    pub first_rows: Option<u64>,
    /// The company's zone.
    pub zone: Zone,
    /// UTC seconds.
    pub now: i64,
    /// Who decided it.
    pub author: String,
}

/// How far an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportProgress {
    /// Rows that are written.
    pub rows: u64,
}

/// What an import came to.
#[derive(Debug)]
pub struct Imported {
    /// What the books took.
    pub taken: UsageTaken,
    /// What is wrong with rows, or noteworthy.
    pub findings: Findings,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
}

/// Opens a file, and proposes a mapping by its headings and first rows.
///
/// # Errors
/// [`UsageError::Read`], [`UsageError::Empty`], [`UsageError::RowTooLong`].
pub async fn open(books: &Books, path: &Path) -> Result<Opened> {
    let (tenants, types) = (books.usage_tenants().await?, books.usage_types().await?);
    let path = path.to_path_buf();
    blocking(move || {
        let mut table = Table::open(&path)?;
        let mut rows = Vec::new();
        while rows.len() < SAMPLED_ROWS {
            match table.step()? {
                Step::End => break,
                Step::Fault(..) => {}
                Step::Row(_) => rows.push(
                    (0..table.columns().len())
                        .map(|column| String::from_utf8_lossy(table.cell(column)).into_owned())
                        .collect::<Vec<_>>(),
                ),
            }
        }
        let proposed = crate::propose(table.columns(), &rows, &tenants, &types);
        rows.truncate(SHOWN_ROWS);
        Ok(Opened {
            columns: table.columns().to_vec(),
            rows,
            proposed,
        })
    })
    .await
}

/// Takes a file into the books, or says what would come of it. Constant memory, however many rows.
///
/// # Errors
/// [`UsageError::Mapping`], and those of reading the file and of writing the books. Nothing is
/// changed then.
pub async fn import(
    books: &Books,
    request: ImportRequest,
    told: &(dyn Fn(ImportProgress) + Send + Sync),
    cancel: &CancellationToken,
) -> Result<Imported> {
    let path = request.path.clone();
    let stop = cancel.clone();
    let (sha256, seen) = blocking(move || hash(&path, &stop)).await?;
    let context = Context {
        source: request.source.num,
        tenants: books.usage_tenants().await?,
        types: books.usage_types().await?,
        now: request.now,
        zone: request.zone,
    };
    let columns = key_columns(&request.mapping);
    let batch = batch_of(&request, sha256)?;
    // One chunk is read while another is written.
    let (send, receive) = mpsc::channel(1);
    let (path, mapping, most) = (request.path, request.mapping, request.first_rows);
    let reading = tokio::task::spawn_blocking(move || {
        let findings = read(&path, &mapping, Arc::new(context), most, &send)?;
        if Seen::of(&path)? != seen {
            return Err(UsageError::Changed { path });
        }
        // Only now: what changed meanwhile must not be kept.
        let _ = send.blocking_send(UsageChunk::new(findings.1, findings.2, true));
        Ok(findings.0)
    });
    let listener = |rows| told(ImportProgress { rows });
    let taken = books.take_in_usage(batch, receive, &listener, cancel).await;
    let read = reading.await.map_err(|_| UsageError::Cancelled)?;
    let taken = match (taken, &read) {
        (Ok(taken), _) => taken,
        // The reader's reason why the last chunk never came.
        (Err(books::BooksError::Cancelled), Err(_)) if !cancel.is_cancelled() => {
            return Err(read.err().unwrap_or(UsageError::Cancelled));
        }
        (Err(books::BooksError::Cancelled), _) => return Err(UsageError::Cancelled),
        (Err(error), _) => return Err(error.into()),
    };
    let mut findings = match read {
        Ok(findings) => findings,
        // Nothing was looked at.
        Err(_) if taken.same_content_as.is_some() => Findings::default(),
        Err(error) => return Err(error),
    };
    findings.add_problems(&taken.problems, [&columns.0, &columns.1]);
    Ok(Imported {
        taken,
        findings,
        sha256,
    })
}

fn key_columns(mapping: &Mapping) -> (String, String) {
    (
        mapping.key.join(", "),
        mapping.corrects.clone().unwrap_or_default(),
    )
}

fn batch_of(request: &ImportRequest, sha256: [u8; 32]) -> Result<NewUsageBatch> {
    let name = request
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy();
    let remembered = request.source.mapping.as_deref();
    let remembered: Option<Mapping> = remembered.and_then(|json| serde_json::from_str(json).ok());
    Ok(NewUsageBatch {
        source: request.source.num,
        name: name.into_owned(),
        // A part of a file is not the file.
        content_hash: request.first_rows.is_none().then_some(sha256),
        same_mapping: remembered.as_ref() == Some(&request.mapping),
        now: request.now,
        zone: request.zone,
        author: request.author.clone(),
        mode: request.mode,
    })
}

/// Reads and checks rows and sends them in chunks; gives the findings, and the rows and the number
/// of refused ones that were not sent yet.
fn read(
    path: &Path,
    mapping: &Mapping,
    context: Arc<Context>,
    most: Option<u64>,
    send: &mpsc::Sender<UsageChunk>,
) -> Result<(Findings, Vec<UsageEntry>, u64)> {
    let mut table = Table::open(path)?;
    let mut rows = Rows::new(mapping, table.columns(), context)?;
    let mut findings = Findings::default();
    let (mut chunk, mut refused, mut count) = (Vec::new(), 0, 0_u64);
    while most.is_none_or(|most| count < most) {
        match table.step()? {
            Step::End => break,
            Step::Fault(line, kind) => {
                findings.add(line, None, table.cell(0), kind);
                refused += 1;
            }
            Step::Row(line) => match rows.read(&table, line, &mut findings) {
                Some(row) => chunk.push(row),
                None => refused += 1,
            },
        }
        count += 1;
        if chunk.len() == CHUNK_ROWS {
            let full = std::mem::replace(&mut chunk, Vec::with_capacity(CHUNK_ROWS));
            if send
                .blocking_send(UsageChunk::new(full, refused, false))
                .is_err()
            {
                return Err(UsageError::Cancelled);
            }
            refused = 0;
        }
    }
    if count == 0 {
        return Err(UsageError::Empty {
            path: path.to_path_buf(),
        });
    }
    Ok((findings, chunk, refused))
}

/// What a file looks like from outside.
#[derive(Debug, PartialEq, Eq)]
struct Seen {
    bytes: u64,
    modified: Option<std::time::SystemTime>,
}

impl Seen {
    fn of(path: &Path) -> Result<Self> {
        let metadata = std::fs::metadata(path).map_err(UsageError::read(path))?;
        Ok(Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

fn hash(path: &Path, stop: &CancellationToken) -> Result<([u8; 32], Seen)> {
    let seen = Seen::of(path)?;
    let mut file = File::open(path).map_err(UsageError::read(path))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        let read = file.read(&mut buffer).map_err(UsageError::read(path))?;
        if read == 0 {
            return Ok((hash.finalize().into(), seen));
        }
        if stop.is_cancelled() {
            return Err(UsageError::Cancelled);
        }
        hash.update(buffer.get(..read).unwrap_or_default());
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        // It panicked; its message is in the log.
        Err(_) => Err(UsageError::Cancelled),
    }
}
