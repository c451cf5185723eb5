//! The command line's words about how use stands to allowances.

use clap::{Args, Subcommand};

use super::Window;

/// How use stands to allowances.
#[derive(Debug, Subcommand)]
pub enum Standing {
    /// List how every tenant's use stands to its allowance in the period that runs.
    Report(UsageReport),
    /// Say how one tenant's use stands; what a guard of a limit asks.
    Check {
        /// Stripe's customer id.
        customer: String,
        /// The type of usage.
        #[arg(long = "type", default_value = "ai_credit", value_name = "TYPE")]
        usage_type: String,
    },
    /// Say how a tenant's use came to stand where it does: the parts of its allowance, days, extra
    /// credits, earlier periods, what is expected.
    Show {
        /// Stripe's customer id.
        customer: String,
        /// The type of usage.
        #[arg(long = "type", default_value = "ai_credit", value_name = "TYPE")]
        usage_type: String,
        /// A day of the period, in the company's zone; without it today.
        #[arg(long, value_name = "YYYY-MM-DD")]
        day: Option<String>,
    },
}

/// Whose use.
#[derive(Debug, Args)]
pub struct UsageReport {
    /// The type of usage.
    #[arg(long = "type", default_value = "ai_credit", value_name = "TYPE")]
    pub usage_type: String,
    /// Words in names, e-mail addresses, ids.
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// A plan's key, or none. May be given several times.
    #[arg(long, value_name = "PLAN")]
    pub plan: Vec<String>,
    /// A state: within, near, reached, over or unknown. May be given several times.
    #[arg(long, value_name = "STATE")]
    pub state: Vec<String>,
    /// Used at least so many percent of the allowance.
    #[arg(long, value_name = "PERCENT")]
    pub percent_min: Option<u64>,
    /// Used at most so many percent.
    #[arg(long, value_name = "PERCENT")]
    pub percent_max: Option<u64>,
    /// The column to sort by: percent, state, plan, name, used, remaining, overage or runs_out.
    #[arg(long, value_name = "COLUMN")]
    pub sort: Option<String>,
    /// Smallest first; names and days are, anyway.
    #[arg(long)]
    pub ascending: bool,
    /// Which rows.
    #[command(flatten)]
    pub window: Window,
}
