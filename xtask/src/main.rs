//! `cargo xtask run | test | bench | soak | bundle | screenshots`: everything a developer does
//! with this repository, from a machine that has only git, Rust and Node.

mod bench;
mod build;
mod bundle;
mod desktop;
mod node;
mod paths;
mod run;
mod seeds;
mod step;
mod system;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, opens, tests and packs Meterdesk.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, and open the app.
    Run(run::Arguments),
    /// The same preparation, then every test, the real window included.
    Test(test::Arguments),
    /// Measure speed, memory and file sizes; compare with the yardsticks.
    Bench(bench::Arguments),
    /// Long seeded runs of one area: `--area load --seeds 100`.
    Soak(seeds::Arguments),
    /// Make an installable .deb and .rpm with third-party notices.
    Bundle(bundle::Arguments),
    /// Take the README's pictures from the real window, light and dark.
    Screenshots(desktop::ScreenshotArguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().task {
        Task::Run(arguments) => run::run(&arguments),
        Task::Test(arguments) => test::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Soak(arguments) => seeds::run(&arguments),
        Task::Bundle(arguments) => bundle::run(&arguments),
        Task::Screenshots(arguments) => desktop::screenshots(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            step::say(&format!("\n{error:#}"));
            ExitCode::FAILURE
        }
    }
}
