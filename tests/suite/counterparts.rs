//! The simulated account held against what nobody here wrote: the official SDK as a client, that
//! SDK's types checked by the TypeScript compiler, and a typed Rust client's decoders.

mod signatures;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use simulator::{Options, Running, Truth, TruthKind};
use stripe_shared as typed;

use crate::simulator_http::{get, start};

/// A company of so many customers, made from `seed`.
fn options(customers: u32, seed: u64) -> Options {
    Options {
        customers,
        seed,
        now: Some(1_795_348_800),
        ..Options::default()
    }
}

/// Where the scripts and their packages are.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("counterparts")
}

/// Runs node with `arguments` against the account; what it printed, or its own words of failure.
async fn node(
    account: &Running,
    arguments: &[&str],
    more: &[(&str, &str)],
) -> Result<String, String> {
    let folder = folder();
    assert!(
        folder.join("node_modules/stripe").is_dir(),
        "the counterparts' packages are missing: run `npm ci` in tests/counterparts, or \
         `cargo xtask test`, which does it"
    );
    let output = tokio::process::Command::new("node")
        .args(arguments)
        .current_dir(folder)
        .env("ACCOUNT_URL", &account.base_url)
        .env("ACCOUNT_KEY", &account.secret_key)
        .env("RESTRICTED_KEY", &account.restricted_key)
        .env("PUBLISHABLE_KEY", &account.publishable_key)
        .envs(more.iter().copied())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("node is installed");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(text(&output.stdout))
    } else {
        Err(text(&output.stdout) + &text(&output.stderr))
    }
}

async fn script(account: &Running, name: &str, more: &[(&str, &str)]) -> Value {
    let printed = node(account, &[name], more)
        .await
        .unwrap_or_else(|words| panic!("{words}"));
    serde_json::from_str(&printed).expect("one JSON document")
}

/// The SDK's names of the kinds.
const KINDS: [(&str, TruthKind); 25] = [
    ("customer", TruthKind::Customer),
    ("product", TruthKind::Product),
    ("price", TruthKind::Price),
    ("coupon", TruthKind::Coupon),
    ("tax_rate", TruthKind::TaxRate),
    ("subscription", TruthKind::Subscription),
    ("invoice", TruthKind::Invoice),
    ("invoice_payment", TruthKind::InvoicePayment),
    ("payment_intent", TruthKind::PaymentIntent),
    ("charge", TruthKind::Charge),
    ("credit_note", TruthKind::CreditNote),
    ("event", TruthKind::Event),
    ("balance_transaction", TruthKind::BalanceTransaction),
    ("payment_method", TruthKind::PaymentMethod),
    ("refund", TruthKind::Refund),
    ("dispute", TruthKind::Dispute),
    (
        "stripe_balance_transaction",
        TruthKind::StripeBalanceTransaction,
    ),
    ("payout", TruthKind::Payout),
    ("credit_grant", TruthKind::CreditGrant),
    ("credit_transaction", TruthKind::CreditTransaction),
    ("meter", TruthKind::Meter),
    ("promotion_code", TruthKind::PromotionCode),
    ("schedule", TruthKind::Schedule),
    ("invoice_item", TruthKind::InvoiceItem),
    ("test_clock", TruthKind::TestClock),
];

fn ids(found: &Value) -> Vec<&str> {
    found
        .as_array()
        .expect("a list")
        .iter()
        .map(|id| id.as_str().expect("an id"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdk_finds_every_object_once() {
    let account = start(options(100, 11)).await;
    let truth = account.truth();
    for limit in ["100", "7"] {
        let found = script(&account, "lists.mjs", &[("PAGE_LIMIT", limit)]).await;
        for (name, kind) in KINDS {
            let ids = ids(&found[name]);
            let unique: BTreeSet<&str> = ids.iter().copied().collect();
            assert_eq!(
                ids.len(),
                unique.len(),
                "{name}: none twice, {limit} a page"
            );
            if matches!(
                kind,
                TruthKind::BalanceTransaction | TruthKind::PaymentMethod
            ) {
                // Walked customer by customer, and of deleted ones not at all.
                continue;
            }
            assert_eq!(
                ids,
                truth.ids(kind),
                "{name}: all, newest first, {limit} a page"
            );
        }
        let mut backwards = ids(&found["invoice_backwards"]);
        backwards.push(*ids(&found["invoice"]).last().expect("an oldest invoice"));
        let forwards: BTreeSet<_> = ids(&found["invoice"]).into_iter().collect();
        assert_eq!(
            backwards.into_iter().collect::<BTreeSet<_>>(),
            forwards,
            "both ways"
        );
        assert!(
            found["long_invoices"].as_u64() > Some(0),
            "an invoice of more than ten lines"
        );
        assert_eq!(found["on_clock"], 2, "a test clock's customers on request");
        assert_eq!(found["windows"], 20, "a window for each day");
        assert!(found["credits_left"].is_i64(), "{}", found["credits_left"]);
        assert_eq!(
            found["payout_adds_up"], true,
            "a payout is what went into it"
        );
        assert_eq!(found["charge_and_fee"], true, "a charge names its movement");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdk_understands_every_refusal() {
    let account = start(Options {
        restricted_without: vec!["rak_credit_note_read".to_owned()],
        ..options(60, 12)
    })
    .await;
    let found = script(&account, "errors.mjs", &[]).await;
    let cases = [
        ("wrong_key", "StripeAuthenticationError", 401, Value::Null),
        (
            "publishable_key",
            "StripeAuthenticationError",
            401,
            json!("secret_key_required"),
        ),
        ("permission", "StripePermissionError", 403, Value::Null),
        (
            "write_permission",
            "StripePermissionError",
            403,
            Value::Null,
        ),
        (
            "unknown_id",
            "StripeInvalidRequestError",
            404,
            json!("resource_missing"),
        ),
        (
            "unknown_param",
            "StripeInvalidRequestError",
            400,
            json!("parameter_unknown"),
        ),
        (
            "limit",
            "StripeInvalidRequestError",
            400,
            json!("parameter_invalid_integer"),
        ),
        (
            "both_cursors",
            "StripeInvalidRequestError",
            400,
            json!("parameters_exclusive"),
        ),
        (
            "unknown_cursor",
            "StripeInvalidRequestError",
            400,
            json!("resource_missing"),
        ),
        ("expand", "StripeInvalidRequestError", 400, Value::Null),
        ("key_reused", "StripeIdempotencyError", 400, Value::Null),
    ];
    for (name, kind, status, code) in cases {
        let refusal = &found[name];
        assert_eq!(refusal["kind"], kind, "{name}: {refusal}");
        assert_eq!(refusal["statusCode"], status, "{name}: {refusal}");
        assert_eq!(refusal["code"], code, "{name}: {refusal}");
        assert_eq!(refusal["hasRequestId"], true, "{name}: {refusal}");
    }
    assert_eq!(
        found["replayed"], "true",
        "a repeated write is answered from memory"
    );
    assert_eq!(
        found["name"], "First name",
        "a refused write changes nothing"
    );
    assert_eq!(
        found["expanded"], true,
        "expansion puts whole objects in their places"
    );
    assert_eq!(found["plain_tiers"], 0, "tiers appear on request alone");
    assert!(found["tiers"].as_u64() > Some(0), "and then they do");
    assert_eq!(found["latest_invoice"], "list", "nested expansion");
}

/// The SDK's type of each kind.
const TYPES: [(&str, TruthKind); 25] = [
    ("Stripe.Customer", TruthKind::Customer),
    ("Stripe.Product", TruthKind::Product),
    ("Stripe.Price", TruthKind::Price),
    ("Stripe.Coupon", TruthKind::Coupon),
    ("Stripe.TaxRate", TruthKind::TaxRate),
    ("Stripe.Subscription", TruthKind::Subscription),
    ("Stripe.Invoice", TruthKind::Invoice),
    ("Stripe.InvoicePayment", TruthKind::InvoicePayment),
    ("Stripe.PaymentIntent", TruthKind::PaymentIntent),
    ("Stripe.Charge", TruthKind::Charge),
    ("Stripe.CreditNote", TruthKind::CreditNote),
    ("Stripe.EventBase", TruthKind::Event),
    (
        "Stripe.CustomerBalanceTransaction",
        TruthKind::BalanceTransaction,
    ),
    ("Stripe.PaymentMethod", TruthKind::PaymentMethod),
    ("Stripe.Refund", TruthKind::Refund),
    ("Stripe.Dispute", TruthKind::Dispute),
    (
        "Stripe.BalanceTransaction",
        TruthKind::StripeBalanceTransaction,
    ),
    ("Stripe.Payout", TruthKind::Payout),
    ("Stripe.Billing.CreditGrant", TruthKind::CreditGrant),
    (
        "Stripe.Billing.CreditBalanceTransaction",
        TruthKind::CreditTransaction,
    ),
    ("Stripe.Billing.Meter", TruthKind::Meter),
    ("Stripe.PromotionCode", TruthKind::PromotionCode),
    ("Stripe.SubscriptionSchedule", TruthKind::Schedule),
    ("Stripe.InvoiceItem", TruthKind::InvoiceItem),
    ("Stripe.TestHelpers.TestClock", TruthKind::TestClock),
];

/// Some objects of `kind`, spread over its whole list.
fn sample(truth: &Truth, kind: TruthKind, count: usize) -> Vec<String> {
    let step = (truth.count(kind) / count).max(1);
    let texts = truth.objects(kind).step_by(step).take(count);
    texts
        .map(|json| String::from_utf8(json).expect("UTF-8"))
        .collect()
}

/// A program that is well typed exactly when the objects are what the SDK says they are: nothing
/// missing, nothing of another type, and nothing that the types do not know.
fn program(truth: &Truth, account: &str) -> String {
    let mut program = String::from(
        "import type Stripe from \"stripe\";\nimport type { Wire } from \"../../wire.d.ts\";\n",
    );
    for (place, (name, kind)) in TYPES.into_iter().enumerate() {
        let objects = sample(truth, kind, 16);
        assert!(!objects.is_empty(), "there is no {name}");
        for (number, object) in objects.iter().enumerate() {
            writeln!(
                program,
                "export const o{place}_{number}: Wire<{name}> = {object};"
            )
            .expect("a string takes it");
        }
    }
    program + &format!("export const account: Wire<Stripe.Account> = {account};\n")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_types_hold_every_object() {
    let account = start(options(100, 13)).await;
    let whole = body_of(&account, "/v1/account").await;
    let place = folder().join("node_modules/.cache");
    std::fs::create_dir_all(&place).expect("a place for the program");
    let place = tempfile::Builder::new()
        .prefix("wire")
        .tempdir_in(place)
        .expect("a folder");
    let file = place.path().join("objects.mts");
    let program = program(&account.truth(), &whole).replace("../../wire", "../../../wire");
    std::fs::write(&file, program).expect("the program is written");
    let arguments = [
        "node_modules/typescript/bin/tsc",
        "--noEmit",
        "--strict",
        "--skipLibCheck",
        "--allowImportingTsExtensions",
        "--module",
        "nodenext",
        "--target",
        "es2022",
        "--types",
        "node",
        file.to_str().expect("a path of letters"),
    ];
    if let Err(words) = node(&account, &arguments, &[]).await {
        let first: Vec<&str> = words.lines().take(40).collect();
        panic!("the SDK's types do not hold:\n{}", first.join("\n"));
    }
}

/// The body of a GET.
async fn body_of(account: &Running, path: &str) -> String {
    let response = get(account, path).await;
    assert_eq!(response.status, 200, "{path}");
    String::from_utf8(response.body).expect("UTF-8")
}

/// Decodes every object of `kind` as `T`.
fn decode<T: miniserde::Deserialize>(truth: &Truth, kind: TruthKind) {
    let mut count = 0;
    for json in truth.objects(kind) {
        let text = std::str::from_utf8(&json).expect("UTF-8");
        assert!(
            miniserde::json::from_str::<T>(text).is_ok(),
            "{kind:?} is not decoded: {text}"
        );
        count += 1;
    }
    assert!(count > 0, "there is no {kind:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_typed_client_decodes_every_object() {
    let account = start(options(240, 14)).await;
    let truth = account.truth();
    decode::<typed::Customer>(&truth, TruthKind::Customer);
    decode::<typed::Product>(&truth, TruthKind::Product);
    decode::<typed::Price>(&truth, TruthKind::Price);
    decode::<typed::Coupon>(&truth, TruthKind::Coupon);
    decode::<typed::TaxRate>(&truth, TruthKind::TaxRate);
    decode::<typed::Subscription>(&truth, TruthKind::Subscription);
    decode::<typed::Invoice>(&truth, TruthKind::Invoice);
    decode::<typed::InvoicePayment>(&truth, TruthKind::InvoicePayment);
    decode::<typed::PaymentIntent>(&truth, TruthKind::PaymentIntent);
    decode::<typed::Charge>(&truth, TruthKind::Charge);
    decode::<typed::CreditNote>(&truth, TruthKind::CreditNote);
    decode::<typed::CustomerBalanceTransaction>(&truth, TruthKind::BalanceTransaction);
    decode::<typed::PaymentMethod>(&truth, TruthKind::PaymentMethod);
    decode::<typed::Event>(&truth, TruthKind::Event);
    decode::<typed::Refund>(&truth, TruthKind::Refund);
    decode::<typed::Dispute>(&truth, TruthKind::Dispute);
    decode::<typed::BalanceTransaction>(&truth, TruthKind::StripeBalanceTransaction);
    decode::<typed::Payout>(&truth, TruthKind::Payout);
    decode::<typed::BillingCreditGrant>(&truth, TruthKind::CreditGrant);
    decode::<typed::BillingCreditBalanceTransaction>(&truth, TruthKind::CreditTransaction);
    decode::<stripe_billing::BillingMeter>(&truth, TruthKind::Meter);
    decode::<typed::PromotionCode>(&truth, TruthKind::PromotionCode);
    decode::<typed::SubscriptionSchedule>(&truth, TruthKind::Schedule);
    decode::<stripe_billing::InvoiceItem>(&truth, TruthKind::InvoiceItem);
    decode::<typed::TestHelpersTestClock>(&truth, TruthKind::TestClock);
    let whole = body_of(&account, "/v1/account").await;
    assert!(
        miniserde::json::from_str::<typed::Account>(&whole).is_ok(),
        "the account: {whole}"
    );
}
