//! Plans and allowances by the command line: proposed, looked at, confirmed, and what follows.
#![expect(clippy::expect_used, reason = "a step that fails ends the test")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use simulator::{Options, Running};

/// 22 November 2026.
const NOW: i64 = 1_795_348_800;

fn run(data: &Path, arguments: &[&str], key: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meterdesk-cli"));
    command
        .env_clear()
        .env("METERDESK_DATA_DIR", data)
        .env("METERDESK_KEYRING", "off")
        .env("METERDESK_PASSPHRASE", "horse battery staple")
        .env("USER", "kim")
        .stdin(Stdio::null())
        .args(arguments);
    if let Some(key) = key {
        command.env("STRIPE_API_KEY", key);
    }
    command.output().expect("the command line runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The one document that a command prints with `--json`.
fn document(data: &Path, arguments: &[&str]) -> Value {
    let output = run(data, &[&["--json"], arguments].concat(), None);
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("one document")
}

/// The error that a command ends with.
fn refused(data: &Path, arguments: &[&str]) -> Value {
    let output = run(data, &[&["--json"], arguments].concat(), None);
    assert!(!output.status.success(), "{arguments:?}");
    let error: Value = serde_json::from_slice(&output.stderr).expect("an error");
    error["error"].clone()
}

async fn account() -> Running {
    let options = Options {
        customers: 40,
        seed: 7,
        now: Some(NOW),
        ..Options::default()
    };
    simulator::start(options).await.expect("the account starts")
}

fn rows(report: &Value) -> &Vec<Value> {
    report["rows"].as_array().expect("rows")
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_are_confirmed_and_allowances_follow() {
    let account = account().await;
    let (base, key) = (account.base_url.clone(), account.secret_key.clone());
    let told = tokio::task::spawn_blocking(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path();
        let connected = run(
            data,
            &["connect", "--name", "acme", "--api-base", &base],
            Some(&key),
        );
        assert!(connected.status.success(), "{}", text(&connected.stderr));
        document(data, &["sync", "--pace", "unlimited"]);
        follow(data);
    });
    told.await.expect("the steps end");
    drop(account);
}

fn follow(data: &Path) {
    let before = document(data, &["plan", "list"]);
    assert_eq!(
        before["plans"].as_array().map(Vec::len),
        Some(4),
        "the product's own"
    );
    assert!(before["unconfirmed"].as_u64() > Some(0));
    let price = |document: &Value, product: &str| {
        let prices = document["prices"].as_array().expect("prices");
        let found = prices.iter().find(|it| it["product"] == product);
        found.expect("a price").clone()
    };
    assert_eq!(price(&before, "Professional")["standing"], "proposed");
    assert_eq!(
        price(&before, "Extra mailboxes")["standing"],
        "unmapped",
        "never guessed"
    );

    // Looked at, nothing is written.
    let looked = document(data, &["plan", "map", "--proposed"]);
    assert_eq!(looked["written"], false);
    assert_eq!(
        document(data, &["plan", "list"])["unconfirmed"],
        before["unconfirmed"]
    );
    let written = document(data, &["plan", "map", "--proposed", "--apply"]);
    assert!(written["entry"].as_u64().is_some(), "a ledger entry");
    let after = document(data, &["plan", "list"]);
    assert_eq!(price(&after, "Professional")["standing"], "confirmed");

    // Nobody delivered use: it is unknown, not zero.
    let report = document(data, &["usage", "report", "--plan", "starter"]);
    let row = rows(&report).first().expect("a tenant on Starter").clone();
    assert_eq!(row["allowance"], "500");
    assert_eq!(row["used"], Value::Null);
    assert_eq!(row["state"], "unknown");
    let id = row["id"].as_str().expect("an id").to_owned();

    let extra = [
        "plan",
        "top-up",
        &id,
        "--quantity",
        "250.5",
        "--reason",
        "outage",
        "--requester",
        "Ann",
    ];
    assert_eq!(document(data, &extra)["written"], false);
    let given = document(data, &[&extra[..], &["--apply"]].concat());
    let checked = document(data, &["usage", "check", &id]);
    assert_eq!(checked["allowance"], "750.5");
    let shown = document(data, &["usage", "show", &id]);
    assert_eq!(shown["parts"][1]["kind"], "top_up");
    assert_eq!(shown["parts"][1]["words"], "outage");
    assert_eq!(shown["register"][0]["closing"], "250.5");

    let limit = ["plan", "set", "starter", "--limit", "ai_credit=600"];
    document(data, &[&limit[..], &["--apply"]].concat());
    assert_eq!(
        document(data, &["usage", "check", &id])["allowance"],
        "850.5"
    );
    let number = given["entry"].to_string();
    let end = ["plan", "end", &number, "--apply"];
    document(data, &end);
    assert_eq!(
        document(data, &["plan", "list"])["changes"][0]["ended"],
        true
    );

    for (arguments, why) in [
        (
            vec!["plan", "map", "price_1=platinum"],
            "There is no plan “platinum”",
        ),
        (vec!["plan", "set", "gold"], "There is no plan “gold”"),
        (
            vec!["plan", "set", "free", "--limit", "ai_credit=-5"],
            "“-5” is no limit",
        ),
        (vec!["usage", "report", "--state", "fine"], "States are"),
        (
            vec!["plan", "end", "999999"],
            "There is none of the number 999999",
        ),
    ] {
        let error = refused(data, &arguments);
        let said = error["why"].as_str().expect("why");
        assert!(said.starts_with(why), "{arguments:?}: {said}");
    }
    let ledger = text(&run(data, &["ledger", "list"], None).stdout);
    for words in [
        "Wrote the plan starter",
        "an allowance of its own: top-up of 250.5",
    ] {
        assert!(ledger.contains(words), "{ledger}");
    }
    let table = text(&run(data, &["plan", "list"], None).stdout);
    assert!(table.contains("ai_credit 600 (stop)"), "{table}");
    document(data, &["doctor", "--rebuild"]);
    let last = document(data, &["usage", "check", &id]);
    assert_eq!(
        last["allowance"], "850.5",
        "the same again; today is the top-up's last day"
    );
}
