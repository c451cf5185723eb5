//! Stripe to books: the first load, resumable at any instant.
