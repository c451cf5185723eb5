//! The reading connections of a book: opened when needed, given back at once.
//!
//! A connection of SQLCipher runs on a thread of its own. One that is still closing when the
//! process ends would use what the libraries have freed by then, so every connection here is
//! closed by somebody who waits for it; a pool that closes in the background cannot promise that.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Context;

use futures::FutureExt as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions as _, Connection as _, FromRow, SqliteConnection};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{BooksError, Result};

/// Connections that read at the same time; more wait.
const MAX_READERS: usize = 6;
/// Connections that stay open between reads: each may hold 12 MB.
const MAX_IDLE: usize = 3;

/// The reading connections of one book.
pub(crate) struct Readers {
    options: SqliteConnectOptions,
    idle: Mutex<Vec<SqliteConnection>>,
    permits: Arc<Semaphore>,
}

/// A connection that reads; it goes back when it is dropped.
pub(crate) struct Reader {
    // Always some until it is dropped.
    connection: Option<SqliteConnection>,
    in_snapshot: bool,
    readers: Arc<Readers>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(crate) fn new(options: SqliteConnectOptions) -> Arc<Self> {
        let permits = Arc::new(Semaphore::new(MAX_READERS));
        Arc::new(Self {
            options,
            idle: Mutex::new(Vec::new()),
            permits,
        })
    }

    pub(crate) fn options(&self) -> &SqliteConnectOptions {
        &self.options
    }

    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        // A panic elsewhere leaves a list that is whole.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) async fn acquire(self: &Arc<Self>) -> Result<Reader> {
        let permit = Arc::clone(&self.permits)
            .acquire_owned()
            .await
            .map_err(|_closed| BooksError::invalid("these books are closed"))?;
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.options.connect().await?,
        };
        Ok(Reader {
            connection: Some(connection),
            in_snapshot: false,
            readers: Arc::clone(self),
            _permit: permit,
        })
    }

    /// A reader that sees one state of the books for as long as it lives.
    pub(crate) async fn snapshot(self: &Arc<Self>) -> Result<Reader> {
        let mut reader = self.acquire().await?;
        reader.in_snapshot = true;
        sqlx::query("BEGIN").execute(&mut *reader).await?;
        Ok(reader)
    }

    /// The same, and the row that `begin_and_select` answers: a text `BEGIN; SELECT …`, so that the
    /// connection's thread is asked once. Each time it is asked, a busy computer may let it wait.
    pub(crate) async fn snapshot_with<T>(
        self: &Arc<Self>,
        begin_and_select: &'static str,
    ) -> Result<(Reader, T)>
    where
        T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin,
    {
        let mut reader = self.acquire().await?;
        reader.in_snapshot = true;
        let row = sqlx::query_as(begin_and_select)
            .fetch_one(&mut *reader)
            .await?;
        Ok((reader, row))
    }

    /// Waits for every reader and closes their connections; later reads are refused.
    pub(crate) async fn close(&self) {
        let all = u32::try_from(MAX_READERS).unwrap_or(u32::MAX);
        if let Ok(permits) = self.permits.acquire_many(all).await {
            self.permits.close();
            drop(permits);
        }
        let idle = std::mem::take(&mut *self.idle());
        for connection in idle {
            if let Err(error) = connection.close().await {
                tracing::warn!(%error, "a reading connection did not close");
            }
        }
    }
}

/// Closes a connection and waits until its thread is done with it. Needs no runtime.
pub(crate) fn close_now(connection: SqliteConnection) {
    if let Err(error) = futures::executor::block_on(connection.close()) {
        tracing::warn!(%error, "a connection did not close");
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        for connection in std::mem::take(&mut *self.idle()) {
            close_now(connection);
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        let Some(mut connection) = self.connection.take() else {
            return;
        };
        if self.in_snapshot {
            // The connection's thread takes the command at the first poll and carries it out;
            // nobody has to wait for the answer.
            let waker = futures::task::noop_waker();
            let mut rollback = sqlx::query("ROLLBACK").execute(&mut connection).boxed();
            let _answer = rollback
                .as_mut()
                .poll_unpin(&mut Context::from_waker(&waker));
        }
        let mut idle = self.readers.idle();
        if idle.len() < MAX_IDLE {
            idle.push(connection);
            return;
        }
        drop(idle);
        close_now(connection);
    }
}

impl Deref for Reader {
    type Target = SqliteConnection;

    #[expect(clippy::expect_used, reason = "it is taken by drop alone")]
    fn deref(&self) -> &SqliteConnection {
        self.connection
            .as_ref()
            .expect("a reader has its connection until it is dropped")
    }
}

impl DerefMut for Reader {
    #[expect(clippy::expect_used, reason = "it is taken by drop alone")]
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.connection
            .as_mut()
            .expect("a reader has its connection until it is dropped")
    }
}
