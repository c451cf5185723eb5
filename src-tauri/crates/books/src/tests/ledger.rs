//! The ledger: its frozen bytes, its chain, its triggers.

use std::collections::BTreeMap;

use serde_json::json;

use super::fixture::Book;
use crate::ledger::{CanonicalEntry, Entry, Ledger as _, Personal, canonical_json};

#[test]
fn the_canonical_bytes_never_change() {
    let payload = canonical_json(&json!({"rows": 3, "file": "ü \"x\"\n", "sums": {"usd": -5},
        "lists": [true, null]}))
    .expect("canonical");
    let entry = CanonicalEntry {
        sequence: 2,
        origin: "0011",
        at: 1_795_000_000,
        author: "anna",
        kind: "export.written",
        payload: &payload,
        personal: Some(&[0xab; 32]),
        previous: &[0; 32],
    };
    let expected = concat!(
        r#"{"at":1795000000,"author":"anna","form":"meterdesk-ledger-1","kind":"export.written","#,
        r#""origin":"0011","payload":{"file":"ü \"x\"\n","lists":[true,null],"rows":3,"#,
        r#""sums":{"usd":-5}},"personal":"#,
        r#""abababababababababababababababababababababababababababababababab","#,
        r#""previous":"0000000000000000000000000000000000000000000000000000000000000000","#,
        r#""sequence":2}"#,
    );
    assert_eq!(String::from_utf8(entry.bytes()).expect("UTF-8"), expected);
    assert_eq!(
        hex::encode(entry.hash()),
        "49c7ea4bfaf61bf83ceb19b3f29e9ed002ef37fb7b9b22d71d071db30acdf7ac",
        "the hash of these bytes is what other programs compute"
    );
}

#[test]
fn a_fraction_is_refused() {
    assert!(
        canonical_json(&json!({"amount": 1.5})).is_err(),
        "no float touches the ledger"
    );
}

fn entry(n: i64) -> Entry {
    Entry::new(
        1_795_000_000 + n,
        "anna",
        "export.written",
        json!({"rows": n}),
    )
}

#[tokio::test]
async fn entries_form_a_chain_that_holds() {
    let book = Book::new().await;
    let ledger = book.books.ledger();
    for n in 0..5 {
        ledger.append(entry(n)).await.expect("appended");
    }
    let verified = ledger.verify().await.expect("verified");
    assert_eq!(
        (verified.entries, verified.broken),
        (5, None),
        "an honest chain holds"
    );
    assert_eq!(
        verified.head,
        ledger.head().await.expect("head"),
        "verify ends at the head"
    );
    let rows = ledger.rows(Some(4), 2).await.expect("rows");
    let sequences: Vec<i64> = rows.iter().map(|row| row.sequence).collect();
    assert_eq!(
        sequences,
        [3, 2],
        "newest first, before the one that is named"
    );
}

#[tokio::test]
async fn what_is_written_can_neither_be_changed_nor_deleted() {
    let book = Book::new().await;
    book.books
        .ledger()
        .append(entry(1))
        .await
        .expect("appended");
    let mut writer = book.books.writer().await.expect("the writer");
    for sql in [
        "UPDATE ledger SET author = 'eve'",
        "DELETE FROM ledger",
        "DELETE FROM version",
        "UPDATE object SET id = 'x'",
        "DELETE FROM object",
    ] {
        let outcome = sqlx::query(sql).execute(&mut writer.durable).await;
        let empty = sql.contains("version") || sql.contains("object");
        assert!(outcome.is_err() || empty, "{sql} is refused");
    }
}

#[tokio::test]
async fn tampering_is_found_at_its_entry() {
    let book = Book::new().await;
    let ledger = book.books.ledger();
    for n in 0..4 {
        ledger.append(entry(n)).await.expect("appended");
    }
    {
        let mut writer = book.books.writer().await.expect("the writer");
        for sql in [
            "DROP TRIGGER ledger_is_never_changed",
            "UPDATE ledger SET payload = '{\"rows\":99}' WHERE sequence = 3",
        ] {
            sqlx::query(sql)
                .execute(&mut writer.durable)
                .await
                .expect("tampered");
        }
    }
    let verified = ledger.verify().await.expect("verified");
    assert_eq!(verified.entries, 2, "the entries before it hold");
    let broken = verified.broken.expect("found");
    assert_eq!(
        (broken.sequence, broken.why.as_str()),
        (3, "its content was changed")
    );
}

#[tokio::test]
async fn personal_data_stands_beside_the_chain() {
    let book = Book::new().await;
    let fields = BTreeMap::from([("name".to_owned(), "Acme Ltd".to_owned())]);
    let personal = Some(Personal {
        subject: Some("cus_1".to_owned()),
        fields: fields.clone(),
    });
    let ledger = book.books.ledger();
    ledger
        .append(Entry {
            personal,
            ..entry(1)
        })
        .await
        .expect("appended");
    let row = ledger.rows(None, 1).await.expect("rows").remove(0);
    assert_eq!(row.personal, Some(fields), "it is read with its entry");
    {
        let mut writer = book.books.writer().await.expect("the writer");
        sqlx::query("UPDATE ledger_personal SET body = NULL, salt = NULL, erased_at = 5")
            .execute(&mut writer.durable)
            .await
            .expect("an erasure is allowed");
    }
    let verified = ledger.verify().await.expect("verified");
    assert_eq!(
        (verified.entries, verified.erased, verified.broken),
        (1, 1, None)
    );
}
