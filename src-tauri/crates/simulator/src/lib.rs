//! A simulated Stripe account over HTTP on loopback.
