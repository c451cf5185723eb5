//! Text of charts: measured and drawn with the embedded fonts, so that it is the same everywhere.
//!
//! plotters can draw text by itself, but without the space that a letter brings along on its left,
//! and in one weight; here every letter stands where the font says. Lengths are f32 and f64 because
//! fonts are: this file places letters and sees no amount.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, PxScale, ScaleFont, point};
use plotters_backend::text_anchor::{HPos, Pos, VPos};
use plotters_backend::{BackendColor, BackendTextStyle, FontFamily, FontStyle};

/// The names under which the window and a chart's file have the fonts, and what may stand in.
const FAMILY: &str = "Inter Variable, Inter, sans-serif";
/// The height of a small letter, in thousandths of an em: text is placed by its middle.
const X_HEIGHT: f32 = 0.546;
/// What plotters divides a font's size by when it writes SVG.
const SVG_RATIO: f64 = 1.24;

static REGULAR: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../../fonts/inter-400.ttf")).ok());
static SEMI_BOLD: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../../fonts/inter-600.ttf")).ok());

/// The two weights that the window has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

impl Weight {
    fn font(self) -> Result<&'static FontRef<'static>, NoFont> {
        let font = match self {
            Self::Regular => &REGULAR,
            Self::SemiBold => &SEMI_BOLD,
        };
        font.as_ref().ok_or(NoFont)
    }
}

/// An embedded font is broken: the program was built from a broken file.
#[derive(Debug, Clone, Copy)]
pub(super) struct NoFont;

impl fmt::Display for NoFont {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the font of the charts cannot be read")
    }
}

impl std::error::Error for NoFont {}

/// How wide a text is, in the unit of `em`, the size of the letters. Rounded up.
pub(super) fn width(text: &str, weight: Weight, em: i32) -> i32 {
    let Ok(font) = weight.font() else { return 0 };
    let per_em = font.units_per_em().unwrap_or(2048.0);
    let units: f32 = text
        .chars()
        .map(|letter| font.h_advance_unscaled(font.glyph_id(letter)))
        .sum();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a text's length in units of a drawing; too long is as long as can be"
    )]
    let wide = (units * em as f32 / per_em).ceil() as i32;
    wide
}

/// Whether the font has every letter of a text.
pub(super) fn has_all(text: &str) -> bool {
    let missing = |letter: char, font: &FontRef<'_>| font.glyph_id(letter).0 == 0;
    Weight::Regular
        .font()
        .is_ok_and(|font| !text.chars().any(|letter| missing(letter, font)))
}

/// The text, or as much of it as fits with an ellipsis at its end.
pub(super) fn fitted(text: &str, weight: Weight, em: i32, most: i32) -> Cow<'_, str> {
    if width(text, weight, em) <= most {
        return Cow::Borrowed(text);
    }
    let mut kept: Vec<char> = text.chars().take(400).collect();
    while !kept.is_empty() {
        kept.pop();
        let shorter = kept.iter().collect::<String>().trim_end().to_owned() + "…";
        if width(&shorter, weight, em) <= most {
            return Cow::Owned(shorter);
        }
    }
    Cow::Borrowed("…")
}

/// A text's letters as plotters asks for them. Anchored at their middle height.
pub(super) struct Letters {
    pub(super) weight: Weight,
    /// In the backend's own unit.
    pub(super) em: i32,
    pub(super) colour: BackendColor,
    pub(super) anchor: HPos,
}

impl BackendTextStyle for Letters {
    type FontError = NoFont;

    fn color(&self) -> BackendColor {
        self.colour
    }

    fn size(&self) -> f64 {
        f64::from(self.em) * SVG_RATIO
    }

    fn style(&self) -> FontStyle {
        match self.weight {
            Weight::Regular => FontStyle::Normal,
            Weight::SemiBold => FontStyle::Bold,
        }
    }

    fn anchor(&self) -> Pos {
        Pos::new(self.anchor, VPos::Center)
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(FAMILY)
    }

    /// As wide as the text and of no height, so that what is drawn stays around the anchor.
    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), NoFont> {
        Ok(((0, 0), (width(text, self.weight, self.em), 0)))
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_precision_loss,
        reason = "pixels of a picture that is at most some thousand wide"
    )]
    fn draw<E, D: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        (left, middle): (i32, i32),
        mut draw: D,
    ) -> Result<Result<(), E>, NoFont> {
        let font = self.weight.font()?;
        let em = self.em as f32;
        let per_em = font.units_per_em().unwrap_or(2048.0);
        let scale = PxScale::from(em * font.height_unscaled() / per_em);
        let scaled = font.as_scaled(scale);
        let baseline = middle as f32 + em * X_HEIGHT / 2.0;
        let mut at = left as f32;
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            let glyph = id.with_scale_and_position(scale, point(at, baseline));
            at += scaled.h_advance(id);
            let Some(outline) = font.outline_glyph(glyph) else {
                continue;
            };
            let corner = outline.px_bounds().min;
            let mut failed = None;
            outline.draw(|x, y, cover| {
                let (x, y) = (corner.x as i32 + x as i32, corner.y as i32 + y as i32);
                let dot = self.colour.mix(f64::from(cover.min(1.0)));
                if failed.is_none()
                    && let Err(error) = draw(x, y, dot)
                {
                    failed = Some(error);
                }
            });
            if let Some(error) = failed {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }
}
