//! A running account: how to start it, reach it, change it and stop it.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Error;
use crate::account::Account;
use crate::catalogue::Catalogue;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::ids::Ids;
use crate::options::{Options, Shape};
use crate::random::Random;
use crate::server::http::{Shared, serve};
use crate::server::keys::Keys;
use crate::server::lists::ListFaults;
use crate::stream::{StreamFaults, StreamLog};
use crate::truth::{Truth, TruthKind};
use crate::webhooks::Outbox;

/// The earliest and the latest present of an account: 2015 and 2100.
const PRESENTS: std::ops::Range<i64> = 1_420_070_400..4_102_444_800;

/// A simulated account that answers requests until it is shut down or dropped.
#[derive(Debug)]
pub struct Running {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub base_url: String,
    /// The account's identifier, `acct_…`.
    pub account_id: String,
    /// A key that may do everything.
    pub secret_key: String,
    /// A restricted key with read permissions, less `Options::restricted_without`.
    pub restricted_key: String,
    /// A restricted key with read and write permissions, less `Options::restricted_without`.
    pub restricted_write_key: String,
    /// A key for web pages, refused everywhere here.
    pub publishable_key: String,
    /// The secret that webhooks are signed with.
    pub webhook_secret: String,
    pub(crate) shared: Arc<Shared>,
    pub(crate) outbox: Mutex<Outbox>,
    stop: CancellationToken,
    server: Option<JoinHandle<()>>,
}

/// Makes the account and serves it on 127.0.0.1.
///
/// # Errors
/// An option beyond its limit, or a port that cannot be taken.
pub async fn start(options: Options) -> Result<Running, Error> {
    options.checked()?;
    let clock = Clock::new(options.now);
    let now = options.now.unwrap_or_else(|| i64::from(clock.now()));
    if !PRESENTS.contains(&now) {
        return Err(Error::Now { now });
    }
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, options.port));
    let bind = |source| Error::Bind {
        port: options.port,
        source,
    };
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let port = listener.local_addr().map_err(bind)?.port();
    let made = options.clone();
    let account = tokio::task::spawn_blocking(move || make(&made, now as u32))
        .await
        .map_err(|_| Error::Stopped)?;
    let missing = options.restricted_without;
    let keys = Keys::new(&account.ids, options.seed, options.livemode, missing);
    let account_id = account.id.clone();
    let shared = Arc::new(Shared::new(account, clock, keys.clone(), options.faults));
    let stop = CancellationToken::new();
    let server = tokio::spawn(serve(listener, Arc::clone(&shared), stop.clone()));
    Ok(Running {
        base_url: format!("http://127.0.0.1:{port}"),
        account_id,
        secret_key: keys.secret,
        restricted_key: keys.restricted,
        restricted_write_key: keys.restricted_write,
        publishable_key: keys.publishable,
        webhook_secret: keys.webhook,
        shared,
        outbox: Mutex::default(),
        stop,
        server: Some(server),
    })
}

/// Makes the account that `options` describe, as of `now`.
pub(crate) fn make(options: &Options, now: u32) -> Account {
    let start = crate::calendar::subtract_months(now, options.history_months);
    let ids = Ids::new(options.seed);
    let catalogue = Catalogue::new(&ids, start - 86_400 * 90, options.livemode);
    let mut account = Account::empty(options.seed, now, options.livemode, catalogue);
    account.event_version.clone_from(&options.event_api_version);
    match options.shape {
        Shape::Uniform {
            invoices_per_customer,
            lines,
        } => {
            let customers = options.customers;
            crate::uniform::fill(&mut account, customers, invoices_per_customer, lines, start);
        }
        Shape::Company => crate::company::fill(&mut account, options.customers, start),
    }
    account.settle();
    account
}

/// Writes what the customers of the account used that `options` describe, as CSV with headings; says
/// how many records these are. The account is made for it and not served.
///
/// # Errors
/// An option beyond its limit, or an output that cannot be written.
pub fn write_usage(options: &Options, out: &mut dyn std::io::Write) -> std::io::Result<u64> {
    options.checked().map_err(std::io::Error::other)?;
    let now = Clock::new(options.now).now();
    crate::usage::write(&make(options, now), out)
}

impl Running {
    /// The account's own objects and sums.
    #[must_use]
    pub fn truth(&self) -> Truth {
        Truth {
            shared: Arc::clone(&self.shared),
        }
    }

    /// The account's present, UTC seconds.
    #[must_use]
    pub fn now(&self) -> i64 {
        i64::from(self.shared.clock.now())
    }

    /// How many requests were answered, or refused, or cut off.
    #[must_use]
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::Relaxed)
    }

    /// How many requests came with a key that may ask, by method and address, such as
    /// `GET /v1/invoices/{id}`; answered or not.
    #[must_use]
    pub fn requests_by_endpoint(&self) -> BTreeMap<String, u64> {
        crate::locked(&self.shared.by_endpoint).clone()
    }

    /// From now on the restricted keys lack `permission`, such as `rak_invoice_read`, or have it.
    pub fn set_permission(&self, permission: &str, granted: bool) {
        self.shared.keys.set_permission(permission, granted);
    }

    /// From now on, these faults of the event stream; the log starts anew.
    pub fn set_stream_faults(&self, faults: StreamFaults) {
        let mut account = crate::write(&self.shared.account);
        account.stream.faults = faults;
        account.stream.log = StreamLog::default();
    }

    /// Sets what goes wrong with the account's lists from now on.
    pub fn set_list_faults(&self, faults: ListFaults) {
        crate::write(&self.shared.account).lists = faults;
    }

    /// What befell the events since the stream's faults were set.
    #[must_use]
    pub fn stream_log(&self) -> StreamLog {
        crate::read(&self.shared.account).stream.log
    }

    /// Like `mutate`, but no event tells of any of it.
    pub fn mutate_silently(&self, count: u32, seed: u64) {
        self.with_account(|account| {
            account.stream.silent = true;
            crate::company::mutations::mutate(account, count, seed);
            account.stream.silent = false;
        });
    }

    /// Makes `count` objects of `kind` vanish by chance, without an event: a retrieve finds
    /// nothing, or of a customer that it was deleted. Their identifiers.
    pub fn delete_silently(&self, kind: TruthKind, count: usize, seed: u64) -> Vec<String> {
        let mut serials = self.truth().serials(kind);
        self.with_account(|account| {
            let mut random = Random::new(account.seed ^ seed, 0xDE1);
            let mut ids = Vec::new();
            account.stream.silent = true;
            while ids.len() < count && !serials.is_empty() {
                let place = random.below(serials.len() as u64) as usize;
                let serial = serials.swap_remove(place);
                ids.push(account.name_of(kind.kind(), serial));
                if kind == TruthKind::Customer {
                    crate::company::life::delete(account, serial, account.now);
                } else {
                    account.remove(kind.kind(), serial);
                }
            }
            account.stream.silent = false;
            account.settle();
            ids
        })
    }

    /// Moves the balance of each customer that has one by `amount`, and back, without an event: its
    /// entries alone tell of it. How many customers there were.
    pub fn move_balances_silently(&self, amount: i64) -> usize {
        self.with_account(|account| {
            let has_balance = |it: &crate::model::Customer| it.balance != 0 && !it.deleted;
            let customers: Vec<u32> = (0_u32..)
                .zip(&account.customers)
                .filter_map(|(serial, it)| has_balance(it).then_some(serial))
                .collect();
            account.stream.silent = true;
            for customer in &customers {
                for amount in [amount, -amount] {
                    crate::company::credits::adjust(account, *customer, amount, account.now);
                }
            }
            account.stream.silent = false;
            account.settle();
            customers.len()
        })
    }

    /// Changes the first `count` customers, each once and with one event, `customer.updated`. How
    /// many there were.
    pub fn touch_customers(&self, count: usize) -> usize {
        self.with_account(|account| {
            let serials = crate::server::lists::all(&account.orders.customers);
            let serials: Vec<u32> = serials.take(count).collect();
            for serial in &serials {
                crate::company::mutations::touch(account, *serial);
            }
            account.settle();
            serials.len()
        })
    }

    pub(crate) fn with_account<T>(&self, change: impl FnOnce(&mut Account) -> T) -> T {
        let mut account = crate::write(&self.shared.account);
        account.now = account.now.max(self.shared.clock.now());
        change(&mut account)
    }

    /// Moves the clock on by whole `seconds`, and lets everything happen that is due until then:
    /// renewals, finalizations, attempts to collect, and what customers do of their own accord.
    pub fn advance(&self, seconds: u32) {
        self.shared.clock.advance(seconds);
        self.with_account(crate::company::live);
    }

    /// Changes `count` things by chance at the account's present, with the events that Stripe
    /// would make: seats and plans, payments and declines, refunds and credit notes, voids and
    /// write-offs, discounts, balances, cards, the catalogue, customers that come, change and are
    /// deleted. The same `seed` makes the same changes to the same account.
    pub fn mutate(&self, count: u32, seed: u64) {
        self.with_account(|account| crate::company::mutations::mutate(account, count, seed));
    }

    /// From now on, these faults.
    pub fn set_faults(&self, faults: Faults) {
        *crate::write(&self.shared.faults) = faults;
    }

    /// Revokes every key, or takes that back.
    pub fn set_revoked(&self, revoked: bool) {
        self.shared.revoked.store(revoked, Ordering::Relaxed);
    }

    /// Stops answering and closes every connection.
    pub async fn shutdown(mut self) {
        self.stop.cancel();
        if let Some(server) = self.server.take()
            && let Err(error) = server.await
        {
            tracing::warn!(%error, "the simulated account ended badly");
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
