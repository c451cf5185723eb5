//! Holds the canonical form.
