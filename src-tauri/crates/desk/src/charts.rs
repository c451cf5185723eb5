//! Charts of use against allowances: what the books tell becomes what the chart room draws, for the
//! window and for files.

use std::path::PathBuf;
use std::sync::Arc;

use billing::period::day_of;
use billing::usage::{AI_CREDIT, Allowed, Origin, Quantity};
use books::{AllowanceChange, DayOfUse, UsageOverview, UsageStory};
use chrono::{Months, NaiveDate};
use reports::chart::{
    Bucket, ChartError, EarlierPeriod, Expectation, ExpectedDay, LimitMark, LimitStep, Look,
    MonthOfUse, NearTenant, OverviewChart, Picture, PlanUse, Size, TenantUsageChart,
};

use crate::answers::{
    Chart, ChartColumn, ChartFile, ChartForm, ChartPlace, ChartValue, Count, UsageOverviewAnswer,
};
use crate::context::{Inner, Open};
use crate::{Code, Desk, Error, Result};

/// What the charts call what they count.
const UNIT: &str = "AI credits";
/// The number of the usage type of AI credits.
const AI_CREDITS: i64 = 1;
/// Earlier periods beside the one that runs.
const EARLIER: usize = 3;
/// Months of the trend before the one that runs.
const MONTHS: u32 = 12;
/// From this share on a tenant counts as near its limit in the overview, in percent.
const NEAR_PERCENT: u16 = 80;

/// A chart of all tenants.
type Draw = fn(&OverviewChart, Size) -> std::result::Result<Picture, ChartError>;

/// Which chart is written to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ChartOf {
    /// One tenant's use against its limit, by Stripe's customer id.
    Tenant(String),
    /// All tenants.
    Overview,
}

impl Desk {
    /// The chart of a tenant's AI credits in the period that runs, by Stripe's customer id.
    pub async fn usage_chart(&self, id: String, form: ChartForm) -> Result<Chart> {
        self.inner().usage_chart(&id, form).await
    }

    /// How all tenants stand with their AI credits: figures, and four charts of that form.
    pub async fn usage_overview(&self, form: ChartForm) -> Result<UsageOverviewAnswer> {
        self.inner().usage_overview(form).await
    }

    /// Writes a chart to a file whose ending, `.svg` or `.png`, says its form.
    pub async fn save_chart(
        &self,
        of: ChartOf,
        path: PathBuf,
        form: ChartForm,
    ) -> Result<ChartFile> {
        self.inner().save_chart(of, path, form).await
    }
}

impl Inner {
    /// The chart of a tenant's use, for the window.
    pub async fn usage_chart(self: &Arc<Self>, id: &str, form: ChartForm) -> Result<Chart> {
        let open = self.open().await?;
        let chart = self.tenant_chart(&open, id, false).await?;
        let picture = reports::chart::tenant_usage(&chart, size(form.width, form.height)?);
        drawn(picture.map_err(not_drawn)?, form)
    }

    /// All tenants' use, for the window: figures and four charts of `form` each.
    pub async fn usage_overview(self: &Arc<Self>, form: ChartForm) -> Result<UsageOverviewAnswer> {
        let open = self.open().await?;
        let (overview, chart) = self.overview_chart(&open).await?;
        let size = size(form.width, form.height)?;
        let draw = |draw: Draw| drawn(draw(&chart, size).map_err(not_drawn)?, form);
        let [within, near, reached, over] = overview.states.map(Count);
        let known = overview.states.iter().sum::<u64>();
        Ok(UsageOverviewAnswer {
            within,
            near,
            reached,
            over,
            unknown: Count(overview.unknown),
            used: whole_words(overview.used),
            overage: whole_words(overview.overage),
            empty: known == 0 && overview.months.is_empty(),
            distribution: draw(reports::chart::distribution)?,
            nearest: draw(reports::chart::nearest)?,
            trend: draw(reports::chart::trend)?,
            unused: draw(reports::chart::unused)?,
        })
    }

    /// Writes a chart to a file whose ending, `.svg` or `.png`, says its form.
    pub async fn save_chart(
        self: &Arc<Self>,
        of: ChartOf,
        path: PathBuf,
        form: ChartForm,
    ) -> Result<ChartFile> {
        let open = self.open().await?;
        let _working = self.working();
        let size = size(form.width, form.height)?;
        let picture = match of {
            ChartOf::Tenant(id) => {
                let chart = self.tenant_chart(&open, &id, true).await?;
                reports::chart::tenant_usage(&chart, size)
            }
            ChartOf::Overview => {
                let (_, chart) = self.overview_chart(&open).await?;
                reports::chart::overview(&chart, size)
            }
        };
        let picture = picture.map_err(not_drawn)?;
        let sentence = picture.sentence.clone();
        let (look, to) = (look(form.dark), path.clone());
        let saved = tokio::task::spawn_blocking(move || picture.save(&to, look)).await;
        let saved = saved.map_err(|error| not_written(error.to_string()))?;
        Ok(ChartFile {
            bytes: Count(saved.map_err(|error| not_written(error.to_string()))?),
            path: path.to_string_lossy().into_owned(),
            sentence,
        })
    }

    async fn tenant_chart(
        self: &Arc<Self>,
        open: &Open,
        id: &str,
        alone: bool,
    ) -> Result<TenantUsageChart> {
        let now = self.now();
        let today = day_of(now, open.zone());
        let story = open
            .books
            .usage_story(id, AI_CREDIT, today, EARLIER)
            .await?;
        let changes = open.books.allowance_changes(Some(id)).await?;
        let tenant = open.books.tenant(id, now).await?;
        let name = tenant.map_or_else(|| id.to_owned(), |found| found.row.name);
        Ok(told((&name, id), &story, &changes, today, alone))
    }

    async fn overview_chart(
        self: &Arc<Self>,
        open: &Open,
    ) -> Result<(UsageOverview, OverviewChart)> {
        let today = day_of(self.now(), open.zone());
        open.books.bring_usage_up_to_date(today).await?;
        let from = today
            .checked_sub_months(Months::new(MONTHS))
            .unwrap_or(today);
        let overview = open.books.usage_overview(AI_CREDITS, from).await?;
        let catalogue = open.books.plan_catalogue().await?;
        let named = |key: &str| {
            let plan = catalogue.at(key, today);
            plan.map_or_else(|| key.to_owned(), |(_, plan)| plan.name.clone())
        };
        let chart = together(&overview, today, named);
        Ok((overview, chart))
    }
}

/// A tenant's story as the chart room takes it.
fn told(
    (tenant, id): (&str, &str),
    story: &UsageStory,
    changes: &[AllowanceChange],
    today: NaiveDate,
    alone: bool,
) -> TenantUsageChart {
    let period = story.state.period;
    let begin = story
        .known_from
        .map_or(period.start, |from| from.max(period.start));
    let known = story.known_from.is_some_and(|from| from < period.end);
    let earlier = story.before.iter().map(|state| EarlierPeriod {
        start: state.period.start,
        end: state.period.end,
        days: days(&story.past, |day| state.period.contains(day)),
    });
    let (limits, marks) = limits(story, changes);
    TenantUsageChart {
        tenant: tenant.to_owned(),
        id: id.to_owned(),
        unit: UNIT.to_owned(),
        start: period.start,
        end: period.end,
        // Of days before the first delivery nothing is known, and of none if there never was one.
        as_of: if known {
            today.max(begin)
        } else {
            period.start - chrono::Days::new(1)
        },
        days: days(&story.days, |_| true),
        limits,
        marks,
        expected: expected(story),
        earlier: earlier.collect(),
        alone,
    }
}

/// What the tenant's past says of the days that are left; none of a period that is over.
fn expected(story: &UsageStory) -> Option<Expectation> {
    let forecast = story.forecast.as_ref()?;
    let days = forecast.points.iter().map(|point| ExpectedDay {
        day: point.day,
        low: point.low,
        expected: point.expected,
        high: point.high,
    });
    Some(Expectation {
        days: days.collect(),
        few_data: forecast.few_data,
    })
}

fn days(days: &[DayOfUse], among: impl Fn(NaiveDate) -> bool) -> Vec<reports::chart::DayOfUse> {
    let among = days.iter().filter(|day| among(day.day));
    among
        .map(|day| reports::chart::DayOfUse {
            day: day.day,
            billable: day.quantity,
            unbillable: day.unbillable,
        })
        .collect()
}

/// The limit's steps with what made them; none where the limit is not known or there is none.
fn limits(story: &UsageStory, changes: &[AllowanceChange]) -> (Vec<LimitStep>, Vec<LimitMark>) {
    let state = &story.state;
    let period = state.period;
    let extras: Vec<(NaiveDate, Quantity)> = state
        .extras
        .iter()
        .map(|extra| {
            let change = changes.iter().find(|change| change.num == extra.num);
            let from = change.map_or(period.start, |change| change.from.max(period.start));
            (from, extra.quantity)
        })
        .collect();
    let mut turns: Vec<NaiveDate> = state.steps.iter().map(|step| step.day).collect();
    turns.extend(extras.iter().map(|(from, _)| *from));
    turns.retain(|day| period.contains(*day));
    turns.push(period.start);
    turns.sort_unstable();
    turns.dedup();
    if state.allowed.quantity().is_none() {
        return (Vec::new(), Vec::new());
    }
    let steps = turns.iter().filter_map(|day| {
        let step = state.steps.iter().rev().find(|step| step.day <= *day);
        let base = step.or(state.steps.first())?.allowed.quantity()?;
        let given = extras.iter().filter(|(from, _)| from <= day);
        let parts = given.map(|(_, quantity)| *quantity).chain([base]);
        Some(LimitStep {
            day: *day,
            allowance: Quantity::sum(parts).ok()?,
        })
    });
    let steps: Vec<LimitStep> = steps.collect();
    let raised = extras.iter().filter(|(from, _)| *from > period.start);
    let mut marks: Vec<LimitMark> = raised
        .map(|(day, quantity)| LimitMark {
            day: *day,
            words: format!("{} extra {UNIT}", quantity.grouped_string()),
        })
        .collect();
    let turned = state.steps.iter().filter(|step| step.day > period.start);
    marks.extend(turned.map(|step| LimitMark {
        day: step.day,
        words: origin_words(&step.origin, step.allowed),
    }));
    marks.sort_by_key(|mark| mark.day);
    (steps, marks)
}

fn origin_words(origin: &Origin, allowed: Allowed) -> String {
    let much = allowed.quantity().map(Quantity::grouped_string);
    let of = much.map_or(String::new(), |much| format!(", {much}"));
    match origin {
        Origin::Plan { name, .. } => format!("{name}{of}"),
        Origin::Override(_) => format!("Override{of}"),
        Origin::ContractMissing { name, .. } => format!("{name}, by contract"),
        Origin::Unmapped(_) => "A price without a plan".to_owned(),
        Origin::UnknownPlan(key) => format!("Plan {key} is not in the catalogue"),
        Origin::NoPlan => "No subscription".to_owned(),
    }
}

/// All tenants' figures as the chart room takes them.
fn together(
    overview: &UsageOverview,
    today: NaiveDate,
    named: impl Fn(&str) -> String,
) -> OverviewChart {
    let tenths = overview.tenths.iter().zip((0..).step_by(10));
    let nearest = overview.nearest.iter().map(|tenant| NearTenant {
        name: tenant.name.clone(),
        id: tenant.id.clone(),
        used: tenant.used,
        allowance: tenant.allowance,
    });
    let plans = overview.plans.iter().map(|plan| PlanUse {
        plan: named(&plan.plan),
        tenants: plan.tenants,
        allowance: plan.allowance,
        unused: plan.unused,
    });
    let this_month = (today.format("%Y-%m").to_string(), overview.overage);
    let months = overview.months.iter().map(|(month, used)| MonthOfUse {
        month: *month,
        used: *used,
        // What is over is told of the periods that run, so it stands with the month that runs.
        overage: (month.format("%Y-%m").to_string() == this_month.0).then_some(this_month.1),
    });
    OverviewChart {
        unit: UNIT.to_owned(),
        as_of: today,
        buckets: tenths
            .map(|(tenants, from_percent)| Bucket {
                from_percent,
                tenants: *tenants,
            })
            .collect(),
        unknown: overview.unknown,
        near_percent: NEAR_PERCENT,
        nearest: nearest.collect(),
        months: months.collect(),
        plans: plans.collect(),
    }
}

/// A quantity to the nearest whole one.
fn whole_words(quantity: Quantity) -> String {
    const MILLION: i64 = 1_000_000;
    let whole = quantity.millionths().saturating_add(MILLION / 2) / MILLION;
    Quantity::whole(whole).unwrap_or(quantity).grouped_string()
}

fn look(dark: bool) -> Look {
    if dark { Look::Dark } else { Look::Light }
}

fn size(width: u32, height: u32) -> Result<Size> {
    Size::new(width, height).map_err(|error| {
        Error::invalid("size", "The chart was not drawn", error.to_string())
            .then("Choose another size")
    })
}

fn not_drawn(error: ChartError) -> Error {
    Error::new(
        Code::Failed,
        "The chart was not drawn",
        error.to_string(),
        "The figures are in the table and in the exports",
    )
}

fn not_written(why: String) -> Error {
    Error::invalid("out", "The chart was not written", why).then("Choose another file")
}

/// A picture as the page takes it.
fn drawn(picture: Picture, form: ChartForm) -> Result<Chart> {
    let svg = picture.svg(look(form.dark)).map_err(not_drawn)?;
    let places = picture.places.into_iter().map(|place| ChartPlace {
        left: place.left,
        top: place.top,
        width: place.width,
        height: place.height,
        x: place.x,
        y: place.y,
        title: place.title,
        values: place
            .values
            .into_iter()
            .map(|one| ChartValue {
                name: one.name,
                value: one.value,
            })
            .collect(),
    });
    let columns = picture.table.columns.into_iter().map(|column| ChartColumn {
        heading: column.heading,
        number: column.number,
    });
    Ok(Chart {
        svg,
        width: form.width,
        height: form.height,
        title: picture.title,
        sentence: picture.sentence,
        places: places.collect(),
        columns: columns.collect(),
        rows: picture.table.rows,
    })
}
