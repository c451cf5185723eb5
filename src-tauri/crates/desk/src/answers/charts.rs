//! Answers that are drawn: charts with the places of their marks, their tables and their words.

use serde::{Deserialize, Serialize};
use specta::Type;

use super::Count;

/// How a chart is to be drawn for the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChartForm {
    /// Points, from 320 to 4,000.
    pub width: u32,
    /// Points, from 160 to 4,000.
    pub height: u32,
    /// For the dark theme.
    pub dark: bool,
}

/// A name with its value in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChartValue {
    /// What it is: "So far".
    pub name: String,
    /// How much: "1,911".
    pub value: String,
}

/// A place on a chart that the pointer or the arrow keys lead to. Lengths are tenths of a point:
/// the coordinates of the chart's SVG.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChartPlace {
    /// Left edge of its area.
    pub left: i32,
    /// Top edge of its area.
    pub top: i32,
    /// Width of its area.
    pub width: i32,
    /// Height of its area.
    pub height: i32,
    /// Where its mark stands.
    pub x: i32,
    /// Where its mark stands.
    pub y: i32,
    /// What it is: "Sun 22 Nov 2026".
    pub title: String,
    /// What can be read there.
    pub values: Vec<ChartValue>,
}

/// A column of a chart's table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChartColumn {
    /// Its heading.
    pub heading: String,
    /// Numbers stand right.
    pub number: bool,
}

/// A chart for the window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// The drawing, without fonts and ground: the page has both.
    pub svg: String,
    /// Points.
    pub width: u32,
    /// Points.
    pub height: u32,
    /// What it shows.
    pub title: String,
    /// What can be seen in it, for who does not see it.
    pub sentence: String,
    /// Its marks, in the order of the arrow keys.
    pub places: Vec<ChartPlace>,
    /// The columns of its table.
    pub columns: Vec<ChartColumn>,
    /// The rows of its table.
    pub rows: Vec<Vec<String>>,
}

/// The use of all tenants together. Quantities are in words, rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct UsageOverviewAnswer {
    /// Tenants by state: within, near, reached, over.
    pub within: Count,
    /// From the plan's share on.
    pub near: Count,
    /// Exactly at the allowance.
    pub reached: Count,
    /// Over it.
    pub over: Count,
    /// Tenants whose allowance or use is not known.
    pub unknown: Count,
    /// What is used in the periods that run: "61,204".
    pub used: String,
    /// What of it is beyond allowances.
    pub overage: String,
    /// Nothing was ever used, or nothing is allowed to anybody: there is nothing to draw.
    pub empty: bool,
    /// How much of their allowance tenants used.
    pub distribution: Chart,
    /// Those nearest the limit.
    pub nearest: Chart,
    /// Use by month.
    pub trend: Chart,
    /// What plans leave unused.
    pub unused: Chart,
}

/// A chart that was written to a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ChartFile {
    /// The file.
    pub path: String,
    /// Its size.
    pub bytes: Count,
    /// What can be seen in it, in words.
    pub sentence: String,
}
