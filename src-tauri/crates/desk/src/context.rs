//! What every function of the desk shares: the open account, the running job, the keys.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI8, AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use billing::period::Zone;
use books::Books;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use stripe::{ApiBase, ApiKey, Gateway, GatewayOptions};
use tokio::sync::{Mutex, Notify, watch};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::accounts::{AccountFile, AccountFolder, read_json, write_json};
use crate::answers::{AccountSummary, Count};
use crate::answers::{Mode, Settings, SyncPhase, SyncProgress, Theme};
use crate::jobs::Job;
use crate::outbox::Outbox;
use crate::secrets::SecretStore;
use crate::webhooks::Webhooks;
use crate::{Code, DeskConfig, Error, Pace, Result};

/// The person's own choices, in `<data>/settings.json`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PersonFile {
    pub theme: Theme,
    pub comfortable_rows: bool,
    pub lock_after_minutes: u32,
    /// The account that was open last.
    pub current: Option<String>,
}

impl Default for PersonFile {
    fn default() -> Self {
        let Settings {
            theme,
            comfortable_rows,
            lock_after_minutes,
            ..
        } = Settings::default();
        Self {
            theme,
            comfortable_rows,
            lock_after_minutes,
            current: None,
        }
    }
}

/// One open account.
pub(crate) struct Open {
    pub folder: AccountFolder,
    pub file: RwLock<AccountFile>,
    pub books: Books,
    /// What was decided beside the process that writes.
    pub outbox: Outbox,
    /// Another process writes to these books; here they are read.
    pub read_only: bool,
    /// Reads at Stripe; none: it must be asked for again.
    pub key: RwLock<Option<ApiKey>>,
    /// What sealed the secrets, to seal them again when the key is replaced.
    pub passphrase: Option<SecretString>,
    /// 1: Stripe answered last time; 0: it did not; −1: not tried.
    pub online: AtomicI8,
    /// Fires when the account is closed: exports, statements and rebuilds listen to it.
    pub cancel: CancellationToken,
    /// The webhook listener.
    pub webhooks: Webhooks,
    /// Fires when events were queued by a webhook or a file.
    pub arrived: Arc<Notify>,
    /// Steers the following of the account, and tells how it goes.
    pub watching: sync::WatchControl,
}

impl std::fmt::Debug for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Open")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

impl Open {
    /// A copy of what `account.json` holds.
    pub fn file(&self) -> AccountFile {
        self.file
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes `account.json`, on disk first.
    pub fn change_file(&self, change: impl FnOnce(&mut AccountFile)) -> Result<AccountFile> {
        let mut held = self.file.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = held.clone();
        change(&mut next);
        self.folder.write(&next)?;
        *held = next.clone();
        Ok(next)
    }

    pub fn key(&self) -> Option<ApiKey> {
        self.key
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub fn set_key(&self, key: Option<ApiKey>) {
        *self.key.write().unwrap_or_else(PoisonError::into_inner) = key;
    }

    pub fn set_online(&self, online: bool) {
        self.online.store(i8::from(online), Ordering::Relaxed);
    }

    pub fn online(&self) -> Option<bool> {
        match self.online.load(Ordering::Relaxed) {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }

    /// Fires when the caller cancels or the account is closed; dropping the guard ends the watch.
    pub fn cancelled_with(&self, caller: CancellationToken) -> (CancellationToken, DropGuard) {
        let token = self.cancel.child_token();
        let watched = token.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = caller.cancelled() => watched.cancel(),
                () = watched.cancelled() => {}
            }
        });
        (token.clone(), token.drop_guard())
    }

    /// The company's zone.
    pub fn zone(&self) -> Zone {
        Zone::parse(&self.file().zone).unwrap_or(Zone::UTC)
    }

    /// Puts what was decided beside this process into the ledger. Notes that cannot be taken in now
    /// wait: nothing else fails because of them.
    pub async fn take_in_notes(&self, now: i64) {
        if self.read_only {
            return;
        }
        match self.outbox.take_in(&self.books, now).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "entries of another process are in the ledger"),
            Err(error) => tracing::warn!(%error, "entries of another process still wait"),
        }
    }

    /// Refuses what would write, where another process writes to these books.
    pub fn writable(&self, what: &str) -> Result<()> {
        if !self.read_only {
            return Ok(());
        }
        Err(Error::new(
            Code::Busy,
            what,
            "Another Meterdesk process has these books open",
            "Close the other window or wait for its update to end; reading and exporting work \
             meanwhile",
        ))
    }
}

/// What changes as the person works.
#[derive(Default)]
pub(crate) struct State {
    pub open: Option<Arc<Open>>,
    /// Locked by the person or after idle time: nothing opens until `unlock`.
    pub locked: bool,
    /// Why the account that was open last could not be opened by itself.
    pub problem: Option<Error>,
    /// The sample company's simulated account, while it runs.
    pub simulator: Option<simulator::Running>,
    pub job: Option<Job>,
}

/// The desk's shared inside.
pub(crate) struct Inner {
    pub config: DeskConfig,
    pub secrets: SecretStore,
    pub state: Mutex<State>,
    pub person: RwLock<PersonFile>,
    pub progress: watch::Sender<SyncProgress>,
    /// Held while books are being closed.
    pub closing: Mutex<()>,
    /// The proof that runs.
    pub proving: crate::proving::Proving,
    pub touched_at: AtomicI64,
    /// Exports and other work during which the desk does not lock by itself.
    pub working: AtomicUsize,
    /// The account of the configuration has been taken once.
    pub configured_account_taken: AtomicBool,
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk")
            .field("data_dir", &self.config.data_dir)
            .finish_non_exhaustive()
    }
}

impl Inner {
    pub fn new(config: DeskConfig) -> Result<Self> {
        crate::accounts::make_private_dir(&config.data_dir)?;
        let path = config.data_dir.join("settings.json");
        let person = if path.exists() {
            read_json(&path)?
        } else {
            PersonFile::default()
        };
        Ok(Self {
            secrets: SecretStore::new(config.keyring.clone()),
            state: Mutex::default(),
            person: RwLock::new(person),
            progress: watch::Sender::new(idle_progress()),
            closing: Mutex::default(),
            proving: crate::proving::Proving::default(),
            touched_at: AtomicI64::new(config.clock.now()),
            working: AtomicUsize::new(0),
            configured_account_taken: AtomicBool::new(false),
            config,
        })
    }

    pub fn now(&self) -> i64 {
        self.config.clock.now()
    }

    pub fn person(&self) -> PersonFile {
        self.person
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the person's choices, on disk first.
    pub fn change_person(&self, change: impl FnOnce(&mut PersonFile)) -> Result<PersonFile> {
        let mut held = self.person.write().unwrap_or_else(PoisonError::into_inner);
        let mut next = held.clone();
        change(&mut next);
        write_json(&self.config.data_dir.join("settings.json"), &next)?;
        *held = next.clone();
        Ok(next)
    }

    pub fn folder(&self, name: &str) -> Result<AccountFolder> {
        let folder = AccountFolder::of(&self.config.data_dir, name)?;
        if folder.exists() {
            return Ok(folder);
        }
        Err(Error::new(
            Code::NotFound,
            format!("There is no account {name}"),
            "No account of that name is on this machine",
            "Choose one of the accounts that are listed, or connect it",
        ))
    }

    /// The name of the account that the person works with: as configured, else the last one,
    /// else the only one.
    pub fn chosen(&self) -> Option<String> {
        if !self.configured_account_taken.load(Ordering::Relaxed)
            && let Some(name) = &self.config.account
        {
            return Some(name.clone());
        }
        let accounts = crate::accounts::list(&self.config.data_dir);
        let last = self
            .person()
            .current
            .filter(|name| accounts.iter().any(|a| a.name == *name));
        last.or_else(|| (accounts.len() == 1).then(|| accounts[0].name.clone()))
    }

    /// A gateway to the account's address with its key.
    pub fn gateway(&self, base: ApiBase, key: ApiKey, share_percent: u8) -> Result<Gateway> {
        let mut options = GatewayOptions::new(base, key);
        if options.base.is_loopback() {
            options.pace = match self.config.loopback_pace {
                Pace::Unlimited => stripe::Pace::unlimited(),
                Pace::Stripe => stripe::Pace::usual(&options.base, options.key.mode()),
                Pace::PerSecond { endpoint, total } => stripe::Pace {
                    per_endpoint_per_s: f64::from(endpoint),
                    all_per_s: f64::from(total),
                    share_percent: 100,
                    unlimited: false,
                },
            };
        } else if options.key.mode().is_live() {
            options.pace = options.pace.with_share_percent(share_percent);
        }
        Ok(Gateway::new(options)?)
    }

    /// Counts work during which the desk does not lock by itself, until the guard is dropped.
    pub fn working(self: &Arc<Self>) -> Working {
        self.working.fetch_add(1, Ordering::SeqCst);
        Working(Arc::clone(self))
    }

    pub fn log_dir(&self) -> PathBuf {
        self.config.data_dir.join("logs")
    }
}

/// Work is under way until this is dropped; then the idle time starts anew.
pub(crate) struct Working(Arc<Inner>);

impl Drop for Working {
    fn drop(&mut self) {
        self.0.working.fetch_sub(1, Ordering::SeqCst);
        self.0.touched_at.store(self.0.now(), Ordering::Relaxed);
    }
}

/// Nothing runs and nothing ran.
pub(crate) fn idle_progress() -> SyncProgress {
    SyncProgress {
        phase: SyncPhase::Idle,
        lists: Vec::new(),
        objects: Count(0),
        objects_per_second: Count(0),
        seconds_left: None,
        requests: Count(0),
        throttled: Count(0),
        error: None,
    }
}

/// An account as the switcher shows it.
pub(crate) fn summary(file: &AccountFile, open: bool) -> AccountSummary {
    AccountSummary {
        name: file.name.clone(),
        stripe_account: file.stripe_account.clone(),
        entity_name: file.entity().to_owned(),
        mode: file.mode,
        open,
        needs_passphrase: file.asks_passphrase(),
    }
}

/// Stripe's dashboard for one object: `customers/cus_…`, `invoices/in_…`.
pub(crate) fn dashboard_url(file: &AccountFile, path: &str) -> String {
    let account = Some(file.stripe_account.as_str()).filter(|id| !id.is_empty());
    let account = account.map(|id| format!("{id}/")).unwrap_or_default();
    let test = if file.mode == Mode::Live { "" } else { "test/" };
    format!("https://dashboard.stripe.com/{account}{test}{path}")
}
