//! Where the lines, bars and labels of one tenant's chart stand.

use billing::usage::Quantity;

use super::saying::values;
use super::{TenantUsageChart, Told};
use crate::chart::axis::{Scale, apart, ticks, with_headroom};
use crate::chart::ink::Ink;
use crate::chart::picture::{Place, Size};
use crate::chart::scene::{POINT, Scene, Side, Spot, Type, name_or_id};
use crate::chart::words;

/// Between labels one below the other.
const LINE: i32 = 16 * POINT;
/// The height of the bars of days.
const BARS: i32 = 58 * POINT;
/// What stands under the sums: their days, and air.
const DAYS: i32 = 42 * POINT;
/// The widest label at the right edge.
const WIDEST: i32 = 132 * POINT;
/// Lines behind the sums at most.
const STEPS: i64 = 6;

/// Where the parts stand, in tenths of a point.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: i32,
    right: i32,
    /// Of the sums.
    top: i32,
    /// Of the sums.
    bottom: i32,
    bars_top: i32,
    bars_bottom: i32,
}

/// A label at the right edge.
struct Label {
    y: i32,
    text: String,
    look: Type,
}

pub(in crate::chart) struct Drawing<'a> {
    told: &'a Told,
    scene: Scene,
    frame: Frame,
    sums: Scale,
    bars: Scale,
    greatest: Quantity,
    greatest_day: Quantity,
    labels: Vec<Label>,
}

/// Where the sums meet the limit.
struct Crossing {
    at: Spot,
    ink: Ink,
    text: String,
    /// The limit came down to what was used already.
    lowered: bool,
}

impl Crossing {
    /// On which side its words stand, and how far from the ring.
    fn words_at(&self, left: i32) -> (Side, i32) {
        let wide = Type::strong(self.ink).width(&self.text);
        if !self.lowered && self.at.0 - wide - 8 * POINT > left {
            (Side::Right, -6 * POINT)
        } else {
            (Side::Left, 8 * POINT)
        }
    }

    /// Where its words or its ring begin.
    fn left_end(&self) -> i32 {
        self.at.0 - Type::strong(self.ink).width(&self.text) - 14 * POINT
    }
}

impl<'a> Drawing<'a> {
    pub(super) fn new(
        chart: &'a TenantUsageChart,
        told: &'a Told,
        sentence: &str,
        size: Size,
    ) -> Self {
        let (width, height) = size.tenths();
        let mut scene = Scene::default();
        let (inset, top) = match chart.alone {
            true => (20 * POINT, heading(&mut scene, chart, sentence, width)),
            false => (0, 16 * POINT),
        };
        let greatest = greatest(told);
        let greatest_day = greatest_day(told);
        let steps = ticks(greatest, STEPS);
        let small = Type::small(Ink::Secondary);
        let words = steps.iter().map(|step| words::short(*step));
        let numbers = words.chain([words::short(greatest_day)]);
        let widest = numbers.map(|words| small.width(&words)).max().unwrap_or(0);
        let bottom_edge = height - 10 * POINT - inset / 2;
        let frame = Frame {
            left: inset + widest.max(36 * POINT) + 8 * POINT,
            right: width - inset - margin(told),
            top,
            bottom: (bottom_edge - BARS - DAYS).max(top + 40 * POINT),
            bars_top: bottom_edge - BARS,
            bars_bottom: bottom_edge,
        };
        Self {
            told,
            scene,
            frame,
            sums: Scale::new(frame.bottom, frame.top, with_headroom(greatest)),
            bars: Scale::new(frame.bars_bottom, frame.bars_top, greatest_day),
            greatest,
            greatest_day,
            labels: Vec::new(),
        }
    }

    pub(super) fn draw(mut self) -> (Vec<Place>, Scene) {
        self.behind();
        self.days();
        self.earlier();
        self.each_day();
        self.limit();
        self.expected();
        self.used();
        let met = self.crossing();
        self.changes(met.as_ref());
        self.meeting(met);
        self.write_labels();
        (self.places(), self.scene)
    }

    /// The left edge of a day, or the right one of the day before.
    fn edge(&self, index: usize) -> i32 {
        let count = i64::try_from(self.told.days.len()).unwrap_or(1).max(1);
        let index = i64::try_from(index).unwrap_or(0);
        let width = i64::from(self.frame.right - self.frame.left);
        self.frame.left + i32::try_from(width * index / count).unwrap_or(0)
    }

    fn middle(&self, index: usize) -> i32 {
        i32::midpoint(self.edge(index), self.edge(index + 1))
    }

    /// The lines behind, each with its figure.
    fn behind(&mut self) {
        let Frame { left, right, .. } = self.frame;
        for step in ticks(self.greatest, STEPS) {
            let y = self.sums.at(step);
            self.scene
                .line(vec![(left, y), (right, y)], Ink::Hairline, POINT);
            let figure = words::short(step);
            let look = Type::small(Ink::Secondary);
            self.scene
                .words((left - 8 * POINT, y), &figure, look, Side::Right);
        }
    }

    /// The days under the sums: weeks apart, from the first.
    fn days(&mut self) {
        let count = self.told.days.len();
        let every = match count {
            0..=8 => 1,
            9..=40 => 7,
            _ => count.div_ceil(6),
        };
        let y = self.frame.bottom + 14 * POINT;
        for (index, day) in self.told.days.iter().enumerate().step_by(every) {
            let spot = (self.middle(index), y);
            let words = words::day(day.day);
            self.scene
                .words(spot, &words, Type::small(Ink::Secondary), Side::Middle);
        }
    }

    /// The sums of earlier periods, day for day.
    fn earlier(&mut self) {
        for earlier in self.told.earlier.iter().rev() {
            let mut spots = vec![(self.frame.left, self.sums.at(Quantity::ZERO))];
            let days = earlier.so_far.iter().take(self.told.days.len());
            spots.extend(
                days.enumerate()
                    .map(|(index, sum)| (self.edge(index + 1), self.sums.at(*sum))),
            );
            let y = spots.last().map_or(0, |spot| spot.1);
            self.scene.line(spots, Ink::Earlier, 15);
            self.labels.push(Label {
                y,
                text: earlier.name.clone(),
                look: Type::small(Ink::Label),
            });
        }
    }

    /// A bar a day: what is not billed below, what is above it.
    fn each_day(&mut self) {
        let Frame {
            left,
            right,
            bars_top,
            bars_bottom,
            ..
        } = self.frame;
        let base = bars_bottom;
        for (index, day) in self.told.days.iter().enumerate() {
            let Some(used) = day.used else { continue };
            let slot = self.edge(index + 1) - self.edge(index);
            let half = (slot * 34 / 100).clamp(5, 12 * POINT);
            let middle = self.middle(index);
            let (from, to) = (middle - half, middle + half);
            let free = self.bars.at(used.unbillable);
            let top = free - (base - self.bars.at(used.billable));
            self.scene.rect((from, free), (to, base), Ink::Earlier, 100);
            self.scene.rect((from, top), (to, free), Ink::Accent, 85);
        }
        self.scene
            .line(vec![(left, base), (right, base)], Ink::Hairline, POINT);
        let small = Type::small(Ink::Secondary);
        let edge = left - 8 * POINT;
        let most = words::short(self.greatest_day);
        if self.greatest_day > Quantity::ZERO {
            self.scene
                .words((edge, bars_top + 4 * POINT), &most, small, Side::Right);
        }
        self.scene.words((edge, base), "0", small, Side::Right);
        let beside = right + 8 * POINT;
        self.scene
            .words((beside, base - 26 * POINT), "per day", small, Side::Left);
        if let Some(share) = unbilled_share(self.told) {
            let words = format!("{share} not billed");
            let look = Type::small(Ink::Label);
            self.scene
                .words((beside, base - 10 * POINT), &words, look, Side::Left);
        }
    }

    /// The limit, by steps.
    fn limit(&mut self) {
        let mut spots: Vec<Spot> = Vec::new();
        for (index, day) in self.told.days.iter().enumerate() {
            let Some(limit) = day.limit else { continue };
            let y = self.sums.at(limit);
            spots.extend([(self.edge(index), y), (self.edge(index + 1), y)]);
        }
        let last = self.told.days.last().and_then(|day| day.limit);
        let (Some(limit), Some(spot)) = (last, spots.last().copied()) else {
            self.labels.push(Label {
                y: self.frame.top,
                text: "Limit not known".to_owned(),
                look: Type::small(Ink::Label),
            });
            return;
        };
        self.scene.line(corners(spots), Ink::Limit, 15);
        self.labels.push(Label {
            y: spot.1,
            text: format!("Limit {}", words::short(limit)),
            look: Type::strong(Ink::Limit),
        });
    }

    /// Where the sums known so far end, and where what is expected begins.
    fn last_spot(&self) -> Spot {
        match self.told.last() {
            Some((index, _, used)) => (self.edge(index + 1), self.sums.at(used.so_far)),
            None => (self.frame.left, self.sums.at(Quantity::ZERO)),
        }
    }

    /// What is expected, with its band.
    fn expected(&mut self) {
        let from = self.last_spot();
        let days: Vec<_> = self.told.days.iter().enumerate().collect();
        let line = |value: fn(&super::ExpectedDay) -> Quantity| -> Vec<Spot> {
            days.iter()
                .filter_map(|(index, day)| Some((*index, day.expected.as_ref()?)))
                .map(|(index, expected)| (self.edge(index + 1), self.sums.at(value(expected))))
                .collect()
        };
        let (low, high) = (line(|day| day.low), line(|day| day.high));
        let middle = line(|day| day.expected);
        let Some(end) = middle.last().copied() else {
            return;
        };
        let band = [from].into_iter().chain(high).chain(low.into_iter().rev());
        self.scene.area(band.collect(), Ink::Accent, 15);
        let whole: Vec<Spot> = [from].into_iter().chain(middle).collect();
        self.scene.dashes(&whole, Ink::Accent, 2 * POINT);
        if let Some(expected) = self.told.end() {
            self.labels.push(Label {
                y: end.1,
                text: format!("{} expected", words::short(expected.expected)),
                look: Type::small(Ink::Accent),
            });
        }
    }

    /// The sums so far.
    fn used(&mut self) {
        let Some((last, _, used)) = self.told.last() else {
            return;
        };
        let mut spots = vec![(self.frame.left, self.sums.at(Quantity::ZERO))];
        let known = self.told.days.iter().take(last + 1).enumerate();
        spots.extend(known.filter_map(|(index, day)| {
            let used = day.used?;
            Some((self.edge(index + 1), self.sums.at(used.so_far)))
        }));
        self.scene.line(spots, Ink::Accent, 2 * POINT);
        if self.told.end().is_some() {
            return;
        }
        let spot = self.last_spot();
        let text = format!("{} used", words::short(used.so_far));
        let look = Type::strong(Ink::Accent);
        if last + 1 == self.told.days.len() {
            self.labels.push(Label {
                y: spot.1,
                text,
                look,
            });
        } else {
            self.scene.dot(spot, 3 * POINT, Ink::Accent);
            let beside = (spot.0 + 8 * POINT, spot.1 - 10 * POINT);
            self.scene.words(beside, &text, look, Side::Left);
        }
    }

    /// Where the limit is met, or will be.
    fn crossing(&self) -> Option<Crossing> {
        let (index, ink) = match (self.told.reached, self.told.runs_out) {
            (Some(index), _) => (index, Ink::Over),
            (None, Some(index)) => (index, Ink::Near),
            (None, None) => return None,
        };
        let day = self.told.days.get(index)?;
        let sum_at = |index: usize| {
            let day = self.told.days.get(index)?;
            let used = day.used.map(|used| used.so_far);
            used.or(day.expected.map(|expected| expected.expected))
        };
        let before = index.checked_sub(1).and_then(sum_at).unwrap_or_default();
        let (after, limit) = (sum_at(index)?, day.limit?);
        let (left, right) = (self.edge(index), self.edge(index + 1));
        let way = i128::from(after.millionths()) - i128::from(before.millionths());
        let gone = i128::from(limit.millionths()) - i128::from(before.millionths());
        // A lowered limit is met without any use: at the beginning of its day.
        let lowered = gone < 0 || way <= 0;
        let part = if lowered {
            0
        } else {
            i128::from(right - left) * gone / way
        };
        Some(Crossing {
            at: (left + i32::try_from(part).unwrap_or(0), self.sums.at(limit)),
            ink,
            text: words::day(day.day),
            lowered,
        })
    }

    /// A ring where the limit is met, with its day.
    fn meeting(&mut self, met: Option<Crossing>) {
        let Some(met) = met else { return };
        let (x, y) = met.at;
        self.scene.ring(met.at, met.ink);
        let look = Type::strong(met.ink);
        let (side, end) = met.words_at(self.frame.left);
        let y = if met.lowered {
            y + 14 * POINT
        } else {
            y - 14 * POINT
        };
        self.scene.words((x + end, y), &met.text, look, side);
    }

    /// What changed the limit: a mark on its line, in words on the side that has room for them.
    fn changes(&mut self, met: Option<&Crossing>) {
        let days = self.told.days.iter().enumerate();
        let changed: Vec<usize> = days
            .filter(|(_, day)| !day.marks.is_empty())
            .map(|(index, _)| index)
            .collect();
        let mut taken = self.frame.left;
        for (place, index) in changed.iter().enumerate() {
            let day = &self.told.days[*index];
            let x = self.edge(*index);
            let y = day
                .limit
                .map_or(self.frame.top, |limit| self.sums.at(limit));
            if met.is_none_or(|met| met.at.0 != x) {
                let (wide, high) = (4 * POINT, 5 * POINT);
                let diamond = vec![(x - wide, y), (x, y - high), (x + wide, y), (x, y + high)];
                self.scene.area(diamond, Ink::Limit, 100);
            }
            let next = changed
                .get(place + 1)
                .map_or(self.frame.right, |next| self.edge(*next));
            let crossing = met
                .filter(|met| met.at.0 > x)
                .map_or(next, |met| met.left_end());
            let right = next.min(crossing) - x - 12 * POINT;
            let left = x - taken - 12 * POINT;
            let look = Type::small(Ink::Secondary);
            let text = look.fitted(&day.marks.join(", "), left.max(right).min(220 * POINT));
            let wide = look.width(&text);
            if wide < 40 * POINT || left.max(right) < 40 * POINT {
                continue;
            }
            // Left of a raised limit nothing is drawn at its new height.
            let (end, side) = if wide <= left && left >= right {
                (x - 8 * POINT, Side::Right)
            } else {
                (x + 8 * POINT, Side::Left)
            };
            self.scene.words((end, y - 12 * POINT), &text, look, side);
            taken = x.max(end + if matches!(side, Side::Left) { wide } else { 0 });
        }
    }

    fn write_labels(&mut self) {
        let places: Vec<i32> = self.labels.iter().map(|label| label.y).collect();
        let (top, bottom) = (self.frame.top - LINE / 2, self.frame.bottom);
        let places = apart(&places, LINE, top, bottom);
        for (label, y) in std::mem::take(&mut self.labels).into_iter().zip(places) {
            let text = label.look.fitted(&label.text, WIDEST);
            let spot = (self.frame.right + 8 * POINT, y);
            self.scene.words(spot, &text, label.look, Side::Left);
        }
    }

    fn places(&self) -> Vec<Place> {
        let days = self.told.days.iter().enumerate();
        let shown = days.filter(|(_, day)| day.used.is_some() || day.expected.is_some());
        shown
            .map(|(index, day)| {
                let used = day.used.map(|used| used.so_far);
                let sum = used.or(day.expected.map(|expected| expected.expected));
                Place {
                    left: self.edge(index),
                    top: self.frame.top,
                    width: self.edge(index + 1) - self.edge(index),
                    height: self.frame.bars_bottom - self.frame.top,
                    x: self.edge(index + 1),
                    y: self.sums.at(sum.unwrap_or_default()),
                    title: words::full_day(day.day),
                    values: values(day, index, self.told),
                }
            })
            .collect()
    }
}

/// Spots without those in the middle of a straight line.
fn corners(spots: Vec<Spot>) -> Vec<Spot> {
    let mut out: Vec<Spot> = Vec::new();
    for spot in spots {
        if let [.., before, last] = out.as_slice()
            && before.1 == last.1
            && last.1 == spot.1
        {
            out.pop();
        }
        out.push(spot);
    }
    out
}

/// The heading of a file: whose use, when, and the sentence. Gives the top of the chart.
fn heading(scene: &mut Scene, chart: &TenantUsageChart, sentence: &str, width: i32) -> i32 {
    let left = 20 * POINT;
    let room = width - 2 * left;
    let title = Type::title();
    let name = title.fitted(name_or_id(&chart.tenant, &chart.id), room);
    scene.words((left, 26 * POINT), &name, title, Side::Left);
    let about = format!("{}, {}", chart.unit, words::period(chart.start, chart.end));
    let quiet = Type::small(Ink::Label);
    scene.words(
        (left, 46 * POINT),
        &quiet.fitted(&about, room),
        quiet,
        Side::Left,
    );
    let said = Type::small(Ink::Secondary);
    let own = sentence.strip_prefix(&chart.tenant).map(str::trim_start);
    let lines = wrapped(&capitalised(own.unwrap_or(sentence)), said, room, 3);
    let mut y = 66 * POINT;
    for line in lines {
        scene.words((left, y), &line, said, Side::Left);
        y += LINE;
    }
    y + 20 * POINT
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// A text in at most so many lines; the last one ends in an ellipsis where it is longer.
fn wrapped(text: &str, look: Type, room: i32, most: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let longer = lines.last().map(|line| format!("{line} {word}"));
        match longer {
            Some(longer) if look.width(&longer) <= room => {
                lines.pop();
                lines.push(longer);
            }
            Some(longer) if lines.len() == most => {
                lines.pop();
                lines.push(look.fitted(&longer, room));
                break;
            }
            _ => lines.push(look.fitted(word, room)),
        }
    }
    lines
}

/// The room for labels at the right edge.
fn margin(told: &Told) -> i32 {
    let mut widest = Type::small(Ink::Label).width("per day");
    let mut count = |text: String| {
        widest = widest.max(Type::strong(Ink::Limit).width(&text));
    };
    if let Some(limit) = told.days.last().and_then(|day| day.limit) {
        count(format!("Limit {}", words::short(limit)));
    } else {
        count("Limit not known".to_owned());
    }
    if let Some(end) = told.end() {
        count(format!("{} expected", words::short(end.expected)));
    }
    for earlier in &told.earlier {
        count(earlier.name.clone());
    }
    if let Some(share) = unbilled_share(told) {
        count(format!("{share} not billed"));
    }
    if let Some((.., used)) = told.last() {
        count(format!("{} used", words::short(used.so_far)));
    }
    widest.min(WIDEST) + 12 * POINT
}

/// The share that is not billed, in words; none where everything is.
fn unbilled_share(told: &Told) -> Option<String> {
    let (used, unbillable) = told.totals();
    if unbillable <= Quantity::ZERO {
        return None;
    }
    let all = used.checked_add(unbillable).ok()?;
    words::basis_points(unbillable, all).map(words::percent)
}

/// The greatest of everything that is drawn as a sum.
fn greatest(told: &Told) -> Quantity {
    let days = told.days.iter().flat_map(|day| {
        [
            day.used.map(|used| used.so_far),
            day.limit,
            day.expected.map(|expected| expected.high),
        ]
    });
    let earlier = told.earlier.iter().flat_map(|earlier| &earlier.so_far);
    let all = days.flatten().chain(earlier.copied());
    all.max().unwrap_or_default().max(Quantity::ZERO)
}

/// The most that one day used, billed or not.
fn greatest_day(told: &Told) -> Quantity {
    let days = told.days.iter().filter_map(|day| day.used);
    let sums = days.map(|used| {
        let billable = used.billable.max(Quantity::ZERO);
        let free = used.unbillable.max(Quantity::ZERO);
        billable.checked_add(free).unwrap_or(Quantity::MAX)
    });
    sums.max().unwrap_or_default()
}
