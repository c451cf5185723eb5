//! What was collected: in the export of payments, and on the first screen.

use billing::period::Zone;
use objects::Kind;
use serde_json::{Value, json};

use super::fixture::{Book, DAY, NOW, account, charge, invoice, invoice_payment, with};
use crate::{InvoiceFilter, PaymentExport};

async fn with_payments(objects: Vec<(Kind, Value)>) -> (Book, Vec<PaymentExport>) {
    let book = Book::new().await;
    let mut account = account();
    account.truncate(4);
    account.extend(objects);
    book.apply(&account, 100).await;
    book.settle().await;
    let filter = InvoiceFilter::default();
    let mut reader = book
        .books
        .export_payments(&filter, NOW)
        .await
        .expect("a reader");
    let mut rows = Vec::new();
    while let Some(batch) = reader.next().await.expect("a batch") {
        rows.extend(batch);
    }
    assert_eq!(rows.len() as u64, reader.total());
    (book, rows)
}

fn of_today(id: &str, changes: Value) -> (Kind, Value) {
    let base = charge(id, "cus_1", &format!("pi_{id}"), 100_000);
    let today = with(base, json!({"created": NOW - 60}));
    (Kind::Charge, with(today, changes))
}

#[tokio::test]
async fn an_authorisation_is_not_money_and_a_partial_capture_is_part_of_it() {
    let cases = [
        (
            "whole",
            json!({"captured": true, "amount_captured": 100_000}),
            "succeeded",
            100_000,
            0,
        ),
        (
            "waits",
            json!({"captured": false, "amount_captured": 0}),
            "pending",
            100_000,
            0,
        ),
        (
            "freed",
            json!({"captured": false, "amount_captured": 0, "amount_refunded": 100_000,
                "refunded": true}),
            "canceled",
            100_000,
            0,
        ),
        (
            "part",
            json!({"captured": true, "amount_captured": 20_000}),
            "succeeded",
            20_000,
            0,
        ),
        (
            "part_of_which_the_rest_counts_as_refunded",
            json!({"captured": true, "amount_captured": 20_000, "amount_refunded": 80_000}),
            "succeeded",
            20_000,
            0,
        ),
        (
            "part_and_some_given_back",
            json!({"captured": true, "amount_captured": 20_000, "amount_refunded": 85_000}),
            "succeeded",
            20_000,
            5_000,
        ),
        (
            "given_back",
            json!({"captured": true, "amount_captured": 100_000, "amount_refunded": 30_000}),
            "succeeded",
            100_000,
            30_000,
        ),
        (
            "declined",
            json!({"status": "failed", "captured": false}),
            "failed",
            100_000,
            0,
        ),
        ("of_an_older_version", json!({}), "succeeded", 100_000, 0),
    ];
    for (why, changes, status, amount, refunded) in cases {
        let (book, rows) = with_payments(vec![of_today("ch_1", changes)]).await;
        let row = &rows[0];
        assert_eq!(
            (row.status.as_str(), row.amount, row.amount_refunded),
            (status, Some(amount), Some(refunded)),
            "{why}"
        );
        let figures = book.books.overview(NOW, Zone::UTC).await.expect("figures");
        let collected: Vec<_> = figures
            .collected_this_month
            .iter()
            .map(|sum| sum.amount)
            .collect();
        let expected = (status == "succeeded").then_some(amount);
        assert_eq!(collected, expected.into_iter().collect::<Vec<_>>(), "{why}");
    }
}

#[tokio::test]
async fn a_refund_counts_on_its_own_day_whenever_the_payment_was() {
    let captured = |id: &str, created: i64, amount: i64| {
        let changes = json!({"created": created, "captured": true, "amount_captured": amount});
        let base = charge(id, "cus_1", &format!("pi_{id}"), 100_000);
        (Kind::Charge, with(base, changes))
    };
    let refund = |created: i64, status: &str, moved: bool| {
        let object = json!({"id": "re_1", "object": "refund", "amount": 30_000, "charge": "ch_1",
            "created": created, "currency": "usd", "status": status,
            "balance_transaction": moved.then_some("txn_1")});
        (Kind::Refund, object)
    };
    let (today, before) = (NOW - 60, NOW - 40 * DAY);
    for (why, paid, refund, collected, refunded) in [
        (
            "paid and given back this month",
            captured("ch_1", today, 100_000),
            refund(today, "succeeded", true),
            vec![70_000],
            vec![30_000],
        ),
        (
            "of an earlier month's payment",
            captured("ch_1", before, 100_000),
            refund(today, "succeeded", true),
            vec![-30_000],
            vec![30_000],
        ),
        (
            "last month's refund lowers last month",
            captured("ch_1", before, 100_000),
            refund(before, "succeeded", true),
            vec![],
            vec![],
        ),
        (
            "on its way: the company's balance has it no longer",
            captured("ch_1", today, 100_000),
            refund(today, "pending", false),
            vec![70_000],
            vec![30_000],
        ),
        (
            "it came back",
            captured("ch_1", today, 100_000),
            refund(today, "failed", true),
            vec![100_000],
            vec![],
        ),
        (
            "the rest of an authorisation was never collected",
            captured("ch_1", today, 70_000),
            refund(today, "succeeded", false),
            vec![70_000],
            vec![],
        ),
    ] {
        let (book, _) = with_payments(vec![paid, refund]).await;
        let figures = book.books.overview(NOW, Zone::UTC).await.expect("figures");
        let amounts = |sums: &[crate::CurrencySum]| -> Vec<i64> {
            sums.iter().map(|sum| sum.amount).collect()
        };
        assert_eq!(amounts(&figures.collected_this_month), collected, "{why}");
        assert_eq!(amounts(&figures.refunded_this_month), refunded, "{why}");
    }
}

#[tokio::test]
async fn what_was_paid_outside_stripe_is_collected_too() {
    let record = |status: &str| {
        let base = invoice_payment("inpay_1", "in_1", "", 12_000);
        let outside = json!({
            "payment": {"type": "payment_record", "payment_record": "pr_1"},
            "created": NOW - 60, "status": status,
            "amount_paid": (status == "paid").then_some(12_000),
        });
        (Kind::InvoicePayment, with(base, outside))
    };
    for (status, shown, collected) in [
        ("paid", "succeeded", vec![12_000]),
        ("open", "pending", vec![]),
    ] {
        let objects = vec![
            (Kind::Invoice, invoice("in_1", "cus_1", 1, 12_000)),
            record(status),
        ];
        let (book, rows) = with_payments(objects).await;
        let row = &rows[0];
        assert_eq!(
            (row.source.as_str(), row.status.as_str()),
            ("invoice_payment", shown)
        );
        assert_eq!(
            (row.amount, row.invoice.as_deref()),
            (Some(12_000), Some("in_1"))
        );
        let figures = book.books.overview(NOW, Zone::UTC).await.expect("figures");
        let sums: Vec<_> = figures
            .collected_this_month
            .iter()
            .map(|sum| sum.amount)
            .collect();
        assert_eq!(sums, collected);
        let figures = book
            .books
            .overview(NOW + 40 * DAY, Zone::UTC)
            .await
            .expect("figures");
        assert!(figures.collected_this_month.is_empty(), "it was last month");
    }
}

#[tokio::test]
async fn a_charge_without_an_intent_belongs_to_the_invoice_that_it_paid() {
    let payment = with(
        invoice_payment("inpay_1", "in_1", "", 12_000),
        json!({"payment": {"type": "charge", "charge": "ch_1"}}),
    );
    let charged = with(
        charge("ch_1", "cus_1", "", 12_000),
        json!({"payment_intent": null}),
    );
    let (_book, rows) = with_payments(vec![
        (Kind::Invoice, invoice("in_1", "cus_1", 1, 12_000)),
        (Kind::InvoicePayment, payment),
        (Kind::Charge, charged),
    ])
    .await;
    assert_eq!(rows.len(), 1, "the payment is its charge");
    assert_eq!(rows[0].invoice_number.as_deref(), Some("ACME-0001"));
}
