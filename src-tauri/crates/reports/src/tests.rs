//! Every export as it is written, and what happens when one is stopped or fails.

mod workbook;

use std::path::Path;
use std::sync::Mutex;

use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

use crate::columns::{
    CREDIT_NOTES, CUSTOMERS, DISPUTES, INVOICE_LINES, INVOICES, Layout, PAYMENTS, PAYOUTS, REFUNDS,
    STRIPE_INVOICES, SUBSCRIPTIONS,
};
use crate::error::ExportError;
use crate::fixtures::{self, Batches, job};
use crate::job::{Exported, Format};
use crate::rows::{Invoice, Record};
use crate::sums::Bucket;
use crate::{Verdict, verify};

async fn export<R: Record>(
    layout: &'static Layout<R>,
    format: Format,
    path: &Path,
    rows: Vec<R>,
) -> Result<Exported, ExportError> {
    let source = Batches::of(rows, 3);
    job(layout, format, path)
        .run(source, format, &|_| {}, &CancellationToken::new())
        .await
}

/// The file, one block a row, so that a changed cell is one changed line.
async fn shown<R: Record>(layout: &'static Layout<R>, rows: Vec<R>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    export(layout, Format::Csv, &path, rows).await.unwrap();
    let mut reader = csv::Reader::from_path(&path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let mut out = String::new();
    for row in reader.records() {
        for (heading, value) in headings.iter().zip(&row.unwrap()) {
            out.push_str(&format!("{heading} = {value:?}\n"));
        }
        out.push_str("--\n");
    }
    out
}

#[tokio::test]
async fn invoices_in_meterdesks_profile() {
    insta::assert_snapshot!(shown(&INVOICES, fixtures::invoices()).await);
}

#[tokio::test]
async fn invoices_under_stripes_headings() {
    insta::assert_snapshot!(shown(&STRIPE_INVOICES, fixtures::invoices()).await);
}

#[tokio::test]
async fn invoice_lines() {
    insta::assert_snapshot!(shown(&INVOICE_LINES, fixtures::invoice_lines()).await);
}

#[tokio::test]
async fn customers() {
    insta::assert_snapshot!(shown(&CUSTOMERS, fixtures::customers()).await);
}

#[tokio::test]
async fn subscriptions() {
    insta::assert_snapshot!(shown(&SUBSCRIPTIONS, fixtures::subscriptions()).await);
}

#[tokio::test]
async fn payments() {
    insta::assert_snapshot!(shown(&PAYMENTS, fixtures::payments()).await);
}

#[tokio::test]
async fn credit_notes() {
    insta::assert_snapshot!(shown(&CREDIT_NOTES, fixtures::credit_notes()).await);
}

#[tokio::test]
async fn refunds() {
    insta::assert_snapshot!(shown(&REFUNDS, fixtures::refunds()).await);
}

#[tokio::test]
async fn disputes() {
    insta::assert_snapshot!(shown(&DISPUTES, fixtures::disputes()).await);
}

#[tokio::test]
async fn payouts() {
    insta::assert_snapshot!(shown(&PAYOUTS, fixtures::payouts()).await);
}

#[test]
fn stripes_headings_are_stripes() {
    let headings = "id, Customer, Customer Name, Number, Description, Status, Currency, Billing, \
        Charge, Closed, Paid, Forgiven, Subscription, Subtotal, Tax, Tax Percent, \
        Exclusive Tax Amount, Inclusive Tax Amount, Total, Total Discount Amount, \
        Applied Coupons, Amount Due, Amount Paid, Starting Balance, Ending Balance, Date (UTC), \
        Due Date (UTC), Period Start (UTC), Period End (UTC), \
        Minimum Line Item Period Start (UTC), Maximum Line Item Period End (UTC), \
        Finalized At (UTC), Paid At (UTC), Voided At (UTC), Marked Uncollectible At (UTC)";
    assert_eq!(STRIPE_INVOICES.headings().join(", "), headings);
}

#[tokio::test]
async fn the_bytes_are_rfc_4180() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.csv");
    export(&STRIPE_INVOICES, Format::Csv, &path, fixtures::invoices())
        .await
        .unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let first = text.split("\r\n").nth(1).unwrap();
    insta::assert_snapshot!(first);
    assert!(text.ends_with("\r\n"), "the last row ends like every other");
    let bare = text.replace("\r\n", "").matches('\n').count();
    assert_eq!(
        bare, 6,
        "the only other line breaks are those inside quoted descriptions"
    );
}

#[tokio::test]
async fn the_control_sheet_says_it_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoices.csv");
    let made = export(&INVOICES, Format::Csv, &path, fixtures::invoices())
        .await
        .unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(&made.control_text).unwrap());
    insta::assert_snapshot!(
        "the_control_sheet_for_machines",
        std::fs::read_to_string(&made.control_json).unwrap()
    );
    let usd = made
        .sums
        .iter()
        .find(|sums| sums.currency == "USD")
        .unwrap();
    assert_eq!(
        usd.sum(Bucket::Counted, "total"),
        Some(293_216),
        "void and draft do not count"
    );
    assert_eq!(usd.counted.rows, 2);
    assert_eq!(usd.apart.rows, 1, "the void one");
    assert_eq!(usd.left_out.rows, 1, "the draft");
    assert_eq!(made.rows, 7);
}

#[tokio::test]
async fn a_control_sheet_finds_every_change() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoices.csv");
    for format in [Format::Csv, Format::Excel] {
        let made = export(&INVOICES, format, &path, fixtures::invoices())
            .await
            .unwrap();
        assert_eq!(
            verify(&made.control_json).unwrap().verdict,
            Verdict::Holds,
            "{format:?}"
        );
    }
    let control = folder.path().join("invoices.csv.control.json");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let verdict = verify(&control).unwrap().verdict;
    assert!(
        matches!(verdict, Verdict::Differs { .. }),
        "one bit: {verdict:?}"
    );
    std::fs::remove_file(&path).unwrap();
    assert_eq!(verify(&control).unwrap().verdict, Verdict::Missing);
    std::fs::write(&control, "{}").unwrap();
    let error = verify(&control).unwrap_err();
    assert!(
        matches!(error, ExportError::NotAControlSheet { .. }),
        "{error:?}"
    );
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_stopped_export_leaves_nothing() {
    for format in [Format::Csv, Format::Excel] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("invoices.out");
        let cancel = CancellationToken::new();
        let seen = Mutex::new(Vec::new());
        let progress = |at: crate::Progress| {
            seen.lock().unwrap().push(at);
            if at.rows >= 6 {
                cancel.cancel();
            }
        };
        let source = Batches::of(vec![fixtures::invoices().remove(0); 9], 3);
        let error = job(&INVOICES, format, &path)
            .run(source, format, &progress, &cancel)
            .await;
        assert!(matches!(error, Err(ExportError::Cancelled)), "{error:?}");
        assert_eq!(files(folder.path()), Vec::<String>::new(), "{format:?}");
        let seen: Vec<_> = seen
            .lock()
            .unwrap()
            .iter()
            .map(|at| (at.rows, at.total))
            .collect();
        assert_eq!(seen, [(0, 9), (3, 9), (6, 9)]);
    }
}

#[tokio::test]
async fn a_failed_export_leaves_the_file_of_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoices.csv");
    std::fs::write(&path, "before").unwrap();
    let mut source = Batches::of(fixtures::invoices(), 3);
    source.then_fail = true;
    let cancel = CancellationToken::new();
    let error = job(&INVOICES, Format::Csv, &path)
        .run(source, Format::Csv, &|_| {}, &cancel)
        .await;
    assert!(error.is_err());
    assert_eq!(files(folder.path()), ["invoices.csv"]);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "before");
}

#[tokio::test]
async fn a_folder_that_is_not_there_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none").join("invoices.csv");
    let error = export(&INVOICES, Format::Csv, &path, fixtures::invoices())
        .await
        .unwrap_err();
    assert!(matches!(error, ExportError::Write { .. }), "{error:?}");
}

#[tokio::test]
async fn a_full_sheet_goes_on_with_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("invoices.xlsx");
    let mut small = job(&INVOICES, Format::Excel, &path);
    small.rows_per_sheet = 4;
    let source = Batches::of(fixtures::invoices(), 2);
    let made = small
        .run(source, Format::Excel, &|_| {}, &CancellationToken::new())
        .await
        .unwrap();
    assert_eq!(made.control.file.sheets, 3, "seven rows, three a sheet");
    assert!(
        made.control
            .notes
            .iter()
            .any(|note| note.contains("3 sheets"))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_file_read_back_gives_the_same_sums(
        rows in prop::collection::vec(any_invoice(), 0..40)
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("invoices.csv");
        let made = runtime.block_on(export(&INVOICES, Format::Csv, &path, rows.clone())).unwrap();
        let mut reader = csv::Reader::from_path(&path).unwrap();
        let headings = reader.headers().unwrap().clone();
        let column = |name: &str| headings.iter().position(|own| own == name).unwrap();
        let mut totals = std::collections::BTreeMap::<String, i64>::new();
        let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        prop_assert_eq!(records.len(), rows.len());
        for (record, row) in records.iter().zip(&rows) {
            let name = &record[column("customer_name")];
            prop_assert_eq!(
                crate::safe::unguarded(name),
                row.customer_name.as_deref().unwrap_or_default()
            );
            if !["draft", "void"].contains(&&record[column("status")]) {
                let minor: i64 = record[column("total_minor")].parse().unwrap();
                *totals.entry(record[column("currency")].to_owned()).or_default() += minor;
            }
        }
        for sums in &made.sums {
            let read = totals.get(&sums.currency).copied().unwrap_or(0);
            prop_assert_eq!(sums.sum(Bucket::Counted, "total"), Some(read));
        }
    }
}

fn any_invoice() -> impl Strategy<Value = Invoice> {
    (
        prop::sample::select(vec!["usd", "eur", "jpy", "kwd", "isk", "xyz"]),
        prop::sample::select(vec!["draft", "open", "paid", "void", "uncollectible"]),
        -1_000_000_000_000_i64..1_000_000_000_000,
        prop::option::of(r#"[ \t\r\n"',;=+@-]{0,3}\PC{0,10}"#),
    )
        .prop_map(|(currency, status, total, name)| Invoice {
            id: "in_any".to_owned(),
            currency: currency.to_owned(),
            status: status.to_owned(),
            total: Some(total),
            customer_name: name,
            ..Invoice::default()
        })
}
