//! Signatures: vectors that Stripe's own libraries give, and every edge that they differ on.

use proptest::prelude::*;

use super::*;

const SECRET: &str = "whsec_test_secret";
const BODY: &[u8] = br#"{"id":"evt_test_webhook","object":"event"}"#;
const TIME: i64 = 1_700_000_000;
const GOOD: &str = "d95c6b7477fbd7e9f90b1b0ef5f9c7ac25abca5382460e0d988c2b2a5b71b990";

fn secret(text: &str) -> WebhookSecret {
    WebhookSecret::parse(&SecretString::from(text.to_owned())).unwrap()
}

fn sign(secret: &str, time: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{time}.").as_bytes());
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

fn check(header: &str, body: &[u8], now: i64) -> Result<i64, SignatureError> {
    verify_signature(Some(header.as_bytes()), body, &[secret(SECRET)], now)
}

#[test]
fn vectors_of_stripes_own_libraries_fit() {
    let spaced = "{\n  \"id\": \"evt_test_webhook\",\n  \"object\": \"event\"\n}";
    let wide = r#"{"id":"evt_ü","object":"event","n":"日本"}"#;
    for (key, time, body, v1) in [
        (SECRET, TIME, std::str::from_utf8(BODY).unwrap(), GOOD),
        (
            SECRET,
            12_345,
            spaced,
            "2672d138c9a412830f3bfe2ecc5bfb3277cf6f5b49d0119d77dd6cb64da1257e",
        ),
        (
            "whsec_a",
            1_795_349_820,
            wide,
            "bdb814dc7ce72962d85a64bbae2304419538d3457f8eafa91d45b5ecbcee94d3",
        ),
    ] {
        let header = format!("t={time},v1={v1}");
        let signed = verify_signature(
            Some(header.as_bytes()),
            body.as_bytes(),
            &[secret(key)],
            time,
        );
        assert_eq!(signed, Ok(time), "{body}");
    }
}

#[test]
fn a_time_beyond_the_tolerance_is_refused_in_both_directions() {
    let header = format!("t={TIME},v1={GOOD}");
    for (now, expected) in [
        (TIME, Ok(TIME)),
        (TIME + 299, Ok(TIME)),
        (TIME + 300, Ok(TIME)),
        (TIME + 301, Err(SignatureError::TooOld { seconds: 301 })),
        (TIME - 300, Ok(TIME)),
        (TIME - 301, Err(SignatureError::Ahead { seconds: 301 })),
        (TIME - 3600, Err(SignatureError::Ahead { seconds: 3600 })),
        (
            i64::MAX,
            Err(SignatureError::TooOld {
                seconds: i64::MAX - TIME,
            }),
        ),
    ] {
        assert_eq!(check(&header, BODY, now), expected, "now {now}");
    }
}

#[test]
fn every_edge_of_the_header() {
    use SignatureError::{Mismatch, NoSignature, Unreadable};
    let upper = GOOD.to_ascii_uppercase();
    for (header, expected) in [
        (format!("t={TIME},v1=00,v1={GOOD}"), Ok(TIME)),
        (format!("t=1,t={TIME},v1={GOOD}"), Ok(TIME)),
        (format!("v1={GOOD},t={TIME}"), Ok(TIME)),
        (format!("t={TIME},v1={GOOD},v0=ff,x,=,"), Ok(TIME)),
        (format!("t={TIME}, v1={GOOD}"), Err(NoSignature)),
        (format!("t={TIME},v1={upper}"), Err(Mismatch)),
        (format!("t={TIME},v0={GOOD}"), Err(NoSignature)),
        (format!("t={TIME},v1="), Err(Mismatch)),
        (format!("t={TIME},v1={}", &GOOD[..62]), Err(Mismatch)),
        (format!("t={TIME},v1={GOOD}00"), Err(Mismatch)),
        (format!("t={TIME}"), Err(NoSignature)),
        (format!("v1={GOOD}"), Err(Unreadable)),
        (format!("t=,v1={GOOD}"), Err(Unreadable)),
        (format!("t=+{TIME},v1={GOOD}"), Err(Unreadable)),
        (format!("t=-{TIME},v1={GOOD}"), Err(Unreadable)),
        (format!("t= {TIME},v1={GOOD}"), Err(Unreadable)),
        (format!("t=99999999999999999999,v1={GOOD}"), Err(Unreadable)),
        (format!("t={TIME},t=1,v1={GOOD}"), Err(Mismatch)),
        (String::new(), Err(Unreadable)),
        (
            format!("t={TIME},v1={GOOD}{}", ",v1=00".repeat(1000)),
            Err(Unreadable),
        ),
    ] {
        assert_eq!(check(&header, BODY, TIME), expected, "{header}");
    }
    let held = [secret(SECRET)];
    let none = verify_signature(None, BODY, &held, TIME);
    assert_eq!(none, Err(SignatureError::Missing));
    let bytes = verify_signature(Some(b"t=1,v1=\xff"), BODY, &held, TIME);
    assert_eq!(bytes, Err(Unreadable));
}

#[test]
fn another_body_or_secret_is_refused() {
    let header = format!("t={TIME},v1={GOOD}");
    let longer = [BODY, b"\n"].concat();
    assert_eq!(check(&header, &longer, TIME), Err(SignatureError::Mismatch));
    let other = [secret("whsec_other")];
    let refused = verify_signature(Some(header.as_bytes()), BODY, &other, TIME);
    assert_eq!(refused, Err(SignatureError::Mismatch));
    let without = verify_signature(Some(header.as_bytes()), BODY, &[], TIME);
    assert_eq!(without, Err(SignatureError::NoSecret));
    // A stale time under a forged signature is a forgery, not a late delivery.
    let forged = format!("t=1,v1={}", "0".repeat(64));
    assert_eq!(check(&forged, BODY, TIME), Err(SignatureError::Mismatch));
}

#[test]
fn both_secrets_hold_during_a_roll() {
    let held = [secret("whsec_new"), secret(SECRET)];
    let by_old = format!("t={TIME},v1={GOOD}");
    let by_new = format!("t={TIME},v1={}", sign("whsec_new", TIME, BODY));
    let by_both = format!("{by_old},v1={}", sign("whsec_new", TIME, BODY));
    for header in [by_old, by_new, by_both] {
        let signed = verify_signature(Some(header.as_bytes()), BODY, &held, TIME);
        assert_eq!(signed, Ok(TIME), "{header}");
    }
}

#[test]
fn only_a_signing_secret_is_taken_for_one() {
    for (text, taken) in [
        (" whsec_abc123 \n", true),
        ("whsec_YWJj+/=", true),
        ("whsec_", false),
        ("", false),
        ("   ", false),
        ("sk_test_123", false),
        ("whsec_a b", false),
        ("whsec_ü", false),
        (&format!("whsec_{}", "a".repeat(250)), false),
    ] {
        let parsed = WebhookSecret::parse(&SecretString::from(text.to_owned()));
        assert_eq!(parsed.is_ok(), taken, "{text:?}");
    }
    assert_eq!(format!("{:?}", secret(SECRET)), "WebhookSecret(…)");
}

proptest! {
    #[test]
    fn what_was_signed_fits_and_one_changed_bit_does_not(
        mut body in proptest::collection::vec(any::<u8>(), 1..200),
        at in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let header = format!("t={TIME},v1={}", sign(SECRET, TIME, &body));
        prop_assert_eq!(check(&header, &body, TIME), Ok(TIME));
        let at = at.index(body.len());
        body[at] ^= 1 << bit;
        prop_assert_eq!(check(&header, &body, TIME), Err(SignatureError::Mismatch));
    }

    #[test]
    fn no_header_makes_it_fail_otherwise_than_by_an_error(header in any::<Vec<u8>>()) {
        prop_assert!(verify_signature(Some(&header), BODY, &[secret(SECRET)], TIME).is_err());
    }
}
