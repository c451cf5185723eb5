//! `cargo xtask bench`: speed, memory and file sizes against the yardsticks.

use anyhow::{Result, bail};

/// What to measure.
#[derive(clap::Args)]
pub struct Arguments {}

/// Runs the measurements.
///
/// # Errors
/// When a measurement cannot be made.
pub fn run(_arguments: &Arguments) -> Result<()> {
    bail!("no measurement is written yet")
}
