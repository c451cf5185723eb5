//! Makes bytes of a drawing, through plotters: SVG in tenths of a point, PNG from four times as
//! many pixels, so that edges are smooth.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::backend::{BitMapBackend, SVGBackend};
use plotters_backend::text_anchor::HPos;
use plotters_backend::{BackendColor, BackendStyle, DrawingBackend, DrawingErrorKind};

use super::ink::{Ink, Look};
use super::letters::Letters;
use super::picture::{ChartError, Picture};
use super::scene::{Item, Scene, Side, plain};

/// Pixels of a PNG for each point.
const PIXELS: u32 = 2;
/// Each pixel is the mean of this many in both directions.
const FINER: u32 = 2;

/// Where the fonts of an SVG come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fonts {
    /// The page around it has them.
    OfTheWindow,
    /// They are in the file, as is the ground.
    Inside,
}

/// The fonts of a file: the Latin letters, as every viewer of SVG reads them.
const LATIN: [(&str, &[u8]); 2] = [
    ("400", include_bytes!("../../fonts/inter-latin-400.woff2")),
    ("600", include_bytes!("../../fonts/inter-latin-600.woff2")),
];

/// The drawing as SVG, a text of its own.
pub(super) fn svg(picture: &Picture, look: Look, fonts: Fonts) -> Result<String, ChartError> {
    let (width, height) = picture.size.tenths();
    let mut drawn = String::new();
    {
        let mut backend = SVGBackend::with_string(&mut drawn, (pixels(width), pixels(height)));
        if fonts == Fonts::Inside {
            let ground = Scene {
                items: vec![Item::Area {
                    spots: vec![(0, 0), (width, 0), (width, height), (0, height)],
                    ink: Ink::Page,
                    percent: 100,
                }],
            };
            draw(&ground, look, &mut backend, |tenths| tenths)?;
        }
        draw(&picture.scene, look, &mut backend, |tenths| tenths)?;
        backend.present().map_err(failed)?;
    }
    // plotters writes the opening tag first, on a line of its own; ours says more.
    let marks = drawn.split_once('\n').map_or("", |(_, rest)| rest);
    let (wide, high) = picture.size.points();
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{high}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" stroke-linejoin=\"round\">\n\
         <title>{}</title>\n<desc>{}</desc>\n",
        escaped(&picture.title),
        escaped(&picture.sentence),
    );
    if fonts == Fonts::Inside {
        out.push_str(&font_faces());
    }
    // Text is escaped, so a quote stands only around an attribute.
    out.push_str(&marks.replace("font-weight=\"bold\"", "font-weight=\"600\""));
    Ok(out)
}

fn font_faces() -> String {
    let mut style = String::from("<style>\n");
    for (weight, bytes) in LATIN {
        // Writing to a String cannot fail.
        let _ = writeln!(
            style,
            "@font-face{{font-family:'Inter Variable';font-weight:{weight};\
             src:url(data:font/woff2;base64,{})format('woff2')}}",
            STANDARD.encode(bytes)
        );
    }
    style + "</style>\n"
}

/// The drawing as PNG on its ground.
pub(super) fn png(picture: &Picture, look: Look) -> Result<Vec<u8>, ChartError> {
    let (wide, high) = picture.size.points();
    let (width, height) = (pixels(wide) * PIXELS, pixels(high) * PIXELS);
    let fine = (width * FINER, height * FINER);
    let (red, green, blue) = Ink::Page.rgb(look);
    let mut buffer = [red, green, blue].repeat(fine.0 as usize * fine.1 as usize);
    {
        let mut backend = BitMapBackend::with_buffer(&mut buffer, fine);
        let scale = i32::try_from(PIXELS * FINER).unwrap_or(1);
        draw(&picture.scene, look, &mut backend, |tenths| {
            (tenths * scale + 5 * tenths.signum()) / 10
        })?;
        backend.present().map_err(failed)?;
    }
    let mean = means(&buffer, width as usize, height as usize);
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&mean)?;
    writer.finish()?;
    Ok(bytes)
}

/// Every pixel as the mean of four.
fn means(fine: &[u8], width: usize, height: usize) -> Vec<u8> {
    let stride = width * 2 * 3;
    let mut out = Vec::with_capacity(width * height * 3);
    for row in fine.chunks_exact(stride * 2).take(height) {
        let (upper, lower) = row.split_at(stride);
        for (above, below) in upper.chunks_exact(6).zip(lower.chunks_exact(6)) {
            for channel in 0..3 {
                let sum = [above, below]
                    .iter()
                    .map(|two| u16::from(two[channel]) + u16::from(two[channel + 3]))
                    .sum::<u16>();
                out.push(u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX));
            }
        }
    }
    out
}

/// A line's colour and width.
struct Stroke {
    colour: BackendColor,
    width: u32,
}

impl BackendStyle for Stroke {
    fn color(&self) -> BackendColor {
        self.colour
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

/// Draws a scene; `unit` makes the backend's unit of tenths of a point.
fn draw<B: DrawingBackend>(
    scene: &Scene,
    look: Look,
    backend: &mut B,
    unit: impl Fn(i32) -> i32,
) -> Result<(), ChartError> {
    let at = |(x, y): (i32, i32)| (unit(x), unit(y));
    for item in &scene.items {
        match item {
            Item::Line { spots, ink, width } => {
                let stroke = Stroke {
                    colour: ink.colour(look, 100),
                    width: pixels(unit(*width)).max(1),
                };
                let spots: Vec<_> = spots.iter().map(|spot| at(*spot)).collect();
                match spots.as_slice() {
                    // A line through one spot would be a line of no length.
                    [] | [_] => Ok(()),
                    [from, to] => backend.draw_line(*from, *to, &stroke),
                    _ => backend.draw_path(spots, &stroke),
                }
            }
            Item::Area {
                spots,
                ink,
                percent,
            } => {
                let colour = ink.colour(look, *percent);
                backend.fill_polygon(spots.iter().map(|spot| at(*spot)), &colour)
            }
            Item::Dot {
                at: spot,
                radius,
                ink,
            } => {
                let colour = ink.colour(look, 100);
                backend.draw_circle(at(*spot), pixels(unit(*radius)), &colour, true)
            }
            Item::Words {
                at: spot,
                text,
                ink,
                em,
                weight,
                side,
            } => {
                let letters = Letters {
                    weight: *weight,
                    em: unit(*em),
                    colour: ink.colour(look, 100),
                    anchor: match side {
                        Side::Left => HPos::Left,
                        Side::Middle => HPos::Center,
                        Side::Right => HPos::Right,
                    },
                };
                backend.draw_text(text, &letters, at(*spot))
            }
        }
        .map_err(failed)?;
    }
    Ok(())
}

/// A length that is not negative.
fn pixels(length: i32) -> u32 {
    u32::try_from(length).unwrap_or(0)
}

fn failed<E: std::error::Error + Send + Sync>(error: DrawingErrorKind<E>) -> ChartError {
    ChartError::Draw(error.to_string())
}

/// A text for XML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in plain(text).chars() {
        match letter {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            other => out.push(other),
        }
    }
    out
}
