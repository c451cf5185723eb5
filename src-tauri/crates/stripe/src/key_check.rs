//! Finds out what a key may read, by asking for one object of every list.

use futures::future::join_all;
use stripe_client_core::{RequestBuilder, StripeMethod};

use crate::account::Account;
use crate::error::Error;
use crate::gateway::Gateway;
use crate::key::{KeyKind, Mode};
use crate::list::{List, ListQuery};
use crate::request::{IdempotencyKey, Request};

/// The permission that reads the account's name and id.
pub const PERMISSION_ACCOUNT: &str = "rak_connected_account_read";
/// Ids that no object has: a change to one is refused, one way or the other.
const NOTHING: [&str; 6] = [
    "/customers/cus_0MeterdeskAsksWhetherThisKeyMayWrite",
    "/subscriptions/sub_0MeterdeskAsksWhetherThisKeyMayWrite",
    "/invoices/in_0MeterdeskAsksWhetherThisKeyMayWrite",
    "/credit_notes/cn_0MeterdeskAsksWhetherThisKeyMayWrite",
    "/products/prod_0MeterdeskAsksWhetherThisKeyMayWrite",
    "/payment_intents/pi_0MeterdeskAsksWhetherThisKeyMayWrite",
];

/// May one thing be read?
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// Yes.
    Granted,
    /// No; these permissions would allow it.
    Missing {
        /// The slugs that Stripe named, else the one that we know.
        slugs: Vec<String>,
    },
}

/// Whether one list may be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListGrant {
    /// The list.
    pub list: List,
    /// Granted or missing.
    pub grant: Grant,
}

/// What a key is and may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReport {
    /// By its prefix.
    pub kind: KeyKind,
    /// By its prefix, and no object said otherwise.
    pub mode: Mode,
    /// Has an object confirmed the mode? An empty account confirms nothing.
    pub mode_confirmed: bool,
    /// The account, where the key may read it.
    pub account: Option<Account>,
    /// Every list of the first load, and the events.
    pub lists: Vec<ListGrant>,
    /// May the key change customers, subscriptions, invoices, credit notes, products or payment
    /// intents? A read is all that is needed. None: not found out.
    pub may_write: Option<bool>,
}

impl KeyReport {
    /// May every list be read?
    pub fn is_complete(&self) -> bool {
        self.lists.iter().all(|list| list.grant == Grant::Granted)
    }
}

impl Gateway {
    /// Asks for one object of every list, and for the account.
    ///
    /// # Errors
    /// [`Error`] when the key is refused as a whole, Stripe cannot be reached, or the objects
    /// belong to another mode than the key ([`Error::Mode`]). A missing permission is no error.
    pub async fn key_check(&self) -> Result<KeyReport, Error> {
        let mut lists = Vec::with_capacity(List::LOADED.len() + 1);
        let mut mode_confirmed = false;
        for list in List::LOADED.into_iter().chain([List::Events]) {
            let query = ListQuery {
                limit: 1,
                ..ListQuery::default()
            };
            let grant = match self.list_page(list, &query).await {
                Ok(page) => {
                    if let Some(livemode) = page.first().and_then(|first| first.livemode) {
                        self.assert_mode(livemode)?;
                        mode_confirmed = true;
                    }
                    Grant::Granted
                }
                Err(error) => missing(error, list.permission())?,
            };
            lists.push(ListGrant { list, grant });
        }
        let account = match self.account().await {
            Ok(account) => Some(account),
            Err(error) => missing(error, PERMISSION_ACCOUNT).map(|_| None)?,
        };
        Ok(KeyReport {
            kind: self.key().kind(),
            mode: self.mode(),
            mode_confirmed,
            account,
            lists,
            may_write: self.may_write().await,
        })
    }

    /// Holds an object's `livemode` against the key's mode.
    ///
    /// # Errors
    /// [`Error::Mode`] when they differ.
    pub fn assert_mode(&self, livemode: bool) -> Result<(), Error> {
        let (expected, found) = (self.mode(), Mode::of(livemode));
        if expected == found {
            Ok(())
        } else {
            Err(Error::Mode { expected, found })
        }
    }

    /// A secret key may do everything. A restricted one is asked to change objects that do not
    /// exist: "no permission" and "no such object" are different answers, and nothing changes
    /// either way.
    async fn may_write(&self) -> Option<bool> {
        if self.key().kind() == KeyKind::Secret {
            return Some(true);
        }
        let answers = join_all(NOTHING.map(|path| self.may_change(path))).await;
        let known: Vec<bool> = answers.into_iter().flatten().collect();
        (!known.is_empty()).then(|| known.contains(&true))
    }

    async fn may_change(&self, path: &str) -> Option<bool> {
        let key = IdempotencyKey::new(format!("md_key_check_{:016x}", rand::random::<u64>()));
        let built = RequestBuilder::new(StripeMethod::Post, path);
        let request = Request::from_builder(built, Some(key.ok()?)).ok()?;
        let error = self.send(&request).await.err()?;
        let api = error.api()?;
        match api.status {
            403 => Some(false),
            _ if api.code.as_deref() == Some("resource_missing") => Some(true),
            _ => None,
        }
    }
}

/// A missing permission becomes a grant; every other error stays one.
fn missing(error: Error, permission: &str) -> Result<Grant, Error> {
    let Some(slugs) = error.missing_permissions() else {
        return Err(error);
    };
    let slugs = if slugs.is_empty() {
        vec![permission.to_owned()]
    } else {
        slugs.to_vec()
    };
    Ok(Grant::Missing { slugs })
}
