//! What a desk is made with: folder, keyring, passphrase, clock, the sample company's size.

use std::path::PathBuf;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi;
use secrecy::SecretString;

use crate::Clock;

/// Which keyring holds the secrets.
#[derive(Clone, Default)]
pub enum Keyring {
    /// The operating system's: Keychain, Credential Manager, Secret Service.
    #[default]
    System,
    /// None; secrets are sealed under a passphrase.
    Off,
    /// A store that a test brings.
    Given(Arc<dyn CredentialStoreApi + Send + Sync>),
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::System => "System",
            Self::Off => "Off",
            Self::Given(_) => "Given",
        })
    }
}

/// The simulated account behind "Explore a sample company".
#[derive(Debug, Clone)]
pub struct SampleOptions {
    /// How many customers it has.
    pub customers: u32,
    /// The seed that everything in it follows from.
    pub seed: u64,
}

impl Default for SampleOptions {
    fn default() -> Self {
        Self {
            customers: 800,
            seed: 1,
        }
    }
}

/// How fast a gateway may ask; only a loopback address can be given another pace than Stripe's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// Stripe's limits for the account's mode, and the share of them that the settings allow.
    #[default]
    Stripe,
    /// No limit of our own.
    Unlimited,
    /// So many requests a second to each endpoint and in all.
    PerSecond {
        /// To each endpoint.
        endpoint: u32,
        /// In all.
        total: u32,
    },
}

/// What a desk is made with.
#[derive(Debug, Clone)]
pub struct DeskConfig {
    /// The folder of accounts, settings and logs.
    pub data_dir: PathBuf,
    /// Which keyring holds the secrets.
    pub keyring: Keyring,
    /// A passphrase given beforehand (`METERDESK_PASSPHRASE`): used where no keyring is.
    pub passphrase: Option<SecretString>,
    /// The clock.
    pub clock: Clock,
    /// Who acts, in the ledger: the person's name at the operating system.
    pub author: String,
    /// The account to use in place of the one that was open last.
    pub account: Option<String>,
    /// The sample company's size and seed.
    pub sample: SampleOptions,
    /// The pace for loopback addresses.
    pub loopback_pace: Pace,
    /// Follow the open account in the background: for a process with a window.
    pub background: bool,
}

impl DeskConfig {
    /// A desk on that folder with the machine's clock and keyring.
    pub fn new(data_dir: PathBuf) -> Self {
        Self {
            data_dir,
            keyring: Keyring::System,
            passphrase: None,
            clock: Clock::system(),
            author: person(),
            account: None,
            sample: SampleOptions::default(),
            loopback_pace: Pace::Stripe,
            background: false,
        }
    }

    /// The folder that the operating system keeps for an application's data.
    pub fn default_data_dir() -> Option<PathBuf> {
        directories::ProjectDirs::from("", "", "Meterdesk").map(|d| d.data_dir().to_owned())
    }
}

/// The person's name at the operating system.
fn person() -> String {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|variable| std::env::var(variable).ok().filter(|name| !name.is_empty()))
        .unwrap_or_else(|| "unknown".into())
}
