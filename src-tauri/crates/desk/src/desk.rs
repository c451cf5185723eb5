//! The desk: every function that the window and the command line can call.

mod plans;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use secrecy::SecretString;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::answers::*;
use crate::context::Inner;
use crate::{DeskConfig, Result, WebhookChange, keys};

/// Told how far something is; called at most 20 times a second, from any thread.
pub type OnProgress<T> = Arc<dyn Fn(T) + Send + Sync>;

/// What `connect` needs.
#[derive(Debug)]
pub struct ConnectRequest {
    /// The Stripe key.
    pub key: SecretString,
    /// The folder's name; none: made from the company's name at Stripe.
    pub name: Option<String>,
    /// Another address than Stripe's: loopback only.
    pub api_base: Option<String>,
    /// The company's name on exports and statements; none: as Stripe has it.
    pub entity_name: Option<String>,
    /// Seals the secrets where no keyring can be used.
    pub passphrase: Option<SecretString>,
}

/// The context on which every function works. Cheap to clone; clones share everything.
#[derive(Debug, Clone)]
pub struct Desk {
    inner: Arc<Inner>,
}

impl Desk {
    /// A desk on that configuration. Makes the data folder; opens nothing.
    ///
    /// # Errors
    /// `Failed` where the folder cannot be made or written.
    pub fn new(config: DeskConfig) -> Result<Self> {
        Ok(Self {
            inner: Arc::new(Inner::new(config)?),
        })
    }

    /// What the desk's other files answer from.
    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    // --- accounts ---------------------------------------------------------------------------

    /// What the window needs for its first screen. Opens the account that was open last, where
    /// the keyring (or the given passphrase) allows it without asking.
    pub async fn app_state(&self) -> Result<AppState> {
        self.inner.app_state().await
    }

    /// Opens the sample company; makes it and starts its first load where it is missing.
    pub async fn open_sample(&self) -> Result<AccountSummary> {
        self.inner.open_sample().await
    }

    /// What a key is and may do. Asks Stripe (or loopback) one object of each list.
    pub async fn check_key(&self, key: SecretString, api_base: Option<String>) -> Result<KeyCheck> {
        self.inner.check_key(&key, api_base.as_deref()).await
    }

    /// Stripe's page that makes a restricted key with the permissions that Meterdesk reads by.
    pub fn restricted_key_url(&self) -> String {
        keys::restricted_key_url()
    }

    /// Connects an account: checks the key, makes its books, keeps its secrets, opens it.
    pub async fn connect(&self, request: ConnectRequest) -> Result<Connected> {
        self.inner.connect(request).await
    }

    /// Replaces a rotated key; it must be of the same account and mode.
    pub async fn replace_key(&self, name: String, key: SecretString) -> Result<AccountDetails> {
        self.inner.replace_key(&name, &key).await
    }

    /// Forgets an account's key; with `delete_data`, its books too.
    pub async fn disconnect(&self, name: String, delete_data: bool) -> Result<()> {
        self.inner.disconnect(&name, delete_data).await
    }

    /// Closes the open account and opens that one.
    pub async fn switch_account(&self, name: String) -> Result<AccountSummary> {
        self.inner.switch_account(&name).await
    }

    /// One account, as the settings show it.
    pub async fn account_details(&self, name: String) -> Result<AccountDetails> {
        self.inner.account_details(&name).await
    }

    /// Opens the current account again: from the keyring, or by its passphrase.
    pub async fn unlock(&self, passphrase: Option<SecretString>) -> Result<AppState> {
        self.inner.unlock(passphrase).await
    }

    /// Opens an account whose keyring entry or passphrase is lost, by its recovery key, and keeps
    /// its secrets anew: in the keyring, or under `passphrase`. The Stripe key is asked for later.
    pub async fn open_with_recovery_key(
        &self,
        name: String,
        recovery_key: SecretString,
        passphrase: Option<SecretString>,
    ) -> Result<AccountSummary> {
        self.inner
            .open_with_recovery_key(&name, &recovery_key, passphrase)
            .await
    }

    /// Sets, changes or (`new` none) removes the passphrase that opening and unlocking an account
    /// needs on this machine, beside the keyring. Where one is asked for already, `current` is it.
    pub async fn set_lock_passphrase(
        &self,
        name: String,
        current: Option<SecretString>,
        new: Option<SecretString>,
    ) -> Result<AccountDetails> {
        self.inner.set_lock_passphrase(&name, current, new).await
    }

    /// Drops the keys and closes the books.
    pub async fn lock(&self) -> Result<()> {
        self.inner.lock().await
    }

    /// The person did something: the idle time starts anew.
    pub fn touch(&self) {
        self.inner
            .touched_at
            .store(self.inner.now(), Ordering::Relaxed);
    }

    /// Locks where the settings' minutes have passed without `touch`; says whether it is locked.
    /// While a sync or an export runs it waits. The shell calls it every few seconds.
    pub async fn lock_if_idle(&self) -> Result<bool> {
        self.inner.lock_if_idle().await
    }

    // --- sync -------------------------------------------------------------------------------

    /// Starts a sync and returns; `full` lists again what is complete.
    pub async fn sync_start(&self, full: bool) -> Result<()> {
        self.inner.sync_start(full).await
    }

    /// Stops the running sync; what is whole stays, the next one goes on from there.
    pub async fn sync_cancel(&self) -> Result<()> {
        self.inner.sync_cancel().await;
        Ok(())
    }

    /// Waits until no sync runs and gives the last progress.
    pub async fn sync_wait(&self) -> Result<SyncProgress> {
        Ok(self.inner.sync_wait().await)
    }

    /// Every change of the sync's progress, at most 20 a second.
    pub fn subscribe_progress(&self) -> watch::Receiver<SyncProgress> {
        self.inner.progress.subscribe()
    }

    /// What the status line shows.
    pub async fn status(&self) -> Result<Status> {
        self.inner.status().await
    }

    // --- completeness -----------------------------------------------------------------------

    /// How whole the books are, and how that is known.
    pub async fn completeness(&self) -> Result<Completeness> {
        self.inner.completeness().await
    }

    /// Reads that a proof takes, about: to be shown before it is begun.
    pub async fn prove_cost(&self, request: ProveRequest) -> Result<Count> {
        self.inner.prove_cost(&request).await
    }

    /// Compares what is asked for with Stripe, object by object, and mends what differs.
    pub async fn prove(
        &self,
        request: ProveRequest,
        progress: OnProgress<ProofProgress>,
    ) -> Result<Proven> {
        self.inner.prove(&request, progress).await
    }

    /// Stops the running proof; the next one goes on where it was.
    pub fn prove_stop(&self) {
        self.inner.proving.stop();
    }

    /// How old the proof of each list may grow.
    pub async fn proof_schedule(&self) -> Result<Vec<ProofAge>> {
        self.inner.proof_schedule().await
    }

    /// Chooses how old a list's proof may grow; none: as usual.
    pub async fn set_proof_age(
        &self,
        list: String,
        max_age_seconds: Option<Count>,
    ) -> Result<Vec<ProofAge>> {
        let age = max_age_seconds.map(|age| age.0);
        self.inner.set_proof_age(&list, age).await
    }

    /// What was read at Stripe, and what may be.
    pub async fn read_budget(&self) -> Result<ReadBudget> {
        self.inner.read_budget().await
    }

    /// What the status line shows, how whole the books are, and the read budget, in one.
    pub async fn status_report(&self) -> Result<StatusReport> {
        Ok(StatusReport {
            status: self.status().await?,
            completeness: self.completeness().await?,
            read_budget: self.read_budget().await?,
        })
    }

    // --- reading ----------------------------------------------------------------------------

    /// The first screen.
    pub async fn overview(&self) -> Result<Overview> {
        self.inner.overview().await
    }

    /// A window of the tenants' table: at most 500 rows from rank `first`.
    pub async fn tenants(
        &self,
        filter: TenantFilter,
        sort: TenantSort,
        direction: Direction,
        first: Count,
        count: Count,
    ) -> Result<TenantPage> {
        self.inner
            .tenants(&filter, sort, direction, first.0, count.0)
            .await
    }

    /// A tenant's page, by Stripe's customer id.
    pub async fn tenant(&self, id: String) -> Result<Tenant> {
        self.inner.tenant(&id).await
    }

    /// A window of the invoices' table: at most 500 rows from rank `first`.
    pub async fn invoices(
        &self,
        filter: InvoiceFilter,
        sort: InvoiceSort,
        direction: Direction,
        first: Count,
        count: Count,
    ) -> Result<InvoicePage> {
        self.inner
            .invoices(&filter, sort, direction, first.0, count.0)
            .await
    }

    /// Totals per currency of what is filtered.
    pub async fn invoice_totals(&self, filter: InvoiceFilter) -> Result<Vec<InvoiceTotals>> {
        self.inner.invoice_totals(&filter).await
    }

    /// An invoice's page, by Stripe's id.
    pub async fn invoice(&self, id: String) -> Result<Invoice> {
        self.inner.invoice(&id).await
    }

    /// What moved beside a tenant's invoices and attempts, newest first, at most 200: refunds,
    /// disputes, entries of the account balance, credits, promotion codes.
    pub async fn tenant_movements(&self, id: String) -> Result<Vec<MovementView>> {
        self.inner.tenant_movements(&id).await
    }

    /// What moved for an invoice: refunds, disputes, balance and credits; Stripe's fees, and the
    /// payouts that took its payments to the bank.
    pub async fn invoice_movements(&self, id: String) -> Result<InvoiceMoney> {
        self.inner.invoice_movements(&id).await
    }

    /// Waits until what the tables show is no longer as it was at that `Status::data_version`, or
    /// the account is closed.
    ///
    /// # Errors
    /// `Locked`, or none is open.
    pub async fn data_changed(&self, version: Count) -> Result<()> {
        self.inner.data_changed(version.0).await
    }

    /// What the tables can be filtered by.
    pub async fn filter_choices(&self) -> Result<FilterChoices> {
        self.inner.filter_choices().await
    }

    /// Tenants and invoices that hold these words, at most 20.
    pub async fn search(&self, text: String) -> Result<Vec<Hit>> {
        self.inner.search(&text).await
    }

    // --- documents --------------------------------------------------------------------------

    /// Writes an export and its control sheet; a ledger entry says so.
    pub async fn export(
        &self,
        request: ExportRequest,
        path: PathBuf,
        progress: OnProgress<ExportProgress>,
        cancel: CancellationToken,
    ) -> Result<Exported> {
        self.inner.export(request, path, progress, cancel).await
    }

    /// Writes a tenant's statement of account and its control sheet.
    pub async fn statement(
        &self,
        customer: String,
        format: StatementFormat,
        path: PathBuf,
    ) -> Result<Exported> {
        self.inner.statement(customer, format, path).await
    }

    // --- the log of events ------------------------------------------------------------------

    /// A window of the log of events, newest first: at most 500 rows from rank `first`.
    pub async fn events(
        &self,
        filter: EventFilter,
        first: Count,
        count: Count,
    ) -> Result<EventPage> {
        self.inner.events(&filter, first.0, count.0).await
    }

    /// One event, opened: what it changed, and as Stripe sent it.
    pub async fn event(&self, id: String) -> Result<EventDetail> {
        self.inner.event(&id).await
    }

    /// What requests that are not ours changed, by day (`2026-11-01`, in the company's zone).
    pub async fn elsewhere(&self, from: Option<String>, to: Option<String>) -> Result<Elsewhere> {
        self.inner.elsewhere(from.as_deref(), to.as_deref()).await
    }

    /// Signs such a change off, with an explanation; a ledger entry says so.
    pub async fn explain_elsewhere(
        &self,
        event: String,
        explanation: String,
    ) -> Result<EventDetail> {
        self.inner.explain_elsewhere(&event, &explanation).await
    }

    /// Takes in a file of events, unsigned; a ledger entry says so.
    pub async fn import_events(&self, path: PathBuf) -> Result<EventsImported> {
        self.inner.import_events(&path).await
    }

    /// How the account is followed in the background.
    pub async fn watch_state(&self) -> Result<Watch> {
        self.inner.watch_state().await
    }

    /// Stops following the account for now, or goes on.
    pub async fn set_watch(&self, paused: bool) -> Result<Watch> {
        self.inner.set_watch(paused).await
    }

    /// Says whether the window has the focus: what is looked at is kept fresher.
    pub async fn set_focus(&self, focused: bool) -> Result<()> {
        self.inner.set_focus(focused).await
    }

    /// Follows the open account until `cancel`, for a process without a window; `told` hears of
    /// every look at Stripe, of proofs, and of a network that goes and comes back.
    pub async fn watch(&self, told: OnProgress<Followed>, cancel: CancellationToken) -> Result<()> {
        self.inner.watch_here(told, cancel).await
    }

    /// The webhook listener: whether it listens, what came and what was refused.
    pub async fn webhook_state(&self) -> Result<WebhookState> {
        self.inner.webhook_state().await
    }

    /// Switches the webhook listener on or off, and takes a new signing secret.
    pub async fn set_webhook(&self, change: WebhookChange) -> Result<WebhookState> {
        self.inner.set_webhook(change).await
    }

    /// Listens for webhooks until `cancel` and applies what arrives, for a process without a
    /// window; `told` is called at the start and after each event.
    pub async fn listen_for_webhooks(
        &self,
        port: Option<u16>,
        secret: Option<SecretString>,
        told: OnProgress<WebhookState>,
        cancel: CancellationToken,
    ) -> Result<()> {
        self.inner
            .listen_for_webhooks(port, secret, told, cancel)
            .await
    }

    // --- usage that comes in ----------------------------------------------------------------

    /// A file of usage: its columns, its first rows, and which column is what.
    pub async fn usage_open(&self, path: PathBuf, source: Option<String>) -> Result<UsageFile> {
        self.inner.usage_open(&path, source).await
    }

    /// Imports a file of usage whole or not at all, or says what would come of it; a ledger entry
    /// says so.
    pub async fn usage_import(
        &self,
        path: PathBuf,
        request: UsageImportRequest,
        progress: OnProgress<UsageImportProgress>,
        cancel: CancellationToken,
    ) -> Result<UsageImported> {
        self.inner
            .usage_import(path, request, progress, cancel)
            .await
    }

    /// The batches that came in, newest first, at most 500 before that number.
    pub async fn usage_batches(
        &self,
        before: Option<Count>,
        count: Count,
    ) -> Result<Vec<UsageBatchView>> {
        self.inner.usage_batches(before, count).await
    }

    /// Reverses a batch whole; a ledger entry says so.
    pub async fn usage_reverse(
        &self,
        batch: Count,
        cancel: CancellationToken,
    ) -> Result<UsageReversed> {
        self.inner.usage_reverse(batch, cancel).await
    }

    /// What is kept aside, because its tenant or type is not known.
    pub async fn usage_aside(&self) -> Result<UsageAside> {
        self.inner.usage_aside().await
    }

    /// Every type of usage.
    pub async fn usage_types(&self) -> Result<Vec<UsageTypeView>> {
        self.inner.usage_types().await
    }

    /// Adds a type of usage.
    pub async fn add_usage_type(&self, name: String, level: bool) -> Result<UsageTypeView> {
        self.inner.add_usage_type(&name, level).await
    }

    /// A tenant's use of the last `days` days, of those on which there was any, oldest first.
    pub async fn usage_days(
        &self,
        customer: String,
        usage_type: String,
        days: Count,
    ) -> Result<Vec<UsedDay>> {
        self.inner.usage_days(&customer, &usage_type, days).await
    }

    /// The records of a tenant's day (`2026-11-22`, in the company's zone), at most 500; `after` is
    /// the moment and the number of the record before.
    pub async fn usage_records(
        &self,
        customer: String,
        usage_type: String,
        day: String,
        after: Option<(UnixSeconds, Count)>,
        count: Count,
    ) -> Result<Vec<UsageRecord>> {
        let place = (customer.as_str(), usage_type.as_str(), day.as_str());
        self.inner.usage_records(place, after, count).await
    }

    // --- settings ---------------------------------------------------------------------------

    /// The person's choices, and the open account's.
    pub async fn settings(&self) -> Result<Settings> {
        self.inner.settings().await
    }

    /// Keeps them; answers what was kept.
    pub async fn set_settings(&self, settings: Settings) -> Result<Settings> {
        self.inner.set_settings(settings).await
    }

    // --- the ledger -------------------------------------------------------------------------

    /// Checks the whole hash chain.
    pub async fn ledger_verify(&self) -> Result<LedgerCheck> {
        self.inner.ledger_verify().await
    }

    /// Entries of the ledger, newest first: at most 500, skipping `first`.
    pub async fn ledger_rows(&self, first: Count, count: Count) -> Result<Vec<LedgerRow>> {
        self.inner.ledger_rows(first.0, count.0).await
    }

    // --- upkeep -----------------------------------------------------------------------------

    /// Writes the open account's books to a file under a passphrase.
    pub async fn backup(&self, path: PathBuf, passphrase: SecretString) -> Result<BackupFile> {
        self.inner.backup(&path, &passphrase).await
    }

    /// Makes an account from a backup; `name` must be free, none: as it was. Secrets go to the
    /// keyring, or under `own_passphrase`, or under the backup's.
    pub async fn restore(
        &self,
        path: PathBuf,
        passphrase: SecretString,
        name: Option<String>,
        own_passphrase: Option<SecretString>,
    ) -> Result<Restored> {
        self.inner
            .restore(&path, &passphrase, name.as_deref(), own_passphrase)
            .await
    }

    /// Removes a customer's personal data from history and tables; hashes stay.
    pub async fn erase_customer(&self, id: String, reason: String) -> Result<Erased> {
        self.inner.erase_customer(&id, &reason).await
    }

    /// Looks at the file, the history and the ledger; changes nothing.
    pub async fn doctor(&self) -> Result<DoctorReport> {
        self.inner.doctor().await
    }

    /// Rebuilds every table from the history, without a request.
    pub async fn doctor_rebuild(
        &self,
        progress: OnProgress<RebuildProgress>,
    ) -> Result<DoctorReport> {
        self.inner.doctor_rebuild(progress).await
    }

    /// Writes a file for support: versions, settings, counts, last errors. No names, no secrets.
    pub async fn diagnostics(&self, path: PathBuf) -> Result<String> {
        self.inner.diagnostics(path).await
    }

    /// Cancels what runs, closes the books and stops the simulator. Called once, at the end.
    pub async fn close(&self) -> Result<()> {
        self.inner.close().await
    }
}
