//! Proofs of completeness: a list, or a month of it, is read again and compared object by object
//! with what is held.
//!
//! A proof is a *run* over *spans* of lists ([`Books::begin_proof`]). Each page goes through
//! [`Books::apply_proof`]: what it lists is marked, what differs is mended and noted, in one
//! transaction with the cursor. Once everything is listed, [`Books::note_unlisted`] notes what is
//! held but was not listed; each is asked for by itself before it is buried. [`Books::end_proof`]
//! says which differences an event explains, dates the months, and writes the ledger.
//!
//! A page shows the state of a moment after it was asked for. What the books took in since then
//! by another road may be newer, and is never replaced by the page: it is noted as contested and
//! read again ([`HistoryHead`]).

mod counts;
mod end;
mod findings;
mod lists;
mod month;
mod run;

pub(crate) use counts::{Added, buried};
pub use end::ProofEnd;
pub(crate) use findings::{Findings, find, store};
pub use findings::{HistoryHead, ProofPage, Unreadable};
pub(crate) use lists::CREDIT_GRANTS;
pub use lists::{
    BALANCE_ENTRIES, OPEN_INVOICES, PAYMENT_METHODS, PROVEN_LISTS, ProvenList, proven_list,
};
pub use month::Month;
pub use run::{OpenDifference, ProofRun, ProofSpan, What};
