//! Usage: a record counts once, a batch is whole or not there, days are what the records say.

mod kept;

use std::sync::Arc;

use billing::period::Zone;
use billing::usage::Quantity;
use objects::Kind;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::fixture::{Book, DAY, NOW, customer};
use crate::{
    Books, BooksError, NewUsageBatch, UsageChunk, UsageEntry, UsageImportMode, UsageKey,
    UsageNames, UsagePlace, UsageProblem, UsageTaken,
};

const TENANTS: [&str; 3] = ["cus_a", "cus_b", "cus_c"];
const CREDITS: i64 = 1;
const SEATS: i64 = 2;

fn zone(name: &str) -> Zone {
    Zone::parse(name).expect("a zone")
}

fn key(name: &str) -> UsageKey {
    UsageKey::of(1, [name.as_bytes()])
}

/// A row of a source: key, tenant (by position), type, seconds before now, millionths.
fn row(name: &str, (tenant, kind): (i64, i64), ago: i64, millionths: i64) -> UsageEntry {
    UsageEntry {
        line: 0,
        place: UsagePlace::Known {
            customer: tenant,
            kind,
        },
        at: NOW - ago,
        quantity: Quantity::from_millionths(millionths),
        unbillable: None,
        key: key(name),
        corrects: None,
    }
}

fn correcting(name: &str, named: &str, place: (i64, i64), millionths: i64) -> UsageEntry {
    UsageEntry {
        corrects: Some(key(named)),
        ..row(name, place, 0, millionths)
    }
}

fn aside(name: &str, tenant: &str, kind: &str, millionths: i64) -> UsageEntry {
    UsageEntry {
        place: UsagePlace::Aside(Box::new(UsageNames {
            tenant: tenant.into(),
            kind: kind.into(),
        })),
        ..row(name, (0, 0), 60, millionths)
    }
}

struct Used {
    book: Book,
    tenants: Vec<i64>,
    source: i64,
}

impl Used {
    async fn new() -> Self {
        let book = Book::new().await;
        let customers = TENANTS.map(|id| (Kind::Customer, customer(id, id)));
        book.apply(&customers, NOW).await;
        let mut tenants = Vec::new();
        for id in TENANTS {
            tenants.push(
                book.books
                    .usage_customer(id)
                    .await
                    .expect("read")
                    .expect("known"),
            );
        }
        let source = book
            .books
            .usage_source("files", "file")
            .await
            .expect("a source")
            .num;
        Self {
            book,
            tenants,
            source,
        }
    }

    fn books(&self) -> &Books {
        &self.book.books
    }

    fn batch(&self, mode: UsageImportMode) -> NewUsageBatch {
        NewUsageBatch {
            source: self.source,
            name: "november.csv".into(),
            content_hash: None,
            same_mapping: true,
            now: NOW,
            zone: zone("Europe/Berlin"),
            author: "kim".into(),
            mode,
        }
    }

    async fn take_as(&self, batch: NewUsageBatch, rows: Vec<UsageEntry>) -> UsageTaken {
        let (send, receive) = mpsc::channel(100);
        let numbered = (1..)
            .zip(rows)
            .map(|(line, row)| UsageEntry { line, ..row });
        let rows: Vec<UsageEntry> = numbered.collect();
        for part in rows.chunks(5) {
            let chunk = UsageChunk::new(part.to_vec(), 0, false);
            send.send(chunk).await.expect("room");
        }
        send.send(UsageChunk::new(Vec::new(), 0, true))
            .await
            .expect("room");
        let never = CancellationToken::new();
        let taken = self
            .books()
            .take_in_usage(batch, receive, &|_| {}, &never)
            .await;
        taken.expect("taken in")
    }

    async fn take(&self, rows: Vec<UsageEntry>) -> UsageTaken {
        self.take_as(self.batch(UsageImportMode::Whole), rows).await
    }

    async fn reverse(&self, batch: i64) -> Result<crate::UsageReversed, BooksError> {
        let never = CancellationToken::new();
        self.books()
            .reverse_usage_batch(batch, ("kim", NOW + 60), &never)
            .await
    }

    /// Everything that is kept of usage, records without the number that arrival gave them.
    async fn dump(&self) -> Vec<String> {
        let mut reader = self.books().reader().await.expect("a reader");
        let mut dump: Vec<String> = Vec::new();
        for sql in [
            "SELECT concat_ws('|', 'record', hex(key_hash), customer, type, at, day, quantity, \
             unbillable, hex(corrects)) FROM usage_record ORDER BY 1",
            "SELECT concat_ws('|', 'aside', hex(key_hash), tenant, type, at, quantity) \
             FROM usage_aside ORDER BY 1",
            "SELECT concat_ws('|', 'day', customer, type, day, quantity, unbillable, records, \
             last_at) FROM usage_day ORDER BY 1",
            "SELECT concat_ws('|', 'total', type, day, quantity, unbillable, records, tenants) \
             FROM usage_total_day ORDER BY 1",
        ] {
            let rows: Vec<String> = sqlx::query_scalar(sql)
                .fetch_all(&mut *reader)
                .await
                .expect("rows");
            dump.extend(rows);
        }
        dump
    }

    /// The days that the records make, told by other means than those of the books.
    async fn assert_days_are_the_records(&self, zone: Zone) {
        let days = self
            .dump()
            .await
            .into_iter()
            .filter(|it| !it.starts_with("record"));
        let days: Vec<String> = days.collect();
        let mut writer = self.books().writer().await.expect("a writer");
        crate::usage::rebuild(&mut writer.bulk)
            .await
            .expect("rebuilt");
        drop(writer);
        let rebuilt = self
            .dump()
            .await
            .into_iter()
            .filter(|it| !it.starts_with("record"));
        assert_eq!(
            days,
            rebuilt.collect::<Vec<_>>(),
            "rebuilt from the records"
        );
        let mut reader = self.books().reader().await.expect("a reader");
        let records: Vec<(i64, i64)> = sqlx::query_as("SELECT at, day FROM usage_record")
            .fetch_all(&mut *reader)
            .await
            .expect("records");
        for (at, day) in records {
            let date = billing::period::day_of(at, zone);
            assert_eq!(crate::usage::LocalDays::of(zone).day(at), day);
            let since = date - chrono::NaiveDate::default();
            assert_eq!(since.num_days(), day, "a record's day is the zone's");
        }
    }
}

#[tokio::test]
async fn a_record_counts_once_however_often_it_comes() {
    let used = Used::new().await;
    let (a, b) = ((used.tenants[0], CREDITS), (used.tenants[1], CREDITS));
    let rows = || {
        vec![
            row("1", a, 60, 1_500_000),
            row("2", a, 90, 500_000),
            row("3", b, 60, 7),
        ]
    };
    let first = used.take(rows()).await;
    assert_eq!((first.records, first.repeated), (3, 0));
    let before = used.dump().await;
    let again = used.take(rows()).await;
    assert_eq!((again.records, again.repeated, again.batch), (0, 3, None));
    let mut twice = rows();
    twice.push(row("4", b, 60, 1));
    twice.push(row("4", b, 60, 1));
    let third = used.take(twice).await;
    assert_eq!(
        (third.records, third.repeated),
        (1, 4),
        "in the file and in the books"
    );
    let batch = third.batch.expect("a batch");
    used.reverse(batch).await.expect("reversed");
    assert_eq!(used.dump().await, before, "as if the batch had never come");
    used.assert_days_are_the_records(zone("Europe/Berlin"))
        .await;
}

#[tokio::test]
async fn a_key_with_another_content_is_a_problem_with_its_line() {
    let used = Used::new().await;
    let (a, b) = ((used.tenants[0], CREDITS), (used.tenants[1], CREDITS));
    used.take(vec![row("1", a, 60, 5)]).await;
    for other in [row("1", a, 60, 6), row("1", b, 60, 5), row("1", a, 61, 5)] {
        let taken = used.take(vec![row("2", a, 60, 5), other]).await;
        assert_eq!(taken.problems, [(2, UsageProblem::KeyTaken)]);
        assert_eq!((taken.batch, taken.refused), (None, 1), "nothing is kept");
    }
    let skip = used.batch(UsageImportMode::SkipWrong);
    let taken = used
        .take_as(skip, vec![row("2", a, 60, 5), row("1", a, 60, 6)])
        .await;
    assert!(
        taken.batch.is_some(),
        "what is right is kept, when asked to"
    );
    assert_eq!((taken.records, taken.refused), (1, 1));
}

#[tokio::test]
async fn a_correction_names_what_it_corrects() {
    let used = Used::new().await;
    let (a, b) = ((used.tenants[0], CREDITS), (used.tenants[1], CREDITS));
    let seats = (used.tenants[0], SEATS);
    used.take(vec![
        row("1", a, DAY, 10_000_000),
        row("2", seats, DAY, 4_000_000),
    ])
    .await;
    for (wrong, problem) in [
        (
            correcting("c", "nothing", a, -1),
            UsageProblem::CorrectsNothing,
        ),
        (correcting("c", "1", b, -1), UsageProblem::CorrectsAnother),
        (correcting("c", "2", seats, -1), UsageProblem::CorrectsLevel),
    ] {
        let taken = used.take(vec![wrong]).await;
        assert_eq!(taken.problems, [(1, problem)]);
    }
    // The order within a batch does not matter.
    let taken = used
        .take(vec![
            correcting("c2", "3", a, -2_000_000),
            row("3", a, DAY, 3_000_000),
            correcting("c1", "1", a, -4_000_000),
        ])
        .await;
    assert_eq!((taken.records, taken.refused), (3, 0));
    let taken = used.take(vec![correcting("c3", "c1", a, -1)]).await;
    assert_eq!(taken.problems, [(1, UsageProblem::CorrectsCorrection)]);
    let days = used
        .books()
        .usage_days(a.0, CREDITS, all_days())
        .await
        .expect("days");
    let sum = Quantity::sum(days.iter().map(|day| day.quantity)).expect("a sum");
    assert_eq!(sum.to_string(), "7");
    let refused = used
        .reverse(1)
        .await
        .expect_err("batch 1 is corrected by another");
    assert!(
        refused.to_string().contains("reverse batch 2 first"),
        "{refused}"
    );
}

fn all_days() -> std::ops::Range<chrono::NaiveDate> {
    chrono::NaiveDate::from_ymd_opt(2000, 1, 1).expect("a day")
        ..chrono::NaiveDate::from_ymd_opt(2100, 1, 1).expect("a day")
}

#[tokio::test]
async fn a_level_is_its_last_value_and_unbilled_use_stands_apart() {
    let used = Used::new().await;
    let (seats, a) = ((used.tenants[0], SEATS), (used.tenants[0], CREDITS));
    let free = |entry: UsageEntry| UsageEntry {
        unbillable: Some(Arc::from("trial")),
        ..entry
    };
    used.take(vec![row("late", seats, 10, 4), row("early", seats, 90, 9)])
        .await;
    used.take(vec![
        row("tie", seats, 10, 3),
        row("x", a, 10, 5),
        free(row("y", a, 20, 2)),
    ])
    .await;
    let seats = used
        .books()
        .usage_days(seats.0, SEATS, all_days())
        .await
        .expect("days");
    let value = |day: &crate::UsageDay| (day.quantity.millionths(), day.records, day.last_at);
    assert_eq!(
        seats.iter().map(value).collect::<Vec<_>>(),
        [(4, 3, NOW - 10)]
    );
    let credits = used
        .books()
        .usage_days(a.0, CREDITS, all_days())
        .await
        .expect("days");
    let parts = |day: &crate::UsageDay| (day.quantity.millionths(), day.unbillable.millionths());
    assert_eq!(credits.iter().map(parts).collect::<Vec<_>>(), [(5, 2)]);
    let records = used
        .books()
        .usage_records((a.0, CREDITS, credits[0].day), None, 1)
        .await;
    let first = records.expect("records").remove(0);
    assert_eq!(
        (first.at, first.unbillable.as_deref()),
        (NOW - 20, Some("trial"))
    );
    let rest = used.books();
    let after = Some((first.at, first.num));
    let rest = rest
        .usage_records((a.0, CREDITS, credits[0].day), after, 10)
        .await;
    assert_eq!(
        rest.expect("records").len(),
        1,
        "the next page goes on behind it"
    );
    used.assert_days_are_the_records(zone("Europe/Berlin"))
        .await;
}
