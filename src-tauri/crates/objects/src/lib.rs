//! Stripe's JSON to its canonical form and typed rows, decoded leniently.
