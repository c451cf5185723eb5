//! Answers about accounts and their upkeep: details, backup, erasure, rebuilding, diagnostics.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::{AccountSummary, Count, KeyKind, UnixSeconds};

/// Where an account's secrets are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SecretHome {
    /// In the operating system's keyring.
    Keyring,
    /// In a file sealed under the person's passphrase.
    Passphrase,
    /// The sample company: nothing in it is secret.
    Sample,
}

/// One account, as the settings show it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountDetails {
    /// The same as in the switcher.
    pub account: AccountSummary,
    /// The key's kind; none where no key is held (after opening with the recovery key).
    pub key_kind: Option<KeyKind>,
    /// The key's prefix and last four letters: `rk_test_…a1b2`.
    pub key_hint: Option<String>,
    /// Where requests go: Stripe, or a loopback address.
    pub api_base: String,
    /// Where the secrets are kept.
    pub secret_home: SecretHome,
    /// When the account was connected.
    pub connected_at: UnixSeconds,
    /// The folder that holds its books.
    pub folder: String,
    /// Opened for reading alone: another process writes to these books.
    pub read_only: bool,
}

/// What the tables can be filtered by, as the books have it now.
#[derive(Debug, Clone, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FilterChoices {
    /// Product names that stand on subscriptions, by name.
    pub tenant_plans: Vec<String>,
    /// Product names that stand on invoice lines, by name.
    pub invoice_plans: Vec<String>,
    /// ISO codes in upper case that stand on customers, subscriptions or invoices.
    pub currencies: Vec<String>,
}

/// A backup that was written, or read back.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct BackupFile {
    /// The file.
    pub path: String,
    /// Its size.
    pub bytes: Count,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

/// An account that came back from a backup. The recovery key is shown once and kept nowhere.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Restored {
    /// The account.
    pub account: AccountSummary,
    /// Groups of letters that open the restored books when the keyring is lost.
    pub recovery_key: String,
    /// What is left to do: "Enter the account's Stripe key before the next update".
    pub next: String,
}

/// What an erasure removed.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Erased {
    /// Stripe's customer id.
    pub customer: String,
    /// Versions in the history whose contents were removed; their hashes stay.
    pub versions: Count,
    /// Rows of the tables that lost personal data.
    pub rows: Count,
    /// The ledger entry that says so.
    pub ledger_sequence: Count,
}

/// What `doctor` found and did.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct DoctorReport {
    /// Whether SQLite finds the file whole.
    pub file_whole: bool,
    /// What SQLite says where it is not.
    pub file_words: Vec<String>,
    /// Objects in the history.
    pub objects: Count,
    /// Versions in the history.
    pub versions: Count,
    /// Objects whose tables were rebuilt; none: only looked.
    pub rebuilt: Option<Count>,
    /// Ledger entries that were checked.
    pub ledger_entries: Count,
    /// The first ledger entry that does not hold, and why.
    pub ledger_broken: Option<String>,
}

/// Progress of a rebuild.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RebuildProgress {
    /// Objects done.
    pub done: Count,
    /// Objects in all.
    pub total: Count,
}
