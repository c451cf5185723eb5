//! Holds the canonical form: its bytes are frozen, and every road gives the same ones.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{Decoded, Kind, Version, decode, decode_child_list, from_canonical, samples};

fn read(kind: Kind, object: &Value) -> Decoded {
    decode(kind, object.to_string().as_bytes()).expect("the sample is of its kind")
}

fn version(decoded: &Decoded, kind: Kind) -> &Version {
    decoded
        .versions
        .iter()
        .find(|version| version.kind == kind)
        .expect("there is a version")
}

fn hashes(decoded: &Decoded) -> Vec<(Kind, String, [u8; 32])> {
    decoded
        .versions
        .iter()
        .map(|v| (v.kind, v.id.clone(), v.hash))
        .collect()
}

/// Changing these bytes would make new versions of everything that anybody has stored.
#[test]
fn the_canonical_bytes_are_frozen() {
    let mut frozen = String::new();
    for (kind, object) in samples::all() {
        for version in read(kind, &object).versions {
            let text = String::from_utf8(version.canonical).expect("canonical bytes are UTF-8");
            frozen.push_str(&format!("{} {}\n", version.kind, version.id));
            frozen.push_str(&format!("{text}\n{}\n\n", hex::encode(version.hash)));
        }
    }
    insta::assert_snapshot!("frozen_canonical_bytes", frozen);
}

/// One datum changed by another road; the versions of the object itself must stay.
fn same_by(kind: Kind, plain: &Value, change: impl Fn(&mut Value)) {
    let mut other = plain.clone();
    change(&mut other);
    assert_ne!(plain, &other, "the road makes a difference in the JSON");
    let (plain, other) = (read(kind, plain), read(kind, &other));
    for expected in &plain.versions {
        let found = version(&other, expected.kind);
        assert_eq!(
            String::from_utf8_lossy(&found.canonical),
            String::from_utf8_lossy(&expected.canonical),
            "the same data by another road is the same version"
        );
    }
}

#[test]
fn another_road_gives_the_same_version() {
    let (invoice, subscription) = (samples::invoice(), samples::subscription());
    same_by(Kind::Invoice, &invoice, |o| {
        o["customer"] = samples::customer()
    });
    same_by(Kind::Invoice, &invoice, |o| {
        o["discounts"] = json!([samples::discount()])
    });
    same_by(Kind::Invoice, &invoice, |o| {
        o["hosted_invoice_url"] = json!("https://new")
    });
    same_by(Kind::Invoice, &invoice, |o| {
        o["confirmation_secret"] = json!({"client_secret": "s"})
    });
    same_by(Kind::Invoice, &invoice, |o| {
        o["payments"] = json!({"object": "list", "data": [], "has_more": false});
    });
    same_by(Kind::Invoice, &invoice, |o| {
        o["a_field_of_tomorrow"] = Value::Null
    });
    same_by(Kind::Invoice, &invoice, |o| {
        o["lines"]["data"][0]["pricing"]["price_details"]["price"] =
            json!({"id": "price_1", "object": "price"});
    });
    same_by(Kind::Subscription, &subscription, |o| {
        o["latest_invoice"] = samples::invoice()
    });
    same_by(Kind::Subscription, &subscription, |o| {
        o["items"]["data"] = json!([samples::item(1), samples::item(2)]);
    });
    same_by(Kind::Customer, &samples::customer(), |o| {
        o["subscriptions"] = json!({"object": "list", "data": [], "has_more": false});
        o["next_invoice_sequence"] = json!(8);
    });
    same_by(Kind::Charge, &samples::charge(), |o| {
        o["receipt_url"] = json!("https://new")
    });
    same_by(Kind::PaymentIntent, &samples::payment_intent(), |o| {
        o["client_secret"] = json!("another");
        o["latest_charge"] = samples::charge();
    });
}

#[test]
fn a_read_without_expansion_adds_no_version_and_loses_nothing() {
    for (kind, sample) in [
        (Kind::Price, samples::tiered_price()),
        (Kind::Coupon, samples::limited_coupon()),
    ] {
        let expanded = read(kind, &sample);
        let mut plain = sample;
        let (members, _) = super::expanded_only(kind).expect("expansions");
        for member in members {
            plain.as_object_mut().expect("an object").remove(member);
        }
        let plain = read(kind, &plain);
        assert_eq!(
            hashes(&plain),
            hashes(&expanded)[..1],
            "the {kind} itself is the same version"
        );
        assert_eq!(
            plain.versions.len(),
            1,
            "nothing is said about what was not read"
        );
    }
}

#[test]
fn a_coupon_gives_the_same_versions_from_its_list_and_within_a_discount() {
    let listed = read(Kind::Coupon, &samples::limited_coupon());
    let mut discount = samples::discount();
    discount["source"]["coupon"] = samples::limited_coupon();
    let within = read(Kind::Discount, &discount);
    for kind in [Kind::Coupon, Kind::CouponTerms] {
        assert_eq!(
            read_as_itself(version(&within, kind)),
            *version(&listed, kind)
        );
    }
}

/// The version as if it had not been found in another object.
fn read_as_itself(version: &Version) -> Version {
    assert!(version.came_along, "{}", version.kind);
    Version {
        came_along: false,
        ..version.clone()
    }
}

#[test]
fn what_is_expanded_gives_versions_of_its_own() {
    let mut discount = samples::discount();
    discount["source"]["coupon"] = samples::coupon();
    let mut invoice = samples::invoice();
    invoice["discounts"] = json!([discount]);
    let decoded = read(Kind::Invoice, &invoice);
    let coupon = read(Kind::Coupon, &samples::coupon());
    let discount = read(Kind::Discount, &samples::discount());
    for own in [&coupon.versions[0], &discount.versions[0]] {
        assert_eq!(read_as_itself(version(&decoded, own.kind)), *own);
    }
}

#[test]
fn the_companys_own_keys_are_never_taken_for_stripes() {
    let own = json!({"id": "7", "object": "list", "client_secret": "ours", "data": "x"});
    let mut customer = samples::customer();
    customer["metadata"] = own.clone();
    let decoded = read(Kind::Customer, &customer);
    let canonical: Value = serde_json::from_slice(&decoded.versions[0].canonical).expect("JSON");
    assert_eq!(canonical["metadata"], own);
}

#[test]
fn a_paged_child_list_is_the_embedded_one() {
    let embedded = read(Kind::Invoice, &samples::invoice());
    let lines = [samples::line(2).to_string(), samples::line(1).to_string()];
    let lines: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
    let paged = decode_child_list(Kind::InvoiceLines, "in_1", &lines).expect("whole lines");
    assert_eq!(
        version(&embedded, Kind::InvoiceLines),
        version(&paged, Kind::InvoiceLines)
    );
}

#[test]
fn every_row_comes_back_from_its_canonical_bytes() {
    for (kind, object) in samples::all() {
        for version in read(kind, &object).versions {
            let row = from_canonical(version.kind, &version.id, &version.canonical);
            assert_eq!(
                row.as_ref(),
                Ok(&version.row),
                "a projection is rebuilt from history"
            );
        }
    }
}

/// The same JSON with its keys in an order drawn from `seed` and space between everything.
fn rewrite(value: &Value, seed: &mut u64, out: &mut String) {
    let mut next = |bound: usize| {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*seed >> 33).unwrap_or(0) % bound.max(1)
    };
    let space = [" ", "\n  ", "\t", ""][next(4)];
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            for index in (1..members.len()).rev() {
                members.swap(index, next(index + 1));
            }
            out.push('{');
            for (index, (key, value)) in members.into_iter().enumerate() {
                let comma = if index > 0 { "," } else { "" };
                out.push_str(&format!("{comma}{space}{}{space}:{space}", json!(key)));
                rewrite(value, seed, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index > 0 { "," } else { "" });
                rewrite(item, seed, out);
            }
            out.push_str("\n]");
        }
        // Escapes that JSON allows but nobody needs.
        Value::String(text) => out.push_str(&json!(text).to_string().replace('é', "\\u00e9")),
        other => out.push_str(&other.to_string()),
    }
}

proptest! {
    #[test]
    fn order_of_keys_and_white_space_do_not_change_a_hash(mut seed: u64) {
        for (kind, object) in samples::all() {
            let mut other = String::new();
            rewrite(&object, &mut seed, &mut other);
            let decoded = decode(kind, other.as_bytes()).expect("still the same object");
            prop_assert_eq!(hashes(&decoded), hashes(&read(kind, &object)));
        }
    }

    #[test]
    fn the_canonical_form_of_a_canonical_form_is_itself(metadata: Vec<(String, String)>) {
        let mut object = samples::customer();
        object["metadata"] = metadata.into_iter().map(|(k, v)| (k, json!(v))).collect();
        let once = read(Kind::Customer, &object);
        let twice = decode(Kind::Customer, &once.versions[0].canonical).expect("is an object");
        prop_assert_eq!(&twice.versions[0].canonical, &once.versions[0].canonical);
        let parsed: Value = serde_json::from_slice(&once.versions[0].canonical).expect("is JSON");
        prop_assert_eq!(&parsed["metadata"], &object["metadata"], "no text is changed");
    }
}
