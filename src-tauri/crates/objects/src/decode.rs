//! From raw bytes to versions and rows.

use std::cell::RefCell;

use sha2::{Digest, Sha256};

use crate::Kind;
use crate::canonical::{children_of, expanded_only, settle};
use crate::json::{self, Fault, Member, Node};
use crate::reader::{Reader, is_deleted};
use crate::rows::{
    BalanceTransactionRow, ChargeRow, Children, CouponRow, CouponTermsRow, CreditBalanceSummaryRow,
    CreditBalanceTransactionRow, CreditGrantRow, CreditNoteLineRow, CreditNoteRow,
    CustomerBalanceTransactionRow, CustomerRow, DiscountRow, DisputeRow, InvoiceItemRow,
    InvoiceLineRow, InvoicePaymentRow, InvoiceRow, MeterRow, PaymentIntentRow, PaymentMethodRow,
    PaymentSourceRow, PayoutRow, PayoutTransactionRow, PriceRow, PriceTiersRow, ProductRow,
    PromotionCodeRow, RefundRow, Row, SubscriptionItemRow, SubscriptionRow,
    SubscriptionScheduleRow, TaxRateRow, TestClockRow,
};

/// One version of one object: what the history stores and what the projections show.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// What it is.
    pub kind: Kind,
    /// Stripe's id; for child lists and tiers, the parent's.
    pub id: String,
    /// The canonical form: minified UTF-8 JSON, keys sorted, references as ids.
    pub canonical: Vec<u8>,
    /// SHA-256 of `canonical`: two reads of the same data have the same hash.
    pub hash: [u8; 32],
    /// Whether this only says that Stripe has deleted the object; its other fields are gone.
    pub deleted: bool,
    /// Whether it was found expanded in another object. Stripe still expands a coupon in the
    /// discounts that it gave after it was deleted: only what is read as itself is there.
    pub came_along: bool,
    /// The row that `canonical` is projected to.
    pub row: Row,
}

/// What one raw object gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Decoded {
    /// The object's own version first, then those of its whole child lists, its tiers, and the
    /// discounts and coupons found expanded in it.
    pub versions: Vec<Version>,
    /// Fields that could not be read; each cost only itself.
    pub warnings: Vec<Warning>,
    /// Child lists that arrived cut short: page them and give them to [`decode_child_list`].
    pub truncated: Vec<Truncated>,
}

impl Decoded {
    /// The row of the object itself.
    #[must_use]
    pub fn row(&self) -> Option<&Row> {
        self.versions.first().map(|version| &version.row)
    }
}

/// A child list of which Stripe embedded only the beginning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truncated {
    /// [`Kind::SubscriptionItems`], [`Kind::InvoiceLines`] or [`Kind::CreditNoteLines`].
    pub kind: Kind,
    /// Id of the object whose children are to be paged.
    pub parent_id: String,
    /// How many were embedded.
    pub embedded: usize,
}

/// A field that was missing or had another type than Stripe documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Kind of the object.
    pub kind: Kind,
    /// Id of the object; for a child, its own id.
    pub id: String,
    /// Path of the field in Stripe's JSON, with dots.
    pub field: &'static str,
}

/// Why an object could not be used at all. Its page goes on without it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a {kind} could not be read at byte {position}: {reason}")]
pub struct DecodeError {
    /// Kind that was asked for.
    pub kind: Kind,
    /// Byte of the input at which reading stopped.
    pub position: usize,
    /// What was wrong there.
    pub reason: DecodeErrorReason,
}

/// What was wrong with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeErrorReason {
    /// The bytes are not JSON.
    #[error("not JSON")]
    Syntax,
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// The JSON goes on after the object.
    #[error("more after the end")]
    Trailing,
    /// Nested deeper than any of Stripe's objects.
    #[error("nested too deeply")]
    Depth,
    /// Larger than any of Stripe's objects.
    #[error("too large")]
    Size,
    /// JSON, but not an object.
    #[error("not an object")]
    NotAnObject,
    /// The object has no id.
    #[error("no id")]
    NoId,
    /// The object says that it is of another kind.
    #[error("another kind of object")]
    AnotherKind,
}

/// Reads one object as Stripe sent it, whatever the road: list, retrieve or event payload.
///
/// # Errors
/// [`DecodeError`] where the bytes are not one JSON object of this kind with an id. Everything
/// less costs a field and a [`Warning`].
pub fn decode(kind: Kind, raw: &[u8]) -> Result<Decoded, DecodeError> {
    let mut node = parse(kind, raw)?;
    let id = identify(kind, &node)?;
    let mut decoded = Decoded {
        versions: Vec::with_capacity(2),
        warnings: Vec::new(),
        truncated: Vec::new(),
    };
    let deleted = is_deleted(&node);
    check_object_name(kind, &node, &id, &mut decoded.warnings);

    let list = children_of(kind).map(|(member, children)| (member, children, node.take(member)));
    let expanded = take_expanded(kind, &mut node);
    let mut found = Vec::new();
    settle(kind, &mut node, &mut found);
    decoded.push(kind, &id, &node);
    if let Some((member, children, list)) = list
        && !deleted
    {
        decoded.push_embedded(children, member, &id, list, &mut found);
    }
    if let Some((expanded_kind, expanded)) = expanded {
        decoded.push(expanded_kind, &id, &expanded);
    }
    decoded.push_found(found);
    Ok(decoded)
}

/// Room for writing that a thread keeps, in bytes.
const MAX_ROOM: usize = 64 * 1024;

/// Most children of one object; Stripe's own limits are far below.
const MAX_CHILDREN: usize = 100_000;

/// Reads the complete children of one object, paged by its own endpoint, in Stripe's order.
///
/// The same version as from a whole list embedded in the parent.
///
/// # Errors
/// [`DecodeError`] where `kind` is no child list, a child is not JSON (its `position` counts within
/// that child), or there are more than 100,000 or more than 64 MiB of them.
pub fn decode_child_list(
    kind: Kind,
    parent_id: &str,
    items: &[&[u8]],
) -> Result<Decoded, DecodeError> {
    if !kind.is_child_list() {
        return Err(DecodeError {
            kind,
            position: 0,
            reason: DecodeErrorReason::AnotherKind,
        });
    }
    // Canonical forms are never longer than what they came from: what is written here can be read.
    let bytes: usize = items.iter().map(|item| item.len() + 1).sum();
    if items.len() > MAX_CHILDREN || bytes >= json::MAX_CANONICAL_BYTES {
        return Err(DecodeError {
            kind,
            position: 0,
            reason: DecodeErrorReason::Size,
        });
    }
    let mut decoded = Decoded {
        versions: Vec::new(),
        warnings: Vec::new(),
        truncated: Vec::new(),
    };
    let mut children = Vec::with_capacity(items.len());
    for item in items {
        children.push(parse(kind, item)?);
    }
    let mut found = Vec::new();
    decoded.push_children(kind, parent_id, children, &mut found);
    decoded.push_found(found);
    Ok(decoded)
}

/// Reads what Stripe keeps of one object without an id of its own (a customer's summary of
/// credits), under that object's id.
///
/// # Errors
/// [`DecodeError`] where `kind` is kept under no other object's id or is a list of children, or
/// the bytes are not one JSON object.
pub fn decode_part(kind: Kind, parent_id: &str, raw: &[u8]) -> Result<Decoded, DecodeError> {
    let failed = |reason| DecodeError {
        kind,
        position: 0,
        reason,
    };
    if kind.parent().is_none() || kind.is_child_list() {
        return Err(failed(DecodeErrorReason::AnotherKind));
    }
    let mut node = parse(kind, raw)?;
    if !matches!(node, Node::Object(_)) {
        return Err(failed(DecodeErrorReason::NotAnObject));
    }
    let mut decoded = Decoded {
        versions: Vec::with_capacity(1),
        warnings: Vec::new(),
        truncated: Vec::new(),
    };
    settle(kind, &mut node, &mut Vec::new());
    decoded.push(kind, parent_id, &node);
    Ok(decoded)
}

/// The row of a version that the history holds: the same row that [`decode`] gave with it.
///
/// # Errors
/// [`DecodeError`] where the bytes are not a canonical form of this kind.
pub fn from_canonical(kind: Kind, id: &str, canonical: &[u8]) -> Result<Row, DecodeError> {
    let node = json::parse_within(canonical, json::MAX_CANONICAL_BYTES)
        .map_err(|fault| error(kind, fault))?;
    let fits = match &node {
        Node::Object(_) => !kind.is_child_list(),
        Node::Array(_) => kind.is_child_list(),
        _ => false,
    };
    if !fits {
        return Err(DecodeError {
            kind,
            position: 0,
            reason: DecodeErrorReason::NotAnObject,
        });
    }
    Ok(read_row(kind, id, &node, &mut Vec::new()))
}

impl Decoded {
    /// Adds the version that a tree in canonical form makes.
    fn push(&mut self, kind: Kind, id: &str, node: &Node<'_>) {
        let canonical = written(node);
        let row = read_row(kind, id, node, &mut self.warnings);
        let hash = Sha256::digest(&canonical).into();
        let deleted = is_deleted(node);
        self.versions.push(Version {
            kind,
            id: id.to_owned(),
            canonical,
            hash,
            deleted,
            came_along: false,
            row,
        });
    }

    /// Adds the versions of the objects that were found expanded in another.
    fn push_found(&mut self, found: Vec<(Kind, Node<'_>)>) {
        let own = self.versions.len();
        for (kind, mut node) in found {
            let Ok(id) = identify(kind, &node) else {
                continue;
            };
            let expanded = take_expanded(kind, &mut node);
            self.push(kind, &id, &node);
            if let Some((expanded_kind, expanded)) = expanded {
                self.push(expanded_kind, &id, &expanded);
            }
        }
        for version in self.versions.iter_mut().skip(own) {
            version.came_along = true;
        }
    }

    /// Adds the children of a list embedded in their parent, or says that they must be paged.
    fn push_embedded<'a>(
        &mut self,
        kind: Kind,
        member: &'static str,
        parent_id: &str,
        list: Option<Node<'a>>,
        found: &mut Vec<(Kind, Node<'a>)>,
    ) {
        let mut list = list.unwrap_or(Node::Null);
        let data = list.take("data");
        let whole = list.get("has_more") == Some(&Node::False);
        let embedded = match &data {
            Some(Node::Array(items)) => items.len(),
            _ => 0,
        };
        match data {
            Some(Node::Array(items)) if whole => {
                self.push_children(kind, parent_id, items, found);
                return;
            }
            Some(Node::Array(_)) if list.get("has_more") == Some(&Node::True) => {}
            // What is not understood is asked for again, not taken for an empty list.
            _ => self.warnings.push(Warning {
                kind,
                id: parent_id.to_owned(),
                field: member,
            }),
        }
        self.truncated.push(Truncated {
            kind,
            parent_id: parent_id.to_owned(),
            embedded,
        });
    }

    /// Adds the version that the complete children of one object make together.
    fn push_children<'a>(
        &mut self,
        kind: Kind,
        parent_id: &str,
        mut children: Vec<Node<'a>>,
        found: &mut Vec<(Kind, Node<'a>)>,
    ) {
        for child in &mut children {
            settle(kind, child, found);
            if kind == Kind::PayoutTransactions {
                // They are objects of their own: here only which they are counts.
                keep_id(child);
            }
        }
        if matches!(kind, Kind::SubscriptionItems | Kind::PayoutTransactions) {
            // Their order says nothing, and roads may differ in it.
            children.sort_by(|left, right| id_of(left).cmp(&id_of(right)));
        }
        self.push(kind, parent_id, &Node::Array(children));
    }
}

/// The bytes of a tree, in memory that is as large as they are.
fn written(node: &Node<'_>) -> Vec<u8> {
    thread_local! {
        // Room in which to write: a length is known once all is written.
        static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    ROOM.with_borrow_mut(|room| {
        room.clear();
        room.shrink_to(MAX_ROOM);
        node.write(room);
        room.as_slice().to_vec()
    })
}

/// Leaves of an object nothing but its id.
fn keep_id(node: &mut Node<'_>) {
    if let Node::Object(members) = node {
        members.retain(|member| member.key() == "id");
    }
}

fn parse(kind: Kind, raw: &[u8]) -> Result<Node<'_>, DecodeError> {
    json::parse(raw).map_err(|fault| error(kind, fault))
}

const fn error(kind: Kind, (position, fault): (usize, Fault)) -> DecodeError {
    let reason = match fault {
        Fault::Syntax => DecodeErrorReason::Syntax,
        Fault::Utf8 => DecodeErrorReason::Utf8,
        Fault::Trailing => DecodeErrorReason::Trailing,
        Fault::Depth => DecodeErrorReason::Depth,
        Fault::Size => DecodeErrorReason::Size,
    };
    DecodeError {
        kind,
        position,
        reason,
    }
}

fn id_of<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    node.get("id")
        .and_then(Node::text)
        .filter(|id| !id.is_empty())
}

/// The object's id, once it is an object that may be of this kind.
fn identify(kind: Kind, node: &Node<'_>) -> Result<String, DecodeError> {
    let failed = |reason| DecodeError {
        kind,
        position: 0,
        reason,
    };
    if !matches!(node, Node::Object(_)) {
        return Err(failed(DecodeErrorReason::NotAnObject));
    }
    let named = node
        .get("object")
        .and_then(Node::text)
        .and_then(Kind::of_stripe_object);
    if named.is_some_and(|named| named != kind) {
        return Err(failed(DecodeErrorReason::AnotherKind));
    }
    id_of(node)
        .map(str::to_owned)
        .ok_or_else(|| failed(DecodeErrorReason::NoId))
}

fn check_object_name(kind: Kind, node: &Node<'_>, id: &str, warnings: &mut Vec<Warning>) {
    let object = node.get("object").and_then(Node::text);
    if object.and_then(Kind::of_stripe_object) != Some(kind) {
        warnings.push(Warning {
            kind,
            id: id.to_owned(),
            field: "object",
        });
    }
}

/// Takes what the expansions of a kind add: none where the object was read without them.
fn take_expanded<'a>(kind: Kind, node: &mut Node<'a>) -> Option<(Kind, Node<'a>)> {
    let (keys, expanded_kind) = expanded_only(kind)?;
    let tiered = node.get("billing_scheme").and_then(Node::text) == Some("tiered");
    let members: Vec<Member<'a>> = keys
        .into_iter()
        .filter_map(|key| Some(Member::new(key.into(), node.take(key)?)))
        .collect();
    let whole = !tiered || members.iter().any(|member| member.key() == "tiers");
    (whole && !members.is_empty()).then(|| {
        let mut expanded = Node::Object(members);
        settle(expanded_kind, &mut expanded, &mut Vec::new());
        (expanded_kind, expanded)
    })
}

fn read_row(kind: Kind, id: &str, node: &Node<'_>, warnings: &mut Vec<Warning>) -> Row {
    match kind {
        Kind::SubscriptionItems => Row::SubscriptionItems(read_children(
            kind,
            id,
            node,
            warnings,
            SubscriptionItemRow::read,
        )),
        Kind::InvoiceLines => Row::InvoiceLines(read_children(
            kind,
            id,
            node,
            warnings,
            InvoiceLineRow::read,
        )),
        Kind::CreditNoteLines => Row::CreditNoteLines(read_children(
            kind,
            id,
            node,
            warnings,
            CreditNoteLineRow::read,
        )),
        Kind::PayoutTransactions => Row::PayoutTransactions(read_children(
            kind,
            id,
            node,
            warnings,
            PayoutTransactionRow::read,
        )),
        _ => read_single(kind, &mut Reader::new(kind, id, node, warnings)),
    }
}

fn read_single(kind: Kind, reader: &mut Reader<'_, '_>) -> Row {
    match kind {
        Kind::Customer => Row::Customer(CustomerRow::read(reader)),
        Kind::Product => Row::Product(ProductRow::read(reader)),
        Kind::Price => Row::Price(PriceRow::read(reader)),
        Kind::Coupon => Row::Coupon(CouponRow::read(reader)),
        Kind::CouponTerms => Row::CouponTerms(CouponTermsRow::read(reader)),
        Kind::Discount => Row::Discount(DiscountRow::read(reader)),
        Kind::TaxRate => Row::TaxRate(TaxRateRow::read(reader)),
        Kind::Subscription => Row::Subscription(SubscriptionRow::read(reader)),
        Kind::Invoice => Row::Invoice(Box::new(InvoiceRow::read(reader))),
        Kind::InvoicePayment => Row::InvoicePayment(InvoicePaymentRow::read(reader)),
        Kind::PaymentIntent => Row::PaymentIntent(PaymentIntentRow::read(reader)),
        Kind::Charge => Row::Charge(Box::new(ChargeRow::read(reader))),
        Kind::CreditNote => Row::CreditNote(CreditNoteRow::read(reader)),
        Kind::Refund => Row::Refund(Box::new(RefundRow::read(reader))),
        Kind::Dispute => Row::Dispute(Box::new(DisputeRow::read(reader))),
        Kind::CustomerBalanceTransaction => {
            Row::CustomerBalanceTransaction(Box::new(CustomerBalanceTransactionRow::read(reader)))
        }
        Kind::CreditGrant => Row::CreditGrant(Box::new(CreditGrantRow::read(reader))),
        Kind::CreditBalanceTransaction => {
            Row::CreditBalanceTransaction(Box::new(CreditBalanceTransactionRow::read(reader)))
        }
        Kind::CreditBalanceSummary => {
            Row::CreditBalanceSummary(CreditBalanceSummaryRow::read(reader))
        }
        Kind::Meter => Row::Meter(Box::new(MeterRow::read(reader))),
        Kind::PromotionCode => Row::PromotionCode(Box::new(PromotionCodeRow::read(reader))),
        Kind::SubscriptionSchedule => {
            Row::SubscriptionSchedule(Box::new(SubscriptionScheduleRow::read(reader)))
        }
        Kind::InvoiceItem => Row::InvoiceItem(Box::new(InvoiceItemRow::read(reader))),
        Kind::PaymentMethod => Row::PaymentMethod(Box::new(PaymentMethodRow::read(reader))),
        Kind::PaymentSource => Row::PaymentSource(PaymentSourceRow::read(reader)),
        Kind::BalanceTransaction => {
            Row::BalanceTransaction(Box::new(BalanceTransactionRow::read(reader)))
        }
        Kind::Payout => Row::Payout(Box::new(PayoutRow::read(reader))),
        Kind::TestClock => Row::TestClock(TestClockRow::read(reader)),
        // Lists of children are read elsewhere.
        Kind::PriceTiers
        | Kind::SubscriptionItems
        | Kind::InvoiceLines
        | Kind::CreditNoteLines
        | Kind::PayoutTransactions => Row::PriceTiers(PriceTiersRow::read(reader)),
    }
}

fn read_children<T>(
    kind: Kind,
    parent: &str,
    node: &Node<'_>,
    warnings: &mut Vec<Warning>,
    read: impl Fn(&mut Reader<'_, '_>) -> T,
) -> Children<T> {
    let items = match node {
        Node::Array(items) => items.as_slice(),
        _ => &[],
    };
    let rows = items
        .iter()
        .map(|item| read(&mut Reader::new(kind, parent, item, warnings)))
        .collect();
    Children {
        parent: parent.to_owned(),
        rows,
    }
}

#[cfg(test)]
mod tests;
