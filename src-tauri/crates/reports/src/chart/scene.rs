//! What a drawing consists of. Lengths are whole tenths of a point; paint.rs makes bytes of it.

use super::ink::Ink;
use super::letters::{Weight, fitted, has_all, width};

/// A point of the drawing.
pub(super) type Spot = (i32, i32);

/// The size of ordinary text.
pub(super) const SMALL: i32 = 120;
/// The size of a chart's title.
pub(super) const TITLE: i32 = 160;
/// One point.
pub(super) const POINT: i32 = 10;

/// One thing that is drawn.
#[derive(Debug, Clone)]
pub(super) enum Item {
    /// A line through spots.
    Line {
        spots: Vec<Spot>,
        ink: Ink,
        width: i32,
    },
    /// What spots enclose.
    Area {
        spots: Vec<Spot>,
        ink: Ink,
        percent: u8,
    },
    /// A filled circle.
    Dot { at: Spot, radius: i32, ink: Ink },
    /// Words, by the middle of their height.
    Words {
        at: Spot,
        text: String,
        ink: Ink,
        em: i32,
        weight: Weight,
        side: Side,
    },
}

/// Everything that is drawn, from the back to the front.
#[derive(Debug, Clone, Default)]
pub(super) struct Scene {
    pub(super) items: Vec<Item>,
}

/// Where a text ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Side {
    /// It begins at the spot.
    Left,
    /// It is centred on the spot.
    Middle,
    /// It ends at the spot.
    Right,
}

/// How a text looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type {
    pub(super) ink: Ink,
    pub(super) em: i32,
    pub(super) weight: Weight,
}

impl Type {
    pub(super) fn small(ink: Ink) -> Self {
        Self {
            ink,
            em: SMALL,
            weight: Weight::Regular,
        }
    }

    pub(super) fn strong(ink: Ink) -> Self {
        Self {
            weight: Weight::SemiBold,
            ..Self::small(ink)
        }
    }

    pub(super) fn title() -> Self {
        Self {
            ink: Ink::Text,
            em: TITLE,
            weight: Weight::SemiBold,
        }
    }

    pub(super) fn width(self, text: &str) -> i32 {
        width(text, self.weight, self.em)
    }

    pub(super) fn fitted(self, text: &str, most: i32) -> String {
        fitted(text, self.weight, self.em, most).into_owned()
    }
}

impl Scene {
    pub(super) fn line(&mut self, spots: Vec<Spot>, ink: Ink, width: i32) {
        let mut spots = spots;
        spots.dedup();
        if spots.len() > 1 {
            self.items.push(Item::Line { spots, ink, width });
        }
    }

    /// A line of dashes: plotters' SVG knows none.
    pub(super) fn dashes(&mut self, spots: &[Spot], ink: Ink, width: i32) {
        for dash in dashed(spots, 4 * POINT, 4 * POINT) {
            self.line(dash, ink, width);
        }
    }

    pub(super) fn area(&mut self, spots: Vec<Spot>, ink: Ink, percent: u8) {
        if spots.len() > 2 {
            self.items.push(Item::Area {
                spots,
                ink,
                percent,
            });
        }
    }

    /// A filled box; nothing where it has no width or height.
    pub(super) fn rect(&mut self, (left, top): Spot, (right, bottom): Spot, ink: Ink, percent: u8) {
        if right > left && bottom > top {
            let spots = vec![(left, top), (right, top), (right, bottom), (left, bottom)];
            self.area(spots, ink, percent);
        }
    }

    pub(super) fn dot(&mut self, at: Spot, radius: i32, ink: Ink) {
        self.items.push(Item::Dot { at, radius, ink });
    }

    /// An open circle.
    pub(super) fn ring(&mut self, at: Spot, ink: Ink) {
        self.dot(at, 5 * POINT, ink);
        self.dot(at, 3 * POINT, Ink::Page);
    }

    pub(super) fn words(&mut self, at: Spot, text: &str, look: Type, side: Side) {
        let text = plain(text);
        if text.is_empty() {
            return;
        }
        // Placed by small letters' middle; figures and capitals are higher.
        let at = (at.0, at.1 + look.em * 9 / 100);
        self.items.push(Item::Words {
            at,
            text,
            ink: look.ink,
            em: look.em,
            weight: look.weight,
            side,
        });
    }

    /// Puts another drawing into this one.
    pub(super) fn place(&mut self, other: Self, (right, down): Spot) {
        let moved = |(x, y): Spot| (x + right, y + down);
        self.items
            .extend(other.items.into_iter().map(|item| match item {
                Item::Line { spots, ink, width } => Item::Line {
                    spots: spots.into_iter().map(moved).collect(),
                    ink,
                    width,
                },
                Item::Area {
                    spots,
                    ink,
                    percent,
                } => Item::Area {
                    spots: spots.into_iter().map(moved).collect(),
                    ink,
                    percent,
                },
                Item::Dot { at, radius, ink } => Item::Dot {
                    at: moved(at),
                    radius,
                    ink,
                },
                Item::Words {
                    at,
                    text,
                    ink,
                    em,
                    weight,
                    side,
                } => Item::Words {
                    at: moved(at),
                    text,
                    ink,
                    em,
                    weight,
                    side,
                },
            }));
    }
}

/// A name without what would break a file or turn its neighbours around: control characters and
/// the marks that switch the direction of writing.
pub(super) fn plain(text: &str) -> String {
    let turns = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let forbidden = |letter: char| matches!(letter, '\u{fffe}' | '\u{ffff}');
    text.chars()
        .filter(|letter| !turns(*letter) && !forbidden(*letter))
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect::<String>()
        .trim()
        .to_owned()
}

/// A tenant's name, or its id where the font lacks a letter of the name: boxes tell nobody who it
/// is. Tables and sentences keep the name.
pub(super) fn name_or_id<'a>(name: &'a str, id: &'a str) -> &'a str {
    if id.is_empty() || has_all(&plain(name)) {
        name
    } else {
        id
    }
}

/// Cuts a line into dashes of `on` with gaps of `off` between them, around its corners.
fn dashed(spots: &[Spot], on: i32, off: i32) -> Vec<Vec<Spot>> {
    let mut dashes: Vec<Vec<Spot>> = Vec::new();
    let mut dash: Vec<Spot> = Vec::new();
    let (mut drawing, mut left) = (true, i64::from(on));
    for pair in spots.windows(2) {
        let [from, to] = pair else { continue };
        let (dx, dy) = (i64::from(to.0 - from.0), i64::from(to.1 - from.1));
        let length = (dx * dx + dy * dy).isqrt();
        let mut gone = 0;
        while gone < length {
            if drawing && dash.is_empty() {
                dash.push(between(*from, (dx, dy), gone, length));
            }
            let step = left.min(length - gone);
            gone += step;
            left -= step;
            if drawing {
                dash.push(between(*from, (dx, dy), gone, length));
            }
            if left == 0 {
                if drawing {
                    dashes.push(std::mem::take(&mut dash));
                }
                drawing = !drawing;
                left = i64::from(if drawing { on } else { off });
            }
        }
    }
    dashes.push(dash);
    dashes
}

/// The spot `gone` of `length` on the way.
fn between(from: Spot, (dx, dy): (i64, i64), gone: i64, length: i64) -> Spot {
    let part = |way: i64| i32::try_from(way * gone / length).unwrap_or(0);
    (from.0 + part(dx), from.1 + part(dy))
}
