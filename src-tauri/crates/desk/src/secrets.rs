//! Where an account's secrets live: the operating system's keyring, a file sealed under a
//! passphrase, or (the sample company) nowhere, because nothing in it is secret.
//!
//! There is no plain-text home and no silent fall-back to one.

mod keyring;
mod sealed;

use books::BooksKey;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub(crate) use self::keyring::KeyringHome;
use crate::accounts::{AccountFile, AccountFolder};
use crate::answers::SecretHome;
use crate::{Code, Error, Keyring, Result};

/// Shortest passphrase that seals secrets.
const PASSPHRASE_LETTERS: usize = 8;

/// The key of the sample company's books. It is written here because the company is made up:
/// its books are encrypted so that they are the same kind of file as everybody else's.
const SAMPLE_KEY: [u8; 32] = *b"Meterdesk sample company, public";

/// What must stay secret about an account.
#[derive(Clone)]
pub(crate) struct Secrets {
    /// Opens the books.
    pub books: BooksKey,
    /// Reads at Stripe; none where it must be asked for again.
    pub stripe: Option<SecretString>,
}

/// The stored form of [`Secrets`].
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct Stored {
    books_key: String,
    stripe_key: Option<String>,
}

impl Secrets {
    /// The sample company's.
    pub fn sample() -> Self {
        Self {
            books: BooksKey::from_bytes(SAMPLE_KEY),
            stripe: None,
        }
    }

    fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>> {
        let stored = Stored {
            books_key: hex::encode(self.books.expose()),
            stripe_key: self
                .stripe
                .as_ref()
                .map(|key| key.expose_secret().to_owned()),
        };
        serde_json::to_vec(&stored)
            .map(Zeroizing::new)
            .map_err(|_| unreadable())
    }

    fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
        let mut key = Zeroizing::new([0_u8; 32]);
        hex::decode_to_slice(&stored.books_key, key.as_mut()).map_err(|_| unreadable())?;
        Ok(Self {
            books: BooksKey::from_bytes(*key),
            stripe: stored.stripe_key.clone().map(SecretString::from),
        })
    }
}

fn unreadable() -> Error {
    Error::new(
        Code::Failed,
        "The account's secrets could not be read",
        "What is stored does not have the form that Meterdesk writes",
        "Open the books with the recovery key",
    )
}

/// The homes of secrets on this machine.
#[derive(Debug)]
pub(crate) struct SecretStore {
    keyring: KeyringHome,
}

impl SecretStore {
    pub fn new(keyring: Keyring) -> Self {
        Self {
            keyring: KeyringHome::new(keyring),
        }
    }

    /// Whether a keyring can be used; found out once.
    pub async fn keyring_available(&self) -> bool {
        self.keyring.available().await
    }

    /// Keeps secrets: in the keyring where there is one (sealed under the passphrase too, where
    /// the account has a lock passphrase), else sealed under the passphrase. Says where; a home that the account no longer uses is emptied.
    pub async fn keep(
        &self,
        folder: &AccountFolder,
        file: &AccountFile,
        secrets: &Secrets,
        passphrase: Option<&SecretString>,
    ) -> Result<SecretHome> {
        if file.secret_home == SecretHome::Sample {
            return Ok(SecretHome::Sample);
        }
        let bytes = secrets.to_bytes()?;
        if self.keyring.available().await {
            let bytes = if file.lock_passphrase {
                let passphrase = passphrase.ok_or_else(passphrase_missing)?;
                check_passphrase(passphrase)?;
                sealed::to_bytes(&file.secret_id, bytes, passphrase.clone()).await?
            } else {
                bytes
            };
            self.keyring.set(&file.secret_id, bytes).await?;
            let _ = std::fs::remove_file(folder.sealed());
            return Ok(SecretHome::Keyring);
        }
        let passphrase = passphrase.ok_or_else(passphrase_missing)?;
        check_passphrase(passphrase)?;
        sealed::write(folder.sealed(), &file.secret_id, bytes, passphrase.clone()).await?;
        Ok(SecretHome::Passphrase)
    }

    /// The account's secrets from the home that its file names.
    pub async fn fetch(
        &self,
        folder: &AccountFolder,
        file: &AccountFile,
        passphrase: Option<&SecretString>,
    ) -> Result<Secrets> {
        let bytes = match file.secret_home {
            SecretHome::Sample => return Ok(Secrets::sample()),
            SecretHome::Keyring => {
                let bytes = self.keyring.get(&file.secret_id, &file.name).await?;
                match sealed::of_bytes(&bytes) {
                    None => bytes,
                    Some(sealed) => {
                        let passphrase = passphrase.ok_or_else(|| locked(&file.name))?;
                        sealed::open(sealed, &file.secret_id, passphrase.clone()).await?
                    }
                }
            }
            SecretHome::Passphrase => {
                let passphrase = passphrase.ok_or_else(|| locked(&file.name))?;
                sealed::read(folder.sealed(), &file.secret_id, passphrase.clone()).await?
            }
        };
        Secrets::from_bytes(&bytes)
    }

    /// Keeps the webhook listener's signing secrets beside the account's other secrets.
    pub async fn keep_webhooks(
        &self,
        folder: &AccountFolder,
        file: &AccountFile,
        secrets: &[SecretString],
        passphrase: Option<&SecretString>,
    ) -> Result<()> {
        let texts: Vec<&str> = secrets
            .iter()
            .map(|secret| secret.expose_secret())
            .collect();
        let bytes = Zeroizing::new(serde_json::to_vec(&texts).map_err(|_| unreadable())?);
        let id = webhooks_id(file);
        match file.secret_home {
            SecretHome::Sample => Ok(()),
            SecretHome::Keyring => self.keyring.set(&id, bytes).await,
            SecretHome::Passphrase => {
                let passphrase = passphrase.ok_or_else(passphrase_missing)?;
                sealed::write(folder.sealed_webhooks(), &id, bytes, passphrase.clone()).await
            }
        }
    }

    /// The webhook listener's signing secrets; none where none were kept.
    pub async fn fetch_webhooks(
        &self,
        folder: &AccountFolder,
        file: &AccountFile,
        passphrase: Option<&SecretString>,
    ) -> Result<Vec<SecretString>> {
        let id = webhooks_id(file);
        let bytes = match file.secret_home {
            SecretHome::Sample => return Ok(Vec::new()),
            SecretHome::Keyring => match self.keyring.find(&id).await? {
                Some(bytes) => bytes,
                None => return Ok(Vec::new()),
            },
            SecretHome::Passphrase if !folder.sealed_webhooks().exists() => return Ok(Vec::new()),
            SecretHome::Passphrase => {
                let passphrase = passphrase.ok_or_else(|| locked(&file.name))?;
                sealed::read(folder.sealed_webhooks(), &id, passphrase.clone()).await?
            }
        };
        let texts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
        Ok(texts.into_iter().map(SecretString::from).collect())
    }

    /// Removes the account's secrets from wherever they are.
    pub async fn forget(&self, folder: &AccountFolder, file: &AccountFile) -> Result<()> {
        if file.secret_home == SecretHome::Keyring {
            self.keyring.remove(&file.secret_id).await?;
            self.keyring.remove(&webhooks_id(file)).await?;
        }
        let _ = std::fs::remove_file(folder.sealed_webhooks());
        match std::fs::remove_file(folder.sealed()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                let what = "The sealed key could not be removed";
                Err(crate::accounts::io_error(what, &folder.sealed(), &error))
            }
            _ => Ok(()),
        }
    }
}

/// The name under which the keyring holds the webhook listener's secrets.
fn webhooks_id(file: &AccountFile) -> String {
    format!("{}-webhooks", file.secret_id)
}

/// A passphrase must have some length; what it consists of is the person's choice.
pub(crate) fn check_passphrase(passphrase: &SecretString) -> Result<()> {
    if passphrase.expose_secret().chars().count() >= PASSPHRASE_LETTERS {
        return Ok(());
    }
    Err(Error::invalid(
        "passphrase",
        "The passphrase is too short",
        format!("It has fewer than {PASSPHRASE_LETTERS} letters"),
    )
    .then("Choose a longer one; several words are easy to remember"))
}

pub(crate) fn passphrase_missing() -> Error {
    Error::invalid(
        "passphrase",
        "A passphrase is needed",
        "This machine has no keyring that Meterdesk could use, and a key is never stored in the \
         open",
    )
    .then("Give a passphrase (METERDESK_PASSPHRASE on the command line); it seals the key on disk")
}

fn locked(name: &str) -> Error {
    Error::new(
        Code::Locked,
        format!("The books of {name} are locked"),
        "They open with a passphrase",
        "Enter the passphrase (METERDESK_PASSPHRASE on the command line)",
    )
}
