//! Secrets in a file under a passphrase: Argon2id makes the key, XChaCha20-Poly1305 seals.

use std::path::PathBuf;

use books::{BooksKey, PassphraseHeader};
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::accounts::{read_json, write_json};
use crate::{Code, Error, Result};

/// The version of this form.
const FORM: u32 = 1;

/// The sealed file. Nothing in it is secret without the passphrase.
#[derive(Serialize, Deserialize)]
pub(super) struct Sealed {
    form: u32,
    /// How the passphrase becomes a key.
    passphrase: String,
    /// 24 bytes, hexadecimal.
    nonce: String,
    /// Ciphertext and tag, hexadecimal.
    sealed: String,
}

/// Seals `secret` into the file, bound to the account by its id.
pub(super) async fn write(
    path: PathBuf,
    id: &str,
    secret: Zeroizing<Vec<u8>>,
    passphrase: SecretString,
) -> Result<()> {
    let file = seal(id, secret, passphrase).await?;
    write_json(&path, &file)
}

/// As [`write`], but to bytes that the keyring keeps.
pub(super) async fn to_bytes(
    id: &str,
    secret: Zeroizing<Vec<u8>>,
    passphrase: SecretString,
) -> Result<Zeroizing<Vec<u8>>> {
    let file = seal(id, secret, passphrase).await?;
    serde_json::to_vec(&file)
        .map(Zeroizing::new)
        .map_err(|_| unreadable())
}

/// Opens what [`write`] sealed. A wrong passphrase is told apart from a file that is no such file.
pub(super) async fn read(
    path: PathBuf,
    id: &str,
    passphrase: SecretString,
) -> Result<Zeroizing<Vec<u8>>> {
    open(read_json(&path)?, id, passphrase).await
}

/// What was sealed by [`to_bytes`]; none where the bytes are no such thing.
pub(super) fn of_bytes(bytes: &[u8]) -> Option<Sealed> {
    serde_json::from_slice(bytes).ok()
}

async fn seal(id: &str, secret: Zeroizing<Vec<u8>>, passphrase: SecretString) -> Result<Sealed> {
    let id = id.to_owned();
    blocking(move || {
        let header = PassphraseHeader::generate().map_err(|_| no_randomness())?;
        let mut nonce = [0_u8; 24];
        getrandom::fill(&mut nonce).map_err(|_| no_randomness())?;
        let sealed = cipher(&passphrase, &header)?
            .encrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: &secret,
                    aad: id.as_bytes(),
                },
            )
            .map_err(|_| unreadable())?;
        Ok(Sealed {
            form: FORM,
            passphrase: header.to_text(),
            nonce: hex::encode(nonce),
            sealed: hex::encode(sealed),
        })
    })
    .await
}

/// Opens what was sealed.
pub(super) async fn open(
    file: Sealed,
    id: &str,
    passphrase: SecretString,
) -> Result<Zeroizing<Vec<u8>>> {
    let id = id.to_owned();
    blocking(move || {
        if file.form != FORM {
            return Err(unreadable());
        }
        let header = PassphraseHeader::from_text(&file.passphrase).map_err(|_| unreadable())?;
        let mut nonce = [0_u8; 24];
        hex::decode_to_slice(&file.nonce, &mut nonce).map_err(|_| unreadable())?;
        let sealed = hex::decode(&file.sealed).map_err(|_| unreadable())?;
        cipher(&passphrase, &header)?
            .decrypt(
                XNonce::from_slice(&nonce),
                Payload {
                    msg: &sealed,
                    aad: id.as_bytes(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| wrong_passphrase())
    })
    .await
}

fn cipher(passphrase: &SecretString, header: &PassphraseHeader) -> Result<XChaCha20Poly1305> {
    let key = BooksKey::from_passphrase(passphrase, header).map_err(|_| unreadable())?;
    Ok(XChaCha20Poly1305::new(key.expose().into()))
}

/// Argon2id takes half a second of a processor: not on a thread that others wait for.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| unreadable())?
}

fn wrong_passphrase() -> Error {
    let mut error = Error::new(
        Code::Locked,
        "The books could not be opened",
        "The passphrase is not the right one",
        "Try again, or open them with the recovery key",
    );
    error.place = Some("passphrase".into());
    error
}

fn unreadable() -> Error {
    Error::new(
        Code::Failed,
        "The sealed key could not be read",
        "secrets.sealed does not have the form that Meterdesk writes",
        "Open the books with the recovery key",
    )
}

fn no_randomness() -> Error {
    Error::new(
        Code::Failed,
        "The key could not be sealed",
        "The operating system gave no randomness",
        "Try again",
    )
}
