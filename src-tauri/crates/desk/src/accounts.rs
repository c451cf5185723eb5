//! The folder of an account: `<data>/accounts/<name>/{account.json, books.db, secrets.sealed,
//! outbox/}`.
//!
//! `account.json` holds what the app must know before the books are open. No secret stands in it.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::answers::{KeyKind, Mode, SecretHome};
use crate::webhooks::WebhookFile;
use crate::{Code, Error, Result};

/// The version of `account.json` that this build writes.
const FORM: u32 = 1;
/// Longest name of an account's folder.
const NAME_LENGTH: usize = 48;
/// Most accounts that are listed.
const MOST_ACCOUNTS: usize = 200;
/// A settings or account file is never longer than this.
const MOST_BYTES: u64 = 1 << 20;

/// What the app knows about an account before its books are open.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AccountFile {
    /// The version of this form.
    pub form: u32,
    /// The folder's name.
    pub name: String,
    /// Stripe's id; empty where the key may not read it.
    pub stripe_account: String,
    /// The company's name at Stripe.
    pub account_name: Option<String>,
    /// Live, test or sample.
    pub mode: Mode,
    /// A loopback address in place of Stripe's.
    pub api_base: Option<String>,
    /// The key's kind; none where no key is held.
    pub key_kind: Option<KeyKind>,
    /// The key's prefix and last four letters.
    pub key_hint: Option<String>,
    /// The name under which the keyring holds the secrets: random, so that two data folders
    /// never share an entry.
    pub secret_id: String,
    /// Where the secrets are.
    pub secret_home: SecretHome,
    /// The keyring's copy is sealed under a passphrase of the person's too.
    #[serde(default)]
    pub lock_passphrase: bool,
    /// When it was connected.
    pub connected_at: i64,
    /// The company's zone.
    pub zone: String,
    /// The company's name on exports; empty: Stripe's.
    pub entity_name: String,
    /// Share of Stripe's limits that a live account may use, in percent.
    pub live_share_percent: u8,
    /// The sample company that this account is.
    pub sample: Option<SampleFile>,
    /// The webhook listener.
    #[serde(default)]
    pub webhook: WebhookFile,
}

/// What makes a sample company the same one whenever it is opened.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct SampleFile {
    /// Its seed.
    pub seed: u64,
    /// How many customers.
    pub customers: u32,
    /// The moment at which its history ends.
    pub now: i64,
}

impl AccountFile {
    /// An account with the settings that it starts with.
    pub fn new(name: &str, mode: Mode, secret_id: String, connected_at: i64) -> Self {
        Self {
            form: FORM,
            name: name.to_owned(),
            stripe_account: String::new(),
            account_name: None,
            mode,
            api_base: None,
            key_kind: None,
            key_hint: None,
            secret_id,
            secret_home: SecretHome::Keyring,
            lock_passphrase: false,
            connected_at,
            zone: "UTC".into(),
            entity_name: String::new(),
            live_share_percent: 40,
            sample: None,
            webhook: WebhookFile::default(),
        }
    }

    /// Whether a person is asked before the books open.
    pub fn asks_passphrase(&self) -> bool {
        self.lock_passphrase || self.secret_home == SecretHome::Passphrase
    }

    /// The company as the person calls it, else as Stripe does, else the folder's name.
    pub fn entity(&self) -> &str {
        let own = Some(self.entity_name.as_str()).filter(|name| !name.trim().is_empty());
        own.or(self.account_name.as_deref()).unwrap_or(&self.name)
    }
}

/// Where an account's files stand.
#[derive(Debug, Clone)]
pub(crate) struct AccountFolder(PathBuf);

impl AccountFolder {
    /// The folder of that name; the name must be a plain one.
    pub fn of(data_dir: &Path, name: &str) -> Result<Self> {
        check_name(name)?;
        Ok(Self(data_dir.join("accounts").join(name)))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn books(&self) -> PathBuf {
        self.0.join("books.db")
    }

    pub fn sealed(&self) -> PathBuf {
        self.0.join("secrets.sealed")
    }

    pub fn sealed_webhooks(&self) -> PathBuf {
        self.0.join("webhooks.sealed")
    }

    pub fn outbox(&self) -> PathBuf {
        self.0.join("outbox")
    }

    fn file(&self) -> PathBuf {
        self.0.join("account.json")
    }

    /// Whether some process writes to these books now: the writer's lock beside them is held.
    pub fn in_use(&self) -> bool {
        use fs4::fs_std::FileExt as _;
        let Ok(lock) = fs::File::open(self.0.join("books.db.lock")) else {
            return false;
        };
        match lock.try_lock_exclusive() {
            Ok(true) => {
                let _ = lock.unlock();
                false
            }
            Ok(false) | Err(_) => true,
        }
    }

    pub fn exists(&self) -> bool {
        self.file().exists()
    }

    /// Makes the folder, readable by its owner alone.
    pub fn make(&self) -> Result<()> {
        make_private_dir(&self.0)
    }

    pub fn read(&self) -> Result<AccountFile> {
        let file: AccountFile = read_json(&self.file())?;
        if file.form > FORM {
            return Err(Error::new(
                Code::Failed,
                format!("The account {} could not be opened", file.name),
                "It was written by a newer version of Meterdesk",
                "Install the newer version",
            ));
        }
        Ok(file)
    }

    pub fn write(&self, file: &AccountFile) -> Result<()> {
        write_json(&self.file(), file)
    }

    /// Removes the folder and everything in it.
    pub fn remove(&self) -> Result<()> {
        fs::remove_dir_all(&self.0)
            .map_err(|error| io_error("The account's folder could not be removed", &self.0, &error))
    }
}

/// Every account on this machine, by name. A folder that cannot be read is left out and logged.
pub(crate) fn list(data_dir: &Path) -> Vec<AccountFile> {
    let Ok(entries) = fs::read_dir(data_dir.join("accounts")) else {
        return Vec::new();
    };
    let mut accounts: Vec<AccountFile> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter_map(|name| AccountFolder::of(data_dir, &name).ok())
        .filter(AccountFolder::exists)
        .filter_map(|folder| match folder.read() {
            Ok(file) => Some(file),
            Err(error) => {
                tracing::warn!(folder = %folder.path().display(), %error, "account left out");
                None
            }
        })
        .take(MOST_ACCOUNTS)
        .collect();
    accounts.sort_by(|a, b| a.name.cmp(&b.name));
    accounts
}

/// A plain folder name: letters, digits, `-`, `_`; nothing that leads elsewhere.
pub(crate) fn check_name(name: &str) -> Result<()> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    let good = (1..=NAME_LENGTH).contains(&name.len())
        && name.chars().all(plain)
        && name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if good {
        return Ok(());
    }
    Err(Error::invalid(
        "account",
        format!("“{name}” cannot be an account's name"),
        format!(
            "A name has 1 to {NAME_LENGTH} small letters, digits, hyphens and underscores, and \
             begins with a letter or digit"
        ),
    )
    .then("Choose another name"))
}

/// A free folder name made from a company's name: `Acme GmbH` in test mode → `acme-gmbh-test`.
pub(crate) fn free_name(data_dir: &Path, company: &str, mode: Mode) -> String {
    let mut base = String::new();
    for c in company.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            base.push(c);
        } else if !base.is_empty() && !base.ends_with('-') {
            base.push('-');
        }
        if base.len() >= NAME_LENGTH - 10 {
            break;
        }
    }
    let base = base.trim_end_matches('-');
    let base = if base.is_empty() { "account" } else { base };
    let base = match mode {
        Mode::Live | Mode::Sample => base.to_owned(),
        Mode::Test => format!("{base}-test"),
    };
    let taken = |name: &str| data_dir.join("accounts").join(name).exists();
    if !taken(&base) {
        return base;
    }
    (2_u32..)
        .map(|n| format!("{base}-{n}"))
        .find(|name| !taken(name))
        .unwrap_or(base)
}

/// Makes a folder that its owner alone may read.
pub(crate) fn make_private_dir(path: &Path) -> Result<()> {
    let made = fs::create_dir_all(path).and_then(|()| owner_only(path, 0o700));
    made.map_err(|error| io_error("The folder could not be made", path, &error))
}

#[cfg(unix)]
fn owner_only(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn owner_only(_path: &Path, _mode: u32) -> std::io::Result<()> {
    Ok(())
}

/// Reads a small JSON file.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let what = "A file of Meterdesk could not be read";
    let size = fs::metadata(path)
        .map_err(|error| io_error(what, path, &error))?
        .len();
    if size > MOST_BYTES {
        return Err(Error::new(
            Code::Failed,
            what,
            format!("{} is too long", path.display()),
            "",
        ));
    }
    let bytes = fs::read(path).map_err(|error| io_error(what, path, &error))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Error::new(
            Code::Failed,
            what,
            format!(
                "{} does not have the form it should have: {error}",
                path.display()
            ),
            "Restore the file from a backup of your machine",
        )
    })
}

/// Writes a small JSON file whole or not at all, readable by its owner alone.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| {
        Error::new(
            Code::Failed,
            "A file could not be written",
            error.to_string(),
            "",
        )
    })?;
    write_private(path, &text)
}

/// Writes a file whole or not at all, readable by its owner alone.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<()> {
    let what = "A file of Meterdesk could not be written";
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        owner_only(file.path(), 0o600)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|error| error.error)?;
        // The rename itself must survive a power cut; not every file system lets a folder be
        // opened for that.
        if let Ok(folder) = fs::File::open(folder) {
            let _ = folder.sync_all();
        }
        Ok(())
    };
    write().map_err(|error| io_error(what, path, &error))
}

/// A file operation that failed, in words.
pub(crate) fn io_error(what: &str, path: &Path, error: &std::io::Error) -> Error {
    use std::io::ErrorKind;
    let place = path.display();
    let (why, next) = match error.kind() {
        ErrorKind::NotFound => (format!("{place} is not there"), "Check the path"),
        ErrorKind::PermissionDenied => (
            format!("{place} may not be read or written by you"),
            "Choose another folder, or change its rights",
        ),
        ErrorKind::ReadOnlyFilesystem => (
            format!("{place} is on a disk that cannot be written"),
            "Choose another folder",
        ),
        ErrorKind::StorageFull => (
            "The disk is full; nothing was changed".to_owned(),
            "Free some space and try again",
        ),
        ErrorKind::AlreadyExists => (format!("{place} is already there"), "Choose another name"),
        _ => (format!("{place}: {error}"), ""),
    };
    Error::new(Code::Failed, what, why, next)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_never_leads_out_of_the_folder() {
        for bad in [
            "",
            ".",
            "..",
            "a/b",
            "a\\b",
            "-a",
            "A",
            "ä",
            "a b",
            &"a".repeat(49),
        ] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
        for good in ["a", "acme-test", "0_x", &"a".repeat(48)] {
            assert!(check_name(good).is_ok(), "{good:?}");
        }
    }

    #[test]
    fn names_are_made_from_the_company_and_are_free() {
        let data = tempfile::tempdir().expect("a folder");
        for (company, mode, name) in [
            ("Acme GmbH & Co. KG", Mode::Live, "acme-gmbh-co-kg"),
            ("Acme", Mode::Test, "acme-test"),
            ("株式会社", Mode::Live, "account"),
            ("../../etc", Mode::Live, "etc"),
        ] {
            let free = free_name(data.path(), company, mode);
            assert_eq!(free, name);
            check_name(&free).expect("a made name is a good one");
        }
        std::fs::create_dir_all(data.path().join("accounts/acme-test")).expect("a folder");
        assert_eq!(free_name(data.path(), "Acme", Mode::Test), "acme-test-2");
    }

    #[test]
    fn a_newer_form_is_refused_politely() {
        let data = tempfile::tempdir().expect("a folder");
        let folder = AccountFolder::of(data.path(), "acme").expect("a folder");
        folder.make().expect("made");
        let mut file = AccountFile::new("acme", Mode::Live, "id".into(), 0);
        file.form = FORM + 1;
        folder.write(&file).expect("written");
        let refused = folder.read().expect_err("newer");
        assert!(refused.why.contains("newer version"), "{refused}");
    }
}
