//! What changed between two versions, in a finance team's words.

use std::collections::BTreeSet;
use std::fmt;

use billing::words::grouped;
use billing::{Currency, Money, unit_price_decimal_string};
use chrono::DateTime;

use crate::Kind;
use crate::json::{self, Node};

/// Most changes told of one version; the rest is counted in a last line.
const MAX_LINES: usize = 40;

/// Most characters of a value.
const MAX_CHARACTERS: usize = 80;

/// A canonical form of any length that is ever written.
fn whole(canonical: &[u8]) -> Result<Node<'_>, (usize, json::Fault)> {
    json::parse_within(canonical, json::MAX_CANONICAL_BYTES)
}

/// One thing that changed, in a finance team's words.
///
/// Shown as `seats 5 → 8`; where there is only a value, as `paid €1,240.00` or, after several
/// words, `item added: price_1, 5 seats`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What changed, or what happened.
    pub field: String,
    /// What it was; none where something happened that has no before.
    pub before: Option<String>,
    /// What it is.
    pub after: Option<String>,
}

impl Change {
    pub(crate) fn happened(field: impl Into<String>, value: Option<String>) -> Self {
        Self {
            field: field.into(),
            before: None,
            after: value,
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            before,
            after,
        } = self;
        match (before, after) {
            (Some(before), Some(after)) => write!(f, "{field} {before} → {after}"),
            (Some(value), None) | (None, Some(value)) if field.contains(' ') => {
                write!(f, "{field}: {value}")
            }
            (Some(value), None) | (None, Some(value)) => write!(f, "{field} {value}"),
            (None, None) => f.write_str(field),
        }
    }
}

/// What changed from one canonical form to the next, a line a change: `status active → past_due`,
/// `seats 5 → 8`, `amount paid $0.00 → $1,240.00`. Empty where nothing did, or where one of the
/// two is not a canonical form. Times are UTC.
#[must_use]
pub fn diff(kind: Kind, before: &[u8], after: &[u8]) -> Vec<String> {
    let (Ok(before), Ok(after)) = (whole(before), whole(after)) else {
        return Vec::new();
    };
    let mut lines: Vec<String> = changes(kind, &before, &after)
        .iter()
        .map(Change::to_string)
        .collect();
    if lines.len() > MAX_LINES {
        let more = lines.len() - MAX_LINES;
        lines.truncate(MAX_LINES);
        lines.push(format!("and {more} more"));
    }
    lines
}

/// What changed from one tree in canonical form to the next.
pub(crate) fn changes(kind: Kind, before: &Node<'_>, after: &Node<'_>) -> Vec<Change> {
    let mut lines = Vec::new();
    if kind.is_child_list() {
        diff_children(kind, before, after, &mut lines);
    } else if after.get("deleted") == Some(&Node::True) {
        lines.push(Change::happened("deleted", None));
    } else {
        let currency = currency_of(after).or_else(|| currency_of(before));
        let mut walk = Walk {
            kind,
            currency,
            prefix: String::new(),
            lines: &mut lines,
        };
        walk.members(&mut Vec::new(), Some(before), Some(after));
    }
    lines
}

/// The currency of an object's amounts; credits name theirs beside the amount.
pub(crate) fn currency_of(node: &Node<'_>) -> Option<Currency> {
    let code = node
        .get("currency")
        .or_else(|| node.get("amount")?.get("monetary")?.get("currency"));
    Currency::parse(code?.text()?).ok()
}

/// Children are told apart by their ids: one that stays is compared, others came or went.
fn diff_children(kind: Kind, before: &Node<'_>, after: &Node<'_>, lines: &mut Vec<Change>) {
    let with_id = |list: &Node<'_>, id: Option<&str>| {
        list.items()
            .iter()
            .position(|child| child.get("id").and_then(Node::text) == id)
    };
    let single = before.items().len() <= 1 && after.items().len() <= 1;
    for child in before.items() {
        let id = child.get("id").and_then(Node::text);
        let Some(now) = with_id(after, id).and_then(|index| after.items().get(index)) else {
            lines.push(Change {
                field: format!("{} removed", child_noun(kind)),
                before: Some(child_words(kind, child)),
                after: None,
            });
            continue;
        };
        let prefix = if single {
            String::new()
        } else {
            format!("{}: ", child_words(kind, child))
        };
        let currency = currency_of(now);
        Walk {
            kind,
            currency,
            prefix,
            lines,
        }
        .members(&mut Vec::new(), Some(child), Some(now));
    }
    for child in after.items() {
        if with_id(before, child.get("id").and_then(Node::text)).is_none() {
            let field = format!("{} added", child_noun(kind));
            lines.push(Change::happened(field, Some(child_words(kind, child))));
        }
    }
}

const fn child_noun(kind: Kind) -> &'static str {
    match kind {
        Kind::SubscriptionItems => "item",
        _ => "line",
    }
}

/// What a child is, short enough to stand before what changed in it.
pub(crate) fn child_words(kind: Kind, child: &Node<'_>) -> String {
    let text = |key: &str| child.get(key).and_then(Node::text).unwrap_or_default();
    let currency = currency_of(child);
    let shown = |key: &str| show(child.get(key), Shape::of(key), currency);
    match kind {
        Kind::SubscriptionItems => {
            let seats = child
                .get("quantity")
                .map_or_else(String::new, |_| format!(", {} seats", shown("quantity")));
            format!("{}{seats}", text("price"))
        }
        _ => format!("{}, {}", cut(text("description")), shown("amount")),
    }
}

struct Walk<'l> {
    kind: Kind,
    currency: Option<Currency>,
    /// Stands before each line: which child it is about.
    prefix: String,
    lines: &'l mut Vec<Change>,
}

impl Walk<'_> {
    fn members<'p>(
        &mut self,
        path: &mut Vec<&'p str>,
        before: Option<&'p Node<'_>>,
        after: Option<&'p Node<'_>>,
    ) {
        let members = |node: Option<&'p Node<'_>>| {
            node.map_or(&[][..], Node::members)
                .iter()
                .map(json::Member::key)
        };
        let keys: BTreeSet<&'p str> = members(before).chain(members(after)).collect();
        for key in keys {
            let of = |node: Option<&'p Node<'_>>| node.and_then(|node| node.get(key));
            let (was, is) = (of(before), of(after));
            if was == is {
                continue;
            }
            path.push(key);
            let nested = [was, is]
                .iter()
                .flatten()
                .any(|node| matches!(node, Node::Object(_)));
            if nested {
                self.members(path, was, is);
            } else {
                self.change(path, was, is);
            }
            path.pop();
        }
    }

    fn change(&mut self, path: &[&str], was: Option<&Node<'_>>, is: Option<&Node<'_>>) {
        let shape = Shape::at(path);
        let (was, is) = (
            show(was, shape, self.currency),
            show(is, shape, self.currency),
        );
        self.lines.push(Change {
            field: format!("{}{}", self.prefix, label(self.kind, path)),
            before: Some(was),
            after: Some(is),
        });
    }
}

/// The words for a field.
fn label(kind: Kind, path: &[&str]) -> String {
    let (first, last) = (
        path.first().copied(),
        path.last().copied().unwrap_or_default(),
    );
    let known = match (kind, path) {
        (Kind::SubscriptionItems | Kind::Subscription, ["quantity"]) => Some("seats"),
        (Kind::InvoiceLines | Kind::CreditNoteLines, ["quantity"]) => Some("quantity"),
        (Kind::Customer, ["balance"]) => Some("account credit balance"),
        (Kind::CreditGrant, ["amount", "monetary", "value"]) => Some("credits"),
        (Kind::Dispute, ["evidence_details", "due_by"]) => Some("evidence due"),
        (_, ["attempt_count"]) => Some("payment attempts"),
        (_, ["cancel_at_period_end"]) => Some("ends with the period"),
        (_, ["cancel_at"]) => Some("ends at"),
        (_, ["auto_advance"]) => Some("collected automatically"),
        (_, ["status_transitions", "marked_uncollectible_at"]) => Some("written off at"),
        (_, ["pause_collection", "behavior"]) => Some("collection paused, invoices"),
        (_, ["pause_collection", "resumes_at"]) => Some("collection resumes at"),
        (_, ["invoice_settings", "default_payment_method"]) => Some("default payment method"),
        (_, ["parent", .., "subscription"]) => Some("subscription"),
        (_, ["livemode"]) => Some("live mode"),
        _ => None,
    };
    if let Some(known) = known {
        return known.to_owned();
    }
    let words: Vec<&str> = match first {
        // These group fields that need no group on the screen.
        Some("status_transitions" | "period" | "recurring") => vec![last],
        _ => path.to_vec(),
    };
    // A key of the company's own stays as it is written.
    let own = usize::from(matches!(first, Some("metadata")));
    let mut out = String::new();
    for (index, word) in words.iter().enumerate() {
        out.push_str(if index > 0 { " " } else { "" });
        out.push_str(&if index > 0 && own == 1 {
            (*word).to_owned()
        } else {
            word.replace('_', " ")
        });
    }
    out
}

/// How a field's value is shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Money,
    UnitPrice,
    Time,
    Plain,
}

impl Shape {
    fn at(path: &[&str]) -> Self {
        match path {
            ["metadata", ..] => Self::Plain,
            [.., "monetary", "value"] => Self::Money,
            _ => Self::of(path.last().copied().unwrap_or_default()),
        }
    }

    fn of(key: &str) -> Self {
        match key {
            "unit_amount_decimal" => Self::UnitPrice,
            "total"
            | "subtotal"
            | "total_excluding_tax"
            | "subtotal_excluding_tax"
            | "balance"
            | "starting_balance"
            | "ending_balance"
            | "fee"
            | "net" => Self::Money,
            "created"
            | "start"
            | "end"
            | "updated"
            | "redeem_by"
            | "billing_cycle_anchor"
            | "next_payment_attempt"
            | "billed_until"
            | "due_by"
            | "available_on"
            | "frozen_time"
            | "deletes_after"
            | "cancel_at" => Self::Time,
            _ if key.starts_with("amount") || key.ends_with("amount") => Self::Money,
            _ if ["_at", "_date", "_start", "_end"]
                .iter()
                .any(|end| key.ends_with(end)) =>
            {
                Self::Time
            }
            _ => Self::Plain,
        }
    }
}

pub(crate) fn show(node: Option<&Node<'_>>, shape: Shape, currency: Option<Currency>) -> String {
    let Some(node) = node else {
        return "none".to_owned();
    };
    match (node, shape, currency) {
        (Node::Number(text), Shape::Money, Some(currency)) => match text.parse() {
            Ok(minor) => Money::new(minor, currency).short_string(),
            Err(_) => (*text).to_owned(),
        },
        (Node::Text(text), Shape::UnitPrice, Some(currency)) => {
            unit_price_decimal_string(text, currency).unwrap_or_else(|_| cut(text))
        }
        (Node::Number(text), Shape::Time, _) => text
            .parse()
            .ok()
            .and_then(time_words)
            .unwrap_or_else(|| (*text).to_owned()),
        (Node::Number(text), ..) => text.parse().map_or_else(|_| (*text).to_owned(), grouped),
        (Node::True, ..) => "yes".to_owned(),
        (Node::False, ..) => "no".to_owned(),
        (Node::Text(text), ..) if text.is_empty() => "empty".to_owned(),
        (Node::Text(text), ..) => cut(text),
        (Node::Array(items), ..) if items.is_empty() => "none".to_owned(),
        (Node::Array(items), ..) if items.iter().all(|item| item.text().is_some()) => {
            let texts: Vec<&str> = items.iter().filter_map(Node::text).collect();
            cut(&texts.join(", "))
        }
        _ => cut(&node.to_json()),
    }
}

fn time_words(seconds: i64) -> Option<String> {
    let time = DateTime::from_timestamp(seconds, 0)?;
    Some(time.format("%-d %b %Y %H:%M UTC").to_string())
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_CHARACTERS {
        return text.to_owned();
    }
    text.chars().take(MAX_CHARACTERS - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests;
