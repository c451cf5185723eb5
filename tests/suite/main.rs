//! The suite that crosses crates.

mod house;
