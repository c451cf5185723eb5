//! Measures what the product promises (speed, memory, file sizes, a window that stays quick) and
//! prints each figure beside its target. Started by `cargo xtask bench`, which builds everything
//! in release mode first.

mod account;
mod events;
mod export;
mod figures;
mod load;
mod machine;
mod pace;
mod process;
mod proof;
mod simulated;
mod status;
mod usage;
mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, ValueEnum};

use crate::account::Programs;
use crate::figures::Report;
use crate::simulated::Simulated;

/// A part of the measurements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The first load against the yardstick.
    Load,
    /// The first load at Stripe's own pace.
    Pace,
    /// Table reads while a load runs.
    Window,
    /// Ten times the data.
    Memory,
    /// Catching up by events, against the yardstick.
    Events,
    /// A full proof against the first load.
    Proof,
    /// An export of every invoice of ten times the data.
    Export,
    /// The status line, of ten times the data.
    Status,
    /// A file of usage of ten million rows.
    Usage,
}

/// What this program is started for.
#[derive(Debug, Parser)]
enum Task {
    /// Measure, and print every figure.
    Measure(Arguments),
    /// Be the simulated account that is measured against.
    Account(Simulated),
}

/// What to measure, and with which programs.
#[derive(Debug, Args)]
struct Arguments {
    /// Measure this alone; may be given several times.
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Customers of the simulated account; each has one subscription and five invoices.
    #[arg(long, default_value_t = 20_000)]
    customers: u32,
    /// The folder of the release programs.
    #[arg(long)]
    programs: PathBuf,
    /// The folder of the yardstick script.
    #[arg(long)]
    yardstick: PathBuf,
    /// A folder for books and files; emptied before and after.
    #[arg(long)]
    work: PathBuf,
    /// Write the figures to this file as Markdown.
    #[arg(long)]
    report: Option<PathBuf>,
    /// Leave the books and files where they are.
    #[arg(long)]
    keep: bool,
}

fn main() -> ExitCode {
    let done = match Task::parse() {
        Task::Measure(arguments) => measured(&arguments),
        Task::Account(simulated) => simulated::serve(&simulated).map(|()| ExitCode::SUCCESS),
    };
    done.unwrap_or_else(|error| {
        figures::say(&format!("{error:#}"));
        ExitCode::FAILURE
    })
}

fn measured(arguments: &Arguments) -> Result<ExitCode> {
    let report = measure(arguments)?;
    figures::say(&report.table());
    Ok(match report.all_met() {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(2),
    })
}

fn measure(arguments: &Arguments) -> Result<Report> {
    let programs = Programs {
        folder: arguments.programs.clone(),
        yardstick: arguments.yardstick.clone(),
        work: arguments.work.clone(),
    };
    empty(&programs.work)?;
    let wanted = |part: Part| arguments.only.is_empty() || arguments.only.contains(&part);
    let customers = arguments.customers;
    let mut report = Report::new(customers);
    let mut once = None;
    if wanted(Part::Load) {
        once = Some(load::against_the_yardstick(
            &programs,
            customers,
            &mut report,
        )?);
    }
    if wanted(Part::Pace) {
        pace::at_stripes_pace(&programs, customers, &mut report)?;
    }
    if wanted(Part::Window) {
        window::while_loading(&programs, customers, &mut report)?;
    }
    if wanted(Part::Events) {
        events::by_events(&programs, customers, &mut report)?;
    }
    if wanted(Part::Proof) {
        proof::of_everything(&programs, customers, &mut report)?;
    }
    if wanted(Part::Usage) {
        usage::a_file(&programs, customers, &mut report)?;
    }
    if wanted(Part::Memory) || wanted(Part::Export) || wanted(Part::Status) {
        let tenfold = load::tenfold(&programs, customers, once.as_ref(), &mut report)?;
        if wanted(Part::Export) {
            export::every_invoice(&programs, &tenfold, &mut report)?;
        }
        if wanted(Part::Status) {
            status::of_a_million(&programs, &tenfold, &mut report)?;
        }
    }
    if let Some(path) = &arguments.report {
        std::fs::write(path, report.markdown())
            .with_context(|| format!("{} was not written", path.display()))?;
    }
    if !arguments.keep {
        empty(&programs.work)?;
    }
    Ok(report)
}

fn empty(folder: &std::path::Path) -> Result<()> {
    if folder.exists() {
        std::fs::remove_dir_all(folder)
            .with_context(|| format!("{} could not be emptied", folder.display()))?;
    }
    std::fs::create_dir_all(folder).with_context(|| format!("{} was not made", folder.display()))
}
