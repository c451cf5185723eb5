//! The suite that crosses crates.

#[cfg(test)]
mod counterparts;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod exports;
mod gateway;
mod house;
mod load;
mod load_company;
#[cfg(test)]
mod simulator_answers;
#[cfg(test)]
mod simulator_http;
mod soak;
#[cfg(test)]
mod stripe_examples;
