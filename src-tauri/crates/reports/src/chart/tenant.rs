//! One tenant's use against its limit: the sum day by day with what is expected, and each day.

mod drawing;
mod saying;

use billing::usage::Quantity;
use chrono::NaiveDate;

use super::picture::{ChartError, Picture, Size};

pub(super) use drawing::Drawing;

/// Earlier periods that are drawn at most: five lines are what an eye can tell apart.
const MOST_EARLIER: usize = 3;
/// Days that a period has at most.
const MOST_DAYS: i64 = 400;

/// What one day used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayOfUse {
    /// The day, in the company's zone.
    pub day: NaiveDate,
    /// What counts against the allowance.
    pub billable: Quantity,
    /// What does not.
    pub unbillable: Quantity,
}

/// From this day on this much is allowed, counted over the whole period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitStep {
    /// Its first day.
    pub day: NaiveDate,
    /// The allowance.
    pub allowance: Quantity,
}

/// Something that changed the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitMark {
    /// When it began.
    pub day: NaiveDate,
    /// What it was: "500 extra AI credits".
    pub words: String,
}

/// What is expected to have been used by the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpectedDay {
    /// The day.
    pub day: NaiveDate,
    /// In four of five cases at least this.
    pub low: Quantity,
    /// The middle.
    pub expected: Quantity,
    /// In four of five cases at most this.
    pub high: Quantity,
}

/// What is expected until the period ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// The sum by the end of each day that is to come, in order.
    pub days: Vec<ExpectedDay>,
    /// The past is too short for a band that means much.
    pub few_data: bool,
}

/// A period before this one, for comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierPeriod {
    /// Its first day.
    pub start: NaiveDate,
    /// The first day after it.
    pub end: NaiveDate,
    /// What its days used, in order; days without use may be left out.
    pub days: Vec<DayOfUse>,
}

/// What the chart of one tenant is drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantUsageChart {
    /// The tenant's name.
    pub tenant: String,
    /// Its id at Stripe, drawn where the font lacks letters of the name.
    pub id: String,
    /// What is counted, as in "AI credits".
    pub unit: String,
    /// The period's first day.
    pub start: NaiveDate,
    /// The first day after the period.
    pub end: NaiveDate,
    /// The last day of which use is known.
    pub as_of: NaiveDate,
    /// What the days used, in order; days without use may be left out.
    pub days: Vec<DayOfUse>,
    /// The limit, in order of its days; empty where it is not known.
    pub limits: Vec<LimitStep>,
    /// What changed the limit, in order.
    pub marks: Vec<LimitMark>,
    /// What is expected; none where the period is over or nothing can be said.
    pub expected: Option<Expectation>,
    /// Earlier periods, the latest first; three at most are drawn.
    pub earlier: Vec<EarlierPeriod>,
    /// With a heading and the sentence in the drawing, for a file that stands alone.
    pub alone: bool,
}

/// Draws one tenant's use. Days outside of the period are left out.
///
/// # Errors
/// [`ChartError::Draw`] where the period is no period or a sum leaves the range of a quantity.
pub fn tenant_usage(chart: &TenantUsageChart, size: Size) -> Result<Picture, ChartError> {
    let length = (chart.end - chart.start).num_days();
    if !(1..=MOST_DAYS).contains(&length) {
        return Err(ChartError::Draw(format!("a period of {length} days")));
    }
    let told = Told::new(chart)?;
    let sentence = saying::sentence(chart, &told);
    let drawing = Drawing::new(chart, &told, &sentence, size);
    let (places, scene) = drawing.draw();
    Ok(Picture {
        size,
        scene,
        title: saying::title(chart),
        sentence,
        places,
        table: saying::table(chart, &told),
    })
}

/// The chart's values, day by day of the period.
struct Told {
    days: Vec<ToldDay>,
    earlier: Vec<ToldEarlier>,
    /// The first day at whose end the limit was reached.
    reached: Option<usize>,
    /// The first day at whose end the limit is expected to be reached.
    runs_out: Option<usize>,
}

/// One day of the period.
#[derive(Debug, Clone)]
struct ToldDay {
    day: NaiveDate,
    /// None after the last day that is known.
    used: Option<Used>,
    limit: Option<Quantity>,
    expected: Option<ExpectedDay>,
    marks: Vec<String>,
}

#[derive(Debug, Clone, Copy)]
struct Used {
    billable: Quantity,
    unbillable: Quantity,
    /// Everything billable up to the end of this day.
    so_far: Quantity,
}

struct ToldEarlier {
    name: String,
    /// The sum by the end of each day of it.
    so_far: Vec<Quantity>,
}

impl ToldEarlier {
    /// The sum at the end of so many days, the last one where the period was shorter.
    fn by(&self, index: usize) -> Quantity {
        let last = self.so_far.last().copied();
        self.so_far.get(index).copied().or(last).unwrap_or_default()
    }
}

impl Told {
    fn new(chart: &TenantUsageChart) -> Result<Self, ChartError> {
        let so_far = sums(chart.start, chart.end, &chart.days)?;
        let known = |day: NaiveDate| day <= chart.as_of;
        let days: Vec<ToldDay> = days_of(chart.start, chart.end)
            .zip(so_far)
            .map(|(day, used)| ToldDay {
                day,
                used: known(day).then_some(used),
                limit: limit_on(&chart.limits, day),
                expected: chart.expected.as_ref().and_then(|expected| {
                    let found = expected.days.iter().find(|one| one.day == day);
                    found.filter(|_| !known(day)).copied()
                }),
                marks: chart
                    .marks
                    .iter()
                    .filter(|mark| mark.day == day)
                    .map(|mark| mark.words.clone())
                    .collect(),
            })
            .collect();
        let over = |sum: Option<Quantity>, limit: Option<Quantity>| {
            // Where nothing is allowed and nothing is used, no limit is reached.
            let both = sum.zip(limit);
            both.is_some_and(|(sum, limit)| sum >= limit && sum > Quantity::ZERO)
        };
        let reached = days
            .iter()
            .position(|day| over(day.used.map(|used| used.so_far), day.limit));
        let runs_out = days
            .iter()
            .position(|day| over(day.expected.map(|expected| expected.expected), day.limit))
            .filter(|_| reached.is_none());
        let earlier = chart.earlier.iter().take(MOST_EARLIER).map(|period| {
            let sums = sums(period.start, period.end, &period.days)?;
            Ok(ToldEarlier {
                name: super::words::period_name(period.start, period.end),
                so_far: sums.into_iter().map(|used| used.so_far).collect(),
            })
        });
        let earlier = earlier.collect::<Result<_, ChartError>>()?;
        Ok(Self {
            days,
            earlier,
            reached,
            runs_out,
        })
    }

    /// The last day that is known.
    fn last(&self) -> Option<(usize, &ToldDay, Used)> {
        let known = self.days.iter().enumerate().rev();
        known
            .filter_map(|(index, day)| day.used.map(|used| (index, day, used)))
            .next()
    }

    /// What is expected by the end.
    fn end(&self) -> Option<ExpectedDay> {
        self.days.last().and_then(|day| day.expected)
    }

    /// The limit as it stands last.
    fn limit(&self) -> Option<Quantity> {
        let at = self.last().map_or(0, |(index, ..)| index);
        self.days.get(at).and_then(|day| day.limit)
    }

    /// Billable and not.
    fn totals(&self) -> (Quantity, Quantity) {
        let unbillable = self.days.iter().filter_map(|day| day.used);
        let unbillable = Quantity::sum(unbillable.map(|used| used.unbillable));
        let used = self.last().map_or(Quantity::ZERO, |(.., used)| used.so_far);
        (used, unbillable.unwrap_or(Quantity::MAX))
    }
}

fn days_of(start: NaiveDate, end: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let most = usize::try_from(MOST_DAYS).unwrap_or(usize::MAX);
    start
        .iter_days()
        .take_while(move |day| *day < end)
        .take(most)
}

/// Each day of a period with its sum.
fn sums(start: NaiveDate, end: NaiveDate, days: &[DayOfUse]) -> Result<Vec<Used>, ChartError> {
    let too_large = |_| ChartError::Draw("a sum is larger than can be held".to_owned());
    let mut so_far = Quantity::ZERO;
    days_of(start, end)
        .map(|day| {
            let of_day = || days.iter().filter(|one| one.day == day);
            let billable = Quantity::sum(of_day().map(|one| one.billable)).map_err(too_large)?;
            let unbillable = Quantity::sum(of_day().map(|one| one.unbillable));
            so_far = so_far.checked_add(billable).map_err(too_large)?;
            Ok(Used {
                billable,
                unbillable: unbillable.map_err(too_large)?,
                so_far,
            })
        })
        .collect()
}

/// The limit that counts on a day: that of the latest step, or the first one's before it.
fn limit_on(limits: &[LimitStep], day: NaiveDate) -> Option<Quantity> {
    let before = limits.iter().rev().find(|step| step.day <= day);
    before.or(limits.first()).map(|step| step.allowance)
}
