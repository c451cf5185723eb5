//! One function a command: ask the desk, print the answer.

mod accounts;
mod books;
mod chart;
mod documents;
mod events;
mod filters;
mod plans;
mod proofs;
mod standing;
mod tables;
mod usage;
mod watching;

use std::path::PathBuf;

use desk::{Code, Desk, DeskConfig, Error, Pace, Result};
use tokio_util::sync::CancellationToken;

use crate::arguments::{Arguments, Command, Simulator, Webhook};
use crate::output::Output;
use crate::{secrets, simulate};

/// `off` leaves the operating system's keyring alone.
const KEYRING: &str = "METERDESK_KEYRING";
/// The Stripe key.
const STRIPE_KEY: &str = "STRIPE_API_KEY";

/// Runs one command.
pub async fn run(arguments: Arguments, output: &Output) -> Result<()> {
    let Arguments {
        data_dir,
        account,
        command,
        ..
    } = arguments;
    match command {
        Command::Simulator(Simulator::Serve(options)) => {
            return simulate::serve(options, output).await;
        }
        Command::Simulator(Simulator::Usage(options)) => {
            return simulate::write_usage(options, output).await;
        }
        _ => {}
    }
    let mut config = DeskConfig::new(data_folder(data_dir)?);
    config.account = account;
    config.passphrase = secrets::variable(secrets::PASSPHRASE);
    if std::env::var(KEYRING).as_deref() == Ok("off") {
        config.keyring = desk::Keyring::Off;
    }
    match &command {
        Command::Sample { customers } => config.sample.customers = *customers,
        Command::Sync(options) => config.loopback_pace = pace(options.pace.as_deref())?,
        Command::Prove(options) => config.loopback_pace = pace(options.pace.as_deref())?,
        _ => {}
    }
    let _log = desk::start_logging(&config.data_dir)?;
    let desk = Desk::new(config)?;
    let done = dispatch(&desk, command, output).await;
    let closed = desk.close().await;
    done.and(closed)
}

async fn dispatch(desk: &Desk, command: Command, output: &Output) -> Result<()> {
    match command {
        // Served before a desk is made.
        Command::Simulator(_) => Ok(()),
        Command::Connect(options) => accounts::connect(desk, options, output).await,
        Command::CheckKey { api_base } => accounts::check_key(desk, api_base, output).await,
        Command::ReplaceKey => accounts::replace_key(desk, output).await,
        Command::LockPassphrase { remove } => accounts::lock_passphrase(desk, remove, output).await,
        Command::Disconnect { delete_data } => {
            accounts::disconnect(desk, delete_data, output).await
        }
        Command::Accounts => accounts::list(desk, output).await,
        Command::Recover => accounts::recover(desk, output).await,
        Command::Sample { .. } => books::sample(desk, output).await,
        Command::Sync(options) => watching::sync(desk, &options, output).await,
        Command::Status => books::status(desk, output).await,
        Command::Prove(options) => proofs::prove(desk, options, output).await,
        Command::ProofAges(options) => proofs::ages(desk, options, output).await,
        Command::Tenants(listing) => tables::tenants(desk, listing, output).await,
        Command::Invoices(listing) => tables::invoices(desk, listing, output).await,
        Command::Export(options) => documents::export(desk, options, output).await,
        Command::Statement {
            customer,
            out,
            format,
        } => documents::statement(desk, customer, format, out, output).await,
        Command::Events(command) => events::run(desk, command, output).await,
        Command::Webhook(Webhook::Listen { port }) => events::listen(desk, port, output).await,
        Command::Chart(command) => chart::run(desk, command, output).await,
        Command::Plan(command) => plans::run(desk, command, output).await,
        Command::Usage(command) => usage::run(desk, command, output).await,
        Command::Ledger(command) => books::ledger(desk, command, output).await,
        Command::Backup { out } => documents::backup(desk, out, output).await,
        Command::Restore { file, name } => documents::restore(desk, file, name, output).await,
        Command::Doctor { rebuild } => books::doctor(desk, rebuild, output).await,
        Command::Erase { customer, reason } => books::erase(desk, customer, reason, output).await,
        Command::Diagnostics { out } => documents::diagnostics(desk, out, output).await,
    }
}

fn data_folder(given: Option<PathBuf>) -> Result<PathBuf> {
    given.or_else(DeskConfig::default_data_dir).ok_or_else(|| {
        Error::invalid(
            "data_dir",
            "There is no data folder",
            "The operating system names no home folder",
        )
        .then("Give one with --data-dir or METERDESK_DATA_DIR")
    })
}

fn pace(given: Option<&str>) -> Result<Pace> {
    let Some(given) = given else {
        return Ok(Pace::Stripe);
    };
    if given == "unlimited" {
        return Ok(Pace::Unlimited);
    }
    let numbers = given.split_once(',');
    let numbers = numbers.and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
    match numbers {
        Some((endpoint, total)) if endpoint > 0 && total > 0 => {
            Ok(Pace::PerSecond { endpoint, total })
        }
        _ => Err(Error::invalid(
            "pace",
            "The pace cannot be read",
            format!("“{given}” is none"),
        )
        .then("Give \"unlimited\", or two numbers such as \"25,100\"")),
    }
}

/// Cancelled by the first Ctrl-C from now on, for a command that ends in order.
fn interrupted() -> CancellationToken {
    let token = CancellationToken::new();
    let stop = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            stop.cancel();
        }
    });
    token
}

/// The account that a command works with, by name. Where its keys open with a passphrase and none
/// was given, the person at the terminal is asked.
async fn current(desk: &Desk) -> Result<String> {
    let mut state = desk.app_state().await?;
    let sealed = state
        .accounts
        .iter()
        .any(|account| account.needs_passphrase && Some(&account.name) == state.current.as_ref());
    if state.locked
        && sealed
        && secrets::variable(secrets::PASSPHRASE).is_none()
        && secrets::at_terminal()
    {
        let passphrase = secrets::given(secrets::PASSPHRASE, "The passphrase").await?;
        state = desk.unlock(Some(passphrase)).await?;
    }
    match (state.current, state.problem) {
        (_, Some(problem)) => Err(problem),
        (Some(name), None) => Ok(name),
        (None, None) => Err(Error::new(
            Code::NotFound,
            "No account is open",
            "None is connected on this machine, or several are and none was chosen",
            "Connect one, or choose one with --account",
        )),
    }
}
