//! Holds the reader to the JSON library of the ecosystem, and to never panicking.

use proptest::prelude::*;

use super::{Fault, MAX_BYTES, MAX_DEPTH, parse};

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes: Vec<u8>) {
        let _ = parse(&bytes);
    }

    #[test]
    fn arbitrary_text_that_looks_like_json_is_judged_as_serde_judges_it(
        text in r#"[\[\]{}",:0-9eE.+\-a-z\\ \n]{0,40}"#,
    ) {
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        // A number too large for a float is still a number here: nothing is computed with it.
        if !text.contains(['e', 'E']) {
            prop_assert_eq!(parse(text.as_bytes()).is_ok(), theirs.is_ok(), "{}", text);
        }
    }

    #[test]
    fn texts_survive_any_escaping(text: String) {
        let escaped: String =
            text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        let raw = format!("\"{escaped}\"");
        let node = parse(raw.as_bytes()).expect("escapes of every unit");
        prop_assert_eq!(node.text(), Some(text.as_str()));
        let plain = serde_json::Value::from(text.as_str()).to_string();
        let parsed = parse(plain.as_bytes()).expect("as serde writes it");
        prop_assert_eq!(parsed.to_json(), node.to_json(), "one text has one form");
    }
}

#[test]
fn limits_are_faults_not_crashes() {
    let deep = "[".repeat(1_000_000);
    assert_eq!(parse(deep.as_bytes()), Err((MAX_DEPTH, Fault::Depth)));
    let large = vec![b' '; MAX_BYTES + 1];
    assert_eq!(parse(&large), Err((MAX_BYTES, Fault::Size)));
}

#[test]
fn faults_say_where() {
    assert_eq!(
        parse(b"{\"a\":1,}"),
        Err((7, Fault::Syntax)),
        "a key is missing"
    );
    assert_eq!(parse(b"{} {}"), Err((3, Fault::Trailing)), "one value only");
    assert_eq!(parse(b"\"\xff\""), Err((1, Fault::Utf8)), "UTF-8 only");
    assert_eq!(
        parse(b"\"a\nb\""),
        Err((2, Fault::Syntax)),
        "control characters are escaped"
    );
}

#[test]
fn the_last_of_equal_keys_counts_and_numbers_keep_their_text() {
    let canonical = |text: &'static str| parse(text.as_bytes()).map(|node| node.to_json());
    let cases = [
        (r#"{"b":1,"a":25.50,"b":2}"#, r#"{"a":25.50,"b":2}"#),
        (r#"{"a":1,"a":null}"#, "{}"),
        (
            r#"{"id":"x","object":"y","z":[],"c":{}}"#,
            r#"{"c":{},"id":"x","object":"y","z":[]}"#,
        ),
        (
            r#"{"abcdefgh":1,"abcdefg":2,"abcdefghi":3}"#,
            r#"{"abcdefg":2,"abcdefgh":1,"abcdefghi":3}"#,
        ),
        (
            r#"["\ud800","\ud83d\ude00","\u0001\/"]"#,
            "[\"\u{fffd}\",\"\u{1f600}\",\"\\u0001/\"]",
        ),
        (
            "[1e400, -0, 12345678901234567890123]",
            "[1e400,-0,12345678901234567890123]",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(text).as_deref(), Ok(expected));
    }
}
