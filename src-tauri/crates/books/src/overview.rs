//! The figures of the first screen, per currency; amounts of different currencies are never
//! added.

use billing::period::{Month, Zone, month_of};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};

use crate::books::Books;
use crate::error::Result;
use crate::export::{COLLECTED, OUTSIDE_STRIPE};
use crate::tables::filter::{Search, push_in};
use crate::tables::invoices::Invoices;
use crate::tables::listing::{self, Listing as _};
use crate::tables::names::{currency_order, currency_place, invoiced_currencies};
use crate::tables::states::{InvoiceState, TenantState};
use crate::tables::tenants::{Tenants, minute};
use crate::tables::{InvoiceFilter, InvoiceSort, TenantFilter, TenantSort};

/// Months that are shown.
const MONTHS: usize = 12;

/// A sum in one currency, and of how many things.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct CurrencySum {
    /// Three letters in lower case.
    pub currency: String,
    /// Minor units.
    pub amount: i64,
    /// Of how many invoices, charges, subscriptions or tenants.
    pub count: i64,
}

/// Invoiced and paid in one month and currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonthSum {
    /// The month in the company's zone.
    pub month: Month,
    /// Three letters in lower case.
    pub currency: String,
    /// Totals of what was finalised in it, drafts and void left out.
    pub invoiced: i64,
    /// Paid on them so far. An invoice with a negative total lowers what was invoiced and is never
    /// paid, so this can exceed it.
    pub paid: i64,
    /// What they still ask for, written off or not.
    pub remaining: i64,
    /// How many invoices.
    pub invoices: i64,
}

/// A plan in one currency, and who is on it.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct PlanSum {
    /// Names of the products, joined by ", ".
    pub plan: String,
    /// Three letters in lower case.
    pub currency: String,
    /// Tenants with a living subscription on it, each in the currency of its leading one.
    pub tenants: i64,
    /// Seats in all.
    pub seats: i64,
    /// Minor units a month, of those whose MRR is known.
    pub mrr: i64,
}

/// Everything of the first screen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OverviewFigures {
    /// Tenants that are not deleted.
    pub tenants: i64,
    /// Monthly recurring revenue; counts tenants.
    pub mrr: Vec<CurrencySum>,
    /// Tenants whose MRR cannot be known.
    pub mrr_unknown: i64,
    /// Open invoices.
    pub open: Vec<CurrencySum>,
    /// Open invoices past due.
    pub past_due: Vec<CurrencySum>,
    /// Tenants with something past due.
    pub past_due_tenants: i64,
    /// Of the past due, those with a failed payment.
    pub payment_failed: Vec<CurrencySum>,
    /// Collected this month: what charges of the month collected and what was paid outside Stripe,
    /// less `refunded_this_month`. An authorisation alone is nothing collected. Counts payments.
    pub collected_this_month: Vec<CurrencySum>,
    /// Refunded this month by the refunds' own dates, whenever the payment was; refunds that failed
    /// or were cancelled gave nothing back. Counts refunds.
    pub refunded_this_month: Vec<CurrencySum>,
    /// Drafts older than three days.
    pub drafts_old: Vec<CurrencySum>,
    /// Invoices that are marked uncollectible: what remains of them.
    pub uncollectible: Vec<CurrencySum>,
    /// Tenants with a trial that ends within seven days.
    pub trial_ending: i64,
    /// Tenants with a living subscription that is canceled for a later day.
    pub cancelling: i64,
    /// The last twelve months, newest first, then by currency.
    pub months: Vec<MonthSum>,
    /// Plans, largest MRR first.
    pub plans: Vec<PlanSum>,
}

impl Books {
    /// The figures of the first screen at `now` (UTC seconds) in the company's `zone`.
    ///
    /// # Errors
    /// When the books cannot be read, or a sum leaves 64 bits.
    pub async fn overview(&self, now: i64, zone: Zone) -> Result<OverviewFigures> {
        let mut snapshot = self.snapshot().await?;
        let connection = &mut *snapshot;
        let this_month = month_of(now, zone);
        let order = currency_order(connection).await?;
        let mut figures = OverviewFigures {
            tenants: number(connection, "SELECT count(*) FROM tenant WHERE deleted = 0").await?,
            mrr: sums(
                connection,
                "SELECT m.currency, sum(m.mrr) AS amount, count(*) AS count FROM tenant_mrr m \
                 JOIN tenant t ON t.num = m.customer_num \
                 WHERE m.mrr > 0 AND t.deleted = 0 GROUP BY m.currency ORDER BY 3 DESC, 1",
            )
            .await?,
            mrr_unknown: number(
                connection,
                "SELECT count(DISTINCT m.customer_num) FROM tenant_mrr m \
                 JOIN tenant t ON t.num = m.customer_num WHERE m.mrr < 0 AND t.deleted = 0",
            )
            .await?,
            open: remaining(connection, "open", now).await?,
            past_due: remaining(connection, InvoiceState::PastDue.name(), now).await?,
            past_due_tenants: tenants(connection, past_due(), now).await?,
            payment_failed: remaining(connection, InvoiceState::PaymentFailed.name(), now).await?,
            collected_this_month: collected(connection, this_month, zone).await?,
            refunded_this_month: refunded(connection, this_month, zone).await?,
            drafts_old: invoices(connection, InvoiceState::OldDraft.name(), "total", now).await?,
            uncollectible: remaining(connection, "uncollectible", now).await?,
            trial_ending: tenants(connection, of(TenantState::TrialEnding), now).await?,
            cancelling: tenants(connection, of(TenantState::Cancelling), now).await?,
            months: months(connection, this_month, zone).await?,
            plans: sqlx::query_as(
                "SELECT t.plan, m.currency, sum(m.currency = t.currency) AS tenants, \
                 sum(iif(m.currency = t.currency, max(t.seats, 0), 0)) AS seats, \
                 sum(max(m.mrr, 0)) AS mrr FROM tenant_mrr m \
                 JOIN tenant t ON t.num = m.customer_num WHERE t.plan <> '' AND t.deleted = 0 \
                 GROUP BY t.plan, m.currency ORDER BY 5 DESC, 1, 2 LIMIT 200",
            )
            .fetch_all(&mut *connection)
            .await?,
        };
        figures.sort_currencies(&order);
        Ok(figures)
    }
}

impl OverviewFigures {
    /// The same order of currencies everywhere: the company's main one first.
    fn sort_currencies(&mut self, order: &[String]) {
        let place = |currency: &str| currency_place(order, currency);
        for sums in [
            &mut self.mrr,
            &mut self.open,
            &mut self.past_due,
            &mut self.payment_failed,
            &mut self.collected_this_month,
            &mut self.refunded_this_month,
            &mut self.drafts_old,
            &mut self.uncollectible,
        ] {
            sums.sort_by_key(|sum| place(&sum.currency));
        }
        self.months
            .sort_by_key(|sum| (std::cmp::Reverse(sum.month), place(&sum.currency)));
    }
}

async fn number(connection: &mut SqliteConnection, sql: &'static str) -> Result<i64> {
    Ok(sqlx::query_scalar(sql).fetch_one(connection).await?)
}

async fn sums(connection: &mut SqliteConnection, sql: &'static str) -> Result<Vec<CurrencySum>> {
    Ok(sqlx::query_as(sql).fetch_all(connection).await?)
}

/// What the invoices of a status or state add up to: the rows that the table shows for it.
async fn invoices(
    connection: &mut SqliteConnection,
    status: &str,
    amount: &str,
    now: i64,
) -> Result<Vec<CurrencySum>> {
    let listing = Invoices {
        filter: InvoiceFilter {
            statuses: vec![status.to_owned()],
            ..InvoiceFilter::default()
        },
        sort: InvoiceSort::default(),
        now: minute(now),
        search: Search::Built,
    };
    let mut query = QueryBuilder::new(format!(
        "SELECT i.currency, coalesce(sum(i.{amount}), 0) AS amount, count(*) AS count "
    ));
    listing.push_from(&mut query);
    listing.push_where(&mut query);
    query.push(" GROUP BY i.currency ORDER BY 3 DESC, 1");
    Ok(query.build_query_as().fetch_all(connection).await?)
}

async fn remaining(
    connection: &mut SqliteConnection,
    status: &str,
    now: i64,
) -> Result<Vec<CurrencySum>> {
    invoices(connection, status, "amount_remaining", now).await
}

/// How many tenants the table shows for a filter.
async fn tenants(connection: &mut SqliteConnection, filter: TenantFilter, now: i64) -> Result<i64> {
    let listing = Tenants {
        filter,
        sort: TenantSort::default(),
        now: minute(now),
        search: Search::Built,
    };
    let count = listing::count(connection, &listing).await?;
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

fn past_due() -> TenantFilter {
    TenantFilter {
        past_due: true,
        ..TenantFilter::default()
    }
}

fn of(state: TenantState) -> TenantFilter {
    TenantFilter {
        statuses: vec![state.name().to_owned()],
        ..TenantFilter::default()
    }
}

/// Payments of the month and, negative, its refunds, each by its own date.
async fn collected(
    connection: &mut SqliteConnection,
    month: Month,
    zone: Zone,
) -> Result<Vec<CurrencySum>> {
    let range = month.range(zone);
    let mut query = QueryBuilder::new(format!(
        "SELECT currency, sum(amount) AS amount, sum(amount >= 0) AS count FROM ( \
         SELECT c.currency, coalesce({COLLECTED}, 0) AS amount FROM charge c \
         WHERE c.status = 'succeeded' AND coalesce(c.captured, 1) AND c.created >= "
    ));
    query.push_bind(range.start).push(" AND c.created < ");
    query.push_bind(range.end).push(format!(
        " UNION ALL SELECT c.currency, coalesce(c.amount_paid, 0) FROM invoice_payment c \
         WHERE {OUTSIDE_STRIPE} AND c.status = 'paid' AND c.created >= "
    ));
    query.push_bind(range.start).push(" AND c.created < ");
    query.push_bind(range.end);
    query.push(" UNION ALL SELECT r.currency, -coalesce(r.amount, 0) ");
    push_refunds(&mut query, month, zone);
    query.push(") GROUP BY currency ORDER BY 3 DESC, 1");
    Ok(query.build_query_as().fetch_all(connection).await?)
}

async fn refunded(
    connection: &mut SqliteConnection,
    month: Month,
    zone: Zone,
) -> Result<Vec<CurrencySum>> {
    let mut query = QueryBuilder::new(
        "SELECT r.currency, coalesce(sum(r.amount), 0) AS amount, count(*) AS count ",
    );
    push_refunds(&mut query, month, zone);
    query.push(" GROUP BY r.currency ORDER BY 3 DESC, 1");
    Ok(query.build_query_as().fetch_all(connection).await?)
}

/// `FROM refund r …`: what was given back in a month. What Stripe frees of an authorisation that
/// was not collected is a refund in name only: it moves no balance, and its charge asked for more
/// than it collected.
fn push_refunds(query: &mut QueryBuilder<Sqlite>, month: Month, zone: Zone) {
    let range = month.range(zone);
    query.push(
        "FROM refund r LEFT JOIN charge h ON h.num = r.charge_num \
         WHERE coalesce(r.status, '') NOT IN ('failed', 'canceled') \
         AND (r.balance_transaction IS NOT NULL \
             OR coalesce(h.amount_captured, h.amount, 0) >= coalesce(h.amount, 0)) \
         AND r.created >= ",
    );
    query.push_bind(range.start).push(" AND r.created < ");
    query.push_bind(range.end);
}

/// Statuses of invoices that are documents, found by steps through the index.
const DOCUMENT_STATUSES: &str = "WITH RECURSIVE step (status) AS ( \
     SELECT min(coalesce(status, '')) FROM invoice WHERE deleted = 0 \
     UNION ALL \
     SELECT (SELECT min(coalesce(status, '')) FROM invoice \
             WHERE deleted = 0 AND coalesce(status, '') > step.status) \
     FROM step WHERE step.status IS NOT NULL) \
     SELECT status FROM step WHERE status NOT IN ('', 'draft', 'void')";

/// Each month and currency is a few ranges of the index that holds what is added up; while a
/// first load has not built it yet, one pass over the rows adds them up.
async fn months(
    connection: &mut SqliteConnection,
    newest: Month,
    zone: Zone,
) -> Result<Vec<MonthSum>> {
    if !crate::meta::is_settled(connection).await? {
        return months_in_one_pass(connection, newest, zone).await;
    }
    let statuses: Vec<String> = sqlx::query_scalar(DOCUMENT_STATUSES)
        .fetch_all(&mut *connection)
        .await?;
    let currencies = invoiced_currencies(connection).await?;
    let mut sums = Vec::new();
    let months = std::iter::successors(Some(newest), |month| Some(month.previous()));
    for month in months.take(MONTHS) {
        for currency in &currencies {
            let mut query = month_query(month, zone, currency, &statuses);
            let (invoiced, paid, remaining, invoices) =
                query.build_query_as().fetch_one(&mut *connection).await?;
            if invoices > 0 {
                sums.push(MonthSum {
                    month,
                    currency: currency.clone(),
                    invoiced,
                    paid,
                    remaining,
                    invoices,
                });
            }
        }
    }
    Ok(sums)
}

pub(crate) fn month_query(
    month: Month,
    zone: Zone,
    currency: &str,
    statuses: &[String],
) -> QueryBuilder<Sqlite> {
    let range = month.range(zone);
    let mut query = QueryBuilder::new(
        "SELECT coalesce(sum(i.total), 0), coalesce(sum(i.amount_paid), 0), \
         coalesce(sum(i.amount_remaining), 0), count(*) \
         FROM invoice i WHERE i.deleted = 0 AND i.status_transitions_finalized_at IS NOT NULL \
         AND i.currency = ",
    );
    query.push_bind(currency.to_owned()).push(" AND ");
    push_in(&mut query, "i.status", statuses.iter().map(String::as_str));
    query.push(" AND i.accounted_at >= ").push_bind(range.start);
    query.push(" AND i.accounted_at < ").push_bind(range.end);
    query
}

async fn months_in_one_pass(
    connection: &mut SqliteConnection,
    newest: Month,
    zone: Zone,
) -> Result<Vec<MonthSum>> {
    let months: Vec<Month> = std::iter::successors(Some(newest), |month| Some(month.previous()))
        .take(MONTHS)
        .collect();
    let mut query = QueryBuilder::new("SELECT CASE ");
    for (n, month) in months.iter().enumerate() {
        query
            .push("WHEN i.accounted_at >= ")
            .push_bind(month.range(zone).start);
        query.push(format!(" THEN {n} "));
    }
    query.push(
        "END AS month, i.currency, coalesce(sum(i.total), 0), coalesce(sum(i.amount_paid), 0), \
         coalesce(sum(i.amount_remaining), 0), count(*) FROM invoice i \
         WHERE i.deleted = 0 AND i.status NOT IN ('draft', 'void') \
         AND i.status_transitions_finalized_at IS NOT NULL AND i.accounted_at < ",
    );
    query.push_bind(newest.range(zone).end);
    query.push(" GROUP BY 1, 2 HAVING month IS NOT NULL");
    let rows: Vec<(i64, String, i64, i64, i64, i64)> =
        query.build_query_as().fetch_all(connection).await?;
    let sum = |(n, currency, invoiced, paid, remaining, invoices): (i64, _, _, _, _, _)| {
        Some(MonthSum {
            month: *months.get(usize::try_from(n).ok()?)?,
            currency,
            invoiced,
            paid,
            remaining,
            invoices,
        })
    };
    Ok(rows.into_iter().filter_map(sum).collect())
}
