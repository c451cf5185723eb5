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
    assert_eq!(reader.total(), 3);
    let rows = all(reader).await;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["in_1", "in_2", "in_3"], "by accounting date");
    let first = &rows[0];
    assert_eq!(
        (
            first.customer_name.as_deref(),
            first.customer_email.as_deref()
        ),
        (Some("Name on invoice"), Some("acme.ltd@example.com")),
        "as on the document; the tenant's where it says nothing"
    );
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
async fn a_tenant_is_named_as_on_the_document() {
    let book = settled().await;
    let unnamed = with(
        invoice("in_1", "cus_1", 1, 10_000),
        json!({"customer_name": null, "customer_email": "billing@acme.example"}),
    );
    book.apply(&[(Kind::Invoice, unnamed)], 200).await;
    let filter = InvoiceFilter::default();
    let reader = book.books.export_invoices(&filter, NOW).await;
    let invoices = all(reader.expect("a reader")).await;
    let reader = book.books.export_invoice_lines(&filter, NOW).await;
    let lines = all(reader.expect("a reader")).await;
    for (invoice, name) in [("in_1", "Acme Ltd"), ("in_2", "Name on invoice")] {
        let row = invoices.iter().find(|row| row.id == invoice);
        assert_eq!(row.expect("a row").customer_name.as_deref(), Some(name));
        for line in lines.iter().filter(|row| row.invoice == invoice) {
            assert_eq!(line.customer_name.as_deref(), Some(name), "{invoice}");
        }
    }
    let email = invoices[0].customer_email.as_deref();
    assert_eq!(email, Some("billing@acme.example"));
}

/// The statements of a batch do not sort what they hand out: that it is in order, and that lines
/// stay in Stripe's, is seen here, over batches of two invoices.
#[tokio::test]
async fn rows_come_in_order_over_batches() {
    let book = Book::new().await;
    let count = 9_i64;
    let mut objects = account();
    objects.extend((0..count).map(|n| {
        // Out of order, and three of a second.
        let id = format!("in_x{n}");
        let at = (n * 5 % count) / 3;
        let lines: Vec<_> = (0..n % 4)
            .map(|line| super::fixture::line(&format!("il_{id}_{}", 9 - line), &id, line))
            .collect();
        let list = json!({"object": "list", "data": lines, "has_more": false, "url": "/"});
        let base = invoice(&id, "cus_2", at, n);
        (Kind::Invoice, with(base, json!({"lines": list})))
    }));
    book.apply(&objects, 100).await;
    book.settle().await;
    let filter = InvoiceFilter::default();
    let reader = book.books.export_invoices(&filter, NOW).await;
    let invoices = all(reader.expect("a reader")).await;
    assert_eq!(invoices.len(), 12);
    assert!(
        invoices.is_sorted_by_key(|row| row.finalized_at),
        "by accounting date"
    );
    let reader = book.books.export_invoice_lines(&filter, NOW).await;
    let lines = all(reader.expect("a reader")).await;
    let found: Vec<&str> = lines.iter().map(|row| row.id.as_str()).collect();
    let held = |id: &str| -> Vec<String> {
        match id.strip_prefix("in_x").and_then(|n| n.parse::<i64>().ok()) {
            Some(n) => (0..n % 4)
                .map(|line| format!("il_{id}_{}", 9 - line))
                .collect(),
            None => (0..2).map(|line| format!("il_{id}_{line}")).collect(),
        }
    };
    let expected: Vec<String> = invoices.iter().flat_map(|row| held(&row.id)).collect();
    assert_eq!(
        found, expected,
        "of each invoice in turn, in Stripe's order"
    );
}

/// A refund and a dispute of the account's charge, and the payout that took it to the bank.
fn money() -> Vec<(Kind, serde_json::Value)> {
    vec![
        (
            Kind::Refund,
            json!({"id": "re_1", "object": "refund", "charge": "ch_1", "amount": 500,
                "currency": "usd", "status": "succeeded", "created": NOW - DAY}),
        ),
        (
            Kind::Dispute,
            json!({"id": "du_1", "object": "dispute", "charge": "ch_1", "amount": 700,
                "currency": "usd", "status": "lost", "created": NOW - DAY}),
        ),
        (
            Kind::Payout,
            json!({"id": "po_1", "object": "payout", "amount": 9_000, "currency": "usd",
                "status": "paid", "arrival_date": NOW, "automatic": true, "created": NOW - DAY}),
        ),
    ]
}

#[tokio::test]
async fn what_was_given_back_names_its_invoice_and_tenant() {
    let book = settled().await;
    book.apply(&money(), 200).await;
    let filter = InvoiceFilter::default();
    let reader = book.books.export_refunds(&filter, NOW).await;
    let refunds = all(reader.expect("a reader")).await;
    let reader = book.books.export_disputes(&filter, NOW).await;
    let disputes = all(reader.expect("a reader")).await;
    for (of, invoice, customer, tenant) in [
        (
            "refund",
            &refunds[0].invoice,
            &refunds[0].customer,
            &refunds[0].tenant_id,
        ),
        (
            "dispute",
            &disputes[0].invoice,
            &disputes[0].customer,
            &disputes[0].tenant_id,
        ),
    ] {
        let found = (invoice.as_deref(), customer.as_deref(), tenant.as_deref());
        assert_eq!(
            found,
            (Some("in_1"), Some("cus_1"), Some("t-cus_1")),
            "{of}"
        );
    }
    let reader = book.books.export_payouts(&filter, NOW).await;
    let payouts = all(reader.expect("a reader")).await;
    assert_eq!(
        (payouts[0].arrives_at, payouts[0].entries, payouts[0].fees),
        (NOW, 0, None),
        "what Stripe does not say is not guessed"
    );
}

#[tokio::test]
async fn every_reader_honours_its_filter() {
    let book = settled().await;
    book.apply(&money(), 200).await;
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
    for (filter, refunds, disputes, payouts) in [
        (&InvoiceFilter::default(), 1, 1, 1),
        (&one, 1, 1, 0),
        (&none, 0, 0, 0),
    ] {
        let books = &book.books;
        let rows = all(books.export_refunds(filter, NOW).await.expect("reader")).await;
        assert_eq!(rows.len(), refunds, "{filter:?}");
        let rows = all(books.export_disputes(filter, NOW).await.expect("reader")).await;
        assert_eq!(rows.len(), disputes, "{filter:?}");
        let rows = all(books.export_payouts(filter, NOW).await.expect("reader")).await;
        assert_eq!(rows.len(), payouts, "a payout is of many: {filter:?}");
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
    let tenant = items[0].tenant.as_ref().expect("a known tenant");
    assert_eq!(tenant.name, "Acme Ltd");
}

/// Stripe lists the subscriptions of a deleted customer, and no longer the customer.
#[tokio::test]
async fn subscriptions_of_customers_that_were_never_read_are_rows_too() {
    let book = settled().await;
    let orphan = with(
        super::fixture::subscription("sub_9", "cus_gone", "price_pro", 7),
        json!({"status": "canceled"}),
    );
    book.apply(&[(Kind::Subscription, orphan)], 200).await;
    let everything = TenantFilter {
        include_deleted: true,
        ..TenantFilter::default()
    };
    let plan = TenantFilter {
        plans: vec!["Professional".into()],
        ..everything.clone()
    };
    for (filter, expected) in [
        (&everything, &["sub_1", "sub_2", "sub_9"][..]),
        (&TenantFilter::default(), &["sub_1", "sub_2"]),
        (&plan, &["sub_1", "sub_2"]),
    ] {
        let reader = book.books.export_subscription_items(filter, NOW).await;
        let rows = all(reader.expect("a reader")).await;
        let ids: Vec<&str> = rows
            .iter()
            .map(|r| r.subscription.row.id.as_str())
            .collect();
        assert_eq!(ids, expected, "{filter:?}");
    }
    let reader = book.books.export_subscription_items(&everything, NOW).await;
    let rows = all(reader.expect("a reader")).await;
    let orphan = rows.last().expect("a row");
    assert!(orphan.tenant.is_none() && orphan.item == Some(0));
    assert_eq!(
        orphan.subscription.row.customer.as_deref(),
        Some("cus_gone")
    );
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
