//! The real window, driven through WebKitWebDriver in a desktop session of its own: for the
//! tests, and for the README's pictures.

use std::fs;

use anyhow::{Result, bail};

use crate::{build, node, paths, step::Step, system::Need};

/// Which pictures.
#[derive(clap::Args)]
pub struct ScreenshotArguments {
    /// Where to put them, relative to the repository's top.
    #[arg(long, default_value = "docs/screenshots")]
    out: String,
    /// Every screen, not only those that the README shows.
    #[arg(long)]
    all: bool,
}

/// The step that runs every `*.test.mjs` of tests/desktop, one after the other: they share a bus,
/// and single-instance would send the second window home.
///
/// # Errors
/// When the folder cannot be read.
pub fn tests() -> Result<Step> {
    let mut files = Vec::new();
    for entry in fs::read_dir(paths::top().join("tests/desktop"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".test.mjs") {
            files.push(name);
        }
    }
    files.sort();
    Ok(session("Drive the real window")
        .args([
            "node",
            "--test",
            "--test-concurrency=1",
            "--test-reporter=spec",
            "--test-timeout=1800000",
        ])
        .args(files.iter().map(String::as_str))
        .hint("A picture of the window and the app's log are in tests/desktop/shots/."))
}

/// Takes pictures of every screen, light and dark.
///
/// # Errors
/// When a step fails, or the system is not Linux.
pub fn screenshots(arguments: &ScreenshotArguments) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("Pictures are taken under Xvfb, on Linux.");
    }
    build::prepare_and_build(Need::Window)?;
    node::install("tests/desktop")?;
    let out = paths::top().join(&arguments.out);
    let mut step = session("Take pictures of the sample company")
        .args(["node", "screenshots.mjs"])
        .env("METERDESK_SHOTS", out)
        .hint("The driver's messages are above.");
    if arguments.all {
        step = step.env("METERDESK_SHOTS_ALL", "1");
    }
    step.run()
}

/// A command in a session of its own: bus, keyring, display. Nothing of the person's is touched.
fn session(title: &str) -> Step {
    Step::new(title, paths::top().join("tests/desktop/session.sh"))
        .in_folder("tests/desktop")
        .env("METERDESK_APP", paths::built("meterdesk"))
        .env("METERDESK_CLI", paths::built("meterdesk-cli"))
}
