//! What must hold for any bytes that come from outside: one function a target, called by libFuzzer
//! and by the suite alike. Each panics where something does not hold.

use books::{NewEvent, Road};
use bytes::Bytes;
use hmac::{Hmac, Mac};
use objects::{Decoded, Kind, changes_of_event, decode, decode_child_list, decode_part, diff};
use secrecy::SecretString;
use sha2::Sha256;
use stripe::{Peek, SIGNATURE_TOLERANCE, WebhookSecret, split_page, verify_signature};

/// The secrets that a listener holds while one is rolled, and its clock.
pub const SECRETS: [&str; 2] = ["whsec_corpus_new", "whsec_corpus_old"];
/// UTC seconds.
pub const NOW: i64 = 1_795_348_800;

/// The first line, and what is behind it.
fn cut(data: &[u8]) -> Option<(&str, &[u8])> {
    let end = data.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&data[..end]).ok()?, &data[end + 1..]))
}

/// The kind's name on the first line, then an object as Stripe sends it; of a child list an object
/// a line.
///
/// Whatever was decoded comes back from the history as it went in, and can be told apart from
/// other states.
pub fn objects(data: &[u8]) {
    let Some((kind, json)) = cut(data) else {
        return;
    };
    let Some(kind) = Kind::parse(kind) else {
        return;
    };
    let read = || -> Option<Decoded> {
        if kind.is_child_list() {
            let items: Vec<&[u8]> = json.split(|byte| *byte == b'\n').collect();
            return decode_child_list(kind, "parent_1", &items).ok();
        }
        match decode(kind, json) {
            Ok(decoded) => Some(decoded),
            Err(_) => decode_part(kind, "parent_1", json).ok(),
        }
    };
    let Some(decoded) = read() else {
        return;
    };
    assert_eq!(
        Some(&decoded),
        read().as_ref(),
        "the same bytes, the same versions"
    );
    for version in &decoded.versions {
        let row = objects::from_canonical(version.kind, &version.id, &version.canonical);
        assert_eq!(
            row.as_ref(),
            Ok(&version.row),
            "a row comes back from the history"
        );
        let same = diff(version.kind, &version.canonical, &version.canonical);
        assert!(
            same.is_empty() || version.deleted,
            "nothing differs from itself: {same:?}"
        );
        let _ = diff(version.kind, b"{}", &version.canonical);
        let _ = diff(version.kind, &version.canonical, json);
    }
}

/// An event as Stripe sends it, of whatever API version.
///
/// What is taken for an event has an id and is kept byte by byte; telling what it changed never
/// fails.
pub fn events(data: &[u8]) {
    let _ = changes_of_event(data);
    let body = Bytes::copy_from_slice(data);
    let Ok(event) = NewEvent::read(body.clone(), Road::Webhook, true, NOW) else {
        return;
    };
    assert!(!event.id.is_empty(), "an event has an id");
    assert_eq!(event.body, body, "it is kept as it came");
    let history = event.clone().as_history();
    assert!(!history.elsewhere, "history asks for nothing");
}

/// The header `Stripe-Signature` on the first line, then the body.
///
/// Whatever is accepted was signed with a secret that is held, over exactly this body, within the
/// tolerance of now.
pub fn signatures(data: &[u8]) {
    let Some(end) = data.iter().position(|byte| *byte == b'\n') else {
        return;
    };
    let (header, body) = (&data[..end], &data[end + 1..]);
    let secrets = SECRETS.map(secret);
    let Ok(signed_at) = verify_signature(Some(header), body, &secrets, NOW) else {
        return;
    };
    assert!((NOW - signed_at).abs() <= SIGNATURE_TOLERANCE, "in time");
    let text = std::str::from_utf8(header).unwrap_or_default();
    let mut times = text.split(',').filter_map(|it| it.strip_prefix("t="));
    let time = times.next_back().unwrap_or_default();
    assert_eq!(time.parse(), Ok(signed_at), "the last time counts");
    let signed = SECRETS.iter().any(|secret| {
        let own = format!("v1={}", sign(secret, time, body));
        text.split(',').any(|element| element == own)
    });
    assert!(signed, "nobody else's signature is accepted");
    events(body);
}

fn secret(text: &str) -> WebhookSecret {
    match WebhookSecret::parse(&SecretString::from(text.to_owned())) {
        Ok(secret) => secret,
        Err(error) => unreachable!("{error}"),
    }
}

/// What Stripe signs a body with, as hex.
pub fn sign(secret: &str, time: &str, body: &[u8]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return String::new();
    };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

/// A page of a list.
///
/// Its objects are JSON, are views into it, in order and apart, and no beginning of a page passes
/// for a page.
pub fn pages(data: &[u8]) {
    let body = Bytes::copy_from_slice(data);
    let Ok((items, _)) = split_page(&body) else {
        return;
    };
    let mut from = body.as_ptr() as usize;
    for item in &items {
        let at = item.as_ptr() as usize;
        assert!(at >= from, "objects stand one behind another");
        from = at + item.len();
        let json = serde_json::from_slice::<serde::de::IgnoredAny>(item);
        assert!(json.is_ok(), "an object is JSON");
        let _ = Peek::at(item);
    }
    assert!(from <= body.as_ptr() as usize + body.len());
    let whole = body.trim_ascii_end().len();
    for end in [whole / 2, whole.saturating_sub(9), whole.saturating_sub(1)] {
        assert!(
            split_page(&body.slice(..end)).is_err(),
            "a cut page is none"
        );
    }
}
