//! The command line as a process: its help, its documents, its exit codes, two processes at once.
#![expect(clippy::expect_used, reason = "a step that fails ends the test")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use desk::answers::Count;
use serde_json::Value;
use simulator::{Options, Running};

/// 22 November 2026.
const NOW: i64 = 1_795_348_800;
const PASSPHRASE: &str = "horse battery staple";

fn command(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_meterdesk-cli"));
    command
        .env_clear()
        .env("METERDESK_DATA_DIR", data)
        .env("METERDESK_KEYRING", "off")
        .env("METERDESK_PASSPHRASE", PASSPHRASE)
        .env("USER", "kim")
        .env("COLUMNS", "96")
        .stdin(Stdio::null());
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    command(data)
        .args(arguments)
        .output()
        .expect("the command line runs")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// The one document that a command prints with `--json`.
fn document(data: &Path, arguments: &[&str]) -> Value {
    let output = run(data, &[&["--json"], arguments].concat());
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        text(&output.stderr)
    );
    assert_eq!(
        text(&output.stderr),
        "",
        "{arguments:?}: progress is not shown with --json"
    );
    serde_json::from_slice(&output.stdout).expect("one document")
}

/// The document's shape: names and types, the first element of each list.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => Value::from("null"),
        Value::Bool(_) => Value::from("true or false"),
        Value::Number(_) => Value::from("number"),
        Value::String(_) => Value::from("text"),
        Value::Array(values) => Value::from(values.iter().take(1).map(shape).collect::<Vec<_>>()),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), shape(value)))
            .collect(),
    }
}

async fn account() -> Running {
    let options = Options {
        customers: 40,
        seed: 7,
        now: Some(NOW),
        ..Options::default()
    };
    simulator::start(options)
        .await
        .expect("the simulated account starts")
}

/// Runs blocking work beside the account that this runtime serves.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work)
        .await
        .expect("the work ends")
}

fn connect(data: &Path, base: &str, key: &str) -> Output {
    command(data)
        .args(["connect", "--name", "acme", "--api-base", base])
        .env("STRIPE_API_KEY", key)
        .output()
        .expect("the command line runs")
}

#[test]
fn every_command_documents_itself() {
    let data = tempfile::tempdir().expect("a folder");
    insta::assert_snapshot!("help", text(&run(data.path(), &["--help"]).stdout));
    for name in [
        "connect",
        "sync",
        "export",
        "invoices",
        "simulator serve",
        "ledger list",
    ] {
        let words: Vec<&str> = name.split(' ').chain(["--help"]).collect();
        let output = run(data.path(), &words);
        assert!(output.status.success(), "{name}");
        let help = text(&output.stdout);
        insta::assert_snapshot!(format!("help_{}", name.replace(' ', "_")), help);
    }
}

#[test]
fn the_sample_company_is_explored_without_a_window() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let loaded = document(data, &["sample", "--customers", "40"]);
    assert_eq!(loaded["phase"], "done");
    let out = data.join("paid.csv");
    let out = out.to_str().expect("UTF-8");
    let arguments = [
        "export",
        "invoices",
        "--status",
        "paid",
        "--currency",
        "usd",
        "--out",
        out,
    ];
    let exported = document(data, &arguments);
    let listed = document(data, &["invoices", "--status", "paid", "--currency", "USD"]);
    assert_eq!(
        listed["total"], exported["rows"],
        "the same filter, the same rows"
    );
    assert_eq!(
        listed["totals"], exported["sums"],
        "the same filter, the same sums"
    );
}

#[test]
fn no_level_of_logging_writes_a_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    let backup = data.join("b.backup");
    let backup = backup.to_str().expect("UTF-8");
    for arguments in [
        &["sample", "--customers", "10"][..],
        &["backup", "--out", backup],
    ] {
        let output = command(data)
            .args(arguments)
            .env("METERDESK_LOG", "trace")
            .output();
        let output = output.expect("the command line runs");
        assert!(output.status.success(), "{}", text(&output.stderr));
    }
    let logs = std::fs::read_dir(data.join("logs")).expect("a log");
    let logs = logs.map(|log| std::fs::read(log.expect("a file").path()).expect("a file"));
    let log = text(&logs.collect::<Vec<_>>().concat()).to_lowercase();
    assert!(log.contains("books opened"), "something is logged");
    // How the sample company's key begins, and how every key is given to the database.
    for secret in ["4d65746572646573", "pragma key", "x'"] {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
    assert!(!log.contains(PASSPHRASE));
}

#[test]
fn what_is_wrong_is_said_and_the_exit_code_is_not_zero() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path();
    for (arguments, words) in [
        (&["status"][..], "No account is open"),
        (
            &["--account", "nobody", "status"],
            "There is no account nobody",
        ),
        (
            &["--account", "../x", "status"],
            "cannot be an account's name",
        ),
        (
            &["export", "customers", "--from", "2026-01-01", "--out", "x"],
            "no filter of tenants",
        ),
        (&["sync", "--pace", "fast"], "The pace cannot be read"),
        (&["connect"], "The Stripe key is missing"),
    ] {
        let output = run(data, arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(
            text(&output.stderr).contains(words),
            "{arguments:?}: {}",
            text(&output.stderr)
        );
        assert_eq!(text(&output.stdout), "", "{arguments:?}: no data");
    }
    let output = run(data, &["--json", "status"]);
    let error: Value = serde_json::from_slice(&output.stderr).expect("one document");
    assert_eq!(error["error"]["code"], "not_found");
    assert_eq!(run(data, &["no-such-command"]).status.code(), Some(2));
}

/// The account's present is fixed, so that the first rows are always the same ones.
fn documents_keep_their_shape(data: &Path) {
    for (name, arguments) in [
        ("status", &["status"][..]),
        ("accounts", &["accounts"]),
        ("tenants", &["tenants", "--count", "1"]),
        (
            "invoices",
            &[
                "invoices",
                "--status",
                "paid",
                "--currency",
                "usd",
                "--count",
                "1",
            ],
        ),
        ("ledger_verify", &["ledger", "verify"]),
        ("ledger_list", &["ledger", "list"]),
    ] {
        insta::assert_json_snapshot!(name, shape(&document(data, arguments)));
    }
    let out = data.join("invoices.csv");
    let out = out.to_str().expect("UTF-8");
    let exported = document(data, &["export", "invoices", "--out", out]);
    insta::assert_json_snapshot!("export", shape(&exported));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_connected_loaded_backed_up_and_removed() {
    let account = account().await;
    let (base, key) = (account.base_url.clone(), account.restricted_key.clone());
    beside(move || {
        let folder = tempfile::tempdir().expect("a folder");
        let data = folder.path();
        let connected = connect(data, &base, &key);
        assert!(connected.status.success(), "{}", text(&connected.stderr));
        let words = text(&connected.stdout);
        assert!(
            words.contains("Recovery key") && !words.contains(&key),
            "{words}"
        );
        let loaded = document(data, &["sync", "--pace", "unlimited"]);
        assert_eq!(loaded["phase"], "done");
        insta::assert_json_snapshot!("sync", shape(&loaded));
        documents_keep_their_shape(data);
        assert_eq!(document(data, &["sync", "--full"])["phase"], "done");

        let backup = data.join("b.backup");
        let backup = backup.to_str().expect("UTF-8");
        document(data, &["backup", "--out", backup]);
        document(data, &["disconnect", "--delete-data"]);
        assert_eq!(document(data, &["accounts"]), Value::Array(Vec::new()));
        let restored = document(data, &["restore", backup]);
        assert_eq!(restored["account"]["name"], "acme");
        insta::assert_json_snapshot!("doctor", shape(&document(data, &["doctor", "--rebuild"])));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_asks_stripe_as_often_as_checking_the_key() {
    let account = account().await;
    let (base, key) = (account.base_url.clone(), account.secret_key.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_owned();
    let mut check = command(&data);
    check.args(["check-key", "--api-base", &base]);
    check.env("STRIPE_API_KEY", &key);
    let checked = beside(move || check.output().expect("the command line runs")).await;
    let notes = text(&checked.stdout);
    let of_a_check = account.requests();
    let connected = beside(move || connect(&data, &base, &key)).await;
    assert!(connected.status.success(), "{}", text(&connected.stderr));
    assert_eq!(account.requests(), 2 * of_a_check, "it is checked once");
    let warned = text(&connected.stderr);
    assert!(
        notes.contains(warned.trim()) && !warned.trim().is_empty(),
        "a key that may write is accepted after the same warning: {warned}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_reads_and_exports_beside_the_first() {
    let account = account().await;
    let (base, key) = (account.base_url.clone(), account.restricted_key.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_owned();
    beside(move || {
        assert!(connect(&data, &base, &key).status.success());
        document(&data, &["sync"]);
        data
    })
    .await;
    let window = window_on(folder.path());
    window
        .app_state()
        .await
        .expect("the window holds the books");
    let data = folder.path().to_owned();
    beside(move || {
        let out = data.join("x.csv");
        document(
            &data,
            &["export", "invoices", "--out", out.to_str().expect("UTF-8")],
        );
        assert!(out.exists(), "a second process exports");
        let refused = run(&data, &["sync"]);
        assert_eq!(refused.status.code(), Some(1), "but it does not write");
        let words = text(&refused.stderr);
        assert!(words.contains("Another Meterdesk process"), "{words}");
    })
    .await;
    window.close().await.expect("closed");
}

/// What holds the books for writing, as a window does.
fn window_on(data: &Path) -> desk::Desk {
    let mut config = desk::DeskConfig::new(data.to_owned());
    config.keyring = desk::Keyring::Off;
    config.passphrase = Some(secrecy::SecretString::from(PASSPHRASE.to_owned()));
    desk::Desk::new(config).expect("a desk")
}

/// Exports in a process of its own; the file's SHA-256 and what the control sheet notes.
async fn exported(data: &Path, name: &str) -> (String, String) {
    let (data, name) = (data.to_owned(), name.to_owned());
    beside(move || {
        let out = data.join(name);
        let out = out.to_str().expect("UTF-8");
        let exported = document(&data, &["export", "invoices", "--out", out]);
        let sheet = std::fs::read_to_string(format!("{out}.control.json")).expect("a sheet");
        let sheet: Value = serde_json::from_str(&sheet).expect("JSON");
        let sha256 = exported["sha256"].as_str().expect("a hash").to_owned();
        (sha256, sheet["notes"].to_string())
    })
    .await
}

/// How many entries of the ledger tell of the file with this hash.
fn entries_of(rows: &[desk::answers::LedgerRow], sha256: &str) -> usize {
    let told = |row: &&desk::answers::LedgerRow| row.words.contains(&sha256[..12]);
    rows.iter().filter(told).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_second_process_exports_is_in_the_ledger_once() {
    let account = account().await;
    let (base, key) = (account.base_url.clone(), account.restricted_key.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_owned();
    beside(move || {
        assert!(connect(&data, &base, &key).status.success());
        document(&data, &["sync"]);
    })
    .await;
    let window = window_on(folder.path());
    window.app_state().await.expect("it holds the books");
    let (first, sheet) = exported(folder.path(), "first.csv").await;
    assert!(
        sheet.contains("ledger entry of this file is pending"),
        "{sheet}"
    );
    let outbox = folder.path().join("accounts/acme/outbox");
    let note = std::fs::read_dir(&outbox).expect("an outbox").next();
    let note = note.expect("a note").expect("a file").path();
    let bytes = std::fs::read(&note).expect("a note");
    assert!(!text(&bytes).contains("export"), "it is sealed");
    let rows = window
        .ledger_rows(Count(0), Count(50))
        .await
        .expect("the ledger");
    assert_eq!(entries_of(&rows, &first), 1, "{rows:?}");
    assert!(
        rows[0]
            .words
            .ends_with("noted by a second Meterdesk process")
    );
    assert_eq!(
        rows[0].author, "kim",
        "who exported, not who has the window"
    );
    assert!(!note.exists(), "the note is done with");

    // As after a power cut between the entry and the note's removal, or copied back by somebody.
    std::fs::write(&note, &bytes).expect("it is back");
    std::fs::write(outbox.join("00.note"), &bytes).expect("under another name");
    let again = window
        .ledger_rows(Count(0), Count(50))
        .await
        .expect("the ledger");
    assert_eq!(again.len(), rows.len(), "never a second entry");
    assert!(!note.exists(), "it is done with again");

    // The window goes without having looked: the next process that writes takes the note in.
    let (second, _) = exported(folder.path(), "second.csv").await;
    window.close().await.expect("closed");
    let (third, sheet) = exported(folder.path(), "third.csv").await;
    assert!(
        !sheet.contains("pending"),
        "alone it writes the ledger: {sheet}"
    );
    let next = window_on(folder.path());
    let rows = next
        .ledger_rows(Count(0), Count(50))
        .await
        .expect("the ledger");
    for sha256 in [&first, &second, &third] {
        assert_eq!(
            entries_of(&rows, sha256),
            3,
            "the same file three times: {rows:?}"
        );
    }
    let check = next.ledger_verify().await.expect("it is read");
    assert!(check.broken.is_none(), "{check:?}");
    next.close().await.expect("closed");
}

/// The command line while it follows an account.
#[cfg(target_os = "linux")]
struct Following {
    child: std::process::Child,
    lines: std::io::Lines<std::io::BufReader<std::process::ChildStdout>>,
}

#[cfg(target_os = "linux")]
impl Following {
    fn begin(data: &Path) -> Self {
        use std::io::BufRead as _;
        let mut child = command(data)
            .args(["--json", "sync", "--watch", "--pace", "unlimited"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the command line runs");
        let out = child.stdout.take().expect("its output");
        let lines = std::io::BufReader::new(out).lines();
        Self { child, lines }
    }

    fn line(&mut self) -> Value {
        let line = self.lines.next().expect("another line").expect("text");
        serde_json::from_str(&line).expect("one JSON line")
    }

    /// Reads on until `what` is so of everything that was read here.
    fn until(&mut self, what: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let mut read = Vec::new();
        while !what(&read) {
            read.push(self.line());
        }
        read
    }

    /// As Ctrl-C at a terminal does.
    fn interrupt(mut self) -> std::process::ExitStatus {
        let id = libc::pid_t::try_from(self.child.id()).expect("an id");
        // SAFETY: sends a signal to a child that was not waited for yet.
        #[expect(
            unsafe_code,
            reason = "the standard library sends no signal but the last"
        )]
        let sent = unsafe { libc::kill(id, libc::SIGINT) };
        assert_eq!(sent, 0);
        self.child.wait().expect("it ends")
    }
}

/// The webhooks' listener of the account is switched on, on a free port.
#[cfg(target_os = "linux")]
async fn listen_from_now_on(data: &Path, secret: &str) {
    let window = window_on(data);
    window.app_state().await.expect("it opens the books");
    let change = desk::WebhookChange {
        enabled: true,
        port: 0,
        secret: Some(secrecy::SecretString::from(secret.to_owned())),
    };
    window.set_webhook(change).await.expect("it listens");
    window.close().await.expect("closed");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_followed_until_ctrl_c() {
    let options = Options {
        customers: 20,
        seed: 7,
        ..Options::default()
    };
    let account = simulator::start(options).await.expect("it starts");
    let (base, key) = (account.base_url.clone(), account.restricted_key.clone());
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().to_owned();
    beside(move || assert!(connect(&data, &base, &key).status.success())).await;
    listen_from_now_on(folder.path(), &account.webhook_secret).await;
    account.skip_webhooks();

    let data = folder.path().to_owned();
    let (mut following, address) = beside(move || {
        let mut following = Following::begin(&data);
        assert_eq!(
            following.line()["phase"],
            "done",
            "the books are loaded first"
        );
        let mut look = following.line();
        // Which events the first look finds follows from the day of the test.
        look["arrived"] = Value::Array(Vec::new());
        insta::assert_json_snapshot!("followed", shape(&look));
        let address = look["webhooks"].as_str().expect("an address").to_owned();
        (following, address)
    })
    .await;

    assert_eq!(account.touch_customers(2), 2);
    let delivery = simulator::Delivery::default();
    let delivered = account.deliver_webhooks(&address, &delivery).await;
    assert_eq!(delivered.expect("delivered").len(), 2);
    let mut following = beside(move || {
        let sum =
            |lines: &[Value], of: &str| lines.iter().filter_map(|it| it[of].as_u64()).sum::<u64>();
        let lines = following.until(|lines| sum(lines, "changed") >= 2);
        let words = |it: &Value| it["arrived"][0]["words"].as_str().map(str::to_owned);
        let told = (sum(&lines, "events"), lines.iter().find_map(words));
        assert_eq!(told, (2, Some("Customer updated".into())), "{lines:?}");
        following
    })
    .await;

    account.set_faults(simulator::Faults::parse("reset-before=100%").expect("faults"));
    account.touch_customers(1);
    let delivered = account.deliver_webhooks(&address, &delivery).await;
    assert!(delivered.is_ok(), "the listener is there without a network");
    let mut following = beside(move || {
        following.until(|lines| lines.last().is_some_and(|it| it["problem"].is_string()));
        following
    })
    .await;
    account.set_faults(simulator::Faults::none());
    let ended = beside(move || {
        following.until(|lines| lines.last().is_some_and(|it| it["problem"].is_null()));
        following.interrupt()
    })
    .await;
    assert_eq!(ended.code(), Some(0), "Ctrl-C is how it ends");
}

#[test]
fn the_simulated_account_prints_its_address_and_keys() {
    use std::io::{BufRead as _, BufReader};
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = command(folder.path())
        .args([
            "--json",
            "simulator",
            "serve",
            "--customers",
            "3",
            "--now",
            "2026-11-22",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the command line runs");
    let mut line = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out).read_line(&mut line).expect("a line");
    child.kill().expect("it ends");
    child.wait().expect("it has ended");
    let served: Value = serde_json::from_str(&line).expect("one JSON line");
    assert!(
        served["baseUrl"]
            .as_str()
            .expect("an address")
            .starts_with("http://127.0.0.1:")
    );
    insta::assert_json_snapshot!("simulator", shape(&served));
}
