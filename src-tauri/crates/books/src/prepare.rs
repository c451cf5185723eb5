//! The CPU stage of taking objects in: decode, digest and compress, away from the writer.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use objects::rows::{Children, InvoiceLineRow, InvoiceRow};
use objects::{DecodeError, Decoded, Kind, Row, Truncated, Version, Warning};
use serde::Deserialize;

use crate::books::Books;
use crate::history::{Dictionary, Place, VersionHash, compress_plain, shortened};

/// Objects that are decoded before they are compressed: few, so that their forms are still in the
/// processor's cache, but enough to learn a dictionary from.
const CHUNK: usize = 100;

/// Stripe's JSON as it arrived.
#[derive(Debug, Clone)]
pub enum Raw {
    /// One object.
    Object {
        /// Its kind.
        kind: Kind,
        /// Its JSON.
        json: Bytes,
    },
    /// What Stripe keeps of one object without an id of its own.
    Part {
        /// The part's kind: [`Kind::CreditBalanceSummary`].
        kind: Kind,
        /// Id of the object that it belongs to.
        parent: String,
        /// Its JSON.
        json: Bytes,
    },
    /// The complete children of one object, paged, in Stripe's order.
    Children {
        /// The child list's kind: [`Kind::InvoiceLines`] and the like.
        kind: Kind,
        /// Id of the object that they belong to.
        parent: String,
        /// Every child's JSON.
        items: Vec<Bytes>,
    },
}

/// An object that could not be used; its page goes on without it.
#[derive(Debug, Clone)]
pub struct Undecodable {
    /// What it should have been.
    pub kind: Kind,
    /// Why it could not be read.
    pub error: DecodeError,
}

/// Objects that are ready to be written.
#[derive(Default)]
pub struct Prepared {
    /// Child lists that arrived cut short: page them and bring them as [`Raw::Children`].
    pub truncated: Vec<Truncated>,
    /// Fields that could not be read.
    pub warnings: Vec<Warning>,
    /// Objects that could not be used.
    pub failed: Vec<Undecodable>,
    pub(crate) items: Vec<Item>,
    pub(crate) dictionaries: Vec<Arc<Dictionary>>,
    objects: usize,
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Prepared")
            .field("objects", &self.objects)
            .field("versions", &self.items.len())
            .finish_non_exhaustive()
    }
}

/// One version, compressed, with its row.
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) place: Place,
    pub(crate) id: String,
    pub(crate) hash: VersionHash,
    pub(crate) deleted: bool,
    /// Was it only found expanded in another object?
    pub(crate) came_along: bool,
    pub(crate) length: usize,
    pub(crate) dictionary: Option<i64>,
    pub(crate) body: Vec<u8>,
    pub(crate) row: Row,
    pub(crate) erased: bool,
    pub(crate) facts: Facts,
    /// What it is as of, where that differs from the rest of its batch.
    pub(crate) seen_at: Option<i64>,
}

/// What a row says once its JSON columns are read: computed here, not by the writer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Facts {
    None,
    Customer {
        tenant_id: Option<String>,
    },
    Invoice {
        tax_exclusive: i64,
        tax_inclusive: i64,
        discount: i64,
    },
    Lines {
        count: usize,
        products: String,
        period_min: Option<i64>,
        period_max: Option<i64>,
    },
}

impl Prepared {
    /// Objects in it (a child list counts as one).
    #[must_use]
    pub fn len(&self) -> usize {
        self.objects
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.objects == 0
    }

    /// Says that all of this is as of `seen_at`, UTC seconds, whatever it is merged with.
    #[must_use]
    pub fn as_of(mut self, seen_at: i64) -> Self {
        for item in &mut self.items {
            item.seen_at = Some(seen_at);
        }
        self
    }

    /// Adds what `other` holds, behind.
    pub fn merge(&mut self, other: Self) {
        self.truncated.extend(other.truncated);
        self.warnings.extend(other.warnings);
        self.failed.extend(other.failed);
        self.items.extend(other.items);
        for dictionary in other.dictionaries {
            self.use_dictionary(&dictionary);
        }
        self.objects += other.objects;
    }

    fn use_dictionary(&mut self, dictionary: &Arc<Dictionary>) {
        if self
            .dictionaries
            .iter()
            .all(|known| known.num != dictionary.num)
        {
            self.dictionaries.push(Arc::clone(dictionary));
        }
    }
}

impl Books {
    /// Decodes and compresses objects. Takes CPU time only; call it on a blocking thread, on
    /// several at once. An object that cannot be read lands in [`Prepared::failed`].
    #[must_use]
    pub fn prepare(&self, raws: Vec<Raw>) -> Prepared {
        let mut prepared = Prepared::default();
        let mut versions = Vec::with_capacity(CHUNK * 2);
        let mut raws = raws.into_iter().peekable();
        while raws.peek().is_some() {
            for raw in raws.by_ref().take(CHUNK) {
                let (kind, decoded) = decode(&raw);
                match decoded {
                    Ok(decoded) => {
                        prepared.objects += 1;
                        prepared.truncated.extend(decoded.truncated);
                        prepared.warnings.extend(decoded.warnings);
                        versions.extend(decoded.versions);
                    }
                    Err(error) => prepared.failed.push(Undecodable { kind, error }),
                }
            }
            self.compress(&mut versions, &mut prepared);
        }
        prepared
    }

    fn compress(&self, versions: &mut Vec<Version>, prepared: &mut Prepared) {
        // Few at a time: they are of one place or two.
        let mut dictionaries: Vec<(Place, Option<Arc<Dictionary>>)> = Vec::new();
        for version in versions.iter() {
            let place = Place::of(version.kind);
            if dictionaries.iter().all(|(known, _)| *known != place) {
                let alike = versions
                    .iter()
                    .filter(|other| Place::of(other.kind) == place);
                let samples = alike.map(|other| other.canonical.as_slice());
                dictionaries.push((place, self.dictionaries().at(place, samples)));
            }
        }
        for dictionary in dictionaries.iter().filter_map(|(_, known)| known.as_ref()) {
            prepared.use_dictionary(dictionary);
        }
        let mut scratch = Vec::new();
        for version in versions.drain(..) {
            let place = Place::of(version.kind);
            let known = dictionaries.iter().find(|(known, _)| *known == place);
            let dictionary = known.and_then(|(_, dictionary)| dictionary.as_ref());
            let compressed = match dictionary {
                Some(dictionary) => dictionary.compress(&version.canonical, &mut scratch),
                None => compress_plain(&version.canonical, &mut scratch),
            };
            if let Err(error) = compressed {
                // Out of memory alone: the object is left out and said so, never half kept.
                tracing::error!(%error, kind = %version.kind, "a version could not be compressed");
                let error = DecodeError {
                    kind: version.kind,
                    position: 0,
                    reason: objects::DecodeErrorReason::Size,
                };
                prepared.failed.push(Undecodable {
                    kind: version.kind,
                    error,
                });
                continue;
            }
            prepared.items.push(Item {
                facts: facts(&version.row),
                kind: version.kind,
                place,
                id: version.id,
                hash: shortened(&version.hash),
                deleted: version.deleted,
                came_along: version.came_along,
                length: version.canonical.len(),
                dictionary: dictionary.map(|dictionary| dictionary.num),
                body: scratch.as_slice().to_vec(),
                row: without_lines(version.row),
                erased: false,
                seen_at: None,
            });
        }
    }
}

fn decode(raw: &Raw) -> (Kind, Result<Decoded, DecodeError>) {
    match raw {
        Raw::Object { kind, json } => (*kind, objects::decode(*kind, json)),
        Raw::Part { kind, parent, json } => (*kind, objects::decode_part(*kind, parent, json)),
        Raw::Children {
            kind,
            parent,
            items,
        } => {
            let items: Vec<&[u8]> = items.iter().map(Bytes::as_ref).collect();
            (*kind, objects::decode_child_list(*kind, parent, &items))
        }
    }
}

/// The row without an invoice's lines: no table holds them, and a batch is small without them.
fn without_lines(row: Row) -> Row {
    match row {
        Row::InvoiceLines(lines) => Row::InvoiceLines(Children {
            parent: lines.parent,
            rows: Vec::new(),
        }),
        row => row,
    }
}

/// What is read out of a row's JSON columns.
pub(crate) fn facts(row: &Row) -> Facts {
    match row {
        Row::Customer(customer) => Facts::Customer {
            tenant_id: tenant_id(customer.metadata.as_deref()),
        },
        Row::Invoice(invoice) => invoice_facts(invoice),
        Row::InvoiceLines(lines) => lines_facts(&lines.rows),
        _ => Facts::None,
    }
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "tenantId")]
    tenant_id: Option<String>,
}

fn tenant_id(metadata: Option<&str>) -> Option<String> {
    serde_json::from_str::<Metadata>(metadata?)
        .ok()?
        .tenant_id
        .filter(|id| !id.is_empty())
}

#[derive(Deserialize)]
struct Part {
    #[serde(default)]
    amount: i64,
    #[serde(default)]
    tax_behavior: Option<String>,
}

fn parts(json: Option<&str>) -> Vec<Part> {
    match json {
        None | Some("[]" | "null") => Vec::new(),
        Some(json) => serde_json::from_str(json).unwrap_or_default(),
    }
}

fn invoice_facts(invoice: &InvoiceRow) -> Facts {
    let (mut tax_exclusive, mut tax_inclusive) = (0_i64, 0_i64);
    for tax in parts(invoice.total_taxes.as_deref()) {
        if tax.tax_behavior.as_deref() == Some("inclusive") {
            tax_inclusive = tax_inclusive.saturating_add(tax.amount);
        } else {
            tax_exclusive = tax_exclusive.saturating_add(tax.amount);
        }
    }
    let discount = parts(invoice.total_discount_amounts.as_deref())
        .iter()
        .fold(0_i64, |sum, part| sum.saturating_add(part.amount));
    Facts::Invoice {
        tax_exclusive,
        tax_inclusive,
        discount,
    }
}

fn lines_facts(lines: &[InvoiceLineRow]) -> Facts {
    let products: BTreeSet<&str> = lines.iter().filter_map(|l| l.product.as_deref()).collect();
    Facts::Lines {
        count: lines.len(),
        products: products.into_iter().collect::<Vec<_>>().join(" "),
        period_min: lines.iter().filter_map(|line| line.period_start).min(),
        period_max: lines.iter().filter_map(|line| line.period_end).max(),
    }
}

/// Live or test, where the object says so.
pub(crate) fn livemode(row: &Row) -> Option<bool> {
    match row {
        Row::Customer(row) => row.livemode,
        Row::Product(row) => row.livemode,
        Row::Price(row) => row.livemode,
        Row::Coupon(row) => row.livemode,
        Row::TaxRate(row) => row.livemode,
        Row::Subscription(row) => row.livemode,
        Row::Invoice(row) => row.livemode,
        Row::InvoicePayment(row) => row.livemode,
        Row::PaymentIntent(row) => row.livemode,
        Row::Charge(row) => row.livemode,
        Row::CreditNote(row) => row.livemode,
        Row::Dispute(row) => row.livemode,
        Row::CustomerBalanceTransaction(row) => row.livemode,
        Row::CreditGrant(row) => row.livemode,
        Row::CreditBalanceTransaction(row) => row.livemode,
        Row::CreditBalanceSummary(row) => row.livemode,
        Row::Meter(row) => row.livemode,
        Row::PromotionCode(row) => row.livemode,
        Row::SubscriptionSchedule(row) => row.livemode,
        Row::InvoiceItem(row) => row.livemode,
        Row::PaymentMethod(row) => row.livemode,
        Row::Payout(row) => row.livemode,
        Row::TestClock(row) => row.livemode,
        Row::PriceTiers(_)
        | Row::CouponTerms(_)
        | Row::Discount(_)
        | Row::SubscriptionItems(_)
        | Row::InvoiceLines(_)
        | Row::CreditNoteLines(_)
        | Row::Refund(_)
        | Row::PaymentSource(_)
        | Row::BalanceTransaction(_)
        | Row::PayoutTransactions(_) => None,
    }
}
