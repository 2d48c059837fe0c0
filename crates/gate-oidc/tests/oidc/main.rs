//! Sign-ins against a provider that is honest, and against one that lies.
//!
//! Each attack names the refusal that it must earn, and has its honest twin in the same test.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tests"
)]

mod answers;
mod client_auth;
mod conformance;
mod discovery;
mod harness;
mod hostile;
mod key_rotation;
mod outbound;
mod people;
mod tokens;
