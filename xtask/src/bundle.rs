//! `cargo xtask bundle`: an installable .deb and .rpm, both programs and the notices inside.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::{
    build, node, paths,
    step::{Step, say},
    system::Need,
};

/// What to pack.
#[derive(clap::Args)]
pub struct Arguments {
    /// The packages to make, separated by commas.
    #[arg(long, default_value = "deb,rpm")]
    bundles: String,
    /// Pack the development build: quick, for trying the packing itself.
    #[arg(long)]
    debug: bool,
}

/// Builds for release and packs.
///
/// # Errors
/// When a step fails.
pub fn run(arguments: &Arguments) -> Result<()> {
    if !cfg!(target_os = "linux") {
        bail!("Packages for Debian and Fedora are made on Linux.");
    }
    build::prepare(Need::App)?;
    node::install("xtask/packing")?;
    notices()?;
    let profile = if arguments.debug { "debug" } else { "release" };
    command_line(arguments.debug)?;
    let mut words = vec!["build", "--ci", "--config", "xtask/packing/bundle.json"];
    words.extend(["--bundles", &arguments.bundles]);
    if arguments.debug {
        words.push("--debug");
    }
    Step::new(
        "Build and pack the app",
        "xtask/packing/node_modules/.bin/tauri",
    )
    .args(words)
    .hint("The packer's messages are above.")
    .run()?;
    list(profile)
}

/// The texts of every licence that what is shipped is under.
fn notices() -> Result<()> {
    Step::new("Collect third-party notices", "node")
        .args([
            "xtask/packing/notices.mjs",
            "target/xtask/THIRD-PARTY-NOTICES.txt",
        ])
        .hint("A dependency without a licence text is named above.")
        .run()
}

/// meterdesk-cli, put where the packing configuration takes it from.
fn command_line(debug: bool) -> Result<()> {
    let mut words = vec!["build", "--package", "cli", "--locked"];
    if !debug {
        words.push("--release");
    }
    build::cargo("Build the command line").args(words).run()?;
    let profile = if debug { "debug" } else { "release" };
    let from = paths::target().join(profile).join("meterdesk-cli");
    let to = paths::stamps().join("meterdesk-cli");
    fs::create_dir_all(paths::stamps())?;
    fs::copy(&from, &to).with_context(|| format!("{} was not copied", from.display()))?;
    Ok(())
}

fn list(profile: &str) -> Result<()> {
    let made = paths::target().join(profile).join("bundle");
    for kind in ["deb", "rpm"] {
        let Ok(entries) = fs::read_dir(made.join(kind)) else {
            continue;
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            if name.to_string_lossy().ends_with(kind) {
                say(&format!(
                    "{} ({} kB)",
                    entry.path().display(),
                    entry.metadata()?.len() / 1000
                ));
            }
        }
    }
    Ok(())
}
