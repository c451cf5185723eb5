//! The command line with a real Secret Service: a keyring of its own on a session bus of its own,
//! as a desktop has it. Left out, with a word, where the machine has neither.
#![cfg(target_os = "linux")]
#![expect(clippy::expect_used, reason = "a step that fails ends the test")]

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use simulator::Options;

/// What a person does, one process a step, each with one document on standard output.
const STEPS: &str = r#"
printf 'of this session alone' | gnome-keyring-daemon --unlock --components=secrets >/dev/null
STRIPE_API_KEY=$KEY "$CLI" --json connect --name acme --api-base "$BASE"
"$CLI" --json sync --pace unlimited
METERDESK_NEW_PASSPHRASE=$LOCK "$CLI" --json lock-passphrase
"$CLI" --json status 2>&1 && exit 70
METERDESK_PASSPHRASE="not $LOCK" "$CLI" --json status 2>&1 && exit 71
METERDESK_PASSPHRASE=$LOCK "$CLI" --json status
METERDESK_PASSPHRASE=$LOCK "$CLI" --json lock-passphrase --remove
"$CLI" --json status
"$CLI" --json accounts
"$CLI" --json disconnect --delete-data
"$CLI" --json accounts
"#;
const LOCK: &str = "horse battery staple";

fn there(program: &str) -> bool {
    let asked = Command::new(program).arg("--version").output();
    asked.is_ok_and(|answer| answer.status.success())
}

/// Runs the steps on a bus and with a home of their own.
fn session(home: &Path, base: &str, key: &str) -> Output {
    let run = home.join("run");
    std::fs::create_dir(&run).expect("a folder");
    Command::new("dbus-run-session")
        .args(["--", "sh", "-euc", STEPS])
        .env_clear()
        .env("PATH", std::env::var("PATH").unwrap_or_default())
        .env("HOME", home)
        .env("XDG_RUNTIME_DIR", run)
        .env("XDG_DATA_HOME", home.join("keyrings"))
        .env("METERDESK_DATA_DIR", home.join("meterdesk"))
        .env("USER", "kim")
        .env("CLI", env!("CARGO_BIN_EXE_meterdesk-cli"))
        .env("BASE", base)
        .env("KEY", key)
        .env("LOCK", LOCK)
        .stdin(Stdio::null())
        .output()
        .expect("a session")
}

/// Every file under a folder.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        match entry.path().is_dir() {
            true => found.extend(files(&entry.path())),
            false => found.extend(std::fs::read(entry.path())),
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyring_of_the_desktop_holds_the_keys() {
    if !there("gnome-keyring-daemon") || !there("dbus-run-session") {
        let words = "left out: gnome-keyring and dbus-run-session are not installed here";
        let _ = std::io::Write::write_all(&mut std::io::stderr(), words.as_bytes());
        return;
    }
    let options = Options {
        customers: 10,
        seed: 7,
        ..Options::default()
    };
    let account = simulator::start(options).await;
    let account = account.expect("the simulated account starts");
    let (base, key) = (account.base_url.clone(), account.restricted_key.clone());
    let home = tempfile::tempdir().expect("a folder");
    let (of_session, of_base, of_key) = (home.path().to_owned(), base, key.clone());
    let session = move || session(&of_session, &of_base, &of_key);
    let output = tokio::task::spawn_blocking(session).await;
    let output = output.expect("the session ends");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}\n{errors}");
    let documents: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("one document a line"))
        .collect();
    let [
        connected,
        synced,
        locked,
        refused,
        wrong,
        opened,
        unlocked,
        again,
        listed,
        _,
        none,
    ] = documents.as_slice()
    else {
        unreachable!("eleven documents: {said}");
    };
    assert_eq!(
        connected["account"]["needsPassphrase"], false,
        "{connected}"
    );
    assert_eq!(synced["phase"], "done");
    assert_eq!(locked["account"]["needsPassphrase"], true);
    assert_eq!(locked["secretHome"], "keyring", "still there, and sealed");
    assert_eq!(refused["error"]["code"], "locked");
    assert_eq!(wrong["error"]["place"], "passphrase");
    assert_eq!(opened["account"], "acme");
    assert_eq!(unlocked["account"]["needsPassphrase"], false);
    assert_eq!(again["account"], "acme", "the keyring alone opens again");
    assert_eq!(listed[0]["needsPassphrase"], false);
    assert_eq!(none, &Value::Array(Vec::new()), "removed with its data");
    for bytes in files(&home.path().join("meterdesk")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(&key), "the key stands in no file");
    }
}
