//! Opening and refusing: keys, damage, versions, instances.

use secrecy::{ExposeSecret as _, SecretString};

use super::fixture::{Book, account, invoices};
use crate::{Access, Books, BooksError, BooksKey, PassphraseHeader};

#[tokio::test]
async fn a_book_opens_again_with_its_key_alone() {
    let book = Book::new().await;
    let path = book.books.path().to_path_buf();
    book.apply(&account(), 100).await;
    book.books.close().await.expect("closed");
    let bytes = std::fs::read(&path).expect("the file");
    assert!(
        !bytes.starts_with(b"SQLite format 3"),
        "the header is not plain"
    );
    assert!(
        !bytes.windows(4).any(|w| w == b"Acme"),
        "no name stands in the file"
    );

    let wrong = Books::open(&path, &BooksKey::from_bytes([8; 32]), Access::ReadWrite).await;
    assert!(matches!(wrong, Err(BooksError::WrongKey)), "{wrong:?}");
    assert_eq!(
        std::fs::read(&path).expect("the file"),
        bytes,
        "a refusal changes nothing"
    );

    let books = Books::open(&path, &book.key, Access::ReadWrite)
        .await
        .expect("opened");
    assert_eq!(
        invoices(&books, &crate::InvoiceFilter::default(), 0).await,
        3
    );
}

#[tokio::test]
async fn what_is_not_there_or_there_already_is_said() {
    let book = Book::new().await;
    let missing = book.folder.path().join("other.db");
    let opened = Books::open(&missing, &book.key, Access::ReadOnly).await;
    assert!(
        matches!(opened, Err(BooksError::Missing { .. })),
        "{opened:?}"
    );
    assert!(!missing.exists(), "a read-only open creates nothing");
    let again = Books::create(book.books.path(), &book.key).await;
    assert!(matches!(again, Err(BooksError::Exists { .. })), "{again:?}");
    std::fs::write(&missing, b"").expect("an empty file");
    let empty = Books::open(&missing, &book.key, Access::ReadWrite).await;
    assert!(
        matches!(empty, Err(BooksError::Damaged { .. })),
        "{empty:?}"
    );
    std::fs::write(&missing, vec![0x5a; 20_000]).expect("another file");
    let stranger = Books::open(&missing, &book.key, Access::ReadWrite).await;
    assert!(
        matches!(stranger, Err(BooksError::WrongKey)),
        "{stranger:?}"
    );
}

#[tokio::test]
async fn one_instance_writes_and_others_read() {
    let book = Book::new().await;
    book.apply(&account(), 100).await;
    let second = Books::open(book.books.path(), &book.key, Access::ReadWrite).await;
    assert!(matches!(second, Err(BooksError::Busy { .. })), "{second:?}");
    let visitor = Books::open(book.books.path(), &book.key, Access::ReadOnly)
        .await
        .expect("a visitor");
    let filter = crate::InvoiceFilter::default();
    assert_eq!(invoices(&visitor, &filter, 0).await, 3);
    let written = visitor.set_setting("zone", "UTC").await;
    assert!(
        matches!(written, Err(BooksError::ReadOnly { .. })),
        "{written:?}"
    );
}

#[tokio::test]
async fn a_newer_file_is_refused_and_unchanged() {
    let book = Book::new().await;
    let path = book.books.path().to_path_buf();
    {
        let mut writer = book.books.writer().await.expect("the writer");
        sqlx::query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, \
             execution_time) VALUES (9999, 'from tomorrow', 1, x'00', 0)",
        )
        .execute(&mut writer.durable)
        .await
        .expect("a newer version");
    }
    let key = book.key.clone();
    book.books.close().await.expect("closed");
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let opened = Books::open(&path, &key, access).await;
        assert!(
            matches!(
                opened,
                Err(BooksError::Newer {
                    found: 9999,
                    known: _
                })
            ),
            "{opened:?}"
        );
    }
}

#[tokio::test]
async fn a_damaged_file_is_told_from_a_wrong_key() {
    let book = Book::new().await;
    let path = book.books.path().to_path_buf();
    book.apply(&account(), 100).await;
    let key = book.key.clone();
    book.books.close().await.expect("closed");
    let mut bytes = std::fs::read(&path).expect("the file");
    for byte in bytes.iter_mut().skip(8_192) {
        *byte ^= 0x55;
    }
    std::fs::write(&path, bytes).expect("damage");
    let opened = Books::open(&path, &key, Access::ReadWrite).await;
    assert!(
        matches!(opened, Err(BooksError::Damaged { .. })),
        "{opened:?}"
    );
}

#[tokio::test]
async fn a_full_disk_changes_nothing() {
    let book = Book::new().await;
    book.apply(&account()[..3], 100).await;
    let before = book.dump().await;
    {
        let mut writer = book.books.writer().await.expect("the writer");
        let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
            .fetch_one(&mut writer.bulk)
            .await
            .expect("pages");
        let limit = format!("PRAGMA max_page_count = {pages}");
        sqlx::query(sqlx::AssertSqlSafe(limit))
            .execute(&mut writer.bulk)
            .await
            .expect("a limit stands for a full disk");
    }
    let many: Vec<_> = (0..400)
        .map(|n| {
            let customer = super::fixture::customer(&format!("cus_many_{n}"), "Many");
            (objects::Kind::Customer, customer)
        })
        .collect();
    let prepared = book.books.prepare(super::fixture::raws(&many));
    let applied = book
        .books
        .apply(prepared, crate::Source::Backfill, 200, &[])
        .await;
    assert!(matches!(applied, Err(BooksError::DiskFull)), "{applied:?}");
    assert_eq!(book.dump().await, before, "nothing of the batch was kept");
}

#[test]
fn a_recovery_key_is_read_back_however_it_is_typed() {
    let key = BooksKey::from_bytes(*b"0123456789abcdef0123456789abcdef");
    let written = key.recovery_key();
    insta::assert_snapshot!(
        written.expose_secret(),
        @"60RK-4CSM-6MV3-EE1S-C5H6-6S35-CRR3-2CHK-6GTK-CDSR-75GP-4RV4-CNK1-M4KD"
    );
    let typed = written
        .expose_secret()
        .to_lowercase()
        .replace('-', " ")
        .replace('0', "o");
    let back = BooksKey::from_recovery_key(&SecretString::from(typed)).expect("read back");
    assert_eq!(
        back.expose(),
        key.expose(),
        "case, spaces and O for 0 do not matter"
    );
    let mut wrong = written.expose_secret().to_owned();
    wrong.replace_range(0..1, "7");
    assert!(
        BooksKey::from_recovery_key(&SecretString::from(wrong)).is_err(),
        "one letter off"
    );
    assert!(!format!("{key:?}").contains("30"), "a key does not print");
}

#[test]
fn a_passphrase_gives_the_same_key_under_the_same_header() {
    let text = "argon2id memory_kib=256 passes=1 lanes=1 salt=000102030405060708090a0b0c0d0e0f";
    let header = PassphraseHeader::from_text(text).expect("a header");
    assert_eq!(header.to_text(), text, "written as it is read");
    let passphrase = SecretString::from("correct horse");
    let first = BooksKey::from_passphrase(&passphrase, &header).expect("a key");
    let second = BooksKey::from_passphrase(&passphrase, &header).expect("a key");
    assert_eq!(
        first.expose(),
        second.expose(),
        "the derivation is deterministic"
    );
    let other = BooksKey::from_passphrase(&SecretString::from("correct house"), &header);
    assert_ne!(
        first.expose(),
        other.expect("a key").expose(),
        "another passphrase, another key"
    );
    let costly = text.replace("256", "99999999");
    assert!(
        PassphraseHeader::from_text(&costly).is_err(),
        "a hostile cost is refused"
    );
}
