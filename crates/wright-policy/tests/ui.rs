//! Ui: every fixture below the workspace's `tests/ui` has its words, and every page keeps what it says.
//!
//! A fixture is one text over the base workspace in `tests/ui/base`; `notation.rs` says how it is written.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests"
)]

#[path = "ui/fixtures.rs"]
mod fixtures;
#[path = "ui/guardrails.rs"]
mod guardrails;
#[path = "ui/hostile.rs"]
mod hostile;
#[path = "ui/lowering.rs"]
mod lowering;
#[path = "ui/mutation.rs"]
mod mutation;
#[path = "ui/notation.rs"]
mod notation;
#[path = "ui/pages.rs"]
mod pages;
#[path = "ui/saml.rs"]
mod saml;
#[path = "ui/stages.rs"]
mod stages;
#[path = "ui/values.rs"]
mod values;
