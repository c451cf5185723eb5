//! What waits aside, what content comes twice, what does not end, what the zone and the ledger make
//! of it; and that no order matters.

use std::collections::BTreeSet;
use std::sync::Arc;

use billing::usage::{Measure, Quantity};
use objects::Kind;
use proptest::prelude::*;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::super::fixture::{DAY, customer};
use super::{CREDITS, SEATS, Used, all_days, aside, key, row, zone};
use crate::tests::fixture::NOW;
use crate::{
    BooksError, Ledger as _, NewUsageBatch, UsageChunk, UsageEntry, UsageImportMode, WhichTenant,
};

#[tokio::test]
async fn what_is_not_known_waits_aside_until_it_is() {
    let used = Used::new().await;
    let taken = used
        .take(vec![
            aside("1", "cus_new", "ai_credit", 2_000_000),
            aside("2", "cus_new", "tokens", 3_000_000),
            UsageEntry {
                corrects: Some(key("1")),
                ..aside("3", "cus_new", "ai_credit", -500_000)
            },
        ])
        .await;
    assert_eq!((taken.records, taken.aside), (0, 3));
    let again = used
        .take(vec![aside("1", "cus_new", "ai_credit", 2_000_000)])
        .await;
    assert_eq!((again.aside, again.repeated), (0, 1), "kept aside once");
    let held = used.books().usage_aside().await.expect("read");
    let group = |kind: &str| {
        held.groups
            .iter()
            .find(|it| it.kind == kind)
            .expect("a group")
    };
    assert_eq!(group("ai_credit").whose, WhichTenant::Nobody);
    assert_eq!(
        (group("ai_credit").rows, group("tokens").type_known),
        (2, false)
    );

    used.book
        .apply(&[(Kind::Customer, customer("cus_new", "New"))], NOW)
        .await;
    let berlin = zone("Europe/Berlin");
    assert_eq!(
        used.books()
            .take_in_usage_aside(berlin)
            .await
            .expect("taken"),
        2
    );
    used.books()
        .add_usage_type("tokens", Measure::Flow)
        .await
        .expect("a type");
    assert_eq!(
        used.books()
            .take_in_usage_aside(berlin)
            .await
            .expect("taken"),
        1
    );
    assert_eq!(used.books().usage_aside().await.expect("read").rows, 0);
    let new = used
        .books()
        .usage_customer("cus_new")
        .await
        .expect("read")
        .expect("known");
    let days = used
        .books()
        .usage_days(new, CREDITS, all_days())
        .await
        .expect("days");
    let sum = Quantity::sum(days.iter().map(|day| day.quantity)).expect("a sum");
    assert_eq!(sum.to_string(), "1.5");
    let batch = used
        .books()
        .usage_batches(None, 10)
        .await
        .expect("batches")
        .remove(0);
    assert_eq!((batch.records, batch.aside), (3, 0));
    used.assert_days_are_the_records(berlin).await;
    used.reverse(batch.num).await.expect("reversed");
    assert!(
        used.dump().await.is_empty(),
        "what was taken in later goes with its batch"
    );
}

#[tokio::test]
async fn a_name_that_two_tenants_have_is_nobodys() {
    let used = Used::new().await;
    let mut twin = customer("cus_twin", "Twin");
    twin["metadata"]["tenantId"] = "t-cus_a".into();
    used.book.apply(&[(Kind::Customer, twin)], NOW).await;
    let tenants = used.books().usage_tenants().await.expect("names");
    assert_eq!(tenants.find(b"cus_a"), WhichTenant::One(used.tenants[0]));
    assert_eq!(tenants.find(b"t-cus_b"), WhichTenant::One(used.tenants[1]));
    assert_eq!(tenants.find(b"t-cus_a"), WhichTenant::Several);
    assert_eq!(tenants.find(b"t-cus_x"), WhichTenant::Nobody);
}

#[tokio::test]
async fn the_same_content_is_looked_at_once() {
    let used = Used::new().await;
    let a = (used.tenants[0], CREDITS);
    let of = |hash| NewUsageBatch {
        content_hash: Some([hash; 32]),
        ..used.batch(UsageImportMode::Whole)
    };
    let first = used.take_as(of(1), vec![row("1", a, 60, 5)]).await;
    let again = used.take_as(of(1), vec![row("2", a, 60, 5)]).await;
    assert_eq!((again.same_content_as, again.rows), (first.batch, 0));
    let other = NewUsageBatch {
        same_mapping: false,
        ..of(1)
    };
    let other = used.take_as(other, vec![row("2", a, 60, 5)]).await;
    assert_eq!(
        other.records, 1,
        "through another mapping it holds other records"
    );
    used.reverse(first.batch.expect("a batch"))
        .await
        .expect("reversed");
    let back = used.take_as(of(1), vec![row("1", a, 60, 5)]).await;
    assert_eq!(back.records, 1, "what was reversed can come again");
}

#[tokio::test]
async fn a_batch_that_does_not_end_leaves_nothing() {
    let used = Used::new().await;
    let a = (used.tenants[0], CREDITS);
    used.take(vec![row("1", a, 60, 5)]).await;
    let before = used.dump().await;
    for cancelled in [false, true] {
        let (send, receive) = mpsc::channel(1);
        send.send(UsageChunk::new(vec![row("2", a, 60, 5)], 0, false))
            .await
            .expect("room");
        let cancel = CancellationToken::new();
        if cancelled {
            cancel.cancel();
        } else {
            drop(send);
        }
        let batch = used.batch(UsageImportMode::Whole);
        let ended = used
            .books()
            .take_in_usage(batch, receive, &|_| {}, &cancel)
            .await;
        assert!(matches!(ended, Err(BooksError::Cancelled)), "{ended:?}");
        assert_eq!(used.dump().await, before);
    }
    let dry = used
        .take_as(
            used.batch(UsageImportMode::DryRun),
            vec![row("3", a, 60, 5)],
        )
        .await;
    assert_eq!(
        (dry.records, dry.batch),
        (1, None),
        "it says what would come"
    );
    assert_eq!(used.dump().await, before);
    assert_eq!(
        used.books()
            .usage_batches(None, 10)
            .await
            .expect("batches")
            .len(),
        1
    );
}

#[tokio::test]
async fn days_follow_the_companys_zone() {
    let used = Used::new().await;
    let a = (used.tenants[0], CREDITS);
    let hours = (0..80).map(|hour| row(&format!("{hour}"), a, hour * 3_600, 1 << hour.min(40)));
    used.take(hours.collect()).await;
    used.assert_days_are_the_records(zone("Europe/Berlin"))
        .await;
    let before = used.dump().await;
    used.books()
        .set_zone(zone("Pacific/Auckland"))
        .await
        .expect("counted anew");
    assert_ne!(used.dump().await, before);
    used.assert_days_are_the_records(zone("Pacific/Auckland"))
        .await;
    used.books()
        .set_zone(zone("Europe/Berlin"))
        .await
        .expect("counted anew");
    assert_eq!(used.dump().await, before);
}

#[tokio::test]
async fn imports_and_reversals_are_in_the_ledger() {
    let used = Used::new().await;
    let batch = used
        .take(vec![row("1", (used.tenants[0], CREDITS), 60, 5)])
        .await
        .batch;
    used.reverse(batch.expect("a batch"))
        .await
        .expect("reversed");
    let rows = used.books().ledger().rows(None, 10).await.expect("rows");
    let kinds: Vec<&str> = rows.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["usage.reversed", "usage.imported"]);
    let twice = used.reverse(1).await.expect_err("once");
    assert!(twice.to_string().contains("reversed already"), "{twice}");
    assert!(matches!(
        used.reverse(9).await,
        Err(BooksError::UnknownId { .. })
    ));
}

/// The keys of the rows of some batches; some batches repeat rows of others.
fn stories() -> impl Strategy<Value = Vec<BTreeSet<u8>>> {
    prop::collection::vec(prop::collection::btree_set(0_u8..40, 1..12), 1..6)
}

impl Used {
    /// What a row says follows from its key, so that one key never says two things.
    fn entry(&self, name: u8) -> UsageEntry {
        let salt = i64::from(name) * 7_919;
        let tenant = self.tenants[usize::from(name) % self.tenants.len()];
        let kind = if name.is_multiple_of(4) {
            SEATS
        } else {
            CREDITS
        };
        let entry = row(
            &name.to_string(),
            (tenant, kind),
            salt % (5 * DAY),
            salt * 13,
        );
        UsageEntry {
            unbillable: name.is_multiple_of(5).then(|| Arc::from("trial")),
            ..entry
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn no_order_matters_and_a_reversal_is_exact(batches in stories()) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let (used, other) = (Used::new().await, Used::new().await);
            let rows = |names: &BTreeSet<u8>| -> Vec<UsageEntry> {
                names.iter().map(|name| used.entry(*name)).collect()
            };
            // Each batch: in, out, in again.
            for names in &batches {
                let before = used.dump().await;
                if let Some(batch) = used.take(rows(names)).await.batch {
                    used.reverse(batch).await.expect("reversed");
                    assert_eq!(used.dump().await, before, "a reversal restores what was");
                    used.take(rows(names)).await;
                }
            }
            used.assert_days_are_the_records(zone("Europe/Berlin")).await;
            // The other way round, and each batch backwards.
            for names in batches.iter().rev() {
                other.take(rows(names).into_iter().rev().collect()).await;
            }
            assert_eq!(other.dump().await, used.dump().await, "no order matters");
        });
    }
}
