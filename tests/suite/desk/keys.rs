//! Connecting with keys of every kind, replacing and forgetting them, locking and recovering.

use desk::answers::{
    Count, Direction, InvoiceFilter, KeyKind, Mode, SecretHome, SyncPhase, TenantFilter, TenantSort,
};
use desk::{Code, Desk, Error};
use rstest::rstest;

use super::{Machine, PASSPHRASE, account, connected, loaded, request, secret};

async fn tenants(desk: &Desk) -> Result<u64, Error> {
    let (all, up) = (TenantFilter::default(), Direction::Ascending);
    Ok(desk
        .tenants(all, TenantSort::Name, up, Count(0), Count(1))
        .await?
        .total
        .0)
}

#[rstest]
#[case::publishable("pk_live_51Abc", KeyKind::Publishable, "publishable key")]
#[case::organisation("sk_org_live_51Abc", KeyKind::Organisation, "organisation key")]
#[case::webhook("whsec_51Abc", KeyKind::WebhookSecret, "webhook")]
#[case::nonsense("hello", KeyKind::Unknown, "not a Stripe key")]
#[case::nothing("  ", KeyKind::Unknown, "No key was given")]
#[tokio::test]
async fn other_secrets_are_refused_in_their_own_words(
    #[case] text: &str,
    #[case] kind: KeyKind,
    #[case] words: &str,
) {
    let desk = Machine::with_keyring().desk();
    let check = desk
        .check_key(secret(text), None)
        .await
        .expect("an answer, no request");
    assert_eq!((check.kind, check.usable), (kind, false));
    assert!(check.notes[0].contains(words), "{:?}", check.notes);
    assert!(check.permissions.is_empty(), "Stripe was not asked");
}

#[tokio::test]
async fn a_key_goes_to_stripe_or_to_this_machine_alone() {
    let desk = Machine::with_keyring().desk();
    for base in [
        "https://evil.example",
        "http://10.0.0.1:80",
        "http://api.stripe.com",
    ] {
        let refused = desk
            .check_key(secret("rk_test_51Abc"), Some(base.into()))
            .await;
        let refused = refused.expect_err(base);
        assert_eq!(
            (refused.code, refused.place.as_deref()),
            (Code::Invalid, Some("api_base"))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_shows_what_a_restricted_key_lacks_and_the_rest_loads() {
    let lacking = "rak_credit_note_read".to_owned();
    let account = account(|options| options.restricted_without = vec![lacking.clone()]).await;
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    let base = Some(account.base_url.clone());
    let check = desk
        .check_key(secret(&account.restricted_key), base)
        .await
        .expect("a check");
    assert!(check.usable && check.mode == Some(Mode::Test) && check.kind == KeyKind::Restricted);
    let missing: Vec<&str> = check
        .permissions
        .iter()
        .filter(|row| !row.granted)
        .map(|row| row.slug.as_str())
        .collect();
    assert_eq!(missing, [lacking.as_str()]);

    connected(&desk, &account).await;
    let status = desk.status().await.expect("the status");
    assert!(
        status.complete_as_of.is_some(),
        "what may be read is complete"
    );
    let refused: Vec<_> = status
        .progress
        .lists
        .iter()
        .filter(|l| l.refused.is_some())
        .collect();
    assert_eq!(
        refused.len(),
        1,
        "one list is said to be missing: {refused:?}"
    );
    let overview = desk.overview().await.expect("the overview");
    assert!(
        overview
            .attention
            .iter()
            .any(|row| row.code == "list_refused")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_key_is_taken_with_a_warning_and_a_live_one_is_named() {
    let account = account(|options| options.livemode = true).await;
    let desk = Machine::with_keyring().desk();
    let base = Some(account.base_url.clone());
    let check = desk
        .check_key(secret(&account.secret_key), base)
        .await
        .expect("a check");
    assert_eq!(
        (check.kind, check.mode, check.usable),
        (KeyKind::Secret, Some(Mode::Live), true)
    );
    let notes = check.notes.join(" ");
    assert!(
        notes.contains("secret key") && notes.contains("live key"),
        "{notes}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_keyring_a_passphrase_is_needed_and_opens() {
    let account = account(|_| ()).await;
    let machine = Machine::bare();
    let refused = machine
        .desk()
        .connect(request(&account, &account.restricted_key))
        .await;
    let refused = refused.expect_err("no home for the key");
    assert_eq!(refused.place.as_deref(), Some("passphrase"), "{refused}");
    assert!(
        !machine.path().join("accounts/acme").exists(),
        "nothing half-made stays"
    );

    let desk = machine.desk_with(PASSPHRASE);
    let answer = connected(&desk, &account).await;
    let count = tenants(&desk).await.expect("tenants");
    desk.close().await.expect("closed");

    let state = machine.desk().app_state().await.expect("the state");
    assert!(state.locked && state.current.as_deref() == Some("acme"));
    let desk = machine.desk();
    let wrong = desk
        .unlock(Some(secret("not the passphrase")))
        .await
        .expect_err("wrong");
    assert_eq!(
        (wrong.code, wrong.place.as_deref()),
        (Code::Locked, Some("passphrase"))
    );
    let state = desk
        .unlock(Some(secret(PASSPHRASE)))
        .await
        .expect("the right one");
    assert!(!state.locked);
    assert_eq!(tenants(&desk).await.expect("tenants"), count);
    desk.close().await.expect("closed");

    let desk = machine.desk();
    let mut mistyped = answer.recovery_key.clone();
    let last = mistyped.pop();
    mistyped.push(if last == Some('0') { '1' } else { '0' });
    let refused = desk
        .open_with_recovery_key("acme".into(), secret(&mistyped), None)
        .await;
    assert_eq!(
        refused.expect_err("mistyped").place.as_deref(),
        Some("recovery_key")
    );
    let typed = answer.recovery_key.to_lowercase().replace('-', " ");
    let new = Some(secret("another passphrase"));
    desk.open_with_recovery_key("acme".into(), secret(&typed), new)
        .await
        .expect("opens");
    assert_eq!(tenants(&desk).await.expect("tenants"), count);
    desk.close().await.expect("closed");
    let desk = machine.desk_with("another passphrase");
    assert_eq!(
        tenants(&desk).await.expect("the new passphrase opens"),
        count
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_opens_without_asking_and_its_loss_is_said() {
    let account = account(|_| ()).await;
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    let answer = connected(&desk, &account).await;
    desk.close().await.expect("closed");
    let desk = machine.desk();
    assert!(tenants(&desk).await.expect("opens by itself") > 0);
    desk.close().await.expect("closed");

    let lost = Machine {
        data: machine.data,
        keyring: Machine::with_keyring().keyring,
    };
    let desk = lost.desk();
    let error = tenants(&desk).await.expect_err("another keyring");
    assert!(
        error.code == Code::Locked && error.next.contains("recovery key"),
        "{error:?}"
    );
    let recovery_key = secret(&answer.recovery_key);
    desk.open_with_recovery_key("acme".into(), recovery_key, None)
        .await
        .expect("opens");
    let refused = desk
        .sync_start(false)
        .await
        .expect_err("the Stripe key is lost too");
    assert_eq!(refused.code, Code::KeyRefused);
    desk.replace_key("acme".into(), secret(&account.restricted_key))
        .await
        .expect("given again");
    assert_eq!(loaded(&desk).await.error.map(|error| error.why), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replaced_key_is_of_the_same_account_and_mode() {
    let (ours, theirs) = (
        account(|_| ()).await,
        account(|options| options.seed = 8).await,
    );
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    connected(&desk, &ours).await;
    let live = format!("rk_live_{}", &ours.restricted_key[8..]);
    for (key, why) in [
        (theirs.restricted_key.clone(), "another account"),
        (live, "another mode"),
    ] {
        let refused = desk.replace_key("acme".into(), secret(&key)).await;
        refused.expect_err(why);
    }
    let other = desk
        .replace_key("acme".into(), secret(&ours.secret_key))
        .await
        .expect("same");
    assert_eq!(other.key_kind, Some(KeyKind::Secret));
    assert!(
        !ours
            .secret_key
            .contains(&other.key_hint.unwrap_or_default()),
        "only a hint"
    );
    let twice = desk
        .connect(request(&ours, &ours.restricted_key))
        .await
        .expect_err("twice");
    assert_eq!(twice.code, Code::Forbidden, "an account is connected once");
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_time_locks_and_the_keyring_unlocks() {
    let account = account(|_| ()).await;
    let machine = Machine::with_keyring();
    let (config, hand) = machine.config();
    let desk = Desk::new(config).expect("a desk");
    connected(&desk, &account).await;
    hand.advance(14 * 60);
    assert!(
        !desk.lock_if_idle().await.expect("asked"),
        "fifteen minutes are not over"
    );
    desk.touch();
    hand.advance(14 * 60);
    assert!(
        !desk.lock_if_idle().await.expect("asked"),
        "the person did something meanwhile"
    );
    hand.advance(60);
    assert!(desk.lock_if_idle().await.expect("asked"), "now they are");
    let refused = tenants(&desk).await.expect_err("locked");
    assert_eq!(refused.code, Code::Locked);
    desk.unlock(None).await.expect("the keyring opens it");
    assert!(tenants(&desk).await.expect("tenants") > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn disconnecting_keeps_or_removes_the_books() {
    let account = account(|_| ()).await;
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    connected(&desk, &account).await;
    desk.disconnect("acme".into(), false)
        .await
        .expect("the key goes");
    assert!(tenants(&desk).await.expect("the books stay") > 0);
    let refused = desk.sync_start(false).await.expect_err("no key");
    assert_eq!(refused.code, Code::KeyRefused);
    desk.disconnect("acme".into(), true)
        .await
        .expect("the books go");
    assert!(!machine.path().join("accounts/acme").exists());
    assert!(
        desk.app_state()
            .await
            .expect("the state")
            .accounts
            .is_empty()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn beside_an_open_window_the_books_are_read_and_not_written() {
    let account = account(|_| ()).await;
    let machine = Machine::with_keyring();
    let window = machine.desk();
    connected(&window, &account).await;
    let beside = machine.desk();
    assert_eq!(
        tenants(&beside).await.expect("reads"),
        tenants(&window).await.expect("reads"),
        "both see the same"
    );
    let refused = beside
        .sync_start(false)
        .await
        .expect_err("one process writes");
    assert_eq!(refused.code, Code::Busy);
    let totals = beside
        .invoice_totals(InvoiceFilter::default())
        .await
        .expect("totals");
    assert!(!totals.is_empty());
    let refused = beside
        .disconnect("acme".into(), true)
        .await
        .expect_err("in use");
    assert_eq!(refused.code, Code::Busy);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_passphrase_is_asked_for_beside_the_keyring() {
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    let account = account(|_| {}).await;
    let recovery_key = connected(&desk, &account).await.recovery_key;
    desk.lock().await.expect("locked");
    desk.unlock(None).await.expect("the keyring alone opens");
    let set = |current: Option<&str>, new: Option<&str>| {
        let (current, new) = (current.map(secret), new.map(secret));
        desk.set_lock_passphrase("acme".into(), current, new)
    };
    let short = set(None, Some("short")).await.expect_err("too short");
    assert_eq!(short.place.as_deref(), Some("passphrase"));
    let details = set(None, Some(PASSPHRASE)).await.expect("it is set");
    assert!(details.account.needs_passphrase && details.account.open);
    assert_eq!(details.secret_home, SecretHome::Keyring);
    assert_eq!(
        loaded(&desk).await.phase,
        SyncPhase::Done,
        "its key is held"
    );

    desk.lock().await.expect("locked");
    for wrong in [None, Some(secret("another one"))] {
        let error = desk.unlock(wrong).await.expect_err("it is asked for");
        assert_eq!(error.code, Code::Locked, "{error}");
    }
    desk.unlock(Some(secret(PASSPHRASE))).await.expect("opened");
    let unknown = set(None, None)
        .await
        .expect_err("an open window proves nothing");
    assert_eq!(unknown.code, Code::Locked);
    set(Some(PASSPHRASE), Some("another horse"))
        .await
        .expect("changed");
    let rotated = desk
        .replace_key("acme".into(), secret(&account.secret_key))
        .await;
    rotated.expect("a new key is kept under the same passphrase");
    desk.close().await.expect("closed");

    let next = machine.desk();
    let state = next.app_state().await.expect("a state");
    assert!(state.locked, "opening asks too");
    next.unlock(Some(secret("another horse")))
        .await
        .expect("opened");
    let current = Some(secret("another horse"));
    let details = next.set_lock_passphrase("acme".into(), current, None).await;
    assert!(!details.expect("removed").account.needs_passphrase);
    next.lock().await.expect("locked");
    next.unlock(None)
        .await
        .expect("the keyring alone opens again");
    let rows = next
        .ledger_rows(Count(0), Count(50))
        .await
        .expect("the ledger");
    let told = |row: &&desk::answers::LedgerRow| row.words.contains("passphrase for opening");
    assert_eq!(
        rows.iter().filter(told).count(),
        3,
        "set, changed, removed: {rows:?}"
    );

    // A passphrase that is forgotten goes with the recovery key.
    let set = next
        .set_lock_passphrase("acme".into(), None, Some(secret(PASSPHRASE)))
        .await;
    set.expect("set again");
    next.lock().await.expect("locked");
    let opened = next
        .open_with_recovery_key("acme".into(), secret(&recovery_key), None)
        .await;
    assert!(!opened.expect("opened").needs_passphrase);
    next.lock().await.expect("locked");
    next.unlock(None).await.expect("nobody is asked any more");
    next.close().await.expect("closed");
}

#[tokio::test]
async fn what_checking_a_key_reads_counts_against_the_budget() {
    let account = account(|_| {}).await;
    let machine = Machine::with_keyring();
    let desk = machine.desk();
    let asked = desk.connect(request(&account, &account.restricted_key));
    asked.await.expect("connected");
    let budget = desk.read_budget().await.expect("the budget");
    assert_eq!(budget.used_30_days, budget.used);
    assert!(budget.used_30_days.0 > 0, "each list was asked for once");
    desk.close().await.expect("closed");
}
