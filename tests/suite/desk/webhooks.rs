//! Webhooks as a person sets them up: switched on with a secret, rolled, delivered in every way
//! that goes wrong, and seen in the log.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use desk::answers::{Count, EventFilter, EventOutcome, EventRoad, EventRow, WebhookState};
use desk::{Desk, WebhookChange};
use simulator::Delivery;
use tokio_util::sync::CancellationToken;

use super::{Machine, account, connected, secret};

fn change(enabled: bool, secret_text: Option<&str>) -> WebhookChange {
    WebhookChange {
        enabled,
        port: 0,
        secret: secret_text.map(secret),
    }
}

#[tokio::test]
async fn a_listener_is_switched_on_with_a_secret_that_is_rolled() {
    let machine = Machine::with_keyring();
    let account = account(|_| {}).await;
    let desk = machine.desk();
    connected(&desk, &account).await;

    let none = desk.set_webhook(change(true, None)).await;
    let none = none.expect_err("nothing could be verified");
    assert_eq!(none.place.as_deref(), Some("secret"));
    let wrong = desk.set_webhook(change(true, Some("sk_test_1"))).await;
    let wrong = wrong.expect_err("that is no signing secret");
    assert!(
        !format!("{wrong:?}").contains("sk_test_1"),
        "it is not repeated"
    );

    let on = desk.set_webhook(change(true, Some("whsec_one"))).await;
    let on = on.expect("it listens");
    assert!(on.enabled && on.listening);
    assert_eq!((on.secrets, on.old_secret_until), (1, None));
    assert!(on.command.contains(&on.port.to_string()), "{}", on.command);
    let rolled = desk.set_webhook(change(true, Some("whsec_two"))).await;
    let rolled = rolled.expect("it listens");
    assert_eq!(rolled.secrets, 2, "the one before is taken for a day");
    assert!(rolled.old_secret_until.is_some());

    let off = desk
        .set_webhook(change(false, None))
        .await
        .expect("it is off");
    assert!(!off.enabled && !off.listening);
    let files = std::fs::read_to_string(machine.path().join("accounts/acme/account.json"));
    assert!(
        !files.expect("the account").contains("whsec_"),
        "no secret in a file"
    );
    let ledger = desk
        .ledger_rows(Count(0), Count(10))
        .await
        .expect("the ledger");
    let words: Vec<_> = ledger.iter().map(|row| row.words.as_str()).collect();
    assert!(
        words.contains(&"No longer listens for webhooks"),
        "{words:?}"
    );
    desk.close().await.expect("closed");
}

#[tokio::test]
async fn whatever_is_delivered_every_event_is_applied_once_and_the_rest_is_refused() {
    let machine = Machine::with_keyring();
    let account = account(|_| {}).await;
    let desk = machine.desk();
    connected(&desk, &account).await;
    let cancel = CancellationToken::new();
    let shown: Arc<Mutex<Option<WebhookState>>> = Arc::default();
    let told = Arc::clone(&shown);
    let listening = tokio::spawn({
        let (desk, cancel) = (desk.clone(), cancel.clone());
        let secret = secret(&account.webhook_secret);
        async move {
            let told = Arc::new(move |state| *told.lock().expect("unpoisoned") = Some(state));
            desk.listen_for_webhooks(Some(0), Some(secret), told, cancel)
                .await
        }
    });
    let address = wait_for(|| {
        let shown = shown.lock().expect("unpoisoned");
        shown.as_ref().map(|state| state.address.clone())
    })
    .await;

    // What happened before is in the log already.
    account.skip_webhooks();
    account.mutate(40, 11);
    let delivery = Delivery {
        twice: 300,
        shuffled: true,
        forged: 200,
        stale: 200,
        truncated: 200,
        oversized: 50,
        oversized_bytes: sync::WEBHOOK_BODY_MAX + 1,
        ..Delivery::default()
    };
    let attempts = account.deliver_webhooks(&address, &delivery).await;
    let attempts = attempts.expect("delivered");
    let mut genuine: Vec<_> = attempts
        .iter()
        .filter(|attempt| attempt.status == Some(200))
        .map(|attempt| attempt.event.clone())
        .collect();
    genuine.sort_unstable();
    genuine.dedup();
    assert!(genuine.len() > 40, "{} events", genuine.len());
    while counted(&desk, EventOutcome::Waiting).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(counted(&desk, EventOutcome::Failed).await, 0);
    let log = desk
        .events(EventFilter::default(), Count(0), Count(500))
        .await;
    let delivered = |row: &EventRow| genuine.contains(&row.id);
    for row in log.expect("read").rows.into_iter().filter(delivered) {
        assert!(row.signed && row.road == EventRoad::Webhook, "{}", row.id);
    }
    let state = desk.webhook_state().await.expect("the state");
    assert!(!state.refusals.is_empty(), "what was refused is shown");
    let arrived = usize::try_from(state.arrived.0).expect("few");
    assert_eq!(
        arrived,
        genuine.len(),
        "each once, and nothing that was refused"
    );
    cancel.cancel();
    listening.await.expect("it ends").expect("well");
    desk.close().await.expect("closed");
}

#[tokio::test]
async fn what_was_changed_elsewhere_is_listed_by_day_and_signed_off() {
    let machine = Machine::with_keyring();
    let account = account(|_| {}).await;
    let desk = machine.desk();
    connected(&desk, &account).await;
    account.mutate(60, 3);
    super::loaded(&desk).await;
    let before = desk.elsewhere(None, None).await.expect("read");
    assert!(before.unexplained.0 > 0, "some were made in the dashboard");
    let first = &before.days[0].changes[0].event;
    assert!(first.request_id.is_some() && !first.ours);
    let empty = desk.explain_elsewhere(first.id.clone(), "  ".into()).await;
    assert_eq!(
        empty.expect_err("no words").place.as_deref(),
        Some("explanation")
    );
    let signed = desk
        .explain_elsewhere(first.id.clone(), "Ticket 4711".into())
        .await
        .expect("signed off");
    let signed = signed.signed_off.expect("it is");
    assert_eq!(
        (signed.author.as_str(), signed.explanation.as_deref()),
        ("kim", Some("Ticket 4711"))
    );
    let after = desk.elsewhere(None, None).await.expect("read");
    assert_eq!(after.unexplained.0, before.unexplained.0 - 1);
    assert!(
        desk.ledger_verify()
            .await
            .expect("verified")
            .broken
            .is_none()
    );
    desk.close().await.expect("closed");
}

async fn counted(desk: &Desk, outcome: EventOutcome) -> u64 {
    let filter = EventFilter {
        outcome: Some(outcome),
        ..EventFilter::default()
    };
    let page = desk.events(filter, Count(0), Count(1)).await;
    page.expect("read").total.0
}

/// Asks until there is an answer.
async fn wait_for<T>(mut question: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(answer) = question() {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
