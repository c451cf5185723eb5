//! Backup, restore, rebuilding, erasure, and what the ledger says of them.

use desk::answers::{Count, Direction, InvoiceFilter, Settings, TenantFilter, TenantSort};
use desk::{Code, Desk};

use super::{Machine, account, connected, secret, unseen};

async fn first_tenant(desk: &Desk) -> desk::answers::TenantRow {
    let (all, up) = (TenantFilter::default(), Direction::Ascending);
    let page = desk
        .tenants(all, TenantSort::Name, up, Count(0), Count(1))
        .await;
    page.expect("a page").rows.remove(0)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_comes_back_on_another_machine() {
    let account = account(|_| ()).await;
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    connected(&desk, &account).await;
    let path = machine.path().join("acme.backup");
    let written = desk
        .backup(path.clone(), secret("a good passphrase"))
        .await
        .expect("written");
    assert_eq!(written.sha256.len(), 64);
    let before = desk
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");

    let other = Machine::with_keyring();
    let desk = other.desk();
    let wrong = desk
        .restore(path.clone(), secret("a bad passphrase"), None, None)
        .await;
    assert_eq!(
        wrong.expect_err("wrong").place.as_deref(),
        Some("passphrase")
    );
    assert!(
        desk.app_state()
            .await
            .expect("the state")
            .accounts
            .is_empty(),
        "nothing stays"
    );
    let restored = desk
        .restore(path.clone(), secret("a good passphrase"), None, None)
        .await;
    let restored = restored.expect("restored");
    assert_eq!(restored.account.name, "acme");
    let after = desk
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    let check = desk.ledger_verify().await.expect("verified");
    assert_eq!(
        check.broken, None,
        "the chain goes on in the restored books"
    );
    let twice = desk
        .restore(path, secret("a good passphrase"), None, None)
        .await;
    assert_eq!(twice.expect_err("the name is taken").code, Code::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tables_are_rebuilt_from_history_without_a_request() {
    let account = account(|_| ()).await;
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    connected(&desk, &account).await;
    let before = desk
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");
    let overview = desk.overview().await.expect("the overview");
    let requests = account.requests();
    let report = desk.doctor_rebuild(unseen()).await.expect("rebuilt");
    assert_eq!(account.requests(), requests, "nothing was asked");
    assert!(
        report.file_whole && report.ledger_broken.is_none(),
        "{report:?}"
    );
    assert_eq!(report.rebuilt, Some(report.objects));
    let after = desk
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");
    assert_eq!(format!("{before:?}"), format!("{after:?}"));
    let again = desk.overview().await.expect("the overview");
    assert_eq!(format!("{overview:?}"), format!("{again:?}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_customer_is_gone_and_the_ledger_says_so() {
    let account = account(|_| ()).await;
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    connected(&desk, &account).await;
    let tenant = first_tenant(&desk).await;
    let refused = desk.erase_customer(tenant.id.clone(), " ".into()).await;
    assert_eq!(
        refused.expect_err("a reason is needed").place.as_deref(),
        Some("reason")
    );
    let erased = desk
        .erase_customer(tenant.id.clone(), "asked for in writing".into())
        .await;
    let erased = erased.expect("erased");
    assert!(erased.versions.0 > 0);
    let page = desk
        .tenant(tenant.id.clone())
        .await
        .expect("its figures stay");
    let shown = format!("{page:?}");
    assert!(
        !shown.contains(&tenant.name),
        "the name is gone: {}",
        tenant.name
    );
    let hits = desk.search(tenant.name.clone()).await.expect("searched");
    assert!(
        hits.iter().all(|hit| hit.id != tenant.id),
        "and is not found"
    );
    let check = desk.ledger_verify().await.expect("verified");
    assert_eq!(check.broken, None, "the chain still holds");
    let rows = desk.ledger_rows(Count(0), Count(1)).await.expect("rows");
    assert!(rows[0].words.contains(&tenant.id), "{}", rows[0].words);
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_kept_checked_and_recorded() {
    let machine = Machine::with_keyring();
    let account = account(|_| ()).await;
    let desk = machine.desk();
    connected(&desk, &account).await;
    let held = desk.settings().await.expect("settings");
    for (wrong, place) in [
        (
            Settings {
                zone: "Mars/Base".into(),
                ..held.clone()
            },
            "zone",
        ),
        (
            Settings {
                live_share_percent: 0,
                ..held.clone()
            },
            "live_share_percent",
        ),
        (
            Settings {
                lock_after_minutes: 9_999,
                ..held.clone()
            },
            "lock_after_minutes",
        ),
    ] {
        let refused = desk.set_settings(wrong).await.expect_err(place);
        assert_eq!(refused.place.as_deref(), Some(place));
    }
    let chosen = Settings {
        zone: "Europe/Berlin".into(),
        entity_name: "Acme GmbH".into(),
        lock_after_minutes: 5,
        ..held
    };
    assert_eq!(
        desk.set_settings(chosen.clone()).await.expect("kept"),
        chosen
    );
    desk.close().await.expect("closed");
    let desk = machine.desk();
    desk.app_state().await.expect("opens");
    assert_eq!(
        desk.settings().await.expect("settings"),
        chosen,
        "they are there next time"
    );
    let rows = desk.ledger_rows(Count(0), Count(1)).await.expect("rows");
    assert!(rows[0].words.contains("Europe/Berlin"), "{}", rows[0].words);
}
