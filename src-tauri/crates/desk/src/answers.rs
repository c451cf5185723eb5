//! What the desk answers: small transfer structs, the only types that are serialised for the
//! window and for `--json`.
//!
//! Domain types carry no screen shape; they are converted here, at the boundary. Amounts are
//! integers in minor units with their currency and Stripe's exponent, times are UTC seconds.

mod charts;
mod documents;
mod events;
mod movements;
mod overview;
mod pages;
mod plans;
mod progress;
mod proofs;
mod tables;
mod upkeep;
mod usage;
mod usage_in;
mod watching;

use serde::{Deserialize, Serialize};
use specta::Type;

pub use charts::*;
pub use documents::*;
pub use events::*;
pub use movements::*;
pub use overview::*;
pub use pages::*;
pub use plans::*;
pub use progress::*;
pub use proofs::*;
pub use tables::*;
pub use upkeep::*;
pub use usage::*;
pub use usage_in::*;
pub use watching::*;

/// UTC seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type)]
#[specta(type = specta_typescript::Number)]
pub struct UnixSeconds(pub i64);

/// A count of things; never an amount.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Type,
)]
#[specta(type = specta_typescript::Number)]
pub struct Count(pub u64);

/// Minor units of a currency. Refused outside ±(2^53 − 1), which a page cannot hold exactly.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Type,
)]
#[specta(type = specta_typescript::Number)]
pub struct Minor(pub i64);

/// An amount as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Amount {
    /// Minor units.
    pub minor: Minor,
    /// ISO code in upper case, e.g. `EUR`.
    pub currency: String,
    /// Stripe's number of decimals for that currency (0, 2 or 3).
    pub exponent: u8,
}

/// Live or test; a row of one never stands in a file of the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Real customers, real money.
    Live,
    /// Stripe's test mode or a sandbox.
    Test,
    /// The simulated sample company.
    Sample,
}

/// One connected account, as the switcher shows it.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// The folder's name, unique on this machine; `--account` takes it.
    pub name: String,
    /// Stripe's account id, `acct_…`.
    pub stripe_account: String,
    /// The company as the person calls it.
    pub entity_name: String,
    /// Live, test or sample.
    pub mode: Mode,
    /// Whether its books are open in this process.
    pub open: bool,
    /// Whether a passphrase is needed to open it (no keyring holds its key).
    pub needs_passphrase: bool,
}

/// What the window needs before it can draw its first screen.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AppState {
    /// The app's version.
    pub version: String,
    /// Accounts on this machine, by name.
    pub accounts: Vec<AccountSummary>,
    /// The one that is open.
    pub current: Option<String>,
    /// Locked after idle: nothing is shown until it is unlocked.
    pub locked: bool,
    /// Whether the operating system's keyring can be used; without it a passphrase is asked for.
    pub keyring_available: bool,
    /// The person's choices.
    pub settings: Settings,
    /// Why the account that was open last could not be opened.
    pub problem: Option<crate::Error>,
}

/// How the window is coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// The person's and the company's choices for one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// Colours.
    pub theme: Theme,
    /// 40 px rows in place of 32 px.
    pub comfortable_rows: bool,
    /// The company's zone (IANA name); periods and days are its days.
    pub zone: String,
    /// The company's name on exports and statements; empty: Stripe's.
    pub entity_name: String,
    /// Minutes without input until the window locks; 0: never.
    pub lock_after_minutes: u32,
    /// Share of Stripe's request limits that a live account may use, in percent.
    pub live_share_percent: u8,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            comfortable_rows: false,
            zone: "UTC".into(),
            entity_name: String::new(),
            lock_after_minutes: 15,
            live_share_percent: 40,
        }
    }
}

/// One row of the permissions matrix.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct PermissionRow {
    /// What is read, in words: "Customers".
    pub what: String,
    /// Stripe's slug for it: `rak_customer_read`.
    pub slug: String,
    /// May the key read it?
    pub granted: bool,
    /// What is missing on the screen without it.
    pub without_it: String,
}

/// What kind of key a person gave; each has its own words on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyKind {
    /// `rk_…`: what Meterdesk asks for.
    Restricted,
    /// `sk_…`: may do everything; accepted after a warning.
    Secret,
    /// `pk_…`: cannot read; refused.
    Publishable,
    /// `sk_org_…`: refused.
    Organisation,
    /// `whsec_…`: a webhook's signing secret; refused.
    WebhookSecret,
    /// Not a Stripe key; refused.
    Unknown,
}

/// What a key is and may do, found by asking Stripe.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyCheck {
    /// Its kind, by its prefix.
    pub kind: KeyKind,
    /// Live or test, by its prefix and as Stripe's objects say.
    pub mode: Option<Mode>,
    /// The account's name at Stripe, where the key may read it.
    pub account_name: Option<String>,
    /// The account's id at Stripe, where the key may read it.
    pub stripe_account: Option<String>,
    /// May this key be used?
    pub usable: bool,
    /// Sentences about this key: refusal, write rights, live data.
    pub notes: Vec<String>,
    /// One row a list; empty when Stripe was not asked.
    pub permissions: Vec<PermissionRow>,
}

/// The answer to a connected account. The recovery key is shown once and kept nowhere.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Connected {
    /// The account.
    pub account: AccountSummary,
    /// Groups of letters that open the books when the keyring is lost.
    pub recovery_key: String,
    /// What the key is and may do, as it was found while connecting.
    pub check: KeyCheck,
}
