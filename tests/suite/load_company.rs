//! What the tests of the load share: a simulated company, a gateway to it, books to fill, and the
//! comparison of the two.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use books::{Access, Books, BooksError, BooksKey, InvoiceFilter, Raw, Source};
use bytes::Bytes;
use objects::Kind;
use secrecy::SecretString;
use simulator::{Faults, Options, Running, Truth, TruthKind};
use stripe::{ApiBase, ApiKey, Gateway, GatewayOptions, RetryPolicy, Timeouts};
use sync::{LoadOptions, LoadOutcome, LoadProgress, SyncError};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// The company's present in every test: 22 November 2026.
pub const NOW: i64 = 1_795_348_800;

/// What the truth holds that a load brings.
const LOADED: [(TruthKind, Kind); 22] = [
    (TruthKind::Product, Kind::Product),
    (TruthKind::Price, Kind::Price),
    (TruthKind::Coupon, Kind::Coupon),
    (TruthKind::TaxRate, Kind::TaxRate),
    (TruthKind::Customer, Kind::Customer),
    (TruthKind::Subscription, Kind::Subscription),
    (TruthKind::Invoice, Kind::Invoice),
    (TruthKind::InvoicePayment, Kind::InvoicePayment),
    (TruthKind::PaymentIntent, Kind::PaymentIntent),
    (TruthKind::Charge, Kind::Charge),
    (TruthKind::CreditNote, Kind::CreditNote),
    (TruthKind::Refund, Kind::Refund),
    (TruthKind::Dispute, Kind::Dispute),
    (TruthKind::CreditGrant, Kind::CreditGrant),
    (TruthKind::CreditTransaction, Kind::CreditBalanceTransaction),
    (TruthKind::Meter, Kind::Meter),
    (TruthKind::PromotionCode, Kind::PromotionCode),
    (TruthKind::Schedule, Kind::SubscriptionSchedule),
    (TruthKind::InvoiceItem, Kind::InvoiceItem),
    (
        TruthKind::StripeBalanceTransaction,
        Kind::BalanceTransaction,
    ),
    (TruthKind::Payout, Kind::Payout),
    (TruthKind::TestClock, Kind::TestClock),
];
/// What a load brings owner by owner, at its end.
const OWN: [(TruthKind, Kind); 1] = [(
    TruthKind::BalanceTransaction,
    Kind::CustomerBalanceTransaction,
)];

/// A company of so many customers, as of [`NOW`].
pub fn options(customers: u32, seed: u64) -> Options {
    Options {
        customers,
        seed,
        now: Some(NOW),
        ..Options::default()
    }
}

/// Starts a company.
pub async fn company(options: Options) -> Running {
    simulator::start(options)
        .await
        .expect("the simulated account starts")
}

/// Faults as the command line words them.
pub fn faults(text: &str) -> Faults {
    Faults::parse(text).expect("faults that the simulator knows")
}

/// A gateway that tries again soon and often: faults are to be survived, not waited for.
pub fn gateway(base_url: &str, key: &str) -> Gateway {
    let key = ApiKey::parse(&SecretString::from(key.to_owned())).expect("a key");
    let base = ApiBase::parse(base_url).expect("an address of this machine");
    let (retry, timeouts) = patience();
    Gateway::new(GatewayOptions {
        retry,
        timeouts,
        jitter_seed: 1,
        ..GatewayOptions::new(base, key)
    })
    .expect("a gateway")
}

/// Many short waits in place of few long ones.
pub fn patience() -> (RetryPolicy, Timeouts) {
    let retry = RetryPolicy {
        attempts_max: 40,
        base_ms: 2,
        cap_ms: 60,
        elapsed_max_ms: 60_000,
    };
    let timeouts = Timeouts {
        connect: Duration::from_secs(5),
        answer: Duration::from_secs(5),
    };
    (retry, timeouts)
}

/// Books in a folder of their own, made at the first call.
pub struct Shelf {
    folder: tempfile::TempDir,
}

impl Shelf {
    pub fn new() -> Self {
        Self {
            folder: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("books.db")
    }

    pub async fn open(&self) -> Books {
        open(&self.path()).await
    }
}

/// Opens the books at a path, or makes them.
pub async fn open(path: &Path) -> Books {
    open_with(path, &BooksKey::from_bytes([7; 32])).await
}

/// As [`open`], with that key. A process that was killed may hold its lock for a moment longer.
pub async fn open_with(path: &Path, key: &BooksKey) -> Books {
    for _ in 0..2_000 {
        let opened = match path.exists() {
            true => Books::open(path, key, Access::ReadWrite).await,
            false => Books::create(path, key).await,
        };
        match opened {
            Ok(books) => return books,
            Err(BooksError::Busy { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
            Err(error) => panic!("the books open: {error:?}"),
        }
    }
    panic!("the books stay locked");
}

/// Small pages and batches, so that a small company makes a long load.
pub fn small_steps() -> LoadOptions {
    LoadOptions {
        page_objects: 20,
        batch_objects: 60,
        batch_wait: Duration::from_millis(20),
        missing_only: false,
    }
}

/// A load with the steps of the product.
pub async fn load(gateway: &Gateway, books: &Books) -> Result<LoadOutcome, SyncError> {
    load_with(
        gateway,
        books,
        LoadOptions::default(),
        CancellationToken::new(),
    )
    .await
}

/// A load in given steps.
pub async fn load_with(
    gateway: &Gateway,
    books: &Books,
    options: LoadOptions,
    cancel: CancellationToken,
) -> Result<LoadOutcome, SyncError> {
    let (sender, _) = watch::channel(LoadProgress::default());
    sync::backfill_with(gateway, books, Arc::new(|| NOW), sender, cancel, options).await
}

fn truth_of(truth: &Truth, kind: TruthKind, as_kind: Kind) -> Vec<Raw> {
    truth
        .objects(kind)
        .map(|json| Raw::Object {
            kind: as_kind,
            json: Bytes::from(json),
        })
        .collect()
}

/// How many objects a load brings.
pub fn objects_in(truth: &Truth) -> u64 {
    LOADED
        .iter()
        .map(|(kind, _)| truth.count(*kind) as u64)
        .sum()
}

/// Holds the books against the account's own objects, one by one: brought in by another road, not
/// one of them may be new. Then the sums that the tables show, and that the load is over.
pub async fn assert_holds_truth(books: &Books, truth: &Truth, hint: &str) {
    for (kind, as_kind) in LOADED.into_iter().chain(OWN) {
        let mut raws = truth_of(truth, kind, as_kind);
        if as_kind == Kind::CustomerBalanceTransaction {
            // Those of deleted customers can no longer be listed.
            let customers = truth_of(truth, TruthKind::Customer, Kind::Customer);
            let listed: HashSet<_> = customers.iter().map(|raw| member(raw, "id")).collect();
            let owners = with_balance(truth);
            raws.retain(|raw| {
                let owner = member(raw, "customer");
                owners.contains(&owner) && listed.contains(&owner)
            });
        }
        let count = raws.len();
        let ids: Vec<String> = raws.iter().map(|raw| member(raw, "id")).collect();
        let prepared = books.prepare(raws);
        assert!(prepared.failed.is_empty(), "{hint}: {:?}", prepared.failed);
        assert!(prepared.truncated.is_empty(), "{hint}: the truth is whole");
        let applied = books
            .apply(prepared, Source::Proof, NOW, &[])
            .await
            .expect("they apply");
        if applied.new_versions > 0 {
            let new = new_states(books, as_kind, &ids).await;
            panic!("{hint}: of {count} {as_kind} objects some are new:{new}");
        }
        assert_eq!(
            applied.stale, 0,
            "{hint}: of {count} {as_kind} objects some are older"
        );
    }
    assert_sums(books, truth, hint).await;
    let open: Vec<_> = books.cursors().await.expect("cursors");
    assert!(open.is_empty(), "{hint}: no cursor is left: {open:?}");
    assert!(
        books.is_settled().await.expect("a state"),
        "{hint}: the tables are built"
    );
}

/// What the truth brought, and what was held before it.
async fn new_states(books: &Books, kind: Kind, ids: &[String]) -> String {
    let mut words = String::new();
    for id in ids {
        let versions = books.versions(&[(kind, id)], 2).await.expect("versions");
        let text = |canonical: &[u8]| String::from_utf8_lossy(canonical).into_owned();
        for new in versions
            .iter()
            .filter(|it| it.source == Source::Proof && it.seen_at == NOW)
        {
            let before = new.before.as_deref().map(text);
            words += &format!("\n{id}: {}\n  held was {before:?}", text(&new.canonical));
        }
    }
    words
}

/// Customers whose balance, or whose invoices' starting or ending balance, is not zero: only their
/// balance entries are read.
fn with_balance(truth: &Truth) -> HashSet<String> {
    let text = |value: &serde_json::Value, name: &str| value[name].as_str().map(str::to_owned);
    let of = |kind, owner: &'static str, balances: [&'static str; 2]| {
        truth.objects(kind).filter_map(move |json| {
            let value: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
            let moved = |name: &str| value[name].as_i64().unwrap_or(0) != 0;
            (moved(balances[0]) || moved(balances[1])).then(|| text(&value, owner))?
        })
    };
    of(TruthKind::Customer, "id", ["balance", "balance"])
        .chain(of(
            TruthKind::Invoice,
            "customer",
            ["starting_balance", "ending_balance"],
        ))
        .collect()
}

fn member(raw: &Raw, name: &str) -> String {
    let Raw::Object { json, .. } = raw else {
        return String::new();
    };
    let value: serde_json::Value = serde_json::from_slice(json).expect("JSON");
    value[name].as_str().unwrap_or_default().to_owned()
}

async fn assert_sums(books: &Books, truth: &Truth, hint: &str) {
    let totals = books
        .invoice_totals(&InvoiceFilter::default(), NOW)
        .await
        .expect("totals");
    let found: BTreeMap<String, (i64, i64, i64, i64)> = totals
        .into_iter()
        .map(|sum| {
            let figures = (sum.invoices, sum.total, sum.void_invoices, sum.drafts);
            (sum.currency.to_lowercase(), figures)
        })
        .collect();
    let mut expected: BTreeMap<String, (i64, i64, i64, i64)> = BTreeMap::new();
    for ((currency, status), sums) in truth.invoice_sums() {
        let figures = expected.entry(currency).or_default();
        let invoices = i64::try_from(sums.invoices).expect("fewer than there are numbers");
        match status.as_str() {
            "void" => figures.2 += invoices,
            "draft" => figures.3 += invoices,
            _ => {
                figures.0 += invoices;
                figures.1 += sums.total;
            }
        }
    }
    assert_eq!(
        found, expected,
        "{hint}: invoices, total, void, drafts per currency"
    );
}
