//! What a tenant's use is expected to be by the end of its period, from its own past, with a band
//! that holds in four of five cases.
//!
//! The model: a level that follows the last weeks (half-life 14 days), shares of the weekdays, and
//! a trend of up to twelve weeks, taken only as far as it stands out from the weeks' scatter. The
//! band's width follows from how far days and whole weeks were off the model; then the same model
//! is asked at up to eight earlier days of the tenant's own past, and width and centre are moved
//! by how far it was off there. How often the band held on made-up tenants is in
//! docs/forecast.md, which a test of this module writes.
//!
//! Forecasts are no amounts: this is the one file of the room that counts in floating point
//! (`house::no_float_stands_where_money_is`). It uses only what every machine rounds alike (sums,
//! products, quotients, square roots), so that the same past gives the same forecast anywhere.

use chrono::{Datelike, Days, NaiveDate};

use super::{Period, Quantity};

/// Days of the past that the model looks at.
const WINDOW: usize = 84;
/// Earlier days at which the model is tried, a week apart.
const TRIALS: usize = 8;
/// Days that a trial has to look back on at least.
const TRIAL_PAST: usize = 28;
/// Days of past below which a forecast rests on few data.
const ENOUGH: usize = 28;
/// What a day weighs against the day after it: half after 14 days, for the level …
const LEVEL_DECAY: f64 = 0.951_694_8;
/// … and half after 60 days, for the scatter.
const SCATTER_DECAY: f64 = 0.988_514;
/// Days of an even week that are added to what is known of the weekdays.
const EVEN_DAYS: f64 = 2.0;
/// How many standard errors a trend has to stand out before it counts.
const TREND_BAR: f64 = 1.4;
/// Standard deviations from the centre to either end of the band.
const REACH: f64 = 1.42;
/// How many trials of the expected width the width is held by.
const WIDTH_PRIOR: f64 = 10.0;
/// How many trials without an error the centre is held by.
const CENTRE_PRIOR: f64 = 8.0;
/// The part of the trials' mean error by which the centre is moved.
const CENTRE_PART: f64 = 0.5;
/// A trial counts for no more standard deviations than this.
const MOST_OFF: f64 = 4.0;
/// Millionths in one.
const MILLION: f64 = 1_000_000.0;

/// Use within the period up to the end of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ForecastPoint {
    /// The day.
    pub day: NaiveDate,
    /// The lower end of the band.
    pub low: Quantity,
    /// What is expected.
    pub expected: Quantity,
    /// The upper end of the band.
    pub high: Quantity,
}

/// What is expected to the end of a period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forecast {
    /// A point a day; the last is the period's last day. Never empty.
    pub points: Vec<ForecastPoint>,
    /// It rests on fewer than 28 days.
    pub few_data: bool,
}

impl Forecast {
    /// The first day on which so much is expected to be used.
    #[must_use]
    pub fn reaches(&self, allowance: Quantity) -> Option<NaiveDate> {
        let point = self.points.iter().find(|point| point.expected >= allowance);
        point.map(|point| point.day)
    }

    /// The end of the period.
    #[must_use]
    pub fn end(&self) -> Option<ForecastPoint> {
        self.points.last().copied()
    }
}

/// The forecast from a day of a period to its end.
///
/// `days` are a tenant's days with use in any order, `known_from` the first day of which its use
/// is known: days after it without use had none. What stands at `from` or later is of days that
/// are not over: it is counted as used, and no less is expected. None without a day of past.
#[must_use]
pub fn forecast(
    known_from: NaiveDate,
    days: &[(NaiveDate, Quantity)],
    period: Period,
    from: NaiveDate,
) -> Option<Forecast> {
    let from = from.clamp(period.start, period.last_day());
    let past = past(known_from, days, from);
    if past.is_empty() {
        return None;
    }
    let within = |day: NaiveDate| period.contains(day);
    let sum = |held: &dyn Fn(NaiveDate) -> bool| {
        let found = days.iter().filter(|(day, _)| within(*day) && held(*day));
        Quantity::sum(found.map(|(_, quantity)| *quantity)).unwrap_or(Quantity::MAX)
    };
    let before = number(sum(&|day| day < from));
    let begun = number(sum(&|day| day >= from));
    let first = weekday(from);
    let horizon = usize::try_from((period.end - from).num_days()).unwrap_or(0);
    let correction = Correction::of(&past, first, horizon);
    let model = Model::of(&past, first);
    let points = (1..=horizon).map(|ahead| {
        let Rest {
            low,
            expected,
            high,
        } = correction.applied(&model, ahead);
        let at = |rest: f64| quantity(before + rest.max(begun));
        ForecastPoint {
            day: from + Days::new(ahead as u64 - 1),
            low: at(low.floor()),
            expected: at(expected),
            high: at(high.ceil()),
        }
    });
    Some(Forecast {
        points: rising(points.collect()),
        few_data: past.len() < ENOUGH,
    })
}

/// Cumulative use never falls: where the correction of a short horizon lets a point fall behind
/// the day before, that day's stands.
fn rising(mut points: Vec<ForecastPoint>) -> Vec<ForecastPoint> {
    for at in 1..points.len() {
        let last = points[at - 1];
        let point = &mut points[at];
        point.low = point.low.max(last.low);
        point.expected = point.expected.max(last.expected);
        point.high = point.high.max(last.high);
    }
    points
}

/// A day's use each from `known_from` to the day before `from`, the last of them at the end.
fn past(known_from: NaiveDate, days: &[(NaiveDate, Quantity)], from: NaiveDate) -> Vec<f64> {
    // The trials look back further than the model.
    let most = (WINDOW + (TRIALS + 5) * 7) as u64;
    let earliest = from.checked_sub_days(Days::new(most)).unwrap_or(known_from);
    let start = known_from.max(earliest);
    let length = usize::try_from((from - start).num_days()).unwrap_or(0);
    let mut past = vec![0.0; length];
    for (day, quantity) in days {
        let place = usize::try_from((*day - start).num_days());
        if let Some(held) = place.ok().and_then(|place| past.get_mut(place)) {
            *held += number(*quantity);
        }
    }
    past
}

fn weekday(day: NaiveDate) -> usize {
    day.weekday().num_days_from_monday() as usize
}

#[expect(clippy::cast_precision_loss, reason = "a forecast is no exact figure")]
fn number(quantity: Quantity) -> f64 {
    quantity.millionths() as f64 / MILLION
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "what is larger than any quantity becomes the largest"
)]
fn quantity(number: f64) -> Quantity {
    // Rounded to thousandths: more would say more than is known.
    Quantity::from_millionths(((number * 1_000.0).round() * 1_000.0) as i64)
}

/// What is used in the days to come.
#[derive(Debug, Clone, Copy)]
struct Rest {
    low: f64,
    expected: f64,
    high: f64,
}

/// A sum of days to come: its mean and standard deviation by the model alone.
#[derive(Debug, Clone, Copy)]
struct Sum {
    mean: f64,
    deviation: f64,
}

/// How far the model was off in a tenant's own past: how far the centre is moved, and by how much
/// the width is stretched.
#[derive(Debug, Clone, Copy)]
struct Correction {
    shift: f64,
    stretch: f64,
}

impl Correction {
    /// Tries the model at earlier days, for as many days ahead.
    fn of(past: &[f64], first: usize, horizon: usize) -> Self {
        let (mut trials, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for trial in 0..TRIALS {
            let back = horizon + trial * 7;
            let Some(end) = past
                .len()
                .checked_sub(back)
                .filter(|end| *end >= TRIAL_PAST)
            else {
                break;
            };
            let weekday = (first + 7 * 53 - back) % 7;
            let model = Model::of(&past[..end], weekday).sum(horizon);
            if model.deviation <= 0.0 {
                continue;
            }
            let came: f64 = past[end..end + horizon].iter().sum();
            let off = ((came - model.mean) / model.deviation).clamp(-MOST_OFF, MOST_OFF);
            trials += 1.0;
            sum += off;
            squares += off * off;
        }
        Self {
            shift: CENTRE_PART * sum / (trials + CENTRE_PRIOR),
            stretch: ((WIDTH_PRIOR + squares) / (WIDTH_PRIOR + trials)).sqrt(),
        }
    }

    /// What is expected so many days ahead.
    fn applied(self, model: &Model, ahead: usize) -> Rest {
        let model = model.sum(ahead);
        let expected = (model.mean + self.shift * model.deviation).max(0.0);
        let deviation = model.deviation * self.stretch;
        if expected <= 0.0 || deviation <= 0.0 {
            return Rest {
                low: expected,
                expected,
                high: expected + REACH * deviation,
            };
        }
        // Ends of a gamma distribution of that mean and deviation (Wilson and Hilferty's
        // approximation): use is never less than nothing, and strays further upwards.
        let shape = (expected / deviation) * (expected / deviation);
        let end = |reach: f64| {
            let root = (1.0 - 1.0 / (9.0 * shape) + reach / (3.0 * shape.sqrt())).max(0.0);
            expected * root * root * root
        };
        Rest {
            low: end(-REACH).min(expected),
            expected,
            high: end(REACH).max(expected),
        }
    }
}

/// The model of a past; `first` is the weekday of the day after it.
struct Model {
    weekdays: [f64; 7],
    first: usize,
    level: f64,
    /// How much the level rises a day.
    trend: f64,
    trend_error: f64,
    /// Variance of a day's use around the model.
    variance: f64,
    /// How many days the level rests on.
    weight: f64,
}

impl Model {
    fn of(past: &[f64], first: usize) -> Self {
        let past = &past[past.len().saturating_sub(WINDOW)..];
        let mut model = Self {
            weekdays: [1.0; 7],
            first,
            level: 0.0,
            trend: 0.0,
            trend_error: 0.0,
            variance: 0.0,
            weight: 1.0,
        };
        let mean = past.iter().sum::<f64>() / count(past.len());
        if mean <= 0.0 {
            return model;
        }
        model.weigh_weekdays(past, mean);
        model.follow_trend(past);
        model.set_level(past);
        model.set_variance(past);
        model
    }

    /// The weekday's share of the day that is `age` days before the end of the past, 0 the last.
    fn share_before(&self, age: usize) -> f64 {
        self.weekdays[(self.first + 7 * 53 - 1 - age) % 7]
    }

    fn weigh_weekdays(&mut self, past: &[f64], mean: f64) {
        let (mut sums, mut days) = ([0.0; 7], [0.0; 7]);
        for (age, used) in past.iter().rev().enumerate() {
            let weekday = (self.first + 7 * 53 - 1 - age) % 7;
            sums[weekday] += used;
            days[weekday] += 1.0;
        }
        for ((share, sum), days) in self.weekdays.iter_mut().zip(sums).zip(days) {
            *share = (sum + EVEN_DAYS * mean) / ((days + EVEN_DAYS) * mean);
        }
        let all = self.weekdays.iter().sum::<f64>() / 7.0;
        self.weekdays.iter_mut().for_each(|share| *share /= all);
    }

    /// The slope of the weeks' sums, as far as it stands out.
    fn follow_trend(&mut self, past: &[f64]) {
        let weeks: Vec<f64> = past
            .rchunks_exact(7)
            .map(|week| week.iter().sum())
            .collect();
        if weeks.len() < 4 {
            return;
        }
        let weeks: Vec<f64> = weeks.into_iter().rev().collect();
        let length = count(weeks.len());
        let (middle, mean) = ((length - 1.0) / 2.0, weeks.iter().sum::<f64>() / length);
        let place = |at: usize| count(at) - middle;
        let spread: f64 = (0..weeks.len()).map(|at| place(at) * place(at)).sum();
        let together = weeks.iter().enumerate().map(|(at, week)| place(at) * week);
        let slope = together.sum::<f64>() / spread;
        let off = weeks.iter().enumerate().map(|(at, week)| {
            let off = week - mean - slope * place(at);
            off * off
        });
        let error = (off.sum::<f64>() / (length - 2.0) / spread).sqrt();
        let stands_out = match slope == 0.0 {
            true => 0.0,
            false => {
                let bar = TREND_BAR * error / slope;
                (1.0 - bar * bar).max(0.0)
            }
        };
        self.trend = slope * stands_out / 49.0;
        self.trend_error = error * stands_out.sqrt() / 49.0;
    }

    fn set_level(&mut self, past: &[f64]) {
        let (mut weight, mut used, mut shares) = (1.0, 0.0, 0.0);
        let (mut weights, mut squares) = (0.0, 0.0);
        for (age, day) in past.iter().rev().enumerate() {
            let share = self.share_before(age);
            used += weight * (day + self.trend * share * (count(age) + 0.5));
            shares += weight * share;
            weights += weight;
            squares += weight * weight;
            weight *= LEVEL_DECAY;
        }
        self.level = if shares > 0.0 { used / shares } else { 0.0 };
        self.weight = weights * weights / squares;
    }

    /// The larger of the days' variance and of the weeks': weeks show what comes in bursts.
    fn set_variance(&mut self, past: &[f64]) {
        let off: Vec<f64> = past
            .iter()
            .rev()
            .enumerate()
            .map(|(age, day)| {
                let level = (self.level - self.trend * (count(age) + 0.5)).max(0.0);
                day - level * self.share_before(age)
            })
            .collect();
        let mut weights = Vec::with_capacity(off.len());
        let mut weight = 1.0;
        for _ in &off {
            weights.push(weight);
            weight *= SCATTER_DECAY;
        }
        let days: f64 = off
            .iter()
            .zip(&weights)
            .map(|(off, weight)| weight * off * off)
            .sum();
        let days = days / weights.iter().sum::<f64>();
        let (mut weeks, mut held) = (0.0, 0.0);
        for (week, weights) in off.chunks_exact(7).zip(weights.chunks_exact(7)) {
            let sum: f64 = week.iter().sum();
            weeks += weights[3] * sum * sum / 7.0;
            held += weights[3];
        }
        self.variance = if held > 0.0 {
            days.max(weeks / held)
        } else {
            days
        };
    }

    /// The sum of so many days to come.
    fn sum(&self, ahead: usize) -> Sum {
        let days = (0..ahead).map(|at| {
            let level = (self.level + self.trend * (count(at) + 0.5)).max(0.0);
            level * self.weekdays[(self.first + at) % 7]
        });
        let (mean, length) = (days.sum(), count(ahead));
        let trend = self.trend_error * length * length / 2.0;
        let days = self.variance * length * (1.0 + length / self.weight);
        Sum {
            mean,
            deviation: (days + trend * trend).sqrt(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "days and weeks are few")]
fn count(number: usize) -> f64 {
    number as f64
}

#[cfg(test)]
#[path = "forecast_test.rs"]
mod tests;
