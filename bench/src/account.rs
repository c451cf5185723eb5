//! The simulated account that everything is measured against, in a process of its own, and the
//! command line that loads it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::process::{Finished, Running, run};

/// Invoices of a customer, and lines of an invoice.
const INVOICES: u32 = 5;
const LINES: u32 = 3;

/// Opens and seals the books of the bench; they hold made-up data alone.
pub const PASSPHRASE: &str = "bench bench bench";

/// Where everything is.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The release programs.
    pub folder: PathBuf,
    /// The yardstick script.
    pub yardstick: PathBuf,
    /// Books and files.
    pub work: PathBuf,
}

/// A simulated account that is served.
#[derive(Debug)]
pub struct Account {
    /// The process.
    pub running: Running,
    /// Its address.
    pub base_url: String,
    /// A key that may read everything.
    pub key: String,
}

impl Account {
    /// Serves an account in which every customer is alike.
    ///
    /// # Errors
    /// When it does not start.
    pub fn serve(customers: u32, faults: Option<&str>) -> Result<Self> {
        Self::start(
            customers,
            &faults.map_or(vec![], |faults| vec!["--faults", faults]),
        )
    }

    /// The same without faults, whose events are written in an API version.
    ///
    /// # Errors
    /// When it does not start.
    pub fn serve_with_events_of(customers: u32, version: &str) -> Result<Self> {
        Self::start(customers, &["--event-api-version", version])
    }

    fn start(customers: u32, more: &[&str]) -> Result<Self> {
        let own = std::env::current_exe().context("this program does not know where it is")?;
        let mut command = Command::new(own);
        command.arg("account");
        command.args(["--customers", &customers.to_string()]);
        command.args(["--invoices", &INVOICES.to_string()]);
        command.args(["--lines", &LINES.to_string()]);
        let (running, line) = Running::start(command.args(more))?;
        let said: Value = serde_json::from_str(&line).context("the account said no JSON")?;
        let text = |name: &str| {
            let value = said[name].as_str().map(ToOwned::to_owned);
            value.with_context(|| format!("the account did not say its {name}"))
        };
        Ok(Self {
            running,
            base_url: text("baseUrl")?,
            key: text("restrictedKey")?,
        })
    }

    /// Tells the account what to do; answers what it says.
    ///
    /// # Errors
    /// When it ended, or said no JSON.
    pub fn tell(&mut self, words: &str) -> Result<Value> {
        let line = self.running.ask(words)?;
        serde_json::from_str(&line).context("the account said no JSON")
    }
}

impl Programs {
    /// `meterdesk-cli`.
    #[must_use]
    pub fn cli(&self) -> Command {
        let name = format!("meterdesk-cli{}", std::env::consts::EXE_SUFFIX);
        Command::new(self.folder.join(name))
    }

    /// `meterdesk-cli` on the books in `name`, without a keyring.
    #[must_use]
    pub fn cli_on(&self, name: &str) -> Command {
        let mut command = self.cli();
        command
            .env("METERDESK_DATA_DIR", self.books(name))
            .env("METERDESK_PASSPHRASE", PASSPHRASE)
            .env("METERDESK_KEYRING", "off")
            .arg("--json");
        command
    }

    /// The folder of books of that name.
    #[must_use]
    pub fn books(&self, name: &str) -> PathBuf {
        self.work.join(name)
    }

    /// Connects the account to new books under `name`.
    ///
    /// # Errors
    /// When the key or the folder is refused.
    pub fn connect(&self, name: &str, account: &Account) -> Result<()> {
        let mut command = self.cli_on(name);
        command.args([
            "connect",
            "--name",
            "bench",
            "--api-base",
            &account.base_url,
        ]);
        run(command.env("STRIPE_API_KEY", &account.key)).map(drop)
    }

    /// Loads everything; answers what the process was and what it printed last.
    ///
    /// # Errors
    /// When the load fails.
    pub fn sync(&self, name: &str, pace: &str) -> Result<(Finished, Value)> {
        let mut command = self.cli_on(name);
        let finished = run(command.args(["sync", "--pace", pace]))?;
        let said = serde_json::from_str(finished.stdout.trim()).context("sync said no JSON")?;
        Ok((finished, said))
    }
}

/// Bytes of all files in a folder and below it.
///
/// # Errors
/// When the folder cannot be read.
pub fn bytes_below(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                folders.push(entry.path());
            } else {
                bytes += metadata.len();
            }
        }
    }
    Ok(bytes)
}
