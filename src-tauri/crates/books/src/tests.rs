//! Tests of the books, one module a concern, on small made-up accounts.

mod allowances;
mod apply;
mod convergence;
mod elsewhere;
mod events;
mod exports;
mod figures;
mod files;
mod fixture;
mod kinds;
mod ledger;
mod open;
mod owners;
mod pages;
mod past_due;
mod payments;
mod plans;
mod proofs;
mod tables;
mod usage;
