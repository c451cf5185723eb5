//! Opening, closing, locking and unlocking accounts.

use std::sync::atomic::{AtomicI8, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use books::{Access, Books, BooksError, BooksKey};
use secrecy::SecretString;
use serde_json::json;
use stripe::ApiKey;
use tokio_util::sync::CancellationToken;

use crate::accounts::{AccountFile, AccountFolder};
use crate::answers::{AccountSummary, AppState};
use crate::context::{Inner, Open, State, summary};
use crate::jobs::Job;
use crate::outbox::Outbox;
use crate::secrets::Secrets;
use crate::webhooks::Webhooks;
use crate::{Code, Error, Result, ledger};

/// How often the idle time is looked at is the shell's choice; this is its unit.
const SECONDS_A_MINUTE: i64 = 60;

/// How often is looked whether the last reader has gone, and how many times at most.
const GONE_EVERY: Duration = Duration::from_millis(10);
const GONE_LOOKS: u32 = 1_000;

/// What is being closed.
struct Closing {
    job: Option<Job>,
    open: Option<Arc<Open>>,
}

/// Waits until nobody else holds the account: exports and reads that were cancelled let go of it
/// within a batch. One that does not is left behind with its readers closed.
async fn alone(mut open: Arc<Open>) -> std::result::Result<Open, Arc<Open>> {
    for _ in 0..GONE_LOOKS {
        match Arc::try_unwrap(open) {
            Ok(open) => return Ok(open),
            Err(shared) => open = shared,
        }
        tokio::time::sleep(GONE_EVERY).await;
    }
    Err(open)
}

impl Inner {
    /// The open account; opens the chosen one where nothing is open and no person is needed.
    pub async fn open(self: &Arc<Self>) -> Result<Arc<Open>> {
        let mut state = self.state.lock().await;
        self.open_in(&mut state).await
    }

    async fn open_in(self: &Arc<Self>, state: &mut State) -> Result<Arc<Open>> {
        if let Some(open) = &state.open {
            return Ok(Arc::clone(open));
        }
        let name = self.chosen().ok_or_else(no_account)?;
        if state.locked {
            return Err(locked(&name));
        }
        let open = self.open_account(&name, None).await?;
        self.take(state, Arc::clone(&open));
        Ok(open)
    }

    /// Makes an account the open one.
    pub fn take(self: &Arc<Self>, state: &mut State, open: Arc<Open>) {
        let name = open.file().name;
        self.configured_account_taken.store(true, Ordering::Relaxed);
        if self.person().current.as_deref() != Some(name.as_str())
            && let Err(error) = self.change_person(|person| person.current = Some(name))
        {
            tracing::warn!(%error, "the account that is open could not be noted");
        }
        self.start_watching(&open);
        state.open = Some(open);
        state.locked = false;
        state.problem = None;
        self.touched_at.store(self.now(), Ordering::Relaxed);
    }

    /// Opens an account's books with the secrets from their home.
    pub async fn open_account(
        &self,
        name: &str,
        passphrase: Option<&SecretString>,
    ) -> Result<Arc<Open>> {
        // Books that are still being closed would be found in use.
        drop(self.closing.lock().await);
        let folder = self.folder(name)?;
        let file = folder.read()?;
        let passphrase = passphrase.or(self.config.passphrase.as_ref());
        let secrets = self.secrets.fetch(&folder, &file, passphrase).await?;
        let kept = passphrase.filter(|_| file.asks_passphrase());
        self.open_books(folder, file, &secrets, kept.cloned()).await
    }

    /// Opens the books; where another process writes to them, for reading.
    pub async fn open_books(
        &self,
        folder: AccountFolder,
        file: AccountFile,
        secrets: &Secrets,
        passphrase: Option<SecretString>,
    ) -> Result<Arc<Open>> {
        let path = folder.books();
        let (books, read_only) = match Books::open(&path, &secrets.books, Access::ReadWrite).await {
            Ok(books) => (books, false),
            Err(BooksError::Busy { .. } | BooksError::ReadOnly { .. }) => (
                Books::open(&path, &secrets.books, Access::ReadOnly).await?,
                true,
            ),
            Err(error) => return Err(opening_failed(&file, error.into())),
        };
        let key = secrets
            .stripe
            .as_ref()
            .and_then(|key| ApiKey::parse(key).ok());
        tracing::info!(account = %file.name, read_only, "books opened");
        let outbox = Outbox::new(folder.outbox(), &secrets.books);
        let open = Arc::new(Open {
            outbox,
            folder,
            file: RwLock::new(file),
            books,
            read_only,
            key: RwLock::new(key),
            passphrase,
            online: AtomicI8::new(-1),
            cancel: CancellationToken::new(),
            webhooks: Webhooks::default(),
            arrived: Arc::default(),
            watching: sync::WatchControl::default(),
        });
        open.take_in_notes(self.now()).await;
        Ok(open)
    }

    /// Makes a newly connected account the open one; closes the one before.
    pub async fn switch_to(self: &Arc<Self>, open: Arc<Open>) -> AccountSummary {
        let mut state = self.state.lock().await;
        self.close_open(&mut state).await;
        let file = open.file();
        self.take(&mut state, open);
        summary(&file, true)
    }

    /// Takes the open account out of the state: from here on nobody reads it any more.
    fn take_out(&self, state: &mut State) -> Closing {
        let open = state.open.take();
        if let Some(open) = &open {
            open.set_key(None);
            open.cancel.cancel();
        }
        Closing {
            job: state.job.take(),
            open,
        }
    }

    /// Stops what runs and closes the books, so that their keys leave the memory.
    pub async fn close_open(&self, state: &mut State) {
        let closing = self.take_out(state);
        self.finish(closing).await;
    }

    async fn finish(&self, closing: Closing) {
        let _closing = self.closing.lock().await;
        if let Some(job) = closing.job {
            job.stop().await;
        }
        self.progress.send_replace(crate::context::idle_progress());
        let Some(open) = closing.open else { return };
        self.stop_webhooks(&open).await;
        let name = open.file().name;
        let closed = match alone(open).await {
            Ok(open) => open.books.close().await,
            Err(shared) => shared.books.clone().close().await,
        };
        match closed {
            Ok(()) => tracing::info!(account = %name, "books closed"),
            Err(error) => tracing::warn!(account = %name, %error, "books closed badly"),
        }
    }

    /// Locks at once; what still runs is stopped behind the lock, and nobody waits for it.
    async fn lock_now(&self, mut state: tokio::sync::MutexGuard<'_, State>) {
        let closing = self.take_out(&mut state);
        state.locked = true;
        drop(state);
        self.finish(closing).await;
    }

    pub async fn app_state(self: &Arc<Self>) -> Result<AppState> {
        let mut state = self.state.lock().await;
        if state.open.is_none() && !state.locked && self.chosen().is_some() {
            match self.open_in(&mut state).await {
                Ok(_) => {}
                Err(error) if error.code == Code::Locked => {
                    state.locked = true;
                    state.problem = Some(error);
                }
                Err(error) => {
                    tracing::error!(%error, "the account that was open last could not be opened");
                    state.problem = Some(error);
                }
            }
        }
        self.app_state_of(&state).await
    }

    async fn app_state_of(&self, state: &State) -> Result<AppState> {
        let open = state.open.as_ref().map(|open| open.file());
        let current = open.as_ref().map(|file| file.name.clone());
        let accounts = crate::accounts::list(&self.config.data_dir);
        Ok(AppState {
            version: env!("CARGO_PKG_VERSION").into(),
            accounts: accounts
                .iter()
                .map(|file| summary(file, current.as_deref() == Some(&file.name)))
                .collect(),
            current: current.or_else(|| self.chosen().filter(|_| state.locked)),
            locked: state.locked,
            keyring_available: self.secrets.keyring_available().await,
            settings: self.settings_of(state.open.as_deref()),
            problem: state.problem.clone(),
        })
    }

    pub async fn switch_account(self: &Arc<Self>, name: &str) -> Result<AccountSummary> {
        let mut state = self.state.lock().await;
        if let Some(open) = &state.open
            && open.file().name == name
        {
            return Ok(summary(&open.file(), true));
        }
        let sample = self.folder(name)?.read()?.sample.is_some();
        if state.locked && state.problem.is_none() && !sample {
            // Locked by the person or by idle time: another account is no way around that.
            return Err(locked(name));
        }
        self.close_open(&mut state).await;
        let opened = self.open_account(name, None).await;
        if let Err(error) = &opened
            && error.code == Code::Locked
        {
            // The unlock screen asks for this account's passphrase.
            self.configured_account_taken.store(true, Ordering::Relaxed);
            self.change_person(|person| person.current = Some(name.to_owned()))?;
            state.locked = true;
        }
        let open = opened?;
        let file = open.file();
        self.take(&mut state, open);
        Ok(summary(&file, true))
    }

    pub async fn unlock(self: &Arc<Self>, passphrase: Option<SecretString>) -> Result<AppState> {
        let mut state = self.state.lock().await;
        if state.open.is_none() {
            let name = self.chosen().ok_or_else(no_account)?;
            let open = self.open_account(&name, passphrase.as_ref()).await?;
            self.take(&mut state, open);
        }
        self.app_state_of(&state).await
    }

    pub async fn lock(&self) -> Result<()> {
        let state = self.state.lock().await;
        if state.open.is_some() {
            self.lock_now(state).await;
        }
        Ok(())
    }

    /// Ends everything: the job, the books, the simulated account.
    pub async fn close(&self) -> Result<()> {
        let mut state = self.state.lock().await;
        self.close_open(&mut state).await;
        if let Some(running) = state.simulator.take() {
            running.shutdown().await;
        }
        Ok(())
    }

    pub async fn lock_if_idle(&self) -> Result<bool> {
        let minutes = i64::from(self.person().lock_after_minutes);
        let idle = self.now() - self.touched_at.load(Ordering::Relaxed);
        let busy = self.working.load(Ordering::SeqCst) > 0;
        let state = self.state.lock().await;
        let sample = state
            .open
            .as_ref()
            .is_some_and(|open| open.file().sample.is_some());
        if let Some(open) = &state.open {
            open.take_in_notes(self.now()).await;
        }
        let due = minutes > 0 && idle >= minutes * SECONDS_A_MINUTE && !busy && !sample;
        if due && state.open.is_some() {
            tracing::info!(idle_seconds = idle, "locked after idle time");
            self.lock_now(state).await;
            return Ok(true);
        }
        Ok(state.locked)
    }

    /// Opens books by their recovery key and keeps their secrets anew.
    pub async fn open_with_recovery_key(
        self: &Arc<Self>,
        name: &str,
        recovery_key: &SecretString,
        passphrase: Option<SecretString>,
    ) -> Result<AccountSummary> {
        let key = BooksKey::from_recovery_key(recovery_key).map_err(|_| {
            Error::invalid(
                "recovery_key",
                "This recovery key cannot be read",
                "It is mistyped or a part of it is missing",
            )
            .then("It has 14 groups of four letters and digits; compare each")
        })?;
        let folder = self.folder(name)?;
        let file = folder.read()?;
        let mut state = self.state.lock().await;
        self.close_open(&mut state).await;
        let stripe = self
            .stripe_key_where_left(&folder, &file, passphrase.as_ref())
            .await;
        let secrets = Secrets { books: key, stripe };
        let passphrase = passphrase.or_else(|| self.config.passphrase.clone());
        let open = self
            .open_books(folder, file, &secrets, passphrase.clone())
            .await?;
        // Only after the books have opened: a wrong key must not replace the right one. A lock
        // whose passphrase is lost goes, unless another is given.
        let mut before = open.file();
        before.lock_passphrase &= passphrase.is_some();
        let home = self
            .secrets
            .keep(&open.folder, &before, &secrets, passphrase.as_ref())
            .await?;
        open.change_file(|file| {
            file.secret_home = home;
            file.lock_passphrase = before.lock_passphrase;
            if secrets.stripe.is_none() {
                file.key_kind = None;
                file.key_hint = None;
            }
        })?;
        if !open.read_only {
            let now = self.now();
            ledger::note(&open, &self.config.author, now, "recovery.used", json!({})).await?;
        }
        let file = open.file();
        self.take(&mut state, open);
        Ok(summary(&file, true))
    }

    /// The Stripe key may still be where it was, when only the person forgot how to get in.
    async fn stripe_key_where_left(
        &self,
        folder: &AccountFolder,
        file: &AccountFile,
        passphrase: Option<&SecretString>,
    ) -> Option<SecretString> {
        let passphrase = passphrase.or(self.config.passphrase.as_ref());
        self.secrets
            .fetch(folder, file, passphrase)
            .await
            .ok()?
            .stripe
    }
}

pub(crate) fn no_account() -> Error {
    Error::new(
        Code::NotFound,
        "No account is open",
        "None is connected on this machine, or several are and none was chosen",
        "Connect Stripe, explore the sample company, or choose one (--account)",
    )
}

fn locked(name: &str) -> Error {
    Error::new(
        Code::Locked,
        format!("The books of {name} are locked"),
        "",
        "Unlock them",
    )
}

fn opening_failed(file: &AccountFile, mut error: Error) -> Error {
    error.what = format!("The books of {} could not be opened", file.entity());
    error
}
