//! Pure billing rules: money, periods, MRR, usage against limits, the words for an invoice line;
//! no I/O, no clock.

pub mod decline;
pub mod invoice_state;
pub mod money;
pub mod mrr;
pub mod period;
pub mod usage;
pub mod words;

pub use money::{Currency, Money, MoneyError, parse_decimal, unit_price_decimal_string};
pub use words::{LineFacts, PlanFacts, line_words, plan_words};
