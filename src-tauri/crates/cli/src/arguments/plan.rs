//! The command line's words about plans and allowances.

use clap::{Args, Subcommand};

/// Plans and allowances. What changes something only says what would come of it, until --apply.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// List the plans, what prices stand for, and the tenants' own allowances.
    List,
    /// Write a version of a plan, or a new plan; what is not given stays as it is.
    Set(PlanSet),
    /// Confirm which plans prices stand for.
    Map(Mapping),
    /// Give a tenant an allowance in place of its plan's.
    Override(Allowance),
    /// Give a tenant extra units beyond its plan's; they are used last and may expire.
    TopUp {
        /// What is given.
        #[command(flatten)]
        allowance: Allowance,
        /// They are carried over from an earlier period.
        #[arg(long)]
        rollover: bool,
    },
    /// End a tenant's own allowance before its time.
    End {
        /// Its number, as plan list shows it.
        number: u64,
        /// Its last day, in the company's zone; without it today.
        #[arg(long, value_name = "YYYY-MM-DD")]
        on: Option<String>,
        /// Write it.
        #[arg(long)]
        apply: bool,
    },
}

/// A version of a plan.
#[derive(Debug, Args)]
pub struct PlanSet {
    /// The plan's key, such as professional.
    pub key: String,
    /// The day from which it holds, in the company's zone; without it today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// Its name; a new plan needs one.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// A limit: a type of usage and a number, unlimited or contract. May be given several times.
    #[arg(long, value_name = "TYPE=LIMIT")]
    pub limit: Vec<String>,
    /// What happens at a limit: a type of usage and stop, let-pass or bill. May be given several
    /// times.
    #[arg(long, value_name = "TYPE=RULE")]
    pub at_limit: Vec<String>,
    /// What a unit beyond the limit costs where it is billed, such as usd=0.0125. May be given
    /// several times.
    #[arg(long, value_name = "CURRENCY=PRICE")]
    pub price: Vec<String>,
    /// A feature; those that are given are all that it has. May be given several times.
    #[arg(long, value_name = "NAME")]
    pub feature: Vec<String>,
    /// From this percent on use is near a limit.
    #[arg(long, value_name = "PERCENT")]
    pub near: Option<u8>,
    /// A change to this plan within a period: higher-at-once, at-once or next-period.
    #[arg(long, value_name = "RULE")]
    pub on_change: Option<String>,
    /// Percent of the limits that a trial has.
    #[arg(long, value_name = "PERCENT")]
    pub trial: Option<u8>,
    /// Percent of the limits that remain while a subscription is paused.
    #[arg(long, value_name = "PERCENT")]
    pub pause: Option<u8>,
    /// What a cancellation leaves: period-end or at-once.
    #[arg(long, value_name = "RULE")]
    pub after_end: Option<String>,
    /// Write it.
    #[arg(long)]
    pub apply: bool,
}

/// What prices stand for.
#[derive(Debug, Args)]
pub struct Mapping {
    /// A price and its plan's key, or none: price_1=professional.
    #[arg(value_name = "PRICE=PLAN")]
    pub prices: Vec<String>,
    /// Everything that is proposed, too.
    #[arg(long)]
    pub proposed: bool,
    /// A price that stands for nothing any more. May be given several times.
    #[arg(long, value_name = "PRICE")]
    pub remove: Vec<String>,
    /// Write it.
    #[arg(long)]
    pub apply: bool,
}

/// An allowance of a tenant's own.
#[derive(Debug, Args)]
pub struct Allowance {
    /// Stripe's customer id.
    pub customer: String,
    /// How much, with at most six decimals; an override may be unlimited.
    #[arg(long, value_name = "QUANTITY")]
    pub quantity: String,
    /// The type of usage.
    #[arg(long = "type", default_value = "ai_credit", value_name = "TYPE")]
    pub usage_type: String,
    /// The first day, in the company's zone; without it today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// The last day; without it, it stays.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<String>,
    /// Why; the ledger keeps it.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who asked for it; the ledger keeps it.
    #[arg(long, value_name = "NAME")]
    pub requester: String,
    /// Write it.
    #[arg(long)]
    pub apply: bool,
}
