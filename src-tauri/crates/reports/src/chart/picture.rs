//! What a chart hands out: the drawing, where its marks stand, its values as a table, a sentence.

use std::path::{Path, PathBuf};

use super::ink::Look;
use super::paint;
use super::scene::{POINT, Scene};
use crate::error::ExportError;
use crate::place::Placement;

/// Why a chart could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    /// The size is outside of what a chart can be read at or a machine can hold.
    #[error("a chart is from 320 × 160 to 4000 × 4000 points, not {width} × {height}")]
    Size {
        /// Asked for.
        width: u32,
        /// Asked for.
        height: u32,
    },
    /// The drawing failed.
    #[error("the chart could not be drawn: {0}")]
    Draw(String),
    /// The picture could not be packed.
    #[error("the chart could not be packed as PNG")]
    Png(#[from] png::EncodingError),
    /// The file's name says no form that a chart has.
    #[error("a chart is written as .svg or .png, not {path}")]
    Ending {
        /// The file.
        path: PathBuf,
    },
    /// The file could not be written.
    #[error(transparent)]
    File(#[from] ExportError),
}

/// A chart's size in points: the window's pixels at its usual scale. A PNG has two pixels a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    width: i32,
    height: i32,
}

impl Size {
    /// From 320 × 160 to 4000 × 4000.
    ///
    /// # Errors
    /// [`ChartError::Size`] outside of it.
    pub fn new(width: u32, height: u32) -> Result<Self, ChartError> {
        let wrong = || ChartError::Size { width, height };
        if !(320..=4000).contains(&width) || !(160..=4000).contains(&height) {
            return Err(wrong());
        }
        Ok(Self {
            width: i32::try_from(width).map_err(|_| wrong())?,
            height: i32::try_from(height).map_err(|_| wrong())?,
        })
    }

    /// In tenths of a point.
    pub(super) fn tenths(self) -> (i32, i32) {
        (self.width * POINT, self.height * POINT)
    }

    /// From tenths.
    pub(super) fn of_tenths(width: i32, height: i32) -> Self {
        Self {
            width: width / POINT,
            height: height / POINT,
        }
    }

    /// Width and height in points.
    #[must_use]
    pub fn points(self) -> (i32, i32) {
        (self.width, self.height)
    }
}

/// A name with its value in words: "So far", "1,911".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// What it is.
    pub name: String,
    /// How much.
    pub value: String,
}

/// A place on the chart that the pointer or the arrow keys lead to, with what is to be read there.
/// Lengths are tenths of a point, as in the SVG's own coordinates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Left edge of the area that belongs to it.
    pub left: i32,
    /// Top edge of the area.
    pub top: i32,
    /// Width of the area.
    pub width: i32,
    /// Height of the area.
    pub height: i32,
    /// Where its mark stands.
    pub x: i32,
    /// Where its mark stands.
    pub y: i32,
    /// What it is: "Sun 22 Nov 2026".
    pub title: String,
    /// What can be read there, the most important first.
    pub values: Vec<Value>,
}

/// A column of a chart's table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Numbers stand right.
    pub number: bool,
}

/// The values of a chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What it holds.
    pub caption: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its cells, as many in each row as there are columns.
    pub rows: Vec<Vec<String>>,
}

/// A chart.
#[derive(Debug, Clone)]
pub struct Picture {
    pub(super) size: Size,
    pub(super) scene: Scene,
    /// What it shows, without its values.
    pub title: String,
    /// What can be seen in it, in words.
    pub sentence: String,
    /// Its marks, in the order in which the arrow keys reach them.
    pub places: Vec<Place>,
    /// Its values.
    pub table: Table,
}

impl Picture {
    /// Its size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// As SVG for the window, which brings the fonts along.
    ///
    /// # Errors
    /// [`ChartError::Draw`].
    pub fn svg(&self, look: Look) -> Result<String, ChartError> {
        paint::svg(self, look, paint::Fonts::OfTheWindow)
    }

    /// As SVG for a file: on its own ground, with the fonts inside.
    ///
    /// # Errors
    /// [`ChartError::Draw`].
    pub fn svg_file(&self, look: Look) -> Result<String, ChartError> {
        paint::svg(self, look, paint::Fonts::Inside)
    }

    /// As PNG, two pixels a point.
    ///
    /// # Errors
    /// [`ChartError::Draw`], [`ChartError::Png`].
    pub fn png(&self, look: Look) -> Result<Vec<u8>, ChartError> {
        paint::png(self, look)
    }

    /// Writes it to a file whose ending says the form, whole or not at all. Gives its size in bytes.
    ///
    /// # Errors
    /// [`ChartError`]; what stood there before is unchanged then.
    pub fn save(&self, path: &Path, look: Look) -> Result<u64, ChartError> {
        let ending = path.extension().and_then(|ending| ending.to_str());
        let bytes = match ending.map(str::to_ascii_lowercase).as_deref() {
            Some("svg") => self.svg_file(look)?.into_bytes(),
            Some("png") => self.png(look)?,
            _ => {
                return Err(ChartError::Ending {
                    path: path.to_owned(),
                });
            }
        };
        let mut placement = Placement::default();
        placement.add_bytes(path.to_owned(), &bytes)?;
        placement.put()?;
        Ok(bytes.len() as u64)
    }
}
