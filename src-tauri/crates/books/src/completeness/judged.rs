//! Green, amber or red, with the reasons.

use std::collections::{BTreeMap, BTreeSet};

use objects::Kind;
use sqlx::SqliteConnection;

use super::schedule::ages;
use crate::books::Books;
use crate::cursor::{ListState, lists_within};
use crate::error::Result;
use crate::history::kind_code;
use crate::proof::{
    BALANCE_ENTRIES, CREDIT_GRANTS, Month, OPEN_INVOICES, PAYMENT_METHODS, PROVEN_LISTS,
    ProvenList, proven_list,
};

/// Without a good poll for so long, what happened since may be missing.
const LATE_S: i64 = 60 * 60;
/// Stripe lists events of 30 days: a day less, and nothing is lost on the way.
const LOST_S: i64 = 29 * 86_400;
/// Objects on a page of a list.
const PAGE: u64 = 100;
/// Longer lists are read in parts side by side; each part may end in a page that is not full.
const PAGES_OF_A_PART: u64 = 6;

/// How much a proof can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProofState {
    /// Proven within the stated age, and nothing is known to be wrong.
    Green,
    /// The proof, or the last good poll, is older than stated.
    Amber,
    /// Something is known to be wrong or missing, and is not mended yet.
    Red,
}

/// Why the books are not green.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Nothing was ever loaded.
    NeverLoaded,
    /// Lists that were never read to their end.
    Unfinished {
        /// Their names.
        lists: Vec<String>,
    },
    /// The events cannot bring the books up to date: every list is to be proven.
    FullNeeded {
        /// Since when, UTC seconds.
        since: i64,
        /// Why, in words.
        why: String,
    },
    /// The last good poll is longer ago than Stripe keeps events.
    CursorLost {
        /// The last good poll, UTC seconds.
        polled_at: i64,
    },
    /// Differences that are known and not mended.
    Known {
        /// How many.
        differences: u64,
    },
    /// Objects at Stripe that cannot be read.
    Unreadable {
        /// How many.
        objects: u64,
    },
    /// Events that could not be applied, of objects that were not confirmed since.
    FailedEvents {
        /// How many.
        events: u64,
    },
    /// The last good poll is older than an hour.
    LateCursor {
        /// The last good poll, UTC seconds.
        polled_at: i64,
    },
    /// Months, or whole lists, whose proof is older than stated.
    Stale {
        /// How many months of how many lists.
        months: u64,
        /// The oldest proof, UTC seconds.
        oldest: i64,
    },
}

impl Reason {
    /// How bad it is.
    #[must_use]
    pub fn state(&self) -> ProofState {
        match self {
            Self::LateCursor { .. } | Self::Stale { .. } => ProofState::Amber,
            _ => ProofState::Red,
        }
    }
}

/// What is known of a month of a list, or of a whole list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthProof {
    /// The month; [`Month::WHOLE`] for a list that is proven as a whole.
    pub month: Month,
    /// How far it can be relied on.
    pub state: ProofState,
    /// Objects held.
    pub objects: u64,
    /// What its proof is as of, UTC seconds.
    pub proven_at: i64,
    /// Differences that its last proof found.
    pub differences: u64,
    /// Of these, mended.
    pub mended: u64,
    /// Differences that are known and not mended.
    pub open: u64,
    /// Reads that a proof of it takes, about.
    pub reads: u64,
}

/// What is known of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListProof {
    /// The list.
    pub list: ProvenList,
    /// How old its proof may grow: the list's own, or what a person chose.
    pub max_age_seconds: i64,
    /// The worst of its months; green for a list that the key may not read and never could.
    pub state: ProofState,
    /// The right that is missing, where Stripe refused the list.
    pub refused: Option<String>,
    /// Was it ever read to its end?
    pub is_loaded: bool,
    /// Its months, oldest first.
    pub months: Vec<MonthProof>,
}

impl ListProof {
    /// Reads that a proof of the whole list takes, about.
    #[must_use]
    pub fn reads(&self) -> u64 {
        if self.list.by_owner {
            return self.months.iter().map(|month| month.reads).sum();
        }
        // Pages run across months: what each month counts for its last page is counted once, and
        // once more wherever the list is read in parts.
        let objects: u64 = self.months.iter().map(|month| month.objects).sum();
        let pages = |objects: u64| objects.div_ceil(PAGE) + 1;
        let parts = objects.div_ceil(PAGE * PAGES_OF_A_PART);
        let more: u64 = self
            .months
            .iter()
            .map(|month| month.reads.saturating_sub(pages(month.objects)))
            .sum();
        pages(objects) + parts + more
    }
}

/// How whole the books are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completeness {
    /// The worst of everything.
    pub state: ProofState,
    /// Why they are not green, worst first.
    pub reasons: Vec<Reason>,
    /// The last good poll of Stripe's events, UTC seconds; none before the first load.
    pub polled_at: Option<i64>,
    /// What every month that may be read is proven as of, at the oldest.
    pub proven_at: Option<i64>,
    /// Every list that is proven.
    pub lists: Vec<ListProof>,
    /// Reads that a proof of everything takes, about.
    pub reads_for_all: u64,
}

impl Books {
    /// How whole the books are, as of `now`, UTC seconds.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn completeness(&self, now: i64) -> Result<Completeness> {
        let full = self.full_needed().await?;
        let polled_at = self.event_cursor().await?.map(|cursor| cursor.at);
        let unreadable = self.setting(crate::SETTING_UNDECODABLE).await?;
        let mut reader = self.snapshot().await?;
        let known = Known::read(&mut reader).await?;
        let mut lists = Vec::with_capacity(PROVEN_LISTS.len());
        for list in PROVEN_LISTS {
            lists.push(known.judge(&mut reader, list, now).await?);
        }
        let mut reasons = unfinished(&lists, polled_at);
        if let Some(full) = full {
            reasons.push(Reason::FullNeeded {
                since: full.since,
                why: full.why,
            });
        }
        let open: u64 = known.open.values().sum();
        let unread = known.unreadable;
        if open > unread {
            reasons.push(Reason::Known {
                differences: open - unread,
            });
        }
        let of_load = unreadable.and_then(|count| count.parse().ok()).unwrap_or(0);
        if unread.max(of_load) > 0 {
            reasons.push(Reason::Unreadable {
                objects: unread.max(of_load),
            });
        }
        let events = known.failed_events(&mut reader).await?;
        if events > 0 {
            reasons.push(Reason::FailedEvents { events });
        }
        reasons.extend(late(polled_at, now));
        reasons.extend(stale(&lists));
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.state()));
        let proven = lists.iter().flat_map(|list| &list.months);
        Ok(Completeness {
            state: reasons.first().map_or(ProofState::Green, Reason::state),
            reasons,
            polled_at,
            proven_at: proven.map(|month| month.proven_at).min(),
            reads_for_all: lists
                .iter()
                .filter(|list| list.is_loaded && list.list.name != OPEN_INVOICES)
                .map(ListProof::reads)
                .sum(),
            lists,
        })
    }
}

fn unfinished(lists: &[ListProof], polled_at: Option<i64>) -> Vec<Reason> {
    let missing = |list: &&ListProof| !list.is_loaded && list.refused.is_none();
    let missing: Vec<String> = lists
        .iter()
        .filter(missing)
        .filter(|list| list.list.name != OPEN_INVOICES)
        .map(|list| list.list.name.to_owned())
        .collect();
    match (missing.is_empty(), polled_at) {
        (true, _) => Vec::new(),
        (false, None) => vec![Reason::NeverLoaded],
        (false, Some(_)) => vec![Reason::Unfinished { lists: missing }],
    }
}

fn late(polled_at: Option<i64>, now: i64) -> Option<Reason> {
    let polled_at = polled_at?;
    match now - polled_at {
        age if age > LOST_S => Some(Reason::CursorLost { polled_at }),
        age if age > LATE_S => Some(Reason::LateCursor { polled_at }),
        _ => None,
    }
}

fn stale(lists: &[ListProof]) -> Option<Reason> {
    let months = || {
        let months = lists.iter().flat_map(|list| &list.months);
        months.filter(|month| month.state == ProofState::Amber)
    };
    let oldest = months().map(|month| month.proven_at).min()?;
    Some(Reason::Stale {
        months: months().count() as u64,
        oldest,
    })
}

/// What the tables of proofs hold, read once.
pub(super) struct Known {
    lists: Vec<ListState>,
    first: BTreeMap<String, i64>,
    ages: BTreeMap<String, i64>,
    /// Objects and further reads, by kind and month.
    counts: BTreeMap<(i64, Month), (u64, u64)>,
    /// As of, differences and mended, by list and month.
    proofs: BTreeMap<(String, Month), (i64, u64, u64)>,
    /// Differences that are not mended, by list and month.
    open: BTreeMap<(String, Month), u64>,
    unreadable: u64,
}

impl Known {
    pub(super) async fn read(connection: &mut SqliteConnection) -> Result<Self> {
        let first: Vec<(String, i64)> = sqlx::query_as("SELECT list, proven_at FROM first_proof")
            .fetch_all(&mut *connection)
            .await?;
        let counts: Vec<(i64, i64, i64, i64)> =
            sqlx::query_as("SELECT kind, month, objects, more_reads FROM month_count")
                .fetch_all(&mut *connection)
                .await?;
        let proofs: Vec<(String, i64, i64, i64, i64)> =
            sqlx::query_as("SELECT list, month, proven_at, differences, mended FROM proof")
                .fetch_all(&mut *connection)
                .await?;
        let open: Vec<(String, i64, i64, i64)> = sqlx::query_as(
            "SELECT list, month, count(*), sum(what = 6) FROM proof_difference \
             WHERE mended_at IS NULL GROUP BY list, month",
        )
        .fetch_all(&mut *connection)
        .await?;
        let number = |number: i64| u64::try_from(number).unwrap_or(0);
        let month = Month::from_code;
        Ok(Self {
            lists: lists_within(connection).await?,
            first: first.into_iter().collect(),
            ages: ages(connection).await?,
            counts: counts
                .into_iter()
                .map(|(kind, at, objects, more)| {
                    ((kind, month(at)), (number(objects), number(more)))
                })
                .collect(),
            proofs: proofs
                .into_iter()
                .map(|(list, at, as_of, differences, mended)| {
                    (
                        (list, month(at)),
                        (as_of, number(differences), number(mended)),
                    )
                })
                .collect(),
            unreadable: number(open.iter().map(|(.., unreadable)| unreadable).sum()),
            open: open
                .into_iter()
                .map(|(list, at, count, _)| ((list, month(at)), number(count)))
                .collect(),
        })
    }

    /// What is known of a list.
    pub(super) async fn judge(
        &self,
        connection: &mut SqliteConnection,
        list: ProvenList,
        now: i64,
    ) -> Result<ListProof> {
        // The open invoices are loaded with all invoices.
        let loaded_as = match list.name {
            OPEN_INVOICES => "invoices",
            name => name,
        };
        let state = self.lists.iter().find(|state| state.list == loaded_as);
        let chosen = self.ages.get(list.name).copied();
        let max_age_seconds = chosen.unwrap_or(list.max_age_seconds);
        let first = self.first.get(loaded_as).copied();
        let mut months = Vec::new();
        if let Some(first) = first {
            for month in self.months(list, first, now) {
                let (objects, more) = match (list.by_month, list.name) {
                    (true, _) => self.counts.get(&(kind_code(list.kind), month)).copied(),
                    (false, OPEN_INVOICES) => Some((open_invoices(connection).await?, 0)),
                    (false, BALANCE_ENTRIES) => {
                        Some((self.count(list).0, balances(connection).await?))
                    }
                    (false, CREDIT_GRANTS) => {
                        let (objects, more) = self.count(list);
                        Some((objects, more + summaries(connection).await?))
                    }
                    (false, PAYMENT_METHODS) => Some(methods(connection).await?),
                    (false, _) => Some(self.count(list)),
                }
                .unwrap_or_default();
                let age = Age {
                    first,
                    max_age_seconds,
                    now,
                };
                months.push(self.month(list, month, age, (objects, more)));
            }
        }
        Ok(ListProof {
            list,
            max_age_seconds,
            state: months
                .iter()
                .map(|month: &MonthProof| month.state)
                .max()
                .unwrap_or(ProofState::Green),
            refused: state.and_then(|state| state.refused.clone()),
            is_loaded: first.is_some(),
            months,
        })
    }

    /// Events that could not be applied, of objects that nothing has confirmed since. Those of a list
    /// that the key may not read are out of scope with it.
    async fn failed_events(&self, connection: &mut SqliteConnection) -> Result<u64> {
        let failed: Vec<(Option<String>, i64)> = sqlx::query_as(
            "SELECT e.object_kind, count(*) FROM event e WHERE e.outcome = 5 AND NOT EXISTS ( \
                 SELECT 1 FROM kind k JOIN object o ON o.kind = k.num AND o.id = e.object_id \
                 WHERE k.name = e.object_kind AND o.version_seen_at >= e.received_at) \
             GROUP BY 1",
        )
        .fetch_all(connection)
        .await?;
        let refused = |kind: &Option<String>| {
            let kind = kind.as_deref().and_then(Kind::of_stripe_object);
            let mut states = self.lists.iter().filter(|state| state.refused.is_some());
            states.any(|state| proven_list(&state.list).is_some_and(|it| Some(it.kind) == kind))
        };
        let in_scope = failed.iter().filter(|(kind, _)| !refused(kind));
        Ok(in_scope.fold(0, |sum, (_, count)| {
            sum + u64::try_from(*count).unwrap_or(0)
        }))
    }

    /// Every month in which something may be: from the first of which anything is known, or else
    /// that of the first load. What was made since may be missing without a trace.
    fn months(&self, list: ProvenList, first: i64, now: i64) -> Vec<Month> {
        if !list.by_month {
            return vec![Month::WHOLE];
        }
        let present = Month::of(now);
        let kind = kind_code(list.kind);
        let counted = self.counts.keys().filter(|(of, _)| *of == kind);
        let proven = self.proofs.keys().filter(|(of, _)| of == list.name);
        let known = self.open.keys().filter(|(of, _)| of == list.name);
        let months: BTreeSet<Month> = counted
            .map(|(_, month)| *month)
            .chain(proven.chain(known).map(|(_, month)| *month))
            .chain([Month::of(first)])
            .collect();
        let mut month = months.first().copied().unwrap_or(present);
        let mut all = Vec::new();
        while month <= present {
            all.push(month);
            month = month.next();
        }
        all
    }

    fn count(&self, list: ProvenList) -> (u64, u64) {
        let kind = kind_code(list.kind);
        let of_kind = self.counts.iter().filter(|((of, _), _)| *of == kind);
        of_kind.fold((0, 0), |(objects, more), (_, count)| {
            (objects + count.0, more + count.1)
        })
    }

    /// What is known of a month; `more`: reads beside those of pages of objects.
    fn month(
        &self,
        list: ProvenList,
        month: Month,
        age: Age,
        (objects, more): (u64, u64),
    ) -> MonthProof {
        let key = (list.name.to_owned(), month);
        let (as_of, differences, mended) = self.proofs.get(&key).copied().unwrap_or_default();
        let open = self.open.get(&key).copied().unwrap_or(0);
        // A month that began after the first load was empty then, and so whole.
        let begun = match month {
            Month::WHOLE => age.first,
            month => age.first.max(month.start()),
        };
        let proven_at = as_of.max(begun.min(age.now));
        let state = match age.now - proven_at {
            _ if open > 0 => ProofState::Red,
            old if old > age.max_age_seconds => ProofState::Amber,
            _ => ProofState::Green,
        };
        MonthProof {
            month,
            state,
            objects,
            proven_at,
            differences,
            mended,
            open,
            reads: match list.by_owner {
                true => more,
                false => objects.div_ceil(PAGE) + 1 + more,
            },
        }
    }
}

/// What a proof's age is held against.
#[derive(Clone, Copy)]
struct Age {
    first: i64,
    max_age_seconds: i64,
    now: i64,
}

async fn open_invoices(connection: &mut SqliteConnection) -> Result<u64> {
    let sql = "SELECT count(*) FROM invoice WHERE status = 'open'";
    count(connection, sql).await
}

/// Customers of whose balance an entry is known: about as many as have or had one, counted along an
/// index.
async fn balances(connection: &mut SqliteConnection) -> Result<u64> {
    let sql = "SELECT count(DISTINCT customer_num) FROM customer_balance_transaction";
    count(connection, sql).await
}

/// Customers to whom credits were granted: what each has left is read with the grants.
async fn summaries(connection: &mut SqliteConnection) -> Result<u64> {
    let sql = "SELECT count(DISTINCT customer_num) FROM credit_grant";
    count(connection, sql).await
}

/// Payment methods of the customers who were asked for theirs, and how many customers these are.
async fn methods(connection: &mut SqliteConnection) -> Result<(u64, u64)> {
    let held = "SELECT count(*) FROM methods_read r JOIN payment_method m \
                ON m.customer_num = r.customer";
    let held = count(connection, held).await?;
    let customers = "SELECT count(*) FROM methods_read r JOIN customer c ON c.num = r.customer \
                     WHERE c.deleted = 0";
    Ok((held, count(connection, customers).await?))
}

async fn count(connection: &mut SqliteConnection, sql: &'static str) -> Result<u64> {
    let count: i64 = sqlx::query_scalar(sql).fetch_one(connection).await?;
    Ok(u64::try_from(count).unwrap_or(0))
}
