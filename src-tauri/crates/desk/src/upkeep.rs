//! Looking after the books: backup, restore, erasure, the doctor.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use books::{Books, BooksKey};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::accounts::{self, AccountFile, AccountFolder};
use crate::answers::{
    BackupFile, Count, DoctorReport, Erased, Mode, RebuildProgress, Restored, SecretHome,
};
use crate::connecting::random_id;
use crate::context::{Inner, Open};
use crate::secrets::{Secrets, check_passphrase};
use crate::{Code, Error, OnProgress, Result, ledger};

/// The setting within the books that says whose they are, so that a backup is enough.
const ACCOUNT_SETTING: &str = "account";
/// Longest reason for an erasure.
const REASON_LENGTH: usize = 500;

impl Inner {
    pub async fn backup(
        self: &Arc<Self>,
        path: &Path,
        passphrase: &SecretString,
    ) -> Result<BackupFile> {
        let open = self.open().await?;
        open.writable("The backup was not written")?;
        check_passphrase(passphrase)?;
        let _working = self.working();
        note_account(&open).await?;
        open.books
            .backup_to(path, passphrase)
            .await
            .map_err(|error| {
                let mut error = Error::from(error);
                error.what = "The backup was not written".into();
                error
            })?;
        let (bytes, sha256) = measure(path.to_owned()).await?;
        let payload = json!({ "sha256": sha256, "bytes": bytes });
        ledger::note(
            &open,
            &self.config.author,
            self.now(),
            "backup.written",
            payload,
        )
        .await?;
        Ok(BackupFile {
            path: path.display().to_string(),
            bytes: Count(bytes),
            sha256,
        })
    }

    pub async fn restore(
        self: &Arc<Self>,
        path: &Path,
        passphrase: &SecretString,
        name: Option<&str>,
        own_passphrase: Option<SecretString>,
    ) -> Result<Restored> {
        if let Some(name) = name {
            self.refuse_taken(name)?;
        }
        let own = own_passphrase.or_else(|| self.config.passphrase.clone());
        let own = own.unwrap_or_else(|| passphrase.clone());
        let _working = self.working();
        let (_, sha256) = measure(path.to_owned()).await?;
        let mut key = BooksKey::generate()?;
        let mut waiting = self.unpack(path, passphrase, &key).await?;
        let before = account_of(&waiting.books(), &key).await?;
        if before.secret_home == SecretHome::Sample {
            // The sample company's books open without a keyring or a passphrase, these too.
            key = Secrets::sample().books;
            waiting = self.unpack(path, passphrase, &key).await?;
        }
        let name = match name {
            Some(name) => name.to_owned(),
            None => {
                self.refuse_taken(&before.name)?;
                before.name.clone()
            }
        };
        let secrets = Secrets {
            books: key,
            stripe: None,
        };
        let open = self
            .settle_restored(waiting, before, &name, secrets, own)
            .await?;
        let recovery_key = self.recovery_key(&open).await?;
        let payload = json!({ "sha256": sha256 });
        ledger::note(
            &open,
            &self.config.author,
            self.now(),
            "backup.restored",
            payload,
        )
        .await?;
        let sample = open.file().sample.is_some();
        let account = self.switch_to(open).await;
        let next = if sample {
            "Everything is ready"
        } else {
            "Enter the account's Stripe key"
        };
        Ok(Restored {
            account,
            recovery_key,
            next: next.into(),
        })
    }

    /// Unpacks a backup under a key, in a folder that goes away unless it is settled.
    async fn unpack(
        &self,
        path: &Path,
        passphrase: &SecretString,
        key: &BooksKey,
    ) -> Result<Waiting> {
        let waiting = Waiting::make(&self.config.data_dir)?;
        let what = "The backup could not be restored";
        books::restore(path, passphrase, &waiting.books(), key)
            .await
            .map_err(|error| {
                if matches!(error, books::BooksError::WrongKey) {
                    let why = "The passphrase does not fit this backup, or the file is damaged";
                    return Error::invalid("passphrase", what, why)
                        .then("Try again with the passphrase that was given when it was written");
                }
                let mut error = Error::from(error);
                if error.code != Code::Invalid {
                    error.what = what.into();
                }
                error
            })?;
        Ok(waiting)
    }

    fn refuse_taken(&self, name: &str) -> Result<()> {
        if !AccountFolder::of(&self.config.data_dir, name)?
            .path()
            .exists()
        {
            return Ok(());
        }
        let what = format!("There is an account {name} already");
        Err(
            Error::invalid("name", what, "A backup never overwrites books")
                .then("Give another name, or remove that account first"),
        )
    }

    /// Moves restored books to their folder and keeps their secrets.
    async fn settle_restored(
        &self,
        waiting: Waiting,
        before: AccountFile,
        name: &str,
        secrets: Secrets,
        passphrase: SecretString,
    ) -> Result<Arc<Open>> {
        let folder = AccountFolder::of(&self.config.data_dir, name)?;
        let mut file = before;
        name.clone_into(&mut file.name);
        file.secret_id = random_id()?;
        file.lock_passphrase = false;
        file.key_kind = None;
        file.key_hint = None;
        waiting.settle(folder.path())?;
        let kept = self
            .secrets
            .keep(&folder, &file, &secrets, Some(&passphrase))
            .await;
        let settled = kept.and_then(|home| {
            file.secret_home = home;
            folder.write(&file)
        });
        if let Err(error) = settled {
            let _ = folder.remove();
            return Err(error);
        }
        let kept = Some(passphrase).filter(|_| file.secret_home == SecretHome::Passphrase);
        self.open_books(folder, file, &secrets, kept).await
    }

    async fn recovery_key(&self, open: &Open) -> Result<String> {
        let file = open.file();
        let secrets = self
            .secrets
            .fetch(&open.folder, &file, open.passphrase.as_ref())
            .await?;
        Ok(secrets.books.recovery_key().expose_secret().to_owned())
    }

    pub async fn erase_customer(self: &Arc<Self>, id: &str, reason: &str) -> Result<Erased> {
        let open = self.open().await?;
        open.writable("Nothing was erased")?;
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > REASON_LENGTH {
            let why = format!("It has between 1 and {REASON_LENGTH} letters");
            return Err(Error::invalid("reason", "A reason is needed", why)
                .then("Say who asked for it and when; no names"));
        }
        let _working = self.working();
        let erased = open
            .books
            .erase_customer(id, &self.config.author, reason, self.now())
            .await?;
        tracing::info!(versions = erased.versions, "personal data erased");
        Ok(Erased {
            customer: id.to_owned(),
            versions: Count(erased.versions),
            rows: Count(erased.objects),
            ledger_sequence: Count(u64::try_from(erased.sequence).unwrap_or_default()),
        })
    }

    pub async fn doctor(self: &Arc<Self>) -> Result<DoctorReport> {
        let open = self.open().await?;
        let _working = self.working();
        self.report(&open, None).await
    }

    pub async fn doctor_rebuild(
        self: &Arc<Self>,
        progress: OnProgress<RebuildProgress>,
    ) -> Result<DoctorReport> {
        let open = self.open().await?;
        open.writable("The tables were not rebuilt")?;
        let _working = self.working();
        let told = move |at: books::RebuildProgress| {
            progress(RebuildProgress {
                done: Count(at.done),
                total: Count(at.of),
            });
        };
        let cancel = open.cancel.child_token();
        open.books.rebuild_projections(&told, &cancel).await?;
        let counts = open.books.counts().await?;
        let rebuilt = counts.iter().map(|count| count.objects).sum::<u64>();
        let payload = json!({ "objects": rebuilt });
        ledger::note(
            &open,
            &self.config.author,
            self.now(),
            "tables.rebuilt",
            payload,
        )
        .await?;
        self.report(&open, Some(Count(rebuilt))).await
    }

    async fn report(self: &Arc<Self>, open: &Open, rebuilt: Option<Count>) -> Result<DoctorReport> {
        let file_words = open.books.check_file().await?;
        let counts = open.books.counts().await?;
        let ledger = self.ledger_verify().await?;
        Ok(DoctorReport {
            file_whole: file_words.is_empty(),
            file_words,
            objects: Count(counts.iter().map(|count| count.objects).sum()),
            versions: Count(counts.iter().map(|count| count.versions).sum()),
            rebuilt,
            ledger_entries: ledger.entries,
            ledger_broken: ledger.broken,
        })
    }
}

/// Notes within the books whose they are.
pub(crate) async fn note_account(open: &Open) -> Result<()> {
    let file = open.file();
    let text = serde_json::to_string(&file).unwrap_or_default();
    open.books.set_setting(ACCOUNT_SETTING, &text).await?;
    Ok(())
}

/// Whose books these are, as they say themselves.
async fn account_of(path: &Path, key: &BooksKey) -> Result<AccountFile> {
    let books = Books::open(path, key, books::Access::ReadWrite).await?;
    let text = books.setting(ACCOUNT_SETTING).await;
    let live = books.livemode().await;
    books.close().await?;
    let file = text?.and_then(|text| serde_json::from_str::<AccountFile>(&text).ok());
    let file = file.ok_or_else(|| {
        Error::invalid(
            "path",
            "This backup cannot be restored",
            "It does not say which account it belongs to",
        )
        .then("Choose a backup that Meterdesk wrote")
    })?;
    // The books' own word on their mode stands above a line of text within them.
    if live?.is_some_and(|live| live != (file.mode == Mode::Live)) {
        return Err(Error::invalid(
            "path",
            "This backup cannot be restored",
            "Its account is of another mode than its data",
        ));
    }
    accounts::check_name(&file.name)?;
    Ok(file)
}

/// Size and SHA-256 of a file.
pub(crate) async fn measure(path: PathBuf) -> Result<(u64, String)> {
    let what = "The file could not be read";
    let shown = path.clone();
    let read = tokio::task::spawn_blocking(move || -> std::io::Result<(u64, String)> {
        let mut file = std::fs::File::open(&path)?;
        let mut digest = Sha256::new();
        let bytes = std::io::copy(&mut file, &mut digest)?;
        Ok((bytes, hex::encode(digest.finalize())))
    });
    match read.await {
        Ok(Ok(measured)) => Ok(measured),
        Ok(Err(error)) => Err(accounts::io_error(what, &shown, &error)),
        Err(_) => Err(Error::new(
            Code::Failed,
            what,
            "The work was interrupted",
            "Try again",
        )),
    }
}

/// A folder in which books wait until they are whole; removed unless they settle.
struct Waiting(Option<tempfile::TempDir>);

impl Waiting {
    fn make(data_dir: &Path) -> Result<Self> {
        let accounts = data_dir.join("accounts");
        accounts::make_private_dir(&accounts)?;
        let made = tempfile::Builder::new()
            .prefix(".restoring-")
            .tempdir_in(&accounts);
        let made = made.map_err(|error| {
            accounts::io_error("The folder could not be made", &accounts, &error)
        })?;
        Ok(Self(Some(made)))
    }

    fn path(&self) -> PathBuf {
        self.0
            .as_ref()
            .map(|dir| dir.path().to_owned())
            .unwrap_or_default()
    }

    fn books(&self) -> PathBuf {
        self.path().join("books.db")
    }

    /// Moves the folder to its place.
    fn settle(mut self, to: &Path) -> Result<()> {
        let from = self.path();
        std::fs::rename(&from, to).map_err(|error| {
            accounts::io_error(
                "The restored books could not be put in their place",
                to,
                &error,
            )
        })?;
        if let Some(dir) = self.0.take() {
            // Its folder has moved: nothing is left to be removed.
            let _ = dir.keep();
        }
        accounts::make_private_dir(to)
    }
}
