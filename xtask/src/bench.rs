//! `cargo xtask bench`: speed, memory and file sizes against the yardsticks.
//!
//! Builds the command line and the bench in release mode, installs the yardstick's Node packages
//! and hands over to the bench (bench/src).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{build, node, paths, step::Step};

/// The folder of the yardstick script, from the top.
const YARDSTICK: &str = "bench/yardstick";

/// What to measure.
#[derive(clap::Args)]
pub struct Arguments {
    /// Measure this alone: load, pace, window, memory, events, proof, export, status, usage.
    /// May be given several times.
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
    /// Customers of the simulated account, for a quick try with fewer.
    #[arg(long, value_name = "N")]
    customers: Option<u32>,
    /// Write the figures to docs/benchmarks.md.
    #[arg(long)]
    write: bool,
}

/// Runs the measurements.
///
/// # Errors
/// When a measurement cannot be made, or a target is missed.
pub fn run(arguments: &Arguments) -> Result<()> {
    node::check()?;
    install_yardstick()?;
    build::cargo("Build the command line and the bench for measuring (several minutes)")
        .args([
            "build",
            "--release",
            "--locked",
            "--package",
            "cli",
            "--package",
            "bench",
        ])
        .hint("The compiler's messages are above.")
        .run()?;
    let programs = paths::target().join("release");
    let mut bench = Command::new(programs.join("bench"));
    bench
        .current_dir(paths::top())
        .arg("measure")
        .arg("--programs")
        .arg(&programs)
        .arg("--yardstick")
        .arg(paths::top().join(YARDSTICK))
        .arg("--work")
        .arg(paths::target().join("bench"));
    for part in &arguments.only {
        bench.args(["--only", part]);
    }
    if let Some(customers) = arguments.customers {
        bench.args(["--customers", &customers.to_string()]);
    }
    if arguments.write {
        bench
            .arg("--report")
            .arg(paths::top().join("docs/benchmarks.md"));
    }
    let status = bench.status().context("the bench could not be started")?;
    match status.code() {
        Some(0) => Ok(()),
        Some(2) => bail!("A target is missed; the table above says which."),
        _ => bail!("The bench did not finish; its message is above."),
    }
}

/// The yardstick's packages, once. One of them is compiled against the headers of the Node that
/// runs, where they lie beside it; else npm downloads them.
fn install_yardstick() -> Result<()> {
    let folder = paths::top().join(YARDSTICK);
    let lock = std::fs::read(folder.join("package-lock.json"))
        .context("the yardstick's package-lock.json could not be read")?;
    let stamp = folder.join("node_modules/.installed");
    if std::fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let mut step = Step::new("Install the yardstick's Node packages", node::npm())
        .in_folder(YARDSTICK)
        .args(["ci", "--no-audit", "--no-fund", "--loglevel=error"])
        .hint("npm needs the network for this once, and a C++ compiler for better-sqlite3.");
    if let Some(prefix) = node_headers() {
        step = step.env("npm_config_nodedir", prefix);
    }
    step.run()?;
    std::fs::write(&stamp, lock).with_context(|| format!("{} was not written", stamp.display()))
}

/// The prefix of the running Node, where its headers lie beside it.
fn node_headers() -> Option<PathBuf> {
    let output = Command::new("node")
        .args(["-p", "process.execPath"])
        .output()
        .ok()?;
    let program = String::from_utf8(output.stdout).ok()?;
    let prefix = Path::new(program.trim()).parent()?.parent()?;
    prefix
        .join("include/node/node.h")
        .is_file()
        .then(|| prefix.to_path_buf())
}
