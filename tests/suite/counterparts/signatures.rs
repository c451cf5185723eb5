//! Webhooks' signatures held against the official SDK, both ways: it takes what the simulated
//! account signs, and our verifier takes what it makes.

use std::process::Stdio;

use secrecy::SecretString;
use serde_json::Value;
use simulator::{Delivery, Running, WebhookKind};
use stripe::{WebhookSecret, verify_signature};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

use super::{folder, options, script};
use crate::simulator_http::start;

/// An endpoint that verifies by the SDK; it ends when it is dropped.
struct Receiver {
    address: String,
    _node: Child,
}

async fn receiver(account: &Running) -> Receiver {
    let mut node = Command::new("node")
        .arg("receiver.mjs")
        .current_dir(folder())
        .env("WEBHOOK_SECRET", &account.webhook_secret)
        .env("RECEIVED_AT", account.now().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("node is installed");
    let out = node.stdout.take().expect("its output");
    let line = BufReader::new(out).lines().next_line().await;
    let line = line.expect("its output").expect("a line");
    let told: Value = serde_json::from_str(&line).expect("one JSON line");
    Receiver {
        address: format!("http://127.0.0.1:{}/webhooks", told["port"]),
        _node: node,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_official_sdk_takes_what_the_account_signs_and_nothing_else() {
    let account = start(options(30, 31)).await;
    let receiver = receiver(&account).await;
    account.skip_webhooks();
    let own = account.webhook_secret.as_str();
    let signed_by: [&[&str]; 3] = [&[own], &[own, "whsec_old"], &["whsec_new", own]];
    for (seed, secrets) in (0..).zip(signed_by) {
        account.mutate(12, seed);
        let delivery = Delivery {
            secrets: secrets.iter().map(|&secret| secret.to_owned()).collect(),
            retries: 0,
            twice: 300,
            forged: 400,
            stale: 400,
            truncated: 400,
            ..Delivery::default()
        };
        let attempts = account.deliver_webhooks(&receiver.address, &delivery).await;
        let attempts = attempts.expect("delivered");
        let mut seen = Vec::new();
        for attempt in &attempts {
            let genuine = matches!(attempt.kind, WebhookKind::Genuine | WebhookKind::Twice);
            let expected = if genuine { 200 } else { 400 };
            assert_eq!(attempt.status, Some(expected), "{attempt:?}");
            seen.push(attempt.kind);
        }
        for kind in [
            WebhookKind::Genuine,
            WebhookKind::Forged,
            WebhookKind::Stale,
            WebhookKind::Truncated,
        ] {
            assert!(seen.contains(&kind), "{kind:?} was among them: {seen:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_verifier_takes_what_the_official_sdk_makes() {
    let account = start(options(1, 32)).await;
    let found = script(&account, "signatures.mjs", &[]).await;
    let now = found["now"].as_i64().expect("a time");
    let secret = found["secret"].as_str().expect("a secret");
    let secret = WebhookSecret::parse(&SecretString::from(secret.to_owned())).expect("a secret");
    let mut stricter = Vec::new();
    let cases = found["cases"].as_array().expect("cases");
    for case in cases {
        let text = |name: &str| case[name].as_str().expect("a text");
        let (header, payload) = (text("header").as_bytes(), text("payload").as_bytes());
        let verdict = verify_signature(Some(header), payload, std::slice::from_ref(&secret), now);
        match (verdict, case["taken"] == true) {
            (Ok(_), true) | (Err(_), false) => {}
            (Err(_), true) => stricter.push(text("what")),
            (Ok(_), false) => panic!("the SDK refuses it, and we do not: {case}"),
        }
    }
    assert!(cases.len() > 25, "{}", cases.len());
    assert_eq!(
        stricter,
        ["-3600 s old", "-301 s old"],
        "the SDK looks at times that are past alone; a time too far ahead is refused here"
    );
}
