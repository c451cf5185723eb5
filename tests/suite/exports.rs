//! Exports of a loaded account against the account's own objects: every row, every sum, and the
//! control sheet.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use books::{Books, InvoiceFilter, TenantFilter};
use reports::{
    Bucket, Context, ExportKind, ExportRequest, Exported, Format, Mode, Profile, StatementFormat,
    StatementRequest, Verdict,
};
use serde_json::Value;
use simulator::{Running, TruthKind};
use tokio_util::sync::CancellationToken;

use crate::load_company::{NOW, Shelf, company, gateway, load, options};

/// A company of forty, loaded; the shelf keeps its books on the disk.
struct Loaded {
    sim: Running,
    books: Books,
    shelf: Shelf,
}

async fn loaded(seed: u64) -> Loaded {
    let sim = company(options(40, seed)).await;
    let shelf = Shelf::new();
    let books = shelf.open().await;
    let gateway = gateway(&sim.base_url, &sim.restricted_key);
    load(&gateway, &books).await.expect("a load");
    Loaded { sim, books, shelf }
}

impl Loaded {
    fn path(&self, name: &str) -> PathBuf {
        self.shelf.path().with_file_name(name)
    }

    fn context(&self) -> Context {
        Context {
            account: self.sim.account_id.clone(),
            entity_name: "Northwind".to_owned(),
            mode: Mode::Sample,
            zone: chrono_tz::Europe::Berlin,
            now: NOW,
            app_version: "0.1.0".to_owned(),
            note: None,
        }
    }

    fn request(&self, kind: ExportKind) -> ExportRequest {
        ExportRequest {
            kind,
            profile: Profile::Meterdesk,
            format: Format::Csv,
            path: self.path(&format!("{}.csv", kind.as_str())),
            invoices: InvoiceFilter::default(),
            tenants: TenantFilter {
                include_deleted: true,
                ..TenantFilter::default()
            },
            context: self.context(),
        }
    }

    async fn export(&self, request: ExportRequest) -> Exported {
        reports::export(&self.books, request, &|_| {}, &CancellationToken::new())
            .await
            .expect("an export")
    }

    /// The account's own objects.
    fn truth(&self, kind: TruthKind) -> Vec<Value> {
        let objects = self.sim.truth();
        objects
            .objects(kind)
            .map(|json| serde_json::from_slice(&json).expect("JSON"))
            .collect()
    }
}

type Row = BTreeMap<String, String>;

fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).expect("a file");
    let headings = reader.headers().expect("headings").clone();
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.expect("a row");
        headings
            .iter()
            .map(str::to_owned)
            .zip(record.iter().map(str::to_owned))
            .collect()
    };
    reader.records().map(row).collect()
}

fn column(rows: &[Row], name: &str) -> BTreeSet<String> {
    let set: BTreeSet<String> = rows.iter().map(|row| row[name].clone()).collect();
    assert_eq!(set.len(), rows.len(), "every {name} stands once");
    set
}

fn ids(objects: &[Value]) -> BTreeSet<String> {
    objects.iter().map(|object| text(object, "/id")).collect()
}

fn text(object: &Value, place: &str) -> String {
    match object.pointer(place) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// Stripe's decimals, written down once more so that a mistake cannot hide on both sides.
fn major(minor: &str, currency: &str) -> String {
    let places = match currency.to_lowercase().as_str() {
        "jpy" | "krw" | "vnd" => 0,
        "kwd" | "bhd" | "jod" | "omr" | "tnd" => 3,
        _ => 2,
    };
    if minor.is_empty() || places == 0 {
        return minor.to_owned();
    }
    let (sign, digits) = minor
        .strip_prefix('-')
        .map_or(("", minor), |digits| ("-", digits));
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    format!("{sign}{whole}.{part}")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_object_of_the_account_is_a_row_once() {
    let loaded = loaded(21).await;
    let cases = [
        (ExportKind::Invoices, "invoice_id", TruthKind::Invoice),
        (ExportKind::Customers, "customer_id", TruthKind::Customer),
        (
            ExportKind::CreditNotes,
            "credit_note_id",
            TruthKind::CreditNote,
        ),
        (ExportKind::Refunds, "refund_id", TruthKind::Refund),
        (ExportKind::Disputes, "dispute_id", TruthKind::Dispute),
        (ExportKind::Payouts, "payout_id", TruthKind::Payout),
    ];
    for (kind, name, truth) in cases {
        let made = loaded.export(loaded.request(kind)).await;
        let found = column(&rows(&made.path), name);
        let expected = ids(&loaded.truth(truth));
        assert!(!expected.is_empty(), "{kind:?}: the account has some");
        let missing: Vec<_> = expected.difference(&found).collect();
        assert_eq!(
            missing,
            Vec::<&String>::new(),
            "{kind:?}: these are missing"
        );
        assert_eq!(
            made.rows,
            found.len() as u64,
            "{kind:?}: the control sheet counts them"
        );
    }
    let made = loaded.export(loaded.request(ExportKind::Payments)).await;
    let payments = rows(&made.path);
    let charges = ids(&loaded.truth(TruthKind::Charge));
    assert!(
        charges.is_subset(&column(&payments, "payment_id")),
        "every attempt is a row"
    );
    let made = loaded
        .export(loaded.request(ExportKind::InvoiceLines))
        .await;
    let lines: usize = loaded
        .truth(TruthKind::Invoice)
        .iter()
        .filter_map(|invoice| invoice.pointer("/lines/data")?.as_array().map(Vec::len))
        .sum();
    assert_eq!(made.rows, lines as u64, "every line is a row");
    let made = loaded
        .export(loaded.request(ExportKind::Subscriptions))
        .await;
    let subscriptions: BTreeSet<_> = rows(&made.path)
        .into_iter()
        .map(|row| row["subscription_id"].clone())
        .collect();
    let mut expected = loaded.truth(TruthKind::Subscription);
    let deleted = loaded.sim.truth().deleted_customers();
    expected.retain(|subscription| !deleted.contains(&text(subscription, "/customer")));
    let missing: Vec<_> = ids(&expected).difference(&subscriptions).cloned().collect();
    assert_eq!(missing, Vec::<String>::new(), "these are missing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn invoices_carry_stripes_own_amounts() {
    let loaded = loaded(22).await;
    let own = loaded.export(loaded.request(ExportKind::Invoices)).await;
    let stripe = ExportRequest {
        profile: Profile::Stripe,
        path: loaded.path("stripe.csv"),
        ..loaded.request(ExportKind::Invoices)
    };
    let stripe = loaded.export(stripe).await;
    let by = |rows: Vec<Row>, name: &str| -> BTreeMap<String, Row> {
        rows.into_iter()
            .map(|row| (row[name].clone(), row))
            .collect()
    };
    let (own, stripe) = (
        by(rows(&own.path), "invoice_id"),
        by(rows(&stripe.path), "id"),
    );
    let charges = ids(&loaded.truth(TruthKind::Charge));
    let with_charge = stripe
        .values()
        .filter(|row| !row["Charge"].is_empty())
        .count();
    assert!(with_charge > 0, "paid invoices name their charge");
    for invoice in loaded.truth(TruthKind::Invoice) {
        let id = text(&invoice, "/id");
        let (own, stripe) = (&own[&id], &stripe[&id]);
        let currency = text(&invoice, "/currency");
        for (field, heading) in [
            ("subtotal", "Subtotal"),
            ("total", "Total"),
            ("amount_due", "Amount Due"),
            ("amount_paid", "Amount Paid"),
            ("starting_balance", "Starting Balance"),
            ("ending_balance", "Ending Balance"),
        ] {
            let minor = text(&invoice, &format!("/{field}"));
            assert_eq!(own[&format!("{field}_minor")], minor, "{id}: {field}");
            assert_eq!(own[field], major(&minor, &currency), "{id}: {field}");
            assert_eq!(stripe[heading], major(&minor, &currency), "{id}: {heading}");
        }
        assert_eq!(own["currency"], currency.to_uppercase(), "{id}");
        assert_eq!(own["status"], text(&invoice, "/status"), "{id}");
        assert_eq!(stripe["Currency"], currency, "{id}");
        let paid = text(&invoice, "/status") == "paid";
        assert_eq!(stripe["Paid"], paid.to_string(), "{id}");
        assert_eq!(stripe["Number"], text(&invoice, "/number"), "{id}");
        if !stripe["Charge"].is_empty() {
            assert!(
                charges.contains(&stripe["Charge"]),
                "{id}: its charge is one"
            );
        }
        for gone in ["Closed", "Forgiven", "Tax Percent"] {
            assert_eq!(stripe[gone], "", "{id}: {gone} is no longer in the API");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sums_of_the_control_sheet_are_the_accounts_and_the_screens() {
    let loaded = loaded(23).await;
    let made = loaded.export(loaded.request(ExportKind::Invoices)).await;
    let mut expected = BTreeMap::<String, (u64, i64, i64)>::new();
    for ((currency, status), sums) in loaded.sim.truth().invoice_sums() {
        if !["draft", "void"].contains(&status.as_str()) {
            let sum = expected.entry(currency.to_uppercase()).or_default();
            *sum = (
                sum.0 + sums.invoices,
                sum.1 + sums.total,
                sum.2 + sums.amount_remaining,
            );
        }
    }
    let said: BTreeMap<_, _> = made
        .sums
        .iter()
        .filter(|sums| sums.counted.rows > 0)
        .map(|sums| {
            let of = |name| sums.sum(Bucket::Counted, name).expect("a sum");
            (
                sums.currency.clone(),
                (sums.counted.rows, of("total"), of("amount_remaining")),
            )
        })
        .collect();
    assert_eq!(said, expected, "the account's own sums");
    assert!(said.len() > 1, "several currencies");
    assert_eq!(
        reports::verify(&made.control_json).expect("read").verdict,
        Verdict::Holds
    );
    assert!(made.control.as_of.is_some(), "the books are whole");

    let filters = [
        InvoiceFilter {
            statuses: vec!["open".to_owned()],
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            currencies: vec!["EUR".to_owned()],
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            statuses: vec!["past_due".to_owned()],
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            finalized_from: Some(NOW - 60 * 86_400),
            finalized_before: Some(NOW - 30 * 86_400),
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            plans: vec!["Professional".to_owned()],
            ..InvoiceFilter::default()
        },
        InvoiceFilter {
            text: "a".to_owned(),
            ..InvoiceFilter::default()
        },
    ];
    for filter in filters {
        let request = ExportRequest {
            invoices: filter.clone(),
            path: loaded.path("filtered.csv"),
            ..loaded.request(ExportKind::Invoices)
        };
        let made = loaded.export(request).await;
        let screen = loaded
            .books
            .invoice_totals(&filter, NOW)
            .await
            .expect("totals");
        let shown: BTreeMap<_, _> = screen
            .iter()
            .filter(|totals| totals.invoices > 0)
            .map(|totals| (totals.currency.to_uppercase(), totals.total))
            .collect();
        let written: BTreeMap<_, _> = made
            .sums
            .iter()
            .filter(|sums| sums.counted.rows > 0)
            .map(|sums| {
                (
                    sums.currency.clone(),
                    sums.sum(Bucket::Counted, "total").expect("a sum"),
                )
            })
            .collect();
        assert_eq!(written, shown, "what is filtered is exported: {filter:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn payments_add_up_to_what_invoices_say_was_paid() {
    let loaded = loaded(25).await;
    let made = loaded.export(loaded.request(ExportKind::Payments)).await;
    let mut paid = BTreeMap::<String, i64>::new();
    for row in rows(&made.path) {
        if ["succeeded", "paid"].contains(&row["status"].as_str()) {
            let amount: i64 = row["amount_minor"].parse().expect("an amount");
            *paid.entry(row["invoice_id"].clone()).or_default() += amount;
        }
    }
    for invoice in loaded.truth(TruthKind::Invoice) {
        let id = text(&invoice, "/id");
        let expected = invoice["amount_paid"].as_i64().expect("an amount");
        let found = paid.get(&id).copied().unwrap_or(0);
        assert_eq!(found, expected, "{id}: {}", text(&invoice, "/status"));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refunds_add_up_to_the_accounts_own_and_name_their_invoice() {
    let loaded = loaded(21).await;
    let mut invoice_of = BTreeMap::new();
    for payment in loaded.truth(TruthKind::InvoicePayment) {
        let intent = text(&payment, "/payment/payment_intent");
        invoice_of.insert(intent, text(&payment, "/invoice"));
    }
    let (mut sums, mut invoices) = (BTreeMap::<String, i64>::new(), BTreeMap::new());
    for refund in loaded.truth(TruthKind::Refund) {
        if text(&refund, "/status") == "succeeded" {
            *sums
                .entry(text(&refund, "/currency").to_uppercase())
                .or_default() += refund["amount"].as_i64().expect("an amount");
        }
        let invoice = invoice_of.get(&text(&refund, "/payment_intent")).cloned();
        invoices.insert(text(&refund, "/id"), invoice.unwrap_or_default());
    }
    let made = loaded.export(loaded.request(ExportKind::Refunds)).await;
    let written: BTreeMap<String, i64> = made
        .sums
        .iter()
        .filter(|sums| sums.counted.rows > 0)
        .map(|it| {
            let sum = it.sum(Bucket::Counted, "amount").expect("a sum");
            (it.currency.clone(), sum)
        })
        .collect();
    assert_eq!(written, sums, "the control sheet's sums are the account's");
    let named: BTreeMap<String, String> = rows(&made.path)
        .into_iter()
        .map(|row| (row["refund_id"].clone(), row["invoice_id"].clone()))
        .collect();
    assert_eq!(named, invoices, "each with the invoice whose money it is");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_closes_on_what_remains_open() {
    let loaded = loaded(24).await;
    let mut open = BTreeMap::<String, BTreeMap<String, i64>>::new();
    for invoice in loaded.truth(TruthKind::Invoice) {
        let customer = open.entry(text(&invoice, "/customer")).or_default();
        let currency = customer
            .entry(text(&invoice, "/currency").to_uppercase())
            .or_default();
        if text(&invoice, "/status") == "open" {
            *currency += invoice["amount_remaining"].as_i64().expect("an amount");
        }
    }
    for (customer, expected) in open {
        let request = StatementRequest {
            customer: customer.clone(),
            format: StatementFormat::Csv,
            from: None,
            path: loaded.path("statement.csv"),
            context: loaded.context(),
        };
        let made = reports::statement(&loaded.books, request, &CancellationToken::new())
            .await
            .expect("a statement");
        let closing: BTreeMap<String, i64> = rows(&made.path)
            .into_iter()
            .filter(|row| row["kind"] == "closing_balance")
            .map(|row| {
                (
                    row["currency"].clone(),
                    row["balance_minor"].parse().expect("an amount"),
                )
            })
            .collect();
        for (currency, remaining) in expected {
            let found = closing.get(&currency).copied().unwrap_or(0);
            assert_eq!(found, remaining, "{customer} in {currency}");
        }
    }
}
