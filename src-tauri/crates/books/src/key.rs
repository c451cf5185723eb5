//! The key of a book: 32 random bytes, or derived from a passphrase, and its written form.

use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::{BooksError, Result};

/// Crockford's alphabet: no I, L, O or U, so that a key copied by hand is read back right.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Bytes of the checksum behind the key in its written form.
const CHECK_BYTES: usize = 3;
/// Letters in a group of the written form.
const GROUP: usize = 4;

/// The 32 secret bytes that open a book. Cannot be printed or serialised.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct BooksKey([u8; 32]);

impl std::fmt::Debug for BooksKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BooksKey(…)")
    }
}

impl BooksKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self> {
        let mut bytes = [0_u8; 32];
        random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The key with these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a keyring alone.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key that `passphrase` gives under `header` (Argon2id; takes about half a second).
    ///
    /// # Errors
    /// [`BooksError::Invalid`] when the header's cost is out of bounds.
    pub fn from_passphrase(passphrase: &SecretString, header: &PassphraseHeader) -> Result<Self> {
        let params = Params::new(header.memory_kib, header.passes, header.lanes, Some(32))
            .map_err(|error| BooksError::invalid(format!("passphrase header: {error}")))?;
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut bytes = [0_u8; 32];
        argon
            .hash_password_into(
                passphrase.expose_secret().as_bytes(),
                &header.salt,
                &mut bytes,
            )
            .map_err(|error| BooksError::invalid(format!("passphrase: {error}")))?;
        let key = Self(bytes);
        bytes.zeroize();
        Ok(key)
    }

    /// The key as groups of four letters and digits with a checksum, to be written down.
    #[must_use]
    pub fn recovery_key(&self) -> SecretString {
        let mut bytes = Zeroizing::new(Vec::with_capacity(32 + CHECK_BYTES));
        bytes.extend_from_slice(&self.0);
        bytes.extend_from_slice(&checksum(&self.0));
        let letters = Zeroizing::new(encode(&bytes));
        let groups: Vec<&str> = letters
            .as_bytes()
            .chunks(GROUP)
            .filter_map(|g| std::str::from_utf8(g).ok())
            .collect();
        SecretString::from(groups.join("-"))
    }

    /// Reads a recovery key back; spaces, hyphens and case do not matter.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] when it is mistyped or cut short.
    pub fn from_recovery_key(text: &SecretString) -> Result<Self> {
        let wrong = || BooksError::invalid("this recovery key is mistyped or incomplete");
        let bytes = Zeroizing::new(decode(text.expose_secret()).ok_or_else(wrong)?);
        let (key, check) = bytes.split_at_checked(32).ok_or_else(wrong)?;
        let key: [u8; 32] = key.try_into().map_err(|_| wrong())?;
        if check != checksum(&key) {
            return Err(wrong());
        }
        Ok(Self(key))
    }

    /// The raw key as SQLCipher reads it (`x'…'`): no derivation runs at every open.
    pub(crate) fn raw(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(68));
        text.push_str("x'");
        text.push_str(&Zeroizing::new(hex::encode(self.0)));
        text.push('\'');
        text
    }
}

/// How a passphrase becomes a key: stored in the open beside what it protects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassphraseHeader {
    salt: [u8; 16],
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

impl PassphraseHeader {
    /// A new salt with today's cost: 64 MiB, three passes, one lane.
    ///
    /// # Errors
    /// When the operating system gives no randomness.
    pub fn generate() -> Result<Self> {
        let mut salt = [0_u8; 16];
        random(&mut salt)?;
        Ok(Self {
            salt,
            memory_kib: 64 * 1024,
            passes: 3,
            lanes: 1,
        })
    }

    /// One line: `argon2id memory_kib=65536 passes=3 lanes=1 salt=<hex>`.
    #[must_use]
    pub fn to_text(&self) -> String {
        let Self {
            salt,
            memory_kib,
            passes,
            lanes,
        } = self;
        let salt = hex::encode(salt);
        format!("argon2id memory_kib={memory_kib} passes={passes} lanes={lanes} salt={salt}")
    }

    /// Reads [`Self::to_text`] back, within limits: at most 1 GiB and 64 passes.
    ///
    /// # Errors
    /// [`BooksError::Invalid`] when the line is not of that form or out of bounds.
    pub fn from_text(text: &str) -> Result<Self> {
        let wrong = || BooksError::invalid("the passphrase header cannot be read");
        let mut words = text.split_whitespace();
        if words.next() != Some("argon2id") {
            return Err(wrong());
        }
        let mut value = |name: &str| -> Result<&str> {
            let word = words.next().ok_or_else(wrong)?;
            word.strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('='))
                .ok_or_else(wrong)
        };
        let memory_kib: u32 = value("memory_kib")?.parse().map_err(|_| wrong())?;
        let passes: u32 = value("passes")?.parse().map_err(|_| wrong())?;
        let lanes: u32 = value("lanes")?.parse().map_err(|_| wrong())?;
        let mut salt = [0_u8; 16];
        hex::decode_to_slice(value("salt")?, &mut salt).map_err(|_| wrong())?;
        if memory_kib > 1 << 20 || passes > 64 || lanes > 16 {
            return Err(wrong());
        }
        Ok(Self {
            salt,
            memory_kib,
            passes,
            lanes,
        })
    }
}

pub(crate) fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| BooksError::invalid(format!("no randomness from the system: {error}")))
}

fn checksum(key: &[u8; 32]) -> [u8; CHECK_BYTES] {
    let digest = Sha256::new()
        .chain_update(b"meterdesk recovery key")
        .chain_update(key)
        .finalize();
    [digest[0], digest[1], digest[2]]
}

fn encode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 8 / 5 + 1);
    let (mut window, mut bits) = (0_u32, 0_u32);
    for &byte in bytes {
        window = (window << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(ALPHABET[(window >> bits) as usize & 31]));
        }
    }
    if bits > 0 {
        out.push(char::from(ALPHABET[(window << (5 - bits)) as usize & 31]));
    }
    out
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() * 5 / 8);
    let (mut window, mut bits) = (0_u32, 0_u32);
    for letter in text
        .bytes()
        .filter(|b| !b.is_ascii_whitespace() && *b != b'-')
    {
        let letter = match letter.to_ascii_uppercase() {
            b'O' => b'0',
            b'I' | b'L' => b'1',
            other => other,
        };
        let value = ALPHABET.iter().position(|&known| known == letter)?;
        window = (window << 5) | u32::try_from(value).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from((window >> bits) & 0xff).ok()?);
        }
    }
    (bits < 5).then_some(out)
}
