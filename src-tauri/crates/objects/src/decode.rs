//! From raw bytes to versions and rows.

use crate::{Kind, Row};

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
    let _ = raw;
    Err(DecodeError {
        kind,
        position: 0,
        reason: DecodeErrorReason::Syntax,
    })
}

/// Reads the complete children of one object, paged by its own endpoint, in Stripe's order.
///
/// # Errors
/// [`DecodeError`] where a child is not one JSON object; its `position` counts within that child.
pub fn decode_child_list(
    kind: Kind,
    parent_id: &str,
    items: &[&[u8]],
) -> Result<Decoded, DecodeError> {
    let _ = (parent_id, items);
    Err(DecodeError {
        kind,
        position: 0,
        reason: DecodeErrorReason::Syntax,
    })
}

/// The row of a version that the history holds: the same row that [`decode`] gave with it.
///
/// # Errors
/// [`DecodeError`] where the bytes are not a canonical form of this kind.
pub fn from_canonical(kind: Kind, id: &str, canonical: &[u8]) -> Result<Row, DecodeError> {
    let _ = (id, canonical);
    Err(DecodeError {
        kind,
        position: 0,
        reason: DecodeErrorReason::Syntax,
    })
}
