//! What is asked of states: one tenant's in a moment, the story behind it, figures of all.

use std::collections::BTreeMap;

use billing::usage::{Forecast, Period, Quantity};
use chrono::{Days, NaiveDate};
use objects::Kind;
use sqlx::SqliteConnection;

use super::facts::{Setting, Type};
use super::judge::{Known, PeriodState, RegisterLine};
use super::{date_of, day_number};
use crate::books::Books;
use crate::detail::number;
use crate::error::{BooksError, Result};
use crate::history::kind_code;
use crate::tables::usage::{UsageRow, rows};

/// Periods of a story at most, the one of the question included.
pub const MAX_PERIODS_READ: usize = 13;

/// A tenant's use as a limit guard asks for it.
pub type UsageCheck = UsageRow;

/// A day of use: what is billable and what is not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfUse {
    /// The day.
    pub day: NaiveDate,
    /// What is billable; of a level its value.
    pub quantity: Quantity,
    /// What is not billable.
    pub unbillable: Quantity,
}

/// How a tenant's use of a type came to stand where it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsageStory {
    /// The period that was asked for.
    pub state: PeriodState,
    /// The days of that period on which something was used, oldest first.
    pub days: Vec<DayOfUse>,
    /// The register of extra credits, oldest first; empty where there never were any.
    pub register: Vec<RegisterLine>,
    /// Periods before, each as of its last day, newest first.
    pub before: Vec<PeriodState>,
    /// Days with use from the first of those periods to the day of the question, oldest first.
    pub past: Vec<DayOfUse>,
    /// Summed, or the latest value.
    pub measure: billing::usage::Measure,
    /// The first day of which use of this type is known, of any tenant.
    pub known_from: Option<NaiveDate>,
    /// What is expected to the end of the period; none for a level, and without a past.
    pub forecast: Option<Forecast>,
}

impl Books {
    /// How a tenant's use stands in the period that runs, by its Stripe id and a type's name:
    /// one row, prepared. None where there is nothing to tell.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`], [`BooksError::Invalid`] for a type that is not known.
    pub async fn usage_check(
        &self,
        id: &str,
        usage_type: &str,
        today: NaiveDate,
    ) -> Result<Option<UsageCheck>> {
        let mut reader = self.reader().await?;
        let (customer, kind) = named(&mut reader, id, usage_type).await?;
        let due: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM usage_due WHERE customer = ?1) OR EXISTS \
             (SELECT 1 FROM usage_state WHERE customer = ?1 AND (holds_until <= ?2 OR \
              period_start > ?2))",
        )
        .bind(customer)
        .bind(day_number(today))
        .fetch_one(&mut *reader)
        .await?;
        if due {
            drop(reader);
            self.bring_usage_up_to_date(today).await?;
            reader = self.reader().await?;
        }
        Ok(rows(&mut reader, &[customer], kind)
            .await?
            .into_iter()
            .next())
    }

    /// The state of a tenant in the period that runs, by the numbers of its customer and of the
    /// type, as it was told last.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_state(&self, customer: i64, usage_type: i64) -> Result<Option<UsageRow>> {
        let mut reader = self.reader().await?;
        let found = rows(&mut reader, &[customer], usage_type).await?;
        Ok(found.into_iter().next())
    }

    /// How a tenant's use came to stand where it does in the period that holds `day`, told from
    /// the logs as they are, with `periods` periods before it.
    ///
    /// # Errors
    /// [`BooksError::UnknownId`], [`BooksError::Invalid`] for a type that is not known.
    pub async fn usage_story(
        &self,
        id: &str,
        usage_type: &str,
        day: NaiveDate,
        periods: usize,
    ) -> Result<UsageStory> {
        let mut snapshot = self.snapshot().await?;
        let (customer, _) = named(&mut snapshot, id, usage_type).await?;
        let setting = Setting::read(&mut snapshot).await?;
        let usage_type = type_named(&setting, usage_type)?;
        let periods = periods.min(MAX_PERIODS_READ - 1);
        let back = Days::new(31 * (periods as u64 + 1));
        let since = day.checked_sub_days(back).unwrap_or(day);
        let customers = [customer];
        let known = Known::read(self, &mut snapshot, &setting, &customers, since, day).await?;
        let state = known.judge(customer, usage_type, day)?;
        let calendar = known.calendar(customer);
        let came = known.came(customer, usage_type.num);
        let mut before = Vec::new();
        let mut period = state.period;
        for _ in 0..periods {
            period = calendar.before(period);
            // Nothing is told of a time of which nothing is known, or before the tenant came.
            let known_from = setting.types.iter().filter_map(|it| it.known_from).min();
            let told = known_from.zip(came);
            if told.is_none_or(|(from, came)| from.max(came) >= period.end) {
                break;
            }
            before.push(known.judge(customer, usage_type, period.last_day())?);
        }
        let all = Period {
            start: before
                .last()
                .map_or(state.period.start, |it| it.period.start),
            end: state.period.end,
        };
        let past = |period| {
            let days = known.days_of(customer, usage_type.num, period, day);
            let days = days.map(|it| DayOfUse {
                day: it.day,
                quantity: it.quantity,
                unbillable: it.unbillable,
            });
            days.collect::<Vec<_>>()
        };
        Ok(UsageStory {
            days: past(state.period),
            past: past(all),
            register: known.register(customer, usage_type, day)?,
            before,
            measure: usage_type.measure,
            known_from: usage_type.known_from,
            forecast: known.forecast(customer, usage_type, day),
            state,
        })
    }

    /// Types of usage by their numbers: name, and whether it is a level.
    ///
    /// # Errors
    /// When the books cannot be read.
    pub async fn usage_type_names(&self) -> Result<BTreeMap<i64, (String, bool)>> {
        let mut reader = self.reader().await?;
        let rows: Vec<(i64, String, bool)> =
            sqlx::query_as("SELECT num, name, level FROM usage_type ORDER BY num")
                .fetch_all(&mut *reader)
                .await?;
        let named = |(num, name, level)| (num, (name, level));
        Ok(rows.into_iter().map(named).collect())
    }
}

/// The numbers of a customer and of a type.
async fn named(
    connection: &mut SqliteConnection,
    id: &str,
    usage_type: &str,
) -> Result<(i64, i64)> {
    let customer = number(connection, kind_code(Kind::Customer), id).await?;
    let customer = customer.ok_or_else(|| BooksError::UnknownId { id: id.to_owned() })?;
    let kind: Option<i64> = sqlx::query_scalar("SELECT num FROM usage_type WHERE name = ?1")
        .bind(usage_type)
        .fetch_optional(connection)
        .await?;
    let kind = kind.ok_or_else(|| unknown_type(usage_type))?;
    Ok((customer, kind))
}

fn type_named<'a>(setting: &'a Setting, name: &str) -> Result<&'a Type> {
    let found = setting.types.iter().find(|it| it.name == name);
    found.ok_or_else(|| unknown_type(name))
}

fn unknown_type(name: &str) -> BooksError {
    BooksError::invalid(format!("“{name}” is no type of usage that is known"))
}

/// The day of a number that a row of the table has.
#[must_use]
pub fn day_of_number(day: i64) -> NaiveDate {
    date_of(day)
}
