//! What we send as a service provider: golden messages, signatures that others find good, markup that stays data.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

mod golden;
mod hostile;
mod keys;
mod verifies;
mod world;
