//! Builds the window: its capabilities, its commands' permissions and the page it shows.

use std::{fs, io, path::Path};

/// The commands of the main window.
const COMMANDS: &[&str] = include!("commands.in");

fn main() -> io::Result<()> {
    // `generate_context!` needs a page. A checkout whose UI was never built still compiles, and
    // says in the window what to do.
    let dist = Path::new("ui/dist");
    if !dist.join("index.html").exists() {
        fs::create_dir_all(dist)?;
        fs::write(
            dist.join("index.html"),
            "<!doctype html><title>Meterdesk</title><p>Build the page: cargo xtask run</p>\n",
        )?;
    }
    println!("cargo:rerun-if-changed=ui/dist");
    println!("cargo:rerun-if-changed=src-tauri/commands.in");
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*")
            .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS)),
    )
    .map_err(io::Error::other)
}
