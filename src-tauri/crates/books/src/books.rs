//! Opening, creating and closing a book, and the connections through which it is used.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};
use tokio::sync::{MappedMutexGuard, Mutex, MutexGuard, watch};
use tokio_util::sync::CancellationToken;

use crate::bulk::know_given_rows;
use crate::connection::{Role, options};
use crate::error::{BooksError, Result};
use crate::give_way::give_way_on;
use crate::history::Dictionaries;
use crate::interrupt;
use crate::key::{BooksKey, random};
use crate::ledger::LocalLedger;
use crate::meta;
use crate::readers::{Reader, Readers, close_now};
use crate::tables::RankCache;
use crate::writer_lock::WriterLock;

/// The books' schema: forward only, each migration in its own transaction.
pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations");

/// How a book is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// One process at a time; migrates an older file.
    ReadWrite,
    /// Beside a writer, or from a folder that cannot be written; creates and migrates nothing.
    ReadOnly,
}

/// An open book. Clones share it; the last one to go closes it.
#[derive(Clone)]
pub struct Books {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    access: Access,
    origin: String,
    readers: Arc<Readers>,
    writer: Option<Mutex<Option<Writer>>>,
    data_version: watch::Sender<u64>,
    dictionaries: Dictionaries,
    ranks: RankCache,
    event_turn: Mutex<()>,
    // Last: the lock goes after the connections are closed.
    lock: std::sync::Mutex<Option<WriterLock>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Dropped without `close`: wait for the connections, or the process might end first.
        if let Some(writer) = self.writer.take().and_then(Mutex::into_inner) {
            close_now(writer.durable);
            close_now(writer.bulk);
        }
    }
}

/// The two writing connections of a book: `synchronous` belongs to a connection and cannot
/// change within a transaction.
pub(crate) struct Writer {
    pub(crate) bulk: SqliteConnection,
    /// The bulk connection was lent with other settings.
    pub(crate) lent: bool,
    pub(crate) durable: SqliteConnection,
}

impl Writer {
    /// A transaction for what may be loaded again.
    pub(crate) async fn bulk_transaction(&mut self) -> Result<Transaction<'_, Sqlite>> {
        self.take_back().await?;
        Ok(self.bulk.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Lends the bulk connection for long work that `cancel` interrupts. What dropped it early
    /// may have left settings behind; they are taken back before its next use.
    pub(crate) async fn lend(&mut self, cancel: &CancellationToken) -> Result<()> {
        self.take_back().await?;
        self.lent = true;
        interrupt::listen(&mut self.bulk, cancel).await
    }

    /// The bulk connection as it is set up for loads.
    pub(crate) async fn take_back(&mut self) -> Result<()> {
        if self.lent {
            interrupt::forget(&mut self.bulk).await?;
            sqlx::query("PRAGMA cache_size = -40960")
                .execute(&mut self.bulk)
                .await?;
            self.lent = false;
        }
        Ok(())
    }

    /// A transaction that is on the disk once it is committed.
    pub(crate) async fn durable_transaction(&mut self) -> Result<Transaction<'_, Sqlite>> {
        Ok(self.durable.begin_with("BEGIN IMMEDIATE").await?)
    }
}

impl std::fmt::Debug for Books {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Books")
            .field("path", &self.inner.path)
            .field("access", &self.inner.access)
            .finish_non_exhaustive()
    }
}

impl Books {
    /// Makes a new book at `path`, whose folder must exist, and opens it for writing.
    ///
    /// # Errors
    /// [`BooksError::Exists`] when a file is there, [`BooksError::ReadOnly`],
    /// [`BooksError::Busy`], [`BooksError::DiskFull`]; nothing is left behind then.
    pub async fn create(path: &Path, key: &BooksKey) -> Result<Self> {
        if path.exists() {
            return Err(BooksError::Exists {
                path: path.to_path_buf(),
            });
        }
        let lock = WriterLock::take(path)?;
        let made = async {
            let mut connection = options(path, key, Role::Durable)
                .create_if_missing(true)
                .connect()
                .await?;
            MIGRATIONS
                .run_direct(None, &mut connection, false)
                .await
                .map_err(migration_error)?;
            let mut origin = [0_u8; 16];
            random(&mut origin)?;
            meta::put(&mut connection, meta::ORIGIN, &hex::encode(origin)).await?;
            connection.close().await?;
            Self::connect(path, key, Some(lock)).await
        }
        .await;
        if made.is_err() {
            remove_files(path);
        }
        made.map_err(|error| with_path(error, path))
    }

    /// Opens the book at `path`.
    ///
    /// # Errors
    /// [`BooksError::Missing`], [`BooksError::WrongKey`], [`BooksError::Damaged`],
    /// [`BooksError::Newer`], [`BooksError::Older`] (read-only), [`BooksError::Busy`],
    /// [`BooksError::ReadOnly`]; nothing is changed then.
    pub async fn open(path: &Path, key: &BooksKey, access: Access) -> Result<Self> {
        let opened = async {
            let metadata = std::fs::metadata(path).map_err(|_| BooksError::Missing {
                path: path.to_path_buf(),
            })?;
            if metadata.len() == 0 {
                return Err(BooksError::Damaged {
                    detail: "the file is empty".to_owned(),
                });
            }
            match access {
                Access::ReadOnly => Self::visit(path, key).await,
                Access::ReadWrite => {
                    let lock = WriterLock::take(path)?;
                    let mut connection = options(path, key, Role::Durable).connect().await?;
                    check_schema(&mut connection, true).await?;
                    MIGRATIONS
                        .run_direct(None, &mut connection, false)
                        .await
                        .map_err(migration_error)?;
                    connection.close().await?;
                    Self::connect(path, key, Some(lock)).await
                }
            }
        };
        opened.await.map_err(|error| with_path(error, path))
    }

    async fn visit(path: &Path, key: &BooksKey) -> Result<Self> {
        let first = options(path, key, Role::Visitor { immutable: false })
            .connect()
            .await;
        let immutable = match first {
            Ok(connection) => {
                connection.close().await?;
                false
            }
            // A folder in which no log can be made, and none is there: nobody else writes.
            Err(_) if !log_path(path).exists() => true,
            Err(error) => return Err(error.into()),
        };
        let mut connection = options(path, key, Role::Visitor { immutable })
            .connect()
            .await?;
        check_schema(&mut connection, false).await?;
        connection.close().await?;
        let readers = Readers::new(options(path, key, Role::Visitor { immutable }));
        Self::assemble(path, Access::ReadOnly, readers, None, None).await
    }

    async fn connect(path: &Path, key: &BooksKey, lock: Option<WriterLock>) -> Result<Self> {
        let mut bulk = options(path, key, Role::Bulk).connect().await?;
        let mut durable = options(path, key, Role::Durable).connect().await?;
        know_given_rows(&mut bulk).await?;
        know_given_rows(&mut durable).await?;
        give_way_on(&mut bulk).await?;
        let readers = Readers::new(options(path, key, Role::Reader));
        let writer = Some(Writer {
            bulk,
            lent: false,
            durable,
        });
        Self::assemble(path, Access::ReadWrite, readers, writer, lock).await
    }

    async fn assemble(
        path: &Path,
        access: Access,
        readers: Arc<Readers>,
        writer: Option<Writer>,
        lock: Option<WriterLock>,
    ) -> Result<Self> {
        let mut reader = readers.acquire().await?;
        let origin = meta::get(&mut reader, meta::ORIGIN)
            .await?
            .unwrap_or_default();
        let data_version = meta::data_version(&mut reader).await?;
        let dictionaries = Dictionaries::load(&mut reader).await?;
        drop(reader);
        let inner = Inner {
            path: path.to_path_buf(),
            access,
            origin,
            readers,
            writer: writer.map(|writer| Mutex::new(Some(writer))),
            data_version: watch::Sender::new(data_version),
            dictionaries,
            ranks: RankCache::default(),
            event_turn: Mutex::new(()),
            lock: std::sync::Mutex::new(lock),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Closes the connections of this book, once what runs on them has ended; other clones can
    /// no longer use it. The log is written back into the file, and the writer's lock is freed.
    ///
    /// # Errors
    /// When SQLite cannot close a connection.
    pub async fn close(self) -> Result<()> {
        self.inner.readers.close().await;
        if let Some(writer) = &self.inner.writer
            && let Some(writer) = writer.lock().await.take()
        {
            writer.durable.close().await?;
            writer.bulk.close().await?;
        }
        drop(
            self.inner
                .lock
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        Ok(())
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// How it was opened.
    #[must_use]
    pub fn access(&self) -> Access {
        self.inner.access
    }

    /// The random id of this file, which ledger entries carry as their origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.inner.origin
    }

    /// Bytes of the file and of its log.
    #[must_use]
    pub fn file_bytes(&self) -> u64 {
        let size = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        size(&self.inner.path) + size(&log_path(&self.inner.path))
    }

    /// A number that grows with every change of what the tables show, in this process.
    #[must_use]
    pub fn data_version(&self) -> u64 {
        *self.inner.data_version.borrow()
    }

    /// Follows [`Self::data_version`].
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.inner.data_version.subscribe()
    }

    /// What people and policy decided.
    #[must_use]
    pub fn ledger(&self) -> LocalLedger {
        LocalLedger::new(self.clone())
    }

    /// One at a time applies events: whoever holds this. What it decided by holds until it writes.
    pub async fn event_turn(&self) -> MutexGuard<'_, ()> {
        self.inner.event_turn.lock().await
    }

    pub(crate) fn dictionaries(&self) -> &Dictionaries {
        &self.inner.dictionaries
    }

    pub(crate) fn ranks(&self) -> &RankCache {
        &self.inner.ranks
    }

    pub(crate) fn publish(&self, data_version: u64) {
        self.inner.data_version.send_replace(data_version);
    }

    pub(crate) async fn writer(&self) -> Result<MappedMutexGuard<'_, Writer>> {
        let Some(writer) = &self.inner.writer else {
            return Err(BooksError::ReadOnly {
                path: self.inner.path.clone(),
            });
        };
        MutexGuard::try_map(writer.lock().await, Option::as_mut)
            .map_err(|_closed| BooksError::invalid("these books are closed"))
    }

    /// A connection of its own, for what must not wait for others or change them.
    pub(crate) async fn own_connection(&self) -> Result<SqliteConnection> {
        let options = self.inner.readers.options().clone();
        Ok(options.pragma("query_only", "0").connect().await?)
    }

    pub(crate) fn readers(&self) -> &Arc<Readers> {
        &self.inner.readers
    }

    pub(crate) async fn reader(&self) -> Result<Reader> {
        self.inner.readers.acquire().await
    }

    /// A read transaction: one state of the books for as long as it lives.
    pub(crate) async fn snapshot(&self) -> Result<Reader> {
        self.inner.readers.snapshot().await
    }
}

/// Refuses a file from a newer build, and an older one where it may not be migrated.
pub(crate) async fn check_schema(
    connection: &mut SqliteConnection,
    may_migrate: bool,
) -> Result<()> {
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
            .fetch_one(&mut *connection)
            .await?;
    if tables == 0 {
        return Err(BooksError::Damaged {
            detail: "the file holds no books".to_owned(),
        });
    }
    let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(connection)
        .await?;
    let known = MIGRATIONS
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    match found.cmp(&known) {
        std::cmp::Ordering::Greater => Err(BooksError::Newer { found, known }),
        std::cmp::Ordering::Less if !may_migrate => Err(BooksError::Older { found, known }),
        _ => Ok(()),
    }
}

fn migration_error(error: MigrateError) -> BooksError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => {
            match BooksError::from(error) {
                BooksError::Sql(error) => {
                    BooksError::Migration(Box::new(MigrateError::Execute(error)))
                }
                known => known,
            }
        }
        other => BooksError::Migration(Box::new(other)),
    }
}

fn with_path(error: BooksError, path: &Path) -> BooksError {
    match error {
        BooksError::ReadOnly { .. } => BooksError::ReadOnly {
            path: path.to_path_buf(),
        },
        other => other,
    }
}

pub(crate) fn log_path(path: &Path) -> PathBuf {
    beside(path, "-wal")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(suffix);
    path.with_file_name(name)
}

/// Removes the files of a book that could not be made.
pub(crate) fn remove_files(path: &Path) {
    for file in [path.to_path_buf(), log_path(path), beside(path, "-shm")] {
        if let Err(error) = std::fs::remove_file(&file)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%error, "an unfinished books file could not be removed");
        }
    }
}
