//! How a customer's life goes on: what is planned for it and when.

/// What is not visible at Stripe but decides what happens next.
#[derive(Clone, Debug)]
pub(crate) struct Life {
    pub(crate) is_asleep: bool,
}

impl Life {
    /// A life in which nothing more happens.
    pub(crate) const fn asleep() -> Self {
        Self { is_asleep: true }
    }
}
