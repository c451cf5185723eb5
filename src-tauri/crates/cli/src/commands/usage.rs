//! Usage that comes in: imports, batches, reversals, what is kept aside.

use std::sync::{Arc, Mutex};

use desk::answers::{
    Count, UsageAside, UsageBatchView, UsageImportProgress, UsageImportRequest, UsageImported,
    UsageMapped, UsageRecord, UsageReversed, UsageTypeView,
};
use desk::{Desk, Error, OnProgress, Result};

use super::{current, interrupted};
use crate::arguments::{Usage, UsageImport};
use crate::output::{Output, Table, time};
use crate::progress::Shown;

/// Findings that are printed; all are in the JSON document.
const PRINTED_FINDINGS: usize = 20;

pub async fn run(desk: &Desk, command: Usage, output: &Output) -> Result<()> {
    current(desk).await?;
    match command {
        Usage::Standing(command) => return super::standing::run(desk, command, output).await,
        Usage::Import(options) => return import(desk, options, output).await,
        Usage::Batches { before, count } => {
            let batches = desk.usage_batches(before.map(Count), Count(count)).await?;
            output.answer(&batches, |batches| batches_words(batches));
        }
        Usage::Reverse { batch } => {
            let reversed = desk.usage_reverse(Count(batch), interrupted()).await?;
            output.answer(&reversed, reversed_words);
        }
        Usage::Aside => output.answer(&desk.usage_aside().await?, aside_words),
        Usage::Types { add, level } => {
            if let Some(name) = add {
                desk.add_usage_type(name, level).await?;
            }
            output.answer(&desk.usage_types().await?, |types| types_words(types));
        }
        Usage::Records {
            customer,
            day,
            usage_type,
        } => {
            let records = records(desk, (customer, usage_type, day)).await?;
            output.answer(&records, |records| records_words(records));
        }
    }
    Ok(())
}

async fn import(desk: &Desk, options: UsageImport, output: &Output) -> Result<()> {
    let mapping = options.map.iter().map(|given| mapped(given));
    let request = UsageImportRequest {
        source: options.source,
        mapping: mapping.collect::<Result<_>>()?,
        apply: options.apply,
        skip_wrong: options.skip_wrong,
        first_rows: None,
    };
    let shown = Mutex::new(Shown::new(output.is_json()));
    let progress: OnProgress<UsageImportProgress> = Arc::new(move |at: UsageImportProgress| {
        if let Ok(mut shown) = shown.lock() {
            shown.say(&format!("Importing: {} rows", at.rows.0));
        }
    });
    let imported = desk
        .usage_import(options.file, request, progress, interrupted())
        .await?;
    output.answer(&imported, imported_words);
    if options.apply && !imported.applied && imported.refused.0 > 0 {
        return Err(Error::invalid(
            "file",
            "The usage was not imported",
            format!("{} rows are wrong", imported.refused.0),
        )
        .then("Correct the file or its mapping, or leave wrong rows out with --skip-wrong"));
    }
    Ok(())
}

fn mapped(given: &str) -> Result<UsageMapped> {
    let Some((name, value)) = given.split_once('=') else {
        let why = format!("“{given}” has no equals sign");
        return Err(Error::invalid("map", "The mapping cannot be read", why)
            .then("Write PLACE=COLUMN, such as tenant=customer_id"));
    };
    Ok(UsageMapped {
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
    })
}

fn imported_words(imported: &UsageImported) -> String {
    let mapping = imported.mapping.iter();
    let mapping = mapping
        .map(|it| format!("{}={}", it.name, it.value))
        .collect::<Vec<_>>();
    let mut text = format!("Source {}: {}\n", imported.source, mapping.join(" "));
    let shown = imported.findings.iter().take(PRINTED_FINDINGS);
    for finding in shown {
        let column = finding.column.as_ref();
        let column = column
            .map(|it| format!(", column {it}"))
            .unwrap_or_default();
        let value = match finding.value.as_str() {
            "" => String::new(),
            value => format!(" “{value}”"),
        };
        text.push_str(&format!(
            "Line {}{column}{value}: {}; {}\n",
            finding.line.0, finding.what, finding.advice
        ));
    }
    if imported.findings.len() > PRINTED_FINDINGS {
        for count in &imported.finding_counts {
            text.push_str(&format!("In all {} times: {}\n", count.count.0, count.what));
        }
    }
    text.push_str(&imported.words);
    if !imported.applied && imported.refused.0 == 0 && imported.records.0 + imported.aside.0 > 0 {
        text.push_str(" To keep it, add --apply.");
    }
    text
}

fn batches_words(batches: &[UsageBatchView]) -> String {
    let mut table = Table::new(&[
        ">Batch",
        "Imported",
        "Source",
        "Name",
        ">Records",
        ">Repeated",
        ">Aside",
        ">Refused",
        "",
    ]);
    for batch in batches {
        let reversed = batch.reversed_at.map(|at| format!("reversed {}", time(at)));
        table.row(vec![
            batch.batch.0.to_string(),
            time(batch.imported_at),
            batch.source.clone(),
            batch.name.clone(),
            batch.records.0.to_string(),
            batch.repeated.0.to_string(),
            batch.aside.0.to_string(),
            batch.refused.0.to_string(),
            reversed.unwrap_or_default(),
        ]);
    }
    table.text()
}

fn reversed_words(reversed: &UsageReversed) -> String {
    let mut text = format!(
        "Reversed batch {}: {} records of {} tenants",
        reversed.batch.0, reversed.records.0, reversed.tenants.0
    );
    if reversed.aside.0 > 0 {
        text.push_str(&format!(", {} that were kept aside", reversed.aside.0));
    }
    text.push('.');
    if !reversed.left_out_elsewhere.is_empty() {
        let batches = reversed.left_out_elsewhere.iter();
        let batches: Vec<String> = batches.map(|batch| batch.0.to_string()).collect();
        text.push_str(&format!(
            " Rows of the batches {} were left out when they came, because they were held already. \
             If they repeat this batch, import those files again.",
            batches.join(", ")
        ));
    }
    text
}

fn aside_words(aside: &UsageAside) -> String {
    let mut table = Table::new(&["Tenant", "Type", ">Rows", ">Sum", "First", "Last", "Why"]);
    for group in &aside.groups {
        table.row(vec![
            group.tenant.clone(),
            group.usage_type.clone(),
            group.rows.0.to_string(),
            group.quantity.clone().unwrap_or_default(),
            time(group.first_at),
            time(group.last_at),
            group.why.clone(),
        ]);
    }
    let mut text = format!("{}\n{} rows are kept aside.", table.text(), aside.rows.0);
    if aside.taken_in.0 > 0 {
        text.push_str(&format!(
            " {} became known and count now.",
            aside.taken_in.0
        ));
    }
    text
}

fn types_words(types: &[UsageTypeView]) -> String {
    let mut table = Table::new(&["Type", "Counts as"]);
    for held in types {
        let words = if held.level {
            "the latest value"
        } else {
            "the sum"
        };
        table.row(vec![held.name.clone(), words.into()]);
    }
    table.text()
}

/// All records of a day, page by page.
async fn records(
    desk: &Desk,
    (customer, usage_type, day): (String, String, String),
) -> Result<Vec<UsageRecord>> {
    /// A day with more is read in a file.
    const MOST: usize = 10_000;
    let mut records: Vec<UsageRecord> = Vec::new();
    loop {
        let after = records.last().map(|last| (last.at, last.record));
        let place = (customer.clone(), usage_type.clone(), day.clone());
        let page = desk
            .usage_records(place.0, place.1, place.2, after, Count(500))
            .await?;
        let whole = page.len() < 500 || records.len() >= MOST;
        records.extend(page);
        if whole {
            return Ok(records);
        }
    }
}

fn records_words(records: &[UsageRecord]) -> String {
    let mut table = Table::new(&["When", ">Quantity", ">Batch", "Not billed", ""]);
    for record in records {
        table.row(vec![
            time(record.at),
            record.quantity.clone(),
            record.batch.0.to_string(),
            record.unbillable.clone().unwrap_or_default(),
            if record.corrects {
                "correction".into()
            } else {
                String::new()
            },
        ]);
    }
    format!("{}\n{} records.", table.text(), records.len())
}
