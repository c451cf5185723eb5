//! `cargo xtask run`: from a fresh machine to an open window.

use anyhow::{Context, Result};

use crate::{build, paths, step::say, system::Need};

/// What to open.
#[derive(clap::Args)]
pub struct Arguments {
    /// Arguments for the app, after `--`.
    #[arg(last = true)]
    app: Vec<String>,
}

/// Prepares, builds, opens the app and waits for it to close.
///
/// # Errors
/// When a step fails or the app ends with an error.
pub fn run(arguments: &Arguments) -> Result<()> {
    build::prepare_and_build(Need::App)?;
    if cfg!(target_os = "linux") && no_display() {
        say(
            "\nNo display was found (DISPLAY and WAYLAND_DISPLAY are unset): the window needs one.",
        );
        say("The same desk without a window: target/debug/meterdesk-cli --help");
    }
    say("\n==> Open Meterdesk. “Explore a sample company” needs no Stripe key.");
    let app = paths::built("meterdesk");
    let status = std::process::Command::new(&app)
        .args(&arguments.app)
        .status()
        .with_context(|| format!("{} could not be started", app.display()))?;
    if status.success() {
        return Ok(());
    }
    anyhow::bail!("Meterdesk ended with {status}. Its log is in the data folder, under logs/.")
}

fn no_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .all(|name| std::env::var_os(name).is_none())
}
