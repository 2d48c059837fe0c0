//! Gate core against a real store and a scripted provider: the whole story of a session, and every way to be kept out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::too_many_lines,
    clippy::wildcard_enum_match_arm,
    clippy::match_same_arms,
    clippy::string_slice,
    reason = "tests"
)]

mod access;
mod admin;
mod canary;
mod doors;
mod flaky;
mod handover;
mod logout;
mod policy;
mod races;
mod reload;
mod replay;
mod saml;
mod saml_world;
mod sessions;
mod sign_in;
mod step_up;
mod test_links;
mod world;
