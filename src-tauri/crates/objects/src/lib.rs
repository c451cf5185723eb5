//! Stripe's JSON to its canonical form and typed rows, decoded leniently.
//!
//! One pass over an object's bytes gives a borrowed tree; from the tree come the canonical bytes
//! of each version that the books keep and the typed row that each version is projected to. The
//! same row comes back from the canonical bytes alone ([`from_canonical`]), so that every
//! projection can be rebuilt from history without a request.

mod canonical;
mod decode;
mod diff;
mod event;
mod json;
mod kind;
mod reader;
pub mod rows;
#[cfg(test)]
mod samples;

pub use decode::{
    DecodeError, DecodeErrorReason, Decoded, Truncated, Version, Warning, decode,
    decode_child_list, decode_part, from_canonical,
};
pub use diff::{Change, diff};
pub use event::changes_of_event;
pub use kind::Kind;
pub use rows::{Children, Row};
