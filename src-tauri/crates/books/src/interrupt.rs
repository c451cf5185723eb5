//! Stopping a statement that runs: SQLite asks now and then whether it shall go on.

use sqlx::SqliteConnection;
use tokio_util::sync::CancellationToken;

use crate::error::Result;

/// Steps of SQLite's machine between two questions: some milliseconds.
const STEPS: i32 = 20_000;

/// From now on statements of this connection end with [`crate::BooksError::Cancelled`] once
/// `cancel` fires.
pub(crate) async fn listen(
    connection: &mut SqliteConnection,
    cancel: &CancellationToken,
) -> Result<()> {
    let cancel = cancel.clone();
    connection
        .lock_handle()
        .await?
        .set_progress_handler(STEPS, move || !cancel.is_cancelled());
    Ok(())
}

/// Statements of this connection run to their end again.
pub(crate) async fn forget(connection: &mut SqliteConnection) -> Result<()> {
    connection.lock_handle().await?.remove_progress_handler();
    Ok(())
}
