//! Holds the leniency: a field costs a field, and only bytes without an id cost an object.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{DecodeErrorReason, decode, decode_child_list};
use crate::rows::{InvoiceLineRow, Row};
use crate::{Kind, samples};

fn reason(kind: Kind, raw: &str) -> Option<DecodeErrorReason> {
    decode(kind, raw.as_bytes()).err().map(|error| error.reason)
}

#[test]
fn what_costs_an_object() {
    let cases = [
        ("", DecodeErrorReason::Syntax),
        ("[]", DecodeErrorReason::NotAnObject),
        ("{}", DecodeErrorReason::NoId),
        (r#"{"id":""}"#, DecodeErrorReason::NoId),
        (r#"{"id":7}"#, DecodeErrorReason::NoId),
        (
            r#"{"id":"in_1","object":"invoice"}"#,
            DecodeErrorReason::AnotherKind,
        ),
        (r#"{"id":"cus_1"} x"#, DecodeErrorReason::Trailing),
    ];
    for (raw, expected) in cases {
        assert_eq!(reason(Kind::Customer, raw), Some(expected), "{raw}");
    }
}

#[test]
fn a_wrong_field_costs_itself_and_a_warning() {
    let mut invoice = samples::invoice();
    invoice["total"] = json!("20000");
    invoice["status"] = json!("a_status_of_tomorrow");
    invoice
        .as_object_mut()
        .expect("an object")
        .remove("amount_due");
    let decoded = decode(Kind::Invoice, invoice.to_string().as_bytes()).expect("has an id");
    let warned: Vec<_> = decoded
        .warnings
        .iter()
        .map(|warning| warning.field)
        .collect();
    assert_eq!(warned, ["total", "amount_due"]);
    let Some(Row::Invoice(row)) = decoded.row() else {
        panic!("an invoice's row")
    };
    assert_eq!(
        (row.total, row.amount_due),
        (None, None),
        "never a guessed zero"
    );
    assert_eq!(
        row.status.as_deref(),
        Some("a_status_of_tomorrow"),
        "new values pass"
    );
    assert_eq!(row.amount_remaining, Some(20_000), "the rest is untouched");
}

#[test]
fn samples_of_stripes_shapes_read_without_a_warning() {
    for (kind, object) in samples::all() {
        let decoded = decode(kind, object.to_string().as_bytes()).expect("the sample is whole");
        assert_eq!(decoded.warnings, [], "{kind}");
        assert_eq!(decoded.truncated, [], "{kind}");
    }
}

#[test]
fn lines_say_what_they_belong_to() {
    let decoded = decode(Kind::Invoice, samples::invoice().to_string().as_bytes()).expect("whole");
    let Row::InvoiceLines(lines) = &decoded.versions[1].row else {
        panic!("the lines' rows")
    };
    let expected = InvoiceLineRow {
        id: "il_2".into(),
        invoice: Some("in_1".into()),
        amount: Some(10_000),
        subtotal: Some(10_000),
        currency: "usd".into(),
        description: Some("5 × Professional (at $20.00 / month)".into()),
        quantity: Some(5),
        quantity_decimal: Some("5".into()),
        period_start: Some(1_760_000_000),
        period_end: Some(1_762_600_000),
        price: Some("price_1".into()),
        product: Some("prod_1".into()),
        unit_amount_decimal: Some("2000".into()),
        proration: true,
        subscription: Some("sub_1".into()),
        subscription_item: Some("si_1".into()),
        discount_amounts: Some("[]".into()),
        taxes: Some("[]".into()),
        metadata: Some("{}".into()),
        ..InvoiceLineRow::default()
    };
    assert_eq!(lines.rows.first(), Some(&expected));
    assert_eq!(lines.rows.len(), 2, "in Stripe's order");
}

#[test]
fn a_list_cut_short_is_asked_for_and_never_taken_for_whole() {
    let cut = |list: Value| {
        let mut invoice = samples::invoice();
        invoice["lines"] = list;
        let decoded = decode(Kind::Invoice, invoice.to_string().as_bytes()).expect("has an id");
        assert_eq!(
            decoded.versions.len(),
            1,
            "no version of lines that are not whole"
        );
        let [truncated] = decoded.truncated.as_slice() else {
            panic!("one list to page")
        };
        assert_eq!(
            (truncated.kind, truncated.parent_id.as_str()),
            (Kind::InvoiceLines, "in_1")
        );
        (truncated.embedded, decoded.warnings.len())
    };
    let data = json!([samples::line(1)]);
    assert_eq!(
        cut(json!({"object": "list", "data": data, "has_more": true})),
        (1, 0)
    );
    assert_eq!(
        cut(json!({"object": "list", "data": data})),
        (1, 1),
        "unsaid whether whole"
    );
    assert_eq!(cut(Value::Null), (0, 1), "absent is not empty");
}

#[test]
fn a_child_list_has_a_limit_and_a_kind() {
    let reason = |kind, items: &[&[u8]]| {
        decode_child_list(kind, "in_1", items)
            .err()
            .map(|error| error.reason)
    };
    let many = vec![b"{}".as_slice(); super::MAX_CHILDREN + 1];
    assert_eq!(
        reason(Kind::InvoiceLines, &many),
        Some(DecodeErrorReason::Size)
    );
    assert_eq!(
        reason(Kind::Invoice, &[]),
        Some(DecodeErrorReason::AnotherKind)
    );
    assert_eq!(
        reason(Kind::InvoiceLines, &[b"{"]),
        Some(DecodeErrorReason::Syntax)
    );
    let odd = decode_child_list(Kind::InvoiceLines, "in_1", &[b"{}", b"7"]).expect("is JSON");
    let Row::InvoiceLines(lines) = &odd.versions[0].row else {
        panic!("the lines' rows")
    };
    assert_eq!(lines.rows.len(), 2, "a child that is wrong costs itself");
    assert!(!odd.warnings.is_empty(), "and is warned of");
}

#[test]
fn a_deleted_object_says_only_that() {
    let raw = r#"{"id":"cus_1","object":"customer","deleted":true}"#;
    let decoded = decode(Kind::Customer, raw.as_bytes()).expect("has an id");
    assert_eq!(decoded.warnings, [], "its fields are gone, not wrong");
    assert!(decoded.versions[0].deleted);
    let raw = r#"{"id":"in_1","object":"invoice","deleted":true}"#;
    let decoded = decode(Kind::Invoice, raw.as_bytes()).expect("has an id");
    assert_eq!(
        decoded.truncated,
        [],
        "a deleted invoice's lines are not asked for"
    );
}

/// Every place in a value, as the keys and indices that lead to it.
fn places(value: &Value, here: &str, out: &mut Vec<String>) {
    out.push(here.to_owned());
    match value {
        Value::Object(members) => {
            for (key, value) in members {
                let escaped = key.replace('~', "~0").replace('/', "~1");
                places(value, &format!("{here}/{escaped}"), out);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{index}"), out);
            }
        }
        _ => {}
    }
}

/// Any value that a field could hold by mistake.
fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(0.5)),
        "[a-z_]{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec(("[a-z_]{1,6}", inner), 0..3)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn no_mutation_of_one_field_loses_the_object(
        which in 0..samples::all().len(),
        place: prop::sample::Index,
        value in any_value(),
    ) {
        let (kind, mut object) = samples::all().swap_remove(which);
        let mut all = Vec::new();
        places(&object, "", &mut all);
        all.retain(|place| !place.is_empty() && place != "/id");
        *object.pointer_mut(&all[place.index(all.len())]).expect("the place is there") = value;
        let decoded = decode(kind, object.to_string().as_bytes());
        prop_assert!(decoded.is_ok(), "{decoded:?}");
    }

    #[test]
    fn arbitrary_bytes_never_panic(which in 0..Kind::ALL.len(), bytes: Vec<u8>) {
        let _ = decode(Kind::ALL[which], &bytes);
    }

    #[test]
    fn damaged_objects_never_panic(
        which in 0..samples::all().len(),
        at: prop::sample::Index,
        byte: u8,
        cut: bool,
    ) {
        let (kind, object) = samples::all().swap_remove(which);
        let mut raw = object.to_string().into_bytes();
        let at = at.index(raw.len());
        raw[at] = byte;
        if cut {
            raw.truncate(at);
        }
        if let Ok(decoded) = decode(kind, &raw) {
            for version in decoded.versions {
                let row = crate::from_canonical(version.kind, &version.id, &version.canonical);
                prop_assert_eq!(row.as_ref(), Ok(&version.row));
            }
        }
    }
}

#[test]
fn a_child_list_longer_than_any_object_is_read_back() {
    let words = "x".repeat(2_000);
    let lines: Vec<String> = (0..5_000)
        .map(|n| format!(r#"{{"id":"il_{n}","object":"line_item","description":"{words}"}}"#))
        .collect();
    let items: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
    let decoded = decode_child_list(Kind::InvoiceLines, "in_1", &items).expect("within the limit");
    let version = &decoded.versions[0];
    assert!(
        version.canonical.len() > crate::json::MAX_BYTES,
        "a case worth having"
    );
    let row =
        super::from_canonical(version.kind, &version.id, &version.canonical).expect("read back");
    assert_eq!(row, version.row, "what is written can be read");
}
