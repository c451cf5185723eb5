//! Excel files read back by a reader that is not ours, against the CSV file of the same rows.

use std::collections::BTreeMap;

use calamine::{Data, Reader as _, Xlsx, open_workbook};
use chrono::{DateTime, NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;

use super::export;
use crate::columns::{
    CREDIT_NOTES, CUSTOMERS, DISPUTES, INVOICE_LINES, INVOICES, Layout, PAYMENTS, PAYOUTS, REFUNDS,
    STRIPE_INVOICES, SUBSCRIPTIONS,
};
use crate::fixtures;
use crate::job::{Exported, Format};
use crate::rows::Record;
use crate::safe::unguarded;
use crate::sums::Bucket;

/// Both files, cell by cell.
struct Both {
    headings: Vec<String>,
    csv: Vec<Vec<String>>,
    excel: Vec<Vec<Data>>,
    made: Exported,
}

async fn both<R: Record>(layout: &'static Layout<R>, rows: impl Fn() -> Vec<R>) -> Both {
    let folder = tempfile::tempdir().unwrap();
    let csv_path = folder.path().join("out.csv");
    let path = folder.path().join("out.xlsx");
    let text = export(layout, Format::Csv, &csv_path, rows()).await;
    let made = export(layout, Format::Excel, &path, rows()).await.unwrap();
    assert_eq!(made.sums, text.unwrap().sums, "the control sheets agree");
    let mut reader = csv::Reader::from_path(&csv_path).unwrap();
    let headings = reader.headers().unwrap().iter().map(str::to_owned);
    let headings: Vec<String> = headings.collect();
    let csv = reader
        .records()
        .map(|row| row.unwrap().iter().map(str::to_owned).collect())
        .collect();
    let mut book: Xlsx<_> = open_workbook(&path).unwrap();
    assert_eq!(book.sheet_names(), [layout.sheet]);
    let range = book.worksheet_range(layout.sheet).unwrap();
    let cell = |row: usize, column: usize| {
        let place = (u32::try_from(row).unwrap(), u32::try_from(column).unwrap());
        range.get_value(place).cloned().unwrap_or_default()
    };
    let row = |row: usize| (0..headings.len()).map(|n| cell(row, n)).collect();
    let excel: Vec<Vec<Data>> = (0..range.height()).map(row).collect();
    let read: Vec<String> = excel[0].iter().map(ToString::to_string).collect();
    assert_eq!(read, headings, "the headings are the same");
    Both {
        headings,
        csv,
        excel: excel[1..].to_vec(),
        made,
    }
}

/// What the clock of a moment or a day of the CSV file shows.
fn clock(text: &str) -> Option<NaiveDateTime> {
    let moment = DateTime::parse_from_rfc3339(text).map(|moment| moment.naive_local());
    let moment = moment.or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S"));
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    moment.ok().or_else(|| day()?.and_hms_opt(0, 0, 0))
}

fn assert_same(heading: &str, text: &str, cell: &Data) {
    match cell {
        Data::Empty => assert_eq!(text, "", "{heading}: nothing stands in both"),
        Data::Bool(value) => assert_eq!(text, value.to_string(), "{heading}"),
        Data::Float(_) | Data::Int(_) => {
            let number: Decimal = text.parse().expect(heading);
            assert_eq!(
                cell.to_string(),
                number.normalize().to_string(),
                "{heading}"
            );
        }
        Data::DateTime(moment) => {
            let shown = moment.as_datetime().expect(heading);
            let apart = shown - clock(text).expect(heading);
            assert!(apart.num_milliseconds().abs() < 10, "{heading}: {text}");
        }
        Data::String(own) => {
            assert_eq!(own, unguarded(text), "{heading}");
            let digits = text.bytes().filter(u8::is_ascii_digit).count();
            let amount = heading.ends_with("_minor") && digits <= 15;
            assert!(!amount, "{heading}: {text} is a number");
            assert_eq!(clock(text), None, "{heading}: {text} is a time");
        }
        other => panic!("{heading}: {text} stands as {other:?}"),
    }
}

impl Both {
    fn assert_same_cells(&self) {
        assert_eq!(self.csv.len(), self.excel.len(), "as many rows");
        assert_eq!(self.made.rows, self.csv.len() as u64);
        for (text, cells) in self.csv.iter().zip(&self.excel) {
            for ((heading, text), cell) in self.headings.iter().zip(text).zip(cells) {
                assert_same(heading, text, cell);
            }
        }
    }

    fn column(&self, name: &str) -> usize {
        self.headings.iter().position(|own| own == name).unwrap()
    }
}

#[tokio::test]
async fn every_cell_is_that_of_the_csv_file() {
    both(&INVOICES, fixtures::invoices)
        .await
        .assert_same_cells();
    both(&STRIPE_INVOICES, fixtures::invoices)
        .await
        .assert_same_cells();
    both(&INVOICE_LINES, fixtures::invoice_lines)
        .await
        .assert_same_cells();
    both(&CUSTOMERS, fixtures::customers)
        .await
        .assert_same_cells();
    both(&SUBSCRIPTIONS, fixtures::subscriptions)
        .await
        .assert_same_cells();
    both(&PAYMENTS, fixtures::payments)
        .await
        .assert_same_cells();
    both(&CREDIT_NOTES, fixtures::credit_notes)
        .await
        .assert_same_cells();
    both(&REFUNDS, fixtures::refunds).await.assert_same_cells();
    both(&DISPUTES, fixtures::disputes)
        .await
        .assert_same_cells();
    both(&PAYOUTS, fixtures::payouts).await.assert_same_cells();
}

#[tokio::test]
async fn the_numbers_of_the_sheet_add_up_to_the_control_sheet() {
    let both = both(&INVOICES, fixtures::invoices).await;
    let (status, currency) = (both.column("status"), both.column("currency"));
    for (heading, sum) in [
        ("total_minor", "total"),
        ("amount_remaining_minor", "amount_remaining"),
        ("tax_minor", "tax"),
    ] {
        let amounts = both.column(heading);
        let mut totals = BTreeMap::<String, i64>::new();
        for row in &both.excel {
            if !["draft", "void"].contains(&row[status].to_string().as_str()) {
                let minor: i64 = row[amounts].to_string().parse().unwrap_or(0);
                *totals.entry(row[currency].to_string()).or_default() += minor;
            }
        }
        assert!(totals.len() > 2, "several currencies");
        for sums in both.made.sums.iter().filter(|sums| sums.counted.rows > 0) {
            let said = sums.sum(Bucket::Counted, sum);
            assert_eq!(said, totals.get(&sums.currency).copied(), "{heading}");
        }
    }
}
