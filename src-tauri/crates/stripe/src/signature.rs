//! The signature of a webhook: checked over the raw bytes, before anything is parsed.
//!
//! `Stripe-Signature: t=<unix seconds>,v1=<hex>[,v1=<hex>…]`, where each `v1` is the HMAC-SHA256
//! of `"{t}." + body` under an endpoint's signing secret, in lower-case hex. While a secret is
//! rolled, Stripe signs with the old one and the new one, and two are held here.

use std::fmt;

use hmac::{Hmac, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

/// How far a signature's time may lie from now, in seconds, in both directions.
pub const SIGNATURE_TOLERANCE: i64 = 300;
/// The longest header that is looked at: Stripe's has about 160 bytes during a roll.
const HEADER_MAX: usize = 4 * 1024;
/// The longest secret that is taken.
const SECRET_MAX: usize = 255;

/// An endpoint's signing secret, `whsec_…`. It can be neither printed nor serialised.
#[derive(Clone)]
pub struct WebhookSecret(SecretString);

/// Why a text is not taken for a signing secret. It does not repeat the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "This is not a webhook's signing secret. It begins with whsec_, followed by letters and \
     digits; `stripe listen` prints it, and the dashboard shows it beside the endpoint"
)]
pub struct WebhookSecretError;

impl WebhookSecret {
    /// Takes a secret as a person pastes it: surrounding white space is dropped.
    ///
    /// # Errors
    /// [`WebhookSecretError`] when it does not begin with `whsec_`, has nothing behind that, is
    /// longer than 255 characters, or holds anything but letters, digits, `_`, `+`, `/` and `=`.
    pub fn parse(given: &SecretString) -> Result<Self, WebhookSecretError> {
        let text = given.expose_secret().trim();
        let rest = text.strip_prefix("whsec_").ok_or(WebhookSecretError)?;
        let sound = !rest.is_empty()
            && text.len() <= SECRET_MAX
            && rest
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_+/=".contains(&byte));
        if sound {
            Ok(Self(SecretString::from(text.to_owned())))
        } else {
            Err(WebhookSecretError)
        }
    }

    /// The secret itself, for whoever stores it in a keyring.
    pub fn expose(&self) -> &SecretString {
        &self.0
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(…)")
    }
}

/// Why a webhook is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No secret is held to check with.
    #[error("no signing secret is set")]
    NoSecret,
    /// The request has no signature.
    #[error("it has no Stripe-Signature header")]
    Missing,
    /// The header cannot be read.
    #[error("its Stripe-Signature header cannot be read")]
    Unreadable,
    /// There is no `v1` in it.
    #[error("its Stripe-Signature header has no v1 signature")]
    NoSignature,
    /// No signature is that of this body under a held secret.
    #[error("its signature fits none of the signing secrets")]
    Mismatch,
    /// It was signed too long ago: it may be a replay.
    #[error("it was signed {seconds} seconds ago, more than the {SIGNATURE_TOLERANCE} allowed")]
    TooOld {
        /// How long ago.
        seconds: i64,
    },
    /// It claims to be signed in the future.
    #[error(
        "it was signed {seconds} seconds ahead of this computer's clock, more than the \
         {SIGNATURE_TOLERANCE} allowed"
    )]
    Ahead {
        /// How far ahead.
        seconds: i64,
    },
}

/// Checks that `body` is what Stripe signed with one of `secrets`, at most
/// [`SIGNATURE_TOLERANCE`] before or after `now` (UTC seconds). Answers when it was signed.
///
/// `body` is the raw body as it came; `header` the value of `Stripe-Signature`. Signatures of
/// other schemes than `v1` are ignored; of two times the last one counts, as in Stripe's own
/// libraries. Unlike those, a time too far ahead is refused as one too long ago is.
///
/// # Errors
/// [`SignatureError`]. A time is complained of only where the signature fits.
pub fn verify_signature(
    header: Option<&[u8]>,
    body: &[u8],
    secrets: &[WebhookSecret],
    now: i64,
) -> Result<i64, SignatureError> {
    if secrets.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let header = header.ok_or(SignatureError::Missing)?;
    if header.len() > HEADER_MAX {
        return Err(SignatureError::Unreadable);
    }
    let header = std::str::from_utf8(header).map_err(|_| SignatureError::Unreadable)?;
    let mut time = None;
    let mut signatures = Vec::new();
    for element in header.split(',') {
        match element.split_once('=') {
            Some(("t", value)) => time = Some(value),
            Some(("v1", value)) => signatures.push(value),
            _ => {}
        }
    }
    let time = time.ok_or(SignatureError::Unreadable)?;
    let signed_at = seconds(time).ok_or(SignatureError::Unreadable)?;
    if signatures.is_empty() {
        return Err(SignatureError::NoSignature);
    }
    let fits = secrets
        .iter()
        .any(|secret| fits_any(secret, time, body, &signatures));
    if !fits {
        return Err(SignatureError::Mismatch);
    }
    match now.saturating_sub(signed_at) {
        age if age > SIGNATURE_TOLERANCE => Err(SignatureError::TooOld { seconds: age }),
        age if age < -SIGNATURE_TOLERANCE => Err(SignatureError::Ahead { seconds: -age }),
        _ => Ok(signed_at),
    }
}

/// Digits only: a sign or white space would let two headers mean the same time.
fn seconds(text: &str) -> Option<i64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// Compares in constant time, whatever the number of equal bytes.
fn fits_any(secret: &WebhookSecret, time: &str, body: &[u8], signatures: &[&str]) -> bool {
    let key = secret.expose().expose_secret().as_bytes();
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return false;
    };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    signatures
        .iter()
        .filter_map(|signature| lower_hex(signature))
        .any(|signature| mac.clone().verify_slice(&signature).is_ok())
}

/// Bytes from hex as Stripe writes it: upper-case letters are no signature of Stripe's.
fn lower_hex(text: &str) -> Option<Vec<u8>> {
    let lower = !text.bytes().any(|byte| byte.is_ascii_uppercase());
    lower.then(|| hex::decode(text).ok()).flatten()
}

#[cfg(test)]
#[path = "signature_test.rs"]
mod tests;
