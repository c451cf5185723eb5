//! The suite that crosses crates.

mod gateway;
mod house;
mod load;
mod load_company;
mod soak;
#[cfg(test)]
mod stripe_examples;
