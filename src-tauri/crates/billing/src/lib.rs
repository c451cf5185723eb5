//! Pure billing rules: money, periods, MRR and the words for an invoice line; no I/O, no clock.

pub mod money;

pub use money::{Currency, Money, MoneyError};
