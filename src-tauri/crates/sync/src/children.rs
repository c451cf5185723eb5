//! Finds the objects of a page whose own list Stripe cut short.

use bytes::Bytes;
use memchr::memmem::Finder;
use objects::Kind;
use serde::Deserialize;

#[derive(Deserialize)]
struct Parent {
    id: String,
    #[serde(default)]
    lines: Option<Part>,
    #[serde(default)]
    items: Option<Part>,
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    has_more: bool,
}

/// Ids of the objects whose list of `kind` goes on beyond what is embedded.
pub(crate) fn cut_short(kind: Kind, items: &[Bytes]) -> Vec<String> {
    let finder = Finder::new(b"\"has_more\"");
    items
        .iter()
        .filter(|item| says_more(&finder, item))
        .filter_map(|item| serde_json::from_slice::<Parent>(item).ok())
        .filter(|parent| {
            let part = match kind {
                Kind::SubscriptionItems => &parent.items,
                _ => &parent.lines,
            };
            part.as_ref().is_some_and(|part| part.has_more)
        })
        .map(|parent| parent.id)
        .collect()
}

/// A look at the text, which is many times quicker than parsing it: does any `has_more` hold?
fn says_more(finder: &Finder<'_>, item: &[u8]) -> bool {
    finder.find_iter(item).any(|at| {
        let rest = item.get(at + finder.needle().len()..).unwrap_or_default();
        let value = rest
            .iter()
            .find(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b':'));
        value == Some(&b't')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lists_that_go_on_are_found() {
        let items: Vec<Bytes> = [
            r#"{"id":"in_1","lines":{"data":[],"has_more":false}}"#,
            "{\"id\":\"in_2\",\"lines\":{\"data\":[],\"has_more\" :\n true}}",
            r#"{"id":"in_3","payments":{"has_more":true},"lines":{"has_more":false}}"#,
            r#"{"id":"in_4","description":"\"has_more\":true"}"#,
            r#"{"id":"in_5"}"#,
            r#"{"lines":{"has_more":true}}"#,
        ]
        .into_iter()
        .map(|item| Bytes::from_static(item.as_bytes()))
        .collect();
        assert_eq!(cut_short(Kind::InvoiceLines, &items), ["in_2"]);
        let items = [Bytes::from_static(
            br#"{"id":"sub_1","items":{"has_more":true}}"#,
        )];
        assert_eq!(cut_short(Kind::SubscriptionItems, &items), ["sub_1"]);
        assert!(cut_short(Kind::InvoiceLines, &items).is_empty());
    }
}
