//! Charts, to files.

use desk::answers::{ChartFile, ChartForm};
use desk::{ChartOf, Desk, Result};

use super::current;
use crate::arguments::{Chart, Drawing};
use crate::output::Output;

/// The size of a tenant's chart and of the sheet of all tenants, where none is asked for.
const TENANT: (u32, u32) = (960, 540);
const SHEET: (u32, u32) = (1080, 640);

pub async fn run(desk: &Desk, command: Chart, output: &Output) -> Result<()> {
    let (of, drawing) = match command {
        Chart::Usage {
            tenant: Some(id),
            drawing,
            ..
        } => (ChartOf::Tenant(id), drawing),
        Chart::Usage { drawing, .. } | Chart::Overview { drawing } => (ChartOf::Overview, drawing),
    };
    current(desk).await?;
    let Drawing { out, dark, size } = drawing;
    let usual = match of {
        ChartOf::Tenant(_) => TENANT,
        ChartOf::Overview => SHEET,
    };
    let (width, height) = size.unwrap_or(usual);
    let form = ChartForm {
        width,
        height,
        dark,
    };
    let file = desk.save_chart(of, out, form).await?;
    output.answer(&file, words);
    Ok(())
}

fn words(file: &ChartFile) -> String {
    format!("{}: {} bytes\n{}", file.path, file.bytes.0, file.sentence)
}
