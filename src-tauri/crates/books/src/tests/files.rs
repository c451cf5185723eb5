//! What is done with the file as a whole: backups, erasure, rebuilding, check-ups.

use objects::Kind;
use secrecy::SecretString;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::fixture::{Book, NOW, account, customer, with};
use crate::ledger::Ledger as _;
use crate::{Access, Books, BooksError, BooksKey, restore};

#[tokio::test]
async fn a_backup_is_the_whole_book_under_a_passphrase() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    let passphrase = SecretString::from("a long passphrase");
    let backup = book.folder.path().join("backup.meterdesk");
    book.books
        .backup_to(&backup, &passphrase)
        .await
        .expect("a backup");
    let again = book.books.backup_to(&backup, &passphrase).await;
    assert!(
        matches!(again, Err(BooksError::Exists { .. })),
        "nothing is overwritten"
    );
    let bytes = std::fs::read(&backup).expect("the file");
    assert!(
        bytes.starts_with(b"meterdesk-backup-1 argon2id "),
        "the header says how"
    );
    assert!(
        !bytes.windows(4).any(|w| w == b"Acme"),
        "nothing stands in the clear"
    );

    let into = book.folder.path().join("restored.db");
    let key = BooksKey::from_bytes([9; 32]);
    let wrong = restore(&backup, &SecretString::from("another"), &into, &key).await;
    assert!(matches!(wrong, Err(BooksError::WrongKey)), "{wrong:?}");
    assert!(!into.exists(), "nothing is left behind");
    restore(&backup, &passphrase, &into, &key)
        .await
        .expect("restored");
    let restored = Book {
        books: Books::open(&into, &key, Access::ReadWrite)
            .await
            .expect("opened"),
        folder: tempfile::tempdir().expect("a folder"),
        key,
    };
    assert_eq!(restored.dump().await, book.dump().await, "the same books");
    assert_eq!(
        restored.books.origin(),
        book.books.origin(),
        "the ledger's origin goes along"
    );
    let search = restored.books.search("acme", 5, NOW).await.expect("search");
    assert!(!search.is_empty(), "the text search goes along");
    let left: Vec<_> = std::fs::read_dir(book.folder.path())
        .expect("the folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.contains(".part"))
        .collect();
    assert!(left.is_empty(), "no temporary file stays: {left:?}");
}

#[tokio::test]
async fn a_backup_from_an_older_build_is_restored() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    {
        let mut writer = book.books.writer().await.expect("the writer");
        sqlx::query("DELETE FROM _sqlx_migrations WHERE version > 2")
            .execute(&mut writer.durable)
            .await
            .expect("as an older build left it");
    }
    let passphrase = SecretString::from("a long passphrase");
    let backup = book.folder.path().join("backup.meterdesk");
    book.books
        .backup_to(&backup, &passphrase)
        .await
        .expect("a backup");
    let into = book.folder.path().join("restored.db");
    restore(&backup, &passphrase, &into, &book.key)
        .await
        .expect("restored");
    let opened = Books::open(&into, &book.key, Access::ReadOnly).await;
    assert!(
        matches!(opened, Err(BooksError::Older { found: 2, .. })),
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_backup_is_of_one_state_while_a_load_goes_on() {
    let book = Book::new().await;
    let many = |from: usize| -> Vec<_> {
        (from..from + 300)
            .map(|n| {
                (
                    Kind::Customer,
                    customer(&format!("cus_{n}"), &format!("Company {n}")),
                )
            })
            .collect()
    };
    book.apply(&many(0), 100).await;
    let passphrase = SecretString::from("a long passphrase");
    let backup = book.folder.path().join("backup.meterdesk");
    let load = async {
        for round in 1..12 {
            let objects = book.books.prepare(super::fixture::raws(&many(round * 300)));
            book.books
                .apply(objects, crate::Source::Backfill, 100, &[])
                .await
                .expect("applied");
        }
    };
    let (made, ()) = tokio::join!(book.books.backup_to(&backup, &passphrase), load);
    made.expect("a backup");
    let into = book.folder.path().join("restored.db");
    let key = BooksKey::from_bytes([9; 32]);
    restore(&backup, &passphrase, &into, &key)
        .await
        .expect("restored");
    let restored = Book {
        books: Books::open(&into, &key, Access::ReadWrite)
            .await
            .expect("opened"),
        folder: tempfile::tempdir().expect("a folder"),
        key,
    };
    let objects = restored.number("SELECT count(*) FROM object").await;
    assert_eq!(objects % 300, 0, "whole batches only");
    assert_eq!(
        restored.number("SELECT count(*) FROM version").await,
        objects
    );
    assert_eq!(
        restored.number("SELECT count(*) FROM customer").await,
        objects
    );
    assert_eq!(
        restored.number("SELECT count(*) FROM tenant").await,
        objects
    );
}

#[tokio::test]
async fn what_is_no_backup_is_refused() {
    let book = Book::new().await;
    let stranger = book.folder.path().join("stranger");
    std::fs::write(&stranger, vec![b'x'; 10_000]).expect("a file");
    let into = book.folder.path().join("restored.db");
    let restored = restore(&stranger, &SecretString::from("x"), &into, &book.key).await;
    assert!(
        matches!(restored, Err(BooksError::NoBackup { .. })),
        "{restored:?}"
    );
}

#[tokio::test]
async fn projections_come_back_from_the_history_alone() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    let gone = json!({"id": "cus_2", "object": "customer", "deleted": true});
    book.apply(&[(Kind::Customer, gone)], 200).await;
    let before = book.dump().await;
    {
        let mut writer = book.books.writer().await.expect("the writer");
        for sql in ["DELETE FROM invoice", "UPDATE customer SET name = 'wrong'"] {
            sqlx::query(sql)
                .execute(&mut writer.bulk)
                .await
                .expect("spoiled");
        }
    }
    assert_ne!(book.dump().await, before);
    let seen = std::sync::Mutex::new(0);
    book.books
        .rebuild_projections(
            &|progress| *seen.lock().expect("a lock") = progress.done,
            &CancellationToken::new(),
        )
        .await
        .expect("rebuilt");
    assert_eq!(book.dump().await, before, "every row is as it was");
    assert!(*seen.lock().expect("a lock") > 0, "progress is told");
    let found = book
        .books
        .search("ACME-0002", 5, NOW)
        .await
        .expect("search");
    assert_eq!(found.len(), 1, "the text search is built again");

    let cancel = CancellationToken::new();
    cancel.cancel();
    let cancelled = book.books.rebuild_projections(&|_| {}, &cancel).await;
    assert!(matches!(cancelled, Err(BooksError::Cancelled)));
    assert_eq!(
        book.dump().await,
        before,
        "a cancelled rebuild changes nothing"
    );
}

#[tokio::test]
async fn an_erasure_takes_personal_data_and_leaves_hashes() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    book.settle().await;
    let hashes = "SELECT count(DISTINCT hash) FROM version";
    let before = book.number(hashes).await;
    let erased = book
        .books
        .erase_customer("cus_1", "anna", "on request", 500)
        .await
        .expect("done");
    assert!(
        erased.objects >= 4,
        "customer, invoices, payments: {erased:?}"
    );
    assert_eq!(book.number(hashes).await, before, "hashes stay");

    let personal = [
        "Acme Ltd",
        "acme.ltd@example.com",
        "+1 555 0100",
        "Name on invoice",
    ];
    let tenant = book
        .books
        .tenant("cus_1", NOW)
        .await
        .expect("read")
        .expect("still there");
    assert_eq!(tenant.row.name, "cus_1", "its id stands for it");
    assert_eq!(
        tenant.row.tenant_id.as_deref(),
        Some("t-cus_1"),
        "figures stay attributable"
    );
    assert_eq!(tenant.invoices, 2, "invoices stay");
    let rows: Vec<String> = book
        .dump()
        .await
        .into_iter()
        .filter(|row| row.contains("cus_1"))
        .collect();
    for word in personal {
        assert!(
            !rows.iter().any(|row| row.contains(word)),
            "{word} is gone from the tables"
        );
    }
    for kind in [(Kind::Customer, "cus_1"), (Kind::Invoice, "in_1")] {
        for version in book.books.versions(&[kind], 10).await.expect("versions") {
            let text = String::from_utf8(version.canonical).expect("UTF-8");
            assert!(personal.iter().all(|word| !text.contains(word)), "{text}");
            assert_eq!(version.erased_at, Some(500), "the version says so");
        }
    }
    assert!(
        book.books
            .search("acme", 5, NOW)
            .await
            .expect("search")
            .len()
            < 4,
        "not found"
    );

    let lines = book
        .books
        .versions(&[(Kind::InvoiceLines, "in_1")], 10)
        .await
        .expect("versions");
    let text = String::from_utf8(lines[0].canonical.clone()).expect("UTF-8");
    assert!(
        !text.contains("Professional"),
        "free words of lines are gone: {text}"
    );
    let mut later = super::fixture::invoice("in_1", "cus_1", 1, 10_000);
    later["lines"]["data"][0]["description"] = json!("Workshop for Jane Doe");
    let parent = "in_1".to_owned();
    let items = later["lines"]["data"].as_array().expect("lines").clone();
    let items = items
        .iter()
        .map(|line| bytes::Bytes::from(line.to_string()))
        .collect();
    let raw = crate::Raw::Children {
        kind: Kind::InvoiceLines,
        parent,
        items,
    };
    let prepared = book.books.prepare(vec![raw]);
    book.books
        .apply(prepared, crate::Source::Child, 550, &[])
        .await
        .expect("applied");
    let rows = book
        .dump()
        .await
        .into_iter()
        .filter(|row| row.contains("Jane"));
    assert_eq!(
        rows.count(),
        0,
        "lines that arrive alone belong to their invoice's customer"
    );

    // Stripe still has it: the next load must not bring it back.
    let renamed = customer("cus_1", "Acme Renamed");
    book.apply(&[(Kind::Customer, renamed.clone())], 600).await;
    book.apply(&[(Kind::Customer, renamed)], 700).await;
    let tenant = book
        .books
        .tenant("cus_1", NOW)
        .await
        .expect("read")
        .expect("still there");
    assert_eq!(
        tenant.row.name, "cus_1",
        "what arrives later is stored without it"
    );
    book.apply(&account(), 800).await;
    let rows = book
        .dump()
        .await
        .into_iter()
        .filter(|row| row.contains("cus_1"));
    assert_eq!(
        rows.filter(|row| row.contains("Acme")).count(),
        0,
        "nor an old state"
    );

    let ledger = book.books.ledger();
    let verified = ledger.verify().await.expect("verified");
    assert_eq!(verified.broken, None, "the ledger holds");
    let entry = ledger.rows(None, 1).await.expect("rows").remove(0);
    assert_eq!(
        (entry.sequence, entry.kind.as_str()),
        (erased.sequence, "customer.erased")
    );
    let before = book.dump().await;
    book.books
        .rebuild_projections(&|_| {}, &CancellationToken::new())
        .await
        .expect("rebuilt from what is left");
    assert_eq!(
        book.dump().await,
        before,
        "the history still carries the tables"
    );
    let unknown = book.books.erase_customer("cus_x", "anna", "", 1).await;
    assert!(matches!(unknown, Err(BooksError::UnknownId { .. })));
}

#[tokio::test]
async fn a_whole_file_has_nothing_to_say() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    assert_eq!(
        book.books.check_file().await.expect("checked"),
        Vec::<String>::new()
    );
    let counts = book.books.counts().await.expect("counts");
    let of = |kind| {
        counts
            .iter()
            .find(|count| count.kind == kind)
            .map(|c| (c.objects, c.versions))
    };
    assert_eq!(of(Kind::Invoice), Some((3, 3)));
    assert_eq!(of(Kind::InvoiceLines), Some((3, 3)));
    assert_eq!(of(Kind::TaxRate), None, "kinds without any are left out");
    let later = with(account()[0].1.clone(), json!({"balance": -500}));
    book.apply(&[(Kind::Customer, later)], 200).await;
    let counts = book.books.counts().await.expect("counts");
    assert_eq!((counts[0].objects, counts[0].versions), (2, 3));
}
