//! The command line's words: commands, options, environment.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod chart;
mod plan;
mod standing;
mod usage;

pub use chart::{Chart, Drawing};
pub use plan::{Allowance, Mapping, Plan, PlanSet};
pub use standing::{Standing, UsageReport};
pub use usage::{SimulatedUsage, Usage, UsageImport};

/// The books of a Stripe account on this machine: load, list, export, verify.
///
/// Data goes to standard output, progress to standard error. The exit code is 0 only on success.
/// Where no keyring can be used, METERDESK_PASSPHRASE seals and opens the keys.
#[derive(Debug, Parser)]
#[command(name = "meterdesk-cli", version, max_term_width = 96)]
pub struct Arguments {
    /// The folder of accounts, settings and logs.
    #[arg(
        long,
        global = true,
        env = "METERDESK_DATA_DIR",
        hide_env_values = true,
        value_name = "DIR"
    )]
    pub data_dir: Option<PathBuf>,
    /// The account to work with; without it the one that was open last.
    #[arg(long, global = true, value_name = "NAME")]
    pub account: Option<String>,
    /// Print one JSON document in place of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// A simulated Stripe account on this machine.
    #[command(subcommand)]
    Simulator(Simulator),
    /// Connect an account; the key comes from STRIPE_API_KEY or standard input.
    Connect(Connect),
    /// Say what a key is and may read; the key comes from STRIPE_API_KEY or standard input.
    CheckKey {
        /// Another address than Stripe's; this machine only.
        #[arg(long, value_name = "URL")]
        api_base: Option<String>,
    },
    /// Replace a rotated key; the new one comes from STRIPE_API_KEY or standard input.
    ReplaceKey,
    /// Let opening the books need a passphrase on this machine, beside the keyring.
    ///
    /// The present one is METERDESK_PASSPHRASE, the new one METERDESK_NEW_PASSPHRASE; at a
    /// terminal both can be typed.
    LockPassphrase {
        /// Open them with the keyring alone again.
        #[arg(long)]
        remove: bool,
    },
    /// Forget an account's key; its books stay unless --delete-data is given.
    Disconnect {
        /// Remove the books too. This cannot be reversed.
        #[arg(long)]
        delete_data: bool,
    },
    /// List the accounts on this machine.
    Accounts,
    /// Open the sample company and load it; no key, keyring or passphrase is needed.
    Sample {
        /// How many customers a newly made sample company has.
        #[arg(long, default_value_t = 800, value_name = "N")]
        customers: u32,
    },
    /// Open books with their recovery key, read from standard input, and keep their key anew.
    Recover,
    /// Load what Stripe has, or, once that is done, catch up with its events; what was interrupted
    /// goes on where it was.
    Sync(Sync),
    /// Say how fresh the books are.
    Status,
    /// Compare the books with Stripe, object by object, and mend what differs.
    Prove(Prove),
    /// Say how old the proof of each list may grow, or choose it.
    ProofAges(ProofAges),
    /// List tenants.
    Tenants(Listing),
    /// List invoices, with totals per currency.
    Invoices(Listing),
    /// Write a file of what the filters choose, and a control sheet beside it.
    Export(Export),
    /// Write a tenant's statement of account.
    Statement {
        /// Stripe's customer id.
        customer: String,
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The file's format.
        #[arg(long, value_enum, default_value_t)]
        format: StatementFormat,
    },
    /// The log of Stripe's events: what happened, and what each changed.
    #[command(subcommand)]
    Events(Events),
    /// Receive Stripe's webhooks on this machine.
    #[command(subcommand)]
    Webhook(Webhook),
    /// Draw use against allowances to a file.
    #[command(subcommand)]
    Chart(Chart),
    /// Plans: what they allow, which prices stand for them, tenants' own allowances.
    #[command(subcommand)]
    Plan(Plan),
    /// Usage that comes in: import, list, reverse.
    #[command(subcommand)]
    Usage(Usage),
    /// The record of what people and policy decided.
    #[command(subcommand)]
    Ledger(Ledger),
    /// Write the books to a file under a passphrase (METERDESK_BACKUP_PASSPHRASE).
    Backup {
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Make an account from a backup; its passphrase is METERDESK_BACKUP_PASSPHRASE.
    Restore {
        /// The backup.
        file: PathBuf,
        /// The name of the account to make; without it the one it had.
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Look at the file, the history and the ledger.
    Doctor {
        /// Build every table again from the history, without a request.
        #[arg(long)]
        rebuild: bool,
    },
    /// Remove a customer's personal data from history and tables. This cannot be reversed.
    Erase {
        /// Stripe's customer id.
        customer: String,
        /// Why; the ledger keeps it.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Write a file for support: versions, settings, counts; no names, no secrets.
    Diagnostics {
        /// The file to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// The simulated account.
#[derive(Debug, Subcommand)]
pub enum Simulator {
    /// Serve it on loopback until Ctrl-C; prints its address and keys.
    Serve(Serve),
    /// Write what its customers used to a CSV file; the same options make the same account.
    Usage(SimulatedUsage),
}

/// How the simulated account is set up.
#[derive(Debug, Args)]
pub struct Serve {
    /// The port; 0 takes a free one.
    #[arg(long, default_value_t = 0, value_name = "P")]
    pub port: u16,
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
    /// What goes wrong on request.
    #[arg(long, value_name = "SPEC")]
    pub faults: Option<String>,
    /// Live mode: keys say live.
    #[arg(long)]
    pub live: bool,
    /// A permission that the restricted key lacks, such as rak_credit_note_read.
    #[arg(long, value_name = "SLUG")]
    pub without: Vec<String>,
    /// Render events as an account of an older API version does, such as 2022-11-15.
    #[arg(long, value_name = "VERSION")]
    pub event_api_version: Option<String>,
    /// Deliver signed webhooks of what happens from now on to an address of this machine.
    #[arg(long, value_name = "URL")]
    pub webhook_to: Option<String>,
    /// Take wishes from standard input, one JSON object a line, such as
    /// {"do":"mutate","count":5,"seed":1}; ends with it.
    #[arg(long)]
    pub steered: bool,
    /// Every customer alike: so many paid invoices each, for measurements.
    #[arg(long, value_name = "INVOICES", requires = "uniform_lines")]
    pub uniform: Option<u32>,
    /// With --uniform: so many lines on each invoice.
    #[arg(long, value_name = "LINES", requires = "uniform")]
    pub uniform_lines: Option<u32>,
}

/// How an account is connected.
#[derive(Debug, Args)]
pub struct Connect {
    /// Another address than Stripe's; this machine only.
    #[arg(long, value_name = "URL")]
    pub api_base: Option<String>,
    /// The account's name on this machine; without it made from the company's name.
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    /// The company's name on exports and statements.
    #[arg(long, value_name = "NAME")]
    pub entity: Option<String>,
}

/// How to load.
#[derive(Debug, Args)]
pub struct Sync {
    /// Prove everything: list it again, find what is gone too, and mend what differs.
    #[arg(long)]
    pub full: bool,
    /// Then follow the account until Ctrl-C: a line for each look at Stripe that changed
    /// something, with --json a line for each look.
    #[arg(long)]
    pub watch: bool,
    /// For an address on this machine: "unlimited", or requests a second to an endpoint and in
    /// all, such as "25,100".
    #[arg(long, value_name = "PACE")]
    pub pace: Option<String>,
}

/// What to prove; everything where nothing is named.
#[derive(Debug, Args)]
pub struct Prove {
    /// Everything, which is also what is proven where nothing is named.
    #[arg(long, conflicts_with_all = ["list", "month", "due"])]
    pub all: bool,
    /// One list, such as invoices.
    #[arg(long, value_name = "LIST")]
    pub list: Option<String>,
    /// One month of `created`, UTC.
    #[arg(long, value_name = "YYYY-MM")]
    pub month: Option<String>,
    /// What is due, within today's share of the read budget.
    #[arg(long, conflicts_with_all = ["list", "month"])]
    pub due: bool,
    /// Only say how many reads it takes, about.
    #[arg(long)]
    pub price: bool,
    /// How fast an account on this machine is asked, as for sync.
    #[arg(long, value_name = "PACE")]
    pub pace: Option<String>,
}

/// How old proofs may grow.
#[derive(Debug, Args)]
pub struct ProofAges {
    /// The list to choose an age for, such as invoices.
    pub list: Option<String>,
    /// The age in hours; without it, as usual.
    #[arg(long, value_name = "HOURS", requires = "list")]
    pub hours: Option<u64>,
}

/// What is chosen. Options that a kind does not have are refused.
#[derive(Debug, Clone, Default, Args)]
pub struct Filters {
    /// Words in names, numbers, e-mail addresses, ids.
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// A status: of invoices draft, open, paid, uncollectible, void or past_due; of tenants a
    /// subscription's, or none. May be given several times.
    #[arg(long, value_name = "STATUS")]
    pub status: Vec<String>,
    /// A plan (product name). May be given several times.
    #[arg(long, value_name = "NAME")]
    pub plan: Vec<String>,
    /// A currency, such as EUR. May be given several times.
    #[arg(long, value_name = "CODE")]
    pub currency: Vec<String>,
    /// Invoices finalised, or usage, on this day or later, in the company's zone.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// Invoices finalised, or usage, on this day or earlier, in the company's zone.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<String>,
    /// Invoices with a total of at least so many minor units (cents).
    #[arg(long, value_name = "MINOR", allow_negative_numbers = true)]
    pub total_min: Option<i64>,
    /// Invoices with a total of at most so many minor units (cents).
    #[arg(long, value_name = "MINOR", allow_negative_numbers = true)]
    pub total_max: Option<i64>,
    /// One tenant's invoices or usage, by Stripe's customer id.
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// Tenants with something past due.
    #[arg(long)]
    pub past_due: bool,
    /// Deleted customers too.
    #[arg(long)]
    pub include_deleted: bool,
}

/// Which rows of a list.
#[derive(Debug, Args)]
pub struct Window {
    /// The first row, counted from 0.
    #[arg(long, default_value_t = 0, value_name = "N")]
    pub first: u64,
    /// How many rows, at most 500.
    #[arg(
        long,
        default_value_t = 50,
        value_name = "N",
        value_parser = clap::value_parser!(u64).range(1..=500),
    )]
    pub count: u64,
}

/// Days of events.
#[derive(Debug, Args)]
pub struct Days {
    /// From this day on, in the company's zone.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Option<String>,
    /// Up to and with this day.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Option<String>,
}

/// A part of a table.
#[derive(Debug, Args)]
pub struct Listing {
    /// What is chosen.
    #[command(flatten)]
    pub filters: Filters,
    /// The column to sort by.
    #[arg(long, value_name = "COLUMN")]
    pub sort: Option<String>,
    /// Largest first.
    #[arg(long)]
    pub descending: bool,
    /// Which rows.
    #[command(flatten)]
    pub window: Window,
}

/// What to export, and where to.
#[derive(Debug, Args)]
pub struct Export {
    /// What.
    #[arg(value_enum)]
    pub kind: Kind,
    /// The file to write.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The file's format.
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Which columns: Meterdesk's own, or the headings of Stripe's invoice export.
    #[arg(long, value_enum, default_value_t)]
    pub profile: Profile,
    /// What is chosen.
    #[command(flatten)]
    pub filters: Filters,
}

/// What can be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// One row an invoice.
    Invoices,
    /// One row an invoice line.
    InvoiceLines,
    /// One row a customer.
    Customers,
    /// One row a subscription item.
    Subscriptions,
    /// One row a payment attempt.
    Payments,
    /// One row a credit note.
    CreditNotes,
    /// One row a refund.
    Refunds,
    /// One row a dispute.
    Disputes,
    /// One row a payout to the company's bank.
    Payouts,
    /// One row a record of usage.
    Usage,
    /// One row a tenant's day of usage.
    UsageDays,
}

/// CSV or Excel.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values, UTF-8.
    #[default]
    Csv,
    /// Excel.
    Xlsx,
}

/// A table or a page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum StatementFormat {
    /// Comma-separated values, UTF-8.
    #[default]
    Csv,
    /// One HTML file that prints on paper.
    Page,
}

/// Which columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// Meterdesk's own columns.
    #[default]
    Meterdesk,
    /// The headings of Stripe's own invoice export.
    Stripe,
}

/// The log of events.
#[derive(Debug, Subcommand)]
pub enum Events {
    /// List events, newest first.
    List(EventListing),
    /// Show one event: what it changed, and as Stripe sent it.
    Show {
        /// Stripe's event id.
        id: String,
    },
    /// Take in a file of events (JSON or JSON lines), unsigned; a second time changes nothing.
    Import {
        /// The file.
        file: PathBuf,
    },
    /// List what requests that are not Meterdesk's changed: refunds, credits, voids, seats, plans.
    Elsewhere(Days),
    /// Sign such a change off; the ledger keeps who explained it.
    Explain {
        /// Stripe's event id.
        id: String,
        /// Why it was made, such as a ticket's number.
        explanation: String,
    },
}

/// Which events.
#[derive(Debug, Args)]
pub struct EventListing {
    /// Part of an id, a type, a tenant's name or a request id.
    #[arg(long, value_name = "WORDS")]
    pub text: Option<String>,
    /// What the type begins with, such as invoice. or customer.subscription.updated.
    #[arg(long = "type", value_name = "TYPE")]
    pub type_prefix: Option<String>,
    /// One object's id.
    #[arg(long, value_name = "ID")]
    pub object: Option<String>,
    /// One tenant, by Stripe's customer id.
    #[arg(long, value_name = "ID")]
    pub customer: Option<String>,
    /// When they happened.
    #[command(flatten)]
    pub days: Days,
    /// What became of them.
    #[arg(long, value_enum)]
    pub outcome: Option<Outcome>,
    /// Which rows.
    #[command(flatten)]
    pub window: Window,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Outcome {
    /// It waits to be applied.
    Waiting,
    /// The object in it was taken in.
    Payload,
    /// Its object was read again.
    Refetched,
    /// Nothing in it is kept.
    Nothing,
    /// The books held a later state.
    Held,
    /// It could not be applied.
    Failed,
}

/// The webhook listener.
#[derive(Debug, Subcommand)]
pub enum Webhook {
    /// Listen on 127.0.0.1 until Ctrl-C; the signing secret comes from STRIPE_WEBHOOK_SECRET,
    /// else from the settings.
    Listen {
        /// The port; 0 takes a free one. Without it the one in the settings.
        #[arg(long, value_name = "P")]
        port: Option<u16>,
    },
}

/// The ledger.
#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Check the whole chain of hashes.
    Verify,
    /// List entries, newest first.
    List(Window),
}
