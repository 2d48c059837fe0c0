//! Xml: the reader against rules, against another reader, and against hostile families of documents.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod differential;
mod hostile;
mod refused;
mod tree;

use gatewright_saml::xml::Limits;

/// Those of the screen, but for one: generated documents are small.
pub(crate) const LIMITS: Limits = gatewright_saml::screen::LIMITS;
