//! The sample company: a simulated account on this machine, and books that anyone may open.

use std::sync::Arc;

use books::Books;
use secrecy::SecretString;
use serde_json::json;
use stripe::{ApiBase, ApiKey};

use crate::accounts::{AccountFile, AccountFolder, SampleFile};
use crate::answers::{AccountSummary, Mode, SecretHome};
use crate::connecting::random_id;
use crate::context::{Inner, Open};
use crate::keys::Given;
use crate::secrets::Secrets;
use crate::{Code, Error, Result, ledger};

/// The folder's name.
pub(crate) const NAME: &str = "sample";
/// The company's name on the screen.
const COMPANY: &str = "Northwind Mail";

impl Inner {
    /// Opens the sample company, makes it where it is missing, and starts its first load.
    pub async fn open_sample(self: &Arc<Self>) -> Result<AccountSummary> {
        let folder = AccountFolder::of(&self.config.data_dir, NAME)?;
        if !folder.exists() {
            self.make_sample(&folder).await?;
        }
        let account = self.switch_account(NAME).await?;
        let open = self.open().await?;
        if !open.read_only && !self.loaded(&open).await? {
            self.sync_start(false).await?;
        }
        Ok(account)
    }

    async fn make_sample(&self, folder: &AccountFolder) -> Result<()> {
        folder.make()?;
        let made = async {
            let mut file = AccountFile::new(NAME, Mode::Sample, random_id()?, self.now());
            file.account_name = Some(COMPANY.into());
            file.secret_home = SecretHome::Sample;
            let options = &self.config.sample;
            file.sample = Some(SampleFile {
                seed: options.seed,
                customers: options.customers,
                now: self.now(),
            });
            let books = Books::create(&folder.books(), &Secrets::sample().books).await?;
            books.set_livemode(false).await?;
            books.close().await?;
            folder.write(&file)
        };
        let made = made.await;
        if made.is_err() {
            let _ = folder.remove();
        }
        made
    }

    /// Address and key of the sample company's simulated account; starts it where it does not
    /// run. The seed and the moment are those of its first day, so it is the same company always.
    pub async fn sample_access(&self, open: &Open, sample: SampleFile) -> Result<Given> {
        let mut state = self.state.lock().await;
        let running = match state.simulator.take() {
            Some(running) => running,
            None => start(sample).await?,
        };
        let given = (|| {
            Ok(Given {
                base: ApiBase::parse(&running.base_url)?,
                key: ApiKey::parse(&SecretString::from(running.secret_key.clone()))?,
            })
        })();
        state.simulator = Some(running);
        drop(state);
        let given = given.map_err(|error: stripe::Error| Error::from(error))?;
        if open.file().stripe_account.is_empty() {
            self.note_sample_account(open, &given).await?;
        }
        Ok(given)
    }

    async fn note_sample_account(&self, open: &Open, given: &Given) -> Result<()> {
        let gateway = self.gateway(given.base.clone(), given.key.clone(), 100)?;
        let account = gateway.account().await?;
        let file = open.change_file(|file| {
            file.stripe_account.clone_from(&account.id);
            let zone = account
                .timezone
                .filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
            if let Some(zone) = zone {
                file.zone = zone;
            }
        })?;
        let payload = json!({ "account": file.stripe_account, "mode": file.mode });
        ledger::note(
            open,
            &self.config.author,
            self.now(),
            "account.connected",
            payload,
        )
        .await?;
        Ok(())
    }
}

/// The same company always, whenever it is made.
pub(crate) fn options(sample: SampleFile) -> simulator::Options {
    simulator::Options {
        seed: sample.seed,
        customers: sample.customers,
        now: Some(sample.now),
        ..simulator::Options::default()
    }
}

async fn start(sample: SampleFile) -> Result<simulator::Running> {
    simulator::start(options(sample)).await.map_err(|error| {
        Error::new(
            Code::Failed,
            "The sample company could not be started",
            error.to_string(),
            "Try again; nothing of yours was touched",
        )
    })
}
