//! Gate HTTP against a real gate, a real store and a scripted provider: what leaves both listeners, byte for byte where it
//! matters.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    reason = "tests"
)]

mod admin;
mod crawl;
mod forward_auth;
mod hosts;
mod metrics;
mod pages;
mod people;
#[allow(dead_code, reason = "the program of gate-core's own tests; each binary uses a part of it")]
#[path = "../../../gate-core/tests/gate/policy.rs"]
mod policy;
mod saml_form;
mod sign_in;
mod socket;
mod test_sign_in;
mod world;
