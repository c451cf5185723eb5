//! A passphrase that the books of an account ask for on this machine, beside the keyring.
//!
//! A keyring that is open gives its secrets to whoever uses the computer account. With a lock
//! passphrase its copy is sealed too, so that opening and unlocking need a person who knows it.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;

use crate::answers::AccountDetails;
use crate::context::{Inner, Open};
use crate::secrets::check_passphrase;
use crate::{Code, Error, Result, ledger};

impl Inner {
    /// Sets, changes or (with `new` none) removes the lock passphrase. Where the books ask for a
    /// passphrase already, `current` must be it: an unlocked window proves nothing. The books are
    /// closed and opened again; a load that runs is gone on with later.
    pub async fn set_lock_passphrase(
        self: &Arc<Self>,
        name: &str,
        current: Option<SecretString>,
        new: Option<SecretString>,
    ) -> Result<AccountDetails> {
        self.switch_account(name).await?;
        let open = self.open().await?;
        open.writable("The lock was not changed")?;
        if let Some(new) = &new {
            check_passphrase(new)?;
        }
        self.keep_under(&open, current, new.as_ref()).await?;
        drop(open);
        let mut state = self.state.lock().await;
        self.close_open(&mut state).await;
        let open = self.open_account(name, new.as_ref()).await?;
        self.take(&mut state, open);
        drop(state);
        self.account_details(name).await
    }

    /// Keeps the open account's secrets anew. What the file says goes before what it leads to and
    /// stays behind what it no longer leads to: a person is asked once too often, never too rarely.
    async fn keep_under(
        &self,
        open: &Open,
        current: Option<SecretString>,
        new: Option<&SecretString>,
    ) -> Result<()> {
        let before = open.file();
        if before.sample.is_some() {
            return Err(Error::new(
                Code::Forbidden,
                "The lock was not changed",
                "Nothing in the sample company is secret",
                "Set it for an account of your own",
            ));
        }
        let current = current.or_else(|| self.config.passphrase.clone());
        let secrets = self
            .secrets
            .fetch(&open.folder, &before, current.as_ref())
            .await?;
        let mut asked = before.clone();
        asked.lock_passphrase = new.is_some();
        if new.is_some() {
            open.change_file(|file| file.lock_passphrase = true)?;
        }
        let kept = self.secrets.keep(&open.folder, &asked, &secrets, new).await;
        if kept.is_err() {
            open.change_file(|file| file.lock_passphrase = before.lock_passphrase)?;
        }
        let home = kept?;
        open.change_file(|file| {
            file.secret_home = home;
            file.lock_passphrase = asked.lock_passphrase;
        })?;
        let change = match (before.asks_passphrase(), new.is_some()) {
            (false, true) => "set",
            (true, true) => "changed",
            (_, false) => "removed",
        };
        let payload = json!({ "passphrase": change });
        ledger::note(
            open,
            &self.config.author,
            self.now(),
            "lock.changed",
            payload,
        )
        .await?;
        Ok(())
    }
}
