//! All tenants at a glance: how much of their allowance they used, who is nearest the limit, how use
//! and overage grow, and what each plan leaves unused.

mod drawing;
mod saying;

use billing::usage::Quantity;
use chrono::NaiveDate;

use super::axis::{Scale, ticks, with_headroom};
use super::ink::Ink;
use super::picture::{ChartError, Picture, Place, Size, Table, Value};
use super::scene::{POINT, Scene, Side, Type, name_or_id};
use super::words;

use drawing::{Frame, bar_of_share};

/// Tenants in the list of those nearest the limit.
const NEAREST: usize = 10;
/// Plans that are drawn; the table has all.
const PLANS: usize = 10;
/// Months that are drawn.
const MONTHS: usize = 24;

/// Tenants that used so much of their allowance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    /// From this share on, in percent; up to the next one's. The last is open.
    pub from_percent: u16,
    /// How many tenants.
    pub tenants: u64,
}

/// A tenant near its limit, or over it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NearTenant {
    /// Its name.
    pub name: String,
    /// Its id at Stripe, drawn where the font lacks letters of the name.
    pub id: String,
    /// Used in its period.
    pub used: Quantity,
    /// Allowed in it.
    pub allowance: Quantity,
}

/// The use of all tenants in a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MonthOfUse {
    /// Its first day.
    pub month: NaiveDate,
    /// What was used and counts against allowances.
    pub used: Quantity,
    /// The part of it over allowances; none where it is not known.
    pub overage: Option<Quantity>,
}

/// What a plan's tenants used of what they were allowed in their periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlanUse {
    /// The plan's name.
    pub plan: String,
    /// Its tenants whose allowance is known.
    pub tenants: u64,
    /// Allowed to them together.
    pub allowance: Quantity,
    /// What each left of its own allowance, together.
    pub unused: Quantity,
}

/// What the charts of all tenants are drawn from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverviewChart {
    /// What is counted, as in "AI credits".
    pub unit: String,
    /// The last day of which use is known.
    pub as_of: NaiveDate,
    /// How many tenants used how much of their allowance; in order, without gaps.
    pub buckets: Vec<Bucket>,
    /// Tenants whose allowance is not known.
    pub unknown: u64,
    /// From this share on a tenant is near its limit, in percent.
    pub near_percent: u16,
    /// Those nearest the limit, the nearest first.
    pub nearest: Vec<NearTenant>,
    /// Months, in order; the last one may not be over.
    pub months: Vec<MonthOfUse>,
    /// Plans, in the order of the catalogue.
    pub plans: Vec<PlanUse>,
}

/// The meaning of a share of the allowance.
fn ink_of(percent: u64, near_percent: u16) -> Ink {
    match percent {
        100.. => Ink::Over,
        near if near >= u64::from(near_percent) => Ink::Near,
        _ => Ink::Accent,
    }
}

fn value(name: &str, value: String) -> Value {
    Value {
        name: name.to_owned(),
        value,
    }
}

/// How many tenants used how much of their allowance.
///
/// # Errors
/// None today; a drawing may come to have them.
pub fn distribution(chart: &OverviewChart, size: Size) -> Result<Picture, ChartError> {
    let mut scene = Scene::default();
    let most = chart.buckets.iter().map(|bucket| bucket.tenants).max();
    let most = whole(most.unwrap_or(0));
    let frame = Frame::new(size, 0, 0, 20 * POINT);
    let scale = Scale::new(frame.bottom, frame.top, with_headroom(most));
    let mut places = Vec::new();
    for (index, bucket) in chart.buckets.iter().enumerate() {
        let slot = frame.slot(index, chart.buckets.len());
        let ink = ink_of(u64::from(bucket.from_percent), chart.near_percent);
        let top = scale.at(whole(bucket.tenants));
        scene.rect((slot.from, top), (slot.to, frame.bottom), ink, 100);
        let name = saying::bucket(chart, index);
        let label = format!("{} %", bucket.from_percent);
        let look = Type::small(Ink::Secondary);
        if chart.buckets.len() <= 12 {
            let label = match index + 1 == chart.buckets.len() {
                true => label + "+",
                false => label,
            };
            scene.words(
                (slot.middle, frame.bottom + 14 * POINT),
                &label,
                look,
                Side::Middle,
            );
        }
        if bucket.tenants > 0 {
            let count = words::short(whole(bucket.tenants));
            let look = Type::small(text_of(ink));
            scene.words((slot.middle, top - 9 * POINT), &count, look, Side::Middle);
        }
        places.push(Place {
            left: slot.left,
            top: frame.top,
            width: slot.right - slot.left,
            height: frame.bottom - frame.top,
            x: slot.middle,
            y: top,
            title: name,
            values: vec![value("Tenants", words::number(bucket.tenants))],
        });
    }
    frame.ground(&mut scene);
    if most == Quantity::ZERO {
        frame.nothing(&mut scene, "No tenant’s allowance is known yet");
    }
    Ok(Picture {
        size,
        scene,
        title: format!("Share of the allowance of {} that tenants used", chart.unit),
        sentence: saying::distribution(chart),
        places,
        table: saying::distribution_table(chart),
    })
}

fn whole(count: u64) -> Quantity {
    let count = i64::try_from(count).ok();
    let quantity = count.and_then(|count| Quantity::whole(count).ok());
    quantity.unwrap_or(Quantity::MAX)
}

/// Those nearest the limit, ten at most.
///
/// # Errors
/// None today; a drawing may come to have them.
pub fn nearest(chart: &OverviewChart, size: Size) -> Result<Picture, ChartError> {
    let mut scene = Scene::default();
    let mut places = Vec::new();
    let rows: Vec<_> = chart.nearest.iter().take(NEAREST).collect();
    let names = rows
        .iter()
        .map(|tenant| name_or_id(&tenant.name, &tenant.id));
    let frame = Frame::of_rows(size, names, 108 * POINT);
    for (index, tenant) in rows.iter().enumerate() {
        let share = words::basis_points(tenant.used, tenant.allowance);
        let percent = share.map_or(100, |share| u64::try_from(share / 100).unwrap_or(0));
        let ink = ink_of(percent, chart.near_percent);
        let row = frame.row(index, rows.len());
        frame.name(&mut scene, name_or_id(&tenant.name, &tenant.id), row);
        bar_of_share(&mut scene, &frame, row, share.unwrap_or(10_000), ink);
        for tick in [u64::from(chart.near_percent), 100] {
            frame.tick(&mut scene, tick, row);
        }
        let end = frame.right + 8 * POINT;
        let shown = share.map_or_else(|| "none allowed".to_owned(), words::percent);
        scene.words(
            (end, row.middle),
            &shown,
            Type::strong(text_of(ink)),
            Side::Left,
        );
        let used = words::rounded(tenant.used);
        let of = format!("{used} of {}", words::rounded(tenant.allowance));
        places.push(frame.place(
            row,
            percent,
            &tenant.name,
            vec![value("Used", shown), value("That is", of)],
        ));
    }
    if rows.is_empty() {
        frame.nothing(
            &mut scene,
            "No tenant has used anything of its allowance yet",
        );
    }
    Ok(Picture {
        size,
        scene,
        title: "Tenants nearest their limit".to_owned(),
        sentence: saying::nearest(chart),
        places,
        table: saying::nearest_table(chart),
    })
}

/// Accent is for what can be pressed: as text, use within the limit is plain.
fn text_of(ink: Ink) -> Ink {
    match ink {
        Ink::Accent => Ink::Text,
        other => other,
    }
}

/// Use and overage by month.
///
/// # Errors
/// None today; a drawing may come to have them.
pub fn trend(chart: &OverviewChart, size: Size) -> Result<Picture, ChartError> {
    let mut scene = Scene::default();
    let mut places = Vec::new();
    let skipped = chart.months.len().saturating_sub(MONTHS);
    let months = chart.months.get(skipped..).unwrap_or_default();
    let most = months
        .iter()
        .map(|month| month.used)
        .max()
        .unwrap_or_default();
    let figures = if months.is_empty() {
        Vec::new()
    } else {
        ticks(most, 4)
    };
    let widest = figures
        .iter()
        .map(|figure| Type::small(Ink::Secondary).width(&words::short(*figure)))
        .max();
    let left = widest.unwrap_or(0).max(28 * POINT) + 8 * POINT;
    let frame = Frame::new(size, left, 96 * POINT, 20 * POINT);
    let scale = Scale::new(frame.bottom, frame.top, with_headroom(most));
    frame.behind(&mut scene, scale, &figures);
    let every = months.len().div_ceil(7).max(1);
    for (index, month) in months.iter().enumerate() {
        let slot = frame.slot(index, months.len().max(6));
        let overage = month.overage.unwrap_or_default();
        let within = month.used.checked_sub(overage).unwrap_or_default();
        let (top, split) = (scale.at(month.used), scale.at(within));
        let last = index + 1 == months.len();
        // A month that is not over is paler than those that can be compared.
        let percent = if last && is_open(chart, month.month) {
            55
        } else {
            100
        };
        scene.rect(
            (slot.from, split),
            (slot.to, frame.bottom),
            Ink::Accent,
            percent,
        );
        scene.rect((slot.from, top), (slot.to, split), Ink::Over, 100);
        if index % every == 0 {
            let name = month.month.format("%b").to_string();
            let look = Type::small(Ink::Secondary);
            scene.words(
                (slot.middle, frame.bottom + 14 * POINT),
                &name,
                look,
                Side::Middle,
            );
        }
        if last {
            beside(
                &mut scene,
                &frame,
                slot.to,
                (top, month.used),
                (split, overage),
            );
        }
        places.push(Place {
            left: slot.left,
            top: frame.top,
            width: slot.right - slot.left,
            height: frame.bottom - frame.top,
            x: slot.middle,
            y: top,
            title: saying::month(chart, month.month),
            values: saying::month_values(month),
        });
    }
    frame.ground(&mut scene);
    if months.is_empty() {
        frame.nothing(&mut scene, "No use is recorded yet");
    }
    Ok(Picture {
        size,
        scene,
        title: format!(
            "{} used by month, with what is over the allowance",
            chart.unit
        ),
        sentence: saying::trend(chart),
        places,
        table: saying::trend_table(chart),
    })
}

/// Says beside the last bar what its parts are.
fn beside(
    scene: &mut Scene,
    frame: &Frame,
    edge: i32,
    (top, used): (i32, Quantity),
    (split, overage): (i32, Quantity),
) {
    let labels = if overage > Quantity::ZERO {
        let y = super::axis::apart(
            &[
                i32::midpoint(top, split),
                i32::midpoint(split, frame.bottom),
            ],
            16 * POINT,
            frame.top,
            frame.bottom,
        );
        vec![
            (y[0], format!("{} over", words::short(overage)), Ink::Over),
            (y[1], format!("{} used", words::short(used)), Ink::Accent),
        ]
    } else {
        let y = i32::midpoint(top, frame.bottom);
        vec![(y, format!("{} used", words::short(used)), Ink::Accent)]
    };
    for (y, text, ink) in labels {
        scene.words((edge + 8 * POINT, y), &text, Type::small(ink), Side::Left);
    }
}

/// The month that the last known day lies in, unless it is its last.
fn is_open(chart: &OverviewChart, month: NaiveDate) -> bool {
    let next = month.checked_add_months(chrono::Months::new(1));
    next.and_then(|next| next.pred_opt())
        .is_some_and(|last| chart.as_of < last)
}

/// What each plan's tenants left unused of their allowances.
///
/// # Errors
/// None today; a drawing may come to have them.
pub fn unused(chart: &OverviewChart, size: Size) -> Result<Picture, ChartError> {
    let mut scene = Scene::default();
    let mut places = Vec::new();
    let rows: Vec<_> = chart.plans.iter().take(PLANS).collect();
    let names = rows.iter().map(|plan| plan.plan.as_str());
    let frame = Frame::of_rows(size, names, 150 * POINT);
    for (index, plan) in rows.iter().enumerate() {
        let used = plan.allowance.checked_sub(plan.unused).unwrap_or_default();
        let share = words::basis_points(used, plan.allowance).unwrap_or(0);
        let row = frame.row(index, rows.len());
        frame.name(&mut scene, &plan.plan, row);
        bar_of_share(&mut scene, &frame, row, share, Ink::Accent);
        let left = words::basis_points(plan.unused, plan.allowance);
        let left = left.map_or_else(|| "–".to_owned(), words::percent);
        let shown = format!("{left}, {} unused", words::short(plan.unused));
        let end = (frame.right + 8 * POINT, row.middle);
        scene.words(end, &shown, Type::small(Ink::Secondary), Side::Left);
        places.push(frame.place(
            row,
            u64::try_from(share / 100).unwrap_or(0),
            &plan.plan,
            vec![
                value("Unused", words::rounded(plan.unused)),
                value("Allowed", words::rounded(plan.allowance)),
                value("Tenants", words::number(plan.tenants)),
            ],
        ));
    }
    if rows.is_empty() {
        frame.nothing(&mut scene, "No tenant’s allowance is known yet");
    }
    Ok(Picture {
        size,
        scene,
        title: format!("Allowance of {} left unused, by plan", chart.unit),
        sentence: saying::unused(chart),
        places,
        table: saying::unused_table(chart),
    })
}

/// All four on one sheet, for a file that stands alone.
///
/// # Errors
/// As the four.
pub fn overview(chart: &OverviewChart, size: Size) -> Result<Picture, ChartError> {
    let (width, height) = size.tenths();
    let (edge, gap, head, name) = (20 * POINT, 32 * POINT, 60 * POINT, 26 * POINT);
    let half = (width - 2 * edge - gap) / 2;
    let tall = (height - head - edge - gap) / 2 - name;
    let part = Size::of_tenths(half, tall);
    let parts = [
        distribution(chart, part)?,
        nearest(chart, part)?,
        trend(chart, part)?,
        unused(chart, part)?,
    ];
    let mut whole = Picture {
        size,
        scene: Scene::default(),
        title: format!("{} of all tenants", chart.unit),
        sentence: String::new(),
        places: Vec::new(),
        table: Table {
            caption: String::new(),
            columns: Vec::new(),
            rows: Vec::new(),
        },
    };
    let title = format!("{} against allowances, all tenants", chart.unit);
    whole
        .scene
        .words((edge, 26 * POINT), &title, Type::title(), Side::Left);
    let as_of = format!("As of {}", words::full_day(chart.as_of));
    let quiet = Type::small(Ink::Label);
    whole
        .scene
        .words((edge, 46 * POINT), &as_of, quiet, Side::Left);
    let mut sentences = Vec::new();
    for (index, part) in parts.into_iter().enumerate() {
        let left = edge + if index % 2 == 0 { 0 } else { half + gap };
        let top = head + if index < 2 { 0 } else { tall + name + gap };
        let heading = Type::strong(Ink::Text).fitted(&part.title, half);
        let spot = (left, top + 10 * POINT);
        whole
            .scene
            .words(spot, &heading, Type::strong(Ink::Text), Side::Left);
        whole.scene.place(part.scene, (left, top + name));
        whole
            .places
            .extend(part.places.into_iter().map(|place| Place {
                left: place.left + left,
                top: place.top + top + name,
                x: place.x + left,
                y: place.y + top + name,
                ..place
            }));
        sentences.push(part.sentence);
    }
    whole.sentence = sentences.join(" ");
    Ok(whole)
}
