//! Attack: messages that somebody forged, each with the refusal that it must earn.

#![allow(
    clippy::panic,
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod saml;
/// The other side: what real providers send is let in.
#[path = "../shapes/shapes.rs"]
mod shapes;
