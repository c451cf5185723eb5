//! Reads a row's fields from a canonical tree: a field that is wrong costs itself and a warning.

use crate::json::{Name, Node};
use crate::{Kind, Warning};

/// Where a field is in Stripe's JSON: names with dots between them.
#[derive(Clone, Copy)]
pub(crate) struct Path {
    text: &'static str,
    first: Name<'static>,
    /// What follows the first dot.
    rest: Option<&'static str>,
}

impl Path {
    pub(crate) const fn new(text: &'static str) -> Self {
        let mut dot = 0;
        while dot < text.len() && text.as_bytes()[dot] != b'.' {
            dot += 1;
        }
        let (first, rest) = text.split_at(dot);
        let rest = if rest.is_empty() {
            None
        } else {
            Some(rest.split_at(1).1)
        };
        Self {
            text,
            first: Name::new(first),
            rest,
        }
    }
}

/// Reads the fields of one object.
pub(crate) struct Reader<'t, 'a> {
    node: &'t Node<'a>,
    kind: Kind,
    id: &'t str,
    /// Id of the object that the history is kept under; the object's own where it has no parent.
    parent: &'t str,
    /// A deleted object has lost its fields: nothing to warn of.
    deleted: bool,
    warnings: &'t mut Vec<Warning>,
}

impl<'t, 'a> Reader<'t, 'a> {
    pub(crate) fn new(
        kind: Kind,
        parent: &'t str,
        node: &'t Node<'a>,
        warnings: &'t mut Vec<Warning>,
    ) -> Self {
        let id = node.get("id").and_then(Node::text).unwrap_or(parent);
        let deleted = is_deleted(node);
        Self {
            node,
            kind,
            id,
            parent,
            deleted,
            warnings,
        }
    }

    fn find(&self, path: Path) -> Option<&'t Node<'a>> {
        let first = self.node.get_name(path.first)?;
        match path.rest {
            None => Some(first),
            Some(rest) => rest.split('.').try_fold(first, |node, key| node.get(key)),
        }
    }

    #[cold]
    fn warn(&mut self, field: Path) {
        if !self.deleted {
            let (id, field) = (self.id.to_owned(), field.text);
            self.warnings.push(Warning {
                kind: self.kind,
                id,
                field,
            });
        }
    }

    /// What `pick` makes of the field; a warning where it makes nothing of one that is there.
    fn optional<T>(&mut self, field: Path, pick: impl Fn(&'t Node<'a>) -> Option<T>) -> Option<T> {
        let node = self.find(field)?;
        let picked = pick(node);
        if picked.is_none() {
            self.warn(field);
        }
        picked
    }

    /// The same for a field that Stripe always sends: a warning where it is missing too.
    fn required<T>(&mut self, field: Path, pick: impl Fn(&'t Node<'a>) -> Option<T>) -> Option<T> {
        let picked = self.find(field).and_then(pick);
        if picked.is_none() {
            self.warn(field);
        }
        picked
    }

    /// A text that Stripe always sends.
    pub(crate) fn text(&mut self, field: Path) -> String {
        self.required(field, Node::text)
            .unwrap_or_default()
            .to_owned()
    }

    /// A text or the id of another object, which may be absent.
    pub(crate) fn maybe_text(&mut self, field: Path) -> Option<String> {
        self.optional(field, Node::text).map(str::to_owned)
    }

    /// The moment that Stripe always sends; 0 where it did not.
    pub(crate) fn time(&mut self, field: Path) -> i64 {
        self.required(field, int).unwrap_or_default()
    }

    /// A number that Stripe always sends; none where it did not, never zero.
    pub(crate) fn int(&mut self, field: Path) -> Option<i64> {
        self.required(field, int)
    }

    /// A number that may be absent.
    pub(crate) fn maybe_int(&mut self, field: Path) -> Option<i64> {
        self.optional(field, int)
    }

    /// A truth that Stripe sends, false where it did not; `deleted` is sent only where true.
    pub(crate) fn flag(&mut self, field: Path) -> bool {
        let picked = if field.text == "deleted" {
            self.optional(field, truth)
        } else {
            self.required(field, truth)
        };
        picked.unwrap_or_default()
    }

    /// A truth that may be absent.
    pub(crate) fn maybe_flag(&mut self, field: Path) -> Option<bool> {
        self.optional(field, truth)
    }

    /// A decimal: the exact text of a decimal string or of a JSON number.
    pub(crate) fn decimal(&mut self, field: Path) -> Option<String> {
        self.optional(field, |node| match node {
            Node::Number(text) => Some((*text).to_owned()),
            Node::Text(text) if is_decimal(text) => Some(text.to_string()),
            _ => None,
        })
    }

    /// Whatever is there, as canonical JSON text.
    pub(crate) fn json(&mut self, field: Path) -> Option<String> {
        self.find(field).map(Node::to_json)
    }

    /// Id of the object that this is a part of; not in its own JSON.
    pub(crate) fn owner(&mut self, _field: Path) -> String {
        self.parent.to_owned()
    }

    /// Id of the object whose child this is; not in the child's own JSON.
    pub(crate) fn parent_id(&mut self, _field: Path) -> Option<String> {
        Some(self.parent.to_owned())
    }

    /// What `parent` says of an invoice line, in the member that its type names.
    fn line_detail(&self, field: Path) -> Option<&'t Node<'a>> {
        let parent = self.node.get("parent")?;
        ["subscription_item_details", "invoice_item_details"]
            .iter()
            .find_map(|details| parent.get(details)?.get_name(field.first))
    }

    /// An id in an invoice line's `parent`; the subscription may also stand on the line itself.
    pub(crate) fn line_parent(&mut self, field: Path) -> Option<String> {
        let node = self.line_detail(field).or_else(|| self.find(field))?;
        let picked = node.text().map(str::to_owned);
        if picked.is_none() {
            self.warn(field);
        }
        picked
    }

    /// A truth in an invoice line's `parent`; false for a line without one.
    pub(crate) fn line_flag(&mut self, field: Path) -> bool {
        let Some(node) = self.line_detail(field) else {
            return false;
        };
        let picked = truth(node);
        if picked.is_none() {
            self.warn(field);
        }
        picked.unwrap_or_default()
    }
}

/// Whether Stripe sent only that the object is gone.
pub(crate) fn is_deleted(node: &Node<'_>) -> bool {
    node.get("deleted") == Some(&Node::True)
}

fn int(node: &Node<'_>) -> Option<i64> {
    match node {
        Node::Number(text) => text.parse().ok(),
        _ => None,
    }
}

const fn truth(node: &Node<'_>) -> Option<bool> {
    match node {
        Node::True => Some(true),
        Node::False => Some(false),
        _ => None,
    }
}

/// Whether a text is a plain decimal number: digits with at most one point and a leading minus.
fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    [whole, fraction]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
