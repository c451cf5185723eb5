//! What a page of a proof says of the books: found listed, altered, missing here, gone, contested.

use std::collections::{BTreeSet, HashMap, HashSet};

use objects::{Kind, Row};
use sqlx::SqliteConnection;

use super::counts::created_of;
use super::lists::list_of;
use super::{CREDIT_GRANTS, Month, PAYMENT_METHODS, What, proven_list};
use crate::apply::Plan;
use crate::books::Books;
use crate::bulk::json_list;
use crate::error::Result;
use crate::history::kind_code;
use crate::prepare::{Item, Prepared};

/// How far the history had come at a moment: what was stored later, was stored after it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct HistoryHead {
    pub(crate) version: i64,
    pub(crate) reappearance: i64,
}

impl HistoryHead {
    /// The one that is less far.
    #[must_use]
    pub fn earlier(self, other: Self) -> Self {
        Self {
            version: self.version.min(other.version),
            reappearance: self.reappearance.min(other.reappearance),
        }
    }
}

impl Prepared {
    /// The ids of the objects of a kind in it.
    #[must_use]
    pub fn ids_of(&self, kind: Kind) -> Vec<String> {
        let items = self.items.iter().filter(|item| item.kind == kind);
        items.map(|item| item.id.clone()).collect()
    }
}

/// An object on a page that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// The list that brought it.
    pub list: &'static str,
    /// Its id, where that much could be read.
    pub id: String,
    /// When it was created, where that much could be read.
    pub created: Option<i64>,
}

/// What belongs to a page of a proof, beside its objects.
#[derive(Debug, Clone, Default)]
pub struct ProofPage {
    /// The proof's number.
    pub run: i64,
    /// The lists that the proof reads: a change is noted under them.
    pub lists: Vec<&'static str>,
    /// How far the history was before the page was asked for.
    pub head: HistoryHead,
    /// The objects that Stripe listed, without those that only came along with them.
    pub listed: Vec<(Kind, String)>,
    /// Objects that could not be read.
    pub unreadable: Vec<Unreadable>,
    /// The difference that this read of one object is to clear up.
    pub clears: Option<i64>,
    /// The books' time, UTC seconds.
    pub at: i64,
}

/// One thing that did not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    list: &'static str,
    month: Month,
    kind: i64,
    id: String,
    related: Option<String>,
    created: Option<i64>,
    what: What,
}

/// What a page says.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    listed: Vec<i64>,
    found: Vec<Finding>,
}

impl Findings {
    /// Objects that were altered, missing here or gone.
    pub(crate) fn mended(&self) -> u64 {
        self.found.iter().filter(|it| it.what.is_mended()).count() as u64
    }
}

/// Compares a page with the books, before its rows are handed to the tables.
pub(crate) fn find(page: &ProofPage, items: &[Item], plan: &Plan) -> Findings {
    let wanted: HashSet<(i64, &str)> = page
        .listed
        .iter()
        .map(|(kind, id)| (kind_code(*kind), id.as_str()))
        .collect();
    let mut listed = Vec::with_capacity(wanted.len());
    let mut created: HashMap<i64, i64> = HashMap::new();
    for (n, item) in items
        .iter()
        .enumerate()
        .filter(|(_, item)| item.place.part == 0)
    {
        if wanted.contains(&(item.place.kind, item.id.as_str())) {
            listed.push(plan.nums[n]);
        }
        if let Some(at) = created_of(&item.row) {
            created.insert(plan.nums[n], at);
        }
    }
    let mut seen: HashSet<i64> = HashSet::new();
    let mut found = Vec::new();
    let changes = plan.changes.iter().map(|change| {
        let item = &items[change.item];
        let what = match (item.deleted, change.was_known) {
            (true, _) => What::Gone,
            (false, true) => What::Altered,
            (false, false) => What::Missing,
        };
        (change.item, what)
    });
    let contested = plan.contested.iter().map(|n| (*n, What::Contested));
    for (n, what) in contested.chain(changes) {
        let Some(finding) = finding(page, &items[n], created.get(&plan.nums[n]).copied(), what)
        else {
            continue;
        };
        if seen.insert(plan.nums[n]) {
            found.push(finding);
        }
    }
    found.extend(page.unreadable.iter().filter_map(unreadable));
    Findings { listed, found }
}

fn finding(page: &ProofPage, item: &Item, created: Option<i64>, what: What) -> Option<Finding> {
    let kind = item.kind.parent().unwrap_or(item.kind);
    let (list, created) = match &item.row {
        // Nothing reads these alone: a contested one is left as it is held.
        Row::Discount(_)
        | Row::CustomerBalanceTransaction(_)
        | Row::CreditBalanceSummary(_)
        | Row::PaymentSource(_)
        | Row::PayoutTransactions(_)
            if what == What::Contested =>
        {
            return None;
        }
        // What is in no list of its own stands under that of what it belongs to.
        Row::CreditBalanceSummary(_) => (proven_list(CREDIT_GRANTS)?, None),
        Row::PaymentSource(_) => (proven_list(PAYMENT_METHODS)?, None),
        Row::Discount(row) => {
            let list = match (&row.subscription, &row.invoice) {
                (Some(_), _) => "subscriptions",
                (None, Some(_)) => "invoices",
                (None, None) => "customers",
            };
            (proven_list(list)?, row.start)
        }
        _ => {
            let mut of_page = page.lists.iter().filter_map(|name| proven_list(name));
            let list = of_page.find(|list| list.kind == kind);
            // What only came along with another object stands under its own list.
            (list.or_else(|| list_of(kind))?, created)
        }
    };
    let related = match &item.row {
        Row::InvoicePayment(row) => row.invoice.clone(),
        Row::Discount(row) => row.subscription.clone().or_else(|| row.invoice.clone()),
        Row::CustomerBalanceTransaction(row) => row.customer.clone(),
        Row::PaymentMethod(row) => row.customer.clone(),
        Row::PaymentSource(row) => row.customer.clone(),
        _ => None,
    };
    Some(Finding {
        list: list.name,
        month: match list.by_month {
            true => created.map_or(Month::of(page.at), Month::of),
            false => Month::WHOLE,
        },
        kind: item.place.kind,
        id: item.id.clone(),
        related,
        created,
        what,
    })
}

fn unreadable(object: &Unreadable) -> Option<Finding> {
    let list = proven_list(object.list)?;
    Some(Finding {
        list: list.name,
        month: match (list.by_month, object.created) {
            (true, Some(created)) => Month::of(created),
            _ => Month::WHOLE,
        },
        kind: kind_code(list.kind),
        id: object.id.clone(),
        related: None,
        created: object.created,
        what: What::Unreadable,
    })
}

/// Writes what a page says, in its transaction.
pub(crate) async fn store(
    connection: &mut SqliteConnection,
    page: &ProofPage,
    findings: &Findings,
) -> Result<()> {
    mark(connection, page.run, &findings.listed).await?;
    let contested: BTreeSet<&str> = findings
        .found
        .iter()
        .filter(|it| it.what == What::Contested)
        .map(|it| it.id.as_str())
        .collect();
    if let Some(num) = page.clears
        && findings.found.is_empty()
    {
        // It is held as it is at Stripe: there was no difference.
        sqlx::query("DELETE FROM proof_difference WHERE num = ?1")
            .bind(num)
            .execute(&mut *connection)
            .await?;
    }
    for finding in &findings.found {
        // Contested: neither the object nor its parts count as mended.
        if finding.what.is_mended() && contested.contains(finding.id.as_str()) {
            continue;
        }
        put(connection, page, finding).await?;
    }
    Ok(())
}

async fn put(connection: &mut SqliteConnection, page: &ProofPage, finding: &Finding) -> Result<()> {
    sqlx::query(
        "INSERT INTO proof_difference (run, list, month, kind, object_id, related_id, what, \
         created, found_at, mended_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
         ON CONFLICT (run, kind, object_id) DO UPDATE SET what = excluded.what, \
         mended_at = excluded.mended_at",
    )
    .bind(page.run)
    .bind(finding.list)
    .bind(finding.month.code())
    .bind(finding.kind)
    .bind(&finding.id)
    .bind(&finding.related)
    .bind(finding.what.code())
    .bind(finding.created)
    .bind(page.at)
    .bind(finding.what.is_mended().then_some(page.at))
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks objects as found by a proof.
async fn mark(connection: &mut SqliteConnection, run: i64, nums: &[i64]) -> Result<()> {
    if nums.is_empty() {
        return Ok(());
    }
    sqlx::query("UPDATE object SET proof = ?2 WHERE num IN (SELECT value FROM json_each(?1))")
        .bind(json_list(nums))
        .bind(run)
        .execute(connection)
        .await?;
    Ok(())
}

impl Books {
    /// How far the history is. To be asked before a page of a proof is.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn history_head(&self) -> Result<HistoryHead> {
        let mut reader = self.reader().await?;
        let (version, reappearance) = sqlx::query_as(
            "SELECT (SELECT coalesce(max(num), 0) FROM version), \
             (SELECT coalesce(max(num), 0) FROM reappearance)",
        )
        .fetch_one(&mut *reader)
        .await?;
        Ok(HistoryHead {
            version,
            reappearance,
        })
    }
}
