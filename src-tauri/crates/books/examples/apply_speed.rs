//! How fast the books take objects in, without a network: made-up invoices of three lines each,
//! decoded and compressed on one thread while the one before is written.
//!
//! `cargo run --release -p books --example apply_speed -- [invoices]`

use std::io::Write as _;
use std::time::{Duration, Instant};

use books::{Books, BooksError, BooksKey, Raw, Source};
use bytes::Bytes;
use objects::Kind;
use tokio_util::sync::CancellationToken;

/// Objects in a transaction.
const BATCH: usize = 5_000;
/// Customers share the invoices.
const INVOICES_A_CUSTOMER: usize = 5;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), BooksError> {
    let invoices: usize = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(100_000);
    let folder = std::env::temp_dir().join(format!("apply_speed_{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|source| BooksError::Io {
        path: folder.clone(),
        source,
    })?;
    let outcome = run(&folder.join("books.db"), invoices).await;
    if let Err(error) = std::fs::remove_dir_all(&folder) {
        say(&format!("the folder stays: {error}"));
    }
    outcome
}

async fn run(path: &std::path::Path, invoices: usize) -> Result<(), BooksError> {
    let books = Books::create(path, &BooksKey::generate()?).await?;
    let (send, mut receive) = tokio::sync::mpsc::channel(1);
    let preparing = books.clone();
    let started = Instant::now();
    let made = std::thread::spawn(move || {
        let mut times = (Duration::ZERO, 0_usize, Duration::ZERO);
        let customers = invoices / INVOICES_A_CUSTOMER;
        let all = (0..customers).map(|n| (Kind::Customer, n));
        let all: Vec<_> = all
            .chain((0..invoices).map(|n| (Kind::Invoice, n)))
            .collect();
        for batch in all.chunks(BATCH) {
            let making = Instant::now();
            let raws: Vec<Raw> = batch.iter().map(|(kind, n)| object(*kind, *n)).collect();
            times.1 += raws.iter().map(size).sum::<usize>();
            times.2 += making.elapsed();
            let preparing_since = Instant::now();
            let prepared = preparing.prepare(raws);
            times.0 += preparing_since.elapsed();
            if send.blocking_send(prepared).is_err() {
                break;
            }
        }
        times
    });
    let (mut objects, mut writing) = (0, Duration::ZERO);
    while let Some(prepared) = receive.recv().await {
        if let Some(failed) = prepared.failed.first() {
            say(&format!("not decoded: {}", failed.error));
        }
        let since = Instant::now();
        objects += books
            .apply(prepared, Source::Backfill, 1_790_000_000, &[])
            .await?
            .objects;
        writing += since.elapsed();
    }
    let loaded = started.elapsed();
    let Ok((preparing, json, making)) = made.join() else {
        return Err(BooksError::Cancelled);
    };
    let settling = Instant::now();
    books.settle(&|_| {}, &CancellationToken::new()).await?;
    let settled = settling.elapsed();
    let bytes = books.file_bytes();
    let rate = |time: Duration| objects as f64 / time.as_secs_f64();
    say(&format!(
        "{objects} objects, {:.0} MB of JSON, made in {making:.1?}",
        mb(json as u64)
    ));
    say(&format!(
        "prepare {:>8.0} objects/s on its thread",
        rate(preparing)
    ));
    say(&format!(
        "apply   {:>8.0} objects/s on its thread",
        rate(writing)
    ));
    say(&format!(
        "both    {:>8.0} objects/s together",
        rate(loaded - making)
    ));
    say(&format!(
        "settle  {settled:.1?}; all {:.0} objects/s",
        rate(loaded + settled - making)
    ));
    say(&format!(
        "file and log {:.0} MB; peak {} kB",
        mb(bytes),
        peak_kb()
    ));
    books.close().await
}

fn say(line: &str) {
    // A measurement's result is its output.
    let _written = writeln!(std::io::stdout(), "{line}");
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

/// The most memory that the process had, as Linux counts it.
fn peak_kb() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.map_or_else(String::new, |line| {
        line.trim().trim_end_matches(" kB").to_owned()
    })
}

fn size(raw: &Raw) -> usize {
    match raw {
        Raw::Object { json, .. } | Raw::Part { json, .. } => json.len(),
        Raw::Children { items, .. } => items.iter().map(Bytes::len).sum(),
    }
}

/// Letters that look like those of Stripe's ids.
fn code(n: usize, salt: u64) -> String {
    const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut state = (n as u64)
        .wrapping_add(salt)
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        | 1;
    (0..24)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            char::from(LETTERS[(state % 62) as usize])
        })
        .collect()
}

fn object(kind: Kind, n: usize) -> Raw {
    let json = match kind {
        Kind::Customer => customer(n),
        _ => invoice(n),
    };
    Raw::Object {
        kind,
        json: Bytes::from(json),
    }
}

fn customer(n: usize) -> String {
    format!(
        r#"{{"id":"cus_{id}","object":"customer","address":{{"city":"Town {n}","country":"US",
        "line1":"{n} Main Street","line2":null,"postal_code":"{zip}","state":"CA"}},"balance":0,
        "created":{created},"currency":"usd","default_source":null,"delinquent":false,
        "description":null,"discount":null,"email":"billing{n}@example.com",
        "invoice_prefix":"{prefix}","invoice_settings":{{"custom_fields":null,
        "default_payment_method":"pm_{pm}","footer":null,"rendering_options":null}},
        "livemode":false,"metadata":{{"tenantId":"tenant-{n}"}},"name":"Company {n} Inc.",
        "next_invoice_sequence":{n},"phone":null,"preferred_locales":[],"shipping":null,
        "tax_exempt":"none","test_clock":null}}"#,
        id = code(n, 1),
        pm = code(n, 2),
        prefix = &code(n, 3)[..8],
        zip = 10_000 + n % 89_999,
        created = 1_700_000_000 + n,
    )
}

fn line(n: usize, k: usize) -> String {
    let amount = 7_700 * (k as i64 + 1) + (n % 40) as i64;
    format!(
        r#"{{"id":"il_{id}","object":"line_item","amount":{amount},"currency":"usd",
        "description":"{q} × Professional (at $77.00 / month)","discount_amounts":[],
        "discountable":true,"discounts":[],"invoice":"in_{invoice}","livemode":false,
        "metadata":{{}},"parent":{{"invoice_item_details":null,"subscription_item_details":{{
        "invoice_item":null,"proration":false,"proration_details":{{"credited_items":null}},
        "subscription":"sub_{sub}","subscription_item":"si_{si}"}},
        "type":"subscription_item_details"}},"period":{{"end":{end},"start":{start}}},
        "pretax_credit_amounts":[],"pricing":{{"price_details":{{"price":"price_{price}",
        "product":"prod_{product}"}},"type":"price_details","unit_amount_decimal":"7700"}},
        "quantity":{q},"quantity_decimal":"{q}","subtotal":{amount},"taxes":[]}}"#,
        id = code(n * 3 + k, 4),
        invoice = code(n, 5),
        sub = code(n / INVOICES_A_CUSTOMER, 6),
        si = code(n / INVOICES_A_CUSTOMER * 3 + k, 7),
        price = code(k, 8),
        product = code(k, 9),
        q = n % 40 + 1,
        start = 1_750_000_000 + n * 60,
        end = 1_752_592_000 + n * 60,
    )
}

fn invoice(n: usize) -> String {
    let lines: Vec<String> = (0..3).map(|k| line(n, k)).collect();
    let total = 46_200 + 3 * (n % 40) as i64;
    let (id, at) = (code(n, 5), 1_750_000_000 + n * 60);
    format!(
        r#"{{"id":"in_{id}","object":"invoice","account_country":"US",
        "account_name":"Sample Company","account_tax_ids":null,"amount_due":{total},
        "amount_overpaid":0,"amount_paid":{total},"amount_remaining":0,"amount_shipping":0,
        "application":null,"attempt_count":1,"attempted":true,"auto_advance":false,
        "automatic_tax":{{"disabled_reason":null,"enabled":false,"liability":null,
        "provider":null,"status":null}},"automatically_finalizes_at":null,
        "billing_reason":"subscription_cycle","collection_method":"charge_automatically",
        "created":{at},"currency":"usd","custom_fields":null,"customer":"cus_{customer}",
        "customer_account":null,"customer_address":null,
        "customer_email":"billing{c}@example.com","customer_name":"Company {c} Inc.",
        "customer_phone":null,"customer_shipping":null,"customer_tax_exempt":"none",
        "customer_tax_ids":[],"default_payment_method":null,"default_source":null,
        "default_tax_rates":[],"description":null,"discounts":[],"due_date":null,
        "effective_at":{at},"ending_balance":0,"footer":null,"from_invoice":null,
        "hosted_invoice_url":"https://invoice.example.com/i/acct_1/test_{long}?s=ap",
        "invoice_pdf":"https://pay.example.com/invoice/acct_1/test_{long}/pdf?s=ap",
        "issuer":{{"type":"self"}},"last_finalization_error":null,"latest_revision":null,
        "lines":{{"object":"list","data":[{lines}],"has_more":false,"total_count":3,
        "url":"/v1/invoices/in_{id}/lines"}},"livemode":false,"metadata":{{}},
        "next_payment_attempt":null,"number":"{prefix}-{n:04}","on_behalf_of":null,
        "parent":{{"quote_details":null,"subscription_details":{{"metadata":{{}},
        "subscription":"sub_{sub}"}},"type":"subscription_details"}},
        "payment_settings":{{"default_mandate":null,"payment_method_options":null,
        "payment_method_types":null}},"period_end":{at},"period_start":{at},
        "post_payment_credit_notes_amount":0,"pre_payment_credit_notes_amount":0,
        "receipt_number":null,"rendering":null,"shipping_cost":null,"shipping_details":null,
        "starting_balance":0,"statement_descriptor":null,"status":"paid",
        "status_transitions":{{"finalized_at":{at},"marked_uncollectible_at":null,
        "paid_at":{paid},"voided_at":null}},"subtotal":{total},
        "subtotal_excluding_tax":{total},"test_clock":null,"total":{total},
        "total_discount_amounts":[],"total_excluding_tax":{total},
        "total_pretax_credit_amounts":[],"total_taxes":[],"webhooks_delivered_at":{at}}}"#,
        customer = code(n / INVOICES_A_CUSTOMER, 1),
        c = n / INVOICES_A_CUSTOMER,
        sub = code(n / INVOICES_A_CUSTOMER, 6),
        long = [code(n, 10), code(n, 11), code(n, 12), code(n, 13)].concat(),
        lines = lines.join(","),
        prefix = &code(n / INVOICES_A_CUSTOMER, 3)[..8],
        paid = at + 3_600,
    )
}
