//! The account over HTTP: routes, keys, lists, writes and their errors.

pub(crate) mod answer;
pub(crate) mod http;
pub(crate) mod idempotency;
pub(crate) mod keys;
pub(crate) mod lists;
pub(crate) mod params;
pub(crate) mod retrieve;
pub(crate) mod routes;
pub(crate) mod writes;
