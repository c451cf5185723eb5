//! The simulated account as a process of its own, which does what it is told, line by line. It
//! ends with whoever started it: when nothing more can be said to it.

use std::io::BufRead as _;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use simulator::{Faults, Options, Running, Shape};

use crate::figures::say;

/// The present of every account that is measured against: 2026-11-22, noon in UTC.
const NOW: i64 = 1_795_348_800;

/// What the account is.
#[derive(Debug, Args)]
pub struct Simulated {
    /// Customers; each has one subscription.
    #[arg(long)]
    customers: u32,
    /// Invoices of each customer.
    #[arg(long)]
    invoices: u32,
    /// Lines of each invoice.
    #[arg(long)]
    lines: u32,
    /// What is done to requests, in the simulator's words.
    #[arg(long)]
    faults: Option<String>,
    /// The API version that events are written in.
    #[arg(long)]
    event_api_version: Option<String>,
}

/// Serves the account until its input ends. Prints one JSON line when it is ready, and one for
/// each line that it is told.
///
/// # Errors
/// When the account cannot be made, or is told what it does not know.
pub fn serve(given: &Simulated) -> Result<()> {
    let usual = Options::default();
    let options = Options {
        seed: 7,
        now: Some(NOW),
        customers: given.customers,
        shape: Shape::Uniform {
            invoices_per_customer: given.invoices,
            lines: given.lines,
        },
        faults: match &given.faults {
            Some(faults) => Faults::parse(faults).context("these faults cannot be read")?,
            None => Faults::none(),
        },
        event_api_version: (given.event_api_version.clone()).unwrap_or(usual.event_api_version),
        ..usual
    };
    let runtime = tokio::runtime::Runtime::new()?;
    let running = runtime.block_on(simulator::start(options))?;
    let said = json!({"baseUrl": running.base_url, "restrictedKey": running.restricted_key});
    say(&said.to_string());
    for line in std::io::stdin().lock().lines() {
        say(&done(&running, &line?)?.to_string());
    }
    runtime.block_on(running.shutdown());
    Ok(())
}

fn done(running: &Running, line: &str) -> Result<serde_json::Value> {
    match line.split_once(' ').unwrap_or((line, "")) {
        ("touch", count) => Ok(json!(running.touch_customers(count.parse()?))),
        ("advance", seconds) => {
            running.advance(seconds.parse()?);
            Ok(json!(running.now()))
        }
        ("requests", "") => Ok(json!(running.requests_by_endpoint())),
        _ => bail!("the account does not know how to {line}"),
    }
}
