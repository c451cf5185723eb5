//! What the charts of all tenants share: their frames, slots, rows and bars.

use billing::usage::Quantity;

use crate::chart::axis::Scale;
use crate::chart::ink::Ink;
use crate::chart::picture::{Place, Size, Value};
use crate::chart::scene::{POINT, Scene, Side, Type};
use crate::chart::words;

/// The part of the height of a row that its bar takes.
const BAR: i32 = 8 * POINT;
/// The tallest row.
const ROW: i32 = 28 * POINT;

/// Where a chart's marks may stand, in tenths of a point.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) top: i32,
    pub(super) bottom: i32,
}

/// The place of one bar that stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) left: i32,
    pub(super) right: i32,
    pub(super) from: i32,
    pub(super) to: i32,
    pub(super) middle: i32,
}

/// The place of one bar that lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Row {
    pub(super) top: i32,
    pub(super) bottom: i32,
    pub(super) middle: i32,
}

impl Frame {
    /// A frame with room for what stands left and right of it and below.
    pub(super) fn new(size: Size, left: i32, right: i32, below: i32) -> Self {
        let (width, height) = size.tenths();
        Self {
            left,
            right: width - right,
            top: 18 * POINT,
            bottom: height - below - 4 * POINT,
        }
    }

    /// A frame for rows with a name on the left and words on the right.
    pub(super) fn of_rows<'a>(
        size: Size,
        names: impl Iterator<Item = &'a str>,
        right: i32,
    ) -> Self {
        let (width, height) = size.tenths();
        let widest = names.map(|name| Type::small(Ink::Text).width(name)).max();
        let most = width * 2 / 5;
        Self {
            left: widest.unwrap_or(0).min(most) + 12 * POINT,
            right: width - right,
            top: 0,
            bottom: height,
        }
    }

    pub(super) fn slot(&self, index: usize, count: usize) -> Slot {
        let edge = |index: usize| {
            let way = i64::from(self.right - self.left) * i64::try_from(index).unwrap_or(0);
            let part = way / i64::try_from(count.max(1)).unwrap_or(1);
            self.left + i32::try_from(part).unwrap_or(0)
        };
        let (left, right) = (edge(index), edge(index + 1));
        let middle = i32::midpoint(left, right);
        let half = ((right - left) * 36 / 100).clamp(5, 20 * POINT);
        Slot {
            left,
            right,
            from: middle - half,
            to: middle + half,
            middle,
        }
    }

    /// Rows stand close together at the top rather than far apart.
    pub(super) fn row(&self, index: usize, count: usize) -> Row {
        let count = i32::try_from(count.max(1)).unwrap_or(i32::MAX);
        let tall = ((self.bottom - self.top) / count).min(ROW);
        let top = self.top + tall * i32::try_from(index).unwrap_or(0);
        Row {
            top,
            bottom: top + tall,
            middle: top + tall / 2,
        }
    }

    /// The lines behind bars that stand, with their figures.
    pub(super) fn behind(&self, scene: &mut Scene, scale: Scale, steps: &[Quantity]) {
        for step in steps {
            let y = scale.at(*step);
            scene.line(vec![(self.left, y), (self.right, y)], Ink::Hairline, POINT);
            let figure = words::short(*step);
            let look = Type::small(Ink::Secondary);
            scene.words((self.left - 8 * POINT, y), &figure, look, Side::Right);
        }
    }

    /// The line on which bars stand, over their feet.
    pub(super) fn ground(&self, scene: &mut Scene) {
        let ends = vec![(self.left, self.bottom), (self.right, self.bottom)];
        scene.line(ends, Ink::Hairline, POINT);
    }

    pub(super) fn name(&self, scene: &mut Scene, name: &str, row: Row) {
        let look = Type::small(Ink::Text);
        let room = self.left - 12 * POINT;
        scene.words((0, row.middle), &look.fitted(name, room), look, Side::Left);
    }

    /// Where a share in percent is; the end is 100, or where a bar beyond it ends.
    fn at(&self, percent: u64) -> i32 {
        let way = i64::from(self.right - self.left) * i64::try_from(percent.min(100)).unwrap_or(0);
        self.left + i32::try_from(way / 100).unwrap_or(0)
    }

    /// A line across a bar.
    pub(super) fn tick(&self, scene: &mut Scene, percent: u64, row: Row) {
        let x = self.at(percent);
        let half = BAR / 2 + 3 * POINT;
        let ends = vec![(x, row.middle - half), (x, row.middle + half)];
        scene.line(ends, Ink::Earlier, POINT);
    }

    pub(super) fn place(&self, row: Row, percent: u64, title: &str, values: Vec<Value>) -> Place {
        Place {
            left: 0,
            top: row.top,
            width: self.right,
            height: row.bottom - row.top,
            x: self.at(percent),
            y: row.middle,
            title: title.to_owned(),
            values,
        }
    }

    /// Says that there is nothing to draw.
    pub(super) fn nothing(&self, scene: &mut Scene, why: &str) {
        let spot = (self.left, self.top + 24 * POINT);
        let look = Type::small(Ink::Label);
        let room = self.right - self.left;
        scene.words(spot, &look.fitted(why, room), look, Side::Left);
    }
}

/// A bar that is filled up to a share, in hundredths of a percent.
pub(super) fn bar_of_share(scene: &mut Scene, frame: &Frame, row: Row, share: i64, ink: Ink) {
    let (top, bottom) = (row.middle - BAR / 2, row.middle + BAR / 2);
    scene.rect((frame.left, top), (frame.right, bottom), Ink::Track, 100);
    let whole = i64::from(frame.right - frame.left);
    let filled = whole * share.clamp(0, 10_000) / 10_000;
    let end = frame.left + i32::try_from(filled).unwrap_or(0);
    scene.rect((frame.left, top), (end, bottom), ink, 100);
}
