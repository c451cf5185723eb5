//! Puts a file in its place whole or not at all: temporary file in the same folder, flush to the
//! disk, rename, flush the folder.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::error::ExportError;

/// The folder that holds a file.
pub(crate) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

/// A file under a passing name beside `path`; it disappears unless it is put in place.
///
/// It is readable by its owner alone, because exports hold personal data.
pub(crate) fn draft(path: &Path) -> Result<NamedTempFile, ExportError> {
    if path.file_name().is_none() || path.is_dir() {
        return Err(ExportError::NoFileName {
            path: path.to_owned(),
        });
    }
    tempfile::Builder::new()
        .prefix(".meterdesk-")
        .suffix(".part")
        .tempfile_in(folder(path))
        .map_err(|source| ExportError::Write {
            path: path.to_owned(),
            source,
        })
}

/// Files that appear together: all of them are on the disk before the first gets its name.
#[derive(Debug, Default)]
pub(crate) struct Placement {
    files: Vec<(NamedTempFile, PathBuf)>,
}

impl Placement {
    pub(crate) fn add(&mut self, file: NamedTempFile, path: PathBuf) {
        self.files.push((file, path));
    }

    /// A small file with this content.
    pub(crate) fn add_bytes(&mut self, path: PathBuf, content: &[u8]) -> Result<(), ExportError> {
        let mut file = draft(&path)?;
        file.write_all(content)
            .map_err(|source| ExportError::Write {
                path: path.clone(),
                source,
            })?;
        self.add(file, path);
        Ok(())
    }

    /// Gives every file its name, in the order in which they were added. When one cannot get
    /// its name, everything is as it was: names that were free are free again, and files that
    /// were replaced are back.
    pub(crate) fn put(self) -> Result<(), ExportError> {
        for (file, path) in &self.files {
            file.as_file()
                .sync_all()
                .map_err(|source| ExportError::Write {
                    path: path.clone(),
                    source,
                })?;
        }
        let mut folders: Vec<PathBuf> = self
            .files
            .iter()
            .map(|(_, path)| folder(path).to_owned())
            .collect();
        folders.dedup();
        let mut placed: Vec<Placed> = Vec::new();
        for (file, path) in self.files {
            let put = Replaced::keep(&path).and_then(|before| {
                file.persist(&path).map_err(|error| error.error)?;
                Ok(Placed {
                    path: path.clone(),
                    before,
                })
            });
            match put {
                Ok(put) => placed.push(put),
                Err(source) => {
                    placed.into_iter().rev().for_each(Placed::take_back);
                    return Err(ExportError::Write { path, source });
                }
            }
        }
        drop(placed);
        for folder in folders {
            sync_folder(&folder).map_err(|source| ExportError::Write {
                path: folder.clone(),
                source,
            })?;
        }
        Ok(())
    }
}

/// A file that has its name, and what had the name before.
struct Placed {
    path: PathBuf,
    before: Option<Replaced>,
}

impl Placed {
    fn take_back(self) {
        // The first error is what the person is told; a second adds nothing.
        let _ = match self.before {
            Some(before) => before.kept.persist(&self.path).map_err(|error| error.error),
            None => std::fs::remove_file(&self.path),
        };
    }
}

/// A second name of a file that is about to be replaced; the name goes when this is dropped.
struct Replaced {
    kept: tempfile::TempPath,
}

impl Replaced {
    fn keep(path: &Path) -> io::Result<Option<Self>> {
        if !path.is_file() {
            return Ok(None);
        }
        let builder = || {
            let mut builder = tempfile::Builder::new();
            builder.prefix(".meterdesk-").suffix(".before");
            builder
        };
        // A second name costs nothing; file systems without it get a copy.
        let kept = builder().make_in(folder(path), |second| std::fs::hard_link(path, second));
        let kept = match kept {
            Ok(linked) => linked.into_temp_path(),
            Err(_no_links) => {
                let copy = builder().tempfile_in(folder(path))?.into_temp_path();
                std::fs::copy(path, &copy)?;
                copy
            }
        };
        Ok(Some(Self { kept }))
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    match File::open(folder)?.sync_all() {
        // Some network file systems refuse to flush a folder; the rename has happened.
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        other => other,
    }
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    // A folder cannot be opened for that; the file system's journal keeps the rename.
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_appear_together() {
        let folder = tempfile::tempdir().unwrap();
        let mut placement = Placement::default();
        placement
            .add_bytes(folder.path().join("a"), b"one")
            .unwrap();
        placement
            .add_bytes(folder.path().join("b"), b"two")
            .unwrap();
        assert!(
            names(folder.path())
                .iter()
                .all(|name| name.ends_with(".part"))
        );
        placement.put().unwrap();
        assert_eq!(names(folder.path()), ["a", "b"]);
    }

    #[test]
    fn what_is_dropped_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let mut placement = Placement::default();
        placement
            .add_bytes(folder.path().join("a"), b"one")
            .unwrap();
        drop(placement);
        assert_eq!(names(folder.path()), Vec::<String>::new());
    }

    #[test]
    fn one_that_cannot_be_named_takes_the_others_away() {
        let folder = tempfile::tempdir().unwrap();
        let mut placement = Placement::default();
        placement
            .add_bytes(folder.path().join("a"), b"one")
            .unwrap();
        placement
            .add_bytes(folder.path().join("b"), b"two")
            .unwrap();
        // A folder now stands where the second file belongs.
        std::fs::create_dir(folder.path().join("b")).unwrap();
        let error = placement.put().unwrap_err();
        assert!(matches!(error, ExportError::Write { .. }), "{error:?}");
        assert_eq!(names(folder.path()), ["b"]);
    }

    #[test]
    fn one_that_cannot_be_named_puts_back_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let sheet = folder.path().join("a");
        std::fs::write(&sheet, b"before").unwrap();
        let mut placement = Placement::default();
        placement.add_bytes(sheet.clone(), b"after").unwrap();
        placement
            .add_bytes(folder.path().join("b"), b"two")
            .unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        placement.put().unwrap_err();
        assert_eq!(std::fs::read(&sheet).unwrap(), b"before");
        assert_eq!(names(folder.path()), ["a", "b"]);
    }

    #[test]
    fn a_file_is_replaced_without_a_trace() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        for content in [&b"one"[..], b"two"] {
            let mut placement = Placement::default();
            placement.add_bytes(path.clone(), content).unwrap();
            placement.put().unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), content);
            assert_eq!(names(folder.path()), ["a"]);
        }
    }

    #[test]
    fn a_folder_is_no_file_name() {
        let folder = tempfile::tempdir().unwrap();
        let error = draft(folder.path()).unwrap_err();
        assert!(matches!(error, ExportError::NoFileName { .. }), "{error:?}");
    }
}
