//! Testkit: scripted peers for tests, in the test's own process. Never linked into a program that is shipped.
//!
//! [`Idp`] is an OpenID provider on loopback. It is honest — it verifies PKCE, redirect address, client authentication and
//! one use of a code, and fails the exchange as a real one does — until it is told a [`Lie`]. Everything that reaches it
//! stands in its log, so that a test can assert what did *not* arrive.
//! [`saml`] is a SAML identity provider as a pen: it writes and signs messages, true and false ones.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::wildcard_enum_match_arm,
    reason = "a peer of tests: a panic is a failed test"
)]

mod call;
mod check;
mod idp;
mod keys;
mod lie;
mod mint;
mod pages;
pub mod saml;
mod tls;

pub use call::{Call, Endpoint};
pub use check::ClientCheck;
pub use idp::{Clock, Idp, REDIRECT_URI, T0};
pub use lie::Lie;
pub use tls::{CA_PEM, LEAF_PEM};
