//! A tenant's own allowances: overrides of its plan, extra credits, and what is carried over.

use std::collections::BTreeMap;

use billing::usage::Quantity;
use chrono::NaiveDate;
use objects::Kind;
use sqlx::FromRow;

use super::{Decision, entries};
use crate::books::Books;
use crate::detail::number;
use crate::error::{BooksError, Result};
use crate::history::kind_code;
use crate::ledger::{Entry, Personal};
use crate::usage_state::{date_of, day_number};

/// Changes that a read gives at most, and that one tenant may have of a type.
pub const MAX_CHANGES: u32 = 1_000;
/// Letters of a reason or a requester at most.
const MAX_WORDS: usize = 500;

/// What a change of an allowance is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// It stands in place of the plan's limit.
    Override,
    /// Extra units beyond it.
    TopUp,
    /// Units of an earlier period that are carried over.
    Rollover,
}

impl ChangeKind {
    /// `override`, `top_up`, `rollover`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::TopUp => "top_up",
            Self::Rollover => "rollover",
        }
    }

    /// The opposite of [`Self::name`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::Override, Self::TopUp, Self::Rollover]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A change to be decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChange {
    /// What it is.
    pub kind: ChangeKind,
    /// Stripe's customer id.
    pub customer: String,
    /// The usage type: `ai_credit`.
    pub usage_type: String,
    /// The first day.
    pub from: NaiveDate,
    /// The first day after it; none: it stays.
    pub to: Option<NaiveDate>,
    /// How much; none, of an override alone: unlimited.
    pub quantity: Option<Quantity>,
    /// Why, up to 500 letters.
    pub reason: String,
    /// Who asked for it, up to 500 letters.
    pub requester: String,
}

/// A change as it stands in the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AllowanceChange {
    /// Its number: that of its ledger entry.
    pub num: i64,
    /// What it is.
    pub kind: ChangeKind,
    /// Stripe's customer id.
    pub customer: String,
    /// The tenant's name.
    pub tenant: String,
    /// The usage type.
    pub usage_type: String,
    /// The first day.
    pub from: NaiveDate,
    /// The first day after it.
    pub to: Option<NaiveDate>,
    /// How much; none: unlimited.
    pub quantity: Option<Quantity>,
    /// Why; none where it was erased.
    pub reason: Option<String>,
    /// Who asked for it; none where it was erased.
    pub requester: Option<String>,
    /// Who decided.
    pub author: String,
    /// When it was decided, UTC seconds.
    pub at: i64,
    /// The ledger entry that ended it before its time.
    pub ended: Option<i64>,
}

#[derive(FromRow)]
struct Stored {
    num: i64,
    kind: String,
    customer: String,
    tenant: String,
    usage_type: String,
    from_day: i64,
    to_day: Option<i64>,
    quantity: Option<i64>,
    body: Option<String>,
    author: String,
    at: i64,
    ended: Option<i64>,
}

impl Books {
    /// Decides a change: a ledger entry and its row, in one transaction. Reason and requester are
    /// the tenant's personal data and can be erased with it. Gives the change's number.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`] for a customer, [`BooksError::Invalid`] for what cannot be;
    /// nothing is changed then.
    pub async fn change_allowance(&self, change: &NewChange, by: Decision<'_>) -> Result<i64> {
        check(change)?;
        let mut reader = self.reader().await?;
        let customer = number(&mut reader, kind_code(Kind::Customer), &change.customer).await?;
        let customer = customer.ok_or_else(|| BooksError::UnknownId {
            id: change.customer.clone(),
        })?;
        let held: i64 =
            sqlx::query_scalar("SELECT count(*) FROM allowance_change WHERE customer = ?1")
                .bind(customer)
                .fetch_one(&mut *reader)
                .await?;
        drop(reader);
        if held >= i64::from(MAX_CHANGES) {
            return Err(BooksError::invalid("the tenant has 1,000 changes already"));
        }
        let quantity = change.quantity.map(|quantity| quantity.to_string());
        let payload = serde_json::json!({
            "kind": change.kind.name(),
            "customer": change.customer,
            "type": change.usage_type,
            "from": change.from.to_string(),
            "to": change.to.map(|day| day.to_string()),
            "quantity": quantity.as_deref().unwrap_or("unlimited"),
        });
        let fields = BTreeMap::from([
            ("reason".to_owned(), change.reason.clone()),
            ("requester".to_owned(), change.requester.clone()),
        ]);
        let entry = Entry {
            personal: Some(Personal {
                subject: Some(change.customer.clone()),
                fields,
            }),
            ..Entry::new(by.at, by.author, entries::CHANGED, payload)
        };
        self.decide(entry).await
    }

    /// Ends a change: `to` is the first day on which it no longer holds. Gives the entry's number.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`] where there is none of that number, [`BooksError::Invalid`] where
    /// it ends no later already, or never began by then.
    pub async fn end_allowance(&self, num: i64, to: NaiveDate, by: Decision<'_>) -> Result<i64> {
        let mut reader = self.reader().await?;
        let held: Option<(i64, Option<i64>, String)> = sqlx::query_as(
            "SELECT a.from_day, a.to_day, o.id FROM allowance_change a \
             JOIN object o ON o.num = a.customer WHERE a.num = ?1",
        )
        .bind(num)
        .fetch_optional(&mut *reader)
        .await?;
        drop(reader);
        let (from, known, customer) = held.ok_or_else(|| BooksError::UnknownId {
            id: num.to_string(),
        })?;
        let day = day_number(to);
        if known.is_some_and(|known| known <= day) {
            return Err(BooksError::invalid("it ends no later than that already"));
        }
        if day < from {
            return Err(BooksError::invalid("it begins after that day"));
        }
        let payload = serde_json::json!({
            "change": num,
            "customer": customer,
            "to": to.to_string(),
        });
        self.decide(Entry::new(by.at, by.author, entries::ENDED, payload))
            .await
    }

    /// Changes of a tenant by its Stripe id, or of all; the newest first, at most 1,000.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn allowance_changes(&self, customer: Option<&str>) -> Result<Vec<AllowanceChange>> {
        let mut reader = self.reader().await?;
        let rows: Vec<Stored> = sqlx::query_as(
            "SELECT a.num, a.kind, o.id AS customer, coalesce(t.name, o.id) AS tenant, \
             y.name AS usage_type, a.from_day, a.to_day, a.quantity, p.body, l.author, l.at, \
             a.ended \
             FROM allowance_change a JOIN object o ON o.num = a.customer \
             LEFT JOIN tenant t ON t.num = a.customer \
             JOIN usage_type y ON y.num = a.type \
             JOIN ledger l ON l.sequence = a.num \
             LEFT JOIN ledger_personal p ON p.sequence = a.num \
             WHERE ?1 IS NULL OR o.id = ?1 ORDER BY a.num DESC LIMIT ?2",
        )
        .bind(customer)
        .bind(i64::from(MAX_CHANGES))
        .fetch_all(&mut *reader)
        .await?;
        rows.into_iter().map(row).collect()
    }
}

fn row(stored: Stored) -> Result<AllowanceChange> {
    let damaged = || BooksError::Damaged {
        detail: format!("allowance change {}", stored.num),
    };
    let mut personal: BTreeMap<String, String> = match &stored.body {
        Some(body) => serde_json::from_str(body).map_err(|_| damaged())?,
        None => BTreeMap::new(),
    };
    Ok(AllowanceChange {
        kind: ChangeKind::named(&stored.kind).ok_or_else(damaged)?,
        reason: personal.remove("reason"),
        requester: personal.remove("requester"),
        num: stored.num,
        customer: stored.customer,
        tenant: stored.tenant,
        usage_type: stored.usage_type,
        from: date_of(stored.from_day),
        to: stored.to_day.map(date_of),
        quantity: stored.quantity.map(Quantity::from_millionths),
        author: stored.author,
        at: stored.at,
        ended: stored.ended,
    })
}

fn check(change: &NewChange) -> Result<()> {
    let refused = |what: &str| Err(BooksError::invalid(what));
    if change.to.is_some_and(|to| to <= change.from) {
        return refused("it would end before it begins");
    }
    match change.quantity {
        None if change.kind != ChangeKind::Override => {
            return refused("extra units need a quantity");
        }
        Some(quantity) if quantity.is_negative() => {
            return refused("an allowance is never less than nothing");
        }
        Some(Quantity::ZERO) if change.kind != ChangeKind::Override => {
            return refused("extra units are more than nothing");
        }
        _ => {}
    }
    for (what, words) in [("reason", &change.reason), ("requester", &change.requester)] {
        if words.trim().is_empty() || words.chars().count() > MAX_WORDS {
            return refused(&format!("a {what} of 1 to {MAX_WORDS} letters is needed"));
        }
    }
    Ok(())
}
