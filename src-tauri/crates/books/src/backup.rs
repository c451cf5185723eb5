//! Backups: the whole book in one file under a passphrase, and back.
//!
//! A backup is a header line in plain text, padded to one page, and behind it a SQLCipher file
//! whose key Argon2id derives from the passphrase. The header says how; it holds no secret.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use tempfile::TempPath;

use crate::books::{Books, check_schema};
use crate::connection::{PAGE_AUTHENTICATION, Role, options};
use crate::error::{BooksError, Result};
use crate::key::{BooksKey, PassphraseHeader};

/// What a backup begins with; another layout would be another number.
const MAGIC: &str = "meterdesk-backup-1";
/// Bytes of the header: the key's derivation, then zeros.
const HEADER_BYTES: usize = 4_096;

impl Books {
    /// Writes a backup of the whole book to `target`, which must not exist. It is complete or
    /// not there at all.
    ///
    /// # Errors
    /// [`BooksError::Exists`], [`BooksError::ReadOnly`], [`BooksError::DiskFull`].
    pub async fn backup_to(&self, target: &Path, passphrase: &SecretString) -> Result<()> {
        if target.exists() {
            return Err(BooksError::Exists {
                path: target.to_path_buf(),
            });
        }
        let header = PassphraseHeader::generate()?;
        let key = derive(passphrase, &header).await?;
        let copy = temporary_beside(target)?;
        let mut connection = self.own_connection().await?;
        let exported = export(&mut connection, &copy, &key).await;
        connection.close().await?;
        exported?;
        let (copy, target) = (copy, target.to_path_buf());
        blocking(move || pack(&copy, &target, &header)).await
    }
}

/// Makes a book at `into`, which must not exist, from a backup, under a new key.
///
/// # Errors
/// [`BooksError::NoBackup`], [`BooksError::WrongKey`] (the passphrase), [`BooksError::Newer`],
/// [`BooksError::Exists`], [`BooksError::DiskFull`]; nothing is left behind then.
pub async fn restore(
    backup: &Path,
    passphrase: &SecretString,
    into: &Path,
    key: &BooksKey,
) -> Result<()> {
    if into.exists() {
        return Err(BooksError::Exists {
            path: into.to_path_buf(),
        });
    }
    let (source, beside) = (backup.to_path_buf(), into.to_path_buf());
    let (plain, header) = blocking(move || unpack(&source, &beside)).await?;
    let old_key = derive(passphrase, &header).await?;
    let result = async {
        let mut connection = options(&plain, &old_key, Role::Durable).connect().await?;
        // The passphrase, and that no newer build wrote it; an older one is brought up to date
        // when the restored book is first opened for writing.
        if let Err(error) = check_schema(&mut connection, true).await {
            connection.close().await?;
            return Err(error);
        }
        let copy = temporary_beside(into)?;
        let exported = export(&mut connection, &copy, key).await;
        connection.close().await?;
        exported?;
        copy.persist_noclobber(into)
            .map_err(|error| BooksError::io(into, error.error))
    }
    .await;
    remove_log(&plain);
    result
}

/// Copies the whole database into `copy` under `key`: SQLCipher's own way, from one state.
async fn export(connection: &mut SqliteConnection, copy: &Path, key: &BooksKey) -> Result<()> {
    let path = copy
        .to_str()
        .ok_or_else(|| BooksError::invalid("the path is not valid UTF-8"))?;
    // The key is bound, so that it is part of no statement's text.
    sqlx::query("ATTACH DATABASE ?1 AS copy KEY ?2")
        .bind(path)
        .bind(key.raw().as_str())
        .execute(&mut *connection)
        .await?;
    // Where it fails, the caller closes the connection; what was begun goes with it.
    // Where one of these fails, the caller closes the connection; what was begun goes with it.
    let authentication = format!("PRAGMA copy.cipher_hmac_algorithm = {PAGE_AUTHENTICATION}");
    sqlx::query(sqlx::AssertSqlSafe(authentication))
        .execute(&mut *connection)
        .await?;
    copy_all(connection).await?;
    sqlx::query("PRAGMA copy.journal_mode = DELETE")
        .execute(&mut *connection)
        .await?;
    sqlx::query("DETACH DATABASE copy")
        .execute(&mut *connection)
        .await?;
    Ok(())
}

/// The export copies table by table; within a transaction that has read once, all of them are
/// of the same state, whatever is written meanwhile.
async fn copy_all(connection: &mut SqliteConnection) -> Result<()> {
    sqlx::query("BEGIN").execute(&mut *connection).await?;
    let _pinned: i64 = sqlx::query_scalar("SELECT count(*) FROM main.sqlite_schema")
        .fetch_one(&mut *connection)
        .await?;
    sqlx::query("SELECT sqlcipher_export('copy')")
        .execute(&mut *connection)
        .await?;
    sqlx::query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}

async fn derive(passphrase: &SecretString, header: &PassphraseHeader) -> Result<BooksKey> {
    let (passphrase, header) = (passphrase.clone(), header.clone());
    blocking(move || BooksKey::from_passphrase(&passphrase, &header)).await
}

/// Runs what takes long on a thread of its own.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(BooksError::invalid(format!("a task ended early: {error}"))),
    }
}

/// An empty temporary file in the folder of `target`, removed unless it is kept.
fn temporary_beside(target: &Path) -> Result<TempPath> {
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let file = tempfile::Builder::new()
        .prefix(".meterdesk-")
        .suffix(".part")
        .tempfile_in(folder)
        .map_err(|error| BooksError::io(target, error))?;
    Ok(file.into_temp_path())
}

fn remove_log(path: &Path) {
    for suffix in ["-wal", "-shm", ".lock"] {
        let mut name = path.as_os_str().to_os_string();
        name.push(suffix);
        if let Err(error) = std::fs::remove_file(PathBuf::from(name))
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "a temporary file could not be removed");
        }
    }
}

/// Header and copy in one file, on the disk before it gets its name.
fn pack(copy: &Path, target: &Path, header: &PassphraseHeader) -> Result<()> {
    let failed = |error| BooksError::io(target, error);
    let part = temporary_beside(target)?;
    let mut out = OpenOptions::new().write(true).open(&part).map_err(failed)?;
    let mut page = format!("{MAGIC} {}\n", header.to_text()).into_bytes();
    page.resize(HEADER_BYTES, 0);
    out.write_all(&page).map_err(failed)?;
    let mut copy = File::open(copy).map_err(failed)?;
    std::io::copy(&mut copy, &mut out).map_err(failed)?;
    out.sync_all().map_err(failed)?;
    part.persist_noclobber(target)
        .map_err(|error| BooksError::io(target, error.error))
}

/// The database of a backup in a temporary file beside `into`, and how its key is derived.
fn unpack(backup: &Path, into: &Path) -> Result<(TempPath, PassphraseHeader)> {
    let no_backup = |what: &str| BooksError::NoBackup {
        what: what.to_owned(),
    };
    let mut source = File::open(backup).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => BooksError::Missing {
            path: backup.to_path_buf(),
        },
        _ => BooksError::io(backup, error),
    })?;
    let mut page = vec![0_u8; HEADER_BYTES];
    source
        .read_exact(&mut page)
        .map_err(|_| no_backup("it is too short"))?;
    let line = page.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = std::str::from_utf8(line).map_err(|_| no_backup("it has another header"))?;
    let header = line
        .strip_prefix(MAGIC)
        .ok_or_else(|| no_backup("it has another header"))
        .and_then(PassphraseHeader::from_text)
        .map_err(|_| no_backup("it has another header"))?;
    let part = temporary_beside(into)?;
    let mut out = OpenOptions::new()
        .write(true)
        .open(&part)
        .map_err(|error| BooksError::io(into, error))?;
    source
        .seek(SeekFrom::Start(HEADER_BYTES as u64))
        .map_err(|error| BooksError::io(backup, error))?;
    std::io::copy(&mut source, &mut out).map_err(|error| BooksError::io(into, error))?;
    Ok((part, header))
}
