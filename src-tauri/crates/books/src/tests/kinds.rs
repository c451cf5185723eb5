//! What stands beside invoices and payments: refunds, disputes, balances, credits, schedules,
//! payment methods, payouts. Each is kept, referred, shown, rebuilt and erased like the rest.

use bytes::Bytes;
use objects::Kind;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::fixture::{Book, NOW, account, raws};
use crate::{Raw, Source};

/// One object of each kind, of the first customer where it is somebody's.
fn others() -> Vec<(Kind, Value)> {
    let money =
        |value: i64| json!({"type": "monetary", "monetary": {"value": value, "currency": "usd"}});
    let of = |kind: Kind, object: Value| (kind, object);
    vec![
        of(
            Kind::Refund,
            json!({"id": "re_1", "object": "refund", "amount": 500, "charge": "ch_1",
            "created": NOW, "currency": "usd", "payment_intent": "pi_1", "status": "succeeded",
            "description": "for Ms. Secret", "metadata": {}}),
        ),
        of(
            Kind::Dispute,
            json!({"id": "dp_1", "object": "dispute", "amount": 700, "charge": "ch_1",
            "created": NOW, "currency": "usd", "status": "needs_response", "livemode": false,
            "evidence": {"customer_name": "Ms. Secret"}, "evidence_details": {"due_by": NOW},
            "balance_transactions": [{"id": "txn_2", "object": "balance_transaction"}]}),
        ),
        of(
            Kind::CustomerBalanceTransaction,
            json!({"id": "cbtxn_1",
            "object": "customer_balance_transaction", "customer": "cus_1", "amount": -500,
            "currency": "usd", "ending_balance": -500, "type": "adjustment", "created": NOW,
            "description": "for Ms. Secret", "livemode": false}),
        ),
        of(
            Kind::CreditGrant,
            json!({"id": "credgr_1", "object": "billing.credit_grant",
            "customer": "cus_1", "name": "Ms. Secret's", "category": "promotional",
            "amount": money(5000), "priority": 50, "created": NOW, "updated": NOW,
            "livemode": false,
            "applicability_config": {"scope": {"price_type": "metered"}}}),
        ),
        of(
            Kind::CreditBalanceTransaction,
            json!({"id": "cbt_1",
            "object": "billing.credit_balance_transaction", "credit_grant": "credgr_1",
            "type": "debit", "created": NOW, "effective_at": NOW, "livemode": false,
            "debit": {"type": "credits_applied", "amount": money(700),
                "credits_applied": {"invoice": "in_1", "invoice_line_item": "il_1"}}}),
        ),
        of(
            Kind::Meter,
            json!({"id": "mtr_1", "object": "billing.meter", "event_name": "calls",
            "display_name": "Calls", "status": "active", "created": NOW, "updated": NOW,
            "default_aggregation": {"formula": "sum"}, "livemode": false}),
        ),
        of(
            Kind::PromotionCode,
            json!({"id": "promo_1", "object": "promotion_code",
            "code": "SPRING", "active": true, "customer": "cus_1", "created": NOW,
            "promotion": {"type": "coupon", "coupon": "co_1"}, "livemode": false}),
        ),
        of(
            Kind::SubscriptionSchedule,
            json!({"id": "sub_sched_1",
            "object": "subscription_schedule", "customer": "cus_1", "subscription": "sub_1",
            "status": "active", "created": NOW, "phases": [{"items": [], "start_date": NOW}],
            "livemode": false}),
        ),
        of(
            Kind::InvoiceItem,
            json!({"id": "ii_1", "object": "invoiceitem", "customer": "cus_1",
            "invoice": "in_1", "amount": 900, "currency": "usd", "proration": false,
            "date": NOW, "description": "for Ms. Secret", "livemode": false}),
        ),
        of(
            Kind::PaymentMethod,
            json!({"id": "pm_1", "object": "payment_method",
            "customer": "cus_1", "type": "card", "created": NOW, "livemode": false,
            "billing_details": {"name": "Ms. Secret"},
            "card": {"brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030}}),
        ),
        of(
            Kind::PaymentSource,
            json!({"id": "card_1", "object": "card", "customer": "cus_1",
            "brand": "Visa", "last4": "4242", "name": "Ms. Secret", "exp_month": 1,
            "exp_year": 2029}),
        ),
        of(
            Kind::BalanceTransaction,
            json!({"id": "txn_1", "object": "balance_transaction",
            "type": "charge", "source": "ch_1", "amount": 1000, "fee": 59, "net": 941,
            "currency": "usd", "created": NOW, "status": "available",
            "exchange_rate": 1.0825}),
        ),
        of(
            Kind::Payout,
            json!({"id": "po_1", "object": "payout", "amount": 941,
            "currency": "usd", "status": "paid", "automatic": true, "arrival_date": NOW,
            "created": NOW, "livemode": false}),
        ),
        of(
            Kind::TestClock,
            json!({"id": "clock_1", "object": "test_helpers.test_clock",
            "created": NOW, "frozen_time": NOW, "status": "ready", "livemode": false}),
        ),
    ]
}

/// What has no id of its own.
fn parts() -> Vec<Raw> {
    let bytes = |value: Value| Bytes::from(value.to_string());
    vec![
        Raw::Part {
            kind: Kind::CreditBalanceSummary,
            parent: "cus_1".to_owned(),
            json: bytes(
                json!({"object": "billing.credit_balance_summary", "customer": "cus_1",
                "balances": [{"available_balance": {"monetary": {"value": 4300}}}],
                "livemode": false}),
            ),
        },
        Raw::Children {
            kind: Kind::PayoutTransactions,
            parent: "po_1".to_owned(),
            items: vec![
                bytes(json!({"id": "txn_2", "object": "balance_transaction", "amount": 1})),
                bytes(json!({"id": "txn_1", "object": "balance_transaction", "amount": 2})),
            ],
        },
    ]
}

async fn filled() -> Book {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    let all: Vec<Raw> = raws(&others()).into_iter().chain(parts()).collect();
    for (seen_at, new) in [(200, true), (300, false)] {
        let prepared = book.books.prepare(all.clone());
        assert!(prepared.failed.is_empty(), "{:?}", prepared.failed);
        assert!(prepared.warnings.is_empty(), "{:?}", prepared.warnings);
        let applied = book.books.apply(prepared, Source::Backfill, seen_at, &[]);
        let applied = applied.await.expect("applied");
        assert_eq!(
            applied.new_versions,
            if new { all.len() as u64 } else { 0 },
            "a second time adds nothing"
        );
    }
    book.settle().await;
    book
}

#[tokio::test]
async fn every_kind_is_kept_and_refers_to_whose_it_is() {
    let book = filled().await;
    for sql in [
        "SELECT count(*) FROM refund r JOIN charge c ON c.num = r.charge_num \
         WHERE c.id = 'ch_1' AND r.amount = 500",
        "SELECT count(*) FROM dispute d JOIN charge c ON c.num = d.charge_num \
         WHERE d.balance_transactions = '[\"txn_2\"]'",
        "SELECT count(*) FROM customer_balance_transaction b \
         JOIN customer c ON c.num = b.customer_num WHERE b.ending_balance = -500",
        "SELECT count(*) FROM credit_balance_transaction t \
         JOIN credit_grant g ON g.num = t.credit_grant_num \
         JOIN invoice i ON i.num = t.invoice_num \
         WHERE g.amount_monetary_value = 5000 AND t.debit_amount_monetary_value = 700",
        "SELECT count(*) FROM credit_balance_summary s JOIN customer c ON c.num = s.num \
         WHERE c.id = 'cus_1' AND s.customer = 'cus_1'",
        "SELECT count(*) FROM meter WHERE event_name = 'calls'",
        "SELECT count(*) FROM promotion_code WHERE promotion_coupon = 'co_1'",
        "SELECT count(*) FROM subscription_schedule s \
         JOIN subscription u ON u.num = s.subscription_num",
        "SELECT count(*) FROM invoice_item i JOIN invoice n ON n.num = i.invoice_num",
        "SELECT count(*) FROM payment_method WHERE card_exp_year = 2030",
        "SELECT count(*) FROM payment_source WHERE object = 'card' AND last4 = '4242'",
        "SELECT count(*) FROM balance_transaction WHERE exchange_rate = '1.0825'",
        "SELECT count(*) FROM test_clock WHERE status = 'ready'",
        "SELECT count(*) FROM payout p JOIN payout_transaction t ON t.parent = p.num \
         WHERE t.n = 0 AND t.id = 'txn_1'",
    ] {
        assert_eq!(book.number(sql).await, 1, "{sql}");
    }
    let codes = "SELECT count(*) FROM object o LEFT JOIN kind k ON k.num = o.kind \
                 WHERE k.num IS NULL";
    assert_eq!(
        book.number(codes).await,
        0,
        "every kind has its name in the file"
    );
}

#[tokio::test]
async fn every_table_comes_back_from_the_history() {
    let book = filled().await;
    let before = book.dump().await;
    book.books
        .rebuild_projections(&|_| {}, &CancellationToken::new())
        .await
        .expect("rebuilt");
    assert_eq!(book.dump().await, before);
}

#[tokio::test]
async fn a_payout_that_is_read_again_keeps_only_what_it_is_made_of() {
    let book = filled().await;
    let mut fewer = parts();
    let Some(Raw::Children { items, .. }) = fewer.get_mut(1) else {
        panic!("the payout's transactions");
    };
    items.pop();
    let prepared = book.books.prepare(fewer);
    let applied = book.books.apply(prepared, Source::Backfill, 400, &[]).await;
    applied.expect("applied");
    let left = "SELECT count(*) FROM payout_transaction";
    assert_eq!(book.number(left).await, 1);
}

#[tokio::test]
async fn an_erased_customer_leaves_no_words_anywhere() {
    let book = filled().await;
    book.books
        .erase_customer("cus_1", "anna", "asked for it", 500)
        .await
        .expect("erased");
    // What arrives again is stored without personal data too.
    book.apply(&others(), 600).await;
    let told: Vec<String> = book
        .dump()
        .await
        .into_iter()
        .filter(|row| row.contains("Secret"))
        .collect();
    assert_eq!(told, Vec::<String>::new());
}

#[tokio::test]
async fn what_moved_is_told_for_a_tenant_and_along_an_invoices_way_to_the_bank() {
    let book = filled().await;
    let kinds = |moved: Vec<crate::Movement>| {
        let mut kinds: Vec<(String, Option<i64>)> = moved
            .into_iter()
            .map(|one| (one.kind, one.amount))
            .collect();
        kinds.sort();
        kinds
    };
    let of_tenant = book.books.movements_of_tenant("cus_1").await;
    assert_eq!(
        kinds(of_tenant.expect("movements")),
        [
            ("balance".to_owned(), Some(-500)),
            ("credit_grant".to_owned(), Some(5000)),
            ("credit_use".to_owned(), Some(-700)),
            ("dispute".to_owned(), Some(700)),
            ("promotion_code".to_owned(), None),
            ("refund".to_owned(), Some(500)),
        ]
    );
    let of_invoice = book.books.movements_of_invoice("in_1").await;
    let of_invoice = of_invoice.expect("movements");
    let numbers: Vec<_> = of_invoice
        .movements
        .iter()
        .map(|one| one.invoice_number.clone())
        .collect();
    assert!(
        numbers
            .iter()
            .all(|number| number.as_deref() == Some("ACME-0001"))
    );
    assert_eq!(
        kinds(of_invoice.movements),
        [
            ("credit_use".to_owned(), Some(-700)),
            ("dispute".to_owned(), Some(700)),
            ("refund".to_owned(), Some(500)),
        ]
    );
    let [entry] = of_invoice.entries.as_slice() else {
        panic!(
            "the charge moved Stripe's balance once: {:?}",
            of_invoice.entries
        );
    };
    assert_eq!((entry.amount, entry.fee, entry.net), (1000, 59, 941));
    assert_eq!(
        (
            entry.source.as_str(),
            entry.payout.as_deref(),
            entry.payout_at
        ),
        ("ch_1", Some("po_1"), Some(NOW)),
        "it can be followed to the bank"
    );
    let of_other = book.books.movements_of_tenant("cus_2").await;
    assert_eq!(of_other.expect("movements"), [], "nobody else's");
}
