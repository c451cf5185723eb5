//! The command line's words about usage.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Standing;

/// Usage that comes in.
#[derive(Debug, Subcommand)]
pub enum Usage {
    /// How use stands to allowances.
    #[command(flatten)]
    Standing(Standing),
    /// Import a file of CSV or JSON lines; without --apply it only says what would come of it.
    Import(UsageImport),
    /// List the batches that came in, newest first.
    Batches {
        /// Those before this number.
        #[arg(long, value_name = "BATCH")]
        before: Option<u64>,
        /// How many, at most 500.
        #[arg(
            long,
            default_value_t = 50,
            value_name = "N",
            value_parser = clap::value_parser!(u64).range(1..=500),
        )]
        count: u64,
    },
    /// Reverse a batch whole; the ledger keeps that it was there.
    Reverse {
        /// The batch's number.
        batch: u64,
    },
    /// Show what is kept aside, because its tenant or type is not known; what is known by now is
    /// taken in.
    Aside,
    /// List the types of usage, or add one.
    Types {
        /// The name of a type to add.
        #[arg(long, value_name = "NAME")]
        add: Option<String>,
        /// Of the added type the latest value counts, such as seats in use; else it is summed.
        #[arg(long, requires = "add")]
        level: bool,
    },
    /// List the records of a tenant's day.
    Records {
        /// Stripe's customer id.
        customer: String,
        /// The day in the company's zone.
        #[arg(long, value_name = "YYYY-MM-DD")]
        day: String,
        /// The type.
        #[arg(long = "type", default_value = "ai_credit", value_name = "TYPE")]
        usage_type: String,
    },
}

/// A file of usage, and how it is read.
#[derive(Debug, Args)]
pub struct UsageImport {
    /// The file.
    pub file: PathBuf,
    /// The source it comes from, which is the scope of its keys; "files" where none is given. How
    /// its columns are read is remembered.
    #[arg(long, value_name = "NAME")]
    pub source: Option<String>,
    /// Which column is what, such as tenant=customer_id; may be given several times. Places:
    /// tenant, type or fixed-type, quantity, time, time-format (iso, unix, unix-ms or a pattern),
    /// zone, key, billable, reason, corrects.
    #[arg(long, value_name = "PLACE=COLUMN")]
    pub map: Vec<String>,
    /// Keep it.
    #[arg(long)]
    pub apply: bool,
    /// Keep what is right where something is wrong.
    #[arg(long, requires = "apply")]
    pub skip_wrong: bool,
}

/// The use of a simulated account's customers.
#[derive(Debug, Args)]
pub struct SimulatedUsage {
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The seed of everything that is left to chance; without it the same one always.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// How many customers it has.
    #[arg(long, default_value_t = 400, value_name = "N")]
    pub customers: u32,
    /// The account's present: UTC seconds, or a time such as 2026-11-22T12:00:00Z.
    #[arg(long, value_name = "T")]
    pub now: Option<String>,
    /// How many months its history reaches back.
    #[arg(long, default_value_t = 18, value_name = "N")]
    pub months: u32,
}
