//! How use stands to allowances, as the screen and the command line show it: the table, a check of
//! one tenant, and the story behind its figures in words.

use std::sync::Arc;

use billing::usage::{
    AI_CREDIT, Allowed, Forecast, Measure, Origin, Quantity, Standing, UsageState,
};
use books::{AllowanceChange, PeriodState, UsageStory, day_of_number};
use chrono::NaiveDate;

use crate::answers::{
    AllowancePart, Amount, Count, Direction, ForecastPoint, LimitStep, RegisterLine, TenantUsage,
    UnixSeconds, UsageDayView, UsageFilter, UsageForecast, UsagePage, UsagePeriod, UsageRow,
    UsageSort, UsageStanding,
};
use crate::context::Inner;
use crate::plans::change_view;
use crate::reading::{MOST_ROWS, TEXT_LENGTH, amount, day, direction, tables::count};
use crate::{Code, Error, Result};

/// Earlier periods beside the one that is asked for.
const EARLIER: usize = 12;
/// Plans or states in one filter at most.
const MOST_CHOICES: usize = 200;

impl Inner {
    pub async fn usage_tenants(
        self: &Arc<Self>,
        filter: &UsageFilter,
        sort: UsageSort,
        turned: Direction,
        first: u64,
        asked: u64,
    ) -> Result<UsagePage> {
        let open = self.open().await?;
        open.usage_ready(self.now()).await?;
        let types = open.books.usage_type_names().await?;
        let name = type_name(&filter.usage_type);
        let usage_type = types.iter().find(|(_, (known, _))| known == name);
        let usage_type = usage_type.map(|(num, _)| *num).ok_or_else(|| {
            let why = format!("“{name}” is no type of usage that is known");
            Error::invalid("usage_type", "The table cannot be shown", why)
        })?;
        let filter = table_filter(filter, usage_type)?;
        let asked = u32::try_from(asked).unwrap_or(MOST_ROWS).min(MOST_ROWS);
        let page = open
            .books
            .usage_table(&filter, table_sort(sort), direction(turned), first, asked)
            .await?;
        Ok(UsagePage {
            total: Count(page.total),
            first: Count(page.first),
            rows: page.rows.into_iter().map(row).collect(),
        })
    }

    pub async fn usage_check(self: &Arc<Self>, id: &str, usage_type: &str) -> Result<UsageRow> {
        let open = self.open().await?;
        let zone = open.zone();
        let today = billing::period::day_of(self.now(), zone);
        if !open.read_only {
            open.books.set_zone(zone).await?;
        }
        let found = open
            .books
            .usage_check(id, type_name(usage_type), today)
            .await?;
        found.map(row).ok_or_else(|| {
            Error::new(
                Code::NotFound,
                format!("Nothing is known of the use of {id}"),
                "It has no subscription, no allowance of its own, and nothing was used",
                "",
            )
        })
    }

    pub async fn usage_tenant(
        self: &Arc<Self>,
        id: &str,
        usage_type: &str,
        asked: Option<&str>,
    ) -> Result<TenantUsage> {
        let open = self.open().await?;
        let today = open.usage_ready(self.now()).await?;
        let asked = day("day", asked)?.unwrap_or(today);
        let usage_type = type_name(usage_type);
        let story = open
            .books
            .usage_story(id, usage_type, asked, EARLIER)
            .await?;
        let tenant = open.books.tenant(id, self.now()).await?;
        let tenant = tenant.map(|detail| (detail.row.name, detail.row.tenant_id));
        let (name, tenant_id) = tenant.unwrap_or_else(|| (id.to_owned(), None));
        let mut changes = open.books.allowance_changes(Some(id)).await?;
        changes.retain(|change| change.usage_type == usage_type);
        let running = story.state.period.contains(today);
        Ok(told(Told {
            id,
            name,
            tenant_id,
            usage_type,
            story,
            changes,
            running,
        }))
    }
}

fn type_name(given: &str) -> &str {
    match given.trim() {
        "" => AI_CREDIT,
        name => name,
    }
}

fn table_filter(filter: &UsageFilter, usage_type: i64) -> Result<books::UsageFilter> {
    const WHAT: &str = "The table cannot be filtered like this";
    if filter.text.chars().count() > TEXT_LENGTH {
        let why = format!("The text is longer than {TEXT_LENGTH} letters");
        return Err(Error::invalid("text", WHAT, why));
    }
    if filter.plans.len() > MOST_CHOICES || filter.states.len() > MOST_CHOICES {
        let why = format!("More than {MOST_CHOICES} were chosen");
        return Err(Error::invalid("plans", WHAT, why));
    }
    let plans = filter.plans.iter().map(|key| match key.as_str() {
        "none" => String::new(),
        key => key.to_owned(),
    });
    let hundredths = |percent: Option<Count>| {
        percent.map(|it| i64::try_from(it.0).unwrap_or(i64::MAX).saturating_mul(100))
    };
    Ok(books::UsageFilter {
        usage_type,
        text: filter.text.clone(),
        plans: plans.collect(),
        states: filter.states.iter().map(|it| state_number(*it)).collect(),
        percent_min: hundredths(filter.percent_min),
        percent_max: hundredths(filter.percent_max),
    })
}

fn state_number(state: UsageStanding) -> i64 {
    match state {
        UsageStanding::Within => 0,
        UsageStanding::Near => 1,
        UsageStanding::Reached => 2,
        UsageStanding::Over => 3,
        UsageStanding::Unknown => -1,
    }
}

fn table_sort(sort: UsageSort) -> books::UsageSort {
    match sort {
        UsageSort::Percent => books::UsageSort::Percent,
        UsageSort::State => books::UsageSort::State,
        UsageSort::Plan => books::UsageSort::Plan,
        UsageSort::Name => books::UsageSort::Name,
        UsageSort::Used => books::UsageSort::Used,
        UsageSort::Remaining => books::UsageSort::Remaining,
        UsageSort::Overage => books::UsageSort::Overage,
        UsageSort::RunsOut => books::UsageSort::RunsOut,
    }
}

fn standing(state: Option<UsageState>) -> UsageStanding {
    match state {
        Some(UsageState::Within) => UsageStanding::Within,
        Some(UsageState::Near) => UsageStanding::Near,
        Some(UsageState::Reached) => UsageStanding::Reached,
        Some(UsageState::Over) => UsageStanding::Over,
        None => UsageStanding::Unknown,
    }
}

fn text(quantity: Option<Quantity>) -> Option<String> {
    quantity.map(|quantity| quantity.to_string())
}

fn money(amount_of: Option<billing::Money>) -> Option<Amount> {
    amount_of.map(|it| amount(it.minor, it.currency.as_str()))
}

fn row(row: books::UsageRow) -> UsageRow {
    let quantity = |millionths: Option<i64>| millionths.map(Quantity::from_millionths);
    let (allowance, used) = (quantity(row.allowance), quantity(row.used));
    let remaining = allowance
        .zip(used)
        .and_then(|(allowance, used)| allowance.checked_sub(used).ok());
    UsageRow {
        state: standing(row.standing()),
        period_start: day_of_number(row.period_start).to_string(),
        period_end: day_of_number(row.period_end - 1).to_string(),
        allowance: text(allowance),
        unlimited: row.unlimited,
        used: text(used),
        unbillable: text(quantity(row.unbillable)),
        remaining: text(remaining),
        basis_points: row.percent.map(count),
        overage: text(quantity(row.overage)),
        overage_amount: row
            .overage_minor
            .zip(row.overage_currency)
            .map(|(minor, currency)| amount(minor, &currency)),
        last_at: row.last_at.map(UnixSeconds),
        runs_out: row.runs_out.map(|day| day_of_number(day).to_string()),
        id: row.id,
        name: row.name,
        tenant_id: row.tenant_id,
        plan: row.plan,
        unmapped: row.unmapped,
    }
}

/// What a tenant's answer is made of.
struct Told<'a> {
    id: &'a str,
    name: String,
    tenant_id: Option<String>,
    usage_type: &'a str,
    story: UsageStory,
    changes: Vec<AllowanceChange>,
    /// The period is the one that runs.
    running: bool,
}

fn told(of: Told<'_>) -> TenantUsage {
    let Told { story, changes, .. } = of;
    let state = &story.state;
    let forecast = story
        .forecast
        .as_ref()
        .filter(|_| of.running && state.used.is_some());
    let earlier = story
        .before
        .iter()
        .map(|before| period(before, &story))
        .collect();
    TenantUsage {
        row: state_row(state, of.id, of.name, of.tenant_id),
        usage_type: of.usage_type.to_owned(),
        level: story.measure == Measure::Level,
        as_of: state.as_of.to_string(),
        near_percent: state.near_percent,
        sentence: sentence(state),
        parts: parts(state, &changes),
        limit_steps: limit_steps(state),
        days: story.days.iter().map(day_view).collect(),
        register: story.register.iter().map(register_line).collect(),
        earlier,
        forecast: forecast.and_then(|it| forecast_view(it, state)),
        changes: changes.into_iter().map(change_view).collect(),
    }
}

fn state_row(state: &PeriodState, id: &str, name: String, tenant_id: Option<String>) -> UsageRow {
    let allowance = state.allowed.quantity();
    let remaining = allowance.zip(state.used);
    UsageRow {
        id: id.to_owned(),
        name,
        tenant_id,
        plan: state.plan.clone(),
        unmapped: matches!(state.origin(), Origin::Unmapped(_)),
        period_start: state.period.start.to_string(),
        period_end: state.period.last_day().to_string(),
        allowance: text(allowance),
        unlimited: state.allowed == Allowed::Unlimited,
        used: text(state.used),
        unbillable: text(state.unbillable),
        remaining: text(remaining.and_then(|(allowance, used)| allowance.checked_sub(used).ok())),
        basis_points: state.percent.map(count),
        state: standing(state.state),
        overage: text(state.overage),
        overage_amount: money(state.overage_amount),
        last_at: state.last_at.map(UnixSeconds),
        runs_out: state.runs_out.map(|day| day.to_string()),
    }
}

fn period(state: &PeriodState, story: &UsageStory) -> UsagePeriod {
    let days = story.past.iter().filter(|it| state.period.contains(it.day));
    UsagePeriod {
        start: state.period.start.to_string(),
        end: state.period.last_day().to_string(),
        allowance: text(state.allowed.quantity()),
        unlimited: state.allowed == Allowed::Unlimited,
        used: text(state.used),
        overage: text(state.overage),
        overage_amount: money(state.overage_amount),
        state: standing(state.state),
        days: days.map(day_view).collect(),
    }
}

fn day_view(day: &books::DayOfUse) -> UsageDayView {
    UsageDayView {
        day: day.day.to_string(),
        quantity: day.quantity.to_string(),
        unbillable: day.unbillable.to_string(),
    }
}

fn register_line(line: &books::RegisterLine) -> RegisterLine {
    RegisterLine {
        start: line.period.start.to_string(),
        end: line.period.last_day().to_string(),
        opening: line.opening.to_string(),
        given: line.given.to_string(),
        used: line.used.to_string(),
        expired: line.expired.to_string(),
        closing: line.closing.to_string(),
    }
}

fn limit_steps(state: &PeriodState) -> Vec<LimitStep> {
    let step = |step: &billing::usage::Step| LimitStep {
        day: step.day.to_string(),
        allowance: text(step.allowed.quantity()),
        unlimited: step.allowed == Allowed::Unlimited,
        words: origin_words(&step.origin),
    };
    state.steps.iter().map(step).collect()
}

/// What an allowance is made of: its base, then each extra credit.
fn parts(state: &PeriodState, changes: &[AllowanceChange]) -> Vec<AllowancePart> {
    let change = |num: i64| changes.iter().find(|it| it.num == num);
    let words = |num: i64| {
        let found = change(num);
        let reason = found.and_then(|it| it.reason.clone());
        reason.unwrap_or_else(|| "its reason was erased".to_owned())
    };
    let base = state.steps.last().map(|step| {
        let own = match step.origin {
            Origin::Override(num) => Some(num),
            _ => None,
        };
        AllowancePart {
            kind: own.map_or("plan", |_| "override").to_owned(),
            quantity: text(step.allowed.quantity()),
            words: own.map_or_else(|| origin_words(&step.origin), words),
            number: own.map(count),
        }
    });
    let extras = state.extras.iter().map(|extra| AllowancePart {
        kind: change(extra.num)
            .map_or("top_up", |it| it.kind.name())
            .to_owned(),
        quantity: Some(extra.quantity.to_string()),
        words: words(extra.num),
        number: Some(count(extra.num)),
    });
    base.into_iter().chain(extras).collect()
}

/// Where a base comes from, in words.
fn origin_words(origin: &Origin) -> String {
    match origin {
        Origin::Plan {
            name,
            version,
            standing,
            ..
        } => {
            let standing = match standing {
                Standing::Running => "",
                Standing::Trial => ", on trial",
                Standing::Paused => ", paused",
            };
            match *version {
                NaiveDate::MIN => format!("Plan {name}{standing}"),
                from => {
                    let from = from.format("%-d %B %Y");
                    format!("Plan {name}{standing}, as it is since {from}")
                }
            }
        }
        Origin::Override(num) => format!("Override of ledger entry {num}"),
        Origin::ContractMissing { name, .. } => {
            format!("Plan {name} is by contract, and no override says what it allows")
        }
        Origin::Unmapped(prices) => {
            format!(
                "Nobody confirmed which plan {} stands for",
                prices.join(", ")
            )
        }
        Origin::UnknownPlan(key) => format!("The catalogue has no plan “{key}”"),
        Origin::NoPlan => "No subscription to a plan".to_owned(),
    }
}

pub(crate) fn quantity_words(quantity: Option<Quantity>) -> String {
    quantity.map_or("not known".to_owned(), Quantity::grouped_string)
}

pub(crate) fn allowed_words(allowed: Allowed) -> String {
    match allowed {
        Allowed::Quantity(quantity) => quantity.grouped_string(),
        Allowed::Unlimited => "unlimited".to_owned(),
        Allowed::Unknown => "not known".to_owned(),
    }
}

/// "1,700 of 2,000 used (85 %): near the limit."
fn sentence(state: &PeriodState) -> String {
    let Some(used) = state.used else {
        return "What was used is not known: no source has delivered it yet.".to_owned();
    };
    let used = used.grouped_string();
    let allowed = match state.allowed {
        Allowed::Unlimited => return format!("{used} used; there is no limit."),
        Allowed::Unknown => return format!("{used} used; the allowance is not known."),
        Allowed::Quantity(allowed) => allowed.grouped_string(),
    };
    let percent = state.percent.map(|points| format!(" ({} %)", points / 100));
    let percent = percent.unwrap_or_default();
    let end = match state.state {
        Some(UsageState::Over) => {
            let beyond = quantity_words(state.overage);
            let cost = state
                .overage_amount
                .map(|it| format!(", {}", it.short_string()));
            format!("over the limit by {beyond}{}", cost.unwrap_or_default())
        }
        Some(UsageState::Reached) => "limit reached".to_owned(),
        Some(UsageState::Near) => "near the limit".to_owned(),
        Some(UsageState::Within) | None => "within the allowance".to_owned(),
    };
    format!("{used} of {allowed} used{percent}: {end}.")
}

fn forecast_view(forecast: &Forecast, state: &PeriodState) -> Option<UsageForecast> {
    let end = forecast.end()?;
    let points = forecast.points.iter().map(|point| ForecastPoint {
        day: point.day.to_string(),
        low: point.low.to_string(),
        expected: point.expected.to_string(),
        high: point.high.to_string(),
    });
    Some(UsageForecast {
        points: points.collect(),
        low: end.low.to_string(),
        expected: end.expected.to_string(),
        high: end.high.to_string(),
        runs_out: state.runs_out.map(|day| day.to_string()),
        few_data: forecast.few_data,
        sentence: forecast_sentence(forecast, state)?,
    })
}

/// "By 9 December about 2,340 will be used (1,980 to 2,760); the allowance runs out on 4 December."
fn forecast_sentence(forecast: &Forecast, state: &PeriodState) -> Option<String> {
    let end = forecast.end()?;
    let date = |day: NaiveDate| day.format("%-d %B %Y").to_string();
    let about = |quantity: Quantity| {
        let whole = Quantity::whole((quantity.millionths() + 500_000) / 1_000_000);
        whole.unwrap_or(quantity).grouped_string()
    };
    let outlook = match (state.runs_out, state.state, state.allowed) {
        (Some(day), ..) => format!("the allowance runs out on {}", date(day)),
        (None, Some(UsageState::Reached | UsageState::Over), _) => {
            "the limit is reached already".to_owned()
        }
        (None, _, Allowed::Quantity(allowed)) if end.high >= allowed => {
            "the allowance is expected to last, though it may not".to_owned()
        }
        (None, _, Allowed::Quantity(_)) => "the allowance lasts".to_owned(),
        (None, _, Allowed::Unlimited) => "there is no limit".to_owned(),
        (None, _, Allowed::Unknown) => "the allowance is not known".to_owned(),
    };
    let few = match forecast.few_data {
        true => " This rests on fewer than four weeks.",
        false => "",
    };
    Some(format!(
        "By {} about {} will be used ({} to {}); {outlook}.{few}",
        date(end.day),
        about(end.expected),
        about(end.low),
        about(end.high),
    ))
}
