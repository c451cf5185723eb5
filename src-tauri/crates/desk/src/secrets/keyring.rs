//! The operating system's keyring. Its calls block, so each runs on a thread that may wait.

use std::time::Duration;

use keyring_core::Error as KeyringError;
use tokio::sync::OnceCell;
use zeroize::Zeroizing;

use crate::{Code, Error, Keyring, Result};

/// The service under which every entry stands.
const SERVICE: &str = "Meterdesk";
/// The name of an entry that is never written, to find out whether the keyring answers.
const PROBE: &str = "probe";
/// A keyring that asks its person something may take this long.
const WAIT: Duration = Duration::from_secs(120);
/// A keyring that says nothing at all at start-up is taken for absent after this long.
const PROBE_WAIT: Duration = Duration::from_secs(10);

/// Entries in a keyring.
#[derive(Debug)]
pub(crate) struct KeyringHome {
    keyring: Keyring,
    available: OnceCell<bool>,
}

impl KeyringHome {
    pub fn new(keyring: Keyring) -> Self {
        Self {
            keyring,
            available: OnceCell::new(),
        }
    }

    /// Whether a keyring answers on this machine; found out once.
    pub async fn available(&self) -> bool {
        *self.available.get_or_init(|| self.probe()).await
    }

    async fn probe(&self) -> bool {
        if matches!(self.keyring, Keyring::Off) {
            return false;
        }
        let answer = self
            .call(PROBE, PROBE_WAIT, |entry| entry.get_secret())
            .await;
        match answer {
            Some(Ok(_) | Err(KeyringError::NoEntry)) => true,
            Some(Err(error)) => {
                tracing::info!(%error, "no keyring can be used on this machine");
                false
            }
            None => {
                tracing::info!("the keyring did not answer in time");
                false
            }
        }
    }

    pub async fn set(&self, id: &str, secret: Zeroizing<Vec<u8>>) -> Result<()> {
        match self
            .call(id, WAIT, move |entry| entry.set_secret(&secret))
            .await
        {
            Some(Ok(())) => Ok(()),
            failed => Err(refused(
                "The key could not be stored in the keyring",
                failed,
            )),
        }
    }

    pub async fn get(&self, id: &str, account: &str) -> Result<Zeroizing<Vec<u8>>> {
        match self.call(id, WAIT, |entry| entry.get_secret()).await {
            Some(Ok(secret)) => Ok(Zeroizing::new(secret)),
            Some(Err(KeyringError::NoEntry)) => Err(Error::new(
                Code::Locked,
                format!("The books of {account} could not be opened"),
                "The keyring of this machine no longer holds their key",
                "Open them with the recovery key that was shown when the account was connected",
            )),
            failed => Err(refused(
                &format!("The books of {account} could not be opened"),
                failed,
            )),
        }
    }

    /// An entry that need not be there.
    pub async fn find(&self, id: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match self.call(id, WAIT, |entry| entry.get_secret()).await {
            Some(Ok(secret)) => Ok(Some(Zeroizing::new(secret))),
            Some(Err(KeyringError::NoEntry)) => Ok(None),
            failed => Err(refused("The signing secret could not be read", failed)),
        }
    }

    /// Removes an entry; one that is not there is no error.
    pub async fn remove(&self, id: &str) -> Result<()> {
        match self.call(id, WAIT, |entry| entry.delete_credential()).await {
            Some(Ok(()) | Err(KeyringError::NoEntry)) => Ok(()),
            failed => Err(refused(
                "The key could not be removed from the keyring",
                failed,
            )),
        }
    }

    /// Runs one call on a thread of its own; none: it did not answer in time.
    async fn call<T: Send + 'static>(
        &self,
        id: &str,
        wait: Duration,
        work: impl FnOnce(keyring_core::Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Option<keyring_core::Result<T>> {
        let (keyring, id) = (self.keyring.clone(), id.to_owned());
        let task = tokio::task::spawn_blocking(move || entry(&keyring, &id).and_then(work));
        match tokio::time::timeout(wait, task).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(_)) | Err(_) => None,
        }
    }
}

fn entry(keyring: &Keyring, id: &str) -> keyring_core::Result<keyring_core::Entry> {
    match keyring {
        Keyring::System => ::keyring::v1::Entry::new(SERVICE, id).map(|entry| entry.inner),
        Keyring::Given(store) => store.build(SERVICE, id, None),
        Keyring::Off => Err(KeyringError::NoDefaultStore),
    }
}

fn refused<T>(what: &str, failed: Option<keyring_core::Result<T>>) -> Error {
    match failed {
        Some(Err(KeyringError::NoStorageAccess(_))) => Error::new(
            Code::Locked,
            what,
            "The keyring of this machine is locked",
            "Unlock the keyring and try again",
        ),
        // The keyring's own words can carry what was stored: they are not repeated.
        Some(Err(KeyringError::NoDefaultStore)) => Error::new(
            Code::Locked,
            what,
            "The keyring of this machine cannot be reached",
            "Start your desktop's keyring, or open the books with the recovery key",
        ),
        Some(_) => Error::new(
            Code::Failed,
            what,
            "The keyring of this machine refused the request",
            "Unlock the keyring and try again",
        ),
        None => Error::new(
            Code::Failed,
            what,
            "The keyring of this machine did not answer",
            "Unlock the keyring and try again",
        ),
    }
}
