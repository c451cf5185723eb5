//! One process writes a book: a lock file beside it, held as long as the book is open for writing.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use fs4::fs_std::FileExt;

use crate::error::{BooksError, Result};

/// The lock; dropping it (or the process ending in any way) frees the book.
#[derive(Debug)]
pub(crate) struct WriterLock {
    file: File,
}

impl WriterLock {
    /// Takes the lock of the book at `path`, at once or not at all.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let lock_path = lock_path(path);
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&lock_path)
            .map_err(|error| BooksError::io(path, error))?;
        match FileExt::try_lock_exclusive(&file) {
            Ok(true) => Ok(Self { file }),
            Ok(false) => Err(BooksError::Busy {
                path: path.to_path_buf(),
            }),
            Err(error) => Err(BooksError::io(&lock_path, error)),
        }
    }
}

impl Drop for WriterLock {
    fn drop(&mut self) {
        if let Err(error) = FileExt::unlock(&self.file) {
            tracing::warn!(%error, "the books' writer lock could not be freed");
        }
    }
}

fn lock_path(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(".lock");
    path.with_file_name(name)
}
