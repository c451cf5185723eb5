//! Connecting an account, replacing its key, disconnecting it.

use std::sync::Arc;

use books::{Books, BooksKey, ReadPurpose};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use stripe::{ApiKey, KeyReport};

use crate::accounts::{self, AccountFile, AccountFolder};
use crate::answers::{AccountDetails, Connected, Mode, SecretHome};
use crate::context::{Inner, Open, summary};
use crate::keys::{self, Given};
use crate::secrets::{Secrets, check_passphrase};
use crate::{Code, ConnectRequest, Error, Result, ledger};

impl Inner {
    pub async fn connect(self: &Arc<Self>, request: ConnectRequest) -> Result<Connected> {
        let given = keys::take(&request.key, request.api_base.as_deref())?;
        let passphrase = request
            .passphrase
            .clone()
            .or_else(|| self.config.passphrase.clone());
        self.check_home(passphrase.as_ref()).await?;
        let (report, reads) = self.ask(&given).await?;
        let mode = keys::mode(report.mode);
        self.refuse_twice(&report, mode)?;
        let name = self.name_for(&request, &report, mode)?;
        let folder = AccountFolder::of(&self.config.data_dir, &name)?;
        let mut file = AccountFile::new(&name, mode, random_id()?, self.now());
        describe(&mut file, &given, &report);
        if let Some(entity) = request
            .entity_name
            .filter(|entity| !entity.trim().is_empty())
        {
            file.entity_name = entity.trim().to_owned();
        }
        let made = self.make_books(&folder, file, &given.key, passphrase).await;
        if made.is_err() {
            // Nothing half-made stays: the same name can be tried again.
            let _ = folder.remove();
        }
        let (open, recovery_key) = made?;
        open.books
            .count_reads(self.now(), ReadPurpose::Other, reads)
            .await?;
        let account = self.switch_to(open).await;
        Ok(Connected {
            account,
            recovery_key: recovery_key.expose_secret().to_owned(),
            check: keys::answer(&report),
        })
    }

    /// Is there a home for secrets? Asked before anything is made.
    async fn check_home(&self, passphrase: Option<&SecretString>) -> Result<()> {
        if self.secrets.keyring_available().await {
            return Ok(());
        }
        match passphrase {
            Some(passphrase) => check_passphrase(passphrase),
            None => Err(crate::secrets::passphrase_missing()),
        }
    }

    /// Asks Stripe what the key may do; says how many reads that took.
    async fn ask(&self, given: &Given) -> Result<(KeyReport, u64)> {
        let gateway = self.gateway(given.base.clone(), given.key.clone(), 100)?;
        let report = gateway.key_check().await?;
        if report
            .lists
            .iter()
            .all(|row| row.grant != stripe::Grant::Granted)
        {
            return Err(Error::new(
                Code::KeyRefused,
                "This key may read nothing that Meterdesk needs",
                "Stripe refused every list",
                "Make a restricted key with the permissions that are listed",
            ));
        }
        Ok((report, gateway.stats().reads))
    }

    fn refuse_twice(&self, report: &KeyReport, mode: Mode) -> Result<()> {
        let Some(account) = &report.account else {
            return Ok(());
        };
        let same = accounts::list(&self.config.data_dir)
            .into_iter()
            .find(|file| file.stripe_account == account.id && file.mode == mode);
        match same {
            None => Ok(()),
            Some(file) => Err(Error::new(
                Code::Forbidden,
                format!("{} is connected already", file.entity()),
                format!("Its books stand under the name {}", file.name),
                "Replace its key in the settings in place of connecting it twice",
            )),
        }
    }

    fn name_for(&self, request: &ConnectRequest, report: &KeyReport, mode: Mode) -> Result<String> {
        let Some(name) = request
            .name
            .as_deref()
            .map(str::trim)
            .filter(|name| !name.is_empty())
        else {
            let at_stripe = report
                .account
                .as_ref()
                .and_then(|account| account.name.clone());
            let company = request
                .entity_name
                .clone()
                .or(at_stripe)
                .unwrap_or_default();
            return Ok(accounts::free_name(&self.config.data_dir, &company, mode));
        };
        let folder = AccountFolder::of(&self.config.data_dir, name)?;
        if folder.path().exists() {
            let what = format!("There is an account {name} already");
            return Err(
                Error::invalid("name", what, "Two accounts cannot have the same name")
                    .then("Choose another name"),
            );
        }
        Ok(name.to_owned())
    }

    /// Makes the folder, the books and the secrets' home; `account.json` last, because it is
    /// what makes a folder an account.
    async fn make_books(
        &self,
        folder: &AccountFolder,
        mut file: AccountFile,
        key: &ApiKey,
        passphrase: Option<SecretString>,
    ) -> Result<(Arc<Open>, SecretString)> {
        folder.make()?;
        let secrets = Secrets {
            books: BooksKey::generate()?,
            stripe: Some(key.expose().clone()),
        };
        let recovery_key = secrets.books.recovery_key();
        let books = Books::create(&folder.books(), &secrets.books).await?;
        books.set_livemode(file.mode == Mode::Live).await?;
        books.close().await?;
        file.secret_home = self
            .secrets
            .keep(folder, &file, &secrets, passphrase.as_ref())
            .await?;
        folder.write(&file)?;
        let kept = passphrase.filter(|_| file.secret_home == SecretHome::Passphrase);
        let open = self
            .open_books(folder.clone(), file.clone(), &secrets, kept)
            .await?;
        let payload = json!({
            "account": file.stripe_account,
            "mode": file.mode,
            "key": file.key_hint,
            "home": file.secret_home,
        });
        ledger::note(
            &open,
            &self.config.author,
            self.now(),
            "account.connected",
            payload,
        )
        .await?;
        Ok((open, recovery_key))
    }

    pub async fn replace_key(
        self: &Arc<Self>,
        name: &str,
        key: &SecretString,
    ) -> Result<AccountDetails> {
        self.switch_account(name).await?;
        let open = self.open().await?;
        let file = open.file();
        open.writable("The key was not replaced")?;
        if file.sample.is_some() {
            return Err(Error::new(
                Code::Forbidden,
                "The sample company has no key",
                "It is simulated on this machine",
                "Connect Stripe to use a key",
            ));
        }
        let given = keys::take(key, file.api_base.as_deref())?;
        let (report, reads) = self.ask(&given).await?;
        same_account(&file, &report)?;
        if file.stripe_account.is_empty() {
            self.knows_an_object(&open, &given).await?;
        }
        let secrets = Secrets {
            books: self.books_key(&open).await?,
            stripe: Some(given.key.expose().clone()),
        };
        let home = self
            .secrets
            .keep(&open.folder, &file, &secrets, open.passphrase.as_ref())
            .await?;
        let file = open.change_file(|file| {
            describe(file, &given, &report);
            file.secret_home = home;
        })?;
        open.set_key(Some(given.key));
        open.books
            .count_reads(self.now(), ReadPurpose::Other, reads)
            .await?;
        let payload = json!({ "key": file.key_hint });
        ledger::note(
            &open,
            &self.config.author,
            self.now(),
            "key.replaced",
            payload,
        )
        .await?;
        Ok(self.details_of(&file, Some(&open)))
    }

    /// Where no account id is held, an object of these books must be one that the new key reads:
    /// two companies must never end up in one book.
    async fn knows_an_object(&self, open: &Open, given: &Given) -> Result<()> {
        use stripe::Object;
        let (all, up) = (books::TenantFilter::default(), books::Direction::Ascending);
        let sort = books::TenantSort::Created;
        let page = open.books.tenants(&all, sort, up, 0, 1, self.now()).await?;
        let Some(known) = page.rows.first() else {
            return Ok(());
        };
        let gateway = self.gateway(given.base.clone(), given.key.clone(), 100)?;
        match gateway.retrieve(Object::Customer, &known.id).await {
            Ok(stripe::Retrieved::Missing { .. }) => Err(not_the_same(format!(
                "It does not know {}, which these books hold: it belongs to another account",
                known.id
            ))),
            Ok(_) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The open books' key, from the account's home of secrets.
    async fn books_key(&self, open: &Open) -> Result<BooksKey> {
        let file = open.file();
        let secrets = self
            .secrets
            .fetch(&open.folder, &file, open.passphrase.as_ref())
            .await?;
        Ok(secrets.books)
    }

    pub async fn disconnect(self: &Arc<Self>, name: &str, delete_data: bool) -> Result<()> {
        let folder = self.folder(name)?;
        if delete_data {
            return self.delete_account(&folder, name).await;
        }
        self.switch_account(name).await?;
        let open = self.open().await?;
        open.writable("The account was not disconnected")?;
        let file = open.file();
        let payload = json!({ "account": file.stripe_account, "data": "kept" });
        ledger::note(
            &open,
            &self.config.author,
            self.now(),
            "account.disconnected",
            payload,
        )
        .await?;
        if file.sample.is_none() {
            let secrets = Secrets {
                books: self.books_key(&open).await?,
                stripe: None,
            };
            self.secrets
                .keep(&open.folder, &file, &secrets, open.passphrase.as_ref())
                .await?;
        }
        open.change_file(|file| {
            file.key_kind = None;
            file.key_hint = None;
        })?;
        open.set_key(None);
        Ok(())
    }

    /// Removes books, secrets and folder. Works without opening the books: a lost key must not
    /// keep a person from removing the data.
    async fn delete_account(&self, folder: &AccountFolder, name: &str) -> Result<()> {
        let file = folder.read()?;
        let mut state = self.state.lock().await;
        if state
            .open
            .as_ref()
            .is_some_and(|open| open.file().name == name)
        {
            self.close_open(&mut state).await;
        }
        refuse_in_use(folder)?;
        self.secrets.forget(folder, &file).await?;
        folder.remove()?;
        if self.person().current.as_deref() == Some(name) {
            self.change_person(|person| person.current = None)?;
            state.locked = false;
        }
        if file.sample.is_some()
            && let Some(running) = state.simulator.take()
        {
            running.shutdown().await;
        }
        tracing::info!(account = name, "account and its data removed");
        Ok(())
    }

    pub async fn account_details(self: &Arc<Self>, name: &str) -> Result<AccountDetails> {
        let file = self.folder(name)?.read()?;
        let state = self.state.lock().await;
        let open = state.open.as_ref().filter(|open| open.file().name == name);
        Ok(self.details_of(&file, open.map(AsRef::as_ref)))
    }

    fn details_of(&self, file: &AccountFile, open: Option<&Open>) -> AccountDetails {
        let folder = self.config.data_dir.join("accounts").join(&file.name);
        AccountDetails {
            account: summary(file, open.is_some()),
            key_kind: file.key_kind,
            key_hint: file.key_hint.clone(),
            api_base: match (&file.api_base, file.mode) {
                (Some(base), _) => base.clone(),
                (None, Mode::Sample) => "simulated on this machine".into(),
                (None, _) => stripe::ApiBase::stripe().as_str().into(),
            },
            secret_home: file.secret_home,
            connected_at: crate::answers::UnixSeconds(file.connected_at),
            folder: folder.display().to_string(),
            read_only: open.is_some_and(|open| open.read_only),
        }
    }
}

/// Notes in `account.json` what the key and Stripe say.
fn describe(file: &mut AccountFile, given: &Given, report: &KeyReport) {
    file.api_base = given
        .base
        .is_loopback()
        .then(|| given.base.as_str().to_owned());
    file.key_kind = Some(keys::kind(&given.key));
    file.key_hint = Some(keys::hint(&given.key));
    let Some(account) = &report.account else {
        return;
    };
    if file.stripe_account.is_empty() {
        let zone = account
            .timezone
            .as_deref()
            .filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
        if let Some(zone) = zone {
            file.zone = zone.to_owned();
        }
    }
    file.stripe_account.clone_from(&account.id);
    file.account_name.clone_from(&account.name);
}

/// A replaced key must read the same account in the same mode.
fn same_account(file: &AccountFile, report: &KeyReport) -> Result<()> {
    if keys::mode(report.mode) != file.mode {
        return Err(not_the_same(format!(
            "It is a {} key, these books are not",
            report.mode
        )));
    }
    match &report.account {
        Some(account) if !file.stripe_account.is_empty() && account.id != file.stripe_account => {
            Err(not_the_same(format!(
                "It belongs to {}, these books to {}",
                account.id, file.stripe_account
            )))
        }
        None if !file.stripe_account.is_empty() => Err(not_the_same(format!(
            "It may not read the account's id ({}), so nothing shows that it is the same account",
            stripe::PERMISSION_ACCOUNT
        ))),
        _ => Ok(()),
    }
}

fn not_the_same(why: String) -> Error {
    let mut error = Error::new(
        Code::Forbidden,
        "The key was not replaced",
        why,
        "Use a key of the same account and mode, or connect the other account by itself",
    );
    error.place = Some("key".into());
    error
}

/// Another process that writes to the books is not robbed of them.
fn refuse_in_use(folder: &AccountFolder) -> Result<()> {
    if !folder.in_use() {
        return Ok(());
    }
    Err(Error::new(
        Code::Busy,
        "The account was not removed",
        "Another Meterdesk process has its books open",
        "Close the other window and try again",
    ))
}

/// 16 random bytes, hexadecimal.
pub(crate) fn random_id() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|_| {
        Error::new(
            Code::Failed,
            "The account was not made",
            "The operating system gave no randomness",
            "Try again",
        )
    })?;
    Ok(hex::encode(bytes))
}
