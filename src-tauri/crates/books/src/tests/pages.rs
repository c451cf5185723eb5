//! The pages of a tenant and an invoice, versions, the overview, the palette.

use billing::period::Zone;
use objects::Kind;
use serde_json::json;

use super::fixture::{Book, DAY, NOW, account, charge, invoice, with};
use crate::{HitKind, Source};

async fn settled() -> Book {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    book
}

#[tokio::test]
async fn a_tenants_page_holds_everything_of_it() {
    let book = settled().await;
    let tenant = book
        .books
        .tenant("cus_1", NOW)
        .await
        .expect("read")
        .expect("known");
    assert_eq!(
        tenant.customer.email.as_deref(),
        Some("acme.ltd@example.com")
    );
    assert_eq!(tenant.subscriptions.len(), 1);
    let subscription = &tenant.subscriptions[0];
    assert_eq!(subscription.mrr, Some(10_000));
    assert_eq!(subscription.items[0].product_name, "Professional");
    assert_eq!(subscription.items[0].unit_label.as_deref(), Some("seat"));
    assert_eq!(
        subscription.items[0].row.subscription.as_deref(),
        Some("sub_1")
    );
    let payment = &tenant.payments[0];
    assert_eq!(
        (payment.outcome.as_str(), payment.amount),
        ("succeeded", 10_000)
    );
    assert_eq!(
        payment.invoice_number.as_deref(),
        Some("ACME-0001"),
        "by way of its intent"
    );
    assert_eq!(
        tenant.credit_notes[0].invoice_number.as_deref(),
        Some("ACME-0001")
    );
    assert_eq!((tenant.invoices, tenant.seen_at), (2, Some(100)));
    let other = book
        .books
        .tenant("cus_2", NOW)
        .await
        .expect("read")
        .expect("known");
    assert_eq!(other.open, [("usd".to_owned(), 9_000)]);
    assert!(
        book.books
            .tenant("cus_none", NOW)
            .await
            .expect("read")
            .is_none()
    );
    assert!(
        book.books
            .tenant("in_1", NOW)
            .await
            .expect("read")
            .is_none(),
        "not a customer"
    );
}

#[tokio::test]
async fn an_invoices_page_holds_lines_payments_and_the_one_before() {
    let book = settled().await;
    let outside = json!({
        "id": "inpay_2", "object": "invoice_payment", "invoice": "in_2", "amount_paid": 12_000,
        "amount_requested": 12_000, "currency": "usd", "is_default": true,
        "payment": {"type": "payment_record", "payment_record": "pr_1"}, "status": "paid",
        "status_transitions": {"paid_at": NOW - DAY, "canceled_at": null},
        "created": NOW - DAY, "livemode": false,
    });
    book.apply(&[(Kind::InvoicePayment, outside)], 100).await;
    let page = book
        .books
        .invoice("in_2", NOW)
        .await
        .expect("read")
        .expect("known");
    assert_eq!(
        page.previous.as_deref(),
        Some("in_1"),
        "of the same subscription"
    );
    let amounts: Vec<_> = page.lines.iter().map(|line| line.row.amount).collect();
    assert_eq!(amounts, [Some(11_900), Some(100)], "in Stripe's order");
    assert_eq!(page.lines[0].product_name.as_deref(), Some("Professional"));
    assert_eq!(page.lines[0].row.invoice.as_deref(), Some("in_2"));
    assert_eq!(page.payments[0].outcome, "out_of_band");
    assert_eq!(
        (page.tax_exclusive, page.tax_inclusive, page.discount_total),
        (70, 0, 0)
    );
    assert_eq!(page.row.plan.as_deref(), Some("Professional"));
    assert_eq!(page.invoice.id, "in_2");
    let first = book
        .books
        .invoice("in_1", NOW)
        .await
        .expect("read")
        .expect("known");
    assert_eq!(first.previous, None);
    assert_eq!(first.payments[0].id, "ch_1");
    assert_eq!(first.credit_notes[0].total, 500);
}

#[tokio::test]
async fn versions_are_told_apart() {
    let book = settled().await;
    let later = with(account()[0].1.clone(), json!({"name": "Acme GmbH"}));
    let prepared = book
        .books
        .prepare(super::fixture::raws(&[(Kind::Customer, later)]));
    book.books
        .apply(prepared, Source::Event, 300, &[])
        .await
        .expect("applied");
    book.apply(&account()[..1], 400).await;
    let versions = book
        .books
        .versions(&[(Kind::Customer, "cus_1")], 10)
        .await
        .expect("versions");
    let seen: Vec<_> = versions.iter().map(|v| (v.seen_at, v.source)).collect();
    assert_eq!(
        seen,
        [
            (400, Source::Backfill),
            (300, Source::Event),
            (100, Source::Backfill)
        ],
        "newest first, the state that came back included"
    );
    let before = versions[0].before.as_deref().expect("one before it");
    let changes = objects::diff(Kind::Customer, before, &versions[0].canonical);
    assert_eq!(changes.len(), 1, "what changed in words: {changes:?}");
    assert_eq!(versions[2].before, None);
}

#[tokio::test]
async fn the_overview_adds_per_currency_only() {
    let book = settled().await;
    book.apply(
        &[
            (
                Kind::Charge,
                with(
                    charge("ch_2", "cus_1", "pi_x", 700),
                    json!({"created": NOW}),
                ),
            ),
            (
                Kind::Charge,
                with(
                    charge("ch_3", "cus_1", "pi_y", 700),
                    json!({"created": NOW, "status": "failed", "paid": false}),
                ),
            ),
            (
                Kind::Invoice,
                with(invoice("in_7", "cus_1", 7, 900), json!({"currency": "jpy"})),
            ),
        ],
        200,
    )
    .await;
    let zone = Zone::parse("Europe/Berlin").expect("a zone");
    let figures = book.books.overview(NOW, zone).await.expect("figures");
    let pair = |sums: &[crate::CurrencySum]| -> Vec<(String, i64, i64)> {
        sums.iter()
            .map(|s| (s.currency.clone(), s.amount, s.count))
            .collect()
    };
    assert_eq!(pair(&figures.mrr), [("usd".to_owned(), 16_000, 2)]);
    assert_eq!(pair(&figures.open), [("usd".to_owned(), 9_000, 1)]);
    assert_eq!(pair(&figures.past_due), pair(&figures.open));
    assert_eq!(pair(&figures.payment_failed), pair(&figures.open));
    assert_eq!((figures.tenants, figures.past_due_tenants), (2, 1));
    assert_eq!(
        pair(&figures.collected_this_month),
        [("usd".to_owned(), 700, 1)]
    );
    assert_eq!(figures.plans[0].plan, "Professional");
    assert_eq!((figures.plans[0].tenants, figures.plans[0].seats), (2, 8));
    let months: Vec<_> = figures
        .months
        .iter()
        .map(|m| (m.currency.as_str(), m.invoiced, m.invoices))
        .collect();
    assert_eq!(
        months,
        [("usd", 31_000, 3), ("jpy", 900, 1)],
        "the main currency first"
    );
}

#[tokio::test]
async fn the_palette_finds_tenants_and_invoices() {
    let book = settled().await;
    let hits = book.books.search("acme", 10, NOW).await.expect("hits");
    assert_eq!(
        (hits[0].kind, hits[0].title.as_str()),
        (HitKind::Tenant, "Acme Ltd")
    );
    assert!(hits[1..].iter().all(|hit| hit.kind == HitKind::Invoice));
    assert_eq!(
        hits.len(),
        4,
        "one tenant, and every invoice with that word or that tenant"
    );
    assert!(
        book.books
            .search("  \" - ", 10, NOW)
            .await
            .expect("hits")
            .is_empty()
    );
}
