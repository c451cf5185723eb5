//! Files of usage: what is wrong in one is named with its line and column; what is right is taken
//! in once; ten thousand rows come to what they say.

use std::path::PathBuf;

use billing::period::Zone;
use books::{Books, Raw, Source, UsageExportFilter, UsageImportMode};
use bytes::Bytes;
use objects::Kind;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use usage::{FindingKind, ImportRequest, Imported, Mapping, UsageError};

use crate::load_company::{NOW, Shelf};

struct Desk {
    books: Books,
    folder: tempfile::TempDir,
    _shelf: Shelf,
}

impl Desk {
    async fn new() -> Self {
        let shelf = Shelf::new();
        let books = shelf.open().await;
        let customer = |id: &str| Raw::Object {
            kind: Kind::Customer,
            json: Bytes::from(
                json!({ "id": id, "object": "customer", "created": NOW, "livemode": false,
                    "name": id, "metadata": { "tenantId": id.replace("cus_", "tenant-") } })
                .to_string(),
            ),
        };
        let prepared = books.prepare(vec![customer("cus_a"), customer("cus_b")]);
        let applied = books.apply(prepared, Source::Backfill, NOW, &[]).await;
        applied.expect("applied");
        let folder = tempfile::tempdir().expect("a folder");
        Self {
            books,
            folder,
            _shelf: shelf,
        }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    async fn import(
        &self,
        path: PathBuf,
        change: impl FnOnce(&mut Mapping),
        mode: UsageImportMode,
    ) -> Result<Imported, UsageError> {
        let opened = usage::open(&self.books, &path).await?;
        let mut mapping = opened.proposed;
        change(&mut mapping);
        let request = ImportRequest {
            path,
            source: self.books.usage_source("files", "file").await?,
            mapping,
            mode,
            first_rows: None,
            zone: Zone::parse("Europe/Berlin").expect("a zone"),
            now: NOW,
            author: "kim".into(),
        };
        let never = CancellationToken::new();
        usage::import(&self.books, request, &|_| {}, &never).await
    }
}

const WRONG: &str = "id,customer,type,credits,time,billable,reason,corrects
1,cus_a,ai_credit,10,2026-11-02T10:00:00Z,true,,
2,cus_a,ai_credit,ten,2026-11-02T10:00:00Z,true,,
3,cus_x,ai_credit,1,2026-11-02T10:00:00Z,true,,
4,cus_a,tokens,1,2026-11-02T10:00:00Z,true,,
5,cus_a,ai_credit,1,02.11.2026,true,,
6,cus_a,ai_credit,1,2026-03-29T02:30:00,true,,
1,cus_a,ai_credit,10,2026-11-02T10:00:00Z,true,,
1,cus_a,ai_credit,11,2026-11-02T10:00:00Z,true,,
7,cus_a,ai_credit,-1,2026-11-02T10:00:00Z,true,,
8,cus_a,ai_credit,-1,2026-11-02T10:00:00Z,true,,99
9,cus_a,ai_credit,-4,2026-11-02T10:00:00Z,true,,1
10,,ai_credit,1.1234567,2030-01-01,maybe,,
11,cus_a,ai_credit,1
12,tenant-b,ai_credit,5.25,2026-11-02T10:00:00Z,false,trial,
";

fn named(imported: &Imported) -> Vec<String> {
    let named = imported.findings.named.iter();
    named
        .map(|finding| {
            let column = finding.column.as_deref().unwrap_or("-");
            format!(
                "{} {column} {} {}",
                finding.line,
                finding.value,
                finding.kind.name()
            )
        })
        .collect()
}

#[tokio::test]
async fn every_mistake_is_named_with_its_line_and_column() {
    let desk = Desk::new().await;
    let path = desk.file("november.csv", WRONG);
    let imported = desk
        .import(path.clone(), |_| {}, UsageImportMode::Whole)
        .await;
    let imported = imported.expect("read");
    insta::assert_snapshot!(named(&imported).join("\n"), @r"
    3 credits ten bad_number
    4 customer cus_x unknown_tenant
    5 type tokens unknown_type
    6 time 02.11.2026 bad_time
    7 time 2026-03-29T02:30:00 no_such_time
    9 id  key_taken
    10 credits -1 negative
    11 corrects  corrects_nothing
    13 customer  missing
    13 time 2030-01-01 future
    13 credits 1.1234567 too_fine
    13 billable maybe bad_flag
    14 - 11 wrong_columns
    ");
    assert_eq!(imported.taken.batch, None, "nothing of it is kept");
    assert!(
        desk.books
            .usage_batches(None, 10)
            .await
            .expect("read")
            .is_empty()
    );

    let imported = desk
        .import(path, |_| {}, UsageImportMode::SkipWrong)
        .await
        .expect("read");
    let taken = &imported.taken;
    assert_eq!(
        (
            taken.rows,
            taken.records,
            taken.repeated,
            taken.aside,
            taken.refused
        ),
        (14, 3, 1, 2, 8),
        "each row is new, repeated, aside or refused"
    );
    let sums = desk
        .books
        .compare_usage(&UsageExportFilter::default())
        .await
        .expect("sums");
    let (count, billed, unbilled) = sums[0].records;
    assert_eq!(
        (count, billed.to_string(), unbilled.to_string()),
        (3, "6".into(), "5.25".into())
    );
    assert_eq!(sums[0].records, sums[0].days);
}

#[tokio::test]
async fn a_file_counts_once_by_its_content_and_by_its_keys() {
    let desk = Desk::new().await;
    let text = "id;tenant;credits;day\n1;tenant-a;1.5;2026-11-02\n2;tenant-b;2;2026-11-03\n";
    let first = desk.file("a.csv", text);
    let whole = UsageImportMode::Whole;
    let imported = desk
        .import(first.clone(), |_| {}, whole)
        .await
        .expect("imported");
    assert_eq!((imported.taken.batch, imported.taken.records), (Some(1), 2));
    let again = desk.import(first, |_| {}, whole).await.expect("looked at");
    assert_eq!(
        (again.taken.batch, again.taken.records, again.taken.repeated),
        (None, 0, 2)
    );
    let longer = desk.file("b.csv", &format!("{text}3;tenant-a;4;2026-11-04\n"));
    let imported = desk.import(longer, |_| {}, whole).await.expect("imported");
    assert_eq!((imported.taken.records, imported.taken.repeated), (1, 2));
}

#[tokio::test]
async fn json_lines_are_read_with_objects_within() {
    let desk = Desk::new().await;
    let rows = [
        json!({ "id": "e1", "metadata": { "tenantId": "tenant-a" }, "value": 2.5,
            "timestamp": 1_793_536_200 }),
        json!({ "id": "e2", "metadata": { "tenantId": "tenant-b" }, "value": "3",
            "timestamp": 1_793_536_260, "note": "“quoted”\n" }),
        json!({ "id": "e3", "metadata": null, "value": 1, "timestamp": 1_793_536_260 }),
    ];
    let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
    let path = desk.file(
        "events.jsonl",
        &format!("{}\n\nnot json\n", rows.join("\n")),
    );
    let imported = desk
        .import(path, |_| {}, UsageImportMode::SkipWrong)
        .await
        .expect("read");
    insta::assert_snapshot!(named(&imported).join("\n"), @r"
    3 metadata.tenantId  missing
    5 -  unreadable
    ");
    assert_eq!((imported.taken.records, imported.taken.refused), (2, 2));
}

#[tokio::test]
async fn one_wide_row_holds_records_of_several_types() {
    let desk = Desk::new().await;
    let text = "row,customer,time,credits,seats\n1,cus_a,2026-11-02T10:00:00Z,7,4\n";
    for (kind, column) in [("ai_credit", "credits"), ("seats_in_use", "seats")] {
        let path = desk.file("wide.csv", text);
        let change = |mapping: &mut Mapping| {
            for (name, value) in [("fixed-type", kind), ("quantity", column), ("key", "row")] {
                mapping.set(name, value).expect("a place");
            }
        };
        let imported = desk.import(path, change, UsageImportMode::Whole).await;
        assert_eq!(imported.expect("imported").taken.records, 1, "{kind}");
    }
}

#[tokio::test]
async fn what_is_no_table_says_so() {
    let desk = Desk::new().await;
    let whole = UsageImportMode::Whole;
    let empty = desk.import(desk.file("empty.csv", ""), |_| {}, whole).await;
    assert!(matches!(empty, Err(UsageError::Empty { .. })), "{empty:?}");
    let headings = desk.file("headings.csv", "id,customer,credits,time\n");
    let headings = desk.import(headings, |_| {}, whole).await;
    assert!(
        matches!(headings, Err(UsageError::Empty { .. })),
        "{headings:?}"
    );
    let open = format!("id,customer,credits,time\n1,\"cus_a{}", "x".repeat(3 << 20));
    let open = desk
        .import(desk.file("open.csv", &open), |_| {}, whole)
        .await;
    assert!(
        matches!(open, Err(UsageError::RowTooLong { line: 2 })),
        "{open:?}"
    );
    let other = desk.file("other.csv", "a,b\n1,2\n");
    let other = desk
        .import(other, |_| {}, whole)
        .await
        .expect_err("nothing is mapped");
    assert_eq!(other.to_string(), "no column is mapped to tenant");
}

#[tokio::test]
async fn the_sample_companys_file_comes_in_whole() {
    let desk = Desk::new().await;
    let path = desk.folder.path().join("usage.csv");
    let options = simulator::Options {
        customers: 30,
        now: Some(NOW),
        ..simulator::Options::default()
    };
    let mut file = std::fs::File::create(&path).expect("a file");
    let records = simulator::write_usage(&options, &mut file).expect("written");
    let imported = desk
        .import(path, |_| {}, UsageImportMode::Whole)
        .await
        .expect("imported");
    // Its customers are not in these books: all of it waits for them.
    assert_eq!(
        imported.taken.aside,
        records,
        "{:?}",
        imported.findings.named.first()
    );
    assert_eq!(
        imported.findings.counts.get(&FindingKind::UnknownTenant),
        Some(&records)
    );
}
