//! The checks against responses of an honest provider, and against the same with one thing wrong.
//!
//! Signatures are made good by a verifier of the tests, which gives back what a real one would have digested, so that each
//! case is about one rule alone; `gate-saml` holds the real verifiers against real signatures. Nothing else is replaced.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::too_many_lines,
    reason = "tests"
)]

mod attributes;
mod conditions;
mod encryption;
mod envelope;
mod groups;
mod harness;
mod hostile;
mod logout;
mod metadata;
mod name_id;
mod shapes;
mod signatures;
mod subject;
mod times;
