//! What a person can ask for, one async function each, on one context.
//!
//! The shell and the command line both call these functions; neither holds billing logic.

pub mod answers;
mod error;

pub use error::{Code, Error};
