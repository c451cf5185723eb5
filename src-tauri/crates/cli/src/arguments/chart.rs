//! The words of the charts.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Which chart.
#[derive(Debug, Subcommand)]
pub enum Chart {
    /// One tenant's AI credits against its limit, or all tenants' together.
    Usage {
        /// The tenant, by Stripe's customer id.
        #[arg(
            long,
            value_name = "ID",
            required_unless_present = "all",
            conflicts_with = "all"
        )]
        tenant: Option<String>,
        /// All tenants.
        #[arg(long)]
        all: bool,
        /// How it is drawn, and where to.
        #[command(flatten)]
        drawing: Drawing,
    },
    /// All tenants: shares used, those nearest the limit, months, what plans leave unused.
    Overview {
        /// How it is drawn, and where to.
        #[command(flatten)]
        drawing: Drawing,
    },
}

/// How a chart is drawn, and where to.
#[derive(Debug, Args)]
pub struct Drawing {
    /// The file to write; its ending, .svg or .png, says its form.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Light on dark.
    #[arg(long)]
    pub dark: bool,
    /// Its size in points; a PNG has two pixels a point.
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub size: Option<(u32, u32)>,
}

fn size(given: &str) -> Result<(u32, u32), String> {
    let numbers = given.split_once(['x', 'X', '×']);
    let numbers = numbers.and_then(|(wide, high)| Some((wide.parse().ok()?, high.parse().ok()?)));
    numbers.ok_or_else(|| "write it as 960x540".to_owned())
}
