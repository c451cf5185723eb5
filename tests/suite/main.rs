//! The suite that crosses crates.

#[cfg(test)]
mod counterparts;
#[cfg(test)]
mod desk;
#[cfg(test)]
mod events;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod gateway;
#[cfg(test)]
mod house;
#[cfg(test)]
mod kinds;
#[cfg(test)]
mod load;
#[cfg(test)]
mod load_company;
#[cfg(test)]
mod own_lists;
#[cfg(test)]
mod program;
#[cfg(test)]
mod proofs;
#[cfg(test)]
mod simulator_answers;
#[cfg(test)]
mod simulator_http;
#[cfg(test)]
mod soak;
#[cfg(test)]
mod stripe_examples;
#[cfg(test)]
mod usage_files;
