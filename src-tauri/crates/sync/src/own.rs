//! What Stripe lists for one customer or one payout alone: entries of the account balance, what is
//! left of credits, payment methods, what a payout is made of. Read for those only who have any.

use books::{Books, CursorWrite, HistoryHead, Raw, Source};
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt};
use objects::Kind;
use stripe::{ChildList, Cursor, Gateway};

use crate::backfill::Clock;
use crate::clocks::prepare;
use crate::error::SyncError;
use crate::refetch::tombstone;

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
    /// How far the history was before it was asked for.
    head: HistoryHead,
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
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Balance => "customer_balance_transactions",
            Self::Credits => "credit_balance_summaries",
            Self::Methods => "payment_methods",
            Self::Payout => "payout_transactions",
        }
    }

    /// The permission that it needs, as far as is known.
    pub(crate) const fn permission(self) -> &'static str {
        match self {
            Self::Balance => "rak_customer_read",
            Self::Credits => "rak_billing_credit_grant_read",
            Self::Methods => "rak_payment_method_read",
            Self::Payout => "rak_balance_transaction_source_read",
        }
    }

    /// The list that brings a kind of object which no list of the account brings.
    pub(crate) fn of(kind: Kind) -> Option<Self> {
        match kind {
            Kind::CustomerBalanceTransaction => Some(Self::Balance),
            Kind::PaymentMethod | Kind::PaymentSource => Some(Self::Methods),
            _ => None,
        }
    }

    /// Reads it for one owner; nothing where the owner is gone.
    pub(crate) async fn read(
        self,
        gateway: &Gateway,
        books: &Books,
        owner: &str,
    ) -> Result<Own, SyncError> {
        let head = books.history_head().await?;
        let own = match self {
            Self::Balance => {
                let list = ChildList::CustomerBalanceTransactions;
                let (items, date) = whole(gateway, list, owner).await?;
                (objects(Kind::CustomerBalanceTransaction, items), date)
            }
            Self::Methods => methods(gateway, books, owner).await?,
            Self::Credits => summary(gateway, owner).await?,
            Self::Payout => {
                let (items, date) = whole(gateway, ChildList::PayoutTransactions, owner).await?;
                match date {
                    None => (Vec::new(), None),
                    Some(_) => (parts(owner, items), date),
                }
            }
        };
        let (raws, date) = own;
        Ok(Own { raws, date, head })
    }
}

/// What was read, and what it is as of.
type Dated = (Vec<Raw>, Option<i64>);

fn objects(kind: Kind, items: Vec<Bytes>) -> Vec<Raw> {
    let items = items.into_iter();
    items.map(|json| Raw::Object { kind, json }).collect()
}

fn parts(payout: &str, items: Vec<Bytes>) -> Vec<Raw> {
    let mut raws = objects(Kind::BalanceTransaction, items.clone());
    raws.push(Raw::Children {
        kind: Kind::PayoutTransactions,
        parent: payout.to_owned(),
        items,
    });
    raws
}

async fn summary(gateway: &Gateway, customer: &str) -> Result<Dated, SyncError> {
    match gateway.credit_balance_summary(customer).await {
        Ok(reading) => {
            let part = Raw::Part {
                kind: Kind::CreditBalanceSummary,
                parent: customer.to_owned(),
                json: reading.json,
            };
            Ok((vec![part], reading.date))
        }
        Err(error) if error.is_missing_resource() => Ok(Dated::default()),
        Err(error) => Err(error.into()),
    }
}

/// A customer's payment methods, and its older default source where it has one.
async fn methods(gateway: &Gateway, books: &Books, customer: &str) -> Result<Dated, SyncError> {
    let (items, date) = whole(gateway, ChildList::PaymentMethods, customer).await?;
    let mut raws = objects(Kind::PaymentMethod, items);
    // A default source that is a payment method stands in the list already.
    let source = books.default_source(customer).await?;
    if let Some(source) = source.filter(|id| is_older_source(id)) {
        raws.push(source_of(gateway, customer, &source).await?.0);
    }
    Ok((raws, date))
}

/// Is this the id of a card, an account or a source, and not of a payment method?
pub(crate) fn is_older_source(id: &str) -> bool {
    !id.starts_with("pm_")
}

/// A customer's older payment source, or that it is gone; and the second that this is as of.
pub(crate) async fn source_of(
    gateway: &Gateway,
    customer: &str,
    source: &str,
) -> Result<(Raw, Option<i64>), SyncError> {
    let kind = Kind::PaymentSource;
    match gateway.payment_source(customer, source).await {
        Ok(reading) => {
            let json = reading.json;
            Ok((Raw::Object { kind, json }, reading.date))
        }
        Err(error) if error.is_missing_resource() => Ok((tombstone(kind, source), None)),
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
/// stores them: when a case or an action needs them. From then on all of them are kept: events
/// bring what changes, and proofs read them again. Answers how many states were new.
///
/// # Errors
/// The gateway's and the books'. A missing permission is an error here: somebody asked.
pub async fn refresh_payment_methods(
    gateway: &Gateway,
    books: &Books,
    clock: &Clock,
    customer: &str,
) -> Result<u64, SyncError> {
    let own = OwnList::Methods.read(gateway, books, customer).await?;
    let read = own.date.map(|as_of| CursorWrite::MethodsRead {
        customer: customer.to_owned(),
        as_of,
    });
    store(books, clock, own, read.as_slice()).await
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
    let own = OwnList::Payout.read(gateway, books, payout).await?;
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
    for list in [
        OwnList::Balance,
        OwnList::Credits,
        OwnList::Methods,
        OwnList::Payout,
    ] {
        let owners = owners(books, list, clock()).await?;
        let mut batches = Batches::of(gateway, books, list, owners);
        while let Some(own) = batches.next().await? {
            new_versions += store(books, clock, own, &[]).await?;
        }
        let name = list.as_str().to_owned();
        let said = match batches.refused {
            Some(slug) => CursorWrite::Refused { list: name, slug },
            None => CursorWrite::Complete { list: name, as_of },
        };
        books.write_cursors(&[said]).await?;
    }
    Ok(new_versions)
}

/// All who have such a list, as far as the books know.
pub(crate) async fn owners(
    books: &Books,
    list: OwnList,
    now: i64,
) -> Result<Vec<String>, SyncError> {
    Ok(match list {
        OwnList::Balance => books.customers_with_balance(false).await?,
        OwnList::Credits => books.customers_with_grants().await?,
        OwnList::Methods => books.customers_with_methods().await?,
        OwnList::Payout => {
            let since = now.saturating_sub(PAYOUTS_SINCE_S);
            books.unexplained_payouts(since).await?
        }
    })
}

/// One list of many owners, read side by side, as many together as a transaction holds.
pub(crate) struct Batches {
    list: OwnList,
    reads: BoxStream<'static, Vec<Result<Own, SyncError>>>,
    /// The missing permission, where the key may not read the list: then this is its end.
    pub(crate) refused: Option<String>,
}

impl Batches {
    pub(crate) fn of(gateway: &Gateway, books: &Books, list: OwnList, owners: Vec<String>) -> Self {
        let (gateway, books) = (gateway.clone(), books.clone());
        let reads = stream::iter(owners)
            .map(move |owner| one(gateway.clone(), books.clone(), list, owner))
            .buffered(AT_ONCE)
            .chunks(IN_ONE_BATCH);
        Self {
            list,
            reads: reads.boxed(),
            refused: None,
        }
    }

    pub(crate) async fn next(&mut self) -> Result<Option<Own>, SyncError> {
        if self.refused.is_some() {
            return Ok(None);
        }
        let Some(batch) = self.reads.next().await else {
            return Ok(None);
        };
        let mut all: Option<Own> = None;
        for own in batch {
            let own = match own {
                Ok(own) => own,
                Err(SyncError::Gateway(error)) if error.missing_permissions().is_some() => {
                    self.refuse(error.missing_permissions().unwrap_or_default());
                    break;
                }
                Err(error) => return Err(error),
            };
            match &mut all {
                Some(all) => all.add(own),
                none => *none = Some(own),
            }
        }
        Ok(all)
    }

    fn refuse(&mut self, slugs: &[String]) {
        let slug = match slugs {
            [] => self.list.permission().to_owned(),
            slugs => slugs.join(", "),
        };
        tracing::warn!(
            list = self.list.as_str(),
            slug,
            "the key may not read a list"
        );
        self.refused = Some(slug);
    }
}

impl Own {
    /// Of two the earlier: a state must not pass for newer than it is.
    fn add(&mut self, other: Self) {
        self.date = self.date.into_iter().chain(other.date).min();
        self.head = self.head.earlier(other.head);
        self.raws.extend(other.raws);
    }

    /// How far the history was before any of it was asked for.
    pub(crate) fn head(&self) -> HistoryHead {
        self.head
    }
}

/// One owner's list. It owns what it needs, because a stream of borrowing futures is not `Send`.
async fn one(
    gateway: Gateway,
    books: Books,
    list: OwnList,
    owner: String,
) -> Result<Own, SyncError> {
    list.read(&gateway, &books, &owner).await
}
