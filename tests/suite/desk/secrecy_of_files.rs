//! No key, passphrase or recovery key is found in any file that the desk writes.

use std::path::{Path, PathBuf};

use desk::answers::{ExportFormat, ExportKind, ExportProfile, ExportRequest};
use tokio_util::sync::CancellationToken;

use super::{Machine, PASSPHRASE, account, connected, secret, unseen};

/// Every file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes
        .windows(needle.len())
        .any(|window| window == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_stands_in_any_file() {
    let account = account(|_| ()).await;
    let machine = Machine::bare();
    let log = desk::start_logging(machine.path()).ok();
    let desk = machine.desk_with(PASSPHRASE);
    let wrong = desk.check_key(
        secret("rk_test_wrongwrongwrong"),
        Some(account.base_url.clone()),
    );
    assert!(wrong.await.is_err(), "an error is logged and shown");
    let answer = connected(&desk, &account).await;
    let (all, none) = (Default::default(), Default::default());
    let request = ExportRequest {
        kind: ExportKind::Customers,
        format: ExportFormat::Csv,
        profile: ExportProfile::Meterdesk,
        invoices: all,
        tenants: none,
    };
    let path = machine.path().join("customers.csv");
    desk.export(request, path.clone(), unseen(), CancellationToken::new())
        .await
        .expect("written");
    let diagnostics = machine.path().join("diagnostics.json");
    desk.diagnostics(diagnostics.clone())
        .await
        .expect("written");
    let names = customer_names(&path);
    desk.close().await.expect("closed");
    drop(log);

    let hex_of_key = recovered(&answer.recovery_key);
    let secrets = [
        account.restricted_key.as_str(),
        "rk_test_wrongwrongwrong",
        PASSPHRASE,
        answer.recovery_key.as_str(),
        hex_of_key.as_str(),
    ];
    let mut found = Vec::new();
    files(machine.path(), &mut found);
    assert!(
        found.len() > 6,
        "books, account, sealed key, log, export, control sheets: {found:?}"
    );
    for path in found {
        let bytes = std::fs::read(&path).expect("a file");
        for secret in secrets {
            assert!(
                !holds(&bytes, secret),
                "a secret stands in {}",
                path.display()
            );
        }
        if path.extension().is_some_and(|extension| extension == "db") {
            assert!(
                !bytes.starts_with(b"SQLite format 3"),
                "the books are encrypted"
            );
        }
    }
    let told = std::fs::read_to_string(diagnostics).expect("the diagnostic file");
    for name in names.iter().filter(|name| name.len() > 4) {
        assert!(
            !told.contains(name.as_str()),
            "{name} stands in the diagnostic file"
        );
    }
    assert!(!told.contains(&account.account_id), "ids are hashed");
}

fn customer_names(path: &Path) -> Vec<String> {
    let mut reader = csv::Reader::from_path(path).expect("the file");
    let headings = reader.headers().expect("headings").clone();
    let columns: Vec<usize> = headings
        .iter()
        .enumerate()
        .filter(|(_, heading)| matches!(*heading, "name" | "customer_name" | "email"))
        .map(|(at, _)| at)
        .collect();
    assert!(!columns.is_empty(), "{headings:?}");
    let records = reader.records().map(|record| record.expect("a row"));
    let cells = |row: csv::StringRecord| columns.iter().map(|&at| row[at].to_owned()).collect();
    records.flat_map::<Vec<String>, _>(cells).collect()
}

/// The books' key in hexadecimal, from its written form.
fn recovered(recovery_key: &str) -> String {
    let key = books::BooksKey::from_recovery_key(&secret(recovery_key)).expect("a recovery key");
    hex::encode(key.expose())
}
