//! How whole the books are, and how it is known: what was proven when, what is known to be wrong,
//! and what a proof would cost. Answered from counts that are kept, never by looking through a
//! table.

mod judged;
mod schedule;

pub use judged::{Completeness, ListProof, MonthProof, ProofState, Reason};
pub use schedule::{DueProof, ScheduledList};
