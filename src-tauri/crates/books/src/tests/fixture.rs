//! A small account as Stripe would send it, and a book in a temporary folder.

use bytes::Bytes;
use objects::Kind;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use crate::projection::storage::{Stored, stored};
use crate::{
    Applied, Books, BooksKey, Direction, InvoiceFilter, InvoiceSort, Raw, Source, TenantFilter,
    TenantSort,
};

/// A day in November 2026.
pub(super) const NOW: i64 = 1_795_000_000;
pub(super) const DAY: i64 = 86_400;

pub(super) struct Book {
    pub(super) folder: TempDir,
    pub(super) key: BooksKey,
    pub(super) books: Books,
}

/// How many invoices pass.
pub(super) async fn invoices(books: &Books, filter: &InvoiceFilter, now: i64) -> u64 {
    let (sort, up) = (InvoiceSort::Finalized, Direction::Ascending);
    let page = books.invoices(filter, sort, up, 0, 0, now).await;
    page.expect("a page").total
}

impl Book {
    pub(super) async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = BooksKey::from_bytes([7; 32]);
        let books = Books::create(&folder.path().join("books.db"), &key)
            .await
            .expect("books");
        Self { folder, key, books }
    }

    pub(super) async fn apply(&self, objects: &[(Kind, Value)], seen_at: i64) -> Applied {
        let prepared = self.books.prepare(raws(objects));
        assert!(
            prepared.failed.is_empty(),
            "every object decodes: {:?}",
            prepared.failed
        );
        self.books
            .apply(prepared, Source::Backfill, seen_at, &[])
            .await
            .expect("applied")
    }

    pub(super) async fn settle(&self) {
        self.books
            .settle(&|_| {}, &CancellationToken::new())
            .await
            .expect("settled");
    }

    /// How many invoices pass.
    pub(super) async fn invoices(&self, filter: &InvoiceFilter, now: i64) -> u64 {
        invoices(&self.books, filter, now).await
    }

    /// How many tenants pass.
    pub(super) async fn tenants(&self, filter: &TenantFilter, now: i64) -> u64 {
        let (sort, up) = (TenantSort::Name, Direction::Ascending);
        let page = self.books.tenants(filter, sort, up, 0, 0, now).await;
        page.expect("a page").total
    }

    /// Every row of every projection as text, for comparison.
    pub(super) async fn dump(&self) -> Vec<String> {
        let mut reader = self.books.reader().await.expect("a reader");
        let mut dump = Vec::new();
        let mut tables: Vec<&str> = crate::projection::tables().into_keys().collect();
        tables.extend(["tenant", "invoice_digest"]);
        tables.sort_unstable();
        for table in tables {
            let columns: Vec<String> = sqlx::query_scalar("SELECT name FROM pragma_table_info(?1)")
                .bind(table)
                .fetch_all(&mut *reader)
                .await
                .expect("columns");
            let own = [
                "num",
                "parent",
                "customer_num",
                "invoice_num",
                "payment_intent_num",
                "charge_num",
                "credit_grant_num",
                "subscription_num",
                "product_set",
            ];
            let cells: Vec<String> = columns
                .iter()
                .filter(|name| !own.contains(&name.as_str()))
                .map(|name| match stored(table, name) {
                    Stored::Word => {
                        format!("(SELECT quote(text) FROM word w WHERE w.num = x.\"{name}\")")
                    }
                    _ => format!("quote(x.\"{name}\")"),
                })
                .collect();
            // Numbers of objects depend on the order of arrival; ids do not.
            let reference = |name: &str| columns.iter().any(|column| column == name);
            let mut ids = Vec::new();
            for name in [
                "num",
                "parent",
                "customer_num",
                "subscription_num",
                "invoice_num",
                "payment_intent_num",
                "charge_num",
                "credit_grant_num",
            ] {
                if reference(name) {
                    ids.push(format!("(SELECT id FROM object o WHERE o.num = x.{name})"));
                }
            }
            if reference("product_set") {
                ids.push("(SELECT products FROM product_set s WHERE s.num = x.product_set)".into());
            }
            let cells = [ids, cells].concat().join(", ");
            let sql = format!("SELECT concat_ws('|', {cells}) FROM {table} x ORDER BY 1");
            let rows: Vec<String> = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_all(&mut *reader)
                .await
                .expect("rows");
            dump.extend(rows.into_iter().map(|row| format!("{table}: {row}")));
        }
        dump
    }

    pub(super) async fn number(&self, sql: &'static str) -> i64 {
        let mut reader = self.books.reader().await.expect("a reader");
        sqlx::query_scalar(sql)
            .fetch_one(&mut *reader)
            .await
            .expect("a number")
    }
}

pub(super) fn raws(objects: &[(Kind, Value)]) -> Vec<Raw> {
    objects
        .iter()
        .map(|(kind, value)| Raw::Object {
            kind: *kind,
            json: Bytes::from(value.to_string()),
        })
        .collect()
}

/// `base` with the members of `changes` in their place.
pub(super) fn with(mut base: Value, changes: Value) -> Value {
    if let (Value::Object(base), Value::Object(changes)) = (&mut base, changes) {
        base.extend(changes);
    }
    base
}

pub(super) fn list(url: &str, data: Vec<Value>) -> Value {
    json!({"object": "list", "data": data, "has_more": false, "url": url})
}

pub(super) fn customer(id: &str, name: &str) -> Value {
    json!({
        "id": id, "object": "customer", "created": NOW - 400 * DAY, "livemode": false,
        "email": format!("{}@example.com", name.to_lowercase().replace(' ', ".")), "name": name,
        "description": null, "phone": "+1 555 0100", "currency": "usd", "balance": 0,
        "delinquent": false, "discount": null, "tax_exempt": "none",
        "invoice_settings": {"default_payment_method": null},
        "metadata": {"tenantId": format!("t-{id}")},
    })
}

pub(super) fn product(id: &str, name: &str) -> Value {
    json!({
        "id": id, "object": "product", "name": name, "active": true, "created": NOW - 500 * DAY,
        "updated": NOW - 500 * DAY, "livemode": false, "metadata": {}, "default_price": null,
        "description": null, "unit_label": "seat", "tax_code": null,
    })
}

pub(super) fn price(id: &str, product: &str, unit_amount: i64) -> Value {
    json!({
        "id": id, "object": "price", "product": product, "active": true, "currency": "usd",
        "type": "recurring", "billing_scheme": "per_unit", "unit_amount": unit_amount,
        "unit_amount_decimal": unit_amount.to_string(), "created": NOW - 500 * DAY,
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed",
            "meter": null, "trial_period_days": null},
        "tiers_mode": null, "transform_quantity": null, "lookup_key": null, "nickname": null,
        "tax_behavior": "exclusive", "livemode": false, "metadata": {},
    })
}

pub(super) fn subscription(id: &str, customer: &str, price_id: &str, seats: i64) -> Value {
    json!({
        "id": id, "object": "subscription", "customer": customer, "status": "active",
        "currency": "usd", "collection_method": "charge_automatically",
        "created": NOW - 100 * DAY, "start_date": NOW - 100 * DAY, "livemode": false,
        "billing_cycle_anchor": NOW - 100 * DAY, "billing_mode": {"type": "flexible"},
        "cancel_at": null, "cancel_at_period_end": false, "canceled_at": null, "ended_at": null,
        "trial_start": null, "trial_end": null, "pause_collection": null, "discounts": [],
        "latest_invoice": null, "metadata": {}, "days_until_due": null,
        "items": list("/v1/subscription_items", vec![json!({
            "id": format!("si_{id}"), "object": "subscription_item", "subscription": id,
            "price": price(price_id, "prod_pro", 2_000), "quantity": seats,
            "current_period_start": NOW - 10 * DAY, "current_period_end": NOW + 20 * DAY,
            "discounts": [], "tax_rates": [], "created": NOW - 100 * DAY, "metadata": {},
        })]),
    })
}

pub(super) fn invoice(id: &str, customer: &str, number: i64, total: i64) -> Value {
    let at = NOW - 30 * DAY + number * 60;
    json!({
        "id": id, "object": "invoice", "number": format!("ACME-{number:04}"),
        "customer": customer, "customer_name": "Name on invoice", "customer_email": null,
        "description": null, "status": "paid", "billing_reason": "subscription_cycle",
        "parent": {"type": "subscription_details", "quote_details": null,
            "subscription_details": {"subscription": "sub_1", "metadata": {}}},
        "collection_method": "charge_automatically", "currency": "usd", "created": at,
        "due_date": null, "period_start": at, "period_end": at, "subtotal": total,
        "subtotal_excluding_tax": total, "total": total, "total_excluding_tax": total,
        "amount_due": total, "amount_paid": total, "amount_remaining": 0, "amount_overpaid": 0,
        "starting_balance": 0, "ending_balance": 0, "pre_payment_credit_notes_amount": 0,
        "post_payment_credit_notes_amount": 0, "attempt_count": 1, "attempted": true,
        "next_payment_attempt": null, "auto_advance": false, "livemode": false, "metadata": {},
        "status_transitions": {"finalized_at": at + 3_600, "paid_at": at + 7_200,
            "voided_at": null, "marked_uncollectible_at": null},
        "discounts": [], "total_discount_amounts": [], "total_pretax_credit_amounts": [],
        "total_taxes": [{"amount": 70, "tax_behavior": "exclusive", "taxable_amount": 1000,
            "tax_rate_details": {"tax_rate": "txr_1"}, "type": "tax_rate_details"}],
        "lines": list(&format!("/v1/invoices/{id}/lines"), vec![
            line(&format!("il_{id}_0"), id, total - 100), line(&format!("il_{id}_1"), id, 100),
        ]),
    })
}

pub(super) fn line(id: &str, invoice: &str, amount: i64) -> Value {
    json!({
        "id": id, "object": "line_item", "invoice": invoice, "amount": amount,
        "subtotal": amount, "currency": "usd", "description": "1 × Professional",
        "quantity": 1, "quantity_decimal": "1", "livemode": false, "metadata": {},
        "period": {"start": NOW - 30 * DAY, "end": NOW}, "discount_amounts": [],
        "pretax_credit_amounts": [], "taxes": [],
        "pricing": {"type": "price_details", "unit_amount_decimal": amount.to_string(),
            "price_details": {"price": "price_pro", "product": "prod_pro"}},
        "parent": {"type": "subscription_item_details", "invoice_item_details": null,
            "subscription_item_details": {"subscription": "sub_1",
                "subscription_item": "si_sub_1", "invoice_item": null, "proration": false}},
    })
}

pub(super) fn payment_intent(id: &str, customer: &str, amount: i64) -> Value {
    json!({
        "id": id, "object": "payment_intent", "customer": customer, "amount": amount,
        "amount_received": amount, "currency": "usd", "status": "succeeded",
        "last_payment_error": null, "latest_charge": null, "payment_method": "pm_1",
        "description": null, "canceled_at": null, "created": NOW - 20 * DAY, "livemode": false,
        "metadata": {},
    })
}

pub(super) fn invoice_payment(id: &str, invoice: &str, intent: &str, amount: i64) -> Value {
    json!({
        "id": id, "object": "invoice_payment", "invoice": invoice, "amount_paid": amount,
        "amount_requested": amount, "currency": "usd", "is_default": true,
        "payment": {"type": "payment_intent", "payment_intent": intent}, "status": "paid",
        "status_transitions": {"paid_at": NOW - 20 * DAY, "canceled_at": null},
        "created": NOW - 20 * DAY, "livemode": false,
    })
}

pub(super) fn charge(id: &str, customer: &str, intent: &str, amount: i64) -> Value {
    json!({
        "id": id, "object": "charge", "payment_intent": intent, "customer": customer,
        "amount": amount, "amount_refunded": 0, "currency": "usd", "status": "succeeded",
        "paid": true, "failure_code": null, "failure_message": null, "outcome": null,
        "payment_method": "pm_1", "refunded": false, "disputed": false, "description": null,
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        "created": NOW - 20 * DAY, "livemode": false, "metadata": {},
    })
}

pub(super) fn credit_note(id: &str, customer: &str, invoice: &str, total: i64) -> Value {
    json!({
        "id": id, "object": "credit_note", "number": format!("{id}-CN"), "invoice": invoice,
        "customer": customer, "status": "issued", "type": "post_payment", "reason": null,
        "amount": total, "total": total, "subtotal": total, "total_excluding_tax": total,
        "currency": "usd", "pre_payment_amount": 0, "post_payment_amount": total,
        "out_of_band_amount": null, "refunds": [], "customer_balance_transaction": null,
        "memo": "Sorry", "total_taxes": [], "created": NOW - 5 * DAY,
        "effective_at": NOW - 5 * DAY, "voided_at": null, "livemode": false, "metadata": {},
        "lines": list("/v1/credit_notes/x/lines", vec![json!({
            "id": format!("cnli_{id}"), "object": "credit_note_line_item", "amount": total,
            "type": "custom_line_item", "description": "Part", "quantity": 1,
            "unit_amount": total, "unit_amount_decimal": total.to_string(),
            "invoice_line_item": null, "discount_amount": 0, "discount_amounts": [],
            "pretax_credit_amounts": [], "tax_rates": [], "taxes": [], "livemode": false,
        })]),
    })
}

/// Two tenants on one plan, three invoices of which one is open and past due, payments, a
/// credit note.
pub(super) fn account() -> Vec<(Kind, Value)> {
    let open = with(
        invoice("in_3", "cus_2", 3, 9_000),
        json!({"status": "open", "amount_paid": 0, "amount_remaining": 9_000,
            "attempt_count": 2}),
    );
    vec![
        (Kind::Customer, customer("cus_1", "Acme Ltd")),
        (Kind::Customer, customer("cus_2", "Émile Bäckerei")),
        (Kind::Product, product("prod_pro", "Professional")),
        (Kind::Price, price("price_pro", "prod_pro", 2_000)),
        (
            Kind::Subscription,
            subscription("sub_1", "cus_1", "price_pro", 5),
        ),
        (
            Kind::Subscription,
            with(
                subscription("sub_2", "cus_2", "price_pro", 3),
                json!({"status": "past_due"}),
            ),
        ),
        (Kind::Invoice, invoice("in_1", "cus_1", 1, 10_000)),
        (Kind::Invoice, invoice("in_2", "cus_1", 2, 12_000)),
        (Kind::Invoice, open),
        (Kind::PaymentIntent, payment_intent("pi_1", "cus_1", 10_000)),
        (
            Kind::InvoicePayment,
            invoice_payment("inpay_1", "in_1", "pi_1", 10_000),
        ),
        (Kind::Charge, charge("ch_1", "cus_1", "pi_1", 10_000)),
        (Kind::CreditNote, credit_note("cn_1", "cus_1", "in_1", 500)),
    ]
}
