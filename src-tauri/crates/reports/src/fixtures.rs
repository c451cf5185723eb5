//! Rows and a source of them for tests, in every currency and with every trick.

use chrono_tz::Tz;
use serde_json::json;

use crate::context::{Context, Mode};
use crate::control::{ControlFilter, LedgerHead};
use crate::error::ExportError;
use crate::job::{Format, Job, SnapshotFacts, Source};
use crate::rows::{CreditNote, Customer, Invoice, InvoiceLine, Payment, Record, SubscriptionItem};

/// 2026-11-22 15:00 UTC.
pub(crate) const NOW: i64 = 1_795_359_600;

pub(crate) fn context() -> Context {
    Context {
        account: "acct_sample".to_owned(),
        entity_name: "Northwind Desk GmbH".to_owned(),
        mode: Mode::Test,
        zone: Tz::Europe__Berlin,
        now: NOW,
        app_version: "0.1.0".to_owned(),
        note: None,
    }
}

pub(crate) fn job<R: Record>(
    layout: &'static crate::columns::Layout<R>,
    format: Format,
    path: &std::path::Path,
) -> Job<R> {
    Job {
        layout,
        form: format.as_str(),
        path: path.to_owned(),
        context: context(),
        filter: ControlFilter {
            words: "everything".to_owned(),
            data: json!({}),
        },
        facts: SnapshotFacts {
            as_of: Some(NOW - 600),
            lists: vec![
                ("invoices".to_owned(), Some(NOW - 600), None),
                (
                    "charges".to_owned(),
                    None,
                    Some("rak_charge_read".to_owned()),
                ),
            ],
            undecodable: Some(2),
            ledger_head: Some(LedgerHead {
                sequence: 7,
                hash: "ab".repeat(32),
            }),
        },
        rows_per_sheet: u32::MAX,
    }
}

/// Batches out of memory; after them an error, where one is wanted.
pub(crate) struct Batches<R> {
    pub(crate) rows: std::collections::VecDeque<Vec<R>>,
    pub(crate) then_fail: bool,
}

impl<R> Batches<R> {
    pub(crate) fn of(rows: Vec<R>, batch: usize) -> Self {
        let mut batches = std::collections::VecDeque::new();
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            batches.push_back(rows.by_ref().take(batch).collect());
        }
        Self {
            rows: batches,
            then_fail: false,
        }
    }
}

impl<R: Record> Source for Batches<R> {
    type Row = R;

    fn total(&self) -> u64 {
        self.rows.iter().map(|batch| batch.len() as u64).sum()
    }

    async fn next(&mut self) -> Result<Option<Vec<R>>, ExportError> {
        match self.rows.pop_front() {
            None if self.then_fail => Err(ExportError::Ended),
            other => Ok(other),
        }
    }
}

fn text(value: &str) -> Option<String> {
    Some(value.to_owned())
}

fn paid() -> Invoice {
    Invoice {
        id: "in_1".to_owned(),
        number: text("A-0001"),
        status: "paid".to_owned(),
        customer: text("cus_1"),
        customer_name: text("Müller, \"Söhne\" & Co"),
        customer_email: text("billing@mueller.example"),
        tenant_id: text("tenant-17"),
        subscription: text("sub_1"),
        plan: text("Professional"),
        description: text("first line\nsecond line"),
        billing_reason: text("subscription_cycle"),
        collection_method: text("charge_automatically"),
        currency: "usd".to_owned(),
        // 2026-11-01 00:30 in Berlin is still October in UTC.
        created: 1_793_489_400,
        finalized_at: Some(1_793_489_400),
        period_start: Some(1_790_812_800),
        period_end: Some(1_793_491_200),
        paid_at: Some(1_793_493_000),
        attempt_count: Some(1),
        subtotal: Some(154_000),
        discount: Some(30_800),
        tax_exclusive: Some(23_408),
        total: Some(146_608),
        amount_due: Some(146_608),
        amount_paid: Some(146_608),
        ending_balance: Some(0),
        credited: Some(7_700),
        charge: text("ch_1"),
        coupons: text("SAVE20, LAUNCH"),
        line_period_start: Some(1_790_812_800),
        line_period_end: Some(1_796_083_200),
        ..Invoice::default()
    }
}

/// Invoices: paid with a credit note, open with a formula for a name, void, draft, zero-decimal,
/// three-decimal, negative, written off.
pub(crate) fn invoices() -> Vec<Invoice> {
    let open = Invoice {
        id: "in_2".to_owned(),
        number: text("A-0002"),
        status: "open".to_owned(),
        customer_name: text("=HYPERLINK(\"http://evil.example\",\"Acme\")"),
        customer_email: text("@acme.example"),
        tenant_id: text("-17"),
        description: text("\t+49 30 1234"),
        due_date: Some(1_794_700_000),
        paid_at: None,
        next_payment_attempt: Some(1_794_900_000),
        attempt_count: Some(3),
        amount_paid: Some(46_608),
        amount_remaining: Some(100_000),
        credited: Some(0),
        charge: None,
        coupons: None,
        ..paid()
    };
    vec![
        paid(),
        open,
        Invoice {
            id: "in_3".to_owned(),
            status: "void".to_owned(),
            paid_at: None,
            voided_at: Some(1_793_500_000),
            amount_paid: Some(0),
            ..paid()
        },
        Invoice {
            id: "in_4".to_owned(),
            number: None,
            status: "draft".to_owned(),
            finalized_at: None,
            paid_at: None,
            ending_balance: None,
            amount_paid: Some(0),
            ..paid()
        },
        Invoice {
            id: "in_5".to_owned(),
            currency: "jpy".to_owned(),
            subtotal: Some(12_000),
            discount: Some(0),
            tax_exclusive: Some(0),
            tax_inclusive: Some(1_091),
            total: Some(12_000),
            amount_due: Some(12_000),
            amount_paid: Some(12_000),
            credited: Some(0),
            ..paid()
        },
        Invoice {
            id: "in_6".to_owned(),
            currency: "kwd".to_owned(),
            status: "uncollectible".to_owned(),
            marked_uncollectible_at: Some(1_794_000_000),
            paid_at: None,
            subtotal: Some(12_340),
            discount: Some(0),
            tax_exclusive: Some(0),
            total: Some(12_340),
            amount_due: Some(12_340),
            amount_paid: Some(0),
            amount_remaining: Some(12_340),
            credited: Some(0),
            ..paid()
        },
        Invoice {
            id: "in_7".to_owned(),
            currency: "eur".to_owned(),
            subtotal: Some(-5),
            discount: Some(0),
            tax_exclusive: Some(0),
            total: Some(-5),
            amount_due: Some(0),
            amount_paid: Some(0),
            starting_balance: Some(-1_000),
            ending_balance: Some(-1_005),
            credited: Some(0),
            ..paid()
        },
    ]
}

pub(crate) fn invoice_lines() -> Vec<InvoiceLine> {
    let line = InvoiceLine {
        id: "il_1".to_owned(),
        position: 1,
        invoice: "in_1".to_owned(),
        invoice_number: text("A-0001"),
        invoice_status: "paid".to_owned(),
        finalized_at: Some(1_793_489_400),
        customer: text("cus_1"),
        customer_name: text("Müller, \"Söhne\" & Co"),
        tenant_id: text("tenant-17"),
        subscription: text("sub_1"),
        subscription_item: text("si_1"),
        description: text("20 × Professional (at $77.00 / month)"),
        price: text("price_1"),
        product: text("prod_1"),
        product_name: text("Professional"),
        quantity: text("20"),
        unit_amount_decimal: text("7700"),
        currency: "usd".to_owned(),
        period_start: Some(1_793_491_200),
        period_end: Some(1_796_083_200),
        proration: Some(false),
        subtotal: Some(154_000),
        discount: Some(30_800),
        tax: Some(23_408),
        amount: Some(154_000),
        ..InvoiceLine::default()
    };
    let prorated = InvoiceLine {
        id: "il_2".to_owned(),
        position: 2,
        description: text("-2 seats: unused time"),
        quantity: text("2"),
        unit_amount_decimal: text("0.0125"),
        proration: Some(true),
        discount: Some(0),
        tax: Some(0),
        amount: Some(-4_512),
        subtotal: Some(-4_512),
        ..line.clone()
    };
    vec![line, prorated]
}

pub(crate) fn customers() -> Vec<Customer> {
    vec![
        Customer {
            id: "cus_1".to_owned(),
            tenant_id: text("tenant-17"),
            name: text("Müller, \"Söhne\" & Co"),
            email: text("billing@mueller.example"),
            phone: text("+49 30 1234"),
            created: 1_760_000_000,
            currency: text("usd"),
            balance_currency: text("jpy"),
            balance: Some(-2_500),
            delinquent: Some(false),
            tax_exempt: text("none"),
            plan: text("Professional"),
            seats: Some(20),
            subscription_status: text("active"),
            mrr: Some(123_200),
            open: Some(100_000),
            past_due: Some(0),
            metadata: text("{\"note\":\"a\\\"b\",\"tenantId\":\"tenant-17\"}"),
            ..Customer::default()
        },
        Customer {
            id: "cus_2".to_owned(),
            created: 1_760_000_001,
            deleted: true,
            ..Customer::default()
        },
    ]
}

pub(crate) fn subscriptions() -> Vec<SubscriptionItem> {
    vec![SubscriptionItem {
        subscription: "sub_1".to_owned(),
        item: text("si_1"),
        status: "active".to_owned(),
        customer: text("cus_1"),
        customer_name: text("Müller, \"Söhne\" & Co"),
        tenant_id: text("tenant-17"),
        price: text("price_1"),
        product: text("prod_1"),
        product_name: text("Professional"),
        billing_scheme: text("per_unit"),
        usage_type: text("licensed"),
        interval: text("month"),
        interval_count: Some(1),
        quantity: Some(20),
        currency: "usd".to_owned(),
        unit_amount_decimal: text("7700"),
        collection_method: text("charge_automatically"),
        created: 1_760_000_000,
        start_date: Some(1_760_000_000),
        current_period_start: Some(1_793_491_200),
        current_period_end: Some(1_796_083_200),
        cancel_at_period_end: Some(false),
        latest_invoice: text("in_1"),
        ..SubscriptionItem::default()
    }]
}

pub(crate) fn payments() -> Vec<Payment> {
    let failed = Payment {
        id: "ch_0".to_owned(),
        source: "charge".to_owned(),
        payment_intent: text("pi_1"),
        invoice: text("in_1"),
        invoice_number: text("A-0001"),
        customer: text("cus_1"),
        customer_name: text("Müller, \"Söhne\" & Co"),
        tenant_id: text("tenant-17"),
        created: 1_793_490_000,
        status: "failed".to_owned(),
        currency: "usd".to_owned(),
        amount: Some(146_608),
        amount_refunded: Some(0),
        failure_code: text("card_declined"),
        failure_message: text("Your card has insufficient funds."),
        decline_code: text("insufficient_funds"),
        method: text("card"),
        card_brand: text("visa"),
        card_last4: text("0341"),
        refunded: Some(false),
        disputed: Some(false),
        ..Payment::default()
    };
    let succeeded = Payment {
        id: "ch_1".to_owned(),
        status: "succeeded".to_owned(),
        amount_refunded: Some(7_700),
        created: 1_793_493_000,
        failure_code: None,
        failure_message: None,
        decline_code: None,
        ..failed.clone()
    };
    let transfer = Payment {
        id: "inpay_9".to_owned(),
        source: "invoice_payment".to_owned(),
        payment_intent: None,
        status: "paid".to_owned(),
        amount_refunded: None,
        method: None,
        refunded: None,
        disputed: None,
        ..succeeded.clone()
    };
    vec![failed, succeeded, transfer]
}

pub(crate) fn credit_notes() -> Vec<CreditNote> {
    let note = CreditNote {
        id: "cn_1".to_owned(),
        number: text("A-0001-CN-01"),
        invoice: text("in_1"),
        invoice_number: text("A-0001"),
        customer: text("cus_1"),
        customer_name: text("Müller, \"Söhne\" & Co"),
        tenant_id: text("tenant-17"),
        status: "issued".to_owned(),
        kind: text("post_payment"),
        reason: text("order_change"),
        memo: text("@finance: one seat too many"),
        currency: "usd".to_owned(),
        created: 1_793_600_000,
        subtotal: Some(7_700),
        total: Some(7_700),
        post_payment_amount: Some(7_700),
        ..CreditNote::default()
    };
    let void = CreditNote {
        id: "cn_2".to_owned(),
        status: "void".to_owned(),
        effective_at: Some(1_793_700_000),
        voided_at: Some(1_793_800_000),
        ..note.clone()
    };
    vec![note, void]
}

/// Rows as the books hand them out.
fn of_books<T: serde::de::DeserializeOwned>(rows: serde_json::Value) -> Vec<T> {
    serde_json::from_value(rows).unwrap()
}

pub(crate) fn refunds() -> Vec<books::RefundExport> {
    of_books(json!([
        {"id": "re_1", "status": "succeeded", "amount": 7_700, "currency": "usd",
            "charge": "ch_1", "payment_intent": "pi_1", "invoice": "in_1",
            "invoice_number": "A-0001", "customer": "cus_1",
            "customer_name": "Müller, \"Söhne\" & Co", "tenant_id": "tenant-17",
            "reason": "requested_by_customer", "receipt_number": "1234-5678",
            "balance_transaction": "txn_1", "created": 1_793_600_000, "num": 1},
        {"id": "re_2", "status": "failed", "amount": 500, "currency": "jpy", "charge": "ch_2",
            "failure_reason": "expired_or_canceled_card", "balance_transaction": "txn_2",
            "failure_balance_transaction": "txn_3", "description": "=HYPERLINK(\"x\")",
            "created": 1_793_700_000, "num": 2},
    ]))
}

pub(crate) fn disputes() -> Vec<books::DisputeExport> {
    of_books(json!([
        {"id": "du_1", "status": "needs_response", "amount": 146_608, "currency": "usd",
            "charge": "ch_1", "payment_intent": "pi_1", "invoice": "in_1",
            "invoice_number": "A-0001", "customer": "cus_1",
            "customer_name": "Müller, \"Söhne\" & Co", "tenant_id": "tenant-17",
            "reason": "fraudulent", "evidence_due_by": 1_794_400_000, "evidence_submissions": 0,
            "created": 1_793_600_000, "num": 1},
        {"id": "du_2", "status": "warning_closed", "amount": 12_340, "currency": "kwd",
            "created": 1_793_700_000, "num": 2},
    ]))
}

pub(crate) fn payouts() -> Vec<books::PayoutExport> {
    of_books(json!([
        {"id": "po_1", "status": "paid", "amount": 1_240_000, "currency": "usd", "entries": 12,
            "fees": 36_420, "automatic": 1, "method": "standard",
            "destination": "bank_account", "balance_transaction": "txn_9",
            "description": "STRIPE PAYOUT", "statement_descriptor": "NORTHWIND",
            "created": 1_793_600_000, "arrives_at": 1_793_750_400, "num": 1},
        {"id": "po_2", "status": "failed", "amount": -4_512, "currency": "eur", "entries": 0,
            "automatic": 0, "failure_code": "account_closed",
            "failure_message": "The bank account has been closed.", "original_payout": "po_0",
            "created": 1_793_700_000, "arrives_at": 1_793_700_000, "num": 2},
    ]))
}
