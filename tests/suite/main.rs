//! The suite that crosses crates.

mod gateway;
mod house;
mod load;
mod load_company;
mod soak;
mod stripe_examples;
