//! Whole journeys of a person at the desk, against the simulated account.

mod keys;
mod overview;
mod sample;
mod secrecy_of_files;
mod upkeep;
mod webhooks;

use std::path::Path;
use std::sync::Arc;

use desk::answers::{Connected, SyncPhase, SyncProgress};
use desk::{Clock, ClockHand, ConnectRequest, Desk, DeskConfig, Keyring, SampleOptions};
use secrecy::SecretString;
use simulator::{Options, Running};
use tempfile::TempDir;

/// The present of every journey: 22 November 2026.
pub const NOW: i64 = 1_795_348_800;
/// A passphrase that a person may choose.
pub const PASSPHRASE: &str = "horse battery staple";

/// A person's machine: a data folder, and a keyring where it has one.
pub struct Machine {
    pub data: TempDir,
    pub keyring: Keyring,
}

impl Machine {
    /// One without a keyring: a server, a container.
    pub fn bare() -> Self {
        Self {
            data: tempfile::tempdir().expect("a folder"),
            keyring: Keyring::Off,
        }
    }

    /// One with a keyring that works.
    pub fn with_keyring() -> Self {
        let store = keyring_core::sample::Store::new().expect("a store in memory");
        Self {
            data: tempfile::tempdir().expect("a folder"),
            keyring: Keyring::Given(store),
        }
    }

    pub fn path(&self) -> &Path {
        self.data.path()
    }

    pub fn config(&self) -> (DeskConfig, ClockHand) {
        let (clock, hand) = Clock::held(NOW);
        let mut config = DeskConfig::new(self.path().to_owned());
        config.keyring = self.keyring.clone();
        config.clock = clock;
        config.author = "kim".into();
        config.sample = SampleOptions {
            customers: 60,
            seed: 7,
        };
        (config, hand)
    }

    pub fn desk(&self) -> Desk {
        Desk::new(self.config().0).expect("a desk")
    }

    pub fn desk_with(&self, passphrase: &str) -> Desk {
        let (mut config, _) = self.config();
        config.passphrase = Some(secret(passphrase));
        Desk::new(config).expect("a desk")
    }
}

pub fn secret(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

/// A simulated account of 60 customers.
pub async fn account(change: impl FnOnce(&mut Options)) -> Running {
    let mut options = Options {
        customers: 60,
        seed: 7,
        now: Some(NOW),
        ..Options::default()
    };
    change(&mut options);
    simulator::start(options)
        .await
        .expect("the simulated account starts")
}

pub fn request(account: &Running, key: &str) -> ConnectRequest {
    ConnectRequest {
        key: secret(key),
        name: Some("acme".into()),
        api_base: Some(account.base_url.clone()),
        entity_name: None,
        passphrase: None,
    }
}

/// Connects with the restricted key and loads everything.
pub async fn connected(desk: &Desk, account: &Running) -> Connected {
    let connected = desk
        .connect(request(account, &account.restricted_key))
        .await;
    let connected = connected.expect("the restricted key connects");
    let progress = loaded(desk).await;
    assert_eq!(progress.phase, SyncPhase::Done, "{:?}", progress.error);
    connected
}

/// Loads, and gives the last progress.
pub async fn loaded(desk: &Desk) -> SyncProgress {
    desk.sync_start(false).await.expect("the load starts");
    desk.sync_wait().await.expect("the load ends")
}

/// A progress that nobody looks at.
pub fn unseen<T>() -> Arc<dyn Fn(T) + Send + Sync> {
    Arc::new(|_| {})
}
