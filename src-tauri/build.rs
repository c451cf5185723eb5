//! Builds the window: its capabilities, its commands' permissions and the page it shows.

use std::{fs, io, path::Path};

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
    tauri_build::try_build(
        tauri_build::Attributes::new()
            .capabilities_path_pattern("./src-tauri/capabilities/**/*"),
    )
    .map_err(io::Error::other)
}
