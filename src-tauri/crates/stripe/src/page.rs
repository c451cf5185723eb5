//! A page of a list, cut into its objects without parsing them.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

/// One object of a page: a view into the page's bytes, exactly as Stripe wrote it.
pub type Item = Bytes;

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// The objects, newest first.
    pub items: Vec<Item>,
    /// Are there more in the direction of paging?
    pub has_more: bool,
    /// Bytes of the whole answer.
    pub bytes: usize,
    /// The `Request-Id` header.
    pub request_id: Option<String>,
    /// The `Date` header in UTC seconds: what the page is as of.
    pub date: Option<i64>,
}

/// What paging needs to know of an object; everything else is the decoders' matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peek {
    /// Stripe's id.
    pub id: String,
    /// When it was created, UTC seconds; an invoice item calls it its date.
    pub created: Option<i64>,
    /// The mode it belongs to.
    pub livemode: Option<bool>,
}

#[derive(Deserialize)]
struct Glance {
    id: String,
    #[serde(default)]
    created: Option<i64>,
    #[serde(default)]
    date: Option<i64>,
    #[serde(default)]
    livemode: Option<bool>,
}

impl Peek {
    /// Looks at an object; none when it has no id.
    pub fn at(item: &Item) -> Option<Self> {
        let glance: Glance = serde_json::from_slice(item).ok()?;
        Some(Self {
            id: glance.id,
            created: glance.created.or(glance.date),
            livemode: glance.livemode,
        })
    }
}

impl Page {
    /// The first object that has an id: the newest one.
    pub fn first(&self) -> Option<Peek> {
        self.items.iter().find_map(Peek::at)
    }

    /// The last object that has an id: where the next, older page begins.
    pub fn last(&self) -> Option<Peek> {
        self.items.iter().rev().find_map(Peek::at)
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    data: Vec<&'a RawValue>,
    has_more: bool,
}

/// Cuts a page into its objects, and says whether there are more.
///
/// # Errors
/// Why it is no page, without its contents.
pub fn split(body: &Bytes) -> Result<(Vec<Item>, bool), String> {
    let envelope: Envelope<'_> = serde_json::from_slice(body)
        .map_err(|error| format!("it is no list (line {}, {})", error.line(), kind_of(&error)))?;
    let items = envelope
        .data
        .iter()
        .map(|raw| body.slice_ref(raw.get().as_bytes()))
        .collect::<Vec<_>>();
    Ok((items, envelope.has_more))
}

fn kind_of(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Eof => "it ends too early",
        serde_json::error::Category::Syntax => "it is no JSON",
        _ => "its parts are others",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_is_cut_into_the_bytes_that_came() {
        let body = Bytes::from_static(
            br#"{ "object": "list", "url": "/v1/x", "has_more": true,
                  "data": [ {"id":"a", "created": 3, "livemode": false},  {"no":"id"}, 7 ] }"#,
        );
        let (items, has_more) = split(&body).expect("a page");
        assert!(has_more);
        assert_eq!(
            items[0],
            &br#"{"id":"a", "created": 3, "livemode": false}"#[..]
        );
        assert_eq!(items[1], &br#"{"no":"id"}"#[..]);
        let page = Page {
            items,
            has_more,
            bytes: body.len(),
            request_id: None,
            date: None,
        };
        let a = Peek {
            id: "a".into(),
            created: Some(3),
            livemode: Some(false),
        };
        assert_eq!(page.first().as_ref(), Some(&a));
        assert_eq!(
            page.last(),
            Some(a),
            "objects without an id are no place to go on from"
        );
    }

    #[test]
    fn what_is_no_page_is_said_without_its_contents() {
        for body in [
            "",
            "{",
            r#"{"data":[{"id":"secret"#,
            "<html>secret",
            r#"{"error":1}"#,
        ] {
            let reason = split(&Bytes::from_static(body.as_bytes())).expect_err(body);
            assert!(!reason.contains("secret"), "{reason}");
        }
    }

    proptest! {
        /// Wherever an answer breaks off, it is noticed.
        #[test]
        fn no_cut_page_passes_for_a_whole_one(at in 0_usize..72) {
            let whole = br#"{"object":"list","data":[{"id":"a"},{"id":"b"}],"has_more":false,"x":1}"#;
            prop_assume!(at < whole.len());
            prop_assert!(split(&Bytes::copy_from_slice(&whole[..at])).is_err());
        }
    }
}
