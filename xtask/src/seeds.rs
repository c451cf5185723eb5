//! `cargo xtask soak`: long seeded runs, and the seeds that `cargo xtask test` tries.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;

use crate::{
    build,
    step::{Step, say},
    system::{self, Need},
};

/// Fresh seeds of one `cargo xtask test`, over all areas together.
pub const SEEDS_PER_TEST: u32 = 60;

/// Which area, and how long.
#[derive(clap::Args)]
pub struct Arguments {
    /// The area: a module of tests/suite/soak, e.g. `load`.
    #[arg(long)]
    area: String,
    /// How many fresh seeds to try, beside every seed that ever failed.
    #[arg(long, default_value_t = 100)]
    seeds: u32,
    /// The first seed; by default the clock chooses one.
    #[arg(long)]
    first: Option<u64>,
}

/// Runs one area's seeded tests.
///
/// # Errors
/// When a seed fails: it is printed, and `--first SEED --seeds 1` repeats it.
pub fn run(arguments: &Arguments) -> Result<()> {
    system::prepare(Need::App)?;
    let first = arguments.first.unwrap_or_else(fresh);
    say(&format!(
        "Seeds {first} to {}",
        first + u64::from(arguments.seeds).saturating_sub(1)
    ));
    // The soak kills the real program, which the suite alone does not build.
    build::workspace()?;
    let filter = format!("soak::{}", arguments.area);
    let step = build::cargo(&format!("Soak {}", arguments.area))
        .args([
            "test",
            "--package",
            "suite",
            "--locked",
            "--",
            "--nocapture",
            &filter,
        ])
        .hint("The seed is above. Add it to tests/suite/seeds/, so that it is never lost.");
    set(step, arguments.seeds, first)
        .env("METERDESK_SOAK_AREA", &arguments.area)
        .run()
}

/// Tells the suite which seeds to try.
pub fn set(step: Step, seeds: u32, first: u64) -> Step {
    step.env("METERDESK_SOAK_SEEDS", seeds.to_string())
        .env("METERDESK_SOAK_FIRST", first.to_string())
}

/// A seed that no earlier run had.
pub fn fresh() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(1, |elapsed| elapsed.as_secs())
}
