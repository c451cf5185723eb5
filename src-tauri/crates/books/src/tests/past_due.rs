//! What is past due: one rule, in the tables as in the words of an invoice.

use billing::invoice_state::{InvoiceFacts, is_past_due, payment_failed};
use billing::period::Zone;
use objects::Kind;
use serde_json::{Value, json};

use super::fixture::{Book, DAY, NOW, account, invoice, invoice_payment, payment_intent, with};
use crate::{Direction, InvoiceFilter, InvoiceSort, TenantFilter};

/// An invoice in the state that the facts describe, and the payment that it waits for.
fn objects(n: i64, facts: &InvoiceFacts<'_>, default: bool) -> Vec<(Kind, Value)> {
    let id = format!("in_{n:03}");
    let intent = format!("pi_{n:03}");
    let status = if facts.processing {
        "processing"
    } else {
        "requires_payment_method"
    };
    let changes = json!({
        "status": facts.status, "due_date": facts.due_date, "attempted": facts.attempted,
        "attempt_count": facts.attempt_count, "amount_remaining": facts.amount_remaining,
    });
    let payment = json!({"status": "open", "is_default": default, "amount_paid": null});
    vec![
        (Kind::Invoice, with(invoice(&id, "cus_1", n, 100), changes)),
        (
            Kind::InvoicePayment,
            with(
                invoice_payment(&format!("inpay_{n:03}"), &id, &intent, 100),
                payment,
            ),
        ),
        (
            Kind::PaymentIntent,
            with(
                payment_intent(&intent, "cus_1", 100),
                json!({"status": status}),
            ),
        ),
    ]
}

fn every_combination() -> Vec<InvoiceFacts<'static>> {
    let mut all = Vec::new();
    for status in ["open", "paid", "uncollectible"] {
        for due_date in [None, Some(NOW - 60), Some(NOW), Some(NOW + DAY)] {
            for (attempted, attempts) in [(false, 0), (true, 0), (true, 1)] {
                for remaining in [None, Some(0), Some(100)] {
                    for processing in [false, true] {
                        all.push(InvoiceFacts {
                            status: Some(status),
                            due_date,
                            attempted,
                            attempt_count: Some(attempts),
                            amount_remaining: remaining,
                            processing,
                        });
                    }
                }
            }
        }
    }
    all
}

#[tokio::test]
async fn the_tables_and_the_rule_agree_on_every_combination() {
    let now = NOW - NOW.rem_euclid(60);
    let book = Book::new().await;
    let all: Vec<_> = every_combination()
        .into_iter()
        .map(|facts| InvoiceFacts {
            due_date: facts.due_date.map(|due| due - NOW + now),
            ..facts
        })
        .collect();
    let mut account = account();
    account.truncate(4);
    for (n, facts) in all.iter().enumerate() {
        account.extend(objects(n as i64, facts, true));
    }
    book.apply(&account, 100).await;
    for settled in [false, true] {
        if settled {
            book.settle().await;
        }
        let mut shown = Vec::new();
        let page = |first| {
            let filter = InvoiceFilter::default();
            let (sort, direction) = (InvoiceSort::Number, Direction::Ascending);
            let books = book.books.clone();
            async move {
                books
                    .invoices(&filter, sort, direction, first, 500, now)
                    .await
            }
        };
        for row in page(0).await.expect("invoices").rows {
            let n: usize = row.id.trim_start_matches("in_").parse().expect("a number");
            assert_eq!(
                row.past_due,
                is_past_due(&all[n], now),
                "settled {settled}: {:?}",
                all[n]
            );
            shown.push(n);
        }
        assert_eq!(shown.len(), all.len());
        let expected = all.iter().filter(|facts| is_past_due(facts, now)).count();
        let filter = InvoiceFilter {
            statuses: vec!["past_due".to_owned()],
            ..InvoiceFilter::default()
        };
        let count = book.invoices(&filter, now).await;
        assert_eq!(count, expected as u64, "the filter is the same rule");
        let figures = book.books.overview(now, Zone::UTC).await.expect("figures");
        assert_eq!(figures.past_due[0].count, expected as i64);
        let failed = all.iter().filter(|facts| payment_failed(facts)).count();
        assert_eq!(figures.payment_failed[0].count, failed as i64);
        let mut reader = book
            .books
            .export_invoices(&filter, now)
            .await
            .expect("a reader");
        let rows = reader.next().await.expect("a batch").expect("rows");
        assert_eq!(rows.len(), expected);
        assert!(
            rows.iter().all(|row| row.past_due),
            "the export says so too"
        );
    }
}

/// A customer who pays by direct debit: open, attempted once, for days.
#[tokio::test]
async fn a_direct_debit_on_its_way_makes_nobody_late() {
    let debited = InvoiceFacts {
        status: Some("open"),
        due_date: None,
        attempted: true,
        attempt_count: Some(1),
        amount_remaining: Some(100),
        processing: true,
    };
    let book = Book::new().await;
    let mut account = account();
    account.truncate(4);
    account.extend(objects(1, &debited, true));
    book.apply(&account, 100).await;
    book.settle().await;
    let late = TenantFilter {
        past_due: true,
        ..TenantFilter::default()
    };
    let figures = book.books.overview(NOW, Zone::UTC).await.expect("figures");
    assert_eq!((figures.past_due_tenants, figures.past_due.len()), (0, 0));
    assert_eq!((figures.payment_failed.len(), figures.open.len()), (0, 1));
    assert_eq!(book.tenants(&late, NOW).await, 0);

    // The bank sends it back.
    let failed = with(
        payment_intent("pi_001", "cus_1", 100),
        json!({"status": "requires_payment_method"}),
    );
    book.apply(&[(Kind::PaymentIntent, failed)], 200).await;
    let figures = book.books.overview(NOW, Zone::UTC).await.expect("figures");
    assert_eq!(
        (figures.past_due_tenants, figures.payment_failed.len()),
        (1, 1)
    );
    assert_eq!(book.tenants(&late, NOW).await, 1);

    // Another payment than the one that Stripe collects by does not hold it up.
    let book = Book::new().await;
    let aside = objects(2, &debited, false);
    book.apply(&aside, 100).await;
    let figures = book.books.overview(NOW, Zone::UTC).await.expect("figures");
    assert_eq!(figures.payment_failed.len(), 1);
}
