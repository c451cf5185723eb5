//! The readers of exports: filters, order, one snapshot.

use objects::Kind;
use serde_json::json;

use super::fixture::{Book, DAY, NOW, account, customer, invoice, with};
use crate::{ExportReader, InvoiceFilter, TenantFilter};

async fn settled() -> Book {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book
}

async fn all<T>(mut reader: ExportReader<T>) -> Vec<T> {
    let mut rows = Vec::new();
    while let Some(batch) = reader.next().await.expect("a batch") {
        rows.extend(batch);
    }
    rows
}

#[tokio::test]
async fn invoices_come_with_what_belongs_to_them() {
    let book = settled().await;
    let filter = InvoiceFilter::default();
    let reader = book
        .books
        .export_invoices(&filter, NOW)
        .await
        .expect("a reader");
    assert_eq!((reader.total(), reader.totals().len()), (3, 1));
    assert_eq!(
        reader.totals(),
        book.books
            .invoice_totals(&filter, NOW)
            .await
            .expect("totals")
    );
    let rows = all(reader).await;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["in_1", "in_2", "in_3"], "by accounting date");
    let first = &rows[0];
    assert_eq!(first.customer_name.as_deref(), Some("Acme Ltd"));
    assert_eq!(first.tenant_id.as_deref(), Some("t-cus_1"));
    assert_eq!(first.plan.as_deref(), Some("Professional"));
    assert_eq!((first.tax_exclusive, first.lines), (Some(70), Some(2)));
    assert_eq!(
        (first.line_period_min, first.line_period_max),
        (Some(NOW - 30 * DAY), Some(NOW))
    );
    assert_eq!(first.subscription.as_deref(), Some("sub_1"));
    assert!(rows[2].past_due && !first.past_due);
}

#[tokio::test]
async fn every_reader_honours_its_filter() {
    let book = settled().await;
    let one = InvoiceFilter {
        customer: Some("cus_1".into()),
        ..InvoiceFilter::default()
    };
    let none = InvoiceFilter {
        text: "nothing".into(),
        ..InvoiceFilter::default()
    };
    for (filter, invoices, lines, payments, notes) in [
        (&InvoiceFilter::default(), 3, 6, 1, 1),
        (&one, 2, 4, 1, 1),
        (&none, 0, 0, 0, 0),
    ] {
        let books = &book.books;
        let rows = all(books.export_invoices(filter, NOW).await.expect("reader")).await;
        assert_eq!(rows.len(), invoices, "{filter:?}");
        let rows = all(books
            .export_invoice_lines(filter, NOW)
            .await
            .expect("reader"))
        .await;
        assert_eq!(rows.len(), lines, "{filter:?}");
        let rows = all(books.export_payments(filter, NOW).await.expect("reader")).await;
        assert_eq!(rows.len(), payments, "{filter:?}");
        let rows = all(books
            .export_credit_notes(filter, NOW)
            .await
            .expect("reader"))
        .await;
        assert_eq!(rows.len(), notes, "{filter:?}");
    }
    let early = InvoiceFilter {
        finalized_before: Some(1),
        ..InvoiceFilter::default()
    };
    let rows = all(book
        .books
        .export_payments(&early, NOW)
        .await
        .expect("reader"))
    .await;
    assert_eq!(rows.len(), 0, "the dates are the payment's own");
    let rows = all(book
        .books
        .export_credit_notes(&early, NOW)
        .await
        .expect("reader"))
    .await;
    assert_eq!(rows.len(), 0, "the dates are the credit note's own");
}

#[tokio::test]
async fn payments_hold_what_was_paid_outside_stripe() {
    let book = settled().await;
    let outside = json!({
        "id": "inpay_2", "object": "invoice_payment", "invoice": "in_2", "amount_paid": 12_000,
        "amount_requested": 12_000, "currency": "usd", "is_default": true,
        "payment": {"type": "payment_record", "payment_record": "pr_1"}, "status": "paid",
        "status_transitions": {"paid_at": NOW - DAY, "canceled_at": null},
        "created": NOW - DAY, "livemode": false,
    });
    book.apply(&[(Kind::InvoicePayment, outside)], 100).await;
    let filter = InvoiceFilter::default();
    let reader = book
        .books
        .export_payments(&filter, NOW)
        .await
        .expect("a reader");
    assert_eq!(reader.total(), 2);
    let rows = all(reader).await;
    let words: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                row.source.as_str(),
                row.amount,
                row.invoice_number.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        words,
        [
            ("charge", Some(10_000), Some("ACME-0001")),
            ("invoice_payment", Some(12_000), Some("ACME-0002")),
        ]
    );
    assert_eq!(rows[1].customer_name.as_deref(), Some("Acme Ltd"));
    let paid = json!({"latest_charge": "ch_1"});
    let intent = with(
        super::fixture::payment_intent("pi_1", "cus_1", 10_000),
        paid,
    );
    book.apply(&[(Kind::PaymentIntent, intent)], 200).await;
    let reader = book
        .books
        .export_invoices_with_charge(&filter, NOW)
        .await
        .expect("a reader");
    assert_eq!(
        all(reader).await[0].charge.as_deref(),
        Some("ch_1"),
        "by way of its intent"
    );
}

#[tokio::test]
async fn customers_and_items_follow_the_tenants_filter() {
    let book = settled().await;
    let filter = TenantFilter {
        past_due: true,
        ..TenantFilter::default()
    };
    let customers = all(book
        .books
        .export_customers(&filter, NOW)
        .await
        .expect("reader"))
    .await;
    assert_eq!(customers.len(), 1);
    assert_eq!(customers[0].customer.id, customers[0].tenant.id);
    let filter = TenantFilter::default();
    let reader = book.books.export_subscription_items(&filter, NOW);
    let items = all(reader.await.expect("reader")).await;
    let seats: Vec<_> = items
        .iter()
        .map(|row| {
            row.subscription.items[row.item.expect("an item")]
                .row
                .quantity
        })
        .collect();
    assert_eq!(seats, [Some(5), Some(3)]);
    assert_eq!(items[0].tenant.name, "Acme Ltd");
}

#[tokio::test]
async fn a_reader_sees_one_state_over_many_batches() {
    let book = Book::new().await;
    let mut objects = vec![(Kind::Customer, customer("cus_1", "Acme Ltd"))];
    objects.extend((0..2_500_i64).map(|n| {
        let lines = json!({"lines": {"object": "list", "data": [], "has_more": false,
            "url": "/"}, "discounts": ["di_1"]});
        (
            Kind::Invoice,
            with(invoice(&format!("in_{n:04}"), "cus_1", n % 50, n), lines),
        )
    }));
    book.apply(&objects, 100).await;
    let filter = InvoiceFilter::default();
    let mut reader = book
        .books
        .export_invoices(&filter, NOW)
        .await
        .expect("a reader");
    let first = reader.next().await.expect("a batch").expect("rows");
    book.apply(&[(Kind::Invoice, invoice("in_new", "cus_1", 49, 1))], 200)
        .await;
    let mut rows = first;
    rows.extend(all(reader).await);
    assert_eq!(rows.len(), 2_500, "what arrives meanwhile is not in it");
    assert_eq!(
        rows[0].coupons.as_deref(),
        Some("di_1"),
        "an unknown discount stays an id"
    );
    let mut ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2_500, "each once, although many share a second");
}
