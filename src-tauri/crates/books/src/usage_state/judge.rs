//! A tenant's period, judged: the allowance with its parts, what was used of it, the state, what
//! is beyond it, and the register of extra credits.

use std::collections::BTreeMap;

use billing::usage::{
    Allowed, Calendar, Forecast, Measure, Origin, Period, PeriodUse, Quantity, QuantityError,
    RegisterRow, Step, Terms, UsageState, forecast, overage, overage_amount, overage_price,
    register, used_basis_points,
};
use billing::{Currency, Money};
use chrono::{Days, NaiveDate};
use sqlx::SqliteConnection;

use super::facts::{self, Day, Own, Setting, Type};
use super::holdings::{self, Holdings};
use crate::books::Books;
use crate::error::{BooksError, Result};

/// Periods of a register at most: ten years.
const MAX_PERIODS: usize = 120;
/// Days before those that are asked for: a forecast looks back on them, and a period that has begun
/// before lies within them.
const DAYS_BEFORE: u64 = 180;

/// An extra credit's part of a period: its number, and how much the period has of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extra {
    /// The number of the change.
    pub num: i64,
    /// How much of it.
    pub quantity: Quantity,
}

/// A period of the register of extra credits.
pub type RegisterLine = RegisterRow;

/// How a tenant's use of a type stands in a period. What is not known is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeriodState {
    /// The customer's number.
    pub customer: i64,
    /// The type's number.
    pub usage_type: i64,
    /// The period.
    pub period: Period,
    /// The day as of which this is told.
    pub as_of: NaiveDate,
    /// The base, step by step; the last one counts.
    pub steps: Vec<Step>,
    /// Extra credits of the period.
    pub extras: Vec<Extra>,
    /// Base and extras together.
    pub allowed: Allowed,
    /// What was used and is billable; of a level its value.
    pub used: Option<Quantity>,
    /// What was used and is not billable.
    pub unbillable: Option<Quantity>,
    /// Hundredths of a percent.
    pub percent: Option<i64>,
    /// The state.
    pub state: Option<UsageState>,
    /// Units beyond the allowance.
    pub overage: Option<Quantity>,
    /// What they cost, where the plan bills them in the tenant's currency.
    pub overage_amount: Option<Money>,
    /// When the last record of it was made, UTC seconds.
    pub last_at: Option<i64>,
    /// The plan on that day, by its key.
    pub plan: Option<String>,
    /// From this percent on use is near the allowance.
    pub near_percent: u8,
    /// The day on which the forecast reaches the allowance.
    pub runs_out: Option<NaiveDate>,
    /// Before this day time alone changes nothing.
    pub holds_until: NaiveDate,
}

impl PeriodState {
    /// Where the base comes from.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        self.steps
            .last()
            .map_or(&Origin::NoPlan, |step| &step.origin)
    }
}

/// From this percent on use is near an allowance that no plan speaks of.
const NEAR_PERCENT: u8 = 80;

/// What is known of some customers, for days from `since` on.
pub(super) struct Known<'a> {
    pub(super) setting: &'a Setting,
    pub(super) holdings: BTreeMap<i64, Holdings>,
    pub(super) own: BTreeMap<(i64, i64), Own>,
    pub(super) days: BTreeMap<(i64, i64), Vec<Day>>,
    pub(super) levels: BTreeMap<(i64, i64), Day>,
    pub(super) currencies: BTreeMap<i64, Currency>,
}

impl<'a> Known<'a> {
    /// What judging the customers on a day needs; `since` is the first day that is asked for, or
    /// that of their first extra credit.
    pub(super) async fn read(
        books: &Books,
        connection: &mut SqliteConnection,
        setting: &'a Setting,
        customers: &[i64],
        since: NaiveDate,
        day: NaiveDate,
    ) -> Result<Self> {
        let own = facts::own(connection, customers).await?;
        let extras = own.values().flat_map(|own| own.extras.iter());
        let first = extras.map(|extra| extra.from).min();
        let since = first.map_or(since, |first| since.min(first));
        let since = since
            .checked_sub_days(Days::new(DAYS_BEFORE))
            .unwrap_or(since);
        let until = day.checked_add_days(Days::new(1)).unwrap_or(day);
        Ok(Self {
            setting,
            holdings: holdings::of(books, connection, setting, customers, since).await?,
            own,
            days: facts::days(connection, customers, since, until).await?,
            levels: facts::levels(connection, customers, day).await?,
            currencies: facts::currencies(connection, customers).await?,
        })
    }

    pub(super) fn calendar(&self, customer: i64) -> Calendar {
        let held = self.holdings.get(&customer);
        Calendar::new(
            held.into_iter()
                .flat_map(|held| held.anchored.iter().copied()),
        )
    }

    /// Whether the books know anything that makes a state of this customer worth telling.
    fn speaks_of(&self, customer: i64) -> bool {
        self.holdings.contains_key(&customer)
            || self.setting.types.iter().any(|it| {
                let key = (customer, it.num);
                self.own.contains_key(&key)
                    || self.levels.contains_key(&key)
                    || self.days.contains_key(&key)
            })
    }

    /// The first day on which a tenant had a subscription or used something, as far as was read.
    pub(super) fn came(&self, customer: i64, usage_type: i64) -> Option<NaiveDate> {
        let held = self.holdings.get(&customer);
        let held = held.into_iter().flat_map(|held| held.anchored.iter());
        let used = self.days.get(&(customer, usage_type));
        let used = used.and_then(|days| days.first()).map(|day| day.day);
        held.map(|it| it.from).chain(used).min()
    }

    fn terms<'b>(&'b self, customer: i64, usage_type: &'b Type) -> Terms<'b> {
        let own = self.own.get(&(customer, usage_type.num));
        Terms {
            catalogue: &self.setting.catalogue,
            spans: self.holdings.get(&customer).map_or(&[], |held| &held.spans),
            overrides: own.map_or(&[], |own| &own.overrides),
            usage_type: &usage_type.name,
        }
    }

    /// The days of a period up to a day.
    pub(super) fn days_of(
        &self,
        customer: i64,
        usage_type: i64,
        period: Period,
        as_of: NaiveDate,
    ) -> impl Iterator<Item = &Day> {
        let days = self.days.get(&(customer, usage_type));
        let days = days.into_iter().flatten();
        days.filter(move |day| period.contains(day.day) && day.day <= as_of)
    }

    /// The register of a tenant's extra credits, up to the period that holds `as_of`.
    pub(super) fn register(
        &self,
        customer: i64,
        usage_type: &Type,
        as_of: NaiveDate,
    ) -> Result<Vec<RegisterRow>> {
        let Some(own) = self.own.get(&(customer, usage_type.num)) else {
            return Ok(Vec::new());
        };
        let Some(first) = own.extras.iter().map(|extra| extra.from).min() else {
            return Ok(Vec::new());
        };
        let (calendar, terms) = (self.calendar(customer), self.terms(customer, usage_type));
        let mut period = calendar.period_of(as_of);
        let mut periods = Vec::new();
        loop {
            let base = terms.steps(period, as_of).last().map(|step| step.allowed);
            let days = self.days_of(customer, usage_type.num, period, as_of);
            periods.push(PeriodUse {
                period,
                base: base.unwrap_or(Allowed::Unknown),
                days: days.map(|day| (day.day, day.quantity)).collect(),
            });
            if period.start <= first || periods.len() == MAX_PERIODS {
                break;
            }
            period = calendar.before(period);
        }
        periods.reverse();
        register(&own.extras, &periods, as_of).map_err(too_large)
    }

    /// The state of a tenant's type in the period that holds `as_of`, as of that day.
    pub(super) fn judge(
        &self,
        customer: i64,
        usage_type: &Type,
        as_of: NaiveDate,
    ) -> Result<PeriodState> {
        let period = self.calendar(customer).period_of(as_of);
        let terms = self.terms(customer, usage_type);
        let steps = terms.steps(period, as_of);
        let base = steps.last().map_or(Allowed::Unknown, |step| step.allowed);
        let extras = self.extras(customer, usage_type, as_of)?;
        let allowed = match base {
            Allowed::Quantity(base) => {
                let all = extras.iter().map(|extra| extra.quantity).chain([base]);
                Allowed::Quantity(Quantity::sum(all).map_err(too_large)?)
            }
            other => other,
        };
        let (used, unbillable, last_at) = self.used(customer, usage_type, period, as_of)?;
        let plan = terms.plan_on(as_of);
        let near_percent = plan.map_or(NEAR_PERCENT, |(_, plan)| plan.near_percent);
        let beyond = overage(used, allowed);
        let overage_amount = self.amount(customer, &terms, beyond, as_of)?;
        Ok(PeriodState {
            customer,
            usage_type: usage_type.num,
            period,
            as_of,
            extras,
            allowed,
            used,
            unbillable,
            percent: used_basis_points(used, allowed),
            state: UsageState::of(used, allowed, near_percent),
            overage: beyond,
            overage_amount,
            last_at,
            plan: plan.map(|(key, _)| key.to_owned()),
            near_percent,
            runs_out: self.runs_out(customer, usage_type, (used, allowed), as_of),
            holds_until: self.holds_until(customer, usage_type, &terms, period, as_of),
            steps,
        })
    }

    /// What units beyond the allowance cost, where the plan bills them in the tenant's currency:
    /// that of its subscription, else its own.
    fn amount(
        &self,
        customer: i64,
        terms: &Terms<'_>,
        beyond: Option<Quantity>,
        as_of: NaiveDate,
    ) -> Result<Option<Money>> {
        let held = self.holdings.get(&customer);
        let currency = held.and_then(|held| held.currency);
        let currency = currency.or_else(|| self.currencies.get(&customer).copied());
        let (Some(units), Some(currency), Some(rule)) = (beyond, currency, terms.at_limit(as_of))
        else {
            return Ok(None);
        };
        overage_price(rule, currency)
            .map(|price| overage_amount(units, price, currency))
            .transpose()
            .map_err(|error| BooksError::invalid(error.to_string()))
    }

    /// What is expected of a flow to the end of the period that holds a day: from that day, or from
    /// the one after the last of which anything is known.
    pub(super) fn forecast(
        &self,
        customer: i64,
        usage_type: &Type,
        as_of: NaiveDate,
    ) -> Option<Forecast> {
        if usage_type.measure == Measure::Level {
            return None;
        }
        let period = self.calendar(customer).period_of(as_of);
        let (first, last) = (usage_type.known_from?, usage_type.known_to?);
        let days = self.days.get(&(customer, usage_type.num))?;
        let days: Vec<_> = days.iter().map(|day| (day.day, day.quantity)).collect();
        // A tenant that came later has no past before its first day of use.
        let known_from = days.first().map_or(first, |(day, _)| first.max(*day));
        let from = as_of.min(last + Days::new(1));
        forecast(known_from, &days, period, from)
    }

    /// The day on which the allowance is expected to be reached; none where it is already.
    fn runs_out(
        &self,
        customer: i64,
        usage_type: &Type,
        (used, allowed): (Option<Quantity>, Allowed),
        as_of: NaiveDate,
    ) -> Option<NaiveDate> {
        let allowed = allowed
            .quantity()
            .filter(|allowed| used.is_some_and(|used| used < *allowed))?;
        self.forecast(customer, usage_type, as_of)?.reaches(allowed)
    }

    fn holds_until(
        &self,
        customer: i64,
        usage_type: &Type,
        terms: &Terms<'_>,
        period: Period,
        as_of: NaiveDate,
    ) -> NaiveDate {
        let own = self.own.get(&(customer, usage_type.num));
        let extras = own.into_iter().flat_map(|own| own.extras.iter());
        let turns = extras
            .flat_map(|extra| [Some(extra.from), extra.to])
            .flatten();
        let next = turns.filter(|day| *day > as_of).min();
        let other = terms.next_turn(period, as_of);
        next.map_or(other, |next| next.min(other))
    }

    /// The extra credits that the period of a day has. Those of a level hold on their days, and
    /// nothing draws on them.
    fn extras(&self, customer: i64, usage_type: &Type, as_of: NaiveDate) -> Result<Vec<Extra>> {
        if usage_type.measure == Measure::Flow {
            let rows = self.register(customer, usage_type, as_of)?;
            let parts = rows.into_iter().next_back().map(|row| row.parts);
            let parts = parts.unwrap_or_default().into_iter();
            return Ok(parts
                .map(|(num, quantity)| Extra { num, quantity })
                .collect());
        }
        let own = self.own.get(&(customer, usage_type.num));
        let extras = own.into_iter().flat_map(|own| own.extras.iter());
        let holds = extras.filter(|it| it.from <= as_of && it.to.is_none_or(|to| as_of < to));
        Ok(holds
            .map(|it| Extra {
                num: it.num,
                quantity: it.quantity,
            })
            .collect())
    }

    /// What was used, billable and not, and when last. A flow that no source has delivered yet is
    /// not known, and so is a level without a value.
    fn used(
        &self,
        customer: i64,
        usage_type: &Type,
        period: Period,
        as_of: NaiveDate,
    ) -> Result<(Option<Quantity>, Option<Quantity>, Option<i64>)> {
        if usage_type.measure == Measure::Level {
            let latest = self.levels.get(&(customer, usage_type.num));
            let latest = latest.filter(|day| day.day <= as_of);
            // Of a level one of the two is the value.
            let value = latest.map(|day| day.quantity.checked_add(day.unbillable));
            let value = value.transpose().map_err(too_large)?;
            return Ok((value, None, latest.map(|day| day.last_at)));
        }
        let known = usage_type.known_from.is_some_and(|from| from < period.end);
        if !known {
            return Ok((None, None, None));
        }
        let days = || self.days_of(customer, usage_type.num, period, as_of);
        let used = Quantity::sum(days().map(|day| day.quantity)).map_err(too_large)?;
        let unbillable = Quantity::sum(days().map(|day| day.unbillable)).map_err(too_large)?;
        let last_at = days().map(|day| day.last_at).max();
        Ok((Some(used), Some(unbillable), last_at))
    }
}

/// The states of customers on a day, of all types; none of customers of whom nothing is known.
pub(super) async fn current(
    books: &Books,
    connection: &mut SqliteConnection,
    setting: &Setting,
    customers: &[i64],
    day: NaiveDate,
) -> Result<Vec<PeriodState>> {
    let known = Known::read(books, connection, setting, customers, day, day).await?;
    let mut states = Vec::new();
    for customer in customers.iter().filter(|it| known.speaks_of(**it)) {
        for usage_type in &setting.types {
            states.push(known.judge(*customer, usage_type, day)?);
        }
    }
    Ok(states)
}

fn too_large(error: QuantityError) -> BooksError {
    BooksError::invalid(error.to_string())
}
