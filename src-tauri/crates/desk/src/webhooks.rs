//! The webhook listener of the open account: switched on in the settings, its signing secrets
//! where the account's other secrets are.

use std::sync::Arc;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use stripe::WebhookSecret;
use sync::{Freshness, Listening, WEBHOOK_PATH, WebhookDoor, WebhookSecrets, listen};
use tokio_util::sync::CancellationToken;

use crate::answers::{Count, SecretHome, UnixSeconds, WebhookRefusal, WebhookState};
use crate::context::{Inner, Open};
use crate::{Code, Error, OnProgress, Result, ledger};

/// The port that is proposed: the one in Stripe's own examples.
const USUAL_PORT: u16 = 4242;
/// Refusals that are shown.
const SHOWN_REFUSALS: u32 = 50;
/// How long the secret before is taken once a new one is given: Stripe signs with both for 24
/// hours at most.
const ROLL_SECONDS: i64 = 24 * 60 * 60;

/// What `account.json` says of the listener. The secrets are elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct WebhookFile {
    pub enabled: bool,
    pub port: u16,
    pub old_secret_until: Option<i64>,
}

impl Default for WebhookFile {
    fn default() -> Self {
        Self {
            enabled: false,
            port: USUAL_PORT,
            old_secret_until: None,
        }
    }
}

/// The listener of one open account.
#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    secrets: WebhookSecrets,
    at_work: tokio::sync::Mutex<AtWork>,
}

#[derive(Debug, Default)]
struct AtWork {
    listening: Option<Listening>,
    problem: Option<String>,
}

/// What is to change of the listener; what is none stays.
#[derive(Debug)]
pub struct WebhookChange {
    /// On or off.
    pub enabled: bool,
    /// The port on 127.0.0.1.
    pub port: u16,
    /// A new signing secret; the one before is taken for another day.
    pub secret: Option<SecretString>,
}

impl Inner {
    /// Listens where the person switched it on. A failure is shown in the settings, and does not
    /// keep the account from opening.
    pub async fn start_webhooks(self: &Arc<Self>, open: &Arc<Open>) {
        let file = open.file().webhook;
        if !file.enabled || open.read_only {
            return;
        }
        if let Err(error) = self.load_webhook_secrets(open).await {
            tracing::warn!(%error, "the webhook's signing secrets could not be read");
            open.webhooks.at_work.lock().await.problem = Some(error.to_string());
            return;
        }
        let problem = match self.begin_listening(open, file.port).await {
            Ok(()) => None,
            Err(error) => Some(error.to_string()),
        };
        open.webhooks.at_work.lock().await.problem = problem;
    }

    /// Stops listening; what was queued stays.
    pub async fn stop_webhooks(&self, open: &Open) {
        let listening = open.webhooks.at_work.lock().await.listening.take();
        if let Some(listening) = listening {
            listening.stop().await;
        }
        open.webhooks.secrets.set(Vec::new());
    }

    /// Listens until `cancel`, and applies what arrives: for a process without a window. `secret`
    /// is for this time only; none: those that the settings hold.
    pub async fn listen_for_webhooks(
        self: &Arc<Self>,
        port: Option<u16>,
        secret: Option<SecretString>,
        told: OnProgress<WebhookState>,
        cancel: CancellationToken,
    ) -> Result<()> {
        const WHAT: &str = "Nothing listens for webhooks";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let given = self.access(&open).await?;
        let share = open.file().live_share_percent;
        let gateway = self.gateway(given.base, given.key, share)?;
        match secret {
            Some(secret) => {
                let secret = WebhookSecret::parse(&secret)
                    .map_err(|error| Error::invalid("secret", WHAT, error.to_string()))?;
                open.webhooks.secrets.set(vec![secret]);
            }
            None => self.load_webhook_secrets(&open).await?,
        }
        if open.webhooks.secrets.count() == 0 {
            return Err(no_secret(WHAT));
        }
        let port = port.unwrap_or(open.file().webhook.port);
        self.begin_listening(&open, port).await?;
        let clock = self.config.clock.clone();
        let clock: sync::Clock = Arc::new(move || clock.now());
        loop {
            told(self.webhook_state().await?);
            tokio::select! {
                () = open.arrived.notified() => {}
                () = cancel.cancelled() => break,
            }
            sync::drain_queue(&gateway, &open.books, &clock, Freshness::Watched).await?;
        }
        self.stop_webhooks(&open).await;
        Ok(())
    }

    async fn begin_listening(&self, open: &Arc<Open>, port: u16) -> Result<()> {
        let arrived = Arc::clone(&open.arrived);
        let clock = self.config.clock.clone();
        let door = WebhookDoor {
            books: open.books.clone(),
            secrets: open.webhooks.secrets.clone(),
            clock: Arc::new(move || clock.now()),
            queued: Arc::new(move || arrived.notify_one()),
        };
        let listening = listen(door, port).await.map_err(|error| {
            let why = match error.kind() {
                std::io::ErrorKind::AddrInUse => "Another program uses this port".to_owned(),
                std::io::ErrorKind::PermissionDenied => {
                    "The system keeps this port to itself".to_owned()
                }
                _ => error.to_string(),
            };
            Error::invalid("port", format!("Nothing listens on port {port}"), why)
                .then("Choose another port, such as 4243")
        })?;
        open.webhooks.at_work.lock().await.listening = Some(listening);
        Ok(())
    }

    /// Reads the secrets into the listener; one that was rolled out is forgotten.
    async fn load_webhook_secrets(&self, open: &Open) -> Result<()> {
        let file = open.file();
        let mut secrets = self.webhook_secrets(open).await?;
        let now = self.now();
        if secrets.len() > 1
            && file
                .webhook
                .old_secret_until
                .is_none_or(|until| until <= now)
        {
            secrets.truncate(1);
            self.keep_webhook_secrets(open, &secrets).await?;
            open.change_file(|file| file.webhook.old_secret_until = None)?;
        }
        open.webhooks.secrets.set(secrets);
        Ok(())
    }

    async fn webhook_secrets(&self, open: &Open) -> Result<Vec<WebhookSecret>> {
        let (folder, file) = (&open.folder, open.file());
        let texts = self
            .secrets
            .fetch_webhooks(folder, &file, open.passphrase.as_ref())
            .await?;
        Ok(texts
            .iter()
            .filter_map(|text| WebhookSecret::parse(text).ok())
            .collect())
    }

    async fn keep_webhook_secrets(&self, open: &Open, secrets: &[WebhookSecret]) -> Result<()> {
        let texts: Vec<SecretString> = secrets.iter().map(|it| it.expose().clone()).collect();
        let file = open.file();
        self.secrets
            .keep_webhooks(&open.folder, &file, &texts, open.passphrase.as_ref())
            .await
    }

    pub async fn set_webhook(self: &Arc<Self>, change: WebhookChange) -> Result<WebhookState> {
        const WHAT: &str = "The webhook listener was not changed";
        let open = self.open().await?;
        open.writable(WHAT)?;
        let file = open.file();
        if file.secret_home == SecretHome::Sample {
            return Err(Error::new(
                Code::Forbidden,
                WHAT,
                "The sample company's events are read from its simulated account",
                "Connect an account to receive its webhooks",
            ));
        }
        let mut held = self.webhook_secrets(&open).await?;
        let mut old_secret_until = file.webhook.old_secret_until;
        if let Some(given) = &change.secret {
            let new = WebhookSecret::parse(given)
                .map_err(|error| Error::invalid("secret", WHAT, error.to_string()))?;
            roll(&mut held, new);
            old_secret_until = (held.len() > 1).then(|| self.now() + ROLL_SECONDS);
            self.keep_webhook_secrets(&open, &held).await?;
        }
        if change.enabled && held.is_empty() {
            return Err(no_secret(WHAT));
        }
        self.stop_webhooks(&open).await;
        if change.enabled {
            open.webhooks.secrets.set(held);
            self.begin_listening(&open, change.port).await?;
        }
        open.webhooks.at_work.lock().await.problem = None;
        open.change_file(|file| {
            file.webhook = WebhookFile {
                enabled: change.enabled,
                port: change.port,
                old_secret_until,
            };
        })?;
        let payload = json!({
            "enabled": change.enabled,
            "port": change.port,
            "secret": change.secret.is_some(),
        });
        let (author, now) = (&self.config.author, self.now());
        ledger::note(&open, author, now, "webhook.changed", payload).await?;
        self.webhook_state().await
    }

    pub async fn webhook_state(self: &Arc<Self>) -> Result<WebhookState> {
        let open = self.open().await?;
        let file = open.file().webhook;
        let counts = open.books.webhook_counts().await?;
        let refusals = open.books.webhook_refusals(SHOWN_REFUSALS).await?;
        let secrets = match open.webhooks.secrets.count() {
            0 => self.webhook_secrets(&open).await.map_or(0, |it| it.len()),
            held => held,
        };
        let at_work = open.webhooks.at_work.lock().await;
        let listening = at_work.listening.as_ref();
        let port = listening.map_or(file.port, |it| it.address().port());
        let address = format!("127.0.0.1:{port}{WEBHOOK_PATH}");
        Ok(WebhookState {
            enabled: file.enabled,
            listening: listening.is_some(),
            port,
            command: format!("stripe listen --forward-to {address}"),
            address: format!("http://{address}"),
            secrets: u8::try_from(secrets).unwrap_or(u8::MAX),
            old_secret_until: file.old_secret_until.map(UnixSeconds),
            problem: at_work.problem.clone(),
            arrived: Count(counts.arrived),
            waiting: Count(counts.waiting),
            last_at: counts.last_at.map(UnixSeconds),
            refusals: refusals.into_iter().map(refusal).collect(),
        })
    }
}

fn no_secret(what: &str) -> Error {
    let why = "Without a signing secret nothing that arrives could be verified";
    Error::invalid("secret", what, why).then(
        "Enter the secret that `stripe listen` prints, or that the dashboard shows beside the \
         endpoint; it begins with whsec_",
    )
}

/// The new secret first, the one before it for as long as Stripe may sign with it.
fn roll(held: &mut Vec<WebhookSecret>, new: WebhookSecret) {
    use secrecy::ExposeSecret as _;
    held.retain(|it| it.expose().expose_secret() != new.expose().expose_secret());
    held.insert(0, new);
    held.truncate(2);
}

fn refusal(refusal: books::WebhookRefusal) -> WebhookRefusal {
    let count = |number: i64| Count(u64::try_from(number).unwrap_or_default());
    WebhookRefusal {
        at: UnixSeconds(refusal.at),
        reason: refusal.reason,
        times: count(refusal.times),
        bytes: count(refusal.bytes),
    }
}
