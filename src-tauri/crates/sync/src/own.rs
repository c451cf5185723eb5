//! What Stripe lists for one customer or one payout alone: entries of the account balance, what is
//! left of credits, payment methods, what a payout is made of. Read for those only who have any.

use books::{Books, CursorWrite, Raw, Source};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use objects::Kind;
use stripe::{ChildList, Cursor, Gateway};

use crate::backfill::Clock;
use crate::clocks::prepare;
use crate::error::SyncError;

/// Such lists that are read side by side.
const AT_ONCE: usize = 8;
/// Such lists in one transaction.
const IN_ONE_BATCH: usize = 50;
/// Pages of one such list at most: 100,000 entries.
const PAGES_MAX: usize = 1_000;
/// Payouts older than this are followed only when somebody asks for one.
const PAYOUTS_SINCE_S: i64 = 400 * 86_400;

/// One owner's own list, whole.
#[derive(Debug, Clone, Default)]
pub(crate) struct Own {
    pub(crate) raws: Vec<Raw>,
    /// What it is as of: the second of its first page.
    pub(crate) date: Option<i64>,
}

/// A list that is read owner by owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum OwnList {
    /// Entries of a customer's account balance.
    Balance,
    /// What a customer has left of its credits.
    Credits,
    /// How a customer pays.
    Methods,
    /// What a payout is made of.
    Payout,
}

impl OwnList {
    /// Its name among the books' lists.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Balance => "customer_balance_transactions",
            Self::Credits => "credit_balance_summaries",
            Self::Methods => "payment_methods",
            Self::Payout => "payout_transactions",
        }
    }

    /// The permission that it needs, as far as is known.
    const fn permission(self) -> &'static str {
        match self {
            Self::Balance => "rak_customer_read",
            Self::Credits => "rak_billing_credit_grant_read",
            Self::Methods => "rak_payment_method_read",
            Self::Payout => "rak_balance_transaction_source_read",
        }
    }

    /// Reads it for one owner; nothing where the owner is gone.
    pub(crate) async fn read(self, gateway: &Gateway, owner: &str) -> Result<Own, SyncError> {
        match self {
            Self::Balance => {
                let list = ChildList::CustomerBalanceTransactions;
                let (items, date) = whole(gateway, list, owner).await?;
                let raws = objects(Kind::CustomerBalanceTransaction, items);
                Ok(Own { raws, date })
            }
            Self::Methods => {
                let (items, date) = whole(gateway, ChildList::PaymentMethods, owner).await?;
                let raws = objects(Kind::PaymentMethod, items);
                Ok(Own { raws, date })
            }
            Self::Credits => summary(gateway, owner).await,
            Self::Payout => {
                let (items, date) = whole(gateway, ChildList::PayoutTransactions, owner).await?;
                if date.is_none() {
                    return Ok(Own::default());
                }
                let mut raws = objects(Kind::BalanceTransaction, items.clone());
                raws.push(Raw::Children {
                    kind: Kind::PayoutTransactions,
                    parent: owner.to_owned(),
                    items,
                });
                Ok(Own { raws, date })
            }
        }
    }
}

fn objects(kind: Kind, items: Vec<Bytes>) -> Vec<Raw> {
    let items = items.into_iter();
    items.map(|json| Raw::Object { kind, json }).collect()
}

async fn summary(gateway: &Gateway, customer: &str) -> Result<Own, SyncError> {
    match gateway.credit_balance_summary(customer).await {
        Ok(reading) => Ok(Own {
            raws: vec![Raw::Part {
                kind: Kind::CreditBalanceSummary,
                parent: customer.to_owned(),
                json: reading.json,
            }],
            date: reading.date,
        }),
        Err(error) if error.is_missing_resource() => Ok(Own::default()),
        Err(error) => Err(error.into()),
    }
}

/// Reads an owner's list to its end, and says what it is as of.
async fn whole(
    gateway: &Gateway,
    list: ChildList,
    owner: &str,
) -> Result<(Vec<Bytes>, Option<i64>), SyncError> {
    let (mut items, mut date, mut cursor) = (Vec::new(), None, None);
    for _ in 0..PAGES_MAX {
        let page = match gateway.child_page(list, owner, cursor.take()).await {
            Ok(page) => page,
            // The owner is gone, or the entry that was the cursor: the next read finds what is.
            Err(error) if error.is_missing_resource() => return Ok((Vec::new(), None)),
            Err(error) => return Err(error.into()),
        };
        date = date.or(page.date);
        let last = page.last();
        items.extend(page.items);
        match last {
            Some(last) if page.has_more => cursor = Some(Cursor::After(last.id)),
            _ if !page.has_more => return Ok((items, date)),
            _ => break,
        }
    }
    Err(SyncError::Endless {
        what: "entries",
        parent: owner.to_owned(),
    })
}

/// Reads one customer's payment methods, and its older default source where it has one, and
/// stores them: when a case or an action needs them. Answers how many states were new.
///
/// # Errors
/// The gateway's and the books'. A missing permission is an error here: somebody asked.
pub async fn refresh_payment_methods(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    customer: &str,
) -> Result<u64, SyncError> {
    let mut own = OwnList::Methods.read(gateway, customer).await?;
    let source = books.default_source(customer).await?;
    // A default source that is a payment method stands in the list already.
    if let Some(source) = source.filter(|id| !id.starts_with("pm_")) {
        match gateway.payment_source(customer, &source).await {
            Ok(reading) => own.raws.push(Raw::Object {
                kind: Kind::PaymentSource,
                json: reading.json,
            }),
            Err(error) if error.is_missing_resource() => {}
            Err(error) => return Err(error.into()),
        }
    }
    store(books, clock, own, &[]).await
}

/// Reads what a payout is made of, and stores it: for payouts older than a load follows.
///
/// # Errors
/// The gateway's and the books'.
pub async fn refresh_payout(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    payout: &str,
) -> Result<u64, SyncError> {
    let own = OwnList::Payout.read(gateway, payout).await?;
    store(books, clock, own, &[]).await
}

async fn store(
    books: &Books,
    clock: &Clock,
    own: Own,
    cursors: &[CursorWrite],
) -> Result<u64, SyncError> {
    let seen_at = own.date.unwrap_or_else(|| clock());
    let prepared = prepare(books, own.raws).await?;
    let applied = books
        .apply(prepared, Source::Child, seen_at, cursors)
        .await?;
    Ok(applied.new_versions)
}

/// Reads, at the end of a load, the own lists of all who have any. A list that the key may not
/// read is refused alone. A load that is gone on with reads them all again: a list that was read
/// before its customer's last invoice was may lack an entry that changed nothing in sum.
pub(crate) async fn own_lists(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    as_of: i64,
) -> Result<u64, SyncError> {
    let mut new_versions = 0;
    for list in [OwnList::Balance, OwnList::Credits, OwnList::Payout] {
        let owners = match list {
            OwnList::Balance => books.customers_with_balance(false).await?,
            OwnList::Credits => books.customers_with_grants().await?,
            OwnList::Methods => Vec::new(),
            OwnList::Payout => {
                let since = clock().saturating_sub(PAYOUTS_SINCE_S);
                books.unexplained_payouts(since).await?
            }
        };
        new_versions += each(gateway, books, clock, list, owners, as_of).await?;
    }
    Ok(new_versions)
}

/// Reads the balance entries of those customers.
pub(crate) async fn balances(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    owners: Vec<String>,
    as_of: i64,
) -> Result<u64, SyncError> {
    each(gateway, books, clock, OwnList::Balance, owners, as_of).await
}

/// Reads one list of every owner.
async fn each(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    list: OwnList,
    owners: Vec<String>,
    as_of: i64,
) -> Result<u64, SyncError> {
    let mut new_versions = 0;
    let reads = stream::iter(owners).map(|owner| one(gateway.clone(), list, owner));
    let mut batches = reads.buffered(AT_ONCE).chunks(IN_ONE_BATCH);
    while let Some(batch) = batches.next().await {
        let mut all = Own::default();
        for own in batch {
            let own = match own {
                Ok(own) => own,
                Err(SyncError::Gateway(error)) if error.missing_permissions().is_some() => {
                    let slugs = error.missing_permissions().unwrap_or_default();
                    refuse(books, list, slugs).await?;
                    return Ok(new_versions);
                }
                Err(error) => return Err(error),
            };
            // The earliest: a state must not pass for newer than it is.
            all.date = all.date.into_iter().chain(own.date).min();
            all.raws.extend(own.raws);
        }
        new_versions += store(books, clock, all, &[]).await?;
    }
    let list = list.as_str().to_owned();
    books
        .write_cursors(&[CursorWrite::Complete { list, as_of }])
        .await?;
    Ok(new_versions)
}

/// One owner's list. It owns what it needs, because a stream of borrowing futures is not `Send`.
async fn one(gateway: Gateway, list: OwnList, owner: String) -> Result<Own, SyncError> {
    list.read(&gateway, &owner).await
}

async fn refuse(books: &Books, list: OwnList, slugs: &[String]) -> Result<(), SyncError> {
    let slug = match slugs {
        [] => list.permission().to_owned(),
        slugs => slugs.join(", "),
    };
    tracing::warn!(list = list.as_str(), slug, "the key may not read a list");
    let list = list.as_str().to_owned();
    Ok(books
        .write_cursors(&[CursorWrite::Refused { list, slug }])
        .await?)
}
