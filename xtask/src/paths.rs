//! Where things are, relative to the repository's top.

use std::path::{Path, PathBuf};

/// The repository's top, whatever directory the command was started in.
pub fn top() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// Cargo's target directory, `CARGO_TARGET_DIR` respected.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => top().join(directory),
        None => top().join("target"),
    }
}

/// A program that the development build makes.
pub fn built(program: &str) -> PathBuf {
    target()
        .join("debug")
        .join(format!("{program}{}", std::env::consts::EXE_SUFFIX))
}

/// The folder of small files in which a step remembers what it last did.
pub fn stamps() -> PathBuf {
    target().join("xtask")
}
