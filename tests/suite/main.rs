//! The suite that crosses crates.

mod house;
mod stripe_examples;
