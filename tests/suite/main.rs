//! The suite that crosses crates.
