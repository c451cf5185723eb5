//! The listener over real sockets: what it takes, what it refuses, and what it keeps of both.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use books::{Access, Books, BooksKey, EventFilter};
use hmac::{Hmac, Mac};
use secrecy::SecretString;
use sha2::Sha256;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::import::{ImportError, import_events};

const NOW: i64 = 1_795_000_000;
const SECRET: &str = "whsec_one";

struct Fixture {
    _folder: tempfile::TempDir,
    books: Books,
    secrets: WebhookSecrets,
    queued: Arc<AtomicUsize>,
    now: Arc<Mutex<i64>>,
    listening: Listening,
}

impl Fixture {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let key = BooksKey::from_bytes([7; 32]);
        let path = folder.path().join("books.db");
        let made = Books::create(&path, &key).await.expect("made");
        made.set_livemode(false).await.expect("set");
        made.close().await.expect("closed");
        let books = Books::open(&path, &key, Access::ReadWrite).await;
        let books = books.expect("opened");
        let secrets = WebhookSecrets::default();
        secrets.set(vec![secret(SECRET)]);
        let queued = Arc::new(AtomicUsize::new(0));
        let now = Arc::new(Mutex::new(NOW));
        let (count, clock) = (Arc::clone(&queued), Arc::clone(&now));
        let door = WebhookDoor {
            books: books.clone(),
            secrets: secrets.clone(),
            clock: Arc::new(move || *clock.lock().expect("unpoisoned")),
            queued: Arc::new(move || {
                count.fetch_add(1, Ordering::SeqCst);
            }),
        };
        Self {
            _folder: folder,
            books,
            secrets,
            queued,
            now,
            listening: listen(door, 0).await.expect("a port"),
        }
    }

    /// Sends bytes as they are, closes the way out, and gives the status of the answer.
    async fn send(&self, bytes: &[u8]) -> u16 {
        let mut stream = TcpStream::connect(self.listening.address()).await;
        let stream = stream.as_mut().expect("connected");
        stream.write_all(bytes).await.expect("sent");
        stream.shutdown().await.expect("the way out is closed");
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        let status = answer.split(' ').nth(1).and_then(|word| word.parse().ok());
        status.unwrap_or(0)
    }

    async fn post(&self, body: &str, signature: Option<&str>) -> u16 {
        self.send(&request(body, signature, body.len())).await
    }

    async fn stored(&self) -> Vec<books::EventRow> {
        let page = self.books.events(&EventFilter::default(), 0, 100).await;
        page.expect("read").rows
    }

    async fn reasons(&self) -> Vec<String> {
        let refusals = self.books.webhook_refusals(100).await.expect("read");
        refusals.into_iter().map(|refusal| refusal.reason).collect()
    }
}

fn request(body: &str, signature: Option<&str>, length: usize) -> Vec<u8> {
    let signature = signature.map_or(String::new(), |it| format!("Stripe-Signature: {it}\r\n"));
    format!(
        "POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         {signature}Content-Length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}

fn secret(text: &str) -> WebhookSecret {
    WebhookSecret::parse(&SecretString::from(text.to_owned())).expect("a secret")
}

fn sign(body: &str, secret: &str, at: i64) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(format!("{at}.{body}").as_bytes());
    format!("t={at},v1={}", hex::encode(mac.finalize().into_bytes()))
}

fn event(id: &str) -> String {
    serde_json::json!({
        "id": id, "object": "event", "type": "invoice.paid", "created": NOW - 2,
        "livemode": false, "api_version": "2026-09-30.endive",
        "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_1"}},
        "request": {"id": null, "idempotency_key": null},
    })
    .to_string()
}

#[tokio::test]
async fn a_signed_event_is_queued_once_however_often_it_comes() {
    let fixture = Fixture::new().await;
    let body = event("evt_1");
    for at in [NOW, NOW, NOW + 60] {
        let status = fixture.post(&body, Some(&sign(&body, SECRET, at))).await;
        assert_eq!(status, 200, "signed at {at}");
    }
    let stored = fixture.stored().await;
    assert_eq!(stored.len(), 1, "a delivery again is the same event");
    assert!(stored[0].signed);
    assert_eq!(stored[0].road, Road::Webhook);
    assert_eq!(fixture.queued.load(Ordering::SeqCst), 3);
    assert_eq!(fixture.reasons().await, Vec::<String>::new());
    let address = fixture.listening.address();
    fixture.listening.stop().await;
    let gone = TcpStream::connect(address).await;
    assert!(gone.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn what_is_forged_stale_cut_or_too_large_is_refused_and_noted_without_its_body() {
    let fixture = Fixture::new().await;
    let body = event("evt_1");
    let good = sign(&body, SECRET, NOW);
    let forged = body.replace("evt_1", "evt_2");
    let live = body.replace("\"livemode\":false", "\"livemode\":true");
    let large = format!("{body}{}", " ".repeat(WEBHOOK_BODY_MAX));
    let thin = r#"{"id":"evt_1","object":"v2.core.event","type":"v1.invoice.paid"}"#;
    let by = |body: &str, at: i64| Some(sign(body, SECRET, at));
    for (what, body, signature, expected) in [
        ("no signature", body.as_str(), None, 400),
        ("another body", &forged, Some(good.clone()), 400),
        (
            "another secret",
            &body,
            Some(sign(&body, "whsec_two", NOW)),
            400,
        ),
        ("stale", &body, by(&body, NOW - 301), 400),
        ("ahead", &body, by(&body, NOW + 301), 400),
        ("no event", "{}", by("{}", NOW), 400),
        ("a thin event", thin, by(thin, NOW), 400),
        (
            "no JSON",
            "personal@example.com",
            by("personal@example.com", NOW),
            400,
        ),
        ("the other mode", &live, by(&live, NOW), 400),
        ("too large", &large, by(&large, NOW), 413),
    ] {
        let status = fixture.post(body, signature.as_deref()).await;
        assert_eq!(status, expected, "{what}");
    }
    let cut = request(&body, Some(&good), body.len() + 10);
    assert_ne!(fixture.send(&cut).await, 200, "cut short");
    let elsewhere = b"POST /else HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(fixture.send(elsewhere).await, 404);
    let get = format!("GET {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert_eq!(fixture.send(get.as_bytes()).await, 405);

    assert!(fixture.stored().await.is_empty(), "nothing was queued");
    assert_eq!(fixture.queued.load(Ordering::SeqCst), 0);
    let reasons = fixture.reasons().await;
    for part in [
        "no Stripe-Signature header",
        "fits none of the signing secrets",
        "301 seconds ago",
        "301 seconds ahead",
        "no event of Stripe",
        "longer than 1 MiB",
        "cut short",
        "delivered to /webhooks",
        "delivered by POST",
    ] {
        let noted = reasons.iter().any(|reason| reason.contains(part));
        assert!(noted, "{part} in {reasons:?}");
    }
    assert!(!reasons.iter().any(|it| it.contains("personal")), "no body");
}

#[tokio::test]
async fn a_roll_takes_effect_at_once_and_no_secret_means_nothing_is_taken() {
    let fixture = Fixture::new().await;
    let (one, two) = (event("evt_1"), event("evt_2"));
    let new = sign(&two, "whsec_two", NOW);
    assert_eq!(fixture.post(&two, Some(&new)).await, 400);
    fixture
        .secrets
        .set(vec![secret("whsec_two"), secret(SECRET)]);
    assert_eq!(fixture.post(&two, Some(&new)).await, 200);
    assert_eq!(
        fixture.post(&one, Some(&sign(&one, SECRET, NOW))).await,
        200
    );
    fixture.secrets.set(vec![secret("whsec_two")]);
    assert_eq!(
        fixture.post(&one, Some(&sign(&one, SECRET, NOW))).await,
        400
    );
    fixture.secrets.set(Vec::new());
    assert_eq!(fixture.post(&two, Some(&new)).await, 400);
    *fixture.now.lock().expect("unpoisoned") += 1;
    assert_eq!(fixture.stored().await.len(), 2);
}

#[tokio::test]
async fn a_file_is_taken_whole_or_not_at_all() {
    let fixture = Fixture::new().await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    };
    let (one, two) = (event("evt_1"), event("evt_2"));
    let wrong = [
        (
            "cut.jsonl",
            format!("{one}\n{}", &two[..40]),
            "line 2, column 40",
        ),
        (
            "other.jsonl",
            format!("{one}\n{{\"id\":\"x\"}}\n"),
            "line 2, column 1",
        ),
        ("array.json", format!("[{one},\n  7]"), "line 2, column 3"),
        ("empty.json", " \n".to_owned(), "holds no event"),
        (
            "live.jsonl",
            one.replace("\"livemode\":false", "\"livemode\":true"),
            "live",
        ),
    ];
    for (name, text, part) in wrong {
        let refused = import_events(&fixture.books, &file(name, &text), NOW).await;
        let words = refused.expect_err(name).to_string();
        assert!(words.contains(part), "{name}: {words}");
    }
    assert!(
        fixture.stored().await.is_empty(),
        "nothing of them was taken"
    );
    let none = import_events(&fixture.books, &folder.path().join("none"), NOW).await;
    assert!(matches!(none, Err(ImportError::Unreadable { .. })));

    let list = format!(r#"{{"object":"list","has_more":false,"data":[{one},{two}]}}"#);
    for (name, text, events, new) in [
        ("one.json", one.clone(), 1, 1),
        ("lines.jsonl", format!("{one}\n{two}\n"), 2, 1),
        ("list.json", list, 2, 0),
        ("array.json", format!("[{one},{two}]"), 2, 0),
    ] {
        let done = import_events(&fixture.books, &file(name, &text), NOW).await;
        let done = done.expect(name);
        assert_eq!((done.events, done.new), (events, new), "{name}");
    }
    for row in fixture.stored().await {
        assert!(!row.signed, "nobody vouches for a file");
        assert_eq!(row.road, Road::File);
    }
}
